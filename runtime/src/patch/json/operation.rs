//! Reading operations and checking that they are complete, in the words of `evanphx/json-patch`.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The sort of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

/// A complete operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) kind: Kind,
    pub(super) path: String,
    /// Of `move` and `copy`; empty for the others.
    pub(super) from: String,
    /// JSON text; for `test` it may be absent.
    pub(super) value: Option<Box<RawValue>>,
}

type Fields = BTreeMap<String, Box<RawValue>>;

const MISSING: &str = "missing value";

/// Reads a JSON list of operations.
///
/// # Errors
/// When the text is no JSON, no list of objects, or an operation is unknown or lacks a field.
pub(super) fn read(json: &str) -> Result<Vec<Operation>, String> {
    let whole: Box<RawValue> = serde_json::from_str(json).map_err(|_| "invalid state detected".to_owned())?;
    if whole.get() == "null" {
        return Ok(Vec::new());
    }
    let items: Vec<Box<RawValue>> =
        serde_json::from_str(whole.get()).map_err(|_| wrong_type(whole.get(), "jsonpatch.Patch"))?;
    let mut fields = Vec::with_capacity(items.len());
    for item in &items {
        let read: Option<Fields> =
            serde_json::from_str(item.get()).map_err(|_| wrong_type(item.get(), "jsonpatch.Operation"))?;
        fields.push(read);
    }
    fields.into_iter().map(complete).collect()
}

fn complete(fields: Option<Fields>) -> Result<Operation, String> {
    let written = || match &fields {
        None => "null".to_owned(),
        Some(fields) => {
            let members: Vec<String> =
                fields.iter().map(|(key, value)| format!("{}:{}", quote(key), compact(value.get()))).collect();
            format!("{{{}}}", members.join(","))
        }
    };
    let none = Fields::new();
    check(fields.as_ref().unwrap_or(&none)).map_err(|error| format!("invalid operation {}: {error}", written()))
}

fn check(fields: &Fields) -> Result<Operation, String> {
    let kind = fields.get("op").and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let kind = match kind.as_deref() {
        Some("add") => Kind::Add,
        Some("remove") => Kind::Remove,
        Some("replace") => Kind::Replace,
        Some("move") => Kind::Move,
        Some("copy") => Kind::Copy,
        Some("test") => Kind::Test,
        _ => return Err("unsupported operation".to_owned()),
    };
    let value = fields.get("value").cloned();
    if matches!(kind, Kind::Add | Kind::Replace) && value.is_none() {
        return Err(format!("failed to decode 'value': operation, missing value field: {MISSING}"));
    }
    let from = match kind {
        Kind::Move | Kind::Copy => text(fields, "from", "operation, missing from field")
            .map_err(|error| format!("failed to decode 'from': {error}"))?,
        _ => String::new(),
    };
    let path = text(fields, "path", "operation missing path field")
        .map_err(|error| format!("failed to decode 'path': {error}"))?;
    Ok(Operation { kind, path, from, value })
}

fn text(fields: &Fields, name: &str, absent: &str) -> Result<String, String> {
    match fields.get(name) {
        Some(raw) if raw.get() != "null" => {
            serde_json::from_str(raw.get()).map_err(|_| wrong_type(raw.get(), "string"))
        }
        _ => Err(format!("{absent}: {MISSING}")),
    }
}

/// Go's words for a JSON value that does not fit the type it is read into.
pub(super) fn wrong_type(raw: &str, go_type: &str) -> String {
    let found = match raw.as_bytes().first() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b't' | b'f') => "bool",
        _ => "number",
    };
    format!("json: cannot unmarshal {found} into Go value of type {go_type}")
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// JSON text without the spaces between its tokens.
fn compact(raw: &str) -> String {
    let (mut out, mut in_text, mut escaped) = (String::with_capacity(raw.len()), false, false);
    for character in raw.chars() {
        if in_text {
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_text = character == '"';
        }
        out.push(character);
    }
    out
}

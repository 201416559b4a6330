//! What each operation does to a document.

use serde_json::value::RawValue;

use super::PatchError;
use super::document::{Content, Document, Node};
use super::operation::{Kind, Operation, wrong_type};

const MISSING: &str = "missing value";
const INVALID_INDEX: &str = "invalid index referenced";
const INVALID_STATE: &str = "invalid state detected";

/// Lists are not padded beyond this many items.
const LONGEST_PADDING: i64 = 10_000;

/// Why a container does not do what it is asked.
enum Refusal {
    /// The key is absent from an object.
    Absent(String),
    /// Anything else.
    Other(String),
}

impl Refusal {
    fn text(self) -> String {
        match self {
            Self::Absent(text) | Self::Other(text) => text,
        }
    }
}

/// Applies one operation.
///
/// # Errors
/// When it does not fit the document.
pub(super) fn run(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    match operation.kind {
        Kind::Add => add(document, operation),
        Kind::Remove => remove(document, operation),
        Kind::Replace => replace(document, operation),
        Kind::Move => move_value(document, operation),
        Kind::Copy => copy_value(document, operation),
        Kind::Test => test(document, operation),
    }
}

fn refuse<T>(text: String) -> Result<T, PatchError> {
    Err(PatchError::Refused(text))
}

fn value_of(document: &mut Document, raw: Option<&RawValue>) -> Result<Node, PatchError> {
    match raw {
        Some(raw) => document.add_json(raw),
        None => Ok(document.add(Content::Null)),
    }
}

fn add(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    let path = &operation.path;
    let value = value_of(document, operation.value.as_deref())?;
    if path.is_empty() {
        return match document.content(value) {
            Content::List(_) | Content::Object(_) => {
                document.root = value;
                document.original = Some(document.copy(value)?);
                Ok(())
            }
            Content::Null | Content::Nothing => {
                document.root = document.add(Content::Nothing);
                document.original = None;
                Ok(())
            }
            _ => {
                let raw = operation.value.as_deref().map_or("", RawValue::get);
                refuse(wrong_type(raw, "map[string]*jsonpatch.lazyNode"))
            }
        };
    }
    make_parents(document, path)?;
    let Some((parent, key)) = find_parent(document, path) else {
        return refuse(format!("add operation does not apply: doc is missing path: \"{path}\": {MISSING}"));
    };
    insert(document, parent, &key, value)
        .map_err(|refusal| PatchError::Refused(format!("error in add for path: '{path}': {}", refusal.text())))
}

fn remove(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    let path = &operation.path;
    let Some((parent, key)) = find_parent(document, path) else {
        return Ok(());
    };
    take_out(document, parent, &key)
        .map_err(|refusal| PatchError::Refused(format!("error in remove for path: '{path}': {}", refusal.text())))
}

fn replace(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    let path = &operation.path;
    let value = value_of(document, operation.value.as_deref())?;
    if path.is_empty() {
        if matches!(document.content(value), Content::Plain(_) | Content::Text(_)) {
            return refuse("replace operation value must be object or array: %!w(<nil>)".to_owned());
        }
        document.root = value;
        document.original = None;
        return Ok(());
    }
    let Some((parent, key)) = find_parent(document, path) else {
        return refuse(format!("replace operation does not apply: doc is missing path: {path}: {MISSING}"));
    };
    if get(document, parent, &key).is_err() {
        return refuse(format!("replace operation does not apply: doc is missing key: {path}: {MISSING}"));
    }
    set(document, parent, &key, value)
        .map_err(|refusal| PatchError::Refused(format!("error in remove for path: '{path}': {}", refusal.text())))
}

fn move_value(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    let (from, path) = (&operation.from, &operation.path);
    if from.is_empty() {
        return refuse(format!("unable to move entire document to another path: {INVALID_STATE}"));
    }
    let Some((parent, key)) = find_parent(document, from) else {
        return refuse(format!("move operation does not apply: doc is missing from path: {from}: {MISSING}"));
    };
    let failed = |refusal: Refusal| PatchError::Refused(format!("error in move for path: '{key}': {}", refusal.text()));
    let value = get(document, parent, &key).map_err(failed)?;
    take_out(document, parent, &key).map_err(failed)?;
    let value = value.unwrap_or_else(|| document.add(Content::Nothing));
    let Some((parent, key)) = find_parent(document, path) else {
        return refuse(format!("move operation does not apply: doc is missing destination path: {path}: {MISSING}"));
    };
    insert(document, parent, &key, value)
        .map_err(|refusal| PatchError::Refused(format!("error in move for path: '{path}': {}", refusal.text())))
}

fn copy_value(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    let (from, path) = (&operation.from, &operation.path);
    let Some((parent, key)) = find_parent(document, from) else {
        return refuse(format!("copy operation does not apply: doc is missing from path: \"{from}\": {MISSING}"));
    };
    let value = get(document, parent, &key)
        .map_err(|refusal| PatchError::Refused(format!("error in copy for from: '{from}': {}", refusal.text())))?;
    let Some((parent, key)) = find_parent(document, path) else {
        return refuse(format!("copy operation does not apply: doc is missing destination path: {path}: {MISSING}"));
    };
    let value = match value {
        Some(value) => document.copy(value)?,
        None => document.add(Content::Nothing),
    };
    insert(document, parent, &key, value)
        .map_err(|refusal| PatchError::Refused(format!("error while adding value during copy: {}", refusal.text())))
}

fn test(document: &mut Document, operation: &Operation) -> Result<(), PatchError> {
    let path = &operation.path;
    let expected = value_of(document, operation.value.as_deref())?;
    let expected_null = matches!(document.content(expected), Content::Null);
    let passed = if path.is_empty() {
        document.equal(document.root, expected)?
    } else {
        let Some((parent, key)) = find_parent(document, path) else {
            return refuse(format!("test operation does not apply: is missing path: {path}: {MISSING}"));
        };
        let actual = match get(document, parent, &key) {
            Ok(actual) => actual.filter(|&node| !matches!(document.content(node), Content::Nothing)),
            Err(Refusal::Absent(_)) => None,
            Err(Refusal::Other(text)) => return refuse(format!("error in test for path: '{path}': {text}")),
        };
        match actual {
            None => expected_null,
            Some(actual) => !expected_null && document.equal(actual, expected)?,
        }
    };
    if passed { Ok(()) } else { refuse(format!("testing value {path} failed: test failed")) }
}

fn unescape(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(at) = rest.find('~') {
        out.push_str(&rest[..at]);
        let (text, length) = match rest.as_bytes().get(at + 1) {
            Some(b'1') => ("/", 2),
            Some(b'0') => ("~", 2),
            _ => ("~", 1),
        };
        out.push_str(text);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

fn is_container(document: &Document, node: Node) -> bool {
    matches!(document.content(node), Content::List(_) | Content::Object(_) | Content::Folded(_))
}

/// The container that a path's last segment stands in, and that segment.
fn find_parent(document: &mut Document, path: &str) -> Option<(Node, String)> {
    if path.is_empty() {
        return Some((document.root, String::new()));
    }
    // whatever stands before the first slash is not looked at
    let (_, segments) = path.split_once('/')?;
    let (parents, last) = match segments.rsplit_once('/') {
        Some((parents, last)) => (Some(parents), last),
        None => (None, segments),
    };
    let mut container = document.root;
    for segment in parents.into_iter().flat_map(|parents| parents.split('/')) {
        container = get(document, container, &unescape(segment)).ok().flatten()?;
        if !is_container(document, container) {
            return None;
        }
    }
    Some((container, unescape(last)))
}

/// Makes the containers above a path's last segment where they are missing: a list when the next segment is a number
/// or `-`, else an object. They get the segment's name as written, escapes and all.
fn make_parents(document: &mut Document, path: &str) -> Result<(), PatchError> {
    let Some((_, segments)) = path.split_once('/') else {
        return Ok(());
    };
    let segments: Vec<&str> = segments.split('/').collect();
    let mut container = document.root;
    for pair in segments.windows(2) {
        let (segment, next) = (pair[0], pair[1]);
        let found = get(document, container, &unescape(segment)).ok().flatten();
        let found = found.filter(|&node| !matches!(document.content(node), Content::Nothing));
        if let Some(node) = found {
            if !is_container(document, node) {
                return refuse(INVALID_STATE.to_owned());
            }
            container = node;
            continue;
        }
        if let Ok(index) = parse_index(segment) {
            pad(document, container, index)?;
        }
        let index = parse_index(next);
        let made = if index.is_ok() || next == "-" {
            let index = index.unwrap_or(0);
            if index < -1 {
                return refuse(format!(
                    "Unable to ensure path for negative index other than -1: {index}: {INVALID_INDEX}"
                ));
            }
            let list = document.add(Content::List(Vec::new()));
            attach(document, container, segment, list);
            pad(document, list, index)?;
            list
        } else {
            let object = document.add(Content::Object(Vec::new()));
            attach(document, container, segment, object);
            object
        };
        container = made;
    }
    Ok(())
}

/// Adds a container that was made; where its key is no index of a list it stays outside the document.
fn attach(document: &mut Document, parent: Node, segment: &str, child: Node) {
    drop(insert(document, parent, segment, child));
}

/// Fills a list with nulls up to a length.
fn pad(document: &mut Document, list: Node, length: i64) -> Result<(), PatchError> {
    let null = document.add(Content::Null);
    document.unfold(list);
    if let Content::List(items) = document.content_mut(list) {
        if length > LONGEST_PADDING {
            return refuse(format!("Unable to access invalid index: {length}: {INVALID_INDEX}"));
        }
        let length = usize::try_from(length).unwrap_or(0).max(items.len());
        items.resize(length, null);
    }
    Ok(())
}

/// Go's `strconv.Atoi`.
fn parse_index(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("strconv.Atoi: parsing {}: invalid syntax", quoted(text)));
    }
    text.parse().map_err(|_| format!("strconv.Atoi: parsing {}: value out of range", quoted(text)))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn invalid_index(index: i64) -> Refusal {
    Refusal::Other(format!("Unable to access invalid index: {index}: {INVALID_INDEX}"))
}

/// Counts a negative index from `length`.
fn position(index: i64, length: usize) -> Result<usize, Refusal> {
    let from_end = if index < 0 { index.saturating_add(i64::try_from(length).unwrap_or(i64::MAX)) } else { index };
    usize::try_from(from_end).map_err(|_| invalid_index(index))
}

/// The node at a key of a container. The empty key gives the original document at the root and nothing elsewhere.
fn get(document: &mut Document, container: Node, key: &str) -> Result<Option<Node>, Refusal> {
    if key.is_empty() {
        return Ok(document.original.filter(|_| container == document.root));
    }
    document.unfold(container);
    match document.content(container) {
        Content::Object(entries) => match entries.iter().find(|(name, _)| **name == *key) {
            Some(&(_, node)) => Ok(Some(node)),
            None => Err(Refusal::Absent(format!("unable to get nonexistent key: {key}: {MISSING}"))),
        },
        Content::List(items) => {
            let index = parse_index(key).map_err(Refusal::Other)?;
            items.get(position(index, items.len())?).copied().map(Some).ok_or_else(|| invalid_index(index))
        }
        _ => Err(Refusal::Other(INVALID_STATE.to_owned())),
    }
}

/// Adds to an object, or inserts into a list.
fn insert(document: &mut Document, container: Node, key: &str, value: Node) -> Result<(), Refusal> {
    document.unfold(container);
    let Content::List(items) = document.content_mut(container) else {
        return set(document, container, key, value);
    };
    if key == "-" {
        items.push(value);
        return Ok(());
    }
    let index = parse_index(key)
        .map_err(|error| Refusal::Other(format!("value was not a proper array index: '{key}': {error}")))?;
    let at = position(index, items.len() + 1)?;
    if at > items.len() {
        return Err(invalid_index(index));
    }
    items.insert(at, value);
    Ok(())
}

/// Puts a value at a key of an object, or in the place of a list's item.
fn set(document: &mut Document, container: Node, key: &str, value: Node) -> Result<(), Refusal> {
    document.unfold(container);
    match document.content_mut(container) {
        Content::Object(entries) => {
            match entries.iter_mut().find(|(name, _)| **name == *key) {
                Some(entry) => entry.1 = value,
                None => entries.push((key.into(), value)),
            }
            Ok(())
        }
        Content::List(items) => {
            let index = parse_index(key).map_err(Refusal::Other)?;
            let at = position(index, items.len())?;
            *items.get_mut(at).ok_or_else(|| invalid_index(index))? = value;
            Ok(())
        }
        _ => Err(Refusal::Other(INVALID_STATE.to_owned())),
    }
}

/// Takes a key or item away; one that is not there is fine.
fn take_out(document: &mut Document, container: Node, key: &str) -> Result<(), Refusal> {
    document.unfold(container);
    match document.content_mut(container) {
        Content::Object(entries) => entries.retain(|(name, _)| **name != *key),
        Content::List(items) => {
            let index = parse_index(key).map_err(Refusal::Other)?;
            match position(index, items.len()) {
                Ok(at) if at < items.len() => drop(items.remove(at)),
                _ => {}
            }
        }
        _ => return Err(Refusal::Other(INVALID_STATE.to_owned())),
    }
    Ok(())
}

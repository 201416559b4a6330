//! A substituted rule, read into Kyverno's types again.
//!
//! A text field that got something else is an error there. Its words tell how far json-iterator, the library that reads
//! (`github.com/json-iterator/go`), came in the text of the whole rule: behind the first error it goes on over what is left
//! of the text, out of step, and each type and field that it passes puts its name before the error.
//!
//! | module | what |
//! |---|---|
//! | [`reader`] | the text, token by token |

mod reader;

use dikast_compiler::rule_types::{Field, RULE, Shape, Struct};
use dikast_stdlib::{Value, encode};

use reader::Reader;

/// From this number of names of fields on a struct is read in another way.
const FEW_NAMES: usize = 10;

/// Reads a rule.
///
/// # Errors
///
/// The reader's words for what is of another type than its field.
pub(super) fn read(rule: &Value) -> Result<(), String> {
    let text = encode::to_go_json(&written(rule, Shape::Object(&RULE))).map_err(|error| error.to_string())?;
    let mut reader = Reader::new(text.as_bytes());
    shape(&mut reader, Shape::Object(&RULE));
    reader.end()
}

/// A rule as Kyverno writes its types: some fields are there also when they are empty.
fn written(value: &Value, shape: Shape) -> Value {
    match (shape, value) {
        (Shape::Optional(inner), _) => written(value, *inner),
        (Shape::List(_, item), Value::List(items)) => {
            Value::list(items.iter().map(|value| written(value, *item)).collect::<Vec<_>>())
        }
        (Shape::Object(of), Value::Object(members)) => {
            let empty = |field: &Field| match field.shape {
                Shape::Text => Value::text(""),
                Shape::Object(_) => Value::object(Vec::<(&str, Value)>::new()),
                _ => Value::Null,
            };
            let kept =
                of.fields.iter().filter(|field| field.is_kept).map(|field| (field.name.to_owned(), empty(field)));
            let given = members.iter().filter_map(|(name, value)| {
                let field = of.field(name)?;
                Some((field.name.to_owned(), written(value, field.shape)))
            });
            Value::object(kept.chain(given))
        }
        _ => value.clone(),
    }
}

fn shape(reader: &mut Reader<'_>, shape: Shape) {
    if !reader.enter() {
        return;
    }
    match shape {
        Shape::Text => drop(reader.text()),
        Shape::Bool => reader.truth(),
        Shape::Texts => texts(reader),
        Shape::Any => drop(reader.raw()),
        Shape::Conditions => conditions(reader),
        Shape::Optional(inner) => {
            if reader.next_token() == b'n' {
                reader.pass_over(3);
            } else {
                reader.step_back();
                self::shape(reader, *inner);
            }
        }
        Shape::List(name, item) => {
            list(reader, *item);
            reader.name(|error| format!("{name}: {error}"));
        }
        Shape::Object(of) => object(reader, of),
    }
    reader.leave();
}

fn list(reader: &mut Reader<'_>, item: Shape) {
    match reader.next_token() {
        b'n' => return reader.pass_over(3),
        b'[' => {}
        other => return reader.fail("decode slice", &format!("expect [ or n, but found {}", char::from(other))),
    }
    if reader.next_token() == b']' {
        return;
    }
    reader.step_back();
    shape(reader, item);
    let mut token = reader.next_token();
    while token == b',' {
        shape(reader, item);
        token = reader.next_token();
    }
    if token != b']' {
        reader.fail("decode slice", &format!("expect ], but found {}", char::from(token)));
    }
}

fn texts(reader: &mut Reader<'_>) {
    match reader.next_token() {
        b'n' => return reader.pass_over(3),
        b'{' => {}
        other => return reader.fail("ReadMapCB", &format!("expect {{ or n, but found {}", char::from(other))),
    }
    let mut token = reader.next_token();
    if token == b'}' {
        return;
    }
    reader.step_back();
    loop {
        reader.text();
        token = reader.next_token();
        if token != b':' {
            let words = format!("expect : after object field, but found {}", char::from(token));
            return reader.fail("ReadMapCB", &words);
        }
        reader.text();
        token = reader.next_token();
        if token != b',' {
            break;
        }
    }
    if token != b'}' {
        reader.fail("ReadMapCB", &format!("expect }}, but found {}", char::from(token)));
    }
}

/// The conditions of a rule are read from a text of their own, with another library that says less.
fn conditions(reader: &mut Reader<'_>) {
    let value: Option<Value> = serde_json::from_slice(reader.raw()).ok();
    let is_text = |value: Option<&Value>| value.is_none_or(|value| matches!(value, Value::Text(_) | Value::Null));
    let is_condition = |value: &Value| match value {
        Value::Object(_) => is_text(value.get("operator")) && is_text(value.get("message")),
        other => other.is_null(),
    };
    let is_list = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(value) => value.as_list().is_some_and(|items| items.iter().all(is_condition)),
    };
    let is_known = value.is_some_and(|value| match &value {
        Value::Object(_) => is_list(value.get("any")) && is_list(value.get("all")),
        other => is_list(Some(other)),
    });
    if !is_known {
        reader.fail("unmarshalerDecoder", "failed to unmarshal Conditions");
    }
}

fn object(reader: &mut Reader<'_>, of: &Struct) {
    match reader.next_token() {
        b'{' => {}
        b'n' => return reader.pass_over(3),
        other => return reader.fail("readObjectStart", &format!("expect {{ or n, but found {}", char::from(other))),
    }
    if reader.next_token() == b'}' {
        return;
    }
    reader.step_back();
    let has_capital = |field: &&Field| field.name.bytes().any(|byte| byte.is_ascii_uppercase());
    let names = of.fields.len() + of.fields.iter().filter(has_capital).count();
    if names > FEW_NAMES {
        many_fields(reader, of);
    } else {
        few_fields(reader, of);
    }
}

fn many_fields(reader: &mut Reader<'_>, of: &Struct) {
    let mut token = b',';
    while token == b',' {
        let name = reader.text();
        token = reader.next_token();
        if token != b':' {
            reader.fail("ReadObject", &format!("expect : after object field, but found {}", char::from(token)));
        }
        match of.field(&name) {
            Some(field) => one_field(reader, field),
            None => reader.skip(),
        }
        token = reader.next_token();
    }
    reader.name(|error| format!("{}.{error}", of.name));
    if token != b'}' {
        reader.fail("struct Decode", &format!("expect }}, but found {}", char::from(token)));
    }
}

fn few_fields(reader: &mut Reader<'_>, of: &Struct) {
    loop {
        match reader.field_name().and_then(|name| of.field(&name)) {
            Some(field) => one_field(reader, field),
            None => reader.skip(),
        }
        match reader.next_token() {
            b',' => continue,
            b'}' => {}
            other => {
                let words = format!("object ended prematurely, unexpected char {}", char::from(other));
                reader.fail("isObjectEnd", &words);
            }
        }
        break;
    }
    reader.name(|error| format!("{}.{error}", of.name));
}

fn one_field(reader: &mut Reader<'_>, field: &Field) {
    shape(reader, field.shape);
    for name in field.go_names.iter().rev() {
        reader.name(|error| format!("{name}: {error}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(rule: &str) -> String {
        let rule = serde_json::from_str(rule).unwrap();
        read(&rule).unwrap_err()
    }

    #[test]
    fn texts_are_texts() {
        let rule = r#"{"name":"r","match":{"any":[{"resources":{"kinds":["Secret"],"names":["a"]},"roles":[]}]},
            "context":[{"name":"c","configMap":{"name":"n","namespace":null}},{"name":"v","variable":{"value":5}}],
            "preconditions":{"all":[{"key":5,"operator":"Equals","value":[]}]},"mutate":{"patchStrategicMerge":{"a":1}}}"#;
        assert_eq!(read(&serde_json::from_str(rule).unwrap()), Ok(()));
    }

    #[test]
    fn what_stands_behind_an_error_leaves_its_names_too() {
        let rule = r#"{"name":7,"match":{"any":[{"resources":{"kinds":["Secret"]}}]},"mutate":{}}"#;
        let words = concat!(
            r#"v1.Rule.Name: ReadString: expects " or n, but found 7, error found in #10 byte of ...|},"name":7}|..., "#,
            r#"bigger context ...|["Secret"]}}],"resources":{}},"mutate":{},"name":7}|..."#
        );
        assert_eq!(error(rule), words);
        let rule = r#"{"name":"r","match":{"any":[{"resources":{"names":[true]}}]},"context":[{"name":"c","configMap":{"name":3}}]}"#;
        let start =
            "v1.Rule.MatchResources: v1.MatchResources.Context: []v1.ContextEntry: v1.ContextEntry.Name: ConfigMap: ";
        assert!(error(rule).starts_with(start), "{}", error(rule));
    }

    #[test]
    fn conditions_say_less() {
        let rule =
            r#"{"name":"r","match":{},"preconditions":{"any":[{"key":1,"operator":"Equals","value":1,"message":[]}]}}"#;
        let start =
            "v1.Rule.RawAnyAllConditions: unmarshalerDecoder: failed to unmarshal Conditions, error found in #10 byte";
        assert!(error(rule).starts_with(start), "{}", error(rule));
    }

    #[test]
    fn a_text_that_looks_like_much_nesting_is_no_danger() {
        let deep = "[".repeat(1 << 20);
        let rule = format!(r#"{{"name":"r","match":{{"any":[{{"resources":{{"kinds":[1,"{deep}"]}}}}]}}}}"#);
        assert!(error(&rule).contains("expects \" or n, but found 1"));
    }
}

//! Values as text: compact JSON as Go's `encoding/json` writes it, and Go's default formatting (`fmt.Sprint`).

use std::fmt::Write;

use crate::{Value, go_format};

/// A value that JSON cannot hold, in the words of the encoder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EncodeError(String);

/// Compact JSON with sorted keys, as Go's `json.Marshal` writes it: `<`, `>`, `&` and the line separators U+2028 and
/// U+2029 are escaped, floats have an exponent only below 1e-6 and from 1e21 on. `to_string` gives it.
///
/// # Errors
///
/// NaN and infinities have no JSON.
pub fn to_go_json(value: &Value) -> Result<String, EncodeError> {
    let mut out = String::new();
    match write_json(value, Encoder::Standard, &mut out) {
        Ok(()) => Ok(out),
        Err(NotFinite(number)) => Err(EncodeError(format!("json: unsupported value: {}", go_format::general(number)))),
    }
}

/// The text of a value inside a longer text: text as it is, anything else as compact JSON (Kyverno
/// `pkg/engine/variables/vars.go`, `substituteVarInPattern`).
///
/// Kyverno uses another encoder there, json-iterator. It differs from [`to_go_json`] in small floats, `1e-09`, and in the
/// escapes of backspace and form feed, `\u0008` and `\u000c`.
///
/// # Errors
///
/// NaN and infinities have no JSON.
pub fn embedded(value: &Value) -> Result<String, EncodeError> {
    let mut out = String::new();
    match value {
        Value::Text(text) => out.push_str(text),
        other => write_json(other, Encoder::JsonIterator, &mut out)
            .map_err(|_| EncodeError(format!("failed to marshal {}: {}", other.go_type(), sprint(other))))?,
    }
    Ok(out)
}

/// The encoders of JSON that Kyverno uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoder {
    Standard,
    JsonIterator,
}

/// A number that JSON cannot hold.
struct NotFinite(f64);

/// Go's default text of a value, as `fmt.Sprint` and `%v` give it: `<nil>`, `1e+06`, `[a b]`, `map[a:1 b:2]`.
///
/// Kyverno's error messages and its condition and pattern operators use it wherever they turn a value into text.
pub fn sprint(value: &Value) -> String {
    let mut out = String::new();
    write_plain(value, &mut out);
    out
}

fn write_json(value: &Value, encoder: Encoder, out: &mut String) -> Result<(), NotFinite> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => push_int(*number, out),
        Value::Float(number) => {
            let text = match encoder {
                Encoder::Standard => go_format::json(*number),
                Encoder::JsonIterator => go_format::json_iterator(*number),
            };
            out.push_str(&text.ok_or(NotFinite(*number))?);
        }
        Value::Text(text) => write_json_text(text, encoder, out),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json(item, encoder, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json_text(key, encoder, out);
                out.push(':');
                write_json(member, encoder, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_json_text(text: &str, encoder: Encoder, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' if encoder == Encoder::Standard => out.push_str("\\b"),
            '\u{c}' if encoder == Encoder::Standard => out.push_str("\\f"),
            '<' | '>' | '&' | '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn write_plain(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => push_int(*number, out),
        Value::Float(number) => out.push_str(&go_format::general(*number)),
        Value::Text(text) => out.push_str(text),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                write_plain(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push_str("map[");
            for (at, (key, member)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(' ');
                }
                out.push_str(key);
                out.push(':');
                write_plain(member, out);
            }
            out.push(']');
        }
    }
}

fn push_int(number: i64, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{number}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn json_is_escaped_as_go_does() {
        let cases = [
            (r#"{"b":1,"a":[1.0,null,true]}"#, r#"{"a":[1,null,true],"b":1}"#),
            (r#""<a&b>""#, r#""\u003ca\u0026b\u003e""#),
            (r#""\u2028\u2029\u0001\b\f\n\r\t\u007f""#, "\"\\u2028\\u2029\\u0001\\b\\f\\n\\r\\t\u{7f}\""),
            (r#""\"\\/\u00e9""#, r#""\"\\/é""#),
            ("[1e21, 1e-7, 100000000.0]", "[1e+21,1e-7,100000000]"),
        ];
        for (input, json) in cases {
            assert_eq!(to_go_json(&value(input)).unwrap(), json);
        }
    }

    #[test]
    fn json_has_no_nan() {
        let error = to_go_json(&Value::list([Value::Float(f64::NAN)])).unwrap_err();
        assert_eq!(error.to_string(), "json: unsupported value: NaN");
    }

    #[test]
    fn embedded_text_is_that_of_json_iterator() {
        assert_eq!(embedded(&value(r#""<a>""#)).unwrap(), "<a>");
        assert_eq!(
            embedded(&value(r#"[1e-9, 1e21, 100000000000000000000, "<\b"]"#)).unwrap(),
            r#"[1e-09,1e+21,100000000000000000000,"\u003c\u0008"]"#
        );
        let error = embedded(&Value::list([Value::Float(f64::INFINITY)])).unwrap_err();
        assert_eq!(error.to_string(), "failed to marshal []interface {}: [+Inf]");
    }

    #[test]
    fn default_text_is_that_of_go() {
        let cases = [
            ("null", "<nil>"),
            ("[1, 2000000.0, \"x y\"]", "[1 2e+06 x y]"),
            (r#"{"b":[],"a":{"k":null}}"#, "map[a:map[k:<nil>] b:[]]"),
        ];
        for (input, text) in cases {
            assert_eq!(sprint(&value(input)), text);
        }
    }
}

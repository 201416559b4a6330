//! Values as text: compact JSON as Go's `encoding/json` writes it, and Go's default formatting (`fmt.Sprint`).

use std::fmt::Write;

use crate::{Value, go_format};

/// A value that JSON cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("json: unsupported value: {0}")]
pub struct EncodeError(String);

/// Compact JSON with sorted keys, as Go's `json.Marshal` writes it: `<`, `>`, `&` and the line separators U+2028 and
/// U+2029 are escaped, floats have an exponent only below 1e-6 and from 1e21 on.
///
/// This is the text of a value that is no text inside a longer text (Kyverno `pkg/engine/variables/vars.go`,
/// `substituteVarInPattern`) and the result of `to_string`.
///
/// # Errors
///
/// NaN and infinities have no JSON.
pub fn to_go_json(value: &Value) -> Result<String, EncodeError> {
    let mut out = String::new();
    write_json(value, &mut out)?;
    Ok(out)
}

/// Go's default text of a value, as `fmt.Sprint` and `%v` give it: `<nil>`, `1e+06`, `[a b]`, `map[a:1 b:2]`.
///
/// Kyverno's error messages and its condition and pattern operators use it wherever they turn a value into text.
pub fn sprint(value: &Value) -> String {
    let mut out = String::new();
    write_plain(value, &mut out);
    out
}

fn write_json(value: &Value, out: &mut String) -> Result<(), EncodeError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => push_int(*number, out),
        Value::Float(number) => match go_format::json(*number) {
            Some(text) => out.push_str(&text),
            None => return Err(EncodeError(go_format::general(*number))),
        },
        Value::Text(text) => write_json_text(text, out),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json_text(key, out);
                out.push(':');
                write_json(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_json_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
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

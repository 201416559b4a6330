//! Values as YAML, in the form that Go's encoder gives: two spaces, lists not indented below their key.
//!
//! Kubernetes reads YAML 1.1, in which `on` and `0777` without quotes are no text. serde_yaml writes for YAML 1.2 and leaves
//! them bare; here it only reads back, in the tests.

use std::fmt::Write;

use dikast_stdlib::Value;
use dikast_stdlib::encode::to_go_json;

/// Writes a value as a YAML document, with a line break at its end.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => write_object(value, 0, &mut out),
        Value::List(items) if !items.is_empty() => write_list(value, 0, &mut out),
        other => {
            out.push_str(&scalar(other, 0));
            out.push('\n');
        }
    }
    out
}

fn write_object(value: &Value, depth: usize, out: &mut String) {
    for (at, (key, member)) in value.as_object().into_iter().flatten().enumerate() {
        if at > 0 {
            indent(depth, out);
        }
        out.push_str(&text(key, depth + 1));
        out.push(':');
        write_member(member, depth, out);
    }
}

/// A value behind `key:`.
fn write_member(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('\n');
            indent(depth + 1, out);
            write_object(value, depth + 1, out);
        }
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            indent(depth, out);
            write_list(value, depth, out);
        }
        other => {
            let _ = writeln!(out, " {}", scalar(other, depth + 1));
        }
    }
}

fn write_list(value: &Value, depth: usize, out: &mut String) {
    for (at, item) in value.as_list().into_iter().flatten().enumerate() {
        if at > 0 {
            indent(depth, out);
        }
        out.push_str("- ");
        match item {
            Value::Object(members) if !members.is_empty() => write_object(item, depth + 1, out),
            Value::List(items) if !items.is_empty() => write_list(item, depth + 1, out),
            other => {
                out.push_str(&scalar(other, depth + 1));
                out.push('\n');
            }
        }
    }
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn scalar(value: &Value, depth: usize) -> String {
    match value {
        Value::Text(value) => text(value, depth),
        Value::Object(_) => "{}".to_owned(),
        Value::List(_) => "[]".to_owned(),
        other => to_go_json(other).unwrap_or_default(),
    }
}

/// A text: plain where it can be, as a block when it has several lines, else in quotes.
fn text(text: &str, depth: usize) -> String {
    let printable = text.chars().all(|character| character == '\n' || !character.is_control());
    if text.contains('\n') && printable && !text.starts_with([' ', '\n', '\t']) {
        let body = text.strip_suffix('\n');
        let header = match body {
            None => "|-",
            Some(body) if body.ends_with('\n') => "|+",
            Some(_) => "|",
        };
        let mut out = header.to_owned();
        for line in body.unwrap_or(text).split('\n') {
            out.push('\n');
            if !line.is_empty() {
                indent(depth, &mut out);
                out.push_str(line);
            }
        }
        return out;
    }
    if is_plain(text) {
        return text.to_owned();
    }
    if printable && !text.contains('\n') && !text.contains('\'') {
        return format!("'{text}'");
    }
    serde_json::Value::from(text).to_string()
}

/// Whether YAML 1.1 and 1.2 read a text without quotes as that text.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 14] =
        ["y", "yes", "on", "true", "n", "no", "off", "false", "null", "~", ".inf", "-.inf", "+.inf", ".nan"];
    let Some(first) = text.chars().next() else { return false };
    let number = text.bytes().all(|byte| byte.is_ascii_hexdigit() || b"+-.:_xo".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && (first.is_ascii_digit() || b"+-.".contains(&(first as u8)));
    let indicator = "-?:,[]{}#&*!|>'\"%@`=<".contains(first);
    let dash = matches!(first, '-' | '?' | ':') && text[1..].starts_with(|next: char| !next.is_whitespace());
    !(number
        || WORDS.contains(&text.to_ascii_lowercase().as_str())
        || indicator && !dash
        || text == "---"
        || text.starts_with(' ')
        || text.ends_with([' ', ':'])
        || text.contains(": ")
        || text.contains(" #")
        || text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn give(json: &str) -> String {
        write(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn lists_stand_right_below_their_key() {
        assert_eq!(
            give(r#"{"a":{"b":[{"c":1,"d":{}},[2],"x"]},"e":[]}"#),
            "a:\n  b:\n  - c: 1\n    d: {}\n  - - 2\n  - x\ne: []\n"
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        for json in [
            r##"{"a":["on",5,0.5,true,null,"null","~","0777","1e3",".inf","a: b","- x","# c"," lead","trail ","",{"b: c":[]}]}"##,
            r##"["two\nlines\n","no\nend","\n\nblank first","tab\there","quote\"and'both","é😀","{{ x }}","*","&a","!t","%d","@e","`f`"]"##,
            r#"{"nested":{"list":[[1,[2,{"k":"v"}]],{}],"on":"yes"}}"#,
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            let back: Value = serde_yaml::from_str(&write(&value)).unwrap();
            assert_eq!(back, value, "{}", write(&value));
        }
    }

    #[test]
    fn texts_are_quoted_where_they_would_be_read_as_something_else() {
        assert_eq!(
            give(r#"["on","5","0x1f","a: b","","it's","*","-x","a\nb\n","1.2.3","x#y"]"#),
            "- 'on'\n- '5'\n- '0x1f'\n- 'a: b'\n- ''\n- it's\n- '*'\n- -x\n- |\n  a\n  b\n- '1.2.3'\n- x#y\n"
        );
    }
}

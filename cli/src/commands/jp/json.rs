//! JSON for people.

/// JSON text with two spaces for each level. What is inside quotes stays as it is.
pub(super) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut previous = ' ';
    for character in json.chars() {
        if quoted {
            quoted = escaped || character != '"';
            escaped = !escaped && character == '\\';
            out.push(character);
        } else {
            let closes = matches!(character, ']' | '}');
            let opened = matches!(previous, '[' | '{');
            depth -= usize::from(closes && depth > 0);
            if previous == ',' || closes != opened {
                out.push('\n');
                out.push_str(&"  ".repeat(depth));
            }
            depth += usize::from(matches!(character, '[' | '{'));
            quoted = character == '"';
            out.push(character);
            if character == ':' {
                out.push(' ');
            }
        }
        previous = if quoted { 'q' } else { character };
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_as_go_does() {
        assert_eq!(
            indented(r#"{"a":[1,{"b":"x, {\"y"}],"c":{},"d":[]}"#),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x, {\\\"y\"\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}\n"
        );
        assert_eq!(indented("1"), "1\n");
    }
}

//! Finding the variables of a text (Kyverno `pkg/engine/variables/regex/vars.go`).

/// A variable in a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where the character before it begins, which belongs to the match; `start` at the start of the text.
    pub(super) before: usize,
    /// Where its braces begin.
    pub(super) start: usize,
    /// One past its braces.
    pub(super) end: usize,
}

/// The variables that one round finds. A match takes the character before it along, so of two that touch only the first
/// is found; one behind a backslash is none.
pub(super) fn find_variables(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let whole = if at == 0 { variable_end(text, 0).map(|end| Found { before: 0, start: 0, end }) } else { None };
        let next = text[at..].chars().next().map_or(1, char::len_utf8);
        let after = || {
            let start = at + next;
            let end = variable_end(text, start).filter(|_| !text[at..].starts_with('\\'))?;
            Some(Found { before: at, start, end })
        };
        match whole.or_else(after) {
            Some(variable) => {
                found.push(variable);
                at = variable.end;
            }
            None => at += next,
        }
    }
    found
}

/// Where the variable ends that begins at `start`: braces may stand in it one level deep.
fn variable_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes.get(start..)?.starts_with(b"{{") {
        return None;
    }
    let mut at = start + 2;
    loop {
        match bytes.get(at)? {
            b'}' => return bytes[at..].starts_with(b"}}").then_some(at + 2),
            b'{' => {
                at += bytes[at + 1..]
                    .iter()
                    .position(|byte| matches!(byte, b'{' | b'}'))
                    .filter(|length| bytes[at + 1 + length] == b'}')?
                    + 2
            }
            _ => at += 1,
        }
    }
}

/// The expression of a variable, and whether a leading `-` marks it as shallow.
pub(super) fn strip_braces(variable: &str) -> (String, bool) {
    let bare = variable.replace("{{", "").replace("}}", "");
    let bare = bare.trim();
    match bare.strip_prefix('-') {
        Some(shallow) => (shallow.trim().to_owned(), true),
        None => (bare.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find_variables(text).iter().map(|found| &text[found.start..found.end]).collect()
    }

    #[test]
    fn variables_are_found_as_kyvernos_expression_finds_them() {
        let cases: [(&str, &[&str]); 10] = [
            ("{{ a }}", &["{{ a }}"]),
            (r"\{{ a }}", &[]),
            ("{{ a.{{b}} }}", &["{{b}}"]),
            ("{{ {x: y} }}", &["{{ {x: y} }}"]),
            ("{{ {x: {y: z}} }}", &[]),
            ("{{a}}{{b}}", &["{{a}}"]),
            ("{{a}} {{b}}x{{c}}", &["{{a}}", "{{b}}", "{{c}}"]),
            ("{{{a}}}", &["{{{a}}}"]),
            ("{{{ a }}", &["{{ a }}"]),
            ("é{{a}}", &["{{a}}"]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn braces_and_a_leading_minus_are_stripped() {
        assert_eq!(strip_braces("{{ - a }}"), ("a".to_owned(), true));
        assert_eq!(strip_braces("{{ a-b }}"), ("a-b".to_owned(), false));
    }
}

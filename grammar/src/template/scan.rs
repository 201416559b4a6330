//! Finding variables as one round of Kyverno's substitution does.
//!
//! By hand rather than with pest: this also runs on text from requests, the language is regular, and the rule that a
//! match takes the character before it along is about the search, not about the form.

/// A variable in a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where the character before it begins, which belongs to the match; `start` at the start of the text.
    pub before: usize,
    /// Where its braces begin.
    pub start: usize,
    /// One past its braces.
    pub end: usize,
}

/// The variables that one round finds (Kyverno `pkg/engine/variables/regex/vars.go`, `RegexVariables`).
///
/// A variable is `{{ }}` with braces one level deep in it. A match takes the character before it along, so of two that
/// touch only the first is found; one behind a backslash is none. Takes time linear in the text.
pub fn find_variables(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    // Where the search for braces begins: at the start of the text a variable needs nothing before it.
    let mut search = 0;
    while let Some(start) = next_braces(text.as_bytes(), search) {
        search = start + 1;
        let before = text.get(at..start).and_then(|passed| passed.chars().next_back());
        let is_preceded = match before {
            Some(character) => character != '\\',
            None => start == 0,
        };
        if !is_preceded {
            continue;
        }
        if let Some(end) = variable_end(text, start) {
            found.push(Found { before: start - before.map_or(0, char::len_utf8), start, end });
            at = end;
            search = end;
        }
    }
    found
}

/// Where two braces open at or behind a place. Faster than a search that is prepared anew for each of many.
fn next_braces(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.iter().position(|byte| *byte == b'{')?;
        if text.get(at + 1) == Some(&b'{') {
            return Some(at);
        }
        at += 1;
    }
}

/// Where the variable ends that begins at `start`.
fn variable_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let next_brace = |from: usize| {
        let rest = bytes.get(from..)?;
        rest.iter().position(|byte| matches!(byte, b'{' | b'}')).map(|length| from + length)
    };
    let mut at = start + 2;
    loop {
        let brace = next_brace(at)?;
        if bytes[brace] == b'}' {
            return (bytes.get(brace + 1) == Some(&b'}')).then_some(brace + 2);
        }
        let closing = next_brace(brace + 1).filter(|&closing| bytes[closing] == b'}')?;
        at = closing + 1;
    }
}

/// The expression of a variable with its braces, and whether a leading `-` marks it as shallow: its result is then not
/// searched for variables again.
pub fn strip_braces(variable: &str) -> (String, bool) {
    let bare = variable.replace("{{", "").replace("}}", "");
    let bare = bare.trim();
    match bare.strip_prefix('-') {
        Some(shallow) => (shallow.trim().to_owned(), true),
        None => (bare.to_owned(), false),
    }
}

/// The text with `\{{` as `{{`: what is left to do when no variable is.
pub fn unescape(text: &str) -> String {
    text.replace("\\{{", "{{")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find_variables(text).iter().map(|found| &text[found.start..found.end]).collect()
    }

    #[test]
    fn variables_are_found_as_kyvernos_expression_finds_them() {
        let cases: [(&str, &[&str]); 16] = [
            ("{{ a }}", &["{{ a }}"]),
            (r"\{{ a }}", &[]),
            (r"\{{{a}}", &["{{a}}"]),
            ("{{ a.{{b}} }}", &["{{b}}"]),
            ("{{ {x: y} }}", &["{{ {x: y} }}"]),
            ("{{ {x: {y: z}} }}", &[]),
            ("{{a}}{{b}}", &["{{a}}"]),
            ("{{a}}{{b}}{{c}}", &["{{a}}", "{{c}}"]),
            ("{{a}} {{b}}x{{c}}", &["{{a}}", "{{b}}", "{{c}}"]),
            ("{{{a}}}", &["{{{a}}}"]),
            ("{{{ a }}", &["{{ a }}"]),
            ("{{ a } }}", &[]),
            ("{{}}", &["{{}}"]),
            ("x{{\n}}", &["{{\n}}"]),
            ("é{{a}}", &["{{a}}"]),
            ("{{", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), expected, "{text}");
        }
        assert_eq!(find_variables("aé{{b}}"), [Found { before: 1, start: 3, end: 8 }]);
    }

    #[test]
    fn braces_and_a_leading_minus_are_stripped() {
        assert_eq!(strip_braces("{{ - a }}"), ("a".to_owned(), true));
        assert_eq!(strip_braces("{{ a-b }}"), ("a-b".to_owned(), false));
    }

    /// The definition, tried at each place in turn.
    fn by_definition(text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let first = text[at..].chars().next().unwrap();
            let behind = at + first.len_utf8();
            let alone = Some(0).filter(|_| at == 0).and_then(|_| variable_end_if(text, 0));
            let after = (first != '\\').then(|| variable_end_if(text, behind)).flatten();
            match (alone, after) {
                (Some(end), _) => found.push(Found { before: 0, start: 0, end }),
                (None, Some(end)) => found.push(Found { before: at, start: behind, end }),
                (None, None) => {
                    at = behind;
                    continue;
                }
            }
            at = found.last().unwrap().end;
        }
        found
    }

    fn variable_end_if(text: &str, start: usize) -> Option<usize> {
        text[start..].starts_with("{{").then(|| variable_end(text, start)).flatten()
    }

    proptest! {
        #[test]
        fn the_search_keeps_to_the_definition(text in r"[{}a\\é ]{0,16}") {
            prop_assert_eq!(find_variables(&text), by_definition(&text));
        }
    }
}

//! Which context entries a query names (Kyverno `pkg/engine/context/deferred.go`, `NewDeferredLoader`).

use dikast_stdlib::regex::GoRegex;

/// Whether the text of a query names a context entry: as a word that begins neither behind a dot nor inside another word.
/// Text in quotes counts.
///
/// Kyverno puts the entry's name into a regular expression as it is, so a name with other characters than letters,
/// digits, `_` and `-` acts as one; a name that is no expression is never found.
pub fn names_entry(text: &str, name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !is_plain {
        let expression = format!(r"(?:\A|\z|\s|[^.0-9A-Za-z]){name}\b");
        return GoRegex::compile(&expression).is_ok_and(|expression| expression.is_match(text));
    }
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let ends_in_word = name.bytes().last().is_some_and(is_word);
    text.match_indices(name).any(|(at, _)| {
        let before = text.as_bytes().get(..at).and_then(<[u8]>::last);
        let after = text.as_bytes().get(at + name.len());
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.')
            && after.is_some_and(|byte| is_word(*byte)) != ends_in_word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_named_by_whole_words() {
        for (text, named) in [
            ("one", true),
            ("one.x", true),
            ("(one)", true),
            ("one-two", true),
            ("'one'", true),
            ("_one", true),
            ("x.one", false),
            ("one_two", false),
            ("one1", false),
            ("anyone", false),
            ("x.one || one", true),
            ("éone", true),
        ] {
            assert_eq!(names_entry(text, "one"), named, "{text}");
        }
    }

    #[test]
    fn names_act_as_expressions() {
        assert!(names_entry("a-b.x", "a-b"));
        assert!(names_entry("axb", "a.b"));
        assert!(names_entry("\"a.b\".c", "a.b"));
        assert!(!names_entry("ab", "a(b"));
    }
}

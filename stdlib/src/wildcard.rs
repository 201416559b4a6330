//! Wildcards: `*` is any run of characters, `?` any one character, everything else is itself
//! (Kyverno `ext/wildcard`, library `github.com/IGLOU-EU/go-wildcard`).
//!
//! A pattern fits the whole text. There is no escape.
//!
//! Matching takes linear time, but for a run such as `a?b` between two `*`, which is tried at each `a`. That effort is
//! bounded: a text may be taken not to fit after 2^23 comparisons of parts. With fewer than eight parts between `?`,
//! a run does not get there in a text of a megabyte.

use std::sync::Arc;

/// Whether a text holds `*` or `?`.
pub fn is_wildcard(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'*' | b'?'))
}

/// Whether `text` fits `pattern`. For a pattern that is used again, see [`Wildcard`].
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return strip_front(pattern.split('?'), text) == Some("");
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(text) = strip_front(first.split('?'), text) else { return false };
    let Some(text) = strip_back(last, text) else { return false };
    let mut effort = MAX_EFFORT;
    middle.split('*').try_fold(text, |text, run| after(run, text, &mut effort)).is_some()
}

/// Parts that may be compared in trying runs with `?` in them; long parts count more.
const MAX_EFFORT: usize = 1 << 23;

/// What is left of a text behind a run of characters and `?`, the run cut at each `?`.
fn strip_front<'p, 'a>(parts: impl IntoIterator<Item = &'p str>, text: &'a str) -> Option<&'a str> {
    let mut parts = parts.into_iter();
    let text = text.strip_prefix(parts.next()?)?;
    parts.try_fold(text, |text, part| {
        let mut rest = text.chars();
        rest.next()?;
        rest.as_str().strip_prefix(part)
    })
}

/// What is left of a text before a run of characters and `?` at its end.
fn strip_back<'a>(run: &str, text: &'a str) -> Option<&'a str> {
    let mut parts = run.rsplit('?');
    let text = text.strip_suffix(parts.next()?)?;
    parts.try_fold(text, |text, part| {
        let mut rest = text.chars();
        rest.next_back()?;
        rest.as_str().strip_suffix(part)
    })
}

/// What is left of a text behind the first place where a run of characters and `?` fits.
fn after<'a>(run: &str, text: &'a str, effort: &mut usize) -> Option<&'a str> {
    // `?` at the ends only want characters to be there.
    let core = run.trim_start_matches('?');
    let text = skip(text, run.len() - core.len())?;
    let inner = core.trim_end_matches('?');
    let behind = core.len() - inner.len();
    if !inner.contains('?') {
        let at = text.find(inner)?;
        return skip(&text[at + inner.len()..], behind);
    }
    let parts: Vec<&str> = inner.split('?').collect();
    for (at, _) in text.match_indices(inner.chars().next()?) {
        let mut compared = 0;
        let counted = parts.iter().map(|part| {
            compared += 1 + part.len() / 64;
            *part
        });
        if let Some(rest) = strip_front(counted, &text[at..]) {
            return skip(rest, behind);
        }
        *effort = effort.checked_sub(compared)?;
    }
    None
}

/// The text without so many characters at its beginning.
fn skip(text: &str, count: usize) -> Option<&str> {
    let mut rest = text.chars();
    (0..count).try_for_each(|_| rest.next().map(|_| ()))?;
    Some(rest.as_str())
}

/// A wildcard pattern, classified once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard {
    pattern: Arc<str>,
    shape: Shape,
}

/// The shape of a pattern; positions are bytes of its text. What is between them holds neither `*` nor `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shape {
    Exact,
    Any,
    Prefix { end: usize },
    Suffix { start: usize },
    Contains { start: usize, end: usize },
    General,
}

/// What a pattern asks, for callers that compile it further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WildcardKind<'a> {
    /// Exactly this text.
    Exact(&'a str),
    /// Any text, also the empty one.
    Any,
    /// This text at the beginning.
    Prefix(&'a str),
    /// This text at the end.
    Suffix(&'a str),
    /// This text somewhere.
    Contains(&'a str),
    /// Any other pattern, as written.
    General(&'a str),
}

impl Wildcard {
    /// Classifies a pattern.
    pub fn new(pattern: impl Into<Arc<str>>) -> Self {
        let pattern = pattern.into();
        Self { shape: Shape::of(&pattern), pattern }
    }

    /// The pattern as written.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What the pattern asks.
    pub fn kind(&self) -> WildcardKind<'_> {
        match self.shape {
            Shape::Exact => WildcardKind::Exact(&self.pattern),
            Shape::Any => WildcardKind::Any,
            Shape::Prefix { end } => WildcardKind::Prefix(&self.pattern[..end]),
            Shape::Suffix { start } => WildcardKind::Suffix(&self.pattern[start..]),
            Shape::Contains { start, end } => WildcardKind::Contains(&self.pattern[start..end]),
            Shape::General => WildcardKind::General(&self.pattern),
        }
    }

    /// Whether a text fits.
    pub fn matches(&self, text: &str) -> bool {
        match self.kind() {
            WildcardKind::Exact(exact) => text == exact,
            WildcardKind::Any => true,
            WildcardKind::Prefix(prefix) => text.starts_with(prefix),
            WildcardKind::Suffix(suffix) => text.ends_with(suffix),
            WildcardKind::Contains(part) => text.contains(part),
            WildcardKind::General(pattern) => matches(pattern, text),
        }
    }
}

impl Shape {
    fn of(pattern: &str) -> Self {
        if !is_wildcard(pattern) {
            return Self::Exact;
        }
        let start = pattern.len() - pattern.trim_start_matches('*').len();
        let end = pattern.trim_end_matches('*').len();
        if start >= end {
            return Self::Any;
        }
        match (start > 0, end < pattern.len()) {
            _ if is_wildcard(&pattern[start..end]) => Self::General,
            (true, true) => Self::Contains { start, end },
            (true, false) => Self::Suffix { start },
            (false, true) => Self::Prefix { end },
            (false, false) => Self::Exact,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        let once = matches(pattern, text);
        assert_eq!(Wildcard::new(pattern).matches(text), once, "{pattern} {text}");
        once
    }

    /// The definition, without regard to time.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', pattern)), None) => defined(pattern, text),
            (Some(('*', rest)), Some((_, text_rest))) => defined(rest, text) || defined(pattern, text_rest),
            (Some((wanted, pattern)), Some((found, text))) => {
                (*wanted == '?' || wanted == found) && defined(pattern, text)
            }
            _ => false,
        }
    }

    #[test]
    fn fits_the_whole_text() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("**", "x"),
            ("?*", "é"),
            ("a*", "a"),
            ("*:latest", "nginx:latest"),
            ("*a?c*", "xxabcx"),
            ("a*b*c", "a1b2b3c"),
            ("???", "日本語"),
            ("*aab*", "aaab"),
            ("*?b*?", "aabc"),
            ("*aa?b??*", "aaaabcd"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("?", ""), ("a", "A"), ("?*", ""), ("a*a", "a"), ("*ab", "abc"), ("??", "é"), ("*a*?", "ba")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn shapes() {
        let kind = |pattern: &str| format!("{:?}", Wildcard::new(pattern).kind());
        assert_eq!(kind("ab"), r#"Exact("ab")"#);
        assert_eq!(kind("***"), "Any");
        assert_eq!(kind("ab*"), r#"Prefix("ab")"#);
        assert_eq!(kind("**ab"), r#"Suffix("ab")"#);
        assert_eq!(kind("*ab*"), r#"Contains("ab")"#);
        assert_eq!(kind("a*b"), r#"General("a*b")"#);
        assert_eq!(kind("*a?*"), r#"General("*a?*")"#);
    }

    #[test]
    fn long_texts_take_no_time() {
        let start = std::time::Instant::now();
        let text = "a".repeat(1 << 17);
        assert!(!matches(&format!("{}b", "a*".repeat(1 << 16)), &text));
        assert!(!matches(&format!("*{}b*", "a".repeat(1 << 16)), &text));
        assert!(!matches("*a*a*a*a*a?a*a*a*a*a*b*", &text));
        assert!(!matches(&format!("*{}b*", "?".repeat(1 << 16)), &text));
        assert!(!matches(&format!("*{}b*", "a?".repeat(1 << 15)), &text));
        assert!(start.elapsed().as_secs() < 5);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab?*é]{0,7}", text in "[abé]{0,9}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(fits(&pattern, &text), defined(&characters(&pattern), &characters(&text)));
        }
    }
}

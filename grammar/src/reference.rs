//! `$( )` references from one place of a document to another (Kyverno `pkg/engine/variables/vars.go`,
//! `substituteReferencesIfAny` and `resolveReference`).

use std::collections::HashMap;
use std::ops::Range;

use crate::anchor;

/// A reference in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'t> {
    /// Where it is written, `$(` and `)` included.
    pub range: Range<usize>,
    /// As written; Kyverno's messages show it.
    pub text: &'t str,
    /// The comparison that the value is put behind; [`Operator::None`] for a plain reference.
    pub operator: Operator,
    /// The place that is meant, absolute or relative to the place of the text.
    pub path: &'t str,
    /// How many bytes of the character before it Kyverno takes for the start of the reference; not zero only behind a
    /// character outside of ASCII, and then the reference has no value.
    pub stray_bytes: usize,
}

/// What may stand before the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Nothing.
    None,
    /// `>=`
    MoreOrEqual,
    /// `<=`
    LessOrEqual,
    /// `>`
    More,
    /// `<`
    Less,
    /// `!`
    Not,
}

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::MoreOrEqual => ">=",
            Self::LessOrEqual => "<=",
            Self::More => ">",
            Self::Less => "<",
            Self::Not => "!",
        }
    }

    /// The operator at the start of a reference's content. Those of ranges cannot begin a path that exists.
    fn of(content: &str) -> Self {
        if content.len() < 2 {
            return Self::None;
        }
        [Self::MoreOrEqual, Self::LessOrEqual, Self::More, Self::Less, Self::Not]
            .into_iter()
            .find(|operator| content.starts_with(operator.as_str()))
            .unwrap_or(Self::None)
    }
}

/// The references of a text. One reaches up to the last `)` before a blank, and needs a character between its
/// parentheses; one behind a backslash is none.
pub fn find_references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut words = Words { text, end: 0, last_closing: None };
    let (mut at, mut search) = (0, 0);
    while let Some(dollar) = text.get(search..).and_then(|rest| rest.find("$(")) {
        let start = search + dollar;
        search = start + 2;
        let before = text.get(at..start).and_then(|passed| passed.chars().next_back());
        let is_preceded = before.map_or(start == 0, |character| character != '\\');
        if let Some(end) = words.reference_end(start).filter(|_| is_preceded) {
            let written = text.get(start..end).unwrap_or_default();
            let content = written.trim_matches(['$', '(', ')']);
            let operator = Operator::of(content);
            let path = content.get(operator.as_str().len()..).unwrap_or_default();
            let stray_bytes = before.map_or(0, |character| character.len_utf8() - 1);
            found.push(Reference { range: start..end, text: written, operator, path, stray_bytes });
            at = end;
            search = end;
        }
    }
    found
}

/// The stretch without blanks that was looked at last, so that each is looked at once.
struct Words<'t> {
    text: &'t str,
    end: usize,
    last_closing: Option<usize>,
}

impl Words<'_> {
    /// Where the reference that begins at `start` ends.
    fn reference_end(&mut self, start: usize) -> Option<usize> {
        let first = self.text.get(start + 2..)?.chars().next().filter(|&character| character != '\n')?;
        let behind = start + 2 + first.len_utf8();
        if behind > self.end {
            let rest = self.text.get(behind..)?;
            let word = rest.split(' ').next()?;
            self.end = behind + word.len();
            self.last_closing = word.rfind(')').map(|closing| behind + closing);
        }
        self.last_closing.filter(|&closing| closing >= behind).map(|closing| closing + 1)
    }
}

/// The text with `\$(...)` as `$(...)`.
///
/// Kyverno removes a backslash before each place where the same escape stands, once for each time that it stands there:
/// `\\$(a) \$(a)` becomes `$(a) $(a)`.
pub fn unescape_references(text: &str) -> String {
    let escapes = find_escapes(text);
    let mut times: HashMap<&str, usize> = HashMap::new();
    for escape in &escapes {
        *times.entry(text.get(escape.clone()).unwrap_or_default()).or_default() += 1;
    }
    let mut unescaped = String::with_capacity(text.len());
    let mut copied = 0;
    for escape in escapes {
        let times = times.get(text.get(escape.clone()).unwrap_or_default()).copied().unwrap_or_default();
        let dollar = escape.start + 1;
        let before = text.get(copied..dollar).unwrap_or_default();
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        unescaped.push_str(&before[..before.len() - backslashes.min(times)]);
        copied = dollar;
    }
    unescaped.push_str(text.get(copied..).unwrap_or_default());
    unescaped
}

/// The escaped references of a text, which reach up to the first `)`, without a blank.
fn find_escapes(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    // Where the next blank or `)` is.
    let mut stop = 0;
    for (at, escape) in text.match_indices("\\$(") {
        let inside = at + escape.len();
        let first = text.get(inside..).and_then(|inside| inside.chars().next()).filter(|&character| character != '\n');
        let is_within = found.last().is_some_and(|last| at < last.end);
        let Some(first) = first.filter(|_| !is_within) else { continue };
        let behind = inside + first.len_utf8();
        if stop < behind {
            stop = text.get(behind..).and_then(|rest| rest.find([' ', ')'])).map_or(text.len(), |found| behind + found);
        }
        if text.get(stop..).is_some_and(|rest| rest.starts_with(')')) {
            found.push(at..stop + 1);
        }
    }
    found
}

/// The place that a reference means, seen from `place`. An absolute one is not tidied; one in a key of the root, whose
/// place is the empty text, stays relative and means nothing.
pub fn absolute_path(reference: &str, place: &str) -> String {
    match (reference.starts_with('/'), place) {
        (true, _) => reference.to_owned(),
        (false, "") => tidied(reference),
        (false, place) => tidied(&format!("{place}/{reference}")),
    }
}

/// A place of a document without the anchors of its keys.
pub fn without_anchors(place: &str) -> String {
    let is_absolute = place.starts_with('/');
    let parts = place.strip_prefix('/').unwrap_or(place).split('/');
    let parts: Vec<&str> = parts.map(|part| anchor::parse(part).map_or(part, |(_, key)| key)).collect();
    let joined = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    let path = if joined.is_empty() { joined } else { tidied(&joined) };
    if is_absolute { format!("/{path}") } else { path }
}

/// A path without `.`, `..` and empty steps, as Go's `path.Clean` leaves it.
fn tidied(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            ".." if is_absolute => {}
            step => steps.push(step),
        }
    }
    let joined = steps.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find_references(text).into_iter().map(|reference| reference.text).collect()
    }

    #[test]
    fn references_reach_up_to_the_last_parenthesis_before_a_blank() {
        let cases: [(&str, &[&str]); 10] = [
            ("$(/a)", &["$(/a)"]),
            ("x$(/a)-$(/b)", &["$(/a)-$(/b)"]),
            ("$(/a) $(/b)", &["$(/a)", "$(/b)"]),
            ("$()", &[]),
            ("$(date +%s)", &[]),
            (r"\$(a)", &[]),
            ("$ (a)", &[]),
            ("$(/a", &[]),
            ("$(b)c)", &["$(b)c)"]),
            ("$( a)", &["$( a)"]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn operators_stand_before_the_path() {
        let first = |text: &'static str| {
            let reference = find_references(text).remove(0);
            (reference.operator, reference.path)
        };
        assert_eq!(first("$(>=/a)"), (Operator::MoreOrEqual, "/a"));
        assert_eq!(first("$(!./../a)"), (Operator::Not, "./../a"));
        assert_eq!(first("$(a)"), (Operator::None, "a"));
        assert_eq!(find_references("é$(a)")[0].stray_bytes, 1);
    }

    #[test]
    fn escapes_are_taken_away() {
        assert_eq!(unescape_references(r"\$(a) \$(b c) \$()"), r"$(a) \$(b c) \$()");
        assert_eq!(unescape_references(r"\\$(a)"), r"\$(a)");
        assert_eq!(unescape_references(r"\\$(a) \$(a) \\$(b)"), r"$(a) $(a) \$(b)");
        assert_eq!(unescape_references(r"\$(\$(a)"), r"$(\$(a)");
    }

    #[test]
    fn paths_are_seen_from_the_place_of_the_text() {
        assert_eq!(absolute_path("./../../d", "/a/b/c"), "/a/d");
        assert_eq!(absolute_path("x", "/a"), "/a/x");
        assert_eq!(absolute_path("/a/../b", "/c"), "/a/../b");
        assert_eq!(absolute_path("../../../x", "/a"), "/x");
        assert_eq!(absolute_path("./x", ""), "x");
        assert_eq!(without_anchors("/spec/=(a)/(b)/0"), "/spec/a/b/0");
        assert_eq!(without_anchors(""), "");
    }

    proptest! {
        #[test]
        fn ranges_hold_the_text(text in r"[$()\\a é/>]{0,20}") {
            for reference in find_references(&text) {
                prop_assert_eq!(text.get(reference.range.clone()), Some(reference.text));
            }
            unescape_references(&text);
            without_anchors(&text);
            absolute_path(&text, "/a");
        }
    }
}

//! Where in a document a byte stands, told from indentation.
//!
//! A text that is being typed is rarely YAML, but its lines still say by their columns what belongs to what. The lines
//! above are walked upwards; what stands further left is a parent.

use std::ops::Range;

use super::flow;
use super::line::{Entry, EntryKind, Line, indentation};

/// A step from a value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item, which begins behind this byte.
    Item(usize),
}

/// What is written at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A key of the object that the path leads to.
    Key(Range<usize>),
    /// The value that the path leads to, on one line or more.
    Value(Range<usize>),
    /// A word that may become a key of what the path leads to, or its value.
    Word(Range<usize>),
    /// Text in a comment.
    Comment,
}

/// The way to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// From the document's root.
    pub(crate) path: Vec<Step>,
    /// What is written there.
    pub(crate) spot: Spot,
    /// The document's bytes in the file.
    pub(crate) document: Range<usize>,
}

impl Place {
    /// The place of a byte.
    pub(crate) fn of(text: &str, at: usize) -> Self {
        let at = at.min(text.len());
        let lines = lines(text);
        let current = lines.partition_point(|line| line.start <= at).saturating_sub(1);
        let is_separator = |line: &Range<usize>| text.get(line.clone()).is_some_and(|line| line.starts_with("---"));
        let first = lines[..current].iter().rposition(is_separator).map_or(0, |line| line + 1);
        let end = lines[current..].iter().skip(1).position(is_separator).map_or(lines.len(), |line| current + 1 + line);
        let document =
            lines.get(first).map_or(0, |line| line.start)..lines.get(end).map_or(text.len(), |line| line.start);
        let walk = Walk { text, lines: &lines[first..=current], at };
        let (path, spot) = walk.place();
        Self { path, spot, document }
    }

    /// The names of the keys on the path.
    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.path.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        })
    }
}

/// The lines of a text without their ends; at least one.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        lines.push(start..end - usize::from(line.ends_with('\r')));
        start = end + 1;
    }
    lines
}

struct Walk<'t> {
    text: &'t str,
    /// The lines of the document down to that of the place.
    lines: &'t [Range<usize>],
    at: usize,
}

/// An entry above a place, with the line that it stands in.
struct Parent {
    entry: Entry,
    line: Line,
}

impl Walk<'_> {
    fn place(&self) -> (Vec<Step>, Spot) {
        let Some((range, above)) = self.lines.split_last() else { return (Vec::new(), Spot::Word(self.at..self.at)) };
        let line = Line::read(self.text, range.clone());
        let column = if line.is_blank() {
            // where a comment stands is where it would be typed
            self.at
                .saturating_sub(range.start)
                .min(indentation(self.text.get(range.clone()).unwrap_or("")).max(self.at - range.start))
        } else {
            line.entries.first().map_or(line.rest.start - range.start, |entry| entry.column)
        };
        let first_is_dash = line.entries.first().is_some_and(|entry| entry.kind == EntryKind::Dash);
        let parents = self.parents(above, column, first_is_dash);
        if let Some(found) = self.within_value(&parents) {
            return found;
        }
        let mut path: Vec<Step> = parents.iter().map(|parent| self.step(&parent.entry)).collect();
        if self.at > line.content_end && self.text.get(line.content_end..self.at).is_some_and(|gap| gap.contains('#')) {
            return (path, Spot::Comment);
        }
        for entry in &line.entries {
            match &entry.kind {
                EntryKind::Dash if self.at <= range.start + entry.column => {
                    return (path, Spot::Word(self.at..self.at));
                }
                EntryKind::Dash => path.push(self.step(entry)),
                EntryKind::Key { range, colon } if self.at <= *colon => return (path, Spot::Key(range.clone())),
                EntryKind::Key { .. } => path.push(self.step(entry)),
            }
        }
        let has_key = matches!(line.entries.last(), Some(Entry { kind: EntryKind::Key { .. }, .. }));
        let rest = if line.rest.is_empty() { self.at..self.at } else { line.rest.clone() };
        if self.begins_flow(rest.start)
            && let Some((steps, spot)) = flow::within(self.text, rest.start, self.at)
        {
            path.extend(steps);
            return (path, spot);
        }
        let rest = rest.start.min(self.at)..rest.end.max(self.at);
        (path, if has_key { Spot::Value(rest) } else { Spot::Word(rest) })
    }

    /// What stands above a column, outermost first. A key is also a parent of dashes in its own column.
    fn parents(&self, above: &[Range<usize>], column: usize, is_dash: bool) -> Vec<Parent> {
        let mut parents: Vec<Parent> = Vec::new();
        let (mut column, mut is_dash) = (column, is_dash);
        for range in above.iter().rev() {
            let line = Line::read(self.text, range.clone());
            for entry in line.entries.iter().rev() {
                let is_key = entry.kind != EntryKind::Dash;
                if entry.column < column || (is_key && is_dash && entry.column == column) {
                    (column, is_dash) = (entry.column, !is_key);
                    parents.push(Parent { entry: entry.clone(), line: line.clone() });
                }
            }
            if column == 0 && !is_dash {
                break;
            }
        }
        parents.reverse();
        parents
    }

    /// The place inside a value that begins on a line above and still goes on: a block of text, brackets, quotes.
    fn within_value(&self, parents: &[Parent]) -> Option<(Vec<Step>, Spot)> {
        for (depth, parent) in parents.iter().enumerate() {
            let is_last_of_line = parent.line.entries.last() == Some(&parent.entry);
            let start = parent.line.rest.start;
            let rest = self.text.get(parent.line.rest.clone()).unwrap_or("");
            if !is_last_of_line || rest.is_empty() || rest.starts_with(['&', '!', '*']) {
                continue;
            }
            let mut path: Vec<Step> = parents[..=depth].iter().map(|parent| self.step(&parent.entry)).collect();
            if rest.starts_with(['|', '>']) {
                return Some((path, Spot::Value(parent.line.content_end..self.block_end(parent.entry.column))));
            }
            if self.begins_flow(start) {
                if let Some((steps, spot)) = flow::within(self.text, start, self.at) {
                    path.extend(steps);
                    return Some((path, spot));
                }
                continue;
            }
            return Some((path, Spot::Value(start..self.block_end(parent.entry.column))));
        }
        None
    }

    /// Where a block of text ends that goes on as long as lines stand right of a column.
    fn block_end(&self, column: usize) -> usize {
        let mut end = self.at;
        let rest = self.text.get(self.at..).unwrap_or("");
        let mut offset = self.at;
        for (index, line) in rest.split_inclusive('\n').enumerate() {
            let is_inside = index == 0 || line.trim().is_empty() || indentation(line) > column;
            if !is_inside {
                break;
            }
            offset += line.len();
            if !line.trim().is_empty() {
                end = offset - (line.len() - line.trim_end().len());
            }
        }
        end.max(self.at)
    }

    fn begins_flow(&self, at: usize) -> bool {
        matches!(self.text.as_bytes().get(at), Some(b'{' | b'[' | b'"' | b'\''))
    }

    fn step(&self, entry: &Entry) -> Step {
        match &entry.kind {
            EntryKind::Dash => Step::Item(entry.start),
            EntryKind::Key { range, .. } => Step::Key(flow::unquote(self.text.get(range.clone()).unwrap_or(""))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The place of `§` as text: path, what is there, and the text under it.
    fn place(marked: &str) -> String {
        let at = marked.find('§').unwrap();
        let text = marked.replace('§', "");
        let Place { path, spot, .. } = Place::of(&text, at);
        let path: String = path
            .iter()
            .map(|step| match step {
                Step::Key(key) => format!(".{key}"),
                Step::Item(_) => "[]".to_owned(),
            })
            .collect();
        let (what, range) = match spot {
            Spot::Key(range) => ("key", range),
            Spot::Value(range) => ("value", range),
            Spot::Word(range) => ("word", range),
            Spot::Comment => ("comment", 0..0),
        };
        format!("{path} {what} {:?}", &text[range])
    }

    #[test]
    fn indentation_tells_the_way() {
        for (marked, expected) in [
            ("§", r#" word """#),
            ("sp§", r#" word "sp""#),
            ("spec:\n  ru§les:\n", r#".spec key "rules""#),
            ("spec:\n  rules:\n  - name: a§b\n", r#".spec.rules[].name value "ab""#),
            ("spec:\n  rules:\n  - name: a\n    va§", r#".spec.rules[] word "va""#),
            ("spec:\n  rules:\n  - name: a\n  - §", r#".spec.rules[] word """#),
            ("spec:\n  rules:\n  - name: a\n    §\n  - name: b", r#".spec.rules[] word """#),
            ("spec:\n  rules:\n  - name: a\n  §", r#".spec word """#),
            ("spec:\n  §", r#".spec word """#),
            ("spec: §", r#".spec value """#),
            ("kinds:\n- Po§", r#".kinds[] word "Po""#),
            ("kinds:\n- Pod\n- §", r#".kinds[] word """#),
            ("a:\n  - - b: c\n      §", r#".a[][] word """#),
            ("a: b # x§", r#" comment """#),
            ("a: 1\n---\nb:\n  c§", r#".b word "c""#),
        ] {
            assert_eq!(place(marked), expected, "{marked}");
        }
    }

    #[test]
    fn values_may_go_on_for_lines() {
        for (marked, expected) in [
            ("m: |-\n  one\n  t§wo: x\nn: 1", ".m value \"\\n  one\\n  two: x\""),
            ("m: |\n    one\n  §\n", ".m value \"\\n    one\\n  \""),
            ("m: one\n  t§wo\n", ".m value \"one\\n  two\""),
            ("- |\n  a: §\n", "[] value \"\\n  a: \""),
            ("k: \"{{ a\n  §", ".k value \"\\\"{{ a\\n  \""),
        ] {
            assert_eq!(place(marked), expected, "{marked}");
        }
    }

    #[test]
    fn brackets_tell_the_way() {
        for (marked, expected) in [
            ("a: {b: c, d§", r#".a key "d""#),
            ("a: {b: c, d: §}", r#".a.d value """#),
            ("a: {b: {c: [x, y§, z]}}", r#".a.b.c[] word "y""#),
            ("a: [{b: c}, {§}]", r#".a[] key """#),
            ("a: {b: \"x, y§\"}", r#".a.b value "\"x, y\"""#),
            ("a: {b: '{{ request.§", r#".a.b value "'{{ request.""#),
            ("a: [\n  {b: c,\n   d§\n", r#".a[] key "d""#),
            ("a: {b: c} §", r#".a value "{b: c} ""#),
            ("a: \"x §", r#".a value "\"x ""#),
        ] {
            assert_eq!(place(marked), expected, "{marked}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_of_every_text_has_a_place(text in "[a: \\-\\n\\[\\]{},\"'|#é&]{0,40}") {
            for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
                let place = Place::of(&text, at);
                let range = match place.spot {
                    Spot::Key(range) | Spot::Value(range) | Spot::Word(range) => range,
                    Spot::Comment => at..at,
                };
                prop_assert!(text.get(range.clone()).is_some(), "{:?} at {}: {:?}", text, at, range);
            }
        }
    }
}

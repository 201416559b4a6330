//! The dashes and the key that begin a line.

use std::ops::Range;

/// A line, as far as indentation and its beginning tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Dashes and at most one key, from left to right.
    pub(super) entries: Vec<Entry>,
    /// What follows them, without white space and comment around it; empty where nothing does.
    pub(super) rest: Range<usize>,
    /// Where its comment begins, or its end.
    pub(super) content_end: usize,
}

/// A dash or a key with the column in which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its first byte in the file.
    pub(super) start: usize,
    pub(super) column: usize,
    pub(super) kind: EntryKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Dash,
    /// A key: its place with quotes, and where its colon stands.
    Key {
        range: Range<usize>,
        colon: usize,
    },
}

impl Line {
    /// Reads the line that stands at `range` of `text`.
    pub(super) fn read(text: &str, range: Range<usize>) -> Self {
        let line = text.get(range.clone()).unwrap_or("");
        let content = &line[..comment_start(line)];
        let content = content.trim_end();
        let mut entries = Vec::new();
        let mut at = indentation(content);
        while content[at..].starts_with("- ") || &content[at..] == "-" {
            entries.push(Entry { start: range.start + at, column: at, kind: EntryKind::Dash });
            let behind = at + 1;
            at = behind + indentation(&content[behind..]);
        }
        if let Some((key, colon)) = key(&content[at..]) {
            let kind =
                EntryKind::Key { range: range.start + at..range.start + at + key, colon: range.start + at + colon };
            entries.push(Entry { start: range.start + at, column: at, kind });
            let behind = at + colon + 1;
            at = behind + indentation(&content[behind..]);
        }
        let end = content.len().max(at);
        Self { entries, rest: range.start + at..range.start + end, content_end: range.start + end }
    }

    /// Whether nothing but white space and a comment stands there.
    pub(super) fn is_blank(&self) -> bool {
        self.entries.is_empty() && self.rest.is_empty()
    }
}

/// The spaces before the text. Tabs count too, though YAML does not like them.
pub(super) fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Where the comment of a line begins: at a `#` behind white space that is not within quotes that begin a scalar.
fn comment_start(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut quote = None;
    let mut before = b' ';
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match quote {
            Some(b'"') if byte == b'\\' => at += 1,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'')
                && matches!(before, b' ' | b'\t' | b'[' | b'{' | b',' | b':' | b'(') =>
            {
                quote = Some(byte);
            }
            None if byte == b'#' && matches!(before, b' ' | b'\t') => return at,
            None => {}
        }
        before = byte;
        at += 1;
    }
    line.len()
}

/// The length of the key that a content begins with, and the place of its colon.
fn key(content: &str) -> Option<(usize, usize)> {
    let bytes = content.as_bytes();
    let first = *bytes.first()?;
    if matches!(first, b'"' | b'\'') {
        let mut at = 1;
        while *bytes.get(at)? != first {
            at += if first == b'"' && bytes[at] == b'\\' { 2 } else { 1 };
        }
        let end = at + 1;
        let colon = end + indentation(&content[end..]);
        return is_separator(bytes, colon).then_some((end, colon));
    }
    if matches!(first, b'{' | b'[' | b'|' | b'>' | b'#' | b'%' | b'@' | b'`') {
        return None;
    }
    let colon = (0..bytes.len()).find(|&at| is_separator(bytes, at))?;
    Some((content[..colon].trim_end().len(), colon))
}

/// Whether the colon at a place separates a key from its value.
fn is_separator(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == Some(&b':') && bytes.get(at + 1).is_none_or(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let read = Line::read(line, 0..line.len());
        let entries = read.entries.iter().map(|entry| match &entry.kind {
            EntryKind::Dash => format!("{}-", entry.column),
            EntryKind::Key { range, .. } => format!("{}{}", entry.column, &line[range.clone()]),
        });
        format!("{} | {}", entries.collect::<Vec<_>>().join(" "), &line[read.rest])
    }

    #[test]
    fn dashes_and_keys_begin_a_line() {
        for (line, expected) in [
            ("  name: a b  # c", "2name | a b"),
            ("- - key: 'x # y'", "0- 2- 4key | 'x # y'"),
            ("-", "0- | "),
            ("  - Pod", "2- | Pod"),
            ("\"a: b\" : c", "0\"a: b\" | c"),
            ("  =(a): {b: c}", "2=(a) | {b: c}"),
            ("  mess", " | mess"),
            ("   # only", " | "),
            ("url: http://x#y", "0url | http://x#y"),
            ("{a: b}", " | {a: b}"),
            ("\"unfinished: a", " | \"unfinished: a"),
            ("é: ü", "0é | ü"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}

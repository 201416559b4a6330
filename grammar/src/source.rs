//! Source files, byte spans and the way from a byte back to a line and a column.
//!
//! A [`Span`] names a file and a half-open byte range in it. Everything that an author wrote carries one, from the
//! YAML node down to a token inside a `{{ }}` template inside a block scalar.

use std::sync::Arc;

/// Names one file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open byte range `start..end` in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A range in `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: narrow(start), end: narrow(end) }
    }

    /// Whether all of another range lies in this one.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The smallest range that holds both. Both must lie in the same file.
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One text and the name it is reported under.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
    /// The characters before each block of [`BLOCK`] bytes; empty when every character is one byte.
    characters: Arc<[u32]>,
}

/// How many bytes of a text are counted together. A line may be the whole file, and each finding asks for its column.
const BLOCK: usize = 1024;

impl SourceFile {
    fn new(name: Arc<str>, text: Arc<str>) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        let characters = if text.is_ascii() {
            Arc::default()
        } else {
            let counts = text.as_bytes().chunks(BLOCK).scan(0, |before, block| {
                let here = *before;
                *before += begun_characters(block);
                Some(here)
            });
            counts.collect()
        };
        Self { name, text, line_starts, characters }
    }

    /// The name that diagnostics show, usually the path as the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of a line, counted from 1, with its line end; nothing when there is no such line.
    pub fn line_range(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.line_starts.get(index)? as usize;
        Some(start..self.line_starts.get(index + 1).map_or(self.text.len(), |&next| next as usize))
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0) as usize;
        let column = self.characters_before(offset as usize) - self.characters_before(start);
        Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column: column + 1 }
    }

    /// The byte offset that is some characters after another, or the end of the text.
    pub fn offset_after(&self, offset: usize, characters: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        rest.char_indices().nth(characters).map_or(self.text.len(), |(at, _)| offset + at)
    }

    /// The byte offset that is some characters before another, or the start of the text.
    pub fn offset_before(&self, offset: usize, characters: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        match characters.checked_sub(1) {
            Some(last) => before.char_indices().rev().nth(last).map_or(0, |(at, _)| at),
            None => before.len(),
        }
    }

    /// How many characters begin before a byte.
    fn characters_before(&self, offset: usize) -> u32 {
        let offset = offset.min(self.text.len());
        let Some(known) = self.characters.get(offset / BLOCK).or(self.characters.last()) else {
            return u32::try_from(offset).unwrap_or(u32::MAX);
        };
        let block = (offset / BLOCK).min(self.characters.len() - 1) * BLOCK;
        known + self.text.as_bytes().get(block..offset).map_or(0, begun_characters)
    }
}

/// How many characters begin in a part of a text.
fn begun_characters(part: &[u8]) -> u32 {
    let count = part.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// All files of one compilation.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a name and gives its id.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile::new(name.into(), text.into()));
        id
    }

    /// The file of an id, if it is of this map.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// All files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text under a span; empty when the span is not of this map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = SourceMap::new();
        let id = sources.add("a.yaml", "é: 1\nb: 2\n");
        let file = sources.get(id).unwrap();
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(2), Position { line: 1, column: 2 });
        assert_eq!(file.position(6), Position { line: 2, column: 1 });
        assert_eq!(file.position(99), Position { line: 3, column: 1 });
        assert_eq!(file.line_range(2), Some(6..11));
        assert_eq!(file.line_range(0), None);
        assert_eq!(file.line_range(4), None);
    }

    #[test]
    fn columns_of_long_lines_count_characters() {
        for line in ["é".repeat(3 * BLOCK), "x".repeat(3 * BLOCK), "xé€".repeat(BLOCK)] {
            let mut sources = SourceMap::new();
            let text = format!("first: é\n{line}");
            let id = sources.add("a.yaml", text.as_str());
            let file = sources.get(id).unwrap();
            for (column, (at, _)) in line.char_indices().enumerate() {
                let expected = Position { line: 2, column: column as u32 + 1 };
                assert_eq!(file.position((text.len() - line.len() + at) as u32), expected);
            }
            let end = line.chars().count() as u32 + 1;
            assert_eq!(file.position(u32::MAX), Position { line: 2, column: end });
        }
    }
}

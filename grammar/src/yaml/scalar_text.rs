//! Text of a scalar while its document is read.

use std::ops::Range;
use std::sync::Arc;

use super::file_text::FileText;
use super::text::{Composed, Run};

/// Text of a scalar whose place is known.
#[derive(Clone, Debug)]
pub(super) enum ScalarText {
    /// What is written, without the quotes if there are any.
    Slice,
    /// Text that differs from what is written.
    Composed(Arc<Composed>),
}

/// Puts the text of a scalar together while the scanner reads it.
///
/// It stays a slice of the file as long as what is added follows byte for byte.
pub(super) struct TextBuilder<'t> {
    file: &'t FileText,
    slice: Range<usize>,
    composed: Option<(String, Vec<Run>)>,
}

impl<'t> TextBuilder<'t> {
    pub(super) fn new(file: &'t FileText, start: usize) -> Self {
        Self { file, slice: start..start, composed: None }
    }

    /// Adds a part of the file as it stands.
    pub(super) fn copy(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        match &mut self.composed {
            None if self.slice.is_empty() => self.slice = range,
            None if self.slice.end == range.start => self.slice.end = range.end,
            _ => {
                let part = self.file.part(range.clone());
                let (value, runs) = self.compose();
                value.push_str(part);
                push_run(runs, value.len(), range);
            }
        }
    }

    /// Adds a character that is written as the source range says.
    pub(super) fn push(&mut self, character: char, written: Range<usize>) {
        let mut buffer = [0; 4];
        if self.file.part(written.clone()) == character.encode_utf8(&mut buffer) {
            return self.copy(written);
        }
        let (value, runs) = self.compose();
        value.push(character);
        runs.push(run(value.len(), written));
    }

    fn compose(&mut self) -> &mut (String, Vec<Run>) {
        let (file, slice) = (self.file, self.slice.clone());
        self.composed.get_or_insert_with(|| {
            let mut runs = Vec::new();
            let value = file.part(slice.clone()).to_owned();
            if !value.is_empty() {
                push_run(&mut runs, value.len(), slice);
            }
            (value, runs)
        })
    }

    /// The finished text of the scalar that is written at `range`; a scalar in quotes has them in it.
    pub(super) fn finish(mut self, range: Range<usize>) -> ScalarText {
        let quotes = (self.slice.start.wrapping_sub(range.start), range.end.wrapping_sub(self.slice.end));
        if self.composed.is_none() && matches!(quotes, (0, 0) | (1, 1)) {
            return ScalarText::Slice;
        }
        let (value, runs) = std::mem::take(self.compose());
        let span = self.file.span(range);
        ScalarText::Composed(Arc::new(Composed { value: value.into(), runs: runs.into(), span }))
    }
}

fn run(value_len: usize, written: Range<usize>) -> Run {
    Run { value_end: narrow(value_len), source_start: narrow(written.start), source_end: narrow(written.end) }
}

/// Adds a run of copied bytes, joined to the one before when it follows on in the file as well.
fn push_run(runs: &mut Vec<Run>, value_len: usize, range: Range<usize>) {
    let added = run(value_len, range);
    let before_last = runs.len().checked_sub(2).and_then(|index| runs.get(index)).map_or(0, |run| run.value_end);
    match runs.last_mut() {
        Some(last)
            if last.source_end == added.source_start
                && last.value_end - before_last == last.source_end - last.source_start =>
        {
            last.value_end = added.value_end;
            last.source_end = added.source_end;
        }
        _ => runs.push(added),
    }
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

//! Tokens of YAML.

use std::ops::Range;

use crate::yaml::scalar_text::ScalarText;

/// A token and its bytes in the file.
#[derive(Clone, Debug)]
pub(in crate::yaml) struct Token {
    pub(in crate::yaml) kind: TokenKind,
    start: u32,
    end: u32,
}

impl Token {
    pub(in crate::yaml) fn new(kind: TokenKind, range: Range<usize>) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { kind, start: narrow(range.start), end: narrow(range.end) }
    }

    pub(in crate::yaml) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[derive(Clone, Debug)]
pub(in crate::yaml) enum TokenKind {
    StreamEnd,
    Version {
        major: u8,
        minor: u8,
    },
    /// A handle that `%TAG` declares and the prefix that it stands for.
    TagHandle(Box<TagName>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    /// The end of either block collection.
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    /// `-`
    BlockEntry,
    /// `,`
    FlowEntry,
    /// A key follows, announced by `?` or found by its `:`.
    Key,
    /// `:`
    Value,
    /// `*name`
    Alias,
    /// `&name`
    Anchor,
    /// `!suffix` or `!handle!suffix`; the handle is empty for `!<suffix>` and for a lone `!`.
    Tag(Box<TagName>),
    Scalar {
        text: ScalarText,
        is_plain: bool,
    },
}

/// A tag in two parts, as it is written.
#[derive(Clone, Debug)]
pub(in crate::yaml) struct TagName {
    pub(in crate::yaml) handle: String,
    pub(in crate::yaml) suffix: String,
}

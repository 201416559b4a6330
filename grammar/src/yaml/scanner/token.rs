//! Tokens of YAML.

use std::ops::Range;

use crate::yaml::Text;

/// A token and its bytes in the file.
#[derive(Clone, Debug)]
pub(in crate::yaml) struct Token {
    pub(in crate::yaml) kind: TokenKind,
    pub(in crate::yaml) range: Range<usize>,
}

#[derive(Clone, Debug)]
pub(in crate::yaml) enum TokenKind {
    StreamEnd,
    Version {
        major: u8,
        minor: u8,
    },
    TagHandle {
        handle: String,
        prefix: String,
    },
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
    /// `*name`; the token's range is that of the name with its `*`.
    Alias,
    /// `&name`
    Anchor,
    /// `!suffix` or `!handle!suffix`; the handle is empty for `!<suffix>` and for a lone `!`.
    Tag {
        handle: String,
        suffix: String,
    },
    Scalar {
        text: Text,
        is_plain: bool,
    },
}

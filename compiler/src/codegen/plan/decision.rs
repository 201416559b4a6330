//! Decisions: a value of the request against something known at compile time.
//!
//! Patterns and conditions with a constant side come down to this: for each kind of value the answer is either known, or
//! a few compares, or a call of one helper. What is known is found by asking the library at compile time, so native code
//! cannot disagree with it there.

use super::super::helper::Helper;

/// How a value is decided, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Decision {
    /// Null and absent values.
    pub(in super::super) null: bool,
    /// `false`
    pub(in super::super) falsehood: bool,
    /// `true`
    pub(in super::super) truth: bool,
    /// Numbers.
    pub(in super::super) number: NumberRule,
    /// Texts.
    pub(in super::super) text: TextRule,
    /// Lists.
    pub(in super::super) list: BlockRule,
    /// Objects.
    pub(in super::super) object: BlockRule,
    /// The helper that decides what is not decided here, and its argument.
    pub(in super::super) helper: (Helper, u32),
}

/// How a number is decided.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum NumberRule {
    /// Known.
    Known(bool),
    /// By the helper.
    Helper,
}

/// How a list or object is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum BlockRule {
    /// Known.
    Known(bool),
    /// By the helper.
    Helper,
    /// By the interpreter.
    Interpret,
}

/// How a text is decided.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum TextRule {
    /// Known.
    Known(bool),
    /// By comparing.
    Match(TextMatch),
    /// This answer for a text that matches; any other goes to the helper.
    Shortcut(TextMatch, bool),
    /// By the helper.
    Helper,
}

/// Compares of a text with known ones.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum TextMatch {
    /// Exactly this.
    Equals(String),
    /// At least this many bytes.
    Bytes(u32),
    /// This at the beginning.
    Prefix(String),
    /// This at the end.
    Suffix(String),
    /// This anywhere.
    Contains(String),
    /// A wildcard of the unit, by a helper.
    Wildcard(u32),
    /// It does not match.
    Not(Box<TextMatch>),
    /// All match.
    All(Vec<TextMatch>),
    /// One matches.
    Any(Vec<TextMatch>),
}

impl TextMatch {
    /// Any text.
    pub(in super::super) const ANYTHING: TextMatch = TextMatch::All(Vec::new());
    /// No text.
    pub(in super::super) const NOTHING: TextMatch = TextMatch::Any(Vec::new());
}

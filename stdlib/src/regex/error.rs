//! Why a text is no regular expression, in the words of Go's `regexp/syntax`.

/// Why a text is no regular expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {kind}: `{part}`")]
pub struct RegexError {
    /// What is wrong.
    pub kind: RegexErrorKind,
    /// The part of the expression that is wrong.
    pub part: String,
}

/// What is wrong with a regular expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegexErrorKind {
    /// A class name that is not known, or a range whose end comes before its beginning.
    #[error("invalid character class range")]
    CharacterClassRange,
    /// A backslash before a letter or digit that has no meaning.
    #[error("invalid escape sequence")]
    Escape,
    /// A group name that is none.
    #[error("invalid named capture")]
    NamedCapture,
    /// `(?` with something that has no meaning.
    #[error("invalid or unsupported Perl syntax")]
    PerlSyntax,
    /// Repetitions stacked on each other.
    #[error("invalid nested repetition operator")]
    NestedRepetition,
    /// A repetition of more than 1000 times, all nested ones taken together, or with its bounds in the wrong order.
    #[error("invalid repeat count")]
    RepeatCount,
    /// `[` without `]`.
    #[error("missing closing ]")]
    MissingBracket,
    /// `(` without `)`.
    #[error("missing closing )")]
    MissingParenthesis,
    /// `)` without `(`.
    #[error("unexpected )")]
    UnexpectedParenthesis,
    /// A repetition of nothing.
    #[error("missing argument to repetition operator")]
    MissingArgument,
    /// A backslash at the end.
    #[error("trailing backslash at end of expression")]
    TrailingBackslash,
    /// More groups inside each other than we take.
    #[error("expression nests too deeply")]
    TooDeep,
    /// The expression would take too much memory.
    #[error("expression too large")]
    TooLarge,
}

impl RegexError {
    pub(super) fn new(kind: RegexErrorKind, part: &str) -> Self {
        Self { kind, part: part.to_owned() }
    }
}

//! Faults of a YAML text.

use crate::Span;

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// The bytes at fault.
    pub span: Span,
    /// Where that began which the fault is in: an open bracket, an opening quote, the first of two equal keys.
    pub context: Option<Span>,
}

impl SyntaxError {
    pub(super) fn new(kind: SyntaxErrorKind, span: Span) -> Self {
        Self { kind, span, context: None }
    }

    pub(super) fn within(kind: SyntaxErrorKind, span: Span, context: Span) -> Self {
        Self { kind, span, context: Some(context) }
    }

    /// Whether the document is refused. Kyverno reads on over the other faults without a word.
    pub fn is_refusal(&self) -> bool {
        !matches!(
            self.kind,
            SyntaxErrorKind::DuplicateKey(_) | SyntaxErrorKind::IgnoredText | SyntaxErrorKind::TextAfterSeparator
        )
    }
}

/// Where a tab stands that cannot indent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabPlace {
    /// Before a value or a key.
    Token,
    /// In a block scalar.
    BlockScalar,
    /// In the further lines of a plain scalar.
    PlainScalar,
}

/// What is wrong with a tag or a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PropertyFault {
    /// The version of `%YAML`.
    #[error("expected a version such as `1.1`")]
    Version,
    /// A version of many digits.
    #[error("the numbers of a version have at most two digits")]
    LongVersion,
    /// Something else than a point in a version.
    #[error("expected a digit or `.` in the version")]
    VersionPoint,
    /// `%` and no name.
    #[error("expected a name of letters")]
    DirectiveName,
    /// Any other name.
    #[error("only `%YAML` and `%TAG` are known")]
    UnknownDirective,
    /// The handle of `%TAG`.
    #[error("expected a handle such as `!e!`")]
    Handle,
    /// What follows that handle.
    #[error("expected a blank after the handle")]
    BlankBehindHandle,
    /// What follows the prefix of `%TAG`.
    #[error("expected a blank after the prefix")]
    BlankBehindPrefix,
    /// What follows a directive.
    #[error("expected the end of the line")]
    EndOfLine,
    /// `!<uri` without its end.
    #[error("expected `>`")]
    ClosingAngle,
    /// What follows a tag.
    #[error("expected a blank after it")]
    BlankBehindTag,
    /// A handle alone.
    #[error("nothing follows its handle")]
    Uri,
    /// `%` and no digits.
    #[error("expected `%` and two hexadecimal digits")]
    UriEscape,
    /// The first escaped byte of a character.
    #[error("the escaped bytes are no UTF-8")]
    FirstOctet,
    /// Another escaped byte of a character.
    #[error("the escaped bytes are no UTF-8")]
    NextOctet,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// The text is too long for its offsets.
    #[error("the file is larger than 4 GiB")]
    FileTooLarge,
    /// A character that YAML does not allow in a file.
    #[error("the control character U+{:04X} is not allowed", u32::from(*.0))]
    ControlCharacter(char),
    /// A second byte order mark.
    #[error("a document starts with more than one byte order mark")]
    RepeatedByteOrderMark,
    /// A character that has no meaning where it stands.
    #[error("no value can start with {0:?}; text that starts with it needs quotes")]
    UnexpectedCharacter(char),
    /// A line that should be `key: value` and has no colon.
    #[error("expected `:` after this key")]
    MissingColon,
    /// `a: b: c`.
    #[error("`:` starts a value where none can stand; text that holds `: ` needs quotes")]
    ValueNotAllowed,
    /// `? ` at a wrong place.
    #[error("`?` starts a key where none can stand")]
    KeyNotAllowed,
    /// `- ` at a wrong place.
    #[error("`-` starts an entry where none can stand")]
    EntryNotAllowed,
    /// A tab where the indentation is counted.
    #[error("a tab stands where only spaces can indent")]
    TabIndentation(TabPlace),
    /// Something other than indicators after `|` or `>`.
    #[error("only a comment can follow the header of a block scalar on its line")]
    BlockHeader,
    /// `|0`.
    #[error("the indentation of a block scalar cannot be 0")]
    ZeroIndentation,
    /// A backslash and a character that it does not go with.
    #[error("`\\{0}` is no escape sequence")]
    UnknownEscape(char),
    /// Too few hexadecimal digits.
    #[error("this escape sequence needs {0} hexadecimal digits")]
    EscapeDigits(usize),
    /// An escape sequence for a number that is no character.
    #[error("this escape sequence names no Unicode character")]
    EscapeValue,
    /// A quote that nothing closes.
    #[error("this quote is never closed")]
    UnterminatedQuote,
    /// `---` or `...` at the start of a line inside quotes.
    #[error("a document ends inside this quote")]
    DocumentEndInQuote,
    /// `&` or `*` and no name.
    #[error("expected a name of letters, digits, `-` and `_` for the {0}")]
    AnchorName(&'static str),
    /// A tag that cannot be read.
    #[error("this tag is malformed: {0}")]
    MalformedTag(PropertyFault),
    /// `!e!name` without `%TAG !e!`.
    #[error("the tag handle `{0}` is not declared")]
    UndeclaredTagHandle(String),
    /// A `%` line that cannot be read.
    #[error("this directive is malformed: {0}")]
    MalformedDirective(PropertyFault),
    /// The same directive twice.
    #[error("this directive is a repetition")]
    RepeatedDirective,
    /// `%YAML` with a version other than 1.1.
    #[error("only YAML 1.1 is read, and this directive asks for {0}.{1}")]
    UnsupportedVersion(u8, u8),
    /// Directives and no `---`.
    #[error("expected `---` after the directives")]
    ExpectedDocumentStart,
    /// `[a b: c`.
    #[error("expected `,` or `]`")]
    ExpectedSequenceEnd,
    /// `{a: b c: d`.
    #[error("expected `,` or `}}`")]
    ExpectedMappingEnd,
    /// Something in a block mapping that is no key.
    #[error("expected a key of this mapping; is the indentation right?")]
    ExpectedKey,
    /// Something in a block sequence that is no entry.
    #[error("expected `-`, the next entry of this sequence; is the indentation right?")]
    ExpectedEntry,
    /// Nothing where a value must be.
    #[error("expected a value")]
    ExpectedValue,
    /// Collections within collections within collections.
    #[error("nested more than {0} levels deep")]
    TooDeep(usize),
    /// More values than a document may have.
    #[error("more than {0} values in a document")]
    TooLarge(usize),
    /// `*name` and no `&name` before it.
    #[error("no anchor `&{0}` stands before this alias")]
    UnknownAnchor(String),
    /// An alias inside its own anchor.
    #[error("the value of anchor `&{0}` contains itself")]
    RecursiveAlias(String),
    /// Aliases of aliases of aliases.
    #[error("the aliases stand for more than {0} values")]
    ExcessiveAliases(usize),
    /// `<<` with something that is no mapping.
    #[error("`<<` takes a mapping or a list of mappings")]
    MergeValue,
    /// A list or mapping as key.
    #[error("a {0} cannot be a key")]
    CollectionKey(&'static str),
    /// `null` or a number beyond 64 bits with sign as key.
    #[error("{0} cannot be a key; text needs quotes")]
    ScalarKey(&'static str),
    /// `!!int abc`.
    #[error("`{value}` is no {tag}")]
    TagMismatch {
        /// The tag, short: `!!int`.
        tag: &'static str,
        /// What the scalar is without it.
        found: &'static str,
        /// The scalar.
        value: String,
    },
    /// `!!binary` with something that is no Base64.
    #[error("this is not valid Base64")]
    Base64,
    /// `.nan` and `.inf`, which JSON has not.
    #[error("`{0}` is a number that JSON cannot hold; text needs quotes")]
    NotFinite(String),
    /// The same key twice in a mapping; the last one counts.
    #[error("the key `{0}` is repeated; only its last value counts")]
    DuplicateKey(String),
    /// Text after the end of the only document that is read.
    #[error("this is not read, because the document ends before it; documents are separated by a line `---`")]
    IgnoredText,
    /// `--- something`, at which reading of the file stops.
    #[error("text on the line of `---` ends the file: neither the document before nor anything after is read")]
    TextAfterSeparator,
}

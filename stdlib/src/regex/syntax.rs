//! The tree of a regular expression. Flags are resolved: each node says for itself what they made of it.

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Matches the empty text.
    Empty,
    /// One character.
    Literal {
        /// The character.
        character: char,
        /// Letter case does not count.
        fold: bool,
    },
    /// Any character.
    Any {
        /// Line feeds too.
        line_feed: bool,
    },
    /// One character of a set.
    Class(Class),
    /// A condition on the place.
    Assertion(Assertion),
    /// A group whose match can be referred to.
    Capture(Box<Node>),
    /// A repetition.
    Repeat {
        /// What is repeated.
        body: Box<Node>,
        /// How often at least.
        min: u32,
        /// How often at most; no bound when absent.
        max: Option<u32>,
        /// As often as possible rather than as rarely.
        greedy: bool,
    },
    /// One after the other.
    Concat(Vec<Node>),
    /// One of several, the first that matches.
    Alternate(Vec<Node>),
}

/// A set of characters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Class {
    /// What is in the set.
    pub(super) items: Vec<ClassItem>,
    /// The set is everything else.
    pub(super) negated: bool,
    /// Letter case does not count.
    pub(super) fold: bool,
}

/// A part of a set of characters.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ClassItem {
    /// All characters between two, both included.
    Range(char, char),
    /// A set with a name.
    Named {
        /// Which.
        set: NamedSet,
        /// Everything else.
        negated: bool,
    },
}

/// A set of characters with a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NamedSet {
    /// `\d`, ASCII.
    Digit,
    /// `\s`, ASCII.
    Space,
    /// `\w`, ASCII.
    Word,
    /// `[:alpha:]` and its relatives.
    Posix(String),
    /// A general category or script of Unicode, in the crate's syntax.
    Unicode(String),
}

/// A condition on a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    /// The beginning of the text.
    TextStart,
    /// The end of the text.
    TextEnd,
    /// The beginning of a line.
    LineStart,
    /// The end of a line.
    LineEnd,
    /// Between a word character and another, ASCII.
    WordBoundary,
    /// Not there.
    NotWordBoundary,
}

/// An expression with the names of its groups.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    /// The tree.
    pub(super) root: Node,
    /// Names of the capture groups; the first is the whole match and has none.
    pub(super) names: Vec<Option<String>>,
}

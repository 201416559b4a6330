//! What can be wrong with a review's text.

/// A text that is no JSON document that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} at byte {at}")]
pub struct SyntaxError {
    /// Where.
    pub at: usize,
    /// What.
    pub fault: Fault,
}

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Something else stands where a value has to be.
    #[error("a value is expected")]
    Value,
    /// Something else stands where a key has to be.
    #[error("a key is expected")]
    Key,
    /// A key without a colon behind it.
    #[error("`:` is expected")]
    Colon,
    /// A list or object that neither goes on nor ends.
    #[error("`,` or the end of the list or object is expected")]
    Comma,
    /// Text goes on behind the document.
    #[error("nothing more is expected")]
    End,
    /// A number that JSON does not know.
    #[error("the number is not valid")]
    Number,
    /// A string that does not end, or has a control character.
    #[error("the string does not end, or has a control character")]
    String,
    /// An escape that JSON does not know.
    #[error("the escape is not valid")]
    Escape,
    /// Half of a character.
    #[error("the escape is half of a character")]
    Surrogate,
    /// Lists and objects in each other, too many.
    #[error("lists and objects are nested too deeply")]
    Depth,
    /// A key that a rule reads stands twice in an object.
    #[error("a key stands twice in an object")]
    Twice,
    /// Something of another type is needed here.
    #[error("a value of another type is expected")]
    Type,
}

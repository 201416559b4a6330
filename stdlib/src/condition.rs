//! The operators of conditions (Kyverno `pkg/engine/variables/operator`).

/// An operator as a policy names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// A name that Kyverno does not know, as written: an error when the condition runs.
    Unknown(String),
}

//! Scalar patterns: operators, ranges, wildcards (Kyverno `pkg/engine/pattern/pattern.go`).

/// A scalar pattern, parsed once.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalarPattern {
    /// `null`
    Null,
}

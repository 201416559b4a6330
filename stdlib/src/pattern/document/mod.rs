//! Matching of whole documents against patterns with maps, lists and anchors
//! (Kyverno `pkg/engine/validate/validate.go`, `pkg/engine/anchor`).
//!
//! This is the matcher of patterns given as values: those that are only known at run time, and conditions in patches.
//! Compiled patterns must agree with it.

mod bookkeeping;
mod fault;
mod map;
mod metadata;
mod order;

use dikast_grammar::anchor::AnchorKind;

use self::bookkeeping::AnchorKeys;
use self::fault::Fault;
use self::metadata::Expansions;
use super::ScalarPattern;
use crate::Value;
use crate::encode::sprint;

pub use order::{has_anchors_below, keys_in_order};

/// Deeper nesting than this is refused.
const MAX_DEPTH: usize = 200;

/// Why a resource does not satisfy a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MatchFailure {
    /// What kind of failure this is; never read from the message.
    pub kind: FailureKind,
    /// The place in the resource, as `/spec/containers/0/image/`. Empty when the rule does not apply, and when the
    /// failure counts as an error (see [`MatchFailure::outcome`]).
    pub path: String,
    /// The reason in Kyverno's words.
    pub message: String,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// A condition `(key)` does not hold: the rule does not apply.
    Conditional,
    /// A global condition `<(key)` does not hold: the rule does not apply.
    Global,
    /// A member that `X(key)` forbids is there.
    Negation,
    /// Any other mismatch.
    Mismatch,
    /// The documents are nested too deep to be matched.
    TooDeep,
}

/// What a failure makes of a validate rule (Kyverno `validate_resource.go`, `validatePatterns`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The rule does not apply.
    Skip,
    /// The resource violates the rule.
    Fail,
    /// The rule could not be decided.
    Error,
}

impl MatchFailure {
    /// What the failure makes of the rule.
    pub fn outcome(&self) -> Outcome {
        match self.kind {
            FailureKind::Conditional | FailureKind::Global => Outcome::Skip,
            FailureKind::TooDeep => Outcome::Error,
            _ if self.path.is_empty() => Outcome::Error,
            _ => Outcome::Fail,
        }
    }
}

/// Matches a resource against a pattern in which nothing is left to substitute.
///
/// # Errors
///
/// The first mismatch in Kyverno's order of looking. When the mismatch is of no anchor's making and some anchor's key
/// occurs nowhere in the resource, the path is empty, which makes it an error.
pub fn match_document(pattern: &Value, resource: &Value) -> Result<(), MatchFailure> {
    let mut matcher = Matcher { keys: AnchorKeys::default(), expansions: Expansions::default() };
    matcher.element(pattern, resource, "/", 0).map_err(|fault| matcher.failure(fault))
}

struct Matcher {
    keys: AnchorKeys,
    expansions: Expansions,
}

impl Matcher {
    fn failure(&self, fault: Fault) -> MatchFailure {
        let kind = fault.kind();
        let path = match kind {
            FailureKind::Conditional | FailureKind::Global => String::new(),
            FailureKind::Negation => fault.path,
            _ if self.keys.any_missing() => String::new(),
            _ => fault.path,
        };
        MatchFailure { kind, path, message: fault.message }
    }

    fn element(&mut self, pattern: &Value, resource: &Value, path: &str, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::too_deep(path));
        }
        match (pattern, resource) {
            (Value::Object(pattern), Value::Object(members)) => self.map(pattern, members, path, depth),
            (Value::Object(_), _) => {
                let (expected, found) = (pattern.go_type(), resource.go_type());
                let message = format!(
                    "pattern and resource have different structures. Path: {path}. Expected {expected}, found {found}"
                );
                Err(Fault::mismatch(path, message))
            }
            (Value::List(patterns), Value::List(items)) => self.list(patterns, items, path, depth),
            (Value::List(_), _) => Err(Fault::mismatch(
                path,
                format!(
                    "validation rule failed at path {path}, resource does not satisfy the expected overlay pattern"
                ),
            )),
            (scalar, resource) => self.scalar(scalar, resource, path),
        }
    }

    /// A scalar pattern is asked of a value, or of each item of a list.
    fn scalar(&self, pattern: &Value, resource: &Value, path: &str) -> Result<(), Fault> {
        let scalar = ScalarPattern::new(pattern);
        let satisfied = match resource {
            Value::List(items) => items.iter().all(|item| scalar.matches(item)),
            value => scalar.matches(value),
        };
        if satisfied {
            return Ok(());
        }
        let (found, wanted) = (sprint(resource), sprint(pattern));
        Err(Fault::mismatch(path, format!("resource value '{found}' does not match '{wanted}' at path {path}")))
    }

    /// The first item of a list pattern decides how the list is matched.
    fn list(&mut self, patterns: &[Value], items: &[Value], path: &str, depth: usize) -> Result<(), Fault> {
        match patterns.first() {
            None => Err(Fault::mismatch(path, "pattern Array empty".to_owned())),
            Some(pattern @ Value::Object(_)) => {
                let pairs = items.iter().map(|item| (pattern, item));
                self.items(pairs, path, depth)
            }
            Some(Value::List(_)) => {
                if items.len() < patterns.len() {
                    let message = format!(
                        "validate Array failed, array length mismatch, resource Array len is {} and pattern Array len is {}",
                        items.len(),
                        patterns.len()
                    );
                    return Err(Fault::mismatch("", message));
                }
                self.items(patterns.iter().zip(items), path, depth)
            }
            Some(scalar) => self.scalar(scalar, &Value::list(items.iter().cloned()), path),
        }
    }

    /// Items that an anchor skips are left out; when that leaves none, the list as a whole is skipped.
    fn items<'a>(
        &mut self,
        pairs: impl Iterator<Item = (&'a Value, &'a Value)>,
        path: &str,
        depth: usize,
    ) -> Result<(), Fault> {
        let mut applied = false;
        let mut skips = Vec::new();
        for (at, (pattern, item)) in pairs.enumerate() {
            match self.element(pattern, item, &format!("{path}{at}/"), depth + 1) {
                Ok(()) => applied = true,
                Err(fault) if fault.is_skip() => skips.push(fault),
                Err(fault) => return Err(fault),
            }
        }
        if applied { Ok(()) } else { Fault::skip_of(skips, path).map_or(Ok(()), Err) }
    }
}

/// The anchor of a key in a pattern for validation; one that adds means nothing there.
fn anchor_of(key: &str) -> Option<(AnchorKind, &str)> {
    dikast_grammar::anchor::parse(key).filter(|(kind, _)| *kind != AnchorKind::AddIfAbsent)
}

#[cfg(test)]
mod tests;

//! The rule pipeline of Kyverno's engine: match, context, preconditions, exceptions, body, message
//! (Kyverno `pkg/engine/engine.go`).
//!
//! Everything here is a pure function of the program, the request and the data that the host has loaded.

mod response;

pub use response::{NeedsData, PolicyResponse, RuleKind, RuleResponse, Status};

use dikast_compiler::ir::RuleId;
use dikast_stdlib::functions::Environment;

use crate::data::DataSource;

/// Which engine decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EngineChoice {
    /// The interpreter alone.
    Interpreter,
    /// Native code where there is any for the rule; the interpreter finds the words.
    #[default]
    Native,
    /// Both, and a difference in their statuses is reported.
    Both,
}

/// What native code said of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The rule does not match: no response.
    NoMatch,
    /// The object complies.
    Pass,
    /// The rule does not apply after all.
    Skip,
    /// The object violates the rule.
    Fail,
    /// The rule cannot be evaluated.
    Error,
    /// A mutation whose predicate holds: the interpreter has to make the change.
    Fires,
    /// Not decided: the interpreter has to run the rule.
    Interpret,
}

/// Statuses that native code found for the rules of one request.
pub trait Verdicts {
    /// The verdict on a rule; [`Verdict::Interpret`] for a rule that has no native code.
    fn verdict(&self, rule: RuleId) -> Verdict;
}

/// What an evaluation may know beside policies and request.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// External data.
    pub data: &'a dyn DataSource,
    /// Time, chance and name lookups.
    pub environment: &'a dyn Environment,
}

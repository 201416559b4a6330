//! What native code says of rules before the interpreter runs: *verdict first, words later*.

use dikast_compiler::ir::RuleId;
use dikast_stdlib::Value;

use super::response::{Disagreement, NeedsData, RuleResponse, Status};
use super::rule::{Outcome, RuleRun};

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
    /// The rule matches and has nothing to say: no response either.
    Silent,
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

impl Verdict {
    /// Whether the interpreter says the same. A mutation that fires may find that there is nothing to change.
    fn agrees(self, status: Option<Status>) -> bool {
        match self {
            Self::NoMatch | Self::Silent => status.is_none(),
            Self::Pass => status == Some(Status::Pass),
            Self::Skip => status == Some(Status::Skip),
            Self::Fail => status == Some(Status::Fail),
            Self::Error => status == Some(Status::Error),
            Self::Fires | Self::Interpret => true,
        }
    }

    /// The status of a rule that needs no words.
    fn quiet_status(self) -> Option<Status> {
        match self {
            Self::Pass => Some(Status::Pass),
            Self::Skip => Some(Status::Skip),
            Self::NoMatch | Self::Silent | Self::Fail | Self::Error | Self::Fires | Self::Interpret => None,
        }
    }
}

impl RuleRun<'_> {
    /// Runs a rule of which native code has said something: only for its words, or to compare.
    pub(super) fn run_after(
        &self,
        verdict: Verdict,
        choice: EngineChoice,
        object: &Value,
        disagreements: &mut Vec<Disagreement>,
    ) -> Result<(Value, Vec<RuleResponse>), NeedsData> {
        // Native code has looked at all rules, whatever the pass.
        if !self.has_a_body_for_this_phase() {
            return Ok((object.clone(), Vec::new()));
        }
        if choice == EngineChoice::Native {
            if verdict == Verdict::NoMatch {
                return Ok((object.clone(), Vec::new()));
            }
            if verdict == Verdict::Silent {
                self.leave_object();
                return Ok((object.clone(), Vec::new()));
            }
            if let Some(status) = verdict.quiet_status() {
                self.leave_object();
                return Ok((object.clone(), vec![self.response(Outcome::new(status, ""))]));
            }
        }
        let (changed, responses) = self.run(object)?;
        let interpreter = responses.first().map(|response| response.status);
        if !verdict.agrees(interpreter) {
            disagreements.push(Disagreement { rule: self.id, native: verdict, interpreter });
        }
        Ok((changed, responses))
    }
}

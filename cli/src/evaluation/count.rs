//! How often policies said what (Kyverno `cmd/cli/kubectl-kyverno/processor/result.go`).

use dikast_runtime::engine::{RuleKind, RuleResponse, Status};

use super::response::Response;

/// Answers by their status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) pass: usize,
    pub(crate) fail: usize,
    pub(crate) warn: usize,
    pub(crate) error: usize,
    pub(crate) skip: usize,
}

impl Counts {
    /// Counts the answers of a response.
    pub(crate) fn add(&mut self, response: &Response, audit_warns: bool) {
        for rule in &response.rules {
            *self.place(counted(response, rule, audit_warns)) += 1;
        }
    }

    fn place(&mut self, status: Status) -> &mut usize {
        match status {
            Status::Pass => &mut self.pass,
            Status::Fail => &mut self.fail,
            Status::Warn => &mut self.warn,
            Status::Error => &mut self.error,
            Status::Skip => &mut self.skip,
        }
    }
}

/// The status under which an answer counts: failures of policies that are not scored are warnings, and so are those of
/// audited policies where that is asked for.
pub(crate) fn counted(response: &Response, rule: &RuleResponse, audit_warns: bool) -> Status {
    let validates = response.kind == RuleKind::Validation;
    let lenient = !response.policy.scored || audit_warns && !response.enforced;
    match rule.status {
        Status::Fail if validates && lenient => Status::Warn,
        status => status,
    }
}

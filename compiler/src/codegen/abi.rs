//! What native code and its host agree on: statuses, verdicts, the answers of helpers.

use crate::ir::RuleId;

/// What native code says of one rule. It writes nothing else.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The status.
    pub status: Status,
    /// The pattern or condition that decided, where there is one; [`Verdict::NOWHERE`] otherwise.
    pub at: u32,
}

impl Verdict {
    /// No position.
    pub const NOWHERE: u32 = u32::MAX;
}

/// The status of a rule for one request.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// The rule does not match.
    #[default]
    NoMatch,
    /// The rule matches and has nothing to say.
    Silent,
    /// The object complies.
    Pass,
    /// The rule does not apply after all.
    Skip,
    /// The object violates the rule.
    Fail,
    /// The rule cannot be evaluated.
    Error,
    /// A mutation or generation whose conditions hold.
    Fires,
    /// Not decided natively.
    Interpret,
}

/// The answer of a helper.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// False; for helpers that compute a value, an error.
    No,
    /// True; for helpers that compute a value, done.
    Yes,
    /// The helper could not tell. Native code stops with [`Status::Interpret`].
    Undecided,
}

impl From<bool> for Answer {
    #[inline]
    fn from(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }
}

/// A rule that has a place among the verdicts of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledRule {
    /// Which rule, in the program that the unit was compiled from.
    pub rule: RuleId,
    /// Its position among the unit's rules in the order of the program ([`Unit::rules`](crate::unit::Unit::rules)); unlike
    /// the rule's id, that is the same in every program that gives the unit the same code.
    pub position: u32,
    /// Why its body is left to the interpreter; nothing when all of it is native.
    pub interpreted: Option<String>,
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn verdicts_lie_as_native_code_writes_them() {
        assert_eq!(size_of::<Verdict>(), 8);
        assert_eq!(offset_of!(Verdict, status), 0);
        assert_eq!(offset_of!(Verdict, at), 4);
        assert_eq!(size_of::<Answer>(), 1);
    }
}

//! One result of a test.

/// What became of an expectation on one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Counts from 1 in each test.
    pub(crate) id: usize,
    /// The number of its expectation among those that are checked.
    pub(crate) expectation: usize,
    /// The policy as the expectation writes it.
    pub(crate) policy: String,
    /// The rule that answered.
    pub(crate) rule: String,
    /// The object.
    pub(crate) resource: String,
    /// Whether it is as expected.
    pub(crate) verdict: Verdict,
    /// Why, in a few words.
    pub(crate) reason: String,
    /// What the rule said.
    pub(crate) message: String,
}

/// Whether a result is as expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is.
    Pass,
    /// It is, and the rule was expected to be skipped, or did not concern the object.
    PassSkipped,
    /// It is not.
    Fail,
    /// The policy is invalid and was left out.
    Skip,
}

impl Verdict {
    /// The word in result rows.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pass | Self::PassSkipped => "Pass",
            Self::Fail => "Fail",
            Self::Skip => "Skip",
        }
    }
}

/// How many results there were of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// As expected, skipped ones included.
    pub(crate) passed: usize,
    /// Not as expected.
    pub(crate) failed: usize,
}

impl Counts {
    /// Counts rows.
    pub(crate) fn of(rows: &[Row]) -> Self {
        let failed = rows.iter().filter(|row| row.verdict == Verdict::Fail).count();
        Self { passed: rows.len() - failed, failed }
    }
}

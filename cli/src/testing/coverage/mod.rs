//! Which rules the rows of tests reach.
//!
//! A row reaches a rule when it checks an answer that the rule gave after its preconditions: that it complies, is
//! violated, changed something, or could not be evaluated. A rule that was only ever skipped is not reached. Within a rule,
//! conditions, alternatives of `anyPattern` and turns of loops go one of two ways, as the interpreter records them.
//!
//! | module | what |
//! |---|---|
//! | [`branches`] | where a rule can go two ways |
//! | [`rules`] | the rules that there are, and the lines of their parts |
//! | [`destination`] | where results go |
//! | [`lcov`] | lines and branches for coverage services |
//! | [`report`] | a table and JSON |

mod branches;
pub(crate) mod destination;
mod lcov;
mod report;
mod rules;

use std::collections::BTreeMap;
use std::path::PathBuf;

use dikast_runtime::engine::{RuleResponse, Status};
use dikast_stdlib::Value;

use super::assertion::{self, Check};
use super::check::{self, Outcome};
use super::file::{Expectation, Test};
use crate::evaluation::response::Response;
use crate::input::InputError;
use rules::{RuleKey, RulePlace};

/// How many rows got which answer of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    passed: usize,
    failed: usize,
    erred: usize,
    skipped: usize,
}

impl Answers {
    fn add(&mut self, status: Status) {
        match status {
            Status::Pass => self.passed += 1,
            Status::Fail | Status::Warn => self.failed += 1,
            Status::Error => self.erred += 1,
            Status::Skip => self.skipped += 1,
        }
    }

    /// Rows for which the rule did what it is for.
    fn reached(self) -> usize {
        self.passed + self.failed + self.erred
    }

    /// Rows for which the rule matched.
    fn matched(self) -> usize {
        self.reached() + self.skipped
    }
}

/// The coverage of all rules of some files.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    rules: BTreeMap<RuleKey, (RulePlace, Answers)>,
}

impl Coverage {
    /// The coverage of the rules in files and folders and in the policies of tests, for each of which its answers are
    /// given.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn of<'a>(
        folders: &[PathBuf],
        tests: &[Test],
        answers: impl Iterator<Item = &'a [Answer]>,
    ) -> Result<Self, InputError> {
        let mut paths: Vec<PathBuf> = folders.iter().filter(|path| path.is_dir()).cloned().collect();
        paths.extend(tests.iter().flat_map(|test| test.policies.iter().cloned()));
        let rules = rules::in_files(&paths)?;
        let mut coverage =
            Self { rules: rules.into_iter().map(|(key, place)| (key, (place, Answers::default()))).collect() };
        for (test, answers) in tests.iter().zip(answers) {
            coverage.add(test, answers);
        }
        Ok(coverage)
    }

    /// Adds what the rows of a test reach.
    fn add(&mut self, test: &Test, answers: &[Answer]) {
        let files: Vec<PathBuf> = test.policies.iter().map(|path| rules::canonical(path)).collect();
        let of_test = self.rules.iter_mut().filter(|(key, _)| files.iter().any(|path| key.file.starts_with(path)));
        for (key, (place, counts)) in of_test {
            for answer in answers.iter().filter(|answer| answer.policy == key.policy && answer.is_of(&key.rule)) {
                counts.add(answer.status);
                for (start, held) in &answer.ways {
                    for branch in place.branches.iter_mut().filter(|branch| branch.start == *start) {
                        *(if *held { &mut branch.held } else { &mut branch.failed }) += 1;
                    }
                }
            }
        }
    }

    /// Ways of branches that some row takes, and all of them; each branch has two.
    fn ways(&self) -> (usize, usize) {
        let branches = || self.rules.values().flat_map(|(place, _)| &place.branches);
        let taken = branches().map(|branch| usize::from(branch.held > 0) + usize::from(branch.failed > 0)).sum();
        (taken, branches().count() * 2)
    }

    /// Rules that some row reaches, and all rules.
    fn counts(&self) -> (usize, usize) {
        let reached = self.rules.values().filter(|(_, answers)| answers.reached() > 0).count();
        (reached, self.rules.len())
    }
}

/// An answer of a rule that a row of a test checks.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    policy: String,
    rule: String,
    status: Status,
    /// Where the rule went which of two ways.
    ways: Vec<(u32, bool)>,
}

impl Answer {
    /// Whether it is of a rule or of one that autogen made of it.
    fn is_of(&self, rule: &str) -> bool {
        let made = self.rule.strip_prefix("autogen-cronjob-").or_else(|| self.rule.strip_prefix("autogen-"));
        self.rule == rule || made == Some(rule)
    }
}

/// The answers that the rows of a test check.
pub(crate) fn answers(
    expectations: &[Expectation],
    checks: &[Check],
    policies: &[Value],
    outcome: &Outcome,
) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut add = |response: &Response, rule: &RuleResponse| {
        let mut ways: Vec<_> = rule.branches.iter().map(|branch| (branch.span.start, branch.held)).collect();
        // A row counts once, however often a loop comes by.
        ways.sort_unstable();
        ways.dedup();
        let (policy, rule, status) = (response.policy.full_name(), rule.name.to_string(), rule.status);
        answers.push(Answer { policy, rule, status, ways });
    };
    check::each_answer(expectations, outcome, &mut add);
    assertion::each_answer(checks, policies, outcome, &mut add);
    answers
}

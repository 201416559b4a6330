//! Native code against the interpreter on generated cases. The seeds are fixed; the program `differential` tries others.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use dikast_tests::differential::{Tally, policies, question};

/// Runs so many seeds.
fn tallied(run: fn(u64, &mut Tally) -> Result<(), String>, seeds: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in 1..=seeds {
        if let Err(difference) = run(seed, &mut tally) {
            panic!("{difference}");
        }
    }
    tally
}

#[test]
fn policies_have_the_same_verdicts() {
    let tally = tallied(policies, 40);
    for outcome in ["no match", "pass", "fail", "skip", "error"] {
        assert!(tally.of(&format!("rule: {outcome}")) > 0, "no {outcome}: {tally}");
    }
    assert!(tally.native * 10 > tally.cases() * 8, "{tally}");
}

#[test]
fn questions_have_the_same_answers() {
    let tally = tallied(question, 600);
    for outcome in ["expression: value", "template: value", "condition: yes", "condition: no", "pattern: yes"] {
        assert!(tally.of(outcome) > 0, "no {outcome}: {tally}");
    }
    assert!(tally.native * 10 > tally.cases() * 9, "{tally}");
}

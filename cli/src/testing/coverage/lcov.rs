//! Lines and branches in the form of lcov's tracefiles, which coverage services read.
//!
//! A rule is a function. Its lines count the rows for which it matched, those of its body the rows for which that was
//! evaluated. Each body is a branch with two ways: of a validate rule that an object complies or violates it, of the others
//! that they do something or are skipped. Conditions, alternatives and loops in it are branches of their own: they hold, or
//! they do not.

use super::Coverage;
use super::rules::{RuleKey, RulePlace};

/// The coverage of all files.
pub(super) fn write(coverage: &Coverage) -> String {
    let rules: Vec<_> = coverage.rules.iter().collect();
    let mut out = String::new();
    for rules in rules.chunk_by(|(left, _), (right, _)| left.file == right.file) {
        let Some((_, (place, _))) = rules.first() else { continue };
        out.push_str(&format!("TN:\nSF:{}\n", place.file));
        for (key, (place, _)) in rules {
            out.push_str(&format!("FN:{},{}\n", place.lines.start(), function(key)));
        }
        let mut reached = 0;
        let mut ways = Vec::new();
        let mut lines = Vec::new();
        for (key, (place, answers)) in rules {
            reached += usize::from(answers.reached() > 0);
            out.push_str(&format!("FNDA:{},{}\n", answers.reached(), function(key)));
            ways.extend(branch(
                place,
                if place.validates { [answers.passed, answers.failed] } else { [answers.reached(), answers.skipped] },
            ));
            for (block, branch) in (1..).zip(&place.branches) {
                ways.extend([(branch.line, block, 0, branch.held), (branch.line, block, 1, branch.failed)]);
            }
            lines.extend(place.lines.clone().map(|line| {
                let is_body = place.body.contains(&line);
                (line, if is_body { answers.reached() } else { answers.matched() })
            }));
        }
        out.push_str(&format!("FNF:{}\nFNH:{reached}\n", rules.len()));
        for (line, block, way, count) in &ways {
            out.push_str(&format!("BRDA:{line},{block},{way},{count}\n"));
        }
        let taken = ways.iter().filter(|(_, _, _, count)| *count > 0).count();
        out.push_str(&format!("BRF:{}\nBRH:{taken}\n", ways.len()));
        for (line, count) in &lines {
            out.push_str(&format!("DA:{line},{count}\n"));
        }
        let hit = lines.iter().filter(|(_, count)| *count > 0).count();
        out.push_str(&format!("LF:{}\nLH:{hit}\nend_of_record\n", lines.len()));
    }
    out
}

/// A rule's name as a function's.
fn function(key: &RuleKey) -> String {
    format!("{}/{}", key.policy, key.rule)
}

fn branch(place: &RulePlace, counts: [usize; 2]) -> impl Iterator<Item = (u32, usize, usize, usize)> {
    let line = *place.body.start();
    counts.into_iter().enumerate().map(move |(way, count)| (line, 0, way, count))
}

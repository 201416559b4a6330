//! Results that hold whatever the policy says, because none of its rules matches the object.

use super::check::EXCLUDED;
use super::file::Expectation;
use super::row::{Row, Verdict};

/// The reason of rows that hold in this way, where such rows are denied.
pub(crate) const VACUOUS: &str = "vacuous";

/// An expectation that such rows meet.
#[derive(Debug)]
pub(crate) struct Vacuous {
    /// What there is to say about it.
    pub(crate) message: String,
    /// The places of the rows.
    pub(crate) rows: Vec<usize>,
}

/// The expectations that such rows meet. One that names no object is about those that match: it is vacuous when there are
/// none.
pub(crate) fn find(expectations: &[Expectation], rows: &[Row]) -> Vec<Vacuous> {
    let mut found = Vec::new();
    for (at, expectation) in expectations.iter().enumerate() {
        let own = || rows.iter().enumerate().filter(move |(_, row)| row.expectation == at);
        let is_vacuous = |row: &Row| row.reason == EXCLUDED;
        let names_objects = expectation.resources.as_ref().is_some_and(|names| !names.is_empty());
        if !names_objects && !own().all(|(_, row)| is_vacuous(row)) {
            continue;
        }
        let (rows, objects): (Vec<usize>, Vec<&str>) =
            own().filter(|(_, row)| is_vacuous(row)).map(|(place, row)| (place, row.resource.as_str())).unzip();
        if objects.is_empty() {
            continue;
        }
        let rule = match expectation.rule.as_str() {
            "" => "no rule of it answers".to_owned(),
            rule => format!("its rule {rule} does not answer"),
        };
        let message = format!(
            "policy {} is expected to give `{}`, but {rule} for {}: the result holds whatever the policy says",
            expectation.policy,
            expectation.result,
            objects.join(", "),
        );
        found.push(Vacuous { message, rows });
    }
    found
}

/// Makes failures of the rows that hold in this way.
pub(crate) fn deny(found: &[Vacuous], rows: &mut [Row]) {
    for vacuous in found {
        for place in &vacuous.rows {
            if let Some(row) = rows.get_mut(*place) {
                row.verdict = Verdict::Fail;
                row.reason = VACUOUS.to_owned();
                row.message.clone_from(&vacuous.message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(expectation: usize, resource: &str, reason: &str) -> Row {
        Row {
            id: 1,
            expectation,
            policy: "p".into(),
            rule: "r".into(),
            resource: resource.into(),
            verdict: Verdict::Pass,
            reason: reason.into(),
            message: String::new(),
        }
    }

    #[test]
    fn named_objects_that_nothing_matches_are_vacuous() {
        let expectation = |result: &str, names: &[&str]| Expectation {
            policy: "p".into(),
            result: result.into(),
            resources: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..Expectation::default()
        };
        let expectations = [expectation("fail", &["a", "b"]), expectation("skip", &["a"]), expectation("pass", &[])];
        let mut rows =
            [row(0, "a", EXCLUDED), row(0, "b", "Ok"), row(1, "a", EXCLUDED), row(2, "a", EXCLUDED), row(2, "b", "Ok")];
        let found = find(&expectations, &rows);
        assert_eq!(found.iter().map(|vacuous| vacuous.rows.as_slice()).collect::<Vec<_>>(), [[0], [2]]);
        assert!(found[0].message.contains(" for a:"), "{found:?}");
        assert_eq!(find(&expectations[2..], &[row(0, "a", EXCLUDED)]).len(), 1);
        deny(&found, &mut rows);
        let failed: Vec<_> = rows.iter().map(|row| row.verdict == Verdict::Fail).collect();
        assert_eq!(failed, [true, false, true, false, false]);
        assert_eq!((&*rows[0].reason, rows[0].message == found[0].message), (VACUOUS, true));
    }
}

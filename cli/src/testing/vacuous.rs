//! Results that hold whatever the policy says, because none of its rules matches the object.

use super::check::EXCLUDED;
use super::file::Expectation;
use super::row::Row;

/// What there is to say about expectations that such rows meet. An expectation of `skip` is about objects that do not
/// match, and one that names no object is about those that do: it is vacuous when there are none.
pub(crate) fn find(expectations: &[Expectation], rows: &[Row]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, expectation) in expectations.iter().enumerate().filter(|(_, expectation)| expectation.result != "skip") {
        let of_expectation = || rows.iter().filter(move |row| row.expectation == at);
        let is_vacuous = |row: &&Row| row.reason == EXCLUDED;
        let names_objects = expectation.resources.as_ref().is_some_and(|names| !names.is_empty());
        if !names_objects && !of_expectation().all(|row| is_vacuous(&row)) {
            continue;
        }
        let objects: Vec<&str> = of_expectation().filter(is_vacuous).map(|row| row.resource.as_str()).collect();
        if objects.is_empty() {
            continue;
        }
        let rule = match expectation.rule.as_str() {
            "" => "no rule of it answers".to_owned(),
            rule => format!("its rule {rule} does not answer"),
        };
        found.push(format!(
            "policy {} is expected to give `{}`, but {rule} for {}: the result holds whatever the policy says",
            expectation.policy,
            expectation.result,
            objects.join(", "),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::row::Verdict;

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
        let rows =
            [row(0, "a", EXCLUDED), row(0, "b", "Ok"), row(1, "a", EXCLUDED), row(2, "a", EXCLUDED), row(2, "b", "Ok")];
        let found = find(&expectations, &rows);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(" for a:"), "{found:?}");
        assert_eq!(find(&expectations[2..], &[row(0, "a", EXCLUDED)]).len(), 1);
    }
}

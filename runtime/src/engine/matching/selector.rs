//! Label selectors with wildcards (Kyverno `pkg/engine/wildcards/wildcards.go`, `pkg/utils/match/labels.go`).

use dikast_compiler::ir::{LabelSelector, NameId, Program};
use dikast_stdlib::selector::{Labels, has_labels, meets_requirement};

/// Whether a selector fits labels; one that Kubernetes refuses fits none.
pub(crate) fn selects(program: &Program, selector: &LabelSelector, labels: &Labels<'_>) -> bool {
    let name = |id: &NameId| &**program.name(*id);
    let pairs = selector.match_labels.iter().map(|(key, value)| (name(key), name(value)));
    !selector.invalid
        && has_labels(pairs, labels) == Ok(true)
        && selector.match_expressions.iter().all(|requirement| {
            let values = requirement.values.iter().map(name);
            meets_requirement(name(&requirement.key), requirement.operator, values, labels) == Ok(true)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use dikast_compiler::ir::{Builder, LabelRequirement, RequirementOperator};

    fn fits(pairs: &[(&str, &str)], labels: &[(&str, &str)]) -> bool {
        let mut builder = Builder::new();
        let match_labels = pairs.iter().map(|(key, value)| (builder.name(key), builder.name(value))).collect();
        let selector = LabelSelector { match_labels, ..LabelSelector::default() };
        selects(&builder.finish(), &selector, &labels.iter().copied().collect())
    }

    #[test]
    fn wildcards_stand_for_labels_that_are_there() {
        assert!(fits(&[("app*", "?*")], &[("app.io/x", "y")]));
        assert!(!fits(&[("app*", "?*")], &[("app.io/x", "")]));
        assert!(!fits(&[("*", "*")], &[]));
        assert!(fits(&[], &[]));
        assert!(!fits(&[("a", "*")], &[("a", "not a label value")]));
    }

    #[test]
    fn requirements_are_asked_of_absent_labels() {
        let mut builder = Builder::new();
        let (key, value) = (builder.name("a"), builder.name("b"));
        let values = |operator| if operator == RequirementOperator::DoesNotExist { vec![] } else { vec![value] };
        let requirement = |operator| LabelRequirement { key, operator, values: values(operator) };
        let selector =
            |operator| LabelSelector { match_expressions: vec![requirement(operator)], ..LabelSelector::default() };
        let program = builder.finish();
        let none = BTreeMap::new();
        assert!(selects(&program, &selector(RequirementOperator::NotIn), &none));
        assert!(!selects(&program, &selector(RequirementOperator::In), &none));
        assert!(selects(&program, &selector(RequirementOperator::DoesNotExist), &none));
        assert!(selects(&program, &selector(RequirementOperator::In), &BTreeMap::from([("a", "b")])));
        assert!(!selects(&program, &selector(RequirementOperator::Exists), &BTreeMap::from([("a", "b")])), "refused");
    }
}

//! A part of a program.

use super::{Policy, PolicyId, Program};

impl Program {
    /// The same program with only the policies that `keep` says yes to, and their rules. Expressions, patterns and entries
    /// stay as they are, exceptions too.
    pub fn select(&self, keep: impl Fn(&Policy) -> bool) -> Program {
        let mut selected = Program { policies: Vec::new(), rules: Vec::new(), ..self.clone() };
        let length = |rules: &[super::Rule]| u32::try_from(rules.len()).unwrap_or(u32::MAX);
        for policy in self.policies.iter().filter(|policy| keep(policy)) {
            let id = PolicyId(u32::try_from(selected.policies.len()).unwrap_or(u32::MAX));
            let start = length(&selected.rules);
            let (from, to) = policy.rules;
            for rule in self.rules.get(from as usize..to as usize).unwrap_or_default() {
                selected.rules.push(super::Rule { policy: id, ..rule.clone() });
            }
            selected.policies.push(Policy { rules: (start, length(&selected.rules)), ..policy.clone() });
        }
        selected
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::text::parse;
    use crate::ir::verify;

    #[test]
    fn rules_follow_their_policies() {
        let program = parse(
            "(policy @0 ((name a) (kind ClusterPolicy) (rules (0 1)))) \
             (policy @1 ((name b) (kind ClusterPolicy) (failure_ignore true) (rules (1 3)))) \
             (rule #0 ((policy @0) (name x) (matching ((quantifier any))) (body (mutate ((action nothing)))))) \
             (rule #1 ((policy @1) (name y) (matching ((quantifier any))) (body (mutate ((action nothing)))))) \
             (rule #2 ((policy @1) (name z) (matching ((quantifier any))) (body (mutate ((action nothing))))))",
        )
        .unwrap();
        let ignoring = program.select(|policy| policy.failure_ignore);
        assert_eq!(verify(&ignoring), []);
        assert_eq!((ignoring.policies.len(), ignoring.rules.len()), (1, 2));
        assert_eq!(&**ignoring.name(ignoring.rules[0].name), "y");
    }
}

//! Exceptions from policies.

use super::{Lowering, Scope};
use crate::ir::{Exception, Exemption};
use crate::model;

/// The context entries that the conditions of an exception can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entries {
    /// Those of the rule that it exempts from, which are not known before it is asked.
    OfRules,
    /// None.
    None,
}

impl Lowering<'_> {
    /// An exception.
    pub(crate) fn exception(&mut self, exception: &model::Exception<'_>, entries: Entries) {
        let scope = Scope { is_open: entries == Entries::OfRules, ..Scope::default() };
        let lowered = Exception {
            namespace: exception.namespace.map(|namespace| self.name(namespace)),
            name: self.name(exception.name),
            exempts: (exception.excepted.iter())
                .map(|(policy, rules)| Exemption { policy: self.name(policy), rules: self.names(rules) })
                .collect(),
            background: exception.background,
            matching: self.match_block(&exception.matching),
            conditions: exception.conditions.as_ref().map(|block| self.condition_block(block, &scope)),
            pod_security: self.pod_security_excludes(&exception.pod_security),
            span: Some(exception.span),
        };
        self.builder.program_mut().exceptions.push(lowered);
    }
}

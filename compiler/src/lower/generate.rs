//! `generate`.

use dikast_grammar::yaml::{Node, NodeValue};

use super::policy::Defaults;
use super::{Lowering, Scope};
use crate::ir::{Conditions, Generate, GenerateSource};
use crate::model;

/// The fields of a pattern that say what is generated.
const RESOURCE_FIELDS: &[&str] = &["apiVersion", "kind", "name", "namespace", "uid", "data", "clone", "cloneList"];

impl Lowering<'_> {
    /// The body of a generate rule.
    pub(super) fn generate(&mut self, generate: &model::Generate<'_>, defaults: Defaults, scope: &Scope) -> Generate {
        Generate {
            sources: generate.patterns.iter().map(|pattern| self.generate_source(pattern, scope)).collect(),
            existing: generate.existing.unwrap_or(defaults.generate_existing),
            synchronize: generate.synchronize,
            orphan_downstream: generate.orphan_downstream,
        }
    }

    fn generate_source(&mut self, pattern: &model::GeneratePattern<'_>, scope: &Scope) -> GenerateSource {
        let list = pattern.list.map(|list| self.loop_list(Some(list), scope).0);
        let inner = if list.is_some() { scope.in_loop() } else { scope.clone() };
        let (context, inner) = self.context(&pattern.context, &inner);
        let fields = pattern.node.entries().iter();
        let fields = fields.filter(|entry| RESOURCE_FIELDS.contains(&entry.key.as_str()) && !entry.value.is_null());
        let resource = Node { value: NodeValue::Map(fields.cloned().collect()), span: pattern.node.span };
        GenerateSource {
            list,
            context,
            preconditions: pattern
                .preconditions
                .as_ref()
                .map(|block| Conditions::AnyAll(self.condition_block(block, &inner))),
            resource: self.document(&resource, &inner, ""),
        }
    }
}

//! `mutate`.

use dikast_grammar::yaml::{Node, NodeValue};

use super::pattern::is_template;
use super::policy::Defaults;
use super::{Lowering, Scope};
use crate::ir::{Conditions, ExprId, Mutate, MutateAction, MutateLoop, Target};
use crate::model::{self, Fields};

impl Lowering<'_> {
    /// The body of a mutate rule.
    pub(super) fn mutate(
        &mut self,
        rule: &model::Rule<'_>,
        mutate: &model::Mutate<'_>,
        defaults: Defaults,
        scope: &Scope,
    ) -> Mutate {
        let scope = if mutate.targets.is_empty() { scope.clone() } else { scope.with_target() };
        let targets = mutate.targets.iter().map(|target| self.target(target, &scope)).collect();
        let also_substituted = match mutate.action {
            model::MutateAction::Merge(_) | model::MutateAction::Json(_) => self.rest_of_rule(rule.node, &scope),
            model::MutateAction::Foreach(_) | model::MutateAction::Nothing => Vec::new(),
        };
        Mutate {
            action: self.mutate_action(&mutate.action, &scope, "/mutate"),
            targets,
            existing_on_policy_update: mutate.existing_on_policy_update.unwrap_or(defaults.mutate_existing),
            also_substituted,
        }
    }

    /// `path` is where the patches stand in the document that is substituted.
    fn mutate_action(&mut self, action: &model::MutateAction<'_>, scope: &Scope, path: &str) -> MutateAction {
        match action {
            model::MutateAction::Merge(overlay) => {
                MutateAction::Merge(self.document(overlay, scope, &format!("{path}/patchStrategicMerge")))
            }
            model::MutateAction::Json(operations) => {
                MutateAction::Json(self.document(operations, scope, &format!("{path}/patchesJson6902")))
            }
            model::MutateAction::Foreach(loops) => {
                MutateAction::Foreach(loops.iter().map(|turn| self.mutate_loop(turn, scope)).collect())
            }
            model::MutateAction::Nothing => MutateAction::Nothing,
        }
    }

    fn mutate_loop(&mut self, turn: &model::MutateLoop<'_>, scope: &Scope) -> MutateLoop {
        let (list, list_text) = self.loop_list(turn.list, scope);
        let (context, inner) = self.context(&turn.context, &scope.in_loop());
        MutateLoop {
            list,
            list_text,
            order: turn.order,
            context,
            preconditions: turn
                .preconditions
                .as_ref()
                .map(|block| Conditions::AnyAll(self.condition_block(block, &inner))),
            action: self.mutate_action(&turn.action, &inner, ""),
            span: Some(turn.span),
        }
    }

    /// The fields that select objects are substituted before a target is known, the rest after.
    fn target(&mut self, target: &model::Target<'_>, scope: &Scope) -> Target {
        let selecting = Scope { target: false, ..scope.clone() };
        let mut field = |name: &str| {
            let node = target.node.given(name)?;
            Some(self.document(node, &selecting, &format!("/{name}")))
        };
        let (api_version, kind) = (field("apiVersion"), field("kind"));
        let (namespace, name, selector) = (field("namespace"), field("name"), field("selector"));
        let (context, scope) = self.context(&target.context, scope);
        Target {
            api_version: api_version.unwrap_or_else(|| self.builder.text("", None)),
            kind: kind.unwrap_or_else(|| self.builder.text("", None)),
            namespace,
            name,
            selector,
            context,
            preconditions: target.preconditions.as_ref().map(|conditions| self.conditions(conditions, &scope)),
        }
    }

    /// The texts of a rule outside its patches. Standard mutation substitutes the rule as one document, so a variable
    /// that cannot be resolved in any of them is an error of the rule (Kyverno `pkg/engine/mutate/mutation.go`).
    fn rest_of_rule(&mut self, rule: &Node, scope: &Scope) -> Vec<ExprId> {
        let mut found = Vec::new();
        self.substituted_texts(rule, scope, "", &mut found);
        found
    }

    /// Parsing bounds how deeply rules nest.
    fn substituted_texts(&mut self, node: &Node, scope: &Scope, path: &str, found: &mut Vec<ExprId>) {
        match &node.value {
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
            NodeValue::Text(text) => {
                if is_template(text.as_str()) {
                    found.push(self.template(text, scope, path));
                }
            }
            NodeValue::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.substituted_texts(item, scope, &format!("{path}/{index}"), found);
                }
            }
            NodeValue::Map(entries) => {
                for entry in entries {
                    let path = format!("{path}/{}", entry.key.as_str().replace('/', "\\/"));
                    if !matches!(path.as_str(), "/mutate/patchStrategicMerge" | "/mutate/patchesJson6902") {
                        if is_template(entry.key.as_str()) {
                            found.push(self.template(&entry.key, scope, &path));
                        }
                        self.substituted_texts(&entry.value, scope, &path, found);
                    }
                }
            }
        }
    }
}

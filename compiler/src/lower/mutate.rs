//! `mutate`.

use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::Value;

use super::expression::reference::{self, Numbers};
use super::pattern::has_braces;
use super::policy::Defaults;
use super::{Lowering, Scope};
use crate::ir::{Conditions, DecodedRule, ExprId, Mutate, MutateAction, MutateLoop, Target};
use crate::model::{self, Fields};
use crate::rule_types::{RULE, Shape};

/// The fields that hold patches.
const MERGE: &str = "patchStrategicMerge";
const JSON: &str = "patchesJson6902";

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
        let (action, substituted) = match &mutate.action {
            model::MutateAction::Merge(_) => self.standard_patch(rule.node, MERGE, MutateAction::Merge, &scope),
            model::MutateAction::Json(_) => self.standard_patch(rule.node, JSON, MutateAction::Json, &scope),
            other => (self.mutate_action(other, &scope), Substituted::default()),
        };
        let Substituted { parts: also_substituted, decoded } = substituted;
        Mutate {
            action,
            targets,
            existing_on_policy_update: mutate.existing_on_policy_update.unwrap_or(defaults.mutate_existing),
            also_substituted,
            decoded,
        }
    }

    /// A patch outside of loops. It is substituted together with the whole rule.
    fn standard_patch(
        &mut self,
        rule: &Node,
        name: &str,
        action: fn(ExprId) -> MutateAction,
        scope: &Scope,
    ) -> (MutateAction, Substituted) {
        let resolved = match reference::resolve(rule, Numbers::Floats) {
            Ok(resolved) => resolved,
            Err(fault) => {
                let failure = self.builder.fail(&fault.message, Some(fault.span));
                self.diagnostics.report(fault);
                return (action(failure), Substituted { parts: vec![failure], decoded: None });
            }
        };
        let rule = resolved.as_ref().unwrap_or(rule);
        let mut rest = RestOfRule::default();
        self.substituted_texts(rule, scope, "", Shape::Object(&RULE), &mut rest);
        let patch = match rule.at(&["mutate", name]) {
            Some(patch) => self.variables(patch, scope, &format!("/mutate/{name}")),
            None => self.builder.value(Value::Null, None),
        };
        let is_lone_patch =
            name == JSON && rule.at(&["mutate", name]).and_then(Node::as_str).is_some_and(is_one_variable);
        if is_lone_patch {
            rest.texts.push(patch);
        }
        let decoded = match rest.texts.is_empty() {
            true => None,
            false => {
                let rule = Shape::Object(&RULE).without_empty(rule);
                Some(DecodedRule { texts: rest.texts, rule: self.variables(&rule, scope, "") })
            }
        };
        if is_lone_patch {
            rest.parts.push(patch);
        }
        (action(patch), Substituted { parts: rest.parts, decoded })
    }

    fn mutate_action(&mut self, action: &model::MutateAction<'_>, scope: &Scope) -> MutateAction {
        match action {
            model::MutateAction::Merge(overlay) => {
                MutateAction::Merge(self.document(overlay, scope, &format!("/{MERGE}")))
            }
            model::MutateAction::Json(operations) => {
                MutateAction::Json(self.document(operations, scope, &format!("/{JSON}")))
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
            action: self.mutate_action(&turn.action, &inner),
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
    /// that cannot be resolved in any of them is an error of the rule (Kyverno `pkg/engine/mutate/mutation.go`). Parsing
    /// bounds how deeply rules nest.
    fn substituted_texts(&mut self, node: &Node, scope: &Scope, path: &str, shape: Shape, found: &mut RestOfRule) {
        match &node.value {
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
            NodeValue::Text(text) => {
                if has_braces(text.as_str()) {
                    let value = self.template(text, scope, path);
                    found.parts.push(value);
                    if shape == Shape::Text && is_one_variable(text.as_str()) {
                        found.texts.push(value);
                    }
                }
            }
            NodeValue::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.substituted_texts(item, scope, &format!("{path}/{index}"), shape.item(), found);
                }
            }
            NodeValue::Map(entries) => {
                for entry in entries {
                    let key = entry.key.as_str();
                    let below = format!("{path}/{}", key.replace('/', "\\/"));
                    if !matches!(below.as_str(), "/mutate/patchStrategicMerge" | "/mutate/patchesJson6902") {
                        if has_braces(key) {
                            found.parts.push(self.template(&entry.key, scope, path));
                        }
                        self.substituted_texts(&entry.value, scope, &below, shape.member(key), found);
                    }
                }
            }
        }
    }
}

/// What is substituted of a rule besides its patch.
#[derive(Default)]
struct Substituted {
    parts: Vec<ExprId>,
    decoded: Option<DecodedRule>,
}

/// The texts of a rule outside its patch.
#[derive(Default)]
struct RestOfRule {
    parts: Vec<ExprId>,
    /// Those that may give something else than the text that belongs there.
    texts: Vec<ExprId>,
}

/// Whether a text may be one variable and nothing else: then what it gives keeps its type.
fn is_one_variable(text: &str) -> bool {
    text.starts_with("{{") && text.ends_with("}}")
}

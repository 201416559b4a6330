//! Text replacement in rules that are made (Kyverno `pkg/autogen/v1/rule.go`, `updateFields`).

use dikast_grammar::yaml::{Node, NodeValue, Text};

/// Where the pod template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Template {
    /// `spec.template`
    Controller,
    /// `spec.jobTemplate.spec.template`
    CronJob,
}

type Replacement = (&'static str, &'static str);

const IN_CONTROLLER: [Replacement; 4] = [
    ("request.object.spec", "request.object.spec.template.spec"),
    ("request.oldObject.spec", "request.oldObject.spec.template.spec"),
    ("request.object.metadata", "request.object.spec.template.metadata"),
    ("request.oldObject.metadata", "request.oldObject.spec.template.metadata"),
];

const IN_CRON_JOB: [Replacement; 4] = [
    ("request.object.spec", "request.object.spec.jobTemplate.spec.template.spec"),
    ("request.oldObject.spec", "request.oldObject.spec.jobTemplate.spec.template.spec"),
    ("request.object.metadata", "request.object.spec.jobTemplate.spec.template.metadata"),
    ("request.oldObject.metadata", "request.oldObject.spec.jobTemplate.spec.template.metadata"),
];

/// Replaces references to the Pod's parts in all texts and keys of a rule, without regard for word boundaries.
pub(super) fn replace_references(mut rule: Node, template: Template) -> Node {
    let replacements = match template {
        Template::Controller => &IN_CONTROLLER,
        Template::CronJob => &IN_CRON_JOB,
    };
    replace_in(&mut rule, replacements);
    rule
}

/// Parsing bounds how deeply nodes nest.
fn replace_in(node: &mut Node, replacements: &[Replacement]) {
    match &mut node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {}
        NodeValue::Text(text) => replace_in_text(text, replacements),
        NodeValue::List(items) => {
            for item in items {
                replace_in(item, replacements);
            }
        }
        NodeValue::Map(entries) => {
            for entry in entries {
                replace_in_text(&mut entry.key, replacements);
                replace_in(&mut entry.value, replacements);
            }
        }
    }
}

fn replace_in_text(text: &mut Text, replacements: &[Replacement]) {
    for (from, to) in replacements {
        if let Some(replaced) = text.replaced(from, to) {
            *text = replaced;
        }
    }
}

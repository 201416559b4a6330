//! Markdown for what is shown of things.

use dikast_compiler::diagnostic::Code;
use dikast_compiler::policy_schema::{Field, Object};
use dikast_grammar::anchor::AnchorKind;
use dikast_grammar::yaml::Node;
use dikast_stdlib::condition::{Operator, OperatorKind, Relation};
use dikast_stdlib::functions::{self, Function};

use crate::meaning::entry_source;

/// A field of a policy.
pub(super) fn policy_field(field: Field, owner: Option<Object>) -> String {
    let mut text = format!("**`{}`**: {}", field.name(), field.takes().words());
    if field.is_required() {
        text.push_str(", required");
    }
    if !field.doc().is_empty() {
        text.push_str(&format!("\n\n{}", field.doc()));
    }
    let choices = field.takes().choices();
    if !choices.is_empty() {
        text.push_str(&format!("\n\nOne of {}.", list(choices.iter().copied())));
    }
    if let Some(successor) = field.successor() {
        text.push_str(&format!("\n\n*Deprecated:* {successor}."));
    }
    let others: Vec<_> = owner.map(|owner| owner.excluded_by(field.name()).collect()).unwrap_or_default();
    if !others.is_empty() {
        text.push_str(&format!("\n\nNot beside {}.", list(others.into_iter())));
    }
    text
}

/// A function.
pub(super) fn function(function: &Function) -> String {
    let mut text = format!("```\n{}\n```\n\n{}", functions::signature(function), function.summary);
    for (expression, result) in function.examples {
        text.push_str(&format!(
            "\n\n`{}` gives `{}`",
            expression.replace('`', "\u{2cb}"),
            result.replace('`', "\u{2cb}")
        ));
    }
    text
}

/// Where a context entry has its value from.
pub(super) fn entry(entry: &Node) -> String {
    let Some((field, source)) = entry_source(entry) else { return "Context entry without a source.".to_owned() };
    let at = |path: &[&str]| source.at(path).and_then(Node::as_str).map(str::trim);
    let what = match field {
        "variable" => match (source.get("value"), at(&["jmesPath"])) {
            (None, Some(path)) => format!("`{path}`"),
            (Some(_), Some(path)) => format!("`{path}` of a value that is written there"),
            _ => "a value that is written there".to_owned(),
        },
        "configMap" => {
            let namespace = at(&["namespace"]).unwrap_or("default");
            format!("the ConfigMap `{namespace}/{}`", at(&["name"]).unwrap_or_default())
        }
        "apiCall" => match (at(&["urlPath"]), at(&["service", "url"])) {
            (Some(path), _) => format!("what the API server answers to `{path}`"),
            (None, url) => format!("what `{}` answers", url.unwrap_or_default()),
        },
        "imageRegistry" => format!("what the registry says of `{}`", at(&["reference"]).unwrap_or_default()),
        "globalReference" => format!("the global context entry `{}`", at(&["name"]).unwrap_or_default()),
        other => format!("`{other}`"),
    };
    let default = if source.get("default").is_some() { ", or else its default" } else { "" };
    format!("Context entry (`{field}`): {what}{default}.")
}

/// What an anchor does.
pub(super) fn anchor(kind: AnchorKind) -> &'static str {
    match kind {
        AnchorKind::Conditional => {
            "Condition: what stands beside it counts only where this holds; where it does not, this part is passed over."
        }
        AnchorKind::Global => "Global condition: where this does not hold, the whole rule is skipped.",
        AnchorKind::Equality => "If it is there: the value has to be like this; an absent field is fine.",
        AnchorKind::Existence => "Existence: at least one item of the list has to be like this.",
        AnchorKind::Negation => "Negation: the field must not be there; what stands behind the colon does not matter.",
        AnchorKind::AddIfAbsent => "Addition: only where the field is absent, this value is put there (in patches).",
    }
}

/// What an operator of conditions asks for.
pub(super) fn operator(name: &str) -> Option<String> {
    let relation = |relation: Relation| match relation {
        Relation::Greater => "greater than",
        Relation::GreaterOrEqual => "greater than or equal to",
        Relation::Less => "less than",
        Relation::LessOrEqual => "less than or equal to",
    };
    let text = match Operator::new(name).kind() {
        OperatorKind::Equals => "The key equals the value; wildcards in the value count.".to_owned(),
        OperatorKind::NotEquals => "The key does not equal the value.".to_owned(),
        OperatorKind::In => "*Deprecated:* use `AllIn`. All items of the key are among the values.".to_owned(),
        OperatorKind::NotIn => {
            "*Deprecated:* use `AllNotIn` or `AnyNotIn`. Items of the key are not among the values.".to_owned()
        }
        OperatorKind::AnyIn => "At least one item of the key is among the values.".to_owned(),
        OperatorKind::AllIn => "All items of the key are among the values.".to_owned(),
        OperatorKind::AnyNotIn => "At least one item of the key is not among the values.".to_owned(),
        OperatorKind::AllNotIn => "No item of the key is among the values.".to_owned(),
        OperatorKind::Order(order) => {
            format!("The key is {} the value: numbers, quantities, durations, versions.", relation(order))
        }
        OperatorKind::Duration(order) => format!(
            "The key, as a duration, is {} the value. *Deprecated:* use the operator without `Duration`.",
            relation(order)
        ),
        OperatorKind::Never => "In this spelling never true.".to_owned(),
        OperatorKind::Unknown => return None,
    };
    Some(text)
}

/// The page of a code.
pub(super) fn page(code: Code) -> String {
    let page = code.page();
    let body = page.split_once('\n').map_or("", |(_, body)| body);
    format!("**{code}**: {}\n{}", code.title(), body.replace("\n## ", "\n#### "))
}

/// Names in backticks with commas between them.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

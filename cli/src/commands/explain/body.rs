//! What a rule does, in words.

use dikast_grammar::yaml::Node;

use super::condition;
use super::outline::{Outline, join};
use super::pattern::{explain_changes, explain_requirements, shown};
use super::policy::text;

/// The body of a rule.
pub(super) fn explain(rule: &Node, outline: &mut Outline) {
    if let Some(body) = rule.get("validate") {
        validate(body, outline);
    }
    if let Some(body) = rule.get("mutate") {
        mutate(body, outline);
    }
    if let Some(body) = rule.get("generate") {
        generate(body, outline);
    }
    if rule.get("verifyImages").is_some() {
        outline.line("Verifies the signatures of images, which dikast does not do: the rule is left out.");
    }
}

fn validate(body: &Node, outline: &mut Outline) {
    check(body, outline);
    match body.get("failureAction").and_then(Node::as_str) {
        Some(action) if action.eq_ignore_ascii_case("enforce") => outline.line("Failures refuse the request."),
        Some(_) => outline.line("Failures are only reported."),
        None => {}
    }
    let message = text(body, "message");
    if !message.is_empty() {
        outline.line(format!("Failures say: {}", message.trim_end()));
    }
}

/// What `validate`, or one of its loops, asks.
fn check(body: &Node, outline: &mut Outline) {
    if let Some(pattern) = body.get("pattern") {
        outline.under("Requires that", |outline| explain_requirements(pattern, outline));
    }
    if let Some(patterns) = body.get("anyPattern") {
        outline.under("Requires that one of these holds", |outline| {
            for (at, pattern) in patterns.items().iter().enumerate() {
                outline.under(format!("{}.", at + 1), |outline| explain_requirements(pattern, outline));
            }
        });
    }
    if let Some(deny) = body.get("deny") {
        match deny.get("conditions") {
            Some(conditions) => outline.under("Fails where", |outline| condition::explain(conditions, outline)),
            None => outline.line("Fails always."),
        }
    }
    for each in body.get("foreach").map(Node::items).unwrap_or_default() {
        outline.under(format!("For each of `{}`", text(each, "list").trim()), |outline| {
            if let Some(conditions) = each.get("preconditions") {
                outline.under("only where", |outline| condition::explain(conditions, outline));
            }
            check(each, outline);
        });
    }
    if let Some(standard) = body.get("podSecurity") {
        pod_security(standard, outline);
    }
    for (name, what) in [("cel", "expressions in CEL"), ("manifests", "signatures of manifests")] {
        if body.get(name).is_some() {
            outline.line(format!("Checks {what}, which dikast does not do: the rule is left out."));
        }
    }
}

fn pod_security(standard: &Node, outline: &mut Outline) {
    let version = match text(standard, "version") {
        "" => "latest",
        version => version,
    };
    outline.line(format!("Requires the Pod Security Standard `{}` in version {version}.", text(standard, "level")));
    for exclude in standard.get("exclude").map(Node::items).unwrap_or_default() {
        let images: Vec<String> =
            exclude.get("images").map(Node::items).unwrap_or_default().iter().map(shown).collect();
        let of = if images.is_empty() { String::new() } else { format!(" for images {}", join(&images, "and")) };
        outline.line(format!("Except: {}{of}.", text(exclude, "controlName")));
    }
}

fn mutate(body: &Node, outline: &mut Outline) {
    let targets = body.get("targets").map(Node::items).unwrap_or_default();
    let target = |target: &Node| {
        let place = [text(target, "namespace"), text(target, "name")];
        let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        format!("{} {} {place}", text(target, "apiVersion"), text(target, "kind")).trim_end().to_owned()
    };
    let words = match targets {
        [] => "Changes the object".to_owned(),
        targets => format!("Changes the existing {}", join(&targets.iter().map(target).collect::<Vec<_>>(), "and")),
    };
    for (at, target) in targets.iter().enumerate() {
        if let Some(conditions) = target.get("preconditions") {
            let which = match targets.len() {
                1 => "Only objects".to_owned(),
                _ => format!("Of the {} objects only those", text(target, "kind")),
            };
            let number = if targets.len() > 1 { format!(" (target {})", at + 1) } else { String::new() };
            outline.under(format!("{which} for which{number}"), |outline| condition::explain(conditions, outline));
        }
    }
    outline.under(words, |outline| change(body, outline));
}

/// What `mutate`, or one of its loops, changes.
fn change(body: &Node, outline: &mut Outline) {
    if let Some(overlay) = body.get("patchStrategicMerge") {
        explain_changes(overlay, outline);
    }
    if let Some(operations) = body.get("patchesJson6902").and_then(Node::as_str) {
        outline.under("by these operations", |outline| operations.lines().for_each(|line| outline.line(line)));
    }
    for each in body.get("foreach").map(Node::items).unwrap_or_default() {
        outline.under(format!("for each of `{}`", text(each, "list").trim()), |outline| {
            if let Some(conditions) = each.get("preconditions") {
                outline.under("only where", |outline| condition::explain(conditions, outline));
            }
            change(each, outline);
        });
    }
}

fn generate(body: &Node, outline: &mut Outline) {
    made(body, outline);
    for each in body.get("foreach").map(Node::items).unwrap_or_default() {
        outline.under(format!("For each of `{}`", text(each, "list").trim()), |outline| made(each, outline));
    }
    if body.get("synchronize").and_then(Node::as_bool) == Some(true) {
        outline.line("What it makes is kept as it is made: changes are undone.");
    }
}

fn made(pattern: &Node, outline: &mut Outline) {
    let place = |namespace: &str, name: &str| match namespace {
        "" => format!("`{name}`"),
        namespace => format!("`{name}` in namespace `{namespace}`"),
    };
    let target = || format!("{} {}", text(pattern, "kind"), place(text(pattern, "namespace"), text(pattern, "name")));
    if let Some(source) = pattern.get("clone").filter(|source| !source.entries().is_empty()) {
        let source = place(text(source, "namespace"), text(source, "name"));
        outline.line(format!("Makes {}, a copy of {source}.", target()));
    } else if let Some(list) = pattern.get("cloneList").filter(|list| !list.entries().is_empty()) {
        let kinds: Vec<String> = list
            .get("kinds")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::as_str)
            .map(str::to_owned)
            .collect();
        outline.line(format!(
            "Makes copies of {} in namespace `{}`, in namespace `{}`.",
            join(&kinds, "and"),
            text(list, "namespace"),
            text(pattern, "namespace")
        ));
    } else if pattern.get("data").is_some() {
        outline.line(format!("Makes {}.", target()));
    }
}

//! Rules for pod controllers, made from rules for Pods (Kyverno `pkg/autogen/v1`).
//!
//! Kyverno writes the rule as JSON, replaces texts such as `request.object.spec` in it and reads it back. The same is
//! done here on the rule's YAML tree, so that what was not changed keeps its place in the file and what was changed
//! has the place of its origin. It happens before anything is lowered: an expression is parsed only after its text was
//! replaced, as in Kyverno, string literals and all.

mod body;
mod controllers;
mod eligibility;
mod fault;
mod filters;
mod rewrite;

use dikast_grammar::Span;
use dikast_grammar::kind::plain_kind;
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use crate::diagnostic::Diagnostics;
use crate::model::{Fields, Policy};
use controllers::Controllers;
use rewrite::Template;

/// The annotation with the controllers to make rules for.
const ANNOTATION: &str = "pod-policies.kyverno.io/autogen-controllers";

/// What names of made rules begin with.
const PREFIX: &str = "autogen-";

/// Kyverno cuts rule names to this many bytes.
const NAME_BYTES_MAX: usize = 63;

/// A rule that was made.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    /// The rule's document.
    pub(crate) rule: Node,
    /// The kinds that Kyverno makes this rule for when it asks for one kind alone, as validation does.
    pub(crate) controllers: Vec<String>,
}

/// The rules that are made from those of a policy, in Kyverno's order. When there are any, rules of the policy whose
/// own names begin with `autogen-` do not count ([`is_made_name`]).
pub(crate) fn expand(policy: &Policy<'_>, diagnostics: &mut Diagnostics) -> Vec<Generated> {
    let annotation = policy.annotations.iter().find(|(key, _)| key.as_str() == ANNOTATION).map(|&(_, value)| value);
    let controllers = Controllers::read(annotation, diagnostics).filter(|_| eligibility::is_eligible(policy.rules));
    let Some(controllers) = controllers else { return Vec::new() };
    policy.rules.iter().flat_map(|rule| expand_rule(rule, &controllers, diagnostics)).collect()
}

/// What becomes of a written rule when there are made ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate<'m> {
    /// It counts.
    Kept,
    /// It never counts.
    Dropped,
    /// It counts for objects of other kinds than these.
    Displaced(Vec<&'m str>),
}

/// What becomes of a written rule beside made ones: where Kyverno takes the made rules, it forgets the written ones that
/// are named like them. Validation takes them for the kind that it is asked about, mutation always.
pub(crate) fn fate<'m>(rule: &Node, made: &'m [Generated]) -> Fate<'m> {
    let is_named_so = rule.text("name").is_some_and(|name| is_made_name(name.as_str()));
    if made.is_empty() || !is_named_so {
        return Fate::Kept;
    }
    match rule.given("validate") {
        Some(_) => Fate::Displaced(made.iter().flat_map(|made| &made.controllers).map(String::as_str).collect()),
        None => Fate::Dropped,
    }
}

/// Whether a rule's name is one that only made rules should have.
pub(crate) fn is_made_name(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// The rules made from one: for controllers with a pod template, then for CronJobs.
fn expand_rule(rule: &Node, controllers: &Controllers, diagnostics: &mut Diagnostics) -> Vec<Generated> {
    let Some(name) = rule.text("name").filter(|name| !is_made_name(name.as_str())) else { return Vec::new() };
    let excluded = filters::kinds(rule.get("exclude"));
    if !has_pod(&filters::kinds(rule.get("match"))) || !excluded.is_empty() && !has_pod(&excluded) {
        return Vec::new();
    }
    let mut made = Vec::new();
    if let Some(kinds) = controllers.template_kinds()
        && let Some(copy) = copy_for_templates(rule, &kinds)
    {
        body::report_losses(rule, diagnostics);
        made.push(Generated {
            rule: rewrite::replace_references(named(copy, made_name("autogen", name)), Template::Controller),
            controllers: controllers.asked_template_kinds(),
        });
    }
    // Kyverno makes the form for CronJobs of the one for controllers, whose list may then hold CronJob alone.
    if controllers.has_cron_job()
        && let Some(copy) = copy_for_templates(rule, &controllers.all_kinds())
        && let Some(copy) = filters::for_cron_jobs(copy).and_then(|copy| body::wrapped(&copy, "jobTemplate"))
    {
        made.push(Generated {
            rule: rewrite::replace_references(named(copy, made_name("autogen-cronjob", name)), Template::CronJob),
            controllers: controllers.asked_cron_job(),
        });
    }
    made
}

/// The rule's carried fields with other kinds and its body below the pod template.
fn copy_for_templates(rule: &Node, kinds: &[String]) -> Option<Node> {
    const CARRIED: &[&str] = &[
        "name",
        "match",
        "exclude",
        "context",
        "preconditions",
        "mutate",
        "validate",
        "verifyImages",
        "skipBackgroundRequests",
        "reportProperties",
    ];
    let carried = rule.entries().iter().filter(|entry| CARRIED.contains(&entry.key.as_str()));
    let copy = Node { value: NodeValue::Map(carried.cloned().collect()), span: rule.span };
    body::wrapped(&filters::for_controllers(copy, kinds), "template")
}

fn has_pod(kinds: &[&Text]) -> bool {
    kinds.iter().any(|kind| plain_kind(kind.as_str()) == "Pod")
}

/// The name of a made rule. Kyverno cuts in the middle of a character; each byte of what is left of it becomes a
/// replacement character on the way through JSON.
fn made_name(prefix: &str, name: &Text) -> Text {
    let mut made = format!("{prefix}-{}", name.as_str());
    if made.len() > NAME_BYTES_MAX {
        let whole = made.floor_char_boundary(NAME_BYTES_MAX);
        made.truncate(whole);
        made.extend(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, NAME_BYTES_MAX - whole));
    }
    Text::standing_for(made, name.span())
}

fn named(mut rule: Node, name: Text) -> Node {
    let span = name.span();
    set(&mut rule, "name", Node { value: NodeValue::Text(name), span });
    rule
}

/// Sets a member of a mapping.
fn set(owner: &mut Node, name: &str, value: Node) {
    let span = owner.span;
    let NodeValue::Map(entries) = &mut owner.value else { return };
    match entries.iter_mut().find(|entry| entry.key == *name) {
        Some(entry) => entry.value = value,
        None => entries.push(Entry { key: Text::standing_for(name, start_of(span)), value }),
    }
}

/// A member of a mapping, to be changed.
fn member<'n>(owner: &'n mut Node, name: &str) -> Option<&'n mut Node> {
    let NodeValue::Map(entries) = &mut owner.value else { return None };
    entries.iter_mut().find(|entry| entry.key == *name).map(|entry| &mut entry.value)
}

/// The empty place where a span begins.
fn start_of(span: Span) -> Span {
    Span { end: span.start, ..span }
}

#[cfg(test)]
mod tests;

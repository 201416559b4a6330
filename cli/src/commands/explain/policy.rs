//! Policies and their rules in words.

use std::fmt;
use std::path::Path;

use anyhow::bail;
use dikast_compiler::permissions::{self, Permission};
use dikast_compiler::schema::Schemas;
use dikast_grammar::yaml::Node;
use serde::{Serialize, Serializer};

use super::outline::{Outline, join};
use super::{body, condition, matching};
use crate::evaluation::policies;
use crate::input::file::File;

/// A policy, or what was asked of it, in words.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    kind: String,
    name: String,
    explanation: Words,
    rules: Vec<ExplainedRule>,
}

/// A rule in words.
#[derive(Debug, Serialize)]
struct ExplainedRule {
    name: String,
    explanation: Words,
}

/// An outline below a heading. Programs get what is below, the rest they have in other fields.
#[derive(Debug)]
struct Words(String);

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lines = self.0.lines().skip(1).map(|line| line.strip_prefix("  ").unwrap_or(line));
        serializer.collect_seq(lines)
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.explanation.0)?;
        self.rules.iter().try_for_each(|rule| write!(out, "\n{}", rule.explanation.0))
    }
}

/// What the policies in a file do, or one of their rules.
///
/// # Errors
/// When the file cannot be read, or holds no such policy or rule.
pub(super) fn explain(path: &Path, rule: Option<&str>) -> anyhow::Result<Vec<Explained>> {
    let file = File::read(path)?;
    let made = made_rules(path)?;
    let policies = file.documents.iter().filter(|document| is_policy(document));
    let explained: Vec<Explained> = policies.filter_map(|policy| explain_policy(policy, rule, &made)).collect();
    match (explained.is_empty(), rule) {
        (false, _) => Ok(explained),
        (true, Some(rule)) => bail!("{} has no rule `{rule}`", path.display()),
        (true, None) => bail!("{} holds no ClusterPolicy and no Policy", path.display()),
    }
}

/// A policy in words; nothing when it lacks the rule that is asked about.
fn explain_policy(policy: &Node, rule: Option<&str>, made: &[String]) -> Option<Explained> {
    let rules = policy.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    let rules = rules.iter().filter(|of| rule.is_none_or(|rule| text(of, "name") == rule));
    let words = |write: &dyn Fn(&mut Outline)| {
        let mut outline = Outline::default();
        write(&mut outline);
        Words(outline.finish())
    };
    let rules: Vec<ExplainedRule> = rules
        .map(|rule| ExplainedRule {
            name: text(rule, "name").to_owned(),
            explanation: words(&|outline| explain_rule(rule, made, outline)),
        })
        .collect();
    if rules.is_empty() && rule.is_some() {
        return None;
    }
    let cleanup = policy.get("spec").filter(|_| is_cleanup(policy));
    Some(Explained {
        kind: text(policy, "kind").to_owned(),
        name: policy.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default().to_owned(),
        explanation: match cleanup {
            Some(spec) => words(&|outline| explain_cleanup(policy, spec, outline)),
            None => words(&|outline| head(policy, outline)),
        },
        rules,
    })
}

fn is_policy(document: &Node) -> bool {
    matches!(document.get("kind").and_then(Node::as_str), Some("ClusterPolicy" | "Policy")) || is_cleanup(document)
}

fn is_cleanup(document: &Node) -> bool {
    matches!(document.get("kind").and_then(Node::as_str), Some("ClusterCleanupPolicy" | "CleanupPolicy"))
}

fn explain_cleanup(policy: &Node, spec: &Node, outline: &mut Outline) {
    let name = policy.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
    outline.under(format!("{} {name}", text(policy, "kind")), |outline| {
        outline.line(format!("Deletes objects whenever `{}` comes round.", text(spec, "schedule")));
        matching::explain(spec, outline);
        if let Some(conditions) = spec.get("conditions").filter(|node| !node.is_null()) {
            outline.under("Only where", |outline| condition::explain(conditions, outline));
        }
        for entry in spec.get("context").map(Node::items).unwrap_or_default() {
            outline.line(context(entry));
        }
        needs(&permissions::of_cleanup(spec, &Schemas::embedded()), outline);
    });
}

/// The names of all rules that are run, those that autogen makes included.
fn made_rules(path: &Path) -> anyhow::Result<Vec<String>> {
    if path == Path::new("-") {
        return Ok(Vec::new());
    }
    let program = policies::load(&[path.to_owned()])?.compilation.program;
    Ok(program.rules.iter().map(|rule| program.name(rule.name).to_string()).collect())
}

fn head(policy: &Node, outline: &mut Outline) {
    let name = policy.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
    let spec = |field: &str| policy.at(&["spec", field]);
    let mut facts = Vec::new();
    let enforces = spec("validationFailureAction")
        .and_then(Node::as_str)
        .is_some_and(|action| action.eq_ignore_ascii_case("enforce"));
    let rules = policy.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    if rules.iter().any(|rule| rule.get("validate").is_some()) {
        facts.push(match enforces {
            true => "Failures refuse the request, unless a rule says otherwise.",
            false => "Failures are only reported, unless a rule says otherwise.",
        });
    }
    if spec("failurePolicy").and_then(Node::as_str) == Some("Ignore") {
        facts.push("Errors let the request through.");
    }
    if spec("applyRules").and_then(Node::as_str) == Some("One") {
        facts.push("Only the first rule that applies is run.");
    }
    if spec("background").and_then(Node::as_bool) == Some(false) {
        facts.push("It does not look at existing objects.");
    }
    let kind = policy.get("kind").and_then(Node::as_str).unwrap_or_default();
    outline.under(format!("{kind} {name}"), |outline| facts.iter().for_each(|fact| outline.line(fact)));
}

fn explain_rule(rule: &Node, made: &[String], outline: &mut Outline) {
    let name = text(rule, "name");
    outline.under(format!("Rule {name}"), |outline| {
        matching::explain(rule, outline);
        if let Some(conditions) = rule.get("preconditions").filter(|node| !node.is_null()) {
            outline.under("Only where", |outline| condition::explain(conditions, outline));
        }
        for entry in rule.get("context").map(Node::items).unwrap_or_default() {
            outline.line(context(entry));
        }
        body::explain(rule, outline);
        let copies: Vec<String> = ["autogen-", "autogen-cronjob-"]
            .map(|prefix| format!("{prefix}{name}"))
            .into_iter()
            .filter(|copy| made.contains(copy))
            .collect();
        if !copies.is_empty() {
            outline.line(format!("The same for the Pods of controllers: {}.", join(&copies, "and")));
        }
        needs(&permissions::of_rule(rule, &Schemas::embedded()), outline);
    });
}

/// The role that Kyverno's controllers need beside what they may do from the start.
fn needs(permissions: &[Permission], outline: &mut Outline) {
    let extra: Vec<&Permission> = permissions.iter().filter(|permission| permission.is_extra()).collect();
    if let Some(first) = extra.first() {
        let role = permissions::cluster_role(first.controller, &extra);
        outline.line("Kyverno's own service account needs a role such as this one for it:");
        outline.under("", |outline| role.lines().for_each(|line| outline.line(line)));
    }
}

/// Where a context entry has its value from.
fn context(entry: &Node) -> String {
    let name = text(entry, "name");
    let at = |path: &[&str]| entry.at(path).and_then(Node::as_str).unwrap_or_default();
    let source = if entry.get("configMap").is_some() {
        format!("the config map {}/{}", at(&["configMap", "namespace"]), at(&["configMap", "name"]))
    } else if entry.at(&["apiCall", "service"]).is_some() {
        format!("the answer of {}", at(&["apiCall", "service", "url"]))
    } else if entry.get("apiCall").is_some() {
        format!("what the API server answers to {}", at(&["apiCall", "urlPath"]))
    } else if entry.get("imageRegistry").is_some() {
        format!("what the registry says of {}", at(&["imageRegistry", "reference"]))
    } else if entry.get("globalReference").is_some() {
        format!("the global context entry {}", at(&["globalReference", "name"]))
    } else {
        match at(&["variable", "jmesPath"]) {
            "" => "a value of its own".to_owned(),
            path => format!("`{}`", path.trim()),
        }
    };
    format!("`{name}` is {source}.")
}

/// A text member; empty when there is none.
pub(super) fn text<'n>(node: &'n Node, member: &str) -> &'n str {
    node.get(member).and_then(Node::as_str).unwrap_or_default()
}

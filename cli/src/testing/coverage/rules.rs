//! The rules that there are, and the lines of their parts.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{SourceFile, Span};

use super::branches::{self, Branch};
use crate::evaluation::policies;
use crate::input::InputError;

/// Which rule it is. Rules come in the order of files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleKey {
    /// The file's path without links.
    pub(super) file: PathBuf,
    /// The line of the rule.
    line: u32,
    /// The policy's name, with its namespace if it has one.
    pub(super) policy: String,
    /// The rule's name.
    pub(super) rule: String,
}

/// Where a rule stands.
#[derive(Clone, Debug)]
pub(super) struct RulePlace {
    /// The file as it was named.
    pub(super) file: String,
    /// All its lines.
    pub(super) lines: RangeInclusive<u32>,
    /// The lines of what it does: `validate`, `mutate`, `generate`.
    pub(super) body: RangeInclusive<u32>,
    /// Whether it validates.
    pub(super) validates: bool,
    /// The places in it at which it can go two ways.
    pub(super) branches: Vec<Branch>,
}

/// The parts of a rule that say what it does.
const BODIES: [&str; 4] = ["validate", "mutate", "generate", "verifyImages"];

/// The rules in files and folders, each file once.
pub(super) fn in_files(paths: &[PathBuf]) -> Result<Vec<(RuleKey, RulePlace)>, InputError> {
    let mut rules = Vec::new();
    for (id, source) in policies::load(paths)?.sources.iter() {
        for document in yaml::parse(id, source.text()).into_objects() {
            in_document(&document, source, &mut rules);
        }
    }
    Ok(rules)
}

fn in_document(document: &Node, source: &SourceFile, rules: &mut Vec<(RuleKey, RulePlace)>) {
    let text = |path: &[&str]| document.at(path).and_then(Node::as_str).unwrap_or_default();
    let is_policy = text(&["apiVersion"]).starts_with("kyverno.io/");
    let namespace = match text(&["kind"]) {
        "Policy" if is_policy => text(&["metadata", "namespace"]),
        "ClusterPolicy" if is_policy => "",
        _ => return,
    };
    let name = text(&["metadata", "name"]);
    let policy = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
    for rule in document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default() {
        let body = rule.entries().iter().find(|entry| BODIES.contains(&entry.key.as_str()));
        let (Some(name), Some(body)) = (rule.get("name").and_then(Node::as_str), body) else { continue };
        let lines = lines(source, rule.span);
        let key = RuleKey {
            file: canonical(Path::new(source.name())),
            line: *lines.start(),
            policy: policy.clone(),
            rule: name.to_owned(),
        };
        let place = RulePlace {
            file: source.name().to_owned(),
            lines,
            body: self::lines(source, body.key.span().to(body.value.span)),
            validates: body.key.as_str() == "validate",
            branches: branches::of_rule(rule, source),
        };
        rules.push((key, place));
    }
}

/// The lines of a span without the line end that a block of text ends with.
fn lines(source: &SourceFile, span: Span) -> RangeInclusive<u32> {
    let first = source.position(span.start).line;
    let written = source.text().get(span.start as usize..span.end as usize).unwrap_or("").trim_end();
    let end = span.start + u32::try_from(written.len()).unwrap_or(0);
    first..=source.position(end).line.max(first)
}

/// A path without links and detours; as it is when there is no such file.
pub(super) fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

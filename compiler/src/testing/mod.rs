//! Tests of policies: what is wrong with a test file before it is run, and the [assertion trees](assertion) of its checks.

pub mod assertion;

use dikast_grammar::kind::{KindSelector, plain_kind};
use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::wildcard;

use crate::diagnostic::{Diagnostic, Diagnostics, Fix, faults};
use crate::model::{self, Fields, suggest};
use assertion::Tree;

faults! {
    /// A name of a policy, rule or object that none of the files of a test has.
    #[error("no {what} of this test is called `{name}`")]
    UNKNOWN_IN_TEST: UnknownInTest { what: &'static str, name: String, meant: Option<String> }
    help(self) { Some(format!("did you mean `{}`?", self.meant.as_deref()?)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.clone()? }) }

    /// A result about objects that the rule does not look at.
    #[error("the rule `{rule}` is not about `{object}`")]
    VACUOUS_RESULT: VacuousResult { rule: String, object: String, kind: String }
    help(self) { Some(format!("it matches no `{}`, so this result says nothing about it", self.kind)) }
}

/// The kinds that autogen makes rules for.
const CONTROLLERS: &[&str] =
    &["DaemonSet", "Deployment", "Job", "StatefulSet", "ReplicaSet", "ReplicationController", "CronJob"];

/// What is wrong with a document of a test, `Values` or `UserInfo` file. For a test, `policies` and `objects` are the
/// documents of the files that it names.
pub fn check(document: &Node, source: &str, policies: &[Node], objects: &[Node]) -> Vec<Diagnostic> {
    let mut found = model::check_fields(document, source);
    let files = Files { policies, objects };
    for result in document.list("results") {
        files.result(result, &mut found);
    }
    found.extend(assertions(document));
    found.sort_by_key(|finding| (finding.span, finding.code));
    found
}

/// What is wrong with the assertions of the checks.
fn assertions(document: &Node) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::new();
    for check in document.list("checks") {
        let matched = ["resource", "policy", "rule"].map(|name| check.at(&["match", name]));
        let said = ["assert", "error"].map(|name| check.given(name));
        for node in matched.into_iter().chain(said).flatten().filter(|node| !node.is_null()) {
            Tree::read(node, &mut diagnostics);
        }
    }
    diagnostics.into_sorted()
}

/// The documents that a test names.
struct Files<'n> {
    policies: &'n [Node],
    objects: &'n [Node],
}

impl Files<'_> {
    fn result(&self, result: &Node, found: &mut Vec<Diagnostic>) {
        let policy = result.text("policy").and_then(|name| {
            let named: Vec<_> = self.policies.iter().filter(|policy| is_named(policy, name.as_str())).collect();
            if named.is_empty() {
                found.push(unknown("policy", name, self.policies.iter().filter_map(name_of)));
            }
            named.first().copied()
        });
        let rules = policy.and_then(|policy| policy.at(&["spec", "rules"])).map(Node::items).unwrap_or_default();
        let rule = result.nonempty("rule").and_then(|name| {
            let named = rules
                .iter()
                .find(|rule| written_rule(name.as_str()).any(|name| rule.text("name").is_some_and(|of| *of == *name)));
            if named.is_none() && !rules.is_empty() {
                found.push(unknown("rule", name, rules.iter().filter_map(|rule| rule.text("name")).map(Text::as_str)));
            }
            named
        });
        for item in result.texts("resources") {
            let named: Vec<_> = self.objects.iter().filter(|object| is_named(object, item.as_str())).collect();
            if named.is_empty() && !self.objects.is_empty() {
                found.push(unknown("object", item, self.objects.iter().filter_map(name_of)));
            }
            if let (Some(rule), Some(first)) = (rule, named.first())
                && !named.iter().any(|object| may_match(rule, object))
            {
                let text = |node: &Node, name| node.text(name).map(|text| text.as_str().to_owned()).unwrap_or_default();
                let (rule, object, kind) = (text(rule, "name"), item.as_str().to_owned(), text(first, "kind"));
                found.push(VacuousResult { span: item.span(), rule, object, kind }.into());
            }
        }
    }
}

fn unknown<'n>(what: &'static str, name: &Text, known: impl Iterator<Item = &'n str>) -> Diagnostic {
    let written = name.as_str();
    let (prefix, own) = written.rsplit_once('/').map_or(("", written), |(prefix, own)| (prefix, own));
    let meant = suggest::closest(own, known).map(|meant| match prefix {
        "" => meant.to_owned(),
        prefix => format!("{prefix}/{meant}"),
    });
    UnknownInTest { span: name.span(), what, name: written.to_owned(), meant }.into()
}

fn name_of(document: &Node) -> Option<&str> {
    document.at(&["metadata", "name"]).and_then(Node::as_str)
}

/// Whether a document has a name, written with or without its namespace.
fn is_named(document: &Node, written: &str) -> bool {
    let own = written.rsplit('/').next().unwrap_or(written);
    let generated = document.at(&["metadata", "generateName"]).and_then(Node::as_str);
    name_of(document) == Some(own)
        || name_of(document).is_none() && generated.is_some_and(|start| own.starts_with(start))
}

/// The names that a rule can have where a result names it: itself, or the one that autogen made it of.
fn written_rule(name: &str) -> impl Iterator<Item = &str> {
    let made_of = name.strip_prefix("autogen-cronjob-").or_else(|| name.strip_prefix("autogen-"));
    std::iter::once(name).chain(made_of)
}

/// Whether a rule may be about an object, told from kinds alone.
fn may_match(rule: &Node, object: &Node) -> bool {
    let Some(kind) = object.text("kind").map(Text::as_str) else { return true };
    let Some(matched) = rule.get("match") else { return true };
    let filters = ["any", "all"].iter().flat_map(|name| matched.list(name)).chain(std::iter::once(matched));
    let kinds: Vec<&str> = filters
        .filter_map(|filter| filter.get("resources"))
        .flat_map(|resources| resources.texts("kinds"))
        .map(Text::as_str)
        .collect();
    let fits = |entry: &&str| {
        let wanted = plain_kind(entry);
        // Objects of subresources have kinds of their own.
        let has_subresource = !KindSelector::parse(entry).subresource.is_empty();
        has_subresource
            || entry.contains('.')
            || wildcard::matches(wanted, kind)
            || wanted == "Pod" && CONTROLLERS.contains(&kind)
    };
    kinds.is_empty() || kinds.iter().any(fits) || rule.at(&["mutate", "targets"]).is_some() || kind == "Namespace"
}

#[cfg(test)]
mod tests {
    use dikast_grammar::{FileId, yaml};

    use super::*;

    #[test]
    fn names_are_looked_up() {
        let read = |text: &str| yaml::parse(FileId(0), text).documents;
        let policies =
            read("metadata: {name: p}\nspec: {rules: [{name: first, match: {any: [{resources: {kinds: [Pod]}}]}}]}");
        let objects = read("{kind: Deployment, metadata: {name: web}}\n---\n{kind: Service, metadata: {name: port}}");
        let source = "kind: Test\napiVersion: a\nresults:\n- {policy: p, rule: first, result: pass, resources: [web, a/web]}\n\
                      - {policy: q, rule: first, resources: [web]}\n- {policy: p, rule: frist, result: pas, resources: [wep, port]}\n\
                      - {policy: p, rule: autogen-first, result: skip, resources: [port]}\n- {policy: p, res: pass}\n";
        let test = read(source).remove(0);
        let found: Vec<_> = check(&test, source, &policies, &objects).into_iter().map(|found| found.message).collect();
        assert_eq!(
            found,
            [
                "no policy of this test is called `q`",
                "no rule of this test is called `frist`",
                "`pas` is not a value of `result`",
                "no object of this test is called `wep`",
                "the rule `first` is not about `port`",
                "unknown field `res` of a result",
            ]
        );
    }
}

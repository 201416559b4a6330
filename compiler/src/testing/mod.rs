//! Tests of policies: what is wrong with a test file before it is run, and the [assertion trees](assertion) of its checks.
//!
//! | module | what |
//! |---|---|
//! | [`folder`] | the files that a test names |
//! | `names` | what is in them, by name |
//! | `results` | the results that it expects |
//! | `values` | its values for variables |
//! | [`assertion`] | what its checks say |
//! | `fault` | what is told |

pub mod assertion;
mod fault;
pub mod folder;
mod names;
mod results;
mod values;

use dikast_grammar::yaml::{Entry, Node};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{self, Fields, suggest};
use assertion::Tree;
use fault::{NoTest, NothingTested, OldTest, UntypedTest};
use folder::{Folder, NamedFiles, named_by};
use names::Names;
use results::Results;

const API_VERSION: &str = "cli.kyverno.io/v1alpha1";

/// What is wrong with a document of a test file, and with the values in the files that it names.
pub fn check(document: &Node, source: &str, folder: &dyn Folder) -> Vec<Diagnostic> {
    let mut found = Diagnostics::new();
    if !is_test(document, &mut found) {
        model::check_fields(document, source, &mut found);
        return found.into_sorted();
    }
    if !model::is_within_bounds(document, &mut found) {
        return found.into_sorted();
    }
    model::check_test(document, source, &mut found);
    let files = Files::of(document, folder, &mut found);
    files.check_contents(&mut found);
    files.nothing_tested(&mut found);
    let names = TestNames {
        policies: Names::of_documents("policy", files.policies()),
        objects: Names::of_documents("object", files.objects()),
    };
    Results { files: &files, names: &names, folder }.check(&mut found);
    values::check(&files, &names, &mut found);
    assertions(document, &mut found);
    found.into_sorted()
}

/// Whether a document is a test, or is meant as one.
fn is_test(document: &Node, found: &mut Diagnostics) -> bool {
    let kind = document.entry("kind").filter(|entry| !entry.value.is_null());
    let version = document.entry("apiVersion").filter(|entry| !entry.value.is_null());
    let text = |entry: Option<&Entry>| entry.and_then(|entry| entry.value.as_str()).unwrap_or_default().to_owned();
    if ["Values", "Value", "UserInfo", "Context"].contains(&text(kind).as_str()) {
        return false;
    }
    let place = document.entries().first().map_or(document.span, |entry| entry.key.span());
    match (version, kind) {
        (None, None) if ["policies", "results"].iter().any(|field| document.get(field).is_some()) => {
            found.report(OldTest { span: place });
        }
        (None, None) => return false,
        _ => {
            for (field, entry, right) in [("apiVersion", version, API_VERSION), ("kind", kind, "Test")] {
                match entry {
                    None => found.report(UntypedTest { span: place, field, right }),
                    // Kyverno reads a test of any group.
                    Some(entry) if field == "apiVersion" && is_of_kyverno(entry) => {}
                    Some(entry) if entry.value.as_str() != Some(right) => {
                        found.report(NoTest { span: entry.value.span, what: "a test", field, right });
                    }
                    Some(_) => {}
                }
            }
        }
    }
    true
}

fn is_of_kyverno(version: &Entry) -> bool {
    let group = version.value.as_str().and_then(|text| text.split('/').next()).unwrap_or_default();
    ["cli.kyverno.io", "kyverno.io"].contains(&group)
}

/// What is wrong with the assertions of the checks.
fn assertions(document: &Node, found: &mut Diagnostics) {
    for check in document.list("checks") {
        let matched = ["resource", "policy", "rule"].map(|name| check.at(&["match", name]));
        let said = ["assert", "error"].map(|name| check.given(name));
        for node in matched.into_iter().chain(said).flatten().filter(|node| !node.is_null()) {
            Tree::read(node, found);
        }
    }
}

/// A test and the files that it names.
struct Files<'n> {
    test: &'n Node,
    policies: Vec<NamedFiles<'n>>,
    resources: Vec<NamedFiles<'n>>,
    targets: Vec<NamedFiles<'n>>,
    exceptions: Vec<NamedFiles<'n>>,
    variables: Vec<NamedFiles<'n>>,
    users: Vec<NamedFiles<'n>>,
    /// Whether there are policies of which nothing is known.
    more_policies: bool,
    /// Whether there are objects of which nothing is known.
    more_objects: bool,
}

impl<'n> Files<'n> {
    fn of(test: &'n Node, folder: &dyn Folder, found: &mut Diagnostics) -> Self {
        let mut named = |field| named_by(test, field, folder, found);
        let (policies, more_policies) = named("policies");
        let (resources, more_resources) = named("resources");
        let (targets, more_targets) = named("targetResources");
        named("clusterResources");
        Self {
            test,
            policies,
            resources,
            targets,
            exceptions: named("exceptions").0,
            variables: named("variables").0,
            users: named("userinfo").0,
            more_policies,
            more_objects: more_resources || more_targets,
        }
    }

    fn policies(&self) -> impl Iterator<Item = &Node> {
        self.policies.iter().flat_map(NamedFiles::objects).filter(|object| is_policy(object))
    }

    fn objects(&self) -> impl Iterator<Item = &Node> {
        self.resources.iter().chain(&self.targets).flat_map(NamedFiles::objects)
    }

    /// Looks whether the files hold what they are named for.
    fn check_contents(&self, found: &mut Diagnostics) {
        for file in &self.policies {
            file.expect("policy", is_policy, found);
        }
        for file in &self.resources {
            file.expect("object", |object| object.text("kind").is_some(), found);
        }
        for file in &self.exceptions {
            file.expect("PolicyException", |object| has_kind(object, "PolicyException"), found);
        }
        for (files, right) in [(&self.variables, "Values"), (&self.users, "UserInfo")] {
            files.iter().for_each(|file| expect_kind(file, right, found));
        }
        for file in self.variables.iter().chain(&self.users).flat_map(|named| &named.files) {
            for object in &file.objects {
                model::check_fields(object, &file.text, found);
            }
        }
    }

    fn nothing_tested(&self, found: &mut Diagnostics) {
        let is_given = |field: &str| self.test.entry(field).is_some();
        let span = self.test.entries().first().map_or(self.test.span, |entry| entry.key.span());
        let inputs = ["resources", "targetResources", "jsonPayload", "jsonPayloads", "httpPayloads", "envoyPayloads"];
        for (field, is_missing, effect) in [
            ("policies", !is_given("policies"), "without policies there is nothing to test"),
            ("results", !is_given("results") && !is_given("checks"), "nothing is tested; say what should come of it"),
            ("resources", !inputs.into_iter().any(is_given), "without objects the policies are applied to nothing"),
        ] {
            if is_missing {
                found.report(NothingTested { span, field, effect });
            }
        }
    }
}

/// Looks whether a file has a document of a kind; a slip in the kind is told of where it is.
fn expect_kind(file: &NamedFiles<'_>, right: &'static str, found: &mut Diagnostics) {
    let is_right = |object: &Node| has_kind(object, right) || right == "Values" && has_kind(object, "Value");
    let is_slip = |kind: &&Node| kind.as_str().is_some_and(|kind| suggest::closest(kind, [right]).is_some());
    match file.objects().filter_map(|object| object.get("kind")).find(is_slip) {
        Some(kind) if !file.objects().any(is_right) => {
            found.report(NoTest { span: kind.span, what: "such a file", field: "kind", right });
        }
        _ => file.expect(format!("document of kind `{right}`"), is_right, found),
    }
}

/// The policies and objects of a test by their names.
struct TestNames<'f> {
    policies: Names<'f>,
    objects: Names<'f>,
}

fn has_kind(document: &Node, kind: &str) -> bool {
    document.text("kind").is_some_and(|text| text.as_str() == kind)
}

/// Whether a document is a policy, of any group.
fn is_policy(document: &Node) -> bool {
    document.text("kind").is_some_and(|kind| kind.as_str().ends_with("Policy"))
}

fn name_of(document: &Node) -> Option<&str> {
    document.at(&["metadata", "name"]).and_then(Node::as_str)
}

/// The namespace of a document; what has none is in `default` where it needs one.
fn namespace_of(document: &Node) -> Option<&str> {
    document.at(&["metadata", "namespace"]).and_then(Node::as_str).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dikast_grammar::{FileId, yaml};

    use super::folder::{File, Named};
    use super::*;

    const POLICIES: &str = "
kind: ClusterPolicy
metadata: {name: p}
spec:
  rules:
    - {name: first, match: {any: [{resources: {kinds: [Pod]}}]}, validate: {}}
    - {name: second, match: {any: [{resources: {kinds: [Pod]}}]}, mutate: {}}
";
    const OBJECTS: &str = "
{kind: Deployment, metadata: {name: web}}
---
{kind: Service, metadata: {name: port, namespace: shop}}
";
    const VALUES: &str =
        "{kind: Values, policies: [{name: q}, {name: p, rules: [{name: fist}], resources: [{name: wep}]}]}";

    /// Files by their names.
    struct InMemory;

    impl Folder for InMemory {
        fn files(&self, path: &str) -> Named {
            let text = match path {
                "p.yaml" => POLICIES,
                "o.yaml" => OBJECTS,
                "v.yaml" => VALUES,
                "empty.yaml" => "",
                "bad.yaml" => return Named::Unreadable("this quote is never closed".to_owned()),
                path if path.contains("://") => return Named::Unknown,
                _ => return Named::Missing,
            };
            let objects = yaml::parse(FileId(1), text).into_objects();
            Named::Files(vec![Arc::new(File { text: text.into(), objects })])
        }
    }

    const HEAD: &str = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\npolicies: [p.yaml]\nresources: [o.yaml]\n";

    /// What is found, with its line.
    fn found(source: &str) -> Vec<String> {
        let document = yaml::parse(FileId(0), source).documents.remove(0);
        let line =
            |found: &Diagnostic| source[..(found.span.start as usize).min(source.len())].matches('\n').count() + 1;
        let found = check(&document, source, &InMemory).into_iter();
        found.map(|found| format!("{} {} {}", line(&found), found.code, found.message)).collect()
    }

    fn of_results(results: &str) -> Vec<String> {
        found(&format!("{HEAD}results:\n{results}"))
    }

    #[test]
    fn names_are_looked_up() {
        assert_eq!(
            of_results(
                "- {policy: p, rule: first, result: pass, kind: Deployment, resources: [web, default/web, shop/port]}\n\
                 - {policy: q, rule: first, result: pass, resources: [web]}\n\
                 - {policy: p, rule: frist, result: pas, resources: [wep, a/port]}\n\
                 - {policy: p, rule: autogen-first, result: skip, kind: Pod, resources: [web]}\n\
                 - {policy: p, res: pass, resources: [web]}\n"
            ),
            [
                "6 DK1102 the rule `first` is not about `shop/port`",
                "7 DK1101 no policy of this test is called `q`",
                "8 DK1101 no rule of this test is called `frist`",
                "8 DK0205 `pas` is not a value of `result`",
                "8 DK1101 no object of this test is called `wep`",
                "8 DK1101 no object of this test is called `a/port`",
                "9 DK1101 no object that this result names is a `Pod`",
                "10 DK0203 a result has no `result`",
                "10 DK0201 unknown field `res` of a result",
            ]
        );
    }

    #[test]
    fn results_are_held_against_each_other_and_their_rules() {
        assert_eq!(
            of_results(
                "- {policy: p, rule: first, result: pass, resources: [web]}\n\
                 - {policy: p, rule: first, result: pass, resources: [web]}\n\
                 - {policy: p, rule: first, result: fail, resources: [web]}\n\
                 - {policy: p, rule: first, result: fail, operation: DELETE, resources: [web]}\n\
                 - {policy: p, rule: first, result: skip, patchedResources: o.yaml, resources: [web]}\n\
                 - {policy: p, rule: second, result: pass, patchedResources: p.yaml, resources: [web]}\n\
                 - {policy: p, rule: second, result: pass, patchedResources: o.yaml, isMutatingPolicy: true, resources: [web]}\n\
                 - {policy: p, rule: second, result: pass, resources: [shop/port, web]}\n"
            ),
            [
                "7 DK1104 this result says again what another one says of `web`",
                "8 DK1105 `fail` contradicts the `pass` that another result expects of `web`",
                "10 DK1107 `patchedResources` has no effect here",
                "11 DK1101 `p.yaml` holds no `web`",
                "12 DK1107 `isMutatingPolicy` has no effect here",
                "13 DK1102 nothing says what `second` should make of the object",
                "13 DK1102 the rule `second` is not about `shop/port`",
            ]
        );
    }

    #[test]
    fn files_hold_what_they_are_named_for_and_are_used() {
        let named = |fields: &str| found(&format!("apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\n{fields}"));
        let results = "results: [{policy: p, rule: first, result: pass, resources: [web]}]\n";
        assert_eq!(
            named(&format!(
                "policies: [p.yaml, o.yaml]\nresources: [o.yaml, empty.yaml, https://a.b/c.yaml]\n{results}"
            )),
            ["3 DK1101 `o.yaml` holds no policy", "4 DK1101 `empty.yaml` holds no object"]
        );
        assert_eq!(
            named(&format!(
                "policies: [p.yaml]\nresources: [o.yaml, p.yaml]\nvariables: o.yaml\nexceptions: [bad.yaml]\n{results}"
            )),
            [
                "4 DK1106 no result is about an object of `p.yaml`",
                "5 DK1101 `o.yaml` holds no document of kind `Values`",
                "6 DK1101 the file `bad.yaml` cannot be read: this quote is never closed",
            ]
        );
        let of_values = named(&format!("policies: [p.yaml]\nresources: [o.yaml]\nvariables: v.yaml\n{results}"));
        let of_values: Vec<_> = of_values.iter().map(|found| found.rsplit(' ').next().unwrap()).collect();
        assert_eq!(of_values, ["`q`", "`fist`", "`wep`"]);
    }

    #[test]
    fn tests_are_known_by_their_kind() {
        let body = "policies: [p.yaml]\nresources: [o.yaml]\nresults: [{policy: p, result: pass, resources: [web]}]\n";
        assert_eq!(
            found(&format!("apiVersion: cli.kyvern.io/v1\nkind: Tests\n{body}")),
            ["1 DK0205 this is not the `apiVersion` of a test", "2 DK0205 this is not the `kind` of a test"]
        );
        assert_eq!(found(&format!("kind: Test\n{body}")), ["1 DK0203 the test has no `apiVersion`"]);
        assert_eq!(
            found(&format!("name: t\n{body}")),
            ["1 DK0901 the form of this test is deprecated", "1 DK0901 `name` is deprecated"]
        );
        assert_eq!(found("kind: Test\napiVersion: cli.kyverno.io/v1alpha1\n").len(), 3);
        assert_eq!(found("a: b"), Vec::<String>::new());
    }
}

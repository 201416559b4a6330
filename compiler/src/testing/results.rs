//! The results that a test expects.

use std::collections::{HashMap, HashSet};

use dikast_grammar::Span;
use dikast_grammar::kind::{KindSelector, plain_kind};
use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::wildcard;

use super::fault::{ContradictingResult, IgnoredField, NothingCompared, OtherKind, RepeatedResult, VacuousResult};
use super::folder::{Folder, NamedFiles, named_by};
use super::names::Names;
use super::{Files, TestNames, is_policy, name_of};
use crate::diagnostic::Diagnostics;
use crate::model::{Fields, suggest};

/// The kinds that autogen makes rules for.
const CONTROLLERS: &[&str] =
    &["DaemonSet", "Deployment", "Job", "StatefulSet", "ReplicaSet", "ReplicationController", "CronJob"];

/// Fields of a result that name files, and the part of a rule that they are about.
const RESULT_FILES: &[(&str, &str)] = &[
    ("patchedResources", "mutate"),
    ("patchedResource", "mutate"),
    ("generatedResource", "generate"),
    ("generatedResources", "generate"),
    ("cloneSourceResource", "generate"),
];

/// Fields of a result that are for policies of one kind.
const KIND_FLAGS: &[(&str, &str)] = &[
    ("isValidatingAdmissionPolicy", "ValidatingAdmissionPolicy"),
    ("isMutatingAdmissionPolicy", "MutatingAdmissionPolicy"),
    ("isValidatingPolicy", "ValidatingPolicy"),
    ("isImageValidatingPolicy", "ImageValidatingPolicy"),
    ("isGeneratingPolicy", "GeneratingPolicy"),
    ("isDeletingPolicy", "DeletingPolicy"),
    ("isMutatingPolicy", "MutatingPolicy"),
];

/// The results of a test, held against its files.
pub(super) struct Results<'f, 'n> {
    pub(super) files: &'f Files<'n>,
    pub(super) names: &'f TestNames<'f>,
    pub(super) folder: &'f dyn Folder,
}

/// How many objects a file has at most that each result is held against.
const MOST_PATCHED: usize = 1000;

/// What results are about, by which two of them are the same.
type Subject = Vec<String>;

/// The rules of policies, by the places of those.
type RulesOf<'f> = HashMap<Span, Names<'f>>;

impl Results<'_, '_> {
    pub(super) fn check(&self, found: &mut Diagnostics) {
        let mut before = HashMap::new();
        let policies = self.files.policies();
        let rules_of: RulesOf<'_> = policies.map(|policy| (policy.span, Names::of_rules(policy))).collect();
        for result in self.files.test.list("results") {
            self.result(result, &rules_of, found);
            repeated(result, &mut before, found);
        }
        self.unused(found);
    }

    fn result(&self, result: &Node, rules_of: &RulesOf<'_>, found: &mut Diagnostics) {
        let policy = result.text("policy").and_then(|name| self.policy(name, found));
        let rules = policy.and_then(|policy| rules_of.get(&policy.span));
        let rule = result.nonempty("rule").zip(rules).and_then(|(name, rules)| {
            let named = rules.rule(name.as_str());
            if named.is_none() && !rules.is_empty() {
                found.report(rules.unknown(name));
            }
            named
        });
        self.objects_of(result, rule, found);
        if let Some(rule) = rule.filter(|_| self.files.test.list("checks").is_empty()) {
            self.compares(result, rule, found);
        }
        if let Some(policy) = policy {
            flags(result, policy, found);
        }
        for &(field, part) in RESULT_FILES {
            self.files_of(result, field, part, rule, found);
        }
    }

    fn policy(&self, name: &Text, found: &mut Diagnostics) -> Option<&Node> {
        let own = name.as_str().rsplit('/').next().unwrap_or_default();
        let policy = self.names.policies.get(own).first().copied();
        if policy.is_none() && !self.files.more_policies {
            found.report(self.names.policies.unknown(name));
        }
        policy
    }

    fn objects_of(&self, result: &Node, rule: Option<&Node>, found: &mut Diagnostics) {
        let mut kinds = Vec::new();
        let mut all_known = !self.files.more_objects;
        let listed = result.texts("resources");
        for item in listed.iter().copied().chain(result.text("resource")) {
            let named = self.names.objects.objects(item.as_str());
            if named.is_empty() {
                all_known = false;
                if !self.names.objects.is_empty() && !self.files.more_objects {
                    found.report(self.names.objects.unknown(item));
                }
            }
            if let (Some(rule), Some(first)) = (rule, named.first())
                && !named.iter().any(|object| may_match(rule, object))
            {
                let text = |node: &Node, name| node.text(name).map(|text| text.as_str().to_owned()).unwrap_or_default();
                let (rule, object, kind) = (text(rule, "name"), item.as_str().to_owned(), text(first, "kind"));
                found.report(VacuousResult { span: item.span(), rule, object, kind });
            }
            kinds.extend(named.iter().filter_map(|object| object.text("kind")).map(Text::as_str));
        }
        if let Some(kind) = result.nonempty("kind")
            && let (true, Some(first)) = (all_known, kinds.first())
            && !kinds.contains(&kind.as_str())
        {
            let meant = suggest::closest(kind.as_str(), kinds.iter().copied()).unwrap_or(first);
            found.report(OtherKind { span: kind.span(), kind: kind.as_str().to_owned(), actual: meant.to_owned() });
        }
    }

    /// Looks whether a rule has a use for the files of a field, and whether they hold the objects that the result names.
    fn files_of(&self, result: &Node, field: &str, part: &str, rule: Option<&Node>, found: &mut Diagnostics) {
        let Some(entry) = result.entry(field).filter(|entry| !entry.value.is_null()) else { return };
        let (files, are_more) = named_by(result, field, self.folder, found);
        if let Some(rule) = rule
            && rule.get(part).is_none()
        {
            let why = format!("the rule does not {part} anything");
            return found.report(IgnoredField { span: entry.key.span(), field: field.to_owned(), why });
        }
        for file in &files {
            file.expect("object", |object| object.text("kind").is_some(), found);
        }
        let passes = result.text("result").or(result.text("status")).is_some_and(|text| text.as_str() == "pass");
        if part != "mutate" || are_more || !passes || files.iter().all(|file| file.objects().next().is_none()) {
            return;
        }
        let patched = || files.iter().flat_map(NamedFiles::objects);
        if patched().nth(MOST_PATCHED).is_some() {
            return;
        }
        let patched = Names::of_documents("object", patched());
        let names = result.texts("resources");
        let is_there = |name: &&&Text| !patched.objects(name.as_str()).is_empty();
        if let (None, Some(file)) = (names.iter().find(is_there), files.first())
            && !names.is_empty()
        {
            let objects: Vec<_> = names.iter().map(|name| format!("`{}`", name.as_str())).collect();
            file.expect(objects.join(" or "), |_| false, found);
        }
    }

    /// Looks whether a result of a rule that mutates or generates says what should come of it.
    fn compares(&self, result: &Node, rule: &Node, found: &mut Diagnostics) {
        let passes = result.text("result").or(result.text("status")).is_some_and(|text| text.as_str() == "pass");
        for (part, fields) in [
            ("mutate", ["patchedResources"].as_slice()),
            ("generate", ["generatedResource", "generatedResources"].as_slice()),
        ] {
            let of_part = || RESULT_FILES.iter().filter(|(_, of)| *of == part);
            if passes && rule.get(part).is_some() && !of_part().any(|(field, _)| result.given(field).is_some()) {
                let rule = rule.text("name").map(|name| name.as_str().to_owned()).unwrap_or_default();
                found.report(NothingCompared { span: result.span, rule, fields });
            }
        }
    }

    /// Tells of files that no result is about. A result that names nothing is about everything.
    fn unused(&self, found: &mut Diagnostics) {
        let results = self.files.test.list("results");
        if results.is_empty() || !self.files.test.list("checks").is_empty() {
            return;
        }
        let written =
            |field| results.iter().flat_map(move |result| result.texts(field).into_iter().chain(result.text(field)));
        let policies: HashSet<_> = written("policy").map(own_name).collect();
        let mut objects: HashSet<Span> = HashSet::new();
        for name in written("resources").chain(written("resource")) {
            objects.extend(self.names.objects.objects(own_name(name)).iter().map(|object| object.span));
        }
        for file in &self.files.policies {
            let is_used = |policy: &Node| name_of(policy).is_some_and(|name| policies.contains(name));
            if file.objects().any(is_policy) && !file.objects().any(is_used) {
                file.unused("a policy", found);
            }
        }
        let names_objects = |result: &Node| !result.list("resources").is_empty() || result.text("resource").is_some();
        // Where existing objects change, results name those, and not what sets the change off.
        if !results.iter().all(names_objects) || !self.files.targets.is_empty() {
            return;
        }
        for file in &self.files.resources {
            let is_used = file.objects().any(|object| objects.contains(&object.span));
            // Namespaces and the like say in what surroundings the others are.
            let is_object =
                |object: &Node| object.text("kind").is_some_and(|kind| !SURROUNDINGS.contains(&kind.as_str()));
            if !is_used && file.objects().any(is_object) {
                file.unused("an object", found);
            }
        }
    }
}

/// The name in a text that may name a namespace too.
fn own_name(written: &Text) -> &str {
    written.as_str().rsplit('/').next().unwrap_or_default()
}

/// Kinds that rules look up.
const SURROUNDINGS: &[&str] = &["Namespace", "ConfigMap"];

/// Looks whether results before this one are about the same.
fn repeated(result: &Node, before: &mut HashMap<Subject, (String, Span)>, found: &mut Diagnostics) {
    let Some(expected) = result.text("result").or(result.text("status")) else { return };
    let shown = |name: &str| {
        let texts = result.texts(name).into_iter().map(|text| text.as_str().to_owned());
        result.text(name).map(|text| text.as_str().to_owned()).into_iter().chain(texts).collect::<Vec<_>>().join("\0")
    };
    let fields = ["policy", "rule", "kind", "namespace", "operation"];
    let mut common: Subject = fields.into_iter().chain(RESULT_FILES.iter().map(|(name, _)| *name)).map(shown).collect();
    common.extend(KIND_FLAGS.iter().map(|(flag, _)| result.flag(flag, false).to_string()));
    let items: Vec<_> = result.texts("resources").into_iter().chain(result.text("resource")).collect();
    for item in &items {
        let mut subject = common.clone();
        subject.push(item.as_str().to_owned());
        let (object, text) = (item.as_str().to_owned(), expected.as_str().to_owned());
        // A result about one object is wrong as a whole.
        let span = if items.len() == 1 { result.span } else { item.span() };
        match before.get(&subject) {
            Some((other, first)) if *other == text => {
                found.report(RepeatedResult { span, object, first: *first });
            }
            Some((other, first)) => {
                found.report(ContradictingResult { span, object, result: text, other: other.clone(), first: *first })
            }
            None => {
                before.insert(subject, (text, item.span()));
            }
        }
    }
}

/// Looks at the fields that are for policies of another kind.
fn flags(result: &Node, policy: &Node, found: &mut Diagnostics) {
    let Some(kind) = policy.text("kind").map(Text::as_str) else { return };
    for (flag, of) in KIND_FLAGS {
        let is_other = !kind.ends_with(of) || kind == "ImageValidatingPolicy" && *of == "ValidatingPolicy";
        if let Some(entry) = result.entry(flag).filter(|entry| entry.value.as_bool() == Some(true) && is_other) {
            let why = format!("the policy is a `{kind}`, not a `{of}`");
            found.report(IgnoredField { span: entry.key.span(), field: (*flag).to_owned(), why });
        }
    }
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

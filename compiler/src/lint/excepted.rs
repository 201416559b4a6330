//! What exceptions name: policies and rules that are among the files.

use std::collections::{BTreeSet, HashMap, HashSet};

use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::wildcard;

use super::fault::{UnknownExceptedPolicy, UnknownExceptedRule};
use crate::diagnostic::Diagnostics;
use crate::model::{Fields, suggest};

/// How many names are compared with each other for an entry of an exception; nobody writes so many.
const MOST_COMPARED: usize = 1_000_000;

/// The policies of the files, by the names under which exceptions find them, and their rules.
#[derive(Debug, Default)]
pub(crate) struct ExceptedNames {
    /// Policies in CEL have no rules.
    rules: HashMap<String, BTreeSet<String>>,
    folders: HashSet<String>,
}

impl ExceptedNames {
    /// Takes a document in, if it is a policy. `file` is the name of its file.
    pub(crate) fn add(&mut self, document: &Node, file: &str) {
        let text = |node: &Node, name| node.text(name).map(|text| text.as_str().to_owned()).unwrap_or_default();
        let kind = text(document, "kind");
        // There are no exceptions from policies that delete.
        let is_policy = kind.ends_with("Policy") && !kind.contains("Cleanup") && !kind.contains("Deleting");
        let is_policy = is_policy && text(document, "apiVersion").contains("kyverno.io/");
        let Some(metadata) = document.given("metadata").filter(|_| is_policy) else { return };
        let (name, namespace) = (text(metadata, "name"), text(metadata, "namespace"));
        let name = if kind == "Policy" && !namespace.is_empty() { format!("{namespace}/{name}") } else { name };
        let rules = self.rules.entry(name).or_default();
        let written = document.given("spec").map(|spec| spec.list("rules")).unwrap_or_default();
        for name in written.iter().filter_map(|rule| rule.text("name")).map(Text::as_str) {
            // Which rules autogen makes is not asked here.
            rules.extend([name.to_owned(), format!("autogen-{name}"), format!("autogen-cronjob-{name}")]);
        }
        self.folders.insert(folder_of(file).to_owned());
    }

    /// Looks at what a document names, if it is an exception. Its policies may well be in other folders, which nobody has
    /// given: they are only missed where there are policies beside it, or one has almost this name.
    pub(crate) fn check(&self, document: &Node, file: &str, diagnostics: &mut Diagnostics) {
        let is_exception = document.text("kind").is_some_and(|kind| kind.as_str() == "PolicyException");
        let is_classic = document.text("apiVersion").is_some_and(|text| text.as_str().starts_with("kyverno.io/"));
        let Some(spec) = document.given("spec").filter(|_| is_exception && is_classic) else { return };
        for entry in spec.list("exceptions") {
            let Some(policy) = entry.nonempty("policyName") else { continue };
            let Some(rules) = self.rules.get(policy.as_str()) else {
                let meant = self.meant(policy.as_str());
                if meant.is_some() || self.folders.contains(folder_of(file)) {
                    let name = policy.as_str().to_owned();
                    diagnostics.report(UnknownExceptedPolicy { span: policy.span(), name, meant });
                }
                continue;
            };
            let named = entry.texts("ruleNames");
            if named.len().saturating_mul(rules.len()) > MOST_COMPARED {
                continue;
            }
            for rule in named {
                if !rules.is_empty() && !rules.iter().any(|known| wildcard::matches(rule.as_str(), known)) {
                    let meant = suggest::closest(rule.as_str(), rules.iter().map(String::as_str)).map(str::to_owned);
                    let (name, policy) = (rule.as_str().to_owned(), policy.as_str().to_owned());
                    diagnostics.report(UnknownExceptedRule { span: rule.span(), name, policy, meant });
                }
            }
        }
    }

    /// The policy that is meant: one of the same name in a namespace, or of a name that is close.
    fn meant(&self, name: &str) -> Option<String> {
        let own = name.rsplit('/').next().unwrap_or_default();
        let same = self.rules.keys().filter(|known| known.rsplit('/').next() == Some(own)).min();
        same.cloned().or_else(|| suggest::closest(name, self.rules.keys().map(String::as_str)).map(str::to_owned))
    }
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

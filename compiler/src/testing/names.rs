//! What a test's files hold, by name.

use std::cell::Cell;
use std::collections::HashMap;

use dikast_grammar::yaml::{Node, Text};

use super::fault::UnknownInTest;
use super::{name_of, namespace_of};
use crate::diagnostic::Diagnostic;
use crate::model::suggest;

/// For how many unknown names of a test it is looked up what is meant.
const MOST_SUGGESTIONS: usize = 100;

/// How many of the known names are shown where none is close.
const MOST_SHOWN: usize = 5;

/// Policies, rules or objects by their names.
pub(super) struct Names<'f> {
    what: &'static str,
    by_name: HashMap<&'f str, Vec<&'f Node>>,
    /// Objects whose names a server makes, by what those begin with.
    generated: Vec<(&'f str, &'f Node)>,
    suggestions: Cell<usize>,
}

impl<'f> Names<'f> {
    /// The names of documents. `what` is what they are, for messages.
    pub(super) fn of_documents(what: &'static str, documents: impl Iterator<Item = &'f Node>) -> Self {
        let mut names = Self::new(what);
        for document in documents {
            let prefix = || document.at(&["metadata", "generateName"]).and_then(Node::as_str);
            if let Some(name) = name_of(document) {
                names.by_name.entry(name).or_default().push(document);
            } else if let Some(prefix) = prefix() {
                names.generated.push((prefix, document));
            }
        }
        names
    }

    /// The names of the rules of a policy.
    pub(super) fn of_rules(policy: &'f Node) -> Self {
        let mut names = Self::new("rule");
        for rule in policy.at(&["spec", "rules"]).map(Node::items).unwrap_or_default() {
            if let Some(name) = rule.get("name").and_then(Node::as_str) {
                names.by_name.entry(name).or_default().push(rule);
            }
        }
        names
    }

    fn new(what: &'static str) -> Self {
        Self { what, by_name: HashMap::new(), generated: Vec::new(), suggestions: Cell::new(MOST_SUGGESTIONS) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty() && self.generated.is_empty()
    }

    /// What has a name.
    pub(super) fn get(&self, name: &str) -> &[&'f Node] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rule of a name, or the one that autogen made the rule of that name of.
    pub(super) fn rule(&self, name: &str) -> Option<&'f Node> {
        let made_of = name.strip_prefix("autogen-cronjob-").or_else(|| name.strip_prefix("autogen-"));
        std::iter::once(name).chain(made_of).find_map(|name| self.get(name).first().copied())
    }

    /// The objects of a name, written with or without a namespace; what has none is in `default`.
    pub(super) fn objects(&self, written: &str) -> Vec<&'f Node> {
        let (namespace, own) = written.split_once('/').map_or((None, written), |(space, own)| (Some(space), own));
        let is_there = |object: &&&Node| namespace.is_none_or(|of| namespace_of(object).unwrap_or("default") == of);
        let generated = self.generated.iter().filter(|(prefix, _)| own.starts_with(prefix)).map(|(_, object)| object);
        self.get(own).iter().chain(generated).filter(is_there).copied().collect()
    }

    /// The fault of a name that none of them has.
    pub(super) fn unknown(&self, name: &Text) -> Diagnostic {
        let (span, what, written) = (name.span(), self.what, name.as_str());
        let own = written.rsplit('/').next().unwrap_or_default();
        let meant = self.elsewhere(own).or_else(|| {
            let left = self.suggestions.get().checked_sub(1)?;
            self.suggestions.set(left);
            let names = self.by_name.keys().copied();
            suggest::closest(own, names).map(|meant| format!("{}{meant}", &written[..written.len() - own.len()]))
        });
        let mut known = Vec::new();
        if meant.is_none() && self.by_name.len() <= MOST_SHOWN {
            known.extend(self.by_name.keys().map(|name| (*name).to_owned()));
            known.sort_unstable();
        }
        UnknownInTest { span, what, name: written.to_owned(), meant, known, is_none: self.is_empty() }.into()
    }

    /// The same name with the namespace that its object has.
    fn elsewhere(&self, own: &str) -> Option<String> {
        let object = self.get(own).first()?;
        Some(namespace_of(object).map_or_else(|| own.to_owned(), |namespace| format!("{namespace}/{own}")))
    }
}

//! Policies that take each other's place.

use std::collections::HashMap;

use dikast_grammar::Span;
use dikast_grammar::yaml::Node;

use super::fault::RepeatedPolicy;
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

/// The names of the policies so far. Only those of one folder count as applied together: a library of policies has many
/// folders with forms of the same policy.
#[derive(Debug, Default)]
pub(crate) struct PolicyNames(HashMap<[String; 4], Span>);

impl PolicyNames {
    /// Looks whether a policy has the name of another. `file` is the name of its file.
    pub(crate) fn check(&mut self, document: &Node, file: &str, diagnostics: &mut Diagnostics) {
        let text = |node: &Node, name| node.text(name).map(|text| text.as_str().to_owned()).unwrap_or_default();
        let kind = text(document, "kind");
        let is_policy = (kind.ends_with("Policy") || kind == "GlobalContextEntry")
            && text(document, "apiVersion").contains("kyverno.io/");
        let Some(metadata) = document.given("metadata").filter(|_| is_policy && document.given("spec").is_some())
        else {
            return;
        };
        let Some(name) = metadata.text("name") else { return };
        let folder = file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder).to_owned();
        let key = [folder, kind.clone(), text(metadata, "namespace"), name.as_str().to_owned()];
        match self.0.get(&key) {
            Some(&first) => {
                diagnostics.report(RepeatedPolicy { span: name.span(), kind, name: name.as_str().to_owned(), first })
            }
            None => {
                self.0.insert(key, name.span());
            }
        }
    }
}

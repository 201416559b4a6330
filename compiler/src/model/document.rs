//! What a document is.

use dikast_grammar::yaml::Node;

use super::check::check_document;
use super::cleanup::Cleanup;
use super::exception::Exception;
use super::fault::{DeprecatedVersion, UnsupportedKind};
use super::global::GlobalEntry;
use super::node::Fields;
use super::policy::Policy;
use super::schema::cleanup::CLEANUP;
use super::schema::exception::EXCEPTION;
use super::schema::global::GLOBAL_ENTRY;
use super::schema::policy::POLICY;
use super::unrecognised;
use crate::diagnostic::Diagnostics;

/// A document, sorted by what it is.
#[derive(Clone, Debug)]
pub(crate) enum Document<'n> {
    /// A policy that can be used.
    Policy(Box<Policy<'n>>),
    /// A cleanup policy that can be used.
    Cleanup(Box<Cleanup<'n>>),
    /// An exception that can be used.
    Exception(Box<Exception<'n>>),
    /// An entry of the global context that can be used.
    GlobalEntry(GlobalEntry<'n>),
    /// A policy or exception that was reported and cannot be used.
    Refused,
    /// Something that is no policy: resources, lists, values.
    Other,
}

/// Sorts a document by its `apiVersion` and `kind`, checks it and reads it. `source` is the text of its file.
pub(crate) fn sort<'n>(node: &'n Node, source: &str, diagnostics: &mut Diagnostics) -> Document<'n> {
    let (Some(api_version), Some(kind)) = (node.text("apiVersion"), node.text("kind")) else {
        return sort_unrecognised(node, diagnostics);
    };
    let (group, version) = api_version.as_str().split_once('/').unwrap_or(("", api_version.as_str()));
    let before = diagnostics.errors_reported();
    let is_deprecated = match kind.as_str() {
        "PolicyException" | "CleanupPolicy" | "ClusterCleanupPolicy" => version == "v2beta1",
        "GlobalContextEntry" => version == "v2alpha1",
        _ => false,
    };
    if group == "kyverno.io" && is_deprecated {
        diagnostics
            .report(DeprecatedVersion { span: api_version.span(), api_version: api_version.as_str().to_owned() });
    }
    match (group, version, kind.as_str()) {
        ("kyverno.io", "v1" | "v2beta1", "ClusterPolicy" | "Policy") => {
            let refused_by_server = check_document(node, &POLICY, source, diagnostics);
            let is_read = diagnostics.errors_reported() == before;
            refused_by_server.into_iter().for_each(|fault| diagnostics.report(fault));
            if is_read && let Some(policy) = Policy::read(node, diagnostics) {
                return Document::Policy(Box::new(policy));
            }
            Document::Refused
        }
        ("kyverno.io", "v2" | "v2beta1", "PolicyException") => {
            let refused_by_server = check_document(node, &EXCEPTION, source, diagnostics);
            let is_read = diagnostics.errors_reported() == before;
            refused_by_server.into_iter().for_each(|fault| diagnostics.report(fault));
            if is_read && let Some(exception) = Exception::read(node) {
                return Document::Exception(Box::new(exception));
            }
            Document::Refused
        }
        ("kyverno.io", "v2" | "v2beta1", "CleanupPolicy" | "ClusterCleanupPolicy") => {
            let refused_by_server = check_document(node, &CLEANUP, source, diagnostics);
            let is_read = diagnostics.errors_reported() == before;
            refused_by_server.into_iter().for_each(|fault| diagnostics.report(fault));
            if is_read && let Some(cleanup) = Cleanup::read(node) {
                return Document::Cleanup(Box::new(cleanup));
            }
            Document::Refused
        }
        ("kyverno.io", "v2" | "v2beta1" | "v2alpha1", "GlobalContextEntry") => {
            let refused_by_server = check_document(node, &GLOBAL_ENTRY, source, diagnostics);
            let entry = GlobalEntry::read(node);
            entry.iter().for_each(|entry| entry.check(diagnostics));
            let is_read = diagnostics.errors_reported() == before;
            refused_by_server.into_iter().for_each(|fault| diagnostics.report(fault));
            match entry.filter(|_| is_read) {
                Some(entry) => Document::GlobalEntry(entry),
                None => Document::Refused,
            }
        }
        _ if unrecognised::is_unsupported(group, kind.as_str()) => {
            diagnostics.report(UnsupportedKind {
                span: kind.span(),
                kind: kind.as_str().to_owned(),
                api_version: api_version.as_str().to_owned(),
            });
            Document::Refused
        }
        _ => sort_unrecognised(node, diagnostics),
    }
}

/// A document that is no policy, perhaps by mistake.
fn sort_unrecognised<'n>(node: &Node, diagnostics: &mut Diagnostics) -> Document<'n> {
    if unrecognised::report(node, diagnostics) || unrecognised::report_list(node, diagnostics) {
        return Document::Refused;
    }
    Document::Other
}

//! What a document is.

use dikast_grammar::yaml::Node;

use super::check::check_document;
use super::cleanup::Cleanup;
use super::exception::Exception;
use super::fault::{DeprecatedVersion, UnsupportedKind};
use super::global::GlobalEntry;
use super::node::Fields;
use super::policy::Policy;
use super::repair::Damaged;
use super::schema::ObjectShape;
use super::schema::cleanup::CLEANUP;
use super::schema::exception::EXCEPTION;
use super::schema::global::GLOBAL_ENTRY;
use super::schema::policy::POLICY;
use super::size::is_within_bounds;
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
    /// A policy or exception that was reported and cannot be used. What can be read of it can be checked.
    Damaged(Box<Damaged>),
    /// A policy or exception that was reported and of which nothing can be read.
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
    let is_deprecated = match kind.as_str() {
        "PolicyException" | "CleanupPolicy" | "ClusterCleanupPolicy" => version == "v2beta1",
        "GlobalContextEntry" => version == "v2alpha1",
        _ => false,
    };
    if group == "kyverno.io" && is_deprecated {
        diagnostics
            .report(DeprecatedVersion { span: api_version.span(), api_version: api_version.as_str().to_owned() });
    }
    let Some(known) = Known::named(api_version.as_str(), kind.as_str()) else {
        if unrecognised::is_unsupported(group, kind.as_str()) {
            diagnostics.report(UnsupportedKind {
                span: kind.span(),
                kind: kind.as_str().to_owned(),
                api_version: api_version.as_str().to_owned(),
            });
            return Document::Refused;
        }
        return sort_unrecognised(node, diagnostics);
    };
    if !is_within_bounds(node, diagnostics) {
        return Document::Refused;
    }
    let before = diagnostics.errors_reported();
    let compared = check_document(node, known.shape(), source, diagnostics);
    let is_whole = diagnostics.errors_reported() == before;
    compared.refused_by_server.into_iter().for_each(|fault| diagnostics.report(fault));
    match is_whole {
        true => known.read(node, diagnostics),
        false => Document::Damaged(Box::new(compared.repairs.repaired(node))),
    }
}

/// Reads what is left of a document with faults; nothing when that is too little.
pub(crate) fn read_damaged<'n>(damaged: &'n Damaged, diagnostics: &mut Diagnostics) -> Document<'n> {
    let node = &damaged.node;
    let named = node.text("apiVersion").zip(node.text("kind"));
    let known = named.and_then(|(api_version, kind)| Known::named(api_version.as_str(), kind.as_str()));
    known.map_or(Document::Refused, |known| known.read(node, diagnostics))
}

/// The kinds of documents that are read.
#[derive(Clone, Copy)]
enum Known {
    Policy,
    Exception,
    Cleanup,
    GlobalEntry,
}

impl Known {
    fn named(api_version: &str, kind: &str) -> Option<Self> {
        let (group, version) = api_version.split_once('/')?;
        match (group, version, kind) {
            ("kyverno.io", "v1" | "v2beta1", "ClusterPolicy" | "Policy") => Some(Self::Policy),
            ("kyverno.io", "v2" | "v2beta1", "PolicyException") => Some(Self::Exception),
            ("kyverno.io", "v2" | "v2beta1", "CleanupPolicy" | "ClusterCleanupPolicy") => Some(Self::Cleanup),
            ("kyverno.io", "v2" | "v2beta1" | "v2alpha1", "GlobalContextEntry") => Some(Self::GlobalEntry),
            _ => None,
        }
    }

    fn shape(self) -> &'static ObjectShape {
        match self {
            Self::Policy => &POLICY,
            Self::Exception => &EXCEPTION,
            Self::Cleanup => &CLEANUP,
            Self::GlobalEntry => &GLOBAL_ENTRY,
        }
    }

    fn read<'n>(self, node: &'n Node, diagnostics: &mut Diagnostics) -> Document<'n> {
        let read = match self {
            Self::Policy => Policy::read(node, diagnostics).map(|policy| Document::Policy(Box::new(policy))),
            Self::Exception => Exception::read(node).map(|exception| Document::Exception(Box::new(exception))),
            Self::Cleanup => Cleanup::read(node).map(|cleanup| Document::Cleanup(Box::new(cleanup))),
            Self::GlobalEntry => GlobalEntry::read(node).map(Document::GlobalEntry),
        };
        read.unwrap_or(Document::Refused)
    }
}

/// A document that is no policy, perhaps by mistake.
fn sort_unrecognised<'n>(node: &Node, diagnostics: &mut Diagnostics) -> Document<'n> {
    if unrecognised::report(node, diagnostics) || unrecognised::report_list(node, diagnostics) {
        return Document::Refused;
    }
    Document::Other
}

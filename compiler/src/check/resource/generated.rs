//! Objects that rules name beyond the request: those to generate, their sources, those to change.

use dikast_grammar::Span;
use dikast_grammar::kind::KindSelector;
use dikast_grammar::yaml::{Node, Text};

use super::fault::{CopyOfItself, DroppedStatus, NeededNamespace, NeedlessNamespace, NoSource, NotNamed, WrongValue};
use super::overlay::Manner;
use super::{Checker, subject};
use crate::model::{Fields, MatchBlock, MutateAction};
use crate::schema::graph::Kind;
use crate::schema::{Format, TypeId};

/// The group whose objects may have other names.
const ROLES: &str = "rbac.authorization.k8s.io";

impl<'a> Checker<'a, '_> {
    /// What is generated: its kind, its name and namespace, its source, its fields.
    /// `place` is where that begins, when it is not an entry of a list.
    pub(super) fn generated(&mut self, node: &Node, place: Option<Span>) {
        let head = node.entries().first().map_or(node.span, |entry| entry.key.span());
        if let Some(kinds) = node.at(&["cloneList", "kinds"]) {
            for entry in kinds.items().iter().filter_map(Node::as_text).filter(|text| !text.as_str().contains("{{")) {
                let found = self.schemas.find(entry.as_str());
                subject::report(entry, &found, false, self.schemas, &mut self.findings);
            }
            self.namespace(node);
            return;
        }
        self.source(node, place.unwrap_or(head));
        let kind = self.named_kind(node);
        self.object_name(node.get("name").and_then(Node::as_text), kind);
        self.namespace(node);
        let Some(kind) = kind else { return };
        let name = self.graph().name(kind.kind).to_owned();
        match node.entry("namespace").filter(|entry| !entry.value.is_null() && entry.value.as_str() != Some("")) {
            Some(entry) if !kind.is_namespaced => {
                self.findings.report(NeedlessNamespace { span: entry.key.span(), kind: name });
            }
            None if kind.is_namespaced => {
                let span = node.text("kind").map_or(head, Text::span);
                self.findings.report(NeededNamespace { span, kind: name });
            }
            _ => {}
        }
        if let Some(entry) = node.entry("data").filter(|entry| !entry.value.is_null()) {
            self.complete(&entry.value, &[kind.ty], entry.key.span());
            self.overlay(&entry.value, &[kind.ty], "the object", Manner::Whole);
        }
    }

    /// Whether something says what is generated, and whether that is another object.
    fn source(&mut self, node: &Node, place: Span) {
        let Some(clone) = node.entry("clone").filter(|entry| !entry.value.is_null()) else {
            // An object without any data is one too; most kinds have nothing that Kubernetes would fill in.
            let is_plain = |kind: &str| matches!(kind, "Namespace" | "ServiceAccount") || kind.contains("{{");
            let has_source = ["data", "cloneList", "foreach"].iter().any(|name| node.given(name).is_some());
            if !has_source && !node.text("kind").is_some_and(|kind| is_plain(kind.as_str())) {
                self.findings.report(NoSource { span: place });
            }
            return;
        };
        let (key, clone) = (clone.key.span(), &clone.value);
        if clone.nonempty("name").is_none() {
            self.findings.report(NotNamed { span: key, owner: "`clone`", field: "name" });
        }
        let same = |name: &str| {
            let text = |node: &Node| node.nonempty(name).map(|text| text.as_str().to_owned());
            text(node) == text(clone)
        };
        if same("name") && same("namespace") && node.nonempty("name").is_some() {
            self.findings.report(CopyOfItself { span: key });
        }
        self.object_name(clone.get("name").and_then(Node::as_text), None);
        self.namespace(clone);
    }

    /// What is said of an object to change.
    pub(super) fn target(&mut self, node: &Node, kind: Option<&Kind>) {
        let place = node.entries().first().map_or(node.span, |entry| entry.key.span());
        for field in ["apiVersion", "kind"] {
            if node.nonempty(field).is_none() {
                self.findings.report(NotNamed { span: place, owner: "the target", field });
            }
        }
        let namespace =
            node.entry("namespace").filter(|entry| entry.value.as_str().is_some_and(|text| !text.is_empty()));
        if let (Some(entry), Some(kind)) = (namespace, kind.filter(|kind| !kind.is_namespaced)) {
            let kind = self.graph().name(kind.kind).to_owned();
            self.findings.report(NeedlessNamespace { span: entry.key.span(), kind });
        }
        self.object_name(node.get("name").and_then(Node::as_text), kind);
        self.namespace(node);
    }

    /// Tells of a status that is written with an object whose status is a subresource.
    pub(super) fn status(&mut self, matching: &MatchBlock<'_>, action: &MutateAction<'_>) {
        let MutateAction::Merge(overlay) = action else { return };
        let Some(entry) = overlay.entry("status") else { return };
        let mut kinds = matching.filters.iter().flat_map(|filter| &filter.kinds);
        if !kinds.all(|kind| KindSelector::parse(kind.as_str()).subresource.is_empty()) {
            return;
        }
        let graph = self.graph();
        let has_status = |kind: &&Kind| kind.subresources.iter().any(|(name, _)| graph.name(*name) == "status");
        let dropped = |ty: &TypeId| graph.kinds().iter().filter(has_status).find(|kind| kind.ty == *ty);
        let found: Option<Vec<&Kind>> = self.subject.iter().map(dropped).collect();
        if let Some(kind) = found.and_then(|kinds| kinds.first().copied()) {
            let kind = graph.name(kind.kind).to_owned();
            self.findings.report(DroppedStatus { span: entry.key.span(), kind });
        }
    }

    /// Tells of a name that no object can have, wildcards aside. Without a kind it is one of few that may have other names.
    fn object_name(&mut self, name: Option<&Text>, kind: Option<&Kind>) {
        let Some(name) = name.filter(|name| !self.is_variable(name)) else { return };
        let is_free = kind.is_some_and(|kind| self.graph().name(kind.group) == ROLES);
        let format = if is_free { Format::Name } else { Format::Subdomain };
        self.named(name, "name", format);
    }

    fn namespace(&mut self, node: &Node) {
        if let Some(namespace) = node.text("namespace").filter(|namespace| !self.is_variable(namespace)) {
            self.named(namespace, "namespace", Format::DnsLabel);
        }
    }

    fn named(&mut self, text: &Text, field: &str, format: Format) {
        if !format.is_like(text.as_str()) {
            let expected = format.words().to_owned();
            let found = format!("the text `{text}`");
            let (field, span) = (field.to_owned(), text.span());
            self.findings.report(WrongValue { span, field, expected, found, help: None, fixed: None });
        }
    }
}

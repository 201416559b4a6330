//! The policies and rules of a document.

use dikast_compiler::policy_schema;
use dikast_grammar::yaml::Node;
use lsp_types::{DocumentSymbol, SymbolKind};

use crate::meaning::document_kind;
use crate::syntax;
use crate::text::Text;

/// The policies and exceptions, with their rules below them.
pub(crate) fn symbols(text: &Text) -> Vec<DocumentSymbol> {
    let documents = syntax::parse(text.as_str(), None);
    documents.iter().filter_map(|document| policy(document, text)).collect()
}

fn policy(document: &Node, text: &Text) -> Option<DocumentSymbol> {
    document_kind(Some(document))?;
    let kind = document.get("kind")?.as_str()?;
    policy_schema::document(kind)?;
    let rules = document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
    let rules: Vec<_> = rules.iter().filter_map(|rule| self::rule(rule, text)).collect();
    let name = document.at(&["metadata", "name"]);
    Some(symbol(document, name, SymbolKind::MODULE, kind, rules, text))
}

fn rule(rule: &Node, text: &Text) -> Option<DocumentSymbol> {
    const BODIES: [&str; 4] = ["validate", "mutate", "generate", "verifyImages"];
    let name = rule.get("name")?;
    let body = BODIES.into_iter().find(|body| rule.get(body).is_some()).unwrap_or_default();
    let entries = rule.get("context").map(Node::items).unwrap_or_default();
    let entries = entries.iter().filter_map(|entry| {
        let name = entry.get("name")?;
        Some(symbol(entry, Some(name), SymbolKind::VARIABLE, "context", Vec::new(), text))
    });
    Some(symbol(rule, Some(name), SymbolKind::FUNCTION, body, entries.collect(), text))
}

#[allow(deprecated, reason = "the protocol's struct has a deprecated field that must be given")]
fn symbol(
    node: &Node,
    name: Option<&Node>,
    kind: SymbolKind,
    detail: &str,
    children: Vec<DocumentSymbol>,
    text: &Text,
) -> DocumentSymbol {
    let range = |node: &Node| text.range(node.span.start as usize..node.span.end as usize);
    let shown = name.and_then(Node::as_str).filter(|name| !name.trim().is_empty());
    // The protocol wants the name's place within the whole.
    let selection = name.filter(|name| node.span.start <= name.span.start && name.span.end <= node.span.end);
    DocumentSymbol {
        name: shown.unwrap_or("(no name)").to_owned(),
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
        kind,
        tags: None,
        deprecated: None,
        range: range(node),
        selection_range: range(selection.unwrap_or(node)),
        children: (!children.is_empty()).then_some(children),
    }
}

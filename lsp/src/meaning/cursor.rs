//! A place in an open document, with all that is asked about it.

use dikast_compiler::policy_schema::Object;
use dikast_grammar::yaml::Node;
use lsp_types::Position;

use super::{Meaning, Scope, document_kind, meaning_of, scope};
use crate::syntax::{self, Expression, Place};
use crate::text::Text;

/// A place in a document.
#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    /// The text.
    pub(crate) text: &'t Text,
    /// The byte.
    pub(crate) at: usize,
    /// Where it stands.
    pub(crate) place: Place,
    nodes: Vec<Node>,
}

impl<'t> Cursor<'t> {
    /// The place in a text as it is.
    pub(crate) fn on(text: &'t Text, position: Position) -> Self {
        Self::new(text, position, None)
    }

    /// The place in a text that is being typed just there.
    pub(crate) fn typing(text: &'t Text, position: Position) -> Self {
        Self::new(text, position, Some(()))
    }

    fn new(text: &'t Text, position: Position, typing: Option<()>) -> Self {
        let at = text.offset(position);
        let place = Place::of(text.as_str(), at);
        Self { text, at, place, nodes: syntax::parse(text.as_str(), typing.map(|()| at)) }
    }

    /// The rule around it, its loops and what can be named.
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope::at(&self.nodes, self.text.as_str(), &self.place, self.at)
    }

    /// The schema of the document, if it is one of Kyverno's.
    pub(crate) fn schema(&self) -> Option<Object> {
        document_kind(scope::document(&self.nodes, &self.place))
    }

    /// What its path leads to in the schema of the document.
    pub(crate) fn meaning(&self) -> Option<Meaning> {
        meaning_of(self.schema()?, &self.place.path)
    }

    /// The expression that it stands in.
    pub(crate) fn expression(&self) -> Option<Expression> {
        self.schema()?;
        syntax::expression_at(self.text.as_str(), &self.place, self.at)
    }

    /// The text of a field in the nearest object around the place that has it.
    pub(crate) fn beside(&self, field: &str) -> Option<&str> {
        let mut node = scope::document(&self.nodes, &self.place)?;
        let mut found = node.get(field);
        for step in &self.place.path {
            let Some(inner) = scope::enter(node, step, self.text.as_str(), self.at) else { break };
            node = inner;
            found = node.get(field).or(found);
        }
        found?.as_str()
    }

    /// The value that its path leads to, as far as it can be read.
    pub(crate) fn value(&self) -> Option<&Node> {
        let document = scope::document(&self.nodes, &self.place)?;
        let text = self.text.as_str();
        self.place.path.iter().try_fold(document, |node, step| scope::enter(node, step, text, self.at))
    }
}

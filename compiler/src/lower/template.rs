//! Texts with variables, as the parts of a policy need them.

use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::Value;

use super::expression::Templates;
use super::fault::BracesAroundExpression;
use super::{Lowering, Scope};
use crate::ir::{ExprId, NameId};

impl Lowering<'_> {
    /// What lowers texts in a scope.
    pub(super) fn templates<'s>(&'s mut self, scope: &'s Scope) -> Templates<'s> {
        Templates {
            builder: self.builder,
            diagnostics: Some(self.diagnostics),
            entries: &scope.entries,
            loops: scope.loops,
            has_target: scope.target,
            is_open: scope.is_open,
        }
    }

    /// A document in which references and variables are replaced, keys included. `path` is its place in the document
    /// that is substituted.
    pub(super) fn document(&mut self, node: &Node, scope: &Scope, path: &str) -> ExprId {
        self.templates(scope).document(node, path)
    }

    /// A document whose references are replaced already.
    pub(super) fn variables(&mut self, node: &Node, scope: &Scope, path: &str) -> ExprId {
        self.templates(scope).variables(node, path)
    }

    /// A text whose references are replaced already.
    pub(super) fn template(&mut self, text: &Text, scope: &Scope, path: &str) -> ExprId {
        self.templates(scope).text(text, path)
    }

    /// A bare expression that is asked of the context.
    pub(super) fn query_of_context(&mut self, text: &Text, scope: &Scope) -> ExprId {
        self.templates(scope).query(text)
    }

    /// A bare expression that is asked of a value; entries cannot be named in it. Nothing when it does not parse.
    pub(crate) fn query_of_value(&mut self, text: &Text) -> Option<ExprId> {
        self.templates(&Scope::default()).query_of_value(text)
    }

    /// The list of a loop and its text.
    pub(super) fn loop_list(&mut self, list: Option<&Text>, scope: &Scope) -> (ExprId, NameId) {
        let Some(list) = list else {
            return (self.builder.value(Value::Null, None), self.builder.name(""));
        };
        let written = list.as_str();
        let text = self.builder.name(written);
        let Some(expression) = written.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else {
            return (self.query_of_context(list, scope), text);
        };
        let start = written.len() - written.trim_start().len();
        let span = list.span_of(start..start + written.trim().len());
        let expression = expression.trim().to_owned();
        self.diagnostics.report(BracesAroundExpression { span, expression });
        // It does not parse, which needs no second finding.
        (Templates { diagnostics: None, ..self.templates(scope) }.query(list), text)
    }
}

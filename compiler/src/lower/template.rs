//! Texts with variables.

use dikast_grammar::yaml::{Node, NodeValue, Text};
use dikast_stdlib::Value;

use super::constant::value_of;
use super::fault::BracesAroundExpression;
use super::pattern::{has_template, is_template};
use super::{Lowering, Scope};
use crate::ir::{EntryId, Expr, ExprId, NameId};

impl Lowering<'_> {
    /// A text in which variables are replaced. `path` is its place in the document that is substituted.
    pub(super) fn template(&mut self, text: &Text, scope: &Scope, path: &str) -> ExprId {
        let span = Some(text.span());
        let template = self.builder.text(text.as_str(), span);
        if !is_template(text.as_str()) {
            return template;
        }
        let path = self.builder.name(path);
        self.builder.push(Expr::Expand { template, scope: visible(scope), path }, span)
    }

    /// A document in which variables are replaced, keys included. Parsing bounds how deeply documents nest.
    pub(super) fn document(&mut self, node: &Node, scope: &Scope, path: &str) -> ExprId {
        let span = Some(node.span);
        if !has_template(node) {
            return self.builder.value(value_of(node), span);
        }
        match &node.value {
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {
                self.builder.value(value_of(node), span)
            }
            NodeValue::Text(text) => self.template(text, scope, path),
            NodeValue::List(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.document(item, scope, &format!("{path}/{index}"))).collect();
                self.builder.push(Expr::List(items), span)
            }
            NodeValue::Map(entries) => {
                let mut members = Vec::with_capacity(entries.len());
                for entry in entries {
                    let key = self.key(&entry.key, scope, path);
                    let path = format!("{path}/{}", entry.key.as_str().replace('/', "\\/"));
                    members.push((key, self.document(&entry.value, scope, &path)));
                }
                self.builder.push(Expr::Object(members), span)
            }
        }
    }

    fn key(&mut self, key: &Text, scope: &Scope, path: &str) -> ExprId {
        let of = self.template(key, scope, path);
        if !is_template(key.as_str()) {
            return of;
        }
        let written = self.name(key);
        self.builder.push(Expr::Key { of, written }, Some(key.span()))
    }

    /// A bare expression that is asked of the context.
    pub(super) fn query_of_context(&mut self, text: &Text, scope: &Scope) -> ExprId {
        let span = Some(text.span());
        let expression = self.builder.text(text.as_str(), span);
        self.builder.push(Expr::Query { text: expression, scope: visible(scope) }, span)
    }

    /// A bare expression that is asked of a value; entries cannot be named in it.
    pub(super) fn query_of_value(&mut self, text: &Text) -> ExprId {
        self.query_of_context(text, &Scope::default())
    }

    /// The list of a loop and its text.
    pub(super) fn loop_list(&mut self, list: Option<&Text>, scope: &Scope) -> (ExprId, NameId) {
        let Some(list) = list else {
            return (self.builder.value(Value::Null, None), self.builder.name(""));
        };
        let written = list.as_str();
        if let Some(expression) = written.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) {
            let start = written.len() - written.trim_start().len();
            let span = list.span_of(start..start + written.trim().len());
            let expression = expression.trim().to_owned();
            self.diagnostics.report(BracesAroundExpression { span, expression });
        }
        (self.query_of_context(list, scope), self.builder.name(written))
    }
}

fn visible(scope: &Scope) -> Vec<EntryId> {
    scope.entries.iter().map(|&(_, entry)| entry).collect()
}

//! Texts and documents with variables.

use dikast_grammar::template::{Form, Piece, Template};
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use super::super::constant::value_of;
use super::Templates;
use super::fault::StrayBraces;
use super::reference::{self, Numbers};
use crate::ir::{Builder, Expr, ExprId, Shape, Type};

/// How many faults of its variables are told of one text.
const MOST_FAULTS: usize = 50;

impl Templates<'_> {
    /// A document in which references and then variables are replaced, in texts and keys. `path` is its place in the
    /// whole that Kyverno substitutes; messages show it, and `{{@}}` depends on it.
    pub fn document(&mut self, node: &Node, path: &str) -> ExprId {
        match reference::resolve(node, Numbers::AsWritten) {
            Ok(None) => self.variables(node, path),
            Ok(Some(node)) => self.variables(&node, path),
            Err(fault) => {
                let failure = self.builder.fail(&fault.message, Some(fault.span));
                self.report(|| fault);
                failure
            }
        }
    }

    /// A document whose references are replaced already. Parsing bounds how deeply documents nest.
    pub fn variables(&mut self, node: &Node, path: &str) -> ExprId {
        if !has_braces(node) {
            return self.builder.value(value_of(node), Some(node.span));
        }
        match &node.value {
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => {
                self.builder.value(value_of(node), Some(node.span))
            }
            NodeValue::Text(text) => self.text(text, path),
            NodeValue::List(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.variables(item, &format!("{path}/{index}"))).collect();
                self.builder.push(Expr::List(items), Some(node.span))
            }
            NodeValue::Map(entries) => {
                let mut members: Vec<_> = entries.iter().map(|entry| self.member(entry, path)).collect();
                // Of two equal keys the one that substitution made wins.
                members.sort_by_key(|&(is_renamed, ..)| is_renamed);
                let members = members.into_iter().map(|(_, name, value)| (name, value)).collect();
                self.builder.push(Expr::Object(members), Some(node.span))
            }
        }
    }

    fn member(&mut self, entry: &Entry, path: &str) -> (bool, ExprId, ExprId) {
        let key = entry.key.as_str();
        let name = self.key(&entry.key, path);
        let value = self.variables(&entry.value, &format!("{path}/{}", key.replace('/', "\\/")));
        let is_renamed = self.builder.as_constant(name).is_none_or(|name| name.as_text() != Some(key));
        (is_renamed, name, value)
    }

    /// A key. Kyverno substitutes it at the place of the object that it belongs to.
    fn key(&mut self, key: &Text, path: &str) -> ExprId {
        let of = self.text(key, path);
        if self.builder.as_constant(of).is_some_and(|name| name.as_text().is_some()) {
            return of;
        }
        let written = self.builder.name(key.as_str());
        self.builder.push(Expr::Key { of, written }, Some(key.span()))
    }

    /// A text whose references are replaced already.
    pub fn text(&mut self, text: &Text, path: &str) -> ExprId {
        let template = Template::parse(text.as_str());
        self.report_stray_braces(&template, text);
        match &template.form {
            Form::Constant(constant) => self.builder.text(constant, Some(text.span())),
            Form::Value(_) | Form::Text(_) | Form::Open if self.is_open => {
                // Lowered for its mistakes only: which entries it names shows when it runs.
                let mut builder = Builder::new();
                let diagnostics = self.diagnostics.as_deref_mut();
                Templates { builder: &mut builder, diagnostics, ..*self }.fixed_form(&template, text, path);
                self.expansion(text, path)
            }
            Form::Value(_) | Form::Text(_) | Form::Open => {
                self.fixed_form(&template, text, path).unwrap_or_else(|| self.expansion(text, path))
            }
        }
    }

    /// Braces that begin no variable are an open one most of the time, or one whose expression nests braces too deeply.
    fn report_stray_braces(&mut self, template: &Template, text: &Text) {
        if template.is_cut_short() || template.variables.is_empty() && template.form == Form::Open {
            return;
        }
        let written = text.as_str();
        let mut variables: Vec<_> = template.variables.iter().map(|variable| variable.range.clone()).collect();
        variables.sort_unstable_by_key(|range| range.start);
        let (mut begun, mut end) = (variables.iter().peekable(), 0);
        let stray = written.match_indices("{{").filter(|&(at, _)| {
            while let Some(range) = begun.next_if(|range| range.start <= at) {
                end = end.max(range.end);
            }
            at >= end && !written.get(..at).is_some_and(|before| before.ends_with(['\\', '{']))
        });
        for (at, braces) in stray.take(MOST_FAULTS) {
            self.report(|| StrayBraces { span: text.span_of(at..at + braces.len()) });
        }
    }

    /// The text substituted at run time.
    fn expansion(&mut self, text: &Text, path: &str) -> ExprId {
        let template = self.builder.text(text.as_str(), Some(text.span()));
        let scope = self.entries.iter().map(|&(_, entry)| entry).collect();
        let path = self.builder.name(path);
        self.builder.push(Expr::Expand { template, scope, path }, Some(text.span()))
    }

    /// The expression of a text whose form does not depend on what its variables give, or not as long as they give what is
    /// expected.
    fn fixed_form(&mut self, template: &Template, text: &Text, path: &str) -> Option<ExprId> {
        let mut guards: Vec<(ExprId, Shape)> = Vec::new();
        let mut values = Vec::with_capacity(template.variables.len());
        let told = self.diagnostics.as_ref().map_or(0, |diagnostics| diagnostics.errors_reported());
        for variable in &template.variables {
            let now_told = self.diagnostics.as_ref().map_or(0, |diagnostics| diagnostics.errors_reported());
            if now_told - told > MOST_FAULTS {
                // The text is an error, whatever else is in it.
                return None;
            }
            let is_plain = variable.expression.iter().all(|piece| matches!(piece, Piece::Text { .. }));
            let value = if is_plain {
                self.plain_variable(variable, text, path)
            } else {
                let (value, shapes) = self.nested_variable(variable, &values, text, path)?;
                guards.extend(shapes);
                value
            };
            values.push(value);
        }
        let value = |index: &usize| values.get(*index).copied();
        let (main, whole) = match &template.form {
            Form::Value(index) => (self.value_and_within(value(index)?, text, path), Some(*index)),
            Form::Text(pieces) => (self.pieces(pieces, &values, text, path)?, None),
            Form::Constant(_) | Form::Open => return None,
        };
        guards.extend(template.followed.iter().filter_map(value).map(|value| (value, Shape::Filled)));
        let shallow = template.variables.iter().enumerate();
        let shallow = shallow.filter(|(index, variable)| variable.is_shallow && Some(*index) != whole);
        guards.extend(shallow.filter_map(|(index, _)| value(&index)).map(|value| (value, Shape::TextOrNull)));
        guards.dedup();
        if guards.is_empty() {
            return Some(main);
        }
        let otherwise = self.expansion(text, path);
        Some(self.builder.push(Expr::Shortcut { guards, then: main, otherwise }, Some(text.span())))
    }

    /// The value of a variable that is the whole text. Kyverno walks on into a list or object.
    fn value_and_within(&mut self, value: ExprId, text: &Text, path: &str) -> ExprId {
        if is_scalar(&self.builder.program().expr(value).ty) {
            return value;
        }
        let scope = self.entries.iter().map(|&(_, entry)| entry).collect();
        let path = self.builder.name(path);
        self.builder.push(Expr::ExpandWithin { of: value, scope, path }, Some(text.span()))
    }

    fn pieces(&mut self, pieces: &[Piece], values: &[ExprId], text: &Text, path: &str) -> Option<ExprId> {
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                Piece::Text { text: part, range } => self.builder.text(part, Some(text.span_of(range.clone()))),
                Piece::Variable(index) => values.get(*index).copied()?,
            });
        }
        let otherwise = Some(self.expansion(text, path));
        Some(self.builder.push(Expr::Text { parts, otherwise }, Some(text.span())))
    }
}

fn is_scalar(ty: &Type) -> bool {
    match ty {
        Type::Null | Type::Bool | Type::Number | Type::Text => true,
        Type::OneOf(types) => types.iter().all(is_scalar),
        Type::Any | Type::List(_) | Type::Object(_) => false,
    }
}

/// Whether a variable, or an escaped one, may stand anywhere in a document, keys included.
fn has_braces(node: &Node) -> bool {
    match &node.value {
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
        NodeValue::Text(text) => text.as_str().contains("{{"),
        NodeValue::List(items) => items.iter().any(has_braces),
        NodeValue::Map(entries) => {
            entries.iter().any(|entry| entry.key.as_str().contains("{{") || has_braces(&entry.value))
        }
    }
}

//! Compares a document with its schema.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use super::fault::{
    DeprecatedField, EmptyField, ExclusiveFields, InvalidName, MissingChoice, MissingField, OutOfRange,
    PlainConditions, UnknownField, UnknownValue, WrongType,
};
use super::schema::context::{ANY_ALL, CONDITION};
use super::schema::form::Form;
use super::schema::{Constraint, Field, ObjectShape, Shape};
use super::{moves, suggest};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Reports everything in which `node` differs from `shape`, and gives what does not keep it from being used: names and
/// numbers that an API server refuses, though nothing else does. `source` is the text of its file.
#[must_use]
pub(super) fn check_document(
    node: &Node,
    shape: &'static ObjectShape,
    source: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Diagnostic> {
    let mut checker = Checker { diagnostics, refused_by_server: Vec::new(), source, ancestors: Vec::new() };
    checker.object("the document", node, shape, head(node));
    checker.refused_by_server
}

/// The first line of a node, or of its first key: where a fault of the whole object is shown.
fn head(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key.span())
}

struct Checker<'d> {
    diagnostics: &'d mut Diagnostics,
    refused_by_server: Vec<Diagnostic>,
    source: &'d str,
    /// The objects around the one that is checked, the document first.
    ancestors: Vec<&'static ObjectShape>,
}

impl Checker<'_> {
    /// `field` names the node in messages; `place` is where a fault of the node as a whole is shown.
    fn value(&mut self, field: &str, node: &Node, shape: &Shape, place: Span) {
        match (shape, &node.value) {
            (Shape::Any, _) | (_, NodeValue::Null) => {}
            (Shape::Text, NodeValue::Text(_)) | (Shape::Bool, NodeValue::Bool(_)) | (Shape::Int, NodeValue::Int(_)) => {
            }
            (Shape::Form(form), NodeValue::Text(text)) => self.form(text, form),
            (&Shape::IntIn(low, high), &NodeValue::Int(number)) => {
                if !(low..=high).contains(&number) {
                    let fault = OutOfRange { span: node.span, field: field.to_owned(), number, low, high };
                    self.refused_by_server.push(fault.into());
                }
            }
            (Shape::Choice(choices), NodeValue::Text(text)) => {
                if !choices.contains(&text.as_str()) {
                    self.diagnostics.report(UnknownValue {
                        span: text.span_of(0..text.as_str().len()),
                        field: field.to_owned(),
                        value: text.as_str().to_owned(),
                        choices,
                        meant: suggest::closest(text.as_str(), choices.iter().copied()),
                    });
                }
            }
            (Shape::List(item), NodeValue::List(items)) => {
                for node in items {
                    self.value(field, node, item, head(node));
                }
            }
            (Shape::MapOf(value), NodeValue::Map(entries)) => {
                for entry in entries {
                    self.value(entry.key.as_str(), &entry.value, value, entry.key.span());
                }
            }
            (Shape::Object(object), NodeValue::Map(_)) => self.object(field, node, object, place),
            (Shape::Conditions, NodeValue::Map(_)) => self.object(field, node, &ANY_ALL, place),
            (Shape::Conditions, NodeValue::List(conditions)) => {
                self.diagnostics.report(PlainConditions { span: place });
                for condition in conditions {
                    self.value(field, condition, &Shape::Object(&CONDITION), head(condition));
                }
            }
            (Shape::Text | Shape::Choice(_) | Shape::Form(_), _) => {
                self.wrong_type(field, node, shape, text_advice(field, node))
            }
            (Shape::Bool, _)
            | (Shape::Int | Shape::IntIn(..), _)
            | (Shape::List(_), _)
            | (Shape::MapOf(_), _)
            | (Shape::Object(_), _)
            | (Shape::Conditions, _) => self.wrong_type(field, node, shape, None),
        }
    }

    fn form(&mut self, text: &Text, form: &'static Form) {
        if let Some(problem) = (form.problem)(text.as_str()) {
            let shown: String = text.as_str().chars().take(70).collect();
            let fault = InvalidName { span: text.span(), text: shown, title: form.title, problem };
            self.refused_by_server.push(fault.into());
        }
    }

    fn wrong_type(&mut self, field: &str, node: &Node, shape: &Shape, advice: Option<&'static str>) {
        let written = self.source.get(node.span.start as usize..node.span.end as usize);
        let (found, quoted) = match (&node.value, written) {
            (NodeValue::List(_), _) => ("a list".to_owned(), None),
            (NodeValue::Map(_), _) => ("an object".to_owned(), None),
            (NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_), Some(written)) => {
                let quoted = matches!(shape, Shape::Text | Shape::Form(_)).then(|| format!("\"{written}\""));
                (format!("the {} `{written}`", node.type_name()), quoted)
            }
            _ => ("text".to_owned(), None),
        };
        self.diagnostics.report(WrongType {
            span: node.span,
            field: field.to_owned(),
            expected: shape.expected(),
            found,
            advice,
            quoted,
        });
    }

    fn object(&mut self, field: &str, node: &Node, shape: &'static ObjectShape, place: Span) {
        let Some(entries) = node.as_map() else {
            return self.wrong_type(field, node, &Shape::Object(shape), None);
        };
        self.ancestors.push(shape);
        // A misspelt field is one mistake: the right one is not also missed.
        let mut meant = Vec::new();
        for entry in entries {
            match shape.field(entry.key.as_str()) {
                Some(field) => self.field(node, entry, field),
                None => meant.extend(self.unknown_field(entry, shape)),
            }
        }
        self.ancestors.pop();
        let missed = |name: &str| given(node, name).is_none() && !meant.contains(&name);
        for field in shape.fields.iter().filter(|field| field.required && missed(field.name)) {
            self.diagnostics.report(MissingField {
                span: place,
                owner: shape.title,
                field: field.name,
                doc: field.doc,
            });
        }
        for constraint in shape.constraints {
            self.constraint(node, shape, constraint, &meant, place);
        }
    }

    fn field(&mut self, owner: &Node, entry: &Entry, field: &'static Field) {
        if let Some(advice) = field.successor {
            let fix = moves::fix(owner, entry, self.source);
            self.diagnostics.report(DeprecatedField { span: entry.key.span(), field: field.name, advice, fix });
        }
        if let Some(effect) = field.when_empty.filter(|_| is_empty(&entry.value)) {
            self.diagnostics.report(EmptyField { span: entry.key.span(), field: field.name, effect });
        }
        self.value(field.name, &entry.value, &field.shape, entry.key.span());
    }

    /// Gives the field that is meant, if one of them resembles it.
    fn unknown_field(&mut self, entry: &Entry, owner: &'static ObjectShape) -> Option<&'static str> {
        let written = entry.key.as_str();
        let meant = suggest::closest(written, owner.fields.iter().map(|field| field.name));
        self.diagnostics.report(UnknownField {
            span: entry.key.span(),
            field: written.to_owned(),
            owner: owner.title,
            meant,
            belongs: self.home(written, owner),
        });
        meant
    }

    /// Where a field of this name belongs: in the object around, in one or two levels below, or further out. Deprecated
    /// fields are no place to send anyone.
    fn home(&self, name: &str, owner: &'static ObjectShape) -> Option<String> {
        let has = |object: &ObjectShape| object.field(name).is_some_and(|field| field.successor.is_none());
        let mut around = self.ancestors.iter().rev().skip(1).filter(|object| has(object));
        let parent = self.ancestors.iter().rev().nth(1).is_some_and(|parent| has(parent));
        let below = (!parent).then(|| path_below(owner, &has)).flatten();
        below.map(|path| format!("under `{path}`")).or_else(|| Some(format!("in {}", around.next()?.title)))
    }

    fn constraint(
        &mut self,
        node: &Node,
        shape: &'static ObjectShape,
        constraint: &Constraint,
        meant: &[&str],
        place: Span,
    ) {
        let (names, needed) = match constraint {
            Constraint::AllUnless { fields, unless } => {
                if !unless.iter().any(|name| given(node, name).is_some() || meant.contains(name)) {
                    let missed = fields.iter().filter(|name| given(node, name).is_none() && !meant.contains(name));
                    for field in missed.filter_map(|name| shape.field(name)) {
                        let (field, doc) = (field.name, field.doc);
                        self.diagnostics.report(MissingField { span: place, owner: shape.title, field, doc });
                    }
                }
                return;
            }
            Constraint::Form(name, form) => {
                if let Some(text) = given(node, name).and_then(|entry| entry.value.as_text()) {
                    self.form(text, form);
                }
                return;
            }
            Constraint::AtMostOne(names) => (names, false),
            Constraint::ExactlyOne(names) => (names, !names.iter().any(|name| meant.contains(name))),
        };
        let mut present = names.iter().filter_map(|&name| given(node, name).map(|entry| (name, entry.key.span())));
        match present.next() {
            Some((first, first_span)) => {
                for (second, span) in present {
                    self.diagnostics.report(ExclusiveFields { span, first, second, first_span });
                }
            }
            None if needed => {
                let is_current = |name: &&str| shape.field(name).is_none_or(|field| field.successor.is_none());
                let current: Vec<_> = names.iter().copied().filter(is_current).collect();
                let left_empty = names.iter().find_map(|name| node.entry(name));
                let (span, owner) = (left_empty.map_or(place, |entry| entry.key.span()), shape.title);
                match current.first().and_then(|name| shape.field(name)).filter(|_| current.len() == 1) {
                    Some(&Field { name: field, doc, .. }) => {
                        self.diagnostics.report(MissingField { span, owner, field, doc });
                    }
                    None => {
                        let fields = suggest::alternatives(&current);
                        self.diagnostics.report(MissingChoice { span, owner, fields });
                    }
                }
            }
            None => {}
        }
    }
}

/// The nearest object with a property, one or two levels below another.
fn path_below(owner: &'static ObjectShape, has: &dyn Fn(&ObjectShape) -> bool) -> Option<String> {
    let child = children(owner).find(|(_, object)| has(object)).map(|(field, _)| field.to_owned());
    child.or_else(|| {
        children(owner).find_map(|(outer, object)| {
            let (inner, _) = children(object).find(|(_, object)| has(object))?;
            Some(format!("{outer}.{inner}"))
        })
    })
}

/// The fields of an object that hold objects and are not deprecated.
fn children(owner: &'static ObjectShape) -> impl Iterator<Item = (&'static str, &'static ObjectShape)> {
    let current = owner.fields.iter().filter(|field| field.successor.is_none());
    current.filter_map(|field| Some((field.name, field.shape.object()?)))
}

/// Whether a field is there with nothing in it.
fn is_empty(node: &Node) -> bool {
    match &node.value {
        NodeValue::Null => true,
        NodeValue::List(items) => items.is_empty(),
        NodeValue::Map(entries) => entries.is_empty(),
        NodeValue::Text(text) => text.as_str().trim().is_empty(),
        NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
    }
}

/// A field that is there and not null.
fn given<'n>(node: &'n Node, name: &str) -> Option<&'n Entry> {
    node.entry(name).filter(|entry| !entry.value.is_null())
}

/// A JSON patch is text in Kyverno, which is easily forgotten.
fn text_advice(field: &str, node: &Node) -> Option<&'static str> {
    (field == "patchesJson6902" && node.as_list().is_some())
        .then_some("write the list as a block of text: put `|-` after the colon")
}

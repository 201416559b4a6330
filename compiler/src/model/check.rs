//! Compares a document with its schema.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};

use super::fault::{
    DeprecatedField, EmptyField, ExclusiveFields, Instead, InvalidName, MissingChoice, MissingField, OutOfRange,
    PlainConditions, UnknownField, UnknownValue, WrongType,
};
use super::repair::{Repair, Repairs};
use super::schema::context::{ANY_ALL, CONDITION};
use super::schema::form::Form;
use super::schema::{Constraint, Field, ObjectShape, Shape};
use super::{moves, suggest};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// What came of the comparison, beside what was reported.
pub(super) struct Compared {
    /// What does not keep the document from being used: names and numbers that an API server refuses, though nothing
    /// else does.
    pub(super) refused_by_server: Vec<Diagnostic>,
    /// What it takes to read the document all the same.
    pub(super) repairs: Repairs,
}

/// Reports everything in which `node` differs from `shape`. `source` is the text of its file.
#[must_use]
pub(super) fn check_document(
    node: &Node,
    shape: &'static ObjectShape,
    source: &str,
    diagnostics: &mut Diagnostics,
) -> Compared {
    let compared = Compared { refused_by_server: Vec::new(), repairs: Repairs::default() };
    let mut checker = Checker { diagnostics, compared, source, ancestors: Vec::new() };
    checker.object("the document", node, shape, head(node));
    checker.compared
}

/// The first line of a node, or of its first key: where a fault of the whole object is shown.
fn head(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key.span())
}

struct Checker<'d> {
    diagnostics: &'d mut Diagnostics,
    compared: Compared,
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
                    self.compared.refused_by_server.push(fault.into());
                }
            }
            (Shape::Choice(choices), NodeValue::Text(text)) => {
                if !choices.contains(&text.as_str()) {
                    let meant = suggest::closest(text.as_str(), choices.iter().copied());
                    let repair = meant.map_or(Repair::Drop, |meant| Repair::AsText(meant.to_owned()));
                    self.compared.repairs.note(node.span, repair);
                    self.diagnostics.report(UnknownValue {
                        span: text.span_of(0..text.as_str().len()),
                        field: field.to_owned(),
                        value: text.as_str().to_owned(),
                        choices,
                        meant,
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
                self.wrong_type(field, node, shape, text_advice(field, node), place)
            }
            (Shape::Bool, _)
            | (Shape::Int | Shape::IntIn(..), _)
            | (Shape::List(_), _)
            | (Shape::MapOf(_), _)
            | (Shape::Object(_), _)
            | (Shape::Conditions, _) => self.wrong_type(field, node, shape, None, place),
        }
    }

    fn form(&mut self, text: &Text, form: &'static Form) {
        if let Some(problem) = (form.problem)(text.as_str()) {
            let shown: String = text.as_str().chars().take(70).collect();
            let fault = InvalidName { span: text.span(), text: shown, title: form.title, problem };
            self.compared.refused_by_server.push(fault.into());
        }
    }

    fn wrong_type(&mut self, field: &str, node: &Node, shape: &Shape, advice: Option<&'static str>, place: Span) {
        let written = self.source.get(node.span.start as usize..node.span.end as usize);
        let found = match (&node.value, written) {
            (NodeValue::List(_), _) => "a list".to_owned(),
            (NodeValue::Map(_), _) => "an object".to_owned(),
            (NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_), Some(written)) => {
                format!("the {} `{written}`", node.type_name())
            }
            _ => "text".to_owned(),
        };
        let instead = written.and_then(|written| as_expected(node, shape, written));
        let advice = advice.or(match (shape, &node.value) {
            (Shape::List(_), NodeValue::Map(_)) => Some("begin each item with `- `"),
            (Shape::Object(_), NodeValue::List(items)) if items.len() == 1 => {
                Some("there is only one: write it without `- `")
            }
            _ => None,
        });
        let repair = match (shape, &node.value) {
            (Shape::List(_), NodeValue::Map(_) | NodeValue::Text(_)) => Repair::Wrap,
            (Shape::Text | Shape::Form(_), NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_)) => {
                Repair::AsText(written.unwrap_or_default().to_owned())
            }
            _ => Repair::Drop,
        };
        self.compared.repairs.note(node.span, repair);
        // What begins on a line below is not what is wrong: the field is.
        let is_block = matches!(node.value, NodeValue::List(_) | NodeValue::Map(_))
            && written.is_some_and(|written| !written.starts_with(['[', '{']));
        self.diagnostics.report(WrongType {
            span: if is_block { place } else { node.span },
            field: field.to_owned(),
            expected: shape.expected(),
            found,
            advice,
            instead,
        });
    }

    fn object(&mut self, field: &str, node: &Node, shape: &'static ObjectShape, place: Span) {
        let Some(entries) = node.as_map() else {
            return self.wrong_type(field, node, &Shape::Object(shape), None, place);
        };
        self.ancestors.push(shape);
        // A misspelt field is one mistake: the right one is not also missed.
        let mut meant = Vec::new();
        for entry in entries {
            match shape.field(entry.key.as_str()) {
                Some(field) => self.field(node, entry, field),
                None => meant.extend(self.unknown_field(node, entry, shape)),
            }
        }
        self.ancestors.pop();
        let missed = |name: &str| given(node, name).is_none() && !meant.contains(&name);
        for field in shape.fields.iter().filter(|field| field.required && missed(field.name)) {
            self.compared.repairs.note(place, Repair::Missed);
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
    fn unknown_field(&mut self, object: &Node, entry: &Entry, owner: &'static ObjectShape) -> Option<&'static str> {
        let written = entry.key.as_str();
        let meant = suggest::closest(written, owner.fields.iter().map(|field| field.name));
        let free = meant.filter(|meant| object.get(meant).is_none());
        self.compared.repairs.note(entry.key.span(), free.map_or(Repair::Drop, Repair::Rename));
        // One edit away is nearer than any other place.
        let is_near = meant.is_some_and(|meant| suggest::is_one_edit_from(written, meant));
        let belongs = (!is_near).then(|| self.home(written, owner)).flatten();
        let (span, field) = (entry.key.span(), written.to_owned());
        self.diagnostics.report(UnknownField { span, field, owner: owner.title, meant, belongs });
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
                        self.compared.repairs.note(place, Repair::Missed);
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
                self.compared.repairs.note(place, Repair::Missed);
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

/// A value as the shape takes it, where that is only a matter of how it is written.
fn as_expected(node: &Node, shape: &Shape, written: &str) -> Option<Instead> {
    let is_plain = !written.contains(['\n', '{', '[', '"', '\'', '#']);
    match (shape, &node.value) {
        (Shape::Text | Shape::Form(_), NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_)) => {
            Some(Instead { kind: "text", text: format!("\"{written}\"") })
        }
        (Shape::List(Shape::Text | Shape::Choice(_)), NodeValue::Text(_)) if is_plain => {
            Some(Instead { kind: "a list", text: format!("[{written}]") })
        }
        (Shape::Bool, NodeValue::Text(text)) if matches!(text.as_str(), "true" | "false") => {
            Some(Instead { kind: "a truth value", text: text.as_str().to_owned() })
        }
        _ => None,
    }
}

/// A JSON patch is text in Kyverno, which is easily forgotten.
fn text_advice(field: &str, node: &Node) -> Option<&'static str> {
    (field == "patchesJson6902" && node.as_list().is_some())
        .then_some("write the list as a block of text: put `|-` after the colon")
}

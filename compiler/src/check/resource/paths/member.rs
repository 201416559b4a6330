//! What members and variables give, and those that are not there.

use std::rc::Rc;

use dikast_grammar::Span;

use super::{Bound, Paths, Scope};
use crate::check::kinds::Kinds;
use crate::check::resource::Findings;
use crate::check::resource::fault::{NoRequest, UnknownMember};
use crate::check::resource::lookup::{self, Missing};
use crate::check::resource::shape::Shape;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::NameId;
use crate::model::suggest;
use crate::schema::{Type, TypeId};

/// A member, and where it is asked for.
struct Asked<'n> {
    name: &'n str,
    span: Option<Span>,
}

impl Paths<'_> {
    /// A member whose name is not known.
    pub(super) fn any_member(&self, of: &Shape) -> Shape {
        let types = match of {
            Shape::Typed(types) => types,
            Shape::Written(members) => {
                return members.iter().map(|(_, shape)| shape.clone()).reduce(Shape::or).unwrap_or(Shape::Unknown);
            }
            _ => return Shape::Unknown,
        };
        let values = types.iter().map(|ty| match self.graph().ty(*ty) {
            Type::Map(value) => Some(*value),
            _ => None,
        });
        values.collect::<Option<Vec<_>>>().map_or(Shape::Unknown, |values| Shape::typed(self.graph(), values))
    }

    pub(super) fn member(&self, of: &Shape, name: NameId, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let Some(text) = self.program.names.get(name.index()) else { return Shape::Unknown };
        let asked = Asked { name: text, span: bound.span };
        let subject = || Shape::Typed(Rc::clone(&self.subject));
        match of {
            Shape::Context => self.variable(name, text, bound.scope),
            Shape::Request if !self.has_request && &**text != "namespace" => {
                if let Some(span) = bound.span {
                    findings.report(NoRequest { span, name: text.to_string() });
                }
                Shape::Unknown
            }
            Shape::Request if matches!(&**text, "object" | "oldObject") => subject(),
            Shape::Request => self.typed_member(&[self.schemas.request().request], &asked, &[], findings),
            Shape::Typed(types) => {
                let is_of_request = types.iter().all(|ty| self.schemas.request().has(*ty));
                let root = if is_of_request { &[] } else { &*self.subject };
                self.typed_member(types, &asked, root, findings)
            }
            Shape::Object(members) => self.written_member(members, &asked, findings),
            Shape::List(_) => {
                if let Some(span) = bound.span {
                    findings.report(UnknownMember { span, name: text.to_string(), missing: Missing::InList });
                }
                Shape::Unknown
            }
            Shape::Written(members) => {
                let found = members.iter().find(|(member, _)| **member == **text);
                found.map_or(Shape::Unknown, |(_, shape)| shape.clone())
            }
            Shape::Unknown | Shape::Plain(_) | Shape::SomeObject => Shape::Unknown,
        }
    }

    fn typed_member(&self, types: &[TypeId], asked: &Asked<'_>, root: &[TypeId], findings: &mut Findings<'_>) -> Shape {
        let Asked { name, span } = *asked;
        match lookup::field(self.graph(), types, name) {
            Some(found) => {
                if let Some(span) = span {
                    findings.lacked_by_some(self.graph(), types, name, span, root);
                }
                Shape::typed(self.graph(), found)
            }
            None => {
                if let Some(span) = span {
                    let missing = findings.missing(self.graph(), types, name, root);
                    // A test's values may add to `request` what no cluster has.
                    let is_literal = matches!(name, "null" | "true" | "false");
                    let is_added = types == [self.schemas.request().request] && missing.meant().is_none();
                    let mut finding = Diagnostic::from(UnknownMember { span, name: name.to_owned(), missing });
                    if is_literal {
                        // It gives null, which may do.
                        finding.help = Some(format!("the value is written `{name}` in backticks"));
                    }
                    if is_added || is_literal {
                        finding.severity = Severity::Warning;
                    }
                    findings.report(finding);
                }
                Shape::Unknown
            }
        }
    }

    /// A member of an object that an expression made, or of the answer of an API call.
    fn written_member(&self, members: &[(String, Shape)], asked: &Asked<'_>, findings: &mut Findings<'_>) -> Shape {
        let Asked { name, span } = *asked;
        if let Some((_, shape)) = members.iter().rev().find(|(member, _)| *member == name) {
            return shape.clone();
        }
        if let Some(span) = span {
            let meant = suggest::closest(name, members.iter().map(|(member, _)| member.as_str())).map(str::to_owned);
            let missing = Missing::NoField { owner: None, meant, belongs: None, known: Vec::new() };
            findings.report(UnknownMember { span, name: name.to_owned(), missing });
        }
        Shape::Unknown
    }

    fn variable(&self, name: NameId, text: &str, scope: &Scope) -> Shape {
        if let Some((_, shape)) = scope.entries.iter().rev().find(|(entry, _)| *entry == name) {
            return shape.clone();
        }
        match text {
            "request" => Shape::Request,
            "images" => Shape::Typed([self.schemas.request().images].into()),
            "serviceAccountName" | "serviceAccountNamespace" => Shape::Plain(Kinds::TEXT),
            "target" => scope.target.clone(),
            "element" => scope.elements.last().cloned().unwrap_or(Shape::Unknown),
            "elementIndex" => Shape::Plain(Kinds::NUMBER),
            _ => match text.strip_prefix("element").and_then(|level| level.parse::<usize>().ok()) {
                Some(level) => scope.elements.get(level).cloned().unwrap_or(Shape::Unknown),
                None => Shape::Unknown,
            },
        }
    }
}

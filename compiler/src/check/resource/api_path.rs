//! What API calls answer.

use std::rc::Rc;

use dikast_grammar::Span;
use dikast_grammar::template::find_variables;

use super::Findings;
use super::fault::{UnknownGroup, UnknownResource};
use super::shape::Shape;
use crate::schema::api_path::Answer;
use crate::schema::{Schemas, TypeId};

/// The shape of what the API server answers at a path, whose variables may be anything without a slash; for one that was
/// written at `span`.
pub(super) fn answer(path: &str, span: Option<Span>, schemas: &Schemas, findings: &mut Findings<'_>) -> Shape {
    let mut covered = path.to_owned();
    for variable in find_variables(path).into_iter().rev() {
        covered.replace_range(variable.start..variable.end, OPEN);
    }
    let path = covered.split_once('?').map_or(covered.as_str(), |(path, _)| path);
    let Some(path) = path.strip_prefix('/') else { return Shape::Unknown };
    let steps: Vec<Option<&str>> = path.split('/').map(|step| (!step.contains(OPEN)).then_some(step)).collect();
    match schemas.answer_at(&steps) {
        Answer::Object(ty) => object(schemas, ty),
        list @ (Answer::List(_) | Answer::AnyList) => {
            let items = match list {
                Answer::List(ty) => Shape::List(Rc::new(object(schemas, ty))),
                _ => Shape::Unknown,
            };
            let text = Shape::Plain(crate::check::kinds::Kinds::TEXT);
            let members =
                [("apiVersion", text.clone()), ("kind", text), ("metadata", Shape::Unknown), ("items", items)];
            Shape::Object(members.map(|(name, shape)| (name.to_owned(), shape)).into())
        }
        Answer::NoGroup { meant, named } => {
            if let Some(span) = span {
                findings.report(UnknownGroup { span, named, meant });
            }
            Shape::Unknown
        }
        Answer::NoResource { meant, api_version } => {
            if let Some(span) = span {
                findings.report(UnknownResource { span, api_version: api_version.to_owned(), meant });
            }
            Shape::Unknown
        }
        Answer::Unknown => Shape::Unknown,
    }
}

/// Stands for a variable; no path has it.
const OPEN: &str = "\u{0}";

fn object(schemas: &Schemas, ty: TypeId) -> Shape {
    Shape::typed(schemas.graph(), vec![ty])
}

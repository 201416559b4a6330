//! What context entries give, and the queries of entries whose text holds variables.

use std::rc::Rc;

use dikast_grammar::template::find_variables;

use super::{Paths, Scope};
use crate::check::resource::fault::ImpossibleName;
use crate::check::resource::shape::Shape;
use crate::check::resource::{Findings, api_path};
use crate::ir::{Entry, EntryQuery, EntrySource, Written};
use crate::lower::expression::lower_query;
use crate::schema::Format;

/// Stands for a variable; no name has it.
const COVER: &str = "\u{fffd}";

impl Paths<'_> {
    /// The shape of a context entry.
    pub(in crate::check::resource) fn entry(
        &mut self,
        entry: &Entry,
        scope: &Scope,
        findings: &mut Findings<'_>,
    ) -> Shape {
        let has_default = match &entry.source {
            EntrySource::Variable { default, .. } => default.is_some(),
            EntrySource::ApiCall(call) => call.default.is_some(),
            _ => false,
        };
        let is_for_some = findings.is_for_some;
        findings.is_for_some |= has_default;
        let shape = self.source(&entry.source, scope, findings);
        findings.is_for_some = is_for_some;
        shape
    }

    fn source(&mut self, source: &EntrySource, scope: &Scope, findings: &mut Findings<'_>) -> Shape {
        match source {
            EntrySource::Variable { value, jmespath, default } => {
                let value = value.map(|Written { expr, .. }| self.of_context(expr, scope, findings));
                let found = match jmespath {
                    None => value.unwrap_or(Shape::Unknown),
                    Some(query) => self.query(query, value.unwrap_or(Shape::Context), scope, findings),
                };
                match default {
                    None => found,
                    Some(Written { expr, .. }) => found.or(self.of_context(*expr, scope, findings)),
                }
            }
            EntrySource::ConfigMap { name, namespace } => {
                let format = |at| if at == 0 { Format::Subdomain } else { Format::DnsLabel };
                for (at, written) in std::iter::once(name).chain(namespace).enumerate() {
                    self.of_context(written.expr, scope, findings);
                    self.named(written, format(at), findings);
                }
                Shape::Typed([self.schemas.request().config_map].into())
            }
            EntrySource::ApiCall(call) => {
                let service = call.service.iter();
                let service = service.flat_map(|service| {
                    std::iter::once(service.url)
                        .chain(service.ca_bundle)
                        .chain(service.headers.iter().map(|(_, value)| *value))
                });
                let texts = call.url_path.map(|path| path.expr).into_iter().chain(service);
                let all =
                    texts.chain(call.data.iter().map(|(_, value)| *value)).chain(call.default.map(|(_, value)| value));
                for expr in all {
                    self.of_context(expr, scope, findings);
                }
                let answer = match call.url_path.filter(|_| !call.post) {
                    Some(path) => {
                        let text = self.program.names.get(path.text.index()).map_or("", |text| text);
                        api_path::answer(text, self.place(path.expr), self.schemas, findings)
                    }
                    None => Shape::Unknown,
                };
                let found = match &call.jmespath {
                    Some(query) => self.query(query, answer, scope, findings),
                    None => answer,
                };
                if call.default.is_some() { Shape::Unknown } else { found }
            }
            EntrySource::ImageRegistry { reference: written, jmespath, credentials: _ }
            | EntrySource::GlobalReference { name: written, jmespath } => {
                self.of_context(written.expr, scope, findings);
                jmespath.iter().for_each(|query| {
                    self.query(query, Shape::Unknown, scope, findings);
                });
                Shape::Unknown
            }
        }
    }

    /// Tells of a name that no object has.
    fn named(&self, written: &Written, format: Format, findings: &mut Findings<'_>) {
        let text = self.program.names.get(written.text.index()).map_or("", |text| text);
        if let Some(span) = self.place(written.expr).filter(|_| !text.contains("{{") && !format.takes(text)) {
            findings.report(ImpossibleName { span, name: text.to_owned() });
        }
    }

    fn query(&mut self, query: &EntryQuery, root: Shape, scope: &Scope, findings: &mut Findings<'_>) -> Shape {
        self.of_context(query.path.expr, scope, findings);
        match query.query {
            Some(query) => self.asked_of(query, root, scope, findings),
            None => self.open_query(query.path, root, scope, findings).unwrap_or(Shape::Unknown),
        }
    }

    /// A query with variables in its text. It is looked at with something in their place, as long as they all stand within
    /// texts of the query; what is wrong with it is told of as a whole.
    fn open_query(&self, path: Written, root: Shape, scope: &Scope, findings: &mut Findings<'_>) -> Option<Shape> {
        let span = self.place(path.expr)?;
        let mut covered = self.program.names.get(path.text.index())?.to_string();
        for variable in find_variables(&covered).into_iter().rev() {
            // A literal that is all variable gives an object, of which nothing is known.
            let in_literal = covered.get(..variable.start).is_some_and(|before| before.ends_with('`'))
                && covered.get(variable.end..).is_some_and(|after| after.starts_with('`'));
            covered.replace_range(variable.start..variable.end, if in_literal { "{}" } else { COVER });
        }
        let (program, query) = lower_query(covered.trim()).ok()?;
        if covered.contains("{{") || program.names.iter().any(|name| name.contains(COVER)) {
            return None;
        }
        // Entries are named by the ids of the other program.
        let scope = Scope { entries: Rc::default(), ..scope.clone() };
        let subject = Rc::clone(&self.subject);
        let mut paths = Paths::new(&program, self.schemas, subject);
        (paths.whole, paths.has_request) = (Some(span), self.has_request);
        findings.is_vague = true;
        let shape = paths.asked_of(query, root, &scope, findings);
        findings.is_vague = false;
        Some(shape)
    }
}

//! Paths in expressions: what each expression gives, and the members that nothing of its type has.

use std::collections::HashMap;
use std::rc::Rc;

use dikast_grammar::Span;
use dikast_grammar::template::find_variables;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, FunctionId};

use super::fault::{ImpossibleValue, NotAList, UnknownMember};
use super::lookup::{self, Missing};
use super::shape::Shape;
use super::{Findings, api_path, scalar};
use crate::check::kinds::Kinds;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Comparison, Entry, EntryQuery, EntrySource, Expr, ExprId, NameId, Program, Written};
use crate::lower::expression::lower_query;
use crate::model::suggest;
use crate::schema::{Graph, Schemas, TypeId};

/// Stands for a variable; no name has it.
const COVER: &str = "\u{fffd}";

/// Deeper expressions are not checked.
const DEEPEST: usize = 200;

/// What expressions at a place of a rule can name.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The elements of the loops around, the outermost first.
    pub(super) elements: Vec<Shape>,
    /// `target`
    pub(super) target: Shape,
    /// Context entries, by name; the last of a name counts.
    pub(super) entries: Rc<Vec<(NameId, Shape)>>,
}

/// Finds what each expression gives.
pub(super) struct Paths<'a> {
    pub(super) program: &'a Program,
    pub(super) schemas: &'a Schemas,
    /// What `request.object` can be.
    pub(super) subject: Rc<[TypeId]>,
    /// What expressions were found to give.
    pub(super) shapes: HashMap<ExprId, Shape>,
    /// Where all of the program is written, when its expressions have no places of their own.
    pub(super) whole: Option<Span>,
}

/// What is bound where an expression stands.
#[derive(Clone)]
struct Bound<'s> {
    scope: &'s Scope,
    root: Shape,
    current: Shape,
    depth: usize,
}

impl<'a> Paths<'a> {
    /// The shape of an expression that is asked of the context.
    pub(super) fn of_context(&mut self, id: ExprId, scope: &Scope, findings: &mut Findings<'_>) -> Shape {
        self.asked_of(id, Shape::Context, scope, findings)
    }

    fn asked_of(&mut self, id: ExprId, root: Shape, scope: &Scope, findings: &mut Findings<'_>) -> Shape {
        let bound = Bound { scope, current: root.clone(), root, depth: 0 };
        self.shape(id, &bound, findings)
    }

    /// The shape of a context entry.
    pub(super) fn entry(&mut self, entry: &Entry, scope: &Scope, findings: &mut Findings<'_>) -> Shape {
        match &entry.source {
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
                for written in std::iter::once(name).chain(namespace) {
                    self.of_context(written.expr, scope, findings);
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
            EntrySource::ImageRegistry { reference: written, jmespath }
            | EntrySource::GlobalReference { name: written, jmespath } => {
                self.of_context(written.expr, scope, findings);
                jmespath.iter().for_each(|query| {
                    self.query(query, Shape::Unknown, scope, findings);
                });
                Shape::Unknown
            }
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
        let mut paths =
            Paths { program: &program, schemas: self.schemas, subject, shapes: HashMap::new(), whole: Some(span) };
        findings.is_vague = true;
        let shape = paths.asked_of(query, root, &scope, findings);
        findings.is_vague = false;
        Some(shape)
    }

    fn graph(&self) -> &'a Graph {
        self.schemas.graph()
    }

    fn shape(&mut self, id: ExprId, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let program = self.program;
        let Some(node) = program.exprs.get(id.index()).filter(|_| bound.depth < DEEPEST) else { return Shape::Unknown };
        let below = Bound { depth: bound.depth + 1, ..bound.clone() };
        let shape = self.expression(&node.expr, node.span.or(self.whole), &below, findings);
        match self.shapes.get_mut(&id) {
            Some(known) => *known = known.clone().or(shape.clone()),
            None => {
                self.shapes.insert(id, shape.clone());
            }
        }
        shape
    }

    fn expression(&mut self, expr: &Expr, span: Option<Span>, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let text = Shape::Plain(Kinds::TEXT);
        match expr {
            Expr::Const(constant) => self.program.consts.get(constant.index()).map_or(Shape::Unknown, Shape::of_value),
            Expr::Root => bound.root.clone(),
            Expr::Current => bound.current.clone(),
            Expr::Variable(name) => self.member(&bound.root, *name, span, bound, findings),
            Expr::Member { of, name } => {
                let of = self.shape(*of, bound, findings);
                self.member(&of, *name, span, bound, findings)
            }
            Expr::MemberOf { of, name } => {
                self.shape(*name, bound, findings);
                let of = self.shape(*of, bound, findings);
                self.any_member(&of)
            }
            Expr::Index { of, .. } | Expr::IndexOf { of, .. } | Expr::Filter { of, .. } | Expr::Slice { of, .. } => {
                self.part_of_list(expr, *of, span, bound, findings)
            }
            Expr::Flatten(of) => {
                let item = self.items(*of, bound, findings);
                let inner = match item.items(self.graph()) {
                    Ok(inner) => inner,
                    Err(()) => item,
                };
                list(inner)
            }
            Expr::Values(of) => {
                let of = self.shape(*of, bound, findings);
                list(self.any_member(&of))
            }
            Expr::Each { of, body } => {
                let current = self.items(*of, bound, findings);
                list(self.shape(*body, &Bound { current, ..bound.clone() }, findings))
            }
            Expr::Bind { value, body } => {
                let current = self.shape(*value, bound, findings);
                self.shape(*body, &Bound { current, ..bound.clone() }, findings)
            }
            Expr::With { document, body } => {
                let root = self.shape(*document, bound, findings);
                self.shape(*body, &Bound { current: root.clone(), root, ..bound.clone() }, findings)
            }
            Expr::IfNotNull { subject, body } => {
                self.shape(*subject, bound, findings);
                self.shape(*body, bound, findings)
            }
            Expr::List(items) => {
                let shapes = items.iter().map(|item| self.shape(*item, bound, findings));
                shapes.reduce(Shape::or).map_or(Shape::Plain(Kinds::LIST), list)
            }
            Expr::Object(members) => self.object(members, bound, findings),
            Expr::Compare { comparison, left, right } => {
                let shapes = [self.shape(*left, bound, findings), self.shape(*right, bound, findings)];
                match comparison {
                    Comparison::Equal | Comparison::NotEqual => {
                        self.choice(&shapes[0], *right, findings);
                        self.choice(&shapes[1], *left, findings);
                        Shape::Plain(Kinds::BOOL)
                    }
                    Comparison::Numbers(_) => Shape::Plain(Kinds::BOOL.or(Kinds::NULL)),
                }
            }
            Expr::And { left, right } => {
                self.shape(*left, bound, findings);
                self.shape(*right, bound, findings);
                Shape::Unknown
            }
            Expr::Or { left, right } => {
                let left = self.shape(*left, bound, findings);
                left.or(self.shape(*right, bound, findings))
            }
            Expr::Not(of) => {
                self.shape(*of, bound, findings);
                Shape::Plain(Kinds::BOOL)
            }
            Expr::Recover { of, .. } | Expr::ExpandWithin { of, .. } | Expr::Lambda(of) => {
                self.shape(*of, bound, findings)
            }
            Expr::Call { function, arguments } => self.call(*function, arguments, bound, findings),
            Expr::Text { parts, .. } => {
                for part in parts {
                    self.shape(*part, bound, findings);
                }
                text
            }
            Expr::Key { of, .. } => {
                self.shape(*of, bound, findings);
                text
            }
            // The variant for DELETE says the same of the old object.
            Expr::Resolve { query, .. } => self.shape(*query, bound, findings),
            Expr::Shortcut { then, .. } => self.shape(*then, bound, findings),
            Expr::Expand { template: of, .. } | Expr::Query { text: of, .. } => {
                self.shape(*of, bound, findings);
                Shape::Unknown
            }
            Expr::Fail(_) => Shape::Unknown,
        }
    }

    /// Tells of a text that is compared with something that it never is.
    fn choice(&self, shape: &Shape, text: ExprId, findings: &mut Findings<'_>) {
        let (Shape::Typed(types), Some(node)) = (shape, self.program.exprs.get(text.index())) else { return };
        let Expr::Const(constant) = node.expr else { return };
        let text = self.program.consts.get(constant.index()).and_then(Value::as_text);
        let (Some(text), Some(span)) = (text.filter(|text| !text.is_empty()), node.span.or(self.whole)) else { return };
        if let Some((expected, meant)) = scalar::never_chosen(self.graph(), types, text) {
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            let (field, written) = ("the other side".to_owned(), format!("`{text}`"));
            findings.report(ImpossibleValue { span, field, expected, written, help });
        }
    }

    fn object(&mut self, members: &[(ExprId, ExprId)], bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let mut known = Some(Vec::new());
        for (name, value) in members {
            self.shape(*name, bound, findings);
            let value = self.shape(*value, bound, findings);
            let constant = match self.program.exprs.get(name.index()).map(|node| &node.expr) {
                Some(Expr::Const(constant)) => self.program.consts.get(constant.index()),
                _ => None,
            };
            match (&mut known, constant.and_then(|name| name.as_text())) {
                (Some(known), Some(name)) => known.push((name.to_owned(), value)),
                _ => known = None,
            }
        }
        known.map_or(Shape::Unknown, |members| Shape::Object(members.into()))
    }

    /// A position, a filter or a slice.
    fn part_of_list(
        &mut self,
        expr: &Expr,
        of: ExprId,
        span: Option<Span>,
        bound: &Bound<'_>,
        findings: &mut Findings<'_>,
    ) -> Shape {
        let whole = self.shape(of, bound, findings);
        let item = self.items_of(&whole, self.place(of).or(span), findings);
        match expr {
            Expr::Filter { condition, .. } => {
                self.shape(*condition, &Bound { current: item.clone(), ..bound.clone() }, findings);
                list(item)
            }
            Expr::Slice { .. } => list(item),
            Expr::IndexOf { position, .. } => {
                self.shape(*position, bound, findings);
                item
            }
            _ => item,
        }
    }

    fn items(&mut self, of: ExprId, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let whole = self.shape(of, bound, findings);
        self.items_of(&whole, self.place(of), findings)
    }

    fn items_of(&self, whole: &Shape, span: Option<Span>, findings: &mut Findings<'_>) -> Shape {
        whole.items(self.graph()).unwrap_or_else(|()| {
            if let (Some(span), Shape::Typed(types)) = (span, whole) {
                let found = types.first().map_or("no list", |ty| self.graph().words(*ty)).to_owned();
                findings.report(NotAList { span, found });
            }
            Shape::Unknown
        })
    }

    fn place(&self, id: ExprId) -> Option<Span> {
        self.program.exprs.get(id.index())?.span.or(self.whole)
    }

    fn call(
        &mut self,
        function: FunctionId,
        arguments: &[ExprId],
        bound: &Bound<'_>,
        findings: &mut Findings<'_>,
    ) -> Shape {
        let name = functions::get(function).name;
        let lambda = |program: &Program, id: ExprId| match program.exprs.get(id.index()).map(|node| &node.expr) {
            Some(Expr::Lambda(body)) => Some(*body),
            _ => None,
        };
        // The list that a lambda is asked of the items of.
        let walked = arguments.iter().find(|id| lambda(self.program, **id).is_none()).copied();
        let mut plain = Vec::with_capacity(arguments.len());
        let mut of_lambda = Shape::Unknown;
        for argument in arguments {
            match lambda(self.program, *argument) {
                None => plain.push(self.shape(*argument, bound, findings)),
                Some(body) => {
                    let whole = walked.map_or(Shape::Unknown, |list| self.shape(list, bound, findings));
                    let current = whole.items(self.graph()).unwrap_or(Shape::Unknown);
                    of_lambda = self.shape(body, &Bound { current, ..bound.clone() }, findings);
                }
            }
        }
        let first = plain.first().cloned().unwrap_or(Shape::Unknown);
        match name {
            "sort" | "sort_by" | "reverse" => first,
            "min_by" | "max_by" | "min" | "max" => first.items(self.graph()).unwrap_or(Shape::Unknown),
            "map" => list(of_lambda),
            "not_null" => plain.into_iter().reduce(Shape::or).unwrap_or(Shape::Unknown),
            "to_array" => match first.items(self.graph()) {
                Ok(_) => first,
                Err(()) => list(first),
            },
            "values" => list(self.any_member(&first)),
            "keys" => list(Shape::Plain(Kinds::TEXT)),
            _ => Shape::Unknown,
        }
    }

    /// A member whose name is not known.
    fn any_member(&self, of: &Shape) -> Shape {
        let Shape::Typed(types) = of else { return Shape::Unknown };
        let values = types.iter().map(|ty| match self.graph().ty(*ty) {
            crate::schema::Type::Map(value) => Some(*value),
            _ => None,
        });
        values.collect::<Option<Vec<_>>>().map_or(Shape::Unknown, |values| Shape::typed(self.graph(), values))
    }

    fn member(
        &self,
        of: &Shape,
        name: NameId,
        span: Option<Span>,
        bound: &Bound<'_>,
        findings: &mut Findings<'_>,
    ) -> Shape {
        let Some(text) = self.program.names.get(name.index()) else { return Shape::Unknown };
        let subject = || Shape::Typed(Rc::clone(&self.subject));
        match of {
            Shape::Context => self.variable(name, text, bound.scope),
            Shape::Request if matches!(&**text, "object" | "oldObject") => subject(),
            Shape::Request => self.typed_member(&[self.schemas.request().request], text, &[], span, findings),
            Shape::Typed(types) => {
                let is_of_request = types.iter().all(|ty| self.schemas.request().has(*ty));
                let root = if is_of_request { &[] } else { &*self.subject };
                self.typed_member(types, text, root, span, findings)
            }
            Shape::Object(members) => self.written_member(members, text, span, findings),
            Shape::Unknown | Shape::List(_) | Shape::Plain(_) => Shape::Unknown,
        }
    }

    fn typed_member(
        &self,
        types: &[TypeId],
        name: &str,
        root: &[TypeId],
        span: Option<Span>,
        findings: &mut Findings<'_>,
    ) -> Shape {
        match lookup::field(self.graph(), types, name) {
            Some(found) => Shape::typed(self.graph(), found),
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
    fn written_member(
        &self,
        members: &[(String, Shape)],
        name: &str,
        span: Option<Span>,
        findings: &mut Findings<'_>,
    ) -> Shape {
        if let Some((_, shape)) = members.iter().rev().find(|(member, _)| *member == name) {
            return shape.clone();
        }
        if let Some(span) = span {
            let meant = suggest::closest(name, members.iter().map(|(member, _)| member.as_str())).map(str::to_owned);
            let missing = Missing::NoField { owner: None, meant, belongs: None };
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

fn list(item: Shape) -> Shape {
    match item {
        Shape::Unknown => Shape::Unknown,
        item => Shape::List(Rc::new(item)),
    }
}

impl Missing {
    /// What there is instead.
    pub(super) fn problem(&self, name: &str) -> String {
        match self {
            Self::NoField { owner: Some(owner), .. } => format!("there is no field `{name}` in `{owner}`"),
            Self::NoField { owner: None, .. } => format!("there is no field `{name}` here"),
            Self::InList => format!("`{name}` is asked of a list, which has no fields"),
            Self::NoObject(what) => format!("`{name}` is asked of {what}, which has no fields"),
        }
    }
}

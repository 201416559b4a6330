//! Paths in expressions: what each expression gives, and the members that nothing of its type has.

mod entry;
mod member;

use std::collections::HashMap;
use std::rc::Rc;

use dikast_grammar::Span;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, FunctionId};

use super::fault::{ImpossibleValue, NotAList, NumberOfQuantity};
use super::shape::Shape;
use super::{Findings, scalar};
use crate::check::kinds::Kinds;
use crate::ir::{Comparison, Expr, ExprId, NameId, Program};
use crate::schema::{Format, Graph, Schemas, Type, TypeId};

/// Deeper expressions are not checked.
const DEEPEST: usize = 200;

/// What expressions at a place of a rule can name.
#[derive(Clone, Debug, Default)]
pub(in crate::check::resource) struct Scope {
    /// The elements of the loops around, the outermost first.
    pub(in crate::check::resource) elements: Vec<Shape>,
    /// `target`
    pub(in crate::check::resource) target: Shape,
    /// Context entries, by name; the last of a name counts.
    pub(in crate::check::resource) entries: Rc<Vec<(NameId, Shape)>>,
}

/// Finds what each expression gives.
pub(in crate::check::resource) struct Paths<'a> {
    pub(in crate::check::resource) program: &'a Program,
    pub(in crate::check::resource) schemas: &'a Schemas,
    /// What `request.object` can be.
    pub(in crate::check::resource) subject: Rc<[TypeId]>,
    /// What expressions were found to give.
    pub(in crate::check::resource) shapes: HashMap<ExprId, Shape>,
    /// Where all of the program is written, when its expressions have no places of their own.
    pub(in crate::check::resource) whole: Option<Span>,
    /// Whether there is a request. A cleanup policy knows only its namespace.
    pub(in crate::check::resource) has_request: bool,
}

/// What is bound where an expression stands.
#[derive(Clone)]
struct Bound<'s> {
    scope: &'s Scope,
    root: Shape,
    current: Shape,
    /// Where the expression is written.
    span: Option<Span>,
    depth: usize,
}

impl<'a> Paths<'a> {
    /// For the expressions of a program, where `request.object` is one of `subject`.
    pub(in crate::check::resource) fn new(program: &'a Program, schemas: &'a Schemas, subject: Rc<[TypeId]>) -> Self {
        Self { program, schemas, subject, shapes: HashMap::new(), whole: None, has_request: true }
    }

    /// The shape of an expression that is asked of the context.
    pub(in crate::check::resource) fn of_context(
        &mut self,
        id: ExprId,
        scope: &Scope,
        findings: &mut Findings<'_>,
    ) -> Shape {
        self.asked_of(id, Shape::Context, scope, findings)
    }

    fn asked_of(&mut self, id: ExprId, root: Shape, scope: &Scope, findings: &mut Findings<'_>) -> Shape {
        let bound = Bound { scope, current: root.clone(), root, span: None, depth: 0 };
        self.shape(id, &bound, findings)
    }

    fn graph(&self) -> &'a Graph {
        self.schemas.graph()
    }

    fn shape(&mut self, id: ExprId, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let program = self.program;
        let Some(node) = program.exprs.get(id.index()).filter(|_| bound.depth < DEEPEST) else { return Shape::Unknown };
        let below = Bound { span: node.span.or(self.whole), depth: bound.depth + 1, ..bound.clone() };
        let is_for_some = findings.is_for_some;
        findings.is_for_some |= allows_absence(&node.expr);
        let shape = self.expression(&node.expr, &below, findings);
        findings.is_for_some = is_for_some;
        match self.shapes.get_mut(&id) {
            Some(known) => *known = known.clone().or(shape.clone()),
            None => {
                self.shapes.insert(id, shape.clone());
            }
        }
        shape
    }

    fn expression(&mut self, expr: &Expr, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let text = Shape::Plain(Kinds::TEXT);
        match expr {
            Expr::Const(constant) => self.program.consts.get(constant.index()).map_or(Shape::Unknown, Shape::of_value),
            Expr::Root => bound.root.clone(),
            Expr::Current => bound.current.clone(),
            Expr::Variable(name) => self.member(&bound.root, *name, bound, findings),
            Expr::Member { of, name } => {
                let of = self.shape(*of, bound, findings);
                self.member(&of, *name, bound, findings)
            }
            Expr::MemberOf { of, name } => {
                self.shape(*name, bound, findings);
                let of = self.shape(*of, bound, findings);
                self.any_member(&of)
            }
            Expr::Index { of, .. } | Expr::IndexOf { of, .. } | Expr::Filter { of, .. } | Expr::Slice { of, .. } => {
                self.part_of_list(expr, *of, bound, findings)
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
            Expr::And { left, right } | Expr::Or { left, right } => {
                let left = self.shape(*left, bound, findings);
                let right = self.shape(*right, bound, findings);
                self.either(left, right)
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

    /// What is of either shape; of two scalars that are no more alike, their kinds are known.
    fn either(&self, left: Shape, right: Shape) -> Shape {
        let scalar = |shape: &Shape| {
            let kinds = shape.kinds(self.graph());
            let is_known = matches!(shape, Shape::Typed(_) | Shape::Plain(_));
            (is_known && !kinds.meets(Kinds::LIST.or(Kinds::OBJECT))).then_some(kinds)
        };
        let kinds = scalar(&left).zip(scalar(&right));
        match (left.or(right), kinds) {
            (Shape::Unknown, Some((left, right))) => Shape::Plain(left.or(right)),
            (shape, _) => shape,
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
    fn part_of_list(&mut self, expr: &Expr, of: ExprId, bound: &Bound<'_>, findings: &mut Findings<'_>) -> Shape {
        let whole = self.shape(of, bound, findings);
        let item = self.items_of(&whole, self.place(of).or(bound.span), findings);
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
            "to_number" => {
                let graph = self.graph();
                let is_quantity = |ty: &TypeId| matches!(graph.ty(*ty), Type::Text(Format::Quantity));
                if let (Shape::Typed(types), Some(span)) = (&first, bound.span)
                    && types.iter().all(is_quantity)
                {
                    findings.report(NumberOfQuantity { span });
                }
                Shape::Unknown
            }
            "length" => Shape::Typed([self.schemas.request().count].into()),
            _ => Shape::of_result(functions::get(function).result),
        }
    }
}

/// Whether an operand may well be null: there are alternatives, or it is asked whether there is something.
fn allows_absence(expr: &Expr) -> bool {
    match expr {
        Expr::Or { .. }
        | Expr::And { .. }
        | Expr::Not(_)
        | Expr::Compare { .. }
        | Expr::List(_)
        | Expr::Object(_)
        | Expr::Filter { .. }
        | Expr::IfNotNull { .. }
        | Expr::Lambda(_) => true,
        Expr::Call { function, .. } => functions::get(*function).name == "not_null",
        _ => false,
    }
}

fn list(item: Shape) -> Shape {
    Shape::List(Rc::new(item))
}

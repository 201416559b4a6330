//! JMESPath to IR (Kyverno's fork of go-jmespath, `interpreter.go`).
//!
//! The fork raises an error for a member that an object lacks, and swallows it in most places. Each place that does is
//! an [`Expr::Recover`] here:
//!
//! | construct | becomes null |
//! |---|---|
//! | operands of comparisons, `!`, both of `\|\|`, left of `&&`, stages of `\|`, arguments, members of `[ ]` and `{ }` | missing |
//! | what `[*]` and a slice are asked of | missing |
//! | what `[]`, `.*` and `[? ]` are asked of | missing and error |
//!
//! `a.b`, `a[0]`, the right of `&&` and a lambda's body hand missing on.

use std::ops::Range;

use dikast_grammar::Span;
use dikast_grammar::jmespath::{Ast, Comparator, FunctionName, Node, Projector};
use dikast_grammar::json::Json;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, Arity};

use super::fault::{ArgumentCount, ListOfItems, NameForValue, UndefinedVariable, UnknownFunction};
use super::holes::Holes;
use crate::diagnostic::Diagnostics;
use crate::ir::{Builder, Comparison, Expr, ExprId, Ordering, Recovery};
use crate::model::suggest::closest;

/// What an expression is asked of.
#[derive(Clone, Copy)]
enum Subject {
    /// The root, outside of all projections.
    Root,
    /// What the enclosing operator binds.
    Current,
    /// The result of another expression, which is evaluated where the subject stands.
    Result(ExprId),
}

/// Lowers one expression.
pub(super) struct Lowering<'a> {
    pub(super) builder: &'a mut Builder,
    /// Where a range of the expression's text is written.
    pub(super) spans: &'a dyn Fn(Range<usize>) -> Option<Span>,
    /// Where mistakes are told; nothing when no author would read it.
    pub(super) diagnostics: Option<&'a mut Diagnostics>,
    /// The variables nested in the text.
    pub(super) holes: &'a Holes,
    /// The names that the root has; nothing when any name is as good as another.
    pub(super) known: Option<&'a [String]>,
    /// Set when a nested variable stands where nothing can be computed: for a function or a member of the root, because
    /// which context entries have to be loaded depends on its name.
    pub(super) is_open: bool,
}

impl Lowering<'_> {
    /// The expression of a whole text, asked of the root.
    pub(super) fn lower(&mut self, ast: &Ast) -> ExprId {
        self.ask(ast, Subject::Root)
    }

    pub(super) fn push(&mut self, expr: Expr, ast: &Ast) -> ExprId {
        let span = (self.spans)(ast.range.clone());
        self.builder.push(expr, span)
    }

    pub(super) fn value(&mut self, value: Value, ast: &Ast) -> ExprId {
        let constant = self.builder.constant(value);
        self.push(Expr::Const(constant), ast)
    }

    fn ask(&mut self, ast: &Ast, subject: Subject) -> ExprId {
        match &ast.node {
            Node::Identity | Node::Current => self.subject(subject, ast),
            Node::Field(name) => self.field(name, subject, ast),
            Node::Literal(value) => self.once(ast, subject, |lowering, _| lowering.literal(value, ast)),
            Node::Raw(text) => self.once(ast, subject, |lowering, _| {
                let span = (lowering.spans)(ast.range.clone());
                lowering.holes.text(lowering.builder, text, span)
            }),
            Node::Sub(left, right) => {
                let left = self.ask_within(left, subject);
                self.ask_result(right, left)
            }
            Node::Index { of, position } => {
                let of = self.ask_within(of, subject);
                match self.holes.position(*position) {
                    Some(position) => self.push(Expr::IndexOf { of, position }, ast),
                    None => self.push(Expr::Index { of, position: *position }, ast),
                }
            }
            Node::Project { of, by, body } => self.projection(of, by, body, subject, ast),
            Node::List(items) => self.below_null(ast, subject, |lowering, subject| {
                let items = items.iter().map(|item| lowering.ask_recovered(item, subject)).collect();
                lowering.push(Expr::List(items), ast)
            }),
            Node::Hash(members) => self.below_null(ast, subject, |lowering, subject| {
                let members = members
                    .iter()
                    .map(|(key, value)| {
                        let span = (lowering.spans)(key.range.clone());
                        let name = lowering.holes.text(lowering.builder, &key.text, span);
                        (name, lowering.ask_recovered(value, subject))
                    })
                    .collect();
                lowering.push(Expr::Object(members), ast)
            }),
            Node::Compare(comparator, left, right) => self.once(ast, subject, |lowering, subject| {
                let is_same_reference = same_reference(left, right);
                let left = lowering.ask_recovered(left, subject);
                let right = lowering.ask_recovered(right, subject);
                match (is_same_reference, comparator) {
                    (Some(same), Comparator::Equal) => lowering.after(&[left, right], Value::Bool(same), ast),
                    (Some(same), Comparator::NotEqual) => lowering.after(&[left, right], Value::Bool(!same), ast),
                    _ => lowering.compare(comparison(*comparator), left, right, ast),
                }
            }),
            Node::And(left, right) if reference(left).is_some() => self.ask(right, subject),
            Node::Or(left, _) if reference(left).is_some() => self.ask(left, subject),
            Node::Not(operand) if reference(operand).is_some() => {
                self.once(ast, subject, |lowering, _| lowering.value(Value::Bool(false), ast))
            }
            Node::And(left, right) => self.once(ast, subject, |lowering, subject| {
                let left = lowering.ask_recovered(left, subject);
                let right = lowering.ask(right, subject);
                lowering.push(Expr::And { left, right }, ast)
            }),
            Node::Or(left, right) => self.once(ast, subject, |lowering, subject| {
                let left = lowering.ask_recovered(left, subject);
                let right = lowering.ask_recovered(right, subject);
                lowering.push(Expr::Or { left, right }, ast)
            }),
            Node::Not(operand) => self.once(ast, subject, |lowering, subject| {
                let operand = lowering.ask_recovered(operand, subject);
                lowering.push(Expr::Not(operand), ast)
            }),
            Node::Pipe(left, right) => {
                let left = self.once(left, subject, |lowering, subject| lowering.ask_recovered(left, subject));
                let right = self.ask_result(right, left);
                self.recover(Recovery::Missing, right, ast)
            }
            // As a result it is printed like Go's struct.
            Node::Reference(_) => self.once(ast, subject, |lowering, _| lowering.value(Value::object::<&str>([]), ast)),
            Node::Call { name: Some(name), arguments } => {
                self.once(ast, subject, |lowering, subject| lowering.call(name, arguments, subject, ast))
            }
            Node::Call { name: None, .. } => {
                self.once(ast, subject, |lowering, _| lowering.failure("invalid node value type", Vec::new(), ast))
            }
            Node::Unfinished => {
                self.once(ast, subject, |lowering, _| lowering.failure("Unknown AST node: ASTEmpty", Vec::new(), ast))
            }
        }
    }

    fn subject(&mut self, subject: Subject, ast: &Ast) -> ExprId {
        match subject {
            Subject::Root => self.push(Expr::Root, ast),
            Subject::Current => self.push(Expr::Current, ast),
            Subject::Result(id) => id,
        }
    }

    /// `ast` asked of what another expression gave; the other's outcome comes first.
    fn ask_result(&mut self, ast: &Ast, result: ExprId) -> ExprId {
        match self.builder.program().expr(result).expr {
            Expr::Root => self.ask(ast, Subject::Root),
            Expr::Current => self.ask(ast, Subject::Current),
            _ => self.ask(ast, Subject::Result(result)),
        }
    }

    /// Binds a result, unless it is at hand anyway: for what looks at its subject not at all, more than once, or inside
    /// an operator that would swallow the result's own outcome.
    fn once(&mut self, ast: &Ast, subject: Subject, body: impl FnOnce(&mut Self, Subject) -> ExprId) -> ExprId {
        match subject {
            Subject::Root | Subject::Current => body(self, subject),
            Subject::Result(value) => {
                let body = body(self, Subject::Current);
                self.push(Expr::Bind { value, body }, ast)
            }
        }
    }

    /// As [`Self::once`], for what gives null below null.
    fn below_null(&mut self, ast: &Ast, subject: Subject, body: impl FnOnce(&mut Self, Subject) -> ExprId) -> ExprId {
        self.once(ast, subject, |lowering, subject| {
            let tested = lowering.subject(subject, ast);
            let body = body(lowering, subject);
            lowering.push(Expr::IfNotNull { subject: tested, body }, ast)
        })
    }

    fn ask_recovered(&mut self, ast: &Ast, subject: Subject) -> ExprId {
        let value = self.ask(ast, subject);
        self.recover(Recovery::Missing, value, ast)
    }

    /// Recovers from what can happen: nothing is added around an operand that always gives a value.
    fn recover(&mut self, recovery: Recovery, of: ExprId, ast: &Ast) -> ExprId {
        let recovery = match recovery {
            Recovery::Error if !self.builder.may_fail(of) => Recovery::Missing,
            recovery => recovery,
        };
        if recovery == Recovery::Missing && !self.builder.may_be_missing(of) {
            return of;
        }
        self.push(Expr::Recover { recovery, of }, ast)
    }

    /// What a member or an item is asked of; a reference has none.
    fn ask_within(&mut self, ast: &Ast, subject: Subject) -> ExprId {
        match reference(ast) {
            Some(_) => self.value(Value::Null, ast),
            None => self.ask(ast, subject),
        }
    }

    /// A known value, after expressions that may fail.
    fn after(&mut self, operands: &[ExprId], known: Value, ast: &Ast) -> ExprId {
        let value = self.push(Expr::List(operands.to_vec()), ast);
        let body = self.value(known, ast);
        self.push(Expr::Bind { value, body }, ast)
    }

    fn field(&mut self, name: &str, subject: Subject, ast: &Ast) -> ExprId {
        if self.holes.is_in(name) {
            self.is_open |= matches!(subject, Subject::Root);
            let span = (self.spans)(ast.range.clone());
            let name = self.holes.text(self.builder, name, span);
            let of = self.subject(subject, ast);
            return self.push(Expr::MemberOf { of, name }, ast);
        }
        self.check_name(name, subject, ast);
        let name = self.builder.name(name);
        match subject {
            Subject::Root => self.push(Expr::Variable(name), ast),
            Subject::Current => {
                let of = self.push(Expr::Current, ast);
                self.push(Expr::Member { of, name }, ast)
            }
            Subject::Result(of) => self.push(Expr::Member { of, name }, ast),
        }
    }

    fn literal(&mut self, value: &Json, ast: &Ast) -> ExprId {
        let span = (self.spans)(ast.range.clone());
        self.holes.literal(self.builder, value, span)
    }

    fn projection(&mut self, of: &Ast, by: &Projector, body: &Ast, subject: Subject, ast: &Ast) -> ExprId {
        self.once(ast, subject, |lowering, subject| {
            let of_result = lowering.ask_within(of, subject);
            let list = lowering.projected(of_result, by, of, ast);
            if matches!(by, Projector::Values) && !keeps_null(body) {
                return lowering.values_after_nulls(list, body, ast);
            }
            let body = lowering.ask(body, Subject::Current);
            lowering.push(Expr::Each { of: list, body }, ast)
        })
    }

    /// The list that a projection walks.
    fn projected(&mut self, value: ExprId, by: &Projector, of: &Ast, ast: &Ast) -> ExprId {
        match by {
            Projector::Items => self.recover(Recovery::Missing, value, of),
            Projector::Slice { start, stop, step } => {
                let slice = Expr::Slice { of: value, start: *start, stop: *stop, step: *step };
                let slice = self.push(slice, ast);
                self.recover(Recovery::Missing, slice, ast)
            }
            Projector::Flatten => {
                let value = self.recover(Recovery::Error, value, of);
                self.push(Expr::Flatten(value), ast)
            }
            Projector::Values => {
                let value = self.recover(Recovery::Error, value, of);
                self.push(Expr::Values(value), ast)
            }
            Projector::Filter(condition) => {
                let value = self.recover(Recovery::Error, value, of);
                let condition = match reference(condition) {
                    Some(_) => self.value(Value::Bool(true), condition),
                    None => self.ask(condition, Subject::Current),
                };
                self.push(Expr::Filter { of: value, condition }, ast)
            }
        }
    }

    /// The fork asks `body` of as many nulls as the object has members before it asks it of the members.
    fn values_after_nulls(&mut self, list: ExprId, body: &Ast, ast: &Ast) -> ExprId {
        let body = self.ask(body, Subject::Current);
        let null = self.value(Value::Null, ast);
        let of_null = self.push(Expr::Bind { value: null, body }, ast);
        let members = self.push(Expr::Current, ast);
        let nulls = self.push(Expr::Each { of: members, body: of_null }, ast);
        let results = self.push(Expr::Each { of: members, body }, ast);
        let both = self.push(Expr::List(vec![nulls, results]), ast);
        let both = self.push(Expr::Flatten(both), ast);
        let both = self.push(Expr::IfNotNull { subject: members, body: both }, ast);
        self.push(Expr::Bind { value: list, body: both }, ast)
    }

    fn call(&mut self, name: &FunctionName, arguments: &[Ast], subject: Subject, ast: &Ast) -> ExprId {
        let lowered: Vec<ExprId> = arguments
            .iter()
            .map(|argument| match &argument.node {
                Node::Reference(body) => {
                    let body = self.ask(body, Subject::Current);
                    self.push(Expr::Lambda(body), argument)
                }
                _ => self.ask_recovered(argument, subject),
            })
            .collect();
        let Some(function) = functions::find(&name.text) else {
            if self.holes.is_in(&name.text) {
                self.is_open = true;
                return self.failure("", lowered, ast);
            }
            self.report_unknown_function(name);
            // The fork evaluates the arguments before it looks for the function.
            return self.failure(&format!("unknown function: {}", name.text), lowered, ast);
        };
        self.check_argument_count(functions::get(function), arguments.len(), ast);
        self.call_function(function, lowered, ast)
    }

    /// An error when it runs, after `arguments`.
    pub(super) fn failure(&mut self, message: &str, arguments: Vec<ExprId>, ast: &Ast) -> ExprId {
        let program = self.builder.program();
        let arguments = arguments.into_iter().filter(|id| !matches!(program.expr(*id).expr, Expr::Lambda(_))).collect();
        let value = self.push(Expr::List(arguments), ast);
        let message = self.builder.name(message);
        let body = self.push(Expr::Fail(message), ast);
        self.push(Expr::Bind { value, body }, ast)
    }

    /// Tells of names that nothing has, among them words that look like values.
    fn check_name(&mut self, name: &str, subject: Subject, ast: &Ast) {
        let is_quoted = ast.range.len() != name.len();
        let is_unknown =
            matches!(subject, Subject::Root) && self.known.is_some_and(|known| known.iter().all(|known| known != name));
        let is_literal = !is_quoted && matches!(name, "null" | "true" | "false");
        if !is_unknown && !is_literal {
            return;
        }
        let known = self.known.unwrap_or_default();
        let (Some(diagnostics), Some(span)) = (self.diagnostics.as_deref_mut(), (self.spans)(ast.range.clone())) else {
            return;
        };
        let name = name.to_owned();
        match closest(&name, known.iter().map(String::as_str)).map(str::to_owned) {
            None if is_literal => diagnostics.report(NameForValue { span, value: format!("`{name}`"), name }),
            None if is_quoted => diagnostics.report(NameForValue { span, value: format!("'{name}'"), name }),
            meant => diagnostics.report(UndefinedVariable { span, name, meant }),
        }
    }

    fn report_unknown_function(&mut self, name: &FunctionName) {
        let (Some(diagnostics), Some(span)) = (self.diagnostics.as_deref_mut(), (self.spans)(name.range.clone()))
        else {
            return;
        };
        let meant = closest(&name.text, functions::table().iter().map(|function| function.name));
        diagnostics.report(UnknownFunction { span, name: name.text.clone(), meant });
    }

    pub(super) fn report_items_list(&mut self, name: &'static str, ast: &Ast) {
        if let (Some(diagnostics), Some(span)) = (self.diagnostics.as_deref_mut(), (self.spans)(ast.range.clone())) {
            diagnostics.report(ListOfItems { span, name });
        }
    }

    fn check_argument_count(&mut self, function: &'static functions::Function, given: usize, ast: &Ast) {
        let declared = function.parameters.len();
        let fits = match function.arity {
            Arity::Fixed => given == declared,
            Arity::Repeated => given >= declared,
            Arity::Ignored => true,
        };
        if let (false, Some(diagnostics), Some(span)) =
            (fits, self.diagnostics.as_deref_mut(), (self.spans)(ast.range.clone()))
        {
            let at_least = function.arity == Arity::Repeated;
            diagnostics.report(ArgumentCount { span, name: function.name, declared, at_least, given });
        }
    }
}

/// The expression that an operand is a reference to, `&a`. As a value a reference is true, has no members and equals only
/// a reference to the same expression.
fn reference(ast: &Ast) -> Option<&Ast> {
    match &ast.node {
        Node::Reference(to) => Some(to),
        Node::Or(left, _) => reference(left),
        Node::And(left, right) => reference(left).and(reference(right)),
        _ => None,
    }
}

/// Whether two operands are references to the same expression; nothing when none of them is a reference.
fn same_reference(left: &Ast, right: &Ast) -> Option<bool> {
    match (reference(left), reference(right)) {
        (None, None) => None,
        (Some(left), Some(right)) => Some(left.to_string() == right.to_string()),
        _ => Some(false),
    }
}

/// Whether an expression that is asked of null gives null, whatever else it would give.
fn keeps_null(ast: &Ast) -> bool {
    match &ast.node {
        Node::Identity | Node::Current | Node::Field(_) | Node::List(_) | Node::Hash(_) => true,
        Node::Index { of, .. } | Node::Project { of, .. } => keeps_null(of),
        Node::Sub(left, right) | Node::Pipe(left, right) | Node::Or(left, right) => {
            keeps_null(left) && keeps_null(right)
        }
        Node::And(left, _) => keeps_null(left),
        Node::Literal(_)
        | Node::Raw(_)
        | Node::Compare(..)
        | Node::Not(_)
        | Node::Reference(_)
        | Node::Call { .. }
        | Node::Unfinished => false,
    }
}

fn comparison(comparator: Comparator) -> Comparison {
    match comparator {
        Comparator::Equal => Comparison::Equal,
        Comparator::NotEqual => Comparison::NotEqual,
        Comparator::Less => Comparison::Numbers(Ordering::Less),
        Comparator::LessOrEqual => Comparison::Numbers(Ordering::LessOrEqual),
        Comparator::Greater => Comparison::Numbers(Ordering::Greater),
        Comparator::GreaterOrEqual => Comparison::Numbers(Ordering::GreaterOrEqual),
    }
}

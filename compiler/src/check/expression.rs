//! Arguments of functions, and comparisons.

use dikast_stdlib::functions::{self, Arity, FunctionId, Kind};

use super::Checker;
use super::fault::{ArgumentType, DifferentTypes, Unordered};
use super::kinds::{Kinds, alternatives};
use crate::ir::{Comparison, Expr, ExprId};

impl Checker<'_> {
    /// Looks at all expressions of the range.
    pub(super) fn expressions(&mut self) {
        let program = self.program;
        for at in self.exprs.clone() {
            let id = ExprId(u32::try_from(at).unwrap_or(u32::MAX));
            let Some(node) = program.exprs.get(at) else { continue };
            if self.flow.is_repetition(id) {
                continue;
            }
            match &node.expr {
                Expr::Call { function, arguments } => self.call(id, *function, arguments),
                Expr::Compare { comparison, left, right } => self.comparison(id, *comparison, *left, *right),
                _ => {}
            }
        }
    }

    fn call(&mut self, call: ExprId, id: FunctionId, arguments: &[ExprId]) {
        let function = functions::get(id);
        let parameters = function.parameters;
        // A wrong number of arguments was told of when the call was lowered.
        let is_checked = match function.arity {
            Arity::Fixed => parameters.len() == arguments.len(),
            Arity::Repeated => parameters.len() <= arguments.len(),
            Arity::Ignored => false,
        };
        if !is_checked {
            return;
        }
        let mut fits = true;
        for (at, &argument) in arguments.iter().enumerate() {
            let Some(parameter) = parameters.get(at).or(parameters.last()) else { continue };
            if parameter.kinds.iter().any(|kind| self.may_be(argument, *kind)) {
                continue;
            }
            fits = false;
            let span = self.program.expr(argument).span.or(self.program.expr(call).span);
            let Some(span) = span else { continue };
            let expected: Vec<&str> = parameter.kinds.iter().map(|kind| kind_words(*kind)).collect();
            let found = match self.program.expr(argument).expr {
                Expr::Lambda(_) => "an expression".to_owned(),
                _ => self.argument_words(argument, parameter.kinds),
            };
            self.report(ArgumentType {
                span,
                function: function.name,
                parameter: parameter.name,
                expected: alternatives(&expected),
                found,
                help: self.conversion(argument, parameter.kinds),
            });
        }
        if fits && self.operands(call, id, arguments) {
            self.constant_arguments(call, id, arguments);
        }
    }

    /// Whether an argument can be what a parameter takes.
    fn may_be(&self, argument: ExprId, kind: Kind) -> bool {
        if matches!(self.program.expr(argument).expr, Expr::Lambda(_)) {
            return kind == Kind::Lambda;
        }
        if let Some(value) = self.flow.constant(argument) {
            return kind.admits(value);
        }
        let items_may_be = |wanted: Kinds| {
            let items = self.flow.written_items(argument).unwrap_or_default();
            items.iter().all(|item| self.flow.kinds(*item).meets(wanted))
        };
        let kinds = self.flow.kinds(argument);
        match kind {
            Kind::Any => true,
            Kind::Number => kinds.meets(Kinds::NUMBER),
            Kind::Text => kinds.meets(Kinds::TEXT),
            Kind::Bool => kinds.meets(Kinds::BOOL),
            Kind::List => kinds.meets(Kinds::LIST),
            Kind::Numbers => kinds.meets(Kinds::LIST) && items_may_be(Kinds::NUMBER),
            Kind::Texts => kinds.meets(Kinds::LIST) && items_may_be(Kinds::TEXT),
            Kind::Object => kinds.meets(Kinds::OBJECT),
            Kind::Lambda => false,
        }
    }

    fn argument_words(&self, argument: ExprId, wanted: &[Kind]) -> String {
        let kinds = self.flow.kinds(argument);
        if kinds.meets(Kinds::LIST) && wanted.iter().any(|kind| matches!(kind, Kind::Numbers | Kind::Texts)) {
            return "a list with other items".to_owned();
        }
        kinds.words()
    }

    /// A function that makes of an argument what is wanted.
    fn conversion(&self, argument: ExprId, wanted: &[Kind]) -> Option<String> {
        let is_lambda = matches!(self.program.expr(argument).expr, Expr::Lambda(_));
        let kinds = self.flow.kinds(argument).without_null();
        let conversion = match (wanted, kinds) {
            _ if is_lambda => "remove the `&`",
            ([Kind::Lambda], _) => "write `&` before the expression",
            ([Kind::Text], Kinds::NUMBER | Kinds::BOOL) => "`to_string` makes text of it",
            ([Kind::Number], Kinds::TEXT) => "`to_number` reads a number from text",
            ([Kind::Text, ..], Kinds::LIST) => "`join` makes text of a list; an index or a projection gives its items",
            _ => return None,
        };
        Some(conversion.to_owned())
    }

    fn comparison(&mut self, id: ExprId, comparison: Comparison, left: ExprId, right: ExprId) {
        let Some(span) = self.program.expr(id).span else { return };
        let (left_kinds, right_kinds) = (self.flow.kinds(left), self.flow.kinds(right));
        let result = match comparison {
            Comparison::Equal => "`==` never holds",
            Comparison::NotEqual => "`!=` always holds",
            Comparison::Numbers(_) => {
                for (side, kinds) in [(left, left_kinds), (right, right_kinds)] {
                    if !kinds.meets(Kinds::NUMBER) {
                        let span = self.program.expr(side).span.unwrap_or(span);
                        let is_text = kinds.without_null() == Kinds::TEXT;
                        self.report(Unordered { span, found: kinds.words(), is_text });
                    }
                }
                return;
            }
        };
        if left_kinds.meets(right_kinds) {
            return;
        }
        let literal = [(left, right_kinds), (right, left_kinds)].into_iter().find_map(|(side, other)| {
            let text = self.flow.constant(side)?.as_text()?;
            let is_meant = match other.without_null() {
                Kinds::NUMBER => text.parse::<f64>().is_ok(),
                Kinds::BOOL => matches!(text, "true" | "false"),
                _ => false,
            };
            is_meant.then(|| text.to_owned())
        });
        self.report(DifferentTypes { span, result, left: left_kinds.words(), right: right_kinds.words(), literal });
    }
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Any => "any value",
        Kind::Number => "a number",
        Kind::Text => "text",
        Kind::Bool => "a truth value",
        Kind::List => "a list",
        Kind::Numbers => "a list of numbers",
        Kind::Texts => "a list of texts",
        Kind::Object => "an object",
        Kind::Lambda => "an expression (`&name`)",
    }
}

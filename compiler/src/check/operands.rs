//! Arguments that must go together: operands of arithmetic, items of sums, keys of orders.

use dikast_stdlib::Value;
use dikast_stdlib::duration::GoDuration;
use dikast_stdlib::functions::{self, Argument, FunctionError, FunctionId, Isolated};
use dikast_stdlib::quantity::Quantity;

use super::Checker;
use super::fault::{Disagreeing, FailingCall, UnorderedKey};
use super::kinds::Kinds;
use crate::ir::{Expr, ExprId};

/// What an operand of arithmetic can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Operand {
    number: bool,
    quantity: bool,
    duration: bool,
}

impl Operand {
    const ANY: Self = Self { number: true, quantity: true, duration: true };

    fn of_text(text: &str) -> Self {
        // A text that is both, such as `5m`, is a quantity.
        let quantity = Quantity::parse(text).is_ok();
        Self { number: false, quantity, duration: !quantity && GoDuration::parse(text).is_ok() }
    }

    fn of_kinds(kinds: Kinds) -> Self {
        let text = kinds.meets(Kinds::TEXT);
        Self { number: kinds.meets(Kinds::NUMBER), quantity: text, duration: text }
    }

    /// What is left of both being of one kind.
    fn and(self, other: Self) -> Self {
        Self {
            number: self.number && other.number,
            quantity: self.quantity && other.quantity,
            duration: self.duration && other.duration,
        }
    }

    fn is_possible(self) -> bool {
        self.number || self.quantity || self.duration
    }

    /// Whether a function works on some such operands (`pkg/engine/jmespath/arithmetic.go`).
    fn works(function: &str, left: Self, right: Self) -> bool {
        let alike = left.and(right).is_possible();
        let scaled = |of: Self, by: Self| by.number && of.is_possible();
        match function {
            "multiply" => scaled(left, right) || scaled(right, left),
            "divide" => alike || scaled(left, right),
            _ => alike,
        }
    }
}

impl Checker<'_> {
    /// Looks at a call whose arguments have the right number and types; says whether they go together.
    pub(super) fn operands(&mut self, call: ExprId, id: FunctionId, arguments: &[ExprId]) -> bool {
        match (functions::get(id).name, arguments) {
            (function @ ("add" | "subtract" | "multiply" | "divide" | "modulo"), &[left, right]) => {
                let constant = |id| self.flow.constant(id).is_some();
                if function == "divide" || function == "modulo" {
                    let error =
                        self.flow.constant(right).filter(|_| !constant(left)).and_then(|by| zero_divisor(id, by));
                    if let (Some(error), Some(span)) = (error, self.program.expr(call).span) {
                        self.report(FailingCall { span, function, error: error.to_string() });
                        return false;
                    }
                }
                // What two constants give is tried.
                if constant(left) && constant(right)
                    || Operand::works(function, self.operand(left), self.operand(right))
                {
                    return true;
                }
                self.disagree(call, function, left, right);
                false
            }
            (function @ "sum", &[list]) => {
                let items = self.flow.written_items(list).unwrap_or_default();
                let mut all = Operand::ANY;
                for pair in items.windows(2) {
                    all = all.and(self.operand(pair[0]));
                    if !all.and(self.operand(pair[1])).is_possible() {
                        self.disagree(call, function, pair[0], pair[1]);
                        return false;
                    }
                }
                true
            }
            (function @ ("sort_by" | "max_by" | "min_by"), &[_, key]) => self.key(function, key),
            _ => true,
        }
    }

    /// Whether the expression of a key can give what has an order.
    fn key(&mut self, function: &'static str, key: ExprId) -> bool {
        let Expr::Lambda(body) = self.program.expr(key).expr else { return true };
        let kinds = self.flow.constant(body).map_or_else(|| self.flow.kinds(body), Kinds::of_value);
        if kinds.meets(Kinds::NUMBER.or(Kinds::TEXT)) {
            return true;
        }
        if let Some(span) = self.program.expr(body).span.or(self.program.expr(key).span) {
            let found = if kinds == Kinds::NULL { "null".to_owned() } else { kinds.words() };
            self.report(UnorderedKey { span, function, found });
        }
        false
    }

    fn operand(&self, id: ExprId) -> Operand {
        match self.flow.constant(id) {
            // What is neither is told of by itself.
            Some(Value::Text(text)) => {
                Some(Operand::of_text(text)).filter(|of| of.is_possible()).unwrap_or(Operand::ANY)
            }
            Some(value) => Operand::of_kinds(Kinds::of_value(value)),
            None => Operand::of_kinds(self.flow.kinds(id)),
        }
    }

    fn disagree(&mut self, call: ExprId, function: &'static str, left: ExprId, right: ExprId) {
        let Some(span) = self.program.expr(call).span else { return };
        let (left, right) = (self.operand_words(left), self.operand_words(right));
        self.report(Disagreeing { span, function, left, right });
    }

    fn operand_words(&self, id: ExprId) -> String {
        let Some(text) = self.flow.constant(id).and_then(Value::as_text) else { return self.flow.kinds(id).words() };
        let sort = if Operand::of_text(text).quantity { "quantity" } else { "duration" };
        format!("the {sort} `{text}`")
    }
}

/// The error of a division by a value that divides nothing: not even itself.
fn zero_divisor(function: FunctionId, by: &Value) -> Option<FunctionError> {
    let is_number = matches!(by, Value::Int(_) | Value::Float(_))
        || by.as_text().is_some_and(|text| Operand::of_text(text).is_possible());
    let by = || Argument::Value(by.clone());
    functions::invoke(function, &[by(), by()], &Isolated::EPOCH).err().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use dikast_stdlib::functions::{find, invoke};

    use super::*;

    #[test]
    fn operands_work_as_the_functions_do() {
        let samples = [
            (Value::Float(2.0), Operand { quantity: false, duration: false, ..Operand::ANY }),
            (Value::text("2Ki"), Operand::of_text("2Ki")),
            (Value::text("2h"), Operand::of_text("2h")),
        ];
        for function in ["add", "subtract", "multiply", "divide", "modulo"] {
            for (left, left_operand) in &samples {
                for (right, right_operand) in &samples {
                    let arguments = [left, right].map(|value| Argument::Value(value.clone()));
                    let works = invoke(find(function).unwrap(), &arguments, &Isolated::EPOCH).is_ok();
                    assert_eq!(Operand::works(function, *left_operand, *right_operand), works, "{function} {left:?}");
                }
            }
        }
    }

    #[test]
    fn a_text_that_is_both_is_a_quantity() {
        assert_eq!(Operand::of_text("5m"), Operand { number: false, quantity: true, duration: false });
        assert_eq!(Operand::of_text("5h"), Operand { number: false, quantity: false, duration: true });
    }
}

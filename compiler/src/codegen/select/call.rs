//! Calls of library functions: a few are emitted as code, the rest goes through one helper.

use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, FunctionId};

use super::{Planned, Reason, Scope, Selector};
use crate::codegen::plan::{Arithmetic, Source, Test, TextMatch};
use crate::ir::{Expr, ExprId};

impl Selector<'_> {
    /// The result of a call.
    pub(super) fn call(&mut self, function: FunctionId, arguments: &[ExprId]) -> Planned<Source> {
        let known = functions::get(function);
        if known.volatile && !self.is_document {
            // The interpreter, asked for the words, would see another moment.
            return Reason::new(format!("function {}", known.name));
        }
        if arguments.iter().any(|&argument| self.lambda(argument).is_some()) {
            return self.keyed(function, arguments);
        }
        if let ("starts_with" | "ends_with" | "contains", Some(test)) =
            (known.name, self.known_text_test(function, arguments)?)
        {
            return Ok(match test {
                Test::Known(truth) => Source::Known(Value::Bool(truth)),
                test => Source::Test(Box::new(test)),
            });
        }
        let operands = self.operands(arguments)?;
        // The length of a list or object is known without what is in it.
        if let ("length", [of]) = (known.name, &operands[..])
            && !self.is_typed_source(of)
        {
            return Ok(Source::Length(function, Box::new(of.clone())));
        }
        for operand in &operands {
            self.keep_whole(operand)?;
        }
        match (arithmetic(known.name), <[Source; 2]>::try_from(operands)) {
            (Some(arithmetic), Ok(operands)) => {
                Ok(Source::Arithmetic { arithmetic, function, operands: Box::new(operands) })
            }
            (_, Ok(operands)) => Ok(Source::Call { function, arguments: operands.into() }),
            (_, Err(arguments)) => Ok(Source::Call { function, arguments }),
        }
    }

    fn is_typed_source(&mut self, source: &Source) -> bool {
        match source {
            Source::Path(path) | Source::Filled(path) => self.is_typed(path),
            Source::OrNull { of, .. } => self.is_typed_source(of),
            source => !source.is_at_hand() && self.keep_whole(source).is_err(),
        }
    }

    /// The body of an argument that is an expression.
    fn lambda(&self, argument: ExprId) -> Option<ExprId> {
        match self.program.expr(argument).expr {
            Expr::Lambda(body) => Some(body),
            _ => None,
        }
    }

    /// A function of a list and an expression, which is asked of each item before the function runs.
    fn keyed(&mut self, function: FunctionId, arguments: &[ExprId]) -> Planned<Source> {
        let name = functions::get(function).name;
        if !matches!(name, "map" | "sort_by" | "min_by" | "max_by") {
            return Reason::new("an expression as an argument");
        }
        let (list, body, expression_first) = match arguments {
            &[first, second] => match (self.lambda(first), self.lambda(second)) {
                (Some(body), None) => (second, body, true),
                (None, Some(body)) => (first, body, false),
                _ => return Reason::new("an expression as an argument"),
            },
            _ => return Reason::new("an expression as an argument"),
        };
        if expression_first != (name == "map") {
            return Reason::new("an expression as an argument");
        }
        let list = self.source(list)?;
        self.keep_whole(&list)?;
        let item = self.value_id();
        let scope = Scope { current: Some(Source::Bound(item)), ..self.scope.clone() };
        let key = self.within(scope, |selector| selector.source(body))?;
        self.keep_whole(&key)?;
        Ok(Source::Keyed { function, list: Box::new(list), item, key: Box::new(key), expression_first })
    }

    /// A function that asks a text about a known one.
    pub(super) fn known_text_test(&mut self, function: FunctionId, arguments: &[ExprId]) -> Planned<Option<Test>> {
        let &[of, wanted] = arguments else { return Ok(None) };
        if self.lambda(of).is_some() || self.lambda(wanted).is_some() {
            return Ok(None);
        }
        let name = functions::get(function).name;
        if !matches!(name, "starts_with" | "ends_with" | "contains") {
            return Ok(None);
        }
        let Source::Known(known @ Value::Text(_)) = self.source(wanted)? else { return Ok(None) };
        let text = known.as_text().unwrap_or_default().to_owned();
        let wanted = match name {
            "starts_with" => TextMatch::Prefix(text),
            "ends_with" => TextMatch::Suffix(text),
            _ => TextMatch::Contains(text),
        };
        let value = self.source(of)?;
        if let Source::Known(_) = value {
            return Ok(None);
        }
        self.keep_whole(&value)?;
        Ok(Some(Test::Text { value, wanted, function, known }))
    }
}

/// What is emitted for numbers.
fn arithmetic(function: &str) -> Option<Arithmetic> {
    Some(match function {
        "add" => Arithmetic::Add,
        "subtract" => Arithmetic::Subtract,
        "multiply" => Arithmetic::Multiply,
        "divide" => Arithmetic::Divide,
        _ => return None,
    })
}

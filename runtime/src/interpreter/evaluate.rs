//! The operators that are pure functions of their operands, one arm each, as the table of the IR says.

use std::cell::RefCell;
use std::sync::Arc;

use dikast_compiler::ir::{Comparison, Expr, ExprId, NameId, Ordering, Recovery};
use dikast_stdlib::functions::{self, Argument, FunctionError, FunctionId};
use dikast_stdlib::{Object, Value};

use super::{Fault, Interpreter};

/// What an expression is asked of.
#[derive(Clone, Copy, Default)]
pub(super) struct Subject<'v> {
    /// The whole document; the JSON context when there is none.
    pub(super) root: Option<&'v Value>,
    /// The nearest binding.
    pub(super) current: Option<&'v Value>,
}

impl<'v> Subject<'v> {
    /// A document that is both root and current.
    pub(super) fn of(document: &'v Value) -> Self {
        Self { root: Some(document), current: Some(document) }
    }

    fn with_current(self, current: &'v Value) -> Self {
        Self { current: Some(current), ..self }
    }
}

impl Interpreter<'_> {
    /// The outcome of an expression.
    pub(super) fn evaluate(&self, id: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let _level = self.budget.enter()?;
        match &self.program.expr(id).expr {
            Expr::Const(constant) => Ok(self.program.constant(*constant).clone()),
            Expr::Root => Ok(self.root(subject)),
            Expr::Variable(name) => self.variable(self.program.name(*name), subject),
            Expr::Current => Ok(self.current(subject)),
            Expr::Member { of, name } => self.member(*of, *name, subject),
            Expr::MemberOf { of, name } => self.member_of(*of, *name, subject),
            Expr::Index { of, position } => self.evaluate(*of, subject).map(|of| item(&of, *position)),
            Expr::IndexOf { of, position } => self.index_of(*of, *position, subject),
            Expr::Slice { of, start, stop, step } => slice(&self.evaluate(*of, subject)?, *start, *stop, *step),
            Expr::Flatten(of) => self.evaluate(*of, subject).map(|of| flatten(&of)),
            Expr::Values(of) => self.evaluate(*of, subject).map(|of| values(&of)),
            Expr::Each { of, body } => self.each(*of, *body, subject),
            Expr::Filter { of, condition } => self.filter(*of, *condition, subject),
            Expr::Bind { value, body } => self.bind(*value, *body, subject),
            Expr::With { document, body } => self.with(*document, *body, subject),
            Expr::IfNotNull { subject: tested, body } => self.if_not_null(*tested, *body, subject),
            Expr::List(items) => self.list(items, subject),
            Expr::Object(members) => self.object(members, subject),
            Expr::Compare { comparison, left, right } => self.compare(*comparison, *left, *right, subject),
            Expr::And { left, right } => self.and(*left, *right, subject),
            Expr::Or { left, right } => self.or(*left, *right, subject),
            Expr::Not(of) => self.evaluate(*of, subject).map(|of| Value::Bool(!is_true(&of))),
            Expr::Recover { recovery, of } => self.recover(*recovery, *of, subject),
            Expr::Call { function, arguments } => self.call(*function, arguments, subject),
            Expr::Lambda(_) => Err(Fault::error("an expression (&...) stands only as an argument of a function")),
            Expr::Fail(message) => Err(Fault::error(&**self.program.name(*message))),
            Expr::Text { parts, otherwise } => self.text(parts, *otherwise, subject),
            Expr::Key { of, written } => self.key(*of, *written, subject),
            Expr::Resolve { .. } => self.resolve(id, subject),
            Expr::Expand { template, path, .. } => self.expand(*template, *path, subject),
            Expr::ExpandWithin { of, path, .. } => self.expand_within(*of, *path, subject),
            Expr::Shortcut { guards, then, otherwise } => self.shortcut(guards, *then, *otherwise, subject),
            Expr::Query { text, .. } => self.query_of(*text, subject),
        }
    }

    fn root(&self, subject: Subject<'_>) -> Value {
        subject.root.cloned().unwrap_or_else(|| self.context.document())
    }

    fn current(&self, subject: Subject<'_>) -> Value {
        subject.current.cloned().unwrap_or_else(|| self.root(subject))
    }

    fn variable(&self, name: &Arc<str>, subject: Subject<'_>) -> Result<Value, Fault> {
        match subject.root {
            Some(document) => member(document, name),
            None => self.context.member(name)?.ok_or_else(|| Fault::Missing(Arc::clone(name))),
        }
    }

    fn member(&self, of: ExprId, name: NameId, subject: Subject<'_>) -> Result<Value, Fault> {
        member(&self.evaluate(of, subject)?, self.program.name(name))
    }

    fn member_of(&self, of: ExprId, name: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let of = self.evaluate(of, subject)?;
        member(&of, &text(self.evaluate(name, subject)?)?)
    }

    fn index_of(&self, of: ExprId, position: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let of = self.evaluate(of, subject)?;
        let position = whole_number(&self.evaluate(position, subject)?);
        Ok(position.map(|position| item(&of, position)).unwrap_or_default())
    }

    fn each(&self, of: ExprId, body: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let Value::List(items) = self.evaluate(of, subject)? else { return Ok(Value::Null) };
        let mut results = Vec::with_capacity(items.len());
        for item in items.iter() {
            match self.evaluate(body, subject.with_current(item)) {
                Ok(Value::Null) | Err(Fault::Missing(_)) => {}
                Ok(result) => results.push(result),
                Err(fault) => return Err(fault),
            }
        }
        Ok(Value::List(Arc::new(results)))
    }

    fn filter(&self, of: ExprId, condition: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let Value::List(items) = self.evaluate(of, subject)? else { return Ok(Value::Null) };
        let mut kept = Vec::new();
        for item in items.iter() {
            match self.evaluate(condition, subject.with_current(item)) {
                Ok(result) if is_true(&result) => kept.push(item.clone()),
                Ok(_) | Err(Fault::Missing(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(Value::List(Arc::new(kept)))
    }

    fn bind(&self, value: ExprId, body: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let value = self.evaluate(value, subject)?;
        self.evaluate(body, subject.with_current(&value))
    }

    fn with(&self, document: ExprId, body: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let document = self.evaluate(document, subject)?;
        self.evaluate(body, Subject::of(&document))
    }

    fn if_not_null(&self, tested: ExprId, body: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        match self.evaluate(tested, subject)? {
            Value::Null => Ok(Value::Null),
            _ => self.evaluate(body, subject),
        }
    }

    fn list(&self, items: &[ExprId], subject: Subject<'_>) -> Result<Value, Fault> {
        let items = items.iter().map(|item| self.evaluate(*item, subject));
        items.collect::<Result<Vec<_>, _>>().map(|items| Value::List(Arc::new(items)))
    }

    fn object(&self, members: &[(ExprId, ExprId)], subject: Subject<'_>) -> Result<Value, Fault> {
        let mut object = Object::new();
        for (name, value) in members {
            let name = text(self.evaluate(*name, subject)?)?;
            object.insert(name, self.evaluate(*value, subject)?);
        }
        Ok(Value::Object(Arc::new(object)))
    }

    fn compare(
        &self,
        comparison: Comparison,
        left: ExprId,
        right: ExprId,
        subject: Subject<'_>,
    ) -> Result<Value, Fault> {
        let left = self.evaluate(left, subject)?;
        Ok(compare(comparison, &left, &self.evaluate(right, subject)?))
    }

    fn and(&self, left: ExprId, right: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        match self.evaluate(left, subject)? {
            left if is_true(&left) => self.evaluate(right, subject),
            left => Ok(left),
        }
    }

    fn or(&self, left: ExprId, right: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        match self.evaluate(left, subject)? {
            left if is_true(&left) => Ok(left),
            _ => self.evaluate(right, subject),
        }
    }

    fn recover(&self, recovery: Recovery, of: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        match self.evaluate(of, subject) {
            Err(fault) if recovers(recovery, &fault) => Ok(Value::Null),
            outcome => outcome,
        }
    }

    fn query_of(&self, query: ExprId, subject: Subject<'_>) -> Result<Value, Fault> {
        let query = text(self.evaluate(query, subject)?)?;
        self.query_text(&query, subject.root)
    }

    fn call(&self, function: FunctionId, arguments: &[ExprId], subject: Subject<'_>) -> Result<Value, Fault> {
        // A function cannot hand on what stops the query, so it is kept here while the function returns.
        let stopped = RefCell::new(None);
        let lambdas: Vec<_> = arguments
            .iter()
            .map(|argument| {
                let Expr::Lambda(body) = self.program.expr(*argument).expr else { return None };
                let stopped = &stopped;
                Some(move |value: &Value| {
                    self.evaluate(body, subject.with_current(value)).map_err(|fault| match fault {
                        Fault::Missing(key) => FunctionError::Missing(key.to_string()),
                        fault if fault.stops_the_query() => {
                            let error = FunctionError::Failed(fault.to_string());
                            *stopped.borrow_mut() = Some(fault);
                            error
                        }
                        fault => FunctionError::Failed(fault.to_string()),
                    })
                })
            })
            .collect();
        let arguments = arguments
            .iter()
            .zip(&lambdas)
            .map(|(argument, lambda)| match lambda {
                Some(lambda) => Ok(Argument::Lambda(lambda)),
                None => self.evaluate(*argument, subject).map(Argument::Value),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let result = functions::invoke(function, &arguments, self.world.environment);
        if let Some(fault) = stopped.take() {
            return Err(fault);
        }
        result.map_err(|error| match error {
            FunctionError::Missing(key) => Fault::Missing(key.into()),
            crash @ FunctionError::Crash(_) => Fault::query(crash.to_string()),
            error => Fault::error(error.to_string()),
        })
    }
}

/// The member of an object or missing; null below anything else.
fn member(of: &Value, name: &Arc<str>) -> Result<Value, Fault> {
    match of {
        Value::Object(members) => members.get(name).cloned().ok_or_else(|| Fault::Missing(Arc::clone(name))),
        _ => Ok(Value::Null),
    }
}

fn text(value: Value) -> Result<Arc<str>, Fault> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(Fault::error(format!("expected text, found {}", other.type_name()))),
    }
}

/// A whole number, or text that is one; of at most 15 digits, so that floats are exact.
pub(crate) fn whole_number(value: &Value) -> Option<i64> {
    const BOUND: i64 = 1_000_000_000_000_000;
    let number = match value {
        Value::Int(number) => *number,
        Value::Float(number) if number.fract() == 0.0 && number.abs() < BOUND as f64 => *number as i64,
        Value::Text(text) if !text.starts_with('+') => text.parse().ok()?,
        _ => return None,
    };
    (-BOUND < number && number < BOUND).then_some(number)
}

pub(crate) fn item(of: &Value, position: i64) -> Value {
    let Value::List(items) = of else { return Value::Null };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let position = if position < 0 { position.saturating_add(length) } else { position };
    usize::try_from(position).ok().and_then(|position| items.get(position)).cloned().unwrap_or_default()
}

/// Part of a list by Python's rules.
pub(crate) fn slice(of: &Value, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Value, Fault> {
    let Value::List(items) = of else { return Ok(Value::Null) };
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Fault::error("Invalid slice, step cannot be 0"));
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |position: i64| {
        let position = if position < 0 { position.saturating_add(length) } else { position };
        position.clamp(lowest, highest)
    };
    let mut position = start.map_or(if step > 0 { lowest } else { highest }, bound);
    let end = stop.map_or(if step > 0 { highest } else { lowest }, bound);
    let mut part = Vec::new();
    while (step > 0 && position < end) || (step < 0 && position > end) {
        part.push(usize::try_from(position).ok().and_then(|position| items.get(position)).cloned().unwrap_or_default());
        position = position.saturating_add(step);
    }
    Ok(Value::List(Arc::new(part)))
}

pub(crate) fn values(of: &Value) -> Value {
    match of {
        Value::Object(members) => Value::list(members.values().cloned()),
        _ => Value::Null,
    }
}

pub(crate) fn flatten(of: &Value) -> Value {
    let Value::List(items) = of else { return Value::Null };
    let mut flat = Vec::with_capacity(items.len());
    for item in items.iter() {
        match item {
            Value::List(inner) => flat.extend(inner.iter().cloned()),
            other => flat.push(other.clone()),
        }
    }
    Value::List(Arc::new(flat))
}

/// Only floats have an order: whole numbers that Go keeps as integers are no numbers to JMESPath.
fn compare(comparison: Comparison, left: &Value, right: &Value) -> Value {
    match comparison {
        Comparison::Equal => Value::Bool(left == right),
        Comparison::NotEqual => Value::Bool(left != right),
        Comparison::Numbers(ordering) => match (left, right) {
            (Value::Float(left), Value::Float(right)) => Value::Bool(match ordering {
                Ordering::Less => left < right,
                Ordering::LessOrEqual => left <= right,
                Ordering::Greater => left > right,
                Ordering::GreaterOrEqual => left >= right,
            }),
            _ => Value::Null,
        },
    }
}

/// Truth in JMESPath's sense: null, false, and empty text, lists and objects are false; zero is true.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Int(_) | Value::Float(_) => true,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn recovers(recovery: Recovery, fault: &Fault) -> bool {
    match (recovery, fault) {
        (_, Fault::Missing(_)) | (Recovery::Error, Fault::Error(_)) => true,
        (Recovery::Missing, Fault::Error(_)) | (_, Fault::Query(_) | Fault::Unresolved(_) | Fault::NeedsData(_)) => {
            false
        }
    }
}

//! Computes what does not depend on the request.
//!
//! ```text
//! call f(c1, c2)        =>  const        f pure, no lambda, and it gives a value
//! or c x                =>  c or x       by the truth of c; likewise and, not
//! recover c             =>  c
//! member (const {a: 1}) =>  const 1      when the member is there
//! text [c1, c2]         =>  const        no brace or backslash in it, which could form a variable
//! ```
//!
//! Allowed because a constant can neither be missing nor fail nor need data. A call that refuses its arguments stays:
//! its error belongs to the moment at which the rule gets there. Volatile calls stay: `time_now()` of no argument at
//! all is not a constant.

use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, Argument, Isolated};

use super::rewrite::rewrite_exprs;
use crate::ir::{Builder, Comparison, Expr, ExprId, ExprNode, Program};

/// Runs the pass.
pub fn fold_constants(program: Program) -> Program {
    rewrite_exprs(program, |builder, ExprNode { expr, span, .. }| match fold(builder, &expr) {
        Some(Folded::Value(value)) => builder.value(value, span),
        Some(Folded::Operand(operand)) => operand,
        None => builder.push(expr, span),
    })
}

enum Folded {
    Value(Value),
    Operand(ExprId),
}

fn fold(builder: &Builder, expr: &Expr) -> Option<Folded> {
    let known = |id: &ExprId| builder.as_constant(*id);
    let value = match expr {
        Expr::Member { of, name } => known(of)?.get(builder.program().name(*name))?.clone(),
        Expr::Index { of, position } => {
            let items = known(of)?.as_list()?;
            let length = i64::try_from(items.len()).ok()?;
            let at = if *position < 0 { length + position } else { *position };
            usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default()
        }
        Expr::List(items) => Value::list(items.iter().map(|item| known(item).cloned()).collect::<Option<Vec<_>>>()?),
        Expr::Object(members) => {
            let members = members.iter().map(|(name, value)| Some((known(name)?.as_text()?, known(value)?.clone())));
            Value::object(members.collect::<Option<Vec<_>>>()?)
        }
        Expr::Compare { comparison, left, right } => compare(*comparison, known(left)?, known(right)?)?,
        Expr::And { left, right } => {
            return Some(Folded::Operand(if known(left)?.is_true() { *right } else { *left }));
        }
        Expr::Or { left, right } => {
            return Some(Folded::Operand(if known(left)?.is_true() { *left } else { *right }));
        }
        Expr::IfNotNull { subject, body } => {
            return Some(Folded::Operand(if known(subject)?.is_null() { *subject } else { *body }));
        }
        Expr::Not(of) => Value::Bool(!known(of)?.is_true()),
        Expr::Recover { of, .. } => return known(of).map(|_| Folded::Operand(*of)),
        Expr::Call { function, arguments } if !functions::get(*function).volatile => {
            let arguments = arguments.iter().map(|argument| known(argument).cloned().map(Argument::Value));
            let arguments = arguments.collect::<Option<Vec<_>>>()?;
            functions::invoke(*function, &arguments, &Isolated::EPOCH).ok()?
        }
        Expr::Key { of, .. } => return known(of)?.as_text().map(|_| Folded::Operand(*of)),
        Expr::Text { parts, .. } => {
            let parts = parts.iter().map(|part| known(part)?.as_text()).collect::<Option<Vec<_>>>()?;
            let text = parts.concat();
            if text.contains(['{', '\\']) {
                return None;
            }
            Value::text(text)
        }
        Expr::Const(_)
        | Expr::Root
        | Expr::Variable(_)
        | Expr::Current
        | Expr::MemberOf { .. }
        | Expr::IndexOf { .. }
        | Expr::Slice { .. }
        | Expr::Flatten(_)
        | Expr::Values(_)
        | Expr::Each { .. }
        | Expr::Filter { .. }
        | Expr::Bind { .. }
        | Expr::With { .. }
        | Expr::Call { .. }
        | Expr::Lambda(_)
        | Expr::Resolve { .. }
        | Expr::ExpandWithin { .. }
        | Expr::Shortcut { .. }
        | Expr::Expand { .. }
        | Expr::Query { .. }
        | Expr::Fail(_) => return None,
    };
    Some(Folded::Value(value))
}

/// Scalars of the types that expressions compute with; how Go's integers compare is left to the engines.
fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<Value> {
    let plain = |value: &Value| matches!(value, Value::Null | Value::Bool(_) | Value::Float(_) | Value::Text(_));
    if !plain(left) || !plain(right) {
        return None;
    }
    match comparison {
        Comparison::Equal => Some(Value::Bool(left == right)),
        Comparison::NotEqual => Some(Value::Bool(left != right)),
        Comparison::Numbers(_) => None,
    }
}

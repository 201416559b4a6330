//! Joins pieces of text.
//!
//! ```text
//! text [a, text [b, c], d]  =>  text [a, b, c, d]      the inner one has no other meaning
//! text ["x", "y", b]        =>  text ["xy", b]
//! resolve (const c)         =>  c                      c is a scalar without braces and backslashes
//! ```
//!
//! A piece that holds `{{` is not joined with its neighbour: together they could form a variable that neither is. A result
//! with braces stays a result, for constants in a text are not searched for variables.

use dikast_stdlib::Value;

use super::rewrite::rewrite_exprs;
use crate::ir::{Builder, Expr, ExprId, ExprNode, Program};

/// Runs the pass.
pub fn flatten_templates(program: Program) -> Program {
    rewrite_exprs(program, |builder, ExprNode { expr, span, .. }| match expr {
        Expr::Text { parts, otherwise } => {
            let mut flat: Vec<ExprId> = Vec::with_capacity(parts.len());
            for part in parts {
                let inner = match &builder.program().expr(part).expr {
                    Expr::Text { parts, otherwise: None } => parts.clone(),
                    _ => vec![part],
                };
                for part in inner {
                    match flat.last().and_then(|&last| joined(builder, last, part)) {
                        Some(text) => {
                            flat.pop();
                            flat.push(builder.text(&text, None));
                        }
                        None => flat.push(part),
                    }
                }
            }
            builder.push(Expr::Text { parts: flat, otherwise }, span)
        }
        Expr::Resolve { query, on_delete: None, ref loads, .. }
            if loads.is_empty() && builder.as_constant(query).is_some_and(cannot_form_variable) =>
        {
            query
        }
        other => builder.push(other, span),
    })
}

/// Whether the text of a result has nothing of a variable in it.
fn cannot_form_variable(result: &Value) -> bool {
    match result {
        Value::Text(text) => !text.contains(['{', '}', '\\']),
        Value::List(_) | Value::Object(_) => false,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => true,
    }
}

/// Two constant pieces as one.
fn joined(builder: &Builder, left: ExprId, right: ExprId) -> Option<String> {
    let piece = |id| builder.as_constant(id).and_then(Value::as_text).filter(|text| !text.contains(['{', '}', '\\']));
    Some([piece(left)?, piece(right)?].concat())
}

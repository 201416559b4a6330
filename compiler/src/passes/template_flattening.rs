//! Joins pieces of text.
//!
//! ```text
//! text [a, text [b, c], d]  =>  text [a, b, c, d]      the inner one has no other meaning
//! text ["x", "y", b]        =>  text ["xy", b]
//! resolve (const c)         =>  c                      it loads nothing and cannot fail
//! ```
//!
//! A piece that holds `{{` is not joined with its neighbour: together they could form a variable that neither is.

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
            if loads.is_empty() && builder.as_constant(query).is_some() =>
        {
            query
        }
        other => builder.push(other, span),
    })
}

/// Two constant pieces as one.
fn joined(builder: &Builder, left: ExprId, right: ExprId) -> Option<String> {
    let piece = |id| builder.as_constant(id).and_then(Value::as_text).filter(|text| !text.contains(['{', '}', '\\']));
    Some([piece(left)?, piece(right)?].concat())
}

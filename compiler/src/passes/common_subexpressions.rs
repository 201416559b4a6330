//! Computes equal expressions once, across rules and policies.
//!
//! ```text
//! %3 = member %2 spec        %3 = member %2 spec
//! ...                   =>   ...
//! %9 = member %8 spec        (uses of %9 use %3)        when %8 and %2 are the same
//! ```
//!
//! Allowed because an expression is a function of its environment: the same node gives the same outcome wherever root,
//! current and visible context are the same. Engines that keep results therefore keep them per environment. Volatile
//! expressions are not shared, two calls of `random` are two numbers. The first place that wrote an expression lends it
//! its span.

use std::collections::HashMap;

use super::rewrite::rewrite_exprs;
use crate::ir::{Expr, ExprId, ExprNode, Program};

/// Runs the pass.
pub fn share_subexpressions(program: Program) -> Program {
    let mut seen: HashMap<Expr, ExprId> = HashMap::new();
    rewrite_exprs(program, |builder, ExprNode { expr, effect, span, .. }| {
        if effect.volatile {
            return builder.push(expr, span);
        }
        if let Some(&known) = seen.get(&expr) {
            return known;
        }
        let id = builder.push(expr.clone(), span);
        seen.insert(expr, id);
        id
    })
}

//! The lists that loops walk over (Kyverno `pkg/engine/utils/foreach.go`).

use dikast_compiler::ir::ExprId;
use dikast_stdlib::Value;

use crate::interpreter::{Fault, Interpreter};

/// The elements of a loop's list: anything that is no list is a list of itself. A scalar element is a float, for it goes
/// through JSON text in Kyverno.
pub(super) fn elements(interpreter: &Interpreter<'_>, list: ExprId) -> Result<Vec<Value>, Fault> {
    let scalar_to_float = |element: &Value| match element {
        Value::Int(_) => element.to_floats(),
        other => other.clone(),
    };
    Ok(match interpreter.query(list)? {
        Value::List(items) => items.iter().map(scalar_to_float).collect(),
        other => vec![scalar_to_float(&other)],
    })
}

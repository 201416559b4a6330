//! `map`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Lambda, Parameter, Topic};

/// The result of an expression for each item; null where a member is missing.
///
/// # Errors
///
/// Any other error of the expression.
fn map(expression: Lambda<'_>, items: &[Value]) -> Result<Value, FunctionError> {
    let results = items.iter().map(|item| match expression(item) {
        Err(FunctionError::Missing(_)) => Ok(Value::Null),
        outcome => outcome,
    });
    Ok(Value::list(results.collect::<Result<Vec<_>, _>>()?))
}

pub(crate) static FUNCTION: Function = Function {
    name: "map",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "expression", kinds: &[Kind::Lambda] },
        Parameter { name: "items", kinds: &[Kind::List] },
    ],
    arity: Arity::Fixed,
    result: Kind::List,
    volatile: false,
    summary: "The result of an expression for each item of a list. Unlike a projection it keeps nulls.",
    examples: &[(r#"map(&name, `[{"name": "a"}, {}, {"name": "c"}]`)"#, r#"["a", null, "c"]"#)],
    call: |arguments, _| map(arguments.lambda(0)?, arguments.list(1)?),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_members_become_null() {
        let expression = |item: &Value| match item {
            Value::Null => Err(FunctionError::Missing("name".to_owned())),
            Value::Bool(_) => Err(FunctionError::Failed("no".to_owned())),
            other => Ok(other.clone()),
        };
        let items = [Value::Null, Value::text("a")];
        assert_eq!(map(&expression, &items), Ok(Value::list(items.clone())));
        assert!(map(&expression, &[Value::Bool(true)]).is_err());
    }
}

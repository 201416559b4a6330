//! `lookup`

use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::{Value, go_format};

/// The item at a position; null when there is none.
///
/// # Errors
///
/// A position with a fraction, and one that Go's integers do not hold.
fn item_at(items: &[Value], position: f64) -> Result<Value, FunctionError> {
    let refused = |reason: &str| {
        FunctionError::refused("lookup", format_args!("argument #2: {reason}: {}", go_format::general(position)))
    };
    if position.fract() != 0.0 || !position.is_finite() {
        return Err(refused("expected an integer number but got"));
    }
    // The bounds are powers of two: the smallest integer is one, the greatest is one less than the other.
    if !(i64::MIN as f64..-(i64::MIN as f64)).contains(&position) {
        return Err(refused("number is outside the range of integer numbers"));
    }
    let in_bounds = position >= 0.0 && position < items.len() as f64;
    Ok(if in_bounds { items[position as usize].clone() } else { Value::Null })
}

pub(crate) static FUNCTION: Function = Function {
    name: "lookup",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "subject", kinds: &[Kind::Object, Kind::List] },
        Parameter { name: "key", kinds: &[Kind::Text, Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Any,
    volatile: false,
    summary: "The member of an object by name, or the item of a list by position from 0; null when there is none.",
    examples: &[
        (r#"lookup(`{"team": "blue"}`, 'team')"#, r#""blue""#),
        (r#"lookup(`{"team": "blue"}`, 'owner')"#, "null"),
        ("lookup(['a', 'b'], `1`)", r#""b""#),
    ],
    call: |arguments, _| match arguments.value(0)? {
        Value::Object(members) => Ok(members.get(arguments.text(1)?).cloned().unwrap_or_default()),
        Value::List(items) => item_at(items, arguments.number(1)?),
        _ => Err(FunctionError::not_of_type("lookup", 1, "Object or Array")),
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_out_of_range_give_null() {
        let items = [Value::text("a")];
        assert_eq!(item_at(&items, 0.0), Ok(Value::text("a")));
        assert_eq!(item_at(&items, -1.0), Ok(Value::Null));
        assert_eq!(item_at(&items, 1e18), Ok(Value::Null));
        let error = item_at(&items, 9_223_372_036_854_775_807.0).unwrap_err().to_string();
        assert!(error.ends_with("number is outside the range of integer numbers: 9.223372036854776e+18"), "{error}");
        let error = item_at(&items, 0.5).unwrap_err().to_string();
        assert_eq!(error, "JMESPath function 'lookup': argument #2: expected an integer number but got: 0.5");
    }
}

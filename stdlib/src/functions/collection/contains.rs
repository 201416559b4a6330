//! `contains`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// Whether a list has an item that equals `wanted`, as Go's `==` compares.
///
/// # Errors
///
/// Go cannot compare two lists or two objects, and Kyverno crashes on them.
fn list_contains(items: &[Value], wanted: &Value) -> Result<bool, FunctionError> {
    for item in items {
        match (item, wanted) {
            (Value::List(_), Value::List(_)) => {
                return Err(FunctionError::crash("comparing uncomparable type []interface {}"));
            }
            (Value::Object(_), Value::Object(_)) => {
                return Err(FunctionError::crash("comparing uncomparable type map[string]interface {}"));
            }
            _ if item == wanted => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

pub(crate) static FUNCTION: Function = Function {
    name: "contains",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "subject", kinds: &[Kind::List, Kind::Text] },
        Parameter { name: "wanted", kinds: &[Kind::Any] },
    ],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether a list has an item that equals `wanted`, or a text has it as a part.",
    examples: &[
        ("contains('registry.example.org/app', 'example')", "true"),
        ("contains(['NET_ADMIN', 'SYS_TIME'], 'NET_ADMIN')", "true"),
        ("contains(['1'], `1`)", "false"),
    ],
    call: |arguments, _| {
        let wanted = arguments.value(1)?;
        match arguments.value(0)? {
            Value::Text(text) => Ok(Value::Bool(wanted.as_text().is_some_and(|part| text.contains(part)))),
            _ => list_contains(arguments.list(0)?, wanted).map(Value::Bool),
        }
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_compared_by_type_and_value() {
        let items = [Value::Null, Value::Float(1.0), Value::text("1"), Value::list([])];
        assert_eq!(list_contains(&items, &Value::Null), Ok(true));
        assert_eq!(list_contains(&items, &Value::Float(1.0)), Ok(true));
        assert_eq!(list_contains(&items, &Value::Bool(true)), Ok(false));
        assert!(list_contains(&items, &Value::list([])).is_err());
    }
}

//! `sort_by`

use super::order::Keys;
use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Lambda, Parameter, Topic};

/// The items, smallest key first; items with the same key keep their order. A single item is not asked for its key.
///
/// # Errors
///
/// As [`Keys::of`].
fn sort_by(items: &[Value], expression: Lambda<'_>) -> Result<Value, FunctionError> {
    if let [] | [_] = items {
        return Ok(Value::list(items.iter().cloned()));
    }
    let keys = Keys::of(items, expression, |_| "error in sort_by comparison".to_owned())?;
    let mut positions: Vec<usize> = (0..items.len()).collect();
    positions.sort_by(|&left, &right| keys.compare(left, right));
    Ok(Value::list(positions.into_iter().filter_map(|at| items.get(at).cloned())))
}

pub(crate) static FUNCTION: Function = Function {
    name: "sort_by",
    topic: Topic::Collections,
    parameters: &[
        Parameter { name: "items", kinds: &[Kind::List] },
        Parameter { name: "expression", kinds: &[Kind::Lambda] },
    ],
    arity: Arity::Fixed,
    result: Kind::List,
    volatile: false,
    summary: "A list ordered by the numbers or texts that an expression gives for its items.",
    examples: &[(r#"sort_by(`[{"n": "b"}, {"n": "a"}]`, &n)[*].n"#, r#"["a", "b"]"#)],
    call: |arguments, _| sort_by(arguments.list(0)?, arguments.lambda(1)?),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_keep_their_order() {
        let pair = |key: f64, name: &str| Value::list([Value::Float(key), Value::text(name)]);
        let items = [pair(2.0, "a"), pair(1.0, "b"), pair(2.0, "c"), pair(1.0, "d")];
        let first = |item: &Value| Ok(item.as_list().and_then(<[Value]>::first).cloned().unwrap_or_default());
        let sorted = sort_by(&items, &first).unwrap();
        assert_eq!(sorted, Value::list([1, 3, 0, 2].map(|at: usize| items[at].clone())));
    }
}

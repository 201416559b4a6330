//! `avg`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The mean of numbers; NaN when there are none.
fn mean(numbers: &[Value]) -> f64 {
    numbers.iter().filter_map(Value::as_number).sum::<f64>() / numbers.len() as f64
}

pub(crate) static FUNCTION: Function = Function {
    name: "avg",
    topic: Topic::Arithmetic,
    parameters: &[Parameter { name: "numbers", kinds: &[Kind::Numbers] }],
    arity: Arity::Fixed,
    result: Kind::Number,
    volatile: false,
    summary: "The mean of a list of numbers. An empty list has none: its mean is NaN, which no text can hold.",
    examples: &[("avg(`[1, 2, 6]`)", "3")],
    call: |arguments, _| Ok(Value::Float(mean(arguments.list(0)?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_mean() {
        assert!(mean(&[]).is_nan());
    }
}

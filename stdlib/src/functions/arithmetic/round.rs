//! `round`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// A number rounded to some decimal places, halves away from zero. Places beyond a float's range give NaN.
///
/// # Errors
///
/// Places that are negative or have a fraction.
fn round(number: f64, places: f64) -> Result<f64, FunctionError> {
    if places.fract() != 0.0 {
        return Err(FunctionError::refused("round", "Non-integer argument(s) passed for round off"));
    }
    if places < 0.0 {
        // Kyverno forgets to fill its message in.
        let detail = "%!d(MISSING) argument is out of bounds (%!d(MISSING))";
        return Err(FunctionError::refused("round", detail));
    }
    let shift = 10f64.powf(places);
    Ok((number * shift).round() / shift)
}

pub(crate) static FUNCTION: Function = Function {
    name: "round",
    topic: Topic::Arithmetic,
    parameters: &[
        Parameter { name: "number", kinds: &[Kind::Number] },
        Parameter { name: "places", kinds: &[Kind::Number] },
    ],
    arity: Arity::Fixed,
    result: Kind::Number,
    volatile: false,
    summary: "A number rounded to some decimal places, halves away from zero.",
    examples: &[("round(`3.14159`, `2`)", "3.14"), ("round(`-2.5`, `0`)", "-3")],
    call: |arguments, _| round(arguments.number(0)?, arguments.number(1)?).map(Value::Float),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let cases =
            [(2.5, 0.0, 3.0), (-2.5, 0.0, -3.0), (1.005, 2.0, 1.0), (0.49999999999999994, 0.0, 0.0), (7.0, 20.0, 7.0)];
        for (number, places, rounded) in cases {
            assert_eq!(round(number, places), Ok(rounded));
        }
        assert!(round(1.5, 400.0).unwrap().is_nan());
        assert!(round(1.5, -1.0).is_err());
        assert!(round(1.5, 0.5).is_err());
    }
}

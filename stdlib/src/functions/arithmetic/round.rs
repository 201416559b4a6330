//! `round`

use super::power::power;
use crate::Value;
use crate::duration::float_to_int;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// A number rounded to some decimal places, halves away from zero. Places beyond a float's range give NaN.
///
/// # Errors
///
/// Places that are negative, have a fraction or are beyond Go's integers.
fn round(number: f64, places: f64) -> Result<f64, FunctionError> {
    let whole = float_to_int(places);
    if whole as f64 != places {
        return Err(FunctionError::refused("round", "Non-integer argument(s) passed for round off"));
    }
    let Ok(whole) = u64::try_from(whole) else {
        // Kyverno forgets to fill its message in.
        let detail = "%!d(MISSING) argument is out of bounds (%!d(MISSING))";
        return Err(FunctionError::refused("round", detail));
    };
    let shift = power(10.0, whole);
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
    }

    #[test]
    fn places_are_integers_from_zero() {
        let message = |places| round(1.5, places).unwrap_err().to_string();
        for places in [0.5, 9_223_372_036_854_775_808.0, 1e19, 1e308, -1e19] {
            assert!(message(places).ends_with("Non-integer argument(s) passed for round off"), "{places}");
        }
        for places in [-1.0, -20.0, -9e18] {
            assert!(message(places).ends_with("argument is out of bounds (%!d(MISSING))"), "{places}");
        }
    }

    #[test]
    fn last_digits_are_those_of_go() {
        let mut rows = include_str!("round.txt").lines().filter(|line| !line.starts_with('#'));
        let float = |text: &str| text.parse::<f64>().unwrap();
        let numbers: Vec<f64> = rows.next().unwrap().split(' ').skip(1).map(float).collect();
        for row in rows {
            let mut cells = row.split(' ').map(float);
            let places = cells.next().unwrap();
            let rounded = numbers.iter().map(|number| round(*number, places).unwrap());
            for (number, (expected, rounded)) in numbers.iter().zip(cells.zip(rounded)) {
                let same = expected == rounded || expected.is_nan() && rounded.is_nan();
                assert!(same, "{number} to {places} places: {rounded}, not {expected}");
            }
        }
    }
}

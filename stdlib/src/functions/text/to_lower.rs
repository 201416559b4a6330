//! `to_lower`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The lower case of each character for itself (Go `strings.ToLower`). Only `İ` has a lower case of two characters, the
/// first of which Go takes.
fn to_lower(text: &str) -> String {
    text.chars().filter_map(|character| character.to_lowercase().next()).collect()
}

pub(crate) static FUNCTION: Function = Function {
    name: "to_lower",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text in lower case.",
    examples: &[("to_lower('Nginx')", r#""nginx""#)],
    call: |arguments, _| Ok(Value::text(to_lower(arguments.text(0)?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_mapped_one_by_one() {
        assert_eq!(to_lower("ÉΑΣ İ"), "éας i".replace('ς', "σ"));
    }
}

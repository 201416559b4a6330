//! `to_upper`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The upper case of each character for itself (Go `strings.ToUpper`): `ß` stays as it is.
fn to_upper(text: &str) -> String {
    text.chars().map(upper_case).collect()
}

fn upper_case(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => with_iota_beside(character).unwrap_or(character),
    }
}

/// Greek vowels with an iota below: their full upper case is two letters, their simple one has the iota beside.
fn with_iota_beside(character: char) -> Option<char> {
    let distance = match character {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => return None,
    };
    char::from_u32(u32::from(character) + distance)
}

pub(crate) static FUNCTION: Function = Function {
    name: "to_upper",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A text in upper case.",
    examples: &[("to_upper('Nginx')", r#""NGINX""#)],
    call: |arguments, _| Ok(Value::text(to_upper(arguments.text(0)?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_mapped_one_by_one() {
        assert_eq!(to_upper("éß\u{1fb3}\u{1f80}ı"), "Éß\u{1fbc}\u{1f88}I");
    }
}

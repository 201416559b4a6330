//! Variables nested in an expression: `images.containers."{{ element.name }}".tag`.
//!
//! A nested variable is substituted as text before the expression around it is parsed. Where it stands for a name, a
//! position, part of a text or a scalar literal, the form of the expression does not depend on what it gives, as long as
//! that has the expected [`Shape`]. The expression is then parsed once, with a stand-in for the variable, and lowered to
//! operators that take the name or position from an operand.

use dikast_grammar::Span;
use dikast_grammar::json::Json;
use dikast_stdlib::Value;
use dikast_stdlib::functions;

use crate::ir::{Builder, Expr, ExprId, Shape};

/// The nested variables of one expression.
#[derive(Clone, Debug, Default)]
pub(super) struct Holes {
    holes: Vec<Hole>,
}

#[derive(Clone, Debug)]
struct Hole {
    /// What stands in the parsed text: a name, or digits where a number has to stand.
    stand_in: String,
    value: ExprId,
    shape: Shape,
}

/// A piece of an expression's text.
#[derive(Clone, Debug)]
pub(super) enum Piece<'t> {
    /// As written.
    Text(&'t str),
    /// A nested variable's value.
    Hole(ExprId),
}

impl Holes {
    /// The text to parse and its nested variables.
    pub(super) fn new(pieces: &[Piece<'_>]) -> (String, Self) {
        let written: String =
            pieces.iter().map(|piece| if let Piece::Text(text) = piece { text } else { "" }).collect();
        let word = unused(&written, "nested");
        let digits = (0u64..).map(|number| (7_310_000 + number).to_string()).find(|digits| !written.contains(digits));
        let digits = digits.unwrap_or_default();
        let mut text = String::new();
        let mut holes: Vec<Hole> = Vec::new();
        let mut place = Place::default();
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(part) => {
                    place.pass(part);
                    text.push_str(part);
                }
                Piece::Hole(value) => {
                    let closes = match pieces.get(index + 1) {
                        Some(Piece::Text(next)) => next.trim_start().starts_with(']'),
                        _ => false,
                    };
                    let shape = place.shape(closes);
                    let number = holes.len();
                    let stand_in = match shape {
                        Shape::Position | Shape::Scalar => format!("{digits}{number:04}"),
                        _ => format!("{word}{number:04}"),
                    };
                    place.pass(&stand_in);
                    text.push_str(&stand_in);
                    holes.push(Hole { stand_in, value: *value, shape });
                }
            }
        }
        (text, Self { holes })
    }

    /// What the values must look like for the parsed form to be the meaning.
    pub(super) fn guards(&self) -> Vec<(ExprId, Shape)> {
        self.holes.iter().map(|hole| (hole.value, hole.shape)).collect()
    }

    /// What stands in the parsed text for each variable, in order.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = &str> {
        self.holes.iter().map(|hole| hole.stand_in.as_str())
    }

    /// Whether a variable stands in this name or text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.holes.iter().any(|hole| text.contains(&hole.stand_in))
    }

    /// The value of a variable that stands for a position.
    pub(super) fn position(&self, position: i64) -> Option<ExprId> {
        self.number(&position.to_string())
    }

    fn number(&self, digits: &str) -> Option<ExprId> {
        self.holes.iter().find(|hole| hole.stand_in == digits).map(|hole| hole.value)
    }

    /// A text with its variables in their places.
    pub(super) fn text(&self, builder: &mut Builder, text: &str, span: Option<Span>) -> ExprId {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((at, hole)) =
            self.holes.iter().filter_map(|hole| Some((rest.find(&hole.stand_in)?, hole))).min_by_key(|(at, _)| *at)
        {
            if at > 0 {
                parts.push(builder.text(&rest[..at], span));
            }
            parts.push(hole.value);
            rest = &rest[at + hole.stand_in.len()..];
        }
        if parts.is_empty() {
            return builder.text(text, span);
        }
        if !rest.is_empty() {
            parts.push(builder.text(rest, span));
        }
        builder.push(Expr::Text { parts, otherwise: None }, span)
    }

    /// A literal with its variables in their places. JMESPath's numbers are floats.
    pub(super) fn literal(&self, builder: &mut Builder, value: &Json, span: Option<Span>) -> ExprId {
        if !self.is_in(&value.to_string()) {
            return builder.value(Value::from(value), span);
        }
        match value {
            Json::Null | Json::Bool(_) => builder.value(Value::from(value), span),
            Json::Number(number) => match (self.number(&number.to_string()), functions::find("parse_json")) {
                // Reading its text makes an integer a float.
                (Some(value), Some(function)) => {
                    let text = builder.push(Expr::Text { parts: vec![value], otherwise: None }, span);
                    builder.push(Expr::Call { function, arguments: vec![text] }, span)
                }
                _ => builder.value(Value::from(value), span),
            },
            Json::Text(text) => self.text(builder, text, span),
            Json::List(items) => {
                let items = items.iter().map(|item| self.literal(builder, item, span)).collect();
                builder.push(Expr::List(items), span)
            }
            Json::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| (self.text(builder, name, span), self.literal(builder, value, span)))
                    .collect();
                builder.push(Expr::Object(members), span)
            }
        }
    }
}

/// A word that the text does not hold.
fn unused(text: &str, word: &str) -> String {
    let mut word = word.to_owned();
    while text.contains(&word) {
        word.push('_');
    }
    word
}

/// Where in an expression a place is, as far as quotes go.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    quotes: Quotes,
    escaped: bool,
    /// The last character outside of quotes that is no blank.
    last: Option<char>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Quotes {
    #[default]
    None,
    Single,
    Double,
    Backticks,
    /// Inside a text inside backticks.
    DoubleInBackticks,
}

impl Place {
    fn pass(&mut self, text: &str) {
        for character in text.chars() {
            if std::mem::take(&mut self.escaped) {
                continue;
            }
            if character == '\\' && self.quotes != Quotes::None {
                self.escaped = true;
                continue;
            }
            self.quotes = match (self.quotes, character) {
                (Quotes::None, '\'') => Quotes::Single,
                (Quotes::None, '"') => Quotes::Double,
                (Quotes::None, '`') => Quotes::Backticks,
                (Quotes::Single, '\'') | (Quotes::Double, '"') => Quotes::None,
                (Quotes::Backticks | Quotes::DoubleInBackticks, '`') => Quotes::None,
                (Quotes::Backticks, '"') => Quotes::DoubleInBackticks,
                (Quotes::DoubleInBackticks, '"') => Quotes::Backticks,
                (quotes, _) => quotes,
            };
            if self.quotes == Quotes::None && !character.is_whitespace() {
                self.last = Some(character);
            }
        }
    }

    /// What a variable at this place has to give; `closes` when `]` follows.
    fn shape(&self, closes: bool) -> Shape {
        match self.quotes {
            Quotes::Single => Shape::Raw,
            Quotes::Double | Quotes::DoubleInBackticks => Shape::Quotable,
            Quotes::Backticks => Shape::Scalar,
            Quotes::None if closes && self.last == Some('[') => Shape::Position,
            Quotes::None => Shape::Identifier,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<Shape> {
        let mut builder = Builder::new();
        let mut pieces = Vec::new();
        for (index, part) in text.split('#').enumerate() {
            if index > 0 {
                pieces.push(Piece::Hole(builder.value(Value::Null, None)));
            }
            pieces.push(Piece::Text(part));
        }
        Holes::new(&pieces).1.guards().into_iter().map(|(_, shape)| shape).collect()
    }

    #[test]
    fn shapes_follow_from_the_place() {
        assert_eq!(shapes("a.#.b[#].c"), [Shape::Identifier, Shape::Position]);
        assert_eq!(shapes(r#"a."x-#" || '#'"#), [Shape::Quotable, Shape::Raw]);
        assert_eq!(shapes(r"f('it\'s #', `#`, `[1,#]`)"), [Shape::Raw, Shape::Scalar, Shape::Scalar]);
        assert_eq!(shapes(r##"`{"#": #}`"##), [Shape::Quotable, Shape::Scalar]);
        assert_eq!(shapes("a[?b == '#'][#]"), [Shape::Raw, Shape::Position]);
    }

    #[test]
    fn stand_ins_do_not_occur_in_the_text() {
        let mut builder = Builder::new();
        let value = builder.value(Value::Null, None);
        let (text, holes) = Holes::new(&[Piece::Text("nested.nested_."), Piece::Hole(value)]);
        assert!(text.starts_with("nested.nested_.nested__"), "{text}");
        assert!(!holes.is_in("nested.nested_."));
    }
}

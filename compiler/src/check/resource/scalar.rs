//! Scalars against types: what a pattern can match, and what the API server takes.

use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::Value;
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::quantity::Quantity;
use dikast_stdlib::wildcard::is_wildcard;

use crate::model::suggest;
use crate::schema::{Format, Graph, Type, TypeId};

/// Whether a scalar fits a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It can.
    Fits,
    /// It never does.
    Never {
        /// What the type is.
        expected: String,
    },
}

/// Whether a pattern can match a value of a type. It is asked of values of that type; where those cannot be listed, of
/// values that lie around what the pattern says.
pub(super) fn fit_of_pattern(graph: &Graph, ty: TypeId, node: &Node) -> Fit {
    let pattern = ScalarPattern::new(&Value::from(node));
    let text = node.as_str();
    let matches_one = |samples: Vec<Value>| {
        // What is satisfied by nothing at all says that the field may be absent.
        pattern.matches(&Value::Null) || samples.iter().any(|sample| pattern.matches(sample))
    };
    let fits = match graph.ty(ty) {
        Type::Any => true,
        Type::Bool => matches_one(vec![Value::Bool(true), Value::Bool(false)]),
        Type::Enum(choices) => matches_one(choices.iter().map(|choice| Value::text(graph.name(*choice))).collect()),
        Type::Integer | Type::Number => matches_one(numbers_around(text, node)),
        Type::IntegerOrText => node.as_bool().is_none(),
        Type::Text(Format::Quantity) => match text {
            Some(text) => operands(text).all(|operand| is_wildcard(operand) || Quantity::parse(operand).is_ok()),
            None => node.as_bool().is_none(),
        },
        Type::Text(_) => text.is_some() || matches_one(vec![Value::text(written(node))]),
        Type::List { .. } | Type::Map(_) | Type::Object(_) => text.is_some_and(|text| {
            text.is_empty() || is_wildcard(text) || text.contains(['|', '!', '&']) || text == "null"
        }),
    };
    if fits { Fit::Fits } else { Fit::Never { expected: expected(graph, ty) } }
}

/// What is compared in a pattern's text.
fn operands(text: &str) -> impl Iterator<Item = &str> {
    let alternatives = text.split(['|', '&']).map(str::trim);
    let bare = alternatives.map(|part| part.trim_start_matches(['<', '>', '=', '!']).trim());
    bare.flat_map(|part| match part.split_once("!-") {
        Some((from, to)) => [from, to],
        None => match part.split_once('-') {
            Some((from, to)) if !from.is_empty() => [from, to],
            _ => [part, part],
        },
    })
}

/// Numbers at, below and above those that a pattern names.
fn numbers_around(text: Option<&str>, node: &Node) -> Vec<Value> {
    let mut samples = vec![Value::Int(0), Value::Int(1), Value::Int(-1), Value::Int(1 << 40)];
    let mut around = |number: f64| {
        for number in [number - 1.0, number, number + 1.0] {
            samples.push(if number.fract() == 0.0 { Value::Int(number as i64) } else { Value::Float(number) });
        }
    };
    node.as_number().into_iter().for_each(&mut around);
    let digits = |character: char| !character.is_ascii_digit() && character != '.';
    text.unwrap_or_default().split(digits).filter_map(|number| number.parse().ok()).for_each(around);
    samples
}

/// Whether the API server takes a scalar for a type.
pub(super) fn fit_of_value(graph: &Graph, ty: TypeId, node: &Node) -> Fit {
    let fits = match (graph.ty(ty), &node.value) {
        (Type::Any, _) | (_, NodeValue::Null) => true,
        (Type::Bool, NodeValue::Bool(_)) => true,
        (Type::Integer | Type::IntegerOrText, NodeValue::Int(_)) => true,
        (Type::Number, NodeValue::Int(_) | NodeValue::Float(_)) => true,
        (Type::Text(Format::Quantity), NodeValue::Int(_) | NodeValue::Float(_)) => true,
        (Type::Text(Format::Quantity), NodeValue::Text(text)) => Quantity::parse(text.as_str()).is_ok(),
        (Type::Text(_) | Type::IntegerOrText, NodeValue::Text(_)) => true,
        (Type::Enum(choices), NodeValue::Text(text)) => {
            choices.iter().any(|choice| graph.name(*choice) == text.as_str())
        }
        _ => false,
    };
    if fits { Fit::Fits } else { Fit::Never { expected: expected(graph, ty) } }
}

/// What a type takes, choices included.
pub(super) fn expected(graph: &Graph, ty: TypeId) -> String {
    match graph.ty(ty) {
        Type::Enum(choices) => {
            let choices: Vec<&str> = choices.iter().map(|choice| graph.name(*choice)).collect();
            format!("one of {}", choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "))
        }
        _ => graph.words(ty).to_owned(),
    }
}

/// What values of these types can be, and which of it may be meant, when a text is none of it.
pub(super) fn never_chosen(graph: &Graph, types: &[TypeId], text: &str) -> Option<(String, Option<String>)> {
    let mut choices = Vec::new();
    for ty in types {
        let Type::Enum(names) = graph.ty(*ty) else { return None };
        choices.extend(names.iter().map(|name| graph.name(*name)));
    }
    if choices.contains(&text) {
        return None;
    }
    let meant = suggest::closest(text, choices.iter().copied()).map(str::to_owned);
    types.first().map(|ty| (expected(graph, *ty), meant))
}

/// A scalar as it reads.
pub(super) fn written(node: &Node) -> String {
    match &node.value {
        NodeValue::Bool(truth) => truth.to_string(),
        NodeValue::Int(number) => number.to_string(),
        NodeValue::Float(number) => number.to_string(),
        NodeValue::Text(text) => text.as_str().to_owned(),
        NodeValue::Null | NodeValue::List(_) | NodeValue::Map(_) => String::new(),
    }
}

/// What to write instead.
pub(super) fn help_for(graph: &Graph, types: &[TypeId], node: &Node) -> Option<String> {
    types.iter().find_map(|ty| match (graph.ty(*ty), &node.value) {
        (Type::Enum(choices), NodeValue::Text(text)) => {
            let meant = suggest::closest(text.as_str(), choices.iter().map(|choice| graph.name(*choice)))?;
            Some(format!("did you mean `{meant}`?"))
        }
        (Type::Bool, NodeValue::Text(text)) if matches!(text.as_str(), "true" | "false") => {
            Some(format!("write `{text}` without quotes"))
        }
        (Type::Integer | Type::Number, NodeValue::Text(text)) if text.as_str().parse::<f64>().is_ok() => {
            Some(format!("write `{text}` without quotes"))
        }
        (Type::Text(Format::Plain) | Type::Enum(_), NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_)) => {
            Some(format!("write `\"{}\"`, in quotes", written(node)))
        }
        (Type::Text(Format::Quantity), NodeValue::Text(_)) => {
            Some("quantities are written like `500m`, `2` or `1Gi`".to_owned())
        }
        _ => None,
    })
}

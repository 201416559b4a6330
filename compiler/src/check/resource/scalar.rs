//! Scalars against types: what a pattern can match, and what the API server takes.

use dikast_grammar::yaml::{Node, NodeValue};
use dikast_stdlib::Value;
use dikast_stdlib::pattern::{Comparison, ScalarPattern, Test, TextPattern};
use dikast_stdlib::wildcard::is_wildcard;

use crate::model::suggest;
use crate::schema::{Bounds, Format, Graph, Type, TypeId};

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
pub(super) fn fit_of_pattern(graph: &Graph, ty: TypeId, value: &Value) -> Fit {
    let pattern = ScalarPattern::new(value);
    let text = value.as_text();
    let is_bool = value.as_bool().is_some();
    let matches_one = |samples: Vec<Value>| {
        // What is satisfied by nothing at all says that the field may be absent; a number of its own does not.
        let takes_absent = pattern.matches(&Value::Null) && !text.is_some_and(asks_order);
        takes_absent || samples.iter().any(|sample| pattern.matches(sample))
    };
    let operands_are = |is_right: &dyn Fn(&str) -> bool| {
        text.is_none_or(|text| operands(text).iter().all(|operand| is_open(operand) || is_right(operand)))
    };
    let fits = match graph.ty(ty) {
        Type::Any => true,
        Type::Bool => matches_one(vec![Value::Bool(true), Value::Bool(false)]),
        Type::Enum(choices) => matches_one(choices.iter().map(|choice| Value::text(graph.name(*choice))).collect()),
        Type::Integer(_) | Type::Number => {
            // Units are for quantities and durations.
            let is_plain = !text.is_some_and(asks_order) || operands_are(&|operand| operand.parse::<f64>().is_ok());
            is_plain && matches_one(numbers_within(graph.ty(ty), value))
        }
        // What is no number may be a name.
        Type::IntegerOrText(_) => {
            let is_number = text.is_none_or(|text| operands(text).iter().all(|operand| operand.parse::<f64>().is_ok()));
            !is_bool && (!is_number || matches_one(numbers_within(graph.ty(ty), value)))
        }
        Type::Text(Format::Quantity) => !is_bool && operands_are(&|operand| Format::Quantity.takes(operand)),
        Type::Text(format @ (Format::Address | Format::Cidr)) => {
            text.is_some() && operands_are(&|operand| format.takes(operand))
        }
        Type::Text(format) if text.is_some_and(|text| !asks_order(text)) => {
            let mut all = text.map(operands).unwrap_or_default().into_iter();
            all.all(|operand| matches!(&*operand, "" | "null") || format.is_like(&operand))
        }
        Type::Text(_) => text.is_some() || matches_one(vec![Value::text(written(value))]),
        Type::List { .. } | Type::Map(_) | Type::Object(_) => text.is_some_and(|text| {
            text.is_empty() || matches!(text, "*" | "?*" | "null") || text.contains(['|', '!', '&'])
        }),
    };
    if fits { Fit::Fits } else { Fit::Never { expected: expected_beside(graph, ty, text.is_some()) } }
}

/// What a pattern's text compares with.
fn operands(text: &str) -> Vec<String> {
    let pattern = TextPattern::new(&text.into());
    let tests = pattern.alternatives().iter().flatten();
    let operands = tests.flat_map(|test| match test {
        Test::Compare(_, operand) => vec![operand],
        Test::Outside(low, high) => vec![low, high],
    });
    operands.map(|operand| operand.wildcard.pattern().to_owned()).collect()
}

/// Whether an operand says that anything or nothing is there.
fn is_open(operand: &str) -> bool {
    is_wildcard(operand) || matches!(operand, "" | "null")
}

/// Whether a pattern's text asks for more or less than something.
pub(super) fn asks_order(text: &str) -> bool {
    let pattern = TextPattern::new(&text.into());
    pattern.alternatives().iter().flatten().any(|test| match test {
        Test::Compare(comparison, _) => !matches!(comparison, Comparison::Equal | Comparison::NotEqual),
        Test::Outside(..) => true,
    })
}

/// Whether a pattern's text only excludes values; with `limits`, it may also ask for at most, or less than, something.
pub(super) fn only_excludes(text: &str, limits: bool) -> bool {
    let pattern = TextPattern::new(&text.into());
    pattern.alternatives().iter().flatten().all(|test| match test {
        Test::Compare(Comparison::NotEqual, _) => true,
        Test::Compare(Comparison::Less | Comparison::LessOrEqual, _) => limits,
        _ => false,
    })
}

/// Whether a wildcard stands beside digits.
pub(super) fn has_wildcard_for_digits(text: &str) -> bool {
    let has_digit = |operand: &String| operand.bytes().any(|byte| byte.is_ascii_digit());
    operands(text).iter().any(|operand| is_wildcard(operand) && has_digit(operand))
}

/// Numbers that a type has around those that a pattern names, and its least and most.
pub(super) fn numbers_within(ty: &Type, value: &Value) -> Vec<Value> {
    let bounds = match ty {
        Type::Integer(bounds) | Type::IntegerOrText(bounds) => *bounds,
        _ => Bounds::NONE,
    };
    let mut samples = numbers_around(value);
    if bounds != Bounds::NONE {
        samples.extend([Value::Int(bounds.least), Value::Int(bounds.most)]);
    }
    samples.retain(|sample| !matches!(sample, Value::Int(number) if !bounds.contain(*number)));
    samples
}

/// Numbers at, below and above those that a pattern names.
fn numbers_around(value: &Value) -> Vec<Value> {
    let mut samples = vec![Value::Int(0), Value::Int(1), Value::Int(-1), Value::Int(1 << 40)];
    let mut around = |number: f64| {
        for number in [number - 1.0, number, number + 1.0] {
            samples.push(if number.fract() == 0.0 { Value::Int(number as i64) } else { Value::Float(number) });
        }
    };
    match value {
        Value::Int(number) => around(*number as f64),
        Value::Float(number) => around(*number),
        _ => {}
    }
    let digits = |character: char| !character.is_ascii_digit() && character != '.';
    let text = value.as_text().unwrap_or_default();
    text.split(digits).filter_map(|number| number.parse().ok()).for_each(around);
    samples
}

/// Whether the API server takes a scalar for a type.
pub(super) fn fit_of_value(graph: &Graph, ty: TypeId, node: &Node) -> Fit {
    let fits = match (graph.ty(ty), &node.value) {
        (Type::Any, _) | (_, NodeValue::Null) => true,
        (Type::Bool, NodeValue::Bool(_)) => true,
        (Type::Integer(bounds) | Type::IntegerOrText(bounds), NodeValue::Int(number)) => bounds.contain(*number),
        (Type::Number, NodeValue::Int(_) | NodeValue::Float(_)) => true,
        (Type::Text(Format::Quantity), NodeValue::Int(_) | NodeValue::Float(_)) => true,
        (Type::Text(format), NodeValue::Text(text)) => format.takes(text.as_str()),
        (Type::IntegerOrText(_), NodeValue::Text(_)) => true,
        (Type::Enum(choices), NodeValue::Text(text)) => {
            choices.iter().any(|choice| graph.name(*choice) == text.as_str())
        }
        _ => false,
    };
    if fits { Fit::Fits } else { Fit::Never { expected: expected_beside(graph, ty, node.as_text().is_some()) } }
}

/// What a type takes; which texts it takes is of interest beside a text only.
fn expected_beside(graph: &Graph, ty: TypeId, is_text: bool) -> String {
    match graph.ty(ty) {
        Type::Text(Format::Name | Format::Subdomain | Format::DnsLabel | Format::Label | Format::Image) if !is_text => {
            "text".to_owned()
        }
        _ => expected(graph, ty),
    }
}

/// What a type takes, choices included.
pub(super) fn expected(graph: &Graph, ty: TypeId) -> String {
    match graph.ty(ty) {
        Type::Enum(choices) => {
            let choices: Vec<&str> = choices.iter().map(|choice| graph.name(*choice)).collect();
            format!("one of {}", choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "))
        }
        Type::Integer(bounds) | Type::IntegerOrText(bounds) => {
            let words = graph.words(ty);
            match *bounds {
                Bounds { least: i64::MIN, most: i64::MAX } => words.to_owned(),
                Bounds { least: i64::MIN, most } => format!("{words}, {most} at most"),
                Bounds { least, most } if most >= i32::MAX.into() => format!("{words}, {least} at least"),
                Bounds { least, most } => format!("{words} from {least} to {most}"),
            }
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

/// A scalar as it reads; nothing of a list or an object.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Null | Value::List(_) | Value::Object(_) => String::new(),
    }
}

/// What to write instead.
pub(super) fn help_for(graph: &Graph, types: &[TypeId], value: &Value) -> Option<String> {
    types.iter().find_map(|ty| match (graph.ty(*ty), value) {
        (Type::Enum(choices), Value::Text(text)) => {
            let meant = suggest::closest(text, choices.iter().map(|choice| graph.name(*choice)))?;
            Some(format!("did you mean `{meant}`?"))
        }
        (Type::Bool, Value::Text(text)) if matches!(&**text, "true" | "false") => {
            Some(format!("write `{text}` without quotes"))
        }
        (Type::Integer(_) | Type::Number, Value::Text(text)) if text.parse::<f64>().is_ok() => {
            Some(format!("write `{text}` without quotes"))
        }
        (Type::Text(format), Value::Bool(_) | Value::Int(_) | Value::Float(_)) if *format != Format::Quantity => {
            Some(format!("write `\"{}\"`, in quotes", written(value)))
        }
        (Type::Text(Format::Quantity), Value::Text(_)) => {
            Some("quantities are written like `500m`, `2` or `1Gi`".to_owned())
        }
        _ => None,
    })
}

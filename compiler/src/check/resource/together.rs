//! Conditions on one key, held against each other: asked of values that lie around those that they name.

use dikast_grammar::Span;
use dikast_stdlib::Value;
use dikast_stdlib::condition::{Operator, OperatorKind, evaluate};
use dikast_stdlib::wildcard::is_wildcard;

use super::Checker;
use super::fault::{ExcludeEachOther, OneAlwaysHolds};

/// How many conditions of a block are compared.
const MOST: usize = 24;

/// How many items a value may have that is compared with another.
const MOST_ITEMS: usize = 64;

/// A condition whose value is known before any request.
pub(super) struct Asked<'a> {
    /// The text of its key.
    pub(super) key: &'a str,
    pub(super) operator: &'a Operator,
    pub(super) value: Value,
    /// Where it stands.
    pub(super) span: Span,
    /// Whether its key can be a list.
    pub(super) may_be_list: bool,
}

impl Asked<'_> {
    fn holds(&self, key: &Value) -> bool {
        evaluate(key, self.operator, &self.value).unwrap_or(true)
    }
}

impl Checker<'_, '_> {
    /// Tells of two conditions of an `all` that never hold together.
    pub(super) fn all_of(&mut self, conditions: &[Asked<'_>]) {
        for (left, right, samples) in pairs(conditions) {
            let holds = |one: &Asked<'_>| samples.iter().any(|sample| one.holds(sample));
            if holds(left) && holds(right) && !samples.iter().any(|sample| left.holds(sample) && right.holds(sample)) {
                self.findings.report(ExcludeEachOther { span: right.span, first: left.span });
            }
        }
    }

    /// Tells of two conditions of an `any` of which one always holds.
    pub(super) fn any_of(&mut self, conditions: &[Asked<'_>]) {
        for (left, right, samples) in pairs(conditions) {
            let fails = |one: &Asked<'_>| samples.iter().any(|sample| !one.holds(sample));
            if fails(left) && fails(right) && samples.iter().all(|sample| left.holds(sample) || right.holds(sample)) {
                self.findings.report(OneAlwaysHolds { span: left.span, second: right.span });
            }
        }
    }
}

/// Conditions on the same key, two by two, with values to ask both of.
fn pairs<'c, 'a>(conditions: &'c [Asked<'a>]) -> Vec<(&'c Asked<'a>, &'c Asked<'a>, Vec<Value>)> {
    let mut pairs = Vec::new();
    for (at, left) in conditions.iter().enumerate().take(MOST) {
        let others = conditions.iter().take(MOST).skip(at + 1).filter(|right| right.key.trim() == left.key.trim());
        for right in others {
            if let Some(samples) = samples(left, right) {
                pairs.push((left, right, samples));
            }
        }
    }
    pairs
}

/// Values of a key that tell two conditions apart, as far as any do; nothing when they are of a sort that cannot be listed.
fn samples(left: &Asked<'_>, right: &Asked<'_>) -> Option<Vec<Value>> {
    let mut numbers = Vec::new();
    let mut texts = Vec::new();
    for asked in [left, right] {
        let items = match &asked.value {
            Value::List(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        if items.len() > MOST_ITEMS {
            return None;
        }
        let is_order = match asked.operator.kind() {
            OperatorKind::Order(_) => true,
            OperatorKind::Duration(_) | OperatorKind::Never | OperatorKind::Unknown => return None,
            _ => false,
        };
        for item in items {
            match &item {
                Value::Int(number) => numbers.push(*number as f64),
                Value::Float(number) => numbers.push(*number),
                Value::Text(text) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => {
                        numbers.push(number);
                        texts.push(item.clone());
                    }
                    _ if is_order || is_wildcard(text) || text.contains(['|', '&', '!']) || is_range(text) => {
                        return None;
                    }
                    _ => texts.push(item.clone()),
                },
                Value::Bool(_) => texts.push(item.clone()),
                Value::Null | Value::List(_) | Value::Object(_) => return None,
            }
        }
    }
    numbers.sort_by(f64::total_cmp);
    let between = numbers.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect::<Vec<_>>();
    let around = numbers.iter().flat_map(|number| [number - 1.0, *number, number + 1.0]);
    let mut samples: Vec<Value> = around.chain(between).map(number).collect();
    samples.extend(texts.iter().cloned());
    if numbers.is_empty() || texts.iter().any(|text| text.as_text().is_some()) {
        samples.push(Value::text("~"));
    }
    if left.may_be_list || right.may_be_list {
        let singles: Vec<Value> = samples.clone();
        samples.extend(singles.iter().map(|item| Value::list(vec![item.clone()])));
        samples.push(Value::list(singles));
        samples.push(Value::list(texts));
        samples.push(Value::list(Vec::new()));
    }
    Some(samples)
}

fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 { Value::Int(number as i64) } else { Value::Float(number) }
}

/// `1-5`, which membership reads as a range.
fn is_range(text: &str) -> bool {
    let is_end = |end: &str| end.trim().starts_with(|first: char| first.is_ascii_digit());
    text.split_once('-').is_some_and(|(low, high)| is_end(low) && is_end(high))
}

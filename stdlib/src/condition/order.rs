//! `GreaterThan` and its relatives, with and without `Duration` (Kyverno `numeric.go`, `duration.go`).

use super::operator::Relation;
use super::prepared::Prepared;
use crate::Value;
use crate::duration::GoDuration;

/// Both sides as durations, when one of them is a text that says so and the other is such a text or a number of
/// seconds (Kyverno `operator.go`, `parseDuration`).
pub(super) fn duration_pair(key: &Prepared, value: &Prepared) -> Option<(GoDuration, GoDuration)> {
    match (key.telling_duration(), value.telling_duration()) {
        (None, None) => None,
        (key_duration, value_duration) => {
            Some((key_duration.or_else(|| key.seconds())?, value_duration.or_else(|| value.seconds())?))
        }
    }
}

/// Whether a key stands in a relation to a value: as durations, quantities, numbers or semantic versions.
pub(super) fn holds(key: &Prepared, relation: Relation, value: &Prepared) -> bool {
    match key.value() {
        Value::Int(number) => number_holds(*number as f64, key, relation, value),
        Value::Float(number) => number_holds(*number, key, relation, value),
        Value::Text(_) => text_holds(key, relation, value),
        _ => false,
    }
}

fn text_holds(key: &Prepared, relation: Relation, value: &Prepared) -> bool {
    if let Some((key, value)) = duration_pair(key, value) {
        return relation.accepts(key.seconds().partial_cmp(&value.seconds()));
    }
    if let (Some(key), Some(value)) = (key.quantity(), value.quantity()) {
        return relation.accepts(Some(key.compare(value)));
    }
    if let Some(number) = key.float() {
        return number_holds(number, &Prepared::new(Value::Float(number)), relation, value);
    }
    if let Some(number) = key.int() {
        return number_holds(number as f64, &Prepared::new(Value::Int(number)), relation, value);
    }
    match (key.version(), value.version()) {
        (Some(key), Some(value)) => relation.accepts(Some(key.cmp(value))),
        _ => false,
    }
}

/// `number` is what `key` holds.
fn number_holds(number: f64, key: &Prepared, relation: Relation, value: &Prepared) -> bool {
    let other = match value.value() {
        Value::Int(other) => Some(*other as f64),
        Value::Float(other) => Some(*other),
        Value::Text(_) => {
            if let Some((key, value)) = duration_pair(key, value) {
                return relation.accepts(key.seconds().partial_cmp(&value.seconds()));
            }
            value.float().or_else(|| value.int().map(|other| other as f64))
        }
        _ => None,
    };
    other.is_some_and(|other| relation.accepts(number.partial_cmp(&other)))
}

/// Whether a key stands in a relation to a value, both as durations; numbers are whole seconds.
pub(super) fn durations_hold(key: &Prepared, relation: Relation, value: &Prepared) -> bool {
    let duration = |side: &Prepared| side.duration().or_else(|| side.seconds());
    match (duration(key), duration(value)) {
        (Some(key), Some(value)) => relation.accepts(Some(key.cmp(&value))),
        _ => false,
    }
}

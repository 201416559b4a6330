//! Keys, operators and values of conditions.

use dikast_grammar::Span;
use dikast_stdlib::Value;
use dikast_stdlib::condition::{self, OperatorKind, Prepared};

use super::Checker;
use super::fault::{AlwaysSame, KeyNeverTrue, KeyWithoutBraces, NeverBetween, ValueNeverTrue};
use super::kinds::Kinds;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Condition, ExprId};

/// One side of a condition.
#[derive(Default)]
struct Side {
    kinds: Option<Kinds>,
    constant: Option<Prepared>,
}

impl Side {
    fn kinds(&self) -> Kinds {
        self.kinds.unwrap_or(Kinds::ANY)
    }
}

impl Checker<'_> {
    /// Looks at one condition.
    pub(super) fn condition(&mut self, condition: &Condition) {
        let operator = condition.operator.kind();
        // These were told of when the condition was read; so was a side that is not there, which has no place.
        if matches!(operator, OperatorKind::Never | OperatorKind::Unknown) {
            return;
        }
        let (Some(key_span), Some(value_span)) = (self.span(condition.key), self.span(condition.value)) else { return };
        let (key, value) = (self.side(condition.key), self.side(condition.value));
        let name = condition.operator.name().to_owned();
        if let Some(text) = self.flow.constant(condition.key).and_then(Value::as_text).filter(|text| is_variable(text))
        {
            self.report(KeyWithoutBraces { span: key_span, text: text.to_owned() });
            return;
        }
        if let Some(text) =
            self.flow.constant(condition.value).and_then(Value::as_text).filter(|text| is_variable(text))
        {
            self.report(KeyWithoutBraces { span: value_span, text: text.to_owned() });
            return;
        }
        let constants = self.flow.constant(condition.key).zip(self.flow.constant(condition.value));
        let is_usable = may_hold(operator, &Side::default(), &value) && may_hold(operator, &key, &Side::default());
        if let Some((key, value)) = constants.filter(|_| is_usable) {
            if let Ok(answer) = condition::evaluate(key, &condition.operator, value) {
                self.report(AlwaysSame { span: key_span, answer, operator: name });
            }
            return;
        }
        if !may_hold(operator, &key, &value) {
            let (key_words, value_words) = (words(&key), words(&value));
            let mut finding: Diagnostic = if !may_hold(operator, &Side::default(), &value) {
                let help = help_for_value(operator);
                ValueNeverTrue { span: value_span, operator: name, value: value_words, help }.into()
            } else if !may_hold(operator, &key, &Side::default()) {
                KeyNeverTrue { span: key_span, operator: name, key: key_words }.into()
            } else {
                let help = help_for_pair(operator, &key, &value);
                let (key, value) = (key_words, value_words);
                let span = if key_span.start < value_span.start { key_span.to(value_span) } else { value_span };
                NeverBetween { span, operator: name, key, value, key_span, help }.into()
            };
            // Kyverno takes such a policy, so it is loaded without an error.
            if !self.is_strict {
                finding.severity = Severity::Warning;
            }
            self.report(finding);
        } else if operator == OperatorKind::NotEquals && always_differ(&key, &value) {
            self.report(AlwaysSame { span: key_span, answer: true, operator: name });
        }
    }

    fn span(&self, id: ExprId) -> Option<Span> {
        self.program.exprs.get(id.index())?.span
    }

    fn side(&self, id: ExprId) -> Side {
        let constant = self.flow.constant(id);
        let kinds = constant.map_or_else(|| self.flow.kinds(id), Kinds::of_value);
        Side { kinds: Some(kinds), constant: constant.cloned().map(Prepared::new) }
    }
}

/// Whether an operator can be true for some key and value of these kinds.
fn may_hold(operator: OperatorKind, key: &Side, value: &Side) -> bool {
    let kinds_fit =
        key.kinds().each().any(|key| value.kinds().each().any(|value| may_hold_between(operator, key, value)));
    let readings_fit = match operator {
        OperatorKind::Order(_) => {
            // Quantities and versions are compared with text only.
            is_readable(key, !value.kinds().meets(Kinds::TEXT)) && is_readable(value, !key.kinds().meets(Kinds::TEXT))
        }
        OperatorKind::Duration(_) => is_duration(key) && is_duration(value),
        // A number equals a text that reads as one, or as a duration.
        OperatorKind::Equals => {
            let is_number = |side: &Side| side.kinds().without_null() == Kinds::NUMBER;
            (!is_number(key) || is_readable(value, true)) && (!is_number(value) || is_readable(key, true))
        }
        _ => true,
    };
    kinds_fit && readings_fit
}

/// Whether an operator is true for some key and value of single kinds: the tables of the operators' semantics
/// (`dikast_stdlib::condition`).
fn may_hold_between(operator: OperatorKind, key: Kinds, value: Kinds) -> bool {
    let scalar = Kinds::BOOL.or(Kinds::NUMBER).or(Kinds::TEXT);
    let ordered = Kinds::NUMBER.or(Kinds::TEXT);
    let set = Kinds::LIST.or(Kinds::TEXT);
    let keys = scalar.or(Kinds::LIST);
    match operator {
        OperatorKind::Equals => match key {
            Kinds::NULL => false,
            // A text that is a duration equals a number of seconds.
            Kinds::NUMBER | Kinds::TEXT => ordered.meets(value),
            same => same == value,
        },
        OperatorKind::NotEquals => key != Kinds::NULL,
        OperatorKind::In | OperatorKind::NotIn | OperatorKind::AllIn | OperatorKind::AllNotIn => {
            keys.meets(key) && set.meets(value)
        }
        OperatorKind::AnyIn | OperatorKind::AnyNotIn => {
            keys.meets(key) && (set.meets(value) || key == Kinds::LIST && scalar.meets(value))
        }
        OperatorKind::Order(_) | OperatorKind::Duration(_) => ordered.meets(key) && ordered.meets(value),
        OperatorKind::Never | OperatorKind::Unknown => false,
    }
}

/// Whether a side can be read as something that has an order; only as a number or a duration when the other is a number.
fn is_readable(side: &Side, other_is_number: bool) -> bool {
    side.constant.as_ref().is_none_or(|constant| {
        constant.value().as_text().is_none()
            || constant.duration().is_some()
            || constant.float().is_some()
            || constant.int().is_some()
            || !other_is_number && (constant.quantity().is_some() || constant.version().is_some())
    })
}

fn is_duration(side: &Side) -> bool {
    side.constant.as_ref().is_none_or(|constant| constant.duration().is_some() || constant.seconds().is_some())
}

fn always_differ(key: &Side, value: &Side) -> bool {
    !key.kinds().meets(Kinds::NULL) && !may_hold(OperatorKind::Equals, key, value)
}

fn words(side: &Side) -> String {
    match side.constant.as_ref().and_then(|constant| constant.value().as_text()) {
        Some(text) => format!("the text `{text}`"),
        None => side.kinds().words(),
    }
}

fn help_for_value(operator: OperatorKind) -> Option<String> {
    let help = match operator {
        OperatorKind::In
        | OperatorKind::NotIn
        | OperatorKind::AnyIn
        | OperatorKind::AllIn
        | OperatorKind::AnyNotIn
        | OperatorKind::AllNotIn => "write a list, or text",
        OperatorKind::Order(_) => "write a number, a quantity, a duration or a version",
        OperatorKind::Duration(_) => "write a number of seconds, or a duration such as `30s`",
        OperatorKind::Equals | OperatorKind::NotEquals | OperatorKind::Never | OperatorKind::Unknown => return None,
    };
    Some(help.to_owned())
}

fn help_for_pair(operator: OperatorKind, key: &Side, value: &Side) -> Option<String> {
    let constant = value.constant.as_ref().map(Prepared::value);
    let help = match (key.kinds().without_null(), constant) {
        (Kinds::BOOL, Some(Value::Text(text))) if matches!(&**text, "true" | "false") => {
            format!("write `{text}` without quotes")
        }
        (Kinds::TEXT, Some(Value::Bool(truth))) => format!("write `\"{truth}\"`, in quotes"),
        (Kinds::LIST, _) if operator == OperatorKind::Equals => {
            "`AnyIn` and `AllIn` look at the items of the key".to_owned()
        }
        (_, Some(Value::List(_))) if operator == OperatorKind::Equals => {
            "`AnyIn` looks for the key in a list".to_owned()
        }
        (Kinds::NUMBER, Some(Value::Text(_))) if matches!(operator, OperatorKind::Order(_)) => {
            "a number is compared with numbers and durations".to_owned()
        }
        (_, Some(Value::Bool(_) | Value::Int(_) | Value::Float(_))) => help_for_value(operator)?,
        _ => return None,
    };
    Some(help)
}

/// Whether a text begins as variables do.
fn is_variable(text: &str) -> bool {
    const HEADS: [&str; 6] =
        ["request.", "element.", "target.", "images.", "serviceAccountName", "serviceAccountNamespace"];
    HEADS.iter().any(|head| text.starts_with(head)) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use dikast_stdlib::condition::{Operator, evaluate};

    use super::*;

    fn samples() -> Vec<Value> {
        let texts = ["a", "1", "true", "1h", "2h", "1Gi", "[\"a\"]"].map(Value::text);
        let numbers = [Value::Float(1.0), Value::Float(3600.0), Value::Float(9000.0), Value::Int(5), Value::Int(1)];
        let lists = [
            Value::list([]),
            Value::list([Value::text("a")]),
            Value::list([Value::Float(1.0)]),
            Value::list([Value::Bool(true)]),
            Value::list([Value::text("a"), Value::text("b")]),
        ];
        let objects = [Value::object::<&str>([]), Value::object([("a", Value::Null)])];
        [Value::Null, Value::Bool(true), Value::Bool(false)]
            .into_iter()
            .chain(texts)
            .chain(numbers)
            .chain(lists)
            .chain(objects)
            .collect()
    }

    #[test]
    fn kinds_say_what_operators_do() {
        let samples = samples();
        let of_kind = |kind: Kinds| samples.iter().filter(move |sample| Kinds::of_value(sample) == kind);
        for operator in Operator::names().map(Operator::new) {
            for key_kind in Kinds::ANY.each() {
                for value_kind in Kinds::ANY.each() {
                    let holds = of_kind(key_kind)
                        .any(|key| of_kind(value_kind).any(|value| evaluate(key, &operator, value) == Ok(true)));
                    let told = may_hold_between(operator.kind(), key_kind, value_kind);
                    assert_eq!(told, holds, "{operator} of {} and {}", key_kind.words(), value_kind.words());
                }
            }
        }
    }

    #[test]
    fn what_holds_for_constants_may_hold() {
        let side =
            |value: &Value| Side { kinds: Some(Kinds::of_value(value)), constant: Some(Prepared::new(value.clone())) };
        for operator in Operator::names().map(Operator::new) {
            for key in &samples() {
                for value in &samples() {
                    if evaluate(key, &operator, value) == Ok(true) {
                        for (key, value) in
                            [(side(key), side(value)), (side(key), Side::default()), (Side::default(), side(value))]
                        {
                            assert!(may_hold(operator.kind(), &key, &value), "{operator}");
                        }
                    }
                }
            }
        }
    }
}

//! Decisions on values against scalar patterns, wildcards and known sides of conditions.
//!
//! What is the same for all values of a kind is found by asking the library here, at compile time.

use std::sync::Arc;

use dikast_stdlib::Value;
use dikast_stdlib::condition::{Encoded, Operator, OperatorKind, Prepared, evaluate};
use dikast_stdlib::pattern::text::{Comparison, Operand, Test as PatternTest};
use dikast_stdlib::pattern::{Meaning, ScalarPattern, TextPattern};
use dikast_stdlib::wildcard::{Wildcard, WildcardKind};

use super::{Planned, Reason, Selector};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{BlockRule, Decision, NumberRule, TextMatch, TextRule};
use crate::codegen::pool::KnownCondition;

/// More alternatives of a pattern or items of a list are left to the helper. Each of them is code.
const MOST_COMPARES: usize = 1000;

impl Selector<'_> {
    /// Whether a value satisfies a scalar pattern.
    pub(super) fn pattern_decision(&mut self, pattern: &ScalarPattern) -> Decision {
        let number = self.pool.scalar(pattern);
        let (text, numbers) = match pattern.meaning() {
            Meaning::Nothing => (TextRule::Match(TextMatch::Equals(String::new())), NumberRule::Helper),
            Meaning::Bool(_) | Meaning::AnyObject | Meaning::Never => {
                (TextRule::Known(false), NumberRule::Known(false))
            }
            Meaning::Int(wanted) => {
                (TextRule::Shortcut(TextMatch::Equals(wanted.to_string()), true), NumberRule::Helper)
            }
            Meaning::Float(_) => (TextRule::Helper, NumberRule::Helper),
            Meaning::Text(pattern) => (self.text_pattern_rule(pattern), number_rule(pattern)),
        };
        Decision {
            null: pattern.matches(&Value::Null),
            falsehood: pattern.matches(&Value::Bool(false)),
            truth: pattern.matches(&Value::Bool(true)),
            number: numbers,
            text,
            list: BlockRule::Known(pattern.matches(&Value::list([]))),
            object: BlockRule::Known(pattern.matches(&Value::object::<&str>([]))),
            helper: (Helper::ScalarPattern, number),
        }
    }

    /// How texts are held against a text pattern. Tests that read their operand as a duration or quantity need the
    /// helper, for texts that no other alternative takes.
    fn text_pattern_rule(&mut self, pattern: &TextPattern) -> TextRule {
        if pattern.alternatives().iter().map(Vec::len).sum::<usize>() > MOST_COMPARES {
            return TextRule::Helper;
        }
        let mut matches = vec![TextMatch::Equals(pattern.text().to_string())];
        let mut complete = true;
        for tests in pattern.alternatives() {
            match tests.iter().map(|test| self.text_test(test)).collect::<Option<Vec<_>>>() {
                Some(mut all) if all.len() == 1 => matches.extend(all.pop()),
                Some(all) => matches.push(TextMatch::All(all)),
                None => complete = false,
            }
        }
        matches.dedup();
        let matches = if matches.len() == 1 { matches.swap_remove(0) } else { TextMatch::Any(matches) };
        if complete { TextRule::Match(matches) } else { TextRule::Shortcut(matches, true) }
    }

    fn text_test(&mut self, test: &PatternTest) -> Option<TextMatch> {
        match test {
            PatternTest::Compare(comparison, operand) if has_no_order(operand) => Some(match comparison {
                Comparison::Equal => self.wildcard_match(&operand.wildcard),
                Comparison::NotEqual => TextMatch::Not(Box::new(self.wildcard_match(&operand.wildcard))),
                Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Less | Comparison::LessOrEqual => {
                    TextMatch::NOTHING
                }
            }),
            PatternTest::Compare(..) | PatternTest::Outside(..) => None,
        }
    }

    /// Compares of a text with a wildcard.
    pub(super) fn wildcard_match(&mut self, wildcard: &Wildcard) -> TextMatch {
        match wildcard.kind() {
            WildcardKind::Exact(text) => TextMatch::Equals(text.to_owned()),
            WildcardKind::Any => TextMatch::ANYTHING,
            WildcardKind::Prefix(text) => TextMatch::Prefix(text.to_owned()),
            WildcardKind::Suffix(text) => TextMatch::Suffix(text.to_owned()),
            WildcardKind::General("?*" | "*?") => TextMatch::Bytes(1),
            WildcardKind::Contains(text) => TextMatch::Contains(text.to_owned()),
            WildcardKind::General(text) => match text.split_once('*') {
                // Beginning and end may not overlap.
                Some((start, end)) if !text.contains('?') && !end.contains('*') => {
                    let bytes = u32::try_from(start.len() + end.len()).unwrap_or(u32::MAX);
                    let ends = [TextMatch::Prefix(start.to_owned()), TextMatch::Suffix(end.to_owned())];
                    TextMatch::All([TextMatch::Bytes(bytes)].into_iter().chain(ends).collect())
                }
                _ => TextMatch::Wildcard(self.pool.wildcard(wildcard)),
            },
        }
    }

    /// Whether text matches a wildcard; what is no text counts as the empty one.
    pub(super) fn name_decision(&mut self, pattern: &str) -> Decision {
        let wildcard = Wildcard::new(pattern);
        let otherwise = wildcard.matches("");
        let text = self.wildcard_match(&wildcard);
        self.text_decision(text, otherwise)
    }

    /// Whether a value equals a known one in JMESPath's sense; nothing where that takes more than a look at its kind.
    pub(super) fn equality_decision(&mut self, known: &Value) -> Option<Decision> {
        let nothing = self.text_decision(TextMatch::NOTHING, false);
        match known {
            Value::Null => Some(Decision { null: true, ..nothing }),
            Value::Bool(false) => Some(Decision { falsehood: true, ..nothing }),
            Value::Bool(true) => Some(Decision { truth: true, ..nothing }),
            Value::Text(text) => Some(self.text_decision(TextMatch::Equals(text.to_string()), false)),
            Value::Int(_) | Value::Float(_) | Value::List(_) | Value::Object(_) => None,
        }
    }

    /// A decision on texts alone, with one answer for all other values.
    pub(super) fn text_decision(&mut self, text: TextMatch, otherwise: bool) -> Decision {
        Decision {
            null: otherwise,
            falsehood: otherwise,
            truth: otherwise,
            number: NumberRule::Known(otherwise),
            text: TextRule::Match(text),
            list: BlockRule::Known(otherwise),
            object: BlockRule::Known(otherwise),
            helper: (Helper::Wildcard, 0),
        }
    }

    /// Whether a condition holds for a value that is not known, against a side that is. With `item` the value is one item
    /// of a list.
    pub(super) fn condition_decision(&mut self, condition: KnownCondition) -> Planned<Decision> {
        let ask = |value: Value| condition.ask(&value).map_err(|error| Reason(error.to_string()));
        let known = condition.known.value();
        // Whether the answer depends on what is in the list or object.
        let looks_inside = |list: bool| match condition.operator.kind() {
            OperatorKind::Equals | OperatorKind::NotEquals if list => known.as_list().is_some(),
            OperatorKind::Equals | OperatorKind::NotEquals => known.as_object().is_some(),
            OperatorKind::In
            | OperatorKind::NotIn
            | OperatorKind::AnyIn
            | OperatorKind::AllIn
            | OperatorKind::AnyNotIn
            | OperatorKind::AllNotIn => list,
            OperatorKind::Order(_) | OperatorKind::Duration(_) | OperatorKind::Never | OperatorKind::Unknown => false,
        };
        let block_rule = |list: bool, example: Value| {
            Ok(if condition.item {
                BlockRule::Interpret
            } else if looks_inside(list) {
                BlockRule::Helper
            } else {
                BlockRule::Known(ask(example)?)
            })
        };
        Ok(Decision {
            null: ask(Value::Null)?,
            falsehood: ask(Value::Bool(false))?,
            truth: ask(Value::Bool(true))?,
            number: known_number(&condition)?,
            text: self.condition_text_rule(&condition)?,
            list: block_rule(true, Value::list([]))?,
            object: block_rule(false, Value::object::<&str>([]))?,
            helper: (Helper::Condition, self.pool.condition(&condition)),
        })
    }

    fn condition_text_rule(&mut self, condition: &KnownCondition) -> Planned<TextRule> {
        let known = &condition.known;
        let negative = matches!(
            condition.operator.kind(),
            OperatorKind::NotEquals | OperatorKind::NotIn | OperatorKind::AnyNotIn | OperatorKind::AllNotIn
        );
        Ok(match condition.operator.kind() {
            OperatorKind::Never => TextRule::Known(false),
            OperatorKind::Equals | OperatorKind::NotEquals if condition.known_is_key => TextRule::Helper,
            OperatorKind::Equals | OperatorKind::NotEquals => match known.value() {
                Value::Text(text) => self.equality_rule(text, known, negative),
                // Only a duration is ever equal to a number.
                _ => TextRule::Helper,
            },
            OperatorKind::AnyIn | OperatorKind::AllIn | OperatorKind::AnyNotIn | OperatorKind::AllNotIn => {
                self.membership_rule(condition, negative)
            }
            OperatorKind::In
            | OperatorKind::NotIn
            | OperatorKind::Order(_)
            | OperatorKind::Duration(_)
            | OperatorKind::Unknown => TextRule::Helper,
        })
    }

    /// A text key against a text: durations and quantities first, then the value as a wildcard.
    fn equality_rule(&mut self, text: &Arc<str>, known: &Prepared, negative: bool) -> TextRule {
        if known.duration().is_some() || known.quantity().is_some() {
            return TextRule::Shortcut(TextMatch::Equals(text.to_string()), !negative);
        }
        // A key that is a quantity is equal to no text that is none, whatever the wildcards say.
        let begins_like_a_number =
            text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.' | '*' | '?'));
        let wildcard = Wildcard::new(Arc::clone(text));
        if begins_like_a_number && !matches!(wildcard.kind(), WildcardKind::Exact(_)) {
            return TextRule::Helper;
        }
        let wanted = self.wildcard_match(&wildcard);
        TextRule::Match(if negative { TextMatch::Not(Box::new(wanted)) } else { wanted })
    }

    /// A text against a list of constants, or a constant text against the items of a list: a match is certain, but the
    /// text of the request may have wildcards of its own, which the helper sees to.
    fn membership_rule(&mut self, condition: &KnownCondition, negative: bool) -> TextRule {
        let known = &condition.known;
        if condition.known_is_key {
            return match (known.value(), condition.item) {
                (Value::Text(_), true) => TextRule::Shortcut(self.wildcard_match(known.wildcard()), !negative),
                _ => TextRule::Helper,
            };
        }
        match (known.items(), known.encoded()) {
            (Some(items), _) if items.len() > MOST_COMPARES => TextRule::Helper,
            (Some(items), _) => {
                let items = items.iter().map(|item| self.wildcard_match(item)).collect();
                TextRule::Shortcut(TextMatch::Any(items), !negative)
            }
            (None, Some(Encoded::NotJson)) if known.range().is_none() && !condition.item => {
                let wanted = self.wildcard_match(known.wildcard());
                TextRule::Match(if negative { TextMatch::Not(Box::new(wanted)) } else { wanted })
            }
            _ => TextRule::Helper,
        }
    }
}

impl KnownCondition {
    /// What the condition says of a value.
    ///
    /// # Errors
    ///
    /// Unknown operators, and combinations that have no answer.
    pub fn ask(&self, value: &Value) -> Result<bool, dikast_stdlib::condition::ConditionError> {
        let value = if self.item { Value::list([value.clone()]) } else { value.clone() };
        if self.known_is_key {
            evaluate(self.known.value(), &self.operator, &value)
        } else {
            dikast_stdlib::condition::evaluate_prepared(&value, &self.operator, &self.known)
        }
    }
}

/// Whether two values of a condition are decided when both are known.
pub(super) fn known_condition(key: &Value, operator: &Operator, value: &Value) -> Planned<bool> {
    evaluate(key, operator, value).map_err(|error| Reason(error.to_string()))
}

/// Numbers against a text pattern: as texts they begin with a digit or a sign.
fn number_rule(pattern: &TextPattern) -> NumberRule {
    let never_a_number = |operand: &Operand| {
        has_no_order(operand)
            && match operand.wildcard.kind() {
                WildcardKind::Exact(text) | WildcardKind::Prefix(text) => {
                    text.starts_with(|first: char| !first.is_ascii_digit() && !matches!(first, '-' | '+' | '.'))
                }
                WildcardKind::Any | WildcardKind::Suffix(_) | WildcardKind::Contains(_) | WildcardKind::General(_) => {
                    false
                }
            }
    };
    let answer = |test: &PatternTest| match test {
        PatternTest::Compare(comparison, operand) if never_a_number(operand) => {
            Some(*comparison == Comparison::NotEqual)
        }
        PatternTest::Compare(Comparison::Equal, operand) => {
            matches!(operand.wildcard.kind(), WildcardKind::Any).then_some(true)
        }
        PatternTest::Compare(..) | PatternTest::Outside(..) => None,
    };
    let mut some = false;
    for tests in pattern.alternatives() {
        let mut all = true;
        for test in tests {
            match answer(test) {
                Some(answer) => all &= answer,
                None => return NumberRule::Helper,
            }
        }
        some |= all;
    }
    NumberRule::Known(some)
}

/// Whether an operand is only a text.
fn has_no_order(operand: &Operand) -> bool {
    operand.duration.is_none() && operand.quantity.is_none()
}

/// Numbers against the known side of a condition.
fn known_number(condition: &KnownCondition) -> Planned<NumberRule> {
    let known = &condition.known;
    let only_text = known.value().as_text().is_some()
        && known.float().is_none()
        && known.int().is_none()
        && known.duration().is_none()
        && known.quantity().is_none();
    let equality = matches!(condition.operator.kind(), OperatorKind::Equals | OperatorKind::NotEquals);
    if equality && only_text && !condition.known_is_key {
        let answer = condition.ask(&Value::Float(0.5)).map_err(|error| Reason(error.to_string()))?;
        return Ok(NumberRule::Known(answer));
    }
    Ok(NumberRule::Helper)
}

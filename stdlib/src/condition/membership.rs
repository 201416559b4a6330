//! Membership in lists, ranges and lists written as JSON (Kyverno `anyin.go`, `allin.go`, `in.go` and their negations).
//!
//! Wildcards count on both sides against real lists. A scalar key against a list written as JSON is compared exactly.
//! A value that is no set at all makes every operator false, the negative ones too.

use std::collections::{BTreeSet, HashSet};
use std::slice;

use super::ConditionError;
use super::operator::Operator;
use super::prepared::{Encoded, Prepared};
use crate::Value;
use crate::pattern::ScalarPattern;
use crate::wildcard::{Wildcard, WildcardKind, is_wildcard, matches};

/// Which keys must be members, or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// `AnyIn`
    Any,
    /// `AllIn`
    All,
    /// `AnyNotIn`
    AnyOutside,
    /// `AllNotIn`
    AllOutside,
}

impl Demand {
    fn is_negative(self) -> bool {
        matches!(self, Self::AnyOutside | Self::AllOutside)
    }
}

/// `AnyIn`, `AllIn`, `AnyNotIn` and `AllNotIn`.
///
/// # Errors
///
/// Two lists with too many wildcards.
pub(super) fn holds(
    key: &Prepared,
    operator: &Operator,
    demand: Demand,
    value: &Prepared,
) -> Result<bool, ConditionError> {
    Ok(match key.value() {
        Value::Null | Value::Object(_) => false,
        Value::List(_) => match key.items() {
            Some(keys) => {
                let holds = list_holds(keys, demand, value);
                return holds.ok_or_else(|| ConditionError::TooLong(operator.name().to_owned()));
            }
            None => false,
        },
        _ => {
            let text = key.wildcard();
            let member = match value.range() {
                Some((inside, _)) => Some(value.wildcard().matches(text.pattern()) || is_within(text, inside)),
                None => scalar_member(text, value).or_else(|| literal_member(text, value)),
            };
            member.is_some_and(|member| member != demand.is_negative())
        }
    })
}

/// Whether a scalar key is a member of a list, or fits a text or is one of the texts in it; nothing when the value is no
/// set.
fn scalar_member(key: &Wildcard, value: &Prepared) -> Option<bool> {
    if let Some(items) = value.items() {
        return Some(fits_any(key, items));
    }
    value.value().as_text()?;
    if value.wildcard().matches(key.pattern()) {
        return Some(true);
    }
    match value.encoded()? {
        Encoded::Texts(texts) => Some(texts.iter().any(|text| text.pattern() == key.pattern())),
        Encoded::Other | Encoded::NotJson => None,
    }
}

/// A text that is no JSON is a set of one.
fn literal_member(key: &Wildcard, value: &Prepared) -> Option<bool> {
    (value.encoded()? == &Encoded::NotJson).then(|| value.value().as_text() == Some(key.pattern()))
}

/// Nothing when there are too many wildcards.
fn list_holds(keys: &[Wildcard], demand: Demand, value: &Prepared) -> Option<bool> {
    let texts = match value.value() {
        Value::List(_) => value.items(),
        Value::Text(text) if matches!(keys, [key] if key.pattern() == &**text) => return Some(!demand.is_negative()),
        Value::Text(_) => match (value.range(), value.encoded()) {
            (Some((inside, outside)), _) => return Some(range_holds(keys, demand, inside, outside)),
            (None, Some(Encoded::Texts(texts))) => Some(texts.as_slice()),
            (None, Some(Encoded::NotJson)) => Some(slice::from_ref(value.wildcard())),
            (None, _) => None,
        },
        Value::Bool(_) | Value::Int(_) | Value::Float(_) if matches!(demand, Demand::Any | Demand::AnyOutside) => {
            Some(slice::from_ref(value.wildcard()))
        }
        _ => None,
    };
    let Some(texts) = texts else { return Some(false) };
    if keys.len().saturating_mul(texts.len()) > PAIRS_IN_TURN {
        return long_list_holds(keys, demand, texts);
    }
    Some(match demand {
        Demand::Any => keys.iter().any(|key| fits_any(key, texts)),
        Demand::All => keys.iter().all(|key| fits_any(key, texts)),
        Demand::AnyOutside => keys.iter().any(|key| !fits_any(key, texts)),
        Demand::AllOutside => !keys.iter().any(|key| fits_any(key, texts)),
    })
}

/// Pairs of a key and a text that are compared one by one; with more, equal texts are looked up.
const PAIRS_IN_TURN: usize = 4096;
/// Bytes of texts that wildcards may be tried on.
const TRIED_BYTES_MAX: usize = 1 << 24;

/// The texts without wildcards and those with.
fn split<'i, C: Default + Extend<&'i str>>(items: &'i [Wildcard]) -> (C, HashSet<&'i str>) {
    let (mut exact, mut wild) = (C::default(), HashSet::new());
    for text in items.iter().map(Wildcard::pattern) {
        if is_wildcard(text) {
            wild.insert(text);
        } else {
            exact.extend([text]);
        }
    }
    (exact, wild)
}

/// [`list_holds`] for long lists: only wildcards are tried one by one, and equal ones once.
fn long_list_holds(keys: &[Wildcard], demand: Demand, texts: &[Wildcard]) -> Option<bool> {
    let (exact_texts, wild_texts) = split::<HashSet<&str>>(texts);
    let (exact_keys, wild_keys) = split::<Vec<&str>>(keys);
    let bytes = |texts: &mut dyn Iterator<Item = &&str>| texts.map(|text| text.len() + 8).sum::<usize>();
    let tried = (bytes(&mut exact_keys.iter()) * wild_texts.len())
        .saturating_add(bytes(&mut wild_keys.iter()) * wild_texts.len() * 2)
        .saturating_add(bytes(&mut exact_texts.iter()) * wild_keys.len());
    if tried > TRIED_BYTES_MAX {
        return None;
    }
    let is_member = |key: &str| exact_texts.contains(key) || wild_texts.iter().any(|text| matches(text, key));
    let exact_fits = |key: &&str| is_member(key);
    let wild_fits = |key: &&str| is_member(key) || exact_texts.iter().chain(&wild_texts).any(|text| matches(key, text));
    Some(match demand {
        Demand::Any => exact_keys.iter().any(exact_fits) || wild_keys.iter().any(wild_fits),
        Demand::All => exact_keys.iter().all(exact_fits) && wild_keys.iter().all(wild_fits),
        Demand::AnyOutside => !(exact_keys.iter().all(exact_fits) && wild_keys.iter().all(wild_fits)),
        Demand::AllOutside => !(exact_keys.iter().any(exact_fits) || wild_keys.iter().any(wild_fits)),
    })
}

fn range_holds(keys: &[Wildcard], demand: Demand, inside: &ScalarPattern, outside: &ScalarPattern) -> bool {
    match demand {
        Demand::Any => keys.iter().any(|key| is_within(key, inside)),
        Demand::All => keys.iter().all(|key| is_within(key, inside)),
        // Not the opposite of being inside: what is no number is neither.
        Demand::AnyOutside => keys.iter().any(|key| is_within(key, outside)),
        Demand::AllOutside => !keys.iter().any(|key| is_within(key, inside)),
    }
}

fn is_within(key: &Wildcard, range: &ScalarPattern) -> bool {
    range.matches(&Value::text(key.pattern()))
}

/// Whether a key fits one of several texts or one of them fits it.
fn fits_any(key: &Wildcard, texts: &[Wildcard]) -> bool {
    match key.kind() {
        // A key without wildcards fits only itself, which the first direction covers.
        WildcardKind::Exact(key) => texts.iter().any(|text| text.matches(key)),
        _ => texts.iter().any(|text| text.matches(key.pattern()) || key.matches(text.pattern())),
    }
}

/// `In` and `NotIn`, the deprecated operators: a list as key is compared exactly, and ranges are not known.
///
/// # Errors
///
/// A list as key with anything but texts in it.
pub(super) fn holds_exactly(
    key: &Prepared,
    operator: &Operator,
    negative: bool,
    value: &Prepared,
) -> Result<bool, ConditionError> {
    match key.value() {
        Value::Null | Value::Object(_) => Ok(false),
        Value::List(keys) => {
            let keys = texts(keys).ok_or_else(|| ConditionError::KeyNotText(operator.name().to_owned()))?;
            Ok(exact_set_holds(&keys, negative, value))
        }
        _ => Ok(scalar_member(key.wildcard(), value).is_some_and(|member| member != negative)),
    }
}

fn texts(items: &[Value]) -> Option<Vec<&str>> {
    items.iter().map(Value::as_text).collect()
}

fn exact_set_holds(keys: &[&str], negative: bool, value: &Prepared) -> bool {
    let members: Option<BTreeSet<&str>> = match value.value() {
        Value::List(items) => texts(items).map(BTreeSet::from_iter),
        // Here Kyverno answers the same for the negation.
        Value::Text(text) if matches!(keys, [key] if *key == &**text) => return true,
        Value::Text(_) => match value.encoded() {
            Some(Encoded::Texts(texts)) => Some(texts.iter().map(Wildcard::pattern).collect()),
            _ => None,
        },
        _ => None,
    };
    members.is_some_and(|members| keys.iter().all(|key| members.contains(key)) != negative)
}

//! Helpers that decide something.

use dikast_compiler::codegen::helper::SHAPES;
use dikast_compiler::codegen::{Answer, Numbers, Place};
use dikast_stdlib::Value;
use dikast_stdlib::condition;
use dikast_stdlib::pattern::ScalarPattern;

use super::run::Running;
use crate::interpreter::{self, has_shape};

impl Running<'_> {
    pub(super) fn wildcard(&mut self, text: u64, wildcard: u32) -> Answer {
        let text = self.text(self.cell(text)).unwrap_or_default();
        match self.pool.wildcards.get(wildcard as usize) {
            Some(wildcard) => wildcard.matches(text).into(),
            None => Answer::Undecided,
        }
    }

    pub(super) fn scalar_pattern(&mut self, value: u64, pattern: u32, numbers: u32) -> Answer {
        match (self.value(value, numbers), self.pool.scalars.get(pattern as usize)) {
            (Some(value), Some(pattern)) => pattern.matches(&value).into(),
            _ => Answer::Undecided,
        }
    }

    /// A pattern that turns out to be a list or an object is no scalar pattern.
    pub(super) fn pattern_of(
        &mut self,
        value: u64,
        pattern: u64,
        fractions: u32,
        numbers: u32,
        pattern_numbers: u32,
    ) -> Answer {
        match (self.value(value, numbers), self.value(pattern, pattern_numbers)) {
            (Some(_), Some(pattern)) if pattern.as_list().is_some() || pattern.as_object().is_some() => {
                Answer::Undecided
            }
            (Some(value), Some(pattern)) => {
                let pattern = if fractions == 0 { pattern } else { pattern.to_floats() };
                ScalarPattern::new(&pattern).matches(&value).into()
            }
            _ => Answer::Undecided,
        }
    }

    pub(super) fn same_text(&mut self, left: u64, right: u64) -> Answer {
        (self.text(self.cell(left)) == self.text(self.cell(right))).into()
    }

    pub(super) fn condition(&mut self, value: u64, condition: u32, numbers: u32) -> Answer {
        match (self.value(value, numbers), self.pool.conditions.get(condition as usize)) {
            (Some(value), Some(condition)) => condition.ask(&value).map_or(Answer::Undecided, Answer::from),
            _ => Answer::Undecided,
        }
    }

    pub(super) fn operator(
        &mut self,
        key: u64,
        value: u64,
        operator: u32,
        key_numbers: u32,
        value_numbers: u32,
    ) -> Answer {
        let sides = (self.value(key, key_numbers), self.value(value, value_numbers));
        match (sides, self.pool.operators.get(operator as usize)) {
            ((Some(key), Some(value)), Some(operator)) => {
                condition::evaluate(&key, operator, &value).map_or(Answer::Undecided, Answer::from)
            }
            _ => Answer::Undecided,
        }
    }

    pub(super) fn equal(&mut self, left: u64, right: u64, left_numbers: u32, right_numbers: u32) -> Answer {
        if let (Some(left), Some(right)) = (self.text(self.cell(left)), self.text(self.cell(right))) {
            return (left == right).into();
        }
        match (self.value(left, left_numbers), self.value(right, right_numbers)) {
            (Some(left), Some(right)) => (left == right).into(),
            _ => Answer::Undecided,
        }
    }

    pub(super) fn has_part(&mut self, text: u64, part: u32, place: u32) -> Answer {
        let (Some(text), Some(part)) = (self.text(self.cell(text)), self.pool.names.get(part as usize)) else {
            return Answer::Undecided;
        };
        match Place::of_number(place) {
            Some(Place::Anywhere) => text.contains(&**part).into(),
            Some(Place::Start) => text.starts_with(&**part).into(),
            Some(Place::End) => text.ends_with(&**part).into(),
            None => Answer::Undecided,
        }
    }

    pub(super) fn plain(&mut self, value: u64, numbers: u32) -> Answer {
        match self.value(value, numbers) {
            Some(value) if !interpreter::mentions_variables(&value) => Answer::Yes,
            _ => Answer::Undecided,
        }
    }

    pub(super) fn label_selector(&mut self, labels: u64, selector: u32) -> Answer {
        let labels = self.value(labels, Numbers::AsWritten as u32);
        let (Some(Value::Object(labels)), Some(selector)) = (labels, self.pool.selectors.get(selector as usize)) else {
            return Answer::Undecided;
        };
        // With a label that is no text, Kyverno sees none.
        let texts: Option<_> = labels.iter().map(|(key, value)| Some((&**key, value.as_text()?))).collect();
        (selector.selects(&texts.unwrap_or_default()) == Ok(true)).into()
    }

    pub(super) fn shape(&mut self, value: u64, shape: u32, numbers: u32) -> Answer {
        match (self.value(value, numbers), SHAPES.get(shape as usize)) {
            (Some(value), Some(shape)) => has_shape(&value, *shape).into(),
            _ => Answer::Undecided,
        }
    }

    pub(super) fn namespace_selector(&mut self, selector: u32) -> Answer {
        match self.pool.selectors.get(selector as usize) {
            Some(selector) => self.outlook.namespace_fits(selector).into(),
            None => Answer::Undecided,
        }
    }

    pub(super) fn role(&mut self, name: u32) -> Answer {
        match self.pool.names.get(name as usize) {
            Some(name) => self.outlook.surroundings.roles.contains(name).into(),
            None => Answer::Undecided,
        }
    }

    pub(super) fn cluster_role(&mut self, name: u32) -> Answer {
        match self.pool.names.get(name as usize) {
            Some(name) => self.outlook.surroundings.cluster_roles.contains(name).into(),
            None => Answer::Undecided,
        }
    }
}

//! What the patches of one request have found out of its object, so that the next one need not look again.

use std::cell::RefCell;
use std::sync::Arc;

use dikast_stdlib::Value;
use hashbrown::HashMap;

use super::survives_text;

/// What is known of the object of a request, which is patched again and again. Parts that a patch does not touch are shared
/// with the object before, and so they are recognised by where they lie.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Lists and objects of which something holds, by their place. They are kept, so that nothing else can come to lie there.
    proven: RefCell<HashMap<(usize, Claim), Value>>,
}

/// What can be known of a list or an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Claim {
    /// It is the same after it was written as text and read again.
    SurvivesText,
    /// A merge leaves it as it is where the schema has this shape and these keys, see `strategic`.
    Stays {
        /// Where the shape lies.
        shape: usize,
        keys: Option<&'static [&'static str]>,
    },
}

impl Known {
    /// Notes that an object has been written as text and read again.
    pub(super) fn was_written(&self, object: &Value) {
        self.holds(Claim::SurvivesText, object, || true);
    }

    /// Whether a value stays the same when it is written as text and read again, and is nested no deeper than this.
    pub(super) fn survives_text(&self, value: &Value, deepest: usize) -> bool {
        self.holds(Claim::SurvivesText, value, || survives_text(value, deepest))
    }

    /// Whether a claim holds of a value, found out by `look` where it is not known.
    pub(super) fn holds(&self, claim: Claim, value: &Value, look: impl FnOnce() -> bool) -> bool {
        let Some(place) = place(value) else { return look() };
        let is_known = self.proven.borrow().contains_key(&(place, claim));
        if is_known {
            return true;
        }
        let holds = look();
        if holds {
            self.proven.borrow_mut().insert((place, claim), value.clone());
        }
        holds
    }
}

/// Where a list or an object lies in memory.
fn place(value: &Value) -> Option<usize> {
    match value {
        Value::List(items) => Some(Arc::as_ptr(items).addr()),
        Value::Object(members) => Some(Arc::as_ptr(members).addr()),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => None,
    }
}

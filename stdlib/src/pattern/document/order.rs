//! The order in which the plain keys of a pattern are looked at (Kyverno `validate/utils.go`).

use std::collections::VecDeque;
use std::sync::Arc;

use dikast_grammar::anchor::AnchorKind;

use super::anchor_of;
use crate::{Object, Value};

/// Plain keys and global anchors of an object pattern: those that are global anchors or have anchors below come first
/// and in descending order, the others follow in ascending order.
pub fn keys_in_order(pattern: &Object) -> VecDeque<Arc<str>> {
    let mut keys = VecDeque::new();
    for (key, member) in pattern {
        match anchor_of(key) {
            Some((AnchorKind::Global, _)) => keys.push_front(Arc::clone(key)),
            Some(_) => {}
            None if has_anchors_below(member) => keys.push_front(Arc::clone(key)),
            None => keys.push_back(Arc::clone(key)),
        }
    }
    keys
}

/// Whether a pattern has an anchor anywhere in it.
pub fn has_anchors_below(pattern: &Value) -> bool {
    // A list of what is still to be looked at, as patterns may be nested deep.
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            Value::Object(members) if members.keys().any(|key| anchor_of(key).is_some()) => return true,
            Value::Object(members) => open.extend(members.values()),
            Value::List(items) => open.extend(items.iter()),
            _ => {}
        }
    }
    false
}

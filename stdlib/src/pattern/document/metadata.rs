//! Wildcards in the keys of `metadata.labels` and `metadata.annotations` of a pattern
//! (Kyverno `pkg/engine/wildcards/wildcards.go`, `ExpandInMetadata`).
//!
//! A key with wildcards becomes the first key of the resource that it fits, whatever its value. Values that are no text
//! are dropped from the expanded map. Kyverno writes the expansion into the pattern, so within one match the keys found
//! for the first item of a list hold for all later items; where Kyverno's choice depends on the order of a Go map, the
//! order of the keys decides here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::wildcard::{is_wildcard, matches};
use crate::{Object, Value};

/// The `metadata` maps of a pattern that were expanded so far, by the address of the original, which is kept with it.
#[derive(Default)]
pub(super) struct Expansions(BTreeMap<usize, (Arc<Object>, Arc<Object>)>);

impl Expansions {
    /// The pattern with its metadata expanded for a resource; nothing when that changes nothing.
    pub(super) fn expand(&mut self, pattern: &Object, resource: &Object) -> Option<Arc<Object>> {
        let (key, Value::Object(original)) = find(pattern, "metadata")? else { return None };
        let address = Arc::as_ptr(original).addr();
        let current = self.0.get(&address).map_or(original, |(_, expanded)| expanded);
        let found = resource.get("metadata").and_then(Value::as_object);
        let expanded = found.and_then(|found| expand_metadata(current, found));
        let expanded = match expanded {
            Some(expanded) => Arc::new(expanded),
            None if Arc::ptr_eq(current, original) => return None,
            None => Arc::clone(current),
        };
        self.0.insert(address, (Arc::clone(original), Arc::clone(&expanded)));
        let mut pattern = pattern.clone();
        pattern.insert(Arc::clone(key), Value::Object(expanded));
        Some(Arc::new(pattern))
    }
}

/// The first member under a name or an anchor on it.
fn find<'a>(object: &'a Object, name: &str) -> Option<(&'a Arc<str>, &'a Value)> {
    let named = |key: &str| key == name || dikast_grammar::anchor::parse(key).is_some_and(|(_, inner)| inner == name);
    object.iter().find(|(key, _)| named(key))
}

fn expand_metadata(pattern: &Object, resource: &Object) -> Option<Object> {
    let mut expanded: Option<Object> = None;
    for tag in ["labels", "annotations"] {
        let Some((key, Value::Object(wanted))) = find(pattern, tag) else { continue };
        let Some((_, Value::Object(found))) = find(resource, tag) else { continue };
        expanded.get_or_insert_with(|| pattern.clone()).insert(Arc::clone(key), expand_keys(wanted, found));
    }
    expanded
}

fn expand_keys(wanted: &Object, found: &Object) -> Value {
    let texts = wanted.iter().filter(|(_, member)| member.as_text().is_some());
    Value::object(texts.map(|(key, member)| (expand_key(key, found), member.clone())))
}

fn expand_key(key: &Arc<str>, found: &Object) -> Arc<str> {
    if !is_wildcard(key) {
        return Arc::clone(key);
    }
    let (anchor, wanted) = match dikast_grammar::anchor::parse(key) {
        Some((anchor, inner)) => (Some(anchor), inner),
        None => (None, &**key),
    };
    let fits = |(candidate, member): &(&Arc<str>, &Value)| member.as_text().is_some() && matches(wanted, candidate);
    let name = found.iter().find(fits).map_or(wanted, |(candidate, _)| candidate);
    match anchor {
        // An anchor on the empty key is none.
        Some(anchor) if !name.is_empty() => anchor.decorate(name).into(),
        _ => name.into(),
    }
}

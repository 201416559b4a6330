//! Merges that need no nodes: maps and lists are taken from object and overlay as they are, and only those on the way to a
//! change are made anew.
//!
//! This knows the merges that policies are made of. What is odd about nodes (shared ones, keys that stand twice, directives,
//! several keys to a list, errors) is left to the general way, which decides what is right; a test holds one against the
//! other.

use std::sync::Arc;

use dikast_grammar::anchor::AnchorKind;
use dikast_stdlib::encode::to_go_json;
use dikast_stdlib::pattern::document::match_document;
use dikast_stdlib::{Object, Value};

use super::anchors::{is_condition, parse};
use super::tree::DEEPEST;
use super::untouched::{is_left, shape_by_name, stays};
use super::walk::{DIRECTIVE, Schema};
use crate::patch::{Known, Merged, survives_text};

/// Why there is no merge here.
enum Stop {
    /// A condition of the overlay is not met.
    Unmet,
    /// The general way has to be taken.
    Unsure,
}

/// The merge of an overlay into an object; nothing when the general way has to be taken.
pub(super) fn merge(base: &Value, overlay: &Value, known: &Known) -> Option<Merged> {
    let is_plain = overlay.as_object().is_some() && survives_text(overlay, DEEPEST) && !has_odd_text(overlay);
    if !is_plain || !known.survives_text(base, DEEPEST) {
        return None;
    }
    let mut overlay = overlay.clone();
    let decided = if has_anchors(&overlay) { decide(&mut overlay, Some(base)) } else { Ok(()) };
    match decided.and_then(|()| strip_map(&mut overlay)) {
        Ok(_) => {}
        Err(Stop::Unmet) => overlay = Value::object::<&str>([]),
        Err(Stop::Unsure) => return None,
    }
    let merged = Merge { known }.maps(base, &overlay, Schema::default()).ok()?;
    Some(merged.map_or(Merged::Skipped, Merged::Changed))
}

/// Whether any text of an overlay looks like a condition itself.
fn has_odd_text(value: &Value) -> bool {
    match value {
        Value::Text(text) => parse(text).is_some(),
        Value::List(items) => items.iter().any(has_odd_text),
        Value::Object(members) => members.values().any(has_odd_text),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

fn has_anchors(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().any(has_anchors),
        Value::Object(members) => members.iter().any(|(key, value)| parse(key).is_some() || has_anchors(value)),
        _ => false,
    }
}

/// Decides the anchors of a pattern against the object's value at the same place.
fn decide(pattern: &mut Value, resource: Option<&Value>) -> Result<(), Stop> {
    match pattern {
        Value::Object(members) => decide_map(Arc::make_mut(members), resource),
        Value::List(items) => decide_list(Arc::make_mut(items), resource),
        _ => Ok(()),
    }
}

fn decide_map(members: &mut Object, resource: Option<&Value>) -> Result<(), Stop> {
    let anchors: Vec<Arc<str>> = members.keys().filter(|key| parse(key).is_some()).cloned().collect();
    for (written, anchor, key) in
        anchors.iter().filter_map(|key| parse(key).map(|(anchor, inner)| (key, anchor, inner)))
    {
        // With spaces around it, an anchor is not found again under its own name.
        if *anchor.decorate(key) != **written {
            return Err(Stop::Unsure);
        }
        if anchor == AnchorKind::AddIfAbsent {
            let value = members.remove(written).unwrap_or_default();
            let is_there = resource.is_some_and(|resource| resource.get(key).is_some());
            if !is_there && members.insert(key.into(), value).is_some() {
                return Err(Stop::Unsure);
            }
        }
    }
    for (written, key) in anchors.iter().filter_map(|written| Some((written, parse(written)?.1))) {
        let Some(condition) = members.get(written) else { continue };
        let actual = resource.and_then(|resource| resource.get(key)).ok_or(Stop::Unmet)?;
        let condition = scalar_text(condition).ok_or(Stop::Unsure)?;
        let actual = scalar_text(actual).map_or_else(|| actual.to_floats(), Value::Text);
        match_document(&Value::Text(condition), &actual).map_err(|_| Stop::Unmet)?;
    }
    let mut emptied = Vec::new();
    for (key, value) in members.iter_mut().filter(|(key, _)| parse(key).is_none()) {
        let has_items = is_list_of(value, |items| !items.is_empty());
        decide(value, resource.and_then(|resource| resource.get(key)))?;
        if has_items && is_list_of(value, <[Value]>::is_empty) {
            emptied.push(Arc::clone(key));
        }
    }
    for key in emptied {
        members.remove(&key);
    }
    Ok(())
}

fn is_list_of(value: &Value, are: impl Fn(&[Value]) -> bool) -> bool {
    value.as_list().is_some_and(are)
}

/// Makes a plain item, named after the object's, of each item that meets the conditions of an overlay item. All of them share
/// one copy of that, so the first one decides about `+(key)`.
fn decide_list(items: &mut Vec<Value>, resource: Option<&Value>) -> Result<(), Stop> {
    if items.first().is_none_or(|first| first.as_object().is_none()) {
        return Ok(());
    }
    let of_object = match resource {
        None | Some(Value::Null) => &[][..],
        Some(resource) => resource.as_list().ok_or(Stop::Unsure)?,
    };
    let mut anchored = items.iter().enumerate().filter(|(_, item)| has_anchors(item)).map(|(at, _)| at);
    let Some(at) = anchored.next() else { return Ok(()) };
    // When several items go, others than those with anchors are lost.
    if anchored.next().is_some() {
        return Err(Stop::Unsure);
    }
    let mut element = items.remove(at);
    if element.as_object().is_none_or(|members| has_global(members) || members.values().any(has_anchored_items)) {
        return Err(Stop::Unsure);
    }
    for item in of_object {
        match decide(&mut element, Some(item)) {
            Err(Stop::Unmet) => continue,
            decided => decided?,
        }
        let Some(name) = item.get("name").filter(|name| !name.is_null()) else { continue };
        let Value::Text(_) = name else { return Err(Stop::Unsure) };
        let mut named = element.clone();
        if strip_map(&mut named)? {
            continue;
        }
        let Value::Object(members) = &mut named else { return Err(Stop::Unsure) };
        Arc::make_mut(members).insert("name".into(), name.clone());
        items.push(named);
    }
    Ok(())
}

fn has_global(members: &Object) -> bool {
    let is_global = |key: &str| parse(key).is_some_and(|(anchor, _)| anchor == AnchorKind::Global);
    members.iter().any(|(key, value)| is_global(key) || value.as_object().is_some_and(has_global))
}

/// Whether there are lists with anchors in their items.
fn has_anchored_items(value: &Value) -> bool {
    match value {
        Value::List(_) => has_anchors(value),
        Value::Object(members) => members.values().any(has_anchored_items),
        _ => false,
    }
}

/// Takes conditions and what is empty out of a map whose anchors have been decided, and says whether nothing is left.
fn strip_map(map: &mut Value) -> Result<bool, Stop> {
    let Value::Object(members) = map else { return Err(Stop::Unsure) };
    if members.iter().any(|(key, value)| parse(key).is_some() || matches!(value, Value::Object(_) | Value::List(_))) {
        let members = Arc::make_mut(members);
        let mut outcome = Ok(());
        members.retain(|key, value| match parse(key) {
            Some((anchor, _)) if is_condition(anchor) => false,
            Some(_) => {
                outcome = Err(Stop::Unsure);
                true
            }
            None => match strip(value) {
                Ok(is_empty) => !is_empty,
                Err(stop) => {
                    outcome = Err(stop);
                    true
                }
            },
        });
        outcome?;
    }
    Ok(members.is_empty())
}

fn strip(value: &mut Value) -> Result<bool, Stop> {
    match value {
        Value::Object(_) => strip_map(value),
        Value::List(items) if items.iter().any(|item| matches!(item, Value::Object(_) | Value::List(_))) => {
            for item in Arc::make_mut(items) {
                // Items with anchors that nobody has decided go by their position, and so does what is left empty.
                if has_anchors(item) || strip(item)? {
                    return Err(Stop::Unsure);
                }
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

struct Merge<'k> {
    known: &'k Known,
}

impl Merge<'_> {
    /// Two maps merged; nothing when the object's stays as it is.
    fn maps(&self, object: &Value, overlay: &Value, schema: Schema) -> Result<Option<Value>, Stop> {
        let (Value::Object(members), Value::Object(changes)) = (object, overlay) else { return Err(Stop::Unsure) };
        let shape = schema.shape.or_else(|| shape_by_name(members)).or_else(|| shape_by_name(changes));
        let schema_of = |name: &str| shape.map(|shape| shape.field(name)).unwrap_or_default();
        for (name, member) in members.iter().filter(|(name, _)| !changes.contains_key(*name)) {
            // There a field without a name is an error.
            if name.is_empty() || !stays(member, schema_of(name), self.known) {
                return Err(Stop::Unsure);
            }
        }
        let mut merged: Option<Object> = None;
        for (name, change) in changes.iter() {
            if name.is_empty() || **name == *DIRECTIVE {
                return Err(Stop::Unsure);
            }
            let before = members.get(name);
            if change.is_null() {
                if before.is_some() {
                    merged.get_or_insert_with(|| Object::clone(members)).remove(name);
                }
                continue;
            }
            let after = match before.filter(|before| !before.is_null()) {
                Some(before) => self.values(before, change, schema_of(name))?,
                None => Some(self.taken(change, schema_of(name))?),
            };
            if let Some(after) = after {
                merged.get_or_insert_with(|| Object::clone(members)).insert(Arc::clone(name), after);
            }
        }
        Ok(merged.map(|members| Value::Object(Arc::new(members))))
    }

    /// Two values that are there; nothing when the object's stays as it is.
    fn values(&self, object: &Value, overlay: &Value, schema: Schema) -> Result<Option<Value>, Stop> {
        match (object, overlay) {
            (Value::Object(_), Value::Object(_)) => self.maps(object, overlay, Schema { keys: None, ..schema }),
            (Value::List(items), Value::List(changes)) => match schema.keys {
                Some([key]) => self.keyed(items, changes, key, schema),
                Some(_) => Err(Stop::Unsure),
                None => Ok((object != overlay).then(|| overlay.clone())),
            },
            (Value::Object(_) | Value::List(_), _) | (_, Value::Object(_) | Value::List(_)) => Err(Stop::Unsure),
            // What takes the place of a text keeps its quotes.
            (Value::Text(before), _) => {
                let after = scalar_text(overlay).ok_or(Stop::Unsure)?;
                Ok((*before != after).then_some(Value::Text(after)))
            }
            _ => Ok((object != overlay).then(|| overlay.clone())),
        }
    }

    /// Lists whose items are told apart by one key: those of the overlay come first.
    fn keyed(&self, items: &[Value], changes: &[Value], key: &str, schema: Schema) -> Result<Option<Value>, Stop> {
        let (names, changed_names) = (names(items, key)?, names(changes, key)?);
        let schema = Schema { keys: None, ..schema };
        let mut merged = Vec::with_capacity(items.len() + changes.len());
        let mut is_changed = false;
        for (at, (change, name)) in changes.iter().zip(&changed_names).enumerate() {
            let found = names.iter().position(|other| other == name);
            is_changed |= found != Some(at);
            merged.push(match found.and_then(|found| items.get(found)) {
                Some(item) => match self.maps(item, change, schema)? {
                    Some(item) => {
                        is_changed = true;
                        item
                    }
                    None => item.clone(),
                },
                None => self.taken(change, schema)?,
            });
        }
        for (item, _) in items.iter().zip(&names).filter(|(_, name)| !changed_names.contains(name)) {
            if !stays(item, schema, self.known) {
                return Err(Stop::Unsure);
            }
            merged.push(item.clone());
        }
        Ok(is_changed.then(|| Value::List(Arc::new(merged))))
    }

    /// What the overlay has where the object has nothing. It is merged with itself, which is odd where it has nulls.
    fn taken(&self, overlay: &Value, schema: Schema) -> Result<Value, Stop> {
        match overlay {
            Value::Object(_) | Value::List(_) if is_odd(overlay) || !is_left(overlay, schema) => Err(Stop::Unsure),
            _ => Ok(overlay.clone()),
        }
    }
}

/// Whether there is a null or a directive anywhere.
fn is_odd(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.iter().any(is_odd),
        Value::Object(members) => members.iter().any(|(name, member)| **name == *DIRECTIVE || is_odd(member)),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => false,
    }
}

/// What the key of each item says, where all say something else.
fn names<'v>(items: &'v [Value], key: &str) -> Result<Vec<&'v str>, Stop> {
    let mut names: Vec<&str> = Vec::with_capacity(items.len());
    for item in items {
        match item.get(key).and_then(Value::as_text) {
            Some(name) if !name.is_empty() && item.get(DIRECTIVE).is_none() => names.push(name),
            _ => return Err(Stop::Unsure),
        }
    }
    let mut sorted = names.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) { Err(Stop::Unsure) } else { Ok(names) }
}

/// A scalar as it is written, without quotes.
fn scalar_text(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Text(text) => Some(Arc::clone(text)),
        Value::List(_) | Value::Object(_) => None,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => to_go_json(value).ok().map(Arc::from),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{Index, select, subsequence};

    use super::*;
    use crate::patch::strategic::merge_nodes;

    /// Names of members: of a container's schema and others.
    const NAMES: [&str; 9] = ["name", "env", "ports", "spec", "containers", "finalizers", "image", "metadata", "x"];

    fn scalar() -> impl Strategy<Value = Value> {
        let texts = select(vec!["a", "b", "ab", "", "5", "true"]).prop_map(Value::from);
        prop_oneof![6 => texts, 1 => Just(Value::Null), 1 => Just(Value::Bool(true)), 2 => (4..6_i64).prop_map(Value::Int)]
    }

    /// A value with these decorations of its names.
    fn value(decorations: &'static [&'static str]) -> impl Strategy<Value = Value> {
        scalar().prop_recursive(4, 24, 4, move |inner| {
            let name = (select(decorations), select(&NAMES[..])).prop_map(|(how, name)| how.replace('n', name));
            let members = prop::collection::vec((name, inner.clone()), 0..4);
            prop_oneof![3 => members.prop_map(Value::object), 1 => prop::collection::vec(inner, 0..3).prop_map(Value::list)]
        })
    }

    /// A container with a name, so that lists of them can be merged.
    fn container(decorations: &'static [&'static str], names: &'static [&'static str]) -> impl Strategy<Value = Value> {
        let named =
            (select(decorations), select(names)).prop_map(|(how, name)| (how.replace('n', "name"), Value::from(name)));
        let other = (select(decorations), select(vec!["image", "env", "x"]), value(decorations));
        let others = prop::collection::vec(other.prop_map(|(how, name, value)| (how.replace('n', name), value)), 0..3);
        (named, others).prop_map(|(named, others)| Value::object(others.into_iter().chain([named])))
    }

    fn pod(
        decorations: &'static [&'static str],
        names: &'static [&'static str],
        typed: bool,
    ) -> impl Strategy<Value = Value> {
        let containers = prop::collection::vec(container(decorations, names), 0..3).prop_map(Value::list);
        let spec = (containers, value(decorations), any::<Index>()).prop_map(|(containers, other, at)| {
            Value::object([("containers", containers), (*at.get(&["x", "image", "hostAliases"]), other)])
        });
        let head = if typed { vec![("apiVersion", "v1"), ("kind", "Pod")] } else { Vec::new() };
        let head: Vec<(&str, Value)> = head.into_iter().map(|(name, text)| (name, Value::from(text))).collect();
        (spec, value(decorations), subsequence(vec!["spec", "metadata"], 1..=2)).prop_map(
            move |(spec, metadata, kept)| {
                let members =
                    [("spec", spec), ("metadata", metadata)].into_iter().filter(|(name, _)| kept.contains(name));
                Value::object(head.clone().into_iter().chain(members))
            },
        )
    }

    const PLAIN: &[&str] = &["n"];
    const DECORATED: &[&str] = &["n", "n", "n", "n", "n", "(n)", "+(n)", "<(n)", "=(n)", "( n)"];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_merged_is_what_the_general_way_makes(
            base in pod(PLAIN, &["a", "b", "ab"], true),
            overlay in pod(DECORATED, &["a", "ab", "?*", "*"], false),
        ) {
            if let Some(merged) = merge(&base, &overlay, &Known::default()) {
                prop_assert_eq!(Ok(merged), merge_nodes(&base, &overlay, &Known::default()));
            }
        }
    }

    #[test]
    fn what_policies_do_needs_no_nodes() {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let base = json(
            r#"{"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":true,
                "containers":[{"name":"a","image":"i"},{"name":"b"}],"tolerations":[{"key":"k"}]}}"#,
        );
        for overlay in [
            r#"{"metadata":{"labels":{"+(a)":"b"}}}"#,
            r#"{"spec":{"containers":[{"(name)":"*","imagePullPolicy":"Always"}]}}"#,
            r#"{"spec":{"containers":[{"(name)":"a","resources":{"requests":{"+(memory)":"1Mi"}}}]}}"#,
            r#"{"spec":{"containers":[{"name":"b","env":[{"name":"x","value":"y"}]},{"name":"c","image":"j"}]}}"#,
            r#"{"spec":{"(hostNetwork)":false,"dnsPolicy":"None"}}"#,
            r#"{"spec":{"hostNetwork":null,"tolerations":[{"key":"l"}]}}"#,
        ] {
            let merged = merge(&base, &json(overlay), &Known::default());
            assert!(merged.is_some(), "{overlay}");
            assert_eq!(merged.map(Ok), Some(merge_nodes(&base, &json(overlay), &Known::default())), "{overlay}");
        }
    }
}

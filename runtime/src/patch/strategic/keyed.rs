//! Merges lists whose items are told apart by the values of their merge keys.
//!
//! Overlay items come first, then the object's (kustomize's "prepend" order).

use std::borrow::Cow;
use std::sync::Arc;

use super::Fault;
use super::schema::Shape;
use super::tree::{Kind, Node, Tree};
use super::walk::{Schema, Sources, walk};

/// The texts of an item's merge keys, empty for an absent one.
type KeyValues = Vec<Arc<str>>;

/// Merges `sources.overlay` into `sources.object`, both lists. Without keys the items are scalars and their texts tell
/// them apart.
///
/// # Errors
/// A clash of kinds.
pub(super) fn merge(
    tree: &mut Tree<'_>,
    sources: Sources,
    keys: &'static [&'static str],
    shape: Option<&'static Shape>,
) -> Result<(), Fault> {
    let (keys, mut values): (&[&str], _) =
        if keys.is_empty() { (&[""], scalar_values(tree, sources)) } else { (keys, key_values(tree, sources, keys)) };
    if keys.len() > 1 {
        unite(&mut values);
    }
    let Some(object) = sources.object else {
        return Ok(());
    };
    let merged = tree.add_list(Vec::new());
    let mut used_keys = Cow::Borrowed(&[][..]);
    for of_item in &values {
        let (item_keys, item_values) =
            valid_keys(|at| values.iter().any(|values| !values[at].is_empty()), of_item, keys);
        used_keys.clone_from(&item_keys);
        let found = Sources {
            object: find_element(tree, sources.object, &item_keys, &item_values),
            overlay: find_element(tree, sources.overlay, &item_keys, &item_values),
        };
        let item = walk(tree, found, Schema { shape, keys: None })?.map(|merged| merged.node);
        let Some(item) = item.filter(|&item| !is_nothing(tree, item)) else {
            set_element(tree, object, None, &item_keys, &item_values)?;
            continue;
        };
        for (key, value) in item_keys.iter().zip(&*item_values) {
            if tree.field(item, key).is_none() && !value.is_empty() {
                let scalar = tree.add_open_scalar(value);
                if key.is_empty() {
                    tree.expect(Some(item), Kind::Scalar)?;
                    tree.overwrite(item, scalar);
                } else {
                    tree.expect(Some(item), Kind::Map)?;
                    tree.set_field(item, key, scalar);
                }
            }
        }
        set_element(tree, merged, Some(item), &item_keys, &item_values)?;
    }
    if !values.is_empty() {
        append_rest(tree, merged, object, &used_keys)?;
        let items = tree.items(merged);
        tree.set_items(object, items);
    }
    Ok(())
}

/// Whether an item is a null or an empty map: such items go.
fn is_nothing(tree: &Tree<'_>, item: Node) -> bool {
    tree.is_null(item) || tree.kind(item) == Kind::Map && tree.is_empty(item)
}

/// The distinct key values of all items, the overlay's first.
fn key_values(tree: &Tree<'_>, sources: Sources, keys: &[&str]) -> Vec<KeyValues> {
    let mut all: Vec<KeyValues> = Vec::new();
    for list in [sources.overlay, sources.object].into_iter().flatten() {
        for item in tree.items(list) {
            let values: KeyValues = keys
                .iter()
                .map(|key| {
                    let field = tree.field(item, key);
                    match field {
                        Some(field) if !tree.is_missing_or_empty(Some(field)) => tree.text(field),
                        _ => "".into(),
                    }
                })
                .collect();
            if !all.contains(&values) {
                all.push(values);
            }
        }
    }
    all
}

/// The distinct texts of all items, the overlay's first.
fn scalar_values(tree: &Tree<'_>, sources: Sources) -> Vec<KeyValues> {
    let mut all: Vec<KeyValues> = Vec::new();
    for list in [sources.overlay, sources.object].into_iter().flatten() {
        for item in tree.items(list) {
            let values = vec![tree.text(item)];
            if !all.contains(&values) {
                all.push(values);
            }
        }
    }
    all
}

/// Makes key values that agree, where an absent one agrees with any, the same.
fn unite(all: &mut [KeyValues]) {
    for i in 0..all.len() {
        let first = all[i].clone();
        for j in 0..all.len() {
            if let Some(united) = united(&first, &all[j]) {
                all[i].clone_from(&united);
                all[j] = united;
            }
        }
    }
}

fn united(first: &KeyValues, second: &KeyValues) -> Option<KeyValues> {
    let mut common = false;
    let mut result = Vec::with_capacity(first.len());
    for (one, other) in first.iter().zip(second) {
        if one == other {
            common = true;
        } else if !one.is_empty() && !other.is_empty() {
            return None;
        }
        result.push(Arc::clone(if one.is_empty() { other } else { one }));
    }
    common.then_some(result)
}

/// The keys that any item has, and the values of one item for them; all keys when no item has any.
fn valid_keys<'a, 'k>(
    has_any: impl Fn(usize) -> bool,
    values: &'a [Arc<str>],
    keys: &'a [&'k str],
) -> (Cow<'a, [&'k str]>, Cow<'a, [Arc<str>]>) {
    // A single key is left in any case.
    let used: Vec<usize> =
        if keys.len() == 1 { Vec::new() } else { (0..keys.len()).filter(|at| has_any(*at)).collect() };
    if used.is_empty() {
        return (keys.into(), values.into());
    }
    (used.iter().map(|&at| keys[at]).collect(), used.iter().map(|&at| Arc::clone(&values[at])).collect())
}

/// The first item of a list whose keys have the values.
fn find_element(tree: &Tree<'_>, list: Option<Node>, keys: &[&str], values: &[Arc<str>]) -> Option<Node> {
    let list = list?;
    let (keys, values) = valid_keys(|at| !values[at].is_empty(), values, keys);
    let items = tree.items(list);
    if keys.first().is_none_or(|key| key.is_empty()) {
        return items.into_iter().find(|&item| values.first().is_some_and(|value| tree.text(item) == *value));
    }
    items.into_iter().find(|&item| {
        keys.iter()
            .zip(&*values)
            .all(|(key, value)| tree.field(item, key).is_some_and(|field| tree.text(field) == *value))
    })
}

/// Whether an item has the value at a key; the empty value stands for any. The empty key means the item itself.
fn matches(tree: &Tree<'_>, item: Node, key: &str, value: &str) -> Result<bool, Fault> {
    if key.is_empty() {
        tree.expect(Some(item), Kind::Scalar)?;
        return Ok(*tree.text(item) == *value);
    }
    tree.expect(Some(item), Kind::Map)?;
    Ok(tree.field(item, key).is_some_and(|field| value.is_empty() || *tree.text(field) == *value))
}

/// Puts an item in the place of those that its keys name, or at the end; without an item it takes them away.
/// Nulls and empty maps go in any case, and without values so does everything else (kyaml `ElementSetter`).
///
/// # Errors
/// When an item of the list is of another kind than the keys ask for.
pub(super) fn set_element(
    tree: &mut Tree<'_>,
    list: Node,
    element: Option<Node>,
    keys: &[&str],
    values: &[Arc<str>],
) -> Result<(), Fault> {
    let by_fields = keys.first().is_some_and(|key| !key.is_empty()) && values.first().is_some_and(|v| !v.is_empty());
    let mut kept = Vec::new();
    let mut found_any = false;
    for item in tree.items(list) {
        if is_nothing(tree, item) {
            continue;
        }
        if tree.kind(item) != Kind::Map && by_fields {
            kept.push(item);
            continue;
        }
        let mut found = !values.is_empty();
        for (key, value) in keys.iter().zip(values) {
            if !matches(tree, item, key, value)? {
                found = false;
                break;
            }
        }
        if !found {
            if !values.is_empty() {
                kept.push(item);
            }
            continue;
        }
        found_any = true;
        kept.extend(element);
    }
    if !found_any {
        kept.extend(element.filter(|&element| !tree.is_null(element)));
    }
    tree.set_items(list, kept);
    Ok(())
}

/// Adds the object's remaining items behind the merged ones, each in the place of the one with its keys.
fn append_rest(tree: &mut Tree<'_>, merged: Node, object: Node, keys: &[&str]) -> Result<(), Fault> {
    for item in tree.items(object) {
        if keys.first().is_none_or(|key| key.is_empty()) {
            set_element(tree, merged, Some(item), &[""], &[tree.text(item)])?;
            continue;
        }
        let mut values = Vec::new();
        for key in keys {
            tree.expect(Some(item), Kind::Map)?;
            match tree.field(item, key) {
                Some(field) => values.push(tree.text(field)),
                None => tree.push(merged, item),
            }
        }
        if keys.len() > 1 {
            set_element(tree, merged, None, keys, &values)?;
        }
        set_element(tree, merged, Some(item), keys, &values)?;
    }
    Ok(())
}

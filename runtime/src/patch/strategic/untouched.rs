//! Parts of the object that the overlay says nothing of.
//!
//! The merge walks them too, and changes some: items of a merged list that have the same keys become one, nulls among
//! them go. Nearly all stay as they are, which can be told from their values without looking into them node by node.

use std::borrow::Cow;

use dikast_stdlib::{Object, Value};

use super::schema::{Shape, shape_of};
use super::walk::Schema;
use crate::patch::Known;
use crate::patch::known::Claim;

/// Whether a merge with an overlay that says nothing here is certain to leave a value as it is.
pub(super) fn stays(value: &Value, schema: Schema, known: &Known) -> bool {
    let shape = schema.shape.map_or(0, |shape| std::ptr::from_ref(shape).addr());
    known.holds(Claim::Stays { shape, keys: schema.keys }, value, || is_left(value, schema))
}

/// The same, without a memory.
pub(super) fn is_left(value: &Value, schema: Schema) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => true,
        Value::Object(members) => {
            let shape = schema.shape.or_else(|| schema.keys.is_none().then(|| shape_by_name(members)).flatten());
            members.iter().all(|(name, member)| {
                // There a field without a name is an error.
                !name.is_empty() && is_left(member, shape.map(|shape| shape.field(name)).unwrap_or_default())
            })
        }
        Value::List(items) => match schema.keys {
            None => true,
            Some([]) => are_distinct(items.iter().map(|item| item.as_text().filter(|text| !text.is_empty()))),
            Some(keys) => {
                are_distinct(items.iter().map(|item| key_texts(item.as_object()?, keys)))
                    && items.iter().all(|item| is_left(item, Schema { keys: None, ..schema }))
            }
        },
    }
}

/// What the schema knows of an object that says what it is.
pub(super) fn shape_by_name(members: &Object) -> Option<&'static Shape> {
    let text = |name| members.get(name).and_then(Value::as_text);
    shape_of(text("apiVersion")?, text("kind")?)
}

/// What an item's merge keys say; nothing when one is neither text nor number, or says nothing.
fn key_texts<'v>(item: &'v Object, keys: &[&str]) -> Option<Vec<Cow<'v, str>>> {
    let text = |key: &&str| match item.get(*key)? {
        Value::Text(text) if !text.is_empty() => Some(Cow::Borrowed(&**text)),
        Value::Int(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    };
    keys.iter().map(text).collect()
}

/// Whether all are there and differ.
fn are_distinct<T: Ord>(keys: impl Iterator<Item = Option<T>>) -> bool {
    let Some(mut keys) = keys.collect::<Option<Vec<T>>>() else { return false };
    keys.sort_unstable();
    keys.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_stays_is_what_a_merge_leaves() {
        for (spec, expected) in [
            (r#"{"containers":[{"name":"a","image":null},{"name":"b"}],"nodeName":null}"#, true),
            (r#"{"containers":[{"name":"a"},{"name":"a"}]}"#, false),
            (r#"{"containers":[{"name":"a"},null]}"#, false),
            (r#"{"containers":[{"name":"a"},{"name":""}]}"#, false),
            (r#"{"containers":[{"name":"a"},{"image":"i"}]}"#, false),
            (r#"{"containers":[{"name":"a"},{"name":{}}]}"#, false),
            (r#"{"containers":[{"name":1},{"name":"1"}]}"#, false),
            (r#"{"containers":[{"name":"a","env":[{"name":"x"},{"name":"x"}]}]}"#, false),
            (r#"{"containers":[{"name":"a","args":[{"name":"x"},{"name":"x"},null]}]}"#, true),
            (
                r#"{"containers":[{"name":"a","ports":[{"containerPort":1,"protocol":"TCP"},{"containerPort":1,"protocol":"UDP"}]}]}"#,
                true,
            ),
            (
                r#"{"containers":[{"name":"a","ports":[{"containerPort":1},{"containerPort":1,"protocol":"UDP"}]}]}"#,
                false,
            ),
            (r#"{"":1}"#, false),
            (r#"{"a":{"kind":"Pod","apiVersion":"v1","metadata":{"finalizers":["x","y"]}}}"#, true),
            (r#"{"a":{"kind":"Pod","apiVersion":"v1","metadata":{"finalizers":["x","x"]}}}"#, false),
            (r#"{"a":{"kind":"Pod","apiVersion":"v1","metadata":{"finalizers":["x",1]}}}"#, false),
        ] {
            let pod = value(&format!(r#"{{"apiVersion":"v1","kind":"Pod","spec":{spec}}}"#));
            assert_eq!(stays(&pod, Schema::default(), &Known::default()), expected, "{spec}");
        }
    }

    /// A fraction anywhere makes the merge look into everything.
    #[test]
    fn the_long_way_leaves_it_too() {
        let items = [
            r#"{"name":"a"}"#,
            r#"{"name":"b","image":null}"#,
            r#"{"name":1}"#,
            r#"{"name":"a","ports":[{"containerPort":1,"protocol":"TCP"},{"containerPort":2,"protocol":"TCP"}]}"#,
            r#"{"containerPort":1,"protocol":"TCP"}"#,
            r#"{"containerPort":"1","protocol":"UDP"}"#,
            r#"{"containerPort":1}"#,
            r#""a""#,
            r#""b""#,
            "null",
            "{}",
        ];
        let mut stayed = 0;
        for first in items {
            for second in items {
                for third in items {
                    let list = format!("[{first},{second},{third}]");
                    for part in [
                        format!(r#""metadata":{{"finalizers":{list}}}"#),
                        format!(r#""spec":{{"containers":{list}}}"#),
                        format!(r#""spec":{{"containers":[{{"name":"a","ports":{list}}}]}}"#),
                        format!(r#""spec":{{"tolerations":{list}}}"#),
                    ] {
                        let pod =
                            |more| value(&format!(r#"{{"apiVersion":"v1","kind":"Pod",{part},"half":0.5{more}}}"#));
                        if stays(&pod(""), Schema::default(), &Known::default()) {
                            stayed += 1;
                            let merged = crate::patch::strategic::merge(&pod(""), &value(r#"{"more":1}"#));
                            assert_eq!(merged, Ok(crate::patch::Merged::Changed(pod(r#","more":1"#))), "{part}");
                        }
                    }
                }
            }
        }
        assert!(stayed > 1000, "{stayed}");
    }
}

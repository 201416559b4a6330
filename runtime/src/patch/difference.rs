//! The JSON patch that makes one object of another.

use std::sync::Arc;

use dikast_stdlib::Value;
use serde::Serialize;

use super::same_json;

/// One operation of RFC 6902.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    /// Puts a value where none is, or inserts it into a list.
    Add {
        /// JSON pointer.
        path: String,
        /// The value.
        value: Value,
    },
    /// Takes a value away.
    Remove {
        /// JSON pointer.
        path: String,
    },
    /// Puts a value in place of another.
    Replace {
        /// JSON pointer.
        path: String,
        /// The value.
        value: Value,
    },
}

/// The operations that make `after` of `before`, none when they are equal. Numbers are compared as JSON has them.
///
/// Objects are compared member by member. Of two lists the equal items at both ends stay, those between are compared
/// by position, and the surplus is added or taken away.
pub fn diff(before: &Value, after: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    compare(before, after, &mut String::new(), &mut operations);
    operations
}

fn compare(before: &Value, after: &Value, path: &mut String, out: &mut Vec<Operation>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) if Arc::ptr_eq(old, new) => {}
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().filter(|key| !new.contains_key(*key)) {
                out.push(Operation::Remove { path: below(path, key) });
            }
            for (key, value) in new.iter() {
                let length = path.len();
                push_segment(path, key);
                match old.get(key) {
                    Some(old) => compare(old, value, path, out),
                    None => out.push(Operation::Add { path: path.clone(), value: value.clone() }),
                }
                path.truncate(length);
            }
        }
        (Value::List(old), Value::List(new)) => compare_lists(old, new, path, out),
        _ if same_json(before, after) => {}
        _ => out.push(Operation::Replace { path: path.clone(), value: after.clone() }),
    }
}

fn compare_lists(old: &[Value], new: &[Value], path: &mut String, out: &mut Vec<Operation>) {
    let start = old.iter().zip(new).take_while(|(old, new)| same_json(old, new)).count();
    let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = ends.take_while(|(old, new)| same_json(old, new)).count();
    let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let shared = old.len().min(new.len());
    for at in 0..shared {
        let length = path.len();
        push_segment(path, &(start + at).to_string());
        compare(&old[at], &new[at], path, out);
        path.truncate(length);
    }
    // from the back, so that the positions before are still right
    for at in (shared..old.len()).rev() {
        out.push(Operation::Remove { path: below(path, &(start + at).to_string()) });
    }
    for (at, value) in new.iter().enumerate().skip(shared) {
        out.push(Operation::Add { path: below(path, &(start + at).to_string()), value: value.clone() });
    }
}

fn below(path: &str, segment: &str) -> String {
    let mut path = path.to_owned();
    push_segment(&mut path, segment);
    path
}

fn push_segment(path: &mut String, segment: &str) {
    path.push('/');
    for character in segment.chars() {
        match character {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            other => path.push(other),
        }
    }
}

#[cfg(test)]
mod tests;

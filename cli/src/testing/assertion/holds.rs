//! Whether an assertion tree holds of a value (kyverno-json, `pkg/engine/assert/parse.go`).

use std::fmt;

use dikast_compiler::testing::assertion::{Expected, Expression, Part, Projection, Tree};
use dikast_runtime::interpreter::Fault;
use dikast_stdlib::{Value, encode};

use crate::evaluation::expression::evaluate;

/// What speaks against a tree; nothing when it holds.
///
/// # Errors
/// When an expression in it cannot be evaluated.
pub(super) fn objections(tree: &Tree, value: &Value) -> Result<Vec<String>, String> {
    let mut examiner = Examiner { bound: Vec::new(), path: Vec::new(), objections: Vec::new() };
    examiner.tree(tree, value)?;
    Ok(examiner.objections)
}

struct Examiner<'t> {
    /// What is bound to names; the last of a name counts.
    bound: Vec<(&'t str, Value)>,
    path: Vec<Step<'t>>,
    objections: Vec<String>,
}

/// A step on the way to the value that is looked at.
enum Step<'t> {
    Key(&'t str),
    Position(usize),
    Member(String),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => out.write_str(key),
            Self::Position(at) => write!(out, "[{at}]"),
            Self::Member(name) => write!(out, "[{name}]"),
        }
    }
}

impl<'t> Examiner<'t> {
    fn tree(&mut self, tree: &'t Tree, value: &Value) -> Result<(), String> {
        match tree {
            Tree::Parts(parts) if parts.is_empty() => {
                if value.is_null() {
                    self.object(value, "not null");
                }
                Ok(())
            }
            Tree::Parts(parts) => {
                let outside = self.bound.len();
                let outcome = parts.iter().try_for_each(|part| self.part(part, value));
                self.bound.truncate(outside);
                outcome
            }
            Tree::Items(trees) => match value.as_list() {
                Some(items) if items.len() == trees.len() => {
                    let mut pairs = trees.iter().zip(items).enumerate();
                    pairs.try_for_each(|(at, (tree, item))| self.step(Step::Position(at), |at| at.tree(tree, item)))
                }
                Some(items) => {
                    let told = format!("{} has {} items, not {}", self.place(), items.len(), trees.len());
                    self.objections.push(told);
                    Ok(())
                }
                None => {
                    self.object(value, "a list");
                    Ok(())
                }
            },
            Tree::Is(expected) => {
                let computed = match expected {
                    Expected::Value(_) => None,
                    Expected::Computed(expression) => Some(self.compute(expression, value)?),
                };
                let expected = match (expected, &computed) {
                    (_, Some(computed)) => computed,
                    (Expected::Value(expected), None) => expected,
                    (Expected::Computed(_), None) => &Value::Null,
                };
                if !fits(expected, value) {
                    self.object(value, &shown(expected));
                }
                Ok(())
            }
        }
    }

    fn part(&mut self, part: &'t Part, value: &Value) -> Result<(), String> {
        let outer = self.path.len();
        self.path.push(Step::Key(&part.key));
        let outcome = self.projected(part, value);
        self.path.truncate(outer);
        outcome
    }

    fn projected(&mut self, part: &'t Part, value: &Value) -> Result<(), String> {
        let projected = match &part.projection {
            Projection::Computed(expression) => self.compute(expression, value)?,
            Projection::Member(name) => match value.get(name) {
                Some(member) => member.clone(),
                None => {
                    let told = format!("{} is not there", self.place());
                    self.objections.push(told);
                    return Ok(());
                }
            },
        };
        if let Some(name) = &part.binding {
            self.bound.push((name, projected.clone()));
        }
        let Some(each) = &part.each else { return self.tree(&part.tree, &projected) };
        let mut one = |step: Step<'t>, key: Value, item: &Value| {
            let outside = self.bound.len();
            self.bound.extend(each.name.as_deref().map(|name| (name, key)));
            let outcome = self.step(step, |at| at.tree(&part.tree, item));
            self.bound.truncate(outside);
            outcome
        };
        match &projected {
            Value::List(items) => items.iter().enumerate().try_for_each(|(at, item)| {
                one(Step::Position(at), Value::Int(i64::try_from(at).unwrap_or(i64::MAX)), item)
            }),
            Value::Object(members) => members
                .iter()
                .try_for_each(|(name, member)| one(Step::Member(name.to_string()), Value::from(&**name), member)),
            other => {
                self.object(other, "a list or an object");
                Ok(())
            }
        }
    }

    fn step(&mut self, step: Step<'t>, go: impl FnOnce(&mut Self) -> Result<(), String>) -> Result<(), String> {
        self.path.push(step);
        let outcome = go(self);
        self.path.pop();
        outcome
    }

    /// What an expression gives; null where it names what is not there.
    fn compute(&self, expression: &Expression, value: &Value) -> Result<Value, String> {
        let json_of = |name: &str| {
            let found = self.bound.iter().rfind(|(bound, _)| *bound == name).map(|(_, value)| value);
            encode::to_go_json(found.unwrap_or(&Value::Null)).unwrap_or_else(|_| "null".to_owned())
        };
        match evaluate(&expression.bound(json_of), value) {
            Ok(found) => Ok(found),
            Err(Fault::Missing(_)) => Ok(Value::Null),
            Err(fault) => Err(format!("{} cannot be evaluated: {fault}", self.place())),
        }
    }

    fn object(&mut self, value: &Value, expected: &str) {
        let told = format!("{} is {}, not {expected}", self.place(), shown(value));
        self.objections.push(told);
    }

    fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.path {
            if matches!(step, Step::Key(_)) && !place.is_empty() {
                place.push('.');
            }
            place += &step.to_string();
        }
        if place.is_empty() { "the value".to_owned() } else { place }
    }
}

/// Whether a value is what is expected: numbers by what they count, lists item by item, objects by the members that are
/// expected.
fn fits(expected: &Value, value: &Value) -> bool {
    match (expected, value) {
        (Value::List(expected), Value::List(items)) => {
            expected.len() == items.len()
                && expected.iter().zip(items.iter()).all(|(expected, item)| fits(expected, item))
        }
        (Value::Object(expected), Value::Object(_)) => {
            expected.iter().all(|(name, expected)| value.get(name).is_some_and(|member| fits(expected, member)))
        }
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => expected.as_number() == value.as_number(),
        _ => expected == value,
    }
}

/// How much of a value messages show.
const SHOWN_MAX: usize = 200;

fn shown(value: &Value) -> String {
    let mut text = encode::to_go_json(value).unwrap_or_else(|_| encode::sprint(value));
    if text.len() > SHOWN_MAX {
        text.truncate(text.floor_char_boundary(SHOWN_MAX));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use dikast_compiler::diagnostic::Diagnostics;
    use dikast_grammar::{FileId, yaml};

    use super::*;

    fn tree(text: &str) -> Tree {
        let mut diagnostics = Diagnostics::new();
        let tree = Tree::read(&yaml::parse(FileId::default(), text).documents[0], &mut diagnostics);
        assert_eq!(diagnostics.into_sorted(), []);
        tree
    }

    fn told(text: &str, json: &str) -> Vec<String> {
        objections(&tree(text), &serde_json::from_str(json).unwrap()).unwrap()
    }

    const POD: &str = r#"{"metadata":{"name":"a","labels":{"app":"web"}},"spec":{"containers":[
        {"name":"c","image":"nginx:1","ports":[80,443]},{"name":"d","image":"redis"}],"priority":5.0}}"#;

    #[test]
    fn trees_have_the_shape_of_values() {
        assert_eq!(told("metadata: {name: a, labels: {}}\nspec: {priority: 5}", POD), <[String; 0]>::default());
        assert_eq!(
            told("metadata: {name: b, annotations: {}}\nspec: {containers: [{name: c}]}", POD),
            [
                "metadata.name is \"a\", not \"b\"",
                "metadata.annotations is not there",
                "spec.containers has 2 items, not 1"
            ]
        );
        assert_eq!(told("spec: {priority: [5]}", POD), ["spec.priority is 5, not a list"]);
        assert_eq!(told("spec: {priority: {a: 1}}", POD), ["spec.priority.a is not there"]);
    }

    #[test]
    fn keys_compute_iterate_and_bind() {
        assert_eq!(told("spec: {(length(containers)): 2, (nodeName): null}", POD), <[String; 0]>::default());
        assert_eq!(
            told("spec:\n  ~.containers:\n    (contains(image, ':')): true", POD),
            ["spec.~.containers[1].(contains(image, ':')) is false, not true"]
        );
        let bound = "(metadata.name)->owner: a\nspec:\n  ~at.containers->all:\n    (length($all)): 2\n    (\
                     $at < `2` && $owner == 'a'): true\n    name: (@)\n";
        assert_eq!(told(bound, POD), <[String; 0]>::default());
        assert_eq!(told("metadata: {~key.labels: ($key)}", POD), ["metadata.~key.labels[app] is \"web\", not \"app\""]);
        assert_eq!(told("~.metadata.name: {}", POD), ["~.metadata.name is not there"], "a key is one name");
        assert_eq!(told("spec: {~.priority: {}}", POD), ["spec.~.priority is 5, not a list or an object"]);
        assert_eq!(told(r"{\(x)\: 1, \~.y\: \(z)\}", r#"{"(x)":1,"~.y":"(z)"}"#), <[String; 0]>::default());
    }

    #[test]
    fn expressions_that_fail_are_told_with_their_place() {
        let value = serde_json::from_str(POD).unwrap();
        let error = objections(&tree("metadata: {(to_upper(labels)): A}"), &value).unwrap_err();
        assert!(error.starts_with("metadata.(to_upper(labels)) cannot be evaluated: "), "{error}");
    }
}

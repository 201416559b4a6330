//! The parts of an expression, and what each gives where it stands.
//!
//! A part is asked by itself of the value that it is asked of in the whole, so what is shown is what the engine says, not
//! a second interpreter.

use std::ops::Range;

use dikast_grammar::jmespath::{self, Ast, Node, Projector};
use dikast_runtime::interpreter::Fault;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, Arity, Kind};

use super::expression::evaluate;

/// How many items of a list a part is shown for.
const ITEMS_SHOWN: usize = 3;

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// Where it stands in the expression, in bytes.
    pub(crate) range: Range<usize>,
    /// Which item of a list it is asked of, from 0, when it is asked of items.
    pub(crate) item: Option<usize>,
    /// What it gives.
    pub(crate) outcome: Outcome,
    /// The argument that a function refuses, where it is one.
    pub(crate) refused: Option<Range<usize>>,
    /// The parts that it is made of, in the order in which they are asked.
    pub(crate) parts: Vec<Part>,
}

/// What a part gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// A value.
    Value(Value),
    /// A member that is not there. Most operators take null for it.
    Missing(String),
    /// An error.
    Error(String),
    /// Nothing: what stands before it decides already.
    NotAsked,
}

impl Outcome {
    /// What those around the part see: null for what is missing, nothing after an error.
    fn seen(&self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Missing(_) => Some(Value::Null),
            Self::Error(_) | Self::NotAsked => None,
        }
    }

    fn words(&self) -> Option<&str> {
        match self {
            Self::Missing(words) | Self::Error(words) => Some(words),
            Self::Value(_) | Self::NotAsked => None,
        }
    }
}

/// Asks an expression and all of its parts of a document; nothing when it does not parse.
pub(crate) fn explain(expression: &str, document: &Value) -> Option<Part> {
    jmespath::parse(expression).ast.map(|ast| part(&ast, document))
}

/// Where the fault arises with which an expression fails: the innermost part that fails with the same words, or the
/// argument that it refuses.
pub(crate) fn fault_range(whole: &Part) -> Option<Range<usize>> {
    let words = whole.outcome.words()?;
    let mut part = whole;
    while let Some(inner) = part.parts.iter().find(|inner| inner.outcome.words() == Some(words)) {
        part = inner;
    }
    Some(part.refused.as_ref().unwrap_or(&part.range).clone())
}

fn part(ast: &Ast, subject: &Value) -> Part {
    let outcome = match evaluate(&ast.to_string(), subject) {
        Ok(value) => Outcome::Value(value),
        Err(fault @ Fault::Missing(_)) => Outcome::Missing(fault.to_string()),
        Err(fault) => Outcome::Error(fault.to_string()),
    };
    let refused = match (&ast.node, &outcome) {
        (Node::Call { name: Some(name), arguments }, Outcome::Error(words)) => {
            refused_argument(&name.text, arguments, words, subject)
        }
        _ => None,
    };
    Part { range: ast.range.clone(), item: None, outcome, refused, parts: parts(ast, subject) }
}

fn parts(ast: &Ast, subject: &Value) -> Vec<Part> {
    match &ast.node {
        Node::Identity | Node::Current | Node::Field(_) | Node::Literal(_) | Node::Raw(_) | Node::Unfinished => vec![],
        Node::Reference(_) => vec![],
        Node::Not(operand) => vec![part(operand, subject)],
        Node::Index { of, .. } => written(of, subject).into_iter().collect(),
        Node::Sub(left, right) => {
            let left = part(left, subject);
            // A plain member gives what the whole gives.
            let right = match (&right.node, &left.outcome) {
                (Node::Field(_), _) => None,
                (_, Outcome::Value(value)) => Some(part(right, value)),
                _ => Some(not_asked(right)),
            };
            [left].into_iter().chain(right).collect()
        }
        Node::Pipe(left, right) => {
            let left = part(left, subject);
            let right = left.outcome.seen().map_or_else(|| not_asked(right), |value| part(right, &value));
            vec![left, right]
        }
        Node::And(left, right) => either(left, right, subject, true),
        Node::Or(left, right) => either(left, right, subject, false),
        Node::Compare(_, left, right) => vec![part(left, subject), part(right, subject)],
        // Null is not asked for several things.
        Node::List(items) if subject.is_null() => items.iter().map(not_asked).collect(),
        Node::Hash(members) if subject.is_null() => members.iter().map(|(_, value)| not_asked(value)).collect(),
        Node::List(items) => items.iter().map(|item| part(item, subject)).collect(),
        Node::Hash(members) => members.iter().map(|(_, value)| part(value, subject)).collect(),
        Node::Call { arguments, .. } => of_call(arguments, subject),
        Node::Project { of, by, body } => of_projection(of, by, body, subject),
    }
}

/// A part that is asked, unless the text leaves it out.
fn written(ast: &Ast, subject: &Value) -> Option<Part> {
    (ast.node != Node::Identity).then(|| part(ast, subject))
}

fn not_asked(ast: &Ast) -> Part {
    Part { range: ast.range.clone(), item: None, outcome: Outcome::NotAsked, refused: None, parts: Vec::new() }
}

/// The argument that a call fails for: the one that its words name, or else the first that is not of a declared type.
fn refused_argument(function: &str, arguments: &[Ast], words: &str, subject: &Value) -> Option<Range<usize>> {
    let function = functions::get(functions::find(function)?);
    if let Some((_, behind)) = words.split_once("argument #") {
        let digits = behind.split(|character: char| !character.is_ascii_digit()).next()?;
        return arguments.get(digits.parse::<usize>().ok()?.checked_sub(1)?).map(|argument| argument.range.clone());
    }
    if !matches!(function.arity, Arity::Fixed) || arguments.len() != function.parameters.len() {
        return None;
    }
    let is_admitted = |argument: &Ast, kind: &Kind| match argument.node {
        Node::Reference(_) => matches!(kind, Kind::Lambda | Kind::Any),
        _ => evaluate(&argument.to_string(), subject).is_ok_and(|value| kind.admits(&value)),
    };
    let mut declared = arguments.iter().zip(function.parameters);
    let refused =
        declared.find(|(argument, parameter)| !parameter.kinds.iter().any(|kind| is_admitted(argument, kind)));
    refused.map(|(argument, _)| argument.range.clone())
}

/// Two operands of which the second is asked only when the first is true, or is not.
fn either(left: &Ast, right: &Ast, subject: &Value, when: bool) -> Vec<Part> {
    let left = part(left, subject);
    let is_asked = left.outcome.seen().is_some_and(|value| value.is_true() == when);
    let right = if is_asked { part(right, subject) } else { not_asked(right) };
    vec![left, right]
}

/// Arguments; an expression among them is shown for the items of the list beside it.
fn of_call(arguments: &[Ast], subject: &Value) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let list = arguments.iter().find_map(|argument| match argument.node {
        Node::Reference(_) => None,
        _ => evaluate(&argument.to_string(), subject).ok().filter(|value| value.as_list().is_some()),
    });
    for argument in arguments {
        match &argument.node {
            Node::Reference(body) => parts.extend(for_items(body, list.as_ref())),
            _ => parts.push(part(argument, subject)),
        }
    }
    parts
}

fn of_projection(of: &Ast, by: &Projector, body: &Ast, subject: &Value) -> Vec<Part> {
    let mut parts: Vec<Part> = written(of, subject).into_iter().collect();
    let source = evaluate(&of.to_string(), subject).unwrap_or_default();
    let walked = |query: &str| evaluate(query, &source).ok();
    let items = match by {
        Projector::Items => Some(source),
        Projector::Values => walked("*"),
        Projector::Flatten => walked("[]"),
        Projector::Slice { start, stop, step } => {
            let bound = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
            walked(&format!("[{}:{}:{}]", bound(start), bound(stop), bound(step)))
        }
        Projector::Filter(condition) => {
            parts.extend(for_items(condition, Some(&source)));
            walked(&format!("[?{condition}]"))
        }
    };
    if body.node != Node::Identity {
        parts.extend(for_items(body, items.as_ref()));
    }
    parts
}

/// A part for the first items of a list.
fn for_items(ast: &Ast, list: Option<&Value>) -> Vec<Part> {
    let items = list.and_then(Value::as_list).unwrap_or_default();
    let shown = items.iter().take(ITEMS_SHOWN).enumerate();
    shown.map(|(at, item)| Part { item: Some(at), ..part(ast, item) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        serde_json::from_str::<Value>(r#"{"a":[{"b":1,"c":"x"},{"b":2},null],"n":null,"t":"y"}"#).unwrap().to_floats()
    }

    /// Each part on a line, indented, with its item and outcome.
    fn shown(expression: &str) -> String {
        fn write(part: &Part, expression: &str, depth: usize, out: &mut String) {
            let item = part.item.map(|item| format!("[{item}] ")).unwrap_or_default();
            let outcome = match &part.outcome {
                Outcome::Value(value) => serde_json::to_string(value).unwrap(),
                Outcome::Missing(words) | Outcome::Error(words) => format!("! {words}"),
                Outcome::NotAsked => "-".to_owned(),
            };
            let text = &expression[part.range.clone()];
            out.push_str(&format!("{}{item}{text} => {outcome}\n", "  ".repeat(depth)));
            part.parts.iter().for_each(|part| write(part, expression, depth + 1, out));
        }
        let mut out = String::new();
        write(&explain(expression, &document()).unwrap(), expression, 0, &mut out);
        out
    }

    #[test]
    fn parts_are_asked_where_they_stand() {
        insta::assert_snapshot!(shown("length(a[?b > `1`].b) == `1` && n.x || t"), @r#"
        length(a[?b > `1`].b) == `1` && n.x || t => "y"
          length(a[?b > `1`].b) == `1` && n.x => null
            length(a[?b > `1`].b) == `1` => true
              length(a[?b > `1`].b) => 1
                a[?b > `1`].b => [2]
                  a => [{"b":1,"c":"x"},{"b":2},null]
                  [0] b > `1` => false
                    b => 1
                    `1` => 1
                  [1] b > `1` => true
                    b => 2
                    `1` => 1
                  [2] b > `1` => null
                    b => null
                    `1` => 1
                  [0] b => 2
              `1` => 1
            n.x => null
              n => null
          t => "y"
        "#);
    }

    #[test]
    fn expressions_as_arguments_are_asked_of_items() {
        insta::assert_snapshot!(shown("map(&c, a) | [0]"), @r#"
        map(&c, a) | [0] => "x"
          map(&c, a) => ["x",null,null]
            [0] c => "x"
            [1] c => ! Unknown key "c" in path
            [2] c => null
            a => [{"b":1,"c":"x"},{"b":2},null]
          [0] => "x"
        "#);
    }

    #[test]
    fn what_decides_nothing_is_not_asked() {
        insta::assert_snapshot!(shown("t || n.x"), @r#"
        t || n.x => "y"
          t => "y"
          n.x => -
        "#);
    }

    #[test]
    fn a_fault_is_where_it_arises() {
        for (expression, place) in [
            ("a[0].x.y", "a[0].x"),
            ("length(n)", "n"),
            ("t && replace_all(t, a[0].b, t)", "a[0].b"),
            ("t && to_upper(to_number(t))", "to_number(t)"),
            ("split(t)", "split(t)"),
            ("add(`1`, t)", "add(`1`, t)"),
            ("random(n)", "n"),
            ("join(',', a[*].b)", "a[*].b"),
            ("[t, nope(a)]", "nope(a)"),
        ] {
            let range = fault_range(&explain(expression, &document()).unwrap()).unwrap();
            assert_eq!(&expression[range], place);
        }
        assert_eq!(fault_range(&explain("t", &document()).unwrap()), None);
    }
}

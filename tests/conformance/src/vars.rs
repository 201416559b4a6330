//! `vars.jsonl`: a document with variables and references, substituted in a context.

use std::rc::Rc;

use dikast_compiler::codegen::Question;
use dikast_compiler::ir::{Builder, EntryId, ExprId};
use dikast_compiler::lower::expression::Templates;
use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};
use dikast_runtime::context::Context;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::World;
use dikast_runtime::interpreter::{Budget, Interpreter, QueryCache};
use dikast_runtime::native::Outcome;
use dikast_stdlib::{Value, encode};
use serde_json::Value as Json;

use crate::environment::Fixed;
use crate::native::Tally;
use crate::{answer, native};

/// Whether the document becomes the recorded one.
pub(crate) fn agrees(case: &Json) -> Result<(), String> {
    let template = case.get("template").ok_or("the case has no template")?;
    let context = context_of(case);
    let outcome = substitute(&node(template, Numbers::Floats), context);
    if let (Err(found), Some(recorded)) = (&outcome, recorded_error(case))
        && found != recorded
    {
        return Err(format!("expected the error `{recorded}`, found `{found}`"));
    }
    answer::same(case, outcome)
}

/// The context of a question; an empty one when it has none.
pub(crate) fn context_of(case: &Json) -> Value {
    match case.get("context") {
        None | Some(Json::Null) => Value::object::<&str>([]),
        Some(context) => Value::from(context.clone()).to_floats(),
    }
}

/// The words of an error, where they are the engine's own and not those of a crash.
fn recorded_error(case: &Json) -> Option<&str> {
    let answer = case.get("answer")?;
    (answer.get("stage")?.as_str()? == "run").then(|| answer.get("error")?.as_str()).flatten()
}

/// Whether native code makes the recorded document of it. The words of an error are the interpreter's.
pub(crate) fn agrees_natively(case: &Json, tally: &mut Tally) -> Result<(), String> {
    let template = case.get("template").ok_or("the case has no template")?;
    let none = Json::Object(serde_json::Map::new());
    let context = case.get("context").filter(|context| !context.is_null()).unwrap_or(&none);
    let mut builder = Builder::new();
    let expr = lower(&mut builder, &node(template, Numbers::Floats), context.get("target").is_some());
    match native::ask(builder.finish(), &Question::Template(expr), context, tally)? {
        None => agrees(case),
        Some(Outcome::Value(value)) => {
            let is_json = encode::to_go_json(&value).map_err(|error| error.to_string());
            answer::same(case, is_json.map(|_| value))
        }
        Some(outcome) => {
            answer::same(case, Err(format!("{outcome:?}")))?;
            agrees(case)
        }
    }
}

/// Adds a document with variables to a program.
pub(crate) fn lower(builder: &mut Builder, template: &Node, has_target: bool) -> ExprId {
    let entries: [(Rc<str>, EntryId); 0] = [];
    let mut templates =
        Templates { builder, diagnostics: None, entries: &entries, loops: 0, has_target, is_open: false };
    templates.document(template, "")
}

/// What a document becomes in a context.
pub(crate) fn substitute(template: &Node, context: Value) -> Result<Value, String> {
    let mut builder = Builder::new();
    let expr = lower(&mut builder, template, context.get("target").is_some());
    let program = builder.finish();
    let context = Context::of_document(context);
    let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
    let world = World { data: &data, environment: &Fixed };
    let interpreter = Interpreter::new(&program, &context, world, &queries, &budget);
    let value = interpreter.substitute(expr).map_err(|fault| fault.to_string())?;
    // A value that is no JSON, such as NaN, counts as an error.
    encode::to_go_json(&value).map_err(|error| error.to_string())?;
    Ok(value)
}

/// Which type the numbers of a question have in Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// All are floats: the oracle decodes templates into values without types.
    Floats,
    /// Those without fraction and exponent are whole numbers.
    Whole,
}

/// A question as the YAML node that a policy would hold.
pub(crate) fn node(json: &Json, numbers: Numbers) -> Node {
    let span = Span::default();
    let value = match json {
        Json::Null => NodeValue::Null,
        Json::Bool(truth) => NodeValue::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) if numbers == Numbers::Whole => NodeValue::Int(whole),
            _ => NodeValue::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => NodeValue::Text(Text::standing_for(text.as_str(), span)),
        Json::Array(items) => NodeValue::List(items.iter().map(|item| node(item, numbers)).collect()),
        Json::Object(members) => NodeValue::Map(
            members
                .iter()
                .map(|(key, value)| Entry { key: Text::standing_for(key.as_str(), span), value: node(value, numbers) })
                .collect(),
        ),
    };
    Node { value, span }
}

//! Questions about documents, put to both engines.

use std::rc::Rc;
use std::sync::Arc;

use dikast_compiler::codegen::{Question, QuestionError};
use dikast_compiler::ir::{self, Builder, Conditions, EntryId, ExprId, Program};
use dikast_compiler::lower::expression::{Templates, lower_query};
use dikast_compiler::lower::lower_pattern;
use dikast_grammar::yaml::{Node, NodeValue, parse_first};
use dikast_runtime::context::Context;
use dikast_runtime::data::FixedData;
use dikast_runtime::document::Frame;
use dikast_runtime::engine::World;
use dikast_runtime::interpreter::{Budget, Interpreter, QueryCache};
use dikast_runtime::native::{NativeQuestion, Outcome};
use dikast_stdlib::Value;
use dikast_stdlib::condition::{Operator, evaluate};
use dikast_stdlib::pattern::document::{self as matching, match_document};

use super::chance::Random;
use super::expression::Expressions;
use super::{ENVIRONMENT, Tally, condition, document, pattern, template};

/// Documents of each question.
const DOCUMENTS: usize = 8;

/// A question with what the interpreter needs to answer it.
struct Asked {
    /// How it is written.
    text: String,
    program: Arc<Program>,
    question: Question,
    pattern: Value,
}

/// Asks both engines a generated question about some generated documents.
///
/// # Errors
///
/// The question and document on which they differ, and faults of the compiler.
pub fn question(seed: u64, tally: &mut Tally) -> Result<(), String> {
    let mut random = Random::new(seed);
    let asked = Asked::generate(&mut random)?;
    let native = match NativeQuestion::compile(&asked.program, &asked.question) {
        Ok(native) => Ok(native),
        Err(QuestionError::Interpreted(reason)) => Err(reason),
        Err(error) => return Err(format!("seed {seed}: {error} in {}", asked.text)),
    };
    let mut frame = Frame::default();
    for _ in 0..DOCUMENTS {
        let document = document::object(&mut random, 2);
        let expected = asked.interpreted(&document)?;
        tally.count(class(&asked.question, &expected));
        let found = match &native {
            Err(reason) => {
                tally.leave(reason);
                continue;
            }
            Ok(native) => {
                let mut read = native.read(&mut frame, document.as_bytes()).map_err(|error| error.to_string())?;
                read.answer(&ENVIRONMENT)
            }
        };
        if found == Outcome::Undecided {
            tally.leave("not decided for the document");
            continue;
        }
        tally.native += 1;
        // Compared as text, for which NaN is equal to itself.
        let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
        if expected != found {
            let text = &asked.text;
            return Err(format!("seed {seed}: interpreter {expected}\nnative {found}\nof {text}\non {document}"));
        }
    }
    Ok(())
}

impl Asked {
    fn generate(random: &mut Random) -> Result<Self, String> {
        match random.below(10) {
            0..=5 => {
                let text = Expressions { random, base: "" }.any(3);
                let (program, expr) = lower_query(&text).map_err(|error| format!("{error}: {text}"))?;
                Ok(Self::new(text, program, Question::Query(expr)))
            }
            6 => {
                let text = template::document(random, 2);
                let mut builder = Builder::new();
                let expr = lower(&mut builder, &node(&text)?);
                Ok(Self::new(text, builder.finish(), Question::Template(expr)))
            }
            7 | 8 => {
                let condition::Condition { key, operator, value } = condition::condition(random, "");
                let mut builder = Builder::new();
                let [key_expr, value_expr] = [&key, &value].map(|side| {
                    let mut node = node(side)?;
                    if let NodeValue::Int(number) = node.value {
                        // A number that stands alone is a fraction.
                        node.value = NodeValue::Float(number as f64);
                    }
                    Ok::<ExprId, String>(lower(&mut builder, &node))
                });
                let condition = ir::Condition {
                    key: key_expr?,
                    operator: Operator::new(operator),
                    value: value_expr?,
                    message: None,
                    span: None,
                };
                let question = Question::Conditions(Conditions::List(vec![condition]));
                Ok(Self::new(format!("{key} {operator} {value}"), builder.finish(), question))
            }
            _ => {
                let text = pattern::json(random, 2);
                let (program, pattern) = lower_pattern(&node(&text)?);
                let value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
                Ok(Self { pattern: value, ..Self::new(text, program, Question::Pattern(pattern)) })
            }
        }
    }

    fn new(text: String, program: Program, question: Question) -> Self {
        Self { text, program: Arc::new(program), question, pattern: Value::Null }
    }

    /// The interpreter's answer.
    fn interpreted(&self, document: &str) -> Result<Outcome, String> {
        let document: Value = serde_json::from_str(document).map_err(|error| format!("{error}: {document}"))?;
        let floats = document.to_floats();
        let context = Context::of_document(floats.clone());
        let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
        let world = World { data: &data, environment: &ENVIRONMENT };
        let interpreter = Interpreter::new(&self.program, &context, world, &queries, &budget);
        let value = |result: Result<Value, _>| result.map_or(Outcome::Error, Outcome::Value);
        Ok(match &self.question {
            Question::Query(expr) => value(interpreter.ask(*expr, &floats)),
            Question::Template(expr) => value(interpreter.substitute(*expr)),
            Question::Conditions(Conditions::List(conditions)) => {
                let [condition] = &conditions[..] else { return Err("one condition is asked".to_owned()) };
                let sides = interpreter.substitute(condition.key).and_then(|key| {
                    let value = interpreter.substitute(condition.value)?;
                    Ok((key, value))
                });
                match sides.map(|(key, value)| evaluate(&key, &condition.operator, &value)) {
                    Ok(Ok(true)) => Outcome::Yes,
                    Ok(Ok(false)) => Outcome::No,
                    Ok(Err(_)) | Err(_) => Outcome::Error,
                }
            }
            Question::Pattern(_) => match match_document(&self.pattern, &document).map_err(|failure| failure.outcome())
            {
                Ok(()) => Outcome::Yes,
                Err(matching::Outcome::Fail) => Outcome::No,
                Err(matching::Outcome::Skip) => Outcome::Skip,
                Err(matching::Outcome::Error) => Outcome::Error,
            },
            Question::Conditions(_) | Question::Wildcard(_) => {
                return Err("such questions are not generated".to_owned());
            }
        })
    }
}

/// What kind of outcome it is, for the tally.
fn class(question: &Question, outcome: &Outcome) -> String {
    let question = match question {
        Question::Query(_) => "expression",
        Question::Template(_) => "template",
        Question::Conditions(_) => "condition",
        Question::Pattern(_) => "pattern",
        Question::Wildcard(_) => "wildcard",
    };
    let outcome = match outcome {
        Outcome::Value(Value::Null) => "null",
        Outcome::Value(Value::List(items)) if items.is_empty() => "empty list",
        Outcome::Value(Value::Object(members)) if members.is_empty() => "empty object",
        Outcome::Value(Value::Text(text)) if text.is_empty() => "empty text",
        Outcome::Value(_) => "value",
        Outcome::Yes => "yes",
        Outcome::No => "no",
        Outcome::Skip => "skip",
        Outcome::Error => "error",
        Outcome::Undecided => "undecided",
    };
    format!("{question}: {outcome}")
}

fn node(text: &str) -> Result<Node, String> {
    parse_first(text).map_err(|error| format!("{error}: {text}"))
}

fn lower(builder: &mut Builder, node: &Node) -> ExprId {
    let entries: [(Rc<str>, EntryId); 0] = [];
    let mut templates =
        Templates { builder, diagnostics: None, entries: &entries, loops: 0, has_target: false, is_open: false };
    templates.document(node, "")
}

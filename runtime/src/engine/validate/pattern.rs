//! `pattern` and `anyPattern`, and what they say of a violation.

use dikast_compiler::ir::{Pattern, PatternId, ValidateAction};
use dikast_grammar::Span;
use dikast_stdlib::pattern::document::{MatchFailure, Outcome as Match, match_document};
use dikast_stdlib::{Object, Value};

use super::Check;
use crate::engine::response::{NeedsData, Status};
use crate::engine::rule::Outcome;
use crate::engine::trace;
use crate::interpreter::{Fault, Interpreter};

/// Patterns after substitution.
pub(super) enum Substituted {
    /// `pattern`
    One(Value),
    /// `anyPattern`
    Any(Vec<(Option<Span>, Value)>),
}

impl Check<'_> {
    /// The patterns that an action has, with their variables replaced.
    pub(super) fn substituted(&self, action: &ValidateAction) -> Result<Option<Substituted>, Fault> {
        let interpreter = &self.run.interpreter;
        Ok(match action {
            ValidateAction::Pattern(pattern) => Some(Substituted::One(document(interpreter, *pattern)?)),
            ValidateAction::AnyPattern(patterns) => {
                // They go through JSON text in Kyverno, which leaves no whole numbers.
                let place = |pattern| interpreter.program().pattern(pattern).span;
                let patterns =
                    patterns.iter().map(|pattern| Ok((place(*pattern), document(interpreter, *pattern)?.to_floats())));
                Some(Substituted::Any(patterns.collect::<Result<_, Fault>>()?))
            }
            _ => None,
        })
    }

    pub(super) fn pattern(&self, patterns: &Substituted, subject: &Value) -> Result<Outcome, NeedsData> {
        match patterns {
            Substituted::One(pattern) => self.one(pattern, subject),
            Substituted::Any(patterns) => self.any(patterns, subject),
        }
    }

    fn one(&self, pattern: &Value, subject: &Value) -> Result<Outcome, NeedsData> {
        let rule = self.run.name();
        match match_document(pattern, subject) {
            Ok(()) => Ok(Outcome::new(Status::Pass, format!("validation rule '{rule}' passed."))),
            Err(mismatch) if mismatch.outcome() == Match::Skip => Ok(Outcome::new(Status::Skip, mismatch.message)),
            Err(mismatch) => {
                let status = if mismatch.outcome() == Match::Error { Status::Error } else { Status::Fail };
                Ok(Outcome::new(status, self.violation(&mismatch)?))
            }
        }
    }

    /// `validation error: MESSAGE. rule R failed at path P`, or why the rule cannot be evaluated.
    fn violation(&self, mismatch: &MatchFailure) -> Result<String, NeedsData> {
        let rule = self.run.name();
        let what = match &*mismatch.path {
            "" => format!("rule {rule} execution error: {}", mismatch.message),
            path => format!("rule {rule} failed at path {path}"),
        };
        Ok(match self.message()? {
            Message::None => format!("validation error: {what}"),
            Message::Text(message) => format!("validation error: {message} {what}"),
            Message::Unresolved => format!(
                "validation error: variables substitution error in rule {rule} execution error: {}",
                mismatch.message
            ),
        })
    }

    fn any(&self, patterns: &[(Option<Span>, Value)], subject: &Value) -> Result<Outcome, NeedsData> {
        let rule = self.run.name();
        let (mut failed, mut skipped) = (Vec::new(), Vec::new());
        for (position, (place, pattern)) in patterns.iter().enumerate() {
            let matched = match_document(pattern, subject);
            trace::note(*place, matched.is_ok());
            match matched {
                Ok(()) => {
                    let message = format!("validation rule '{rule}' anyPattern[{position}] passed.");
                    return Ok(Outcome::new(Status::Pass, message));
                }
                Err(mismatch) if mismatch.outcome() == Match::Skip => {
                    skipped.push(format!("rule {rule}[{position}] skipped: {}", mismatch.message));
                }
                Err(mismatch) if mismatch.path.is_empty() => {
                    failed.push(format!("rule {rule}[{position}] failed: {}", mismatch.message));
                }
                Err(mismatch) => failed.push(format!("rule {rule}[{position}] failed at path {}", mismatch.path)),
            }
        }
        if !failed.is_empty() {
            let failed = failed.join(" ");
            return Ok(Outcome::new(
                Status::Fail,
                match self.message()? {
                    Message::None => format!("validation error: {failed}"),
                    Message::Text(message) => format!("validation error: {message} {failed}"),
                    Message::Unresolved => format!(
                        "validation error: variables substitution error in rule {rule} execution error: {failed}"
                    ),
                },
            ));
        }
        if !skipped.is_empty() {
            return Ok(Outcome::new(Status::Skip, skipped.join(" ")));
        }
        let raw = self.body.raw_message.map(|message| self.run.interpreter.program().name(message).to_string());
        Ok(Outcome::new(Status::Pass, raw.unwrap_or_default()))
    }

    /// The rule's message with its variables replaced and a full stop behind it.
    fn message(&self) -> Result<Message, NeedsData> {
        let Some(template) = self.body.message else { return Ok(Message::None) };
        match self.run.interpreter.substitute(template) {
            Ok(Value::Text(text)) if text.ends_with('.') => Ok(Message::Text(text.to_string())),
            Ok(Value::Text(text)) => Ok(Message::Text(format!("{text}."))),
            Err(Fault::NeedsData(keys)) => Err(NeedsData(keys)),
            // Kyverno crashes on a message that gives no text.
            Ok(_) | Err(_) => Ok(Message::Unresolved),
        }
    }
}

enum Message {
    /// The rule has none.
    None,
    Text(String),
    /// A variable in it cannot be resolved.
    Unresolved,
}

/// A pattern as the document that it was written as, its variables replaced.
fn document(interpreter: &Interpreter<'_>, id: PatternId) -> Result<Value, Fault> {
    let program = interpreter.program();
    let list = |patterns: &[PatternId]| {
        let items = patterns.iter().map(|pattern| document(interpreter, *pattern));
        items.collect::<Result<Vec<_>, _>>().map(Value::list)
    };
    match &program.pattern(id).pattern {
        Pattern::Map(map) => {
            let mut members = Object::new();
            for field in map.anchored.iter().chain(&map.fields) {
                members.insert(program.name(field.raw).clone(), document(interpreter, field.pattern)?);
            }
            Ok(Value::Object(members.into()))
        }
        Pattern::EachMap(item) | Pattern::EachScalar(item) => list(&[*item]),
        Pattern::Positional(items) => list(items),
        Pattern::EmptyList => Ok(Value::list([])),
        Pattern::Scalar(scalar) => Ok(program.scalar(*scalar).source().clone()),
        Pattern::Dynamic(expr) => interpreter.substitute(*expr),
    }
}

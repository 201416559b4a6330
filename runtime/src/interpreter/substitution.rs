//! Text with variables: texts put together, and text that is substituted at run time as Kyverno does it, round by round
//! (Kyverno `pkg/engine/variables/vars.go`).

use std::sync::Arc;

use dikast_compiler::ir::{Expr, ExprId, NameId, Shape};
use dikast_compiler::lower::expression::expression_at;
use dikast_grammar::jmespath::is_identifier;
use dikast_grammar::template::{find_variables, strip_braces, unescape};
use dikast_stdlib::{Object, Value, encode};

use super::evaluate::{Subject, whole_number};
use super::query::{on_delete_text, unresolved};
use super::round::{Round, TooLong};
use super::{Fault, Interpreter};

/// How often the results of a round may hold variables of their own.
const ROUNDS_MAX: usize = 64;
/// How long a text may grow.
const TEXT_BYTES_MAX: usize = 8 << 20;

impl Interpreter<'_> {
    /// Texts one after the other.
    pub(super) fn text(
        &self,
        parts: &[ExprId],
        otherwise: Option<ExprId>,
        subject: Subject<'_>,
    ) -> Result<Value, Fault> {
        let mut whole = String::new();
        for part in parts {
            let value = self.evaluate(*part, subject)?;
            let text = match (inserted(&value), otherwise) {
                // The general substitution tells which variable it was.
                (Err(_), Some(otherwise)) => return self.evaluate(otherwise, subject),
                (text, _) => text?,
            };
            let is_result = !matches!(self.program.expr(*part).expr, Expr::Const(_));
            if let (true, Some(otherwise)) = (is_result && may_form_variable(&whole, &text), otherwise) {
                return self.evaluate(otherwise, subject);
            }
            whole.push_str(&text);
            check_length(whole.len())?;
        }
        Ok(Value::text(whole))
    }

    /// The shortcut of a template, as long as the results of its nested variables are what it was made for.
    pub(super) fn shortcut(
        &self,
        guards: &[(ExprId, Shape)],
        then: ExprId,
        otherwise: ExprId,
        subject: Subject<'_>,
    ) -> Result<Value, Fault> {
        // Both ways name the same context entries; what failed to load on the first is tried again on the second.
        let named = self.context.named_entries();
        match self.shortcut_value(guards, then, subject) {
            Ok(Some(value)) => Ok(value),
            Err(Fault::NeedsData(keys)) => Err(Fault::NeedsData(keys)),
            Ok(None) | Err(_) => {
                self.context.forget_named_since(&named);
                self.evaluate(otherwise, subject)
            }
        }
    }

    /// The value of a shortcut; nothing when a guard does not hold.
    fn shortcut_value(
        &self,
        guards: &[(ExprId, Shape)],
        then: ExprId,
        subject: Subject<'_>,
    ) -> Result<Option<Value>, Fault> {
        for (guard, shape) in guards {
            if !has_shape(&self.evaluate(*guard, subject)?, *shape) {
                return Ok(None);
            }
        }
        self.evaluate(then, subject).map(Some)
    }

    /// A key of a document.
    pub(super) fn key(&self, of: ExprId, written: NameId, subject: Subject<'_>) -> Result<Value, Fault> {
        let written = self.program.name(written);
        key_text(self.evaluate(of, subject)?, written).map(Value::Text)
    }

    /// A value with the variables in its texts and keys replaced, where it is a list or an object.
    pub(super) fn expand_within(&self, of: ExprId, path: NameId, subject: Subject<'_>) -> Result<Value, Fault> {
        let value = self.evaluate(of, subject)?;
        self.substitute_in_container(&value, self.program.name(path))
    }

    /// Text that is only known at run time.
    pub(super) fn expand(&self, template: ExprId, path: NameId, subject: Subject<'_>) -> Result<Value, Fault> {
        let template = self.evaluate(template, subject)?;
        self.substitute_within(&template, self.program.name(path))
    }

    /// A value with the variables in its texts and keys replaced.
    pub(super) fn substitute_within(&self, value: &Value, path: &str) -> Result<Value, Fault> {
        let _level = self.budget.enter()?;
        match value {
            Value::Text(text) if text.contains("{{") => match self.expand_text(text, path, true)? {
                container @ (Value::List(_) | Value::Object(_)) => self.substitute_in_container(&container, path),
                other => Ok(other),
            },
            container => self.substitute_in_container(container, path),
        }
    }

    pub(super) fn substitute_in_container(&self, value: &Value, path: &str) -> Result<Value, Fault> {
        match value {
            Value::List(items) if mentions_variables(value) => {
                let items = items.iter().enumerate();
                let items = items.map(|(position, item)| self.substitute_within(item, &format!("{path}/{position}")));
                items.collect::<Result<Vec<_>, _>>().map(|items| Value::List(Arc::new(items)))
            }
            Value::Object(members) if mentions_variables(value) => {
                let mut object = Object::new();
                let mut renamed = Vec::new();
                for (key, value) in members.iter() {
                    let name = self.substitute_key(key, path)?;
                    let value = self.substitute_within(value, &format!("{path}/{}", key.replace('/', "\\/")))?;
                    if name == *key {
                        object.insert(name, value);
                    } else {
                        renamed.push((name, value));
                    }
                }
                // Of two equal keys the one that substitution made wins.
                object.extend(renamed);
                Ok(Value::Object(Arc::new(object)))
            }
            other => Ok(other.clone()),
        }
    }

    fn substitute_key(&self, key: &Arc<str>, path: &str) -> Result<Arc<str>, Fault> {
        key_text(self.expand_text(key, path, true)?, key)
    }

    /// One text, round by round, until no variable is left. With `typed` a text that is exactly one variable gives that
    /// variable's value with its type.
    fn expand_text(&self, text: &str, path: &str, typed: bool) -> Result<Value, Fault> {
        let mut text = text.to_owned();
        for _ in 0..ROUNDS_MAX {
            let mut shallow = false;
            let variables = find_variables(&text);
            let mut round = Round::new(&text);
            for variable in &variables {
                let written = &text[variable.start..variable.end];
                // Kyverno cuts one byte off the character before the variable and takes the rest for the expression.
                let stray_bytes = (variable.start - variable.before).saturating_sub(1);
                let name;
                (name, shallow) = strip_braces(&("\u{fffd}".repeat(stray_bytes) + written));
                let (value, name) = self.resolve_text(&name, path)?;
                if typed && text == written {
                    return Ok(value);
                }
                let mut result = inserted(&value).map_err(|fault| unresolved(fault, &name, path))?;
                if shallow && !value.is_null() {
                    let Value::Text(_) = value else {
                        return Err(Fault::error(format!(
                            "failed to resolve {name} at path {path}: expected a string"
                        )));
                    };
                    result = result.replace("{{", "\\{{");
                }
                round
                    .replace(variable, &result)
                    .map_err(|TooLong| Fault::error(format!("the variables at path {path} take too long to put in")))?;
                check_length(round.len())?;
            }
            text = round.finish();
            if variables.is_empty() || shallow {
                return Ok(Value::text(unescape(&text)));
            }
        }
        Err(Fault::error(format!("the variables at path {path} are still not resolved after {ROUNDS_MAX} rounds")))
    }

    /// The value of a variable by its text, and the text as an error shows it.
    fn resolve_text(&self, name: &str, path: &str) -> Result<(Value, String), Fault> {
        let mut name = name.to_owned();
        if name == "@" {
            let has_target = self.query_text("target", None).is_ok();
            name = expression_at(path, has_target);
        }
        if self.context.is_delete() {
            name = on_delete_text(&name);
        }
        let value = self.query_text(&name, None).map_err(|fault| unresolved(fault, &name, path))?;
        Ok((value, name))
    }
}

/// A key by what it was substituted with.
fn key_text(key: Value, written: &Arc<str>) -> Result<Arc<str>, Fault> {
    match key {
        Value::Null => Ok(Arc::clone(written)),
        Value::Text(name) => Ok(name),
        _ => Err(Fault::error(format!("expected string after substituting variables in key \"{written}\""))),
    }
}

/// Whether a result can form a variable with the text before it or with what comes behind.
pub(crate) fn may_form_variable(before: &str, result: &str) -> bool {
    result.contains("{{") || result.ends_with(['{', '\\']) || (result.starts_with('{') && before.ends_with('{'))
}

/// Whether a value is a scalar whose text has none of these characters.
fn scalar_without(value: &Value, is_forbidden: impl Fn(char) -> bool) -> bool {
    match value {
        Value::Text(text) => !text.contains(is_forbidden),
        Value::List(_) | Value::Object(_) => false,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => true,
    }
}

pub(crate) fn has_shape(value: &Value, shape: Shape) -> bool {
    let text = value.as_text();
    match shape {
        Shape::Identifier => text.is_some_and(is_identifier),
        Shape::Quotable => scalar_without(value, |character| character.is_control() || "\"`\\{}".contains(character)),
        Shape::Raw => scalar_without(value, |character| "'\\{}".contains(character)),
        Shape::Position => whole_number(value).is_some(),
        Shape::Scalar => !matches!(value, Value::Text(_) | Value::List(_) | Value::Object(_)),
        Shape::Filled => {
            text.is_none_or(|text| text.bytes().last().is_some_and(|last| last.is_ascii() && last != b'\\'))
        }
        Shape::TextOrNull => matches!(value, Value::Text(_) | Value::Null),
    }
}

/// How a value stands in a longer text.
fn inserted(value: &Value) -> Result<String, Fault> {
    encode::embedded(value).map_err(|error| Fault::error(error.to_string()))
}

fn check_length(bytes: usize) -> Result<(), Fault> {
    if bytes > TEXT_BYTES_MAX {
        return Err(Fault::error(format!("a text with variables grows beyond {TEXT_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// Whether any text or key of a value could hold a variable.
pub(crate) fn mentions_variables(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.contains("{{"),
        Value::List(items) => items.iter().any(mentions_variables),
        Value::Object(members) => members.iter().any(|(key, value)| key.contains("{{") || mentions_variables(value)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

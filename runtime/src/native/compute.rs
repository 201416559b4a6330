//! Helpers that compute a value. They take their operands as arguments, pushed one by one before, and write what they
//! make to a cell.

use std::cell::Cell;
use std::sync::Arc;

use dikast_compiler::codegen::{Answer, TemplatePart};
use dikast_stdlib::functions::{self, Argument, FunctionError, FunctionId};
use dikast_stdlib::{Object, Value, encode};

use super::run::Running;
use crate::context::service_account;
use crate::interpreter;

/// How long a text may grow that is put together from parts.
const TEXT_BYTES_MAX: usize = 8 << 20;

impl Running<'_> {
    pub(super) fn argument(&mut self, value: u64, numbers: u32) -> Answer {
        match self.value(value, numbers) {
            Some(value) => {
                self.computed.arguments.push(value);
                Answer::Yes
            }
            None => Answer::Undecided,
        }
    }

    pub(super) fn call(&mut self, function: u32, arguments: u32, result: u64) -> Answer {
        let Ok(function) = u16::try_from(function).map(FunctionId) else { return Answer::Undecided };
        let arguments: Vec<Argument<'_>> = self.last_arguments(arguments).map(Argument::Value).collect();
        match functions::invoke(function, &arguments, self.environment) {
            Ok(value) => self.done(result, value),
            Err(FunctionError::Missing(_) | FunctionError::Crash(_)) => Answer::Undecided,
            Err(_) => Answer::No,
        }
    }

    /// A value that could form a variable with what stands around it leaves the text to the interpreter.
    pub(super) fn concat(&mut self, template: u32, result: u64) -> Answer {
        let pool = self.pool;
        let Some(parts) = pool.templates.get(template as usize) else { return Answer::Undecided };
        let values = parts.iter().filter(|part| **part == TemplatePart::Value).count();
        let mut values =
            self.computed.arguments.split_off(self.computed.arguments.len().saturating_sub(values)).into_iter();
        let mut whole = String::new();
        for part in parts {
            match part {
                TemplatePart::Written(text) => whole.push_str(text),
                TemplatePart::Value => {
                    let Some(Ok(text)) = values.next().map(|value| encode::embedded(&value)) else {
                        return Answer::Undecided;
                    };
                    if interpreter::may_form_variable(&whole, &text) {
                        return Answer::Undecided;
                    }
                    whole.push_str(&text);
                }
            }
            if whole.len() > TEXT_BYTES_MAX {
                return Answer::Undecided;
            }
        }
        self.done(result, Value::text(whole))
    }

    pub(super) fn list(&mut self, arguments: u32, result: u64) -> Answer {
        let items = Value::list(self.last_arguments(arguments));
        self.done(result, items)
    }

    pub(super) fn object(&mut self, arguments: u32, result: u64) -> Answer {
        let mut members = Object::new();
        let mut arguments = self.last_arguments(arguments);
        while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
            let Value::Text(name) = name else { return Answer::No };
            members.insert(name, value);
        }
        self.done(result, Value::Object(members.into()))
    }

    pub(super) fn member(&mut self, name: u32, result: u64) -> Answer {
        let Some(of) = self.computed.arguments.pop() else { return Answer::Undecided };
        match self.pool.names.get(name as usize) {
            Some(name) => self.member_named(&of, name, result),
            None => Answer::Undecided,
        }
    }

    pub(super) fn member_of(&mut self, _: u32, result: u64) -> Answer {
        match (self.computed.arguments.pop(), self.computed.arguments.pop()) {
            (Some(Value::Text(name)), Some(of)) => self.member_named(&of, &name, result),
            // Any other name is an error, which is not the same as a missing member.
            _ => Answer::Undecided,
        }
    }

    fn member_named(&mut self, of: &Value, name: &str, result: u64) -> Answer {
        match of {
            Value::Object(members) => match members.get(name) {
                Some(value) => self.done(result, value.clone()),
                None => Answer::No,
            },
            _ => self.done(result, Value::Null),
        }
    }

    pub(super) fn item(&mut self, position: u32, result: u64) -> Answer {
        match self.computed.arguments.pop() {
            Some(of) => self.done(result, interpreter::item(&of, i64::from(position.cast_signed()))),
            None => Answer::Undecided,
        }
    }

    pub(super) fn item_of(&mut self, _: u32, result: u64) -> Answer {
        match (self.computed.arguments.pop(), self.computed.arguments.pop()) {
            (Some(position), Some(of)) => {
                let item = interpreter::whole_number(&position).map(|position| interpreter::item(&of, position));
                self.done(result, item.unwrap_or_default())
            }
            _ => Answer::Undecided,
        }
    }

    pub(super) fn flatten(&mut self, _: u32, result: u64) -> Answer {
        self.made_of_one(result, interpreter::flatten)
    }

    pub(super) fn values(&mut self, _: u32, result: u64) -> Answer {
        self.made_of_one(result, interpreter::values)
    }

    pub(super) fn fractions(&mut self, _: u32, result: u64) -> Answer {
        self.made_of_one(result, Value::to_floats)
    }

    pub(super) fn keep(&mut self, _: u32, result: u64) -> Answer {
        self.made_of_one(result, Value::clone)
    }

    fn made_of_one(&mut self, result: u64, make: impl FnOnce(&Value) -> Value) -> Answer {
        match self.computed.arguments.pop() {
            Some(of) => self.done(result, make(&of)),
            None => Answer::Undecided,
        }
    }

    pub(super) fn service_account(&mut self, part: u32, result: u64) -> Answer {
        let Some(Value::Text(user)) = self.computed.arguments.pop() else { return Answer::Undecided };
        let (namespace, name) = service_account(&user);
        self.done(result, Value::text(if part == 0 { namespace } else { name }))
    }

    pub(super) fn item_at(&mut self, list: u64, position: u32, result: u64) -> Answer {
        match self.handle(self.cell(list)) {
            Some(of) => {
                let item = interpreter::item(of, i64::from(position));
                self.done(result, item)
            }
            None => Answer::Undecided,
        }
    }

    pub(super) fn slice(&mut self, _: u32, result: u64) -> Answer {
        let (step, stop, start) =
            (self.computed.arguments.pop(), self.computed.arguments.pop(), self.computed.arguments.pop());
        let bound = |bound: Option<Value>| match bound {
            Some(Value::Int(position)) => Some(position),
            _ => None,
        };
        match self.computed.arguments.pop().map(|of| interpreter::slice(&of, bound(start), bound(stop), bound(step))) {
            Some(Ok(part)) => self.done(result, part),
            Some(Err(_)) => Answer::No,
            None => Answer::Undecided,
        }
    }

    pub(super) fn key(&mut self, written: u32, result: u64) -> Answer {
        match (self.computed.arguments.pop(), self.pool.names.get(written as usize)) {
            (Some(name @ Value::Text(_)), _) => self.done(result, name),
            (Some(Value::Null), Some(written)) => {
                let written = Value::Text(Arc::clone(written));
                self.done(result, written)
            }
            (Some(_), Some(_)) => Answer::No,
            _ => Answer::Undecided,
        }
    }

    pub(super) fn mark(&mut self, result: u64) -> Answer {
        let taken = i64::try_from(self.computed.arguments.len()).unwrap_or(i64::MAX);
        self.done(result, Value::Int(taken))
    }

    pub(super) fn collect(&mut self, mark: u64, result: u64) -> Answer {
        let start = self.marked(mark);
        let items = Value::list(self.computed.arguments.drain(start..));
        self.done(result, items)
    }

    pub(super) fn discard(&mut self, mark: u64) -> Answer {
        let start = self.marked(mark);
        self.computed.arguments.truncate(start);
        Answer::Yes
    }

    fn marked(&self, mark: u64) -> usize {
        usize::try_from(self.cell(mark).payload).unwrap_or(usize::MAX).min(self.computed.arguments.len())
    }

    pub(super) fn wrap(&mut self) -> Answer {
        self.computed.arguments.pop().map_or(Answer::Undecided, |last| {
            self.computed.arguments.push(Value::list([last]));
            Answer::Yes
        })
    }

    pub(super) fn keyed(&mut self, function: u32, expression_first: u32, result: u64) -> Answer {
        let Ok(function) = u16::try_from(function).map(FunctionId) else { return Answer::Undecided };
        let (Some(Value::List(keys)), Some(list)) = (self.computed.arguments.pop(), self.computed.arguments.pop())
        else {
            return Answer::Undecided;
        };
        // These functions ask for the key of each item once and in order.
        let asked = Cell::new(0);
        let key = |_: &Value| match keys.get(asked.replace(asked.get() + 1)) {
            Some(Value::List(one)) => Ok(one.first().cloned().unwrap_or_default()),
            Some(Value::Null) => Err(FunctionError::Missing(String::new())),
            _ => Err(FunctionError::Failed("the expression is an error".to_owned())),
        };
        let (list, key) = (Argument::Value(list), Argument::Lambda(&key));
        let arguments = if expression_first == 0 { [list, key] } else { [key, list] };
        match functions::invoke(function, &arguments, self.environment) {
            Ok(value) => self.done(result, value),
            Err(FunctionError::Missing(_) | FunctionError::Crash(_)) => Answer::Undecided,
            Err(_) => Answer::No,
        }
    }

    fn done(&mut self, result: u64, value: Value) -> Answer {
        self.write(result, value);
        Answer::Yes
    }

    fn last_arguments(&mut self, count: u32) -> std::vec::IntoIter<Value> {
        let start = self.computed.arguments.len().saturating_sub(count as usize);
        self.computed.arguments.split_off(start).into_iter()
    }
}

//! What can stand in the text form: the trait, and the types that are not records of their own.

use dikast_grammar::{FileId, Span};
use dikast_stdlib::Value;
use dikast_stdlib::condition::Operator;
use dikast_stdlib::functions::{self, FunctionId};
use dikast_stdlib::pattern::ScalarPattern;

use super::TextError;
use super::form::Form;
use crate::ir::{Builder, ConstId, EntryId, ExprId, NameId, PatternId, PolicyId, Program, RuleId, ScalarId};

/// Prints as a form and reads back.
pub(super) trait Textual: Sized {
    /// The form; ids of names and constants are printed as what they stand for.
    fn to_form(&self, program: &Program) -> Form;

    /// Reads a form; names and constants are interned.
    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError>;

    /// The value of a field that is left out, where it may be.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the field may be left out.
    fn is_absent(&self) -> bool {
        false
    }
}

pub(super) fn expected(what: &'static str, form: &Form) -> TextError {
    let mut found = String::new();
    form.print(&mut found, 0);
    found.truncate(found.char_indices().nth(80).map_or(found.len(), |(at, _)| at));
    TextError::Unexpected { expected: what, found }
}

pub(super) fn as_text<'a>(what: &'static str, form: &'a Form) -> Result<&'a str, TextError> {
    match form {
        Form::Atom(text) | Form::Quoted(text) => Ok(text),
        Form::List(_) => Err(expected(what, form)),
    }
}

pub(super) fn as_list<'a>(what: &'static str, form: &'a Form) -> Result<&'a [Form], TextError> {
    match form {
        Form::List(items) => Ok(items),
        Form::Atom(_) | Form::Quoted(_) => Err(expected(what, form)),
    }
}

macro_rules! ids {
    ($($id:ident $sigil:literal $what:literal;)*) => {$(
        impl Textual for $id {
            fn to_form(&self, _program: &Program) -> Form {
                Form::atom(format!("{}{}", $sigil, self.0))
            }

            fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
                let digits = as_text($what, form)?.strip_prefix($sigil).ok_or_else(|| expected($what, form))?;
                digits.parse().map($id).map_err(|_error| expected($what, form))
            }
        }
    )*};
}

ids! {
    ExprId "%" "an expression such as %1";
    PatternId "^" "a pattern such as ^1";
    EntryId "$" "a context entry such as $1";
    PolicyId "@" "a policy such as @1";
    RuleId "#" "a rule such as #1";
}

impl Textual for NameId {
    fn to_form(&self, program: &Program) -> Form {
        Form::text(program.name(*self))
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        Ok(builder.name(as_text("a name", form)?))
    }
}

impl Textual for ConstId {
    fn to_form(&self, program: &Program) -> Form {
        program.constant(*self).to_form(program)
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        let value = Value::from_form(form, builder)?;
        Ok(builder.constant(value))
    }
}

/// A scalar pattern is printed as the value that it was made of.
impl Textual for ScalarId {
    fn to_form(&self, program: &Program) -> Form {
        program.scalar(*self).source().to_form(program)
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        let value = Value::from_form(form, builder)?;
        Ok(builder.scalar(ScalarPattern::new(&value)))
    }
}

impl Textual for FunctionId {
    fn to_form(&self, _program: &Program) -> Form {
        Form::atom(functions::get(*self).name)
    }

    fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
        functions::find(as_text("a function", form)?).ok_or_else(|| expected("the name of a function", form))
    }
}

impl Textual for Operator {
    fn to_form(&self, _program: &Program) -> Form {
        Form::text(self.name())
    }

    fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
        Ok(Operator::new(as_text("an operator", form)?))
    }
}

impl Textual for Value {
    fn to_form(&self, _program: &Program) -> Form {
        value_to_form(self)
    }

    fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
        value_from_form(form)
    }
}

fn value_to_form(value: &Value) -> Form {
    match value {
        Value::Null => Form::atom("null"),
        Value::Bool(truth) => Form::atom(truth.to_string()),
        Value::Int(number) => Form::atom(number.to_string()),
        Value::Float(number) if number.is_nan() => Form::atom("nan"),
        Value::Float(number) if number.is_infinite() => Form::atom(if *number > 0.0 { "inf" } else { "-inf" }),
        Value::Float(number) => Form::atom(format!("{number:?}")),
        Value::Text(text) => Form::Quoted(text.to_string()),
        Value::List(items) => Form::tagged("list", items.iter().map(value_to_form)),
        Value::Object(members) => Form::tagged(
            "object",
            members.iter().map(|(key, value)| Form::List(vec![Form::text(key), value_to_form(value)])),
        ),
    }
}

fn value_from_form(form: &Form) -> Result<Value, TextError> {
    let wrong = || expected("a value", form);
    match form {
        Form::Quoted(text) => Ok(Value::text(text.as_str())),
        Form::Atom(atom) => match atom.as_str() {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "nan" => Ok(Value::Float(f64::NAN)),
            "inf" => Ok(Value::Float(f64::INFINITY)),
            "-inf" => Ok(Value::Float(f64::NEG_INFINITY)),
            number => match number.parse() {
                Ok(whole) => Ok(Value::Int(whole)),
                Err(_) => number.parse().map(Value::Float).map_err(|_error| wrong()),
            },
        },
        Form::List(items) => match items.split_first() {
            Some((Form::Atom(tag), rest)) if tag == "list" => {
                let items: Result<Vec<_>, _> = rest.iter().map(value_from_form).collect();
                items.map(Value::list)
            }
            Some((Form::Atom(tag), rest)) if tag == "object" => {
                let members: Result<Vec<_>, _> = rest
                    .iter()
                    .map(|member| match member {
                        Form::List(pair) if pair.len() == 2 => {
                            Ok((as_text("a key", &pair[0])?.to_owned(), value_from_form(&pair[1])?))
                        }
                        other => Err(expected("a member", other)),
                    })
                    .collect();
                members.map(Value::object)
            }
            _ => Err(wrong()),
        },
    }
}

impl Textual for bool {
    fn to_form(&self, _program: &Program) -> Form {
        Form::atom(self.to_string())
    }

    fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
        as_text("true or false", form)?.parse().map_err(|_error| expected("true or false", form))
    }

    fn absent() -> Option<Self> {
        Some(false)
    }

    fn is_absent(&self) -> bool {
        !self
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Textual for $number {
            fn to_form(&self, _program: &Program) -> Form {
                Form::atom(self.to_string())
            }

            fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
                as_text("a number", form)?.parse().map_err(|_error| expected("a number", form))
            }
        }
    )*};
}

numbers!(i64, u32);

impl Textual for Span {
    fn to_form(&self, _program: &Program) -> Form {
        Form::atom(format!("{}:{}..{}", self.file.0, self.start, self.end))
    }

    fn from_form(form: &Form, _builder: &mut Builder) -> Result<Self, TextError> {
        let parse = |text: &str| {
            let (file, range) = text.split_once(':')?;
            let (start, end) = range.split_once("..")?;
            Some(Span { file: FileId(file.parse().ok()?), start: start.parse().ok()?, end: end.parse().ok()? })
        };
        parse(as_text("a span", form)?).ok_or_else(|| expected("a span such as 0:12..20", form))
    }
}

impl<T: Textual> Textual for Option<T> {
    fn to_form(&self, program: &Program) -> Form {
        self.as_ref().map_or_else(|| Form::atom("none"), |value| value.to_form(program))
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        match form {
            Form::Atom(atom) if atom == "none" => Ok(None),
            form => T::from_form(form, builder).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Textual> Textual for Vec<T> {
    fn to_form(&self, program: &Program) -> Form {
        Form::List(self.iter().map(|item| item.to_form(program)).collect())
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        as_list("a list", form)?.iter().map(|item| T::from_form(item, builder)).collect()
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<A: Textual, B: Textual> Textual for (A, B) {
    fn to_form(&self, program: &Program) -> Form {
        Form::List(vec![self.0.to_form(program), self.1.to_form(program)])
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        match as_list("a pair", form)? {
            [left, right] => Ok((A::from_form(left, builder)?, B::from_form(right, builder)?)),
            _ => Err(expected("a pair", form)),
        }
    }
}

impl<T: Textual> Textual for Box<T> {
    fn to_form(&self, program: &Program) -> Form {
        (**self).to_form(program)
    }

    fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
        T::from_form(form, builder).map(Box::new)
    }
}

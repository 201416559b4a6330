//! How a call hands its arguments over, and the one place where they are checked.

use std::fmt;
use std::sync::LazyLock;

use super::{Arity, Environment, Function, FunctionError, FunctionId, Kind, Parameter, get, scalar_text};
use crate::duration::float_to_int;
use crate::{Object, Value, encode};

/// An expression as an argument (`&expr`): asked of the values that the function chooses.
pub type Lambda<'a> = &'a dyn Fn(&Value) -> Result<Value, FunctionError>;

/// An argument of a call.
#[derive(Clone)]
pub enum Argument<'a> {
    /// A value.
    Value(Value),
    /// An expression.
    Lambda(Lambda<'a>),
}

impl fmt::Debug for Argument<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(out),
            Self::Lambda(_) => out.write_str("&expression"),
        }
    }
}

impl From<Value> for Argument<'_> {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// Calls a function, the number and types of its arguments checked first.
///
/// # Errors
///
/// Arguments that do not fit, and whatever the function itself refuses.
pub fn invoke(
    function: FunctionId,
    arguments: &[Argument<'_>],
    environment: &dyn Environment,
) -> Result<Value, FunctionError> {
    let function = get(function);
    check(function, arguments)?;
    (function.call)(Arguments { function: function.name, arguments }, environment)
}

/// Checks as Kyverno's JMESPath library does (`functions.go`, `resolveArgs`).
fn check(function: &Function, arguments: &[Argument<'_>]) -> Result<(), FunctionError> {
    match function.arity {
        Arity::Fixed if arguments.len() != function.parameters.len() => Err(FunctionError::ArgumentCount),
        Arity::Fixed => {
            function.parameters.iter().zip(arguments).try_for_each(|(parameter, argument)| admit(parameter, argument))
        }
        Arity::Repeated if arguments.len() < function.parameters.len() => Err(FunctionError::TooFewArguments),
        Arity::Repeated | Arity::Ignored => Ok(()),
    }
}

fn admit(parameter: &Parameter, argument: &Argument<'_>) -> Result<(), FunctionError> {
    let admitted = parameter.kinds.iter().any(|kind| match argument {
        Argument::Value(value) => kind.admits(value),
        Argument::Lambda(_) => matches!(kind, Kind::Lambda | Kind::Any),
    });
    if admitted {
        return Ok(());
    }
    let value = match argument {
        Argument::Value(value) => encode::sprint(value),
        Argument::Lambda(_) => "an expression".to_owned(),
    };
    Err(FunctionError::ArgumentType { value, expected: parameter.kinds })
}

/// The arguments of a call, as a function's body takes them. A position is counted from 0.
///
/// An argument that is not what the body asks for is an error; it happens only where the parameter admits several types
/// or the types of repeated arguments were not checked.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    function: &'static str,
    arguments: &'a [Argument<'a>],
}

impl<'a> Arguments<'a> {
    /// The value at a position. An expression where a value is asked for is an empty object to Kyverno.
    pub(super) fn value(self, at: usize) -> Result<&'a Value, FunctionError> {
        static OF_EXPRESSION: LazyLock<Value> = LazyLock::new(|| Value::object::<&str>([]));
        match self.arguments.get(at) {
            Some(Argument::Value(value)) => Ok(value),
            Some(Argument::Lambda(_)) => Ok(&OF_EXPRESSION),
            _ => Err(self.not_of_type(at, "Value")),
        }
    }

    /// All arguments as values.
    pub(super) fn values(self) -> impl Iterator<Item = Result<&'a Value, FunctionError>> {
        (0..self.arguments.len()).map(move |at| self.value(at))
    }

    /// The text at a position.
    pub(super) fn text(self, at: usize) -> Result<&'a str, FunctionError> {
        self.value(at)?.as_text().ok_or_else(|| self.not_of_type(at, "String"))
    }

    /// The text that a text or number at a position becomes, see [`scalar_text()`].
    pub(super) fn scalar(self, at: usize) -> Result<String, FunctionError> {
        scalar_text(self.value(at)?).ok_or_else(|| self.not_of_type(at, "String"))
    }

    /// The number at a position.
    pub(super) fn number(self, at: usize) -> Result<f64, FunctionError> {
        match self.value(at)? {
            Value::Float(number) => Ok(*number),
            _ => Err(self.not_of_type(at, "Number")),
        }
    }

    /// The number at a position as Go converts it to an integer.
    pub(super) fn whole(self, at: usize) -> Result<i64, FunctionError> {
        self.number(at).map(float_to_int)
    }

    /// The list at a position.
    pub(super) fn list(self, at: usize) -> Result<&'a [Value], FunctionError> {
        self.value(at)?.as_list().ok_or_else(|| self.not_of_type(at, "Array"))
    }

    /// The object at a position.
    pub(super) fn object(self, at: usize) -> Result<&'a Object, FunctionError> {
        self.value(at)?.as_object().ok_or_else(|| self.not_of_type(at, "Object"))
    }

    /// Whether an expression stands at a position.
    pub(super) fn is_lambda(self, at: usize) -> bool {
        matches!(self.arguments.get(at), Some(Argument::Lambda(_)))
    }

    /// The expression at a position.
    pub(super) fn lambda(self, at: usize) -> Result<Lambda<'a>, FunctionError> {
        match self.arguments.get(at) {
            Some(Argument::Lambda(lambda)) => Ok(*lambda),
            _ => Err(self.not_of_type(at, "Expression")),
        }
    }

    fn not_of_type(self, at: usize, expected: &str) -> FunctionError {
        FunctionError::not_of_type(self.function, at + 1, expected)
    }
}

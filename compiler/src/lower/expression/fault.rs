//! Faults in expressions and templates.

use crate::diagnostic::{Fix, faults};

faults! {
    /// Text that is no expression.
    #[error("malformed expression")]
    EXPRESSION_SYNTAX: MalformedExpression { explanation: String }
    label(self) { Some(self.explanation.clone()) }

    /// A form that Kyverno accepts though it is no JMESPath.
    #[error("malformed expression")]
    EXPRESSION_SYNTAX: LenientExpression { explanation: &'static str }
    label(self) { Some(self.explanation.to_owned()) }

    /// A function that does not exist.
    #[error("unknown function `{name}`")]
    UNKNOWN_FUNCTION: UnknownFunction { name: String, meant: Option<&'static str> }
    help(self) { self.meant.map(|meant| format!("did you mean `{meant}`?")) }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant?.to_owned() }) }

    /// A call that a function refuses whatever the arguments are.
    #[error("`{name}` takes {}, not {given}", count(*.declared, *.at_least))]
    ARGUMENT_COUNT: ArgumentCount { name: &'static str, declared: usize, at_least: bool, given: usize }
}

fn count(declared: usize, at_least: bool) -> String {
    let plural = if declared == 1 { "" } else { "s" };
    format!("{}{declared} argument{plural}", if at_least { "at least " } else { "" })
}

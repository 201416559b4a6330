//! Faults in expressions and templates.

use crate::diagnostic::{Fix, faults};

faults! {
    /// Text that is no expression.
    #[error("malformed expression")]
    EXPRESSION_SYNTAX: MalformedExpression { explanation: String }
    label(self) { Some(self.explanation.clone()) }
    help(self) { Some("`dikast jp parse EXPRESSION` shows how an expression is read".to_owned()) }

    /// A form that Kyverno accepts though it is no JMESPath.
    #[error("expression that is no JMESPath")]
    LENIENT_EXPRESSION: LenientExpression { explanation: &'static str }
    label(self) { Some(self.explanation.to_owned()) }
    help(self) { Some("write it as other tools read it too".to_owned()) }

    /// A character that spoils the variable behind it.
    #[error("malformed expression")]
    EXPRESSION_SYNTAX: StrayCharacter {}
    label(self) { Some("Kyverno takes part of the character before it for the expression".to_owned()) }
    help(self) { Some("put a blank or another ASCII character before `{{`".to_owned()) }

    /// A reference without a value.
    #[error("`{reference}` refers to nothing")]
    UNRESOLVED_REFERENCE: UnresolvedReference { reference: String, message: String }
    help(self) {
        let help = "it must name text in the same document; write `\\$(...)` for a `$(...)` that is to stay";
        Some(help.to_owned())
    }

    /// A name that nothing declares.
    #[error("undefined variable `{name}`")]
    UNDEFINED_VARIABLE: UndefinedVariable { name: String, meant: Option<String> }
    help(self) {
        Some(match &self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if self.name.starts_with("element") => format!("`{}` is known in a `foreach`", self.name),
            None if self.name == "target" => "`target` is known in mutate rules with `targets`".to_owned(),
            None => format!("declare `{}` under `context`", self.name),
        })
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.clone()? }) }

    /// Braces that begin no variable.
    #[error("these braces begin no variable")]
    STRAY_BRACES: StrayBraces {}
    help(self) {
        let help = "close the variable with `}}`; braces inside it nest one level; write `\\{{` for braces that are to stay";
        Some(help.to_owned())
    }

    /// A name where a value is meant.
    #[error("{} is a name, not a value", shown(.name))]
    NAME_FOR_VALUE: NameForValue { name: String, value: String }
    label(self) { Some("nothing has this name, so it is always null".to_owned()) }
    help(self) { Some(format!("the value is written {}", self.value)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.value.clone() }) }

    /// A function that does not exist.
    #[error("unknown function `{name}`")]
    UNKNOWN_FUNCTION: UnknownFunction { name: String, meant: Option<&'static str> }
    help(self) { self.meant.map(|meant| format!("did you mean `{meant}`?")) }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant?.to_owned() }) }

    /// A list made by `items()` in a call that Kyverno cannot make.
    #[error("`{name}` does not take a list made by `items`")]
    LIST_OF_ITEMS: ListOfItems { name: &'static str }
    help(self) {
        let help = "in Kyverno this call fails; pass the list through a projection first: `items(...)[]`";
        Some(help.to_owned())
    }

    /// A call that a function refuses whatever the arguments are.
    #[error("`{name}` takes {}, not {given}", count(*.declared, *.at_least))]
    ARGUMENT_COUNT: ArgumentCount { name: &'static str, declared: usize, at_least: bool, given: usize }
    help(self) { Some(format!("`dikast jp function {}` shows what it takes", self.name)) }
}

fn shown(name: &str) -> String {
    if name.is_empty() { "`\"\"`".to_owned() } else { format!("`{name}`") }
}

fn count(declared: usize, at_least: bool) -> String {
    let plural = if declared == 1 { "" } else { "s" };
    format!("{}{declared} argument{plural}", if at_least { "at least " } else { "" })
}

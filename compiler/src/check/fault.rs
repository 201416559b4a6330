//! Findings of the type check.

use dikast_grammar::Span;

use crate::diagnostic::{Label, faults};

faults! {
    /// An argument that a function always refuses.
    #[error("`{function}` takes {expected} as `{parameter}`, not {found}")]
    ARGUMENT_TYPE: ArgumentType {
        function: &'static str,
        parameter: &'static str,
        expected: String,
        found: String,
        help: Option<String>,
    }
    help(self) { self.help.clone() }

    /// An argument that is written down and refused.
    #[error("`{function}` takes {problem}, which `{text}` is not")]
    REFUSED_ARGUMENT: RefusedArgument { function: &'static str, text: String, problem: &'static str }
    help(self) { Some("the rule ends in an error whenever it gets here".to_owned()) }

    /// A call with arguments that are all written down, and refused.
    #[error("this call of `{function}` fails each time: {error}")]
    REFUSED_ARGUMENT: FailingCall { function: &'static str, error: String }
    help(self) { Some("the rule ends in an error whenever it gets here".to_owned()) }

    /// Operands that do not go together.
    #[error("`{function}` never works on {left} and {right}")]
    ARGUMENT_TYPE: Disagreeing { function: &'static str, left: String, right: String }
    help(self) {
        let help = match self.function {
            "multiply" => "one side of a product is a number",
            "divide" => "both sides are numbers, quantities or durations, or the right one is a number",
            _ => "all operands are numbers, or quantities, or durations; a number in quotes is a quantity",
        };
        Some(help.to_owned())
    }

    /// A key that has no order.
    #[error("`{function}` orders by numbers or by texts, not by {found}")]
    ARGUMENT_TYPE: UnorderedKey { function: &'static str, found: String }
    help(self) { Some("the expression names what to order by, such as `&name`".to_owned()) }

    /// A comparison of values that are never of one type.
    #[error("{result} between {left} and {right}")]
    DIFFERENT_TYPES: DifferentTypes { result: &'static str, left: String, right: String, literal: Option<String> }
    help(self) {
        self.literal.as_ref().map(|text| format!("write `{text}` in backticks instead of quotes"))
    }

    /// An order of something that is no number.
    #[error("`<`, `<=`, `>` and `>=` compare numbers, and give null for {found}")]
    UNORDERED: Unordered { found: String, is_text: bool }
    help(self) { self.is_text.then(|| "`to_number` reads a number from text".to_owned()) }

    /// A value for which an operator is false.
    #[error("`{operator}` is never true for {value}")]
    NEVER_TRUE: ValueNeverTrue { operator: String, value: String, help: Option<String> }
    help(self) { self.help.clone() }

    /// A key for which an operator is false.
    #[error("`{operator}` is never true when the key is {key}")]
    NEVER_TRUE: KeyNeverTrue { operator: String, key: String }
    help(self) { Some("use an operator for such keys, or an expression that gives another type".to_owned()) }

    /// A key and a value for which an operator is false.
    #[error("`{operator}` is never true for {value} when the key is {key}")]
    NEVER_TRUE: NeverBetween { operator: String, key: String, value: String, key_span: Span, help: Option<String> }
    labels(self) { vec![Label { span: self.key_span, message: "the key".to_owned() }] }
    help(self) { self.help.clone() }

    /// A condition that has one answer.
    #[error("this condition is always {answer}")]
    CONSTANT_CONDITION: AlwaysSame { answer: bool, operator: String }
    help(self) {
        Some(format!("`{}` gives {} whatever the request is; ask something of it in `{{{{ }}}}`", self.operator, self.answer))
    }

    /// A key or a value that is the name of a variable.
    #[error("`{text}` is text here, not the variable")]
    NAME_FOR_VALUE: KeyWithoutBraces { text: String }
    help(self) { Some(format!("write `\"{{{{ {} }}}}\"`", self.text)) }
}

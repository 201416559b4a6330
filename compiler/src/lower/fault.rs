//! Faults in what a policy says, beyond the shape of its fields.

use crate::diagnostic::{Fix, faults};

faults! {
    /// An operator of a condition that does not exist.
    #[error("unknown operator `{operator}`")]
    UNKNOWN_OPERATOR: UnknownOperator { operator: String, meant: Option<&'static str> }
    help(self) { Some(format!("did you mean `{}`?", self.meant?)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant?.to_owned() }) }

    /// An operator with a successor.
    #[error("the operator `{operator}` is deprecated")]
    DEPRECATED_OPERATOR: DeprecatedOperator { operator: String, successor: &'static str }
    help(self) { Some(format!("use {}", self.successor)) }
    fix(self) {
        // The others compare in another way.
        let replacement = match self.operator.as_str() {
            "Equal" => "Equals",
            "NotEqual" => "NotEquals",
            _ => return None,
        };
        Some(Fix { span: self.span, replacement: replacement.to_owned() })
    }

    /// A label selector that Kubernetes refuses.
    #[error("this selector never matches: `{operator}` {problem}")]
    INVALID_SELECTOR: InvalidSelector { operator: String, problem: &'static str }
    help(self) { Some("`In` and `NotIn` take `values`, `Exists` and `DoesNotExist` take none; there are no others".to_owned()) }

    /// A subject that nothing is.
    #[error("no subject has the kind `{kind}`")]
    UNKNOWN_SUBJECT: UnknownSubject { kind: String }
    help(self) { Some("write `User`, `Group` or `ServiceAccount`".to_owned()) }

    /// `{{ }}` around the expression of a loop.
    #[error("`list` takes an expression without `{{{{ }}}}`")]
    BRACES_AROUND_EXPRESSION: BracesAroundExpression { expression: String }
    help(self) { Some("remove the braces".to_owned()) }
    fix(self) { Some(Fix { span: self.span, replacement: self.expression.clone() }) }
}

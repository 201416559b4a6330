//! Arguments that are written down and that a function refuses: expressions, versions, durations, times, quantities.

use dikast_stdlib::Value;
use dikast_stdlib::duration::GoDuration;
use dikast_stdlib::functions::{self, Argument, FunctionId, Isolated, Unasked};
use dikast_stdlib::go_parse::parse_float;
use dikast_stdlib::image::{ImageDefaults, ImageInfo};
use dikast_stdlib::quantity::Quantity;
use dikast_stdlib::regex::{Generator, GoRegex};
use dikast_stdlib::semver::{Range, Version};

use super::Checker;
use super::fault::{FailingCall, RefusedArgument};
use crate::ir::{Expr, ExprId};

impl Checker<'_> {
    /// Looks at a call whose arguments have the right number and types.
    pub(super) fn constant_arguments(&mut self, call: ExprId, id: FunctionId, arguments: &[ExprId]) {
        let function = functions::get(id);
        let mut is_told = false;
        for (argument, parameter) in arguments.iter().zip(function.parameters) {
            let Some(text) = self.flow.constant(*argument).and_then(Value::as_text) else { continue };
            if let Some(problem) = problem(function.name, parameter.name, text)
                && let Some(span) = self.place(*argument, call)
            {
                is_told = true;
                let (function, text) = (function.name, text.to_owned());
                self.report(RefusedArgument { span, function, text, problem });
            }
        }
        if is_told {
            return;
        }
        let values = arguments.iter().map(|argument| self.flow.folded(*argument).map(Argument::Value));
        let Some(values) = values.collect::<Option<Vec<_>>>() else { return };
        let environment = Unasked::default();
        if let Err(error) = functions::invoke(id, &values, &environment)
            && !environment.was_asked()
            && let Some(span) = self.program.expr(call).span
        {
            self.report(FailingCall { span, function: function.name, error: error.to_string() });
        }
    }

    fn place(&self, argument: ExprId, call: ExprId) -> Option<dikast_grammar::Span> {
        let of_call = || match self.program.expr(call).expr {
            Expr::Call { .. } => self.program.expr(call).span,
            _ => None,
        };
        self.program.expr(argument).span.or_else(of_call)
    }
}

/// Why a function refuses a text as an argument whatever the other arguments are.
fn problem(function: &str, parameter: &str, text: &str) -> Option<&'static str> {
    let is_refused = match parameter {
        "expression" if function == "random" => Generator::parse(text).is_err(),
        "expression" if function.starts_with("regex_") => GoRegex::compile(text).is_err(),
        // Null is no number, and whoever asks for one has no use for it.
        "value" if function == "to_number" => parse_float(text).is_none(),
        "reference" if function == "image_normalize" => ImageInfo::parse(text, &ImageDefaults::default()).is_err(),
        "range" => Range::parse(text).is_err(),
        "version" => Version::parse(text).is_err(),
        "duration" => GoDuration::parse(text).is_err(),
        "time" | "start" | "end" | "other" if is_about_times(function) => !is_time(text),
        "left" | "right" if is_arithmetic(function) => {
            GoDuration::parse(text).is_err() && Quantity::parse(text).is_err()
        }
        _ => return None,
    };
    is_refused.then_some(match parameter {
        "expression" => "a regular expression",
        "value" => "the text of a number",
        "reference" => "an image reference such as `ghcr.io/shop/web:1.2`",
        "range" => "a range of versions such as `>=1.2.0`",
        "version" => "a version such as `1.2.3`",
        "duration" => "a duration such as `1h30m`",
        "left" | "right" => "a quantity or a duration",
        _ => "a time such as `2024-01-31T12:00:00Z`",
    })
}

fn is_about_times(function: &str) -> bool {
    function.starts_with("time_") && !matches!(function, "time_since" | "time_parse")
}

fn is_arithmetic(function: &str) -> bool {
    matches!(function, "add" | "subtract" | "multiply" | "divide" | "modulo")
}

/// Whether a text is a time, as the functions read it.
fn is_time(text: &str) -> bool {
    functions::find("time_utc")
        .is_none_or(|id| functions::invoke(id, &[Argument::Value(Value::text(text))], &Isolated::EPOCH).is_ok())
}

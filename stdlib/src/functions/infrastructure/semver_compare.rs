//! `semver_compare`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::semver::{Range, Version};

/// Whether a version is in a range. A text that is no version counts as 0.0.0.
///
/// # Errors
///
/// A text that is no range.
fn semver_compare(version: &str, range: &str) -> Result<bool, FunctionError> {
    let range = Range::parse(range).map_err(FunctionError::failed)?;
    range.contains(&Version::parse(version).unwrap_or_default()).map_err(FunctionError::failed)
}

pub(crate) static FUNCTION: Function = Function {
    name: "semver_compare",
    topic: Topic::Infrastructure,
    parameters: &[
        Parameter { name: "version", kinds: &[Kind::Text] },
        Parameter { name: "range", kinds: &[Kind::Text] },
    ],
    arity: Arity::Fixed,
    result: Kind::Bool,
    volatile: false,
    summary: "Whether a semantic version is in a range such as `>=1.2.0 <2.0.0 || 3.x`. A text that is no version, `v1.2.3` \
              among them, counts as 0.0.0.",
    examples: &[
        ("semver_compare('1.4.2', '>=1.2.0 <2.0.0')", "true"),
        ("semver_compare('2.1.0', '1.x || 2.1.x')", "true"),
        ("semver_compare('v1.4.2', '>=1.0.0')", "false"),
    ],
    call: |arguments, _| semver_compare(arguments.text(0)?, arguments.text(1)?).map(Value::Bool),
};

//! Which fixes can be made without a second look.

use super::{Code, Diagnostic, Fix, code};

/// Codes whose fixes write what the text could only mean. Of others an author decides whether the fix is what is meant.
const SAFE: &[Code] = &[
    code::AMBIGUOUS_SCALAR,
    code::UNKNOWN_FIELD,
    code::WRONG_TYPE,
    code::UNKNOWN_VALUE,
    code::UNRECOGNISED_POLICY,
    code::UNKNOWN_FUNCTION,
    code::BRACES_AROUND_EXPRESSION,
    code::STRAY_BRACES,
    code::UNKNOWN_OPERATOR,
    code::DEPRECATED_FIELD,
    code::DEPRECATED_OPERATOR,
];

impl Diagnostic {
    /// The fix, if it can be made without a second look.
    pub fn safe_fix(&self) -> Option<&Fix> {
        self.fix.as_ref().filter(|_| SAFE.contains(&self.code))
    }
}

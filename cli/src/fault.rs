//! Why a command cannot do what it is asked, with a code that `dikast explain` knows.

use dikast_compiler::diagnostic::{Code, Diagnostic};

/// A fault with a code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Fault {
    code: Code,
    message: String,
}

impl Fault {
    /// A fault of what was asked for.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// A finding at a place of a file, where one line has to say it all.
    pub(crate) fn of_finding(found: &Diagnostic, place: &str) -> Self {
        let label = found.label.as_deref().map(|label| format!(": {label}")).unwrap_or_default();
        let help = found.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
        Self::new(found.code, format!("{place}: {}{label}{help}", found.message))
    }
}

/// The line that tells of an error, with its code if it has one.
pub(crate) fn line(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Fault>() {
        Some(Fault { code, .. }) => format!("error[{code}]: {error:#}"),
        None => format!("error: {error:#}"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;
    use dikast_compiler::diagnostic::code;

    use super::*;

    #[test]
    fn the_code_is_told_whatever_stands_around_the_fault() {
        let fault = Err::<(), _>(Fault::new(code::NO_TESTS, "none"));
        assert_eq!(line(&fault.context("test t").unwrap_err()), "error[DK1202]: test t: none");
        assert_eq!(line(&anyhow::anyhow!("other")), "error: other");
    }
}

//! `dikast explain`
//!
//! | module | explains |
//! |---|---|
//! | [`policy`] | policies and rules |
//! | [`matching`] | what a rule is about |
//! | [`condition`] | preconditions and deny conditions |
//! | [`pattern`] | patterns and overlays |
//! | [`body`] | what a rule does |
//! | [`outline`] | the text that all of them write |

mod body;
mod condition;
mod matching;
mod outline;
mod pattern;
mod policy;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use dikast_compiler::diagnostic::Code;

use super::Exit;

/// Explain a diagnostic, or what a policy does
///
/// Takes the code of a diagnostic, or a file with policies and, if only one rule is asked about, the rule's name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast explain DK0201
  dikast explain --list
  dikast explain policy.yaml
  dikast explain policy.yaml require-labels")]
pub(crate) struct Arguments {
    /// A code such as DK0201, or a file with policies
    #[arg(required_unless_present = "list", value_name = "CODE|POLICY")]
    subject: Option<PathBuf>,
    /// Only this rule
    rule: Option<String>,
    /// List all codes
    #[arg(long, conflicts_with = "subject")]
    list: bool,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut out = std::io::stdout().lock();
        let Some(subject) = self.subject else {
            for code in Code::all() {
                writeln!(out, "{code}  {:<7}  {}", code.severity().name(), code.title())?;
            }
            return Ok(Exit::Clean);
        };
        if let Some(code) = subject.to_str().and_then(Code::find) {
            writeln!(out, "{code}: {} ({})\n\n{}", code.title(), code.severity().name(), code.page().trim_end())?;
            return Ok(Exit::Clean);
        }
        if subject != Path::new("-") && !subject.exists() {
            bail!(
                "`{}` is neither the code of a diagnostic nor a file; `dikast explain --list` shows all codes",
                subject.display()
            );
        }
        write!(out, "{}", policy::explain(&subject, self.rule.as_deref())?)?;
        Ok(Exit::Clean)
    }
}

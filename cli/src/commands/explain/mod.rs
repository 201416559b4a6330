//! `dikast explain`

use std::io::Write;

use anyhow::bail;
use dikast_compiler::diagnostic::Code;

use super::Exit;

/// Explain a diagnostic
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  dikast explain DK0201\n  dikast explain --list")]
pub(crate) struct Arguments {
    /// A code such as DK0201
    #[arg(required_unless_present = "list")]
    subject: Option<String>,
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
        let Some(code) = Code::find(&subject) else {
            bail!("there is no diagnostic `{subject}`; `dikast explain --list` shows all of them");
        };
        writeln!(out, "{code}: {} ({})\n\n{}", code.title(), code.severity().name(), code.page().trim_end())?;
        Ok(Exit::Clean)
    }
}

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
use serde::Serialize;

use super::Exit;

/// Explain a diagnostic, or what a policy does
///
/// Takes the code of a diagnostic, or a file with policies and, if only one rule is asked about, the rule's name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast explain DK0201
  dikast explain --list
  dikast explain policy.yaml
  dikast explain policy.yaml require-labels
  dikast explain policy.yaml require-labels -o json

Ends with 0, or with 2 when there is nothing of that name.")]
pub(crate) struct Arguments {
    /// A code such as DK0201, or a file with policies
    #[arg(required_unless_present = "list", value_name = "CODE|POLICY")]
    subject: Option<PathBuf>,
    /// Only this rule
    rule: Option<String>,
    /// List all codes
    #[arg(long, conflicts_with = "subject")]
    list: bool,
    /// Form of the explanation
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Sentences
    #[default]
    Text,
    /// JSON: an array of policies with their rules, a code, or an array of codes
    Json,
}

/// A code for programs.
#[derive(Serialize)]
struct CodeEntry {
    code: &'static str,
    severity: &'static str,
    title: &'static str,
    /// Its page in Markdown, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

impl CodeEntry {
    fn of(code: Code) -> Self {
        Self { code: code.name(), severity: code.severity().name(), title: code.title(), page: None }
    }
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut out = std::io::stdout().lock();
        let is_json = self.output == Format::Json;
        let Some(subject) = self.subject else {
            if is_json {
                return write_json(&mut out, &Code::all().map(CodeEntry::of).collect::<Vec<_>>());
            }
            for code in Code::all() {
                writeln!(out, "{code}  {:<7}  {}", code.severity().name(), code.title())?;
            }
            return Ok(Exit::Clean);
        };
        if let Some(code) = subject.to_str().and_then(Code::find) {
            if is_json {
                return write_json(&mut out, &CodeEntry { page: Some(code.page()), ..CodeEntry::of(code) });
            }
            writeln!(out, "{code}: {} ({})\n\n{}", code.title(), code.severity().name(), code.page().trim_end())?;
            return Ok(Exit::Clean);
        }
        if subject != Path::new("-") && !subject.exists() {
            bail!(
                "`{}` is neither the code of a diagnostic nor a file; `dikast explain --list` shows all codes",
                subject.display()
            );
        }
        let explained = policy::explain(&subject, self.rule.as_deref())?;
        if is_json {
            return write_json(&mut out, &explained);
        }
        explained.iter().try_for_each(|policy| write!(out, "{policy}"))?;
        Ok(Exit::Clean)
    }
}

fn write_json(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<Exit> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(Exit::Clean)
}

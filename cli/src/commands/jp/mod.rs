//! `dikast jp`

mod explained;
mod function;
mod json;
mod parse;
mod query;
mod tree;

use std::io::Write;
use std::path::PathBuf;

use dikast_stdlib::{Value, encode};

use super::Exit;
use crate::input::file::read_text;
use crate::output::yaml;

/// Try JMESPath expressions
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Formats of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Json,
    Yaml,
}

impl Format {
    /// A value as a document in this format, with a line break at its end.
    fn write(self, value: &Value) -> anyhow::Result<String> {
        Ok(match self {
            // with Go's escapes of <, > and &
            Self::Json => json::indented(&encode::to_go_json(value)?),
            Self::Yaml => yaml::write(value),
        })
    }
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Query(query::Arguments),
    Parse(parse::Arguments),
    Function(function::Arguments),
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Query(arguments) => arguments.run(),
            Command::Parse(arguments) => arguments.run(),
            Command::Function(arguments) => arguments.run(),
        }
    }
}

/// The expressions of the command line, `-` for standard input, and those in files, in that order.
fn expressions(given: &[String], files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let read = |given: &String| if given == "-" { read_text("-".as_ref()) } else { Ok(given.clone()) };
    let all = given.iter().map(read).chain(files.iter().map(|path| read_text(path)));
    Ok(all.collect::<Result<_, _>>()?)
}

/// Results on standard output. Without a format each stands below its expression, as in Kyverno; with one there is nothing
/// but data: JSON documents one after the other, YAML documents with `---` between them.
struct Results {
    out: std::io::StdoutLock<'static>,
    format: Option<Format>,
    is_first: bool,
}

impl Results {
    fn new(format: Option<Format>) -> Self {
        Self { out: std::io::stdout().lock(), format, is_first: true }
    }

    fn write(&mut self, expression: &str, result: &str) -> std::io::Result<()> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        match self.format {
            None => writeln!(self.out, "# {expression}")?,
            Some(Format::Yaml) if !is_first => writeln!(self.out, "---")?,
            Some(_) => {}
        }
        self.out.write_all(result.as_bytes())
    }
}

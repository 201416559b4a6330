//! `dikast jp`

mod explained;
mod function;
mod json;
mod parse;
mod query;
mod tree;

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

/// The expressions of the command line and those in files, in that order.
fn expressions(given: &[String], files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let mut all = given.to_vec();
    for path in files {
        all.push(read_text(path)?);
    }
    Ok(all)
}

//! `dikast jp`

mod function;
mod parse;
mod query;
mod tree;

use std::path::PathBuf;

use super::Exit;
use crate::input::file::read_text;

/// Try JMESPath expressions
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
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

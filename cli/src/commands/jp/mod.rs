//! `dikast jp`

mod function;

use super::Exit;

/// Try JMESPath expressions
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Function(function::Arguments),
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Function(arguments) => arguments.run(),
        }
    }
}

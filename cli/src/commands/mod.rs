//! The commands, one file or folder each.

mod apply;
mod compile;
mod completion;
mod demo;
mod explain;
mod foreign;
mod jp;
mod lsp;
mod serve;
mod test;
mod version;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use dikast_runtime::engine::EngineChoice;

/// Compiles Kyverno policies to native code, and tests, applies and serves them.
#[derive(Debug, Parser)]
#[command(name = "dikast", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compile(compile::Arguments),
    Test(test::Arguments),
    Apply(Box<apply::Arguments>),
    Serve(serve::Arguments),
    Demo(demo::Arguments),
    Jp(jp::Arguments),
    Explain(explain::Arguments),
    Lsp(lsp::Arguments),
    Version(version::Arguments),
    Completion(completion::Arguments),
}

impl Arguments {
    /// Runs the command.
    ///
    /// # Errors
    /// Why it could not be run.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Compile(arguments) => arguments.run(),
            Command::Test(arguments) => arguments.run(),
            Command::Apply(arguments) => arguments.run(),
            Command::Serve(arguments) => arguments.run(),
            Command::Demo(arguments) => arguments.run(),
            Command::Jp(arguments) => arguments.run(),
            Command::Explain(arguments) => arguments.run(),
            Command::Lsp(arguments) => arguments.run(),
            Command::Version(arguments) => arguments.run(),
            Command::Completion(arguments) => arguments.run(),
        }
    }
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing to complain about.
    Clean,
    /// It ran and found faults: mistakes, violations, failed tests.
    Findings,
    /// It could not run.
    CouldNotRun,
    /// A code that the user asked for.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::CouldNotRun => Self::from(2),
            Exit::Code(code) => Self::from(code),
        }
    }
}

/// `--engine`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// The interpreter, which defines what policies mean
    Interpreter,
    /// Native code where a rule has some
    #[default]
    Native,
    /// Both; a difference between them is an error
    Both,
}

impl From<Engine> for EngineChoice {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Interpreter => Self::Interpreter,
            Engine::Native => Self::Native,
            Engine::Both => Self::Both,
        }
    }
}

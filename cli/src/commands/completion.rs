//! `dikast completion`

use clap::CommandFactory;
use clap_complete::Shell;

use super::Exit;

/// Write a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  dikast completion bash > /etc/bash_completion.d/dikast\n  dikast completion zsh > ~/.zfunc/_dikast"
)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        clap_complete::generate(self.shell, &mut super::Arguments::command(), "dikast", &mut std::io::stdout());
        Ok(Exit::Clean)
    }
}

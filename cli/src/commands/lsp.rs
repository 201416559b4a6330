//! `dikast lsp`

use super::Exit;
use dikast_lsp::{End, serve};

/// Serve an editor: findings, explanations and completions while a policy is typed
///
/// Speaks the Language Server Protocol over standard input and output. An editor starts it; docs/editors.md shows how
/// to set up some.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Does nothing: some editors add it
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Arguments {
    /// Serves until the editor ends it. Exit codes are the protocol's: 0 after `shutdown` and `exit`, 1 otherwise.
    ///
    /// # Errors
    /// When answers cannot be written.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let input = std::io::BufReader::new(std::io::stdin());
        Ok(match serve(input, std::io::stdout().lock())? {
            End::Orderly => Exit::Clean,
            End::Abrupt => Exit::Code(1),
        })
    }
}

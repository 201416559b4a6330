//! `dikast version`

use std::io::Write;

use super::Exit;

/// The version of Kyverno whose answers are given.
const KYVERNO: &str = "1.19.1";

/// Show the version
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Show it as data
    #[arg(short, long, value_name = "FORMAT")]
    output: Option<Format>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Json,
    Yaml,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let version = env!("CARGO_PKG_VERSION");
        let mut out = std::io::stdout().lock();
        match self.output {
            None => writeln!(out, "dikast {version} (answers as Kyverno {KYVERNO})")?,
            Some(Format::Json) => writeln!(out, r#"{{"version": "{version}", "kyverno": "{KYVERNO}"}}"#)?,
            Some(Format::Yaml) => writeln!(out, "version: {version}\nkyverno: {KYVERNO}")?,
        }
        Ok(Exit::Clean)
    }
}

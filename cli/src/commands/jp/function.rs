//! `dikast jp function`

use std::io::Write;

use anyhow::bail;
use dikast_stdlib::functions::{self, Arity, Function};

use crate::commands::Exit;

/// Show the functions that expressions can call
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  dikast jp function\n  dikast jp function truncate semver_compare")]
pub(crate) struct Arguments {
    /// Only these functions
    names: Vec<String>,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut out = std::io::stdout().lock();
        let known = |name: &String| functions::table().iter().any(|function| function.name == name);
        if let Some(unknown) = self.names.iter().find(|name| !known(name)) {
            bail!("there is no function `{unknown}`; `dikast jp function` shows all of them");
        }
        for function in functions::table() {
            if self.names.is_empty() || self.names.iter().any(|name| name == function.name) {
                write(&mut out, function)?;
            }
        }
        Ok(Exit::Clean)
    }
}

fn write(out: &mut impl Write, function: &Function) -> std::io::Result<()> {
    writeln!(out, "Name: {}", function.name)?;
    writeln!(out, "  Signature: {}", signature(function))?;
    writeln!(out, "  Note:      {}", function.summary)?;
    for (expression, result) in function.examples {
        writeln!(out, "  Example:   {expression} gives {result}")?;
    }
    writeln!(out)
}

fn signature(function: &Function) -> String {
    let last = function.parameters.len().saturating_sub(1);
    let parameters: Vec<String> = function
        .parameters
        .iter()
        .enumerate()
        .map(|(at, parameter)| {
            let kinds: Vec<&str> = parameter.kinds.iter().map(|kind| kind.name()).collect();
            let repeated = if function.arity == Arity::Repeated && at == last { "..." } else { "" };
            format!("{}{repeated}", kinds.join("|"))
        })
        .collect();
    format!("{}({}) {}", function.name, parameters.join(", "), function.result.name())
}

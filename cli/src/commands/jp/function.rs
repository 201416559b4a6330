//! `dikast jp function`

use std::io::Write;

use anyhow::bail;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, Arity, Function, Kind};

use super::Format;
use crate::commands::Exit;

/// Show the functions that expressions can call
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  dikast jp function\n  dikast jp function truncate semver_compare\n  dikast jp function -o json"
)]
pub(crate) struct Arguments {
    /// Only these functions
    names: Vec<String>,
    /// Write a list of functions as data
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut out = std::io::stdout().lock();
        let known = |name: &String| functions::table().iter().any(|function| function.name == name);
        if let Some(unknown) = self.names.iter().find(|name| !known(name)) {
            bail!("there is no function `{unknown}`; `dikast jp function` shows all of them");
        }
        let is_wanted =
            |function: &&Function| self.names.is_empty() || self.names.iter().any(|name| name == function.name);
        let wanted = functions::table().iter().copied().filter(is_wanted);
        match self.output {
            None => wanted.into_iter().try_for_each(|function| write(&mut out, function))?,
            Some(format) => out.write_all(format.write(&Value::list(wanted.map(data)))?.as_bytes())?,
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

/// What is known of a function.
fn data(function: &Function) -> Value {
    let kinds = |kinds: &[Kind]| Value::list(kinds.iter().map(|kind| Value::text(kind.name())));
    let parameters = function
        .parameters
        .iter()
        .map(|parameter| Value::object([("name", Value::text(parameter.name)), ("types", kinds(parameter.kinds))]));
    let examples = function.examples.iter().map(|(expression, result)| {
        Value::object([("expression", Value::text(*expression)), ("result", Value::text(*result))])
    });
    Value::object([
        ("name", Value::text(function.name)),
        ("signature", Value::text(signature(function))),
        ("parameters", Value::list(parameters)),
        ("repeated", Value::Bool(function.arity == Arity::Repeated)),
        ("result", Value::text(function.result.name())),
        ("note", Value::text(function.summary)),
        ("examples", Value::list(examples)),
    ])
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

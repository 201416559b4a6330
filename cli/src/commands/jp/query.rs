//! `dikast jp query`

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use dikast_stdlib::{Value, encode};

use super::{Format, Results, explained};
use crate::commands::Exit;
use crate::evaluation::expression::ask;
use crate::evaluation::parts::{Outcome, explain};
use crate::input::file::{File, read_text};

/// Evaluate expressions on a document
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl get pod web -o yaml | dikast jp query 'spec.containers[].image'
  dikast jp query -i pod.yaml 'length(spec.containers)' 'metadata.name'
  dikast jp query -i pod.yaml -q expression.jmespath -o yaml
  dikast jp query -i pod.yaml --explain 'length(spec.containers[?image]) > `1`'
  echo 'metadata.labels' | dikast jp query -i pod.yaml")]
pub(crate) struct Arguments {
    /// Expressions; standard input for `-`, and without any when the document comes from a file
    #[arg(value_name = "EXPRESSION")]
    expressions: Vec<String>,
    /// Read an expression from a file
    #[arg(short, long = "query", value_name = "FILE")]
    queries: Vec<PathBuf>,
    /// The document, as YAML or JSON; standard input without it
    #[arg(short, long, default_value = "-", value_name = "FILE")]
    input: PathBuf,
    /// Write JSON on one line
    #[arg(short, long)]
    compact: bool,
    /// Write texts without quotes
    #[arg(short, long)]
    unquoted: bool,
    /// Show the value of each part of the expression: its columns, its text, its value. For parts that are asked of the
    /// items of a list, the first three. With `-o`, the same as data, with places in bytes. Ends with 2 when an
    /// expression fails
    #[arg(long)]
    explain: bool,
    /// Format of the results, which then stand alone: without the expressions, in YAML with `---` between them
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        if self.input.as_os_str() == "-" && self.expressions.iter().any(|expression| expression == "-") {
            bail!("the document and an expression cannot both come from standard input: give one of them as a file");
        }
        let mut queries = super::expressions(&self.expressions, &self.queries)?;
        if queries.is_empty() && self.input.as_os_str() != "-" {
            queries.push(read_text("-".as_ref())?);
        }
        if queries.is_empty() {
            bail!("give an expression, such as `dikast jp query -i pod.yaml metadata.name`");
        }
        let file = File::parse(&crate::input::file::name_of(&self.input), read_text(&self.input)?)?;
        // JSON knows only one sort of number, and so do expressions
        let document = file.values().next().unwrap_or_default().to_floats();
        let mut results = Results::new(self.output);
        let mut exit = Exit::Clean;
        for query in queries {
            let query = query.trim_end();
            if let Some(part) = self.explain.then(|| explain(query, &document)).flatten() {
                let explained = match self.output {
                    None => explained::tree(query, &part),
                    Some(_) => self.shown(&explained::data(query, &part))?,
                };
                results.write(query, &explained)?;
                if !matches!(part.outcome, Outcome::Value(_)) {
                    exit = Exit::CouldNotRun;
                }
                continue;
            }
            let result = ask(query, &document).map_err(|error| anyhow!("{error}"))?;
            results.write(query, &self.shown(&result)?)?;
        }
        Ok(exit)
    }

    fn shown(&self, result: &Value) -> anyhow::Result<String> {
        if let (true, Value::Text(text)) = (self.unquoted, result) {
            return Ok(format!("{text}\n"));
        }
        if self.compact && self.output != Some(Format::Yaml) {
            return Ok(encode::to_go_json(result)? + "\n");
        }
        self.output.unwrap_or(Format::Json).write(result)
    }
}

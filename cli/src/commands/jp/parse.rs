//! `dikast jp parse`

use std::path::PathBuf;

use anyhow::bail;
use dikast_grammar::jmespath;

use super::{Format, Results, tree};
use crate::commands::Exit;
use crate::evaluation::expression::malformed;
use crate::input::file::read_text;

/// Show how expressions are understood
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast jp parse 'request.object.metadata.name | truncate(@, `9`)'
  dikast jp parse -f expression.jmespath
  dikast jp parse -o json 'a[?b].c'")]
pub(crate) struct Arguments {
    /// Expressions; standard input for `-` and without any
    #[arg(value_name = "EXPRESSION")]
    expressions: Vec<String>,
    /// Read an expression from a file
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the tree as data, with the place of each node in bytes
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut expressions = super::expressions(&self.expressions, &self.files)?;
        if expressions.is_empty() {
            expressions.push(read_text("-".as_ref())?);
        }
        let mut results = Results::new(self.output);
        for expression in expressions {
            let expression = expression.trim_end();
            let parsed = jmespath::parse(expression);
            if let Some(error) = parsed.errors.first() {
                bail!("{}", malformed(expression, error));
            }
            match (&parsed.ast, self.output) {
                (Some(ast), None) => results.write(expression, &format!("{}\n", tree::show(ast)))?,
                (Some(ast), Some(format)) => results.write(expression, &format.write(&tree::data(ast))?)?,
                (None, _) => {}
            }
        }
        Ok(Exit::Clean)
    }
}

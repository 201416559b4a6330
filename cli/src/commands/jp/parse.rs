//! `dikast jp parse`

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use dikast_grammar::jmespath;

use super::tree;
use crate::commands::Exit;
use crate::evaluation::expression::underlined;
use crate::input::file::read_text;

/// Show how expressions are understood
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dikast jp parse 'request.object.metadata.name | truncate(@, `9`)'
  dikast jp parse -f expression.jmespath")]
pub(crate) struct Arguments {
    /// Expressions; standard input without any
    #[arg(value_name = "EXPRESSION")]
    expressions: Vec<String>,
    /// Read an expression from a file
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut expressions = super::expressions(&self.expressions, &self.files)?;
        if expressions.is_empty() {
            expressions.push(read_text("-".as_ref())?);
        }
        let mut out = std::io::stdout().lock();
        for expression in expressions {
            let expression = expression.trim_end();
            let parsed = jmespath::parse(expression);
            if let Some(error) = parsed.errors.first() {
                bail!("{error}\n{}\n{}", underlined(expression, &error.range), error.explanation());
            }
            writeln!(out, "# {expression}")?;
            if let Some(ast) = &parsed.ast {
                writeln!(out, "{}", tree::show(ast))?;
            }
        }
        Ok(Exit::Clean)
    }
}

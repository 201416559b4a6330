//! `dikast jp query`

use std::io::Write;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use dikast_stdlib::{Value, encode};

use crate::commands::Exit;
use crate::evaluation::expression::ask;
use crate::input::file::{File, read_text};
use crate::output::yaml;

/// Evaluate expressions on a document
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl get pod web -o yaml | dikast jp query 'spec.containers[].image'
  dikast jp query -i pod.yaml 'length(spec.containers)' 'metadata.name'
  dikast jp query -i pod.yaml -q expression.jmespath -o yaml")]
pub(crate) struct Arguments {
    /// Expressions
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
    /// Format of the results
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Json,
    Yaml,
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let queries = super::expressions(&self.expressions, &self.queries)?;
        if queries.is_empty() {
            bail!("give an expression, such as `dikast jp query -i pod.yaml metadata.name`");
        }
        let file = File::parse(&crate::input::file::name_of(&self.input), read_text(&self.input)?)?;
        // JSON knows only one sort of number, and so do expressions
        let document = file.values().next().unwrap_or_default().to_floats();
        let mut out = std::io::stdout().lock();
        for query in queries {
            let result = ask(&query, &document).map_err(|error| anyhow!("{error}"))?;
            writeln!(out, "# {}", query.trim_end())?;
            out.write_all(self.shown(&result)?.as_bytes())?;
        }
        Ok(Exit::Clean)
    }

    fn shown(&self, result: &Value) -> anyhow::Result<String> {
        if let (true, Value::Text(text)) = (self.unquoted, result) {
            return Ok(format!("{text}\n"));
        }
        if self.output == Format::Yaml {
            return Ok(yaml::write(result));
        }
        // with Go's escapes of <, > and &
        let compact = encode::to_go_json(result)?;
        Ok(if self.compact { compact + "\n" } else { indented(&compact) })
    }
}

/// JSON text with two spaces for each level. What is inside quotes stays as it is.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut previous = ' ';
    for character in json.chars() {
        if quoted {
            quoted = escaped || character != '"';
            escaped = !escaped && character == '\\';
            out.push(character);
        } else {
            let closes = matches!(character, ']' | '}');
            let opened = matches!(previous, '[' | '{');
            depth -= usize::from(closes && depth > 0);
            if previous == ',' || closes != opened {
                out.push('\n');
                out.push_str(&"  ".repeat(depth));
            }
            depth += usize::from(matches!(character, '[' | '{'));
            quoted = character == '"';
            out.push(character);
            if character == ':' {
                out.push(' ');
            }
        }
        previous = if quoted { 'q' } else { character };
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_as_go_does() {
        assert_eq!(
            indented(r#"{"a":[1,{"b":"x, {\"y"}],"c":{},"d":[]}"#),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x, {\\\"y\"\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}\n"
        );
        assert_eq!(indented("1"), "1\n");
    }
}

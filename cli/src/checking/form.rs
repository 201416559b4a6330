//! The forms in which findings are shown.

use dikast_compiler::diagnostic::{Diagnostic, crowd, render};
use dikast_grammar::SourceMap;

/// A form of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// With the source text underlined
    #[default]
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub annotations
    Github,
    /// GitLab code quality
    Gitlab,
    /// JUnit's XML
    Junit,
}

impl Form {
    /// The findings in this form; of very many that are alike some, and how many more there are.
    pub(crate) fn write(self, found: &[Diagnostic], sources: &SourceMap, colour: bool) -> String {
        let found = &crowd::thinned(found, sources);
        match self {
            Self::Text => render::terminal::render(found, sources, colour),
            Self::Json => render::json::render(found, sources),
            Self::Jsonl => render::json::render_lines(found, sources),
            Self::Sarif => render::sarif::render(found, sources),
            Self::Github => render::github::render(found, sources),
            Self::Gitlab => render::gitlab::render(found, sources),
            Self::Junit => render::junit::render(found, sources),
        }
    }
}

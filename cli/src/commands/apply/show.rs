//! What is written about the results.

use std::io::Write;

use dikast_grammar::Span;
use dikast_runtime::engine::{RuleKind, Status};

use super::Arguments;
use crate::evaluation::count::counted;
use crate::evaluation::policies::Policies;
use crate::evaluation::response::Response;
use crate::input::resources::ObjectKey;
use crate::output::style::{Style, Tone};
use crate::output::{exceptions, table};

/// Whether there is anything to say about a response beside its numbers.
pub(super) fn is_worth_words(response: &Response) -> bool {
    response.rules.iter().any(|rule| match rule.kind {
        RuleKind::Validation => rule.status == Status::Fail,
        RuleKind::Mutation => rule.status != Status::Pass,
        RuleKind::Generation | RuleKind::Cleanup => matches!(rule.status, Status::Fail | Status::Error),
    })
}

impl Arguments {
    /// Names policies and rules that are not applied, and gives the number of their documents.
    pub(super) fn report_left_out(
        &self,
        policies: &Policies,
        in_error: &[Span],
        out: &mut impl Write,
    ) -> anyhow::Result<usize> {
        let errors = policies.errors(in_error);
        if !errors.is_empty() {
            let colour = Style::of_stdout(self.remove_color).is_colourful();
            std::io::stderr().write_all(policies.shown(&errors, colour).as_bytes())?;
        }
        if self.is_told() && !policies.left_out.is_empty() {
            let divider = "-".repeat(70);
            writeln!(out, "{divider}\nPolicies Skipped:")?;
            for (at, left) in policies.left_out.iter().enumerate() {
                let rule = left.rule.as_ref().map(|rule| format!(", rule {rule}")).unwrap_or_default();
                writeln!(out, "{}. {}{rule}: {}", at + 1, left.policy, left.why)?;
            }
            writeln!(out, "{divider}")?;
        }
        Ok(policies.left_out_documents())
    }

    pub(super) fn write_exceptions(&self, response: &Response, out: &mut impl Write) -> anyhow::Result<()> {
        for exception in exceptions::for_failures(response, self.audit_warn, self.generated_exception_ttl) {
            writeln!(out, "---\n{}", self.output_format.document(&exception)?)?;
        }
        Ok(())
    }

    pub(super) fn write_table(&self, responses: &[Response], out: &mut impl Write) -> anyhow::Result<()> {
        let mut headers = vec!["ID", "POLICY", "RULE", "RESOURCE", "RESULT", "REASON"];
        if self.detailed_results {
            headers.push("MESSAGE");
        }
        let mut rows = Vec::new();
        for (response, rule) in
            responses.iter().flat_map(|response| response.rules.iter().map(move |rule| (response, rule)))
        {
            let key = ObjectKey::of(&response.object);
            let resource = match key.namespace.as_str() {
                "" => format!("{}/{}", key.kind, key.name),
                namespace => format!("{namespace}/{}/{}", key.kind, key.name),
            };
            let (result, tone) = match counted(response, rule, self.audit_warn) {
                Status::Pass => ("Pass", Tone::Good),
                Status::Fail => ("Fail", Tone::Bad),
                Status::Warn => ("Warn", Tone::Notice),
                Status::Error => ("Error", Tone::Bad),
                Status::Skip => ("Skip", Tone::Name),
            };
            let name = |text: String| (text, Some(Tone::Name));
            let mut cells = vec![
                ((rows.len() + 1).to_string(), None),
                name(response.policy.full_name()),
                name(rule.name.to_string()),
                name(resource),
                (result.to_owned(), Some(tone)),
                (String::new(), None),
            ];
            if self.detailed_results {
                cells.push((rule.message.clone(), None));
            }
            rows.push(cells);
        }
        write!(out, "{}", table::write(&headers, &rows, Style::of_stdout(self.remove_color)))?;
        Ok(())
    }

    pub(super) fn write_failures(&self, responses: &[Response], out: &mut impl Write) -> anyhow::Result<()> {
        for response in responses {
            let key = ObjectKey::of(&response.object);
            let object = format!("{}/{}/{}", key.namespace, key.kind, key.name);
            let policy = &response.policy.name;
            for rule in &response.rules {
                match (rule.kind, rule.status) {
                    (RuleKind::Mutation, Status::Skip) => {
                        writeln!(out, "\nskipped mutate policy {policy} -> resource {object}")?;
                    }
                    (RuleKind::Mutation, Status::Error) => writeln!(
                        out,
                        "\nerror while applying mutate policy {policy} -> resource {object} \nerror:  {}",
                        rule.message
                    )?,
                    (RuleKind::Generation, Status::Error) => writeln!(
                        out,
                        "\nerror while applying generate policy {policy} -> resource {object} \nerror: {}",
                        rule.message
                    )?,
                    (RuleKind::Cleanup, Status::Error) => writeln!(
                        out,
                        "\nerror while applying cleanup policy {policy} -> resource {object} \nerror: {}",
                        rule.message
                    )?,
                    _ => {}
                }
            }
            let failed: Vec<_> = response.rules.iter().filter(|rule| rule.status == Status::Fail).collect();
            if failed.is_empty() {
                continue;
            }
            let as_warning = if self.audit_warn && !response.enforced { " as audit warning" } else { "" };
            writeln!(out, "policy {policy} -> resource {object} failed{as_warning}:")?;
            for (at, rule) in failed.iter().enumerate() {
                let message = if rule.message.is_empty() { "validation failed" } else { &rule.message };
                writeln!(out, "{} - {} {message}", at + 1, rule.name)?;
            }
        }
        Ok(())
    }
}

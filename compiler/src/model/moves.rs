//! Fixes that put what a deprecated field says where it belongs.

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node};

use super::node::Fields;
use crate::diagnostic::Fix;

/// The fix for a deprecated field of an object. Only documents in block style are changed, where lines can be moved, and
/// only where nothing stands yet at the new place.
pub(super) fn fix(owner: &Node, entry: &Entry, source: &str) -> Option<Fix> {
    let move_of = Move { owner, entry, source };
    match entry.key.as_str() {
        "validationFailureAction" => move_of.moved_into_rules("validate", "failureAction"),
        "generateExisting" => move_of.moved_into_rules("generate", "generateExisting"),
        "mutateExistingOnPolicyUpdate" => move_of.moved_into_rules("mutate", "mutateExistingOnPolicyUpdate"),
        "failurePolicy" => move_of.moved_into_webhook("failurePolicy"),
        "webhookTimeoutSeconds" => move_of.moved_into_webhook("timeoutSeconds"),
        "schemaValidation" | "generateExistingOnPolicyUpdate" => {
            Some(Fix { span: move_of.lines()?, replacement: String::new() })
        }
        _ => None,
    }
}

struct Move<'n> {
    owner: &'n Node,
    entry: &'n Entry,
    source: &'n str,
}

impl Move<'_> {
    /// Under a part of each rule that has it: one change of the whole object, from its first key on.
    fn moved_into_rules(&self, part: &str, name: &str) -> Option<Fix> {
        let written = self.written(self.entry.value.span)?;
        let value = match (name, written) {
            ("failureAction", action) => match action.trim_matches(['"', '\'']) {
                "audit" => "Audit",
                "enforce" => "Enforce",
                _ => action,
            },
            (_, value) => value,
        };
        let lines = self.lines()?;
        let parts: Vec<&Node> = self.owner.list("rules").iter().filter_map(|rule| rule.given(part)).collect();
        if parts.is_empty() || parts.iter().any(|part| part.get(name).is_some()) || value.contains('\n') {
            return None;
        }
        let places = parts.iter().map(|part| self.first_key(part)).collect::<Option<Vec<_>>>()?;
        let start = places.iter().copied().chain([lines.start as usize]).min()?;
        let end = places.iter().copied().chain([lines.end as usize]).max()?;
        let mut text = self.source.get(start..end)?.to_owned();
        // From behind, so that the places before stay where they are.
        let removed = (lines.start as usize - start)..(lines.end as usize - start);
        let mut is_removed = false;
        for place in places.iter().rev() {
            if !is_removed && *place <= lines.start as usize {
                text.replace_range(removed.clone(), "");
                is_removed = true;
            }
            let indentation = " ".repeat(self.column(*place));
            text.insert_str(place - start, &format!("{name}: {value}\n{indentation}"));
        }
        if !is_removed {
            text.replace_range(removed, "");
        }
        Some(Fix { span: Span::new(lines.file, start, end), replacement: text })
    }

    /// Under `webhookConfiguration`, in the field's place.
    fn moved_into_webhook(&self, name: &str) -> Option<Fix> {
        let other = ["failurePolicy", "webhookTimeoutSeconds", "webhookConfiguration"];
        let taken = other.iter().filter(|other| **other != self.entry.key.as_str() && self.owner.get(other).is_some());
        if taken.count() > 0 {
            return None;
        }
        let span = self.entry.key.span().to(self.entry.value.span);
        self.lines()?;
        let indentation = " ".repeat(self.column(span.start as usize) + 2);
        let value = self.written(self.entry.value.span)?;
        Some(Fix { span, replacement: format!("webhookConfiguration:\n{indentation}{name}: {value}") })
    }

    /// The whole lines of the field, if it has lines of its own.
    fn lines(&self) -> Option<Span> {
        let span = self.entry.key.span().to(self.entry.value.span);
        let (start, end) = (span.start as usize, span.end as usize);
        let before = self.source.get(..start)?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.source.get(end..)?;
        let line_end = end + rest.find('\n').map_or(rest.len(), |at| at + 1);
        let is_alone = self.source.get(line_start..start)?.trim().is_empty();
        let tail = self.source.get(end..line_end)?.trim();
        (is_alone && (tail.is_empty() || tail.starts_with('#'))).then(|| Span::new(span.file, line_start, line_end))
    }

    /// Where the first key of an object in block style begins.
    fn first_key(&self, node: &Node) -> Option<usize> {
        let start = node.entries().first()?.key.span().start as usize;
        let line_start = self.source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        self.source.get(line_start..start)?.chars().all(|character| matches!(character, ' ' | '-')).then_some(start)
    }

    fn column(&self, offset: usize) -> usize {
        let before = self.source.get(..offset).unwrap_or_default();
        before.len() - before.rfind('\n').map_or(0, |at| at + 1)
    }

    fn written(&self, span: Span) -> Option<&str> {
        self.source.get(span.start as usize..span.end as usize).filter(|text| !text.is_empty())
    }
}

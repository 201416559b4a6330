//! Changes that remove a finding.

use std::collections::HashMap;

use dikast_compiler::diagnostic::{Diagnostic, Fix};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, NumberOrString, Range, TextEdit, WorkspaceEdit,
};

use crate::syntax::{Place, Spot};
use crate::workspace::{Document, Workspace};

/// The fixes of what is found in a range, comments that allow it, and a change that makes all fixes of the document
/// that need no second look.
pub(crate) fn actions(
    document: &Document,
    workspace: &Workspace,
    parameters: &CodeActionParams,
) -> Vec<CodeActionOrCommand> {
    let context = &parameters.context;
    let wanted = |kind: &CodeActionKind| {
        let is_below = |only: &CodeActionKind| {
            kind.as_str().strip_prefix(only.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        context.only.as_ref().is_none_or(|only| only.iter().any(is_below))
    };
    let found = workspace.findings(document);
    let mut actions = Vec::new();
    if wanted(&CodeActionKind::QUICKFIX) {
        for found in found.iter().filter(|found| touches(document.range(found.span), parameters.range)) {
            // The editor's own copy, which it knows by its content.
            let is_same = |shown: &&lsp_types::Diagnostic| {
                shown.range == document.range(found.span)
                    && shown.code == Some(NumberOrString::String(found.code.name().to_owned()))
            };
            let shown: Vec<_> = context.diagnostics.iter().filter(is_same).cloned().collect();
            let quick = |action: CodeAction| CodeAction {
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: (!shown.is_empty()).then(|| shown.clone()),
                ..action
            };
            actions.extend(found.fix.as_ref().map(|fix| quick(fix_action(document, found, fix))));
            actions.extend(allow_action(document, found).map(quick));
        }
    }
    if wanted(&CodeActionKind::SOURCE_FIX_ALL) {
        actions.extend(fix_all(document, found));
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

fn touches(place: Range, range: Range) -> bool {
    place.start <= range.end && range.start <= place.end
}

fn fix_action(document: &Document, found: &Diagnostic, fix: &Fix) -> CodeAction {
    let written = document.text().part(fix.span.start as usize..fix.span.end as usize);
    let title = match (written.trim(), fix.replacement.trim()) {
        (written, "") => format!("Remove `{}`", line(written)),
        ("", replacement) => format!("Write `{}`", line(replacement)),
        (_, replacement) => format!("Replace by `{}`", line(replacement)),
    };
    let edits = vec![edit_of(document, fix)];
    CodeAction { is_preferred: Some(true), ..edit(document, format!("{title} ({})", found.code), edits) }
}

/// The first line of a text, for a title.
fn line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A comment that allows a finding: at the end of its line. A block of text takes no comments, for what is in one it
/// stands above the key.
fn allow_action(document: &Document, found: &Diagnostic) -> Option<CodeAction> {
    let text = document.text().as_str();
    let at = found.span.start as usize;
    let comment = format!("# dikast: allow {} say why", found.code);
    let block = match Place::of(text, at).spot {
        Spot::Value(value) if text.get(value.start..at).is_some_and(|before| before.contains('\n')) => {
            Some(value.start)
        }
        _ => None,
    };
    let (place, new_text) = match block {
        Some(start) => {
            let before = text.get(..start)?;
            let line = before.rfind('\n').map_or(0, |end| end + 1);
            let indent: String = before.get(line..)?.chars().take_while(|character| *character == ' ').collect();
            (line, format!("{indent}{comment}\n"))
        }
        None => {
            let rest = text.get(at..)?;
            let end = at + rest.find(['\n', '\r']).unwrap_or(rest.len());
            let gap = if text.get(..end)?.ends_with([' ', '\t']) { "" } else { " " };
            (end, format!("{gap}{comment}"))
        }
    };
    let edits = vec![TextEdit { range: document.text().range(place..place), new_text }];
    Some(edit(document, format!("Allow {} here", found.code), edits))
}

/// All fixes of a document that do not get in one another's way.
fn fix_all(document: &Document, found: &[Diagnostic]) -> Option<CodeAction> {
    let mut fixes: Vec<&Fix> = found.iter().filter_map(Diagnostic::safe_fix).collect();
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let mut end = 0;
    fixes.retain(|fix| {
        let is_free = fix.span.start >= end;
        if is_free {
            end = fix.span.end;
        }
        is_free
    });
    let edits: Vec<_> = fixes.into_iter().map(|fix| edit_of(document, fix)).collect();
    (!edits.is_empty()).then(|| CodeAction {
        kind: Some(CodeActionKind::SOURCE_FIX_ALL),
        ..edit(document, "Fix all that dikast can fix".to_owned(), edits)
    })
}

fn edit_of(document: &Document, fix: &Fix) -> TextEdit {
    TextEdit { range: document.range(fix.span), new_text: fix.replacement.clone() }
}

#[allow(clippy::mutable_key_type, reason = "the protocol's map has URIs for keys, whose cache is no part of them")]
fn edit(document: &Document, title: String, edits: Vec<TextEdit>) -> CodeAction {
    let changes = HashMap::from([(document.uri().clone(), edits)]);
    let edit = WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    CodeAction { title, edit: Some(edit), ..CodeAction::default() }
}

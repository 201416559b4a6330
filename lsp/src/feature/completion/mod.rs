//! What can be written.
//!
//! | module | where |
//! |---|---|
//! | `expression` | in expressions: members, variables, functions |
//! | `policy` | fields and values of policies |
//! | `resource` | fields in patterns, patches and objects to generate |

mod expression;
mod policy;
mod resource;

use std::ops::Range;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTag, CompletionTextEdit, Documentation, MarkupContent,
    MarkupKind, Position, TextEdit,
};

use crate::meaning::{Cursor, Meaning, World, meaning_of};
use crate::syntax::Spot;
use crate::workspace::{Document, Workspace};

/// What can be written at a place.
pub(crate) fn complete(document: &Document, workspace: &Workspace, position: Position) -> Vec<CompletionItem> {
    let cursor = Cursor::typing(document.text(), position);
    let Some((range, proposals)) = proposals(&cursor, workspace) else { return Vec::new() };
    // An edit that is taken over has to stay on the line of the cursor.
    let start =
        range.start.max(cursor.at - cursor.text.part(range.start..cursor.at).rsplit('\n').next().map_or(0, str::len));
    let range = cursor.text.range(start..range.end.max(cursor.at));
    proposals.into_iter().enumerate().map(|(rank, proposal)| proposal.item(rank, range)).collect()
}

fn proposals(cursor: &Cursor<'_>, workspace: &Workspace) -> Option<(Range<usize>, Vec<Proposal>)> {
    let scope = cursor.scope();
    let world = World::new(workspace.schemas(), &scope);
    if let Some(expression) = cursor.expression() {
        let range = expression.word.clone();
        return Some((range, expression::proposals(&world, &expression)));
    }
    let schema = cursor.schema()?;
    let path = &cursor.place.path;
    let (range, is_key, is_value) = match &cursor.place.spot {
        Spot::Key(range) => (range, true, false),
        Spot::Value(range) => (range, false, true),
        Spot::Word(range) => (range, true, true),
        Spot::Comment => return None,
    };
    let mut proposals = Vec::new();
    match meaning_of(schema, path) {
        Some(Meaning::Free { depth }) => {
            if is_key {
                proposals.extend(resource::keys(cursor, &world, depth));
            }
        }
        meaning => {
            if is_key {
                proposals.extend(policy::keys(cursor, schema, meaning));
            }
            if is_value {
                proposals.extend(policy::values(cursor, workspace, meaning));
            }
        }
    }
    Some((range.clone(), proposals))
}

/// Something that can be written.
#[derive(Clone, Debug)]
struct Proposal {
    label: String,
    kind: CompletionItemKind,
    /// What is written; the label when nothing else is said.
    text: Option<String>,
    detail: String,
    doc: String,
    is_deprecated: bool,
}

impl Proposal {
    fn new(label: impl Into<String>, kind: CompletionItemKind) -> Self {
        Self { label: label.into(), kind, text: None, detail: String::new(), doc: String::new(), is_deprecated: false }
    }

    fn item(self, rank: usize, range: lsp_types::Range) -> CompletionItem {
        let new_text = self.text.unwrap_or_else(|| self.label.clone());
        CompletionItem {
            kind: Some(self.kind),
            detail: (!self.detail.is_empty()).then_some(self.detail),
            documentation: (!self.doc.is_empty())
                .then_some(Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: self.doc })),
            tags: self.is_deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
            // Our order is better than that of the alphabet.
            sort_text: Some(format!("{rank:04}")),
            filter_text: Some(new_text.clone()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
            label: self.label,
            ..CompletionItem::default()
        }
    }
}

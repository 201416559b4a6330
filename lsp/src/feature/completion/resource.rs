//! Fields in patterns, patches and objects to generate.

use dikast_compiler::schema::Type;
use dikast_grammar::anchor;
use dikast_grammar::yaml::Node;
use lsp_types::CompletionItemKind;

use super::Proposal;
use crate::meaning::{Cursor, World};
use crate::syntax::Spot;

/// The fields of the resource at a place of a free-form part, which begins after `depth` steps of the path.
pub(super) fn keys(cursor: &Cursor<'_>, world: &World<'_>, depth: usize) -> Vec<Proposal> {
    let of = world.in_free_document(&cursor.place.path, depth);
    let written = match &cursor.place.spot {
        Spot::Key(range) => cursor.text.part(range.clone()),
        _ => "",
    };
    let has_colon = !written.is_empty();
    let present: Vec<&str> =
        cursor.value().map(Node::entries).unwrap_or_default().iter().map(|entry| bare(entry.key.as_str())).collect();
    let members = world.members(&of).into_iter();
    members
        .filter(|member| member.name == bare(written) || !present.contains(&member.name))
        .map(|member| {
            let nests =
                matches!(world.schemas.graph().ty(member.field.ty), Type::Object(_) | Type::List { .. } | Type::Map(_));
            let key = anchor::parse(written).map_or(member.name.to_owned(), |(kind, _)| kind.decorate(member.name));
            Proposal {
                text: Some(match (has_colon, nests) {
                    (true, _) => key,
                    (false, true) => format!("{key}:"),
                    (false, false) => format!("{key}: "),
                }),
                detail: world.type_words(member.field.ty),
                doc: world.schemas.description(member.field).to_owned(),
                ..Proposal::new(member.name, CompletionItemKind::FIELD)
            }
        })
        .collect()
}

/// A key without its anchor.
fn bare(key: &str) -> &str {
    anchor::parse(key).map_or(key, |(_, key)| key)
}

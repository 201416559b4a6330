//! Where something is defined.

use std::ops::Range;

use lsp_types::{GotoDefinitionResponse, Location, Position};

use crate::meaning::{Cursor, Known, World, entry_name};
use crate::workspace::Document;
use dikast_compiler::schema::Schemas;

/// The definition of the context entry that an expression names at a place; of `element`, the list of its loop.
pub(crate) fn definition(document: &Document, schemas: &Schemas, position: Position) -> Option<GotoDefinitionResponse> {
    let cursor = Cursor::on(document.text(), position);
    let range = document.text().range(defined(&cursor, schemas)?);
    Some(GotoDefinitionResponse::Scalar(Location { uri: document.uri().clone(), range }))
}

fn defined(cursor: &Cursor<'_>, schemas: &Schemas) -> Option<Range<usize>> {
    let expression = cursor.expression()?;
    let scope = cursor.scope();
    if World::new(schemas, &scope).asked_of(&expression) != Known::Context {
        return None;
    }
    let name = cursor.text.part(expression.word);
    let span = match scope.entry(name) {
        Some(entry) => entry_name(entry)?.span(),
        None if matches!(name, "element" | "elementIndex") => scope.loops.last()?.get("list")?.span,
        None => return None,
    };
    Some(span.start as usize..span.end as usize)
}

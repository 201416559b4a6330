//! Where something is defined.

use std::ops::Range;

use lsp_types::{GotoDefinitionResponse, Location, Position};

use crate::meaning::{Cursor, Known, World, entry_name};
use crate::syntax::Spot;
use crate::workspace::{Document, Workspace};

/// The definition of the context entry that an expression names at a place; of `element`, the list of its loop; of a policy
/// that an exception names, the policies of that name.
pub(crate) fn definition(
    document: &Document,
    workspace: &Workspace,
    position: Position,
) -> Option<GotoDefinitionResponse> {
    let cursor = Cursor::on(document.text(), position);
    if let Some(policies) = excepted(&cursor, workspace) {
        return Some(GotoDefinitionResponse::Array(policies));
    }
    let range = document.text().range(defined(&cursor, workspace)?);
    Some(GotoDefinitionResponse::Scalar(Location { uri: document.uri().clone(), range }))
}

fn defined(cursor: &Cursor<'_>, workspace: &Workspace) -> Option<Range<usize>> {
    let expression = cursor.expression()?;
    let scope = cursor.scope();
    if World::new(workspace.schemas(), &scope).asked_of(&expression) != Known::Context {
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

/// The policies that the `policyName` of an exception means, where it stands at the place.
fn excepted(cursor: &Cursor<'_>, workspace: &Workspace) -> Option<Vec<Location>> {
    let Spot::Value(range) = &cursor.place.spot else { return None };
    cursor.schema()?;
    let is_policy_name = cursor.place.keys().eq(["spec", "exceptions", "policyName"]);
    let written = cursor.text.part(range.clone()).trim_matches(['"', '\'']);
    // of a namespaced policy the name follows its namespace
    let name = written.rsplit('/').next().unwrap_or_default();
    let meant = workspace.policies().iter().filter(|policy| policy.name == name);
    let locations: Vec<Location> = meant.map(|policy| policy.location.clone()).collect();
    (is_policy_name && !locations.is_empty()).then_some(locations)
}

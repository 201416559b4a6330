//! What something is.

use std::ops::Range;

use dikast_compiler::diagnostic::Code;
use dikast_compiler::schema::{Field, Found, Schemas};
use dikast_grammar::anchor;
use dikast_stdlib::functions;
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::words;
use crate::meaning::{Cursor, Known, Meaning, REQUEST, VARIABLES, World};
use crate::syntax::{Expression, Spot, Step};
use crate::workspace::{Document, Workspace};

/// What stands at a place and what is found there.
pub(crate) fn hover(document: &Document, workspace: &Workspace, position: Position) -> Option<Hover> {
    let cursor = Cursor::on(document.text(), position);
    let subject = code_in_comment(&cursor).or_else(|| subject(&cursor, workspace.schemas()));
    let mut range = subject.as_ref().map(|(range, _)| range.clone());
    let mut parts: Vec<String> = subject.into_iter().map(|(_, text)| text).collect();
    for found in workspace.findings(document) {
        let place = found.span.start as usize..found.span.end as usize;
        if place.contains(&cursor.at) || (place.is_empty() && place.start == cursor.at) {
            parts.push(words::page(found.code));
            range.get_or_insert(place);
        }
    }
    let value = parts.join("\n\n---\n\n");
    (!value.is_empty()).then(|| Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
        range: range.map(|range| document.text().range(range)),
    })
}

/// The page of a code that a comment names, as in `# dikast: allow DK0503 because`.
fn code_in_comment(cursor: &Cursor<'_>) -> Option<(Range<usize>, String)> {
    if cursor.place.spot != Spot::Comment {
        return None;
    }
    let is_part = |character: &char| character.is_ascii_alphanumeric();
    let text = cursor.text.as_str();
    let before = text.get(..cursor.at)?.chars().rev().take_while(is_part).count();
    let after = text.get(cursor.at..)?.chars().take_while(is_part).count();
    let range = cursor.at - before..cursor.at + after;
    let code = Code::find(text.get(range.clone())?)?;
    Some((range, words::page(code)))
}

fn subject(cursor: &Cursor<'_>, schemas: &Schemas) -> Option<(Range<usize>, String)> {
    let scope = cursor.scope();
    let world = World::new(schemas, &scope);
    if let Some(expression) = cursor.expression() {
        let range = expression.word.clone();
        return Some((range, word(cursor, &world, &expression)?));
    }
    let (Spot::Key(range) | Spot::Value(range) | Spot::Word(range)) = &cursor.place.spot else { return None };
    let written = cursor.text.part(range.clone()).trim_matches(['"', '\'']);
    let text = match &cursor.place.spot {
        Spot::Key(_) => key(cursor, &world, written),
        _ => value(cursor, &world, written),
    };
    Some((range.clone(), text?))
}

/// A word of an expression.
fn word(cursor: &Cursor<'_>, world: &World<'_>, expression: &Expression) -> Option<String> {
    let name = cursor.text.part(expression.word.clone());
    if expression.is_call {
        return functions::find(name).map(|id| words::function(functions::get(id)));
    }
    let of = world.asked_of(expression);
    let known = world.member(&of, name);
    match &of {
        Known::Context => variable(cursor, world, name, &known),
        Known::Request => {
            let (_, doc) = REQUEST.iter().find(|(member, _)| *member == name)?;
            Some(format!("**`request.{name}`**: {}\n\n{doc}", world.words(&known)))
        }
        Known::Api(_) => member(world, &of, name),
        _ => (known != Known::Nothing).then(|| format!("**`{name}`**: {}", world.words(&known))),
    }
}

/// A variable: a context entry or one that is always there.
fn variable(cursor: &Cursor<'_>, world: &World<'_>, name: &str, known: &Known) -> Option<String> {
    let title = format!("**`{name}`**: {}", world.words(known));
    if let Some(entry) = world.scope.entry(name) {
        let line = cursor.text.position(entry.span.start as usize).line + 1;
        return Some(format!("{title}\n\n{} Defined in line {line}.", words::entry(entry)));
    }
    let plain = name.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let variable = VARIABLES.iter().find(|variable| variable.name == name || variable.name == plain)?;
    Some(format!("{title}\n\n{}", variable.doc))
}

/// A member of an object of the API.
fn member(world: &World<'_>, of: &Known, name: &str) -> Option<String> {
    let found = world.members(of).into_iter().find(|member| member.name == name)?;
    Some(api_field(world, name, found.field, &world.member(of, name)))
}

fn api_field(world: &World<'_>, name: &str, field: &Field, known: &Known) -> String {
    let required = if field.required { ", required" } else { "" };
    let mut text = format!("**`{name}`**: {}{required}", world.words(known));
    let doc = world.schemas.description(field);
    if !doc.is_empty() {
        text.push_str(&format!("\n\n{doc}"));
    }
    text
}

/// A key: a field of the policy, or in a free-form part of a resource.
fn key(cursor: &Cursor<'_>, world: &World<'_>, written: &str) -> Option<String> {
    let schema = cursor.schema()?;
    let path = &cursor.place.path;
    let own = match crate::meaning::meaning_of(schema, path) {
        None => Some(schema),
        Some(Meaning::Own(ty)) => ty.object(),
        Some(Meaning::Free { depth }) => {
            let of = world.in_free_document(path, depth);
            let (anchor, name) = anchor::parse(written).map_or((None, written), |(kind, name)| (Some(kind), name));
            let field = member(world, &of, name);
            let anchor = anchor.map(|kind| format!("**`{}`**\n\n{}", kind.decorate(name), words::anchor(kind)));
            let parts: Vec<String> = anchor.into_iter().chain(field).collect();
            return (!parts.is_empty()).then(|| parts.join("\n\n---\n\n"));
        }
    };
    let owner = own?;
    Some(words::policy_field(owner.field(written)?, Some(owner)))
}

/// A value of a policy.
fn value(cursor: &Cursor<'_>, world: &World<'_>, written: &str) -> Option<String> {
    let last = cursor.place.path.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Item(_) => None,
    })?;
    let Some(Meaning::Own(ty)) = cursor.meaning() else { return None };
    match last {
        "operator" if ty.object().is_none() => {
            words::operator(written).map(|text| format!("**`{written}`**\n\n{text}"))
        }
        "kinds" => kind(world.schemas, written),
        _ => None,
    }
}

/// An entry of `kinds`.
fn kind(schemas: &Schemas, entry: &str) -> Option<String> {
    let Found::Kinds(found) = schemas.find(entry) else { return None };
    let name = |id| schemas.graph().name(id);
    let lines = found.iter().take(5).map(|found| {
        let scope = if found.kind.is_namespaced { "namespaced" } else { "cluster-scoped" };
        format!("`{} {}`, {scope}", schemas.api_version(found.kind), name(found.kind.kind))
    });
    Some(lines.collect::<Vec<_>>().join("\n\n"))
}

//! Fields of the types that a value can have: one for each kind that a rule can match.

use std::collections::VecDeque;

use crate::model::suggest;
use crate::schema::graph::{Field, Object};
use crate::schema::{Graph, Type, TypeId};

/// How far below a type a misplaced field is looked for.
const DEEPEST: usize = 5;

/// Why a value has no such field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is an object that has others.
    NoField {
        /// What the object is called, if it has a name.
        owner: Option<String>,
        /// The field that may be meant.
        meant: Option<String>,
        /// Where a field of this name is.
        belongs: Option<String>,
        /// Some of the fields that there are.
        known: Vec<String>,
    },
    /// It is a list.
    InList,
    /// It is no object.
    NoObject(String),
}

/// How many fields are shown where none is close to what is written.
const MOST_SHOWN: usize = 6;

/// The types of a field of any of these types; nothing when none of them can have it.
pub(super) fn field(graph: &Graph, types: &[TypeId], name: &str) -> Option<Vec<TypeId>> {
    let mut found = Vec::new();
    for &ty in types {
        match graph.ty(ty) {
            Type::Any => add(&mut found, ty),
            Type::Map(value) => add(&mut found, *value),
            Type::Object(_) => {
                let Some(object) = graph.object(ty) else { continue };
                match graph.field(object, name).filter(|field| is_current(object, field)) {
                    Some(field) => add(&mut found, field.ty),
                    None if object.is_open => return Some(vec![graph.any()]),
                    None => {}
                }
            }
            _ => {}
        }
    }
    (!found.is_empty()).then_some(found)
}

/// An object among these types that has no field of a name, while others have it. Versions of one object do not count: a
/// request comes in one of them.
pub(super) fn lacking(graph: &Graph, types: &[TypeId], name: &str) -> Option<TypeId> {
    let has = |object: &Object| graph.field(object, name).is_some_and(|field| is_current(object, field));
    let objects = || types.iter().filter_map(|&ty| Some((ty, graph.object(ty)?)));
    let having: Vec<&Object> = objects().map(|(_, object)| object).filter(|object| has(object)).collect();
    let is_apart = |object: &Object| !object.is_open && having.iter().all(|other| other.name != object.name);
    let found = objects().find(|(_, object)| !has(object) && is_apart(object))?;
    (!having.is_empty()).then_some(found.0)
}

/// Whether every object of these types has a field of a name.
pub(super) fn is_always_there(graph: &Graph, types: &[TypeId], name: &str) -> bool {
    let has = |ty: &TypeId| {
        graph.object(*ty).and_then(|object| graph.field(object, name)).is_some_and(|field| field.required)
    };
    types.iter().all(has)
}

/// The types of the items of lists among these types; nothing when none is a list.
pub(super) fn items(graph: &Graph, types: &[TypeId]) -> Option<Vec<TypeId>> {
    let mut found = Vec::new();
    for &ty in types {
        match graph.ty(ty) {
            Type::Any => add(&mut found, ty),
            Type::List { item, .. } => add(&mut found, *item),
            _ => {}
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Adds a type that is not there yet.
pub(super) fn add(types: &mut Vec<TypeId>, ty: TypeId) {
    if !types.contains(&ty) {
        types.push(ty);
    }
}

/// Whether no later version of Kubernetes that knows the object dropped the field.
fn is_current(object: &Object, field: &Field) -> bool {
    /// Older versions are in the bundle for the sake of kinds that were removed.
    const OLDEST: u8 = 28;
    let last = object.fields.iter().map(|field| *field.versions.end()).max().unwrap_or_default();
    *field.versions.end() >= OLDEST.min(last)
}

/// Why these types have no field of a name. `root` is where a misplaced field is looked for; without it, nothing that may
/// be meant is.
pub(super) fn missing(graph: &Graph, types: &[TypeId], name: &str, root: Option<&[TypeId]>) -> Missing {
    let objects: Vec<(TypeId, &Object)> = types.iter().filter_map(|&ty| Some((ty, graph.object(ty)?))).collect();
    let Some((first, _)) = objects.first() else {
        let list = types.iter().find(|ty| matches!(graph.ty(**ty), Type::List { .. }));
        return match (list, types.first()) {
            (Some(_), _) => Missing::InList,
            (None, Some(ty)) => Missing::NoObject(match graph.ty(*ty) {
                Type::Text(_) => "text".to_owned(),
                _ => graph.words(*ty).to_owned(),
            }),
            (None, None) => Missing::NoObject("nothing".to_owned()),
        };
    };
    let owner = graph.object(*first).map(|object| graph.name(object.name)).filter(|name| !name.is_empty());
    let owner = owner.map(str::to_owned);
    let Some(root) = root else { return Missing::NoField { owner, meant: None, belongs: None, known: Vec::new() } };
    let names = || objects.iter().flat_map(|(_, object)| object.fields.iter().map(|field| graph.name(field.name)));
    let begun = || names().find(|field| name.len() > 1 && field.starts_with(name));
    let meant = suggest::closest(name, names()).or_else(begun).map(str::to_owned);
    let below = objects.iter().find_map(|(ty, _)| path_to(graph, *ty, name));
    let belongs = below.or_else(|| root.iter().find_map(|ty| path_to(graph, *ty, name)));
    let known = names().take(MOST_SHOWN).map(str::to_owned).collect();
    Missing::NoField { owner, meant, belongs, known }
}

/// The path of the object or list item nearest below a type that has a field of a name; nothing when it is the type
/// itself or is too far away.
fn path_to(graph: &Graph, ty: TypeId, name: &str) -> Option<String> {
    let mut queue = VecDeque::from([(ty, String::new(), 0)]);
    let mut seen = vec![ty];
    while let Some((ty, path, depth)) = queue.pop_front() {
        let Some(object) = graph.object(ty) else { continue };
        if depth > 0 && graph.field(object, name).is_some_and(|field| is_current(object, field)) {
            return Some(path);
        }
        // `status` is where fields are shown, not where they are set, and owners of fields are of no interest.
        let fields = object.fields.iter().filter(|field| !matches!(graph.name(field.name), "status" | "managedFields"));
        for field in fields.filter(|_| depth < DEEPEST) {
            let is_list = matches!(graph.ty(field.ty), Type::List { .. });
            let inner = graph.innermost(field.ty);
            if !seen.contains(&inner) && graph.object(inner).is_some() {
                seen.push(inner);
                let dot = if path.is_empty() { "" } else { "." };
                let list = if is_list { "[]" } else { "" };
                queue.push_back((inner, format!("{path}{dot}{}{list}", graph.name(field.name)), depth + 1));
            }
        }
    }
    None
}

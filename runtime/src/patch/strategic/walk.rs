//! Merges an overlay into an object, node by node.

use super::Fault;
use super::keyed;
use super::schema::{Shape, shape_of};
use super::tree::{Kind, Node, Tree};
use super::untouched::stays;

/// The two nodes that are merged. They are one and the same below an overlay node that was taken over whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sources {
    /// The object's node, changed in place.
    pub(super) object: Option<Node>,
    /// The overlay's node.
    pub(super) overlay: Option<Node>,
}

impl Sources {
    fn each(self) -> [Option<Node>; 2] {
        [self.object, self.overlay]
    }
}

/// A merged node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merged {
    pub(super) node: Node,
    /// A null that the object had and the overlay does not speak of: it stays, other nulls go.
    keep_null: bool,
}

impl Merged {
    fn plain(node: Node) -> Self {
        Self { node, keep_null: false }
    }
}

/// What a schema says of a node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Schema {
    /// The fields below it.
    pub(super) shape: Option<&'static Shape>,
    /// The merge keys, when this is a list that is merged; without keys its items are told apart by their text.
    pub(super) keys: Option<&'static [&'static str]>,
}

/// What a `$patch` directive asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    Replace,
    Delete,
    Merge,
}

/// The field that says how its map or list is merged.
pub(super) const DIRECTIVE: &str = "$patch";

/// Merges an overlay into an object; nothing when the overlay deletes it.
///
/// # Errors
/// A clash of kinds, or an unknown `$patch` directive.
pub(super) fn merge(tree: &mut Tree<'_>, object: Node, overlay: Node) -> Result<Option<Node>, Fault> {
    let sources = Sources { object: Some(object), overlay: Some(overlay) };
    Ok(walk(tree, sources, Schema::default())?.map(|merged| merged.node))
}

/// Merges two nodes of any kind.
pub(super) fn walk(tree: &mut Tree<'_>, sources: Sources, mut schema: Schema) -> Result<Option<Merged>, Fault> {
    if let Sources { object: Some(object), overlay: None } = sources
        && tree.folded(object).is_some_and(|value| !value.is_null() && stays(&value, schema, tree.known))
    {
        return Ok(Some(Merged::plain(object)));
    }
    if schema.shape.is_none() && schema.keys.is_none() {
        schema.shape = sources.each().into_iter().flatten().find_map(|node| {
            let text = |key| tree.field(node, key).map(|value| tree.text(value));
            shape_of(&text("apiVersion")?, &text("kind")?)
        });
    }
    let kind = sources.each().into_iter().flatten().find(|&node| !tree.is_null(node)).map(|node| tree.kind(node));
    if let Some(kind) = kind {
        for source in sources.each() {
            tree.expect(source, kind)?;
        }
    }
    match kind {
        Some(Kind::Map) | None => walk_map(tree, sources, schema.shape),
        Some(Kind::List) => match schema.keys {
            Some(keys) => walk_keyed(tree, sources, keys, schema.shape),
            None => Ok(sources.overlay.or(sources.object).map(Merged::plain)),
        },
        Some(Kind::Scalar) => Ok(sources.overlay.or(sources.object).map(Merged::plain)),
    }
}

fn walk_map(tree: &mut Tree<'_>, sources: Sources, shape: Option<&'static Shape>) -> Result<Option<Merged>, Fault> {
    let Some(target) = target_map(tree, sources)? else {
        return Ok(None);
    };
    let object = target.node;
    let mut names = tree.keys(object);
    names.extend(sources.overlay.map(|overlay| tree.keys(overlay)).unwrap_or_default());
    names.sort_unstable();
    names.dedup();
    for name in names {
        let fields = Sources {
            object: tree.field(object, &name),
            overlay: sources.overlay.and_then(|overlay| tree.field(overlay, &name)),
        };
        let merged = walk(tree, fields, shape.map(|shape| shape.field(&name)).unwrap_or_default())?;
        if name.is_empty() {
            tree.expect(Some(object), Kind::Scalar)?;
        }
        match merged {
            Some(merged) if Some(merged.node) == fields.object && !tree.is_null(merged.node) => {}
            Some(merged) if merged.keep_null || !tree.is_null(merged.node) => {
                tree.set_field(object, &name, merged.node);
            }
            _ => tree.clear(object, &name),
        }
    }
    Ok(Some(target))
}

/// The node that a merged map is written to; nothing when the map goes.
fn target_map(tree: &mut Tree<'_>, sources: Sources) -> Result<Option<Merged>, Fault> {
    let Sources { object, overlay } = sources;
    let Some(object) = object.filter(|&object| !tree.is_null(object)) else {
        // a directive that is not known is an ordinary field where there is nothing to merge with
        let directive = directive(tree, overlay).unwrap_or(Directive::Merge);
        return Ok(match (directive, overlay, object) {
            (Directive::Delete, ..) => None,
            (_, None, Some(_)) => Some(Merged { node: tree.add_null(), keep_null: true }),
            (_, overlay, _) => overlay.map(Merged::plain),
        });
    };
    if overlay.is_some_and(|overlay| tree.is_null(overlay)) {
        return Ok(None);
    }
    Ok(match directive(tree, overlay)? {
        Directive::Delete => None,
        Directive::Replace => overlay.map(Merged::plain),
        Directive::Merge => Some(Merged::plain(object)),
    })
}

fn walk_keyed(
    tree: &mut Tree<'_>,
    sources: Sources,
    keys: &'static [&'static str],
    shape: Option<&'static Shape>,
) -> Result<Option<Merged>, Fault> {
    let target = match (sources.object.filter(|&object| !tree.is_null(object)), sources.overlay) {
        (None, overlay) => overlay,
        (Some(_), Some(overlay)) if tree.is_null(overlay) => None,
        (Some(object), overlay) => match directive(tree, overlay)? {
            Directive::Delete => None,
            Directive::Replace => overlay,
            Directive::Merge => Some(object),
        },
    };
    let Some(target) = target else {
        return Ok(None);
    };
    keyed::merge(tree, Sources { object: Some(target), overlay: sources.overlay }, keys, shape)?;
    Ok(Some(Merged::plain(target)))
}

/// Reads the directive of an overlay node and takes it out.
fn directive(tree: &mut Tree<'_>, overlay: Option<Node>) -> Result<Directive, Fault> {
    let Some(overlay) = overlay else {
        return Ok(Directive::Merge);
    };
    let text = match tree.kind(overlay) {
        Kind::Map => tree.field(overlay, DIRECTIVE).map(|value| tree.text(value)),
        Kind::List => {
            let item = tree.items(overlay).into_iter().find(|&item| tree.field(item, DIRECTIVE).is_some());
            item.filter(|&item| tree.keys(item).len() == 1)
                .and_then(|item| tree.field(item, DIRECTIVE))
                .map(|value| tree.text(value))
        }
        Kind::Scalar => None,
    };
    let directive = match text.as_deref() {
        None => return Ok(Directive::Merge),
        Some("delete") => Directive::Delete,
        Some("replace") => Directive::Replace,
        Some("merge") => Directive::Merge,
        Some(other) => return Err(Fault::Other(format!("unknown patch strategy '{other}'"))),
    };
    match tree.kind(overlay) {
        Kind::List => keyed::set_element(tree, overlay, None, &[DIRECTIVE], &[text.unwrap_or_default()])?,
        _ => tree.clear(overlay, DIRECTIVE),
    }
    Ok(directive)
}

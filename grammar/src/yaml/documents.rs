//! Where the documents of a file begin and end.
//!
//! Kyverno does not leave this to its YAML parser: it cuts the text at the lines that start with `---`
//! (`ext/yaml/split.go`, `YAMLReader` of `k8s.io/apimachinery`), even inside a block scalar.

use std::ops::Range;

use super::{Node, NodeValue};

/// The pieces of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces {
    /// The documents, without their separator lines, in order.
    pub(super) documents: Vec<Range<usize>>,
    /// Lines outside of the documents, which can hold comments.
    pub(super) between: Vec<Range<usize>>,
    /// Text on the line of a separator, which ends the file.
    pub(super) text_after_separator: Option<Range<usize>>,
}

/// Cuts a file into documents.
pub(super) fn split(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut start = 0;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let end = offset + line.len();
        if let Some(after) = line.strip_prefix("---") {
            let rest = after.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                let rest_start = end - after.trim_start().len();
                pieces.text_after_separator = Some(rest_start..rest_start + rest.len());
                return pieces;
            }
            // The first separator of a document, when nothing stands before it, belongs to it.
            if offset > start {
                pieces.add(text, start..offset);
                pieces.between.push(offset..end);
                start = end;
            }
        }
        offset = end;
    }
    if offset > start {
        pieces.add(text, start..offset);
    }
    pieces
}

impl Pieces {
    /// Adds a piece, as a document unless it has only comments.
    fn add(&mut self, text: &str, range: Range<usize>) {
        let lines = text.get(range.clone()).unwrap_or("").split('\n').map(str::trim);
        let is_document = lines.into_iter().any(|line| !line.is_empty() && !line.starts_with('#'));
        if is_document {
            self.documents.push(range);
        } else {
            self.between.push(range);
        }
    }
}

/// The comments on lines that hold nothing else but a separator.
pub(super) fn comments(text: &str, lines: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut offset = lines.start;
    text.get(lines).unwrap_or("").split_inclusive('\n').filter_map(move |line| {
        let start = offset;
        offset += line.len();
        let comment = start + line.find('#')?;
        Some(comment..start + line.trim_end_matches(['\r', '\n']).len())
    })
}

/// The objects of a document: the items when it is a Kubernetes list (`kind: List`, `kind: PodList`), otherwise the
/// document itself. Lists within lists are unpacked too.
pub fn unpack_list(document: Node) -> Vec<Node> {
    unpack_typed_list(document).into_iter().map(|item| item.node).collect()
}

/// An object out of a list, or one that stands by itself.
#[derive(Clone, Debug)]
pub struct ListItem {
    /// The object.
    pub node: Node,
    /// The kind that it has when it does not say so itself, and the API version with it; nothing when the list does not
    /// tell.
    pub inherited: Option<InheritedType>,
}

/// What the items of a `PodList` are when they do not say so themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InheritedType {
    /// `Pod`
    pub kind: String,
    /// That of the list; empty when it has none.
    pub api_version: String,
}

impl InheritedType {
    /// What a list of this kind and API version says of its items (Kubernetes
    /// `k8s.io/apimachinery/pkg/apis/meta/v1/unstructured`); nothing for a plain `List`.
    pub fn of_list(kind: &str, api_version: &str) -> Option<Self> {
        let kind = kind.strip_suffix("List").filter(|kind| !kind.is_empty())?;
        Some(Self { kind: kind.to_owned(), api_version: api_version.to_owned() })
    }
}

/// The objects of a document as [`unpack_list`] gives them, with what their lists say of them.
pub fn unpack_typed_list(document: Node) -> Vec<ListItem> {
    let mut objects = Vec::new();
    unpack_into(document, None, &mut objects);
    objects
}

fn unpack_into(mut node: Node, inherited: Option<&InheritedType>, objects: &mut Vec<ListItem>) {
    let text = |name: &str| node.get(name).and_then(Node::as_str).unwrap_or_default();
    let is_list = text("kind").ends_with("List");
    let of_items = InheritedType::of_list(text("kind"), text("apiVersion"));
    if is_list
        && let NodeValue::Map(entries) = &mut node.value
        && let Some(items) = entries.iter_mut().find(|entry| entry.key == "items")
        && let NodeValue::List(items) = std::mem::replace(&mut items.value.value, NodeValue::Null)
    {
        for item in items {
            unpack_into(item, of_items.as_ref(), objects);
        }
    } else {
        objects.push(ListItem { node, inherited: inherited.cloned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        split(text).documents.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn separators_stand_between_documents() {
        assert_eq!(pieces("a\n---\nb\n"), ["a\n", "b\n"]);
        assert_eq!(pieces("---\na\n--- \t# comment\nb"), ["---\na\n", "b"]);
        assert_eq!(pieces("a\n---\n---\nb\n"), ["a\n", "---\nb\n"]);
        assert_eq!(pieces("a\n ---\n"), ["a\n ---\n"]);
        assert_eq!(pieces("a: |\n  x\n---\n  y\n"), ["a: |\n  x\n", "  y\n"]);
        assert_eq!(pieces("a\r\n---\r\nb\r\n"), ["a\r\n", "b\r\n"]);
    }

    #[test]
    fn documents_of_comments_are_left_out() {
        assert_eq!(pieces("# a\n\n---\nb\n---\n  # c"), ["b\n"]);
        assert_eq!(split("# a\n---\nb\n").between, [0..4, 4..8]);
    }

    #[test]
    fn text_after_a_separator_ends_the_file() {
        let pieces = split("a\n---\nb\n---  c \nd\n");
        assert_eq!(pieces.documents.first(), Some(&(0..2)));
        assert_eq!(pieces.documents.len(), 1);
        assert_eq!(pieces.text_after_separator, Some(13..14));
    }
}

//! Reading fields of a node whose shape was checked. What has another type reads as absent, as does null.

use dikast_grammar::yaml::{Node, Text};

/// Typed access to the fields of a checked node.
pub(crate) trait Fields {
    /// A field that is there and not null.
    fn given(&self, name: &str) -> Option<&Node>;
    /// A text field.
    fn text(&self, name: &str) -> Option<&Text>;
    /// A text field that is not empty: Go's decoder does not tell empty from absent.
    fn nonempty(&self, name: &str) -> Option<&Text>;
    /// A truth value, or the default.
    fn flag(&self, name: &str, default: bool) -> bool;
    /// The items of a list field.
    fn list(&self, name: &str) -> &[Node];
    /// The texts of a list field.
    fn texts(&self, name: &str) -> Vec<&Text>;
    /// The members of an object field whose values are text.
    fn text_map(&self, name: &str) -> Vec<(&Text, &Text)>;
}

impl Fields for Node {
    fn given(&self, name: &str) -> Option<&Node> {
        self.get(name).filter(|node| !node.is_null())
    }

    fn text(&self, name: &str) -> Option<&Text> {
        self.get(name)?.as_text()
    }

    fn nonempty(&self, name: &str) -> Option<&Text> {
        self.text(name).filter(|text| !text.as_str().is_empty())
    }

    fn flag(&self, name: &str, default: bool) -> bool {
        self.get(name).and_then(Node::as_bool).unwrap_or(default)
    }

    fn list(&self, name: &str) -> &[Node] {
        self.get(name).map(Node::items).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<&Text> {
        self.list(name).iter().filter_map(Node::as_text).collect()
    }

    fn text_map(&self, name: &str) -> Vec<(&Text, &Text)> {
        let entries = self.get(name).map(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|entry| Some((&entry.key, entry.value.as_text()?))).collect()
    }
}

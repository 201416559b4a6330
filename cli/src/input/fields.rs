//! The members of a mapping, read strictly: what is not asked for is an error.

use dikast_compiler::closest;
use dikast_grammar::yaml::{Entry, Node};
use dikast_stdlib::Value;

use super::InputError;
use super::file::File;

/// The members of one mapping. Names are compared without regard to case, as Go's JSON decoder does.
pub(crate) struct Fields<'a> {
    file: &'a File,
    what: &'static str,
    entries: Vec<&'a Entry>,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The members of a node; null counts as an empty mapping. `what` names it in errors.
    ///
    /// # Errors
    /// When it is something else.
    pub(crate) fn of(file: &'a File, node: &'a Node, what: &'static str) -> Result<Self, InputError> {
        match node.as_map() {
            Some(entries) => Ok(Self { file, what, entries: entries.iter().collect(), asked: Vec::new() }),
            None if node.is_null() => Ok(Self { file, what, entries: Vec::new(), asked: Vec::new() }),
            None => Err(file.error(node.span, format!("{what} must be a mapping, not {}", node.type_name()))),
        }
    }

    /// A member, if it is there and not null.
    pub(crate) fn node(&mut self, name: &'static str) -> Option<&'a Node> {
        self.asked.push(name);
        let at = self.entries.iter().position(|entry| entry.key.as_str().eq_ignore_ascii_case(name))?;
        let node = &self.entries.remove(at).value;
        (!node.is_null()).then_some(node)
    }

    /// A member as a value.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Value> {
        self.node(name).map(Value::from)
    }

    /// A text; empty when it is absent.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<String, InputError> {
        match self.node(name) {
            None => Ok(String::new()),
            Some(node) => match node.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(self.wrong(node, name, "text")),
            },
        }
    }

    /// A truth value; false when it is absent.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, InputError> {
        match self.node(name) {
            None => Ok(false),
            Some(node) => node.as_bool().ok_or_else(|| self.wrong(node, name, "true or false")),
        }
    }

    /// A whole number, if it is there.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<Option<i64>, InputError> {
        match self.node(name) {
            None => Ok(None),
            Some(node) => node.as_int().map(Some).ok_or_else(|| self.wrong(node, name, "a whole number")),
        }
    }

    /// The items of a list; nothing when it is absent.
    pub(crate) fn list(&mut self, name: &'static str) -> Result<Option<&'a [Node]>, InputError> {
        match self.node(name) {
            None => Ok(None),
            Some(node) => node.as_list().map(Some).ok_or_else(|| self.wrong(node, name, "a list")),
        }
    }

    /// A list of texts; nothing when it is absent.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>, InputError> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        let text = |item: &Node| match item.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.wrong(item, name, "a list of texts")),
        };
        items.iter().map(text).collect::<Result<_, _>>().map(Some)
    }

    /// The members of a mapping, as values; none when it is absent.
    pub(crate) fn members(&mut self, name: &'static str) -> Result<Vec<(String, Value)>, InputError> {
        match self.node(name) {
            None => Ok(Vec::new()),
            Some(node) => match node.as_map() {
                Some(entries) => {
                    Ok(entries.iter().map(|entry| (entry.key.as_str().to_owned(), Value::from(&entry.value))).collect())
                }
                None => Err(self.wrong(node, name, "a mapping")),
            },
        }
    }

    /// The members of a mapping of texts; none when it is absent.
    pub(crate) fn text_members(&mut self, name: &'static str) -> Result<Vec<(String, String)>, InputError> {
        let members = self.members(name)?;
        let text = |(key, value): (String, Value)| match value {
            Value::Text(text) => Ok((key, text.to_string())),
            Value::Null => Ok((key, String::new())),
            other => Err(InputError {
                place: self.place(),
                message: format!("{}.{name}.{key} must be text, not {}", self.what, other.type_name()),
            }),
        };
        members.into_iter().map(text).collect()
    }

    fn place(&self) -> String {
        self.file.documents.first().map(|node| self.file.error(node.span, "").place).unwrap_or_default()
    }

    fn wrong(&self, node: &Node, name: &str, wanted: &str) -> InputError {
        self.file.error(node.span, format!("{}.{name} must be {wanted}, not {}", self.what, node.type_name()))
    }

    /// Refuses members that were not asked for.
    ///
    /// # Errors
    /// The first of them, with the nearest name that is known.
    pub(crate) fn finish(self) -> Result<(), InputError> {
        let Some(entry) = self.entries.first() else { return Ok(()) };
        let name = entry.key.as_str();
        let near = closest(name, self.asked.iter().copied())
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        Err(self.file.error(entry.key.span(), format!("{} has no field `{name}`{near}", self.what)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File::parse("f.yaml", text.to_owned()).unwrap()
    }

    #[test]
    fn names_are_compared_without_case_and_unknown_ones_refused() {
        let file = file("NAME: a\nresuls: []\n");
        let mut fields = Fields::of(&file, &file.documents[0], "test").unwrap();
        assert_eq!(fields.text("name").unwrap(), "a");
        assert!(fields.list("results").unwrap().is_none());
        assert_eq!(
            fields.finish().unwrap_err().to_string(),
            "f.yaml:2:1: test has no field `resuls`; did you mean `results`?"
        );
    }

    #[test]
    fn wrong_types_name_the_place() {
        let file = file("policies: x\n");
        let mut fields = Fields::of(&file, &file.documents[0], "test").unwrap();
        let error = fields.texts("policies").unwrap_err();
        assert_eq!(error.to_string(), "f.yaml:1:11: test.policies must be a list, not string");
    }
}

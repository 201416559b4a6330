//! JSON patches against types.

use std::rc::Rc;

use dikast_grammar::yaml::{Node, Text};

use super::fault::UnknownKey;
use super::overlay::Manner;
use super::{Checker, lookup};
use crate::lint::json_patch::Covered;
use crate::schema::{Type, TypeId};

impl Checker<'_, '_> {
    /// Holds the operations of a patch against the types of what it changes.
    pub(super) fn json_patch(&mut self, text: &Text, types: &[TypeId]) {
        let covered = Covered::new(text);
        let Some(document) = covered.document() else { return };
        self.covered = Some(covered);
        self.findings.within = Some(text.clone());
        for operation in document.items() {
            self.operation(operation, types);
        }
        self.findings.within = None;
        self.covered = None;
    }

    fn operation(&mut self, operation: &Node, types: &[TypeId]) {
        let text = |name: &str| operation.get(name).and_then(Node::as_text);
        if let Some(from) = text("from") {
            self.pointer(from, types);
        }
        let Some(path) = text("path") else { return };
        let Some((found, last)) = self.pointer(path, types) else { return };
        let manner = match text("op").map(Text::as_str) {
            Some("add" | "replace") => Manner::Whole,
            Some("test") => Manner::Compared,
            _ => return,
        };
        if let Some(entry) = operation.entry("value") {
            if manner == Manner::Whole {
                self.complete(&entry.value, &found, entry.key.span());
            }
            self.overlay(&entry.value, &found, &last, manner);
        }
    }

    /// The types of the place that a pointer names, and its last step that is no position; nothing when there is no such
    /// place, or it is not known which.
    fn pointer(&mut self, pointer: &Text, types: &[TypeId]) -> Option<(Vec<TypeId>, String)> {
        let mut types = types.to_vec();
        let mut named = "the resource".to_owned();
        let mut at = 0;
        for (position, step) in pointer.as_str().split('/').enumerate() {
            let range = at..at + step.len();
            at = range.end + 1;
            if position == 0 {
                if !step.is_empty() {
                    return None;
                }
                continue;
            }
            let span = pointer.span_of(range);
            let is_variable = self.covered.as_ref().is_some_and(|covered| covered.is_variable(span));
            // A negative position counts from the end.
            let digits = step.strip_prefix('-').unwrap_or(step);
            let is_position = is_variable || !step.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if let (true, Some(items)) = (is_position, lookup::items(self.graph(), &types)) {
                types = items;
                continue;
            }
            if is_variable {
                let graph = self.graph();
                let value = |ty: &TypeId| match graph.ty(*ty) {
                    Type::Map(value) => Some(*value),
                    _ => None,
                };
                types = types.iter().map(value).collect::<Option<_>>()?;
                continue;
            }
            let name = step.replace("~1", "/").replace("~0", "~");
            match lookup::field(self.graph(), &types, &name) {
                Some(found) => {
                    self.key_of_map(&name, span, &types, false);
                    let subject = Rc::clone(&self.subject);
                    self.findings.lacked_by_some(self.schemas.graph(), &types, &name, span, &subject);
                    types = found;
                }
                None => {
                    let root = Rc::clone(&self.subject);
                    let missing = self.findings.missing(self.graph(), &types, &name, &root);
                    self.findings.report(UnknownKey { span, name, missing });
                    return None;
                }
            }
            named = name;
        }
        Some((types, named))
    }
}

//! Operations of a JSON patch that cannot be applied.
//!
//! The operations are text, in which variables are replaced before it is read. Here it is read with something of the
//! same length in place of each variable, so that every place in it is also a place in the file.

use dikast_grammar::template::find_variables;
use dikast_grammar::yaml::{self, Node, Text};
use dikast_grammar::{FileId, Span};

use super::fault::{MalformedPatch, NoChange};
use crate::diagnostic::Diagnostics;
use crate::model::suggest;

const OPERATIONS: &[&str] = &["add", "remove", "replace", "move", "copy", "test"];

/// Variables nest; nobody nests them deeper.
const MOST_ROUNDS: usize = 8;

/// Stands for a variable. A letter, so that it is text wherever a variable is.
const STAND_IN: &str = "x";

/// Looks at the text of a patch.
pub(crate) fn check(node: &Node, diagnostics: &mut Diagnostics) {
    let Some(text) = node.as_text() else { return };
    let patch = Patch { covered: Covered::new(text), text };
    // The file of these spans is the text; `Patch::place` makes places of the real file.
    let parsed = yaml::parse(FileId::default(), &patch.covered.masked);
    if let Some(error) = parsed.errors.iter().find(|error| error.is_refusal()) {
        let (span, problem) = match yaml::cause_of(error, &patch.covered.masked) {
            Some(cause) => (cause.span, cause.kind.to_string()),
            None => (error.span, error.kind.to_string()),
        };
        return diagnostics.report(MalformedPatch { span: patch.place(span), problem, help: None });
    }
    let Some(document) = parsed.documents.first() else { return };
    let Some(operations) = document.as_list() else {
        return diagnostics.report(MalformedPatch {
            span: node.span.to(patch.place(document.span)),
            problem: "the operations are no list".to_owned(),
            help: Some("begin each operation with `- `".to_owned()),
        });
    };
    let tests = |node: &Node| node.get("op").and_then(Node::as_str) == Some("test");
    if operations.iter().all(tests) {
        diagnostics.report(NoChange { span: node.span.to(patch.place(document.span)) });
    }
    for operation in operations {
        patch.operation(operation, diagnostics);
    }
}

/// The text with all variables covered, byte for byte as long as before.
fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for _ in 0..MOST_ROUNDS {
        let found = find_variables(&masked);
        if found.is_empty() {
            break;
        }
        for variable in found {
            let length = variable.end - variable.start;
            masked.replace_range(variable.start..variable.end, &STAND_IN.repeat(length));
        }
    }
    masked
}

/// The text of a patch and the same with its variables covered.
#[derive(Clone, Debug)]
pub(crate) struct Covered {
    text: Text,
    masked: String,
}

impl Covered {
    /// Covers the variables of a text.
    pub(crate) fn new(text: &Text) -> Self {
        Self { masked: masked(text.as_str()), text: text.clone() }
    }

    /// The document of the covered text, whose spans are places in the text; nothing when it is malformed.
    pub(crate) fn document(&self) -> Option<Node> {
        let parsed = yaml::parse(FileId::default(), &self.masked);
        let is_read = !parsed.errors.iter().any(yaml::SyntaxError::is_refusal);
        parsed.documents.into_iter().next().filter(|_| is_read)
    }

    /// Whether a variable stands in a part of the text.
    pub(crate) fn is_variable(&self, span: Span) -> bool {
        let range = span.start as usize..span.end as usize;
        self.text.as_str().get(range.clone()) != self.masked.get(range)
    }
}

struct Patch<'t> {
    text: &'t Text,
    covered: Covered,
}

impl Patch<'_> {
    fn place(&self, span: Span) -> Span {
        self.text.span_of(span.start as usize..span.end as usize)
    }

    /// Whether a scalar begins with a variable, behind its quote.
    fn begins_with_variable(&self, span: Span) -> bool {
        let written = self.text.as_str().get(span.start as usize..span.end as usize).unwrap_or_default();
        written.trim_start_matches(['"', '\'']).starts_with("{{")
    }

    fn operation(&self, node: &Node, diagnostics: &mut Diagnostics) {
        let mut report = |span: Span, problem: String, help: Option<String>| {
            diagnostics.report(MalformedPatch { span: self.place(span), problem, help });
        };
        if node.as_map().is_none() {
            return report(node.span, "an operation is an object with `op` and `path`".to_owned(), None);
        }
        let head = node.entries().first().map_or(node.span, |entry| entry.key.span());
        let Some(op) = node.get("op") else { return report(head, "an operation has no `op`".to_owned(), None) };
        let name = op.as_str().unwrap_or_default();
        if !OPERATIONS.contains(&name) && !self.covered.is_variable(op.span) {
            let help = match suggest::closest(name, OPERATIONS.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("it is one of {}", suggest::alternatives(OPERATIONS)),
            };
            return report(op.span, format!("there is no operation `{name}`"), Some(help));
        }
        for pointer in ["path", "from"] {
            if let Some(value) = node.get(pointer)
                && !value.as_str().is_some_and(|path| path.is_empty() || path.starts_with('/'))
                && !self.begins_with_variable(value.span)
            {
                report(value.span, format!("`{pointer}` begins with `/`"), None);
            }
        }
        let behind_last = |pointer: &str| {
            let at = node.get(pointer)?;
            let path = at.as_str()?;
            let is_target = pointer == "path" && matches!(name, "add" | "copy" | "move");
            let names_it = if is_target { path.contains("/-/") } else { path.ends_with("/-") || path.contains("/-/") };
            names_it.then_some(at.span)
        };
        for span in ["path", "from"].into_iter().filter_map(behind_last) {
            let help = Some("name an item by its position, such as `0`".to_owned());
            report(span, "`-` is the place behind the last item, where nothing is yet".to_owned(), help);
        }
        const MEMBERS: [&str; 4] = ["op", "path", "from", "value"];
        for entry in node.entries().iter().filter(|entry| !MEMBERS.contains(&entry.key.as_str())) {
            let meant = suggest::closest(entry.key.as_str(), MEMBERS);
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            if !self.covered.is_variable(entry.key.span()) {
                report(entry.key.span(), format!("an operation has no `{}`", entry.key.as_str()), help);
            }
        }
        let needed: &[&str] = match name {
            "add" | "replace" | "test" => &["path", "value"],
            "move" | "copy" => &["path", "from"],
            _ => &["path"],
        };
        for field in needed.iter().filter(|field| node.get(field).is_none()) {
            report(head, format!("the operation `{name}` has no `{field}`"), None);
        }
    }
}

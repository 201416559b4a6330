//! Expressions and templates to IR.
//!
//! | module | what |
//! |---|---|
//! | `template` | texts and documents with variables |
//! | `reference` | `$( )` references |
//! | `variable` | one variable, or a bare expression |
//! | `holes` | variables nested in an expression |
//! | `jmespath` | a parsed expression |
//! | `rows` | lists that Kyverno's functions refuse |
//! | `position` | `{{@}}` |
//! | `entry_name` | which context entries a text names |
//! | `run_time` | expressions outside policies, or whose text comes from a request |

mod entry_name;
mod fault;
mod holes;
mod jmespath;
mod position;
pub(crate) mod reference;
mod rows;
mod run_time;
mod template;
mod variable;

use std::rc::Rc;

pub use entry_name::names_entry;
pub use position::expression_at;
pub(crate) use run_time::check_query;
pub use run_time::lower_query;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Builder, EntryId};

/// Lowers the texts and documents of one place of a policy.
pub struct Templates<'a> {
    /// The program that grows.
    pub builder: &'a mut Builder,
    /// Where mistakes are told; nothing when they were told before.
    pub diagnostics: Option<&'a mut Diagnostics>,
    /// The context entries that can be named, in the order in which they are registered.
    pub entries: &'a [(Rc<str>, EntryId)],
    /// How many loops are around the place.
    pub loops: usize,
    /// Whether a target of the mutation is known.
    pub has_target: bool,
    /// Whether there may be entries that are not known here. A text that names one is substituted at run time.
    pub is_open: bool,
}

/// What the context always has, as far as an author can know.
const ALWAYS_KNOWN: [&str; 4] = ["request", "serviceAccountName", "serviceAccountNamespace", "images"];

impl Templates<'_> {
    /// Adds a finding, if anybody reads it.
    fn report<D: Into<Diagnostic>>(&mut self, finding: impl FnOnce() -> D) {
        if let Some(diagnostics) = self.diagnostics.as_deref_mut() {
            diagnostics.report(finding());
        }
    }

    /// Whether `target` is in the context, be it as an entry of that name.
    fn has_target(&self) -> bool {
        self.has_target || self.entries.iter().any(|(name, _)| &**name == "target")
    }

    /// The names that expressions can begin with; nothing when there may be others.
    fn known_names(&self) -> Option<Vec<String>> {
        if self.is_open {
            return None;
        }
        let mut names: Vec<String> = ALWAYS_KNOWN.iter().map(|name| (*name).to_owned()).collect();
        names.extend(self.entries.iter().map(|(name, _)| name.to_string()));
        if self.has_target {
            names.push("target".to_owned());
        }
        if self.loops > 0 {
            names.extend(["element".to_owned(), "elementIndex".to_owned()]);
        }
        for level in 0..self.loops {
            names.extend([format!("element{level}"), format!("elementIndex{level}")]);
        }
        Some(names)
    }
}

#[cfg(test)]
mod tests;

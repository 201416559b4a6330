//! What an expression can name.

use std::rc::Rc;

use crate::ir::EntryId;

/// The names that are visible at a place of a rule, apart from `request` and the others that are always there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Context entries, outer ones first. An entry sees those before it.
    pub(crate) entries: Rc<Vec<(Rc<str>, EntryId)>>,
    /// How many loops are around the place.
    pub(crate) loops: usize,
    /// Whether a target of the mutation is known.
    pub(crate) target: bool,
    /// Whether there may be entries that are not known here.
    pub(crate) is_open: bool,
}

impl Scope {
    /// Adds an entry.
    pub(super) fn add_entry(&mut self, name: &str, entry: EntryId) {
        Rc::make_mut(&mut self.entries).push((name.into(), entry));
    }

    /// The scope in a loop.
    pub(super) fn in_loop(&self) -> Self {
        Self { loops: self.loops + 1, ..self.clone() }
    }

    /// The scope in which a target is known.
    pub(super) fn with_target(&self) -> Self {
        Self { target: true, ..self.clone() }
    }
}

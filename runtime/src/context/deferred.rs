//! Entries that wait until a query names them (Kyverno `pkg/engine/context/deferred.go`).

use dikast_compiler::ir::EntryId;
use dikast_stdlib::Value;

/// The entries of all open scopes, in the order in which they were registered.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    entries: Vec<Waiting>,
    /// While an entry is loaded, its own queries see only what was registered before it.
    horizon: Option<Horizon>,
}

/// An entry and how far it is.
#[derive(Debug)]
pub(super) struct Waiting {
    entry: EntryId,
    level: usize,
    /// A query has named it since the scope was last reset.
    named: bool,
    loaded: Option<Loaded>,
}

/// What is kept of an entry that was loaded once.
#[derive(Clone, Debug)]
pub(super) enum Loaded {
    /// Data from outside; stored again when a scope closes.
    Fetched(Value),
    /// A computed value; computed again.
    Computed,
}

/// How far into the registered entries a query sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Horizon {
    level: usize,
    position: usize,
}

impl Deferred {
    pub(super) fn add(&mut self, entry: EntryId, level: usize) {
        self.entries.push(Waiting { entry, level, named: false, loaded: None });
    }

    /// What a query sees now that is made at this level.
    pub(super) fn horizon(&self, level: usize) -> Horizon {
        self.horizon.unwrap_or(Horizon { level, position: self.entries.len() })
    }

    /// The first entry that a query names and that is neither named nor loaded yet.
    pub(super) fn next_named(&mut self, seen: Horizon, names: impl Fn(EntryId) -> bool) -> Option<EntryId> {
        let waiting = self.entries.iter_mut().take(seen.position).find(|waiting| {
            !waiting.named && waiting.loaded.is_none() && waiting.level <= seen.level && names(waiting.entry)
        })?;
        waiting.named = true;
        Some(waiting.entry)
    }

    /// The entries that queries have named since the scope was last reset.
    pub(super) fn named(&self) -> Vec<EntryId> {
        self.entries.iter().filter(|waiting| waiting.named).map(|waiting| waiting.entry).collect()
    }

    /// Takes back that queries have named entries which are not among these.
    pub(super) fn forget_named_since(&mut self, named: &[EntryId]) {
        for waiting in &mut self.entries {
            waiting.named &= named.contains(&waiting.entry);
        }
    }

    /// Narrows what the queries of `entry` see, while it is loaded.
    pub(super) fn begin(&mut self, entry: EntryId) {
        self.horizon = self
            .entries
            .iter()
            .position(|waiting| waiting.entry == entry)
            .map(|position| Horizon { level: self.entries[position].level, position });
    }

    /// Widens it again. As in Kyverno the end of a nested load widens it for the outer one too.
    pub(super) fn end(&mut self) {
        self.horizon = None;
    }

    pub(super) fn set_loaded(&mut self, entry: EntryId, loaded: Loaded) {
        if let Some(waiting) = self.entries.iter_mut().find(|waiting| waiting.entry == entry) {
            waiting.loaded = Some(loaded);
        }
    }

    pub(super) fn loaded(&self, entry: EntryId) -> Option<&Loaded> {
        self.entries.iter().find(|waiting| waiting.entry == entry)?.loaded.as_ref()
    }

    /// Forgets what belongs to scopes below `level` and what was named. Gives the entries that have to be stored again, in
    /// order, each with whether it is done with afterwards.
    pub(super) fn reset(&mut self, closing: bool, level: usize) -> Vec<(EntryId, bool)> {
        self.entries.retain_mut(|waiting| {
            waiting.named = false;
            let reopened = !closing && waiting.level == level;
            waiting.level <= level && !reopened
        });
        let loaded = self.entries.iter().filter(|waiting| waiting.loaded.is_some());
        loaded.map(|waiting| (waiting.entry, waiting.level == level)).collect()
    }

    pub(super) fn remove(&mut self, entry: EntryId) {
        self.entries.retain(|waiting| waiting.entry != entry);
    }
}

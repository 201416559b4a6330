//! Variables: queries of the context, and the context entries that they name.
//!
//! An entry of kind `variable` is a function of the request, and is planned where it is named. All other entries need
//! data, and what names them is left to the interpreter.

use super::{Planned, Reason, Scope, Selector};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{No, Numbers, Path, Source};
use crate::ir::{EntryId, EntryQuery, EntrySource, ExprId, Written};

/// How deep entries may name entries.
const DEPTH_MAX: usize = 16;

impl Selector<'_> {
    /// A query of the context. The entries that its text names are loaded first, whether it asks for them or not.
    pub(super) fn resolved(&mut self, query: ExprId, loads: &[EntryId]) -> Planned<Source> {
        if self.scope.depth > DEPTH_MAX {
            return Reason::new("entries that name entries without end");
        }
        let mut before = Vec::new();
        for &entry in loads {
            let source = self.entry(entry)?;
            if source.can_fail() {
                before.push(source);
            }
        }
        let scope = Scope { loads: loads.to_vec(), root: None, ..self.scope.clone() };
        let source = self.within(scope, |selector| selector.source(query))?;
        let source = match source {
            known @ Source::Known(_) => known,
            source => Source::Required(Box::new(source)),
        };
        Ok(if before.is_empty() { source } else { Source::After(before, Box::new(source)) })
    }

    /// The entry of a name, if it has been loaded; of several the last counts.
    pub(super) fn loaded_entry(&self, name: &str) -> Option<EntryId> {
        let is_named = |entry: &&EntryId| self.name(self.program.entry(**entry).name) == name;
        self.scope.loads.iter().rev().find(is_named).copied()
    }

    /// The value of an entry.
    pub(super) fn entry(&mut self, id: EntryId) -> Planned<Source> {
        let entry = self.program.entry(id);
        let name = self.name(entry.name);
        if matches!(name, "request" | "images") || name.starts_with("element") {
            return Reason::new(format!("a context entry named {name}"));
        }
        let EntrySource::Variable { value, jmespath, default } = &entry.source else {
            return Reason::new("a context entry that needs data");
        };
        // An entry of the rule that a loop names first keeps what it then saw, so it may not look at elements.
        let elements = if self.scope.turn_entries.contains(&id) { self.scope.elements.clone() } else { Vec::new() };
        let scope = Scope {
            elements,
            turn_entries: self.scope.turn_entries.clone(),
            depth: self.scope.depth + 1,
            ..Scope::default()
        };
        self.within(scope, |selector| {
            let value = selector.entry_value(value.as_ref(), jmespath.as_ref(), default.as_ref())?;
            selector.without_whole_numbers(value)
        })
    }

    /// The value of a variable (Kyverno `loaders/variable.go`).
    fn entry_value(
        &mut self,
        value: Option<&Written>,
        query: Option<&EntryQuery>,
        default: Option<&Written>,
    ) -> Planned<Source> {
        let default = default.map(|written| self.source(written.expr)).transpose()?;
        let default = match default {
            Some(Source::Known(dikast_stdlib::Value::Null)) => None,
            Some(source) if source.can_fail() || source.may_be_missing() => {
                // It is found even where it is not needed.
                return Reason::new("a default that can be an error");
            }
            default => default,
        };
        let value = value.map(|written| self.source(written.expr)).transpose()?;
        let value = value.filter(|value| !matches!(value, Source::Known(dikast_stdlib::Value::Null)));
        let query = match query {
            None => None,
            Some(EntryQuery { query: Some(query), .. }) => Some(*query),
            Some(EntryQuery { query: None, .. }) => return Reason::new("an expression whose text has variables"),
        };
        Ok(match (value, query) {
            (None, None) => return Reason::new("a context entry without value"),
            (Some(value), None) => Source::Default(Box::new(value), None),
            (None, Some(query)) if default.is_some() && self.fuses_errors(query) => {
                return Reason::new("errors of a list of a computed list, for which there is a default");
            }
            (None, Some(query)) => {
                let found = self.source(query)?;
                let found = if default.is_some() {
                    Source::OrNull { of: Box::new(found), errors: true }
                } else {
                    Source::Required(Box::new(found))
                };
                Source::Default(Box::new(found), default.map(Box::new))
            }
            (Some(_), Some(_)) if default.is_some() => {
                return Reason::new("a default for a value that is asked further");
            }
            (Some(value), Some(query)) => {
                let found = self.asked_of(value, query)?;
                Source::Default(Box::new(Source::Required(Box::new(found))), None)
            }
        })
    }

    /// Entries go through JSON text in Kyverno, which leaves no whole numbers.
    fn without_whole_numbers(&mut self, source: Source) -> Planned<Source> {
        Ok(match source {
            Source::Known(value) => Source::Known(value.to_floats()),
            Source::Path(path) => Source::Path(Path { numbers: Numbers::Fractions, ..path }),
            Source::Filled(path) => Source::Filled(Path { numbers: Numbers::Fractions, ..path }),
            Source::OrNull { of, errors } => Source::OrNull { of: Box::new(self.without_whole_numbers(*of)?), errors },
            Source::Required(of) => Source::Required(Box::new(self.without_whole_numbers(*of)?)),
            Source::Expanded(of) => Source::Expanded(Box::new(self.without_whole_numbers(*of)?)),
            Source::Or(left, right) => {
                Source::Or(Box::new(self.without_whole_numbers(*left)?), Box::new(self.without_whole_numbers(*right)?))
            }
            Source::Default(of, otherwise) => {
                let of = Box::new(self.without_whole_numbers(*of)?);
                let otherwise = otherwise.map(|other| self.without_whole_numbers(*other)).transpose()?;
                Source::Default(of, otherwise.map(Box::new))
            }
            truth @ Source::Test(_) => truth,
            other => {
                self.keep_whole(&other)?;
                Source::Apply { helper: Helper::Fractions, operands: vec![other], number: 0, no: No::Error }
            }
        })
    }
}

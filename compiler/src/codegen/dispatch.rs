//! Which policies of a unit a request can concern at all: one decision for all of them, by what stands in the request.
//!
//! ```text
//! namespaces: [team-a, "dev-*"]     namespace = team-a, or namespace begins with dev-
//! selector: {app: web}              label app = web
//! ```
//!
//! A policy is *keyed* when each way to match one of its rules needs one of some texts to stand in a known place. The keys
//! of all policies lie in one table for each place, so those that a request names no key of cost nothing, however many they
//! are. A key is only necessary: the code of the policy still decides. Policies without keys are always asked.

use std::collections::{BTreeMap, HashMap};

use crate::layout::PlaceId;

/// The policies of a unit by the keys that they need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispatch {
    /// The rules that are always asked, by their positions.
    pub always: Vec<u32>,
    /// The rules of each keyed policy, by their positions.
    pub groups: Vec<Vec<u32>>,
    tables: Vec<Table>,
}

/// Where a key stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Field {
    /// The namespace that the object counts to.
    Namespace,
    /// The object's name, or the prefix of one that is to be made.
    Name,
    /// A label of the object.
    Label(String),
    /// Who asks.
    User,
}

/// What has to stand there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum KeyText {
    /// This text.
    Exactly(String),
    /// A text that begins with this one, which is not empty.
    From(String),
}

/// A text in a place.
pub(super) type Key = (Field, KeyText);

/// The keys of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Table {
    /// The place; the next one counts when the one before is empty.
    places: Vec<PlaceId>,
    exact: HashMap<Box<str>, Vec<u32>>,
    prefixes: HashMap<Box<str>, Vec<u32>>,
    /// The lengths of all prefixes, in bytes.
    lengths: Vec<usize>,
}

/// The least number of keyed policies for which looking at keys is worth it.
const KEYED_MIN: usize = 4;

impl Dispatch {
    /// Sorts policies, each given by its rules and the keys of which it needs one, if it is keyed. `places` gives the places
    /// of a field.
    pub(super) fn new(
        policies: Vec<(Vec<u32>, Option<Vec<Key>>)>,
        mut places: impl FnMut(&Field) -> Vec<PlaceId>,
    ) -> Self {
        let worth_it = policies.iter().filter(|(_, keys)| keys.is_some()).count() >= KEYED_MIN;
        let mut dispatch = Self::default();
        let mut tables: BTreeMap<Field, Table> = BTreeMap::new();
        for (rules, keys) in policies {
            let Some(keys) = keys.filter(|_| worth_it) else {
                dispatch.always.extend(rules);
                continue;
            };
            let group = dispatch.groups.len() as u32;
            dispatch.groups.push(rules);
            for (field, text) in keys {
                let table = match tables.get_mut(&field) {
                    Some(table) => table,
                    None => {
                        let places = places(&field);
                        tables.entry(field).or_insert(Table { places, ..Table::default() })
                    }
                };
                table.add(text, group);
            }
        }
        dispatch.tables = tables.into_values().collect();
        dispatch
    }

    /// Collects the keyed policies that a request may concern, as positions among the groups, in order and each once.
    /// `text` gives the text that stands in a place.
    pub fn candidates<'t>(&self, text: impl Fn(PlaceId) -> Option<&'t str>, candidates: &mut Vec<u32>) {
        candidates.clear();
        for table in &self.tables {
            let found = table.places.iter().find_map(|&place| text(place).filter(|text| !text.is_empty()));
            if let Some(text) = found {
                table.look_up(text, candidates);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
    }
}

impl Table {
    fn add(&mut self, text: KeyText, group: u32) {
        let groups = match text {
            KeyText::Exactly(text) => self.exact.entry(text.into()).or_default(),
            KeyText::From(text) => {
                if let Err(at) = self.lengths.binary_search(&text.len()) {
                    self.lengths.insert(at, text.len());
                }
                self.prefixes.entry(text.into()).or_default()
            }
        };
        groups.push(group);
    }

    fn look_up(&self, text: &str, candidates: &mut Vec<u32>) {
        candidates.extend(self.exact.get(text).into_iter().flatten());
        let starts = self.lengths.iter().map_while(|&length| text.as_bytes().get(..length));
        for start in starts.filter_map(|start| std::str::from_utf8(start).ok()) {
            candidates.extend(self.prefixes.get(start).into_iter().flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(dispatch: &Dispatch, texts: &[&str]) -> Vec<u32> {
        let mut found = vec![99];
        dispatch.candidates(|place| texts.get(place.0 as usize).copied(), &mut found);
        found
    }

    #[test]
    fn policies_are_found_by_any_of_their_keys_and_named_once() {
        let exactly = |text: &str| (Field::Namespace, KeyText::Exactly(text.into()));
        let from = |text: &str| (Field::Namespace, KeyText::From(text.into()));
        let label = |text: &str| (Field::Label("app".into()), KeyText::Exactly(text.into()));
        let policies = vec![
            (vec![0], Some(vec![exactly("a")])),
            (vec![1, 2], Some(vec![exactly("ab"), from("a"), label("x")])),
            (vec![3], None),
            (vec![4], Some(vec![from("ä"), from("abc")])),
            (vec![5], Some(vec![])),
        ];
        let dispatch = Dispatch::new(policies, |field| match field {
            Field::Namespace => vec![PlaceId(0), PlaceId(1)],
            _ => vec![PlaceId(2)],
        });
        assert_eq!((dispatch.always.as_slice(), dispatch.groups.len()), (&[3][..], 4));
        assert_eq!(candidates(&dispatch, &["a", "", "x"]), [0, 1]);
        assert_eq!(candidates(&dispatch, &["", "abcd", ""]), [1, 2]);
        assert_eq!(candidates(&dispatch, &["äb"]), [2]);
        assert!(candidates(&dispatch, &["é", "", "y"]).is_empty());
        assert!(candidates(&dispatch, &[]).is_empty());
    }

    #[test]
    fn few_policies_are_simply_asked() {
        let dispatch = Dispatch::new(vec![(vec![0], Some(vec![])), (vec![1], None)], |_| Vec::new());
        assert_eq!((dispatch.always, dispatch.groups.len()), (vec![0, 1], 0));
    }
}

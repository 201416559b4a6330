//! The keys of policies: texts of which one has to stand in a known place of the request for a rule to match.

use std::collections::HashMap;

use dikast_stdlib::wildcard::{Wildcard, WildcardKind, is_wildcard};

use super::Selector;
use crate::codegen::dispatch::{Dispatch, Field, Key, KeyText};
use crate::codegen::plan::RulePlan;
use crate::ir::{
    Filter, LabelSelector, MatchBlock, NameId, Quantifier, RequirementOperator, Rule, Subject, SubjectKind,
};
use crate::layout::PlaceId;

/// A list of keys, one of which is needed.
type Keys = Vec<Key>;

/// How many policies need a key.
type Popularity = HashMap<Key, usize>;

impl Selector<'_> {
    /// Sorts the unit's policies by their keys. Rules of one policy and phase stay together.
    pub(super) fn dispatch(&mut self, rules: &[RulePlan]) -> Dispatch {
        let program = self.program;
        let groups: Vec<&[RulePlan]> = rules
            .chunk_by(|left, right| (left.policy, left.is_mutation) == (right.policy, right.is_mutation))
            .collect();
        let mut popularity = Popularity::new();
        for plan in rules {
            let blocks = self.choices(program.rule(plan.rule));
            for key in blocks.into_iter().flatten().flatten() {
                *popularity.entry(key).or_default() += 1;
            }
        }
        let mut position = 0;
        let policies = groups
            .into_iter()
            .map(|group| {
                let positions: Vec<u32> = (position..).take(group.len()).collect();
                position += group.len() as u32;
                let keys = group.iter().map(|plan| self.keys_of_rule(program.rule(plan.rule), &popularity));
                (positions, keys.collect::<Option<Vec<Keys>>>().map(|keys| keys.concat()))
            })
            .collect();
        Dispatch::new(policies, |field| self.places(field))
    }

    fn places(&mut self, field: &Field) -> Vec<PlaceId> {
        let object = |selector: &mut Self, names: &[&str]| selector.object_path(names).place();
        match field {
            Field::Namespace => vec![self.namespace().place()],
            Field::Name => ["name", "generateName"].map(|name| object(self, &["metadata", name])).to_vec(),
            Field::Label(key) => vec![object(self, &["metadata", "labels", key])],
            Field::User => {
                let numbers = crate::codegen::plan::Numbers::AsWritten;
                vec![self.root_path(&["request", "userInfo", "username"], numbers).place()]
            }
        }
    }

    /// The keys of a rule, the rarest where there is a choice; nothing when it may match without any.
    fn keys_of_rule(&self, rule: &Rule, popularity: &Popularity) -> Option<Keys> {
        let rarity = |keys: &Keys| keys.iter().map(|key| popularity.get(key).copied().unwrap_or(0)).sum::<usize>();
        let rarest = |choices: Vec<Keys>| choices.into_iter().min_by_key(|keys| (rarity(keys), keys.len()));
        if let Some(own) = self.own_namespace(rule) {
            return Some(own);
        }
        let filters = self.filter_choices(&rule.matching).into_iter();
        match rule.matching.quantifier {
            Quantifier::Any => filters.map(rarest).collect::<Option<Vec<Keys>>>().map(|keys| keys.concat()),
            Quantifier::All => rarest(filters.flatten().collect()),
        }
    }

    /// All lists of keys that could be chosen for a rule.
    fn choices(&self, rule: &Rule) -> Vec<Vec<Keys>> {
        match self.own_namespace(rule) {
            Some(own) => vec![vec![own]],
            None => self.filter_choices(&rule.matching),
        }
    }

    /// A namespaced policy is about its own namespace only.
    fn own_namespace(&self, rule: &Rule) -> Option<Keys> {
        let own = self.name(self.program.policy(rule.policy).namespace?);
        let own = if own.is_empty() { "default" } else { own };
        (&*self.unit.object.kind != "Namespace").then(|| vec![(Field::Namespace, KeyText::Exactly(own.to_owned()))])
    }

    /// For each filter the lists of keys of which each has to hold.
    fn filter_choices(&self, block: &MatchBlock) -> Vec<Vec<Keys>> {
        block.filters.iter().map(|filter| self.of_filter(filter)).collect()
    }

    fn of_filter(&self, filter: &Filter) -> Vec<Keys> {
        let mut choices = Vec::new();
        let name = filter.name.as_slice();
        for (field, patterns) in
            [(Field::Name, name), (Field::Name, &filter.names), (Field::Namespace, &filter.namespaces)]
        {
            if !patterns.is_empty() {
                choices.extend(self.of_patterns(&field, patterns));
            }
        }
        if let Some(selector) = &filter.selector {
            choices.extend(self.of_selector(selector));
        }
        if !filter.subjects.is_empty() {
            choices.extend(self.of_subjects(&filter.subjects));
        }
        choices
    }

    /// The keys of wildcards, one of which has to fit; nothing when one of them is no more than a wildcard.
    fn of_patterns(&self, field: &Field, patterns: &[NameId]) -> Option<Keys> {
        let key = |pattern: &NameId| {
            let text = match Wildcard::new(self.name(*pattern)).kind() {
                WildcardKind::Exact(text) if !text.is_empty() => KeyText::Exactly(text.to_owned()),
                WildcardKind::Prefix(start) if !start.is_empty() => KeyText::From(start.to_owned()),
                _ => return None,
            };
            Some((field.clone(), text))
        };
        patterns.iter().map(key).collect()
    }

    /// Which label a wildcard stands for depends on the labels, so a selector with wildcards has no keys.
    fn of_selector(&self, selector: &LabelSelector) -> Vec<Keys> {
        let pairs = &selector.match_labels;
        if selector.invalid
            || pairs.iter().any(|(key, value)| is_wildcard(self.name(*key)) || is_wildcard(self.name(*value)))
        {
            return Vec::new();
        }
        let label = |key: NameId, value: NameId| {
            let text = self.name(value);
            (!text.is_empty()).then(|| (Field::Label(self.name(key).to_owned()), KeyText::Exactly(text.to_owned())))
        };
        let of_pairs = pairs.iter().filter_map(|&(key, value)| label(key, value).map(|key| vec![key]));
        let listed = selector.match_expressions.iter().filter(|one| one.operator == RequirementOperator::In);
        let of_lists =
            listed.filter_map(|one| one.values.iter().map(|&value| label(one.key, value)).collect::<Option<Keys>>());
        of_pairs.chain(of_lists).collect()
    }

    fn of_subjects(&self, subjects: &[Subject]) -> Option<Keys> {
        let names = subjects.iter().map(|subject| match subject.kind {
            SubjectKind::User | SubjectKind::ServiceAccount => self.of_patterns(&Field::User, &[subject.pattern]),
            SubjectKind::Unknown => Some(Vec::new()),
            SubjectKind::Group => None,
        });
        names.collect::<Option<Vec<Keys>>>().map(|keys| keys.concat())
    }
}

//! Patterns: each node at the place that it is matched against.

use dikast_stdlib::Value;
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::wildcard::{Wildcard, is_wildcard};

use super::{Planned, Reason, Selector};
use crate::codegen::plan::{FieldAsks, FieldPlan, MemberPlan, Path, PatternKind, PatternPlan, Source};
use crate::ir::{Anchor, Field, MapPattern, NameId, Pattern, PatternId};

/// What is known of the way to a pattern.
#[derive(Clone, Copy, Default)]
pub(super) struct Within {
    /// Whole numbers of the pattern count as fractions (`anyPattern`).
    pub(super) fractions: bool,
    /// The pattern stands in a list.
    pub(super) in_list: bool,
    /// How deep below a `metadata` whose keys may be wildcards.
    pub(super) metadata: Metadata,
}

/// The way to the keys that may be wildcards: `metadata`, then `labels` or `annotations`, then the keys.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Metadata {
    #[default]
    Elsewhere,
    /// These are the keys of `metadata`.
    Members,
    /// These are labels or annotations.
    Keys,
}

impl Selector<'_> {
    pub(super) fn pattern(&mut self, id: PatternId, path: Path, within: Within) -> Planned<PatternPlan> {
        const EXPRESSIONS: u32 = 8;
        self.plans(EXPRESSIONS)?;
        let program = self.program;
        let kind = match &program.pattern(id).pattern {
            Pattern::Map(map) => self.map_pattern(map, &path, within)?,
            Pattern::EachMap(item) => {
                let (row, place) = self.items(&path);
                let within = Within { in_list: true, metadata: Metadata::Elsewhere, ..within };
                PatternKind::EachMap { row, item: Box::new(self.pattern(*item, place, within)?) }
            }
            Pattern::EachScalar(item) => match &program.pattern(*item).pattern {
                Pattern::Scalar(scalar) => self.scalar(program.scalar(*scalar), &path, true, within),
                _ => return Reason::new("a list pattern with variables"),
            },
            Pattern::Scalar(scalar) => self.scalar(program.scalar(*scalar), &path, false, within),
            Pattern::EmptyList => PatternKind::Never,
            Pattern::Positional(items) => {
                let (row, place) = self.items(&path);
                let within = Within { in_list: true, metadata: Metadata::Elsewhere, ..within };
                let items = items.iter().map(|&item| self.pattern(item, place.clone(), within));
                PatternKind::Positional { row, items: items.collect::<Planned<Vec<_>>>()? }
            }
            Pattern::Dynamic(_) => {
                let Some(position) = self.variables.iter().position(|(known, _)| *known == id) else {
                    return Reason::new("a pattern with variables");
                };
                let (row, item) = self.items(&path);
                PatternKind::Variable { position, row, item, fractions: within.fractions }
            }
        };
        Ok(PatternPlan { at: id, path, kind })
    }

    /// The values of the patterns with variables at and below a pattern.
    pub(super) fn pattern_variables(&mut self, id: PatternId, variables: &mut Vec<(PatternId, Source)>) -> Planned<()> {
        let program = self.program;
        match &program.pattern(id).pattern {
            Pattern::Map(map) => {
                for field in map.anchored.iter().chain(&map.fields) {
                    self.pattern_variables(field.pattern, variables)?;
                }
            }
            Pattern::EachMap(item) | Pattern::EachScalar(item) => self.pattern_variables(*item, variables)?,
            Pattern::Positional(items) => {
                for &item in items {
                    self.pattern_variables(item, variables)?;
                }
            }
            Pattern::EmptyList | Pattern::Scalar(_) => {}
            Pattern::Dynamic(expr) => match self.source(*expr)? {
                Source::Known(Value::List(_) | Value::Object(_)) => {
                    return Reason::new("a pattern of lists or objects in a form of its own");
                }
                source => variables.push((id, source)),
            },
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: &ScalarPattern, path: &Path, list_only: bool, within: Within) -> PatternKind {
        let decision = if within.fractions {
            self.pattern_decision(&ScalarPattern::new(&scalar.source().to_floats()))
        } else {
            self.pattern_decision(scalar)
        };
        let (row, item) = self.items(path);
        PatternKind::Scalar { decision, row, item, list_only }
    }

    fn map_pattern(&mut self, map: &MapPattern, path: &Path, within: Within) -> Planned<PatternKind> {
        let mut plan = |fields: &[Field]| {
            fields.iter().map(|field| self.field(field, map.expand_metadata, path, within)).collect::<Planned<Vec<_>>>()
        };
        Ok(PatternKind::Map { anchored: plan(&map.anchored)?, fields: plan(&map.fields)? })
    }

    fn field(&mut self, field: &Field, expands: bool, of: &Path, within: Within) -> Planned<FieldPlan> {
        let name = match field.anchor {
            // Only patches add; here it is a key like any other.
            Anchor::AddIfAbsent => self.name(field.raw),
            _ => self.name(field.name),
        };
        let metadata = match (within.metadata, name) {
            (Metadata::Elsewhere, "metadata") if expands => Metadata::Members,
            (Metadata::Members, "labels" | "annotations") => Metadata::Keys,
            _ => Metadata::Elsewhere,
        };
        if expands && metadata == Metadata::Members && within.in_list {
            // The keys found for the first item hold for all items.
            return Reason::new("wildcards in the labels or annotations of list items");
        }
        let among_keys = within.metadata == Metadata::Keys;
        if among_keys && !self.is_text(field.pattern) {
            return Reason::new("labels or annotations that are no text beside wildcards");
        }
        let within = Within { metadata, ..within };
        let (member, value) = if among_keys && is_wildcard(name) {
            let places = self.layout.entries(of.place());
            let (row, key) = self.row_at(places.key, of.numbers);
            let value = Path { steps: vec![places.value], ..key.clone() };
            let name = self.wildcard_match(&Wildcard::new(name));
            (MemberPlan::Matching { of: of.clone(), row, key, value: value.clone(), name }, value)
        } else {
            let value = self.member(of, name);
            (MemberPlan::At(value.clone()), value)
        };
        let asks = match field.anchor {
            Anchor::Negation => FieldAsks::Nothing,
            Anchor::None | Anchor::AddIfAbsent if field.any_value => FieldAsks::Something,
            Anchor::Existence => self.witnesses(field.pattern, &value, within)?,
            _ => FieldAsks::Pattern(self.pattern(field.pattern, value, within)?),
        };
        Ok(FieldPlan { anchor: field.anchor, raw: field.raw, at: field.pattern, member, asks })
    }

    /// `^(key)`: each item of the pattern needs an item of the list.
    fn witnesses(&mut self, id: PatternId, list: &Path, within: Within) -> Planned<FieldAsks> {
        let program = self.program;
        // What is no list, or no list of maps, is refused when it is reached.
        let (mut items, is_list): (Vec<PatternId>, bool) = match &program.pattern(id).pattern {
            Pattern::Positional(items) => (items.clone(), true),
            Pattern::EachMap(item) => (vec![*item], true),
            Pattern::EmptyList => (Vec::new(), true),
            Pattern::Map(_) | Pattern::Scalar(_) | Pattern::EachScalar(_) => (Vec::new(), false),
            Pattern::Dynamic(_) => return Reason::new("an existence anchor on a variable"),
        };
        let maps = items.iter().take_while(|item| matches!(program.pattern(**item).pattern, Pattern::Map(_))).count();
        if let Some(item) = items.get(maps)
            && matches!(program.pattern(*item).pattern, Pattern::Dynamic(_))
        {
            return Reason::new("an existence anchor on a variable");
        }
        let refused = !is_list || maps < items.len();
        items.truncate(maps);
        let (row, place) = self.items(list);
        let within = Within { in_list: true, metadata: Metadata::Elsewhere, ..within };
        let patterns =
            items.into_iter().map(|item| self.pattern(item, place.clone(), within)).collect::<Planned<Vec<_>>>()?;
        Ok(FieldAsks::Witnesses { row, patterns, refused })
    }

    fn is_text(&self, id: PatternId) -> bool {
        match &self.program.pattern(id).pattern {
            Pattern::Scalar(scalar) => self.program.scalar(*scalar).source().as_text().is_some(),
            _ => false,
        }
    }

    /// The texts of the conditional and existence anchors in a pattern, each once; or why they cannot be followed.
    pub(super) fn anchor_keys(&self, id: PatternId, keys: &mut Vec<NameId>) -> Planned<()> {
        match &self.program.pattern(id).pattern {
            Pattern::Map(map) => {
                let mut may_skip = false;
                for field in map.anchored.iter().chain(&map.fields) {
                    if matches!(field.anchor, Anchor::Conditional | Anchor::Existence) {
                        if map.expand_metadata || is_wildcard(self.name(field.name)) {
                            return Reason::new("an anchor on a key that may be a wildcard");
                        }
                        if !keys.contains(&field.raw) {
                            keys.push(field.raw);
                        }
                    }
                    let mut below = Vec::new();
                    self.anchor_keys(field.pattern, &mut below)?;
                    let is_plain = matches!(field.anchor, Anchor::None | Anchor::AddIfAbsent | Anchor::Global);
                    if may_skip && !is_plain && !below.is_empty() {
                        // Kyverno visits it all the same.
                        return Reason::new("anchors below an anchor that another may skip");
                    }
                    may_skip |= field.anchor == Anchor::Conditional || self.has_conditions(field.pattern);
                    below.retain(|key| !keys.contains(key));
                    keys.extend(below);
                }
                Ok(())
            }
            Pattern::EachMap(item) | Pattern::EachScalar(item) => self.anchor_keys(*item, keys),
            Pattern::Positional(items) => items.iter().try_for_each(|&item| self.anchor_keys(item, keys)),
            Pattern::EmptyList | Pattern::Scalar(_) | Pattern::Dynamic(_) => Ok(()),
        }
    }

    /// Whether an anchor in a pattern can skip something.
    fn has_conditions(&self, id: PatternId) -> bool {
        match &self.program.pattern(id).pattern {
            Pattern::Map(map) => map.anchored.iter().chain(&map.fields).any(|field| {
                matches!(field.anchor, Anchor::Conditional | Anchor::Global) || self.has_conditions(field.pattern)
            }),
            Pattern::EachMap(item) | Pattern::EachScalar(item) => self.has_conditions(*item),
            Pattern::Positional(items) => items.iter().any(|&item| self.has_conditions(item)),
            Pattern::EmptyList | Pattern::Scalar(_) | Pattern::Dynamic(_) => false,
        }
    }

    /// Whether a mismatch of the pattern may have no place, which makes it an error: a list that is too short for the
    /// lists of a pattern.
    pub(super) fn may_be_nowhere(&self, id: PatternId) -> bool {
        match &self.program.pattern(id).pattern {
            Pattern::Map(map) => map.anchored.iter().chain(&map.fields).any(|field| self.may_be_nowhere(field.pattern)),
            Pattern::EachMap(item) | Pattern::EachScalar(item) => self.may_be_nowhere(*item),
            Pattern::Positional(_) => true,
            Pattern::EmptyList | Pattern::Scalar(_) | Pattern::Dynamic(_) => false,
        }
    }
}

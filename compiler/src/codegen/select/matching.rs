//! Match and exclude blocks. Kinds and operations were decided with the unit; the rest becomes tests.

use std::sync::Arc;

use super::{Planned, Selector};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{
    BlockRule, Decision, Guard, Items, Level, NoList, Numbers, Part, Path, Source, Test, TextMatch,
};
use crate::ir::{
    Filter, LabelRequirement, LabelSelector, MatchBlock, NameId, Quantifier, RequirementOperator, Rule, Subject,
    SubjectKind,
};
use crate::layout::Tag;
use crate::unit::Operation;
use dikast_stdlib::selector::{is_label_key, is_label_value};
use dikast_stdlib::wildcard::{Wildcard, is_wildcard};

/// Tags of what may stand in a member that should be text.
const TEXT_OR_NOTHING: &[Tag] = &[Tag::Absent, Tag::Null, Tag::Text];
const NOTHING: &[Tag] = &[Tag::Absent, Tag::Null];

impl Selector<'_> {
    /// What native code takes for granted: the request is what the API server sends for this unit.
    pub(super) fn guards(&mut self) -> Vec<Guard> {
        let mut guards = Vec::new();
        let object = self.object();
        guards.push(Guard::OneOf(object, &[Tag::Object]));
        let request = |selector: &mut Self, name| selector.root_path(&["request", name], Numbers::AsWritten);
        match self.unit.operation {
            Operation::Create | Operation::Connect => {
                guards.push(Guard::OneOf(request(self, "oldObject"), NOTHING));
            }
            Operation::Update => guards.push(Guard::OneOf(request(self, "oldObject"), &[Tag::Object])),
            Operation::Delete => guards.push(Guard::OneOf(request(self, "object"), NOTHING)),
        }
        for name in ["name", "generateName", "namespace"] {
            let path = self.object_path(&["metadata", name]);
            guards.push(Guard::OneOf(path, TEXT_OR_NOTHING));
        }
        let api_version = self.unit.object.api_version();
        let kind = self.unit.object.kind.to_string();
        for (member, text) in [("apiVersion", api_version), ("kind", kind)] {
            let path = self.object_path(&[member]);
            guards.push(Guard::Is(path, text));
        }
        guards.push(Guard::Is(request(self, "operation"), self.unit.operation.as_str().to_owned()));
        let kind = request(self, "kind");
        let parts = [
            ("group", &self.unit.object.group),
            ("version", &self.unit.object.version),
            ("kind", &self.unit.object.kind),
        ];
        for (part, text) in parts.map(|(part, text)| (part, text.to_string())) {
            let path = self.member(&kind, part);
            guards.push(Guard::Is(path, text));
        }
        let namespace = self.object_path(&["metadata", "namespace"]);
        if &*self.unit.object.kind == "Namespace" {
            guards.push(Guard::OneOf(namespace, &[Tag::Absent]));
        } else {
            let of_request = request(self, "namespace");
            guards.push(Guard::OneOf(of_request.clone(), TEXT_OR_NOTHING));
            guards.push(Guard::SameText(namespace, of_request));
        }
        // Without a user, filters on users are passed over.
        let user = request(self, "userInfo");
        let name = self.member(&user, "username");
        guards.push(Guard::Filled(name));
        guards
    }

    /// Whether a rule applies, apart from the kind and operation of its unit.
    pub(super) fn matching(&mut self, rule: &Rule) -> Planned<Test> {
        let matched = self.block(&rule.matching)?;
        let excluded = match &rule.exclude {
            Some(exclude) => self.block(exclude)?,
            None => Test::Known(false),
        };
        let policy = self.program.policy(rule.policy);
        let own_namespace = match policy.namespace.map(|name| self.name(name)) {
            None => Test::Known(true),
            Some(own) => {
                let own = if own.is_empty() { "default" } else { own };
                let path = self.object_path(&["metadata", "namespace"]);
                let decision = self.text_decision(TextMatch::Equals(own.to_owned()), false);
                decide(path, decision)
            }
        };
        Ok(Test::all([own_namespace, matched, Test::not(excluded)]))
    }

    fn block(&mut self, block: &MatchBlock) -> Planned<Test> {
        let filters = block.filters.iter().map(|filter| self.filter(filter)).collect::<Planned<Vec<_>>>()?;
        Ok(match block.quantifier {
            Quantifier::Any => Test::any(filters),
            Quantifier::All if filters.is_empty() => Test::Known(false),
            Quantifier::All => Test::all(filters),
        })
    }

    fn filter(&mut self, filter: &Filter) -> Planned<Test> {
        let asks_nothing = *filter == Filter::default();
        if asks_nothing || !self.unit.filter_can_match(self.program, filter) {
            return Ok(Test::Known(false));
        }
        let mut tests = Vec::new();
        if let Some(name) = filter.name {
            tests.push(self.name_fits(&[name]));
        }
        if !filter.names.is_empty() {
            tests.push(self.name_fits(&filter.names));
        }
        if !filter.namespaces.is_empty() {
            let path = self.namespace();
            tests.push(self.text_fits(&path, &filter.namespaces));
        }
        for &(key, value) in &filter.annotations {
            tests.push(self.entry_fits("annotations", key, value));
        }
        if let Some(selector) = &filter.selector {
            tests.push(self.selector(selector)?);
        }
        if let Some(selector) = &filter.namespace_selector {
            let asked_of_labels = &*self.unit.object.kind != "Namespace" && !selector.invalid;
            tests.push(match asked_of_labels {
                false => Test::Known(false),
                true => {
                    let argument = self.pool.selector(&selector.resolved(self.program));
                    Test::Ask { helper: Helper::NamespaceSelector, argument }
                }
            });
        }
        for (names, helper) in [(&filter.roles, Helper::Role), (&filter.cluster_roles, Helper::ClusterRole)] {
            if !names.is_empty() {
                let asks: Vec<Test> = names
                    .iter()
                    .map(|&name| Test::Ask { helper, argument: self.pool.name(self.program.name(name)) })
                    .collect();
                tests.push(Test::any(asks));
            }
        }
        if !filter.subjects.is_empty() {
            let subjects: Vec<Test> = filter.subjects.iter().map(|subject| self.subject(subject)).collect();
            tests.push(Test::any(subjects));
        }
        Ok(Test::all(tests))
    }

    /// The namespace that an object counts to; a Namespace counts to itself.
    pub(super) fn namespace(&mut self) -> Path {
        let member = if &*self.unit.object.kind == "Namespace" { "name" } else { "namespace" };
        self.object_path(&["metadata", member])
    }

    /// The name, or the prefix of one that is to be made.
    fn name_fits(&mut self, patterns: &[NameId]) -> Test {
        let name = self.object_path(&["metadata", "name"]);
        let prefix = self.object_path(&["metadata", "generateName"]);
        let tests = patterns.iter().map(|&pattern| {
            let decision = self.name_decision(self.program.name(pattern));
            let value = Source::Or(
                Box::new(Source::or_null(Source::Path(name.clone()))),
                Box::new(Source::or_null(Source::Path(prefix.clone()))),
            );
            Test::Decide { value, decision }
        });
        Test::any(tests.collect::<Vec<_>>())
    }

    fn text_fits(&mut self, path: &Path, patterns: &[NameId]) -> Test {
        let tests: Vec<Test> = patterns
            .iter()
            .map(|&pattern| {
                let decision = self.name_decision(self.program.name(pattern));
                decide(path.clone(), decision)
            })
            .collect();
        Test::any(tests)
    }

    /// Some label or annotation fits in key and value.
    fn entry_fits(&mut self, member: &str, key: NameId, value: NameId) -> Test {
        let of = self.object_path(&["metadata", member]);
        let (key, value) = (self.name(key), self.name(value));
        if !is_wildcard(key) {
            let path = self.member(&of, key);
            let decision = self.text_value_decision(value);
            return decide(path, decision);
        }
        let places = self.layout.entries(of.place());
        let (row, key_path) = self.row_at(places.key, of.numbers);
        let value_path = Path { steps: vec![places.value], ..key_path.clone() };
        let key_fits = self.text_value_decision(key);
        let value_fits = self.text_value_decision(value);
        let test = Test::all([decide(key_path, key_fits), decide(value_path, value_fits)]);
        Test::Exists {
            levels: vec![Level::Entries { of, row, key: places.key, otherwise: NoList::Nothing }],
            test: Box::new(test),
        }
    }

    /// Text that matches a wildcard; nothing else does.
    fn text_value_decision(&mut self, pattern: &str) -> Decision {
        let text = self.wildcard_match(&Wildcard::new(pattern));
        self.text_decision(text, false)
    }

    fn selector(&mut self, selector: &LabelSelector) -> Planned<Test> {
        if selector.invalid {
            return Ok(Test::Known(false));
        }
        let has_wildcard =
            |&(key, value): &(NameId, NameId)| is_wildcard(self.name(key)) || is_wildcard(self.name(value));
        let wildcards = selector.match_labels.iter().filter(|pair| has_wildcard(pair)).count();
        if wildcards > 0 {
            // The labels that are found for wildcards become requirements, which may be none that Kubernetes accepts.
            let labels = self.object_path(&["metadata", "labels"]);
            self.layout.keep_whole(labels.place());
            let helper = (Helper::LabelSelector, self.pool.selector(&selector.resolved(self.program)));
            let nothing = self.text_decision(TextMatch::NOTHING, false);
            return Ok(decide(labels, Decision { object: BlockRule::Helper, helper, ..nothing }));
        }
        let mut tests = Vec::new();
        for &(key, value) in &selector.match_labels {
            tests.push(if !(is_label_key(self.name(key)) && is_label_value(self.name(value))) {
                Test::Known(false)
            } else {
                self.entry_fits("labels", key, value)
            });
        }
        for requirement in &selector.match_expressions {
            tests.push(self.requirement(requirement));
        }
        Ok(Test::all(tests))
    }

    fn requirement(&mut self, requirement: &LabelRequirement) -> Test {
        let labels = self.object_path(&["metadata", "labels"]);
        let label = self.member(&labels, self.program.name(requirement.key));
        let listed = requirement.values.iter().map(|&value| TextMatch::Equals(self.name(value).to_owned())).collect();
        let listed = TextMatch::Any(listed);
        let (text, negative) = match requirement.operator {
            RequirementOperator::In => (listed, false),
            RequirementOperator::NotIn => (listed, true),
            RequirementOperator::Exists => (TextMatch::ANYTHING, false),
            RequirementOperator::DoesNotExist => (TextMatch::ANYTHING, true),
        };
        let decision = self.text_decision(text, false);
        let test = decide(label, decision);
        if negative { Test::not(test) } else { test }
    }

    fn subject(&mut self, subject: &Subject) -> Test {
        let numbers = Numbers::AsWritten;
        let pattern: &Arc<str> = self.program.name(subject.pattern);
        match subject.kind {
            SubjectKind::User | SubjectKind::ServiceAccount => {
                let user = self.root_path(&["request", "userInfo", "username"], numbers);
                let decision = self.name_decision(pattern);
                decide(user, decision)
            }
            SubjectKind::Group => {
                let groups = self.root_path(&["request", "userInfo", "groups"], numbers);
                let (row, item) = self.items(&groups);
                let group = self.text_value_decision(pattern);
                let none = self.text_decision(TextMatch::NOTHING, false);
                Test::Items(Items {
                    parts: vec![Part::Path { path: groups, required: false, expands: false, row, item }],
                    some: true,
                    empty: false,
                    item: group,
                    single: none,
                })
            }
            SubjectKind::Unknown => Test::Known(false),
        }
    }
}

fn decide(path: Path, decision: Decision) -> Test {
    Test::Decide { value: Source::or_null(Source::Path(path)), decision }
}

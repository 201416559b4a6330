//! Match and exclude blocks.

use dikast_grammar::kind;
use dikast_grammar::yaml::Text;
use dikast_stdlib::selector::{is_label_key, is_label_value};

use super::Lowering;
use super::fault::{InvalidSelector, UnknownSubject};
use crate::ir::{
    Filter, KindSelector, LabelRequirement, LabelSelector, MatchBlock, NameId, RequirementOperator, Subject,
    SubjectKind,
};
use crate::model;

impl Lowering<'_> {
    /// A match or exclude block.
    pub(super) fn match_block(&mut self, block: &model::MatchBlock<'_>) -> MatchBlock {
        let filters = block.filters.iter().map(|filter| self.filter(filter)).collect();
        MatchBlock { quantifier: block.quantifier, filters }
    }

    fn filter(&mut self, filter: &model::Filter<'_>) -> Filter {
        Filter {
            kinds: filter.kinds.iter().map(|kind| self.kind_selector(kind)).collect(),
            name: filter.name.map(|name| self.name(name)),
            names: self.names(&filter.names),
            namespaces: self.names(&filter.namespaces),
            annotations: self.name_pairs(&filter.annotations),
            selector: filter.selector.as_ref().map(|selector| self.label_selector(selector)),
            namespace_selector: filter.namespace_selector.as_ref().map(|selector| self.label_selector(selector)),
            operations: self.names(&filter.operations),
            roles: self.names(&filter.roles),
            cluster_roles: self.names(&filter.cluster_roles),
            subjects: filter.subjects.iter().map(|subject| self.subject(subject)).collect(),
            empty_user_info: filter.empty_user_info,
        }
    }

    fn kind_selector(&mut self, text: &Text) -> KindSelector {
        let parsed = kind::KindSelector::parse(text.as_str());
        KindSelector {
            group: self.builder.name(parsed.group),
            version: self.builder.name(parsed.version),
            kind: self.builder.name(parsed.kind),
            subresource: self.builder.name(parsed.subresource),
        }
    }

    /// A label selector. One that Kubernetes refuses never matches, and is reported.
    pub(super) fn label_selector(&mut self, selector: &model::Selector<'_>) -> LabelSelector {
        let mut invalid = false;
        let mut match_expressions = Vec::new();
        for (key, operator, values) in &selector.match_expressions {
            use RequirementOperator::{DoesNotExist, Exists, In, NotIn};
            let is_label = is_label_key(key.as_str()) && values.iter().all(|value| is_label_value(value.as_str()));
            let parsed = match RequirementOperator::parse(operator.as_str()) {
                Err(_) => Err("is none of `In`, `NotIn`, `Exists` and `DoesNotExist`"),
                Ok(In | NotIn) if values.is_empty() => Err("needs `values`"),
                Ok(Exists | DoesNotExist) if !values.is_empty() => Err("takes no `values`"),
                Ok(_) if !is_label => Err("has a key or value that no label can have"),
                Ok(operator) => Ok(operator),
            };
            match parsed {
                Ok(operator) => match_expressions.push(LabelRequirement {
                    key: self.name(key),
                    operator,
                    values: self.names(values),
                }),
                Err(problem) => {
                    invalid = true;
                    self.diagnostics.report(InvalidSelector {
                        span: operator.span(),
                        operator: operator.as_str().to_owned(),
                        problem,
                    });
                }
            }
        }
        LabelSelector { match_labels: self.name_pairs(&selector.match_labels), match_expressions, invalid }
    }

    fn subject(&mut self, subject: &model::Subject<'_>) -> Subject {
        let name = subject.name.as_str();
        let (kind, pattern) = match subject.kind.as_str() {
            "User" => (SubjectKind::User, name.to_owned()),
            "Group" => (SubjectKind::Group, name.to_owned()),
            "ServiceAccount" => {
                let namespace = subject.namespace.map_or("", Text::as_str);
                (SubjectKind::ServiceAccount, format!("system:serviceaccount:{namespace}:{name}"))
            }
            other => {
                self.diagnostics.report(UnknownSubject { span: subject.kind.span(), kind: other.to_owned() });
                (SubjectKind::Unknown, name.to_owned())
            }
        };
        Subject { kind, pattern: self.builder.name(&pattern) }
    }

    pub(super) fn name(&mut self, text: &Text) -> NameId {
        self.builder.name(text.as_str())
    }

    pub(super) fn names(&mut self, texts: &[&Text]) -> Vec<NameId> {
        texts.iter().map(|text| self.name(text)).collect()
    }

    pub(super) fn name_pairs(&mut self, pairs: &[(&Text, &Text)]) -> Vec<(NameId, NameId)> {
        pairs.iter().map(|(key, value)| (self.name(key), self.name(value))).collect()
    }
}

//! Units of compilation: the rules that can match requests of one kind, subresource and operation.

use std::fmt;
use std::sync::Arc;

use dikast_stdlib::wildcard;

use crate::ir::{Body, Filter, KindSelector, MatchBlock, NameId, Program, Quantifier, Rule, RuleId};

/// What the requests of a unit have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit {
    /// The kind that rules are matched with: that of the request's resource, which for a subresource is its parent's.
    pub kind: Kind,
    /// The kind of the object in the request.
    pub object: Kind,
    /// The subresource; empty for none.
    pub subresource: Arc<str>,
    /// The operation.
    pub operation: Operation,
}

/// Group, version and kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: Arc<str>,
    /// API version.
    pub version: Arc<str>,
    /// Kind.
    pub kind: Arc<str>,
}

/// What an admission request does with its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `CREATE`
    Create,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
    /// `CONNECT`
    Connect,
}

impl Operation {
    /// The operation of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "CREATE" => Some(Self::Create),
            "UPDATE" => Some(Self::Update),
            "DELETE" => Some(Self::Delete),
            "CONNECT" => Some(Self::Connect),
            _ => None,
        }
    }

    /// The name in an admission request.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
        }
    }
}

impl Kind {
    /// A kind from its parts.
    pub fn new(group: impl Into<Arc<str>>, version: impl Into<Arc<str>>, kind: impl Into<Arc<str>>) -> Self {
        Self { group: group.into(), version: version.into(), kind: kind.into() }
    }

    /// The kind that a text such as `v1/Pod` or `apps/v1/Deployment` names.
    pub fn parse(text: &str) -> Option<Self> {
        match *text.split('/').collect::<Vec<_>>() {
            [version, kind] => Some(Self::new("", version, kind)),
            [group, version, kind] => Some(Self::new(group, version, kind)),
            _ => None,
        }
    }

    /// `apiVersion` of objects of this kind.
    pub fn api_version(&self) -> String {
        match &*self.group {
            "" => self.version.to_string(),
            group => format!("{group}/{}", self.version),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.api_version(), self.kind)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.kind)?;
        if !self.subresource.is_empty() {
            write!(out, "/{}", self.subresource)?;
        }
        write!(out, " {}", self.operation.as_str())
    }
}

impl Unit {
    /// A unit of objects that are asked for as such, not by a subresource.
    pub fn of_objects(kind: Kind, operation: Operation) -> Self {
        Self { object: kind.clone(), kind, subresource: "".into(), operation }
    }

    /// The rules that can match a request of this unit, in the order of the program. A rule that only existing objects
    /// concern is not among them.
    pub fn rules(&self, program: &Program) -> Vec<RuleId> {
        (0..program.rules.len() as u32).map(RuleId).filter(|&id| self.can_match(program, program.rule(id))).collect()
    }

    fn can_match(&self, program: &Program, rule: &Rule) -> bool {
        let concerns_requests = match &rule.body {
            Body::Validate(_) => rule.counts_for_kind(program, &self.kind.kind),
            Body::Mutate(mutate) => mutate.targets.is_empty() && self.operation != Operation::Delete,
            Body::Generate(_) | Body::Cleanup(_) => false,
        };
        concerns_requests && self.block_can_match(program, &rule.matching)
    }

    fn block_can_match(&self, program: &Program, block: &MatchBlock) -> bool {
        let fits = |filter: &Filter| self.filter_can_match(program, filter);
        match block.quantifier {
            Quantifier::Any => block.filters.iter().any(fits),
            Quantifier::All => block.filters.iter().all(fits),
        }
    }

    /// Whether a filter's kinds and operations fit; what else it asks depends on the request.
    pub fn filter_can_match(&self, program: &Program, filter: &Filter) -> bool {
        let operation = self.operation.as_str();
        (filter.operations.is_empty() || filter.operations.iter().any(|name| **program.name(*name) == *operation))
            && (filter.kinds.is_empty() || filter.kinds.iter().any(|kind| self.fits_kind(program, kind)))
    }

    /// Whether an entry of `kinds` fits (Kyverno `pkg/utils/match/kind.go`). Every rule on Pods also sees their ephemeral
    /// containers.
    fn fits_kind(&self, program: &Program, selector: &KindSelector) -> bool {
        let fits = |pattern: NameId, text: &str| wildcard::matches(program.name(pattern), text);
        let is_pod = self.kind == Kind::new("", "v1", "Pod");
        fits(selector.group, &self.kind.group)
            && fits(selector.version, &self.kind.version)
            && fits(selector.kind, &self.kind.kind)
            && (fits(selector.subresource, &self.subresource)
                || (is_pod && &*self.subresource == "ephemeralcontainers"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_and_written() {
        for text in ["v1/Pod", "apps/v1/Deployment"] {
            assert_eq!(Kind::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Kind::parse("Pod"), None);
        let unit = Unit::of_objects(Kind::new("apps", "v1", "Deployment"), Operation::Update);
        assert_eq!(unit.to_string(), "apps/v1/Deployment UPDATE");
    }
}

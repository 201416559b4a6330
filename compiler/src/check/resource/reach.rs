//! What a rule's match block says of the values that its conditions ask for.

use dikast_grammar::kind::KindSelector;
use dikast_grammar::yaml::Text;
use dikast_stdlib::Value;
use dikast_stdlib::wildcard::{is_wildcard, matches};

use crate::ir::Quantifier;
use crate::match_sets::{MatchSet, Operations};
use crate::model::{Filter, MatchBlock};

/// The values that can come, as texts with wildcards; nothing where anything can.
#[derive(Debug, Default)]
pub(super) struct Reach {
    operations: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    namespaces: Option<Vec<String>>,
    names: Option<Vec<String>>,
}

impl Reach {
    /// What comes to a rule.
    pub(super) fn of(matching: &MatchBlock<'_>, exclude: Option<&MatchBlock<'_>>) -> Self {
        let matched = MatchSet::of(matching);
        let left = exclude.map_or(matched.clone(), |exclude| matched.without(&MatchSet::of(exclude)));
        let operations = left.operations();
        let named = ["CREATE", "UPDATE", "DELETE", "CONNECT"];
        let possible = named.into_iter().filter(|name| operations.covers(Operations::named(name)));
        let is_open = operations == Operations::ALL || operations == Operations::NONE;
        Self {
            operations: (!is_open).then(|| possible.map(str::to_owned).collect()),
            kinds: given(matching, &|filter| {
                let kind = |entry: &&Text| {
                    let selector = KindSelector::parse(entry.as_str());
                    (selector.subresource.is_empty() && !is_wildcard(selector.kind)).then(|| selector.kind.to_owned())
                };
                filter.kinds.iter().map(kind).collect::<Option<_>>()
            }),
            namespaces: given(matching, &|filter| {
                let has_namespaces =
                    filter.kinds.iter().any(|kind| KindSelector::parse(kind.as_str()).kind == "Namespace");
                (!has_namespaces).then(|| texts(&filter.namespaces)).flatten()
            }),
            names: given(matching, &|filter| {
                let mut names = texts(&filter.names)?;
                names.extend(filter.name.map(|name| name.as_str().to_owned()));
                Some(names)
            }),
        }
    }

    /// What the key of a condition can be; nothing when it is not about what is matched.
    pub(super) fn of_key(&self, key: &str) -> Option<&[String]> {
        let expression = key.trim().strip_prefix("{{")?.strip_suffix("}}")?;
        let asked = expression.split_once("||").map_or(expression, |(asked, _)| asked);
        match asked.trim() {
            "request.operation" => self.operations.as_deref(),
            "request.kind.kind" | "request.object.kind" => self.kinds.as_deref(),
            "request.namespace" | "request.object.metadata.namespace" => self.namespaces.as_deref(),
            "request.object.metadata.name" => self.names.as_deref(),
            _ => None,
        }
    }
}

/// Texts that stand for all that such a key can be, beside a condition with these texts in its value.
pub(super) fn samples(possible: &[String], named: &[String]) -> Vec<Value> {
    let mut samples = Vec::new();
    for pattern in possible {
        samples.push(Value::text(pattern.replace(['*', '?'], "~").as_str()));
        if is_wildcard(pattern) {
            samples.extend(named.iter().filter(|text| matches(pattern, text)).map(|text| Value::text(text.as_str())));
        }
    }
    samples
}

/// What all filters that something can come through say of it, when each says something.
fn given(matching: &MatchBlock<'_>, of: &dyn Fn(&Filter<'_>) -> Option<Vec<String>>) -> Option<Vec<String>> {
    let mut all = matching.filters.iter().map(|filter| of(filter).filter(|texts| !texts.is_empty()));
    match matching.quantifier {
        Quantifier::Any => {
            let each: Option<Vec<_>> = all.collect();
            each.map(|each| each.concat()).filter(|texts| !texts.is_empty())
        }
        Quantifier::All => all.find_map(|texts| texts),
    }
}

fn texts(texts: &[&Text]) -> Option<Vec<String>> {
    let is_plain = |text: &&&Text| !text.as_str().contains("{{") && !text.as_str().starts_with('!');
    texts.iter().map(|text| Some(text).filter(is_plain).map(|text| text.as_str().to_owned())).collect()
}

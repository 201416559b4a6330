//! Filters that cannot match.

use dikast_grammar::Span;
use dikast_grammar::kind::{KindSelector, plain_kind};
use dikast_grammar::yaml::{Node, Text};
use dikast_stdlib::selector::{is_label_key, is_label_value};
use dikast_stdlib::wildcard;

use super::fault::{
    EmptyFilter, ExcludedWhole, IgnoredOperations, ImpossibleFilter, ImpossibleNamespace, LowerCaseKind, MalformedKind,
    NeverConnected, NoSuchLabel, NothingExcluded, RepeatedFilter, SelectorOnNamespace,
};
use crate::diagnostic::Diagnostics;
use crate::ir::Quantifier;
use crate::match_sets::{Criterion, MatchSet, Region};
use crate::model::{Filter, MatchBlock, Rule, Selector};
use crate::schema::{Found, Schemas};

/// How many filters are compared two by two.
const MOST_FILTERS: usize = 200;

/// Looks at what a rule matches and excludes.
pub(super) fn check_rule(rule: &Rule<'_>, diagnostics: &mut Diagnostics) {
    check_blocks(&rule.matching, rule.exclude.as_ref(), rule.node, diagnostics);
}

/// Looks at what `owner` matches and excludes.
pub(super) fn check_blocks(
    matching: &MatchBlock<'_>,
    exclude: Option<&MatchBlock<'_>>,
    owner: &Node,
    diagnostics: &mut Diagnostics,
) {
    check_block(matching, diagnostics);
    let Some(exclude) = exclude else { return };
    check_block(exclude, diagnostics);
    without_effect(matching, exclude, diagnostics);
    let (matched, excluded) = (MatchSet::of(matching), MatchSet::of(exclude));
    if !matched.is_empty() && matched.without(&excluded).is_empty() {
        let place = |name| owner.entry(name).map(|entry| entry.key.span().to(entry.value.span)).unwrap_or_default();
        diagnostics.report(ExcludedWhole { span: place("exclude"), matched: place("match") });
    }
}

/// Looks for filters of `exclude` that take nothing of what is matched.
fn without_effect(matching: &MatchBlock<'_>, exclude: &MatchBlock<'_>, diagnostics: &mut Diagnostics) {
    let matched = MatchSet::of(matching);
    let pairs = matching.filters.len().saturating_mul(exclude.filters.len());
    if matched.is_empty() || pairs > MOST_FILTERS * MOST_FILTERS {
        return;
    }
    match exclude.quantifier {
        Quantifier::Any => {
            for filter in exclude.filters.iter().filter(|filter| !filter.is_empty()) {
                let excluded = Region::of(filter);
                if !excluded.is_empty() && !matched.meets(&excluded) {
                    diagnostics.report(NothingExcluded { span: filter.span });
                }
            }
        }
        Quantifier::All => {
            let whole = exclude.filters.iter().map(Region::of).reduce(Region::and);
            if let Some((whole, first)) = whole.zip(exclude.filters.first())
                && !whole.is_empty()
                && !matched.meets(&whole)
            {
                diagnostics.report(NothingExcluded { span: first.span });
            }
        }
    }
}

/// Looks for filters under `any` that let in nothing more than those before them.
fn check_any(filters: &[Filter<'_>], diagnostics: &mut Diagnostics) {
    let regions: Vec<Region<'_>> = filters.iter().map(Region::of).collect();
    for (at, (filter, region)) in filters.iter().zip(&regions).enumerate() {
        let mut earlier = filters.iter().zip(&regions).take(at);
        if let Some((first, _)) = earlier.find(|(_, earlier)| !region.is_empty() && earlier.covers(region)) {
            diagnostics.report(RepeatedFilter { span: filter.span, first: first.span });
        }
    }
}

/// Looks at the filters of a block.
pub(super) fn check_block(block: &MatchBlock<'_>, diagnostics: &mut Diagnostics) {
    let mut is_sound = true;
    for filter in &block.filters {
        if filter.is_empty() {
            is_sound = false;
            diagnostics.report(EmptyFilter { span: filter.span });
        }
        check_kinds(filter, diagnostics);
        check_namespaces(filter, diagnostics);
        check_connect(filter, diagnostics);
        filter
            .selector
            .iter()
            .chain(&filter.namespace_selector)
            .for_each(|selector| check_labels(selector, diagnostics));
        if let Some(criterion) = Region::of(filter).contradiction() {
            is_sound = false;
            diagnostics.report(ImpossibleFilter { span: place_of(filter, criterion), criterion, first: None });
        }
    }
    match block.quantifier {
        Quantifier::All if is_sound => check_all(&block.filters, diagnostics),
        Quantifier::Any if block.filters.len() <= MOST_FILTERS => check_any(&block.filters, diagnostics),
        _ => {}
    }
}

/// Looks at the labels that are asked for by name.
fn check_labels(selector: &Selector<'_>, diagnostics: &mut Diagnostics) {
    let is_open = |text: &Text| wildcard::is_wildcard(text.as_str()) || text.as_str().contains("{{");
    for (key, value) in &selector.match_labels {
        if !is_open(key) && !is_label_key(key.as_str()) {
            diagnostics.report(NoSuchLabel { span: key.span(), what: "called", text: key.as_str().to_owned() });
        }
        if !is_open(value) && !is_label_value(value.as_str()) {
            diagnostics.report(NoSuchLabel { span: value.span(), what: "of value", text: value.as_str().to_owned() });
        }
    }
}

/// Looks for the first filter that nothing meets which meets those before it.
fn check_all(filters: &[Filter<'_>], diagnostics: &mut Diagnostics) {
    let Some((first, rest)) = filters.split_first() else { return };
    let mut region = Region::of(first);
    for filter in rest {
        region = region.and(Region::of(filter));
        if let Some(criterion) = region.contradiction() {
            let (span, first) = (place_of(filter, criterion), Some(place_of(first, criterion)));
            return diagnostics.report(ImpossibleFilter { span, criterion, first });
        }
    }
}

/// Where a filter states a criterion.
fn place_of(filter: &Filter<'_>, criterion: Criterion) -> Span {
    let first = |texts: &[&Text]| texts.first().map(|text| text.span());
    let place = match criterion {
        Criterion::Kinds => first(&filter.kinds),
        Criterion::Operations => first(&filter.operations),
        Criterion::Names => first(&filter.names).or_else(|| filter.name.map(Text::span)),
        Criterion::Namespaces => first(&filter.namespaces),
        Criterion::Labels => filter.selector.as_ref().map(|selector| selector.span),
        Criterion::NamespaceLabels => filter.namespace_selector.as_ref().map(|selector| selector.span),
    };
    place.unwrap_or(filter.span)
}

fn check_kinds(filter: &Filter<'_>, diagnostics: &mut Diagnostics) {
    for kind in &filter.kinds {
        let name = plain_kind(kind.as_str());
        if let Some(problem) = malformed(kind.as_str()) {
            diagnostics.report(MalformedKind { span: kind.span(), entry: kind.as_str().to_owned(), problem });
        } else if name.starts_with(|first: char| first.is_ascii_lowercase()) && !wildcard::is_wildcard(name) {
            let meant = match Schemas::embedded().find(name) {
                Found::NoKind { meant } => meant.map(str::to_owned),
                _ => None,
            };
            diagnostics.report(LowerCaseKind { span: kind.span(), kind: name.to_owned(), meant });
        }
    }
    let only_namespaces =
        !filter.kinds.is_empty() && filter.kinds.iter().all(|kind| plain_kind(kind.as_str()) == "Namespace");
    if let Some(selector) = filter.namespace_selector.as_ref().filter(|_| only_namespaces) {
        diagnostics.report(SelectorOnNamespace { span: selector.span });
    }
}

/// Only subresources are connected to.
fn check_connect(filter: &Filter<'_>, diagnostics: &mut Diagnostics) {
    let is_plain = |kind: &&Text| {
        let selector = KindSelector::parse(kind.as_str());
        selector.subresource.is_empty() && !wildcard::is_wildcard(selector.kind) && !selector.kind.ends_with("Options")
    };
    let connect = filter.operations.iter().find(|operation| operation.as_str() == "CONNECT");
    if let (Some(connect), Some(first)) = (connect, filter.kinds.first())
        && filter.kinds.iter().all(is_plain)
    {
        let kind = plain_kind(first.as_str()).to_owned();
        diagnostics.report(NeverConnected { span: connect.span(), kind });
    }
}

/// What makes an entry of `kinds` one that nothing can be.
fn malformed(entry: &str) -> Option<&'static str> {
    let is_name =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '/' | '*' | '?' | '_');
    if entry.trim().is_empty() {
        Some("it is empty")
    } else if entry.contains(',') {
        Some("write each kind as an item of its own")
    } else if entry.contains(char::is_whitespace) {
        Some("it has a blank")
    } else if !entry.contains("{{") && !entry.chars().all(is_name) {
        Some("it has a character that no kind has")
    } else if entry.split('/').any(str::is_empty) {
        Some("a part between slashes is empty")
    } else if entry.split('/').count() > 4 {
        Some("it has too many parts")
    } else {
        None
    }
}

/// Names of namespaces are DNS labels, perhaps with wildcards.
fn check_namespaces(filter: &Filter<'_>, diagnostics: &mut Diagnostics) {
    let is_label = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    for namespace in &filter.namespaces {
        let text = namespace.as_str();
        let is_possible = text.chars().all(|character| is_label(character) || matches!(character, '-' | '*' | '?'))
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.is_empty();
        if !is_possible && !text.contains("{{") && !text.starts_with('!') {
            diagnostics.report(ImpossibleNamespace { span: namespace.span(), name: text.to_owned() });
        }
    }
}

/// Exceptions compare everything in a filter but the operation (Kyverno `pkg/engine/utils/exceptions.go`).
pub(super) fn check_exception_operations(block: &MatchBlock<'_>, diagnostics: &mut Diagnostics) {
    for operation in block.filters.iter().filter_map(|filter| filter.operations.first()) {
        diagnostics.report(IgnoredOperations { span: operation.span() });
    }
}

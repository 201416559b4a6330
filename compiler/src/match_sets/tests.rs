//! Blocks as sets.

use dikast_grammar::{FileId, yaml};

use super::*;

/// Calls `test` with the sets of two blocks, each the text of `match`.
fn with(left: &str, right: &str, test: impl Fn(&MatchSet<'_>, &MatchSet<'_>) -> bool) -> bool {
    let read = |text: &str| yaml::parse(FileId(0), text).documents.remove(0);
    let (left, right) = (read(left), read(right));
    test(&MatchSet::of(&MatchBlock::read(&left)), &MatchSet::of(&MatchBlock::read(&right)))
}

fn is_empty(block: &str) -> bool {
    with(block, "{}", |set, _| set.is_empty())
}

fn covers(whole: &str, part: &str) -> bool {
    with(whole, part, |whole, part| whole.covers(part))
}

#[test]
fn contradictions_are_empty() {
    for block in [
        "{}",
        "all: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Service]}}]",
        "all: [{resources: {kinds: [apps/v1/Deployment]}}, {resources: {kinds: [batch/v1/*]}}]",
        "all: [{resources: {names: ['a-*']}}, {resources: {names: ['b-*', c]}}]",
        "all: [{resources: {operations: [CREATE]}}, {resources: {operations: [DELETE]}}]",
        "any: [{resources: {selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: NotIn, values: [b]}]}}}]",
        "any: [{resources: {selector: {matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}]}}}]",
    ] {
        assert!(is_empty(block), "{block}");
    }
    for block in [
        "any: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Service]}}]",
        "all: [{resources: {kinds: [Pod, Service]}}, {resources: {kinds: ['*']}}]",
        "all: [{resources: {names: ['*-a']}}, {resources: {names: ['b-*']}}]",
        "any: [{resources: {selector: {matchLabels: {a: b, 'c*': d}}}}]",
    ] {
        assert!(!is_empty(block), "{block}");
    }
}

#[test]
fn wider_blocks_cover_narrower_ones() {
    let pods = "any: [{resources: {kinds: [Pod]}}]";
    for part in [
        pods,
        "any: [{resources: {kinds: [v1/Pod], namespaces: [a]}}]",
        "any: [{resources: {kinds: [Pod], operations: [CREATE]}}]",
        "all: [{resources: {kinds: [Pod]}}, {resources: {names: [a]}}]",
        "resources: {kinds: [Pod]}",
    ] {
        assert!(covers(pods, part), "{part}");
    }
    for part in [
        "any: [{resources: {kinds: [Pod, Service]}}]",
        "any: [{resources: {kinds: [Pod/exec]}}]",
        "any: [{resources: {kinds: ['*']}}]",
        "any: [{resources: {names: [a]}}]",
    ] {
        assert!(!covers(pods, part), "{part}");
    }
    assert!(covers(
        "any: [{resources: {kinds: ['*'], namespaces: ['kube-*']}}]",
        "any: [{resources: {kinds: [Pod], namespaces: [kube-system]}}]"
    ));
    assert!(!covers("any: [{resources: {kinds: [Pod]}, subjects: [{kind: User, name: a}]}]", pods));
}

#[test]
fn what_is_left_without_a_part() {
    let both = "any: [{resources: {kinds: [Pod]}}, {resources: {kinds: [Service]}}]";
    assert!(with(both, "any: [{resources: {kinds: ['*']}}]", |all, part| all.without(part).is_empty()));
    assert!(with(both, "any: [{resources: {kinds: [Pod]}}]", |all, part| !all.without(part).is_empty()));
    let created = "any: [{resources: {kinds: [Pod], operations: [CREATE]}}, {resources: {kinds: [Service], operations: [UPDATE]}}]";
    assert!(with(created, "any: [{resources: {kinds: [Service]}}]", |all, part| {
        all.without(part).operations() == Operations::CREATE
    }));
}

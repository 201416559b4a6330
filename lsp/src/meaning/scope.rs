//! The rule around a place, its loops and the context entries that can be named there.

use dikast_grammar::yaml::{Node, Text};

use crate::syntax::{Place, Step};

/// What surrounds a place in a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope<'n> {
    /// The rule; the `spec` of a cleanup policy or an exception, which have none.
    pub(crate) rule: Option<&'n Node>,
    /// Whether it is of a cleanup policy.
    pub(crate) is_cleanup: bool,
    /// The `foreach` entries around the place, outermost first. The one whose `list` it is in is not among them.
    pub(crate) loops: Vec<&'n Node>,
    /// The entry of `mutate.targets`.
    pub(crate) target: Option<&'n Node>,
    /// The context entries that can be named, in the order in which they are defined.
    pub(crate) entries: Vec<&'n Node>,
}

impl<'n> Scope<'n> {
    /// The scope of a place in one of the documents of a text.
    pub(crate) fn at(documents: &'n [Node], text: &str, place: &Place, at: usize) -> Self {
        let path = place.path.as_slice();
        let Some(document) = document(documents, place) else { return Self::default() };
        let mut scope = Self { is_cleanup: kind_of(document).ends_with("CleanupPolicy"), ..Self::default() };
        let mut node = document;
        for (depth, step) in path.iter().enumerate() {
            let Some(inner) = enter(node, step, text, at) else { break };
            node = inner;
            let next = match path.get(depth + 1) {
                Some(Step::Key(key)) => Some(key.as_str()),
                _ => None,
            };
            match owner(path, depth).or_else(|| whole(document, path, depth)) {
                Some(Owner::Rule) => scope.rule = Some(node),
                Some(Owner::Loop) if next != Some("list") => scope.loops.push(node),
                Some(Owner::Target) => scope.target = Some(node),
                Some(Owner::Loop) | None => continue,
            }
            scope.take_entries(node, path.get(depth + 1..).unwrap_or_default(), at);
        }
        scope
    }

    /// Adds the entries of an owner: all of them, or within its `context` those that come before.
    fn take_entries(&mut self, owner: &'n Node, rest: &[Step], at: usize) {
        let Some(context) = owner.get("context") else { return };
        let entries = context.items().iter();
        match rest.first() {
            Some(Step::Key(key)) if key == "context" => {
                let start = match rest.get(1) {
                    Some(Step::Item(start)) => *start,
                    _ => at,
                };
                self.entries.extend(entries.take_while(|entry| (entry.span.start as usize) < start));
            }
            _ => self.entries.extend(entries),
        }
    }

    /// The entry that a name means at the place: of several the last one.
    pub(crate) fn entry(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().rev().find(|entry| entry_name(entry).is_some_and(|text| text.as_str() == name)).copied()
    }

    /// The kinds that the rule's `match` names, as they are written.
    pub(crate) fn kinds(&self) -> Vec<&'n str> {
        let Some(block) = self.rule.and_then(|rule| rule.get("match")) else { return Vec::new() };
        let listed = ["any", "all"].iter().flat_map(|name| block.get(name).map(Node::items).unwrap_or_default());
        let filters = listed.chain(std::iter::once(block));
        let kinds = filters.flat_map(|filter| filter.at(&["resources", "kinds"]).map(Node::items).unwrap_or_default());
        kinds.filter_map(Node::as_str).collect()
    }
}

/// The name of a context entry.
pub(crate) fn entry_name(entry: &Node) -> Option<&Text> {
    entry.get("name")?.as_text()
}

/// The field that says where a context entry has its value from, and what stands there.
pub(crate) fn entry_source(entry: &Node) -> Option<(&str, &Node)> {
    let source = entry.entries().iter().find(|member| member.key.as_str() != "name")?;
    Some((source.key.as_str(), &source.value))
}

enum Owner {
    Rule,
    Loop,
    Target,
}

/// What the value is that `path` has led to after the step at `depth`.
fn owner(path: &[Step], depth: usize) -> Option<Owner> {
    let (Step::Item(_), Some(Step::Key(list))) = (path.get(depth)?, path.get(depth.checked_sub(1)?)) else {
        return None;
    };
    match list.as_str() {
        "rules" if depth == 2 => Some(Owner::Rule),
        "foreach" => Some(Owner::Loop),
        "targets" => Some(Owner::Target),
        _ => None,
    }
}

/// A document without rules is one by itself.
fn whole(document: &Node, path: &[Step], depth: usize) -> Option<Owner> {
    let has_no_rules = matches!(kind_of(document), "CleanupPolicy" | "ClusterCleanupPolicy" | "PolicyException");
    let is_spec = depth == 0 && matches!(path.first(), Some(Step::Key(key)) if key == "spec");
    (has_no_rules && is_spec).then_some(Owner::Rule)
}

fn kind_of(document: &Node) -> &str {
    document.get("kind").and_then(Node::as_str).unwrap_or_default()
}

/// The document that a place is in.
pub(super) fn document<'n>(documents: &'n [Node], place: &Place) -> Option<&'n Node> {
    documents.iter().find(|node| place.document.contains(&(node.span.start as usize)))
}

/// What a step leads to. An item is the first one behind the place where it begins, which may be empty still.
pub(super) fn enter<'n>(node: &'n Node, step: &Step, text: &str, at: usize) -> Option<&'n Node> {
    match step {
        Step::Key(key) => node.get(key),
        Step::Item(start) => {
            let item = node.items().iter().find(|item| item.span.start as usize >= *start)?;
            let gap = text.get(at..item.span.start as usize).unwrap_or_default();
            gap.trim().is_empty().then_some(item)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    const POLICY: &str = "
kind: ClusterPolicy
spec:
  rules:
  - name: other
    context: [{name: unseen, variable: {value: 1}}]
  - name: this
    match: {any: [{resources: {kinds: [Pod, apps/*/Deployment]}}]}
    context:
    - name: first
      variable: {value: 1}
    - name: second
      variable:
        jmesPath: SECOND
    validate:
      foreach:
      - list: LIST
        context: [{name: turn, variable: {value: 2}}]
        deny: {conditions: {all: [{key: KEY, operator: Equals, value: a}]}}
      message: MESSAGE
";

    #[test]
    fn entries_are_known_after_their_definition() {
        let documents = parse(POLICY, None);
        for (place, names, loops) in [
            ("SECOND", vec!["first"], 0),
            ("LIST", vec!["first", "second"], 0),
            ("KEY", vec!["first", "second", "turn"], 1),
            ("MESSAGE", vec!["first", "second"], 0),
        ] {
            let at = POLICY.find(place).unwrap();
            let scope = Scope::at(&documents, POLICY, &Place::of(POLICY, at), at);
            let known: Vec<_> = scope.entries.iter().filter_map(|entry| entry_name(entry)).map(Text::as_str).collect();
            // the entries of the loop itself come after its list
            assert_eq!((known, scope.loops.len()), (names, loops), "{place}");
            assert_eq!(scope.kinds(), ["Pod", "apps/*/Deployment"], "{place}");
        }
    }
}

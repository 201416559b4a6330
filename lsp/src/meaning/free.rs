//! The free-form parts of policies: patterns, patches, objects to generate.

use dikast_grammar::anchor;
use dikast_grammar::yaml::Node;

use super::{Known, World};
use crate::syntax::Step;

impl World<'_> {
    /// What the free-form document describes that begins after `depth` steps of a path.
    fn described(&self, path: &[Step], depth: usize) -> Known {
        let (way, key) = path
            .iter()
            .take(depth)
            .enumerate()
            .rev()
            .find_map(|(at, step)| match step {
                Step::Key(key) => Some((path.get(..at).unwrap_or_default(), key.as_str())),
                Step::Item(_) => None,
            })
            .unwrap_or_default();
        let has = |name: &str| way.iter().any(|step| matches!(step, Step::Key(key) if key == name));
        match key {
            "pattern" | "anyPattern" if !self.scope.loops.is_empty() => self.variable("element"),
            "pattern" | "anyPattern" => self.objects(),
            "patchStrategicMerge" => match self.variable("target") {
                Known::Nothing => self.objects(),
                target => target,
            },
            "data" if has("generate") => {
                let rule = self.scope.rule;
                let generate = self.scope.loops.last().copied().or_else(|| rule.and_then(|rule| rule.get("generate")));
                let text = |name: &str| generate.and_then(|of| of.get(name)).and_then(Node::as_str).unwrap_or_default();
                self.of_object(text("apiVersion"), text("kind"))
            }
            _ => Known::Nothing,
        }
    }

    /// What is known of a place in a free-form document that begins after `depth` steps of a path.
    pub(crate) fn in_free_document(&self, path: &[Step], depth: usize) -> Known {
        let root = self.described(path, depth);
        path.iter().skip(depth).fold(root, |known, step| match step {
            Step::Key(key) => self.member(&known, anchor::parse(key).map_or(key, |(_, key)| key)),
            Step::Item(_) => self.item(&known),
        })
    }
}

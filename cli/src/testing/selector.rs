//! `--test-case-selector`: which expectations are checked (Kyverno `cmd/cli/kubectl-kyverno/test/filter`).

use dikast_stdlib::wildcard;

use dikast_runtime::engine::RuleResponse;

use super::file::Expectation;
use crate::evaluation::response::Response;
use crate::input::resources::ObjectKey;

/// Wildcards on policy, rule and resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    policy: Vec<String>,
    rule: Vec<String>,
    resource: Vec<String>,
}

impl Selector {
    /// Reads `policy=P,rule=R,resource=N`.
    ///
    /// # Errors
    /// When a part has another form or another key.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut selector = Self::default();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let Some((key, value)) = part.split_once('=').filter(|(_, value)| !value.contains('=')) else {
                return Err(format!("`{part}` must have the form `key=value`"));
            };
            let list = match key.trim() {
                "policy" => &mut selector.policy,
                "rule" => &mut selector.rule,
                "resource" => &mut selector.resource,
                other => return Err(format!("`{other}` must be `policy`, `rule` or `resource`")),
            };
            list.push(value.trim().to_owned());
        }
        Ok(selector)
    }

    /// Whether an answer is to be checked.
    pub(crate) fn selects(&self, response: &Response, rule: &RuleResponse, key: &ObjectKey) -> bool {
        let full_name = format!("{}/{}", key.namespace, key.name);
        (fits(&self.policy, &response.policy.name) || fits(&self.policy, &response.policy.full_name()))
            && fits(&self.rule, &rule.name)
            && (fits(&self.resource, &key.name) || fits(&self.resource, &full_name))
    }

    /// The expectation as it is to be checked, or nothing when it is not selected. A selected resource takes the place
    /// of those that the expectation names.
    pub(crate) fn apply(&self, expectation: &Expectation) -> Option<Expectation> {
        let names = expectation.resources.as_deref().unwrap_or_default();
        let selected = fits(&self.policy, &expectation.policy)
            && fits(&self.rule, &expectation.rule)
            && (names.is_empty()
                || self.resource.iter().all(|pattern| names.iter().any(|name| wildcard::matches(pattern, name))));
        let mut expectation = selected.then(|| expectation.clone())?;
        let chosen: Vec<String> = self.resource.iter().take_while(|pattern| *pattern != "*").cloned().collect();
        if !chosen.is_empty() {
            expectation.resources = Some(chosen);
        }
        Some(expectation)
    }
}

fn fits(patterns: &[String], text: &str) -> bool {
    text.is_empty() || patterns.iter().all(|pattern| wildcard::matches(pattern, text))
}

//! Policies that Kyverno's own webhook refuses, as far as that needs no cluster (Kyverno `pkg/validation/policy/validate.go`
//! and the `Validate` methods of `api/kyverno/v1`).
//!
//! What is found here has a meaning for both engines, which is kept: a policy that was let in once goes on working. So these
//! are told to authors, and take no policy out of a program. What other checks tell already is not told again.
//!
//! Kyverno's command line asks the same of policies, without a cluster: no kind is known to be cluster-wide then. What it
//! refuses it does not run, so neither does [`is_refused_by_command_line`] let its callers.

mod background;
mod context;
mod fault;
mod matching;
mod pod_security;
mod settings;
mod target;
mod values;
mod variables;

use dikast_grammar::Span;
use dikast_grammar::yaml::Node;

use crate::autogen;
use crate::diagnostic::{Diagnostics, Severity};
use crate::lint;
use crate::model::{Body, Cleanup, Policy, Rule, ValidateAction};
use crate::schema::Schemas;

/// Whether Kyverno's command line refuses a policy (`Validate` with `mock`); why is told.
pub(crate) fn is_refused_by_command_line(policy: &Policy<'_>, diagnostics: &mut Diagnostics) -> bool {
    let errors = diagnostics.errors_reported();
    lint::check_rule_names(policy, diagnostics);
    let patches = policy.rules.iter().filter_map(|rule| rule.at(&["mutate", "patchesJson6902"]));
    patches.for_each(|patch| lint::json_patch::check(patch, diagnostics));
    check(policy, None, diagnostics);
    for made in autogen::expand(policy, &mut Diagnostics::default()) {
        variables::check(&made.rule, policy.background, diagnostics);
    }
    diagnostics.errors_reported() > errors
}

/// Looks at a policy and those of its rules that can be read.
pub(crate) fn check_policy(policy: &Policy<'_>, schemas: &Schemas, diagnostics: &mut Diagnostics) {
    check(policy, Some(schemas), diagnostics);
}

/// Without schemas, as Kyverno's command line does.
fn check(policy: &Policy<'_>, schemas: Option<&Schemas>, diagnostics: &mut Diagnostics) {
    settings::check(policy, diagnostics);
    // What is not supported was told when the rules were compiled.
    let rules: Vec<Rule<'_>> =
        policy.rules.iter().filter_map(|node| Rule::read(node, &mut Diagnostics::default())).collect();
    background::check(policy, &rules, diagnostics);
    for node in policy.rules {
        variables::check(node, policy.background, diagnostics);
        values::check(node, diagnostics);
    }
    for rule in &rules {
        let blocks = rule.node.get("match").into_iter().chain(rule.node.get("exclude"));
        blocks.for_each(|block| matching::check_block(block, policy, schemas, diagnostics));
        matching::check_kinds(&rule.matching, diagnostics);
        matching::check_wildcards(rule, policy.background, diagnostics);
        context::check(rule.node, diagnostics);
        match &rule.body {
            Body::Validate(validate) => {
                if let Some(schemas) = schemas.filter(|_| policy.background) {
                    matching::check_subresources(rule, schemas, diagnostics);
                }
                if let ValidateAction::PodSecurity(standards) = &validate.action {
                    pod_security::check(standards, diagnostics);
                }
            }
            Body::Mutate(mutate) => target::check_mutation(policy, mutate, diagnostics),
            Body::Generate(generate) => target::check_generation(policy, generate, schemas, diagnostics),
        }
    }
}

/// Looks at a cleanup policy.
pub(crate) fn check_cleanup(cleanup: &Cleanup<'_>, diagnostics: &mut Diagnostics) {
    background::check_cleanup(cleanup, diagnostics);
    context::check_cleanup(cleanup.node, diagnostics);
}

/// The filters of a `match` or `exclude`, the block itself among them where it is one.
fn filters(block: &Node) -> impl Iterator<Item = &Node> {
    let under = |name| block.get(name).and_then(Node::as_list).unwrap_or_default();
    std::iter::once(block).chain(under("any")).chain(under("all"))
}

/// Whether there is an error within a place already.
fn is_told(place: Span, diagnostics: &Diagnostics) -> bool {
    let within = |span: Span| span.file == place.file && place.start <= span.start && span.end <= place.end;
    diagnostics.iter().any(|found| found.severity == Severity::Error && within(found.span))
}

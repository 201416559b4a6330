//! Context entries (Kyverno `pkg/validation/policy/validate.go`, `validateRuleContext`).

use dikast_grammar::yaml::Node;

use super::fault::RefusedEntry;
use crate::diagnostic::Diagnostics;
use crate::model::Fields;

/// Looks at the entries of a rule.
pub(super) fn check(rule: &Node, diagnostics: &mut Diagnostics) {
    for entry in rule.list("context") {
        if let Some(source) = entry.entry("configMap")
            && source.value.nonempty("name").is_some()
            && source.value.nonempty("namespace").is_none()
        {
            diagnostics.report(RefusedEntry {
                span: source.key.span(),
                problem: "a ConfigMap without its namespace",
                help: "add `namespace`",
            });
        }
        let Some(source) = entry.entry("variable") else { continue };
        let has = |name| source.value.get(name).is_some_and(|node: &Node| !node.is_null());
        let (problem, help) = match (has("value"), source.value.nonempty("jmesPath").is_some(), has("default")) {
            (false, false, _) => {
                ("a variable needs a `value` or a `jmesPath`", "what is always the same is its `value`")
            }
            (true, false, true) => ("a default goes with a `jmesPath` only", "remove it, there always is the value"),
            _ => continue,
        };
        diagnostics.report(RefusedEntry { span: source.key.span(), problem, help });
    }
}

/// Looks at the entries of a cleanup policy (Kyverno `api/kyverno/v2/cleanup_policy_types.go`).
pub(super) fn check_cleanup(cleanup: &Node, diagnostics: &mut Diagnostics) {
    for entry in cleanup.list("context") {
        for (name, problem) in [
            ("configMap", "cleanup policies read no ConfigMaps by their names"),
            ("imageRegistry", "cleanup policies ask no registries"),
        ] {
            if let Some(source) = entry.entry(name) {
                let help = "read what is needed with `apiCall`";
                diagnostics.report(RefusedEntry { span: source.key.span(), problem, help });
            }
        }
    }
}

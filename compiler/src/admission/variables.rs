//! The variables that a rule may ask for (Kyverno `hasInvalidVariables` in `pkg/validation/policy/validate.go`, and
//! `pkg/engine/context/mock_context.go`, which takes the names of context entries for the beginnings of texts).

use dikast_grammar::jmespath;
use dikast_grammar::template::{find_variables, strip_braces};
use dikast_grammar::yaml::{Node, NodeValue, Text};
use dikast_stdlib::wildcard;

use super::fault::RefusedVariable;
use super::is_told;
use crate::diagnostic::Diagnostics;
use crate::lint::json_patch::Covered;
use crate::model::Fields;

/// Rounds of substitution that are followed: variables in variables.
const MOST_ROUNDS: usize = 8;

/// Looks at a rule, written or made by autogen.
pub(super) fn check(rule: &Node, background: bool, diagnostics: &mut Diagnostics) {
    check_patch_paths(rule, diagnostics);
    let mutate = rule.given("mutate");
    let targets = mutate.map(|mutate| mutate.list("targets")).unwrap_or_default();
    if !targets.is_empty() {
        let mut allowed = Allowed { background, targets: false, names: Vec::new() };
        allowed.add_entries(rule);
        let selecting = ["apiVersion", "kind", "namespace", "name"];
        let of_targets = targets.iter().flat_map(|target| selecting.iter().filter_map(|name| target.get(name)));
        let of_rule = ["context", "preconditions"].iter().filter_map(|name| rule.get(name));
        of_targets.chain(of_rule).for_each(|node| allowed.check(node, true, diagnostics));
    }
    let mut allowed = Allowed { background, targets: !targets.is_empty(), names: Vec::new() };
    allowed.add_entries(rule);
    let loops = ["validate", "mutate", "generate"].iter().filter_map(|name| rule.given(name));
    loops.flat_map(|action| action.list("foreach")).for_each(|node| allowed.add_entries(node));
    targets.iter().for_each(|target| allowed.add_entries(target));
    // What verifies images is not run, and its attestations bring names of their own.
    let of_interest =
        rule.entries().iter().filter(|entry| !["match", "exclude", "verifyImages"].contains(&entry.key.as_str()));
    of_interest.for_each(|entry| allowed.check(&entry.value, false, diagnostics));
}

/// Paths of a JSON patch are the same for all objects; only those of loops are not looked at.
fn check_patch_paths(rule: &Node, diagnostics: &mut Diagnostics) {
    let Some(text) = rule.at(&["mutate", "patchesJson6902"]).and_then(Node::as_text) else { return };
    let covered = Covered::new(text);
    let Some(document) = covered.document() else { return };
    for path in document.items().iter().filter_map(|operation| operation.get("path")) {
        if covered.is_variable(path.span) {
            diagnostics.report(RefusedVariable {
                span: text.span_of(path.span.start as usize..path.span.end as usize),
                problem: "a variable in the path of a JSON patch".to_owned(),
                help: "write the patch under `foreach`, or use `patchStrategicMerge`, where keys may have variables",
            });
        }
    }
}

/// What variables may begin with.
struct Allowed {
    background: bool,
    targets: bool,
    /// Patterns of wildcards.
    names: Vec<String>,
}

impl Allowed {
    fn add_entries(&mut self, owner: &Node) {
        for entry in owner.list("context") {
            let name = entry.text("name").map(Text::as_str).unwrap_or_default();
            let sources = ["apiCall", "globalReference", "imageRegistry", "variable"];
            if sources.iter().any(|source| entry.given(source).is_some()) {
                self.names.push(format!("{name}*"));
            }
            if entry.given("configMap").is_some() {
                let parts = ["data", "metadata", "data.*", "metadata.*"];
                self.names.extend(parts.iter().map(|part| format!("{name}.{part}")));
            }
        }
    }

    /// Parsing bounds how deeply a node nests. `in_loop`: the item of a loop may be asked for.
    fn check(&self, node: &Node, in_loop: bool, diagnostics: &mut Diagnostics) {
        match &node.value {
            NodeValue::Text(text) => self.check_text(text, in_loop, diagnostics),
            NodeValue::List(items) => items.iter().for_each(|item| self.check(item, in_loop, diagnostics)),
            NodeValue::Map(entries) => {
                for entry in entries {
                    self.check_text(&entry.key, in_loop, diagnostics);
                    self.check(&entry.value, in_loop || entry.key.as_str() == "foreach", diagnostics);
                }
            }
            _ => {}
        }
    }

    /// Follows the rounds of substitution, in which every variable is `null`.
    fn check_text(&self, text: &Text, in_loop: bool, diagnostics: &mut Diagnostics) {
        let mut written = text.as_str().to_owned();
        for round in 0..MOST_ROUNDS {
            let found = find_variables(&written);
            for variable in found.iter().rev() {
                let range = variable.start..variable.end;
                let (expression, _) = strip_braces(written.get(range.clone()).unwrap_or_default());
                let is_whole = range.len() == written.len();
                if let Some((problem, help)) = self.fault_of(&expression, in_loop) {
                    let span = if round == 0 { text.span_of(range.clone()) } else { text.span() };
                    if !is_told(span, diagnostics) {
                        diagnostics.report(RefusedVariable { span, problem, help });
                    }
                    return;
                }
                if is_whole {
                    return;
                }
                written.replace_range(range, "null");
            }
            if found.is_empty() {
                return;
            }
        }
    }

    fn fault_of(&self, expression: &str, in_loop: bool) -> Option<(String, &'static str)> {
        if expression == "@" {
            return None;
        }
        if expression.is_empty() {
            return Some(("a variable without an expression".to_owned(), "remove it"));
        }
        if !jmespath::parse(expression).errors.is_empty() {
            return Some((format!("`{expression}` is no expression"), "mend it"));
        }
        let bare = expression.replace('"', "");
        if !self.knows(&bare) && !self.names.iter().any(|name| wildcard::matches(name, &bare)) {
            let help = "begin it with `request.` or with the name of a context entry";
            return Some((format!("`{expression}` begins with nothing that Kyverno knows here"), help));
        }
        if !in_loop && (expression.starts_with("element") || expression == "elementIndex") {
            return Some((format!("`{expression}` has no value outside of `foreach`"), "move it into the loop"));
        }
        None
    }

    /// Whether one of the names that are always there stands anywhere in an expression, or a call with arguments.
    fn knows(&self, expression: &str) -> bool {
        let mut names = vec!["element", "@", "images"];
        match (self.targets, self.background) {
            (false, false) => names.extend(["request", "serviceAccountName", "serviceAccountNamespace", "image"]),
            (false, true) => names.extend(["request.", "image."]),
            (true, false) => {
                names.extend(["request.", "serviceAccountName", "serviceAccountNamespace", "image.", "target."]);
            }
            (true, true) => names.extend(["request.", "image.", "target."]),
        }
        names.iter().any(|name| expression.contains(name)) || has_call(expression)
    }
}

fn has_call(expression: &str) -> bool {
    let is_name = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    expression.match_indices('(').any(|(at, _)| {
        let before = expression.get(..at).and_then(|before| before.chars().next_back());
        let behind = expression.get(at + 1..).and_then(|behind| behind.chars().next());
        before.is_some_and(is_name) && behind.is_some_and(|behind| !matches!(behind, '{' | '}'))
    })
}

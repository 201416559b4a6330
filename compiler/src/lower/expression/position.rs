//! `{{@}}`: the field of the object at the place where the variable stands (Kyverno `pkg/utils/jsonpointer/pointer.go`).

use dikast_grammar::jmespath::is_identifier;

/// The expression for a place of the substituted document, as in `/mutate/patchStrategicMerge/metadata/name`.
///
/// Everything up to a step `foreach` is left out, then two steps more: what names the block and the patch or pattern.
/// Kyverno does so whatever document it substitutes, so in others the result is some other field.
pub fn expression_at(path: &str, has_target: bool) -> String {
    let steps = steps(path);
    let behind_loop = steps.iter().position(|step| step == "foreach").map_or(0, |at| at + 1);
    let steps = steps.get(behind_loop..).unwrap_or_default();
    let mut expression = if has_target { "target" } else { "request.object" }.to_owned();
    for step in steps.get(2..).unwrap_or_default() {
        if step.parse::<u64>().is_ok() && !step.starts_with('+') {
            expression.push_str(&format!("[{step}]"));
        } else if is_taken_for_identifier(step) {
            expression.push('.');
            expression.push_str(step);
        } else {
            expression.push('.');
            push_quoted(&mut expression, step);
        }
    }
    expression
}

/// The steps of a path; a backslash takes the next character as it is, quotes hold slashes together.
fn steps(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    let mut step = String::new();
    let (mut is_escaped, mut is_quoted) = (false, false);
    for character in path.chars() {
        match character {
            _ if is_escaped => {
                step.push(character);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '/' if !is_quoted => {
                if !step.is_empty() {
                    steps.push(std::mem::take(&mut step));
                }
            }
            _ => step.push(character),
        }
    }
    if !step.is_empty() {
        steps.push(step);
    }
    steps
}

/// Kyverno leaves `)` without quotes, though JMESPath does not.
fn is_taken_for_identifier(step: &str) -> bool {
    !step.starts_with(')') && is_identifier(&step.replace(')', "_"))
}

fn push_quoted(expression: &mut String, step: &str) {
    expression.push('"');
    for character in step.chars() {
        match character {
            '"' | '\\' => expression.extend(['\\', character]),
            '\u{8}' => expression.push_str("\\b"),
            '\u{c}' => expression.push_str("\\f"),
            '\n' => expression.push_str("\\n"),
            '\r' => expression.push_str("\\r"),
            '\t' => expression.push_str("\\t"),
            '\0'..='\u{1f}' => expression.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => expression.push(character),
        }
    }
    expression.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_and_patch_are_left_out() {
        for (path, expression) in [
            ("/mutate/patchStrategicMerge/metadata/name", "request.object.metadata.name"),
            ("/mutate/patchStrategicMerge/spec/containers/0/image", "request.object.spec.containers[0].image"),
            ("/mutate/foreach/0/patchStrategicMerge/metadata/name", "request.object.metadata.name"),
            ("/metadata/name", "request.object"),
            ("", "request.object"),
            ("/a/b/my-key/a\\/b", r#"request.object."my-key"."a/b""#),
            ("/a/b/+(c)", r#"request.object."+(c)""#),
            ("/a/b/(c)", r#"request.object."(c)""#),
        ] {
            assert_eq!(expression_at(path, false), expression, "{path}");
        }
        assert_eq!(expression_at("/a/b/c", true), "target.c");
    }
}

//! Fixes of findings, written into files.

use std::path::Path;

use anyhow::Context;
use dikast_compiler::diagnostic::{Code, Diagnostic, Fix, code};
use dikast_compiler::{compile, diagnostic::allow};
use dikast_grammar::SourceMap;

/// Fixes after which text is read that was passed over before: there may be more to say of it.
const UNCOVERS: &[Code] = &[code::UNKNOWN_FIELD, code::UNRECOGNISED_POLICY];

/// A fix may make room for another one; nobody needs more rounds.
const MOST_ROUNDS: usize = 8;

/// Applies what can be fixed in the files that findings are in, and gives how many fixes were made. A file changes only
/// when it has no more findings afterwards than before, or when a fix lets text be read that was passed over.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_fixes(found: &[Diagnostic], sources: &SourceMap) -> anyhow::Result<usize> {
    let mut made = 0;
    for (id, file) in sources.iter() {
        let of_file = found.iter().filter(|finding| finding.span.file == id);
        let path = Path::new(file.name());
        if !of_file.clone().any(|finding| finding.safe_fix().is_some()) || !path.is_file() {
            continue;
        }
        let (text, count) = fixed(file.text());
        if count > 0 {
            std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
            made += count;
        }
    }
    Ok(made)
}

/// The text with all safe fixes, and how many they were.
pub(crate) fn fixed(text: &str) -> (String, usize) {
    let mut text = text.to_owned();
    let mut made = 0;
    for _ in 0..MOST_ROUNDS {
        let found = findings(&text);
        let mut mended: Vec<(&Diagnostic, &Fix)> =
            found.iter().filter_map(|finding| Some((finding, finding.safe_fix()?))).collect();
        mended.sort_by_key(|(_, fix)| (fix.span.start, fix.span.end));
        let mut end = 0;
        mended.retain(|(_, fix)| {
            let is_apart = fix.span.start >= end;
            if is_apart {
                end = fix.span.end;
            }
            is_apart
        });
        let mut changed = text.clone();
        for (_, fix) in mended.iter().rev() {
            let range = fix.span.start as usize..fix.span.end as usize;
            if changed.get(range.clone()).is_some() {
                changed.replace_range(range, &fix.replacement);
            }
        }
        let after = findings(&changed);
        let uncovers = mended.iter().any(|(finding, _)| UNCOVERS.contains(&finding.code));
        let stands = |finding: &Diagnostic| after.iter().any(|later| later.message == finding.message);
        let is_better =
            if uncovers { !mended.iter().any(|(finding, _)| stands(finding)) } else { after.len() <= found.len() };
        if mended.is_empty() || !is_better {
            break;
        }
        made += mended.len();
        text = changed;
    }
    (text, made)
}

fn findings(text: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    sources.add("", text);
    allow::apply(compile(&sources).diagnostics, &sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_that_can_only_mean_one_thing_are_mended() {
        let wrong = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: a}\nspec:\n  rulez:\n    - name: a\n      \
                     match: {any: [{resources: {kinds: [Secret], operations: [Create]}}]}\n      validate:\n        \
                     massage: 5\n        deny: {}\n";
        let (text, count) = fixed(wrong);
        assert_eq!(count, 4);
        assert_eq!(
            text,
            wrong.replace("rulez", "rules").replace("Create", "CREATE").replace("massage: 5", "message: \"5\"")
        );
        assert!(findings(&text).is_empty());
    }

    #[test]
    fn deprecated_fields_are_moved() {
        let old = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: a}
spec:
  validationFailureAction: enforce # for all
  webhookTimeoutSeconds: 5
  rules:
    - name: first
      match: {any: [{resources: {kinds: [Secret]}}]}
      validate:
        message: one
        deny: {}
    - name: second
      match: {any: [{resources: {kinds: [Service]}}]}
      validate:
        deny: {}
";
        let new = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: a}
spec:
  webhookConfiguration:
    timeoutSeconds: 5
  rules:
    - name: first
      match: {any: [{resources: {kinds: [Secret]}}]}
      validate:
        failureAction: Enforce
        message: one
        deny: {}
    - name: second
      match: {any: [{resources: {kinds: [Service]}}]}
      validate:
        failureAction: Enforce
        deny: {}
";
        assert_eq!(fixed(old), (new.to_owned(), 2));
        assert!(findings(new).is_empty());
    }
}

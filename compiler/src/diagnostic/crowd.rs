//! Findings that are too many to show: one slip repeated a thousand times is told of a few times, and how often it is
//! left out.

use std::collections::BTreeMap;

use dikast_grammar::{FileId, SourceMap};

use super::{Code, Diagnostic};

/// How many findings of one code a line shows.
const MOST_IN_LINE: usize = 10;

/// How many findings of one code a file shows.
const MOST_IN_FILE: usize = 200;

/// The findings that are shown, in their order, with one for each code of a file that says how many more there are. It
/// stands where the first of these would.
pub fn thinned(found: &[Diagnostic], sources: &SourceMap) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<(FileId, Code), Count> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(found.len().min(MOST_IN_FILE));
    for finding in found {
        let count = counts.entry((finding.span.file, finding.code)).or_default();
        let line = sources.get(finding.span.file).map_or(0, |file| file.position(finding.span.start).line);
        if count.line != line {
            (count.line, count.in_line) = (line, 0);
        }
        if count.in_line < MOST_IN_LINE && count.in_file < MOST_IN_FILE {
            count.in_line += 1;
            count.in_file += 1;
            kept.push(finding.clone());
            continue;
        }
        count.left_out += 1;
        let at = *count.told_at.get_or_insert_with(|| {
            kept.push(Diagnostic { label: None, labels: Vec::new(), help: None, fix: None, ..finding.clone() });
            kept.len() - 1
        });
        if let Some(rest) = kept.get_mut(at) {
            rest.severity = rest.severity.max(finding.severity);
        }
    }
    for count in counts.into_values() {
        if let Some(rest) = count.told_at.and_then(|at| kept.get_mut(at)) {
            rest.message = match count.left_out {
                1 => "one more finding of this code in this file".to_owned(),
                many => format!("{many} more findings of this code in this file"),
            };
        }
    }
    kept
}

/// What was found of a code in a file.
#[derive(Default)]
struct Count {
    /// The line of the last finding.
    line: u32,
    in_line: usize,
    in_file: usize,
    left_out: usize,
    /// Where among the findings that are shown the rest is told of.
    told_at: Option<usize>,
}

#[cfg(test)]
mod tests {
    use dikast_grammar::Span;

    use super::*;
    use crate::diagnostic::{Severity, code};

    fn finding(file: FileId, at: usize, severity: Severity) -> Diagnostic {
        Diagnostic {
            code: code::UNKNOWN_FIELD,
            severity,
            message: format!("at {at}"),
            span: Span::new(file, at, at + 1),
            label: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    #[test]
    fn a_line_shows_some_and_says_how_many_more() {
        let mut sources = SourceMap::new();
        let file = sources.add("a.yaml", format!("{}\nx\n", "x".repeat(50)));
        let mut found: Vec<_> = (0..50).map(|at| finding(file, at, Severity::Warning)).collect();
        found[40].severity = Severity::Error;
        found.push(finding(file, 51, Severity::Warning));
        let kept = thinned(&found, &sources);
        assert_eq!(kept.len(), MOST_IN_LINE + 2);
        let rest = &kept[MOST_IN_LINE];
        assert_eq!(
            (rest.message.as_str(), rest.severity),
            ("40 more findings of this code in this file", Severity::Error)
        );
        assert_eq!(kept[MOST_IN_LINE + 1].message, "at 51");
    }

    #[test]
    fn a_file_shows_some_and_another_file_its_own() {
        let mut sources = SourceMap::new();
        let files = [sources.add("a.yaml", "x\n".repeat(500)), sources.add("b.yaml", "x\n")];
        let mut found: Vec<_> = (0..201).map(|line| finding(files[0], line * 2, Severity::Info)).collect();
        found.push(finding(files[1], 0, Severity::Info));
        let kept = thinned(&found, &sources);
        assert_eq!(kept.len(), MOST_IN_FILE + 2);
        assert_eq!(kept[MOST_IN_FILE].message, "one more finding of this code in this file");
        assert_eq!(kept[MOST_IN_FILE + 1].message, "at 0");
    }
}

//! Findings that an author allows: `# dikast: allow DK0123 reason`.
//!
//! Behind something on a line the comment speaks of that line; above a line, of the block that begins there: a rule, a
//! field with all that is under it. On the first line of an item of a list it speaks of the item.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use dikast_grammar::{FileId, SourceFile, SourceMap, Span};

use super::{Code, Diagnostic, Severity, faults};

const MARK: &str = "dikast: allow";

faults! {
    /// A comment that allows what is not there.
    #[error("there is no {code} here to allow")]
    UNUSED_ALLOW: UnusedAllow { code: String }
    help(self) { Some("remove it, so that it does not hide a finding later".to_owned()) }

    /// A comment that cannot be understood.
    #[error("this comment allows nothing: {problem}")]
    MALFORMED_ALLOW: MalformedAllow { problem: String }
    help(self) { Some("write `# dikast: allow DK0123 why`".to_owned()) }
}

/// What a comment allows.
struct Allow {
    lines: RangeInclusive<u32>,
    code: Code,
    span: Span,
}

/// Takes out what comments in the files allow, and adds what is wrong with the comments. The list stays in order.
pub fn apply(diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    let mut faults: Vec<Diagnostic> = Vec::new();
    let mut allowed: Vec<(FileId, Allow)> = Vec::new();
    for (id, file) in sources.iter().filter(|(_, file)| file.text().contains(MARK)) {
        let found = comments(id, file, &mut faults);
        allowed.extend(found.into_iter().map(|allow| (id, allow)));
    }
    if allowed.is_empty() && faults.is_empty() {
        return diagnostics;
    }
    let unread = not_all_checked(&diagnostics);
    let mut used = HashSet::new();
    let mut kept: Vec<Diagnostic> = diagnostics
        .into_iter()
        .filter(|found| {
            let Some(file) = sources.get(found.span.file) else { return true };
            let line = file.position(found.span.start).line;
            let speaks_of = |(id, allow): &(FileId, Allow)| {
                *id == found.span.file && allow.code == found.code && allow.lines.contains(&line)
            };
            let speaking = allowed.iter().enumerate().filter(|(_, allow)| speaks_of(allow)).map(|(at, _)| at);
            let speaking: Vec<usize> = speaking.collect();
            used.extend(speaking.iter().copied());
            speaking.is_empty()
        })
        .collect();
    let is_idle = |(at, (id, _)): &(usize, &(FileId, Allow))| !used.contains(at) && !unread.contains(id);
    for (_, (_, allow)) in allowed.iter().enumerate().filter(is_idle) {
        faults.push(UnusedAllow { span: allow.span, code: allow.code.to_string() }.into());
    }
    kept.extend(faults);
    kept.sort_by_key(|found| (found.span, found.code));
    kept
}

/// The files in which something could not be read: there it is not known that nothing is left to allow.
fn not_all_checked(diagnostics: &[Diagnostic]) -> HashSet<FileId> {
    let stops_checks = |found: &&Diagnostic| {
        let range = found.code.name().get(..4).unwrap_or_default();
        found.severity == Severity::Error && matches!(range, "DK01" | "DK02" | "DK03")
    };
    diagnostics.iter().filter(stops_checks).map(|found| found.span.file).collect()
}

/// The comments of a file. Those that are malformed are reported.
fn comments(id: FileId, file: &SourceFile, faults: &mut Vec<Diagnostic>) -> Vec<Allow> {
    let lines: Vec<&str> = file.text().split('\n').collect();
    let mut found = Vec::new();
    let mut offset = 0;
    for (at, line) in lines.iter().enumerate() {
        let start = offset;
        offset += line.len() + 1;
        let Some(hash) = comment_start(line) else { continue };
        let (before, comment) = line.split_at(hash);
        let comment = comment.trim_end();
        let span = Span::new(id, start + hash, start + hash + comment.len());
        let Some(rest) = comment.trim_start_matches('#').trim_start().strip_prefix(MARK) else { continue };
        let lines = match before.trim() {
            "" => next_content(&lines, at + 1).map(|next| block(&lines, next)),
            text if text.starts_with("- ") => Some(block(&lines, at)),
            _ => Some(at..=at),
        };
        let Some(lines) = lines else { continue };
        let lines = line_number(*lines.start())..=line_number(*lines.end());
        match codes(rest) {
            Ok(codes) => found.extend(codes.into_iter().map(|code| Allow { lines: lines.clone(), code, span })),
            Err(problem) => faults.push(MalformedAllow { span, problem }.into()),
        }
    }
    found
}

/// The codes of a comment, which ends in a reason.
fn codes(rest: &str) -> Result<Vec<Code>, String> {
    let mut words = rest.split([' ', ',', '\t']).filter(|word| !word.is_empty()).peekable();
    let mut codes = Vec::new();
    while let Some(word) = words.peek().filter(|word| is_code(word)) {
        codes.push(Code::find(word).ok_or_else(|| format!("there is no code `{word}`"))?);
        words.next();
    }
    if codes.is_empty() {
        Err("it names no code".to_owned())
    } else if words.next().is_none() {
        Err("it gives no reason".to_owned())
    } else {
        Ok(codes)
    }
}

fn is_code(word: &str) -> bool {
    let digits = word.strip_prefix("DK").or_else(|| word.strip_prefix("dk"));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Where the comment of a line begins: at a `#` at its start or behind a blank.
fn comment_start(line: &str) -> Option<usize> {
    let mark = line.find(MARK)?;
    let hash = line.get(..mark)?.rfind('#')?;
    let is_start = line.get(..hash)?.chars().next_back().is_none_or(char::is_whitespace);
    (is_start && line.get(hash..mark)?.trim_matches(['#', ' ', '\t']).is_empty()).then_some(hash)
}

/// The next line with more than a comment.
fn next_content(lines: &[&str], from: usize) -> Option<usize> {
    (from..lines.len()).find(|&at| lines.get(at).is_some_and(|line| is_content(line)))
}

fn is_content(line: &str) -> bool {
    let text = line.trim_start();
    !text.is_empty() && !text.starts_with('#')
}

/// The lines of the block that begins at a line: those behind it that are indented more.
fn block(lines: &[&str], first: usize) -> RangeInclusive<usize> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let outer = lines.get(first).map_or(0, |line| indentation(line));
    let is_key = lines.get(first).is_some_and(|line| !line.trim_start().starts_with("- "));
    let is_inside = |line: &str| {
        let is_item = is_key && line.trim_start().starts_with("- ") && indentation(line) == outer;
        indentation(line) > outer || is_item
    };
    let behind = lines.iter().enumerate().skip(first + 1);
    let inside = behind.take_while(|(_, line)| !is_content(line) || is_inside(line));
    let last = inside.filter(|(_, line)| is_content(line)).last().map_or(first, |(at, _)| at);
    first..=last
}

fn line_number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_speak_of_lines_and_blocks() {
        let text = "a: 1 # dikast: allow DK0201 why\n# dikast: allow DK0202, DK0203 why\nb:\n  c: 1\n\n  d: 2\ne: 3\n- x: 1 # dikast: allow DK0201 why\n  y: 2\nz: '# dikast: allowed'\n";
        let mut sources = SourceMap::new();
        let id = sources.add("a.yaml", text);
        let mut faults = Vec::new();
        let found = comments(id, sources.get(id).unwrap(), &mut faults);
        let lines: Vec<_> = found.iter().map(|allow| (allow.code.name(), allow.lines.clone())).collect();
        assert_eq!(lines, [("DK0201", 1..=1), ("DK0202", 3..=6), ("DK0203", 3..=6), ("DK0201", 8..=9)]);
        assert!(faults.is_empty());
    }

    #[test]
    fn codes_need_a_reason() {
        assert_eq!(codes(" DK0201 because").unwrap().len(), 1);
        assert_eq!(codes(" DK0201").unwrap_err(), "it gives no reason");
        assert_eq!(codes(" because").unwrap_err(), "it names no code");
        assert_eq!(codes(" DK9999 because").unwrap_err(), "there is no code `DK9999`");
    }
}

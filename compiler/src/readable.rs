//! What can be read of documents with faults of YAML: all above the fault.

use std::ops::Range;

use dikast_grammar::FileId;
use dikast_grammar::yaml::{self, Node};

use crate::diagnostic::{Code, code};
use crate::syntax;

/// Codes about what is there. Others are about what is missing, or may be said below the fault.
const ABOUT_WHAT_IS_THERE: &[Code] = &[
    code::UNKNOWN_FIELD,
    code::WRONG_TYPE,
    code::EXCLUSIVE_FIELDS,
    code::UNKNOWN_VALUE,
    code::REPEATED_RULE_NAME,
    code::INVALID_NAME,
    code::OUT_OF_RANGE,
    code::EXPRESSION_SYNTAX,
    code::UNKNOWN_FUNCTION,
    code::ARGUMENT_COUNT,
    code::ARGUMENT_TYPE,
    code::REFUSED_ARGUMENT,
    code::UNKNOWN_OPERATOR,
    code::MALFORMED_PATCH,
    code::MALFORMED_KIND,
    code::INVALID_SELECTOR,
    code::UNKNOWN_SUBJECT,
    code::UNKNOWN_CONTROLLER,
    code::MISSPELLED_ANNOTATION,
    code::UNKNOWN_RESOURCE_FIELD,
    code::WRONG_STRUCTURE,
    code::WRONG_VALUE,
    code::UNKNOWN_KIND,
];

/// In how many documents of a file it is looked for.
const MOST_DOCUMENTS: usize = 5;

/// How often the end is moved further up, because there is another fault above.
const MOST_CUTS: usize = 3;

/// Whether a finding in a part of a document holds of the whole.
pub(crate) fn holds_of_the_whole(code: Code) -> bool {
    ABOUT_WHAT_IS_THERE.contains(&code)
}

/// The parts above the faults of documents that are refused. Their places are those in the file.
pub(crate) fn above_faults(file: FileId, text: &str, errors: &[yaml::SyntaxError]) -> Vec<Node> {
    let mut documents: Vec<Range<usize>> = Vec::new();
    for error in errors.iter().filter(|error| error.is_refusal()) {
        let at = place(error, text);
        let start = document_start(text, at);
        let is_new = documents.iter().all(|known| known.start != start);
        if is_new && documents.len() < MOST_DOCUMENTS {
            documents.push(start..at);
        }
    }
    documents.into_iter().filter_map(|range| above(file, text, range)).flat_map(yaml::unpack_list).collect()
}

/// The part of a document above a place in it.
fn above(file: FileId, text: &str, document: Range<usize>) -> Option<Node> {
    let blank: String =
        text.get(..document.start)?.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    let mut end = line_start(text, document.end);
    for _ in 0..MOST_CUTS {
        let part = text.get(document.start..end).filter(|part| !part.trim().is_empty())?;
        let part = format!("{blank}{part}");
        let mut parsed = yaml::parse(file, &part);
        match parsed.errors.iter().find(|error| error.is_refusal()) {
            None => return parsed.documents.pop(),
            Some(error) => end = line_start(text, place(error, &part).min(end.saturating_sub(1))),
        }
    }
    None
}

/// Where a fault is told of.
fn place(error: &yaml::SyntaxError, text: &str) -> usize {
    syntax::finding(error, Some(text)).span.start as usize
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

/// Where the document around a place begins.
fn document_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind("\n---").map_or(0, |separator| line_start(text, separator + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Vec<String>> {
        let errors = yaml::parse(FileId(0), text).errors;
        let parts = above_faults(FileId(0), text, &errors);
        parts.iter().map(|part| part.entries().iter().map(|entry| entry.key.as_str().to_owned()).collect()).collect()
    }

    #[test]
    fn what_stands_above_a_fault_is_read() {
        assert_eq!(keys("a: 1\nb: 2\nc: [1\nd: \"\n"), [["a", "b"]]);
        assert_eq!(keys("a: 1\n---\nb: 2\nc: 'x\n---\nd: 1\n"), [["b"]]);
        assert_eq!(keys("a: 1\n b: 2\n"), [["a"]]);
        assert_eq!(keys("'a"), Vec::<Vec<String>>::new());
        assert_eq!(keys("a: 1\n"), Vec::<Vec<String>>::new());
    }

    #[test]
    fn places_are_those_in_the_file() {
        let text = "x: \u{e9}\n---\nkey: 1\nc: [\n";
        let errors = yaml::parse(FileId(0), text).errors;
        let part = &above_faults(FileId(0), text, &errors)[0];
        let span = part.entries()[0].key.span();
        assert_eq!(text.get(span.start as usize..span.end as usize), Some("key"));
    }
}

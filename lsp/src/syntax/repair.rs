//! The document without the lines that keep it from being read.

use dikast_grammar::FileId;
use dikast_grammar::yaml::{self, Node};

/// How many lines are taken out before the rest is given up.
const MOST_REPAIRS: usize = 8;

/// The documents of a text. Where something cannot be read, first the line at `cursor` and then one line after another
/// where a fault is found is read as if it were empty. Places are those of the text.
pub(crate) fn parse(text: &str, cursor: Option<usize>) -> Vec<Node> {
    let file = FileId::default();
    let mut parsed = yaml::parse(file, text);
    let mut text = text.to_owned();
    let mut at = cursor;
    for _ in 0..MOST_REPAIRS {
        let Some(fault) = parsed.errors.iter().find(|error| error.is_refusal()) else { break };
        let line = at.take().unwrap_or(fault.span.start as usize);
        if !blank_line(&mut text, line) {
            break;
        }
        parsed = yaml::parse(file, &text);
    }
    parsed.documents
}

/// Fills the line at a byte with spaces. Gives whether there was anything in it.
fn blank_line(text: &mut String, at: usize) -> bool {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = bytes[..at].iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = bytes[at..].iter().position(is_end).map_or(bytes.len(), |length| at + length);
    if text[start..end].trim().is_empty() {
        return false;
    }
    text.replace_range(start..end, &" ".repeat(end - start));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_faults_are_passed_over() {
        let documents = parse("a: 1\nb: \"x\nc: 2\n", Some(7));
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0].get("c").and_then(Node::as_int), Some(2));
        let documents = parse("a: 1\n  bad: : x\nc: 2\n", None);
        assert_eq!(documents.first().and_then(|document| document.get("c")?.as_int()), Some(2));
        assert_eq!(documents[0].get("c").map(|node| node.span.start), Some(19));
    }
}

//! Where a byte stands inside brackets and quotes.

use std::ops::Range;

use super::place::{Spot, Step};

/// What stands open where a flow is cut off.
enum Open {
    /// A list, and where its present item begins.
    List(usize),
    /// An object; the key whose value is being read, if one is.
    Object(Option<String>),
}

/// The steps from a value that begins with a bracket or a quote at `start` to `at`, and the spot there; nothing when the
/// value ends before it.
pub(super) fn within(text: &str, start: usize, at: usize) -> Option<(Vec<Step>, Spot)> {
    let bytes = text.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    // the beginning of the scalar or key that is being read
    let mut word: Option<usize> = None;
    let mut position = start;
    while position < at {
        match bytes.get(position)? {
            quote @ (b'"' | b'\'') if word.is_none() => {
                let Some(end) = quoted_end(bytes, position, *quote).filter(|&end| end <= at) else {
                    let end = quoted_end(bytes, position, *quote).unwrap_or_else(|| line_end(text, at));
                    return Some(spot(&open, position..end.max(at), text));
                };
                word = Some(position);
                position = end;
                continue;
            }
            b'[' if word.is_none() => open.push(Open::List(position + 1)),
            b'{' if word.is_none() => open.push(Open::Object(None)),
            b']' | b'}' => {
                open.pop()?;
                word = None;
                if open.is_empty() {
                    return None;
                }
            }
            b',' => {
                match open.last_mut() {
                    Some(Open::Object(key)) => *key = None,
                    Some(Open::List(start)) => *start = position + 1,
                    None => {}
                }
                word = None;
            }
            b':' if bytes.get(position + 1).is_none_or(u8::is_ascii_whitespace) => {
                if let (Some(Open::Object(key @ None)), Some(from)) = (open.last_mut(), word) {
                    *key = Some(unquote(text.get(from..position).unwrap_or("")));
                    word = None;
                }
            }
            byte if !byte.is_ascii_whitespace() && word.is_none() => word = Some(position),
            _ => {}
        }
        position += 1;
    }
    if open.is_empty() {
        return None;
    }
    let begin = word.unwrap_or(at);
    let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b'\n' | b'\r' | b':');
    let length = bytes.get(at..)?.iter().position(is_end).unwrap_or(bytes.len() - at);
    let end = at + text.get(at..at + length).map_or(0, |rest| rest.trim_end().len());
    Some(spot(&open, begin..end, text))
}

fn spot(open: &[Open], range: Range<usize>, text: &str) -> (Vec<Step>, Spot) {
    let mut steps = Vec::new();
    for one in open {
        match one {
            Open::List(start) => steps.push(Step::Item(*start)),
            Open::Object(Some(key)) => steps.push(Step::Key(key.clone())),
            Open::Object(None) => {}
        }
    }
    let spot = match open.last() {
        Some(Open::Object(None)) => Spot::Key(range),
        Some(Open::List(_)) if !text.get(range.clone()).is_some_and(|word| word.starts_with(['"', '\''])) => {
            Spot::Word(range)
        }
        _ => Spot::Value(range),
    };
    (steps, spot)
}

/// One past the quote that ends a text; nothing when none does.
pub(super) fn quoted_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |length| at + length)
}

/// A key without its quotes.
pub(super) fn unquote(key: &str) -> String {
    let key = key.trim();
    let inner = |quote: char| key.strip_prefix(quote).map(|key| key.strip_suffix(quote).unwrap_or(key));
    inner('"').or_else(|| inner('\'')).unwrap_or(key).to_owned()
}

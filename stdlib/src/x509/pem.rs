//! PEM blocks (Go `encoding/pem`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// How many beginnings of blocks are tried. Go tries all, each with a walk over the text behind it.
const BEGINNINGS_MAX: usize = 32;

/// A block and its bytes.
pub(super) struct Block<'t> {
    pub(super) label: &'t str,
    pub(super) bytes: Vec<u8>,
}

/// The first block of a text that can be read; nothing when there is none.
pub(super) fn first_block(text: &str) -> Option<Block<'_>> {
    let mut rest = text;
    for _ in 0..BEGINNINGS_MAX {
        let begin = find_at_line_start(rest, BEGIN)?;
        let after_begin = &rest[begin + BEGIN.len()..];
        let (line, body) = after_begin.split_once('\n').unwrap_or((after_begin, ""));
        if let Some(label) = line.trim_end_matches(['\r', ' ', '\t']).strip_suffix(DASHES)
            && let Some(bytes) = block_bytes(label, body)
        {
            return Some(Block { label, bytes });
        }
        rest = after_begin;
    }
    None
}

/// The bytes of a block whose first line has been read.
fn block_bytes(label: &str, body: &str) -> Option<Vec<u8>> {
    let end_line = format!("-----END {label}-----");
    let end = find_at_line_start(body, &end_line)?;
    let after = body[end + end_line.len()..].split('\n').next()?;
    if !after.trim_matches(['\r', ' ', '\t']).is_empty() {
        return None;
    }
    let mut lines = &body[..end];
    // Headers, `Key: value`, come before the data.
    while let Some((line, next)) = lines.split_once('\n') {
        if !line.contains(':') {
            break;
        }
        lines = next;
    }
    let data: String = lines.chars().filter(|character| !matches!(character, ' ' | '\t' | '\r' | '\n')).collect();
    STANDARD.decode(data).ok()
}

fn find_at_line_start(text: &str, part: &str) -> Option<usize> {
    text.match_indices(part).map(|(at, _)| at).find(|&at| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
}

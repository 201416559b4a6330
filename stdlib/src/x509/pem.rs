//! PEM blocks (Go `encoding/pem`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
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
    // The lines that end blocks are looked for once, not behind each beginning again.
    let ends: Vec<&str> = at_line_starts(text, END).collect();
    for after_begin in at_line_starts(text, BEGIN).take(BEGINNINGS_MAX) {
        let (line, body) = after_begin.split_once('\n').unwrap_or((after_begin, ""));
        if let Some(label) = line.trim_end_matches(['\r', ' ', '\t']).strip_suffix(DASHES)
            && let Some(bytes) = block_bytes(label, body, &ends)
        {
            return Some(Block { label, bytes });
        }
    }
    None
}

/// The bytes of a block whose first line has been read, given what follows `-----END ` anywhere in the text.
fn block_bytes(label: &str, body: &str, ends: &[&str]) -> Option<Vec<u8>> {
    let behind = &ends[ends.partition_point(|after| END.len() + after.len() > body.len())..];
    let (after, rest) =
        behind.iter().find_map(|&after| Some((after, after.strip_prefix(label)?.strip_prefix(DASHES)?)))?;
    if !rest.split('\n').next()?.trim_matches(['\r', ' ', '\t']).is_empty() {
        return None;
    }
    let mut lines = &body[..body.len() - after.len() - END.len()];
    // Headers, `Key: value`, come before the data.
    while let Some((line, next)) = lines.split_once('\n') {
        if !line.contains(':') {
            break;
        }
        lines = next;
    }
    // A beginning within the data is seen at its dashes, before all that follows is copied.
    let data = lines.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    let data: Option<Vec<u8>> = data.map(|byte| (byte != b'-').then_some(byte)).collect();
    STANDARD.decode(data?).ok()
}

/// What follows a part wherever it starts a line.
fn at_line_starts<'t>(text: &'t str, part: &str) -> impl Iterator<Item = &'t str> {
    text.match_indices(part)
        .filter(|&(at, _)| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
        .map(move |(at, _)| &text[at + part.len()..])
}

#[cfg(test)]
mod tests {
    use super::first_block;

    #[test]
    fn blocks_begin_where_lines_do() {
        let block = "-----BEGIN A-----\nYQ==\n-----END A-----\n";
        let bytes = |text: &str| first_block(text).map(|block| block.bytes);
        assert_eq!(bytes(block).as_deref(), Some(b"a".as_slice()));
        assert_eq!(bytes(&format!("-----BEGIN B-----\n{block}")).as_deref(), Some(b"a".as_slice()));
        assert_eq!(bytes(&format!("-----BEGIN {block}")), None);
        assert_eq!(bytes(&format!("x{block}")), None);
    }
}

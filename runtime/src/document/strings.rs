//! Finding the end of a string: sixteen bytes at a time.

/// Bytes that are looked at together.
const CHUNK: usize = 16;

/// The place of the first byte at or behind `at` that ends a run of plain characters: a quote, a backslash or a control
/// character. The length of the text when there is none.
pub(super) fn plain_until(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<CHUNK>()) {
        let found = special(chunk);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += CHUNK;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < b' ').unwrap_or(rest.len())
}

/// One bit for each byte that is not plain.
#[cfg(target_arch = "x86_64")]
fn special(chunk: &[u8; CHUNK]) -> u32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_max_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    // SAFETY: SSE2 belongs to every x86-64, and sixteen bytes are read where sixteen are.
    unsafe {
        let bytes = _mm_loadu_si128(chunk.as_ptr().cast());
        let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        let last_control = _mm_set1_epi8(0x1f);
        let controls = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)) as u32
    }
}

/// One bit for each byte that is not plain.
#[cfg(not(target_arch = "x86_64"))]
fn special(chunk: &[u8; CHUNK]) -> u32 {
    chunk
        .iter()
        .enumerate()
        .fold(0, |bits, (place, &byte)| bits | u32::from(byte == b'"' || byte == b'\\' || byte < b' ') << place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_is_not_plain_is_found_at_every_distance() {
        for special in [b'"', b'\\', 0, 0x1f, b'\n'] {
            for distance in 0..70 {
                let mut text = vec![b'x'; distance];
                text.extend([0x80, 0xff, 0x7f, b' ', b'!', b'#', b'[', b']']);
                let place = text.len();
                text.push(special);
                text.extend(vec![b'"'; distance % 20]);
                assert_eq!(plain_until(&text, 0), place);
                assert_eq!(plain_until(&text, place), place);
            }
        }
        assert_eq!(plain_until(b"abc", 0), 3);
        assert_eq!(plain_until(b"abc", 5), 5);
    }
}

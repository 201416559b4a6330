//! Text, patterns, regular expressions, digests.

pub(super) mod base64_decode;
pub(super) mod base64_encode;
pub(super) mod compare;
pub(super) mod ends_with;
pub(super) mod equal_fold;
pub(super) mod md5;
pub(super) mod path_canonicalize;
pub(super) mod pattern_match;
pub(super) mod random;
pub(super) mod regex_match;
pub(super) mod regex_replace_all;
pub(super) mod regex_replace_all_literal;
pub(super) mod replace;
pub(super) mod replace_all;
pub(super) mod sha1;
pub(super) mod sha256;
pub(super) mod split;
pub(super) mod starts_with;
pub(super) mod to_lower;
pub(super) mod to_upper;
pub(super) mod trim;
pub(super) mod trim_prefix;
pub(super) mod truncate;

use std::fmt::Write;

/// Bytes in hexadecimal, lower case.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

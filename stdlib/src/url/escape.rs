//! `%` escapes.

use std::fmt::Write;

use crate::go_parse::quote;

/// Which part of a URL a text is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Host,
    /// The zone of an IPv6 address.
    Zone,
    User,
    Path,
    Fragment,
}

/// The text without escapes, or why there is none.
pub(super) fn unescape(text: &str, part: Part) -> Result<String, String> {
    let is_host = matches!(part, Part::Host | Part::Zone);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character != '%' {
            if is_host && character.is_ascii() && !is_host_character(character) {
                return Err(format!("invalid character {} in host name", quote(&character.to_string())));
            }
            bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
            rest = &rest[character.len_utf8()..];
            continue;
        }
        let escaped: String = rest.chars().take(3).collect();
        let digits = escaped.get(1..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|&byte| match part {
            Part::Host => byte >= 0x80 || byte == b'%',
            Part::Zone => byte == b'%' || byte == b' ' || is_host_character(char::from(byte)),
            Part::User | Part::Path | Part::Fragment => true,
        });
        bytes.push(byte.ok_or_else(|| format!("invalid URL escape {}", quote(&escaped)))?);
        rest = &rest[escaped.len()..];
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The text with the escapes that Go would write.
pub(super) fn escape(text: &str, part: Part) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
        if plain || (part == Part::Fragment && b"!()*?".contains(&byte)) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn is_host_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(character)
}

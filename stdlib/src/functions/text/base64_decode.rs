//! `base64_decode`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};

/// The bytes that a Base64 text stands for, as Go's `base64.StdEncoding` reads it: padding is required, line breaks are
/// skipped anywhere, and the unused bits of the last character may be anything.
///
/// # Errors
///
/// Go's message, with the position of the first byte that does not fit.
fn decode(text: &[u8]) -> Result<Vec<u8>, FunctionError> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut quantum = Quantum::default();
    let mut rest = text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\n' | b'\r'));
    while let Some((at, byte)) = rest.next() {
        if let Some(bits) = bits_of(byte) {
            quantum.push(bits);
            if quantum.length == 4 {
                bytes.extend(quantum.bytes());
                quantum = Quantum::default();
            }
            continue;
        }
        if byte != b'=' || quantum.length < 2 {
            return Err(illegal(at));
        }
        if quantum.length == 2 {
            match rest.next() {
                None => return Err(illegal(text.len())),
                Some((_, b'=')) => {}
                Some((second, _)) => return Err(illegal(second - 1)),
            }
        }
        bytes.extend(&quantum.bytes()[..quantum.length - 1]);
        return match rest.next() {
            None => Ok(bytes),
            Some((garbage, _)) => Err(illegal(garbage)),
        };
    }
    if quantum.length == 0 { Ok(bytes) } else { Err(illegal(text.len() - quantum.length)) }
}

/// Up to four characters of six bits each.
#[derive(Default)]
struct Quantum {
    bits: u32,
    length: usize,
}

impl Quantum {
    fn push(&mut self, bits: u32) {
        self.bits |= bits << (18 - 6 * self.length);
        self.length += 1;
    }

    fn bytes(&self) -> [u8; 3] {
        let [_, first, second, third] = self.bits.to_be_bytes();
        [first, second, third]
    }
}

fn bits_of(byte: u8) -> Option<u32> {
    let bits = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(bits))
}

fn illegal(at: usize) -> FunctionError {
    FunctionError::failed(format_args!("illegal base64 data at input byte {at}"))
}

/// Bytes as text: each byte that is no part of a character becomes U+FFFD, as when Go walks over such a string.
fn text_of(bytes: &[u8]) -> String {
    bytes.utf8_chunks().fold(String::with_capacity(bytes.len()), |mut out, chunk| {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
        out
    })
}

pub(crate) static FUNCTION: Function = Function {
    name: "base64_decode",
    topic: Topic::Text,
    parameters: &[Parameter { name: "text", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "The text that is written in padded standard Base64.",
    examples: &[("base64_decode('aGVsbG8=')", r#""hello""#)],
    call: |arguments, _| Ok(Value::text(text_of(&decode(arguments.text(0)?.as_bytes())?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_as_go_does() {
        let cases = [
            ("", ""),
            ("YQ==", "a"),
            ("YWI=", "ab"),
            ("YWJj", "abc"),
            ("YWJjZA==", "abcd"),
            ("Y\nQ=\r\n=\n", "a"),
            ("YR==", "a"),
            ("//8=", "\u{fffd}\u{fffd}"),
        ];
        for (encoded, decoded) in cases {
            assert_eq!(text_of(&decode(encoded.as_bytes()).unwrap()), decoded, "{encoded}");
        }
    }

    #[test]
    fn errors_name_the_byte() {
        let cases =
            [("s", 0), (" YQ==", 0), ("_-8=", 0), ("YQ==YQ==", 4), ("YQ=", 3), ("YQ", 0), ("YWJjZ", 4), ("Y===", 1)];
        for (encoded, at) in cases {
            assert_eq!(decode(encoded.as_bytes()), Err(illegal(at)), "{encoded}");
        }
    }
}

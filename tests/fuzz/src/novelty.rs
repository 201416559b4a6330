//! Which inputs made a parser do something new.
//!
//! Stable Rust cannot count the branches that an input takes. What a parser gives stands in for them: the result's
//! debug text, cut into words, of which the names of our types and variants stay and everything else is only its kind of
//! character. A pair of words that was never seen side by side is new, and the input that caused it becomes a seed.

use std::fmt::{self, Write};

/// How much of a result is looked at.
const LOOK_MAX: usize = 1 << 12;
/// Pairs that are told apart; a power of two.
const PAIRS: usize = 1 << 18;

/// The pairs of words that were seen.
pub(crate) struct Novelty {
    seen: Vec<u64>,
    new: usize,
}

impl Novelty {
    /// Nothing seen.
    pub(crate) fn new() -> Self {
        Self { seen: vec![0; PAIRS / 64], new: 0 }
    }

    /// Looks at what a parser gave.
    pub(crate) fn look(&mut self, result: &dyn fmt::Debug) {
        let mut words = Words { novelty: self, left: LOOK_MAX, previous: 0, word: 0, length: 0, is_name: false };
        // An error only says that enough was seen.
        let _ = write!(words, "{result:?}");
        words.end();
    }

    /// How many pairs were new since this was asked last.
    pub(crate) fn take(&mut self) -> usize {
        std::mem::take(&mut self.new)
    }

    fn pair(&mut self, left: u64, right: u64) {
        let mixed = (left.rotate_left(23) ^ right).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let bit = usize::try_from(mixed).unwrap_or(0) % PAIRS;
        if let Some(word) = self.seen.get_mut(bit / 64) {
            let mask = 1 << (bit % 64);
            self.new += usize::from(*word & mask == 0);
            *word |= mask;
        }
    }
}

struct Words<'n> {
    novelty: &'n mut Novelty,
    left: usize,
    previous: u64,
    word: u64,
    length: usize,
    /// The word begins as our types and variants do.
    is_name: bool,
}

impl Words<'_> {
    fn push(&mut self, byte: u8) {
        let kind = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' if self.length == 0 || self.is_name => byte,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => b'a',
            b'0'..=b'9' => b'0',
            b' ' | b',' => return self.end(),
            128.. => b'~',
            other => {
                self.end();
                self.word = u64::from(other);
                self.length = 1;
                return self.end();
            }
        };
        if self.length == 0 {
            self.is_name = kind.is_ascii_uppercase();
        }
        // Long runs are alike, short ones are not.
        if self.is_name || self.length < 3 {
            self.word = self.word.wrapping_mul(0x100_0000_01b3) ^ u64::from(kind);
        }
        self.length += 1;
    }

    fn end(&mut self) {
        if self.length > 0 {
            self.novelty.pair(self.previous, self.word);
            self.previous = self.word;
            (self.word, self.length, self.is_name) = (0, 0, false);
        }
    }
}

impl Write for Words<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let length = text.len().min(self.left);
        text.bytes().take(length).for_each(|byte| self.push(byte));
        self.left -= length;
        if self.left == 0 { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_shapes_are_new() {
        let mut novelty = Novelty::new();
        let mut look = |result: &dyn fmt::Debug| {
            novelty.look(result);
            novelty.take()
        };
        assert!(look(&Some(12345)) > 0);
        assert_eq!(look(&Some(98765)), 0);
        assert!(look(&None::<u8>) > 0);
        assert!(look(&Some("text")) > 0);
        assert_eq!(look(&Some("tail")), 0);
    }
}

//! Inputs from seeds.
//!
//! Mutations know what texts are made of: characters, words, brackets that belong together, numbers, lines and the
//! lines indented below them. Seeds are mixed with each other, and inputs that made a parser do something new become
//! seeds.

use std::ops::Range;

/// Most seeds that are kept beside the first ones.
const SEEDS_MAX: usize = 20_000;
/// Longer inputs become no seeds.
const SEED_LENGTH_MAX: usize = 1 << 13;

/// Numbers at the edges of what types hold.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "7",
    "10",
    "63",
    "64",
    "65",
    "127",
    "128",
    "255",
    "256",
    "999",
    "1000",
    "1024",
    "65535",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "00",
    "0.1",
    "1e-9",
    "1e308",
    "1e309",
    "123456789012345678901234567890",
];

/// Makes inputs; the same seed makes the same ones.
pub(crate) struct Mutator {
    state: u64,
    seeds: Vec<Vec<u8>>,
    first_seeds: usize,
    tokens: &'static [&'static [&'static str]],
    length_max: usize,
}

impl Mutator {
    /// A mutator of these seeds, with lists of words that may be put in.
    pub(crate) fn new(
        seed: u64,
        mut seeds: Vec<Vec<u8>>,
        tokens: &'static [&'static [&'static str]],
        length_max: usize,
    ) -> Self {
        seeds.push(Vec::new());
        let first_seeds = seeds.len();
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, seeds, first_seeds, tokens, length_max }
    }

    /// The next input.
    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let at = match self.below(4) {
            0 => self.below(self.first_seeds),
            // What was found last leads on.
            1 => self.seeds.len() - 1 - self.below(self.seeds.len().min(64)),
            _ => self.below(self.seeds.len()),
        };
        let mut input = self.seeds[at].clone();
        for _ in 0..=self.below(5) {
            self.change(&mut input);
            // Repeats of repeats would grow to gigabytes.
            input.truncate(self.length_max);
        }
        input
    }

    /// Keeps an input as a seed.
    pub(crate) fn keep(&mut self, input: Vec<u8>) {
        if input.len() > SEED_LENGTH_MAX {
            return;
        }
        if self.seeds.len() - self.first_seeds < SEEDS_MAX {
            self.seeds.push(input);
        } else {
            let at = self.first_seeds + self.below(SEEDS_MAX);
            self.seeds[at] = input;
        }
    }

    /// How many seeds there are.
    pub(crate) fn seeds(&self) -> usize {
        self.seeds.len()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(24)).min(input.len());
        match self.below(16) {
            0 => drop(input.drain(at..end)),
            1 if self.below(4) == 0 => input.truncate(at),
            1 | 2 => self.repeat(input, at..end),
            3 => {
                let byte = u8::try_from(self.below(256)).unwrap_or(0);
                match input.get_mut(at) {
                    Some(place) => *place = byte,
                    None => input.push(byte),
                }
            }
            4 | 5 => {
                let part = self.part_of_a_seed();
                input.splice(at..end, part);
            }
            6 | 7 => {
                let token = self.token();
                let times = if self.below(40) == 0 { self.below(2000) } else { 1 };
                input.splice(at..at, token.bytes().cycle().take(token.len() * times));
            }
            8 | 9 => {
                let token = self.token();
                let word = word_at(input, at);
                input.splice(word, token.bytes());
            }
            10 => {
                let word = word_at(input, at);
                self.repeat(input, word);
            }
            11 => {
                let number = NUMBERS[self.below(NUMBERS.len())];
                let word = digits_at(input, at);
                input.splice(word, number.bytes());
            }
            12 => {
                if let Some(group) = group_at(input, at) {
                    self.change_part(input, group);
                }
            }
            13 | 14 => {
                let block = block_at(input, at);
                self.change_part(input, block);
            }
            _ => {
                let line = line_at(input, at);
                let (indent, shift) = (b"      ", self.below(6));
                match self.below(2) {
                    0 => drop(input.splice(line.start..line.start, indent[..shift].iter().copied())),
                    _ => {
                        let spaces = input[line.clone()].iter().take_while(|byte| **byte == b' ').count();
                        drop(input.drain(line.start..line.start + spaces.min(shift)));
                    }
                }
            }
        }
    }

    /// Takes a part away, doubles it, moves it, or puts another one in its place.
    fn change_part(&mut self, input: &mut Vec<u8>, part: Range<usize>) {
        let text = input[part.clone()].to_vec();
        match self.below(4) {
            0 => drop(input.drain(part)),
            1 => drop(input.splice(part.end..part.end, text)),
            2 => {
                input.drain(part);
                let at = self.below(input.len() + 1);
                let to = line_at(input, at).start;
                let to = if text.contains(&b'\n') { to } else { at };
                input.splice(to..to, text);
            }
            _ => {
                let other = self.part_of_a_seed();
                input.splice(part, other);
            }
        }
    }

    fn repeat(&mut self, input: &mut Vec<u8>, range: Range<usize>) {
        let part = input[range.clone()].to_vec();
        let times = if self.below(8) == 0 { 1 + self.below(200) } else { 1 + self.below(3) };
        let most = part.len().saturating_mul(times).min(self.length_max);
        input.splice(range.start..range.start, part.iter().copied().cycle().take(most));
    }

    /// Some bytes, a group in brackets or a block of lines of another seed.
    fn part_of_a_seed(&mut self) -> Vec<u8> {
        let other = self.below(self.seeds.len());
        let from = self.below(self.seeds[other].len() + 1);
        let length = self.below(60);
        let kind = self.below(3);
        let seed = &self.seeds[other];
        let range = match kind {
            0 => from..(from + length).min(seed.len()),
            1 => group_at(seed, from).unwrap_or_else(|| word_at(seed, from)),
            _ => block_at(seed, from),
        };
        seed[range].to_vec()
    }

    fn token(&mut self) -> &'static str {
        let all = self.tokens.iter().map(|list| list.len()).sum();
        let at = self.below(all);
        self.tokens.iter().copied().flatten().nth(at).copied().unwrap_or_default()
    }

    /// A number below a bound of at least 1 (xorshift).
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from((self.state >> 11) % (bound.max(1) as u64)).unwrap_or(0)
    }
}

/// The bytes around a place that are alike in being part of words.
fn word_at(input: &[u8], at: usize) -> Range<usize> {
    run_at(input, at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | 128..))
}

fn digits_at(input: &[u8], at: usize) -> Range<usize> {
    run_at(input, at, |byte| byte.is_ascii_digit())
}

fn run_at(input: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> Range<usize> {
    let before = input[..at].iter().rev().take_while(|byte| belongs(**byte)).count();
    let after = input[at..].iter().take_while(|byte| belongs(**byte)).count();
    at - before..at + after
}

/// From a bracket or quote at or behind a place to the one that belongs to it.
fn group_at(input: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at + input[at..].iter().take(200).position(|byte| b"([{\"'`".contains(byte))?;
    let close = match input[start] {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        quote => quote,
    };
    let mut depth = 0_usize;
    for (offset, byte) in input[start..].iter().enumerate().take(2000) {
        if *byte == close && (offset > 0 || close != input[start]) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(start..start + offset + 1);
            }
        } else if *byte == input[start] {
            depth += 1;
        }
    }
    None
}

/// The line of a place with its line break.
fn line_at(input: &[u8], at: usize) -> Range<usize> {
    let start = input[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end = input[at..].iter().position(|byte| *byte == b'\n').map_or(input.len(), |length| at + length + 1);
    start..end
}

/// The line of a place and the lines below it that are indented further.
fn block_at(input: &[u8], at: usize) -> Range<usize> {
    let first = line_at(input, at);
    let indent = |line: &Range<usize>| input[line.clone()].iter().take_while(|byte| **byte == b' ').count();
    let own = indent(&first);
    let mut end = first.end;
    while end < input.len() {
        let line = line_at(input, end);
        if indent(&line) <= own {
            break;
        }
        end = line.end;
    }
    first.start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        let text = b"a:\n  b: [1, (x y)]\n  c: 'd'\ne: 12\n";
        let part = |range: Range<usize>| std::str::from_utf8(&text[range]).unwrap();
        assert_eq!(part(block_at(text, 0)), "a:\n  b: [1, (x y)]\n  c: 'd'\n");
        assert_eq!(part(line_at(text, 5)), "  b: [1, (x y)]\n");
        assert_eq!(group_at(text, 4).map(part), Some("[1, (x y)]"));
        assert_eq!(group_at(text, 20).map(part), Some("'d'"));
        assert_eq!(part(digits_at(text, 33)), "12");
    }

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        let inputs = || {
            let mut mutator = Mutator::new(7, vec![b"{a: [b, 1]}\n".to_vec()], &[&["x", "{{"]], 1 << 10);
            (0..200).map(|_| mutator.next_input()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(), inputs());
    }

    #[test]
    fn a_repeat_writes_no_more_than_an_input_holds() {
        let mut mutator = Mutator::new(7, Vec::new(), &[], 1 << 10);
        for _ in 0..200 {
            let mut input = vec![b'a'; 1 << 10];
            mutator.repeat(&mut input, 0..1 << 10);
            assert!(input.len() <= 2 << 10, "{}", input.len());
        }
    }
}

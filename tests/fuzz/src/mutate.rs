//! Inputs from seeds.

/// What grammars trip over.
const TOKENS: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "\\{{",
    "$(",
    ")",
    "(",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "`",
    "\\",
    "|",
    "||",
    "&&",
    "&",
    "!",
    "*",
    "?",
    "@",
    ":",
    ": ",
    "- ",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "---\n",
    "...\n",
    "#",
    "<<: ",
    "&a ",
    "*a",
    "!!",
    "%",
    "|-\n",
    ">+2\n",
    "\u{0}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "é",
    "😀",
    "0x",
    "0b1",
    "1e999",
    "-0",
    "99999999999999999999",
    "1_000",
    ".inf",
    "12Ki",
    "1h5m",
    "<=",
    ">=",
    "!=",
    "a-b",
    "1-2",
    "+(",
    "<(",
    "=(",
    "^(",
    "X(",
    "null",
    "true",
    "~",
    "request.object",
    "element",
    "images",
    "to_string(",
    "\\u0000",
    "\\x",
    "\\ud800",
];

/// Makes inputs; the same seed makes the same ones.
pub(crate) struct Mutator {
    state: u64,
    seeds: Vec<Vec<u8>>,
    length_max: usize,
}

impl Mutator {
    /// A mutator of these seeds.
    pub(crate) fn new(seed: u64, mut seeds: Vec<Vec<u8>>, length_max: usize) -> Self {
        seeds.push(Vec::new());
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, seeds, length_max }
    }

    /// The next input.
    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let at = self.below(self.seeds.len());
        let mut input = self.seeds[at].clone();
        for _ in 0..=self.below(6) {
            self.change(&mut input);
        }
        input.truncate(self.length_max);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(24)).min(input.len());
        match self.below(8) {
            0 => drop(input.drain(at..end)),
            1 => input.truncate(at),
            2 => {
                let part = input[at..end].to_vec();
                let times = 1 + self.below(40);
                input.splice(at..at, part.iter().copied().cycle().take(part.len() * times));
            }
            3 => {
                let byte = u8::try_from(self.below(256)).unwrap_or(0);
                match input.get_mut(at) {
                    Some(place) => *place = byte,
                    None => input.push(byte),
                }
            }
            4 => {
                let other = self.below(self.seeds.len());
                let from = self.below(self.seeds[other].len() + 1);
                let to = (from + self.below(60)).min(self.seeds[other].len());
                let part = self.seeds[other][from..to].to_vec();
                input.splice(at..end, part);
            }
            5 => {
                let token = TOKENS[self.below(TOKENS.len())];
                let times = if self.below(20) == 0 { self.below(2000) } else { 1 };
                input.splice(at..at, token.bytes().cycle().take(token.len() * times));
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                input.splice(at..end, token.bytes());
            }
        }
    }

    /// A number below a bound of at least 1 (xorshift).
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % (bound.max(1) as u64)).unwrap_or(0)
    }
}

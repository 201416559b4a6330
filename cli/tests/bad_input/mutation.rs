//! Faulty forms of a text by chance, the same ones for the same seed.

/// Numbers of a linear congruential generator (Knuth's MMIX); which ones they are does not matter, only that they repeat.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// A number below a bound, which is not 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// What stands in the place of a value.
const VALUES: [&str; 20] = [
    "null",
    "[]",
    "{}",
    "[[], {}]",
    "true",
    "-1",
    "0x1f",
    "1e400",
    "-99999999999999999999999999",
    ".inf",
    "''",
    "\"\\u0000\"",
    "\"{{\"",
    "\"{{ request.object }}\"",
    "\"{{ a..b }}\"",
    "\"$(./../x)\"",
    "*none",
    "!!float x",
    "2024-01-01",
    "|",
];

/// A faulty form: from one to four changes.
pub(super) fn mutate(text: &str, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=chance.below(4) {
        bytes = change(&bytes, chance);
    }
    bytes
}

fn change(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    if bytes.is_empty() {
        return b"kind: ".to_vec();
    }
    let at = chance.below(bytes.len());
    let (before, after) = bytes.split_at(at);
    let between = |middle: &[u8]| [before, middle, after].concat();
    match chance.below(12) {
        0 => before.to_vec(),
        1 => between(&[0x80 | chance.below(128) as u8]),
        2 => between(&[b"{}[]:-#&*!|>'\"%@`\\\t\n,?~"[chance.below(23)]]),
        3 => between("[".repeat(1 + chance.below(2000)).as_bytes()),
        4 => between("{a: ".repeat(1 + chance.below(2000)).as_bytes()),
        5 => between(format!("{}", u128::MAX >> chance.below(128)).as_bytes()),
        6 => {
            let end = (at + chance.below(40)).min(bytes.len());
            [before, &bytes[end..]].concat()
        }
        choice => {
            let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let line = chance.below(lines.len());
            let other = chance.below(lines.len());
            match choice {
                7 => lines.insert(other, lines[line].clone()),
                8 => lines.swap(line, other),
                9 => drop(lines.remove(line)),
                10 => lines[line].insert(0, b' '),
                _ => {
                    if let Some(colon) = lines[line].iter().position(|byte| *byte == b':') {
                        lines[line].truncate(colon + 1);
                        lines[line].push(b' ');
                        lines[line].extend_from_slice(VALUES[chance.below(VALUES.len())].as_bytes());
                    }
                }
            }
            lines.join(&b'\n')
        }
    }
}

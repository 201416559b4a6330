//! Passing over a list or object sixty-four bytes at a time.
//!
//! Each block becomes a few words with one bit per byte: where quotes, brackets, commas are. The grammar of JSON is then
//! checked with operations on these words, for all tokens of the block together:
//!
//! * which token may follow which: for each kind of token, the bits behind it lie among the bits of those allowed;
//! * which string is a key: one behind `{` has to have a colon behind it, one behind `:` or `[` may have none. One behind a
//!   comma may be either, and leaves a mark;
//! * whether the marks fit is known only from the bracket around them, so brackets are looked at one by one, with the marks
//!   between them. Numbers and words are looked at one by one too.
//!
//! What is not certain to be right, such as white space between tokens, is left to the [scanner](super::scanner), which
//! reads it again and says what is wrong if anything is.

use super::scanner::{code_unit, number_length};

/// Bytes of a block.
const BLOCK: usize = 64;

/// Lists and objects in each other, above which the scanner counts.
const NESTING_MAX: u32 = 120;

/// What was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passed {
    /// Behind the closing bracket.
    pub(super) end: usize,
    /// Whether an escape stands for a brace.
    pub(super) hidden_braces: bool,
}

/// Passes over the list or object that begins at `at` and is not empty. Nothing when it is not certain to be valid.
#[cfg(target_arch = "x86_64")]
pub(super) fn pass(text: &[u8], at: usize, depth: u32) -> Option<Passed> {
    // Wider registers gain nothing: by far the most is done with words.
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("pclmulqdq") && is_x86_feature_detected!("bmi1") {
        // SAFETY: the machine has what the function is compiled for.
        unsafe { x86::pass(text, at, depth) }
    } else {
        None
    }
}

/// Passes over the list or object that begins at `at` and is not empty. Nothing when it is not certain to be valid.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn pass(_: &[u8], _: usize, _: u32) -> Option<Passed> {
    None
}

/// One bit for each byte of a block that is of a kind, wherever it stands.
struct Kinds {
    quotes: u64,
    backslashes: u64,
    controls: u64,
    /// `{` and `[`
    opening: u64,
    /// `}` and `]`
    closing: u64,
    /// Among brackets: `{` and `}`
    braces: u64,
    commas: u64,
    colons: u64,
}

/// What one block leaves to the next.
struct Walk {
    /// Whether the first byte is escaped.
    escaped: u64,
    /// All ones inside a string.
    in_string: u64,
    /// Whether the string that goes on stands behind a brace, a comma.
    behind_brace: bool,
    behind_comma: bool,
    /// The last byte, as one bit for each kind that says what may follow.
    last: Ends,
    /// One bit for each bracket that is open, the innermost in the lowest; one for a brace.
    open: u128,
    outside: u32,
    depth: u32,
    hidden_braces: bool,
}

/// Bits of the last bytes of tokens.
#[derive(Clone, Copy, Default)]
struct Ends {
    opening_braces: u64,
    opening_brackets: u64,
    closing: u64,
    commas: u64,
    colons: u64,
    keys_behind_brace: u64,
    strings_behind_comma: u64,
    other_strings: u64,
    words: u64,
}

/// How far a block led.
enum Step {
    /// To the end of the block.
    On,
    /// To the last closing bracket, which is this byte of the block.
    End(u32),
}

impl Walk {
    fn new(depth: u32) -> Self {
        Self {
            escaped: 0,
            in_string: 0,
            behind_brace: false,
            behind_comma: false,
            last: Ends::default(),
            open: 0,
            outside: depth,
            depth,
            hidden_braces: false,
        }
    }

    /// Bits of bytes that a backslash escapes.
    #[inline(always)]
    fn find_escaped(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        // Runs of backslashes begin at even or odd places; adding the odd beginnings to the runs leaves a bit behind each
        // run that tells whether its length is odd.
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        let maybe = backslashes & !self.escaped;
        let behind = maybe << 1;
        let codes = ((behind | ODD).wrapping_sub(maybe)) ^ ODD;
        let escaped = codes ^ (backslashes | self.escaped);
        self.escaped = (codes & backslashes) >> 63;
        escaped
    }

    /// Checks a block that begins at `at`.
    #[inline(always)]
    fn block(&mut self, text: &[u8], at: usize, kinds: &Kinds, prefix_xor: impl Fn(u64) -> u64) -> Option<Step> {
        let escaped = self.find_escaped(kinds.backslashes);
        let quotes = kinds.quotes & !escaped;
        let strings = prefix_xor(quotes) ^ self.in_string;
        self.in_string = ((strings as i64) >> 63) as u64;
        let (opening_quotes, closing_quotes) = (quotes & strings, quotes & !strings);
        let outside = !(strings | quotes);

        let opening = kinds.opening & outside;
        let closing = kinds.closing & outside;
        let (opening_braces, opening_brackets) = (opening & kinds.braces, opening & !kinds.braces);
        let (closing_braces, closing_brackets) = (closing & kinds.braces, closing & !kinds.braces);
        let (commas, colons) = (kinds.commas & outside, kinds.colons & outside);
        let words = outside & !(opening | closing | commas | colons);
        let behind = |bits: u64, last: u64| bits << 1 | last;

        let behind_braces = behind(opening_braces, self.last.opening_braces);
        let behind_brackets = behind(opening_brackets, self.last.opening_brackets);
        let behind_commas = behind(commas, self.last.commas);
        let behind_colons = behind(colons, self.last.colons);
        let first_of_words = words & !behind(words, self.last.words);
        let values = opening_quotes | first_of_words | opening;

        let (keys_behind_brace, carried_brace) = carry(opening_quotes & behind_braces, strings, self.behind_brace);
        let (strings_behind_comma, carried_comma) = carry(opening_quotes & behind_commas, strings, self.behind_comma);
        let keys_behind_brace = keys_behind_brace & closing_quotes;
        let strings_behind_comma = strings_behind_comma & closing_quotes;
        let other_strings = closing_quotes & !(keys_behind_brace | strings_behind_comma);
        let behind_keys = behind(keys_behind_brace, self.last.keys_behind_brace);
        let behind_either = behind(strings_behind_comma, self.last.strings_behind_comma);
        let behind_others = behind(other_strings, self.last.other_strings);

        let goes_on = commas | closing;
        let wrong = kinds.controls & strings
            | kinds.backslashes & !strings
            | behind_braces & !(opening_quotes | closing_braces)
            | behind_brackets & !(values | closing_brackets)
            | (behind_commas | behind_colons) & !values
            | behind_keys & !colons
            | behind_others & !goes_on
            | behind_either & !(goes_on | colons)
            | behind(closing, self.last.closing) & !goes_on;
        let marks =
            Marks { members: behind_either & colons, items: behind_either & !colons | behind_commas & !opening_quotes };

        let end = self.brackets(opening, closing, kinds.braces, &marks)?;
        let looked_at = match end {
            Step::On => u64::MAX,
            Step::End(place) => u64::MAX >> (63 - place),
        };
        if wrong & looked_at != 0 {
            return None;
        }
        self.words(text, at, first_of_words & looked_at)?;
        let odd_escapes = escaped & !(kinds.quotes | kinds.backslashes) & strings & looked_at;
        if odd_escapes != 0 {
            self.escapes(text, at, odd_escapes)?;
        }

        (self.behind_brace, self.behind_comma) = (carried_brace, carried_comma);
        let last = |bits: u64| bits >> 63;
        self.last = Ends {
            opening_braces: last(opening_braces),
            opening_brackets: last(opening_brackets),
            closing: last(closing),
            commas: last(commas),
            colons: last(colons),
            keys_behind_brace: last(keys_behind_brace),
            strings_behind_comma: last(strings_behind_comma),
            other_strings: last(other_strings),
            words: last(words),
        };
        Some(end)
    }

    /// Opens and closes brackets in order, with what stands between them.
    #[inline(always)]
    fn brackets(&mut self, opening: u64, closing: u64, braces: u64, marks: &Marks) -> Option<Step> {
        // What is empty is of one kind; the bytes that may follow each other see to that.
        let empty = opening & closing >> 1;
        let mut brackets = (opening | closing) & !(empty | empty << 1);
        let mut before = 0;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            let up_to = bit | (bit - 1);
            if !marks.fit(self.open & 1 == 1, up_to & !before) {
                return None;
            }
            before = up_to;
            let is_brace = braces & bit != 0;
            if opening & bit != 0 {
                self.open = self.open << 1 | u128::from(is_brace);
                self.depth += 1;
                if self.depth > NESTING_MAX {
                    return None;
                }
            } else {
                if (self.open & 1 == 1) != is_brace {
                    return None;
                }
                self.open >>= 1;
                self.depth -= 1;
                if self.depth == self.outside {
                    return Some(Step::End(bit.trailing_zeros()));
                }
            }
            brackets ^= bit;
        }
        marks.fit(self.open & 1 == 1, !before).then_some(Step::On)
    }

    /// Checks the numbers and words that begin at these bits.
    #[inline(always)]
    fn words(&self, text: &[u8], at: usize, mut starts: u64) -> Option<()> {
        while starts != 0 {
            let rest = text.get(at + starts.trailing_zeros() as usize..)?;
            let length = word_length(rest)?;
            if !matches!(rest.get(length), Some(b',' | b'}' | b']')) {
                return None;
            }
            starts &= starts - 1;
        }
        Some(())
    }

    /// Checks the bytes behind backslashes at these bits, which are neither quotes nor backslashes.
    #[cold]
    fn escapes(&mut self, text: &[u8], at: usize, mut escaped: u64) -> Option<()> {
        while escaped != 0 {
            let rest = text.get(at + escaped.trailing_zeros() as usize..)?;
            match rest.first()? {
                b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                b'u' => self.hidden_braces |= code_unit(rest.get(1..5)?)? == u16::from(b'{'),
                _ => return None,
            }
            escaped &= escaped - 1;
        }
        Some(())
    }
}

/// What stands behind commas: members or items.
struct Marks {
    members: u64,
    items: u64,
}

impl Marks {
    /// Whether those among these bits fit into an object, or a list.
    #[inline(always)]
    fn fit(&self, in_object: bool, among: u64) -> bool {
        among & if in_object { self.items } else { self.members } == 0
    }
}

/// Carries bits at opening quotes through their strings to the closing quotes. The second says whether one is on its way
/// into the next block.
#[inline(always)]
fn carry(opening_quotes: u64, strings: u64, from_before: bool) -> (u64, bool) {
    let (sum, first) = strings.overflowing_add(opening_quotes);
    let (sum, second) = sum.overflowing_add(u64::from(from_before));
    (sum & !strings, first || second)
}

/// The length of the number or word that a text begins with.
#[inline(always)]
fn word_length(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b't' => text.starts_with(b"true").then_some(4),
        b'f' => text.starts_with(b"false").then_some(5),
        b'n' => text.starts_with(b"null").then_some(4),
        _ => number_length(text).map(|(length, _)| length),
    }
}

/// Walks from block to block; what looks at a block is compiled into the caller.
#[inline(always)]
fn walk(
    text: &[u8],
    mut at: usize,
    depth: u32,
    kinds: impl Fn(&[u8; BLOCK]) -> Kinds,
    prefix_xor: impl Fn(u64) -> u64,
) -> Option<Passed> {
    let mut walk = Walk::new(depth);
    loop {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let mut last = [0; BLOCK];
        let block = match rest.first_chunk::<BLOCK>() {
            Some(block) => block,
            None => {
                // Zeros are valid nowhere.
                last.get_mut(..rest.len())?.copy_from_slice(rest);
                &last
            }
        };
        match walk.block(text, at, &kinds(block), &prefix_xor)? {
            Step::On => at += BLOCK,
            Step::End(place) => {
                return Some(Passed { end: at + place as usize + 1, hidden_braces: walk.hidden_braces });
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm256_cmpeq_epi8,
        _mm256_loadu_si256, _mm256_max_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
        _mm256_slli_epi16,
    };

    use super::{BLOCK, Kinds, Passed, walk};

    #[target_feature(enable = "avx2,pclmulqdq,bmi1")]
    pub(super) fn pass(text: &[u8], at: usize, depth: u32) -> Option<Passed> {
        walk(text, at, depth, |block| kinds(block), |bits| prefix_xor(bits))
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn kinds(block: &[u8; BLOCK]) -> Kinds {
        let (first, second) = block.split_at(BLOCK / 2);
        // SAFETY: each half has thirty-two bytes.
        let halves = unsafe {
            [
                _mm256_loadu_si256(first.as_ptr().cast::<__m256i>()),
                _mm256_loadu_si256(second.as_ptr().cast::<__m256i>()),
            ]
        };
        let equal = |byte: u8| bits(halves.map(|half| _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte as i8))));
        // Brackets and braces differ in one bit.
        let merged = halves.map(|half| _mm256_or_si256(half, _mm256_set1_epi8(0x20)));
        let bracket = |byte: u8| bits(merged.map(|half| _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte as i8))));
        let last_control = _mm256_set1_epi8(0x1f);
        Kinds {
            quotes: equal(b'"'),
            backslashes: equal(b'\\'),
            controls: bits(halves.map(|half| _mm256_cmpeq_epi8(_mm256_max_epu8(half, last_control), last_control))),
            opening: bracket(b'{'),
            closing: bracket(b'}'),
            braces: bits(halves.map(|half| _mm256_slli_epi16::<2>(half))),
            commas: equal(b','),
            colons: equal(b':'),
        }
    }

    /// The highest bit of each byte.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn bits(halves: [__m256i; 2]) -> u64 {
        let [first, second] = halves.map(|half| _mm256_movemask_epi8(half) as u32);
        u64::from(second) << 32 | u64::from(first)
    }

    /// For each bit whether an odd number of bits up to it is set.
    #[target_feature(enable = "pclmulqdq")]
    #[inline]
    fn prefix_xor(bits: u64) -> u64 {
        let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits as i64), _mm_set1_epi8(-1));
        _mm_cvtsi128_si64(product) as u64
    }
}

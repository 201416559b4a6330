//! DER, as far as certificates use it (Go `golang.org/x/crypto/cryptobyte`).

/// An object identifier.
pub(super) type Oid = [u32];

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of an implicitly tagged primitive value.
pub(super) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The tag of an explicitly tagged or constructed value.
pub(super) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// One element: its tag, what is in it, and all of its bytes.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// A run of elements, read from the front. Each method takes an element only when it fits.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(pub(super) &'a [u8]);

impl<'a> Der<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next element has a tag.
    pub(super) fn peek(self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        if tag & 0x1f == 0x1f {
            // Tags of several bytes do not occur.
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, content) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, content) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if digits.is_empty() || digits.len() > 4 || digits[0] == 0 {
                return None;
            }
            let length = digits.iter().fold(0usize, |length, digit| length << 8 | usize::from(*digit));
            (length, Some(content).filter(|_| length >= 0x80)?)
        };
        let (content, rest) = content.split_at_checked(length)?;
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(Element { tag, content, whole })
    }

    /// The next element, if it has a tag.
    pub(super) fn element(&mut self, tag: u8) -> Option<Element<'a>> {
        if self.peek(tag) { self.any() } else { None }
    }

    /// What is in the next element, if it has a tag.
    pub(super) fn inside(&mut self, tag: u8) -> Option<Der<'a>> {
        self.element(tag).map(|element| Der(element.content))
    }

    /// What is in the next element if it has a tag, and nothing when it has another; fails when it is malformed.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<Der<'a>>> {
        if self.peek(tag) { self.inside(tag).map(Some) } else { Some(None) }
    }

    pub(super) fn oid(&mut self) -> Option<Vec<u32>> {
        parse_oid(self.inside(OBJECT_IDENTIFIER)?.0)
    }

    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.inside(BOOLEAN)?.0 {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// The bytes of an integer, in two's complement, as short as can be.
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        let bytes = self.inside(INTEGER)?.0;
        is_shortest(bytes).then_some(bytes)
    }

    /// An integer that fits.
    pub(super) fn small_integer(&mut self) -> Option<i64> {
        small(self.integer()?)
    }

    /// A bit string: its bytes, the unused bits at the end zero, and how many bits are unused.
    pub(super) fn bit_string(&mut self) -> Option<(&'a [u8], u8)> {
        let (&unused, bytes) = self.inside(BIT_STRING)?.0.split_first()?;
        let last = bytes.last().copied().unwrap_or(0);
        let valid = unused <= 7 && (unused == 0 || !bytes.is_empty()) && last & ((1 << unused) - 1) == 0;
        valid.then_some((bytes, unused))
    }
}

/// Whether an integer has no superfluous byte.
pub(super) fn is_shortest(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        [0, next, ..] => *next >= 0x80,
        [0xff, next, ..] => *next < 0x80,
        _ => true,
    }
}

/// An integer in two's complement, if it fits.
pub(super) fn small(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 8 {
        return None;
    }
    let start = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(start, |number: i64, byte| number << 8 | i64::from(*byte)))
}

/// The numbers of an object identifier; none may exceed 31 bits.
pub(super) fn parse_oid(content: &[u8]) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut number: u64 = 0;
    let mut begun = false;
    for &byte in content {
        if !begun && byte == 0x80 {
            return None;
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if number > 0x7fff_ffff {
            return None;
        }
        begun = byte & 0x80 != 0;
        if !begun {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first as u32);
                number -= first * 40;
            }
            numbers.push(number as u32);
            number = 0;
        }
    }
    (!begun && !numbers.is_empty()).then_some(numbers)
}

/// A number that is not negative, big-endian, in decimal.
pub(super) fn decimal(bytes: &[u8]) -> String {
    const GROUP: u64 = 1_000_000_000;
    // Groups of nine digits, the lowest first.
    let mut groups: Vec<u64> = vec![0];
    for &byte in bytes {
        let mut carry = u64::from(byte);
        for group in &mut groups {
            let value = *group << 8 | carry;
            *group = value % GROUP;
            carry = value / GROUP;
        }
        if carry > 0 {
            groups.push(carry);
        }
    }
    let mut groups = groups.into_iter().rev();
    let first = groups.next().unwrap_or_default().to_string();
    groups.fold(first, |text, group| text + &format!("{group:09}"))
}

/// A bit string moved so that its last bit is the last of its last byte.
pub(super) fn right_aligned(bytes: &[u8], unused: u8) -> Vec<u8> {
    if unused == 0 {
        return bytes.to_vec();
    }
    let mut carry = 0u8;
    bytes
        .iter()
        .map(|byte| {
            let shifted = carry | byte >> unused;
            carry = byte << (8 - unused);
            shifted
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read() {
        let mut der = Der(&[0x02, 0x01, 0x05, 0x30, 0x00, 0x01, 0x01, 0xff]);
        assert_eq!(der.small_integer(), Some(5));
        assert!(der.inside(SEQUENCE).is_some_and(Der::is_empty));
        assert!(der.element(INTEGER).is_none());
        assert_eq!(der.boolean(), Some(true));
        assert!(der.is_empty());
    }

    #[test]
    fn malformed_elements_are_refused() {
        let cases: [&[u8]; 8] = [
            &[],
            &[0x02],
            &[0x02, 0x02, 0x01],
            &[0x02, 0x81, 0x01, 0x01],
            &[0x02, 0x80],
            &[0x1f, 0x01, 0x00],
            &[0x02, 0x82, 0x00, 0x01, 0x05],
            &[0x02, 0x85, 1, 1, 1, 1, 1],
        ];
        for bytes in cases {
            assert!(Der(bytes).any().is_none(), "{bytes:?}");
        }
        assert_eq!(Der(&[0x02, 0x02, 0x00, 0x01]).integer(), None);
        assert_eq!(Der(&[0x02, 0x00]).integer(), None);
        assert_eq!(Der(&[0x01, 0x01, 0x01]).boolean(), None);
        assert_eq!(Der(&[0x03, 0x02, 0x01, 0x01]).bit_string(), None);
    }

    #[test]
    fn numbers_are_printed() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0, 0xff]), "255");
        assert_eq!(decimal(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), "18446744073709551616");
        assert_eq!(small(&[0xff, 0x7f]), Some(-129));
        assert_eq!(parse_oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]), Some(vec![1, 2, 840, 113549]));
        assert_eq!(parse_oid(&[0x88, 0x37]), Some(vec![2, 999]));
        assert_eq!(parse_oid(&[0x2a, 0x80, 0x01]), None);
        assert_eq!(parse_oid(&[0x2a, 0x86]), None);
    }

    #[test]
    fn bits_are_moved_to_the_end() {
        assert_eq!(right_aligned(&[0b1010_0000], 5), [0b101]);
        assert_eq!(right_aligned(&[0xff, 0x80], 7), [0x01, 0xff]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut der = Der(&bytes);
            while der.any().is_some() {}
        }
    }
}

//! Algorithms of keys and signatures, as Go numbers them.

use super::der::{Der, Oid, SEQUENCE, constructed};

/// Go's number of RSA among the algorithms of keys.
pub(super) const RSA: i64 = 1;

const RSA_ENCRYPTION: &Oid = &[1, 2, 840, 113549, 1, 1, 1];
const RSA_PSS: &Oid = &[1, 2, 840, 113549, 1, 1, 10];
const MGF1: &Oid = &[1, 2, 840, 113549, 1, 1, 8];
const ED25519: &Oid = &[1, 3, 101, 112];
const NULL: &[u8] = &[5, 0];

/// Signatures whose object identifier says all, and their numbers.
const SIGNATURES: &[(&Oid, i64)] = &[
    (&[1, 2, 840, 113549, 1, 1, 4], 2),
    (&[1, 2, 840, 113549, 1, 1, 5], 3),
    (&[1, 3, 14, 3, 2, 29], 3),
    (&[1, 2, 840, 113549, 1, 1, 11], 4),
    (&[1, 2, 840, 113549, 1, 1, 12], 5),
    (&[1, 2, 840, 113549, 1, 1, 13], 6),
    (&[1, 2, 840, 10040, 4, 3], 7),
    (&[2, 16, 840, 1, 101, 3, 4, 3, 2], 8),
    (&[1, 2, 840, 10045, 4, 1], 9),
    (&[1, 2, 840, 10045, 4, 3, 2], 10),
    (&[1, 2, 840, 10045, 4, 3, 3], 11),
    (&[1, 2, 840, 10045, 4, 3, 4], 12),
];

/// Hashes of RSA-PSS signatures with the length of their salt, and the numbers of the signatures.
const PSS_SIGNATURES: &[(&Oid, i64, i64)] = &[
    (&[2, 16, 840, 1, 101, 3, 4, 2, 1], 32, 13),
    (&[2, 16, 840, 1, 101, 3, 4, 2, 2], 48, 14),
    (&[2, 16, 840, 1, 101, 3, 4, 2, 3], 64, 15),
];

/// An algorithm and its parameters.
pub(super) struct Algorithm<'a> {
    oid: Vec<u32>,
    parameters: &'a [u8],
}

impl<'a> Algorithm<'a> {
    /// Reads what is in an algorithm identifier.
    pub(super) fn parse(mut der: Der<'a>) -> Option<Self> {
        let oid = der.oid()?;
        let parameters = if der.is_empty() { &[] } else { der.any()?.whole };
        Some(Self { oid, parameters })
    }

    pub(super) fn is_rsa_key(&self) -> bool {
        self.oid == RSA_ENCRYPTION
    }

    pub(super) fn has_null_parameters(&self) -> bool {
        self.parameters == NULL
    }

    /// Go's number of a signature's algorithm; 0 when it is not known.
    pub(super) fn signature_number(&self) -> i64 {
        if self.oid == RSA_PSS {
            return pss_number(Der(self.parameters)).unwrap_or(0);
        }
        if self.oid == ED25519 {
            return if self.parameters.is_empty() { 16 } else { 0 };
        }
        SIGNATURES.iter().find(|(oid, _)| self.oid == *oid).map_or(0, |(_, number)| *number)
    }
}

/// RSA-PSS signatures differ in their parameters: hash, mask generation, salt length, trailer.
fn pss_number(mut parameters: Der<'_>) -> Option<i64> {
    let mut parameters = parameters.inside(SEQUENCE)?;
    let hash = Algorithm::parse(parameters.inside(constructed(0))?.inside(SEQUENCE)?)?;
    let mask = Algorithm::parse(parameters.inside(constructed(1))?.inside(SEQUENCE)?)?;
    let salt_length = parameters.inside(constructed(2))?.small_integer()?;
    let trailer = match parameters.optional(constructed(3))? {
        Some(mut trailer) => trailer.small_integer()?,
        None => 1,
    };
    let mask_hash = Algorithm::parse(Der(mask.parameters).inside(SEQUENCE)?)?;
    let no_parameters = |algorithm: &Algorithm<'_>| matches!(algorithm.parameters, [] | NULL);
    let usual = mask.oid == MGF1
        && mask_hash.oid == hash.oid
        && no_parameters(&hash)
        && no_parameters(&mask_hash)
        && trailer == 1;
    let found = PSS_SIGNATURES.iter().find(|(oid, salt, _)| hash.oid == *oid && salt_length == *salt);
    found.filter(|_| usual).map(|(_, _, number)| *number)
}

//! Certificates (Go `x509.Certificate`).

use super::algorithm::{Algorithm, RSA};
use super::der::{
    BIT_STRING, Der, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME, constructed, context, decimal, right_aligned, small,
};
use super::{Fields, X509Error, bytes, extensions, name, number};
use crate::Value;
use crate::time::Time;

/// Moduli longer than this are not printed: printing takes time that grows with the square of the length.
const MAX_MODULUS_BYTES: usize = 8 * 1024;

const ABSENT: &[&str] = &[
    "AuthorityKeyId",
    "CRLDistributionPoints",
    "DNSNames",
    "EmailAddresses",
    "ExcludedDNSDomains",
    "ExcludedEmailAddresses",
    "ExcludedIPRanges",
    "ExcludedURIDomains",
    "ExtKeyUsage",
    "Extensions",
    "ExtraExtensions",
    "IPAddresses",
    "IssuingCertificateURL",
    "OCSPServer",
    "PermittedDNSDomains",
    "PermittedEmailAddresses",
    "PermittedIPRanges",
    "PermittedURIDomains",
    "Policies",
    "PolicyIdentifiers",
    "PolicyMappings",
    "SubjectKeyId",
    "URIs",
    "UnhandledCriticalExtensions",
    "UnknownExtKeyUsage",
];

const ZERO: &[&str] = &["InhibitAnyPolicy", "InhibitPolicyMapping", "KeyUsage", "MaxPathLen", "RequireExplicitPolicy"];

const NO: &[&str] = &[
    "BasicConstraintsValid",
    "InhibitAnyPolicyZero",
    "InhibitPolicyMappingZero",
    "IsCA",
    "MaxPathLenZero",
    "PermittedDNSDomainsCritical",
    "RequireExplicitPolicyZero",
];

/// Reads a certificate.
pub(super) fn parse(der: &[u8]) -> Result<Value, X509Error> {
    let malformed = |what| move || X509Error::Malformed(what);
    let mut fields = Fields::with_defaults(ABSENT, ZERO, NO);
    let mut input = Der(der);
    let certificate = input.element(SEQUENCE).ok_or_else(malformed("malformed certificate"))?;
    if !input.is_empty() {
        return Err(X509Error::Malformed("trailing data"));
    }
    fields.set("Raw", bytes(certificate.whole));
    let mut outer = Der(certificate.content);
    let signed = outer.element(SEQUENCE).ok_or_else(malformed("malformed tbs certificate"))?;
    fields.set("RawTBSCertificate", bytes(signed.whole));
    let mut inner = Der(signed.content);

    let version = version(&mut inner)?;
    fields.set("Version", number(version));
    let serial = inner.integer().ok_or_else(malformed("malformed serial number"))?;
    fields.set("SerialNumber", serial_number(serial)?);

    let inner_algorithm = inner.inside(SEQUENCE).ok_or_else(malformed("malformed signature algorithm identifier"))?;
    let outer_algorithm = outer.inside(SEQUENCE).ok_or_else(malformed("malformed algorithm identifier"))?;
    if inner_algorithm.0 != outer_algorithm.0 {
        return Err(X509Error::Malformed("inner and outer signature algorithm identifiers don't match"));
    }
    let algorithm = Algorithm::parse(inner_algorithm).ok_or_else(malformed("malformed OID"))?;
    fields.set("SignatureAlgorithm", number(algorithm.signature_number()));

    let issuer = inner.element(SEQUENCE).ok_or_else(malformed("malformed issuer"))?.whole;
    fields.set("RawIssuer", bytes(issuer));
    fields.set("Issuer", name::parse(issuer)?);
    let mut validity = inner.inside(SEQUENCE).ok_or_else(malformed("malformed validity"))?;
    fields.set("NotBefore", time(&mut validity)?);
    fields.set("NotAfter", time(&mut validity)?);
    let subject = inner.element(SEQUENCE).ok_or_else(malformed("malformed subject"))?.whole;
    fields.set("RawSubject", bytes(subject));
    fields.set("Subject", name::parse(subject)?);

    let key = inner.element(SEQUENCE).ok_or_else(malformed("malformed spki"))?.whole;
    set_key(key, &mut fields)?;

    if version > 1 {
        inner.optional(context(1)).ok_or_else(malformed("malformed issuerUniqueID"))?;
        inner.optional(context(2)).ok_or_else(malformed("malformed subjectUniqueID"))?;
    }
    if version == 3
        && let Some(mut list) = inner.optional(constructed(3)).ok_or_else(malformed("malformed extensions"))?
    {
        let list = list.inside(SEQUENCE).ok_or_else(malformed("malformed extensions"))?;
        extensions::set_fields(&extensions::parse_list(list)?, &mut fields)?;
    }
    let (signature, unused) = outer.bit_string().ok_or_else(malformed("malformed signature"))?;
    fields.set("Signature", bytes(&right_aligned(signature, unused)));
    Ok(fields.into_value())
}

/// The version, counted from 1.
fn version(inner: &mut Der<'_>) -> Result<i64, X509Error> {
    let malformed = X509Error::Malformed("malformed version");
    let version = match inner.optional(constructed(0)) {
        Some(Some(mut version)) => version.small_integer().filter(|_| version.is_empty()),
        Some(None) => Some(0),
        None => None,
    };
    match version {
        Some(version @ 0..=2) => Ok(version + 1),
        Some(3..) => Err(X509Error::Malformed("invalid version")),
        _ => Err(malformed),
    }
}

/// Go writes all digits, and Kyverno reads them as a float.
fn serial_number(bytes: &[u8]) -> Result<Value, X509Error> {
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        return Err(X509Error::Malformed("negative serial number"));
    }
    if bytes.len() > MAX_MODULUS_BYTES {
        return Err(X509Error::Malformed("malformed serial number"));
    }
    let digits = decimal(bytes);
    match digits.parse::<f64>() {
        Ok(serial) if serial.is_finite() => Ok(Value::Float(serial)),
        _ => Err(X509Error::Number(digits)),
    }
}

/// A time of a certificate: two digits of a year count from 1950 to 2049.
fn time(der: &mut Der<'_>) -> Result<Value, X509Error> {
    let element = der.any().ok_or(X509Error::Malformed("malformed validity"))?;
    let text = std::str::from_utf8(element.content).unwrap_or_default();
    let (text, malformed) = match element.tag {
        UTC_TIME => {
            let century = if text < "50" { "20" } else { "19" };
            (format!("{century}{text}"), "malformed UTCTime")
        }
        GENERALIZED_TIME => (text.to_owned(), "malformed GeneralizedTime"),
        _ => return Err(X509Error::Malformed("unsupported time format")),
    };
    // No other form than the layouts': no fraction, no offset of zero that is not written `Z`.
    let without_zone = text.trim_end_matches('Z');
    let digits = without_zone.split(['+', '-']).next().unwrap_or_default();
    let layout = match digits.len() {
        14 => "20060102150405Z0700",
        12 if element.tag == UTC_TIME => "200601021504Z0700",
        _ => return Err(X509Error::Malformed(malformed)),
    };
    let time = Time::parse(layout, &text).map_err(|_| X509Error::Malformed(malformed))?;
    let zero_offset = text.ends_with("+0000") || text.ends_with("-0000");
    if zero_offset || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(X509Error::Malformed(malformed));
    }
    Ok(Value::text(time.to_string()))
}

/// Sets the fields of a public key, which must be an RSA key.
pub(super) fn set_key(element: &[u8], fields: &mut Fields) -> Result<(), X509Error> {
    fields.set("RawSubjectPublicKeyInfo", bytes(element));
    let mut info = Der(element).inside(SEQUENCE).ok_or(X509Error::Malformed("malformed spki"))?;
    let algorithm = info.inside(SEQUENCE).and_then(Algorithm::parse);
    let algorithm = algorithm.ok_or(X509Error::Malformed("malformed public key algorithm identifier"))?;
    if !algorithm.is_rsa_key() {
        return Err(X509Error::OtherKey);
    }
    if !algorithm.has_null_parameters() {
        return Err(X509Error::Malformed("RSA key missing NULL parameters"));
    }
    let malformed = || X509Error::Malformed("malformed subjectPublicKey");
    if !info.peek(BIT_STRING) {
        return Err(malformed());
    }
    let (key, unused) = info.bit_string().ok_or_else(malformed)?;
    let key = right_aligned(key, unused);
    let mut key = Der(&key).inside(SEQUENCE).ok_or(X509Error::Malformed("invalid RSA public key"))?;
    let modulus = key.element(INTEGER).map(|element| element.content).unwrap_or_default();
    let exponent = key.integer().and_then(small).filter(|exponent| *exponent > 0);
    if modulus.len() > MAX_MODULUS_BYTES || modulus.first().is_none_or(|first| first & 0x80 != 0) || modulus == [0] {
        return Err(X509Error::Malformed("RSA modulus is not a positive number"));
    }
    let exponent = exponent.ok_or(X509Error::Malformed("RSA public exponent is not a positive number"))?;
    fields.set("PublicKeyAlgorithm", number(RSA));
    fields.set("PublicKey", Value::object([("N", Value::text(decimal(modulus))), ("E", number(exponent))]));
    Ok(())
}

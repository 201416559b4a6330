//! Extensions of certificates, and what Go makes of those that it knows.

use super::der::{
    BOOLEAN, Der, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Oid, SEQUENCE, constructed, context, is_shortest,
    parse_oid, small,
};
use super::general_name::AlternativeNames;
use super::{Fields, X509Error, bytes, constraints, list_or_null, number, oid_numbers, oid_text};
use crate::Value;

const AUTHORITY_INFO_ACCESS: &Oid = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
const ACCESS_OCSP: &Oid = &[1, 3, 6, 1, 5, 5, 7, 48, 1];
const ACCESS_ISSUERS: &Oid = &[1, 3, 6, 1, 5, 5, 7, 48, 2];

/// Uses of keys, in the order of Go's numbers.
const KEY_USES: [&Oid; 14] = [
    &[2, 5, 29, 37, 0],
    &[1, 3, 6, 1, 5, 5, 7, 3, 1],
    &[1, 3, 6, 1, 5, 5, 7, 3, 2],
    &[1, 3, 6, 1, 5, 5, 7, 3, 3],
    &[1, 3, 6, 1, 5, 5, 7, 3, 4],
    &[1, 3, 6, 1, 5, 5, 7, 3, 5],
    &[1, 3, 6, 1, 5, 5, 7, 3, 6],
    &[1, 3, 6, 1, 5, 5, 7, 3, 7],
    &[1, 3, 6, 1, 5, 5, 7, 3, 8],
    &[1, 3, 6, 1, 5, 5, 7, 3, 9],
    &[1, 3, 6, 1, 4, 1, 311, 10, 3, 3],
    &[2, 16, 840, 1, 113730, 4, 1],
    &[1, 3, 6, 1, 4, 1, 311, 2, 1, 22],
    &[1, 3, 6, 1, 4, 1, 311, 61, 1, 1],
];

/// An extension.
pub(super) struct Extension<'a> {
    pub(super) id: Vec<u32>,
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// Reads what is in an extension.
    pub(super) fn parse(mut der: Der<'a>) -> Result<Self, X509Error> {
        let id = der.oid().ok_or(X509Error::Malformed("malformed extension OID field"))?;
        let critical = if der.peek(BOOLEAN) {
            der.boolean().ok_or(X509Error::Malformed("malformed extension critical field"))?
        } else {
            false
        };
        let value = der.inside(OCTET_STRING).ok_or(X509Error::Malformed("malformed extension value field"))?;
        Ok(Self { id, critical, value: value.0 })
    }

    /// The extension as Go shows it.
    pub(super) fn to_value(&self) -> Value {
        Value::object([
            ("Id", oid_numbers(&self.id)),
            ("Critical", Value::Bool(self.critical)),
            ("Value", bytes(self.value)),
        ])
    }
}

/// The extensions of a list; each may be there once.
pub(super) fn parse_list(mut list: Der<'_>) -> Result<Vec<Extension<'_>>, X509Error> {
    let mut extensions: Vec<Extension<'_>> = Vec::new();
    while !list.is_empty() {
        let extension = Extension::parse(list.inside(SEQUENCE).ok_or(X509Error::Malformed("malformed extension"))?)?;
        if extensions.iter().any(|other| other.id == extension.id) {
            return Err(X509Error::DuplicateExtension(oid_text(&extension.id)));
        }
        extensions.push(extension);
    }
    Ok(extensions)
}

/// Sets the fields that come from extensions.
pub(super) fn set_fields(extensions: &[Extension<'_>], fields: &mut Fields) -> Result<(), X509Error> {
    let mut unhandled = Vec::new();
    for extension in extensions {
        let handled = match extension.id.as_slice() {
            [2, 5, 29, number] => set_standard(*number, extension, fields)?,
            AUTHORITY_INFO_ACCESS => {
                set_authority_access(extension, fields)?;
                true
            }
            _ => false,
        };
        if extension.critical && !handled {
            unhandled.push(oid_numbers(&extension.id));
        }
    }
    fields.set_list("Extensions", extensions.iter().map(Extension::to_value).collect());
    fields.set_list("UnhandledCriticalExtensions", unhandled);
    Ok(())
}

/// Sets the fields of a standard extension by its last number; says whether Go knows all of it.
fn set_standard(standard: u32, extension: &Extension<'_>, fields: &mut Fields) -> Result<bool, X509Error> {
    let value = Der(extension.value);
    match standard {
        14 => set_subject_key(extension, fields)?,
        15 => fields.set("KeyUsage", number(key_usage(value)?)),
        17 => {
            let names = AlternativeNames::parse(extension.value)?;
            let known = !names.is_empty();
            names.set_in(fields);
            return Ok(known);
        }
        19 => set_basic_constraints(value, fields)?,
        30 => return constraints::parse(extension.value, extension.critical, fields).map(|unknown| !unknown),
        31 => fields.set_list("CRLDistributionPoints", distribution_points(value)?),
        32 => set_policies(value, fields)?,
        33 => fields.set_list("PolicyMappings", policy_mappings(value)?),
        35 => set_authority_key(extension, fields)?,
        36 => set_policy_constraints(value, fields)?,
        37 => set_extended_key_usage(value, fields)?,
        54 => {
            let malformed = X509Error::Malformed("invalid inhibit any policy extension");
            let depth = Der(extension.value).small_integer().ok_or(malformed)?;
            set_count("InhibitAnyPolicy", depth, fields);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Sets a number and the field that tells a zero from an absent number.
fn set_count(name: &str, count: i64, fields: &mut Fields) {
    fields.set(name, number(count));
    fields.set(&format!("{name}Zero"), Value::Bool(count == 0));
}

fn set_subject_key(extension: &Extension<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    if extension.critical {
        return Err(X509Error::Malformed("subject key identifier incorrectly marked critical"));
    }
    let key = Der(extension.value).inside(OCTET_STRING);
    fields.set("SubjectKeyId", bytes(key.ok_or(X509Error::Malformed("invalid subject key identifier"))?.0));
    Ok(())
}

fn set_authority_key(extension: &Extension<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    if extension.critical {
        return Err(X509Error::Malformed("authority key identifier incorrectly marked critical"));
    }
    let malformed = || X509Error::Malformed("invalid authority key identifier");
    let mut sequence = Der(extension.value).inside(SEQUENCE).ok_or_else(malformed)?;
    if let Some(key) = sequence.optional(context(0)).ok_or_else(malformed)? {
        fields.set("AuthorityKeyId", bytes(key.0));
    }
    Ok(())
}

/// The first nine bits, the first of them the lowest.
fn key_usage(mut value: Der<'_>) -> Result<i64, X509Error> {
    let (bits, _) = value.bit_string().ok_or(X509Error::Malformed("invalid key usage"))?;
    let at = |bit: usize| bits.get(bit / 8).is_some_and(|byte| byte << (bit % 8) & 0x80 != 0);
    Ok((0..9).filter(|&bit| at(bit)).map(|bit| 1 << bit).sum())
}

fn set_basic_constraints(mut value: Der<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    let malformed = || X509Error::Malformed("invalid basic constraints");
    let mut sequence = value.inside(SEQUENCE).ok_or_else(malformed)?;
    let is_authority = if sequence.peek(BOOLEAN) { sequence.boolean().ok_or_else(malformed)? } else { false };
    let depth = if sequence.peek(INTEGER) {
        sequence.small_integer().filter(|depth| *depth >= 0).ok_or_else(malformed)?
    } else {
        -1
    };
    fields.set("IsCA", Value::Bool(is_authority));
    fields.set("BasicConstraintsValid", Value::Bool(true));
    set_count("MaxPathLen", depth, fields);
    Ok(())
}

fn distribution_points(mut value: Der<'_>) -> Result<Vec<Value>, X509Error> {
    let malformed = || X509Error::Malformed("invalid CRL distribution point");
    let mut points = value.inside(SEQUENCE).ok_or_else(malformed)?;
    let mut uris = Vec::new();
    while !points.is_empty() {
        let mut point = points.inside(SEQUENCE).ok_or_else(malformed)?;
        let Some(mut name) = point.optional(constructed(0)).ok_or_else(malformed)? else { continue };
        let mut full_name = name.inside(constructed(0)).ok_or_else(malformed)?;
        while full_name.peek(context(6)) {
            let uri = full_name.inside(context(6)).ok_or_else(malformed)?;
            uris.push(Value::text(String::from_utf8_lossy(uri.0)));
        }
    }
    Ok(uris)
}

fn set_policies(mut value: Der<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    let malformed = || X509Error::Malformed("invalid certificate policies");
    let mut list = value.inside(SEQUENCE).ok_or_else(malformed)?;
    let mut policies: Vec<Vec<u32>> = Vec::new();
    while !list.is_empty() {
        let policy = list.inside(SEQUENCE).and_then(|mut policy| policy.oid()).ok_or_else(malformed)?;
        if policies.contains(&policy) {
            return Err(malformed());
        }
        policies.push(policy);
    }
    fields.set("PolicyIdentifiers", Value::list(policies.iter().map(|policy| oid_numbers(policy))));
    fields.set("Policies", list_or_null(policies.iter().map(|policy| Value::text(oid_text(policy))).collect()));
    Ok(())
}

fn policy_mappings(mut value: Der<'_>) -> Result<Vec<Value>, X509Error> {
    let malformed = || X509Error::Malformed("invalid policy mappings extension");
    let mut list = value.inside(SEQUENCE).ok_or_else(malformed)?;
    let mut mappings = Vec::new();
    while !list.is_empty() {
        let mut mapping = list.inside(SEQUENCE).ok_or_else(malformed)?;
        let mut policy = || {
            let content = mapping.inside(OBJECT_IDENTIFIER)?;
            parse_oid(content.0).map(|oid| Value::text(oid_text(&oid)))
        };
        let (issuer, subject) = policy().zip(policy()).ok_or_else(malformed)?;
        mappings.push(Value::object([("IssuerDomainPolicy", issuer), ("SubjectDomainPolicy", subject)]));
    }
    Ok(mappings)
}

fn set_policy_constraints(mut value: Der<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    let malformed = || X509Error::Malformed("invalid policy constraints extension");
    let mut sequence = value.inside(SEQUENCE).ok_or_else(malformed)?;
    for (tag, name) in [(context(0), "RequireExplicitPolicy"), (context(1), "InhibitPolicyMapping")] {
        if let Some(content) = sequence.optional(tag).ok_or_else(malformed)? {
            let depth = Some(content.0).filter(|bytes| is_shortest(bytes)).and_then(small).ok_or_else(malformed)?;
            set_count(name, depth, fields);
        }
    }
    Ok(())
}

fn set_extended_key_usage(mut value: Der<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    let malformed = || X509Error::Malformed("invalid extended key usages");
    let mut list = value.inside(SEQUENCE).ok_or_else(malformed)?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    while !list.is_empty() {
        let usage = list.oid().ok_or_else(malformed)?;
        match KEY_USES.iter().position(|oid| usage == *oid) {
            Some(at) => known.push(number(at as i64)),
            None => unknown.push(oid_numbers(&usage)),
        }
    }
    fields.set_list("ExtKeyUsage", known);
    fields.set_list("UnknownExtKeyUsage", unknown);
    Ok(())
}

fn set_authority_access(extension: &Extension<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    if extension.critical {
        return Err(X509Error::Malformed("authority info access incorrectly marked critical"));
    }
    let malformed = || X509Error::Malformed("invalid authority info access");
    let mut list = Der(extension.value).inside(SEQUENCE).ok_or_else(malformed)?;
    let (mut responders, mut issuers) = (Vec::new(), Vec::new());
    while !list.is_empty() {
        let mut access = list.inside(SEQUENCE).ok_or_else(malformed)?;
        let method = access.oid().ok_or_else(malformed)?;
        let Some(uri) = access.optional(context(6)).ok_or_else(malformed)? else { continue };
        let uri = Value::text(String::from_utf8_lossy(uri.0));
        match method.as_slice() {
            ACCESS_OCSP => responders.push(uri),
            ACCESS_ISSUERS => issuers.push(uri),
            _ => {}
        }
    }
    fields.set_list("OCSPServer", responders);
    fields.set_list("IssuingCertificateURL", issuers);
    Ok(())
}

//! Certificate requests (Go `x509.CertificateRequest`).

use super::algorithm::Algorithm;
use super::der::{
    BOOLEAN, Der, OBJECT_IDENTIFIER, OCTET_STRING, Oid, SEQUENCE, SET, constructed, parse_oid, right_aligned,
};
use super::extensions::{Extension, parse_list};
use super::general_name::AlternativeNames;
use super::{Fields, X509Error, bytes, certificate, name, number, oid_numbers};
use crate::Value;

const EXTENSION_REQUEST: &Oid = &[1, 2, 840, 113549, 1, 9, 14];
const ALTERNATIVE_NAMES: &Oid = &[2, 5, 29, 17];

const ABSENT: &[&str] =
    &["Attributes", "DNSNames", "EmailAddresses", "Extensions", "ExtraExtensions", "IPAddresses", "URIs"];

/// Reads a request.
pub(super) fn parse(der: &[u8]) -> Result<Value, X509Error> {
    let malformed = || X509Error::Malformed("malformed certificate request");
    let mut fields = Fields::with_defaults(ABSENT, &[], &[]);
    let mut input = Der(der);
    let request = input.element(SEQUENCE).ok_or_else(malformed)?;
    if !input.is_empty() {
        return Err(X509Error::Malformed("trailing data"));
    }
    fields.set("Raw", bytes(request.whole));
    let mut outer = Der(request.content);
    let signed = outer.element(SEQUENCE).ok_or_else(malformed)?;
    fields.set("RawTBSCertificateRequest", bytes(signed.whole));
    let mut inner = Der(signed.content);

    fields.set("Version", number(inner.small_integer().ok_or_else(malformed)?));
    let subject = inner.element(SEQUENCE).ok_or_else(malformed)?.whole;
    fields.set("RawSubject", bytes(subject));
    let key = inner.element(SEQUENCE).ok_or_else(malformed)?.whole;
    certificate::set_key(key, &mut fields)?;
    fields.set("Subject", name::parse(subject)?);
    set_attributes(inner.inside(constructed(0)).ok_or_else(malformed)?, &mut fields)?;

    let algorithm = outer.inside(SEQUENCE).and_then(Algorithm::parse).ok_or_else(malformed)?;
    fields.set("SignatureAlgorithm", number(algorithm.signature_number()));
    let (signature, unused) = outer.bit_string().ok_or_else(malformed)?;
    fields.set("Signature", bytes(&right_aligned(signature, unused)));
    Ok(fields.into_value())
}

/// Sets the attributes that have the form of Go's old type for them, and the requested extensions.
fn set_attributes(mut list: Der<'_>, fields: &mut Fields) -> Result<(), X509Error> {
    let malformed = || X509Error::Malformed("malformed certificate request");
    let mut shown = Vec::new();
    let mut extensions: Vec<Extension<'_>> = Vec::new();
    while !list.is_empty() {
        let element = list.any().ok_or_else(malformed)?;
        // Attributes of another form, a challenge password for one, are passed over.
        let Some((id, values)) = attribute(element.whole) else { continue };
        if let Some(values) = nested_pairs(values) {
            shown.push(Value::object([("Type", oid_numbers(&id)), ("Value", values)]));
        }
        if id == EXTENSION_REQUEST
            && let Some(requested) = { values }.inside(SEQUENCE)
        {
            extensions.extend(parse_list(requested)?);
        }
    }
    for (at, extension) in extensions.iter().enumerate() {
        if extensions[..at].iter().any(|other| other.id == extension.id) {
            return Err(X509Error::Malformed("certificate request contains duplicate requested extensions"));
        }
        if extension.id == ALTERNATIVE_NAMES {
            AlternativeNames::parse(extension.value)?.set_in(fields);
        }
    }
    fields.set_list("Attributes", shown);
    fields.set_list("Extensions", extensions.iter().map(Extension::to_value).collect());
    Ok(())
}

/// The type of an attribute and the set of its values.
fn attribute(element: &[u8]) -> Option<(Vec<u32>, Der<'_>)> {
    let mut attribute = Der(element).inside(SEQUENCE)?;
    Some((attribute.oid()?, attribute.inside(SET)?))
}

/// A set of lists of pairs of a type and a value, as Go shows it; nothing when it has another form.
fn nested_pairs(mut set: Der<'_>) -> Option<Value> {
    let mut lists = Vec::new();
    while !set.is_empty() {
        let mut list = set.inside(SEQUENCE)?;
        let mut pairs = Vec::new();
        while !list.is_empty() {
            let mut pair = list.inside(SEQUENCE)?;
            let id = pair.oid()?;
            let value = pair.any()?;
            let value = match value.tag {
                OCTET_STRING => bytes(value.content),
                BOOLEAN => Value::Bool(value.content != [0]),
                OBJECT_IDENTIFIER => oid_numbers(&parse_oid(value.content)?),
                tag => name::text(tag, value.content).map_or(Value::Null, Value::text),
            };
            pairs.push(Value::object([("Type", oid_numbers(&id)), ("Value", value)]));
        }
        lists.push(Value::list(pairs));
    }
    Some(Value::list(lists))
}

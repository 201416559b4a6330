//! Names of issuers and subjects (Go `pkix.Name`).

use super::der::{Der, SEQUENCE, SET};
use super::{Fields, X509Error, list_or_null, oid_numbers};
use crate::Value;

const UTF8_STRING: u8 = 0x0c;
const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const T61_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const BMP_STRING: u8 = 0x1e;

/// A name as Go shows it.
pub(super) fn parse(element: &[u8]) -> Result<Value, X509Error> {
    let attributes = attributes(element)?;
    let texts = |wanted: u32| -> Vec<Value> {
        let found = attributes.iter().filter(|(oid, _)| *oid == [2, 5, 4, wanted]);
        found.map(|(_, value)| Value::text(value.as_str())).collect()
    };
    let last = |wanted: u32| texts(wanted).pop().unwrap_or_else(|| Value::text(""));
    let names = attributes
        .iter()
        .map(|(oid, value)| Value::object([("Type", oid_numbers(oid)), ("Value", Value::text(value.as_str()))]));
    let mut fields = Fields::default();
    fields.set("CommonName", last(3));
    fields.set("SerialNumber", last(5));
    fields.set("Country", list_or_null(texts(6)));
    fields.set("Locality", list_or_null(texts(7)));
    fields.set("Province", list_or_null(texts(8)));
    fields.set("StreetAddress", list_or_null(texts(9)));
    fields.set("Organization", list_or_null(texts(10)));
    fields.set("OrganizationalUnit", list_or_null(texts(11)));
    fields.set("PostalCode", list_or_null(texts(17)));
    fields.set("Names", list_or_null(names.collect()));
    fields.set("ExtraNames", Value::Null);
    Ok(fields.into_value())
}

/// The attributes of a name in order.
fn attributes(element: &[u8]) -> Result<Vec<(Vec<u32>, String)>, X509Error> {
    let malformed = || X509Error::Malformed("invalid RDNSequence");
    let mut sequence = Der(element).inside(SEQUENCE).ok_or_else(malformed)?;
    let mut attributes = Vec::new();
    while !sequence.is_empty() {
        let mut set = sequence.inside(SET).ok_or_else(malformed)?;
        while !set.is_empty() {
            let mut attribute = set.inside(SEQUENCE).ok_or_else(malformed)?;
            let oid = attribute.oid().ok_or(X509Error::Malformed("invalid RDNSequence: invalid attribute type"))?;
            let text = attribute.any().and_then(|value| text(value.tag, value.content));
            let text = text.ok_or(X509Error::Malformed("invalid RDNSequence: invalid attribute value"))?;
            attributes.push((oid, text));
        }
    }
    Ok(attributes)
}

/// The text of a string type; nothing for other types and for what the type does not allow.
pub(super) fn text(tag: u8, content: &[u8]) -> Option<String> {
    let ascii = |allowed: fn(u8) -> bool| {
        let valid = content.iter().all(|&byte| allowed(byte));
        valid.then(|| content.iter().map(|&byte| char::from(byte)).collect())
    };
    match tag {
        UTF8_STRING => String::from_utf8(content.to_vec()).ok(),
        PRINTABLE_STRING => ascii(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)),
        IA5_STRING => ascii(|byte| byte.is_ascii()),
        NUMERIC_STRING => ascii(|byte| byte == b' ' || byte.is_ascii_digit()),
        // Taken for Latin-1, as everyone does.
        T61_STRING => ascii(|_| true),
        BMP_STRING => basic_plane(content),
        _ => None,
    }
}

/// Characters of two bytes each, an end mark left out.
fn basic_plane(content: &[u8]) -> Option<String> {
    let content = content.strip_suffix(&[0, 0]).unwrap_or(content);
    let (pairs, []) = content.as_chunks::<2>() else { return None };
    let codes = pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair)));
    codes.map(|code| char::from_u32(code).filter(|_| !matches!(code, 0xfffe | 0xffff | 0xfdd0..=0xfdef))).collect()
}

//! Alternative names of a subject: DNS names, addresses, mail addresses, URIs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::der::{Der, SEQUENCE, context};
use super::{Fields, X509Error};
use crate::Value;
use crate::url::Url;

pub(super) const EMAIL: u8 = context(1);
pub(super) const DNS: u8 = context(2);
pub(super) const URI: u8 = context(6);
pub(super) const IP: u8 = context(7);

/// The alternative names that Go knows, by kind.
#[derive(Default)]
pub(super) struct AlternativeNames {
    dns: Vec<Value>,
    emails: Vec<Value>,
    addresses: Vec<Value>,
    uris: Vec<Value>,
}

impl AlternativeNames {
    /// Reads the extension of alternative names.
    pub(super) fn parse(extension: &[u8]) -> Result<Self, X509Error> {
        let mut list =
            Der(extension).inside(SEQUENCE).ok_or(X509Error::Malformed("invalid subject alternative names"))?;
        let mut names = Self::default();
        while !list.is_empty() {
            let name = list.any().ok_or(X509Error::Malformed("invalid subject alternative name"))?;
            match name.tag {
                EMAIL => names.emails.push(ascii(name.content, "SAN rfc822Name is malformed")?.into()),
                DNS => names.dns.push(ascii(name.content, "SAN dNSName is malformed")?.into()),
                URI => names.uris.push(uri(ascii(name.content, "SAN uniformResourceIdentifier is malformed")?)?),
                IP => {
                    let address = address(name.content).ok_or(X509Error::Malformed("cannot parse IP address"))?;
                    names.addresses.push(address);
                }
                _ => {}
            }
        }
        Ok(names)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.emails.is_empty() && self.addresses.is_empty() && self.uris.is_empty()
    }

    pub(super) fn set_in(self, fields: &mut Fields) {
        fields.set_list("DNSNames", self.dns);
        fields.set_list("EmailAddresses", self.emails);
        fields.set_list("IPAddresses", self.addresses);
        fields.set_list("URIs", self.uris);
    }
}

/// Text of ASCII only.
pub(super) fn ascii<'a>(content: &'a [u8], malformed: &'static str) -> Result<&'a str, X509Error> {
    std::str::from_utf8(content).ok().filter(|text| text.is_ascii()).ok_or(X509Error::Malformed(malformed))
}

/// An address of 4 or 16 bytes.
pub(super) fn address(content: &[u8]) -> Option<Value> {
    let address = match content.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(content).ok()?)),
        16 => Ipv6Addr::from(<[u8; 16]>::try_from(content).ok()?).to_canonical(),
        _ => return None,
    };
    Some(Value::text(address.to_string()))
}

/// A URI as Go's `url.URL` in JSON.
fn uri(text: &str) -> Result<Value, X509Error> {
    let refused = || X509Error::Name { kind: "URI", text: text.to_owned() };
    let url = Url::parse(text).map_err(|_| refused())?;
    if !is_domain(&url.host, false) {
        return Err(refused());
    }
    let user = if url.has_user { Value::object::<&str>([]) } else { Value::Null };
    Ok(Value::object([
        ("Scheme", Value::text(url.scheme)),
        ("Opaque", Value::text(url.opaque)),
        ("User", user),
        ("Host", Value::text(url.host)),
        ("Path", Value::text(url.path)),
        ("RawPath", Value::text(url.raw_path)),
        ("OmitHost", Value::Bool(url.omit_host)),
        ("ForceQuery", Value::Bool(url.force_query)),
        ("RawQuery", Value::text(url.raw_query)),
        ("Fragment", Value::text(url.fragment)),
        ("RawFragment", Value::text(url.raw_fragment)),
    ]))
}

/// Whether Go takes a text for a domain name: printable labels, none of them empty. A constraint may begin with a dot.
pub(super) fn is_domain(text: &str, constraint: bool) -> bool {
    if text.is_empty() {
        return true;
    }
    let labels = if constraint { text.strip_prefix('.').unwrap_or(text) } else { text };
    labels.split('.').all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_graphic()))
}

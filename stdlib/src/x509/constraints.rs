//! Constraints on the names that a certificate authority may sign for.

use super::der::{Der, SEQUENCE, constructed};
use super::general_name::{DNS, EMAIL, IP, URI, address, ascii, is_domain};
use super::{Fields, X509Error, bytes};
use crate::{Value, url};

/// Reads the extension; says whether it holds kinds of names that Go does not know.
pub(super) fn parse(extension: &[u8], critical: bool, fields: &mut Fields) -> Result<bool, X509Error> {
    let malformed = || X509Error::Malformed("invalid NameConstraints extension");
    let mut outer = Der(extension);
    let mut inner = outer.inside(SEQUENCE).ok_or_else(malformed)?;
    let permitted = inner.optional(constructed(0)).ok_or_else(malformed)?;
    let excluded = inner.optional(constructed(1)).ok_or_else(malformed)?;
    if !outer.is_empty() || !inner.is_empty() {
        return Err(malformed());
    }
    let (permitted, excluded) = (permitted.unwrap_or(Der(&[])), excluded.unwrap_or(Der(&[])));
    if permitted.is_empty() && excluded.is_empty() {
        return Err(X509Error::Malformed("empty name constraints extension"));
    }
    let (permitted, excluded) = (Subtrees::parse(permitted)?, Subtrees::parse(excluded)?);
    let unknown = permitted.unknown || excluded.unknown;
    fields.set_list("PermittedDNSDomains", permitted.domains);
    fields.set_list("PermittedIPRanges", permitted.ranges);
    fields.set_list("PermittedEmailAddresses", permitted.emails);
    fields.set_list("PermittedURIDomains", permitted.uri_domains);
    fields.set_list("ExcludedDNSDomains", excluded.domains);
    fields.set_list("ExcludedIPRanges", excluded.ranges);
    fields.set_list("ExcludedEmailAddresses", excluded.emails);
    fields.set_list("ExcludedURIDomains", excluded.uri_domains);
    fields.set("PermittedDNSDomainsCritical", Value::Bool(critical));
    Ok(unknown)
}

/// The names of one side by kind.
#[derive(Default)]
struct Subtrees {
    domains: Vec<Value>,
    ranges: Vec<Value>,
    emails: Vec<Value>,
    uri_domains: Vec<Value>,
    unknown: bool,
}

impl Subtrees {
    fn parse(mut list: Der<'_>) -> Result<Self, X509Error> {
        let malformed = || X509Error::Malformed("invalid NameConstraints extension");
        let mut subtrees = Self::default();
        while !list.is_empty() {
            let name = list.inside(SEQUENCE).and_then(|mut subtree| subtree.any()).ok_or_else(malformed)?;
            match name.tag {
                DNS => subtrees.domains.push(domain(name.content, "dnsName constraint")?),
                URI => {
                    let text = domain(name.content, "URI constraint")?;
                    if text.as_text().is_some_and(|text| url::address(text).is_some()) {
                        return Err(malformed());
                    }
                    subtrees.uri_domains.push(text);
                }
                EMAIL => {
                    let text = ascii(name.content, "invalid constraint value")?;
                    // With an at sign it is a mailbox, otherwise a domain.
                    let valid = match text.rsplit_once('@') {
                        Some((local, host)) => !local.is_empty() && !host.is_empty() && is_domain(host, false),
                        None => is_domain(text, true),
                    };
                    if !valid {
                        return Err(X509Error::Name { kind: "rfc822Name constraint", text: text.to_owned() });
                    }
                    subtrees.emails.push(text.into());
                }
                IP => subtrees.ranges.push(range(name.content)?),
                _ => subtrees.unknown = true,
            }
        }
        Ok(subtrees)
    }
}

fn domain(content: &[u8], kind: &'static str) -> Result<Value, X509Error> {
    let text = ascii(content, "invalid constraint value")?;
    if is_domain(text, true) { Ok(text.into()) } else { Err(X509Error::Name { kind, text: text.to_owned() }) }
}

/// An address and a mask of the same length.
fn range(content: &[u8]) -> Result<Value, X509Error> {
    let (start, mask) = content.split_at(content.len() / 2);
    let start = address(start).filter(|_| content.len().is_multiple_of(2));
    let start = start.ok_or(X509Error::Malformed("IP constraint contained value of another length"))?;
    let ones_then_zeros =
        mask.iter().flat_map(|byte| (0..8).map(move |bit| byte << bit & 0x80 != 0)).is_sorted_by(|a, b| a >= b);
    if !ones_then_zeros {
        return Err(X509Error::Malformed("IP constraint contained invalid mask"));
    }
    Ok(Value::object([("IP", start), ("Mask", bytes(mask))]))
}

//! Fields that hold addresses of networks. The schemas that Kubernetes publishes call them plain text; what its API server
//! takes is in `pkg/apis/networking/validation` and `pkg/apis/core/validation`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::graph::{Format, Graph, Type};

/// Objects and their fields that hold an address or a list of them.
const ADDRESSES: &[(&str, &str)] = &[
    ("EndpointAddress", "ip"),
    ("HostAlias", "ip"),
    ("HostIP", "ip"),
    ("LoadBalancerIngress", "ip"),
    ("PodDNSConfig", "nameservers"),
    ("PodIP", "ip"),
    ("PodStatus", "hostIP"),
    ("PodStatus", "podIP"),
    ("ServiceSpec", "externalIPs"),
    ("ServiceSpec", "loadBalancerIP"),
];

/// Objects and their fields that hold a block of addresses or a list of them.
const BLOCKS: &[(&str, &str)] = &[
    ("IPBlock", "cidr"),
    ("IPBlock", "except"),
    ("NodeSpec", "podCIDR"),
    ("NodeSpec", "podCIDRs"),
    ("ServiceCIDRSpec", "cidrs"),
    ("ServiceSpec", "loadBalancerSourceRanges"),
];

/// Gives these fields their formats.
pub(super) fn mark(graph: &mut Graph) {
    for (fields, format) in [(ADDRESSES, Format::Address), (BLOCKS, Format::Cidr)] {
        let text = graph.add_type(Type::Text(format));
        let list = graph.add_type(Type::List { item: text, keys: Vec::new() });
        for &(owner, name) in fields {
            let Graph { objects, names, types, .. } = &mut *graph;
            let is_named =
                |id: super::graph::NameId, text: &str| names.get(id.index()).is_some_and(|name| **name == *text);
            let owners = objects.iter_mut().filter(|object| is_named(object.name, owner));
            for field in owners.flat_map(|object| &mut object.fields).filter(|field| is_named(field.name, name)) {
                field.ty = match types.get(field.ty.index()) {
                    Some(Type::List { .. }) => list,
                    _ => text,
                };
            }
        }
    }
}

/// Whether a text is an address. Numbers may begin with zeros, as the API server takes them.
pub(crate) fn is_address(text: &str) -> bool {
    is_version_4(text) || text.parse::<Ipv6Addr>().is_ok()
}

/// Whether a text is a block of addresses.
pub(crate) fn is_block(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let most = match is_version_4(address) {
        true => 32,
        false if address.parse::<Ipv6Addr>().is_ok() => 128,
        false => return false,
    };
    let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    is_number && length.parse::<u8>().is_ok_and(|length| length <= most)
}

fn is_version_4(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').map(|part| part.trim_start_matches('0')).collect();
    let plain: Vec<&str> = parts.iter().map(|part| if part.is_empty() { "0" } else { part }).collect();
    text.split('.').all(|part| !part.is_empty()) && plain.join(".").parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schemas;

    #[test]
    fn addresses_and_blocks_are_told_apart() {
        for text in ["10.0.0.1", "010.0.0.1", "::1", "fd00::10.0.0.1"] {
            assert!(is_address(text) && !is_block(text), "{text}");
        }
        for text in ["10.0.0.0/8", "0.0.0.0/0", "fd00::/64"] {
            assert!(is_block(text) && !is_address(text), "{text}");
        }
        for text in ["", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "fd00::/129", "10..0.1", "10.0.0.0/+8"] {
            assert!(!is_block(text) && !is_address(text), "{text}");
        }
    }

    #[test]
    fn fields_of_addresses_are_marked() {
        let schemas = Schemas::embedded();
        let graph = schemas.graph();
        for &(owner, name) in ADDRESSES.iter().chain(BLOCKS) {
            let is_owner = |id: &super::super::graph::Object| graph.name(id.name) == owner;
            let object = graph.objects.iter().find(|object| is_owner(object));
            let field = object.and_then(|object| graph.field(object, name));
            let ty = field.map(|field| graph.ty(graph.innermost(field.ty)));
            assert!(matches!(ty, Some(Type::Text(Format::Address | Format::Cidr))), "{owner}.{name}");
        }
    }
}

//! Addresses of networks and blocks of them, as the API server takes them (Kubernetes `pkg/apis/networking/validation`).

use std::net::{Ipv4Addr, Ipv6Addr};

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
}

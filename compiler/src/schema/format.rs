//! Texts of a format, and patterns that may match one.

use dikast_stdlib::quantity::Quantity;
use dikast_stdlib::selector::{is_label_key, is_label_value, is_subdomain};
use dikast_stdlib::wildcard::is_wildcard;

use super::graph::Format;
use super::{is_address, is_block};

/// The longest label of a name in DNS.
const LONGEST_LABEL: usize = 63;

impl Format {
    /// Whether the API server takes a text.
    pub(crate) fn takes(self, text: &str) -> bool {
        match self {
            Self::Plain | Self::Time | Self::Bytes | Self::Annotation => true,
            Self::Quantity => Quantity::parse(text).is_ok(),
            Self::Address => text.is_empty() || is_address(text),
            Self::Cidr => text.is_empty() || is_block(text),
            // The names of some kinds may hold anything but these.
            Self::Name => !text.contains(['/', '%']),
            Self::Subdomain => text.is_empty() || is_subdomain(text),
            Self::DnsLabel => text.is_empty() || is_dns_label(text),
            Self::Label => is_label_value(text),
            Self::Image => may_be_image(text),
        }
    }

    /// Whether the text of a pattern, in which `*` and `?` stand for others, is like one that the API server takes.
    pub(crate) fn is_like(self, pattern: &str) -> bool {
        if !is_wildcard(pattern) {
            return self.takes(pattern);
        }
        let are =
            |fits: fn(char) -> bool| pattern.chars().all(|character| fits(character) || matches!(character, '*' | '?'));
        match self {
            Self::Subdomain => are(|character| {
                character.is_ascii_lowercase() || character.is_ascii_digit() || matches!(character, '-' | '.')
            }),
            Self::DnsLabel => {
                are(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-')
            }
            Self::Label => are(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')),
            Self::Image | Self::Name => self.takes(pattern),
            _ => true,
        }
    }

    /// Whether keys of a map whose values have this format can be called so; those of labels and annotations are names.
    pub(crate) fn takes_key(self, key: &str) -> bool {
        match self {
            Self::Label => is_label_key(key),
            Self::Annotation => is_label_key(&key.to_ascii_lowercase()),
            _ => true,
        }
    }

    /// Whether texts of the format have an order that somebody may ask for.
    pub(crate) fn has_order(self) -> bool {
        !matches!(self, Self::Name | Self::Subdomain | Self::DnsLabel | Self::Image)
    }
}

fn is_dns_label(text: &str) -> bool {
    let is_inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    text.len() <= LONGEST_LABEL
        && bytes.first().is_some_and(is_inner)
        && bytes.last().is_some_and(is_inner)
        && bytes.iter().all(|byte| is_inner(byte) || *byte == b'-')
}

/// Whether a text, perhaps with wildcards, is not plainly something else than the reference of an image: paths are written
/// small, and there is no scheme before them.
fn may_be_image(text: &str) -> bool {
    let is_known = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-' | '/' | ':' | '@' | '*' | '?' | '+')
    };
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    let (first, path) = match name.split_once('/') {
        Some((first, path)) => (Some(first), path),
        None => (None, name),
    };
    // What is before the first slash may be a host, which has a port or a dot.
    let is_host = |first: &str| first.contains(['.', ':', '*', '?']) || first == "localhost";
    let small = |part: &str| !part.contains(|character: char| character.is_ascii_uppercase());
    let path = path.split_once(':').map_or(path, |(path, _)| path);
    text.chars().all(is_known)
        && !text.contains("//")
        && !text.starts_with('/')
        && small(path)
        && first.is_none_or(|first| is_host(first) || small(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_images_are_told_from_others() {
        for text in [
            "nginx",
            "nginx:1.25-Alpine",
            "ghcr.io/acme/*",
            "*:latest",
            "Host.example:5000/a/b@sha256:0aF",
            "?*",
            "*/*:*",
            "*",
        ] {
            assert!(Format::Image.is_like(text), "{text}");
        }
        for text in
            ["https://ghcr.io/acme/*", "ghcr.io/Acme/*", "Nginx", "my image", "/nginx", "Acme/nginx", "ghcr.io/ acme/*"]
        {
            assert!(!Format::Image.is_like(text), "{text}");
        }
    }

    #[test]
    fn names_and_labels_have_their_letters() {
        assert!(Format::DnsLabel.is_like("kube-*") && !Format::DnsLabel.is_like("Kube-*"));
        assert!(Format::DnsLabel.takes("a-1") && !Format::DnsLabel.takes("-a") && !Format::DnsLabel.takes("a.b"));
        assert!(Format::Label.takes("") && Format::Label.takes("A_b.c") && !Format::Label.takes("team a"));
        assert!(Format::Annotation.takes("any thing") && Format::Annotation.takes_key("Example.org/a"));
        assert!(!Format::Label.takes_key("-") && !Format::Label.takes_key("app kubernetes"));
    }
}

//! References of images as `github.com/google/go-containerregistry/pkg/name` reads them.

/// The registry of references that name none.
const HUB: &str = "index.docker.io";

/// Where an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Host, with its port.
    pub(super) registry: String,
    /// Path below the registry.
    pub(super) repository: String,
    /// Tag or digest.
    pub(super) identifier: String,
}

impl Reference {
    /// Reads a reference.
    ///
    /// # Errors
    ///
    /// A text that is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let fault = || format!("could not parse reference: {text}");
        let (base, digest) = match text.split_once('@') {
            Some((base, digest)) => (base, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match base.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (base, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
            _ => (HUB, name),
        };
        let registry = if registry == "docker.io" { HUB } else { registry };
        let is_sound =
            is_host(registry) && is_repository(repository) && tag.is_none_or(is_tag) && digest.is_none_or(is_digest);
        if !is_sound {
            return Err(fault());
        }
        let repository = match registry == HUB && !repository.contains('/') {
            true => format!("library/{repository}"),
            false => repository.to_owned(),
        };
        let identifier = digest.or(tag).unwrap_or("latest").to_owned();
        Ok(Self { registry: registry.to_owned(), repository, identifier })
    }

    /// The identifier as policies see it: a digest with what stands behind the last colon before it.
    pub(super) fn shown_identifier(&self, written: &str) -> String {
        let before = written.split_once('@').and_then(|(before, _)| before.rsplit_once(':'));
        match before {
            Some((_, tag)) if self.identifier.starts_with("sha256:") && !tag.is_empty() => {
                format!("{tag}@{}", self.identifier)
            }
            _ => self.identifier.clone(),
        }
    }

    /// Whether the registry is on this machine or in a private network, where plain HTTP will do.
    pub(super) fn is_local(&self) -> bool {
        let host = self.registry.rsplit_once(':').map_or(self.registry.as_str(), |(host, _)| host);
        let is_private = host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private());
        is_private
            || self.registry.starts_with("localhost:")
            || host.ends_with(".localhost")
            || matches!(host, "127.0.0.1" | "::1" | "[::1]")
    }
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

fn is_repository(text: &str) -> bool {
    (2..=255).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-./".contains(&byte))
        && text.split('/').all(|step| !matches!(step, "" | "." | ".."))
}

fn is_tag(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// Whether a text is a digest of the one kind that is known.
pub(super) fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_references() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (text, registry, repository, identifier) in [
            ("web", HUB, "library/web", "latest"),
            ("docker.io/web:1", HUB, "library/web", "1"),
            ("team/web", HUB, "team/web", "latest"),
            ("ghcr.io/team/web:v1.2", "ghcr.io", "team/web", "v1.2"),
            ("localhost:5000/web", "localhost:5000", "web", "latest"),
            (&format!("r.example/a/b:1@{digest}"), "r.example", "a/b", &*digest),
        ] {
            let read = Reference::parse(text).unwrap();
            assert_eq!(
                (&*read.registry, &*read.repository, &*read.identifier),
                (registry, repository, identifier),
                "{text}"
            );
        }
        for text in [
            "",
            "a",
            "Web",
            "web:",
            "web@sha256:1",
            "r.example/../x",
            "r.example/a?b",
            "r.example:1/x y",
            "r.example//x",
        ] {
            assert_eq!(Reference::parse(text), Err(format!("could not parse reference: {text}")));
        }
        let tagged = format!("r.example/app:1@{digest}");
        assert_eq!(Reference::parse(&tagged).unwrap().shown_identifier(&tagged), format!("1@{digest}"));
    }

    #[test]
    fn plain_http_is_for_local_registries() {
        for (text, is_local) in [
            ("localhost:5000/web", true),
            ("127.0.0.1:5000/web", true),
            ("10.1.2.3/web", true),
            ("registry.localhost/web", true),
            ("8.8.8.8/web", false),
            ("ghcr.io/web", false),
        ] {
            assert_eq!(Reference::parse(text).unwrap().is_local(), is_local, "{text}");
        }
    }
}

//! Image references as Kyverno reads them (`pkg/utils/image/infos.go`, package `github.com/distribution/reference`).

use crate::Value;

/// The longest repository path.
const MAX_PATH: usize = 255;

/// The longest tag.
const MAX_TAG: usize = 128;

/// What an image reference without a registry means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageDefaults {
    /// The registry of references that name none.
    pub registry: String,
    /// Whether that registry is written into normalized references.
    pub write_registry: bool,
}

impl Default for ImageDefaults {
    fn default() -> Self {
        Self { registry: "docker.io".to_owned(), write_registry: true }
    }
}

/// An image reference in its parts. Absent parts are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageInfo {
    /// The registry, with its port.
    pub registry: String,
    /// The repository: everything between registry and tag.
    pub path: String,
    /// The last step of the path.
    pub name: String,
    /// The tag; `latest` when the reference has neither tag nor digest.
    pub tag: String,
    /// The digest with its algorithm.
    pub digest: String,
    /// The normalized reference, as `image_normalize` writes it: by digest where there is one.
    pub reference: String,
    /// The normalized reference by tag.
    pub reference_with_tag: String,
}

/// Why a text is no image reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bad image: {reference}, defaultRegistry: {registry}, enableDefaultRegistryMutation: {write_registry}: {kind}")]
pub struct ImageError {
    /// The reference, with the default registry in front when it names none.
    pub reference: String,
    /// The default registry.
    pub registry: String,
    /// Whether the default registry is written.
    pub write_registry: bool,
    /// What is wrong.
    pub kind: ImageErrorKind,
}

/// What is wrong with an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageErrorKind {
    /// The text has not the form of a reference.
    #[error("invalid reference format")]
    Format,
    /// The repository has upper case letters.
    #[error("repository name must be lowercase")]
    UpperCase,
    /// The repository is too long.
    #[error("repository name must not be more than 255 characters")]
    TooLong,
    /// The digest's algorithm is not known.
    #[error("unsupported digest algorithm")]
    DigestAlgorithm,
    /// The digest has not as many digits as its algorithm gives.
    #[error("invalid checksum digest length")]
    DigestLength,
    /// The digest is not written in lower case hexadecimal.
    #[error("invalid checksum digest format")]
    DigestFormat,
}

impl ImageInfo {
    /// Reads a reference.
    ///
    /// The part before the first slash is a registry when it has a `.`, a `:` or an upper case letter, or is
    /// `localhost`; otherwise the default registry is put in front.
    ///
    /// # Errors
    ///
    /// A text that is no reference.
    pub fn parse(reference: &str, defaults: &ImageDefaults) -> Result<Self, ImageError> {
        let has_registry = names_registry(reference);
        let full = if has_registry { reference.to_owned() } else { format!("{}/{reference}", defaults.registry) };
        let parts = Parts::parse(&full).map_err(|kind| ImageError {
            reference: full.clone(),
            registry: defaults.registry.clone(),
            write_registry: defaults.write_registry,
            kind,
        })?;
        let tag = if parts.tag.is_empty() && parts.digest.is_empty() { "latest" } else { parts.tag };
        let registry = if has_registry || defaults.write_registry { parts.domain } else { "" };
        let repository = match registry {
            "" => parts.path.to_owned(),
            registry => format!("{registry}/{}", parts.path),
        };
        let reference_with_tag = format!("{repository}:{tag}");
        let reference = match parts.digest {
            "" => reference_with_tag.clone(),
            digest => format!("{repository}@{digest}"),
        };
        // Without a registry, a first step that has an underscore is taken for one after all.
        let (registry, path) = match parts.path.split_once('/') {
            Some((first, rest)) if registry.is_empty() && first.contains('_') => (first, rest),
            _ => (registry, parts.path),
        };
        let name = parts.path.rsplit('/').next().unwrap_or_default();
        Ok(Self {
            registry: registry.to_owned(),
            path: path.to_owned(),
            name: name.to_owned(),
            tag: tag.to_owned(),
            digest: parts.digest.to_owned(),
            reference,
            reference_with_tag,
        })
    }

    /// The members that the `images` variable has for an image; empty ones are left out, but for path and name.
    pub fn members(&self) -> Vec<(&'static str, Value)> {
        let members = [
            ("registry", &self.registry),
            ("name", &self.name),
            ("path", &self.path),
            ("tag", &self.tag),
            ("digest", &self.digest),
            ("reference", &self.reference),
            ("referenceWithTag", &self.reference_with_tag),
        ];
        let present = members.into_iter().filter(|(key, text)| !text.is_empty() || matches!(*key, "name" | "path"));
        present.map(|(key, text)| (key, Value::text(text.as_str()))).collect()
    }
}

/// Whether the part before the first slash is a registry.
fn names_registry(reference: &str) -> bool {
    reference.split_once('/').is_some_and(|(first, _)| {
        first.contains(['.', ':']) || first == "localhost" || first.chars().any(char::is_uppercase)
    })
}

/// The parts of a reference as written.
struct Parts<'t> {
    domain: &'t str,
    path: &'t str,
    tag: &'t str,
    digest: &'t str,
}

impl<'t> Parts<'t> {
    fn parse(text: &'t str) -> Result<Self, ImageErrorKind> {
        let Some(parts) = Self::split(text) else {
            let lower = text.to_lowercase();
            return Err(if Parts::split(&lower).is_some() {
                ImageErrorKind::UpperCase
            } else {
                ImageErrorKind::Format
            });
        };
        if parts.path.len() > MAX_PATH {
            return Err(ImageErrorKind::TooLong);
        }
        if !parts.digest.is_empty() {
            check_digest(parts.digest)?;
        }
        Ok(parts)
    }

    /// The parts, if the text has the form of a reference.
    fn split(text: &'t str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest).filter(|digest| is_digest(digest))?),
            None => (text, ""),
        };
        let last_step = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[last_step..].split_once(':') {
            Some((step, tag)) => (&rest[..last_step + step.len()], Some(tag).filter(|tag| is_tag(tag))?),
            None => (rest, ""),
        };
        let (domain, path) = match name.split_once('/') {
            Some((domain, path)) if is_domain(domain) => (domain, path),
            _ => ("", name),
        };
        path.split('/').all(is_path_step).then_some(Self { domain, path, tag, digest })
    }
}

/// A host name or a bracketed IPv6 address, with or without a port.
fn is_domain(text: &str) -> bool {
    let port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(address, after)| {
            !address.is_empty()
                && address.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit())
                && (after.is_empty() || after.strip_prefix(':').is_some_and(port))
        });
    }
    let host = match text.split_once(':') {
        Some((host, number)) if port(number) => host,
        Some(_) => return false,
        None => text,
    };
    host.split('.').all(|label| {
        let ends_well = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = label.as_bytes();
        ends_well(bytes.first())
            && ends_well(bytes.last())
            && bytes.iter().all(|byte| *byte == b'-' || byte.is_ascii_alphanumeric())
    })
}

/// Lower case letters and digits, between them one `.`, one or two `_`, or any number of `-`.
fn is_path_step(step: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut separators = step.split(|character: char| character.is_ascii() && alphanumeric(character as u8));
    let begins_and_ends_well =
        step.bytes().next().is_some_and(alphanumeric) && step.bytes().last().is_some_and(alphanumeric);
    begins_and_ends_well
        && separators
            .all(|separator| matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    tag.len() <= MAX_TAG
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

/// `algorithm:hexadecimal`, in the loose form that the reference's grammar takes.
fn is_digest(digest: &str) -> bool {
    let Some((algorithm, digits)) = digest.split_once(':') else { return false };
    let part = |part: &str| {
        part.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    algorithm.split(['-', '_', '+', '.']).all(part)
        && digits.len() >= 32
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Checks a digest as `github.com/opencontainers/go-digest` does.
fn check_digest(digest: &str) -> Result<(), ImageErrorKind> {
    let (algorithm, digits) = digest.split_once(':').ok_or(ImageErrorKind::DigestFormat)?;
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ if algorithm.bytes().any(|byte| byte.is_ascii_uppercase()) => return Err(ImageErrorKind::DigestFormat),
        _ => return Err(ImageErrorKind::DigestAlgorithm),
    };
    if digits.len() != length {
        return Err(ImageErrorKind::DigestLength);
    }
    if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(ImageErrorKind::DigestFormat);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(reference: &str) -> Result<ImageInfo, ImageErrorKind> {
        ImageInfo::parse(reference, &ImageDefaults::default()).map_err(|error| error.kind)
    }

    #[test]
    fn references_are_normalized() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        let cases = [
            ("nginx", "docker.io/nginx:latest".to_owned()),
            ("localhost/x:1", "localhost/x:1".to_owned()),
            ("x.y:1", "docker.io/x.y:1".to_owned()),
            ("a.b:5000/c/d", "a.b:5000/c/d:latest".to_owned()),
            ("Foo/bar", "Foo/bar:latest".to_owned()),
            ("a/b", "docker.io/a/b:latest".to_owned()),
            ("[::1]:5000/x", "[::1]:5000/x:latest".to_owned()),
            ("a---b/c__d", "docker.io/a---b/c__d:latest".to_owned()),
            (&format!("ghcr.io/a/b:v1@{digest}"), format!("ghcr.io/a/b@{digest}")),
        ];
        for (reference, normalized) in cases {
            assert_eq!(parse(reference).unwrap().reference, normalized);
        }
    }

    #[test]
    fn parts_are_kept_apart() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        let image = parse(&format!("ghcr.io/team/app:v1@{digest}")).unwrap();
        let parts = [&image.registry, &image.path, &image.name, &image.tag, &image.digest, &image.reference_with_tag];
        assert_eq!(parts, ["ghcr.io", "team/app", "app", "v1", &digest, "ghcr.io/team/app:v1"]);
        let tagless = parse(&format!("app@{digest}")).unwrap();
        assert_eq!((tagless.tag.as_str(), tagless.reference_with_tag.as_str()), ("", "docker.io/app:"));
        assert!(!tagless.members().iter().any(|(key, _)| *key == "tag"));
    }

    #[test]
    fn the_default_registry_may_be_left_out() {
        let defaults = ImageDefaults { registry: "r.example.org".to_owned(), write_registry: false };
        let normalized = |reference| ImageInfo::parse(reference, &defaults).unwrap().reference;
        assert_eq!(normalized("nginx"), "nginx:latest");
        assert_eq!(normalized("r.example.org/nginx"), "r.example.org/nginx:latest");
        let image = ImageInfo::parse("my_team/app", &defaults).unwrap();
        assert_eq!((image.registry.as_str(), image.path.as_str()), ("my_team", "app"));
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        use ImageErrorKind::*;
        let long = "a".repeat(256);
        let cases = [
            ("", Format),
            ("a//b", Format),
            ("a/b/", Format),
            ("a:", Format),
            ("a:-x", Format),
            ("a___b", Format),
            ("a.b:x/c", Format),
            ("nginx@sha256:abc", Format),
            ("UPPER", UpperCase),
            ("a.b/Bar", UpperCase),
            (&long, TooLong),
            (&format!("a@sha1:{}", "a".repeat(40)), DigestAlgorithm),
            (&format!("a@sha256:{}", "a".repeat(63)), DigestLength),
            (&format!("a@sha256:{}A", "a".repeat(63)), DigestFormat),
        ];
        for (reference, kind) in cases {
            assert_eq!(parse(reference), Err(kind), "{reference}");
        }
        let error = ImageInfo::parse("A", &ImageDefaults::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "bad image: docker.io/A, defaultRegistry: docker.io, enableDefaultRegistryMutation: true: \
             repository name must be lowercase"
        );
    }
}

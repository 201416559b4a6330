//! What registries say of images (Kyverno `pkg/engine/adapters/rclient.go`, `ForRef`).
//!
//! | module | what |
//! |---|---|
//! | [`credentials`] | who one is to a registry |
//! | [`exchange`] | requests with their challenges and redirections |
//! | [`kept`] | documents that were read before |
//! | [`mod@reference`] | which registry, which repository |

mod credentials;
mod exchange;
mod kept;
mod reference;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use dikast_stdlib::Value;
use hyper::body::Bytes;
use sha2::{Digest, Sha256};

pub use credentials::{Keychain, Login};
use exchange::{Document, Exchange};
use kept::Kept;
use reference::Reference;

/// Media types of images and of lists of them.
const MANIFESTS: &str = concat!(
    "application/vnd.docker.distribution.manifest.v2+json,application/vnd.oci.image.manifest.v1+json,",
    "application/vnd.docker.distribution.manifest.list.v2+json,application/vnd.oci.image.index.v1+json,",
    "application/vnd.docker.distribution.manifest.v1+json,application/vnd.docker.distribution.manifest.v1+prettyjws"
);

/// Asks registries.
pub struct Registries {
    exchange: Exchange,
    kept: Kept,
}

/// A question about an image.
struct Question<'q> {
    reference: &'q Reference,
    is_insecure: bool,
    keychain: &'q Keychain,
}

impl Registries {
    /// No registry was asked yet.
    pub fn new() -> Self {
        Self { exchange: Exchange::new(), kept: Kept::default() }
    }

    /// The image that a reference names, with its manifest and configuration; of several platforms that for Linux on amd64.
    /// `is_insecure`: plain HTTP will do.
    ///
    /// # Errors
    ///
    /// Kyverno's words.
    pub async fn image(&self, reference: &str, keychain: &Keychain, is_insecure: bool) -> Result<Value, String> {
        let found = self.found(reference, keychain, is_insecure).await;
        found.map_err(|error| format!("failed to fetch image descriptor: {reference}, error: {error}"))
    }

    async fn found(&self, written: &str, keychain: &Keychain, is_insecure: bool) -> Result<Value, String> {
        let of_descriptor = |error: String| format!("failed to fetch image descriptor: {written}, error: {error}");
        let reference = Reference::parse(written)
            .map_err(|error| of_descriptor(format!("failed to parse image reference: {written}, error: {error}")))?;
        let question = Question { reference: &reference, is_insecure, keychain };
        let top = (self.manifest(&question, &reference.identifier).await)
            .map_err(|error| of_descriptor(format!("failed to fetch image reference: {written}, error: {error}")))?;
        let digest = digest_of(&top.bytes);
        let unresolved = |error: String| format!("failed to resolve image reference: {written}, error: {error}");
        let kind = top.media_type.split(';').next().unwrap_or_default().trim();
        let (list, manifest) = match kind {
            "application/vnd.oci.image.index.v1+json" | "application/vnd.docker.distribution.manifest.list.v2+json" => {
                let list = decoded(&top.bytes).map_err(&unresolved)?;
                let child = for_linux(&list, written).map_err(&unresolved)?;
                let child = self.manifest(&question, &child).await.map_err(&unresolved)?;
                (list, child.bytes)
            }
            "application/vnd.docker.distribution.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v1+prettyjws" => {
                let words = "see https://github.com/google/go-containerregistry/issues/377";
                return Err(unresolved(format!("unsupported MediaType: {kind:?}, {words}")));
            }
            _ => (Value::Null, top.bytes),
        };
        let manifest = decoded(&manifest)
            .map_err(|error| format!("failed to decode manifest for image reference: {written}, error: {error}"))?;
        let of_config =
            |error: String| format!("failed to fetch config for image reference: {written}, error: {error}");
        let config = manifest.at(&["config", "digest"]).and_then(Value::as_text).unwrap_or_default();
        let config = self.blob(&question, config).await.map_err(of_config)?;
        let config = decoded(&config)
            .map_err(|error| format!("failed to decode config for image reference: {written}, error: {error}"))?;
        let members = [
            ("image", Value::text(written)),
            ("resolvedImage", Value::text(format!("{}/{}@{digest}", reference.registry, reference.repository))),
            ("registry", Value::text(reference.registry.as_str())),
            ("repository", Value::text(reference.repository.as_str())),
            ("identifier", Value::text(reference.shown_identifier(written))),
            ("manifestList", list),
            ("manifest", manifest),
            ("configData", config),
        ];
        Ok(Value::object(members).to_floats())
    }

    async fn manifest(&self, question: &Question<'_>, identifier: &str) -> Result<Document, String> {
        let load = async || {
            let document = self.get(question, &format!("manifests/{identifier}"), MANIFESTS).await?;
            let digest = digest_of(&document.bytes);
            if identifier.contains(':') && identifier != digest {
                let of = format!("{}/{}@{identifier}", question.reference.registry, question.reference.repository);
                return Err(format!(
                    "manifest digest: {digest:?} does not match requested digest: {identifier:?} for {of:?}"
                ));
            }
            Ok(document)
        };
        // What a tag names may change at any time, what a digest names never does.
        if !identifier.contains(':') {
            return load().await;
        }
        self.kept.get_or_load(&question.key(identifier), load).await
    }

    async fn blob(&self, question: &Question<'_>, digest: &str) -> Result<Bytes, String> {
        if !reference::is_digest(digest) {
            return Err(format!("unsupported hash: {digest:?}"));
        }
        let load = async || {
            let document = self.get(question, &format!("blobs/{digest}"), "*/*").await?;
            let found = digest_of(&document.bytes);
            if found != digest {
                return Err(format!("error verifying sha256 checksum; got {found:?}, want {digest:?}"));
            }
            Ok(document)
        };
        Ok(self.kept.get_or_load(&question.key(digest), load).await?.bytes)
    }

    async fn get(&self, question: &Question<'_>, path: &str, accept: &str) -> Result<Document, String> {
        let Question { reference, is_insecure, keychain } = question;
        let login = keychain.login(&reference.registry, &reference.repository);
        let path = format!("/v2/{}/{path}", reference.repository);
        let request = exchange::Request {
            registry: &reference.registry,
            repository: &reference.repository,
            path: &path,
            accept,
            may_be_plain: *is_insecure || reference.is_local(),
        };
        self.exchange.get(&request, login.as_ref()).await
    }
}

impl Default for Registries {
    fn default() -> Self {
        Self::new()
    }
}

impl Question<'_> {
    /// What a document is kept under: nobody gets one that another had to sign in for.
    fn key(&self, digest: &str) -> Arc<str> {
        let Reference { registry, repository, .. } = self.reference;
        let login = self.keychain.login(registry, repository).map(|login| login.fingerprint()).unwrap_or_default();
        format!("{registry}/{repository}@{digest} {login}").into()
    }
}

fn digest_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn decoded(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// The digest of the image for Linux on amd64, which is what an image without a platform is for.
fn for_linux(list: &Value, written: &str) -> Result<String, String> {
    let is_for_linux = |image: &&Value| {
        let platform = image.get("platform").filter(|platform| !platform.is_null());
        platform.is_none_or(|platform| {
            let is = |name, value| platform.get(name).and_then(Value::as_text) == Some(value);
            is("os", "linux") && is("architecture", "amd64")
        })
    };
    let images = list.get("manifests").and_then(Value::as_list).unwrap_or_default();
    let digest = images.iter().find(is_for_linux).and_then(|image| image.get("digest")).and_then(Value::as_text);
    match digest {
        Some(digest) if reference::is_digest(digest) => Ok(digest.to_owned()),
        Some(digest) => Err(format!("unsupported hash: {digest:?}")),
        None => Err(format!("no child with platform linux/amd64 in index {written}")),
    }
}

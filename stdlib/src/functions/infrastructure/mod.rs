//! Images, versions, addresses, certificates.

pub(super) mod image_normalize;
pub(super) mod is_external_url;
pub(super) mod semver_compare;
pub(super) mod x509_decode;

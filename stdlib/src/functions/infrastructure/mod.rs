//! Images, versions, addresses.

pub(super) mod image_normalize;
pub(super) mod is_external_url;
pub(super) mod semver_compare;

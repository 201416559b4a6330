//! Whether an entry of `kinds` fits a resource (Kyverno `pkg/utils/match/kind.go`, `CheckKind`).

use dikast_grammar::kind::KindSelector;

use crate::wildcard::matches;

/// What a request is about: group, version and kind of the top-level resource, and the subresource or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceKind<'a> {
    /// API group; empty for the core group.
    pub group: &'a str,
    /// API version.
    pub version: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Subresource; empty for none.
    pub subresource: &'a str,
}

impl ResourceKind<'_> {
    /// Whether this is the `ephemeralcontainers` subresource of a Pod.
    pub fn is_ephemeral_containers(&self) -> bool {
        self.group.is_empty() && self.version == "v1" && self.kind == "Pod" && self.subresource == "ephemeralcontainers"
    }
}

/// Whether an entry fits a resource; each of its parts is a wildcard. With `ephemeral_containers`, which policies and
/// exceptions have and clean-up policies have not, an entry that fits a Pod also fits its ephemeral containers.
pub fn fits(entry: &KindSelector<'_>, resource: &ResourceKind<'_>, ephemeral_containers: bool) -> bool {
    matches(entry.group, resource.group)
        && matches(entry.version, resource.version)
        && matches(entry.kind, resource.kind)
        && (matches(entry.subresource, resource.subresource)
            || (ephemeral_containers && resource.is_ephemeral_containers()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits_entry(entry: &str, resource: [&str; 4], ephemeral_containers: bool) -> bool {
        let [group, version, kind, subresource] = resource;
        let resource = ResourceKind { group, version, kind, subresource };
        fits(&KindSelector::parse(entry), &resource, ephemeral_containers)
    }

    #[test]
    fn every_part_is_a_wildcard() {
        let pod = ["", "v1", "Pod", ""];
        for entry in ["Pod", "*", "*/*", "v1/Pod", "P?d", "Pod/*", "*/v1/Pod/*"] {
            assert!(fits_entry(entry, pod, false), "{entry}");
        }
        for entry in ["pod", "Pods", "v2/Pod", "Pod/?*", "apps/v1/Pod", ""] {
            assert!(!fits_entry(entry, pod, false), "{entry}");
        }
        assert!(fits_entry("*/scale", ["apps", "v1", "Deployment", "scale"], false));
        assert!(!fits_entry("Deployment", ["apps", "v1", "Deployment", "scale"], false));
    }

    #[test]
    fn pods_include_their_ephemeral_containers() {
        let request = ["", "v1", "Pod", "ephemeralcontainers"];
        for entry in ["Pod", "Pod/status", "*"] {
            assert!(fits_entry(entry, request, true), "{entry}");
            assert!(!fits_entry(entry, request, false), "{entry}");
        }
        assert!(!fits_entry("Deployment", request, true));
        assert!(fits_entry("Pod/ephemeralcontainers", request, false));
    }
}

//! Settings that concern all policies (Kyverno's ConfigMap, `pkg/config`).

use std::sync::Arc;

/// The settings that decide what the engine sees at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// `excludeUsernames`
    pub user_names: UserFilter,
    /// `excludeGroups`
    pub groups: UserFilter,
    /// `excludeRoles`
    pub roles: UserFilter,
    /// `excludeClusterRoles`
    pub cluster_roles: UserFilter,
    /// `resourceFilters`
    pub resource_filters: Vec<ResourceFilter>,
    /// `defaultRegistry`
    pub default_registry: Arc<str>,
    /// `enableDefaultRegistryMutation`
    pub default_registry_mutation: bool,
    /// `maxContextSize` in bytes; 0 for no limit.
    pub context_bytes_max: usize,
}

/// Kyverno's settings without a ConfigMap: nobody is excluded and nothing filtered.
impl Default for Configuration {
    fn default() -> Self {
        Self {
            user_names: UserFilter::default(),
            groups: UserFilter::default(),
            roles: UserFilter::default(),
            cluster_roles: UserFilter::default(),
            resource_filters: Vec::new(),
            default_registry: "docker.io".into(),
            default_registry_mutation: true,
            context_bytes_max: 2 << 20,
        }
    }
}

/// Wildcards on one property of the user. An inclusion in any of the filters beats all exclusions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Requests of these users are let through unseen.
    pub exclusions: Vec<Arc<str>>,
    /// Written with a leading `!`.
    pub inclusions: Vec<Arc<str>>,
}

/// Objects that no policy sees; every part is a wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceFilter {
    /// API group.
    pub group: Arc<str>,
    /// API version.
    pub version: Arc<str>,
    /// Kind.
    pub kind: Arc<str>,
    /// Subresource; empty for none.
    pub subresource: Arc<str>,
    /// Namespace; for a Namespace object its own name.
    pub namespace: Arc<str>,
    /// Name.
    pub name: Arc<str>,
}

//! Settings that concern all policies (Kyverno's ConfigMap, `pkg/config`).

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_grammar::kind::KindSelector;
use dikast_stdlib::quantity::Quantity;

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

/// A setting that cannot be read; the default stands instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// A group of `resourceFilters` has not one to three parts.
    #[error("resourceFilters: `[{0}]` has not the form [kind,namespace,name]")]
    ResourceFilter(String),
    /// `defaultRegistry` does not begin with a host.
    #[error("defaultRegistry: `{0}` does not begin with the name of a host")]
    DefaultRegistry(String),
    /// `enableDefaultRegistryMutation` is neither true nor false.
    #[error("enableDefaultRegistryMutation: `{0}` is neither true nor false")]
    DefaultRegistryMutation(String),
    /// `maxContextSize` is no quantity.
    #[error("maxContextSize: `{0}` is no quantity")]
    ContextSize(String),
}

impl Configuration {
    /// Reads the data of Kyverno's ConfigMap, with what is wrong in it. Keys that do not concern the engine are passed over.
    pub fn read(data: &BTreeMap<String, String>) -> (Self, Vec<SettingError>) {
        let text = |key: &str| data.get(key).map(String::as_str);
        let users = |key: &str| text(key).map(UserFilter::parse).unwrap_or_default();
        let mut configuration = Self {
            user_names: users("excludeUsernames"),
            groups: users("excludeGroups"),
            roles: users("excludeRoles"),
            cluster_roles: users("excludeClusterRoles"),
            ..Self::default()
        };
        let mut errors = Vec::new();
        for group in text("resourceFilters").into_iter().flat_map(bracketed) {
            match ResourceFilter::parse(group) {
                Some(filter) => configuration.resource_filters.push(filter),
                None => errors.push(SettingError::ResourceFilter(group.to_owned())),
            }
        }
        if let Some(registry) = text("defaultRegistry") {
            if is_host(registry.split('/').next().unwrap_or_default()) {
                configuration.default_registry = registry.into();
            } else {
                errors.push(SettingError::DefaultRegistry(registry.to_owned()));
            }
        }
        if let Some(mutation) = text("enableDefaultRegistryMutation") {
            match mutation {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => configuration.default_registry_mutation = true,
                "0" | "f" | "F" | "false" | "FALSE" | "False" => configuration.default_registry_mutation = false,
                other => errors.push(SettingError::DefaultRegistryMutation(other.to_owned())),
            }
        }
        if let Some(size) = text("maxContextSize") {
            match Quantity::parse(size) {
                Ok(quantity) => configuration.context_bytes_max = quantity.approximate().max(0.0) as usize,
                Err(_) => errors.push(SettingError::ContextSize(size.to_owned())),
            }
        }
        (configuration, errors)
    }
}

impl UserFilter {
    /// Wildcards with commas between them; a leading `!` makes one an inclusion.
    fn parse(text: &str) -> Self {
        let mut filter = Self::default();
        for item in text.split(',').map(str::trim) {
            let (list, item) = match item.strip_prefix('!') {
                Some(item) => (&mut filter.inclusions, item.trim()),
                None => (&mut filter.exclusions, item),
            };
            if !item.is_empty() {
                list.push(item.into());
            }
        }
        filter
    }
}

impl ResourceFilter {
    /// `kind,namespace,name`; a part that is not there is empty, and fits only what is empty.
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(',').collect();
        let (kind, namespace, name) = match parts[..] {
            [kind] => (kind, "", ""),
            [kind, namespace] => (kind, namespace, ""),
            [kind, namespace, name] => (kind, namespace, name),
            _ => return None,
        };
        if kind.is_empty() {
            // Kyverno drops the other parts too, so that only a request without a kind is hidden.
            let empty: Arc<str> = "".into();
            return Some(Self {
                group: Arc::clone(&empty),
                version: Arc::clone(&empty),
                kind: Arc::clone(&empty),
                subresource: Arc::clone(&empty),
                namespace: Arc::clone(&empty),
                name: empty,
            });
        }
        let selector = KindSelector::parse(kind);
        Some(Self {
            group: selector.group.into(),
            version: selector.version.into(),
            kind: selector.kind.into(),
            subresource: selector.subresource.into(),
            namespace: namespace.into(),
            name: name.into(),
        })
    }
}

/// What stands between square brackets without any inside.
fn bracketed(text: &str) -> impl Iterator<Item = &str> {
    text.split(']').filter_map(|part| part.rsplit_once('[').map(|(_, inside)| inside)).take(text.matches(']').count())
}

/// Whether a text is the name of a host, an address excepted.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let edge = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        (1..=63).contains(&label.len())
            && edge(label.as_bytes().first())
            && edge(label.as_bytes().last())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.len() <= 255
        && text.parse::<std::net::IpAddr>().is_err()
        && text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> (Configuration, Vec<SettingError>) {
        Configuration::read(&settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn filters_have_one_to_three_parts() {
        let (configuration, errors) =
            read(&[("resourceFilters", "[Event,*,*] text [*/*,kube-system,*][Node][a,b,c,d]")]);
        let kinds: Vec<_> =
            configuration.resource_filters.iter().map(|filter| (&*filter.kind, &*filter.name)).collect();
        assert_eq!(kinds, [("Event", "*"), ("*", "*"), ("Node", "")]);
        assert_eq!(&*configuration.resource_filters[1].subresource, "*");
        assert_eq!(errors, [SettingError::ResourceFilter("a,b,c,d".to_owned())]);
    }

    #[test]
    fn inclusions_are_told_from_exclusions() {
        let (configuration, errors) = read(&[("excludeGroups", "system:nodes, ! dev-*,,!"), ("maxContextSize", "1Mi")]);
        assert_eq!(configuration.groups.exclusions, ["system:nodes".into()]);
        assert_eq!(configuration.groups.inclusions, ["dev-*".into()]);
        assert_eq!(configuration.context_bytes_max, 1 << 20);
        assert_eq!(errors, []);
    }

    #[test]
    fn what_cannot_be_read_leaves_the_default() {
        let settings =
            [("defaultRegistry", "no host/x"), ("enableDefaultRegistryMutation", "maybe"), ("maxContextSize", "much")];
        let (configuration, errors) = read(&settings);
        assert_eq!(configuration, Configuration::default());
        assert_eq!(errors.len(), 3);
    }
}

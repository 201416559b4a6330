//! Data from outside the request. The engine never loads anything: it names what it needs, and the host brings it.

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_stdlib::Value;

/// Names one piece of external data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataKey {
    /// A config map, as an object with `data` and `metadata`.
    ConfigMap {
        /// Its namespace.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
    },
    /// The answer of the API server to a call.
    ApiCall {
        /// `POST` instead of `GET`.
        post: bool,
        /// The path, with its query.
        path: Arc<str>,
        /// What is posted, as JSON.
        body: Option<Arc<str>>,
    },
    /// The answer of another service.
    Service {
        /// `POST` instead of `GET`.
        post: bool,
        /// The address.
        url: Arc<str>,
        /// Certificates that are trusted, as PEM.
        ca_bundle: Option<Arc<str>>,
        /// Headers to send.
        headers: Vec<(Arc<str>, Arc<str>)>,
        /// What is posted, as JSON.
        body: Option<Arc<str>>,
    },
    /// What a registry says of an image.
    Image {
        /// The image reference.
        reference: Arc<str>,
        /// How to reach and sign in to its registry, where the policy says so.
        credentials: Option<ImageCredentials>,
    },
    /// An entry of the global context.
    Global {
        /// Its name.
        name: Arc<str>,
        /// The projection asked for.
        projection: Option<Arc<str>>,
    },
    /// The existing objects that a mutation is about, as a list.
    Objects {
        /// Group and version, as in `apiVersion`; wildcards allowed.
        api_version: Arc<str>,
        /// Kind, with a subresource after a slash; wildcards allowed.
        kind: Arc<str>,
        /// Wildcard on the namespace; empty for any.
        namespace: Arc<str>,
        /// Wildcard on the name; empty for any.
        name: Arc<str>,
        /// Label selector, as JSON. Not asked where namespace and name are given without wildcards.
        selector: Option<Arc<str>>,
    },
}

/// How a policy says to reach a registry (`imageRegistryCredentials`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageCredentials {
    /// Plain HTTP will do.
    pub is_insecure: bool,
    /// Secrets with logins, as `NAMESPACE/NAME`, or `NAME` in Kyverno's namespace.
    pub secrets: Vec<Arc<str>>,
}

/// Where the value of a context entry can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataKind {
    /// Config maps.
    ConfigMap,
    /// Calls of the API server or of a service.
    ApiCall,
    /// Image registries.
    Image,
    /// The global context.
    Global,
    /// Existing objects.
    Objects,
}

/// What a source says about a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// The data is here.
    Ready(Value),
    /// It was asked for and cannot be had; the reason in Kyverno's words.
    Failed(String),
    /// It is not here yet; loading it may bring it.
    Absent,
}

/// Holds external data. Looking up must not block.
pub trait DataSource {
    /// What is known about a key.
    fn lookup(&self, key: &DataKey) -> Lookup;

    /// Whether data of this kind can be had at all. Where it cannot, context entries of the kind do not exist, as in
    /// Kyverno's command line without a cluster.
    fn offers(&self, kind: DataKind) -> bool;
}

/// Data known beforehand: what is not in it does not exist.
#[derive(Clone, Debug, Default)]
pub struct FixedData {
    values: BTreeMap<DataKey, Result<Value, String>>,
    offered: Vec<DataKind>,
}

impl FixedData {
    /// No data of any kind but config maps, of which there are none.
    pub fn new() -> Self {
        Self { values: BTreeMap::new(), offered: vec![DataKind::ConfigMap] }
    }

    /// Adds a config map with these texts.
    pub fn add_config_map(&mut self, namespace: &str, name: &str, texts: impl IntoIterator<Item = (String, String)>) {
        let data = Value::object(texts.into_iter().map(|(key, text)| (key, Value::text(text))));
        let metadata = Value::object([("name", Value::text(name)), ("namespace", Value::text(namespace))]);
        let key = DataKey::ConfigMap { namespace: namespace.into(), name: name.into() };
        self.values.insert(key, Ok(Value::object([("data", data), ("metadata", metadata)])));
    }

    /// Adds the answer to a key of any kind; entries of that kind exist from then on.
    pub fn add(&mut self, key: DataKey, answer: Result<Value, String>) {
        let kind = key.kind();
        if !self.offered.contains(&kind) {
            self.offered.push(kind);
        }
        self.values.insert(key, answer);
    }
}

impl DataSource for FixedData {
    fn lookup(&self, key: &DataKey) -> Lookup {
        match self.values.get(key) {
            Some(Ok(value)) => Lookup::Ready(value.clone()),
            Some(Err(reason)) => Lookup::Failed(reason.clone()),
            None => Lookup::Failed(key.not_found()),
        }
    }

    fn offers(&self, kind: DataKind) -> bool {
        self.offered.contains(&kind)
    }
}

impl DataKey {
    /// The kind of source that has the data.
    pub fn kind(&self) -> DataKind {
        match self {
            Self::ConfigMap { .. } => DataKind::ConfigMap,
            Self::ApiCall { .. } | Self::Service { .. } => DataKind::ApiCall,
            Self::Image { .. } => DataKind::Image,
            Self::Global { .. } => DataKind::Global,
            Self::Objects { .. } => DataKind::Objects,
        }
    }

    /// How a source says that there is no such thing.
    fn not_found(&self) -> String {
        match self {
            Self::ConfigMap { name, .. } => format!("configmaps \"{name}\" not found"),
            Self::ApiCall { path, .. } => format!("the server could not find the requested resource: {path}"),
            Self::Service { url, .. } => format!("no answer from {url}"),
            Self::Image { reference, .. } => format!("no data for image {reference}"),
            Self::Global { name, .. } => format!("failed to fetch entry key={name}"),
            Self::Objects { kind, name, .. } => format!("{kind} \"{name}\" not found"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_fails_in_kyvernos_words() {
        let mut data = FixedData::new();
        data.add_config_map("ns", "there", [("a".to_owned(), "1".to_owned())]);
        let key = |name: &str| DataKey::ConfigMap { namespace: "ns".into(), name: name.into() };
        assert!(matches!(data.lookup(&key("there")), Lookup::Ready(_)));
        assert_eq!(data.lookup(&key("gone")), Lookup::Failed("configmaps \"gone\" not found".into()));
        assert!(!data.offers(DataKind::ApiCall));
    }
}

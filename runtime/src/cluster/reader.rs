//! All objects of some kinds, read once: for those who apply policies to what is there
//! (Kyverno `cmd/cli/kubectl-kyverno/utils/common/fetch.go`).

use std::time::Duration;

use dikast_stdlib::{Value, wildcard};
use kube::discovery::{ApiResource, Discovery, Scope, verbs};

use super::connection::{Connection, reason};
use super::{ClusterError, ClusterOptions};
use crate::data::DataKey;

/// How many objects an answer of the API server has at most.
const PAGE: usize = 500;

/// How long one question may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Reads objects of a cluster.
pub struct ClusterReader {
    connection: Connection,
    served: Vec<Served>,
}

/// A kind that the API server serves and lists.
struct Served {
    resource: ApiResource,
    has_namespaces: bool,
    /// Whether this is the version of its group that the API server prefers.
    is_preferred: bool,
}

/// A kind to read; a `*` stands for all groups, all kinds, and the version that the API server prefers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WantedKind {
    /// API group.
    pub group: String,
    /// API version.
    pub version: String,
    /// Kind.
    pub kind: String,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Inventory {
    /// The objects, by kind.
    pub objects: Vec<Value>,
    /// Kinds that could not be read, and why.
    pub faults: Vec<String>,
}

impl ClusterReader {
    /// Connects, and asks which kinds there are.
    ///
    /// # Errors
    ///
    /// When no cluster is configured, or it does not answer within 30 seconds.
    pub async fn connect(options: &ClusterOptions) -> Result<Self, ClusterError> {
        let connection = Connection::open(options).await?;
        let discovery = Discovery::new(connection.client.clone()).run();
        let discovery = tokio::time::timeout(TIME_LIMIT, discovery)
            .await
            .map_err(|_elapsed| ClusterError::Silent(TIME_LIMIT))??;
        let mut served = Vec::new();
        for group in discovery.groups_alphabetical() {
            let preferred = group.preferred_version_or_latest();
            for version in group.versions() {
                for (resource, capabilities) in group.versioned_resources(version) {
                    if capabilities.supports_operation(verbs::LIST) {
                        let has_namespaces = capabilities.scope == Scope::Namespaced;
                        served.push(Served { resource, has_namespaces, is_preferred: version == preferred });
                    }
                }
            }
        }
        Ok(Self { connection, served })
    }

    /// The objects of some kinds: those of one namespace, or all; `cluster_wide` leaves out those of kinds with namespaces.
    pub async fn objects(&self, kinds: &[WantedKind], namespace: Option<&str>, cluster_wide: bool) -> Inventory {
        let mut read = Inventory::default();
        for served in &self.served {
            let in_scope = !(cluster_wide && served.has_namespaces) && (namespace.is_none() || served.has_namespaces);
            if in_scope && kinds.iter().any(|kind| served.is(kind)) {
                match self.list(served, namespace).await {
                    Ok(objects) => read.objects.extend(objects),
                    Err(why) => {
                        read.faults.push(format!("objects of kind {} cannot be read: {why}", served.resource.kind))
                    }
                }
            }
        }
        read
    }

    /// Loads what a rule asks for beyond its object: data of a context entry, or existing objects as a list, of which more
    /// may be there than the key selects.
    ///
    /// # Errors
    ///
    /// The reason in Kyverno's words.
    pub async fn load(&self, key: &DataKey) -> Result<Value, String> {
        let DataKey::Objects { api_version, kind, namespace, .. } = key else {
            let answer = tokio::time::timeout(TIME_LIMIT, self.connection.load(key)).await;
            return answer.unwrap_or_else(|_elapsed| Err(format!("no answer within {TIME_LIMIT:?}")));
        };
        let (group, version) = match &**api_version {
            "" => ("*", "*"),
            both => both.split_once('/').unwrap_or(("", both)),
        };
        let kind = kind.split('/').next().unwrap_or_default();
        let wanted = WantedKind { group: group.to_owned(), version: version.to_owned(), kind: kind.to_owned() };
        let namespace = Some(&**namespace).filter(|name| !name.is_empty() && !wildcard::is_wildcard(name));
        let Inventory { objects, faults } = self.objects(&[wanted], namespace, false).await;
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Value::list(objects)),
        }
    }

    async fn list(&self, served: &Served, namespace: Option<&str>) -> Result<Vec<Value>, String> {
        let ApiResource { api_version, kind, plural, group, .. } = &served.resource;
        let root = if group.is_empty() { format!("/api/{api_version}") } else { format!("/apis/{api_version}") };
        let path = match namespace {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{plural}"),
            None => format!("{root}/{plural}"),
        };
        let (mut objects, mut next) = (Vec::new(), String::new());
        loop {
            let page = format!("{path}?limit={PAGE}{next}");
            let answer = tokio::time::timeout(TIME_LIMIT, self.connection.call(false, &page, None)).await;
            let answer = answer.map_err(|_elapsed| format!("no answer within {TIME_LIMIT:?}"))?;
            let list = answer.map_err(|error| reason(&error))?;
            for item in list.get("items").and_then(Value::as_list).unwrap_or_default() {
                // Lists of one kind leave out what their items are.
                let mut members = item.as_object().cloned().unwrap_or_default();
                members.insert("apiVersion".into(), Value::text(api_version.as_str()));
                members.insert("kind".into(), Value::text(kind.as_str()));
                objects.push(Value::Object(members.into()));
            }
            let token = list.at(&["metadata", "continue"]).and_then(Value::as_text).unwrap_or_default();
            if token.is_empty() {
                return Ok(objects);
            }
            next = format!("&continue={token}");
        }
    }
}

impl Served {
    fn is(&self, wanted: &WantedKind) -> bool {
        let fits = |pattern: &str, text: &str| pattern == "*" || wildcard::matches(pattern, text);
        let in_version = match wanted.version.as_str() {
            "*" => self.is_preferred,
            version => fits(version, &self.resource.version),
        };
        in_version && fits(&wanted.group, &self.resource.group) && fits(&wanted.kind, &self.resource.kind)
    }
}

//! The cluster behind the webhook: config maps and API calls through the kube client, services over HTTP, and watched
//! copies of namespaces and role bindings.
//!
//! | module | what |
//! |---|---|
//! | [`connection`] | what is loaded from the API server and from services |
//! | `global` | the global context |
//! | [`reader`] | all objects of some kinds, read once |
//! | [`roles`] | the roles of a user, from bindings |
//! | [`service`] | calls of services that policies name |
//! | [`watch`] | copies that are kept up to date |

mod connection;
mod global;
mod reader;
mod roles;
pub(crate) mod service;
mod watch;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;

use connection::Connection;
use global::{GlobalContext, Task};
pub use reader::{ClusterReader, Inventory, WantedKind};
pub use service::download;

use crate::configuration::Configuration;
use crate::data::{DataKey, DataKind};
use crate::global::{GlobalEntry, ResourceName};
use crate::host::{Answer, Host};
use crate::registry::Keychain;
use crate::request::{GroupVersionKind, GroupVersionResource, RequestHead, Surroundings};

/// How to reach the API server.
#[derive(Clone, Debug, Default)]
pub struct ClusterOptions {
    /// A kubeconfig file; without one the usual places, then the pod's own service account.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig.
    pub context: Option<String>,
    /// Settings that concern all policies.
    pub configuration: Arc<Configuration>,
    /// Logins for registries, for policies that name none.
    pub keychain: Keychain,
}

/// Why a cluster cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The kubeconfig cannot be read or is incomplete.
    #[error("cannot read the kubeconfig: {0}")]
    Kubeconfig(#[from] kube::config::KubeconfigError),
    /// Neither a kubeconfig nor a service account was found.
    #[error("no cluster is configured: {0}")]
    NotConfigured(#[from] kube::config::InferConfigError),
    /// The client cannot be set up.
    #[error("cannot set up the client: {0}")]
    Client(#[from] kube::Error),
    /// The API server did not say which kinds it serves.
    #[error("the API server did not answer within {0:?}")]
    Silent(Duration),
    /// The API server did not give the first copy of its objects in time.
    #[error("the API server did not list its namespaces and role bindings within {0:?}")]
    Slow(Duration),
}

/// A connection to a cluster, with its watched copies.
pub struct Cluster {
    connection: Arc<Connection>,
    global: Arc<GlobalContext>,
    _entries: Task,
    copies: watch::Copies,
    kinds: Mutex<HashMap<GroupVersionResource, GroupVersionKind>>,
    configuration: Arc<Configuration>,
}

impl Cluster {
    /// Connects and waits for the first copies of namespaces and role bindings.
    ///
    /// # Errors
    ///
    /// When no cluster is configured, or it does not answer within 30 seconds.
    pub async fn connect(
        options: ClusterOptions,
        environment: Arc<dyn Environment + Send + Sync>,
    ) -> Result<Self, ClusterError> {
        let connection = Arc::new(Connection::open(&options).await?);
        let limit = Duration::from_secs(30);
        let copies = tokio::time::timeout(limit, watch::Copies::start(&connection.client))
            .await
            .map_err(|_elapsed| ClusterError::Slow(limit))?;
        let global = GlobalContext::new(Arc::clone(&connection), environment);
        let entries = global.follow_cluster().await;
        Ok(Self {
            connection,
            global,
            _entries: entries,
            copies,
            kinds: Mutex::default(),
            configuration: options.configuration,
        })
    }

    /// The kind that serves a resource: for a subresource that of its parent
    /// (Kyverno `pkg/webhooks/handlers/enrich.go`, `withTopLevelGVK`).
    async fn top_level_kind(&self, request: &RequestHead) -> Result<Option<GroupVersionKind>, String> {
        if request.sub_resource.is_empty() {
            return Ok(None);
        }
        let resource = &request.resource;
        if let Some(kind) = self.kinds.lock().unwrap_or_else(PoisonError::into_inner).get(resource) {
            return Ok(Some(kind.clone()));
        }
        let name = ResourceName {
            group: resource.group.to_string(),
            version: resource.version.to_string(),
            resource: resource.resource.to_string(),
            namespace: String::new(),
        };
        let kind = self.connection.kind_of(&name).await?;
        let kind =
            GroupVersionKind { group: resource.group.clone(), version: resource.version.clone(), kind: kind.into() };
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner).insert(resource.clone(), kind.clone());
        Ok(Some(kind))
    }
}

impl Host for Cluster {
    fn load<'a>(&'a self, key: &'a DataKey) -> Answer<'a, Value> {
        Box::pin(async move {
            match key {
                DataKey::Objects { kind, .. } => {
                    Err(format!("existing objects of kind {kind} are not listed while a request waits"))
                }
                DataKey::Global { name, projection } => self.global.get(name, projection.as_deref()).await,
                key => self.connection.load(key).await,
            }
        })
    }

    fn offers(&self, kind: DataKind) -> bool {
        match kind {
            DataKind::ConfigMap | DataKind::ApiCall | DataKind::Image | DataKind::Global => true,
            DataKind::Objects => false,
        }
    }

    fn surroundings<'a>(&'a self, request: &'a RequestHead) -> Answer<'a, Surroundings> {
        Box::pin(async move {
            let (roles, cluster_roles) = self.copies.roles_of(&request.user, &request.namespace);
            Ok(Surroundings {
                namespace_labels: self.copies.namespace_labels(&request.namespace),
                roles,
                cluster_roles,
                top_level_kind: self.top_level_kind(request).await?,
                configuration: Arc::clone(&self.configuration),
                ..Surroundings::default()
            })
        })
    }

    fn set_global_entries(&self, entries: &[Arc<GlobalEntry>]) {
        self.global.set_from_files(entries);
    }

    fn generation(&self) -> Option<u64> {
        Some(self.copies.changes())
    }
}

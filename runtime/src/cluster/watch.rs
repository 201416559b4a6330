//! Copies of the objects that every request needs, kept up to date by watches.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, RoleBinding};
use kube::runtime::reflector::{self, Store};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;

use super::roles;
use crate::request::User;

/// Watched copies.
pub(super) struct Copies {
    namespaces: Store<Namespace>,
    role_bindings: Store<RoleBinding>,
    cluster_role_bindings: Store<ClusterRoleBinding>,
    changes: Arc<AtomicU64>,
}

impl Copies {
    /// Starts the watches and waits until each has its first complete list.
    pub(super) async fn start(client: &Client) -> Self {
        let changes = Arc::new(AtomicU64::new(0));
        let copies = Self {
            namespaces: keep(Api::all(client.clone()), &changes),
            role_bindings: keep(Api::all(client.clone()), &changes),
            cluster_role_bindings: keep(Api::all(client.clone()), &changes),
            changes,
        };
        // The writer lives in its task as long as the process does, so waiting can only end well.
        let _ = copies.namespaces.wait_until_ready().await;
        let _ = copies.role_bindings.wait_until_ready().await;
        let _ = copies.cluster_role_bindings.wait_until_ready().await;
        copies
    }

    /// How often a copy changed so far.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Labels of a namespace; none when it is not known or the request is for a cluster-scoped object.
    pub(super) fn namespace_labels(&self, namespace: &str) -> BTreeMap<Arc<str>, Arc<str>> {
        let found = self.namespaces.get(&reflector::ObjectRef::new(namespace));
        let labels = found.and_then(|namespace| namespace.metadata.labels.clone()).unwrap_or_default();
        labels.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
    }

    /// Roles and cluster roles of a user in a namespace.
    pub(super) fn roles_of(&self, user: &User, namespace: &str) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
        let bindings = self.role_bindings.state();
        let cluster_bindings = self.cluster_role_bindings.state();
        roles::roles_of(user, namespace, bindings.iter().map(Arc::as_ref), cluster_bindings.iter().map(Arc::as_ref))
    }
}

/// Lists and watches in a task of its own, for ever; failures are retried with growing pauses.
///
/// `changes` goes up after each change of the copy.
fn keep<K>(api: Api<K>, changes: &Arc<AtomicU64>) -> Store<K>
where
    K: Resource + Clone + DeserializeOwned + Debug + Send + Sync + 'static,
    K::DynamicType: Default + Eq + Hash + Clone + Send + Sync,
{
    let (reader, writer) = reflector::store();
    let events = watcher(api, watcher::Config::default()).default_backoff().reflect(writer);
    let changes = Arc::clone(changes);
    tokio::spawn(events.for_each(move |event| {
        match event {
            Ok(_) => drop(changes.fetch_add(1, Ordering::Release)),
            Err(error) => {
                tracing::warn!(%error, kind = %K::kind(&K::DynamicType::default()), "a watch failed and is retried");
            }
        }
        std::future::ready(())
    }));
    reader
}

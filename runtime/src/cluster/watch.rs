//! Copies of the objects that every request needs, kept up to date by watches.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

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
}

impl Copies {
    /// Starts the watches and waits until each has its first complete list.
    pub(super) async fn start(client: &Client) -> Self {
        let copies = Self {
            namespaces: keep(Api::all(client.clone())),
            role_bindings: keep(Api::all(client.clone())),
            cluster_role_bindings: keep(Api::all(client.clone())),
        };
        // The writer lives in its task as long as the process does, so waiting can only end well.
        let _ = copies.namespaces.wait_until_ready().await;
        let _ = copies.role_bindings.wait_until_ready().await;
        let _ = copies.cluster_role_bindings.wait_until_ready().await;
        copies
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
fn keep<K>(api: Api<K>) -> Store<K>
where
    K: Resource + Clone + DeserializeOwned + Debug + Send + Sync + 'static,
    K::DynamicType: Default + Eq + Hash + Clone + Send + Sync,
{
    let (reader, writer) = reflector::store();
    let changes = watcher(api, watcher::Config::default()).default_backoff().reflect(writer);
    tokio::spawn(changes.for_each(|change| {
        if let Err(error) = change {
            tracing::warn!(%error, kind = %K::kind(&K::DynamicType::default()), "a watch failed and is retried");
        }
        std::future::ready(())
    }));
    reader
}

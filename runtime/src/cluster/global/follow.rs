//! All objects of a resource, listed and watched.

use std::collections::BTreeMap;
use std::time::Duration;

use dikast_stdlib::{Value, encode};
use futures::StreamExt;
use kube::Api;
use kube::core::ApiResource;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};

use super::watched::Watched;
use crate::cluster::connection::Connection;
use crate::global::ResourceName;

/// How many bytes the objects of a resource may take, as JSON.
const BYTES_MAX: usize = 256 << 20;

/// How long changes are gathered before the next state is told.
const GATHER: Duration = Duration::from_millis(50);

/// How many changes are gathered at most.
const CHANGES_MAX: usize = 1024;

/// When a resource that is not served, or that was too large, is looked for again.
const AGAIN: Duration = Duration::from_secs(30);

/// Why there are no objects now.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The API server does not serve or does not show them. What was known before may be kept.
    Unavailable(String),
    /// They are too many to keep.
    TooLarge(String),
}

/// Lists and watches a resource for ever, under the first of these names that the API server serves, and tells its objects
/// in the order of namespaces and names: once they are complete, and after each change. Failures are told and tried again.
pub(super) async fn follow(
    connection: &Connection,
    names: &[ResourceName],
    mut tell: impl FnMut(Result<Value, Trouble>) + Send,
) {
    loop {
        match served(connection, names).await {
            Ok((name, resource)) => {
                let trouble = watch_one(connection, name, &resource, &mut tell).await;
                tell(Err(trouble));
            }
            Err(reason) => tell(Err(Trouble::Unavailable(reason))),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn served<'n>(
    connection: &Connection,
    names: &'n [ResourceName],
) -> Result<(&'n ResourceName, ApiResource), String> {
    let mut refusal = String::new();
    for name in names {
        match connection.kind_of(name).await {
            Ok(kind) => {
                let gvk = kube::core::GroupVersionKind::gvk(&name.group, &name.version, &kind);
                return Ok((name, ApiResource::from_gvk_with_plural(&gvk, &name.resource)));
            }
            Err(reason) => refusal = reason,
        }
    }
    Err(refusal)
}

/// Tells the objects until they are too many.
async fn watch_one(
    connection: &Connection,
    name: &ResourceName,
    resource: &ApiResource,
    tell: &mut (impl FnMut(Result<Value, Trouble>) + Send),
) -> Trouble {
    let client = connection.client.clone();
    let api: Api<Watched> = match name.namespace.as_str() {
        "" => Api::all_with(client, resource),
        namespace => Api::namespaced_with(client, namespace, resource),
    };
    let events = watch(api, watcher::Config::default()).default_backoff().ready_chunks(CHANGES_MAX);
    let mut events = std::pin::pin!(events);
    let mut listing = Objects::default();
    let mut known: Option<Objects> = None;
    while let Some(chunk) = events.next().await {
        let mut changed = false;
        for event in chunk {
            match event {
                Ok(Event::Init) => listing = Objects::default(),
                Ok(Event::InitApply(object)) => listing.insert(object, resource),
                Ok(Event::InitDone) => {
                    known = Some(std::mem::take(&mut listing));
                    changed = true;
                }
                Ok(Event::Apply(object)) => {
                    known.get_or_insert_default().insert(object, resource);
                    changed = true;
                }
                Ok(Event::Delete(object)) => {
                    known.get_or_insert_default().remove(&object);
                    changed = true;
                }
                Err(error) => tell(Err(Trouble::Unavailable(error.to_string()))),
            }
            if listing.bytes.max(known.as_ref().map_or(0, |known| known.bytes)) > BYTES_MAX {
                return Trouble::TooLarge(format!("the objects of {} take more than {BYTES_MAX} bytes", name.path()));
            }
        }
        if let Some(known) = known.as_ref().filter(|_| changed) {
            tell(Ok(known.to_list()));
        }
        tokio::time::sleep(GATHER).await;
    }
    Trouble::Unavailable(format!("the watch of {} has ended", name.path()))
}

/// Objects by namespace and name, each with its size.
#[derive(Debug, Default)]
struct Objects {
    objects: BTreeMap<(String, String), (Value, usize)>,
    bytes: usize,
}

impl Objects {
    fn insert(&mut self, watched: Watched, resource: &ApiResource) {
        self.remove(&watched);
        let key = watched.key();
        let object = watched.into_object(resource);
        let size = encode::to_go_json(&object).map_or(BYTES_MAX, |json| json.len());
        self.bytes = self.bytes.saturating_add(size);
        self.objects.insert(key, (object, size));
    }

    fn remove(&mut self, watched: &Watched) {
        if let Some((_, size)) = self.objects.remove(&watched.key()) {
            self.bytes = self.bytes.saturating_sub(size);
        }
    }

    fn to_list(&self) -> Value {
        Value::list(self.objects.values().map(|(object, _)| object.clone()))
    }
}

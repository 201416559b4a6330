//! Where the webhook gets what a request does not hold: context data, the labels of namespaces, the roles of users.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use dikast_stdlib::Value;

use crate::data::{DataKey, DataKind, DataSource, FixedData, Lookup};
use crate::global::GlobalEntry;
use crate::request::{RequestHead, Surroundings};

/// A future of a host's answer.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// Loads what the engine says it needs. Time limits are the caller's.
pub trait Host: Send + Sync {
    /// Loads one piece of data; the error is the reason in Kyverno's words.
    fn load<'a>(&'a self, key: &'a DataKey) -> Answer<'a, Value>;

    /// Whether data of this kind can be had at all.
    fn offers(&self, kind: DataKind) -> bool;

    /// What is known about the namespace and the user of a request.
    fn surroundings<'a>(&'a self, request: &'a RequestHead) -> Answer<'a, Surroundings>;

    /// Is told the entries of the global context that stand beside the policies: at the start and after each change.
    fn set_global_entries(&self, _entries: &[Arc<GlobalEntry>]) {}

    /// A number that changes whenever the surroundings of any request may have; as long as it stays, they may be kept.
    /// None when they have to be asked for each time.
    fn generation(&self) -> Option<u64> {
        None
    }
}

/// A host without a cluster: data and namespaces are known beforehand.
pub struct OfflineHost {
    /// Context data.
    pub data: Box<dyn DataSource + Send + Sync>,
    /// Labels by namespace.
    pub namespaces: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Arc<str>>>,
}

/// No data and no namespaces.
impl Default for OfflineHost {
    fn default() -> Self {
        Self { data: Box::new(FixedData::new()), namespaces: BTreeMap::new() }
    }
}

impl Host for OfflineHost {
    fn load<'a>(&'a self, key: &'a DataKey) -> Answer<'a, Value> {
        Box::pin(std::future::ready(match self.data.lookup(key) {
            Lookup::Ready(value) => Ok(value),
            Lookup::Failed(reason) => Err(reason),
            Lookup::Absent => Err("no data".to_owned()),
        }))
    }

    fn offers(&self, kind: DataKind) -> bool {
        self.data.offers(kind)
    }

    fn surroundings<'a>(&'a self, request: &'a RequestHead) -> Answer<'a, Surroundings> {
        let namespace_labels = self.namespaces.get(&request.namespace).cloned().unwrap_or_default();
        Box::pin(std::future::ready(Ok(Surroundings { namespace_labels, ..Surroundings::default() })))
    }

    fn generation(&self) -> Option<u64> {
        Some(0)
    }
}

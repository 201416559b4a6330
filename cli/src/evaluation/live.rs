//! A cluster that policies are applied to: its objects, and what rules ask of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use dikast_compiler::ir::Program;
use dikast_runtime::cluster::{ClusterOptions, ClusterReader, Inventory, WantedKind};
use dikast_runtime::data::{DataKey, Lookup};
use dikast_stdlib::Value;
use tokio::runtime::Runtime;

/// A cluster, and what was asked of it so far. What is asked once is not asked again.
pub(crate) struct Live {
    runtime: Runtime,
    reader: ClusterReader,
    answers: Mutex<HashMap<DataKey, Lookup>>,
}

impl Live {
    /// Connects.
    ///
    /// # Errors
    /// When no cluster is configured, or it does not answer.
    pub(crate) fn connect(options: &ClusterOptions) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let reader = runtime.block_on(ClusterReader::connect(options)).context("the cluster cannot be read")?;
        Ok(Self { runtime, reader, answers: Mutex::default() })
    }

    /// The objects that the policies are about by their kinds.
    pub(crate) fn objects(&self, program: &Program, namespace: Option<&str>, cluster_wide: bool) -> Inventory {
        let mut kinds = BTreeSet::new();
        let filters = program.rules.iter().flat_map(|rule| &rule.matching.filters);
        for kind in filters.flat_map(|filter| &filter.kinds) {
            if matches!(&**program.name(kind.subresource), "" | "*") {
                let name = |name| program.name(name).to_string();
                let (group, version, kind) = (name(kind.group), name(kind.version), name(kind.kind));
                kinds.insert(WantedKind { group, version, kind });
            }
        }
        let kinds: Vec<WantedKind> = kinds.into_iter().collect();
        self.runtime.block_on(self.reader.objects(&kinds, namespace, cluster_wide))
    }

    /// The labels of all namespaces.
    pub(crate) fn namespaces(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let kind = WantedKind { group: String::new(), version: "v1".to_owned(), kind: "Namespace".to_owned() };
        let namespaces = self.runtime.block_on(self.reader.objects(&[kind], None, false)).objects;
        let text =
            |object: &Value, path: &[&str]| object.at(path).and_then(Value::as_text).unwrap_or_default().to_owned();
        let labels = |object: &Value| {
            let labels = object.at(&["metadata", "labels"]).and_then(Value::as_object).into_iter().flatten();
            labels.filter_map(|(name, value)| Some((name.to_string(), value.as_text()?.to_owned()))).collect()
        };
        namespaces.iter().map(|object| (text(object, &["metadata", "name"]), labels(object))).collect()
    }

    /// What is known of a key.
    pub(crate) fn lookup(&self, key: &DataKey) -> Lookup {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(key).cloned().unwrap_or(Lookup::Absent)
    }

    /// Asks the cluster.
    pub(crate) fn load(&self, keys: &[DataKey]) {
        for key in keys {
            let answer = match self.runtime.block_on(self.reader.load(key)) {
                Ok(value) => Lookup::Ready(value),
                Err(reason) => Lookup::Failed(reason),
            };
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), answer);
        }
    }
}

//! The global context of a cluster: entries from files and from the API server, kept up to date in tasks of their own
//! (Kyverno `pkg/controllers/globalcontext`, `pkg/globalcontext`).
//!
//! A request only reads what is there. Where Kyverno ends the watch of an entry for good when it fails once, it is taken up
//! again here.
//!
//! | module | what |
//! |---|---|
//! | [`mod@follow`] | all objects of a resource, listed and watched |
//! | [`poll`] | calls that are made again and again |
//! | [`watched`] | objects of resources that are only known by name |

mod follow;
mod poll;
mod watched;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::connection::Connection;
use crate::global::{GlobalEntry, GlobalSnapshot, GlobalSource, ResourceName};
use follow::{Trouble, follow};

/// How many entries are kept. Kyverno has no bound unless it is told one.
const ENTRIES_MAX: usize = 1000;

/// How long the start waits for the entries that are in the cluster.
const FIRST_ENTRIES: Duration = Duration::from_secs(5);

/// Entries by name.
type Entries = BTreeMap<Arc<str>, Arc<GlobalEntry>>;

/// The entries, and what they hold.
pub(super) struct GlobalContext {
    connection: Arc<Connection>,
    environment: Arc<dyn Environment + Send + Sync>,
    tasks: Handle,
    wanted: Mutex<Wanted>,
    kept: ArcSwap<BTreeMap<Arc<str>, Kept>>,
}

/// The entries that are asked for. Those of files go before those of the cluster.
#[derive(Default)]
struct Wanted {
    from_files: Entries,
    from_cluster: Entries,
}

/// An entry that is kept up to date.
#[derive(Clone)]
struct Kept {
    entry: Arc<GlobalEntry>,
    state: watch::Receiver<State>,
    _task: Arc<Task>,
}

/// Ends with its owner.
pub(super) struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What an entry holds now.
#[derive(Clone, Debug)]
enum State {
    /// The first attempt is under way.
    Starting,
    /// It could not be filled: for rules it is not there, as in Kyverno.
    Absent,
    /// It could not be filled, and rules are told why.
    Failed(String),
    /// This.
    Ready(Arc<GlobalSnapshot>),
}

impl GlobalContext {
    pub(super) fn new(connection: Arc<Connection>, environment: Arc<dyn Environment + Send + Sync>) -> Arc<Self> {
        Arc::new(Self {
            connection,
            environment,
            tasks: Handle::current(),
            wanted: Mutex::default(),
            kept: ArcSwap::default(),
        })
    }

    /// Follows the entries that are in the cluster, as long as the task is there. Waits a moment for the first.
    pub(super) async fn follow_cluster(self: &Arc<Self>) -> Task {
        let (told, mut first) = watch::channel(false);
        let context = Arc::clone(self);
        let task = Task(self.tasks.spawn(async move {
            let names = ["v2beta1", "v2", "v2alpha1"].map(|version| ResourceName {
                group: "kyverno.io".to_owned(),
                version: version.to_owned(),
                resource: "globalcontextentries".to_owned(),
                namespace: String::new(),
            });
            let tell = |objects: Result<Value, Trouble>| {
                match objects {
                    Ok(objects) => context.set(|wanted| wanted.from_cluster = read(&objects)),
                    Err(trouble) => tracing::debug!(?trouble, "no global context entries from the cluster"),
                }
                told.send_replace(true);
            };
            follow(&context.connection, &names, tell).await;
        }));
        let _ = tokio::time::timeout(FIRST_ENTRIES, first.wait_for(|told| *told)).await;
        task
    }

    /// Puts the entries of files in place.
    pub(super) fn set_from_files(&self, entries: &[Arc<GlobalEntry>]) {
        let entries = entries.iter().map(|entry| (Arc::clone(&entry.name), Arc::clone(entry))).collect();
        self.set(|wanted| wanted.from_files = entries);
    }

    /// Changes which entries there are. Those that stay as they were go on; one that is another now holds what it held
    /// until the new one has something.
    fn set(&self, change: impl FnOnce(&mut Wanted)) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut wanted);
        let mut entries = wanted.from_cluster.clone();
        entries.extend(wanted.from_files.clone());
        if entries.len() > ENTRIES_MAX {
            tracing::error!(entries = entries.len(), "only {ENTRIES_MAX} global context entries are kept");
        }
        let before = self.kept.load_full();
        let keep = |(name, entry): (Arc<str>, Arc<GlobalEntry>)| {
            let kept = match before.get(&name) {
                Some(kept) if kept.entry.is_same(&entry) => kept.clone(),
                replaced => self.start(entry, replaced),
            };
            (name, kept)
        };
        let kept = entries.into_iter().take(ENTRIES_MAX).map(keep).collect();
        self.kept.store(Arc::new(kept));
    }

    fn start(&self, entry: Arc<GlobalEntry>, replaced: Option<&Kept>) -> Kept {
        let before = replaced.map(|kept| kept.state.borrow().clone());
        let first = before.filter(|state| matches!(state, State::Ready(_))).unwrap_or(State::Starting);
        let (holder, state) = watch::channel(first);
        let (connection, environment) = (Arc::clone(&self.connection), Arc::clone(&self.environment));
        let task = self.tasks.spawn(keep(connection, environment, Arc::clone(&entry), holder));
        Kept { entry, state, _task: Arc::new(Task(task)) }
    }

    /// What an entry holds, or a projection of it. Waits only for an entry that was never filled yet.
    ///
    /// # Errors
    ///
    /// In Kyverno's words, when there is no such thing.
    pub(super) async fn get(&self, name: &str, projection: Option<&str>) -> Result<Value, String> {
        let absent = || format!("failed to fetch entry key={name}");
        let mut state = self.kept.load().get(name).map(|kept| kept.state.clone()).ok_or_else(absent)?;
        let state = state.wait_for(|state| !matches!(state, State::Starting)).await;
        // A task that is gone belongs to an entry that is gone.
        match state.map(|state| state.clone()).unwrap_or(State::Absent) {
            State::Starting | State::Absent => Err(absent()),
            State::Failed(reason) => Err(reason),
            State::Ready(snapshot) => snapshot.get(projection),
        }
    }
}

/// The entries of a list. What is none is told and left out.
fn read(objects: &Value) -> Entries {
    let mut entries = Entries::new();
    for object in objects.as_list().unwrap_or_default() {
        match GlobalEntry::from_value(object) {
            Ok(entry) => drop(entries.insert(Arc::clone(&entry.name), Arc::new(entry))),
            Err(reason) => {
                let name = object.at(&["metadata", "name"]).and_then(Value::as_text).unwrap_or_default();
                tracing::error!(entry = name, %reason, "a global context entry of the cluster is left out");
            }
        }
    }
    entries
}

/// Keeps an entry up to date, for ever.
async fn keep(
    connection: Arc<Connection>,
    environment: Arc<dyn Environment + Send + Sync>,
    entry: Arc<GlobalEntry>,
    holder: watch::Sender<State>,
) {
    let resource = match &entry.source {
        GlobalSource::Call { key, every, tries } => {
            let tell = |answer: Result<Value, String>| {
                let snapshot = answer.and_then(|answer| {
                    let snapshot = GlobalSnapshot::of_answer(&answer, &entry.projections, &*environment);
                    snapshot.map_err(|fault| fault.to_string())
                });
                holder.send_replace(match snapshot {
                    Ok(snapshot) => State::Ready(Arc::new(snapshot)),
                    Err(reason) => {
                        tracing::warn!(entry = &*entry.name, %reason, "a global context entry could not be refreshed");
                        State::Failed(reason)
                    }
                });
            };
            return poll::poll(&connection, key, *every, *tries, tell).await;
        }
        GlobalSource::Objects(resource) => resource,
    };
    let tell = |objects: Result<Value, Trouble>| match objects {
        Ok(objects) => {
            let before = match &*holder.borrow() {
                State::Ready(before) => Some(Arc::clone(before)),
                _ => None,
            };
            let (snapshot, faults) =
                GlobalSnapshot::of_objects(objects, &entry.projections, before.as_deref(), &*environment);
            for reason in faults {
                tracing::warn!(entry = &*entry.name, %reason, "a projection of a global context entry stays as it was");
            }
            holder.send_replace(State::Ready(Arc::new(snapshot)));
        }
        Err(Trouble::TooLarge(reason)) => {
            tracing::error!(entry = &*entry.name, %reason, "a global context entry is too large");
            holder.send_replace(State::Failed(reason));
        }
        Err(Trouble::Unavailable(reason)) => {
            tracing::warn!(entry = &*entry.name, %reason, "a global context entry cannot be followed now");
            holder.send_if_modified(|state| {
                let is_first = matches!(state, State::Starting);
                if is_first {
                    *state = State::Absent;
                }
                is_first
            });
        }
    };
    follow(&connection, std::slice::from_ref(resource), tell).await;
}

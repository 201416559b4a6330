//! What registries say of images, without a cluster.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use dikast_runtime::data::{DataKey, Lookup};
use dikast_runtime::registry::{Keychain, Registries};
use tokio::runtime::Runtime;

/// How long a registry may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Registries, and what was asked of them so far.
pub(crate) struct Registry {
    runtime: Runtime,
    registries: Registries,
    keychain: Keychain,
    answers: Mutex<HashMap<DataKey, Lookup>>,
}

impl Registry {
    /// Nobody is asked yet.
    ///
    /// # Errors
    /// When the logins of this machine cannot be read.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let keychain = own_keychain()?;
        Ok(Self { runtime, registries: Registries::new(), keychain, answers: Mutex::default() })
    }

    /// What is known of a key.
    pub(crate) fn lookup(&self, key: &DataKey) -> Lookup {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(key).cloned().unwrap_or(Lookup::Absent)
    }

    /// Asks for an image. Without a cluster there are no Secrets.
    pub(crate) fn load(&self, key: &DataKey) {
        let DataKey::Image { reference, credentials } = key else { return };
        let is_insecure = credentials.as_ref().is_some_and(|credentials| credentials.is_insecure);
        let answer = self.runtime.block_on(async {
            let asked = self.registries.image(reference, &self.keychain, is_insecure);
            tokio::time::timeout(TIME_LIMIT, asked).await
        });
        let answer = match answer {
            Ok(Ok(value)) => Lookup::Ready(value),
            Ok(Err(reason)) => Lookup::Failed(reason),
            Err(_elapsed) => Lookup::Failed(format!("no answer within {TIME_LIMIT:?}")),
        };
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), answer);
    }
}

/// The logins in Docker's configuration on this machine, where there is one.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn own_keychain() -> anyhow::Result<Keychain> {
    let mut keychain = Keychain::default();
    let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let folder = folder.or_else(|| std::env::home_dir().map(|home| home.join(".docker")));
    if let Some(path) = folder.map(|folder| folder.join("config.json")).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        keychain.add(&text).map_err(|reason| anyhow!("{} {reason}", path.display()))?;
    }
    Ok(keychain)
}

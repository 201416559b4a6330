//! Where objects come from: files, or a cluster.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use dikast_compiler::ir::Program;
use dikast_runtime::cluster::ClusterOptions;
use dikast_runtime::registry::Keychain;
use dikast_stdlib::Value;

use super::Arguments;
use crate::evaluation::live::Live;
use crate::evaluation::registry::own_keychain;
use crate::input::InputError;
use crate::input::bulk::Objects;

/// Which cluster, and what of it.
#[derive(Debug, Default, clap::Args)]
pub(super) struct ClusterFlags {
    /// Apply the policies to the objects of a cluster that they are about; --resource names some of them
    #[arg(short, long)]
    pub(super) cluster: bool,
    /// With --cluster: only objects of kinds without a namespace
    #[arg(long)]
    cluster_wide_resources: bool,
    /// With --cluster: only objects of this namespace
    #[arg(short, long, value_name = "NAME")]
    namespace: Option<String>,
    /// With --cluster: the kubeconfig file
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// With --cluster: a context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

impl ClusterFlags {
    /// Connects, where a cluster is asked for; with this machine's logins for registries or without.
    ///
    /// # Errors
    /// When it cannot be reached, or flags are about a cluster that nobody asks for.
    pub(super) fn connect(&self, with_logins: bool) -> anyhow::Result<Option<Live>> {
        for (flag, is_set) in [
            ("--cluster-wide-resources", self.cluster_wide_resources),
            ("--namespace", self.namespace.is_some()),
            ("--kubeconfig", self.kubeconfig.is_some()),
            ("--context", self.context.is_some()),
        ] {
            ensure!(self.cluster || !is_set, "{flag} is about a cluster: add --cluster");
        }
        let (kubeconfig, context) = (self.kubeconfig.clone(), self.context.clone());
        let keychain = if with_logins { own_keychain()? } else { Keychain::default() };
        let options = ClusterOptions { kubeconfig, context, keychain, ..ClusterOptions::default() };
        self.cluster.then(|| Live::connect(&options)).transpose()
    }
}

impl Arguments {
    /// The objects of the cluster that the policies are about, or those of them that --resource names.
    ///
    /// # Errors
    /// When none has a name that is given.
    pub(super) fn objects_of(&self, live: &Live, program: &Program) -> anyhow::Result<Objects> {
        let flags = &self.cluster;
        let inventory = live.objects(program, flags.namespace.as_deref(), flags.cluster_wide_resources);
        let mut objects: Vec<Value> = inventory.objects.iter().map(Value::to_floats).collect();
        for path in &self.resources {
            if !objects.iter().any(|object| is_named(object, path)) {
                bail!("{} not found in cluster", path.display());
            }
        }
        if !self.resources.is_empty() {
            objects.retain(|object| self.resources.iter().any(|path| is_named(object, path)));
        }
        let fault = |message| InputError { place: "cluster".to_owned(), message };
        Ok(Objects { objects, faults: inventory.faults.into_iter().map(fault).collect() })
    }
}

/// Whether an object has the name that a path stands for: as it is, or its last part with or without its extension.
fn is_named(object: &Value, path: &Path) -> bool {
    let name = object.at(&["metadata", "name"]).and_then(Value::as_text);
    [path.to_str(), path.file_name().and_then(|name| name.to_str()), path.file_stem().and_then(|name| name.to_str())]
        .contains(&name)
}

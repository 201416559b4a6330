//! `dikast serve`

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use dikast_compiler::diagnostic::{crowd, render};
use dikast_runtime::cluster::{Cluster, ClusterOptions};
use dikast_runtime::host::{Host, OfflineHost};
use dikast_runtime::native::{PerfMap, UnitStore};
use dikast_runtime::registry::Keychain;
use dikast_runtime::webhook::certificate::{CertificateSource, Certificates, loopback_names};
use dikast_runtime::webhook::policies::{Loaded, PolicyStore};
use dikast_runtime::webhook::service::{Options, Service};

use super::{Engine, Exit};
use crate::allocator::Frugality;
use crate::evaluation::world::Machine;
use crate::serving;

/// Serve policies to an API server, as mutating and validating webhook
///
/// Listens for AdmissionReviews on /mutate and /validate, and on Kyverno's paths /mutate/fail, /mutate/ignore,
/// /validate/fail and /validate/ignore. /healthz, /readyz and /metrics are there too. Policies and certificates are read
/// again when their files change; a policy that no longer compiles goes on serving in its last good form.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dikast serve policies/
  dikast serve policies/ --listen 0.0.0.0:9443 --tls-cert tls.crt --tls-key tls.key
  dikast serve policies/ --kubeconfig ~/.kube/config --ca-out ca.pem")]
pub(crate) struct Arguments {
    /// Policy files and folders
    #[arg(required = true, value_name = "POLICIES")]
    policies: Vec<PathBuf>,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:9443", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Certificate chain as PEM; without one, a throw-away certificate is made (loopback only)
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Private key as PEM
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Where to write the throw-away certificate, for clients to trust
    #[arg(long, conflicts_with = "tls_cert", value_name = "FILE")]
    ca_out: Option<PathBuf>,
    /// Kubeconfig of the cluster that ConfigMaps, API calls, the global context, namespaces and roles are read from
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// Docker configuration with logins for image registries, for policies that name no Secrets
    #[arg(long, conflicts_with = "offline", value_name = "FILE")]
    docker_config: Option<PathBuf>,
    /// Do not connect to a cluster, even inside one
    #[arg(long, conflicts_with_all = ["kubeconfig", "context"])]
    offline: bool,
    /// Serve the good policies even if others have errors
    #[arg(long)]
    skip_faulty: bool,
    /// Which engine decides
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// Form of the log
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Lines to read
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

impl Arguments {
    /// Serves until the process is asked to end.
    ///
    /// # Errors
    /// When files cannot be read, the address cannot be listened on, or the cluster cannot be reached.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        start_log(self.log_format);
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<Exit> {
        let frugality = Frugality::begin();
        let (store, loaded) = PolicyStore::open(self.policies.clone())?;
        report(&loaded);
        if loaded.has_errors() && !self.skip_faulty {
            writeln!(
                std::io::stderr(),
                "not serving: mend the errors, or use --skip-faulty to serve the other policies"
            )?;
            return Ok(Exit::Findings);
        }
        let certificates = Arc::new(Certificates::new(self.certificate_source()?, serving::provider())?);
        if let (Some(file), Some(authority)) = (&self.ca_out, certificates.authority_pem()) {
            std::fs::write(file, authority).with_context(|| format!("cannot write {}", file.display()))?;
        }
        let host = self.host().await?;
        let store_of_units = UnitStore::with_perf_map(perf_map()?);
        let options = Options { choice: self.engine.into(), store: store_of_units, ..Options::default() };
        let service = Arc::new(Service::new(&loaded, host, Box::new(Machine), options));
        let (address, server) =
            serving::start(self.listen, Arc::clone(&service), Arc::clone(&certificates), serving::asked_to_end())
                .await?;
        let (policies, rules) = (loaded.program.policies.len(), loaded.program.rules.len());
        tracing::info!(%address, policies, rules, "serving");
        let _freshness = serving::keep_fresh(store, service, certificates, frugality, report)?;
        server.await?;
        tracing::info!("ended");
        Ok(Exit::Clean)
    }

    fn certificate_source(&self) -> anyhow::Result<CertificateSource> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(chain), Some(key)) => Ok(CertificateSource::Files { chain: chain.clone(), key: key.clone() }),
            _ if !self.listen.ip().is_loopback() => {
                bail!("{} is no loopback address, so it needs --tls-cert and --tls-key", self.listen.ip())
            }
            _ => Ok(CertificateSource::ThrowAway { names: loopback_names(self.listen.ip()) }),
        }
    }

    async fn host(&self) -> anyhow::Result<Arc<dyn Host>> {
        let in_cluster = std::env::var_os("KUBERNETES_SERVICE_HOST").is_some();
        let asked_for = self.kubeconfig.is_some() || self.context.is_some();
        if self.offline || !(asked_for || in_cluster) {
            tracing::info!("no cluster: config maps and API calls of policies find nothing (see --kubeconfig)");
            return Ok(Arc::new(OfflineHost::default()));
        }
        let mut keychain = Keychain::default();
        if let Some(path) = &self.docker_config {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            keychain.add(&text).map_err(|reason| anyhow!("{} {reason}", path.display()))?;
        }
        let options = ClusterOptions {
            keychain,
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            ..ClusterOptions::default()
        };
        Ok(Arc::new(Cluster::connect(options, Arc::new(Machine)).await?))
    }
}

/// Where `perf` learns the names of rules, when `DIKAST_PERF_MAP=1` asks for it.
fn perf_map() -> anyhow::Result<Option<PerfMap>> {
    if std::env::var_os("DIKAST_PERF_MAP").is_none_or(|value| value != "1") {
        return Ok(None);
    }
    let map = PerfMap::create(&std::env::temp_dir()).context("cannot make the map for perf")?;
    tracing::info!(path = %map.path().display(), "perf finds the names of rules");
    Ok(Some(map))
}

/// Diagnostics to standard error, and what became of the policies to the log.
fn report(loaded: &Loaded) {
    if !loaded.diagnostics.is_empty() {
        let colours = std::io::stderr().is_terminal();
        let text =
            render::terminal::render(&crowd::thinned(&loaded.diagnostics, &loaded.sources), &loaded.sources, colours);
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    for problem in &loaded.problems {
        tracing::error!("{problem}");
    }
    let (policies, faults) = (loaded.program.policies.len(), loaded.faults());
    if faults > 0 {
        let kept = loaded.kept.join(", ");
        tracing::error!(policies, faults, %kept, "some policies have errors; those that were kept serve in their last good form");
    } else {
        tracing::info!(policies, "policies loaded");
    }
}

fn start_log(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("DIKAST_LOG")
        .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().init(),
    }
}

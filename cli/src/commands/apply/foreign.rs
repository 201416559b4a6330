//! Flags of `kyverno apply` for what dikast does not do. Each is refused with what to do instead, so that no script that
//! uses one goes on as if it had been heard.

use anyhow::bail;

/// These flags.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Foreign {
    #[arg(short, long, hide = true)]
    cluster: bool,
    #[arg(long, hide = true)]
    cluster_wide_resources: bool,
    #[arg(short, long, hide = true)]
    namespace: Option<String>,
    #[arg(long, hide = true)]
    kubeconfig: Option<String>,
    #[arg(long, hide = true)]
    context: Option<String>,
    #[arg(long, hide = true)]
    registry: bool,
    #[arg(short = 'b', long, hide = true)]
    git_branch: Option<String>,
    #[arg(long, hide = true)]
    username: Option<String>,
    #[arg(long, hide = true)]
    password: Option<String>,
    #[arg(long, hide = true)]
    generate_exceptions: bool,
    #[arg(long, hide = true)]
    generated_exception_ttl: Option<String>,
    #[arg(long, hide = true)]
    json: Vec<String>,
    #[arg(long, hide = true)]
    http_payload: Vec<String>,
    #[arg(long, hide = true)]
    envoy_payload: Vec<String>,
    #[arg(long, visible_alias = "parameter-resources", hide = true)]
    parameter_resource: Vec<String>,
    #[arg(long, hide = true)]
    context_file: Option<String>,
}

impl Foreign {
    /// Refuses the first flag that is set.
    ///
    /// # Errors
    /// What to do instead.
    pub(super) fn refuse(&self) -> anyhow::Result<()> {
        let of_cluster = "objects are not read from a cluster: pipe them in, as in \
                          `kubectl get pods -A -o yaml | dikast apply policies -r -`";
        let of_git = "policies are not read from git: clone the repository, and name its folder";
        let of_cel = "it is for policies in CEL, which are not supported yet";
        let of_registry = "image registries are not asked: give the entry's value in the values file";
        let of_exceptions = "exceptions are not written for what fails";
        for (flag, is_set, why) in [
            ("--cluster", self.cluster, of_cluster),
            ("--cluster-wide-resources", self.cluster_wide_resources, of_cluster),
            ("--namespace", self.namespace.is_some(), of_cluster),
            ("--kubeconfig", self.kubeconfig.is_some(), of_cluster),
            ("--context", self.context.is_some(), of_cluster),
            ("--registry", self.registry, of_registry),
            ("--git-branch", self.git_branch.is_some(), of_git),
            ("--username", self.username.is_some(), of_git),
            ("--password", self.password.is_some(), of_git),
            ("--generate-exceptions", self.generate_exceptions, of_exceptions),
            ("--generated-exception-ttl", self.generated_exception_ttl.is_some(), of_exceptions),
            ("--json", !self.json.is_empty(), of_cel),
            ("--http-payload", !self.http_payload.is_empty(), of_cel),
            ("--envoy-payload", !self.envoy_payload.is_empty(), of_cel),
            ("--parameter-resource", !self.parameter_resource.is_empty(), of_cel),
            ("--context-file", self.context_file.is_some(), of_cel),
        ] {
            if is_set {
                bail!("{flag} is not supported: {why}");
            }
        }
        Ok(())
    }
}

//! Flags of `kyverno apply` and `kyverno test` for what dikast does not do. Each is refused with what to do instead, so that
//! no script that uses one goes on as if it had been heard.

use dikast_compiler::diagnostic::code;

use crate::fault::Fault;

const OF_GIT: &str = "policies are not read from git: clone the repository, and name its folder";
const OF_LOG: &str = "there is no log; --detailed-results shows what the rules say";

/// Refuses the first flag that is set.
fn refuse<const N: usize>(flags: [(&str, bool, &str); N]) -> Result<(), Fault> {
    match flags.iter().find(|(_, is_set, _)| *is_set) {
        None => Ok(()),
        Some((flag, _, why)) => Err(Fault::new(code::UNSUPPORTED_FLAG, format!("{flag} is not supported: {why}"))),
    }
}

/// Those of `kyverno test`.
#[derive(Debug, Default, clap::Args)]
pub(super) struct OfTest {
    #[arg(short = 'b', long, hide = true)]
    git_branch: Option<String>,
    #[arg(short, long = "v", hide = true)]
    verbosity: Option<String>,
}

impl OfTest {
    /// Refuses the first flag that is set.
    ///
    /// # Errors
    /// What to do instead.
    pub(super) fn refuse(&self) -> Result<(), Fault> {
        refuse([("--git-branch", self.git_branch.is_some(), OF_GIT), ("-v", self.verbosity.is_some(), OF_LOG)])
    }
}

/// Those of `kyverno apply`.
#[derive(Debug, Default, clap::Args)]
pub(super) struct OfApply {
    #[arg(short = 'b', long, hide = true)]
    git_branch: Option<String>,
    #[arg(long, hide = true)]
    username: Option<String>,
    #[arg(long, hide = true)]
    password: Option<String>,
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
    #[arg(long, hide = true)]
    concurrent: Option<String>,
    #[arg(long, hide = true)]
    batch_size: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1)]
    continue_on_error: Option<Option<String>>,
    #[arg(long, hide = true)]
    show_performance: bool,
    #[arg(short, long = "v", hide = true)]
    verbosity: Option<String>,
}

impl OfApply {
    /// Refuses the first flag that is set.
    ///
    /// # Errors
    /// What to do instead.
    pub(super) fn refuse(&self) -> Result<(), Fault> {
        let of_cel = "it is for policies in CEL, which are not supported yet";
        let of_loading = "objects of a cluster are read in pages of 500, and policies are applied on all processors";
        refuse([
            ("--git-branch", self.git_branch.is_some(), OF_GIT),
            ("--username", self.username.is_some(), OF_GIT),
            ("--password", self.password.is_some(), OF_GIT),
            ("--json", !self.json.is_empty(), of_cel),
            ("--http-payload", !self.http_payload.is_empty(), of_cel),
            ("--envoy-payload", !self.envoy_payload.is_empty(), of_cel),
            ("--parameter-resource", !self.parameter_resource.is_empty(), of_cel),
            ("--context-file", self.context_file.is_some(), of_cel),
            ("--concurrent", self.concurrent.is_some(), of_loading),
            ("--batch-size", self.batch_size.is_some(), of_loading),
            (
                "--continue-on-error",
                self.continue_on_error.is_some(),
                "kinds that cannot be read are named, and counted as errors",
            ),
            ("--show-performance", self.show_performance, "use `time dikast apply`"),
            ("-v", self.verbosity.is_some(), OF_LOG),
        ])
    }
}

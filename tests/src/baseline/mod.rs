//! The Pod Security checks written by hand in Rust.
//!
//! This is what a good engineer would write for exactly these twenty rules and nothing else: a validating parse into the
//! DOM of `sonic-rs`, then one pass over the Pod that asks everything where it comes by. Compiled policies are measured
//! against it, so it is kept as fast as it can be without giving up that it reads like ordinary code. It knows Pods and
//! the controllers with a Pod template; values of a wrong type count as violations.
//!
//! | module | what |
//! |---|---|
//! | `pod` | the parts of a Pod that the checks look at |
//! | `checks` | the checks |

mod checks;
mod pod;

pub use pod::{Container, Pod};

use sonic_rs::{JsonValueTrait, Value};

/// The rules in the order of their bits, named as in the policies that they stand for.
pub const RULES: [&str; 20] = [
    "require-drop-all",
    "adding-capabilities-strict",
    "adding-capabilities",
    "host-namespaces",
    "host-path",
    "host-port-range",
    "host-ports-none",
    "host-process-containers",
    "privilege-escalation",
    "privileged-containers",
    "check-proc-mount",
    "selinux-type",
    "selinux-user-role",
    "run-as-non-root-user",
    "run-as-non-root",
    "app-armor",
    "check-seccomp-strict",
    "check-seccomp",
    "check-sysctls",
    "restricted-volumes",
];

/// What the rules say of a Pod: one bit for each that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    failed: u32,
}

impl Verdict {
    /// Whether no rule fails.
    pub fn allowed(self) -> bool {
        self.failed == 0
    }

    /// Whether a rule fails, by its position in [`RULES`].
    pub fn fails(self, rule: usize) -> bool {
        self.failed >> rule & 1 == 1
    }
}

/// Decides on the bytes of a review. Nothing when it is not about creating or updating something with a Pod in it.
///
/// # Errors
///
/// When the bytes are not JSON.
pub fn decide(body: &[u8]) -> Result<Option<Verdict>, sonic_rs::Error> {
    let review: Value = sonic_rs::from_slice(body)?;
    Ok(pod::pod_of(&review).map(|(metadata, spec)| checks::decide_value(metadata, spec)))
}

/// The parsed review, for the parts of a Pod to be taken from.
///
/// # Errors
///
/// When the bytes are not JSON.
pub fn parse(body: &[u8]) -> Result<Value, sonic_rs::Error> {
    sonic_rs::from_slice(body)
}

/// The operation, which must be there for a request to be looked at.
fn is_write(request: &Value) -> bool {
    matches!(request.get("operation").as_str(), Some("CREATE" | "UPDATE"))
}

//! What Kyverno's webhook refuses.

use crate::diagnostic::faults;

faults! {
    /// The user of a request, in a policy that is also asked without one.
    #[error("{what} has no value in background scans")]
    USER_IN_BACKGROUND: UserInBackground { what: String }
    help(self) { Some("set `background: false` under `spec`; Kyverno refuses the policy otherwise".to_owned()) }

    /// The user of a request, in a cleanup policy.
    #[error("cleanup policies know no user: `{key}`")]
    USER_IN_BACKGROUND: UserInCleanup { key: &'static str }
    help(self) { Some("remove it; Kyverno refuses the policy".to_owned()) }

    /// Settings that Kyverno does not let in.
    #[error("{problem}")]
    REFUSED_SETTING: RefusedSetting { problem: String, help: &'static str }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }

    /// A filter that Kyverno does not let in.
    #[error("{problem}")]
    REFUSED_FILTER: RefusedFilter { problem: String, help: String }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }

    /// An exclusion of a Pod Security control that Kyverno does not let in.
    #[error("{problem}")]
    REFUSED_EXCLUSION: RefusedExclusion { problem: String, help: String }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }

    /// A context entry that Kyverno does not let in.
    #[error("{problem}")]
    REFUSED_ENTRY: RefusedEntry { problem: &'static str, help: &'static str }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }

    /// A variable that Kyverno does not let in.
    #[error("{problem}")]
    REFUSED_VARIABLE: RefusedVariable { problem: String, help: &'static str }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }

    /// A value that Kyverno does not let in.
    #[error("{problem}")]
    REFUSED_VALUE: RefusedValue { problem: String, help: &'static str }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }

    /// What a policy may not change or make.
    #[error("{problem}")]
    REFUSED_TARGET: RefusedTarget { problem: String, help: String }
    help(self) { Some(format!("{}; Kyverno refuses the policy otherwise", self.help)) }
}

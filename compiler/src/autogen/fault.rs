//! Faults of autogen.

use crate::diagnostic::faults;

faults! {
    /// A name in the annotation that is no controller.
    #[error("`{name}` is no pod controller")]
    UNKNOWN_CONTROLLER: UnknownController { name: String, meant: Option<&'static str> }
    help(self) {
        match self.meant {
            Some(meant) => Some(format!("did you mean `{meant}`? names are separated by commas without spaces")),
            None => Some("write `none`, or names such as `Deployment,CronJob`".to_owned()),
        }
    }

    /// A part of a rule that its copies for controllers lack.
    #[error("the rules made for pod controllers lack `{field}`")]
    LOST_IN_AUTOGEN: LostInAutogen { field: &'static str }
    help(self) {
        Some(format!("set the annotation `{}` to `none` and write the rules for controllers yourself", super::ANNOTATION))
    }
}

//! The controllers that rules are made for.

use std::collections::BTreeSet;

use dikast_grammar::yaml::Text;

use super::fault::UnknownController;
use crate::diagnostic::Diagnostics;
use crate::model::suggest;

/// Controllers with a pod template of their own, in alphabetical order.
pub(super) const TEMPLATE_CONTROLLERS: &[&str] =
    &["DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"];

/// The controller that has it one level deeper.
pub(super) const CRON_JOB: &str = "CronJob";

/// The value of the annotation, or its default.
#[derive(Debug)]
pub(super) struct Controllers(BTreeSet<String>);

impl Controllers {
    /// Reads the annotation; nothing when no rules are to be made. Names are taken as written between the commas.
    pub(super) fn read(annotation: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(value) = annotation else {
            let all = TEMPLATE_CONTROLLERS.iter().copied().chain([CRON_JOB]);
            return Some(Self(all.map(str::to_owned).collect()));
        };
        let mut start = 0;
        for name in value.as_str().split(',') {
            if !name.is_empty() && name != "none" && name != CRON_JOB && !TEMPLATE_CONTROLLERS.contains(&name) {
                let known = TEMPLATE_CONTROLLERS.iter().copied().chain([CRON_JOB, "none"]);
                diagnostics.report(UnknownController {
                    span: value.span_of(start..start + name.len()),
                    name: name.to_owned(),
                    meant: suggest::closest(name.trim(), known),
                });
            }
            start += name.len() + 1;
        }
        let names: BTreeSet<String> = value.as_str().split(',').map(str::to_owned).collect();
        let none = names.len() == 1 && names.contains("none");
        (!none).then_some(Self(names))
    }

    /// The kinds of the rule for pod templates: the known ones; if there is none, whatever is written. Nothing when
    /// that leaves no text at all.
    pub(super) fn template_kinds(&self) -> Option<Vec<String>> {
        let without_cron_job = || self.0.iter().filter(|name| *name != CRON_JOB);
        if without_cron_job().all(String::is_empty) && without_cron_job().count() < 2 {
            return None;
        }
        if self.is_all() {
            return Some(TEMPLATE_CONTROLLERS.iter().map(|&name| name.to_owned()).collect());
        }
        let known: Vec<_> = without_cron_job().filter(|name| is_template_controller(name)).cloned().collect();
        Some(if known.is_empty() { without_cron_job().cloned().collect() } else { known })
    }

    /// The kinds from which the form for CronJobs starts: they are all replaced later.
    pub(super) fn all_kinds(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// Kyverno looks for the word anywhere in the value.
    pub(super) fn has_cron_job(&self) -> bool {
        self.0.iter().any(|name| name.contains(CRON_JOB) || name.contains("all"))
    }

    /// The kinds with a template for which a rule is made when that one kind is asked for.
    pub(super) fn asked_template_kinds(&self) -> Vec<String> {
        self.template_kinds().unwrap_or_default().into_iter().filter(|name| self.0.contains(name)).collect()
    }

    /// CronJob, if a rule is made when it alone is asked for.
    pub(super) fn asked_cron_job(&self) -> Vec<String> {
        self.0.get(CRON_JOB).cloned().into_iter().collect()
    }

    /// Beside CronJob, which is taken out before Kyverno looks.
    fn is_all(&self) -> bool {
        self.0.iter().filter(|name| *name != CRON_JOB).eq(["all"])
    }
}

fn is_template_controller(name: &str) -> bool {
    TEMPLATE_CONTROLLERS.contains(&name)
}

/// The kind with its group and version, where Kyverno knows them.
pub(super) fn qualified(kind: &str) -> String {
    match kind {
        "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet" => format!("apps/v1/{kind}"),
        "Job" | CRON_JOB => format!("batch/v1/{kind}"),
        "Pod" | "ReplicationController" => format!("v1/{kind}"),
        _ => kind.to_owned(),
    }
}

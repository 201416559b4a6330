//! Policies by the thousand, and folders of them.

use std::path::Path;

use crate::Failure;

/// How policies lie to the requests that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concern {
    /// They are about another kind.
    OtherKind,
    /// They are about namespaces of other names.
    OtherNamespace,
    /// They are about objects with other labels.
    OtherLabels,
    /// They are about all Pods.
    Matching,
}

impl Concern {
    fn name(self) -> &'static str {
        match self {
            Self::OtherKind => "other-kind",
            Self::OtherNamespace => "other-namespace",
            Self::OtherLabels => "other-labels",
            Self::Matching => "matching",
        }
    }
}

/// A policy of a few lines about images, such as teams have many of. With `controllers` it is about what makes Pods too.
pub(crate) fn policy(number: usize, concern: Concern, controllers: bool, message: &str) -> String {
    let (kind, more) = match concern {
        Concern::OtherKind => ("ConfigMap", String::new()),
        Concern::OtherNamespace => ("Pod", format!("\n              namespaces: [team-{number}, \"team-{number}-*\"]")),
        Concern::OtherLabels => {
            ("Pod", format!("\n              selector:\n                matchLabels: {{team: team-{number}}}"))
        }
        Concern::Matching => ("Pod", String::new()),
    };
    let pattern = if kind == "Pod" {
        format!("spec:\n            containers:\n              - image: \"!*:forbidden-{number}\"")
    } else {
        format!("metadata:\n            name: \"!forbidden-{number}\"")
    };
    let autogen = if controllers { "" } else { "\n  annotations: {pod-policies.kyverno.io/autogen-controllers: none}" };
    format!(
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: {}-{number}{autogen}\nspec:\n  rules:\n    \
         - name: rule\n      match:\n        any:\n          - resources:\n              kinds: [{kind}]{more}\n      \
         validate:\n        failureAction: Enforce\n        message: {message}\n        pattern:\n          {pattern}\n",
        concern.name()
    )
}

/// Writes a thousand policies, ten to a file; one in twenty is about all Pods, and half of them about controllers too.
pub(crate) fn write_thousand(folder: &Path, edition: usize) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let message = format!("not allowed, says edition {edition}");
    for file in 0..100 {
        let numbers = file * 10..file * 10 + 10;
        let text: Vec<String> =
            numbers.map(|number| policy(number, concern_of(number), number % 2 == 0, &message)).collect();
        std::fs::write(folder.join(format!("{file:03}.yaml")), text.join("---\n"))?;
    }
    Ok(())
}

fn concern_of(number: usize) -> Concern {
    match number % 20 {
        0 => Concern::Matching,
        1..=7 => Concern::OtherKind,
        8..=13 => Concern::OtherNamespace,
        _ => Concern::OtherLabels,
    }
}

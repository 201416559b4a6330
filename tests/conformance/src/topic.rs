//! The golden files and who answers them.

use serde_json::Value as Json;

use crate::{condition, jmespath, merge, pattern, wildcard, yaml};

/// A sort of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Topic {
    /// Expressions.
    Jmespath,
    /// Resources against patterns.
    Pattern,
    /// Operators of conditions.
    Condition,
    /// YAML texts.
    Yaml,
    /// Names against wildcards.
    Wildcard,
    /// Patches.
    Merge,
}

/// Answers a case and says where the answer differs from Kyverno's.
pub(crate) type Judge = Box<dyn FnMut(&Json) -> Result<(), String>>;

impl Topic {
    /// All topics, in the order in which they run.
    pub(crate) const ALL: [Self; 6] =
        [Self::Jmespath, Self::Pattern, Self::Condition, Self::Yaml, Self::Wildcard, Self::Merge];

    /// The name on the command line and in the output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jmespath => "jmespath",
            Self::Pattern => "pattern",
            Self::Condition => "condition",
            Self::Yaml => "yaml",
            Self::Wildcard => "wildcard",
            Self::Merge => "merge",
        }
    }

    /// Whether a file of this name holds questions of the topic.
    pub(crate) fn owns(self, file: &str) -> bool {
        file.strip_suffix(".jsonl") == Some(self.name())
    }

    /// Who answers the topic's questions.
    pub(crate) fn judge(self) -> Judge {
        match self {
            Self::Jmespath => Box::new(jmespath::agrees),
            Self::Pattern => Box::new(pattern::agrees),
            Self::Condition => Box::new(condition::agrees),
            Self::Yaml => Box::new(yaml::agrees),
            Self::Wildcard => Box::new(wildcard::agrees),
            Self::Merge => Box::new(merge::agrees),
        }
    }
}

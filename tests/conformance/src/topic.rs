//! The golden files and who answers them.

use std::path::Path;

use serde_json::Value as Json;

use crate::native::Tally;
use crate::review::EngineName;
use crate::{condition, jmespath, merge, pattern, review, vars, wildcard, yaml};

/// A sort of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Topic {
    /// Expressions.
    Jmespath,
    /// Documents with variables.
    Vars,
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
    /// Admission requests under policies.
    Review,
}

/// Answers a case and says where the answer differs from Kyverno's. Notes what native code answers and what it leaves.
pub(crate) type Judge = Box<dyn FnMut(&Json, &mut Tally) -> Result<(), String>>;

impl Topic {
    /// All topics, in the order in which they run.
    pub(crate) const ALL: [Self; 8] = [
        Self::Jmespath,
        Self::Vars,
        Self::Pattern,
        Self::Condition,
        Self::Yaml,
        Self::Wildcard,
        Self::Merge,
        Self::Review,
    ];

    /// The name on the command line and in the output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jmespath => "jmespath",
            Self::Vars => "vars",
            Self::Pattern => "pattern",
            Self::Condition => "condition",
            Self::Yaml => "yaml",
            Self::Wildcard => "wildcard",
            Self::Merge => "merge",
            Self::Review => "review",
        }
    }

    /// Whether a file of this name holds questions of the topic.
    pub(crate) fn owns(self, file: &str) -> bool {
        match (self, file.strip_suffix(".jsonl")) {
            (Self::Review, Some(name)) => name.starts_with("review-"),
            (_, name) => name == Some(self.name()),
        }
    }

    /// Who answers the topic's questions.
    pub(crate) fn judge(self, corpus: Option<&Path>, engine: EngineName) -> Judge {
        match self {
            Self::Jmespath => by_engine(engine, jmespath::agrees, jmespath::agrees_natively),
            Self::Vars => by_engine(engine, vars::agrees, vars::agrees_natively),
            Self::Pattern => by_engine(engine, pattern::agrees, pattern::agrees_natively),
            Self::Condition => by_engine(engine, condition::agrees, condition::agrees_natively),
            Self::Yaml => Box::new(|case, _| yaml::agrees(case)),
            Self::Wildcard => by_engine(engine, wildcard::agrees, wildcard::agrees_natively),
            Self::Merge => Box::new(|case, _| merge::agrees(case)),
            Self::Review => review::judge(corpus, engine),
        }
    }
}

/// Asks the engines that are wanted; both must agree with the answer.
fn by_engine(
    engine: EngineName,
    interpreter: fn(&Json) -> Result<(), String>,
    native: fn(&Json, &mut Tally) -> Result<(), String>,
) -> Judge {
    Box::new(move |case, tally| {
        if engine != EngineName::Native {
            interpreter(case)?;
        }
        if engine != EngineName::Interpreter {
            native(case, tally).map_err(|difference| format!("native: {difference}"))?;
        }
        Ok(())
    })
}

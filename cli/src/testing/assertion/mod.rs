//! `checks` of a test: assertion trees about what rules answer. Kyverno had them up to 1.13
//! (`cmd/cli/kubectl-kyverno/commands/test/output.go` there).
//!
//! | module | what |
//! |---|---|
//! | [`holds`] | a tree against a value |
//! | [`answers`] | a check against the answers of the rules |

mod answers;
mod holds;

use dikast_compiler::diagnostic::{Diagnostics, code};
use dikast_compiler::testing::assertion::Tree;
use dikast_grammar::yaml::Node;

pub(crate) use answers::{check_all, each_answer, policy_documents};

use crate::fault::Fault;
use crate::input::fields::Fields;
use crate::input::file::File;

/// An entry of `checks`.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    /// Where it stands.
    place: String,
    matches: Match,
    /// What holds of each answer.
    assert: Option<Tree>,
    /// What holds of no answer.
    error: Option<Tree>,
}

/// Which answers a check is about; those for which all of these hold.
#[derive(Clone, Debug, Default)]
struct Match {
    resource: Option<Tree>,
    policy: Option<Tree>,
    rule: Option<Tree>,
}

impl Check {
    /// Reads an entry of `checks`.
    ///
    /// # Errors
    /// When it is of another form, a tree is malformed, or it asserts nothing.
    pub(crate) fn read(file: &File, node: &Node) -> anyhow::Result<Self> {
        let tree = |node: Option<&Node>| node.map(|node| read_tree(file, node)).transpose();
        let mut fields = Fields::of(file, node, "check")?;
        let mut matches = Match::default();
        if let Some(node) = fields.node("match") {
            let mut fields = Fields::of(file, node, "match")?;
            matches.resource = tree(fields.node("resource"))?;
            matches.policy = tree(fields.node("policy"))?;
            matches.rule = tree(fields.node("rule"))?;
            fields.finish()?;
        }
        let (assert, error) = (tree(fields.node("assert"))?, tree(fields.node("error"))?);
        fields.finish()?;
        if assert.is_none() && error.is_none() {
            return Err(file.error(node.span, "check needs `assert` or `error`").into());
        }
        Ok(Self { place: file.place(node.span), matches, assert, error })
    }
}

fn read_tree(file: &File, node: &Node) -> Result<Tree, Fault> {
    let mut diagnostics = Diagnostics::new();
    let tree = Tree::read(node, &mut diagnostics);
    let refused = diagnostics.iter().find(|found| found.severity == code::MALFORMED_ASSERTION.severity());
    refused.map_or(Ok(tree), |found| Err(Fault::of_finding(found, &file.place(found.span))))
}

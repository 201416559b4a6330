//! Passes over the IR: small, separate, each tested on IR text in and IR text out.
//!
//! | pass | what it does |
//! |---|---|
//! | [`fold_constants`] | computes what does not depend on the request |
//! | [`flatten_templates`] | joins nested and neighbouring pieces of text |
//! | [`share_subexpressions`] | computes equal expressions once, across rules and policies |
//! | [`remove_dead_rules`] | drops rules that can match nothing, and says so |
//! | [`dispatch_match`] | keeps, for one unit, the rules and filters that its kind and operation let in |
//! | [`sweep`] | drops nodes that nothing reaches any more |

mod common_subexpressions;
mod constant_folding;
mod dead_rules;
mod match_dispatch;
mod rewrite;
mod template_flattening;
mod unreachable_nodes;

pub use common_subexpressions::share_subexpressions;
pub use constant_folding::fold_constants;
pub use dead_rules::{DeadRule, Reason, remove_dead_rules};
pub use match_dispatch::dispatch_match;
pub use template_flattening::flatten_templates;
pub use unreachable_nodes::sweep;

use crate::ir::{Program, verify};

/// The passes over whole programs, in order; [`dispatch_match`] runs for each unit later. Gives the program and the rules that were dropped because they can never match.
pub fn optimise(program: Program) -> (Program, Vec<DeadRule>) {
    let (program, dead) = remove_dead_rules(program);
    check("dead rules", &program);
    let program = fold_constants(program);
    check("constant folding", &program);
    let program = flatten_templates(program);
    check("template flattening", &program);
    let program = share_subexpressions(program);
    check("common subexpressions", &program);
    let program = sweep(program);
    check("unreachable nodes", &program);
    (program, dead)
}

/// Names the pass that broke a program; only in debug builds.
fn check(pass: &str, program: &Program) {
    if cfg!(debug_assertions) {
        let faults = verify(program);
        assert!(faults.is_empty(), "the pass `{pass}` broke the program: {faults:?}; please report this");
    }
}

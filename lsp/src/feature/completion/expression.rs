//! In expressions: members, variables, functions.

use dikast_stdlib::functions;
use lsp_types::CompletionItemKind;

use super::Proposal;
use crate::feature::words;
use crate::meaning::{Availability, Known, REQUEST, VARIABLES, World, entry_name};
use crate::syntax::Expression;

/// What the word of an expression can be.
pub(super) fn proposals(world: &World<'_>, expression: &Expression) -> Vec<Proposal> {
    let of = world.asked_of(expression);
    let mut proposals = members(world, &of);
    if of == Known::Context {
        proposals.extend(variables(world));
    }
    // A function can stand wherever an expression begins, and only there.
    if !expression.is_member {
        proposals.extend(functions::table().iter().map(|function| Proposal {
            text: Some(if expression.is_call { function.name.to_owned() } else { format!("{}(", function.name) }),
            detail: functions::signature(function),
            doc: words::function(function),
            ..Proposal::new(function.name, CompletionItemKind::FUNCTION)
        }));
    }
    proposals
}

fn members(world: &World<'_>, of: &Known) -> Vec<Proposal> {
    let member = |name: &str, doc: &str| Proposal {
        detail: world.words(&world.member(of, name)),
        doc: doc.to_owned(),
        ..Proposal::new(name, CompletionItemKind::FIELD)
    };
    match of {
        Known::Request => REQUEST.iter().map(|(name, doc)| member(name, doc)).collect(),
        Known::Object(members) => members.iter().map(|(name, _)| member(name, "")).collect(),
        Known::Api(_) => {
            let known = world.members(of).into_iter();
            known.map(|known| member(known.name, world.schemas.description(known.field))).collect()
        }
        Known::Nothing | Known::Context | Known::List(_) | Known::Scalar(_) => Vec::new(),
    }
}

/// What can be named: context entries, those that were defined last first, and what is always there.
fn variables(world: &World<'_>) -> Vec<Proposal> {
    let scope = world.scope;
    let entries = scope.entries.iter().rev().filter_map(|entry| {
        let name = entry_name(entry)?.as_str();
        Some(Proposal {
            detail: world.words(&world.variable(name)),
            doc: words::entry(entry),
            ..Proposal::new(name, CompletionItemKind::VARIABLE)
        })
    });
    let is_there = |place: Availability| match place {
        // A cleanup policy looks at objects, not at requests.
        Availability::Everywhere => !scope.is_cleanup,
        Availability::Loops => !scope.loops.is_empty(),
        Availability::Targets => {
            scope.is_cleanup || scope.rule.is_some_and(|rule| rule.at(&["mutate", "targets"]).is_some())
        }
    };
    let built_in = VARIABLES.iter().filter(|variable| is_there(variable.place)).map(|variable| Proposal {
        detail: world.words(&world.variable(variable.name)),
        doc: variable.doc.to_owned(),
        ..Proposal::new(variable.name, CompletionItemKind::VARIABLE)
    });
    entries.chain(built_in).collect()
}

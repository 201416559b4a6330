//! `foreach` (Kyverno `pkg/engine/handlers/mutation/common.go`).

use dikast_compiler::ir::{LoopOrder, MutateAction, MutateLoop};
use dikast_stdlib::Value;

use super::{Change, patch};
use crate::engine::response::NeedsData;
use crate::engine::rule::RuleRun;
use crate::engine::{conditions, turns};
use crate::interpreter::Fault;

/// What all loops of a rule make of an object.
pub(super) fn change(run: &RuleRun<'_>, loops: &[MutateLoop], object: &Value) -> Result<Change, NeedsData> {
    nested_change(run, loops, object, 0)
}

fn nested_change(run: &RuleRun<'_>, loops: &[MutateLoop], object: &Value, nesting: usize) -> Result<Change, NeedsData> {
    let mut current = object.clone();
    let mut applied = 0;
    for each in loops {
        let elements = match turns::elements(&run.interpreter, each.list) {
            Ok(elements) => elements,
            Err(fault) => {
                let error = fault.into_failure().map_err(NeedsData)?.message;
                let list = run.interpreter.program().name(each.list_text);
                return Ok(Change::Error(format!("failed to evaluate list {list}: {error}: {error}")));
            }
        };
        match change_elements(run, each, &elements, &current, nesting)? {
            Change::Error(error) => return Ok(Change::Error(format!("failed to mutate elements: {error}"))),
            Change::None(_) => {}
            Change::Changed(changed) => {
                applied += 1;
                run.admission.context.set_object(changed.clone());
                current = changed;
            }
        }
    }
    Ok(match applied {
        0 => Change::None("0 elements processed".to_owned()),
        _ => Change::Changed(current),
    })
}

fn change_elements(
    run: &RuleRun<'_>,
    each: &MutateLoop,
    elements: &[Value],
    object: &Value,
    nesting: usize,
) -> Result<Change, NeedsData> {
    let context = &run.admission.context;
    context.checkpoint();
    let change = turns_of(run, each, elements, object, nesting);
    context.restore(&run.interpreter);
    change
}

fn turns_of(
    run: &RuleRun<'_>,
    each: &MutateLoop,
    elements: &[Value],
    object: &Value,
    nesting: usize,
) -> Result<Change, NeedsData> {
    let descending = match each.order {
        LoopOrder::Descending => true,
        LoopOrder::Ascending => false,
        // A merge moves what it changes to the front of its list; from the last to the first, the order stays.
        LoopOrder::Default => matches!(each.action, MutateAction::Merge(_)),
    };
    let mut turns: Vec<(usize, &Value)> = elements.iter().enumerate().collect();
    if descending {
        turns.reverse();
    }
    let mut current = object.clone();
    for (index, element) in turns.into_iter().filter(|(_, element)| !element.is_null()) {
        match turn(run, each, element, index, &current, nesting)? {
            Change::Changed(changed) => current = changed,
            Change::None(_) => {}
            error => return Ok(error),
        }
    }
    Ok(if current.is_same(object) { Change::None("no patches applied".to_owned()) } else { Change::Changed(current) })
}

fn turn(
    run: &RuleRun<'_>,
    each: &MutateLoop,
    element: &Value,
    index: usize,
    object: &Value,
    nesting: usize,
) -> Result<Change, NeedsData> {
    let context = &run.admission.context;
    context.reset(&run.interpreter);
    context.set_element(element, index, nesting);
    run.register(&each.context);
    match conditions::decide(&run.interpreter, each.preconditions.as_ref()) {
        Err(Fault::NeedsData(keys)) => return Err(NeedsData(keys)),
        Err(fault) => {
            return Ok(Change::Error(format!("failed to evaluate mutate.foreach[{index}].preconditions: {fault}")));
        }
        Ok(decision) if !decision.holds => return Ok(Change::None(decision.message)),
        Ok(_) => {}
    }
    match &each.action {
        MutateAction::Foreach(loops) => nested_change(run, loops, object, nesting + 1),
        action => patch(run, action, object),
    }
}

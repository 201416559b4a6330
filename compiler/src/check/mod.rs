//! What can never work, told from the types of the lowered program.
//!
//! A type says what an expression gives whenever it gives a value, so two kinds that do not meet never will. Nothing is
//! told where a type leaves a chance: most of what comes from a request is of any type.
//!
//! | module | what |
//! |---|---|
//! | `flow` | the kinds of values that each expression can give |
//! | `expression` | arguments of functions, comparisons |
//! | `constant_argument` | arguments that are written down |
//! | `operands` | arguments that must go together |
//! | `condition` | keys, operators and values of conditions |
//! | `resource` | fields of resources, against their schemas |

mod condition;
mod constant_argument;
mod expression;
mod fault;
mod flow;
mod kinds;
mod operands;
pub(crate) mod resource;

use std::collections::HashSet;
use std::ops::Range;

use dikast_grammar::Span;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{
    Body, Condition, ConditionBlock, Conditions, Exception, ExprId, MutateAction, Program, Rule, ValidateAction,
};
use crate::schema::Schemas;
use flow::Flow;
use kinds::Kinds;
use resource::Checked;

/// Looks at a rule and at the expressions that were lowered for it, with what schemas told of them.
pub(crate) fn check_rule(
    program: &Program,
    rule: &Rule,
    exprs: Range<usize>,
    told: Option<(&Schemas, &Checked)>,
    diagnostics: &mut Diagnostics,
) {
    let mut checker = Checker::new(program, exprs, told, diagnostics);
    checker.expressions();
    checker.conditions(rule.preconditions.as_ref());
    match &rule.body {
        Body::Validate(validate) => checker.validate(&validate.action),
        Body::Mutate(mutate) => {
            checker.mutate(&mutate.action);
            for target in &mutate.targets {
                checker.conditions(target.preconditions.as_ref());
            }
        }
        Body::Cleanup(_) => {}
        Body::Generate(generate) => {
            for source in &generate.sources {
                checker.conditions(source.preconditions.as_ref());
            }
        }
    }
}

/// Looks at the expressions that were lowered for a text that stands alone.
pub(crate) fn check_expressions(program: &Program, diagnostics: &mut Diagnostics) {
    Checker::new(program, 0..program.exprs.len(), None, diagnostics).expressions();
}

/// Looks at an exception and at the expressions that were lowered for it.
pub(crate) fn check_exception(
    program: &Program,
    exception: &Exception,
    exprs: Range<usize>,
    diagnostics: &mut Diagnostics,
) {
    let mut checker = Checker::new(program, exprs, None, diagnostics);
    checker.expressions();
    if let Some(block) = &exception.conditions {
        checker.block(block);
    }
}

struct Checker<'a> {
    program: &'a Program,
    flow: Flow<'a>,
    exprs: Range<usize>,
    diagnostics: &'a mut Diagnostics,
    /// One text may be lowered for several places.
    told: HashSet<(Code, Span)>,
    /// Whether rules are held against schemas: then somebody wants to know of all mistakes.
    is_strict: bool,
}

impl<'a> Checker<'a> {
    fn new(
        program: &'a Program,
        exprs: Range<usize>,
        told: Option<(&Schemas, &Checked)>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let kinds_told = |id: ExprId| {
            let (schemas, checked) = told?;
            // Shapes say nothing of null.
            Some(checked.shapes.get(&id)?.kinds(schemas.graph()).or(Kinds::NULL))
        };
        let flow = Flow::new(program, exprs.clone(), &kinds_told);
        Self { program, flow, exprs, diagnostics, told: HashSet::new(), is_strict: told.is_some() }
    }

    fn report(&mut self, finding: impl Into<Diagnostic>) {
        let finding = finding.into();
        if self.told.insert((finding.code, finding.span)) {
            self.diagnostics.report(finding);
        }
    }

    fn validate(&mut self, action: &ValidateAction) {
        match action {
            ValidateAction::Deny(conditions) => self.conditions(conditions.as_ref()),
            ValidateAction::Foreach(loops) => {
                for turn in loops {
                    self.conditions(turn.preconditions.as_ref());
                    self.validate(&turn.action);
                }
            }
            ValidateAction::Pattern(_)
            | ValidateAction::AnyPattern(_)
            | ValidateAction::PodSecurity(_)
            | ValidateAction::Nothing => {}
        }
    }

    fn mutate(&mut self, action: &MutateAction) {
        if let MutateAction::Foreach(loops) = action {
            for turn in loops {
                self.conditions(turn.preconditions.as_ref());
                self.mutate(&turn.action);
            }
        }
    }

    fn conditions(&mut self, conditions: Option<&Conditions>) {
        match conditions {
            None => {}
            Some(Conditions::AnyAll(block)) => self.block(block),
            Some(Conditions::Blocks(blocks)) => blocks.iter().for_each(|block| self.block(block)),
            Some(Conditions::List(list)) => self.list(list),
        }
    }

    fn block(&mut self, block: &ConditionBlock) {
        self.list(block.any.as_deref().unwrap_or_default());
        self.list(&block.all);
    }

    fn list(&mut self, list: &[Condition]) {
        list.iter().for_each(|condition| self.condition(condition));
    }
}

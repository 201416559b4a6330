//! Rules: what is native of each, and why not the rest.

use dikast_stdlib::wildcard;

use super::pattern::Within;
use super::{Planned, Reason, Scope, Selector};
use crate::codegen::plan::{BodyPlan, Level, LoopPlan, Mismatch, NoList, Path, RulePlan, Source, Stream, Test};
use crate::ir::{Body, Expr, MutateAction, PatternId, Rule, RuleId, Validate, ValidateAction, ValidateLoop};
use crate::unit::Operation;

impl Selector<'_> {
    /// The plan of a rule. What is not native of it is left to the interpreter.
    pub(super) fn rule(&mut self, id: RuleId) -> RulePlan {
        let rule = self.program.rule(id);
        let mut plan = RulePlan {
            rule: id,
            policy: rule.policy,
            is_mutation: matches!(rule.body, Body::Mutate(_)),
            fails: true,
            matching: Test::Known(true),
            preconditions: None,
            body: BodyPlan::Interpret,
            reason: None,
        };
        self.steps = 0;
        if let Err(Reason(reason)) = self.fill(rule, &mut plan) {
            plan.reason = Some(reason);
        }
        plan
    }

    /// Plans the parts of a rule in the order in which they run, as far as it goes.
    fn fill(&mut self, rule: &Rule, plan: &mut RulePlan) -> Planned<()> {
        plan.matching = self.matching(rule)?;
        if let Some(preconditions) = &rule.preconditions {
            plan.preconditions = Some(self.conditions(preconditions)?);
        }
        if self.has_exceptions(rule) {
            return Reason::new("the rule has exceptions");
        }
        plan.body = match &rule.body {
            Body::Validate(body) => {
                plan.fails = !self.may_be_forgiven(rule, body);
                self.action(&body.action)?
            }
            Body::Mutate(body) => match body.action {
                MutateAction::Nothing => return Reason::new("a mutation without a patch"),
                MutateAction::Merge(_) | MutateAction::Json(_) | MutateAction::Foreach(_) => BodyPlan::Fires,
            },
            Body::Generate(_) | Body::Cleanup(_) => BodyPlan::Nothing,
        };
        Ok(())
    }

    /// Whether an exception names the rule; the interpreter then asks whether it applies.
    fn has_exceptions(&self, rule: &Rule) -> bool {
        let policy = self.program.policy(rule.policy);
        let name = self.name(policy.name);
        let key = match policy.namespace.map(|namespace| self.name(namespace)).filter(|own| !own.is_empty()) {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        };
        self.program.exceptions.iter().flat_map(|exception| &exception.exempts).any(|exemption| {
            *self.name(exemption.policy) == *key
                && exemption.rules.iter().any(|pattern| wildcard::matches(self.name(*pattern), self.name(rule.name)))
        })
    }

    /// Whether a violation that the object had before is forgiven.
    fn may_be_forgiven(&self, rule: &Rule, body: &Validate) -> bool {
        let enforces = body.enforce.unwrap_or(self.program.policy(rule.policy).enforce);
        self.unit.operation == Operation::Update && enforces && body.allow_existing_violations
    }

    pub(super) fn action(&mut self, action: &ValidateAction) -> Planned<BodyPlan> {
        match action {
            ValidateAction::Pattern(pattern) => {
                let pattern = *pattern;
                self.with_variables(&[pattern], |selector, scope| selector.one_pattern(pattern, scope))
            }
            ValidateAction::AnyPattern(patterns) => {
                self.with_variables(patterns, |selector, scope| selector.any_pattern(patterns, &scope))
            }
            ValidateAction::Deny(None) => Ok(BodyPlan::Deny(Test::Known(true))),
            ValidateAction::Deny(Some(conditions)) => Ok(BodyPlan::Deny(self.conditions(conditions)?)),
            ValidateAction::Foreach(loops) => {
                let loops = loops.iter().map(|each| self.one_loop(each)).collect::<Planned<Vec<_>>>()?;
                Ok(BodyPlan::Foreach(loops))
            }
            ValidateAction::PodSecurity(_) => Reason::new("podSecurity"),
            ValidateAction::Nothing => Ok(BodyPlan::Nothing),
        }
    }

    /// Plans patterns at the place that they are asked of; on DELETE they are asked of nothing. All their variables are
    /// replaced before, those in parts that are never looked at too.
    fn with_variables(
        &mut self,
        patterns: &[PatternId],
        plan: impl FnOnce(&mut Self, Path) -> Planned<BodyPlan>,
    ) -> Planned<BodyPlan> {
        let mut variables = Vec::new();
        for &pattern in patterns {
            self.pattern_variables(pattern, &mut variables)?;
        }
        let outer = std::mem::replace(&mut self.variables, variables);
        let body = match self.scope.elements.last() {
            Some(element) => plan(self, element.clone()),
            None if self.deletes() => Ok(BodyPlan::Nothing),
            None => {
                let object = self.object();
                plan(self, object)
            }
        };
        let variables = std::mem::replace(&mut self.variables, outer);
        let body = body?;
        Ok(match variables.is_empty() {
            true => body,
            false => BodyPlan::WithVariables {
                variables: variables.into_iter().map(|(_, source)| source).collect(),
                body: Box::new(body),
            },
        })
    }

    fn one_pattern(&mut self, pattern: PatternId, scope: Path) -> Planned<BodyPlan> {
        let mut keys = Vec::new();
        let mismatch = match self.anchor_keys(pattern, &mut keys) {
            Err(_) => Mismatch::Interpret,
            Ok(()) if keys.is_empty() && !self.may_be_nowhere(pattern) => Mismatch::Fails,
            Ok(()) => Mismatch::Keys(keys),
        };
        let pattern = self.pattern(pattern, scope, Within::default())?;
        Ok(BodyPlan::Pattern { pattern, mismatch })
    }

    fn any_pattern(&mut self, patterns: &[PatternId], scope: &Path) -> Planned<BodyPlan> {
        if patterns.is_empty() {
            return Reason::new("an empty anyPattern");
        }
        let within = Within { fractions: true, ..Within::default() };
        let patterns = patterns
            .iter()
            .map(|&pattern| self.pattern(pattern, scope.clone(), within))
            .collect::<Planned<Vec<_>>>()?;
        Ok(BodyPlan::AnyPattern(patterns))
    }

    /// One entry of `foreach`.
    fn one_loop(&mut self, each: &ValidateLoop) -> Planned<LoopPlan> {
        if each.element_scope.is_some() {
            return Reason::new("elementScope");
        }
        let list = self.loop_list(each)?;
        let Source::Path(element) = &*list.yields else { return Reason::new("computed elements") };
        if list.can_fail() {
            return Reason::new("a list of elements that can be an error");
        }
        let element = element.clone();
        let mut elements = self.scope.elements.clone();
        // Elements that are whole numbers themselves become fractions; what is in them stays.
        elements.push(element.clone());
        let scope = Scope { elements, turn_entries: each.context.clone(), ..Scope::default() };
        let (preconditions, body) = self.within(scope, |selector| {
            let preconditions = each.preconditions.as_ref().map(|block| selector.conditions(block)).transpose()?;
            Ok((preconditions, selector.action(&each.action)?))
        })?;
        Ok(LoopPlan { list, preconditions, body: Box::new(body), element })
    }

    fn loop_list(&mut self, each: &ValidateLoop) -> Planned<Stream> {
        let (list, loads) = match &self.program.expr(each.list).expr {
            Expr::Resolve { query, loads, .. } => (*query, !loads.is_empty()),
            _ => (each.list, false),
        };
        if loads {
            return Reason::new("a context entry");
        }
        if let Ok(stream) = self.stream(list) {
            return Ok(stream.loops());
        }
        match self.source(list)? {
            Source::Path(path) => Ok(self.rows_of(path)),
            Source::OrNull { of, .. } => match *of {
                Source::Path(path) => Ok(self.rows_of(path)),
                _ => Reason::new("a computed list of elements"),
            },
            _ => Reason::new("a computed list of elements"),
        }
    }

    /// The items of a list; anything but a list or nothing is one element, which native code leaves alone.
    fn rows_of(&mut self, path: Path) -> Stream {
        let (row, item) = self.items(&path);
        let level = Level::Rows { lists: vec![path], row, item: item.place(), otherwise: NoList::Interpret };
        Stream { levels: vec![level], yields: Box::new(Source::Path(item)) }
    }
}

//! Rules: what is native of each, and why not the rest.

use dikast_stdlib::wildcard;

use super::pattern::Within;
use super::{Planned, Reason, Scope, Selector};
use crate::codegen::plan::{BodyPlan, Level, LoopPlan, NoList, Path, RulePlan, Source, Stream, Test};
use crate::ir::{Body, Expr, MutateAction, Pattern, PatternId, Rule, RuleId, Validate, ValidateAction, ValidateLoop};
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
            errs: true,
            matching: Test::Known(true),
            preconditions: None,
            body: BodyPlan::Interpret,
            reason: None,
        };
        self.swallows_errors = false;
        if let Err(Reason(reason)) = self.fill(rule, &mut plan) {
            plan.reason = Some(reason);
        }
        plan.errs = !self.swallows_errors;
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
            Body::Generate(_) => BodyPlan::Nothing,
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

    fn action(&mut self, action: &ValidateAction) -> Planned<BodyPlan> {
        match action {
            // All variables are replaced before matching begins, in parts that are never looked at too.
            ValidateAction::Pattern(pattern) if self.has_variables(*pattern) => Reason::new("a pattern with variables"),
            ValidateAction::AnyPattern(patterns) if patterns.iter().any(|pattern| self.has_variables(*pattern)) => {
                Reason::new("a pattern with variables")
            }
            ValidateAction::Pattern(_) | ValidateAction::AnyPattern(_) => {
                let scope = match self.scope.elements.last() {
                    Some(element) => Some(element.clone()),
                    None if self.deletes() => None,
                    None => Some(self.object()),
                };
                match (action, scope) {
                    (ValidateAction::Pattern(pattern), Some(scope)) => self.one_pattern(*pattern, scope),
                    (ValidateAction::AnyPattern(patterns), Some(scope)) => self.any_pattern(patterns, &scope),
                    _ => Ok(BodyPlan::Nothing),
                }
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

    fn has_variables(&self, pattern: PatternId) -> bool {
        match &self.program.pattern(pattern).pattern {
            Pattern::Map(map) => map.anchored.iter().chain(&map.fields).any(|field| self.has_variables(field.pattern)),
            Pattern::EachMap(item) | Pattern::EachScalar(item) => self.has_variables(*item),
            Pattern::Positional(items) => items.iter().any(|item| self.has_variables(*item)),
            Pattern::EmptyList | Pattern::Scalar(_) => false,
            Pattern::Dynamic(_) => true,
        }
    }

    fn one_pattern(&mut self, pattern: PatternId, scope: Path) -> Planned<BodyPlan> {
        let failure_is_certain = self.failure_is_certain(pattern);
        let pattern = self.pattern(pattern, scope, Within::default())?;
        Ok(BodyPlan::Pattern { pattern, failure_is_certain })
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
        if !each.context.is_empty() {
            return Reason::new("a context entry");
        }
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
        let scope = Scope { elements, ..Scope::default() };
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
            return stream.in_order();
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

//! The verifier: whether a program is well-formed in the sense of the [parent module](super).
//!
//! It runs before and after every pass in tests and debug builds, so that a broken pass is named, not its victim.

use super::{
    Body, Conditions, EntrySource, Expr, ExprId, MapPattern, MutateAction, Pattern, PatternId, Program, ValidateAction,
};

/// A way in which a program is not well-formed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// An operand does not come before the expression that uses it.
    #[error("%{user} uses %{operand}, which does not come before it")]
    Order {
        /// The expression.
        user: u32,
        /// Its operand.
        operand: u32,
    },
    /// An id names nothing.
    #[error("{owner} names {what} {index}, which does not exist")]
    Dangling {
        /// Who names it.
        owner: String,
        /// What kind of thing.
        what: &'static str,
        /// Its number.
        index: u32,
    },
    /// A lambda that is not the argument of a call.
    #[error("%{0} is a lambda outside a call's arguments")]
    StrayLambda(u32),
    /// `current` where nothing binds it.
    #[error("{owner} reaches %{expr}, which is `current`, without a binder")]
    Unbound {
        /// Where evaluation begins.
        owner: String,
        /// The expression.
        expr: u32,
    },
    /// A pattern contains itself.
    #[error("pattern ^{0} does not come after what it contains")]
    PatternOrder(u32),
    /// The rules of a policy are not a range of the arena that names the policy back.
    #[error("policy @{0} and its rules do not name each other")]
    Rules(u32),
}

/// Checks a program; gives everything that is wrong with it.
pub fn verify(program: &Program) -> Vec<Malformed> {
    let mut verifier = Verifier { program, faults: Vec::new() };
    verifier.exprs();
    verifier.patterns();
    if verifier.faults.is_empty() {
        verifier.roots();
    }
    verifier.faults
}

struct Verifier<'a> {
    program: &'a Program,
    faults: Vec<Malformed>,
}

impl Verifier<'_> {
    fn exprs(&mut self) {
        let program = self.program;
        for (at, node) in (0u32..).zip(&program.exprs) {
            for operand in node.expr.operands() {
                if operand.0 >= at {
                    self.faults.push(Malformed::Order { user: at, operand: operand.0 });
                } else if matches!(program.expr(operand).expr, Expr::Lambda(_))
                    && !matches!(node.expr, Expr::Call { .. })
                {
                    self.faults.push(Malformed::StrayLambda(operand.0));
                }
            }
            let owner = || format!("%{at}");
            match &node.expr {
                Expr::Const(id) => self.exists(owner, "constant", id.0, program.consts.len()),
                Expr::Variable(name) | Expr::Fail(name) | Expr::Member { name, .. } => {
                    self.exists(owner, "name", name.0, program.names.len());
                }
                Expr::Resolve { loads, text, path, .. } => {
                    self.exists(owner, "name", text.0.max(path.0), program.names.len());
                    self.entries(owner, loads);
                }
                Expr::Text { scope, .. } | Expr::Expand { scope, .. } | Expr::Query { scope, .. } => {
                    self.entries(owner, scope);
                }
                _ => {}
            }
        }
    }

    fn entries(&mut self, owner: impl Fn() -> String, ids: &[super::EntryId]) {
        for id in ids {
            self.exists(&owner, "context entry", id.0, self.program.entries.len());
        }
    }

    fn exists(&mut self, owner: impl Fn() -> String, what: &'static str, index: u32, length: usize) {
        if index as usize >= length {
            self.faults.push(Malformed::Dangling { owner: owner(), what, index });
        }
    }

    fn patterns(&mut self) {
        let program = self.program;
        for (at, node) in (0u32..).zip(&program.patterns) {
            let owner = || format!("^{at}");
            let mut parts: Vec<PatternId> = Vec::new();
            match &node.pattern {
                Pattern::Map(MapPattern { anchored, fields, .. }) => {
                    parts.extend(anchored.iter().chain(fields).map(|field| field.pattern));
                }
                Pattern::EachMap(part) | Pattern::EachScalar(part) => parts.push(*part),
                Pattern::Positional(all) => parts.extend(all),
                Pattern::Scalar(id) => self.exists(owner, "scalar pattern", id.0, program.scalars.len()),
                Pattern::Dynamic(id) => self.exists(owner, "expression", id.0, program.exprs.len()),
                Pattern::EmptyList => {}
            }
            if parts.iter().any(|part| part.0 >= at) {
                self.faults.push(Malformed::PatternOrder(at));
            }
        }
    }

    /// Everything that a rule, a loop or an entry evaluates starts without a `current`.
    fn roots(&mut self) {
        let program = self.program;
        let mut unbound = UnboundCurrent::new(program);
        let mut roots: Vec<(String, ExprId)> = Vec::new();
        for (at, policy) in (0u32..).zip(&program.policies) {
            let (start, end) = policy.rules;
            let rules = program.rules.get(start as usize..end as usize);
            if !rules.is_some_and(|rules| rules.iter().all(|rule| rule.policy.0 == at)) {
                self.faults.push(Malformed::Rules(at));
            }
        }
        for (at, rule) in (0u32..).zip(&program.rules) {
            let mut reached = Vec::new();
            conditions(rule.preconditions.as_ref(), &mut reached);
            match &rule.body {
                Body::Validate(validate) => {
                    reached.extend(validate.message);
                    validate_action(program, &validate.action, &mut reached);
                }
                Body::Mutate(mutate) => {
                    reached.extend(&mutate.also_substituted);
                    mutate_action(&mutate.action, &mut reached);
                }
                Body::Generate(generate) => {
                    reached.extend(generate.sources.iter().flat_map(|source| source.list.into_iter().chain([source.resource])));
                }
            }
            roots.extend(reached.into_iter().map(|expr| (format!("rule #{at}"), expr)));
        }
        for (at, entry) in (0u32..).zip(&program.entries) {
            let written = match &entry.source {
                EntrySource::Variable { value, default, .. } => value.iter().chain(default).collect::<Vec<_>>(),
                EntrySource::ConfigMap { name, namespace } => std::iter::once(name).chain(namespace).collect(),
                EntrySource::ImageRegistry { reference: one, .. } | EntrySource::GlobalReference { name: one, .. } => {
                    vec![one]
                }
                EntrySource::ApiCall(_) => Vec::new(),
            };
            roots.extend(written.into_iter().map(|written| (format!("entry ${at}"), written.expr)));
        }
        for (owner, root) in roots {
            if root.index() >= program.exprs.len() {
                self.faults.push(Malformed::Dangling { owner, what: "expression", index: root.0 });
            } else if let Some(expr) = unbound.below(root) {
                self.faults.push(Malformed::Unbound { owner, expr: expr.0 });
            }
        }
    }
}

fn conditions(conditions: Option<&Conditions>, reached: &mut Vec<ExprId>) {
    let blocks = match conditions {
        None => return,
        Some(Conditions::List(list)) => return reached.extend(list.iter().flat_map(|one| [one.key, one.value])),
        Some(Conditions::AnyAll(block)) => std::slice::from_ref(block),
        Some(Conditions::Blocks(blocks)) => blocks,
    };
    for block in blocks {
        let all = block.any.iter().flatten().chain(&block.all);
        reached.extend(all.flat_map(|one| [one.key, one.value]));
    }
}

fn validate_action(program: &Program, action: &ValidateAction, reached: &mut Vec<ExprId>) {
    match action {
        ValidateAction::Deny(deny) => conditions(deny.as_ref(), reached),
        ValidateAction::Foreach(loops) => {
            for each in loops {
                reached.push(each.list);
                conditions(each.preconditions.as_ref(), reached);
                validate_action(program, &each.action, reached);
            }
        }
        ValidateAction::Pattern(_)
        | ValidateAction::AnyPattern(_)
        | ValidateAction::PodSecurity(_)
        | ValidateAction::Nothing => {}
    }
}

fn mutate_action(action: &MutateAction, reached: &mut Vec<ExprId>) {
    match action {
        MutateAction::Merge(expr) | MutateAction::Json(expr) => reached.push(*expr),
        MutateAction::Foreach(loops) => {
            for each in loops {
                reached.push(each.list);
                conditions(each.preconditions.as_ref(), reached);
                mutate_action(&each.action, reached);
            }
        }
        MutateAction::Nothing => {}
    }
}

/// Finds, for each expression, a `current` below it that no binder in between binds.
struct UnboundCurrent<'a> {
    program: &'a Program,
    found: Vec<Option<ExprId>>,
}

impl<'a> UnboundCurrent<'a> {
    /// Operands come before their users, so one walk in order suffices.
    fn new(program: &'a Program) -> Self {
        let mut this = Self { program, found: Vec::with_capacity(program.exprs.len()) };
        for (at, node) in (0u32..).map(ExprId).zip(&program.exprs) {
            let first = |ids: &[ExprId]| ids.iter().find_map(|&id| this.below(id));
            let found = match &node.expr {
                Expr::Current => Some(at),
                Expr::Lambda(_) => None,
                Expr::Each { of: outer, .. }
                | Expr::Filter { of: outer, .. }
                | Expr::Bind { value: outer, .. }
                | Expr::With { document: outer, .. } => this.below(*outer),
                other => first(&other.operands()),
            };
            this.found.push(found);
        }
        this
    }

    fn below(&self, id: ExprId) -> Option<ExprId> {
        debug_assert!(id.index() < self.program.exprs.len());
        self.found.get(id.index()).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::text::parse;

    #[test]
    fn a_well_formed_program_has_no_faults() {
        let text = "(expr %0 (variable request)) (expr %1 current) (expr %2 (bind %0 %1)) (pattern ^0 empty-list)";
        assert_eq!(verify(&parse(text).unwrap()), []);
    }

    #[test]
    fn each_fault_is_found() {
        let mut program = parse("(expr %0 current) (expr %1 (not %0))").unwrap();
        program.exprs.swap(0, 1);
        assert_eq!(verify(&program), [Malformed::Order { user: 0, operand: 0 }]);

        let program = parse("(expr %0 current) (expr %1 (lambda %0)) (expr %2 (not %1))").unwrap();
        assert_eq!(verify(&program), [Malformed::StrayLambda(1)]);

        let rule = "(policy @0 ((name p) (kind ClusterPolicy) (rules (0 1)))) \
             (rule #0 ((policy @0) (name r) (matching ((quantifier any))) (body (mutate ((action (json %0)))))))";
        let program = parse(&format!("(expr %0 current) {rule}")).unwrap();
        assert_eq!(verify(&program), [Malformed::Unbound { owner: "rule #0".into(), expr: 0 }]);
    }
}

//! The verifier: whether a program is well-formed in the sense of the [parent module](super).
//!
//! It runs before and after every pass in tests and debug builds, so that a broken pass is named, not its victim.

use super::{Expr, ExprId, MapPattern, Pattern, PatternId, Program};

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
    #[error("evaluating %{root} reaches %{expr}, which is `current`, without a binder")]
    Unbound {
        /// Where evaluation begins.
        root: u32,
        /// The `current`.
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
                Expr::ExpandWithin { scope, .. } | Expr::Expand { scope, .. } | Expr::Query { scope, .. } => {
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
        let unbound = UnboundCurrent::new(program);
        let mut roots: Vec<ExprId> = Vec::new();
        for (at, policy) in (0u32..).zip(&program.policies) {
            let (start, end) = policy.rules;
            let rules = program.rules.get(start as usize..end as usize);
            if !rules.is_some_and(|rules| rules.iter().all(|rule| rule.policy.0 == at)) {
                self.faults.push(Malformed::Rules(at));
            }
        }
        program.clone().visit_roots(&mut |root| roots.push(*root));
        for root in roots {
            if root.index() >= program.exprs.len() {
                self.faults.push(Malformed::Dangling {
                    owner: "a rule, entry or pattern".to_owned(),
                    what: "expression",
                    index: root.0,
                });
            } else if let Some(expr) = unbound.below(root) {
                self.faults.push(Malformed::Unbound { root: root.0, expr: expr.0 });
            }
        }
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
        assert_eq!(verify(&program), [Malformed::Unbound { root: 0, expr: 0 }]);
    }
}

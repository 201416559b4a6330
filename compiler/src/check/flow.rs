//! The kinds of values that each expression can give: its type, and beyond that what is bound to `current`.

use std::ops::Range;

use dikast_stdlib::Value;

use super::kinds::Kinds;
use crate::ir::{Expr, ExprId, Program, Type};

/// What is known of the expressions of a range of the arena.
pub(super) struct Flow<'a> {
    program: &'a Program,
    start: usize,
    kinds: Vec<Kinds>,
    repeated: Vec<bool>,
}

/// What an operator binds to `current` in its body.
#[derive(Clone, Copy, PartialEq)]
enum Bound {
    /// An expression's value.
    Value(ExprId),
    /// Each item of an expression's list.
    Item(ExprId),
    /// Not known.
    Unknown,
}

impl<'a> Flow<'a> {
    /// Looks at a range of a program's expressions. `told` gives what schemas tell of one.
    pub(super) fn new(program: &'a Program, range: Range<usize>, told: &dyn Fn(ExprId) -> Option<Kinds>) -> Self {
        let start = range.start;
        let bound = bindings(program, range.clone());
        let mut flow = Self { program, start, kinds: Vec::with_capacity(range.len()), repeated: Vec::new() };
        for (node, bound) in program.exprs.get(range.clone()).unwrap_or_default().iter().zip(bound) {
            flow.kinds.push(match &node.expr {
                Expr::Current => {
                    let kinds = match bound {
                        Some(Bound::Value(value)) => flow.kinds(value),
                        Some(Bound::Item(list)) => flow.item_kinds(list),
                        Some(Bound::Unknown) | None => Kinds::ANY,
                    };
                    told(flow.next()).map_or(kinds, |told| kinds.narrowed(told))
                }
                Expr::Recover { of, .. } => flow.kinds(*of).or(Kinds::NULL),
                Expr::Bind { body, .. } | Expr::With { body, .. } => flow.kinds(*body),
                Expr::IfNotNull { subject, body } if flow.kinds(*subject).meets(Kinds::NULL) => {
                    flow.kinds(*body).or(Kinds::NULL)
                }
                Expr::IfNotNull { body, .. } => flow.kinds(*body),
                Expr::And { left, right } => flow.kinds(*left).or(flow.kinds(*right)),
                // Null is not true, so then the right decides.
                Expr::Or { left, right } if flow.kinds(*left) == Kinds::NULL => flow.kinds(*right),
                Expr::Or { left, right } => flow.kinds(*left).without_null().or(flow.kinds(*right)),
                Expr::Resolve { query, on_delete, .. } => {
                    let kinds = on_delete.iter().fold(flow.kinds(*query), |kinds, other| kinds.or(flow.kinds(*other)));
                    // Schemas say the same of the variant for DELETE.
                    told(flow.next()).map_or(kinds, |told| kinds.narrowed(told))
                }
                // Substitution within a list or an object leaves it one.
                Expr::ExpandWithin { of, .. } => flow.kinds(*of),
                Expr::Shortcut { then, otherwise, .. } => flow.kinds(*then).or(flow.kinds(*otherwise)),
                _ => {
                    let kinds = Kinds::of_type(&node.ty);
                    told(flow.next()).map_or(kinds, |told| kinds.narrowed(told))
                }
            });
        }
        flow.repeated = repetitions(program, range);
        flow
    }

    /// The expression that comes after those that are known.
    fn next(&self) -> ExprId {
        ExprId(u32::try_from(self.start + self.kinds.len()).unwrap_or(u32::MAX))
    }

    /// The value of an expression that always gives the same, lists of such included.
    pub(super) fn folded(&self, id: ExprId) -> Option<Value> {
        if let Some(value) = self.constant(id) {
            return Some(value.clone());
        }
        let items = self.written_items(id)?.iter().map(|item| self.constant(*item).cloned());
        Some(Value::list(items.collect::<Option<Vec<_>>>()?))
    }

    /// The kinds of values that an expression can give.
    pub(super) fn kinds(&self, id: ExprId) -> Kinds {
        let known = id.index().checked_sub(self.start).and_then(|at| self.kinds.get(at));
        known.copied().unwrap_or(Kinds::ANY)
    }

    /// Whether an expression only repeats what another place says: the variant of a variable for DELETE.
    pub(super) fn is_repetition(&self, id: ExprId) -> bool {
        id.index().checked_sub(self.start).and_then(|at| self.repeated.get(at)).copied().unwrap_or(false)
    }

    /// The value of an expression that always gives the same.
    pub(super) fn constant(&self, id: ExprId) -> Option<&'a Value> {
        match &self.program.exprs.get(id.index())?.expr {
            Expr::Const(constant) => self.program.consts.get(constant.index()),
            Expr::Resolve { query, on_delete: None, .. } => match &self.program.exprs.get(query.index())?.expr {
                Expr::Const(constant) => self.program.consts.get(constant.index()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The items of an expression that is a list of results.
    pub(super) fn written_items(&self, id: ExprId) -> Option<&'a [ExprId]> {
        match &self.program.exprs.get(id.index())?.expr {
            Expr::List(items) => Some(items),
            Expr::IfNotNull { body, .. } => match &self.program.exprs.get(body.index())?.expr {
                Expr::List(items) => Some(items),
                _ => None,
            },
            _ => None,
        }
    }

    fn item_kinds(&self, list: ExprId) -> Kinds {
        let item = |ty: &Type| match ty {
            Type::List(item) => Kinds::of_type(item),
            _ => Kinds::ANY,
        };
        match self.program.exprs.get(list.index()).map(|node| &node.ty) {
            Some(ty @ Type::List(_)) => item(ty),
            // Nothing is asked of the items of null.
            Some(Type::OneOf(types)) => {
                let lists = types.iter().filter(|ty| **ty != Type::Null).map(item);
                lists.reduce(Kinds::or).unwrap_or(Kinds::ANY)
            }
            _ => Kinds::ANY,
        }
    }
}

/// For each expression of the range, what `current` is in it. Users come after their operands, so one walk backwards
/// suffices.
fn bindings(program: &Program, range: Range<usize>) -> Vec<Option<Bound>> {
    let mut bound: Vec<Option<Bound>> = vec![None; range.len()];
    let bind = |bound: &mut Vec<Option<Bound>>, id: ExprId, to: Option<Bound>| {
        let slot = id.index().checked_sub(range.start).and_then(|at| bound.get_mut(at));
        if let (Some(slot), Some(to)) = (slot, to) {
            *slot = match *slot {
                None => Some(to),
                Some(known) if known == to => Some(known),
                Some(_) => Some(Bound::Unknown),
            };
        }
    };
    for at in range.clone().rev() {
        let Some(node) = program.exprs.get(at) else { continue };
        let outer = bound.get(at - range.start).copied().flatten();
        match &node.expr {
            Expr::Bind { value, body } => {
                bind(&mut bound, *body, Some(Bound::Value(*value)));
                bind(&mut bound, *value, outer);
            }
            Expr::Each { of, body } | Expr::Filter { of, condition: body } => {
                bind(&mut bound, *body, Some(Bound::Item(*of)));
                bind(&mut bound, *of, outer);
            }
            Expr::With { document, body } => {
                bind(&mut bound, *body, Some(Bound::Value(*document)));
                bind(&mut bound, *document, outer);
            }
            // Functions ask their expression of the items of the list beside it.
            Expr::Call { arguments, .. } => {
                let is_lambda = |id: &ExprId| {
                    program.exprs.get(id.index()).is_some_and(|node| matches!(node.expr, Expr::Lambda(_)))
                };
                let list = arguments.iter().copied().find(|id| !is_lambda(id));
                for argument in arguments {
                    let to = if is_lambda(argument) { list.map(Bound::Item) } else { outer };
                    bind(&mut bound, *argument, to);
                }
            }
            Expr::Lambda(body) => bind(&mut bound, *body, outer.or(Some(Bound::Unknown))),
            other => other.operands().into_iter().for_each(|operand| bind(&mut bound, operand, outer)),
        }
    }
    bound
}

fn repetitions(program: &Program, range: Range<usize>) -> Vec<bool> {
    let mut repeated = vec![false; range.len()];
    for at in range.clone().rev() {
        let Some(node) = program.exprs.get(at) else { continue };
        let marked = match &node.expr {
            Expr::Resolve { on_delete: Some(variant), .. } if !repeated[at - range.start] => vec![*variant],
            other if repeated[at - range.start] => other.operands(),
            _ => continue,
        };
        for id in marked {
            if let Some(slot) = id.index().checked_sub(range.start).and_then(|at| repeated.get_mut(at)) {
                *slot = true;
            }
        }
    }
    repeated
}

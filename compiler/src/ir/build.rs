//! Building a program: arenas with interned names and constants, and the type and effect of each new node.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use dikast_grammar::Span;
use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, Kind};
use dikast_stdlib::pattern::ScalarPattern;

use super::{
    Comparison, ConstId, Effect, Entry, EntryId, Expr, ExprId, ExprNode, NameId, Pattern, PatternId, PatternNode,
    Program, Recovery, ScalarId, Type,
};

/// Adds to a [`Program`]; what it hands out are ids of that program.
///
/// Equal names and equal constants share an id. Expressions are not shared: two places of a policy that write the same
/// expression get two nodes, each with its own span; finding what they have in common is a pass.
#[derive(Debug, Default)]
pub struct Builder {
    program: Program,
    names: HashMap<Arc<str>, NameId>,
    consts: HashMap<u64, Vec<ConstId>>,
    scalars: HashMap<u64, Vec<ScalarId>>,
    /// Beside the expressions.
    outcomes: Vec<Outcomes>,
}

/// What an expression can give that is no value; data that is needed does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Outcomes {
    missing: bool,
    error: bool,
}

impl Builder {
    /// A builder of an empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with a program that was built before; its names and constants are found again.
    pub fn extend(program: Program) -> Self {
        let names = (0u32..).zip(&program.names).map(|(id, name)| (Arc::clone(name), NameId(id))).collect();
        let mut consts: HashMap<u64, Vec<ConstId>> = HashMap::new();
        for (id, value) in (0u32..).zip(&program.consts) {
            consts.entry(fingerprint(value)).or_default().push(ConstId(id));
        }
        let mut scalars: HashMap<u64, Vec<ScalarId>> = HashMap::new();
        for (id, pattern) in (0u32..).zip(&program.scalars) {
            scalars.entry(fingerprint(pattern.source())).or_default().push(ScalarId(id));
        }
        let mut builder = Self { program, names, consts, scalars, outcomes: Vec::new() };
        for index in 0..builder.program.exprs.len() {
            builder.outcomes.push(builder.outcomes_of(&builder.program.exprs[index].expr));
        }
        builder
    }

    /// What has been built so far.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The parts of the program that hold no interned data: policies and rules may be pushed straight into them.
    pub fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }

    /// The finished program.
    pub fn finish(self) -> Program {
        self.program
    }

    /// The id of a text.
    pub fn name(&mut self, text: &str) -> NameId {
        if let Some(&id) = self.names.get(text) {
            return id;
        }
        let id = NameId(next_id(self.program.names.len()));
        let text: Arc<str> = Arc::from(text);
        self.program.names.push(Arc::clone(&text));
        self.names.insert(text, id);
        id
    }

    /// The id of a constant. Whole numbers and floats of the same size are different constants.
    pub fn constant(&mut self, value: Value) -> ConstId {
        let ids = self.consts.entry(fingerprint(&value)).or_default();
        if let Some(&id) = ids.iter().find(|id| same_constant(&self.program.consts[id.index()], &value)) {
            return id;
        }
        let id = ConstId(next_id(self.program.consts.len()));
        ids.push(id);
        self.program.consts.push(value);
        id
    }

    /// Adds an expression whose operands were added before, and works out its type and effect.
    pub fn push(&mut self, expr: Expr, span: Option<Span>) -> ExprId {
        let ty = self.type_of(&expr);
        let effect = self.effect_of(&expr);
        let id = ExprId(next_id(self.program.exprs.len()));
        self.outcomes.push(self.outcomes_of(&expr));
        self.program.exprs.push(ExprNode { expr, ty, effect, span });
        id
    }

    /// An expression that gives a constant.
    pub fn value(&mut self, value: Value, span: Option<Span>) -> ExprId {
        let constant = self.constant(value);
        self.push(Expr::Const(constant), span)
    }

    /// An expression that gives a text.
    pub fn text(&mut self, text: &str, span: Option<Span>) -> ExprId {
        self.value(Value::text(text), span)
    }

    /// An expression that is an error with this message when it is evaluated.
    pub fn fail(&mut self, message: &str, span: Option<Span>) -> ExprId {
        let message = self.name(message);
        self.push(Expr::Fail(message), span)
    }

    /// Adds a context entry.
    pub fn entry(&mut self, entry: Entry) -> EntryId {
        let id = EntryId(next_id(self.program.entries.len()));
        self.program.entries.push(entry);
        id
    }

    /// Adds a pattern.
    pub fn pattern(&mut self, pattern: Pattern, span: Option<Span>) -> PatternId {
        let id = PatternId(next_id(self.program.patterns.len()));
        self.program.patterns.push(PatternNode { pattern, span });
        id
    }

    /// Adds a scalar pattern.
    pub fn scalar(&mut self, pattern: ScalarPattern) -> ScalarId {
        let ids = self.scalars.entry(fingerprint(pattern.source())).or_default();
        if let Some(&id) = ids.iter().find(|id| self.program.scalars[id.index()] == pattern) {
            return id;
        }
        let id = ScalarId(next_id(self.program.scalars.len()));
        ids.push(id);
        self.program.scalars.push(pattern);
        id
    }

    /// The value of an expression that is a constant.
    pub fn as_constant(&self, id: ExprId) -> Option<&Value> {
        match self.program.expr(id).expr {
            Expr::Const(constant) => Some(self.program.constant(constant)),
            _ => None,
        }
    }

    /// Whether an expression can be missing rather than a value or an error: what an operator that swallows missing has
    /// to recover from.
    pub fn may_be_missing(&self, id: ExprId) -> bool {
        self.outcomes(id).missing
    }

    /// Whether an expression can be an error.
    pub fn may_fail(&self, id: ExprId) -> bool {
        self.outcomes(id).error
    }

    fn outcomes(&self, id: ExprId) -> Outcomes {
        self.outcomes.get(id.index()).copied().unwrap_or(Outcomes { missing: true, error: true })
    }

    /// The outcomes of a node with these operands.
    fn outcomes_of(&self, expr: &Expr) -> Outcomes {
        let below = expr.operands().into_iter().fold(Outcomes::default(), |all, id| {
            let Outcomes { missing, error } = self.outcomes(id);
            Outcomes { missing: all.missing || missing, error: all.error || error }
        });
        match expr {
            Expr::Variable(_) | Expr::Member { .. } => Outcomes { missing: true, ..below },
            Expr::MemberOf { .. } | Expr::Query { .. } => Outcomes { missing: true, error: true },
            Expr::Object(members) => {
                let is_text = |name: &ExprId| self.ty(*name) == &Type::Text;
                Outcomes { error: below.error || !members.iter().all(|(name, _)| is_text(name)), ..below }
            }
            Expr::Slice { step: Some(0), .. } | Expr::Key { .. } => Outcomes { error: true, ..below },
            Expr::Recover { recovery: Recovery::Missing, .. } => Outcomes { missing: false, ..below },
            Expr::Recover { recovery: Recovery::Error, .. } => Outcomes::default(),
            // The operators themselves take a missing from what they evaluate for each item.
            Expr::Each { of, body } | Expr::Filter { of, condition: body } => Outcomes {
                missing: self.outcomes(*of).missing,
                error: self.outcomes(*of).error || self.may_fail(*body),
            },
            Expr::Call { arguments, .. } => {
                // A function may hand on what its lambda lacks.
                let lambda = arguments.iter().any(|id| matches!(self.program.expr(*id).expr, Expr::Lambda(_)));
                Outcomes { missing: below.missing || lambda, error: true }
            }
            Expr::Resolve { .. } | Expr::Expand { .. } | Expr::Fail(_) => Outcomes { missing: false, error: true },
            Expr::ExpandWithin { .. } | Expr::Text { .. } => Outcomes { error: true, ..below },
            Expr::Shortcut { otherwise, .. } => self.outcomes(*otherwise),
            _ => below,
        }
    }

    fn ty(&self, id: ExprId) -> &Type {
        &self.program.expr(id).ty
    }

    /// The type of a node with these operands.
    pub(crate) fn type_of(&mut self, expr: &Expr) -> Type {
        match expr {
            Expr::Const(constant) => {
                let value = self.program.constant(*constant).clone();
                self.type_of_value(&value)
            }
            Expr::Member { of, name } => match self.ty(*of) {
                Type::Object(members) => {
                    members.iter().find(|(known, _)| known == name).map_or(Type::Any, |(_, ty)| ty.clone())
                }
                _ => Type::Any,
            },
            Expr::Index { of, .. } | Expr::IndexOf { of, .. } => match self.ty(*of) {
                Type::List(item) => Type::either((**item).clone(), Type::Null),
                _ => Type::Any,
            },
            Expr::Slice { of, .. } | Expr::Filter { of, .. } => match self.ty(*of) {
                list @ Type::List(_) => list.clone(),
                _ => Type::either(Type::List(Box::default()), Type::Null),
            },
            Expr::Flatten(of) => match self.ty(*of) {
                Type::List(item) => match &**item {
                    Type::List(inner) => Type::List(inner.clone()),
                    Type::Null | Type::Bool | Type::Number | Type::Text | Type::Object(_) => Type::List(item.clone()),
                    Type::Any | Type::OneOf(_) => Type::List(Box::default()),
                },
                _ => Type::either(Type::List(Box::default()), Type::Null),
            },
            Expr::Values(_) => Type::either(Type::List(Box::default()), Type::Null),
            Expr::Each { of, body } => {
                let list = Type::List(Box::new(self.ty(*body).clone().without_null()));
                match self.ty(*of) {
                    Type::List(_) => list,
                    _ => Type::either(list, Type::Null),
                }
            }
            Expr::Bind { body, .. } | Expr::With { body, .. } => self.ty(*body).clone(),
            Expr::IfNotNull { subject, body } => match self.ty(*subject) {
                Type::Any | Type::Null | Type::OneOf(_) => Type::either(self.ty(*body).clone(), Type::Null),
                _ => self.ty(*body).clone(),
            },
            Expr::List(items) => {
                let mut item = None;
                for id in items {
                    let ty = self.ty(*id).clone();
                    item = Some(item.map_or(ty.clone(), |known| Type::either(known, ty)));
                }
                Type::List(Box::new(item.unwrap_or_default()))
            }
            Expr::Object(members) => self.type_of_object(members),
            Expr::Compare { comparison: Comparison::Equal | Comparison::NotEqual, .. } | Expr::Not(_) => Type::Bool,
            Expr::Compare { comparison: Comparison::Numbers(_), .. } => Type::either(Type::Bool, Type::Null),
            Expr::And { left, right } | Expr::Or { left, right } => {
                Type::either(self.ty(*left).clone(), self.ty(*right).clone())
            }
            Expr::Recover { of, .. } => Type::either(self.ty(*of).clone(), Type::Null),
            Expr::Call { function, .. } => match functions::get(*function).result {
                Kind::Any | Kind::Lambda => Type::Any,
                Kind::Number => Type::Number,
                Kind::Text => Type::Text,
                Kind::Bool => Type::Bool,
                Kind::List => Type::List(Box::default()),
                Kind::Numbers => Type::List(Box::new(Type::Number)),
                Kind::Texts => Type::List(Box::new(Type::Text)),
                Kind::Object => Type::Object(Vec::new()),
            },
            Expr::Text { .. } | Expr::Key { .. } => Type::Text,
            Expr::Resolve { query, on_delete, .. } => match on_delete {
                Some(other) => Type::either(self.ty(*query).clone(), self.ty(*other).clone()),
                None => self.ty(*query).clone(),
            },
            Expr::ExpandWithin { of, .. } => match self.ty(*of) {
                scalar @ (Type::Null | Type::Bool | Type::Number | Type::Text) => scalar.clone(),
                _ => Type::Any,
            },
            Expr::Shortcut { then, otherwise, .. } => Type::either(self.ty(*then).clone(), self.ty(*otherwise).clone()),
            Expr::Root
            | Expr::Variable(_)
            | Expr::Current
            | Expr::MemberOf { .. }
            | Expr::Lambda(_)
            | Expr::Expand { .. }
            | Expr::Query { .. }
            | Expr::Fail(_) => Type::Any,
        }
    }

    fn type_of_object(&mut self, members: &[(ExprId, ExprId)]) -> Type {
        let mut known: Vec<(NameId, Type)> = Vec::new();
        for &(name, value) in members {
            let Some(text) = self.as_constant(name).and_then(Value::as_text).map(str::to_owned) else {
                return Type::Object(Vec::new());
            };
            let name = self.name(&text);
            let ty = self.ty(value).clone();
            known.retain(|(other, _)| *other != name);
            known.push((name, ty));
        }
        Type::Object(known)
    }

    fn type_of_value(&mut self, value: &Value) -> Type {
        match value {
            Value::Null => Type::Null,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) | Value::Float(_) => Type::Number,
            Value::Text(_) => Type::Text,
            Value::List(items) => {
                let mut types = items.iter().map(|item| self.type_of_value(item)).collect::<Vec<_>>().into_iter();
                let first = types.next().unwrap_or_default();
                Type::List(Box::new(types.fold(first, Type::either)))
            }
            Value::Object(members) => {
                Type::Object(members.iter().map(|(key, value)| (self.name(key), self.type_of_value(value))).collect())
            }
        }
    }

    /// The effect of a node with these operands.
    pub(crate) fn effect_of(&self, expr: &Expr) -> Effect {
        let own = match expr {
            Expr::Resolve { loads, .. } => Effect { data: !loads.is_empty(), volatile: false },
            // What is parsed at run time may call anything.
            Expr::Expand { .. } | Expr::Query { .. } => Effect { data: true, volatile: true },
            Expr::Call { function, .. } => Effect { data: false, volatile: functions::get(*function).volatile },
            _ => Effect::PURE,
        };
        let counted: Vec<ExprId> = match expr {
            Expr::Text { parts, .. } => parts.clone(),
            Expr::Shortcut { guards, then, .. } => guards.iter().map(|&(guard, _)| guard).chain([*then]).collect(),
            _ => expr.operands(),
        };
        counted.into_iter().fold(own, |effect, id| effect.join(self.program.expr(id).effect))
    }
}

impl Type {
    /// The type of something that is one or the other.
    pub fn either(left: Type, right: Type) -> Type {
        if left == right {
            return left;
        }
        let mut all = Vec::new();
        for ty in [left, right] {
            match ty {
                Type::Any => return Type::Any,
                Type::OneOf(types) => all.extend(types),
                other => all.push(other),
            }
        }
        let mut distinct: Vec<Type> = Vec::new();
        for ty in all {
            if !distinct.contains(&ty) {
                distinct.push(ty);
            }
        }
        // Past a handful of alternatives the type tells a reader nothing.
        const MOST: usize = 6;
        match distinct.len() {
            1 => distinct.remove(0),
            2..=MOST => Type::OneOf(distinct),
            _ => Type::Any,
        }
    }

    /// The type of a value of this type that is known not to be null.
    pub fn without_null(self) -> Type {
        match self {
            Type::OneOf(types) => {
                let mut rest = types.into_iter().filter(|ty| *ty != Type::Null);
                let first = rest.next().unwrap_or_default();
                rest.fold(first, Type::either)
            }
            other => other,
        }
    }
}

fn next_id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Equal constants have equal fingerprints. Of texts all counts, as many may begin alike.
fn fingerprint(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.type_name().hash(&mut hasher);
    match value {
        Value::Text(text) => text.hash(&mut hasher),
        Value::List(items) => items.len().hash(&mut hasher),
        Value::Object(members) => (members.len(), members.keys().next()).hash(&mut hasher),
        scalar => format!("{scalar:?}").hash(&mut hasher),
    }
    hasher.finish()
}

/// Bit for bit the same: `PartialEq` takes `0.0` for `-0.0`, and a NaN for nothing.
fn same_constant(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same_constant(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right.iter())
                    .all(|((left_key, left), (right_key, right))| left_key == right_key && same_constant(left, right))
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_constants_are_interned() {
        let mut builder = Builder::new();
        assert_eq!(builder.name("a"), builder.name("a"));
        assert_ne!(builder.name("a"), builder.name("b"));
        assert_eq!(builder.constant(Value::Int(1)), builder.constant(Value::Int(1)));
        assert_ne!(builder.constant(Value::Int(1)), builder.constant(Value::Float(1.0)));
        assert_ne!(builder.constant(Value::Float(0.0)), builder.constant(Value::Float(-0.0)));
        assert_eq!(builder.constant(Value::Float(f64::NAN)), builder.constant(Value::Float(f64::NAN)));
        let program = builder.finish();
        assert_eq!(program.names.len(), 2);
        let mut again = Builder::extend(program);
        assert_eq!(again.name("b"), NameId(1));
        assert_eq!(again.constant(Value::Int(1)), ConstId(0));
    }

    #[test]
    fn types_follow_from_operands() {
        let mut builder = Builder::new();
        let one = builder.value(Value::Float(1.0), None);
        let text = builder.text("a", None);
        let list = builder.push(Expr::List(vec![one, text]), None);
        let item = Type::OneOf(vec![Type::Number, Type::Text]);
        assert_eq!(builder.program().expr(list).ty, Type::List(Box::new(item)));
        let name = builder.name("a");
        let object = builder.push(Expr::Object(vec![(text, one)]), None);
        assert_eq!(builder.program().expr(object).ty, Type::Object(vec![(name, Type::Number)]));
        let member = builder.push(Expr::Member { of: object, name }, None);
        assert_eq!(builder.program().expr(member).ty, Type::Number);
    }

    #[test]
    fn effects_join() {
        let mut builder = Builder::new();
        let text = builder.text("a", None);
        let query = builder.push(Expr::Query { text, scope: Vec::new() }, None);
        let not = builder.push(Expr::Not(query), None);
        assert!(builder.program().expr(not).effect.data);
        assert!(!builder.program().expr(text).effect.data);
    }
}

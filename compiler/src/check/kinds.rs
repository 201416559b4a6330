//! Sets of kinds of values.

use dikast_stdlib::Value;

use crate::ir::Type;

/// Which kinds of values something can be. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOL: Self = Self(1 << 1);
    pub(super) const NUMBER: Self = Self(1 << 2);
    pub(super) const TEXT: Self = Self(1 << 3);
    pub(super) const LIST: Self = Self(1 << 4);
    pub(super) const OBJECT: Self = Self(1 << 5);
    pub(super) const ANY: Self = Self((1 << 6) - 1);

    /// Every single kind, and what authors call it.
    const EACH: [(Self, &'static str); 6] = [
        (Self::TEXT, "text"),
        (Self::NUMBER, "a number"),
        (Self::BOOL, "a truth value"),
        (Self::LIST, "a list"),
        (Self::OBJECT, "an object"),
        (Self::NULL, "null"),
    ];

    /// The kinds of a type.
    pub(super) fn of_type(ty: &Type) -> Self {
        match ty {
            Type::Any => Self::ANY,
            Type::Null => Self::NULL,
            Type::Bool => Self::BOOL,
            Type::Number => Self::NUMBER,
            Type::Text => Self::TEXT,
            Type::List(_) => Self::LIST,
            Type::Object(_) => Self::OBJECT,
            Type::OneOf(types) => {
                types.iter().map(Self::of_type).reduce(|all, kinds| all.or(kinds)).unwrap_or(Self::ANY)
            }
        }
    }

    /// The kind of a value.
    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOL,
            Value::Int(_) | Value::Float(_) => Self::NUMBER,
            Value::Text(_) => Self::TEXT,
            Value::List(_) => Self::LIST,
            Value::Object(_) => Self::OBJECT,
        }
    }

    /// What can be of either.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What can be of both; all that was there when nothing can.
    pub(super) fn narrowed(self, other: Self) -> Self {
        match self.0 & other.0 {
            0 => self,
            both => Self(both),
        }
    }

    /// Whether something of these kinds can be of the others.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds of what is known not to be null.
    pub(super) fn without_null(self) -> Self {
        match self.0 & !Self::NULL.0 {
            0 => self,
            rest => Self(rest),
        }
    }

    /// The kinds one by one.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        Self::EACH.into_iter().map(|(kind, _)| kind).filter(move |kind| self.meets(*kind))
    }

    /// The kinds in words. That something may be absent as well is not worth a word.
    pub(super) fn words(self) -> String {
        let kinds = self.without_null();
        if kinds == Self::ANY.without_null() {
            return "a value".to_owned();
        }
        let names = Self::EACH.into_iter().filter(|(kind, _)| kinds.meets(*kind)).map(|(_, name)| name);
        alternatives(&names.collect::<Vec<_>>())
    }
}

/// `a, b or c`.
pub(super) fn alternatives(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

//! Sets of operations.

/// A set of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operations(u8);

impl Operations {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(0b1111);
    pub(crate) const CREATE: Self = Self(1);
    pub(crate) const UPDATE: Self = Self(1 << 1);
    pub(crate) const DELETE: Self = Self(1 << 2);
    pub(crate) const CONNECT: Self = Self(1 << 3);

    /// The operation of a name; none for any other text.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "CREATE" => Self::CREATE,
            "UPDATE" => Self::UPDATE,
            "DELETE" => Self::DELETE,
            "CONNECT" => Self::CONNECT,
            _ => Self::NONE,
        }
    }

    /// Those in either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// All others.
    pub(crate) fn others(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    /// Whether all of another set are in this one.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

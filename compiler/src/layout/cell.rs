//! The cell: what one slot holds, as native code reads it.
//!
//! ```text
//! byte  0      1        2       3      4 .. 8    8 .. 16
//!      [ tag | origin | whole | zero | length  | payload              ]
//! ```
//!
//! | tag | length | payload |
//! |---|---|---|
//! | absent, null, false, true | 0 | 0 |
//! | int | 0 | the number, two's complement |
//! | float | 0 | the number's bits |
//! | text | bytes | offset into the text region that `origin` names |
//! | list, object from the request | items, members | byte offset of the first row, when the layout keeps rows |
//! | list, object from a helper | items, members | its handle; `origin` is [`Origin::Handle`] |
//!
//! `whole` is 1 when the next cell holds the JSON text of this list or object.

/// What a slot holds.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The kind of value.
    pub tag: Tag,
    /// Where text or a computed list or object is kept.
    pub origin: Origin,
    /// Whether the next cell holds the JSON text of this list or object.
    pub whole: bool,
    /// Always zero.
    pub reserved: u8,
    /// Bytes of text, items of a list, members of an object.
    pub length: u32,
    /// See the module's table.
    pub payload: u64,
}

/// The kind of value in a cell.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// Nothing stands there.
    #[default]
    Absent,
    /// `null`
    Null,
    /// `false`
    False,
    /// `true`
    True,
    /// A whole number that fits.
    Int,
    /// Any other number.
    Float,
    /// Text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

/// Which region a payload points into. The first three are positions in [`Surface::texts`].
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The bytes of the request.
    #[default]
    Body,
    /// Text made while reading or running: unescaped or computed.
    Arena,
    /// Texts of the program.
    Constant,
    /// A value that a helper made.
    Handle,
}

/// The part of a running request that native code reads by itself.
#[repr(C)]
#[derive(Debug)]
pub struct Surface {
    /// The cells: the root block, then rows.
    pub cells: *mut Cell,
    /// First bytes of the text regions, by [`Origin`].
    pub texts: [*const u8; 3],
    /// Whether a rule of the policy that runs has run before; whole numbers of the object are then read as such.
    pub rule_ran: bool,
    /// Whether any text of the request may hold a variable (`{{`).
    pub variables: bool,
    /// Whether the request is as the unit's code takes it to be.
    pub is_regular: bool,
}

/// Size of a cell in bytes.
pub const CELL_SIZE: u32 = size_of::<Cell>() as u32;

impl Cell {
    /// Nothing stands there.
    pub const ABSENT: Cell =
        Cell { tag: Tag::Absent, origin: Origin::Body, whole: false, reserved: 0, length: 0, payload: 0 };

    /// A cell without payload.
    pub const fn plain(tag: Tag) -> Self {
        Self { tag, ..Self::ABSENT }
    }

    /// A truth value.
    pub const fn bool(truth: bool) -> Self {
        Self::plain(if truth { Tag::True } else { Tag::False })
    }

    /// A whole number.
    pub const fn int(number: i64) -> Self {
        Self { payload: number as u64, ..Self::plain(Tag::Int) }
    }

    /// A fraction, or a number too large for a whole one.
    pub const fn float(number: f64) -> Self {
        Self { payload: number.to_bits(), ..Self::plain(Tag::Float) }
    }

    /// Text of `length` bytes at `offset` of a region.
    pub const fn text(origin: Origin, offset: u64, length: u32) -> Self {
        Self { origin, length, payload: offset, ..Self::plain(Tag::Text) }
    }

    /// A list or object of the request.
    pub const fn block(tag: Tag, length: u32, payload: u64) -> Self {
        Self { length, payload, ..Self::plain(tag) }
    }
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn the_memory_picture_holds() {
        assert_eq!(CELL_SIZE, 16);
        assert_eq!(offset_of!(Cell, tag), 0);
        assert_eq!(offset_of!(Cell, origin), 1);
        assert_eq!(offset_of!(Cell, whole), 2);
        assert_eq!(offset_of!(Cell, length), 4);
        assert_eq!(offset_of!(Cell, payload), 8);
        assert_eq!(size_of::<Tag>(), 1);
        assert_eq!(size_of::<Origin>(), 1);
        assert_eq!(offset_of!(Surface, cells), 0);
        assert_eq!(offset_of!(Surface, texts), 8);
        assert_eq!(size_of::<bool>(), 1);
    }

    #[test]
    fn zeroed_cells_are_absent() {
        assert_eq!(Cell::default(), Cell::ABSENT);
        assert_eq!(Tag::Absent as u8, 0);
    }
}

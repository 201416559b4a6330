//! What the code of a unit refers to by number: constants as cells, wildcards, prepared conditions.

use std::sync::Arc;

use dikast_stdlib::Value;
use dikast_stdlib::condition::{Operator, Prepared};
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::selector::LabelSelector;
use dikast_stdlib::wildcard::Wildcard;

use crate::layout::{CELL_SIZE, Cell, Origin, Tag};

/// The tables of a unit. Helpers look their numbers up in them.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// Cells that follow the root block: constants, and room for intermediate values.
    pub cells: Vec<Cell>,
    /// The texts of constant cells, one after the other.
    pub texts: String,
    /// Lists and objects of constant cells, which are handles into this table.
    pub values: Vec<Value>,
    /// Wildcards.
    pub wildcards: Vec<Wildcard>,
    /// Scalar patterns.
    pub scalars: Vec<ScalarPattern>,
    /// Conditions with one side known.
    pub conditions: Vec<KnownCondition>,
    /// Operators of conditions with no side known.
    pub operators: Vec<Operator>,
    /// Names that helpers compare.
    pub names: Vec<Arc<str>>,
    /// Texts that values are put into.
    pub templates: Vec<Vec<TemplatePart>>,
    /// Selectors of namespaces.
    pub selectors: Vec<LabelSelector>,
    /// Whether the code asks if texts of the request may hold variables.
    pub asks_variables: bool,
    /// Byte offset of the first of `cells`.
    base: u32,
}

/// A part of a text that is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text that the policy has; it is not searched for variables again.
    Written(Arc<str>),
    /// The next argument.
    Value,
}

/// A condition one side of which is known at compile time.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownCondition {
    /// The operator.
    pub operator: Operator,
    /// The known side, with its readings.
    pub known: Prepared,
    /// Whether that is the key; otherwise it is the value.
    pub known_is_key: bool,
    /// Whether the other side is one item of a list, which is decided as a list of that item alone.
    pub item: bool,
}

impl Pool {
    /// Sets the byte offset behind the root block.
    pub(super) fn place_after(&mut self, root_stride: u32) {
        self.base = root_stride * CELL_SIZE;
    }

    /// The byte offset of a cell that holds a constant.
    pub(super) fn constant(&mut self, value: &Value) -> u32 {
        let cell = match value {
            Value::Null => Cell::plain(Tag::Null),
            Value::Bool(truth) => Cell::bool(*truth),
            Value::Int(number) => Cell::int(*number),
            Value::Float(number) => Cell::float(*number),
            Value::Text(text) => {
                let offset = self.texts.len() as u64;
                self.texts.push_str(text);
                Cell::text(Origin::Constant, offset, text.len() as u32)
            }
            Value::List(items) => self.handle(value, Tag::List, items.len()),
            Value::Object(members) => self.handle(value, Tag::Object, members.len()),
        };
        self.append(cell)
    }

    /// The byte offset of a cell for an intermediate value.
    pub(super) fn temporary(&mut self) -> u32 {
        self.append(Cell::ABSENT)
    }

    /// The number of a wildcard.
    pub(super) fn wildcard(&mut self, wildcard: &Wildcard) -> u32 {
        number(&mut self.wildcards, wildcard)
    }

    /// The number of a scalar pattern.
    pub(super) fn scalar(&mut self, pattern: &ScalarPattern) -> u32 {
        number(&mut self.scalars, pattern)
    }

    /// The number of a condition.
    pub(super) fn condition(&mut self, condition: &KnownCondition) -> u32 {
        number(&mut self.conditions, condition)
    }

    /// The number of an operator.
    pub(super) fn operator(&mut self, operator: &Operator) -> u32 {
        number(&mut self.operators, operator)
    }

    /// The number of a name.
    pub(super) fn name(&mut self, name: &Arc<str>) -> u32 {
        number(&mut self.names, name)
    }

    /// The number of a text that values are put into.
    pub(super) fn template(&mut self, parts: &Vec<TemplatePart>) -> u32 {
        number(&mut self.templates, parts)
    }

    /// The number of a selector.
    pub(super) fn selector(&mut self, selector: &LabelSelector) -> u32 {
        number(&mut self.selectors, selector)
    }

    fn handle(&mut self, value: &Value, tag: Tag, length: usize) -> Cell {
        let handle = number(&mut self.values, value);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        Cell { origin: Origin::Handle, ..Cell::block(tag, length, u64::from(handle)) }
    }

    fn append(&mut self, cell: Cell) -> u32 {
        let known = (cell.tag != Tag::Absent && cell.tag != Tag::Text)
            .then(|| self.cells.iter().position(|other| *other == cell))
            .flatten();
        let position = known.unwrap_or_else(|| {
            self.cells.push(cell);
            self.cells.len() - 1
        });
        self.base + position as u32 * CELL_SIZE
    }
}

/// The position of an item in a table; it is added if it is not there.
fn number<T: Clone + PartialEq>(table: &mut Vec<T>, item: &T) -> u32 {
    let position = table.iter().position(|known| known == item).unwrap_or_else(|| {
        table.push(item.clone());
        table.len() - 1
    });
    position as u32
}

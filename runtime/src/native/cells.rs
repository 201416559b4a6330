//! Between cells and values.

use std::sync::Arc;

use dikast_compiler::codegen::Numbers;
use dikast_compiler::layout::{CELL_SIZE, Cell, Origin, Tag};
use dikast_stdlib::Value;

use super::run::Running;
use crate::document::read_text;

impl Running<'_> {
    /// The cell at an offset, as a helper was given it.
    pub(super) fn cell(&self, offset: u64) -> Cell {
        self.frame.cell(offset)
    }

    /// The text of a cell, if it holds one.
    pub(super) fn text(&self, cell: Cell) -> Option<&str> {
        (cell.tag == Tag::Text).then(|| self.frame.text(cell, self.body, &self.pool.texts))
    }

    /// The value at an offset. Nothing for a list or object whose text was not kept.
    pub(super) fn value(&mut self, offset: u64, numbers: u32) -> Option<Value> {
        let cell = self.cell(offset);
        let fractions = self.reads_fractions(numbers);
        Some(match cell.tag {
            Tag::Absent | Tag::Null => Value::Null,
            Tag::False => Value::Bool(false),
            Tag::True => Value::Bool(true),
            Tag::Int if fractions => Value::Float(cell.payload as i64 as f64),
            Tag::Int => Value::Int(cell.payload as i64),
            Tag::Float => Value::Float(f64::from_bits(cell.payload)),
            Tag::Text => Value::text(self.text(cell)?),
            Tag::List | Tag::Object if cell.origin == Origin::Handle => self.handle(cell)?.clone(),
            Tag::List if cell.length == 0 => Value::list([]),
            Tag::Object if cell.length == 0 => Value::object::<&str>([]),
            Tag::List | Tag::Object => {
                let text = cell.whole.then(|| self.cell(offset + u64::from(CELL_SIZE)))?;
                self.whole(text, fractions)?
            }
        })
    }

    /// The list or object of a text that was kept. Several rules ask for the same one; it is read once.
    fn whole(&mut self, text: Cell, fractions: bool) -> Option<Value> {
        let key = (text.origin, text.payload, fractions);
        if let Some(value) = self.computed.wholes.get(&key) {
            return Some(value.clone());
        }
        let value = match fractions {
            true => self.whole(text, false)?.to_floats(),
            false => read_text(self.text(text)?).ok()?,
        };
        self.computed.wholes.insert(key, value.clone());
        Some(value)
    }

    fn reads_fractions(&self, numbers: u32) -> bool {
        match numbers {
            number if number == Numbers::AsWritten as u32 => false,
            number if number == Numbers::Fractions as u32 => true,
            _ => !self.surface.rule_ran,
        }
    }

    /// A list or object that the program or a helper made.
    pub(super) fn handle(&self, cell: Cell) -> Option<&Value> {
        if cell.origin != Origin::Handle {
            return None;
        }
        let constants = &self.pool.values;
        let handle = usize::try_from(cell.payload).ok()?;
        constants.get(handle).or_else(|| self.computed.values.get(handle.checked_sub(constants.len())?))
    }

    /// Writes a value to the cell at an offset.
    pub(super) fn write(&mut self, offset: u64, value: Value) {
        let cell = match &value {
            Value::Null => Cell::plain(Tag::Null),
            Value::Bool(truth) => Cell::bool(*truth),
            Value::Int(number) => Cell::int(*number),
            Value::Float(number) => Cell::float(*number),
            Value::Text(text) => self.keep_text(&Arc::clone(text)),
            Value::List(items) => self.keep_value(Tag::List, items.len(), value.clone()),
            Value::Object(members) => self.keep_value(Tag::Object, members.len(), value.clone()),
        };
        self.frame.set_cell(offset, cell);
    }

    fn keep_text(&mut self, text: &str) -> Cell {
        let cell = self.frame.keep_text(text);
        // The arena may have moved.
        self.refresh_surface();
        cell
    }

    fn keep_value(&mut self, tag: Tag, length: usize, value: Value) -> Cell {
        let handle = (self.pool.values.len() + self.computed.values.len()) as u64;
        self.computed.values.push(value);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        Cell { origin: Origin::Handle, ..Cell::block(tag, length, handle) }
    }
}

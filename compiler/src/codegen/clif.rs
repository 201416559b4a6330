//! CLIF with comments, for `--emit clif` and for what the verifier objects to.

use std::collections::HashMap;
use std::fmt::{self, Write};

use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::entities::{AnyEntity, Inst};
use cranelift_codegen::ir::{Block, Function, Value};
use cranelift_codegen::write::{FuncWriter, PlainWriter, decorate_function};

/// Comments on the instructions of one function.
#[derive(Debug, Default)]
pub(super) struct Comments {
    /// Whether anybody will read them.
    wanted: bool,
    lines: HashMap<Inst, Vec<String>>,
}

impl Comments {
    pub(super) fn new(wanted: bool) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Adds a line above an instruction.
    pub(super) fn add(&mut self, inst: Inst, line: impl FnOnce() -> String) {
        if self.wanted {
            self.lines.entry(inst).or_default().push(line());
        }
    }

    /// The function's text with its comments.
    pub(super) fn print(&mut self, function: &Function) -> String {
        let mut text = String::new();
        let _ = decorate_function(&mut &mut *self, &mut text, function);
        text
    }
}

impl FuncWriter for &mut Comments {
    fn write_block_header(
        &mut self,
        out: &mut dyn Write,
        function: &Function,
        block: Block,
        indent: usize,
    ) -> fmt::Result {
        PlainWriter.write_block_header(out, function, block, indent)
    }

    fn write_instruction(
        &mut self,
        out: &mut dyn Write,
        function: &Function,
        aliases: &SecondaryMap<Value, Vec<Value>>,
        inst: Inst,
        indent: usize,
    ) -> fmt::Result {
        for line in self.lines.get(&inst).into_iter().flatten() {
            writeln!(out, "{:indent$}; {line}", "")?;
        }
        PlainWriter.write_instruction(out, function, aliases, inst, indent)
    }

    fn write_entity_definition(
        &mut self,
        out: &mut dyn Write,
        function: &Function,
        entity: AnyEntity,
        value: &dyn fmt::Display,
    ) -> fmt::Result {
        PlainWriter.write_entity_definition(out, function, entity, value)
    }
}

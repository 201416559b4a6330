//! Code for a question about a document: one function that writes one verdict.

use std::mem::offset_of;

use cranelift_codegen::ir::{Function, InstBuilder, MemFlagsData, UserFuncName, Value, types};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId, Linkage, Module};

use super::rule::BodyEnds;
use super::unit::{UnitWriter, declare_helpers, define, entry_signature, import_helpers, with_emitter};
use super::{Emitter, Operand, Targets};
use crate::codegen::CodegenError;
use crate::codegen::abi::{Status, Verdict};
use crate::codegen::clif::Comments;
use crate::codegen::code::CodeBuilder;
use crate::codegen::plan::{Numbers, QuestionPlan};

/// Defines the function of a question. Gives it and how the numbers of the value are read that it finds.
pub(in crate::codegen) fn emit_question(
    question: &QuestionPlan,
    writer: &mut UnitWriter<'_>,
    code: &mut CodeBuilder,
) -> Result<(FuncId, Numbers), CodegenError> {
    let module = code.module();
    let helpers = import_helpers(module)?;
    let signature = entry_signature(module);
    let entry = module.declare_function("question", Linkage::Export, &signature)?;
    let mut comments = Comments::new(writer.clif.is_some());
    let mut context = module.make_context();
    context.func = Function::with_name_signature(UserFuncName::user(0, entry.as_u32()), signature);
    let helpers = declare_helpers(module, &helpers, &mut context.func);
    let mut scratch = FunctionBuilderContext::new();
    let builder = FunctionBuilder::new(&mut context.func, &mut scratch);
    let mut numbers = Numbers::AsWritten;
    with_emitter(builder, writer, &helpers, &mut comments, module.target_config(), |emitter, verdict| {
        numbers = emitter.question(question, verdict);
    });
    define(module, entry, &mut context, &mut comments, writer)?;
    Ok((entry, numbers))
}

impl Emitter<'_, '_> {
    fn question(&mut self, question: &QuestionPlan, verdict: Value) -> Numbers {
        let ends = BodyEnds::new(self);
        let mut numbers = Numbers::AsWritten;
        match question {
            QuestionPlan::Value(source) => {
                let operand = self.value(source, self.exits.error);
                numbers = operand.numbers;
                self.store_place(verdict, operand);
                self.goto(ends.pass);
            }
            QuestionPlan::Test(test) => self.test(test, Targets { yes: ends.pass, no: ends.fail }),
            QuestionPlan::Body(body) => self.body(body, ends),
        }
        let value_at = matches!(question, QuestionPlan::Value(_));
        self.finish(ends, [Status::Fail, Status::Error], verdict, value_at);
        numbers
    }

    /// Writes down where the value is.
    fn store_place(&mut self, verdict: Value, operand: Operand) {
        let offset = self.offset(operand.at);
        let offset = self.builder.ins().ireduce(types::I32, offset);
        self.builder.ins().store(MemFlagsData::trusted(), offset, verdict, offset_of!(Verdict, at) as i32);
    }
}

//! Code for a question about a document: one function that writes one verdict.

use cranelift_codegen::ir::{Function, InstBuilder, UserFuncName, Value, types};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId, Linkage, Module};

use super::helper_call::Helpers;
use super::rule::{BodyEnds, VerdictAt};
use super::unit::{UnitWriter, define, entry_signature, with_emitter};
use super::{Emitter, Targets};
use crate::codegen::CodegenError;
use crate::codegen::abi::Status;
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
    let helpers = Helpers::import(module)?;
    let signature = entry_signature(module);
    let entry = module.declare_function("question", Linkage::Export, &signature)?;
    let mut comments = Comments::new(writer.clif.is_some());
    let mut context = module.make_context();
    context.func = Function::with_name_signature(UserFuncName::user(0, entry.as_u32()), signature);
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
        let (ends, done) = (BodyEnds::new(self), self.block());
        let verdict = VerdictAt { verdicts: verdict, offset: 0 };
        self.begin_verdict();
        let mut numbers = Numbers::AsWritten;
        match question {
            QuestionPlan::Value(source) => {
                let operand = self.value(source, self.exits.error);
                numbers = operand.numbers;
                // Where the value is.
                let offset = self.offset(operand.at);
                let offset = self.builder.ins().ireduce(types::I32, offset);
                self.store_at(verdict, offset);
                self.goto(ends.pass);
            }
            QuestionPlan::Test(test) => self.test(test, Targets { yes: ends.pass, no: ends.fail }),
            QuestionPlan::Body(body) => self.body(body, ends),
        }
        let at = if matches!(question, QuestionPlan::Value(_)) { None } else { Some(self.at) };
        self.finish(ends, [Status::Fail, Status::Error], at, verdict, done);
        self.start(done);
        self.builder.ins().return_(&[]);
        numbers
    }
}

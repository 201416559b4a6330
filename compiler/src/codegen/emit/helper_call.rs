//! Code for calls of helpers: a function names those only that it calls.

use std::collections::HashMap;

use cranelift_codegen::ir::{ExtFuncData, ExternalName, FuncRef, InstBuilder, UserExternalName, Value};
use cranelift_codegen::isa::CallConv;
use cranelift_module::{FuncId, Linkage, Module};

use super::{Emitter, Targets};
use crate::codegen::CodegenError;
use crate::codegen::abi::Answer;
use crate::codegen::helper::Helper;

/// All helpers as functions of a module.
pub(super) struct Helpers {
    functions: HashMap<Helper, FuncId>,
    call_conv: CallConv,
}

impl Helpers {
    pub(super) fn import(module: &mut impl Module) -> Result<Self, CodegenError> {
        let call_conv = module.target_config().default_call_conv;
        let import = |&helper: &Helper| {
            let signature = helper.signature(call_conv);
            Ok((helper, module.declare_function(helper.symbol(), Linkage::Import, &signature)?))
        };
        let functions = Helper::ALL.iter().map(import).collect::<Result<_, CodegenError>>()?;
        Ok(Self { functions, call_conv })
    }
}

impl Emitter<'_, '_> {
    /// Calls a helper; its arguments are cells' offsets and numbers, as its parameters say.
    pub(super) fn call(&mut self, helper: Helper, arguments: &[Value]) -> Value {
        let mut all = vec![self.request];
        all.extend_from_slice(arguments);
        let function = self.reference(helper);
        self.note(|| format!("call {}", helper.symbol()));
        let call = self.builder.ins().call(function, &all);
        self.builder.inst_results(call)[0]
    }

    /// Calls a helper and goes where its answer leads.
    pub(super) fn ask(&mut self, helper: Helper, arguments: &[Value], to: Targets) {
        let answer = self.call(helper, arguments);
        let undecided = self.equals(answer, Answer::Undecided as i64);
        let decided = self.next_block();
        self.branch(undecided, Targets { yes: self.exits.interpret, no: decided });
        self.start(decided);
        self.branch(answer, to);
    }

    /// What this function calls a helper by.
    fn reference(&mut self, helper: Helper) -> FuncRef {
        if let Some(&known) = self.called.get(&helper) {
            return known;
        }
        let function = &mut self.builder.func;
        let signature = function.import_signature(helper.signature(self.helpers.call_conv));
        let index = self.helpers.functions[&helper].as_u32();
        let name = function.declare_imported_user_function(UserExternalName { namespace: 0, index });
        let name = ExternalName::user(name);
        let made = function.import_function(ExtFuncData { name, signature, colocated: false, patchable: false });
        self.called.insert(helper, made);
        made
    }
}

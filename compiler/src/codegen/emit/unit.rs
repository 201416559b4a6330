//! Code for a unit: one function per rule, and the entry that decides which of them run.

use std::collections::HashMap;
use std::mem::offset_of;

use cranelift_codegen::Context;
use cranelift_codegen::ir::{
    AbiParam, FuncRef, Function, InstBuilder, MemFlagsData, Signature, UserFuncName, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId, Linkage, Module};
use dikast_grammar::Span;

use super::{Emitter, Exits, Targets, unchanging};
use crate::codegen::CodegenError;
use crate::codegen::abi::{Status, Verdict};
use crate::codegen::clif::Comments;
use crate::codegen::code::CodeBuilder;
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Guard, RulePlan, TextMatch, UnitPlan};
use crate::codegen::pool::Pool;
use crate::ir::Program;
use crate::layout::{Layout, Surface, Tag};

/// What stays the same while the functions of a unit are written.
pub(in crate::codegen) struct UnitWriter<'a> {
    pub(in crate::codegen) program: &'a Program,
    pub(in crate::codegen) layout: &'a Layout,
    pub(in crate::codegen) pool: &'a mut Pool,
    /// Receives the CLIF of each function, when somebody wants it.
    pub(in crate::codegen) clif: Option<Listing<'a>>,
}

/// Where the readable form of the code goes.
pub(in crate::codegen) struct Listing<'a> {
    /// Receives the text.
    pub(in crate::codegen) text: &'a mut String,
    /// How a place in a policy file is written, such as `policy.yaml:12`.
    pub(in crate::codegen) places: &'a dyn Fn(Span) -> String,
}

/// Defines all functions of a unit and gives its entry, which decides the rules that are always asked, and those of its
/// groups.
pub(in crate::codegen) fn emit_unit(
    unit: &UnitPlan,
    writer: &mut UnitWriter<'_>,
    code: &mut CodeBuilder,
) -> Result<(FuncId, Vec<FuncId>), CodegenError> {
    let module = code.module();
    let helpers = import_helpers(module)?;
    let signature = entry_signature(module);
    let entry = module.declare_function("unit", Linkage::Export, &signature)?;
    let functions = unit
        .rules
        .iter()
        .map(|rule| Ok(module.declare_function(&format!("rule{}", rule.rule.0), Linkage::Local, &signature)?))
        .collect::<Result<Vec<FuncId>, CodegenError>>()?;
    let mut scratch = FunctionBuilderContext::new();
    for (position, (rule, &function)) in (0..).zip(unit.rules.iter().zip(&functions)) {
        let module = code.module();
        let mut comments = Comments::new(writer.clif.is_some());
        comments.head(|| describe(writer, rule));
        let mut context = module.make_context();
        context.func = Function::with_name_signature(UserFuncName::user(0, function.as_u32()), signature.clone());
        let helpers = declare_helpers(module, &helpers, &mut context.func);
        let builder = FunctionBuilder::new(&mut context.func, &mut scratch);
        with_emitter(builder, writer, &helpers, &mut comments, module.target_config(), |emitter, verdict| {
            emitter.rule(rule, verdict);
        });
        let size = define(module, function, &mut context, &mut comments, writer)?;
        code.defined(function, Some(position), size);
    }
    let mut groups = Vec::with_capacity(unit.dispatch.groups.len());
    let sets = std::iter::once((&unit.guards[..], &unit.dispatch.always));
    for (number, (guards, positions)) in
        sets.chain(unit.dispatch.groups.iter().map(|group| (&[][..], group))).enumerate()
    {
        let module = code.module();
        let function = match number.checked_sub(1) {
            None => entry,
            Some(group) => module.declare_function(&format!("group{group}"), Linkage::Local, &signature)?,
        };
        let mut comments = Comments::new(writer.clif.is_some());
        let mut context = module.make_context();
        context.func = Function::with_name_signature(UserFuncName::user(0, function.as_u32()), signature.clone());
        let helpers = declare_helpers(module, &helpers, &mut context.func);
        let rules: Vec<(u32, FuncRef)> = positions
            .iter()
            .map(|&position| (position, module.declare_func_in_func(functions[position as usize], &mut context.func)))
            .collect();
        let builder = FunctionBuilder::new(&mut context.func, &mut scratch);
        with_emitter(builder, writer, &helpers, &mut comments, module.target_config(), |emitter, verdicts| {
            emitter.rules(unit, guards, &rules, verdicts);
        });
        let size = define(module, function, &mut context, &mut comments, writer)?;
        code.defined(function, None, size);
        if number > 0 {
            groups.push(function);
        }
    }
    Ok((entry, groups))
}

/// All helpers as functions of the module.
pub(super) fn import_helpers(module: &mut impl Module) -> Result<HashMap<Helper, FuncId>, CodegenError> {
    let call_conv = module.target_config().default_call_conv;
    Helper::ALL
        .iter()
        .map(|&helper| {
            let signature = helper.signature(call_conv);
            Ok((helper, module.declare_function(helper.symbol(), Linkage::Import, &signature)?))
        })
        .collect()
}

/// The signature of an entry: the running request and the verdicts.
pub(super) fn entry_signature(module: &impl Module) -> Signature {
    let mut signature = Signature::new(module.target_config().default_call_conv);
    signature.params.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
    signature
}

pub(super) fn declare_helpers(
    module: &mut impl Module,
    helpers: &HashMap<Helper, FuncId>,
    function: &mut Function,
) -> HashMap<Helper, FuncRef> {
    helpers.iter().map(|(&helper, &id)| (helper, module.declare_func_in_func(id, function))).collect()
}

/// Opens a function of a running request and verdicts, hands it to `write`, and closes it.
pub(super) fn with_emitter(
    mut builder: FunctionBuilder<'_>,
    writer: &mut UnitWriter<'_>,
    helpers: &HashMap<Helper, FuncRef>,
    comments: &mut Comments,
    config: cranelift_codegen::isa::TargetFrontendConfig,
    write: impl FnOnce(&mut Emitter<'_, '_>, Value),
) {
    let start = builder.create_block();
    builder.append_block_params_for_function_params(start);
    builder.switch_to_block(start);
    let (request, verdicts) = (builder.block_params(start)[0], builder.block_params(start)[1]);
    let cells = builder.ins().load(types::I64, unchanging(), request, offset_of!(Surface, cells) as i32);
    let exits = Exits { error: builder.create_block(), interpret: builder.create_block() };
    builder.set_cold_block(exits.error);
    builder.set_cold_block(exits.interpret);
    let at = builder.declare_var(types::I32);
    let nowhere = builder.ins().iconst(types::I32, i64::from(Verdict::NOWHERE));
    builder.def_var(at, nowhere);
    let mut emitter = Emitter {
        builder,
        layout: writer.layout,
        pool: &mut *writer.pool,
        helpers,
        comments,
        request,
        cells,
        rows: HashMap::new(),
        items: HashMap::new(),
        variables: Vec::new(),
        exits,
        at,
        anchors: super::Anchors::default(),
    };
    write(&mut emitter, verdicts);
    emitter.builder.seal_all_blocks();
    emitter.builder.finalize(config);
}

/// Compiles a function; gives its size in bytes.
pub(super) fn define(
    module: &mut impl Module,
    id: FuncId,
    context: &mut Context,
    comments: &mut Comments,
    writer: &mut UnitWriter<'_>,
) -> Result<usize, CodegenError> {
    if let Some(listing) = &mut writer.clif {
        listing.text.push_str(&comments.print(&context.func));
        listing.text.push('\n');
    }
    module.define_function(id, context).map_err(|error| {
        let function = comments.print(&context.func);
        CodegenError::Rejected { error: Box::new(error), function }
    })?;
    Ok(context.compiled_code().map_or(0, |code| code.code_buffer().len()))
}

fn describe(writer: &UnitWriter<'_>, plan: &RulePlan) -> String {
    let program = writer.program;
    let rule = program.rule(plan.rule);
    let policy = program.name(program.policy(rule.policy).name);
    let place = rule.span.zip(writer.clif.as_ref());
    let place = place.map(|(span, listing)| format!(", {}", (listing.places)(span))).unwrap_or_default();
    format!("policy {policy}, rule {}{place}", program.name(rule.name))
}

impl Emitter<'_, '_> {
    /// What all rules rely on, then each rule's match and a call.
    fn rules(&mut self, unit: &UnitPlan, guards: &[Guard], rules: &[(u32, FuncRef)], verdicts: Value) {
        for guard in guards {
            self.guard(guard);
        }
        let end = self.block();
        let mut before: Option<&RulePlan> = None;
        for &(position, function) in rules {
            let rule = &unit.rules[position as usize];
            if before.map(|before| (before.policy, before.is_mutation)) != Some((rule.policy, rule.is_mutation)) {
                self.set_rule_ran(false);
            }
            before = Some(rule);
            let (matched, next, undecided) = (self.block(), self.block(), self.cold_block());
            let whole = std::mem::replace(&mut self.exits, Exits { error: undecided, interpret: undecided });
            self.note(|| format!("does rule {} match?", rule.rule.0));
            self.test(&rule.matching, Targets { yes: matched, no: next });
            self.exits = whole;
            let offset = i64::from(position) * size_of::<Verdict>() as i64;
            self.start(matched);
            let verdict = self.builder.ins().iadd_imm_u(verdicts, offset);
            self.builder.ins().call(function, &[self.request, verdict]);
            self.set_rule_ran(true);
            self.goto(next);
            self.start(undecided);
            self.store_status(verdicts, offset, Status::Interpret);
            self.goto(next);
            self.start(next);
        }
        self.goto(end);
        self.start(self.exits.interpret);
        let no = self.builder.ins().iconst(types::I8, 0);
        let offset = offset_of!(Surface, is_regular) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), no, self.request, offset);
        self.goto(end);
        self.start(self.exits.error);
        self.goto(end);
        self.start(end);
        self.builder.ins().return_(&[]);
    }

    fn guard(&mut self, guard: &Guard) {
        let interpret = self.exits.interpret;
        match guard {
            Guard::OneOf(path, tags) => {
                let operand = self.path_or_null(path);
                let yes = self.block();
                self.switch_tag(operand.tag, |tag| if tags.contains(&tag) { yes } else { interpret });
                self.start(yes);
            }
            Guard::Is(path, text) => {
                let operand = self.path_or_null(path);
                let is_text = self.tag_is(operand.tag, Tag::Text);
                self.require(is_text, interpret);
                let yes = self.block();
                let wanted = TextMatch::Equals(text.clone());
                self.text_match(operand.at, &wanted, Targets { yes, no: interpret });
                self.start(yes);
            }
            Guard::Filled(path) => {
                let operand = self.path_or_null(path);
                let is_text = self.tag_is(operand.tag, Tag::Text);
                self.require(is_text, interpret);
                let length = self.length(operand.at);
                self.require(length, interpret);
            }
            Guard::SameText(left, right) => {
                let (yes, asked) = (self.block(), self.block());
                let wanted = self.path_or_null(right);
                self.truthy(wanted, Targets { yes: asked, no: yes });
                self.start(asked);
                let [left, right] = [left, right].map(|path| self.cell(path));
                let [left, right] = [left, right].map(|at| self.offset(at));
                self.ask(Helper::SameText, &[left, right], Targets { yes, no: interpret });
                self.start(yes);
            }
        }
    }

    /// Says whether a rule of the policy has run, after which the object's numbers are read as written.
    fn set_rule_ran(&mut self, ran: bool) {
        let value = self.builder.ins().iconst(types::I8, i64::from(ran));
        let offset = offset_of!(Surface, rule_ran) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), value, self.request, offset);
    }

    fn store_status(&mut self, verdicts: Value, offset: i64, status: Status) {
        let status = self.builder.ins().iconst(types::I8, status as i64);
        let offset = i32::try_from(offset).unwrap_or(i32::MAX) + offset_of!(Verdict, status) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), status, verdicts, offset);
    }
}

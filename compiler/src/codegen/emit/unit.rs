//! Code for a unit: its entry, which decides the rules that are always asked, and a function for each group of others.

use std::collections::HashMap;
use std::mem::offset_of;

use cranelift_codegen::Context;
use cranelift_codegen::ir::{
    AbiParam, Function, InstBuilder, MemFlagsData, Signature, SourceLoc, UserFuncName, Value, types,
};
use cranelift_codegen::{Final, MachBufferFinalized};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Linkage, Module};
use dikast_grammar::Span;

use super::helper_call::Helpers;
use super::reachable::remove_unreachable_blocks;
use super::rule::VerdictAt;
use super::{Emitter, Exits, Targets, unchanging};
use crate::codegen::CodegenError;
use crate::codegen::abi::{Status, Verdict};
use crate::codegen::clif::Comments;
use crate::codegen::code::{CodeBuilder, Part};
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

/// Rules that one function holds at most: compiling takes longer than in proportion to a function's length.
const RULES_PER_FUNCTION: usize = 8;

/// Defines all functions of a unit and gives its entry, which decides the rules that are always asked, and those of its
/// groups.
pub(in crate::codegen) fn emit_unit(
    unit: &UnitPlan,
    writer: &mut UnitWriter<'_>,
    code: &mut CodeBuilder,
) -> Result<(FuncId, Vec<FuncId>), CodegenError> {
    let helpers = Helpers::import(code.module())?;
    let signature = entry_signature(code.module());
    let mut functions = Functions { unit, helpers, signature, scratch: FunctionBuilderContext::new() };
    let entry = functions.of_rules("unit", &unit.guards, &unit.dispatch.always, writer, code)?;
    let groups = unit.dispatch.groups.iter().enumerate();
    let groups = groups.map(|(number, rules)| functions.of_rules(&format!("group{number}"), &[], rules, writer, code));
    Ok((entry, groups.collect::<Result<_, _>>()?))
}

/// The functions of a unit while they are written.
struct Functions<'a> {
    unit: &'a UnitPlan,
    helpers: Helpers,
    signature: Signature,
    scratch: FunctionBuilderContext,
}

impl Functions<'_> {
    /// A function for some rules, by their positions: it decides them itself, or calls one for each part of them.
    fn of_rules(
        &mut self,
        name: &str,
        guards: &[Guard],
        positions: &[u32],
        writer: &mut UnitWriter<'_>,
        code: &mut CodeBuilder,
    ) -> Result<FuncId, CodegenError> {
        let unit = self.unit;
        let rules: Vec<(u32, &RulePlan)> =
            positions.iter().filter_map(|&position| Some((position, unit.rules.get(position as usize)?))).collect();
        if rules.len() <= RULES_PER_FUNCTION {
            return self.define(name, writer, code, |emitter, verdicts, _, headings| {
                emitter.guarded(guards, |emitter| emitter.rules(&rules, None, verdicts, headings));
            });
        }
        let mut parts = Vec::new();
        let mut before = None;
        for (number, rules) in rules.chunks(RULES_PER_FUNCTION).enumerate() {
            parts.push(self.define(&format!("{name}.{number}"), writer, code, |emitter, verdicts, _, headings| {
                emitter.guarded(&[], |emitter| emitter.rules(rules, before, verdicts, headings));
            })?);
            before = rules.last().map(|(_, rule)| *rule);
        }
        self.define(name, writer, code, |emitter, verdicts, module, _| {
            let parts: Vec<_> =
                parts.iter().map(|&part| module.declare_func_in_func(part, emitter.builder.func)).collect();
            emitter.guarded(guards, |emitter| {
                for part in parts {
                    emitter.builder.ins().call(part, &[emitter.request, verdicts]);
                }
            });
        })
    }

    /// Defines a function that `write` fills.
    fn define(
        &mut self,
        name: &str,
        writer: &mut UnitWriter<'_>,
        code: &mut CodeBuilder,
        write: impl FnOnce(&mut Emitter<'_, '_>, Value, &mut JITModule, &dyn Fn(&RulePlan) -> String),
    ) -> Result<FuncId, CodegenError> {
        let module = code.module();
        let function = module.declare_function(name, Linkage::Local, &self.signature)?;
        let (program, places) = (writer.program, writer.clif.as_ref().map(|listing| listing.places));
        let heading = |rule: &RulePlan| describe(program, places, rule);
        let mut comments = Comments::new(writer.clif.is_some());
        let mut context = module.make_context();
        context.func = Function::with_name_signature(UserFuncName::user(0, function.as_u32()), self.signature.clone());
        let builder = FunctionBuilder::new(&mut context.func, &mut self.scratch);
        let config = module.target_config();
        with_emitter(builder, writer, &self.helpers, &mut comments, config, |emitter, verdicts| {
            write(emitter, verdicts, module, &heading);
        });
        let parts = define(module, function, &mut context, &mut comments, writer)?;
        code.defined(function, parts);
        Ok(function)
    }
}

/// The signature of an entry: the running request and the verdicts.
pub(super) fn entry_signature(module: &impl Module) -> Signature {
    let mut signature = Signature::new(module.target_config().default_call_conv);
    signature.params.extend([AbiParam::new(types::I64), AbiParam::new(types::I64)]);
    signature
}

/// Opens a function of a running request and verdicts, hands it to `write`, and closes it.
pub(super) fn with_emitter(
    mut builder: FunctionBuilder<'_>,
    writer: &mut UnitWriter<'_>,
    helpers: &Helpers,
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
    let mut emitter = Emitter {
        builder,
        layout: writer.layout,
        pool: &mut *writer.pool,
        helpers,
        called: HashMap::new(),
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

/// Compiles a function; gives the parts that its code consists of.
pub(super) fn define(
    module: &mut impl Module,
    id: FuncId,
    context: &mut Context,
    comments: &mut Comments,
    writer: &mut UnitWriter<'_>,
) -> Result<Vec<Part>, CodegenError> {
    remove_unreachable_blocks(&mut context.func);
    if let Some(listing) = &mut writer.clif {
        listing.text.push_str(&comments.print(&context.func));
        listing.text.push('\n');
    }
    module.define_function(id, context).map_err(|error| {
        let function = comments.print(&context.func);
        CodegenError::Rejected { error: Box::new(error), function }
    })?;
    Ok(context.compiled_code().map(|code| parts_of(&code.buffer)).unwrap_or_default())
}

/// The parts of a function by the rules that they are of, from the places that the rules' instructions were marked with.
fn parts_of(code: &MachBufferFinalized<Final>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let size = code.data().len();
    let mut add = |start: usize, end: usize, rule: Option<u32>| match parts.last_mut() {
        _ if start >= end => {}
        Some(last) if last.rule == rule && last.end == start => last.end = end,
        _ => parts.push(Part { start, end, rule }),
    };
    let mut done = 0;
    for marked in code.get_srclocs_sorted() {
        let (start, end) = (marked.start as usize, marked.end as usize);
        add(done, start, None);
        add(start, end, rule_at(marked.loc));
        done = end;
    }
    add(done, size, None);
    parts
}

/// How instructions of a rule are marked, by its position.
fn mark(position: u32) -> SourceLoc {
    SourceLoc::new(position)
}

fn rule_at(marked: SourceLoc) -> Option<u32> {
    (!marked.is_default()).then(|| marked.bits())
}

fn describe(program: &Program, places: Option<&dyn Fn(Span) -> String>, plan: &RulePlan) -> String {
    let rule = program.rule(plan.rule);
    let policy = program.name(program.policy(rule.policy).name);
    let place = rule.span.zip(places);
    let place = place.map(|(span, places)| format!(", {}", places(span))).unwrap_or_default();
    format!("policy {policy}, rule {}{place}", program.name(rule.name))
}

impl Emitter<'_, '_> {
    /// What all rules rely on, then what `write` adds, and the end of the function.
    fn guarded(&mut self, guards: &[Guard], write: impl FnOnce(&mut Self)) {
        let exits = self.exits;
        for guard in guards {
            self.guard(guard);
        }
        let end = self.block();
        write(self);
        self.goto(end);
        self.start(exits.interpret);
        let no = self.builder.ins().iconst(types::I8, 0);
        let offset = offset_of!(Surface, is_regular) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), no, self.request, offset);
        self.goto(end);
        self.start(exits.error);
        self.goto(end);
        self.start(end);
        self.builder.ins().return_(&[]);
    }

    /// Rules one after the other: whether each matches, and what it says. `before` is the rule that runs before the first.
    fn rules<'p>(
        &mut self,
        rules: &[(u32, &'p RulePlan)],
        mut before: Option<&'p RulePlan>,
        verdicts: Value,
        heading: &dyn Fn(&RulePlan) -> String,
    ) {
        for &(position, rule) in rules {
            self.builder.set_srcloc(mark(position));
            self.note(|| heading(rule));
            if before.map(|before| (before.policy, before.is_mutation)) != Some((rule.policy, rule.is_mutation)) {
                self.set_rule_ran(false);
            }
            before = Some(rule);
            let verdict = VerdictAt { verdicts, offset: position as i32 * size_of::<Verdict>() as i32 };
            let (matched, unmatched, ran, next) = (self.block(), self.block(), self.block(), self.block());
            let undecided = self.cold_block();
            self.exits = Exits { error: undecided, interpret: undecided };
            self.test(&rule.matching, Targets { yes: matched, no: unmatched });
            self.start(matched);
            self.exits = Exits { error: self.cold_block(), interpret: self.cold_block() };
            self.rule(rule, verdict, ran);
            self.start(ran);
            self.set_rule_ran(true);
            self.goto(next);
            for (block, status) in [(unmatched, Status::NoMatch), (undecided, Status::Interpret)] {
                self.start(block);
                self.store_status(verdict, status);
                self.goto(next);
            }
            self.start(next);
        }
        self.builder.set_srcloc(SourceLoc::default());
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
}

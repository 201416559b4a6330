//! Code for a decision: a switch over the kind of value, then compares or a helper.

use cranelift_codegen::ir::{Block, InstBuilder, types};

use super::{Emitter, Operand, Targets};
use crate::codegen::plan::{BlockRule, Decision, NumberRule, TextRule};
use crate::layout::Tag;

impl Emitter<'_, '_> {
    pub(super) fn decide(&mut self, operand: Operand, decision: &Decision, to: Targets) {
        let helper = self.cold_block();
        let text = self.block();
        let known = |truth: bool| if truth { to.yes } else { to.no };
        let interpret = self.exits.interpret;
        let block_rule = |rule: BlockRule| match rule {
            BlockRule::Known(truth) => known(truth),
            BlockRule::Helper => helper,
            BlockRule::Interpret => interpret,
        };
        let number = match decision.number {
            NumberRule::Known(truth) => known(truth),
            NumberRule::Helper => helper,
        };
        let text_target = match decision.text {
            TextRule::Known(truth) => known(truth),
            TextRule::Helper => helper,
            TextRule::Match(_) | TextRule::Shortcut(..) => text,
        };
        self.switch_tag(operand.tag, |tag| match tag {
            Tag::Absent | Tag::Null => known(decision.null),
            Tag::False => known(decision.falsehood),
            Tag::True => known(decision.truth),
            Tag::Int | Tag::Float => number,
            Tag::Text => text_target,
            Tag::List => block_rule(decision.list),
            Tag::Object => block_rule(decision.object),
        });
        self.start(text);
        match &decision.text {
            TextRule::Match(wanted) => self.text_match(operand.at, wanted, to),
            TextRule::Shortcut(wanted, answer) => {
                self.text_match(operand.at, wanted, Targets { yes: known(*answer), no: helper });
            }
            // Nothing leads here then; the block is left out of the code.
            TextRule::Known(_) | TextRule::Helper => self.goto(to.no),
        }
        self.start(helper);
        self.ask_decision(operand, decision, to);
    }

    fn ask_decision(&mut self, operand: Operand, decision: &Decision, to: Targets) {
        let (helper, argument) = decision.helper;
        let offset = self.offset(operand.at);
        let argument = self.builder.ins().iconst(types::I32, i64::from(argument));
        let mut arguments = vec![offset, argument];
        if helper.parameters().len() > arguments.len() {
            arguments.push(self.builder.ins().iconst(types::I32, operand.numbers as i64));
        }
        self.ask(helper, &arguments, to);
    }

    /// Goes on in a new block unless the value is null.
    pub(super) fn require_value(&mut self, operand: Operand, null: Block) {
        let is_null = self.tag_between(operand.tag, Tag::Absent, Tag::Null);
        let no = self.block();
        self.branch(is_null, Targets { yes: null, no });
        self.start(no);
    }
}

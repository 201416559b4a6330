//! One request on its way through a unit.

use dikast_compiler::codegen::{CompiledQuestion, CompiledUnit, Pool, Status, Verdict};
use dikast_compiler::ir::RuleId;
use dikast_compiler::layout::{Layout, Origin, Surface};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;
use dikast_stdlib::selector::LabelSelector;
use hashbrown::HashMap;

use crate::document::{DocumentError, Frame};
use crate::engine::{self, Verdicts};
use crate::request::Surroundings;

/// What native code may ask beside the request.
#[derive(Clone, Copy)]
pub struct Outlook<'a> {
    /// What the host knows of the request.
    pub surroundings: &'a Surroundings,
    /// Time, chance and name lookups.
    pub environment: &'a dyn Environment,
}

impl Outlook<'_> {
    pub(super) fn namespace_fits(&self, selector: &LabelSelector) -> bool {
        let labels = self.surroundings.namespace_labels.iter().map(|(key, value)| (&**key, &**value)).collect();
        selector.selects(&labels) == Ok(true)
    }
}

/// A document that stands in a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'a> {
    body: &'a str,
    /// Bytes of text that reading left in the frame; what deciding adds is forgotten before it decides again.
    texts: usize,
    /// Whether any text of it may hold a variable (`{{`), where the code asks that.
    variables: bool,
}

impl<'a> Document<'a> {
    /// Reads a document into a frame, for code with this layout and pool.
    pub(super) fn read(frame: &mut Frame, layout: &Layout, pool: &Pool, body: &'a [u8]) -> Result<Self, DocumentError> {
        let body = frame.read(layout, &pool.cells, body)?;
        let variables = pool.asks_variables && frame.may_hold_variables(body);
        Ok(Self { body, texts: frame.kept_text(), variables })
    }
}

/// A request while its unit runs. Native code reads the surface and hands the rest to helpers.
#[repr(C)]
pub(super) struct Running<'a> {
    /// INVARIANT: the first member, for native code takes a pointer to the whole for a pointer to this.
    pub(super) surface: Surface,
    pub(super) frame: &'a mut Frame,
    pub(super) body: &'a str,
    pub(super) pool: &'a Pool,
    pub(super) outlook: Outlook<'a>,
    pub(super) environment: &'a dyn Environment,
    /// Arguments taken and not yet used.
    pub(super) arguments: Vec<Value>,
    /// Lists and objects that helpers made.
    pub(super) values: Vec<Value>,
    /// Lists and objects of the request that were read whole, by the place of their text and whether their numbers are
    /// fractions.
    pub(super) wholes: HashMap<(Origin, u64, bool), Value>,
}

impl<'a> Running<'a> {
    pub(super) fn new(frame: &'a mut Frame, document: Document<'a>, pool: &'a Pool, outlook: Outlook<'a>) -> Self {
        let Document { body, texts, variables } = document;
        frame.forget_text_after(texts);
        let (cells, arena) = frame.regions();
        let texts = [body.as_ptr(), arena, pool.texts.as_ptr()];
        let surface = Surface { cells, texts, rule_ran: false, variables, is_regular: true };
        Self {
            surface,
            frame,
            body,
            pool,
            outlook,
            environment: outlook.environment,
            arguments: Vec::new(),
            values: Vec::new(),
            wholes: HashMap::new(),
        }
    }

    /// Points the surface at the regions of the frame again after one may have moved.
    pub(super) fn refresh_surface(&mut self) {
        let (cells, arena) = self.frame.regions();
        self.surface.cells = cells;
        self.surface.texts[1] = arena;
    }

    /// Runs the code of a unit for the rules that the request can concern.
    pub(super) fn run(&mut self, unit: &CompiledUnit, verdicts: &mut UnitVerdicts) {
        verdicts.begin(unit);
        let all: *mut Verdict = verdicts.all.as_mut_ptr();
        let running: *mut Self = self;
        // SAFETY: `Running` is `repr(C)` and begins with its surface, so the pointer serves as both; the helpers take it
        // for a `Running` (`entries`). The frame was read by this unit's layout with this unit's appended cells
        // (`NativeUnit::read`), and the regions are those of that frame, the body it was read from and the unit's own
        // constants. There is one verdict per rule of the unit (`UnitVerdicts::begin`).
        unsafe { unit.code.run(running.cast(), all) }
        if !self.surface.is_regular {
            return verdicts.leave_to_interpreter(unit);
        }
        if unit.dispatch.groups.is_empty() {
            return;
        }
        let text = |place| self.text(self.cell(u64::from(unit.layout.place(place).offset())));
        unit.dispatch.candidates(text, &mut verdicts.groups);
        for &group in &verdicts.groups {
            let running: *mut Self = self;
            // SAFETY: as above, and the unit has run and found the request regular.
            unsafe { unit.code.run_group(group, running.cast(), all) }
            verdicts.asked.extend(unit.dispatch.groups.get(group as usize).into_iter().flatten());
        }
    }

    /// Runs the code of a question and gives its verdict.
    pub(super) fn ask(&mut self, question: &CompiledQuestion) -> Verdict {
        let mut verdict = Verdict { at: Verdict::NOWHERE, ..Verdict::default() };
        let running: *mut Self = self;
        // SAFETY: as in `run`; the frame was read by the question's layout with its appended cells
        // (`NativeQuestion::read`), and the code of a question writes one verdict.
        unsafe { question.code.run(running.cast(), &raw mut verdict) }
        verdict
    }
}

/// Memory for requests that are decided one after the other. Once it has seen a request of a size, the next one takes
/// none.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) frame: Frame,
    pub(super) verdicts: UnitVerdicts,
}

/// The verdicts of a unit's rules.
#[derive(Debug, Default)]
pub(super) struct UnitVerdicts {
    /// One for each rule. Between requests all say that the rule does not match, apart from those that were asked last.
    all: Vec<Verdict>,
    /// The rules that the request can concern, by position.
    asked: Vec<u32>,
    /// The groups that it can concern.
    groups: Vec<u32>,
}

impl UnitVerdicts {
    /// Makes room for the verdicts of a unit; only those of the last request have to be cleared.
    fn begin(&mut self, unit: &CompiledUnit) {
        if self.asked.len() == self.all.len() {
            self.all.fill(Verdict::default());
        } else {
            for &position in &self.asked {
                if let Some(verdict) = self.all.get_mut(position as usize) {
                    *verdict = Verdict::default();
                }
            }
        }
        self.asked.clear();
        self.all.resize(unit.rules.len(), Verdict::default());
        self.asked.extend_from_slice(&unit.dispatch.always);
    }

    fn leave_to_interpreter(&mut self, unit: &CompiledUnit) {
        self.all.fill(Verdict { status: Status::Interpret, at: Verdict::NOWHERE });
        self.asked.clear();
        self.asked.extend(0..unit.rules.len() as u32);
    }
}

/// What a unit says of one request.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    pub(super) rules: &'a [RuleId],
    pub(super) verdicts: &'a UnitVerdicts,
}

/// Rules with their statuses; a rule that is not among them does not match.
pub trait Statuses {
    /// All of them.
    fn statuses(&self) -> impl Iterator<Item = (RuleId, Status)>;
}

impl Statuses for Decided<'_> {
    fn statuses(&self) -> impl Iterator<Item = (RuleId, Status)> {
        let UnitVerdicts { all, asked, .. } = self.verdicts;
        // Mostly all are asked; then they need not be looked up.
        let (whole, some) = if asked.len() == all.len() { (&all[..], &[][..]) } else { (&[][..], &asked[..]) };
        let looked_up = some.iter().filter_map(|&position| {
            let position = position as usize;
            Some((*self.rules.get(position)?, all.get(position)?.status))
        });
        let whole = self.rules.iter().zip(whole).map(|(rule, verdict)| (*rule, verdict.status));
        whole.chain(looked_up)
    }
}

impl Statuses for NativeVerdicts {
    fn statuses(&self) -> impl Iterator<Item = (RuleId, Status)> {
        self.statuses.iter().copied()
    }
}

impl Decided<'_> {
    /// The same, to keep.
    pub fn to_verdicts(&self) -> NativeVerdicts {
        let mut statuses: Vec<_> = self.statuses().collect();
        statuses.sort_unstable_by_key(|(rule, _)| *rule);
        NativeVerdicts { statuses }
    }
}

/// The statuses of a unit's rules for one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NativeVerdicts {
    /// Rules with their statuses, in the order of the program.
    pub statuses: Vec<(RuleId, Status)>,
}

impl NativeVerdicts {
    /// The status of a rule; a rule that is not among the unit's cannot match.
    pub fn status(&self, rule: RuleId) -> Status {
        let found = self.statuses.binary_search_by_key(&rule, |(known, _)| *known);
        found.map_or(Status::NoMatch, |at| self.statuses[at].1)
    }
}

impl Verdicts for NativeVerdicts {
    fn verdict(&self, rule: RuleId) -> engine::Verdict {
        match self.status(rule) {
            Status::NoMatch => engine::Verdict::NoMatch,
            Status::Silent => engine::Verdict::Silent,
            Status::Pass => engine::Verdict::Pass,
            Status::Skip => engine::Verdict::Skip,
            Status::Fail => engine::Verdict::Fail,
            Status::Error => engine::Verdict::Error,
            Status::Fires => engine::Verdict::Fires,
            Status::Interpret => engine::Verdict::Interpret,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn the_surface_comes_first() {
        assert_eq!(offset_of!(Running<'_>, surface), 0);
    }
}

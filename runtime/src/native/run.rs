//! One request on its way through a unit.

use std::collections::BTreeMap;

use dikast_compiler::codegen::{CompiledQuestion, CompiledUnit, Dispatch, Pool, Status, Verdict};
use dikast_compiler::ir::RuleId;
use dikast_compiler::layout::{Layout, Origin, Surface};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Environment;
use dikast_stdlib::selector::LabelSelector;

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
    pub(super) computed: &'a mut Computed,
}

/// What helpers made while a unit ran.
#[derive(Debug, Default)]
pub(super) struct Computed {
    /// Arguments taken and not yet used.
    pub(super) arguments: Vec<Value>,
    /// Lists and objects.
    pub(super) values: Vec<Value>,
    /// Lists and objects of the request that were read whole, by the place of their text and whether their numbers are
    /// fractions.
    pub(super) wholes: BTreeMap<(Origin, u64, bool), Value>,
}

impl Computed {
    fn forget(&mut self) {
        self.arguments.clear();
        self.values.clear();
        // Even an empty map takes time to clear.
        if !self.wholes.is_empty() {
            self.wholes.clear();
        }
    }
}

impl<'a> Running<'a> {
    pub(super) fn new(
        frame: &'a mut Frame,
        computed: &'a mut Computed,
        document: Document<'a>,
        pool: &'a Pool,
        outlook: Outlook<'a>,
    ) -> Self {
        let Document { body, texts, variables } = document;
        frame.forget_text_after(texts);
        let (cells, arena) = frame.regions();
        let texts = [body.as_ptr(), arena, pool.texts.as_ptr()];
        let surface = Surface { cells, texts, rule_ran: false, variables, is_regular: true };
        Self { surface, frame, body, pool, outlook, environment: outlook.environment, computed }
    }

    /// Points the surface at the regions of the frame again after one may have moved.
    pub(super) fn refresh_surface(&mut self) {
        let (cells, arena) = self.frame.regions();
        self.surface.cells = cells;
        self.surface.texts[1] = arena;
    }

    /// Runs the code of a unit for the rules that the request can concern.
    pub(super) fn run(&mut self, unit: &CompiledUnit, verdicts: &mut UnitVerdicts) {
        verdicts.make_room(unit.rules.len());
        let all: *mut Verdict = verdicts.all.as_mut_ptr();
        let running: *mut Self = self;
        // SAFETY: `Running` is `repr(C)` and begins with its surface, so the pointer serves as both; the helpers take it
        // for a `Running` (`entries`). The frame was read by this unit's layout with this unit's appended cells
        // (`NativeUnit::read`), and the regions are those of that frame, the body it was read from and the unit's own
        // constants. There is a verdict for each rule of the unit (`UnitVerdicts::make_room`).
        unsafe { unit.code.run(running.cast(), all) }
        verdicts.is_regular = self.surface.is_regular;
        if unit.dispatch.groups.is_empty() || !verdicts.is_regular {
            return;
        }
        let text = |place| self.text(self.cell(u64::from(unit.layout.place(place).offset())));
        unit.dispatch.candidates(text, &mut verdicts.groups);
        for &group in &verdicts.groups {
            let running: *mut Self = self;
            // SAFETY: as above, and the unit has run and found the request regular.
            unsafe { unit.code.run_group(group, running.cast(), all) }
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
    pub(super) computed: Computed,
    pub(super) verdicts: UnitVerdicts,
}

impl Scratch {
    /// Runs the code of a unit on the document in the frame.
    pub(super) fn run(&mut self, unit: &CompiledUnit, document: Document<'_>, outlook: Outlook<'_>) {
        let Self { frame, computed, verdicts } = self;
        Running::new(frame, computed, document, &unit.pool, outlook).run(unit, verdicts);
        computed.forget();
    }
}

/// The verdicts of a unit's rules, as native code has written them.
#[derive(Debug, Default)]
pub(super) struct UnitVerdicts {
    /// At least one for each rule. Those of rules that were asked are of this request, others of requests before.
    all: Vec<Verdict>,
    /// The groups that the request can concern.
    groups: Vec<u32>,
    /// Whether what the code relies on holds for the request. If not, all rules are left to the interpreter.
    is_regular: bool,
}

impl UnitVerdicts {
    fn make_room(&mut self, rules: usize) {
        if self.all.len() < rules {
            self.all.resize(rules, Verdict::default());
        }
    }
}

/// What a unit says of one request.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    pub(super) rules: &'a [RuleId],
    pub(super) dispatch: &'a Dispatch,
    pub(super) verdicts: &'a UnitVerdicts,
}

/// Rules with their statuses; a rule that is not among them does not match.
pub trait Statuses {
    /// All of them.
    fn statuses(&self) -> impl Iterator<Item = (RuleId, Status)>;
}

impl Statuses for Decided<'_> {
    fn statuses(&self) -> impl Iterator<Item = (RuleId, Status)> {
        let Self { rules, dispatch, verdicts } = *self;
        let UnitVerdicts { all, groups, is_regular } = verdicts;
        // Mostly all are asked; then they need not be looked up.
        let (whole, always, groups, irregular) = match (is_regular, dispatch.groups.is_empty()) {
            (false, _) => (&[][..], &[][..], &[][..], rules),
            (true, true) => (&all[..], &[][..], &[][..], &[][..]),
            (true, false) => (&[][..], &dispatch.always[..], &groups[..], &[][..]),
        };
        let whole = rules.iter().zip(whole).map(|(rule, verdict)| (*rule, verdict.status));
        let in_groups = groups.iter().filter_map(|&group| dispatch.groups.get(group as usize)).flatten();
        let looked_up = always.iter().chain(in_groups).filter_map(|&position| {
            let position = position as usize;
            Some((*rules.get(position)?, all.get(position)?.status))
        });
        whole.chain(looked_up).chain(irregular.iter().map(|rule| (*rule, Status::Interpret)))
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

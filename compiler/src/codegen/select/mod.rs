//! Selection: which parts of a unit's rules become native, and how.
//!
//! Each function here either plans a node of the IR or gives a [`Reason`] why it cannot. A reason makes the body of the
//! rule, or the whole rule when its match block is concerned, a matter of the interpreter; it never makes an answer
//! wrong. Paths are asked of the layout as they are met.

mod call;
mod condition;
mod decision;
mod dispatch;
mod entry;
mod expression;
mod matching;
mod pattern;
mod question;
mod rule;
mod stream;

use dikast_stdlib::Value;

use super::plan::{Numbers, Path, RowId, Source, UnitPlan, ValueId};
use super::pool::Pool;
use crate::ir::{EntryId, NameId, PatternId, Program};
use crate::layout::{Layout, LayoutBuilder, PlaceId};
use crate::unit::Unit;

/// Why something is left to the interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason(pub(super) String);

impl Reason {
    fn new<T>(why: impl Into<String>) -> Result<T, Reason> {
        Err(Self(why.into()))
    }
}

/// A planned part, or why there is none.
type Planned<T> = Result<T, Reason>;

/// How much is planned for one rule, in expressions; some are planned in one way and, if that fails, in another. Cranelift's
/// time grows faster than a function, and rules that people write stay below a fifth of this.
const STEPS_MAX: u32 = 2_000;

/// What selection gives.
pub(super) struct Selected {
    pub(super) plan: UnitPlan,
    pub(super) layout: Layout,
    pub(super) pool: Pool,
}

pub(super) use question::select_question;

/// Plans the rules of a unit.
pub(super) fn select_unit(program: &Program, unit: &Unit) -> Selected {
    let mut selector = Selector::new(program, unit);
    let guards = selector.guards();
    let mut rules: Vec<_> = unit.rules(program).into_iter().map(|rule| selector.rule(rule)).collect();
    // Rules of one policy and one phase stand together: what ran before matters to the numbers of the object.
    rules.sort_by_key(|rule| (rule.policy, rule.is_mutation));
    let dispatch = selector.dispatch(&rules);
    let plan = UnitPlan { rules, guards, dispatch };
    Selected { plan, layout: selector.layout.finish(), pool: selector.pool }
}

/// The state of selection.
struct Selector<'a> {
    program: &'a Program,
    unit: &'a Unit,
    layout: LayoutBuilder,
    pool: Pool,
    rows: u32,
    values: u32,
    scope: Scope,
    /// Values of the patterns with variables that are being planned.
    variables: Vec<(PatternId, Source)>,
    /// Whether something is asked of a document of its own and not of a review. Its context is the document.
    is_document: bool,
    /// How many expressions have been planned for the rule or question.
    steps: u32,
}

/// What names mean at the place that is being planned.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// What `current` means.
    current: Option<Source>,
    /// What the root is, where it is not the context.
    root: Option<Source>,
    /// Context entries that have been loaded for the query.
    loads: Vec<EntryId>,
    /// Context entries of the innermost loop.
    turn_entries: Vec<EntryId>,
    /// Elements of the loops around, outermost first.
    elements: Vec<Path>,
    /// How many entries are being planned one within the other.
    depth: usize,
    /// Whether a missing member counts as null wherever a test looks at a value.
    missing_is_null: bool,
}

impl<'a> Selector<'a> {
    fn new(program: &'a Program, unit: &'a Unit) -> Self {
        Self {
            program,
            unit,
            layout: LayoutBuilder::default(),
            pool: Pool::default(),
            rows: 0,
            values: 0,
            scope: Scope::default(),
            variables: Vec::new(),
            is_document: false,
            steps: 0,
        }
    }

    /// Notes that something is planned that costs as much code as so many expressions.
    fn plans(&mut self, expressions: u32) -> Planned<()> {
        self.steps = self.steps.saturating_add(expressions);
        if self.steps > STEPS_MAX { Reason::new("a rule of too many parts") } else { Ok(()) }
    }

    fn row(&mut self) -> RowId {
        self.rows += 1;
        RowId(self.rows - 1)
    }

    fn value_id(&mut self) -> ValueId {
        self.values += 1;
        ValueId(self.values - 1)
    }

    /// Plans something with another scope, and comes back to this one.
    fn within<T>(&mut self, scope: Scope, plan: impl FnOnce(&mut Self) -> Planned<T>) -> Planned<T> {
        let outer = std::mem::replace(&mut self.scope, scope);
        let planned = plan(self);
        self.scope = outer;
        planned
    }

    fn name(&self, name: NameId) -> &'a str {
        self.program.name(name)
    }

    /// A path from the review on.
    fn root_path(&mut self, names: &[&str], numbers: Numbers) -> Path {
        let mut place = LayoutBuilder::ROOT;
        let steps = names
            .iter()
            .map(|name| {
                place = self.layout.member(place, name);
                place
            })
            .collect();
        Path { row: None, steps, null_steps: 0, numbers }
    }

    /// The document that something is asked of by itself.
    fn document() -> Path {
        Path { row: None, steps: vec![LayoutBuilder::ROOT], null_steps: 0, numbers: Numbers::Fractions }
    }

    /// The object that rules are about: the old one where there is no new one.
    fn object(&mut self) -> Path {
        if self.is_document {
            return Path { numbers: Numbers::AsWritten, ..Self::document() };
        }
        let member = if self.deletes() { "oldObject" } else { "object" };
        self.root_path(&["request", member], Numbers::AsWritten)
    }

    fn object_path(&mut self, names: &[&str]) -> Path {
        names.iter().fold(self.object(), |path, name| self.member(&path, name))
    }

    fn member(&mut self, of: &Path, name: &str) -> Path {
        let step = self.layout.member(of.place(), name);
        of.then(step)
    }

    /// The items of the list at a path: the row of a loop over them, and an item.
    fn items(&mut self, list: &Path) -> (RowId, Path) {
        let item = self.layout.items(list.place());
        self.row_at(item, list.numbers)
    }

    fn row_at(&mut self, item: PlaceId, numbers: Numbers) -> (RowId, Path) {
        let row = self.row();
        (row, Path { row: Some(row), steps: vec![item], null_steps: 0, numbers })
    }

    fn deletes(&self) -> bool {
        !self.is_document && self.unit.operation == crate::unit::Operation::Delete
    }
}

/// Whether a constant holds text with a variable in it.
fn mentions_variables(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.contains("{{"),
        Value::List(items) => items.iter().any(mentions_variables),
        Value::Object(members) => members.iter().any(|(key, value)| key.contains("{{") || mentions_variables(value)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

//! The native units of a program: found without locks, compiled when asked for or beforehand by others.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use dikast_compiler::codegen::{self, CodegenError, CompiledUnit};
use dikast_compiler::ir::{Program, RuleId};
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_grammar::Span;
use dikast_stdlib::functions::Environment;
use hashbrown::{Equivalent, HashMap};

use super::entries;
use super::fingerprint::Fingerprints;
use super::run::{Decided, Document, NativeVerdicts, Outlook, Scratch};
use super::store::{StoredUnit, UnitStore};
use crate::document::{DocumentError, Header};
use crate::request::Surroundings;

/// Units that a program keeps at most. The API server makes up the kinds, so only one that misbehaves gets there.
const UNITS_MAX: usize = 4096;

/// Why a request has no native verdicts.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    /// The review cannot be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The unit could not be compiled.
    #[error("{unit}: {error}")]
    Compile {
        /// Which unit.
        unit: Box<Unit>,
        /// Why not.
        error: Arc<CodegenError>,
    },
}

/// The native code of a program.
#[derive(Debug)]
pub struct NativeProgram {
    program: Arc<Program>,
    fingerprints: Option<Fingerprints>,
    store: Arc<UnitStore>,
    /// Read on every request; replaced whole when a unit is added.
    units: ArcSwap<HashMap<Unit, UnitState>>,
    /// Held while the units are replaced.
    adding: Mutex<()>,
}

/// How far a unit is.
#[derive(Clone, Debug)]
enum UnitState {
    /// Somebody has taken it upon them to compile it.
    Awaited,
    Ready(Arc<NativeUnit>),
    Failed(Arc<CodegenError>),
}

/// A compiled unit of a program.
#[derive(Debug)]
pub struct NativeUnit {
    /// The rules in the order of their verdicts.
    rules: Vec<RuleId>,
    stored: Arc<StoredUnit>,
}

/// A review in the frame of a unit, from which the unit can decide.
#[derive(Debug)]
pub struct Filled<'s> {
    unit: &'s NativeUnit,
    scratch: &'s mut Scratch,
    document: Document<'s>,
}

/// What there is of a unit.
pub enum Found<T> {
    /// It is compiled.
    Ready(T),
    /// It is being compiled, or cannot be.
    NotReady,
    /// Nobody has asked for it before.
    Unknown,
}

/// The name of a unit as a request gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnitName<'a> {
    // The fields and their order are those of `Unit`, and so is the hash.
    kind: KindName<'a>,
    object: KindName<'a>,
    subresource: &'a str,
    operation: Operation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct KindName<'a> {
    group: &'a str,
    version: &'a str,
    kind: &'a str,
}

impl KindName<'_> {
    fn is(&self, kind: &Kind) -> bool {
        (self.group, self.version, self.kind) == (&*kind.group, &*kind.version, &*kind.kind)
    }

    fn to_kind(self) -> Kind {
        Kind::new(self.group, self.version, self.kind)
    }
}

impl<'a> UnitName<'a> {
    /// The unit that a request belongs to; none when it names no operation.
    pub fn of(header: &'a Header<'_>, surroundings: &'a Surroundings) -> Option<Self> {
        let operation = Operation::parse(&header.operation)?;
        let (group, version, kind) = (&*header.kind.group, &*header.kind.version, &*header.kind.kind);
        let object = KindName { group, version, kind };
        let kind = match &surroundings.top_level_kind {
            Some(kind) if !kind.is_empty() => KindName { group: &kind.group, version: &kind.version, kind: &kind.kind },
            _ => object,
        };
        Some(Self { kind, object, subresource: &header.sub_resource, operation })
    }

    /// The unit itself.
    pub fn to_unit(self) -> Unit {
        Unit {
            kind: self.kind.to_kind(),
            object: self.object.to_kind(),
            subresource: self.subresource.into(),
            operation: self.operation,
        }
    }
}

impl Equivalent<Unit> for UnitName<'_> {
    fn equivalent(&self, unit: &Unit) -> bool {
        self.operation == unit.operation
            && self.kind.is(&unit.kind)
            && self.object.is(&unit.object)
            && *self.subresource == *unit.subresource
    }
}

/// The unit that a request belongs to; none when it names no operation.
pub fn unit_of(header: &Header<'_>, surroundings: &Surroundings) -> Option<Unit> {
    UnitName::of(header, surroundings).map(UnitName::to_unit)
}

impl NativeProgram {
    /// The native side of a program by itself; nothing is compiled yet.
    pub fn new(program: Arc<Program>) -> Self {
        Self::sharing(program, None, Arc::default())
    }

    /// The native side of a program that finds the units again which programs before it have left in the store.
    pub fn sharing(program: Arc<Program>, fingerprints: Option<Fingerprints>, store: Arc<UnitStore>) -> Self {
        Self { program, fingerprints, store, units: ArcSwap::default(), adding: Mutex::default() }
    }

    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The code of a unit, compiled now if it is not ready.
    ///
    /// # Errors
    ///
    /// When the unit cannot be compiled.
    pub fn unit(&self, unit: &Unit) -> Result<Arc<NativeUnit>, NativeError> {
        let known = self.units.load().get(unit).cloned();
        let made = match known {
            Some(UnitState::Ready(unit)) => Ok(unit),
            Some(UnitState::Failed(error)) => Err(error),
            Some(UnitState::Awaited) | None => self.compile(unit),
        };
        made.map_err(|error| NativeError::Compile { unit: Box::new(unit.clone()), error })
    }

    /// What there is of a unit; `look` gets it if it is ready. Takes no lock and touches no shared count.
    pub fn find<T>(&self, name: &UnitName<'_>, look: impl FnOnce(&NativeUnit) -> T) -> Found<T> {
        match self.units.load().get(name) {
            Some(UnitState::Ready(unit)) => Found::Ready(look(unit)),
            Some(UnitState::Awaited | UnitState::Failed(_)) => Found::NotReady,
            None => Found::Unknown,
        }
    }

    /// Promises that the caller will have a unit compiled; false when somebody else has promised it before, it is there, or
    /// there are too many.
    pub fn promise(&self, unit: &Unit) -> bool {
        let _adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let units = self.units.load();
        if units.contains_key(unit) || units.len() >= UNITS_MAX {
            return false;
        }
        self.add(unit, UnitState::Awaited);
        true
    }

    /// The units that are there or promised.
    pub fn known_units(&self) -> Vec<Unit> {
        self.units.load().keys().cloned().collect()
    }

    fn compile(&self, unit: &Unit) -> Result<Arc<NativeUnit>, Arc<CodegenError>> {
        let rules = unit.rules(&self.program);
        let fingerprint = self.fingerprints.as_ref().and_then(|all| all.of_unit(&self.program, unit, &rules));
        let made = self.store.get(fingerprint, &self.program, unit);
        let made = made.map(|stored| Arc::new(NativeUnit::new(&rules, stored))).map_err(Arc::new);
        let state = match &made {
            Ok(unit) => UnitState::Ready(Arc::clone(unit)),
            Err(error) => UnitState::Failed(Arc::clone(error)),
        };
        let _adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(unit, state);
        made
    }

    /// Called while `adding` is held.
    fn add(&self, unit: &Unit, state: UnitState) {
        let mut units = HashMap::clone(&self.units.load());
        units.insert(unit.clone(), state);
        self.units.store(Arc::new(units));
    }

    /// The verdicts on a review's bytes, from a unit that is compiled now if it is not ready. Nothing when the review
    /// names no operation that units are made for; the interpreter has to see it.
    ///
    /// # Errors
    ///
    /// When the review cannot be read, or its unit not be compiled.
    pub fn verdicts(
        &self,
        body: &[u8],
        surroundings: &Surroundings,
        environment: &dyn Environment,
    ) -> Result<Option<NativeVerdicts>, NativeError> {
        let header = Header::peek(body)?;
        let Some(unit) = unit_of(&header, surroundings) else { return Ok(None) };
        let unit = self.unit(&unit)?;
        let decided = unit.decide(&mut Scratch::default(), body, surroundings, environment)?.to_verdicts();
        Ok(Some(decided))
    }
}

impl NativeUnit {
    fn new(rules: &[RuleId], stored: Arc<StoredUnit>) -> Self {
        let id = |position: u32| rules.get(position as usize).copied();
        let rules = stored.compiled.rules.iter().filter_map(|rule| id(rule.position)).collect();
        Self { rules, stored }
    }

    /// Compiles a unit of a program.
    ///
    /// # Errors
    ///
    /// When the machine has no backend, or the code is refused.
    pub fn compile(program: &Arc<Program>, unit: &Unit) -> Result<Self, CodegenError> {
        let stored = UnitStore::default().get(None, program, unit)?;
        Ok(Self::new(&unit.rules(program), stored))
    }

    /// Compiles a unit and gives the text of its code with comments; `places` writes a place in a policy file.
    ///
    /// # Errors
    ///
    /// As [`NativeUnit::compile`].
    pub fn explain(
        program: &Arc<Program>,
        unit: &Unit,
        places: &dyn Fn(Span) -> String,
    ) -> Result<(Self, String), CodegenError> {
        let (compiled, clif) = codegen::explain_unit(program, unit, entries::addresses(), places)?;
        let stored = UnitStore::default().count(compiled);
        Ok((Self::new(&unit.rules(program), stored), clif))
    }

    /// The unit's layout and tables. Rules are named as in the program that it was compiled from.
    pub fn compiled(&self) -> &CompiledUnit {
        &self.stored.compiled
    }

    /// Reads a review into a frame and runs the unit's code on it.
    ///
    /// # Errors
    ///
    /// When the review cannot be read.
    pub fn decide<'s>(
        &'s self,
        scratch: &'s mut Scratch,
        body: &[u8],
        surroundings: &Surroundings,
        environment: &dyn Environment,
    ) -> Result<Decided<'s>, NativeError> {
        self.read(scratch, body)?.run(surroundings, environment);
        Ok(self.decided(scratch))
    }

    /// Reads a review into a frame.
    ///
    /// # Errors
    ///
    /// When the review cannot be read.
    pub fn read<'s>(&'s self, scratch: &'s mut Scratch, body: &'s [u8]) -> Result<Filled<'s>, NativeError> {
        let compiled = &self.stored.compiled;
        let document = Document::read(&mut scratch.frame, &compiled.layout, &compiled.pool, body)?;
        Ok(Filled { unit: self, scratch, document })
    }

    /// What the code has said last with this memory.
    fn decided<'s>(&'s self, scratch: &'s Scratch) -> Decided<'s> {
        Decided { rules: &self.rules, dispatch: &self.compiled().dispatch, verdicts: &scratch.verdicts }
    }
}

impl Filled<'_> {
    /// Runs the unit's code on the frame.
    pub fn decide(&mut self, surroundings: &Surroundings, environment: &dyn Environment) -> Decided<'_> {
        self.run(surroundings, environment);
        self.unit.decided(self.scratch)
    }

    fn run(&mut self, surroundings: &Surroundings, environment: &dyn Environment) {
        self.scratch.run(self.unit.compiled(), self.document, Outlook { surroundings, environment });
    }
}

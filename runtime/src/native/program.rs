//! Native units of a program: compiled when first asked for, and kept.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use dikast_compiler::codegen::{self, CodegenError, CompiledUnit};
use dikast_compiler::ir::Program;
use dikast_compiler::unit::{Kind, Operation, Unit};
use dikast_grammar::Span;
use dikast_stdlib::functions::Environment;

use super::entries;
use super::run::{NativeVerdicts, Outlook, Running};
use crate::document::{DocumentError, Frame, FramePool, Header};
use crate::request::Surroundings;

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
    units: RwLock<HashMap<Unit, Arc<Slot>>>,
    frames: FramePool,
}

/// A unit that is compiled by whoever needs it first.
type Slot = OnceLock<Result<Arc<NativeUnit>, Arc<CodegenError>>>;

/// A compiled unit of a program.
#[derive(Debug)]
pub struct NativeUnit {
    program: Arc<Program>,
    compiled: CompiledUnit,
}

impl NativeProgram {
    /// The native side of a program; nothing is compiled yet.
    pub fn new(program: Arc<Program>) -> Self {
        Self { program, units: RwLock::default(), frames: FramePool::default() }
    }

    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The code of a unit, compiled now if nobody has needed it before.
    ///
    /// # Errors
    ///
    /// When the unit cannot be compiled.
    pub fn unit(&self, unit: &Unit) -> Result<Arc<NativeUnit>, NativeError> {
        let slot = self.slot(unit);
        slot.get_or_init(|| NativeUnit::compile(&self.program, unit).map(Arc::new).map_err(Arc::new))
            .clone()
            .map_err(|error| NativeError::Compile { unit: Box::new(unit.clone()), error })
    }

    fn slot(&self, unit: &Unit) -> Arc<Slot> {
        if let Some(slot) = self.units.read().unwrap_or_else(PoisonError::into_inner).get(unit) {
            return Arc::clone(slot);
        }
        let mut units = self.units.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(units.entry(unit.clone()).or_default())
    }

    /// The verdicts on a review's bytes. Nothing when the review names no operation that units are made for; the
    /// interpreter has to see it.
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
        let mut frame = self.frames.take();
        let verdicts = unit.run(&mut frame, body, surroundings, environment);
        self.frames.put(frame);
        verdicts.map(Some)
    }
}

impl NativeUnit {
    /// Compiles a unit of a program.
    ///
    /// # Errors
    ///
    /// When the machine has no backend, or the code is refused.
    pub fn compile(program: &Arc<Program>, unit: &Unit) -> Result<Self, CodegenError> {
        let compiled = codegen::compile_unit(program, unit, entries::addresses())?;
        Ok(Self { program: Arc::clone(program), compiled })
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
        Ok((Self { program: Arc::clone(program), compiled }, clif))
    }

    /// The unit's rules, layout and tables.
    pub fn compiled(&self) -> &CompiledUnit {
        &self.compiled
    }

    /// Reads a review into a frame and runs the unit's code on it.
    ///
    /// # Errors
    ///
    /// When the review cannot be read.
    pub fn run(
        &self,
        frame: &mut Frame,
        body: &[u8],
        surroundings: &Surroundings,
        environment: &dyn Environment,
    ) -> Result<NativeVerdicts, NativeError> {
        let body = frame.read(&self.compiled.layout, &self.compiled.pool.cells, body)?;
        let outlook = Outlook { surroundings, environment, program: &self.program };
        let mut verdicts = Vec::new();
        Running::new(frame, body, &self.compiled, outlook).run(&mut verdicts);
        let rules = self.compiled.rules.iter().map(|rule| rule.rule);
        Ok(NativeVerdicts { statuses: rules.zip(verdicts.iter().map(|verdict| verdict.status)).collect() })
    }
}

/// The unit that a request belongs to; none when it names no operation.
pub fn unit_of(header: &Header<'_>, surroundings: &Surroundings) -> Option<Unit> {
    let operation = Operation::parse(&header.operation)?;
    let object = Kind::new(&*header.kind.group, &*header.kind.version, &*header.kind.kind);
    let kind = match &surroundings.top_level_kind {
        Some(kind) if !kind.is_empty() => Kind::new(&*kind.group, &*kind.version, &*kind.kind),
        _ => object.clone(),
    };
    Some(Unit { kind, object, subresource: (&*header.sub_resource).into(), operation })
}

//! Executable memory: how units become callable, and when they are freed.

use std::ffi::c_void;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, default_libcall_names};

use super::helper::{Helper, HelperAddresses};
use super::{CodegenError, Verdict};
use crate::layout::Surface;

/// The entry of a unit or of a group of its rules: the running request, whose first member is its [`Surface`], and one verdict per rule.
type Entry = unsafe extern "C" fn(*mut c_void, *mut Verdict);

/// The instruction set of this machine with our settings.
pub(super) fn host_isa() -> Result<OwnedTargetIsa, CodegenError> {
    static ISA: OnceLock<Result<OwnedTargetIsa, String>> = OnceLock::new();
    ISA.get_or_init(|| {
        let mut flags = settings::builder();
        let options = [
            ("opt_level", "speed"),
            ("use_colocated_libcalls", "false"),
            ("is_pic", "false"),
            ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
        ];
        for (name, value) in options {
            flags.set(name, value).map_err(|error| error.to_string())?;
        }
        let isa = cranelift_native::builder().map_err(str::to_owned)?;
        isa.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())
    })
    .clone()
    .map_err(CodegenError::NoBackend)
}

/// A module that is being filled.
pub(super) struct CodeBuilder {
    module: JITModule,
    functions: Vec<(FuncId, Vec<Part>)>,
}

/// A part of a function's code, in bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The rule that it is of, by its position in the unit.
    pub(super) rule: Option<u32>,
}

impl CodeBuilder {
    pub(super) fn new(helpers: HelperAddresses) -> Result<Self, CodegenError> {
        let mut builder = JITBuilder::with_isa(host_isa()?, default_libcall_names());
        for &helper in Helper::ALL {
            builder.symbol(helper.symbol(), helpers.get(helper) as *const u8);
        }
        Ok(Self { module: JITModule::new(builder), functions: Vec::new() })
    }

    /// Notes a function that was defined, and what its code consists of.
    pub(super) fn defined(&mut self, function: FuncId, parts: Vec<Part>) {
        self.functions.push((function, parts));
    }

    pub(super) fn module(&mut self) -> &mut JITModule {
        &mut self.module
    }

    /// Makes the module executable. `entry` and `groups` take the running request and the verdicts and return nothing.
    pub(super) fn finish(mut self, entry: FuncId, groups: &[FuncId]) -> Result<Code, CodegenError> {
        self.module.finalize_definitions()?;
        let callable = |function: FuncId| {
            let address = self.module.get_finalized_function(function);
            // SAFETY: entry and groups were defined in this module with two pointer parameters, no result and the platform's
            // calling convention (`emit::unit`), and the module was finalized just now, so the address is that of their
            // code.
            unsafe { std::mem::transmute::<*const u8, Entry>(address) }
        };
        let (entry, groups) = (callable(entry), groups.iter().copied().map(callable).collect());
        let symbols = self.functions.iter().flat_map(|(function, parts)| {
            let address = self.module.get_finalized_function(*function) as usize;
            let located = move |part: &Part| Symbol {
                address: address + part.start,
                size: part.end - part.start,
                rule: part.rule,
            };
            parts.iter().map(located)
        });
        let symbols = symbols.collect();
        Ok(Code { module: Arc::new(OwnedModule(Mutex::new(Some(self.module)))), entry, groups, symbols })
    }
}

/// The code of a unit. Clones share it; it is freed with the last one.
#[derive(Clone)]
pub struct Code {
    entry: Entry,
    groups: Arc<[Entry]>,
    module: Arc<OwnedModule>,
    symbols: Arc<[Symbol]>,
}

/// A piece of a unit's code in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Where it begins.
    pub address: usize,
    /// How many bytes it has.
    pub size: usize,
    /// The rule that it is of, by its position among the unit's verdicts; none for what is of no rule.
    pub rule: Option<u32>,
}

impl Code {
    /// Runs the unit, apart from its groups. Where the facts do not hold that all rules rely on, the surface says so, no
    /// verdict means anything, and no group may run.
    ///
    /// # Safety
    ///
    /// * `request` points to a value whose first member is a [`Surface`], valid for reads and writes during the call;
    ///   it is what the registered helpers expect as their first argument.
    /// * The surface's cells were read by the layout this code was compiled with, the unit's appended cells among them,
    ///   and its text regions are those that the cells refer to.
    /// * `verdicts` points to as many verdicts as the unit has rules.
    pub unsafe fn run(&self, request: *mut Surface, verdicts: *mut Verdict) {
        // SAFETY: the caller keeps the contract above, and `self.module` keeps the code alive during the call.
        unsafe { (self.entry)(request.cast(), verdicts) }
    }

    /// Runs the rules of a keyed policy; nothing when there is no such group.
    ///
    /// # Safety
    ///
    /// As for [`Code::run`], which has run on the same request before and left the surface's facts as holding.
    pub unsafe fn run_group(&self, group: u32, request: *mut Surface, verdicts: *mut Verdict) {
        if let Some(entry) = self.groups.get(group as usize) {
            // SAFETY: the caller keeps the contract above, and `self.module` keeps the code alive during the call.
            unsafe { entry(request.cast(), verdicts) }
        }
    }

    /// What the code consists of, for profilers.
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// The size of the code in bytes.
    pub fn size(&self) -> usize {
        self.symbols.iter().map(|symbol| symbol.size).sum()
    }

    /// How many handles share the code.
    pub fn shared_by(&self) -> usize {
        Arc::strong_count(&self.module)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Code").finish_non_exhaustive()
    }
}

/// The module, which owns the executable memory.
struct OwnedModule(Mutex<Option<JITModule>>);

impl Drop for OwnedModule {
    fn drop(&mut self) {
        if let Some(module) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            // SAFETY: the only pointers into this module are the entries of `Code` values, each of which holds an `Arc`
            // of this owner for as long as it can be called, and a running call borrows its `Code`. As the owner is
            // being dropped, no `Code` is left, so none of the module's code runs or will be called.
            unsafe { module.free_memory() }
        }
    }
}

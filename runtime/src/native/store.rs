//! Compiled units that several programs use, and what they take up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use dikast_compiler::codegen::{self, CodegenError, CompiledUnit};
use dikast_compiler::ir::Program;
use dikast_compiler::unit::Unit;

use super::entries;
use super::fingerprint::Fingerprint;
use super::perf_map::PerfMap;

/// Finds units again by their fingerprints, as long as a program uses them. Code is freed with its last user.
#[derive(Debug, Default)]
pub struct UnitStore {
    units: Mutex<HashMap<Fingerprint, Weak<StoredUnit>>>,
    usage: Arc<Usage>,
    perf_map: Option<PerfMap>,
}

/// What the units of a store take up now, and how they came about.
#[derive(Debug, Default)]
pub struct Usage {
    /// Units in memory.
    pub units: AtomicUsize,
    /// Bytes of their code.
    pub code_bytes: AtomicUsize,
    /// Units that were compiled so far.
    pub compiled: AtomicU64,
    /// Units that were found again so far.
    pub found: AtomicU64,
    /// Microseconds that compiling took so far, over all threads.
    pub compile_us: AtomicU64,
}

/// A unit that a store counts.
#[derive(Debug)]
pub(super) struct StoredUnit {
    pub(super) compiled: CompiledUnit,
    usage: Arc<Usage>,
}

impl Drop for StoredUnit {
    fn drop(&mut self) {
        self.usage.units.fetch_sub(1, Ordering::Relaxed);
        self.usage.code_bytes.fetch_sub(self.compiled.code.size(), Ordering::Relaxed);
    }
}

impl UnitStore {
    /// A store that tells profilers the names of the functions that it gets.
    pub fn with_perf_map(perf_map: Option<PerfMap>) -> Self {
        Self { perf_map, ..Self::default() }
    }

    /// What the units take up.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// The unit with this fingerprint, or else compiles it.
    pub(super) fn get(
        &self,
        fingerprint: Option<Fingerprint>,
        program: &Program,
        unit: &Unit,
    ) -> Result<Arc<StoredUnit>, CodegenError> {
        if let Some(found) = fingerprint.and_then(|fingerprint| self.units().get(&fingerprint)?.upgrade()) {
            self.usage.found.fetch_add(1, Ordering::Relaxed);
            return Ok(found);
        }
        let start = std::time::Instant::now();
        let compiled = codegen::compile_unit(program, unit, entries::addresses())?;
        let took_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.usage.compile_us.fetch_add(took_us, Ordering::Relaxed);
        self.usage.compiled.fetch_add(1, Ordering::Relaxed);
        if let Some(perf_map) = &self.perf_map {
            perf_map.add(program, unit, &compiled);
        }
        let stored = self.count(compiled);
        if let Some(fingerprint) = fingerprint {
            let mut units = self.units();
            units.retain(|_, unit| unit.strong_count() > 0);
            units.insert(fingerprint, Arc::downgrade(&stored));
        }
        Ok(stored)
    }

    /// Takes in a unit that was compiled elsewhere.
    pub(super) fn count(&self, compiled: CompiledUnit) -> Arc<StoredUnit> {
        self.usage.units.fetch_add(1, Ordering::Relaxed);
        self.usage.code_bytes.fetch_add(compiled.code.size(), Ordering::Relaxed);
        Arc::new(StoredUnit { compiled, usage: Arc::clone(&self.usage) })
    }

    fn units(&self) -> std::sync::MutexGuard<'_, HashMap<Fingerprint, Weak<StoredUnit>>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

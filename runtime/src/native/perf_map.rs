//! Names for profilers: `perf` looks into `/tmp/perf-PID.map` for functions that were made at run time (Linux
//! `tools/perf/Documentation/jit-interface.txt`).

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dikast_compiler::codegen::CompiledUnit;
use dikast_compiler::ir::Program;
use dikast_compiler::unit::Unit;

/// A file that is told of each function.
#[derive(Debug)]
pub struct PerfMap {
    file: Mutex<File>,
    path: PathBuf,
}

impl PerfMap {
    /// The map of this process in a folder; `perf` itself looks into `/tmp`.
    ///
    /// # Errors
    ///
    /// When the file cannot be made. It must not be there yet: somebody else could have put it there.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!("perf-{}.map", std::process::id()));
        let file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        Ok(Self { file: Mutex::new(file), path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds the functions of a unit, one line each: address, size and the names of policy, rule and unit.
    pub(super) fn add(&self, program: &Program, unit: &Unit, compiled: &CompiledUnit) {
        let mut lines = String::new();
        for symbol in compiled.code.symbols() {
            let rule = symbol.rule.and_then(|position| compiled.rules.get(position as usize));
            let name = match rule.map(|rule| program.rule(rule.rule)) {
                Some(rule) => {
                    let policy = program.name(program.policy(rule.policy).name);
                    format!("{policy}/{} ({unit})", program.name(rule.name))
                }
                None => format!("dispatch ({unit})"),
            };
            // A line end in a name would begin another entry.
            let name: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
            let _ = writeln!(lines, "{:x} {:x} {name}", symbol.address, symbol.size);
        }
        let written = self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(lines.as_bytes());
        if let Err(error) = written {
            tracing::warn!(%error, path = %self.path.display(), "cannot write the map of functions");
        }
    }
}

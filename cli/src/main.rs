//! The `dikast` command: compile, test, apply and serve Kyverno policies.
#![deny(unsafe_code)]

#[allow(unsafe_code, reason = "the allocator's options are functions of C")]
mod allocator;
mod checking;
mod commands;
mod evaluation;
mod fault;
mod input;
mod output;
mod parallel;
mod serving;
mod testing;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use commands::{Arguments, Exit};

fn main() -> ExitCode {
    let exit = match Arguments::parse().run() {
        Ok(exit) => exit,
        Err(error) if is_broken_pipe(&error) => Exit::Clean,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", fault::line(&error));
            Exit::CouldNotRun
        }
    };
    exit.into()
}

/// Whether the reader of our output went away, which is its right.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

//! The layers between the bytes of a review and its verdict, measured against each other in one process.
//!
//! Everything is compared within rounds: in each, all contenders take turns, and what is reported is the median of the
//! rounds' ratios, so that a machine that is busy with other things disturbs all of them alike. A table goes to standard
//! output; `--json FILE` writes the same as JSON, `--pod-security FOLDER` and `--requests FOLDER` take policies and
//! requests from elsewhere, `--only-mutation` leaves out the rest.
#![forbid(unsafe_code)]

mod contenders;
mod report;
mod rounds;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use contenders::Contenders;
use dikast_tests::subjects;

/// The allocator of `dikast`, so that what is measured is what is served.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sizes of Pods by their containers.
const SIZES: [(&str, usize); 3] = [("small", 1), ("medium", 3), ("large", 10)];

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read()?;
    let program = match &options.pod_security {
        Some(folder) => subjects::compile_folder(folder)?,
        None => subjects::compile("pod-security.yaml", subjects::POD_SECURITY),
    };
    let contenders = Contenders::new(program);
    let mut report = report::Report::default();
    for (size, containers) in SIZES.into_iter().filter(|_| !options.only_mutation) {
        let good = options.request(&format!("pod-{size}-good"), containers, true)?;
        let bad = options.request(&format!("pod-{size}-bad"), containers, false)?;
        for request in [&good, &bad] {
            if let Some(difference) = subjects::disagreement(contenders.native(), request)? {
                return Err(format!("the checks by hand are not those of the policies: {difference}").into());
            }
        }
        contenders.decide(size, &good, &bad, &mut report)?;
    }
    let medium = options.request("pod-medium-good", 3, true)?;
    for (name, text) in [("strategic merge", subjects::DEFAULTS), ("JSON patch", subjects::LABEL_PATCH)] {
        Contenders::new(subjects::compile("mutation.yaml", text)).mutate(name, &medium, &mut report)?;
    }
    report.print();
    match options.json {
        Some(path) => Ok(fs::write(path, report.to_json())?),
        None => Ok(()),
    }
}

/// What the command line says.
#[derive(Default)]
struct Options {
    json: Option<PathBuf>,
    pod_security: Option<PathBuf>,
    requests: Option<PathBuf>,
    only_mutation: bool,
}

impl Options {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let target = match &*name {
                "--json" => &mut options.json,
                "--pod-security" => &mut options.pod_security,
                "--requests" => &mut options.requests,
                "--only-mutation" => {
                    options.only_mutation = true;
                    continue;
                }
                // What cargo tells every bench.
                "--bench" => continue,
                other => return Err(format!("unknown option {other}").into()),
            };
            *target = Some(arguments.next().ok_or_else(|| format!("{name} needs a path"))?.into());
        }
        Ok(options)
    }

    fn request(&self, name: &str, containers: usize, good: bool) -> Result<Vec<u8>, Box<dyn Error>> {
        match &self.requests {
            Some(folder) => Ok(fs::read(folder.join(format!("{name}.json")))?),
            None => Ok(subjects::pod_review(containers, good)),
        }
    }
}

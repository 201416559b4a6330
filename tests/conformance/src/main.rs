//! Runs golden files and counts agreement with Kyverno's answers.
//!
//! | module | what |
//! |---|---|
//! | [`answer`] | when two answers are alike |
//! | [`environment`] | what functions know of the world |
//! | [`native`] | questions put to native code |
//! | [`ratchet`] | counts that may not fall |
//! | [`topic`] | the golden files and who answers them |

mod answer;
mod condition;
mod environment;
mod jmespath;
mod merge;
mod native;
mod pattern;
mod ratchet;
mod review;
mod topic;
mod vars;
mod wildcard;
mod yaml;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use serde_json::Value as Json;

use native::Tally;
use review::EngineName;
use topic::Topic;

/// Command line.
#[derive(Parser)]
struct Options {
    /// Folder with the golden files.
    #[arg(long)]
    golden: PathBuf,
    /// Folder that the policy files of reviews are relative to.
    #[arg(long)]
    corpus: Option<PathBuf>,
    /// Only these topics.
    #[arg(long = "topic")]
    topics: Vec<Topic>,
    /// Only cases of this class.
    #[arg(long)]
    class: Option<String>,
    /// Only cases of this group.
    #[arg(long)]
    group: Option<String>,
    /// Which engine answers. What native code leaves to the interpreter is counted by reason.
    #[arg(long, value_enum, default_value = "interpreter")]
    engine: EngineName,
    /// Where disagreements are written, one JSON object a line.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Counts that may not fall.
    #[arg(long)]
    ratchet: Option<PathBuf>,
}

/// Cases of one topic and how many of them were answered alike.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    agreed: usize,
    total: usize,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether no count fell below the ratchet.
fn run(options: &Options) -> anyhow::Result<bool> {
    let mut disagreements = match &options.out {
        Some(path) => Some(BufWriter::new(File::create(path).with_context(|| path.display().to_string())?)),
        None => None,
    };
    let topics = if options.topics.is_empty() { Topic::ALL.to_vec() } else { options.topics.clone() };
    let (mut counts, mut all) = (Vec::new(), Count::default());
    for topic in topics {
        let mut judge = topic.judge(options.corpus.as_deref(), options.engine);
        let (mut count, mut tally) = (Count::default(), Tally::default());
        for file in files(&options.golden, topic)? {
            for line in BufReader::new(File::open(&file)?).lines() {
                let case: Json = serde_json::from_str(&line?).with_context(|| file.display().to_string())?;
                if !is_wanted(&case, "class", options.class.as_deref())
                    || !is_wanted(&case, "group", options.group.as_deref())
                {
                    continue;
                }
                count.total += 1;
                match judge(&case, &mut tally) {
                    Ok(()) => count.agreed += 1,
                    Err(difference) => {
                        if let Some(out) = &mut disagreements {
                            let line =
                                serde_json::json!({"topic": topic.name(), "difference": difference, "case": case});
                            writeln!(out, "{line}")?;
                        }
                    }
                }
            }
        }
        print(&format!("{}: {}/{}", topic.name(), count.agreed, count.total));
        let left: usize = tally.left.values().sum();
        if tally.answered + left > 0 {
            eprintln!("{}: native code answered {} of {}", topic.name(), tally.answered, tally.answered + left);
            counts.push((
                format!("native-{}", topic.name()),
                Count { agreed: tally.answered, total: tally.answered + left },
            ));
            for (reason, times) in &tally.left {
                eprintln!("  {times:>5} left to the interpreter: {reason}");
            }
        }
        all = Count { agreed: all.agreed + count.agreed, total: all.total + count.total };
        counts.push((topic.name().to_owned(), count));
    }
    print(&format!("all: {}/{}", all.agreed, all.total));
    match &options.ratchet {
        Some(path) => ratchet::holds(path, &counts),
        None => Ok(true),
    }
}

#[expect(clippy::print_stdout, reason = "the counts are this program's output")]
fn print(line: &str) {
    println!("{line}");
}

fn is_wanted(case: &Json, member: &str, wanted: Option<&str>) -> bool {
    let is = |found: &Json, wanted| found.as_str() == Some(wanted);
    wanted.is_none_or(|wanted| case.get(member).is_none_or(|found| is(found, wanted)))
}

/// The files of a topic, sorted by name.
fn files(folder: &Path, topic: Topic) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if topic.owns(name) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

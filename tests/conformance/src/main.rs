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

use anyhow::{Context, bail};
use clap::Parser;
use serde_json::{Value as Json, json};

use native::Tally;
use review::EngineName;
use topic::Topic;

/// Asks the questions of golden files and compares the answers with Kyverno's.
///
/// One line for each topic, `NAME: AGREED/TOTAL`, and one for all. Ends with 1 when a count is below the ratchet's or,
/// without a ratchet, when any answer differs; with 2 when it cannot run.
#[derive(Parser)]
struct Options {
    /// Folder with the golden files.
    #[arg(long)]
    golden: PathBuf,
    /// Folder that the policy files of reviews are relative to.
    #[arg(long)]
    corpus: Option<PathBuf>,
    /// Only these topics; without it all that have a golden file.
    #[arg(long = "topic")]
    topics: Vec<Topic>,
    /// Only reviews of this class; the questions of other topics have none.
    #[arg(long, value_enum)]
    class: Option<Class>,
    /// Only cases of this group.
    #[arg(long)]
    group: Option<String>,
    /// Which engine answers. What native code leaves to the interpreter is counted by reason.
    #[arg(long, value_enum, default_value = "both")]
    engine: EngineName,
    /// Where disagreements are written, one JSON object a line.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where cases are written that native code leaves to the interpreter, one JSON object a line.
    #[arg(long)]
    left: Option<PathBuf>,
    /// Counts that may not fall.
    #[arg(long)]
    ratchet: Option<PathBuf>,
}

/// What the policies of a review need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Class {
    /// Policies without CEL.
    Jmespath,
    /// CEL somewhere in them.
    Cel,
    /// Image verification.
    Images,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Jmespath => "jmespath",
            Self::Cel => "cel",
            Self::Images => "images",
        }
    }
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

/// Whether the counts are as they have to be.
fn run(options: &Options) -> anyhow::Result<bool> {
    let (mut disagreements, mut left) = (lines(options.out.as_deref())?, lines(options.left.as_deref())?);
    let (mut counts, mut all) = (Vec::new(), Count::default());
    for (topic, files) in topics(options)? {
        let mut judge = topic.judge(options.corpus.as_deref(), options.engine);
        let (mut count, mut tally, mut left_out) = (Count::default(), Tally::default(), 0);
        for file in files {
            for (number, line) in BufReader::new(File::open(&file)?).lines().enumerate() {
                let place = || format!("{}:{}", file.display(), number + 1);
                let case: Json = serde_json::from_str(&line?).with_context(place)?;
                if case.get("answer").is_none() {
                    bail!("{}: the case has no answer", place());
                }
                if !is_wanted(&case, "class", options.class.map(Class::name))
                    || !is_wanted(&case, "group", options.group.as_deref())
                {
                    left_out += 1;
                    continue;
                }
                count.total += 1;
                let judgement = judge(&case, &mut tally);
                if let (Some(out), Some(reason)) = (&mut left, tally.last_left.take()) {
                    writeln!(out, "{}", json!({"topic": topic.name(), "reason": reason, "case": case}))?;
                }
                match (judgement, &mut disagreements) {
                    (Ok(()), _) => count.agreed += 1,
                    (Err(difference), Some(out)) => {
                        writeln!(out, "{}", json!({"topic": topic.name(), "difference": difference, "case": case}))?;
                    }
                    (Err(_), None) => {}
                }
            }
        }
        print(&format!("{}: {}/{}", topic.name(), count.agreed, count.total));
        if left_out > 0 {
            eprintln!("{}: {left_out} cases of another class or group are left out", topic.name());
        }
        counts.extend(tally.report(topic.name()).map(|count| (format!("native-{}", topic.name()), count)));
        all = Count { agreed: all.agreed + count.agreed, total: all.total + count.total };
        counts.push((topic.name().to_owned(), count));
    }
    print(&format!("all: {}/{}", all.agreed, all.total));
    if all.total == 0 {
        bail!("no case is of this class and group");
    }
    for out in [&mut disagreements, &mut left].into_iter().flatten() {
        out.flush()?;
    }
    match &options.ratchet {
        Some(path) => ratchet::holds(path, &counts),
        None => Ok(all.agreed == all.total),
    }
}

/// A file that lines are written to, if one is wanted.
fn lines(path: Option<&Path>) -> anyhow::Result<Option<BufWriter<File>>> {
    path.map(|path| File::create(path).map(BufWriter::new).with_context(|| path.display().to_string())).transpose()
}

/// The topics to ask, with their files.
fn topics(options: &Options) -> anyhow::Result<Vec<(Topic, Vec<PathBuf>)>> {
    let files = golden_files(&options.golden)?;
    let wanted = if options.topics.is_empty() { &Topic::ALL[..] } else { &options.topics };
    let name = |file: &PathBuf| file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let mut topics = Vec::new();
    for &topic in wanted {
        let owned: Vec<PathBuf> = files.iter().filter(|file| topic.owns(&name(file))).cloned().collect();
        if !owned.is_empty() {
            topics.push((topic, owned));
        } else if options.topics.is_empty() {
            eprintln!("{}: no golden file", topic.name());
        } else {
            bail!("{}: no golden file of the topic {}", options.golden.display(), topic.name());
        }
    }
    if topics.is_empty() {
        bail!("{}: no golden files", options.golden.display());
    }
    for file in files.iter().filter(|file| !Topic::ALL.iter().any(|topic| topic.owns(&name(file)))) {
        eprintln!("{}: not of any topic, not read", file.display());
    }
    Ok(topics)
}

#[expect(clippy::print_stdout, reason = "the counts are this program's output")]
fn print(line: &str) {
    println!("{line}");
}

fn is_wanted(case: &Json, member: &str, wanted: Option<&str>) -> bool {
    let is = |found: &Json, wanted| found.as_str() == Some(wanted);
    wanted.is_none_or(|wanted| case.get(member).is_none_or(|found| is(found, wanted)))
}

/// The files of cases in a folder, sorted by name.
fn golden_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

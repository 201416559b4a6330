//! Where changed and generated objects go.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use dikast_runtime::engine::{RuleKind, Status};
use dikast_stdlib::Value;

use crate::evaluation::response::Response;
use crate::input::resources::ObjectKey;
use crate::output::yaml;

/// Where they go.
pub(super) enum Sink {
    /// To standard output, with words about them.
    Told,
    /// To standard output, YAML and nothing else.
    Piped,
    /// To one file.
    File(PathBuf),
    /// To files in a folder, one for each changed object and one for each policy that generates.
    Folder(PathBuf),
}

impl Sink {
    /// The sink that `-o` names: a file when the path ends in `.yaml` or `.yml`, else a folder. The file is emptied.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn at(path: &Path) -> anyhow::Result<Self> {
        let failed = || format!("{} cannot be written", path.display());
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            fs::write(path, "").with_context(failed)?;
            return Ok(Self::File(path.to_owned()));
        }
        fs::create_dir_all(path).with_context(failed)?;
        Ok(Self::Folder(path.to_owned()))
    }

    /// Writes what a response changed or generated.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn take(&self, response: &Response, out: &mut impl Write) -> anyhow::Result<()> {
        match response.kind {
            RuleKind::Mutation if !response.rules.is_empty() => self.take_changed(response, out),
            RuleKind::Generation => self.take_generated(response, out),
            RuleKind::Cleanup if matches!(self, Self::Told) => told_deletion(response, out),
            _ => Ok(()),
        }
    }

    fn take_changed(&self, response: &Response, out: &mut impl Write) -> anyhow::Result<()> {
        let targets: Vec<&Value> = response.rules.iter().filter_map(|rule| rule.patched_target.as_ref()).collect();
        let name = ObjectKey::of(&response.object).name;
        self.put(response, &response.patched, &format!("{name}-mutated"), out)?;
        if matches!(self, Self::Told) && !targets.is_empty() {
            writeln!(out, "patched targets: ")?;
        }
        for target in targets {
            self.put_document(target, &format!("{name}-mutated"), out)?;
        }
        let applied = response.rules.iter().any(|rule| matches!(rule.status, Status::Pass | Status::Skip));
        if matches!(self, Self::Told) && applied {
            writeln!(out, "\nMutation:\nMutation has been applied successfully.")?;
        }
        Ok(())
    }

    fn take_generated(&self, response: &Response, out: &mut impl Write) -> anyhow::Result<()> {
        for object in response.rules.iter().flat_map(|rule| &rule.generated) {
            self.put(response, object, &format!("{}-generated", response.policy.name), out)?;
            if matches!(self, Self::Told) {
                writeln!(out, "\nGenerate:\nGeneration completed successfully.")?;
            }
        }
        Ok(())
    }

    fn put(&self, response: &Response, object: &Value, file: &str, out: &mut impl Write) -> anyhow::Result<()> {
        if matches!(self, Self::Told) {
            let key = ObjectKey::of(&response.object);
            let policy = &response.policy.name;
            writeln!(out, "\npolicy {policy} applied to {}/{}/{}:", key.namespace, key.kind, key.name)?;
        }
        self.put_document(object, file, out)
    }

    fn put_document(&self, object: &Value, file: &str, out: &mut impl Write) -> anyhow::Result<()> {
        let document = yaml::write(object);
        let path = match self {
            Self::Told => return Ok(writeln!(out, "\n{document}---")?),
            Self::Piped => return Ok(writeln!(out, "{document}---")?),
            Self::File(path) => path.clone(),
            Self::Folder(folder) => folder.join(format!("{file}.yaml")),
        };
        let failed = || format!("{} cannot be written", path.display());
        let mut file = OpenOptions::new().create(true).append(true).open(&path).with_context(failed)?;
        writeln!(file, "{document}---").with_context(failed)
    }
}

/// Says which object a cleanup policy deletes.
fn told_deletion(response: &Response, out: &mut impl Write) -> anyhow::Result<()> {
    for _ in response.rules.iter().filter(|rule| rule.status == Status::Pass) {
        let (key, policy) = (ObjectKey::of(&response.object), response.policy.full_name());
        writeln!(out, "\npolicy {policy} deletes {}/{}/{}", key.namespace, key.kind, key.name)?;
    }
    Ok(())
}

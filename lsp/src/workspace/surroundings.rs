//! What stands beside open documents: other policies, CustomResourceDefinitions and settings.

use std::path::{Path, PathBuf};

use dikast_compiler::policy_file::{is_json, is_yaml};
use dikast_compiler::schema::Schemas;
use dikast_compiler::settings::FILE_NAME;
use dikast_grammar::FileId;
use dikast_grammar::yaml::{self, Node};
use lsp_types::Location;

use super::project::Project;
use crate::meaning::document_kind;
use crate::text::{Encoding, Text};
use crate::uri;

/// How many files are looked at. A folder with more is hardly one of policies.
const MOST_FILES: usize = 20_000;

/// Files that are larger hold data.
const LARGEST_FILE: u64 = 8 * 1024 * 1024;

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// A folder with all that is below it.
    Tree(PathBuf),
    /// A folder without those in it: that of a document that was opened alone.
    Folder(PathBuf),
}

/// A policy in a file.
#[derive(Clone, Debug)]
pub(crate) struct KnownPolicy {
    /// Its name.
    pub(crate) name: String,
    /// Where its name stands.
    pub(crate) location: Location,
    /// The names of its rules.
    pub(crate) rules: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// Kubernetes' types and those of the definitions.
    pub(crate) schemas: Schemas,
    /// The policies in files.
    pub(crate) policies: Vec<KnownPolicy>,
    /// Settings of the folders.
    pub(crate) projects: Vec<Project>,
    /// What could not be used, in words for people.
    pub(crate) problems: Vec<String>,
}

impl Surroundings {
    /// What is known without looking.
    pub(crate) fn none() -> Self {
        Self { schemas: Schemas::embedded(), policies: Vec::new(), projects: Vec::new(), problems: Vec::new() }
    }

    /// Looks through folders. Files that cannot be read are passed over.
    pub(crate) fn look(roots: &[Root], encoding: Encoding) -> Self {
        let mut files = Vec::new();
        for root in roots {
            match root {
                Root::Tree(folder) => collect(folder, true, &mut files),
                Root::Folder(folder) => collect(folder, false, &mut files),
            }
        }
        let above = roots.iter().filter_map(|(Root::Tree(folder) | Root::Folder(folder))| Project::file_above(folder));
        let mut surroundings = Self::none();
        let mut settings: Vec<PathBuf> = above.collect();
        settings.extend(files.iter().filter(|file| file.ends_with(FILE_NAME)).cloned());
        settings.sort();
        settings.dedup();
        for file in settings {
            surroundings.add_project(&file, &mut files);
        }
        files.sort();
        files.dedup();
        for file in files.iter().filter(|file| !file.ends_with(FILE_NAME)) {
            surroundings.add(file, encoding);
        }
        surroundings
    }

    /// Reads settings, and adds the files with definitions that they name.
    fn add_project(&mut self, file: &Path, files: &mut Vec<PathBuf>) {
        match Project::read(file) {
            Ok(project) => {
                if let Some(version) = project.settings().kubernetes {
                    match Schemas::of_version(version) {
                        Ok(schemas) => self.schemas = schemas,
                        Err(problem) => self.problems.push(problem.to_string()),
                    }
                }
                for path in project.definitions() {
                    if path.is_dir() {
                        collect(&path, true, files);
                    } else {
                        files.push(path);
                    }
                }
                self.projects.push(project);
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    fn add(&mut self, path: &Path, encoding: Encoding) {
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGEST_FILE) {
            return;
        }
        let Ok(content) = std::fs::read_to_string(path) else { return };
        let may_define = content.contains("CustomResourceDefinition");
        if !may_define && !content.contains("kyverno.io/") {
            return;
        }
        let Some(uri) = uri::of_path(path) else { return };
        let documents = yaml::parse(FileId::default(), &content).into_objects();
        let text = Text::new(content, encoding);
        for document in &documents {
            if may_define && self.schemas.add_definition(document) {
                continue;
            }
            let is_policy = document.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("Policy"));
            let name = document.at(&["metadata", "name"]).and_then(Node::as_text);
            if let (true, Some(_), Some(name)) = (is_policy, document_kind(Some(document)), name) {
                let span = name.span();
                let range = text.range(span.start as usize..span.end as usize);
                let location = Location { uri: uri.clone(), range };
                let rules = document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default().iter();
                let rules = rules.filter_map(|rule| rule.get("name")?.as_str().map(str::to_owned)).collect();
                self.policies.push(KnownPolicy { name: name.as_str().to_owned(), location, rules });
            }
        }
    }
}

/// The YAML files and settings of a folder, in the order of their names. Links are not followed, they may lead in circles.
fn collect(folder: &Path, deep: bool, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if files.len() >= MOST_FILES {
            return;
        }
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && deep && !name.starts_with('.') && name != "node_modules" && name != "target" {
            collect(&entry.path(), deep, files);
        } else if kind.is_file() && (is_yaml(&entry.path()) || is_json(&entry.path()) || name == FILE_NAME) {
            files.push(entry.path());
        }
    }
}

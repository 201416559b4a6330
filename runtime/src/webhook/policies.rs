//! The policies that serve: read from files and folders, read again when these change, each with its last good form kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use dikast_compiler::diagnostic::{Diagnostic, Severity};
use dikast_compiler::ir::{Policy, PolicyId, Program};
use dikast_compiler::passes::optimise;
use dikast_compiler::{Compilation, compile, policy_file};
use dikast_grammar::{FileId, SourceFile, SourceMap, Span};
use dikast_stdlib::Value;

use crate::global::GlobalEntry;
use crate::native::{Fingerprint, Fingerprints};

/// A policy's kind, namespace and name.
type Key = (String, String, String);

/// What a load of the files gave.
#[derive(Debug)]
pub struct Loaded {
    /// The policies that serve from now on.
    pub program: Arc<Program>,
    /// What the policies were made from, where that is known: units that come to the same keep their code.
    pub fingerprints: Option<Fingerprints>,
    /// The entries of the global context beside the policies.
    pub global_entries: Vec<Arc<GlobalEntry>>,
    /// The files, for diagnostics.
    pub sources: SourceMap,
    /// All that there is to say about the files.
    pub diagnostics: Vec<Diagnostic>,
    /// How many policies have errors, and serve in their last good form or not at all.
    pub refused: usize,
    /// Names of policies that serve in their last good form.
    pub kept: Vec<String>,
    /// Files that cannot be read; what they held before goes on serving.
    pub problems: Vec<String>,
}

impl Loaded {
    /// What texts give that were never loaded before.
    pub fn of(sources: SourceMap) -> Self {
        PolicyStore::of(Vec::new()).compile(sources)
    }

    /// Whether a file cannot be read or a diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        !self.problems.is_empty() || self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many policies and files are not as they should be; at least one when there are errors.
    pub fn faults(&self) -> usize {
        (self.refused + self.problems.len()).max(self.kept.len()).max(usize::from(self.has_errors()))
    }
}

/// The files of a server and the last good form of each policy in them.
#[derive(Debug)]
pub struct PolicyStore {
    roots: Vec<PathBuf>,
    stamps: Stamps,
    /// The text of each file as it was last read.
    texts: BTreeMap<PathBuf, Arc<str>>,
    good: BTreeMap<Key, Good>,
    /// The last good form of each entry of the global context, by name, with its file.
    entries: BTreeMap<Arc<str>, (Arc<str>, Arc<GlobalEntry>)>,
}

/// When files were last written, and their sizes; nothing for one that cannot be looked at.
type Stamps = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

#[derive(Clone, Debug)]
struct Good {
    file: Arc<str>,
    text: Arc<str>,
}

impl PolicyStore {
    fn of(roots: Vec<PathBuf>) -> Self {
        Self { roots, stamps: Stamps::new(), texts: BTreeMap::new(), good: BTreeMap::new(), entries: BTreeMap::new() }
    }

    /// Reads all YAML files under the roots, and JSON files that speak of policies; a root that is a file is read whatever its name.
    ///
    /// # Errors
    ///
    /// When a root does not exist or a file cannot be read.
    pub fn open(roots: Vec<PathBuf>) -> io::Result<(Self, Loaded)> {
        let mut store = Self::of(roots);
        store.stamps = store.look()?;
        let loaded = store.load()?;
        Ok((store, loaded))
    }

    /// Reads the files again if one of them changed, came or went.
    ///
    /// # Errors
    ///
    /// When a file cannot be read; what serves stays as it is.
    pub fn refresh(&mut self) -> io::Result<Option<Loaded>> {
        let stamps = self.look()?;
        if stamps == self.stamps {
            return Ok(None);
        }
        let loaded = self.load()?;
        self.stamps = stamps;
        Ok(Some(loaded))
    }

    fn look(&self) -> io::Result<Stamps> {
        let stamp = |file: &Path| {
            let data = std::fs::metadata(file).ok()?;
            Some((data.modified().ok()?, data.len()))
        };
        Ok(self.files()?.into_iter().map(|file| (file.clone(), stamp(&file))).collect())
    }

    fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let mut seen = BTreeSet::new();
        for root in &self.roots {
            collect(root, true, &mut seen, &mut files)?;
        }
        Ok(files)
    }

    /// Reads and compiles. A file that cannot be read, or is no UTF-8, stays what it was; a policy must not stop serving
    /// because of it.
    fn load(&mut self) -> io::Result<Loaded> {
        let mut sources = SourceMap::new();
        let mut problems = Vec::new();
        let mut texts = BTreeMap::new();
        for file in self.files()? {
            let read = std::fs::read(&file).map_err(|error| error.to_string());
            let text = read.and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is no UTF-8 text".to_owned()));
            let text: Arc<str> = match text {
                Ok(text) => text.into(),
                Err(reason) => {
                    problems.push(format!("{}: {reason}", file.display()));
                    match self.texts.get(&file) {
                        Some(text) => Arc::clone(text),
                        None => continue,
                    }
                }
            };
            if !policy_file::is_json(&file) || policy_file::speaks_of_policies(&text) {
                sources.add(file.display().to_string(), Arc::clone(&text));
            }
            texts.insert(file, text);
        }
        self.texts = texts;
        Ok(Loaded { problems, ..self.compile(sources) })
    }

    /// Compiles the files; policies with errors are replaced by their last good form.
    fn compile(&mut self, sources: SourceMap) -> Loaded {
        let mut compilation = compile(&sources);
        let (program, faulty) = (&compilation.program, &compilation.faulty);
        let mut good = BTreeMap::new();
        let mut blank: Vec<Span> = Vec::new();
        for ((id, policy), &span) in (0..).map(PolicyId).zip(&program.policies).zip(&compilation.policy_documents) {
            if faulty.contains(&id) {
                blank.push(span);
            } else if let Some(file) = sources.get(span.file) {
                let form = Good { file: file.name().into(), text: standalone(file, span).into() };
                good.insert(key(program, policy), form);
            }
        }
        let refused = faulty.len() + compilation.counts.refused;
        let broken = broken_files(&sources, &compilation.diagnostics);
        let kept = self.still_good(&broken, &good);
        self.renew_entries(&compilation.global_entries, &sources, &broken);
        let diagnostics = std::mem::take(&mut compilation.diagnostics);
        let (program, fingerprints) = if blank.is_empty() && kept.is_empty() {
            optimised(compilation, &sources)
        } else {
            let sources = with_last_good(&sources, &blank, kept.values());
            optimised(compile(&sources), &sources)
        };
        let names = kept.keys().map(|(_, _, name)| name.clone()).collect();
        good.extend(kept);
        self.good = good;
        let fingerprints = Some(fingerprints);
        let program = Arc::new(program);
        let global_entries = self.entries.values().map(|(_, entry)| Arc::clone(entry)).collect();
        let problems = Vec::new();
        Loaded { program, fingerprints, global_entries, sources, diagnostics, refused, kept: names, problems }
    }

    /// Policies that served before, are not good now, and whose file has errors: most likely they are what is broken.
    fn still_good(&self, broken: &BTreeSet<Arc<str>>, good: &BTreeMap<Key, Good>) -> BTreeMap<Key, Good> {
        let missing = self.good.iter().filter(|(key, form)| !good.contains_key(*key) && broken.contains(&form.file));
        missing.map(|(key, form)| (key.clone(), form.clone())).collect()
    }

    /// Puts the entries of the files in place of those before, of which the ones of broken files stay.
    fn renew_entries(&mut self, documents: &[(Span, Value)], sources: &SourceMap, broken: &BTreeSet<Arc<str>>) {
        self.entries.retain(|_, (file, _)| broken.contains(file));
        for (span, document) in documents {
            // What is no entry was reported by the compiler.
            if let (Some(file), Ok(entry)) = (sources.get(span.file), GlobalEntry::from_value(document)) {
                self.entries.insert(Arc::clone(&entry.name), (file.name().into(), Arc::new(entry)));
            }
        }
    }
}

/// Files with errors.
fn broken_files(sources: &SourceMap, diagnostics: &[Diagnostic]) -> BTreeSet<Arc<str>> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.filter_map(|error| Some(sources.get(error.span.file)?.name().into())).collect()
}

/// The program that serves, with the fingerprints of its documents.
fn optimised(compilation: Compilation, sources: &SourceMap) -> (Program, Fingerprints) {
    let text = |span: &Span| sources.text(*span).as_bytes();
    let policies = compilation.policy_documents.iter().map(|span| Fingerprint::of([text(span)])).collect();
    let exceptions = Fingerprint::of(compilation.exception_documents.iter().map(text));
    (optimise(compilation.program).0, Fingerprints { policies, exceptions })
}

fn key(program: &Program, policy: &Policy) -> Key {
    let namespace = policy.namespace.map(|name| program.name(name).to_string()).unwrap_or_default();
    (format!("{:?}", policy.kind), namespace, program.name(policy.name).to_string())
}

/// The text of a document that may stand within a list, so that it can stand by itself: with its first line as far to the
/// right as it was.
fn standalone(file: &SourceFile, span: Span) -> String {
    let text = file.text().get(span.start as usize..span.end as usize).unwrap_or_default();
    let indent = file.position(span.start).column.saturating_sub(1) as usize;
    " ".repeat(indent) + text
}

/// The same files with some documents blanked out, and last good forms after them.
fn with_last_good<'a>(sources: &SourceMap, blank: &[Span], kept: impl Iterator<Item = &'a Good>) -> SourceMap {
    let mut patched = SourceMap::new();
    for (id, file) in sources.iter() {
        patched.add(file.name(), blanked(file.text(), id, blank));
    }
    for form in kept {
        patched.add(format!("{} (last good form)", form.file), Arc::clone(&form.text));
    }
    patched
}

/// A text in which the spans of one file hold nothing but an empty object.
fn blanked(text: &str, file: FileId, spans: &[Span]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in spans.iter().filter(|span| span.file == file) {
        if let Some(range) = bytes.get_mut(span.start as usize..span.end as usize) {
            range.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            // An item of a list stays one.
            if let Some(start) = range.get_mut(..2) {
                start.copy_from_slice(b"{}");
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// YAML and JSON files under a path, sorted; hidden entries are left out, as Kubernetes' own mounts have them. A folder is looked
/// through once, however many links lead to it; entries that cannot be looked at count as files.
fn collect(path: &Path, given: bool, seen: &mut BTreeSet<PathBuf>, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let is_folder = match std::fs::metadata(path) {
        Ok(data) => data.is_dir(),
        Err(error) if given => return Err(named(error)),
        Err(_) => false,
    };
    if !is_folder {
        if given || policy_file::is_yaml(path) || policy_file::is_json(path) {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    if !seen.insert(std::fs::canonicalize(path).map_err(named)?) {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path).map_err(named)?.collect::<io::Result<Vec<_>>>().map_err(named)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if !entry.file_name().to_string_lossy().starts_with('.') {
            collect(&entry.path(), false, seen, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str, field: &str) -> String {
        format!(
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: {name}\nspec:\n  rules:\n    - name: r\n      \
             match:\n        any:\n          - resources:\n              kinds: [Pod]\n      validate:\n        {field}: m\n        \
             pattern:\n          spec:\n            hostNetwork: false\n"
        )
    }

    fn names(loaded: &Loaded) -> Vec<String> {
        let program = &loaded.program;
        program.policies.iter().map(|policy| program.name(policy.name).to_string()).collect()
    }

    #[test]
    fn entries_of_a_broken_file_stay_as_they_were() {
        let entry = |name: &str, spec: &str| {
            format!(
                "apiVersion: kyverno.io/v2\nkind: GlobalContextEntry\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n---\n"
            )
        };
        let nodes = |name: &str| entry(name, "kubernetesResource: {version: v1, resource: nodes}");
        let mut store = PolicyStore::of(Vec::new());
        let mut load = |files: &[(&str, String)]| {
            let mut sources = SourceMap::new();
            for (name, text) in files {
                sources.add(*name, text.as_str());
            }
            let loaded = store.compile(sources);
            loaded.global_entries.iter().map(|entry| entry.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(load(&[("a", nodes("one") + &nodes("two")), ("b", nodes("three"))]), ["one", "three", "two"]);
        let broken = entry("one", "kubernetesResource: {version: v1}");
        assert_eq!(load(&[("a", broken + &nodes("two")), ("b", nodes("four"))]), ["four", "one", "two"]);
        assert_eq!(load(&[("a", nodes("two")), ("b", nodes("four"))]), ["four", "two"]);
    }

    #[test]
    fn policies_in_lists_and_json_serve_and_keep_their_last_good_forms() {
        let folder = std::env::temp_dir().join(format!("dikast-lists-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let item = |name: &str, field: &str| policy(name, field).replace('\n', "\n    ");
        let write = |field: &str| {
            let list = format!("kind: List\nitems:\n  - {}\n  - {}\n", item("a", field), item("b", "message"));
            std::fs::write(folder.join("list.YAML"), list).unwrap();
        };
        write("message");
        std::fs::write(folder.join("other.json"), "// no policy, and no JSON").unwrap();
        let json =
            r#"{"apiVersion":"kyverno.io/v1","kind":"ClusterPolicy","metadata":{"name":"c"},"spec":{"rules":[]}}"#;
        std::fs::write(folder.join("policy.json"), json).unwrap();
        let (mut store, loaded) = PolicyStore::open(vec![folder.clone()]).unwrap();
        assert!(names(&loaded).iter().eq(["a", "b", "c"]), "{:?}", loaded.diagnostics);
        write("massage");
        let loaded = store.refresh().unwrap().unwrap();
        assert!(names(&loaded).iter().eq(["b", "c", "a"]), "{:?}", loaded.diagnostics);
        assert!(loaded.kept.iter().eq(["a"]));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_broken_policy_keeps_its_last_good_form_and_costs_no_other() {
        let folder = std::env::temp_dir().join(format!("dikast-policies-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("two.yaml");
        let write = |first: &str, second: &str| std::fs::write(&file, format!("{first}---\n{second}")).unwrap();
        write(&policy("a", "message"), &policy("b", "message"));
        let (mut store, loaded) = PolicyStore::open(vec![folder.clone()]).unwrap();
        assert_eq!((names(&loaded), loaded.has_errors()), (vec!["a".to_owned(), "b".to_owned()], false));
        assert!(store.refresh().unwrap().is_none());

        write(&policy("a", "massage"), &policy("c", "message"));
        let loaded = store.refresh().unwrap().unwrap();
        let mut serving = names(&loaded);
        serving.sort();
        assert!(loaded.has_errors());
        assert_eq!(serving, ["a", "b", "c"], "b went in a file with errors, so it is kept too");
        assert_eq!(loaded.program.rules.len(), 9, "each with its two rules for controllers");

        write(&policy("a", "message"), &policy("c", "message"));
        let loaded = store.refresh().unwrap().unwrap();
        assert_eq!((names(&loaded), loaded.kept), (vec!["a".to_owned(), "c".to_owned()], vec![]));

        // What cannot be read any more stays what it was, and a link to the folder itself is no second copy.
        std::fs::write(&file, b"\xff").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(".", folder.join("again")).unwrap();
        let loaded = store.refresh().unwrap().unwrap();
        assert_eq!((names(&loaded), loaded.problems.len()), (vec!["a".to_owned(), "c".to_owned()], 1));
        assert!(loaded.faults() > 0);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

//! What stands in folders, and what paths with wildcards stand for.

use std::path::{Path, PathBuf};

use dikast_compiler::policy_file::is_yaml;
use dikast_stdlib::wildcard;

use super::InputError;

/// The YAML files right in a folder, in the order of their names.
pub(crate) fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let failed = |error: std::io::Error| InputError::of_file(&folder.display().to_string(), error.to_string());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() && is_yaml(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The files that a path stands for: itself, or the YAML files right in it when it is a folder.
pub(crate) fn files_at(path: &Path) -> Result<Vec<PathBuf>, InputError> {
    if path.is_dir() { yaml_files(path) } else { Ok(vec![path.to_owned()]) }
}

/// The files that a path with wildcards stands for, in order; the path itself when it exists or no file fits. As in shells,
/// a wildcard fits names within one folder, and hidden ones only where it begins with a dot itself.
pub(crate) fn globbed(path: PathBuf) -> Vec<PathBuf> {
    if path.exists() {
        return vec![path];
    }
    let mut found = vec![PathBuf::new()];
    for component in path.components() {
        let name = component.as_os_str();
        found = match name.to_str().filter(|name| wildcard::is_wildcard(name)) {
            Some(pattern) => found.iter().flat_map(|folder| fitting(folder, pattern)).collect(),
            None => found.iter().map(|folder| folder.join(name)).collect(),
        };
    }
    found.retain(|path| path.is_file());
    if found.is_empty() { vec![path] } else { found }
}

/// The entries of a folder whose names fit.
fn fitting(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = std::fs::read_dir(listed).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let fits = |name: &str| wildcard::matches(pattern, name) && (pattern.starts_with('.') || !name.starts_with('.'));
    let mut fitting: Vec<PathBuf> =
        names.filter(|name| name.to_str().is_some_and(fits)).map(|name| folder.join(name)).collect();
    fitting.sort();
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_fit_in_every_part_of_a_path() {
        let folder = std::env::temp_dir().join(format!("dikast-globs-{}", std::process::id()));
        for file in ["a/x.yaml", "a/y.yaml", "b/x.yaml", "b/.x.yaml", "b/c.yaml/z"] {
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let found = |pattern: &str| {
            let files = globbed(folder.join(pattern)).into_iter();
            files.map(|file| file.strip_prefix(&folder).unwrap().display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("*/x.yaml"), ["a/x.yaml", "b/x.yaml"]);
        assert_eq!(found("?/*.yaml"), ["a/x.yaml", "a/y.yaml", "b/x.yaml"]);
        assert_eq!(found("b/.*"), ["b/.x.yaml"]);
        assert_eq!((found("a"), found("c/*")), (vec!["a".to_owned()], vec!["c/*".to_owned()]));
        assert_eq!(files_at(&folder.join("a")).unwrap().len(), 2);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

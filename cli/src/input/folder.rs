//! The files that a folder, or a wildcard in the last part of a path, stands for.

use std::path::{Path, PathBuf};

use dikast_stdlib::wildcard;

use super::InputError;

/// Whether the name of a file says that it is YAML.
pub(crate) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

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

/// The files that a wildcard in the last part of a path stands for, in order; the path itself when it is a file or stands
/// for none.
pub(crate) fn globbed(path: PathBuf) -> Vec<PathBuf> {
    let pattern = path.file_name().and_then(|name| name.to_str()).filter(|name| wildcard::is_wildcard(name));
    let (Some(pattern), Some(folder), false) = (pattern, path.parent(), path.exists()) else { return vec![path] };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let fits = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| wildcard::matches(pattern, name)) && path.is_file()
    };
    let mut found: Vec<PathBuf> = entries.filter(fits).collect();
    found.sort();
    if found.is_empty() { vec![path] } else { found }
}

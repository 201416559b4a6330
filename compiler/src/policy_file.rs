//! Which files of a folder are read for policies.

use std::ffi::OsStr;
use std::path::Path;

/// Whether a file is YAML by its name.
pub fn is_yaml(path: &Path) -> bool {
    has_extension(path, &["yaml", "yml"])
}

/// Whether a file is JSON by its name. Folders have much of it that is not about Kubernetes and need not be YAML: it is read
/// for policies only when it [speaks of them](speaks_of_policies).
pub fn is_json(path: &Path) -> bool {
    has_extension(path, &["json"])
}

/// Whether a text names one of Kyverno's groups, as each policy does.
pub fn speaks_of_policies(text: &str) -> bool {
    text.contains("kyverno.io/")
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|written| known.iter().any(|known| written.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_known_in_any_case() {
        assert!(["a.yaml", "a.YML", "b/.a.Yaml"].iter().all(|name| is_yaml(Path::new(name))));
        assert!(is_json(Path::new("a.JSON")) && !is_yaml(Path::new("a.json")));
        assert!(!is_yaml(Path::new("yaml")) && !is_yaml(Path::new("a.yaml.bak")));
    }
}

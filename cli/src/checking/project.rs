//! The settings of the project that files belong to.

use std::path::{Path, PathBuf};

use anyhow::Context;
use dikast_compiler::settings::{FILE_NAME, Settings};

/// Settings, and the folder that their paths are relative to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Project {
    /// What is set.
    pub(crate) settings: Settings,
    folder: Option<PathBuf>,
}

impl Project {
    /// The project of a command: that of a file that was named, or of the first `dikast.toml` in the folder of the first
    /// path or above it.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub(crate) fn find(named: Option<&Path>, paths: &[PathBuf]) -> anyhow::Result<Self> {
        let above = || {
            let first = paths.first().filter(|path| *path != Path::new("-"));
            let start = std::path::absolute(first.map_or(Path::new("."), PathBuf::as_path)).ok()?;
            start.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
        };
        let Some(file) = named.map(Path::to_owned).or_else(above) else { return Ok(Self::default()) };
        let failed = || format!("{} cannot be used", file.display());
        let text = std::fs::read_to_string(&file).with_context(failed)?;
        let settings = Settings::parse(&text).with_context(failed)?;
        let folder = std::path::absolute(&file).ok().and_then(|file| file.parent().map(Path::to_owned));
        Ok(Self { settings, folder })
    }

    /// Files and folders with definitions of custom resources.
    pub(crate) fn crds(&self) -> impl Iterator<Item = PathBuf> {
        self.settings.crds.iter().map(|path| self.folder.as_deref().unwrap_or(Path::new("")).join(path))
    }

    /// Whether a file is passed over.
    pub(crate) fn excludes(&self, path: &Path) -> bool {
        if self.settings.exclude.is_empty() {
            return false;
        }
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let relative = self.folder.as_deref().and_then(|folder| absolute.strip_prefix(folder).ok());
        relative.is_some_and(|path| {
            let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            self.settings.excludes(&parts.join("/"))
        })
    }
}

//! The settings of the projects that documents belong to.

use std::path::{Path, PathBuf};

use dikast_compiler::settings::{FILE_NAME, Settings};

/// The settings of a folder with all that is below it.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    folder: PathBuf,
    settings: Settings,
}

impl Project {
    /// Reads a `dikast.toml`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{} cannot be used: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| failed(&error))?;
        let settings = Settings::parse(&text).map_err(|error| failed(&error))?;
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { folder, settings })
    }

    /// The file in the nearest folder above another.
    pub(super) fn file_above(folder: &Path) -> Option<PathBuf> {
        folder.ancestors().skip(1).map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
    }

    /// The project of a file: of several around it the innermost.
    pub(super) fn of<'p>(projects: &'p [Self], file: &Path) -> Option<&'p Self> {
        let around = projects.iter().filter(|project| file.starts_with(&project.folder));
        around.max_by_key(|project| project.folder.components().count())
    }

    /// What is set.
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Files and folders with definitions of custom resources.
    pub(super) fn definitions(&self) -> impl Iterator<Item = PathBuf> {
        self.settings.crds.iter().map(|path| self.folder.join(path))
    }

    /// Whether a file is passed over.
    pub(super) fn excludes(&self, file: &Path) -> bool {
        let Ok(relative) = file.strip_prefix(&self.folder) else { return false };
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        self.settings.excludes(&parts.join("/"))
    }
}

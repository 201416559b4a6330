//! Image references as Kyverno reads them (`pkg/utils/image/infos.go`).

/// What an image reference without a registry means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageDefaults {
    /// The registry of references that name none.
    pub registry: String,
    /// Whether that registry is written into normalized references.
    pub write_registry: bool,
}

impl Default for ImageDefaults {
    fn default() -> Self {
        Self { registry: "docker.io".to_owned(), write_registry: true }
    }
}

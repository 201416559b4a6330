//! Documents that their digest names: they never change, so they are read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::exchange::Document;

/// How many bytes are kept.
const BYTES_MAX: usize = 32 << 20;

/// Documents by the name they are kept under.
#[derive(Default)]
pub(super) struct Kept {
    documents: Mutex<(HashMap<Arc<str>, Document>, usize)>,
}

impl Kept {
    /// A document that is there, or else what `load` gives.
    ///
    /// # Errors
    ///
    /// Those of `load`.
    pub(super) async fn get_or_load(
        &self,
        name: &Arc<str>,
        load: impl AsyncFnOnce() -> Result<Document, String>,
    ) -> Result<Document, String> {
        if let Some(document) = self.documents.lock().unwrap_or_else(PoisonError::into_inner).0.get(name) {
            return Ok(document.clone());
        }
        let document = load().await?;
        let mut kept = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let (documents, bytes) = &mut *kept;
        if *bytes + document.bytes.len() > BYTES_MAX {
            documents.clear();
            *bytes = 0;
        }
        if documents.insert(Arc::clone(name), document.clone()).is_none() {
            *bytes += document.bytes.len();
        }
        Ok(document)
    }
}

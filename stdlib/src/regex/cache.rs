//! Compiled expressions for a host to keep.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{GoRegex, RegexError};

/// How many expressions are kept.
const CAPACITY: usize = 128;

/// Remembers compiled expressions. Compiling takes a thousand times as long as matching, and policies ask the same few
/// expressions again and again. When it is full it forgets all; large expressions it does not keep.
#[derive(Debug, Default)]
pub struct RegexCache {
    compiled: RwLock<Option<HashMap<Box<str>, Arc<GoRegex>>>>,
}

impl RegexCache {
    /// An empty cache.
    pub const fn new() -> Self {
        Self { compiled: RwLock::new(None) }
    }

    /// The compiled expression, from memory where it is known.
    ///
    /// # Errors
    ///
    /// As [`GoRegex::compile`]; errors are not remembered.
    pub fn get(&self, expression: &str) -> Result<Arc<GoRegex>, RegexError> {
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = known.as_ref().and_then(|known| known.get(expression)) {
            return Ok(Arc::clone(regex));
        }
        drop(known);
        let regex = Arc::new(GoRegex::compile(expression)?);
        if regex.is_small {
            let mut compiled = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
            let compiled = compiled.get_or_insert_with(HashMap::new);
            if compiled.len() >= CAPACITY {
                compiled.clear();
            }
            compiled.insert(expression.into(), Arc::clone(&regex));
        }
        Ok(regex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_expressions_are_compiled_once() {
        let cache = RegexCache::new();
        let first = cache.get("a+").unwrap();
        assert!(Arc::ptr_eq(&first, &cache.get("a+").unwrap()));
        assert!(cache.get("a(").is_err());
        let large = r"\pL{80}";
        assert!(!Arc::ptr_eq(&cache.get(large).unwrap(), &cache.get(large).unwrap()));
    }

    #[test]
    fn a_full_cache_starts_again() {
        let cache = RegexCache::new();
        let first = cache.get("x").unwrap();
        for number in 0..CAPACITY {
            cache.get(&format!("x{number}")).unwrap();
        }
        assert!(!Arc::ptr_eq(&first, &cache.get("x").unwrap()));
    }
}

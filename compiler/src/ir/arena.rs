//! Arenas that programs share.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A list of nodes that clones of a program share until one of them changes it: the parts of a program for one unit or one
/// failure policy differ in their rules only.
#[derive(Clone, Debug, PartialEq)]
pub struct Arena<T>(Arc<Vec<T>>);

impl<T: Clone> Arena<T> {
    /// The nodes; copied when others still share them.
    pub fn into_vec(self) -> Vec<T> {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> From<Vec<T>> for Arena<T> {
    fn from(nodes: Vec<T>) -> Self {
        Self(Arc::new(nodes))
    }
}

impl<T> Deref for Arena<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Clone> DerefMut for Arena<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        Arc::make_mut(&mut self.0)
    }
}

impl<'a, T> IntoIterator for &'a Arena<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a, T: Clone> IntoIterator for &'a mut Arena<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

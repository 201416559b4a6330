//! Which ways rules went, for those who want to know which of them tests reach.
//!
//! Recording is off until somebody asks for it on a thread; native code does not say which way it went.

use std::cell::RefCell;

use dikast_grammar::Span;

thread_local! {
    /// The branches that the rule which runs on this thread has come to.
    static BRANCHES: RefCell<Option<Vec<Branch>>> = const { RefCell::new(None) };
}

/// A place at which a rule can go two ways, and the one that it took: a condition, an alternative of `anyPattern`, a turn of
/// a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Where it is written.
    pub span: Span,
    /// Whether the condition held, the object fitted or the turn passed.
    pub held: bool,
}

/// Ways are recorded on this thread as long as it is there.
#[derive(Debug)]
pub struct Recording(());

impl Recording {
    /// Begins.
    pub fn begin() -> Self {
        BRANCHES.set(Some(Vec::new()));
        Self(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        BRANCHES.set(None);
    }
}

/// Notes the way that was taken at a place.
pub(super) fn note(span: Option<Span>, held: bool) {
    BRANCHES.with_borrow_mut(|branches| {
        if let (Some(branches), Some(span)) = (branches, span) {
            branches.push(Branch { span, held });
        }
    });
}

/// What was noted since this was asked last.
pub(super) fn take() -> Vec<Branch> {
    BRANCHES.with_borrow_mut(|branches| branches.as_mut().map(std::mem::take).unwrap_or_default())
}

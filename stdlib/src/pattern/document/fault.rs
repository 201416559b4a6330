//! Mismatches on their way up to the root of a pattern.

use super::FailureKind;

/// A mismatch and how it counts where it arrives.
#[derive(Debug)]
pub(super) struct Fault {
    nature: Nature,
    /// Where it arose, or the nearest map or list that it made skip.
    pub(super) path: String,
    pub(super) message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// Raised by an anchor, not yet taken in by a map or list.
    Anchor(FailureKind),
    /// A map or list that does not apply, because of anchors in it.
    Skip(FailureKind),
    /// A mismatch proper.
    Mismatch,
    TooDeep,
}

impl Fault {
    pub(super) fn mismatch(path: &str, message: String) -> Self {
        Self { nature: Nature::Mismatch, path: path.to_owned(), message }
    }

    pub(super) fn too_deep(path: &str) -> Self {
        let message = "the resource or the pattern is nested too deep".to_owned();
        Self { nature: Nature::TooDeep, path: path.to_owned(), message }
    }

    /// What an anchor raises.
    pub(super) fn of_anchor(kind: FailureKind, path: String, reason: &str) -> Self {
        let prefix = match kind {
            FailureKind::Conditional => "conditional anchor mismatch",
            FailureKind::Global => "global anchor mismatch",
            _ => "negation anchor matched in resource",
        };
        Self { nature: Nature::Anchor(kind), path, message: format!("{prefix}: {reason}") }
    }

    /// The skip of a map or list as a whole; nothing without causes.
    pub(super) fn skip_of(causes: Vec<Fault>, path: &str) -> Option<Self> {
        let kind = causes.first()?.kind();
        let messages: Vec<String> = causes.into_iter().map(|cause| cause.message).collect();
        Some(Self { nature: Nature::Skip(kind), path: path.to_owned(), message: messages.join("; ") })
    }

    pub(super) fn kind(&self) -> FailureKind {
        match self.nature {
            Nature::Anchor(kind) | Nature::Skip(kind) => kind,
            Nature::Mismatch => FailureKind::Mismatch,
            Nature::TooDeep => FailureKind::TooDeep,
        }
    }

    /// Whether the part of the pattern that it comes from does not apply.
    pub(super) fn is_skip(&self) -> bool {
        matches!(self.kind(), FailureKind::Conditional | FailureKind::Global)
    }

    /// Whether an anchor raised it that stands in the map where it arrives, as opposed to a map or list below.
    pub(super) fn is_direct(&self) -> bool {
        matches!(self.nature, Nature::Anchor(_))
    }

    pub(super) fn is_too_deep(&self) -> bool {
        self.nature == Nature::TooDeep
    }
}

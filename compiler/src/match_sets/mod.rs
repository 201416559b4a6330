//! The requests that match and exclude blocks let in, as sets.
//!
//! A block is a union of [`Region`]s, each of which is a conjunction of criteria. The algebra is sound and not complete:
//! what it calls empty or covered is so for every request; where user names, roles or labels leave a chance it says
//! nothing.
//!
//! | module | what |
//! |---|---|
//! | `region` | conjunctions: contradictions, and which holds all of which |
//! | `glob` | wildcards that have a text in common, and wildcards that hold all of another |
//! | `labels` | requirements on labels |
//! | `operations` | sets of operations |

mod glob;
mod labels;
mod operations;
mod region;

pub(crate) use operations::Operations;
pub(crate) use region::{Criterion, Region};

use crate::ir::Quantifier;
use crate::model::MatchBlock;

/// A union of regions.
#[derive(Clone, Debug)]
pub(crate) struct MatchSet<'t> {
    regions: Vec<Region<'t>>,
}

impl<'t> MatchSet<'t> {
    /// What a block lets in.
    pub(crate) fn of(block: &MatchBlock<'t>) -> Self {
        let mut filters = block.filters.iter().map(Region::of);
        let regions = match block.quantifier {
            Quantifier::Any => filters.collect(),
            Quantifier::All => filters.next().map(|first| filters.fold(first, Region::and)).into_iter().collect(),
        };
        Self { regions }
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.regions.iter().all(Region::is_empty)
    }

    /// What is left without everything of another set. A region that is only partly in it stays as it is.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let is_left = |region: &&Region<'t>| !other.regions.iter().any(|taken| taken.covers(region));
        Self { regions: self.regions.iter().filter(is_left).cloned().collect() }
    }

    /// Whether all of another set is in this one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        other.regions.iter().all(|region| self.regions.iter().any(|whole| whole.covers(region)))
    }

    /// Whether something of a region may be in it.
    pub(crate) fn meets(&self, other: &Region<'t>) -> bool {
        self.regions.iter().any(|region| !region.clone().and(other.clone()).is_empty())
    }

    /// The operations that can come.
    pub(crate) fn operations(&self) -> Operations {
        let possible = self.regions.iter().filter(|region| !region.is_empty()).map(Region::operations);
        possible.reduce(Operations::or).unwrap_or(Operations::NONE)
    }
}

#[cfg(test)]
mod tests;

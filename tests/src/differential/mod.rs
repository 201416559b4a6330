//! Native code against the interpreter on generated cases.
//!
//! A seed gives either a few policies with reviews, or a question (an expression, a template, a condition or a pattern)
//! with documents. Everything is made of one small vocabulary with types, so that most expressions find what they ask
//! for; now and then a member is missing or of another type. The same seed always gives the same cases.
//!
//! | module | what |
//! |---|---|
//! | [`chance`] | repeatable chance |
//! | [`document`] | documents |
//! | [`expression`] | typed expressions |
//! | [`template`] | texts and documents with variables |
//! | [`condition`] | conditions |
//! | [`pattern`] | patterns |
//! | [`policy`] | policies and reviews |
//! | [`question()`] | asks both engines a question |
//! | [`verdict`] | has both engines decide reviews |
//! | [`tally`] | what cases came to |

mod chance;
mod condition;
mod document;
mod expression;
mod pattern;
mod policy;
mod question;
mod tally;
mod template;
mod verdict;

use dikast_stdlib::functions::Isolated;

pub use question::question;
pub use tally::Tally;
pub use verdict::policies;

/// The same moment and the same chance for both engines, and no network.
const ENVIRONMENT: Isolated = Isolated { now_unix_ns: 1_700_000_000_000_000_000 };

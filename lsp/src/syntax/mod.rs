//! Reading a text that is being typed, which most of the time is not quite YAML.
//!
//! | module | what |
//! |---|---|
//! | `place` | where in a document a byte stands, told from indentation |
//! | `line` | the dashes and the key that begin a line |
//! | `flow` | the same inside brackets and quotes |
//! | `repair` | the document without the lines that keep it from being read |
//! | `expression` | the expression around a byte, and what is asked of what there |

mod expression;
mod flow;
mod line;
mod place;
mod repair;

pub(crate) use expression::{Expression, expression_at};
pub(crate) use place::{Place, Spot, Step};
pub(crate) use repair::parse;

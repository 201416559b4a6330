//! Text with `{{ }}` variables (Kyverno `pkg/engine/variables/vars.go`).
//!
//! Kyverno substitutes in rounds: it finds the variables of the text, replaces each by its value, and looks again, until
//! no variable is left. So a variable may stand in the expression of another one, and values may hold variables.
//! [`Template::parse`] plays the rounds on the text alone, with a stand-in for each value, and says what the text means as
//! long as no value forms a variable with what stands around it.

mod rounds;
mod scan;

pub use rounds::{Form, Piece, Template, Variable};
pub use scan::{Found, find_variables, strip_braces, unescape};

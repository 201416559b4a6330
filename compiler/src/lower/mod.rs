//! From the model to the IR.

pub mod expression;

//! Numbers, quantities and durations.

pub(super) mod abs;
pub(super) mod add;
pub(super) mod avg;
pub(super) mod ceil;
pub(super) mod divide;
pub(super) mod floor;
pub(super) mod modulo;
pub(super) mod multiply;
mod operand;
mod power;
pub(super) mod round;
pub(super) mod subtract;
pub(super) mod sum;

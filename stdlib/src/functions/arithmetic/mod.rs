//! Numbers, quantities and durations.

pub(super) mod abs;
pub(super) mod avg;
pub(super) mod ceil;
pub(super) mod floor;
pub(super) mod round;

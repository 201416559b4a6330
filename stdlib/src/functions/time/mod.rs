//! Instants and durations. Instants are texts in RFC 3339, read with a fraction and written without.

pub(super) mod time_add;
pub(super) mod time_after;
pub(super) mod time_before;
pub(super) mod time_between;
pub(super) mod time_diff;
pub(super) mod time_now;
pub(super) mod time_now_utc;
pub(super) mod time_parse;
pub(super) mod time_since;
pub(super) mod time_to_cron;
pub(super) mod time_truncate;
pub(super) mod time_utc;

use super::{Arguments, FunctionError};
use crate::duration::GoDuration;
use crate::time::{RFC3339, Time};

/// The instant at a position.
fn instant(arguments: Arguments<'_>, at: usize) -> Result<Time, FunctionError> {
    Time::parse(RFC3339, arguments.text(at)?).map_err(FunctionError::failed)
}

/// The duration at a position.
fn duration(arguments: Arguments<'_>, at: usize) -> Result<GoDuration, FunctionError> {
    GoDuration::parse(arguments.text(at)?).map_err(FunctionError::failed)
}

//! Instants as Go's package `time` reads, computes and prints them.

mod civil;
mod fields;
mod layout;
mod parse;

use std::cmp::Ordering;
use std::fmt;

pub use parse::TimeError;

use crate::duration::GoDuration;
use civil::Civil;

/// The layout of RFC 3339.
pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";

const NANOSECONDS: i128 = 1_000_000_000;

/// Seconds from the beginning of year 1 to 1970.
const UNIX_EPOCH: i128 = 62_135_596_800;

/// An instant with the zone that it is shown in.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// Nanoseconds since 1970 UTC.
    unix_ns: i128,
    /// How far the zone is ahead of UTC, in seconds.
    offset: i32,
}

impl Time {
    /// An instant by its distance from 1970 UTC, in a zone that many seconds ahead of UTC.
    pub fn from_unix_ns(unix_ns: i128, offset: i32) -> Self {
        Self { unix_ns, offset }
    }

    /// An instant by its distance from 1970 in seconds, in UTC.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self { unix_ns: i128::from(seconds) * NANOSECONDS, offset: 0 }
    }

    /// Reads an instant in a layout of Go (`time.Parse`), the local zone being UTC.
    ///
    /// # Errors
    ///
    /// Go's text, which names the part of the layout that does not fit.
    pub fn parse(layout: &str, text: &str) -> Result<Self, TimeError> {
        parse::parse(layout, text)
    }

    /// The same instant shown in UTC.
    pub fn to_utc(self) -> Self {
        Self { offset: 0, ..self }
    }

    /// The instant so much later.
    pub fn plus(self, duration: GoDuration) -> Self {
        Self { unix_ns: self.unix_ns + i128::from(duration.nanoseconds()), ..self }
    }

    /// How long after `earlier` it is; the longest duration when that is too long to hold.
    pub fn since(self, earlier: Self) -> GoDuration {
        let difference = self.unix_ns - earlier.unix_ns;
        GoDuration(difference.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }

    /// Rounded down to a multiple of a duration since the beginning of year 1; a duration that is not positive changes
    /// nothing.
    pub fn truncate(self, duration: GoDuration) -> Self {
        if duration.nanoseconds() <= 0 {
            return self;
        }
        let since_year_1 = self.unix_ns + UNIX_EPOCH * NANOSECONDS;
        Self { unix_ns: self.unix_ns - since_year_1.rem_euclid(i128::from(duration.nanoseconds())), ..self }
    }

    /// The order of two instants, whatever zones they are shown in.
    pub fn compare(self, other: Self) -> Ordering {
        self.unix_ns.cmp(&other.unix_ns)
    }

    /// The cron schedule of its minute, hour, day, month and weekday in its zone.
    pub fn to_cron(self) -> String {
        let civil = self.civil();
        format!("{} {} {} {} {}", civil.minute, civil.hour, civil.day, civil.month, civil.weekday)
    }

    fn civil(self) -> Civil {
        Civil::of(self.unix_ns.div_euclid(NANOSECONDS) + i128::from(self.offset))
    }
}

/// RFC 3339 without a fraction.
impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second, .. } = self.civil();
        let sign = if year < 0 { "-" } else { "" };
        let year = year.unsigned_abs();
        write!(out, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if self.offset == 0 {
            return out.write_str("Z");
        }
        let minutes = self.offset / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.unsigned_abs();
        write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests;

//! The fields of a time as they are read, and the instant that they make together.

use super::civil::{days_in, days_since_1970, is_leap};
use super::{NANOSECONDS, Time};

/// What has been read so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) year: i64,
    pub(super) month: Option<i64>,
    pub(super) day: Option<i64>,
    pub(super) day_of_year: Option<i64>,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) nanosecond: i64,
    /// `AM` was written.
    pub(super) morning: bool,
    /// `PM` was written, which counts even if `AM` was too.
    pub(super) afternoon: bool,
    pub(super) zones: Zones,
}

/// The zones that were written; a layout may have several.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Zones {
    /// `Z` or `UTC`.
    pub(super) utc: bool,
    /// So many seconds ahead of UTC.
    pub(super) offset: Option<i64>,
    /// A name. Only `GMT` with a number of hours says how far ahead of UTC the time is shown, in seconds; the time itself
    /// is taken for UTC all the same.
    pub(super) named: Option<i64>,
}

impl Zones {
    /// How far the written time is ahead of UTC, and how far ahead it is shown.
    fn ahead_and_shown(self) -> (i64, i64) {
        match self {
            Self { utc: true, .. } => (0, 0),
            // Go marks "no offset" with -1 and so does not see an offset of one second.
            Self { offset: Some(offset), .. } if offset != -1 => (offset, offset),
            Self { named, .. } => (0, named.unwrap_or(0)),
        }
    }
}

impl Fields {
    /// The instant; otherwise what Go says of the fields.
    pub(super) fn instant(self) -> Result<Time, &'static str> {
        let hour = match self.hour {
            hour if self.afternoon && hour < 12 => hour + 12,
            12 if self.morning && !self.afternoon => 0,
            hour => hour,
        };
        let (month, day) = self.date()?;
        let days = days_since_1970(self.year, month, day);
        let seconds = ((days * 24 + hour) * 60 + self.minute) * 60 + self.second;
        let (ahead, shown) = self.zones.ahead_and_shown();
        let unix_ns = i128::from(seconds - ahead) * NANOSECONDS + i128::from(self.nanosecond);
        Ok(Time::from_unix_ns(unix_ns, shown as i32))
    }

    fn date(&self) -> Result<(i64, i64), &'static str> {
        let (month, day) = match self.day_of_year {
            Some(day_of_year) => self.date_of_day(day_of_year)?,
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        if (1..=days_in(month, self.year)).contains(&day) { Ok((month, day)) } else { Err(": day out of range") }
    }

    fn date_of_day(&self, day_of_year: i64) -> Result<(i64, i64), &'static str> {
        if !(1..=365 + i64::from(is_leap(self.year))).contains(&day_of_year) {
            return Err(": day-of-year out of range");
        }
        let (mut month, mut day) = (1, day_of_year);
        while day > days_in(month, self.year) {
            day -= days_in(month, self.year);
            month += 1;
        }
        if self.month.is_some_and(|given| given != month) {
            return Err(": day-of-year does not match month");
        }
        if self.day.is_some_and(|given| given != day) {
            return Err(": day-of-year does not match day");
        }
        Ok((month, day))
    }
}

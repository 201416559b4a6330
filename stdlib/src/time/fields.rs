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
    pub(super) half: Option<Half>,
    pub(super) zone: Option<Zone>,
}

/// A half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
}

/// A zone as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// `Z` or `UTC`.
    Utc,
    /// So many seconds ahead of UTC.
    Offset(i64),
    /// A name. Only `GMT` with a number of hours says where it is; the time is taken for UTC all the same.
    Named {
        /// How far ahead of UTC the time is shown, in seconds.
        shown: i64,
    },
}

impl Fields {
    /// The instant; otherwise what Go says of the fields.
    pub(super) fn instant(self) -> Result<Time, &'static str> {
        let hour = match self.half {
            Some(Half::Afternoon) if self.hour < 12 => self.hour + 12,
            Some(Half::Morning) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let (month, day) = self.date()?;
        let days = days_since_1970(self.year, month, day);
        let seconds = ((days * 24 + hour) * 60 + self.minute) * 60 + self.second;
        let (ahead, shown) = match self.zone {
            // Go marks "no offset" with -1 and so does not see an offset of one second.
            None | Some(Zone::Utc | Zone::Offset(-1)) => (0, 0),
            Some(Zone::Offset(offset)) => (offset, offset),
            Some(Zone::Named { shown }) => (0, shown),
        };
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

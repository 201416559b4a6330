//! The calendar: days since 1970 and their dates in the proleptic Gregorian calendar.

/// A date and time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    /// 0 is Sunday.
    pub(super) weekday: u8,
}

const DAY: i128 = 86_400;

/// Days from the first of March of year 0 to 1970.
const MARCH_OF_YEAR_0: i128 = 719_468;

/// Days of 400 years.
const ERA: i128 = 146_097;

impl Civil {
    /// The date and time so many seconds after 1970.
    pub(super) fn of(seconds: i128) -> Self {
        let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // Years are counted from March here, so that the day that comes and goes is the last one.
        let shifted = days + MARCH_OF_YEAR_0;
        let (era, day_of_era) = (shifted.div_euclid(ERA), shifted.rem_euclid(ERA));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i128::from(month <= 2);
        Self {
            year: year as i64,
            month: month as u8,
            day: day as u8,
            hour: (second / 3_600) as u8,
            minute: (second / 60 % 60) as u8,
            second: (second % 60) as u8,
            weekday: (days + 4).rem_euclid(7) as u8,
        }
    }
}

/// Days from 1970 to a date; the month counts from 1.
pub(super) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA as i64 + day_of_era - MARCH_OF_YEAR_0 as i64
}

/// Whether a year has a 29th of February.
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub(super) fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        for days in (-1_000_000..1_000_000).step_by(61) {
            let civil = Civil::of(i128::from(days) * DAY);
            let (year, month, day) = (civil.year, i64::from(civil.month), i64::from(civil.day));
            assert_eq!(days_since_1970(year, month, day), days);
            assert!((1..=days_in(month, year)).contains(&day));
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(Civil::of(0).weekday, 4);
        assert_eq!(
            Civil::of(-1),
            Civil { year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59, weekday: 3 }
        );
    }
}

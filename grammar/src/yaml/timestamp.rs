//! Whether a text is a timestamp; only a `!!timestamp` tag asks.

/// Whether go-yaml reads a text as a point in time: a date, alone or with a time of day.
///
/// Timestamps stay text, so nothing needs their value.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut rest = Digits(text.as_bytes());
    let Some(date) = rest.date() else { return false };
    if !is_day(date) {
        return false;
    }
    match rest.0.first() {
        None => true,
        Some(b'T' | b't') => {
            rest.skip(1);
            rest.time() && rest.zone() && rest.0.is_empty()
        }
        Some(b' ') => {
            rest.skip(1);
            rest.time() && rest.0.is_empty()
        }
        Some(_) => false,
    }
}

fn is_day((year, month, day): (u32, u32, u32)) -> bool {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// What is left to read.
struct Digits<'t>(&'t [u8]);

impl Digits<'_> {
    fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    /// A number of `least` to `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let digits = self.0.get(..count)?;
        self.skip(count);
        Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    fn literal(&mut self, byte: u8) -> Option<()> {
        let is_next = self.0.first() == Some(&byte);
        if is_next {
            self.skip(1);
        }
        is_next.then_some(())
    }

    fn date(&mut self) -> Option<(u32, u32, u32)> {
        let year = self.number(4, 4)?;
        self.literal(b'-')?;
        let month = self.number(1, 2)?;
        self.literal(b'-')?;
        let day = self.number(1, 2)?;
        Some((year, month, day))
    }

    fn time(&mut self) -> bool {
        self.hour_minute_second().is_some_and(|(hour, minute, second)| hour < 24 && minute < 60 && second < 60)
            && self.fraction()
    }

    fn hour_minute_second(&mut self) -> Option<(u32, u32, u32)> {
        let hour = self.number(1, 2)?;
        self.literal(b':')?;
        let minute = self.number(1, 2)?;
        self.literal(b':')?;
        let second = self.number(1, 2)?;
        Some((hour, minute, second))
    }

    /// Digits after a point or comma, if there is one.
    fn fraction(&mut self) -> bool {
        if !matches!(self.0.first(), Some(b'.' | b',')) {
            return true;
        }
        self.skip(1);
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.skip(digits);
        digits > 0
    }

    /// `Z` or an offset such as `+02:00`.
    fn zone(&mut self) -> bool {
        match self.0.first() {
            Some(b'Z') => {
                self.skip(1);
                true
            }
            Some(b'+' | b'-') => {
                self.skip(1);
                let offset = self.number(2, 2).zip(self.literal(b':')).zip(self.number(2, 2));
                offset.is_some_and(|((hours, ()), minutes)| hours <= 24 && minutes <= 60)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_timestamp;

    #[test]
    fn dates_and_times() {
        for text in [
            "2001-12-14",
            "2001-1-4",
            "2000-02-29",
            "2001-12-14T21:59:43Z",
            "2001-12-14t1:2:3.25+05:30",
            "2001-12-14 21:59:43.1234567890",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "2001",
            "2001-13-01",
            "2001-02-29",
            "2001-1",
            "01-01-2001",
            "2001-12-14T24:00:00Z",
            "2001-12-14T21:59:43",
            "2001-12-14 21:59:43Z",
            "2001-12-14 21:59",
            "2001-12-14 21:59:43.",
            "2001-12-14 soon",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}

use super::*;

fn parse(layout: &str, text: &str) -> String {
    Time::parse(layout, text).map_or_else(|error| error.to_string(), |time| time.to_string())
}

#[test]
fn layouts_are_read() {
    let cases = [
        (RFC3339, "2024-02-29T23:05:00+02:00", "2024-02-29T23:05:00+02:00"),
        (RFC3339, "2024-02-29T23:05:00.5Z", "2024-02-29T23:05:00Z"),
        (RFC3339, "2024-02-29T3:05:00,5Z", "2024-02-29T03:05:00Z"),
        (RFC3339, "2020-01-02T10:11:12+24:60", "2020-01-02T10:11:12+25:00"),
        ("Mon Jan _2 15:04:05 2006", "Thu Feb  4 21:00:57 2010", "2010-02-04T21:00:57Z"),
        ("Monday, 02-Jan-06 15:04:05 MST", "thursday, 04-feb-70 21:00:57 PST", "1970-02-04T21:00:57Z"),
        ("2006-01-02 MST", "2020-01-02 GMT+3", "2020-01-02T03:00:00+03:00"),
        ("2006-01-02 MST", "2020-01-02 +05", "2020-01-02T00:00:00Z"),
        ("2006-01-02 15:04 Z070000", "2020-01-02 10:00 -000001", "2020-01-02T10:00:00Z"),
        ("2006-01-02 15:04 -0700", "2020-01-02 10:00 -0001", "2020-01-02T10:00:00-00:01"),
        ("-0700 MST Z07", "+0100 GMT+3 Z", "0000-01-01T00:00:00Z"),
        ("MST -0700", "GMT+3 -0100", "0000-01-01T00:00:00-01:00"),
        ("3:04PM", "12:04AM", "0000-01-01T00:04:00Z"),
        ("3:04pm", "3:04pm", "0000-01-01T15:04:00Z"),
        ("002 2006", "366 2020", "2020-12-31T00:00:00Z"),
        ("2006 __2", "2021  60", "2021-03-01T00:00:00Z"),
        ("2006-01-02 15:04:05.999", "2021-02-20 10:00:00", "2021-02-20T10:00:00Z"),
        ("06  1", "69 7", "1969-07-01T00:00:00Z"),
        ("", "", "0000-01-01T00:00:00Z"),
    ];
    for (layout, text, time) in cases {
        assert_eq!(parse(layout, text), time, "{text} as {layout}");
    }
}

#[test]
fn refusals_have_go_s_words() {
    let cases = [
        (RFC3339, "now", r#"parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006""#),
        ("15:04", "25:00", r#"parsing time "25:00": hour out of range"#),
        ("2006-01-02", "2021-02-29", r#"parsing time "2021-02-29": day out of range"#),
        ("2006-01-02", "2021-13-01", r#"parsing time "2021-13-01": month out of range"#),
        ("2006", "20061", r#"parsing time "20061": extra text: "1""#),
        ("é2", "é", r#"parsing time "\xc3\xa9" as "\xc3\xa92": cannot parse "" as "2""#),
        ("002 2006", "366 2021", r#"parsing time "366 2021": day-of-year out of range"#),
        ("01/02 002 2006", "03/02 060 2021", r#"parsing time "03/02 060 2021": day-of-year does not match day"#),
        ("-07:00", "-25:00", r#"parsing time "-25:00": time zone offset hour out of range"#),
        ("5.000", "1.12", r#"parsing time "1.12" as "5.000": cannot parse ".12" as ".000""#),
        ("MST", "CEST5", r#"parsing time "CEST5": extra text: "5""#),
        ("MST", "Cet", r#"parsing time "Cet" as "MST": cannot parse "Cet" as "MST""#),
    ];
    for (layout, text, message) in cases {
        assert_eq!(parse(layout, text), message);
    }
}

#[test]
fn instants_are_computed_with() {
    let time = |text| Time::parse(RFC3339, text).unwrap();
    let duration = |text| GoDuration::parse(text).unwrap();
    assert_eq!(time("2024-02-28T23:30:00Z").plus(duration("1h")).to_string(), "2024-02-29T00:30:00Z");
    assert_eq!(time("0000-01-01T00:00:00Z").plus(duration("-100h")).to_string(), "-0001-12-27T20:00:00Z");
    assert_eq!(time("9999-12-31T23:59:59Z").plus(duration("1s")).to_string(), "10000-01-01T00:00:00Z");
    assert_eq!(time("2024-01-01T01:00:00+01:00").since(time("2023-12-31T23:00:00Z")).to_string(), "1h0m0s");
    assert_eq!(time("9999-01-01T00:00:00Z").since(time("0001-01-01T00:00:00Z")), GoDuration(i64::MAX));
    assert_eq!(time("2020-01-02T10:11:12Z").truncate(duration("7m")).to_string(), "2020-01-02T10:08:00Z");
    assert_eq!(time("0000-01-02T10:11:12Z").truncate(duration("7m")).to_string(), "0000-01-02T10:07:00Z");
    assert_eq!(time("2020-01-02T10:11:12Z").truncate(duration("-1h")).to_string(), "2020-01-02T10:11:12Z");
    assert_eq!(time("2024-02-29T23:05:00+02:00").to_utc().to_string(), "2024-02-29T21:05:00Z");
    assert_eq!(time("2024-02-29T23:05:00+02:00").to_cron(), "5 23 29 2 4");
    assert_eq!(Time::from_unix_seconds(1_000_000_000_000_000).to_string(), "31690708-07-05T01:46:40Z");
}

proptest::proptest! {
    #[test]
    fn what_is_printed_reads_back(seconds in -62_167_219_200i64..253_402_300_799, offset in -1439i32..1439) {
        let time = Time::from_unix_ns(i128::from(seconds) * NANOSECONDS, offset * 60);
        // Go's two spellings of UTC.
        let printed = time.to_string();
        if !printed.starts_with('-') && !printed.starts_with("10000") {
            proptest::prop_assert_eq!(Time::parse(RFC3339, &printed).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn any_layout_and_text_parse_or_err(layout in r"[-+0-9 JanMoSTZPm:.,_é]{0,16}", text in r"[-+0-9 JanGMTZ:.,é]{0,16}") {
        let _ = Time::parse(&layout, &text).map(|time| time.to_string());
    }
}

use proptest::prelude::*;

use super::*;

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn prints_the_canonical_form() {
    let cases = [
        ("0", "0"),
        ("0Ki", "0"),
        ("007", "007"),
        ("0.5", "500m"),
        ("100m", "100m"),
        ("1000m", "1"),
        ("1.5", "1500m"),
        ("1.5Gi", "1536Mi"),
        ("1024Ki", "1Mi"),
        ("1000Ki", "1000Ki"),
        ("0.5Ki", "512"),
        ("512Ki", "512Ki"),
        ("1e3", "1e3"),
        ("1000000e0", "1e6"),
        ("1E", "1E"),
        ("12e1", "120"),
        ("+5", "+5"),
        ("-1.5k", "-1500"),
        ("0.1n", "1n"),
        ("1.0000000001", "1000000001n"),
        ("9Ei", "9223372036854775807"),
        ("-9Ei", "-9223372036854775807"),
        ("0.0001Ki", "102400u"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e4294967296", "1e4294967296"),
        ("1000e4294967296", "1e3"),
    ];
    for (text, canonical) in cases {
        assert_eq!(quantity(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn reads_suffixes_without_number_as_zero() {
    for text in ["Mi", "k", "E", ".", "+", "-", "e5"] {
        assert!(quantity(text).is_zero(), "{text}");
    }
}

#[test]
fn refuses_what_is_no_quantity() {
    let cases = [
        ("", QuantityError::Format),
        (" 1", QuantityError::Format),
        ("1K", QuantityError::Suffix),
        ("5g", QuantityError::Format),
        ("1.2.3", QuantityError::Format),
        ("é", QuantityError::Format),
        ("e", QuantityError::Suffix),
        ("1Kii", QuantityError::Suffix),
        ("1e99999999999999999999", QuantityError::Suffix),
        ("e-20", QuantityError::Number),
    ];
    for (text, error) in cases {
        assert_eq!(Quantity::parse(text), Err(error), "{text}");
    }
}

#[test]
fn compares_exactly() {
    use Ordering::{Equal, Greater, Less};
    let cases = [
        ("1Gi", "1024Mi", Equal),
        ("100m", "0.1", Equal),
        ("1e3", "1k", Equal),
        ("9007199254740993", "9007199254740992", Greater),
        ("-1", "1m", Less),
        ("-2", "-3", Greater),
        ("1e999999", "1e999998", Greater),
        ("1e30", "1e2147483647", Less),
        ("12345678901234567890123456789012345678901234567890", "1e49", Greater),
        ("10000000000000000000000000000000000000000000000000", "1e49", Equal),
        ("0", "-0", Equal),
    ];
    for (left, right, order) in cases {
        assert_eq!(quantity(left).compare(&quantity(right)), order, "{left} {right}");
        assert_eq!(quantity(right).compare(&quantity(left)), order.reverse(), "{right} {left}");
    }
}

#[test]
fn computes_as_kyverno_does() {
    assert_eq!(quantity("10Ki").add(&quantity("1Mi")).unwrap().to_string(), "1034Ki");
    assert_eq!(quantity("0").add(&quantity("1Mi")).unwrap().to_string(), "1Mi");
    assert_eq!(quantity("1").subtract(&quantity("1500m")).unwrap().to_string(), "-500m");
    assert_eq!(quantity("999").add(&quantity("1")).unwrap().to_string(), "1k");
    assert_eq!(quantity("1Ki").multiply(&quantity("1.5")).unwrap().to_string(), "1536");
    assert_eq!(quantity("12").divide(&quantity("5")).unwrap().to_string(), "2");
    assert_eq!(quantity("12.0").divide(&quantity("5")).unwrap().to_string(), "2400m");
    assert_eq!(quantity("-7").remainder(&quantity("4")).unwrap().to_string(), "-3");
    assert_eq!(quantity("1Gi").ratio(&quantity("512Mi")), Ok(2.0));
    assert_eq!(quantity("1").divide(&quantity("0")), Err(QuantityError::DivisionByZero));
    assert_eq!(quantity("1").ratio(&quantity("0")), Err(QuantityError::DivisionByZero));
    assert_eq!(quantity("1.5").remainder(&quantity("1")), Err(QuantityError::NotWhole));
    assert_eq!(quantity("1e100000").add(&quantity("1")), Err(QuantityError::TooLong));
}

#[test]
fn a_megabyte_of_digits_takes_no_time() {
    let text = format!("{}.{}Ki", "7".repeat(500_000), "3".repeat(500_000));
    let start = std::time::Instant::now();
    assert_eq!(quantity(&text).to_string(), i64::MAX.to_string());
    let decimal = quantity(&"7".repeat(1_000_000));
    assert_eq!(decimal.compare(&quantity(&"7".repeat(999_999))), Ordering::Greater);
    assert!(start.elapsed().as_secs() < 5);
}

proptest! {
    #[test]
    fn any_text_parses_or_errs(text in "[-+.0-9a-zA-Zé]{0,40}", sane in "[-+]?[0-9]{0,25}[.]?[0-9]{0,25}(e-?[0-9]{1,10}|[numkMGTPE]|[KMGTPE]i)?") {
        for text in [text, sane] {
            if let Ok(parsed) = Quantity::parse(&text) {
                let printed = parsed.to_string();
                prop_assert_eq!(parsed.compare(&parsed), Ordering::Equal);
                prop_assert!(!printed.is_empty());
            }
        }
    }

    #[test]
    fn computing_agrees_with_integers(a in -1_000_000_000_000i64..1_000_000_000_000, b in -1_000_000i64..1_000_000) {
        let (x, y) = (Quantity::from_int(a), Quantity::from_int(b));
        prop_assert_eq!(x.compare(&y), a.cmp(&b));
        prop_assert_eq!(x.add(&y).unwrap().compare(&Quantity::from_int(a + b)), Ordering::Equal);
        prop_assert_eq!(x.subtract(&y).unwrap().compare(&Quantity::from_int(a - b)), Ordering::Equal);
        prop_assert_eq!(x.multiply(&y).unwrap().compare(&Quantity::from_int(a * b)), Ordering::Equal);
        if b != 0 {
            prop_assert_eq!(x.divide(&y).unwrap().compare(&Quantity::from_int(a / b)), Ordering::Equal);
            prop_assert_eq!(x.remainder(&y).unwrap().compare(&Quantity::from_int(a % b)), Ordering::Equal);
        }
    }
}

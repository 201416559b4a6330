//! The commonest expressions have the same values by native code, by the `jmespath` crate and by hand.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use dikast_runtime::document::Frame;
use dikast_stdlib::Value;
use dikast_tests::expressions::{CASES, DOCUMENT, Native, compiled_by_crate, crate_from_text};

#[test]
fn all_ways_give_the_same_value() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut frame = Frame::default();
    for case in &CASES {
        let found = Native::new(case.expression).unwrap().from_text(&mut frame, DOCUMENT);
        let by_crate = crate_from_text(&compiled_by_crate(case.expression).unwrap(), DOCUMENT).unwrap();
        let by_crate: Value = serde_json::from_str(&by_crate.to_string()).unwrap();
        assert_eq!(found, Some(by_crate.to_floats()), "{}", case.expression);
        assert_eq!(found, (case.from_text)(DOCUMENT), "{}", case.expression);
        assert_eq!(found, (case.from_value)(&document), "{}", case.expression);
    }
}

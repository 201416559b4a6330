//! How often memory is taken between the bytes of a review and its verdict, against the committed counts.
//!
//! The counts are those of one request after a warm-up, by one thread. Where they change for a reason,
//! `DIKAST_UPDATE_COUNTS=1 cargo test -p dikast-tests --test allocations` writes the file anew, so that a regression is a
//! difference that somebody has to look at.

use std::fmt::Write as _;

use dikast_runtime::native::{NativeProgram, Scratch};
use dikast_runtime::request::Surroundings;
use dikast_stdlib::functions::Isolated;
use dikast_tests::subjects::{self, POD_SECURITY};

const COMMITTED: &str = include_str!("../benches/allocations.txt");

#[test]
fn verdicts_take_as_much_memory_as_is_written_down() {
    let native = NativeProgram::new(subjects::compile("pod-security.yaml", POD_SECURITY));
    let surroundings = Surroundings::default();
    let mut counts =
        String::from("# Allocations from the bytes of a review to the verdict of native code, after a warm-up.\n");
    for (size, containers) in [("small", 1), ("medium", 3), ("large", 10)] {
        for (what, good) in [("allowed", true), ("denied", false)] {
            let body = subjects::pod_review(containers, good);
            native.verdicts(&body, &surroundings, &Isolated::EPOCH).unwrap();
            let mut scratch = Scratch::default();
            let mut decide = || subjects::verdict(&native, &mut scratch, &body, &surroundings).unwrap();
            assert_eq!([decide(), decide()], [Some(good); 2]);
            let count = allocation_counter::measure(|| {
                decide();
            });
            let _ = writeln!(counts, "Pod {size} {what} {}", count.count_total);
        }
    }
    if std::env::var_os("DIKAST_UPDATE_COUNTS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/allocations.txt");
        std::fs::write(path, counts).unwrap();
    } else {
        assert_eq!(counts, COMMITTED);
    }
}

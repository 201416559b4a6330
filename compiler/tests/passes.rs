//! Golden IR: each file of `passes/` is a program with the pass to run in its first line; the snapshot of the same name
//! is what comes out. Refresh with `INSTA_UPDATE=always`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use dikast_compiler::ir::text::{parse, print};
use dikast_compiler::ir::verify;
use dikast_compiler::passes;
use dikast_compiler::unit::{Kind, Operation, Unit};

#[test]
fn passes_give_the_golden_ir() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passes");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 5, "the cases are gone");
    for case in cases {
        let name = case.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&case).unwrap();
        let before = parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(verify(&before), [], "{name} is not well-formed");
        assert_eq!(parse(&print(&before)).unwrap(), before, "{name} does not survive a round trip");
        let pass = text.lines().next().unwrap().trim_start_matches("; pass: ");
        let (after, note) = match pass {
            "fold_constants" => (passes::sweep(passes::fold_constants(before)), String::new()),
            "flatten_templates" => (passes::sweep(passes::flatten_templates(before)), String::new()),
            "share_subexpressions" => (passes::share_subexpressions(before), String::new()),
            "sweep" => (passes::sweep(before), String::new()),
            "remove_dead_rules" => {
                let (after, dead) = passes::remove_dead_rules(before);
                let lines =
                    dead.iter().map(|rule| format!("; dropped {}/{}: {:?}\n", rule.policy, rule.rule, rule.reason));
                (after, lines.collect())
            }
            "dispatch_match v1/Pod CREATE" => {
                let unit = Unit::of_objects(Kind::new("", "v1", "Pod"), Operation::Create);
                let (after, origins) = passes::dispatch_match(&before, &unit);
                (after, format!("; rules {origins:?}\n"))
            }
            "optimise" => {
                let (after, dead) = passes::optimise(before);
                (after, format!("; dropped {}\n", dead.len()))
            }
            other => panic!("{name}: no pass `{other}`"),
        };
        assert_eq!(verify(&after), [], "{name}: the pass broke the program");
        insta::assert_snapshot!(name, note + &print(&after));
    }
}

#[test]
fn operands_that_come_later_are_refused() {
    for text in ["(expr %0 (member %0 name))", "(expr %0 (const 1))\n(expr %1 (list (%0 %7)))"] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.ends_with("is out of order"), "{text}: {error}");
    }
}

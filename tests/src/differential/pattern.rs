//! Patterns, as JSON, for the documents of this vocabulary.

use super::chance::Random;
use super::document::{SCALARS, quoted};

/// Scalar patterns by member, as JSON.
const SCALAR_PATTERNS: [(&str, &[&str]); 9] = [
    ("name", &[r#""a*""#, r#""?*""#, r#""a | web | db-?""#, r#""!web""#, r#""*""#, r#""a""#]),
    ("image", &[r#""!*:latest""#, r#""nginx:*""#, r#""*:*""#, r#""nginx*|busybox""#, r#""ghcr.io/*""#]),
    ("mode", &[r#""a""#, r#""true""#, "true", "5", r#""a* & !ab""#, r#""?*""#]),
    ("version", &[r#""1.*""#, r#"">=1.2.0""#, r#""!2.0.0""#, "1.2", r#""1.2.3""#]),
    ("count", &[r#"">0""#, r#""1-100""#, "5", r#""<=80""#, r#""5""#, r#""*""#, "0.5", r#""0!-10""#]),
    ("ratio", &[r#"">=0.5""#, "0.5", r#""<100""#, "80", r#""!0.5""#]),
    ("active", &["true", "false", r#""true""#, r#""*""#]),
    ("timeout", &[r#""<=1h""#, r#"">30m""#, r#""1h""#, r#""60m""#, r#""10m-2h""#]),
    ("tags", &[r#"["?*"]"#, r#"["a*"]"#, r#""?*""#, "[]", r#"["a | b | c | web"]"#]),
];

const OBJECT_PATTERNS: [(&str, &[&str]); 2] = [
    (
        "labels",
        &[
            r#"{"app":"?*"}"#,
            r#"{"=(tier)":"web"}"#,
            r#"{"X(old)":"null"}"#,
            r#"{"(app)":"a*","tier":"?*"}"#,
            r#""?*""#,
        ],
    ),
    (
        "limits",
        &[r#"{"memory":"<=1Gi"}"#, r#"{"=(cpu)":">100m"}"#, r#"{"memory":"?*","cpu":"?*"}"#, r#"{"cpu":"500m"}"#],
    ),
];

/// A pattern of an object.
pub(super) fn json(random: &mut Random, depth: usize) -> String {
    let mut members = Vec::new();
    for (name, patterns) in SCALAR_PATTERNS {
        if random.one_in(6) {
            let pattern = if random.one_in(10) { random.pick(&SCALARS) } else { random.pick(patterns) };
            members.push(member(random, name, pattern));
        }
    }
    for (name, patterns) in OBJECT_PATTERNS {
        if random.one_in(6) {
            let pattern = random.pick(patterns);
            members.push(member(random, name, pattern));
        }
    }
    if depth > 0 {
        for name in ["containers", "initContainers"] {
            if random.one_in(3) {
                let count = if random.one_in(4) { 2 } else { 1 };
                let items: Vec<String> = (0..count).map(|_| json(random, depth - 1)).collect();
                let list = format!("[{}]", items.join(","));
                let anchor = if random.one_in(4) { "^" } else { "" };
                members.push(match anchor {
                    "" => member(random, name, &list),
                    anchor => format!("{}:{list}", quoted(&format!("{anchor}({name})"))),
                });
            }
        }
    }
    if random.one_in(20) {
        members.push(format!(r#""ports":[[{}]]"#, random.pick(&["80", "\">0\""])));
    }
    format!("{{{}}}", members.join(","))
}

fn member(random: &mut Random, name: &str, pattern: &str) -> String {
    let anchor = random.pick(&["", "", "", "", "=", "=", "()", "X", "<", "+"]);
    let key = match anchor {
        "" => name.to_owned(),
        "()" => format!("({name})"),
        anchor => format!("{anchor}({name})"),
    };
    format!("{}:{pattern}", quoted(&key))
}

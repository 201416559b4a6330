//! Documents: objects whose members have the types that their names promise, most of the time.

use super::chance::Random;

/// Members that hold text.
pub(super) const TEXTS: [&str; 4] = ["name", "image", "mode", "version"];
/// Members that hold numbers.
pub(super) const NUMBERS: [&str; 2] = ["count", "ratio"];
/// Members that hold lists of objects.
pub(super) const LISTS: [&str; 2] = ["containers", "initContainers"];

/// Values by member, as JSON.
const VALUES: [(&str, &[&str]); 12] = [
    ("name", &[r#""a""#, r#""ab""#, r#""web""#, r#""db-1""#, r#""tags""#, r#""""#]),
    ("image", &[r#""nginx:1.2""#, r#""nginx:latest""#, r#""ghcr.io/team/app:v1""#, r#""busybox""#]),
    ("mode", &[r#""a""#, r#""fast""#, r#""true""#, r#""5""#, r#""a*""#, r#""\u00e9t\u00e9""#]),
    ("version", &[r#""1.2.3""#, r#""2.0.0""#, r#""v1.0.0""#, r#""1.20""#]),
    ("count", &["0", "1", "2", "5", "80", "1500000", "-3"]),
    ("ratio", &["0.5", "2.5", "80.0", "1e3", "0"]),
    ("active", &["true", "false"]),
    ("timeout", &[r#""1h""#, r#""30m""#, r#""90s""#, r#""0s""#]),
    ("started", &[r#""2023-01-02T03:04:05Z""#, r#""2024-06-01T00:00:00Z""#]),
    ("tags", &[r#"["a","b"]"#, r#"["web"]"#, r#"["b","a","c"]"#, "[]"]),
    ("ports", &["[80,443]", "[8080]", "[]", "[1,2,3]"]),
    ("limits", &[r#"{"cpu":"500m","memory":"1Gi"}"#, r#"{"cpu":"2","memory":"512Mi"}"#, r#"{"memory":"1Gi"}"#]),
];

const LABELS: [&str; 5] = [
    r#"{"app":"a","tier":"web"}"#,
    r#"{"app":"ab"}"#,
    r#"{"app.kubernetes.io/name":"x","app":"web","a":"b"}"#,
    r#"{"web":"app","db-1":"x","fast":"yes"}"#,
    "{}",
];

/// Scalars of every type, as JSON.
pub(super) const SCALARS: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "5",
    "80",
    "1500000",
    "0.5",
    "80.0",
    "\"\"",
    "\"a\"",
    "\"ab\"",
    "\"nginx:latest\"",
    "\"nginx:1.2\"",
    "\"true\"",
    "\"5\"",
    "\"1Gi\"",
    "\"512Mi\"",
    "\"1h\"",
    "\"a*\"",
    "\"a\\u0062\"",
];

/// An object with lists of such objects in it, as JSON.
pub(super) fn object(random: &mut Random, depth: usize) -> String {
    let mut members = Vec::new();
    for (name, values) in VALUES {
        match random.below(24) {
            0 => {}
            1 => members.push(format!("\"{name}\":{}", odd(random))),
            _ => members.push(format!("\"{name}\":{}", random.pick(values))),
        }
    }
    if !random.one_in(8) {
        members.push(format!("\"labels\":{}", random.pick(&LABELS)));
    }
    if depth > 0 {
        for name in LISTS {
            let items: Vec<String> = (0..random.below(4))
                .map(|_| if random.one_in(20) { odd(random) } else { object(random, depth - 1) })
                .collect();
            match random.below(16) {
                0 => {}
                1 => members.push(format!("\"{name}\":{}", odd(random))),
                _ => members.push(format!("\"{name}\":[{}]", items.join(","))),
            }
        }
    }
    format!("{{{}}}", members.join(","))
}

/// A value of a type that nobody expects.
pub(super) fn odd(random: &mut Random) -> String {
    let value = random.pick(&SCALARS);
    match random.below(5) {
        0 => format!("[{value}]"),
        1 => format!("[[{value}]]"),
        2 => format!("{{\"name\":{value}}}"),
        3 => "[]".to_owned(),
        _ => value.to_owned(),
    }
}

/// Text in double quotes, as JSON and YAML have it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

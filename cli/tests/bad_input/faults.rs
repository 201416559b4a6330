//! Faulty forms of a YAML text.

/// Values that stand where others are expected, by name.
const VALUES: [(&str, &str); 16] = [
    ("null", "null"),
    ("list", "[]"),
    ("list-of-lists", "[[[1]]]"),
    ("map", "{}"),
    ("map-of-odd-keys", "{1: a, true: b, ? [c] : d}"),
    ("true", "true"),
    ("zero", "0"),
    ("huge-whole", "99999999999999999999999999999999"),
    ("huge-fraction", "1e999"),
    ("not-a-number", ".nan"),
    ("empty-text", "''"),
    ("open-template", "\"{{ request.object.\""),
    ("nested-templates", "\"{{ {{ {{ a }} }} }}\""),
    ("unknown-alias", "*nowhere"),
    ("odd-tag", "!!binary \"%%%\""),
    ("open-quote", "\"open"),
];

/// Keys that stand where others are expected.
const KEYS: [(&str, &str); 6] = [
    ("open-anchor", "\"((name)\""),
    ("empty-anchor", "\"()\""),
    ("anchors", "\"X(^(=(name)))\""),
    ("merge", "<<"),
    ("empty", "\"\""),
    ("template", "\"{{ key }}\""),
];

/// Faulty forms of a text, with a name for each.
pub(super) fn of(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut forms: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| forms.push((name.to_owned(), bytes));
    for part in 1..6 {
        add(&format!("cut-{part}"), text.as_bytes()[..text.len() * part / 6].to_vec());
    }
    let (before, after) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let between = |middle: &[u8]| [before.as_bytes(), middle, after.as_bytes()].concat();
    add("no-utf8", between(b"\xff\xfe"));
    add("half-character", between(b"\xc3"));
    add("zero-byte", between(b"\0"));
    add("separator", between(b"\n--- text\n"));
    add("bell", between(b"\x07"));
    add("tab", text.replacen("\n  ", "\n\t", 1).into_bytes());
    add("twice", [text, text].concat().into_bytes());
    add("two-documents", format!("{text}\n---\n{text}").into_bytes());
    add("carriage-returns", text.replace('\n', "\r\n").into_bytes());
    add("byte-order-mark", format!("\u{feff}{text}").into_bytes());
    add("empty", Vec::new());
    add("deep-list", format!("{text}\ndeep: {}{}\n", "[".repeat(3000), "]".repeat(3000)).into_bytes());
    add("deep-map", format!("{text}\ndeep: {}1{}\n", "{a: ".repeat(3000), "}".repeat(3000)).into_bytes());
    add("deep-block", (0..400).fold(format!("{text}\n"), |deep, at| deep + &" ".repeat(at) + "a:\n").into_bytes());
    add("aliases", format!("{text}\nbomb:\n{}", bomb()).into_bytes());
    add("long-line", format!("{text}\nlong: {}\n", "x".repeat(200_000)).into_bytes());
    let lines: Vec<&str> = text.lines().collect();
    let entries: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].trim_end().ends_with(':') || lines[*at].contains(": ")).collect();
    for (number, (name, value)) in VALUES.iter().enumerate() {
        // each value in the place of another entry
        let at = entries[(number * 5 + 2) % entries.len()];
        add(name, with_line(&lines, at, |key, _| format!("{key}: {value}")));
    }
    for (number, (name, key)) in KEYS.iter().enumerate() {
        let at = entries[(number * 7 + 3) % entries.len()];
        add(
            &format!("key-{name}"),
            with_line(&lines, at, |old, rest| {
                let indent = &old[..old.len() - old.trim_start_matches([' ', '-']).len()];
                format!("{indent}{key}:{rest}")
            }),
        );
    }
    for (number, at) in entries.iter().step_by(entries.len().div_ceil(4)).enumerate() {
        add(&format!("repeated-{number}"), with_line(&lines, *at, |key, rest| format!("{key}:{rest}\n{key}:{rest}")));
        add(&format!("misspelt-{number}"), with_line(&lines, *at, |key, rest| format!("{key}x:{rest}")));
    }
    forms
}

/// The text with one line changed: what stands before its first colon, and what behind.
fn with_line(lines: &[&str], at: usize, change: impl Fn(&str, &str) -> String) -> Vec<u8> {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let (key, rest) = lines[at].split_once(':').unwrap_or_default();
    lines[at] = change(key, rest);
    (lines.join("\n") + "\n").into_bytes()
}

/// Aliases that stand for more values than anybody can hold.
fn bomb() -> String {
    let mut text = "  a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..12 {
        let before = format!("*a{}", at - 1);
        text += &format!("  a{at}: &a{at} [{}]\n", [before.as_str(); 8].join(", "));
    }
    text
}

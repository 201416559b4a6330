//! Inputs of a megabyte that are made to be slow, and how long each parser takes to answer or refuse them.
//!
//! A row is a parser, a shape and the text. The time is the best of a few runs, as others may run beside.

use std::hint::black_box;
use std::time::Duration;

use dikast_grammar::kind::{KindSelector, plain_kind};
use dikast_grammar::{FileId, anchor, jmespath, json, reference, template, yaml};
use dikast_stdlib::condition::{Operator, evaluate};
use dikast_stdlib::duration::GoDuration;
use dikast_stdlib::functions::{self, Argument};
use dikast_stdlib::image::ImageInfo;
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::pattern::document::match_document;
use dikast_stdlib::quantity::Quantity;
use dikast_stdlib::regex::{Generator, GoRegex};
use dikast_stdlib::selector::LabelSelector;
use dikast_stdlib::semver::{Range, Version};
use dikast_stdlib::time::Time;
use dikast_stdlib::url::Url;
use dikast_stdlib::{Value, encode, go_parse, wildcard, x509};

use crate::clock::Moment;
use crate::targets::Nowhere;

/// Length of the inputs.
const LENGTH: usize = 1 << 20;
/// What an input may take.
pub(crate) const LIMIT: Duration = Duration::from_millis(50);
/// Runs that the best is taken of.
const RUNS: usize = 5;

/// A measured row.
pub(crate) struct Row {
    /// Which parser.
    pub(crate) parser: &'static str,
    /// How the input looks.
    pub(crate) shape: String,
    /// The best time.
    pub(crate) time: Duration,
}

type Parser = (&'static str, fn(&str), fn() -> Vec<String>);

/// Every parser and its inputs.
const PARSERS: &[Parser] = &[
    ("yaml", |text| drop(yaml::parse(FileId(0), text)), yaml_inputs),
    ("json", |text| drop(black_box(json::parse(text))), json_inputs),
    ("jmespath", |text| drop(jmespath::parse(text)), expression_inputs),
    ("template", |text| drop(black_box((template::Template::parse(text), template::unescape(text)))), template_inputs),
    ("reference", references, reference_inputs),
    (
        "kind",
        |text| {
            black_box((KindSelector::parse(text), plain_kind(text), anchor::parse(text)));
        },
        reference_inputs,
    ),
    ("quantity", |text| drop(black_box(Quantity::parse(text).map(|quantity| quantity.to_string()))), number_inputs),
    ("duration", |text| drop(black_box(GoDuration::parse(text))), number_inputs),
    ("number", |text| drop(black_box((go_parse::parse_float(text), go_parse::parse_int(text)))), number_inputs),
    ("pattern", patterns, pattern_inputs),
    ("semver", |text| drop(black_box((Version::parse(text), Range::parse(text)))), version_inputs),
    ("image", |text| drop(black_box(ImageInfo::parse(text, &Default::default()))), image_inputs),
    ("regex", |text| drop(black_box(GoRegex::compile(text))), regex_inputs),
    ("random", |text| drop(black_box(Generator::parse(text))), regex_inputs),
    (
        "time",
        |text| drop(black_box((Time::parse(text, "2024"), Time::parse("", text), Time::parse(text, text)))),
        time_inputs,
    ),
    ("x509", |text| drop(black_box(x509::decode(text))), certificate_inputs),
    ("base64", |text| call("base64_decode", text), || repeated(&["A", "\n", "YQ==", "=", "é", "A\r\n"])),
    ("url", |text| drop(black_box(Url::parse(text))), url_inputs),
    ("selector", selectors, || repeated(&["a", "a/", "/", "a.", "-", "é", "*", "a*"])),
    ("path", |text| call("path_canonicalize", text), || repeated(&["/", "../", "a/../", "a/", ".", "a/b/../../"])),
];

/// A text, repeated to the length of the inputs, between two others.
fn filled(before: &str, unit: &str, after: &str) -> String {
    let times = (LENGTH - before.len() - after.len()) / unit.len();
    format!("{before}{}{after}", unit.repeat(times))
}

fn repeated(units: &[&str]) -> Vec<String> {
    units.iter().map(|unit| filled("", unit, "")).collect()
}

/// Each unit alone, and opened but closed as often.
fn nested(pairs: &[(&str, &str)]) -> Vec<String> {
    pairs
        .iter()
        .map(|(open, close)| {
            let times = LENGTH / (open.len() + close.len());
            format!("{}{}", open.repeat(times), close.repeat(times))
        })
        .collect()
}

fn yaml_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "[?,",
        "[",
        "{",
        "- ",
        "? ",
        "a: ",
        "{?",
        "[[],",
        "{a: ",
        "&a ",
        "*a ",
        "!!",
        "!a ",
        "!<",
        "'",
        "\"",
        "\"\\x",
        "|\n",
        ">\n\n",
        "---\n",
        "...\n",
        "--- ",
        "%A ",
        "%YAML 1.1\n",
        "# ",
        "\n",
        " \n",
        "\t",
        "\r",
        "\u{feff}",
        "\u{85}",
        "-\n",
        "?\n",
        ": ",
        ":\n",
        "a\n",
        "a: b\n",
        "- a\n",
        "<<: ",
        "- - \n",
        "<<: {a: b}\n",
        "a: [\n",
        "\\",
        "é",
        "a: &a b\n",
        "- *a\n",
        ", ",
        "[,",
        "{,",
        "]",
        "}",
        "x: |\n y\n",
        "[a, ",
        "{a, ",
        "[a: ",
        "0",
        "0x",
        "1_",
        "1:",
        "a #",
        "a: b: ",
        "\"a\": ",
        "\n\n- ",
        "!!binary A",
        "'a'\n",
        "[? a : b,",
    ]);
    inputs.extend(nested(&[("[", "]"), ("{a: ", "}"), ("[? ", "]"), ("- ", "\n")]));
    inputs.push(filled("a: &a [x]\nb: [", "*a,", "]"));
    inputs.push(filled("a: |\n", " \n", "x"));
    inputs.push(filled("a: \"", "\\\n", "\""));
    inputs.push(filled("a: '", "\n", "'"));
    inputs.push(filled("a: ", "b\n   ", ""));
    inputs.push(filled("? ", "a ", ": b"));
    inputs.push((0..LENGTH / 12).map(|line| format!("key{line:06}: 1\n")).collect());
    inputs.push((0..LENGTH / 16).map(|line| format!("- &a{line:05} *a{:05}\n", line / 2)).collect());
    inputs.push((0..1400).map(|level| format!("{}a:\n", " ".repeat(level))).collect());
    inputs
}

fn json_inputs() -> Vec<String> {
    let mut inputs = repeated(&["[", "{\"a\":", "[[],", "1", "-", "\"", "\\u", "{", " ", "é"]);
    inputs.extend(nested(&[("[", "]"), ("{\"a\":", "}")]));
    inputs.push(filled("\"", "\\u0041", "\""));
    inputs.push(filled("\"", "\\ud800", "\""));
    inputs.push(filled("[0", ",0", "]"));
    inputs.push(filled("1", "0", ".5e9"));
    inputs.push(filled("0.", "1", "e-9"));
    inputs.push(filled("{\"a\":1", ",\"a\":1", "}"));
    inputs
}

fn expression_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "(", "[", "{", "{a:", "!", "&", "a(", "[?", "[*]", "[]", "a.", "a||", "a|", "a&&", "a==", "*", "@", "'", "\"",
        "`", "\\", "`[", "-", "0", "[0:", ":", ",", "a,", "a ", " ", "é", "]", "f(&", "[?a]", "*.", "[[", "a[?b",
        "'a'||", "`1`|", "a.b(", "[0]", "{a:b,",
    ]);
    inputs.extend(nested(&[
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("f(", ")"),
        ("[?", "]"),
        ("a[?", "]"),
        ("`[", "]`"),
    ]));
    inputs.push(filled("`", "[", "`"));
    inputs.push(filled("'", "\\'", "'"));
    inputs.push(filled("\"", "\\u0041", "\""));
    inputs.push(filled("a", ".a", ""));
    inputs.push(filled("a", "||a", ""));
    inputs.push(filled("a", "|a", ""));
    inputs.push(filled("a", "==a", ""));
    inputs.push(filled("[a", ",a", "]"));
    inputs.push(filled("f(a", ",a", ")"));
    inputs
}

fn template_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "{",
        "{{",
        "{{a",
        "{{}}",
        "{{a}}",
        "{{ {",
        "}}",
        "}",
        "\\",
        "\\{{",
        "\\\\{{",
        "{{-",
        "{{ {a} ",
        "{{a}",
        "{}{",
        "{{{}}",
        "{{`{}`",
        "{{'}}'",
        "{{a}}{",
        "{{ a }} ",
        "{{a.b(c)}}",
        "{{(}}",
        "\\{{a}}",
        "{{@}}",
    ]);
    inputs.extend(nested(&[("{", "}"), ("{{", "}}"), ("{{a.", "}}"), ("{{ {", "} }}"), ("{{-", "}}")]));
    inputs.push(filled("{{", "a.", "b}}"));
    inputs.push(filled("{{", "{}", "}}"));
    inputs.push(filled("{{", "(", "}}"));
    inputs
}

fn reference_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "$(", "$(a", "$(a)", "\\$(", "$", "(", ")", "/", "../", "$(../", "$(<=", "~1", "=(", "((", "a/", "a.", "*/",
        "v1/",
    ]);
    inputs.extend(nested(&[("(", ")"), ("$(", ")"), ("=(", ")")]));
    inputs.push(filled("$(./", "../", "a)"));
    inputs
}

fn references(text: &str) {
    black_box((reference::find_references(text), reference::unescape_references(text)));
    black_box((reference::absolute_path(text, "/a/b/0"), reference::absolute_path("../a", text)));
    black_box(reference::without_anchors(text));
}

fn number_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "0", "1", "9", "-", "+", ".", "1.", "e", "1e", "1h", "1m", "1ns", ".1s", "1Ki", "é", " ", "_1", "0x",
    ]);
    inputs.push(filled("0.", "0", "1"));
    inputs.push(filled("0.", "9", "Ki"));
    inputs.push(filled("", "9", "Ei"));
    inputs.push(filled("1.", "3", "e5"));
    inputs.push(filled("1e", "9", ""));
    inputs.push(filled("1e-", "0", "9"));
    inputs.push(filled("0x1.", "f", "p-2"));
    inputs.push(filled("1.", "5", "h"));
    inputs.push(filled("-", "0", "n"));
    inputs
}

fn pattern_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "|", "&", "|&", "!", "<", ">=", "-", "1-", "1-2", "1-2|", "!-", "1!-2|", "a|", "*|", "?", "*", "a*", "a?*",
        "*a?", " ", "1Ki-2Ki|", "1h|", "é", "<1|", "!a&", "a-",
    ]);
    inputs.extend(number_inputs());
    inputs
}

fn patterns(text: &str) {
    let pattern = ScalarPattern::new(&Value::text(text));
    black_box((pattern.matches(&Value::text("10Mi")), pattern.matches(&Value::Int(5)), pattern.matches(&Value::Null)));
}

fn version_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "1",
        ".",
        "1.",
        "1.2.3 ",
        "1.2.3||",
        "1.2.3 || ",
        "|| ",
        "> ",
        ">=1.0.0 ",
        "x",
        "1.x ",
        "x.",
        "<",
        "é",
        "v",
        "1.2.3-",
    ]);
    inputs.push(filled("1.2.3-", "a.", "b"));
    inputs.push(filled("1.2.3-", "1.", "2"));
    inputs.push(filled("1.2.3-", "a", ""));
    inputs.push(filled("1.2.3+", "b.", "c"));
    inputs.push(filled("1.2.3-0", "-", ""));
    inputs.push(filled("1.2.3-", "a.", "é"));
    inputs.push(filled(">=", "1", ".0.0"));
    inputs.push(filled("1.2.3-", "0.", "00"));
    inputs.push(filled("1", ".x", ""));
    inputs
}

fn image_inputs() -> Vec<String> {
    let mut inputs =
        repeated(&["a", "/", "a/", ":", "a:", "@", "a@", ".", "a.", "__", "-", "A", "É", "a_", "[", "a/A/", "sha256:"]);
    inputs.push(filled("a.b/", "c/", "d:e"));
    inputs.push(filled("a@sha256:", "0", ""));
    inputs.push(filled("[", ":", "]:5000/a"));
    inputs.push(filled("a", "-", "b"));
    inputs
}

fn regex_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "a",
        "(",
        "(?",
        "(?i)",
        "(a",
        "a|",
        "|",
        "a*",
        "a?",
        "[",
        "[a",
        "[^",
        "[[:alpha:]",
        "\\",
        "\\d",
        "\\pL",
        "\\Q",
        "\\x{",
        "{",
        "a{2}",
        "a{2,",
        "(a|b)",
        ".",
        ".*",
        "^",
        "$",
        "\\b",
        "é",
        "(?P<n>a)",
        "(?:",
        "[a-z]",
        "(?i)k",
        "a{1000}",
        "(|a)*",
        "\\p{Greek}",
        "[\\d\\pL]",
    ]);
    inputs.extend(nested(&[("(", ")"), ("(a|", ")"), ("(?:", ")*"), ("[", "]"), ("(", "){2}"), ("(?i:", ")")]));
    inputs.push(filled("[", "a-z", "]"));
    inputs.push(filled("[", "é", "]"));
    inputs.push(filled("(?i)[", "é-日", "]"));
    inputs.push(filled("(?i)", "ſ", ""));
    inputs.push(filled("\\Q", "a", "\\E"));
    inputs.push(filled("(?i)", "a|b|", "c"));
    inputs
}

fn time_inputs() -> Vec<String> {
    let mut inputs = repeated(&[
        "0", "2006", "1", ".0", ".000", "Mon", "MST", "Z", "Z07:00", "_2", " ", "é", "-07", "Jan", "PM", "05.9",
    ]);
    inputs.push(filled("2024-01-01T00:00:00.", "1", "Z"));
    inputs.push(filled("2024-01-01T00:00:00Z", "0", ""));
    inputs.push(filled("05.", "0", ""));
    inputs
}

fn certificate_inputs() -> Vec<String> {
    let block = |unit: &str| filled("-----BEGIN CERTIFICATE-----\n", unit, "\n-----END CERTIFICATE-----\n");
    let mut inputs = repeated(&[
        "-----BEGIN ",
        "-----BEGIN A-----\n",
        "-----END A-----\n",
        "-",
        "\n",
        "A",
        "-----BEGIN CERTIFICATE-----\n",
        "\n-----BEGIN CERTIFICATE-----\nA: b\n",
    ]);
    // Sequences within sequences, of given and of unknown length, and long numbers.
    inputs.extend(["A", "MIAw", "MAAw", "MIQA", "gICA", "AgEB", "oIAw", "//8=", "a: b\n", "\n"].map(block));
    inputs.push(filled("-----BEGIN CERTIFICATE-----\nMIQAD///MIQAD///", "MIIB", "\n-----END CERTIFICATE-----\n"));
    inputs
}

fn url_inputs() -> Vec<String> {
    let mut inputs = repeated(&["a", "/", ":", "%", "%41", "?", "#", "@", "[", "a:", "//", "\\", "é", ".", "1.", " "]);
    inputs.push(filled("http://", "%41", "/"));
    inputs.push(filled("http://", "a@", "b"));
    inputs.push(filled("http://[", ":", "]"));
    inputs.push(filled("http://a:", "1", ""));
    inputs.push(filled("http://", "1.", "1"));
    inputs
}

fn selectors(text: &str) {
    let labels = Value::object([("matchLabels", Value::object([(text.to_owned(), Value::text(text))]))]);
    if let Ok(selector) = LabelSelector::from_value(&labels) {
        let _ = black_box(selector.selects(&[("app", "web"), (text, text)].into()));
    }
}

fn call(function: &str, text: &str) {
    if let Some(function) = functions::find(function) {
        let _ = black_box(functions::invoke(function, &[Argument::Value(Value::text(text))], &Nowhere));
    }
}

/// Matches of two long things with each other: a name, the first text, the second, and what is asked.
type Match = (&'static str, String, Box<dyn Fn()>);

fn matches() -> Vec<Match> {
    let half = LENGTH / 2;
    let mut rows: Vec<Match> = Vec::new();
    let patterns = [
        ("a*a*…b", format!("{}b", "a*".repeat(half / 2))),
        ("*aaa…b*", format!("*{}b*", "a".repeat(half))),
        ("*???…b*", format!("*{}b*", "?".repeat(half))),
        ("*a?a?…b*", format!("*{}b*", "a?".repeat(half / 2))),
        ("*a?a?a?a?b*", "*a?a?a?a?b*".to_owned()),
        ("*aaaaaaaa?…b*", format!("*{}b*", "aaaaaaaa?".repeat(half / 9))),
        ("*a?b*a?b*…", "*a?b".repeat(half / 4)),
        ("*aaa…?aaa…b*", format!("*{}?{}b*", "a".repeat(half / 4), "a".repeat(half / 4))),
        ("*a…?b*", format!("*{}?b*", "a".repeat(700))),
    ];
    for (shape, pattern) in patterns {
        for (of, text) in [("a", "a".repeat(half)), ("ab", "ab".repeat(half / 2)), ("é", "é".repeat(half / 2))] {
            let pattern = pattern.clone();
            rows.push((
                "wildcard",
                format!("{shape} on {of}{of}…"),
                Box::new(move || {
                    black_box(wildcard::matches(&pattern, &text));
                }),
            ));
        }
    }
    let list = |item: &dyn Fn(usize) -> Value, length: usize| Value::list((0..length).map(item));
    let lists = [
        (
            "texts of 8",
            list(&|at| Value::text(format!("{at:06}")), half / 8),
            list(&|at| Value::text(format!("x{at:05}")), half / 8),
        ),
        (
            "wildcards of 4",
            list(&|at| Value::text(format!("*{at}*")), half / 8),
            list(&|at| Value::text(format!("?a{at}")), half / 8),
        ),
        ("numbers", list(&|at| Value::Int(at as i64), half / 6), list(&|at| Value::Float(0.5 + at as f64), half / 6)),
        ("equal texts", list(&|_| Value::text("a"), half / 4), list(&|_| Value::text("b"), half / 4)),
        ("empty texts", list(&|_| Value::text(""), half / 3), list(&|_| Value::text("?"), half / 3)),
    ];
    for (shape, key, value) in lists {
        for operator in ["AnyIn", "AllIn", "AnyNotIn", "AllNotIn", "In", "NotIn", "Equals"] {
            let (key, value, operator) = (key.clone(), value.clone(), Operator::new(operator));
            rows.push((
                "condition",
                format!("{} of {shape}", operator.name()),
                Box::new(move || {
                    let _ = black_box(evaluate(&key, &operator, &value));
                }),
            ));
        }
    }
    let encoded = encode::to_go_json(&list(&|at| Value::text(format!("{at:06}")), half / 9)).unwrap_or_default();
    let keys = list(&|at| Value::text(format!("x{at:05}")), half / 9);
    rows.push((
        "condition",
        "AnyIn of texts in text".to_owned(),
        Box::new(move || {
            let _ = black_box(evaluate(&keys, &Operator::new("AnyIn"), &Value::text(encoded.as_str())));
        }),
    ));
    let (pattern, resource) = (list(&|_| Value::text("a*b?*c"), 1), list(&|_| Value::text("aaaa"), LENGTH / 7));
    rows.push((
        "pattern",
        "list of texts".to_owned(),
        Box::new(move || {
            let _ = black_box(match_document(&pattern, &resource));
        }),
    ));
    rows
}

/// Times every parser with every input, or those of one parser.
pub(crate) fn measure(wanted: &[String], mut report: impl FnMut(Row)) {
    let is_wanted = |parser: &str| wanted.is_empty() || wanted.iter().any(|name| name == parser);
    for (parser, run, inputs) in PARSERS.iter().filter(|(parser, ..)| is_wanted(parser)) {
        for input in inputs() {
            report(Row { parser, shape: shape(&input), time: best(|| run(&input)) });
        }
    }
    for (parser, shape, run) in matches().into_iter().filter(|(parser, ..)| is_wanted(parser)) {
        report(Row { parser, shape, time: best(run) });
    }
}

/// The names of all parsers.
pub(crate) fn parsers() -> Vec<&'static str> {
    PARSERS.iter().map(|(parser, ..)| *parser).chain(["wildcard", "condition"]).collect()
}

fn best(run: impl Fn()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Moment::now();
        run();
        best = best.min(start.elapsed());
        // One run tells enough of what is quick or far too slow.
        if best < LIMIT / 5 || best > LIMIT * 4 {
            break;
        }
    }
    best
}

/// The first characters of an input.
fn shape(input: &str) -> String {
    input.chars().take(24).collect::<String>().escape_debug().collect()
}

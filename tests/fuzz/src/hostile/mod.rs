//! Inputs of a megabyte that are made to be slow, and how long each parser takes to answer or refuse them.
//!
//! A row is a parser, a shape and the text. The time is the best of a few runs, as others may run beside.

mod inputs;
mod policies;

use std::hint::black_box;
use std::time::Duration;

use dikast_compiler::ir;
use dikast_compiler::settings::Settings;
use dikast_grammar::kind::{KindSelector, plain_kind};
use dikast_grammar::{FileId, anchor, jmespath, json, reference, template, yaml};
use dikast_runtime::webhook::review::{Review, uid_of};
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
use inputs::{
    certificate_inputs, expression_inputs, image_inputs, ir_inputs, json_inputs, number_inputs, pattern_inputs,
    reference_inputs, regex_inputs, repeated, settings_inputs, template_inputs, time_inputs, url_inputs,
    version_inputs, yaml_inputs,
};

/// Length of the inputs.
pub(crate) const LENGTH: usize = 1 << 20;
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
    ("policy-pattern", policies::pattern, policies::texts),
    ("policy-message", policies::message, policies::texts),
    ("policy-condition", policies::condition, policies::texts),
    ("policy-list", policies::list, policies::texts),
    ("policy-keys", policies::keys, policies::texts),
    ("policy-members", policies::members, policies::texts),
    ("policy-kinds", policies::kinds, || {
        (repeated(&["Pod ", "*/* ", "a "]).into_iter().chain(policies::numbered(&["Kind{} ", "g{}/v1/* ", "*{} "])))
            .chain(policies::longest_within_bounds(&["Kind{} ", "g{}/v1/* ", "*{} ", "a{} "]))
            .collect()
    }),
    ("test", policies::test, || yaml_inputs().into_iter().chain([policies::test_file()]).collect()),
    ("settings", |text| drop(black_box(Settings::parse(text))), settings_inputs),
    ("ir", |text| drop(black_box(ir::text::parse(text))), ir_inputs),
    (
        "review",
        |text| drop(black_box((Review::read(text.as_bytes()).map(|_| ()), uid_of(text.as_bytes())))),
        json_inputs,
    ),
    ("path", |text| call("path_canonicalize", text), || repeated(&["/", "../", "a/../", "a/", ".", "a/b/../../"])),
];

fn references(text: &str) {
    black_box((reference::find_references(text), reference::unescape_references(text)));
    black_box((reference::absolute_path(text, "/a/b/0"), reference::absolute_path("../a", text)));
    black_box(reference::without_anchors(text));
}

fn patterns(text: &str) {
    let pattern = ScalarPattern::new(&Value::text(text));
    black_box((pattern.matches(&Value::text("10Mi")), pattern.matches(&Value::Int(5)), pattern.matches(&Value::Null)));
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

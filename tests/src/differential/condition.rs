//! Conditions: an operator between a key and a value of types that suit it, most of the time.

use super::chance::Random;
use super::document::quoted;
use super::expression::Expressions;

/// A condition, its sides as JSON.
pub(super) struct Condition {
    pub(super) key: String,
    pub(super) operator: &'static str,
    pub(super) value: String,
}

const EQUALITY: [&str; 4] = ["Equals", "NotEquals", "Equal", "NotEqual"];
const SETS: [&str; 6] = ["AnyIn", "AllIn", "AnyNotIn", "AllNotIn", "In", "NotIn"];
const ORDERS: [&str; 4] = ["GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals"];
const DURATIONS: [&str; 4] =
    ["DurationGreaterThan", "DurationGreaterThanOrEquals", "DurationLessThan", "DurationLessThanOrEquals"];

/// What kinds of values a condition compares.
#[derive(Clone, Copy)]
enum Compares {
    Texts,
    Sets,
    Numbers,
    Quantities,
    Durations,
    Versions,
    Anything,
}

/// A condition whose expressions ask members below `base`.
pub(super) fn condition(random: &mut Random, base: &str) -> Condition {
    use Compares::{Anything, Durations, Numbers, Quantities, Sets, Texts, Versions};
    let kinds = [Texts, Texts, Sets, Sets, Sets, Numbers, Quantities, Durations, Versions, Anything];
    let compares = kinds[random.below(kinds.len())];
    let operator = match compares {
        Texts => random.pick(&EQUALITY),
        Sets => random.pick(&SETS),
        Durations if random.one_in(2) => random.pick(&DURATIONS),
        Numbers | Quantities | Durations | Versions => random.pick(&ORDERS),
        Anything => match random.below(4) {
            0 => random.pick(&EQUALITY),
            1 => random.pick(&SETS),
            2 => random.pick(&ORDERS),
            _ => random.pick(&DURATIONS),
        },
    };
    let known_key = random.one_in(5);
    let mut key = variable(random, base, compares, true);
    let mut value = if random.one_in(5) { variable(random, base, compares, false) } else { known(random, compares) };
    if known_key {
        (key, value) = (known(random, compares), variable(random, base, compares, false));
    }
    Condition { key, operator, value }
}

/// A condition as YAML.
pub(super) fn yaml(random: &mut Random, base: &str) -> String {
    let Condition { key, operator, value } = condition(random, base);
    format!("key: {key}\noperator: {operator}\nvalue: {value}\n")
}

fn variable(random: &mut Random, base: &str, compares: Compares, is_key: bool) -> String {
    let mut make = Expressions { random, base };
    let expression = match compares {
        Compares::Texts => make.text(2),
        Compares::Sets if is_key => match make.random.below(3) {
            0 => make.text(1),
            _ => make.texts(2),
        },
        Compares::Sets => make.texts(2),
        Compares::Numbers => make.number(2),
        Compares::Quantities => format!("{base}limits.{}", make.random.pick(&["memory", "cpu"])),
        Compares::Durations => format!("{base}timeout"),
        Compares::Versions => format!("{base}version"),
        Compares::Anything => make.any(2),
    };
    let or = make.random.pick(&["", "", " || ''", " || `[]`", " || `0`"]);
    quoted(&format!("{{{{ {expression}{or} }}}}"))
}

fn known(random: &mut Random, compares: Compares) -> String {
    let texts = &[
        r#""a""#,
        r#""ab""#,
        r#""a*""#,
        r#""*""#,
        r#""""#,
        r#""?*""#,
        r#""nginx:1.2""#,
        r#""web""#,
        r#""nginx*""#,
        r#""*:latest""#,
        r#""true""#,
    ];
    let sets = &[
        r#"["a","b"]"#,
        r#"["a*","web","c"]"#,
        r#"["nginx:1.2","busybox"]"#,
        r#"["*"]"#,
        "[]",
        r#"["a"]"#,
        r#""a""#,
        r#""[\"a\",\"web\"]""#,
        r#"["*:latest",5]"#,
        r#""1-100""#,
        "[1,80]",
        r#"["A","AB","WEB"]"#,
    ];
    match compares {
        Compares::Texts => random.pick(texts),
        Compares::Sets => random.pick(sets),
        Compares::Numbers => random.pick(&["0", "1", "5", "80", "2.5", "\"5\"", "-1"]),
        Compares::Quantities => random.pick(&["\"512Mi\"", "\"1Gi\"", "\"500m\"", "1", "\"2\""]),
        Compares::Durations => random.pick(&["\"1h\"", "\"30m\"", "60", "\"0s\"", "\"90s\""]),
        Compares::Versions => random.pick(&["\"1.2.3\"", "\"1.0.0\"", "\"2\"", "\"v1.0.0\""]),
        Compares::Anything => random.pick(&["null", "true", "{\"a\":1}", "[[\"a\"]]", "\"a\"", "5", "[true]", "0.5"]),
    }
    .to_owned()
}

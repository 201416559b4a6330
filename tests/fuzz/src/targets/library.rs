//! Parsers of `dikast-stdlib`, and what is done with what they give.
//!
//! Where more than one text is needed, the lines of the input are these texts.

use dikast_stdlib::condition::{Operator, Prepared, evaluate, evaluate_prepared};
use dikast_stdlib::duration::GoDuration;
use dikast_stdlib::functions::{self, Argument};
use dikast_stdlib::image::{ImageDefaults, ImageInfo};
use dikast_stdlib::pattern::ScalarPattern;
use dikast_stdlib::pattern::document::match_document;
use dikast_stdlib::quantity::Quantity;
use dikast_stdlib::regex::{Generator, GoRegex};
use dikast_stdlib::selector::{LabelSelector, is_label_key, is_label_value};
use dikast_stdlib::semver::{Range, Version};
use dikast_stdlib::time::Time;
use dikast_stdlib::url::Url;
use dikast_stdlib::wildcard::{self, Wildcard};
use dikast_stdlib::{Value, x509};

use super::compiled::Nowhere;
use crate::novelty::Novelty;

/// A certificate, made for this.
pub(super) const CERTIFICATE: &str = include_str!("certificate.pem");
/// A request for a certificate, made for this.
pub(super) const CERTIFICATE_REQUEST: &str = include_str!("request.pem");

/// The text before the first line break and the text behind it.
fn two(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

/// JSON, or the text itself.
fn value_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::text(text))
}

pub(super) fn quantity(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let parsed = Quantity::parse(&text);
    novelty.look(&parsed);
    if let Ok(quantity) = parsed {
        let printed = quantity.to_string();
        // Exponents have 32 bits, and what is printed may have a larger one.
        if printed.len() > 9 && printed.contains('e') {
            return;
        }
        // The same amount; with another suffix where the powers of two are lost in printing, as `320000` for `312.5Ki`.
        // Above the suffix E there is none, and Go drops the zeros: `1000E` is printed as `1`.
        let again = Quantity::parse(&printed);
        let same = again.as_ref().is_ok_and(|again| again.compare(&quantity).is_eq());
        assert!(
            same || again.is_ok() && quantity.approximate().abs() >= 1e21,
            "{text:?} prints as {printed:?}, and that is {again:?}"
        );
        novelty.look(&printed);
    }
}

pub(super) fn duration(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let parsed = GoDuration::parse(&text);
    novelty.look(&parsed);
    if let Ok(duration) = parsed {
        let printed = duration.to_string();
        assert_eq!(GoDuration::parse(&printed), Ok(duration), "{text:?} prints as {printed:?}");
        novelty.look(&printed);
    }
}

pub(super) fn wildcard(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let (pattern, name) = two(&text);
    let classified = Wildcard::new(pattern);
    let fits = classified.matches(name);
    assert_eq!(fits, wildcard::matches(pattern, name), "{pattern:?} {name:?}");
    novelty.look(&(classified.kind(), fits));
}

pub(super) fn pattern(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let (pattern, resource) = two(&text);
    let scalar = ScalarPattern::new(&Value::text(pattern));
    novelty.look(&scalar);
    for value in [Value::Null, Value::Int(5), Value::Float(0.5), Value::text(resource), value_of(resource)] {
        novelty.look(&scalar.matches(&value));
    }
    novelty.look(&match_document(&value_of(pattern), &value_of(resource)));
}

pub(super) fn condition(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let (operator, rest) = two(&text);
    let (key, value) = two(rest);
    let (operator, key, value) = (Operator::new(operator), value_of(key), value_of(value));
    let found = evaluate(&key, &operator, &value);
    let prepared = evaluate_prepared(&key, &operator, &Prepared::new(value));
    assert_eq!(found, prepared, "a prepared value answers differently");
    novelty.look(&(operator, found));
}

pub(super) fn semver(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let (version, range) = two(&text);
    let (version, range) = (Version::parse(version), Range::parse(range));
    novelty.look(&version);
    novelty.look(&range);
    if let (Ok(version), Ok(range)) = (version, range) {
        novelty.look(&range.contains(&version));
    }
}

pub(super) fn image(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    for write_registry in [true, false] {
        let defaults = ImageDefaults { write_registry, ..Default::default() };
        let parsed = ImageInfo::parse(&text, &defaults);
        novelty.look(&parsed);
        if let (Ok(image), true) = (parsed, write_registry) {
            let again = ImageInfo::parse(&image.reference, &defaults).map(|again| again.reference);
            assert_eq!(again.as_ref(), Ok(&image.reference), "{text:?} prints as something else");
        }
    }
}

pub(super) fn regex(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let (expression, rest) = two(&text);
    let (subject, replacement) = two(rest);
    match GoRegex::compile(expression) {
        Ok(regex) => {
            novelty.look(&regex.is_match(subject));
            novelty.look(&regex.replace_all(subject, replacement));
            novelty.look(&regex.replace_all_literal(subject, replacement));
        }
        Err(error) => novelty.look(&error),
    }
    match Generator::parse(expression) {
        Ok(generator) => novelty.look(&(&generator, generator.generate(&|bound| bound / 3).is_ok())),
        Err(error) => novelty.look(&error),
    }
}

pub(super) fn time(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    let (layout, time) = two(&text);
    let parsed = Time::parse(layout, time);
    novelty.look(&parsed);
    if let Ok(time) = parsed {
        novelty.look(&(time.to_string(), time.to_cron(), time.to_utc().to_string()));
        let hour = GoDuration::from_seconds(3600);
        novelty.look(&(time.truncate(hour), time.plus(hour).since(time)));
    }
}

pub(super) fn x509(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    novelty.look(&x509::decode(&text));
    if let Some(decode) = functions::find("base64_decode") {
        novelty.look(&functions::invoke(decode, &[Argument::Value(Value::text(&*text))], &Nowhere));
    }
}

pub(super) fn url(input: &[u8], novelty: &mut Novelty) {
    let text = String::from_utf8_lossy(input);
    novelty.look(&Url::parse(&text));
    novelty.look(&(is_label_key(&text), is_label_value(&text)));
    let (key, value) = text.split_once('=').unwrap_or((&text, "v"));
    let selector = LabelSelector::from_value(&Value::object([(
        "matchLabels",
        Value::object([(key.to_owned(), Value::text(value))]),
    )]));
    novelty.look(&selector);
    if let Ok(selector) = selector {
        novelty.look(&selector.selects(&[(key, value), ("app", "web")].into()));
    }
}

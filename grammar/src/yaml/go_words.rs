//! What go-yaml says of a fault. Users of Kyverno see it where an expression reads YAML.
//!
//! A fault of the scanner is told with its line. One of the parser is told with the number of lines before it, which is
//! one less. On the first line go-yaml tells where that began which the fault is in, and nothing if that is there too.

use super::{PropertyFault, SyntaxError, SyntaxErrorKind as Kind, TabPlace};

/// Who finds a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Scanner,
    Parser,
    /// What follows; it knows no lines.
    Decoder,
}

/// The words of go-yaml, or of what turns its values into JSON, for a fault of `text`.
pub fn go_words(error: &SyntaxError, text: &str) -> String {
    if let Kind::NotFinite(number) = &error.kind {
        let number = match number.strip_prefix(['+', '-']).unwrap_or(number).to_ascii_lowercase().as_str() {
            ".nan" => "NaN",
            _ if number.starts_with('-') => "-Inf",
            _ => "+Inf",
        };
        return format!("json: unsupported value: {number}");
    }
    let (stage, words) = words(&error.kind);
    let start = error.span.start as usize;
    let line = match error.kind {
        Kind::UnterminatedQuote => line_of(text, text.len()),
        Kind::MissingColon => {
            let next = next_token(text, error.span.end as usize);
            line_of(text, next) + end_of_stream(next, text)
        }
        _ if stage == Stage::Parser => line_of(text, start) + end_of_stream(start, text),
        _ => line_of(text, start),
    };
    match stage {
        Stage::Scanner if line > 0 => format!("yaml: line {}: {words}", line + 1),
        Stage::Parser if line > 0 => format!("yaml: line {line}: {words}"),
        _ => format!("yaml: {words}"),
    }
}

/// The end of a text whose last line has no break counts as a line of its own.
fn end_of_stream(at: usize, text: &str) -> usize {
    usize::from(at >= text.len() && !text.is_empty() && !text.ends_with(BREAKS))
}

const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// How many lines stand before a place.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    let breaks = before.chars().filter(|character| BREAKS.contains(character)).count();
    breaks - before.matches("\r\n").count()
}

/// Where something other than blanks and line breaks comes after a place.
fn next_token(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    text.len() - rest.trim_start_matches(|character| " \t".contains(character) || BREAKS.contains(&character)).len()
}

fn words(kind: &Kind) -> (Stage, String) {
    use Stage::{Decoder, Parser, Scanner};
    let (stage, words) = match kind {
        Kind::ControlCharacter(_) => (Decoder, "control characters are not allowed"),
        Kind::UnexpectedCharacter(_) | Kind::TabIndentation(TabPlace::Token) | Kind::RepeatedByteOrderMark => {
            (Scanner, "found character that cannot start any token")
        }
        Kind::TabIndentation(TabPlace::BlockScalar) => {
            (Scanner, "found a tab character where an indentation space is expected")
        }
        Kind::TabIndentation(TabPlace::PlainScalar) => (Scanner, "found a tab character that violates indentation"),
        Kind::MissingColon => (Scanner, "could not find expected ':'"),
        Kind::ValueNotAllowed => (Scanner, "mapping values are not allowed in this context"),
        Kind::KeyNotAllowed => (Scanner, "mapping keys are not allowed in this context"),
        Kind::EntryNotAllowed => (Scanner, "block sequence entries are not allowed in this context"),
        Kind::BlockHeader => (Scanner, "did not find expected comment or line break"),
        Kind::ZeroIndentation => (Scanner, "found an indentation indicator equal to 0"),
        Kind::UnknownEscape(_) => (Scanner, "found unknown escape character"),
        Kind::EscapeDigits(_) => (Scanner, "did not find expected hexdecimal number"),
        Kind::EscapeValue => (Scanner, "found invalid Unicode character escape code"),
        Kind::UnterminatedQuote => (Scanner, "found unexpected end of stream"),
        Kind::DocumentEndInQuote => (Scanner, "found unexpected document indicator"),
        Kind::AnchorName(_) => (Scanner, "did not find expected alphabetic or numeric character"),
        Kind::MalformedTag(fault) | Kind::MalformedDirective(fault) => (Scanner, of_property(*fault)),
        Kind::UndeclaredTagHandle(_) => (Parser, "found undefined tag handle"),
        Kind::RepeatedDirective => (Parser, "found duplicate %YAML directive"),
        Kind::UnsupportedVersion(..) => (Parser, "found incompatible YAML document"),
        Kind::ExpectedDocumentStart => (Parser, "did not find expected <document start>"),
        Kind::ExpectedSequenceEnd => (Parser, "did not find expected ',' or ']'"),
        Kind::ExpectedMappingEnd => (Parser, "did not find expected ',' or '}'"),
        Kind::ExpectedKey => (Parser, "did not find expected key"),
        Kind::ExpectedEntry => (Parser, "did not find expected '-' indicator"),
        Kind::ExpectedValue => (Parser, "did not find expected node content"),
        Kind::UnknownAnchor(name) => return (Decoder, format!("unknown anchor '{name}' referenced")),
        Kind::RecursiveAlias(name) => return (Decoder, format!("anchor '{name}' value contains itself")),
        Kind::ExcessiveAliases(_) => (Decoder, "document contains excessive aliasing"),
        Kind::MergeValue => (Decoder, "map merge requires map or sequence of maps as the value"),
        Kind::Base64 => (Decoder, "!!binary value contains invalid base64 data"),
        Kind::TagMismatch { tag, found, value } => {
            return (Decoder, format!("cannot decode {found} `{value}` as a {tag}"));
        }
        other => return (Decoder, other.to_string()),
    };
    (stage, words.to_owned())
}

/// Of tags and directives.
fn of_property(fault: PropertyFault) -> &'static str {
    match fault {
        PropertyFault::Version => "did not find expected version number",
        PropertyFault::LongVersion => "found extremely long version number",
        PropertyFault::VersionPoint => "did not find expected digit or '.' character",
        PropertyFault::DirectiveName => "could not find expected directive name",
        PropertyFault::UnknownDirective => "found unknown directive name",
        PropertyFault::Handle => "did not find expected '!'",
        PropertyFault::BlankBehindHandle => "did not find expected whitespace",
        PropertyFault::EndOfLine => "did not find expected comment or line break",
        PropertyFault::ClosingAngle => "did not find the expected '>'",
        PropertyFault::BlankBehindPrefix | PropertyFault::BlankBehindTag => {
            "did not find expected whitespace or line break"
        }
        PropertyFault::Uri => "did not find expected tag URI",
        PropertyFault::UriEscape => "did not find URI escaped octet",
        PropertyFault::FirstOctet => "found an incorrect leading UTF-8 octet",
        PropertyFault::NextOctet => "found an incorrect trailing UTF-8 octet",
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_first;
    use super::*;

    #[test]
    fn lines_are_counted_as_go_yaml_counts_them() {
        for (text, words) in [
            ("a: [", "line 1: did not find expected node content"),
            ("a: b: c", "mapping values are not allowed in this context"),
            ("x: 1\na: b: c", "line 2: mapping values are not allowed in this context"),
            ("\ta: 1", "found character that cannot start any token"),
            ("a: *x", "unknown anchor 'x' referenced"),
            ("- a\nb: c", "line 1: did not find expected '-' indicator"),
            ("%", "could not find expected directive name"),
            ("\"a", "found unexpected end of stream"),
            ("!!int 1.5", "cannot decode !!float `1.5` as a !!int"),
            ("a: |\n x\ny\nb: 1", "line 4: could not find expected ':'"),
            ("ff: \nb", "line 3: could not find expected ':'"),
            ("a: !!float", "cannot decode !!null `` as a !!float"),
            ("{a", "line 1: did not find expected ',' or '}'"),
        ] {
            assert_eq!(go_words(&parse_first(text).unwrap_err(), text), format!("yaml: {words}"), "{text:?}");
        }
    }
}

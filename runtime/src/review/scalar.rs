//! Texts as Kyverno's YAML encoder writes them (`go.yaml.in/yaml/v3`, `encode.go` and `emitterc.go`): plain where they read
//! back as the same text, else quoted, and literal when they have several lines. Lines are never folded.

/// A text as a key of a mapping.
pub(super) fn key(text: &str) -> String {
    let scan = Scan::of(text);
    match () {
        () if scan.lines => double_quoted(text),
        () if !reads_as_text(text) => double_quoted(text),
        () if scan.plain && !text.is_empty() => text.to_owned(),
        () => quoted(text, &scan, 0),
    }
}

/// A text as a value of a block mapping whose content is indented by so many columns.
pub(super) fn value(text: &str, indent: usize) -> String {
    let scan = Scan::of(text);
    match () {
        () if text.contains('\n') && scan.literal => literal(text, indent),
        () if text.contains('\n') || !reads_as_text(text) => double_quoted(text),
        () if scan.plain => text.to_owned(),
        () => quoted(text, &scan, indent),
    }
}

/// Which styles can hold a text.
#[derive(Clone, Copy, Debug)]
struct Scan {
    lines: bool,
    plain: bool,
    single_quoted: bool,
    literal: bool,
}

impl Scan {
    fn of(text: &str) -> Self {
        let mut indicator = text.starts_with("---") || text.starts_with("...");
        let (mut lines, mut special, mut tab) = (false, false, false);
        let (mut space_break, mut break_space) = (false, false);
        let mut before = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let blank_follows = characters.peek().is_none_or(|next| is_blank(*next));
            indicator |= match (before, character) {
                (None, '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!') => true,
                (None, '|' | '>' | '\'' | '"' | '%' | '@' | '`') => true,
                (None, '?' | ':' | '-') | (Some(_), ':') => blank_follows,
                (Some(before), '#') => is_blank(before),
                _ => false,
            };
            match character {
                '\t' => tab = true,
                _ => special |= !is_printable(character),
            }
            lines |= is_break(character);
            space_break |= is_break(character) && before == Some(' ');
            break_space |= character == ' ' && before.is_some_and(is_break);
            before = Some(character);
        }
        let padded =
            |character: Option<char>| character.is_some_and(|character| character == ' ' || is_break(character));
        let edges = padded(text.chars().next()) || padded(text.chars().next_back());
        Self {
            lines,
            plain: !(indicator || edges || lines || tab || special || space_break || break_space),
            single_quoted: !(tab || special || space_break || break_space),
            literal: !(text.ends_with(' ') || space_break || special),
        }
    }
}

fn quoted(text: &str, scan: &Scan, indent: usize) -> String {
    match scan.single_quoted {
        true => format!("'{}'", indented_after_separators(&text.replace('\'', "''"), indent)),
        false => double_quoted(text),
    }
}

/// The text as the encoder writes it after line breaks that YAML 1.1 knows beside the usual one: it takes the next
/// character to begin a line, and indents it.
fn indented_after_separators(text: &str, indent: usize) -> String {
    let is_separator = |character: char| matches!(character, '\u{2028}' | '\u{2029}');
    let mut out = String::with_capacity(text.len());
    let mut at_line_start = false;
    for character in text.chars() {
        if at_line_start && !is_separator(character) {
            out.push_str(&" ".repeat(indent));
        }
        at_line_start = is_separator(character);
        out.push(character);
    }
    out
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            other if is_printable(other) => out.push(other),
            other => out.push_str(&match u32::from(other) {
                code @ 0..=0xff => format!("\\x{code:02X}"),
                code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            }),
        }
    }
    out.push('"');
    out
}

/// A block of lines. Its hint tells what becomes of line breaks at the end, and how far the text is indented where that
/// does not show.
fn literal(text: &str, indent: usize) -> String {
    let indentation = if text.starts_with([' ', '\n']) { "2" } else { "" };
    let chomping = match text.strip_suffix('\n') {
        None => "-",
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => "+",
        Some(_) => "",
    };
    let mut out = format!("|{indentation}{chomping}");
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(&indented_after_separators(line, indent));
        }
    }
    out
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\0') || is_break(character)
}

/// What the encoder takes to be printable: nothing beyond the basic plane is.
fn is_printable(character: char) -> bool {
    matches!(character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Whether a plain scalar of this text is read as text again, and not as a number, truth value, null or time.
fn reads_as_text(text: &str) -> bool {
    const WORDS: [&str; 16] =
        ["", "~", "null", "true", "false", "y", "n", "yes", "no", "on", "off", ".nan", ".inf", "+.inf", "-.inf", "<<"];
    let lower = text.to_ascii_lowercase();
    let starts_like_a_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    let reads_as_other = WORDS.contains(&&*lower) || (starts_like_a_number && is_number_or_time(text));
    !reads_as_other
}

/// Decimal, binary, octal and hexadecimal numbers, numbers with base 60, dates and times.
fn is_number_or_time(text: &str) -> bool {
    let plain: String = text.chars().filter(|character| *character != '_').collect();
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let radix = |prefix: &str, radix: u32| {
        unsigned
            .strip_prefix(prefix)
            .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|character| character.is_digit(radix)))
    };
    let base_60 = unsigned.contains(':') && unsigned.split(':').all(|part| part.parse::<f64>().is_ok());
    let date = {
        let parts: Vec<&str> = text.split('-').collect();
        parts.len() >= 3
            && parts[0].len() == 4
            && parts[..2].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            && parts[2].starts_with(|first: char| first.is_ascii_digit())
    };
    let float = unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && unsigned.parse::<f64>().is_ok();
    float || radix("0b", 2) || radix("0o", 8) || radix("0x", 16) || base_60 || date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain_where_they_can_be() {
        for (text, written) in [
            ("plain text", "plain text"),
            ("with: colon", "'with: colon'"),
            ("it's: so", "'it''s: so'"),
            ("a #comment", "'a #comment'"),
            ("a#b", "a#b"),
            ("- item", "'- item'"),
            ("-5 is", "-5 is"),
            ("trailing ", "'trailing '"),
            ("tab\there", "\"tab\\there\""),
            ("true", "\"true\""),
            ("", "\"\""),
            ("12", "\"12\""),
            ("1.5e3", "\"1.5e3\""),
            ("2024-01-02", "\"2024-01-02\""),
            ("\u{1F600} smile", "\"\\U0001F600 smile\""),
            ("é: x", "'é: x'"),
            ("*star", "'*star'"),
            ("a\u{2028}b", "'a\u{2028}    b'"),
        ] {
            assert_eq!(value(text, 4), written);
        }
    }

    #[test]
    fn several_lines_are_literal() {
        assert_eq!(value("a\nb", 4), "|-\n    a\n    b");
        assert_eq!(value("a\n\nb\n", 4), "|\n    a\n\n    b");
        assert_eq!(value(" a\nb", 4), "|2-\n     a\n    b");
        assert_eq!(value("a\n\n", 4), "|+\n    a\n");
        assert_eq!(value("a \nb", 4), "\"a \\nb\"");
        assert_eq!(key("a\nb"), "\"a\\nb\"");
    }
}

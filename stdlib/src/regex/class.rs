//! Sets of characters: `[...]`, `\d`, `[:alpha:]`, `\p{Greek}`.

use super::error::{RegexError, RegexErrorKind as Kind};
use super::parse::{Dialect, parse_escape};
use super::syntax::{Class, ClassItem, NamedSet};

/// Reads a class that begins with `[`; gives what follows it.
pub(super) fn parse_class(whole: &str, dialect: Dialect, fold: bool) -> Result<(Class, &str), RegexError> {
    let mut rest = &whole[1..];
    let mut items = Vec::new();
    let negated = rest.starts_with('^');
    if negated {
        rest = &rest[1..];
        if dialect == Dialect::Posix {
            // The complement does not reach over lines.
            items.push(ClassItem::Range('\n', '\n'));
        }
    }
    let mut first = true;
    while first || !rest.starts_with(']') {
        if dialect == Dialect::Posix && !first {
            refuse_inner_hyphen(rest)?;
        }
        first = false;
        if let Some((item, after)) = parse_named(rest, dialect)? {
            items.push(item);
            rest = after;
            continue;
        }
        let range = rest;
        let (low, after) = parse_member(rest, whole)?;
        let (mut high, mut after) = (low, after);
        if let Some(upper) = after.strip_prefix('-')
            && !upper.is_empty()
            && !upper.starts_with(']')
        {
            (high, after) = parse_member(upper, whole)?;
            if high < low {
                return Err(RegexError::new(Kind::CharacterClassRange, before(range, after)));
            }
        }
        items.extend(scalar_range(low, high));
        rest = after;
    }
    Ok((Class { items, negated, fold }, &rest[1..]))
}

/// A set with a name at the beginning of `text`, and what follows it; nothing when there is none.
fn parse_named(text: &str, dialect: Dialect) -> Result<Option<(ClassItem, &str)>, RegexError> {
    if text.starts_with("[:") {
        parse_posix(text)
    } else if dialect == Dialect::Perl {
        parse_escaped_set(text)
    } else {
        Ok(None)
    }
}

/// `\d`, `\S` and the like at the beginning of `text`, or `\p{...}`; nothing when there is none.
pub(super) fn parse_escaped_set(text: &str) -> Result<Option<(ClassItem, &str)>, RegexError> {
    match parse_unicode(text)? {
        Some(found) => Ok(Some(found)),
        None => Ok(parse_perl(text)),
    }
}

fn parse_posix(text: &str) -> Result<Option<(ClassItem, &str)>, RegexError> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    ];
    let Some(end) = text[2..].find(":]").map(|at| at + 2) else { return Ok(None) };
    let (written, after) = text.split_at(end + 2);
    let name = &text[2..end];
    let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    if !NAMES.contains(&name) {
        return Err(RegexError::new(Kind::CharacterClassRange, written));
    }
    Ok(Some((ClassItem::Named { set: NamedSet::Posix(name.to_owned()), negated }, after)))
}

fn parse_perl(text: &str) -> Option<(ClassItem, &str)> {
    let letter = text.strip_prefix('\\')?.chars().next()?;
    let set = match letter.to_ascii_lowercase() {
        'd' => NamedSet::Digit,
        's' => NamedSet::Space,
        'w' => NamedSet::Word,
        _ => return None,
    };
    Some((ClassItem::Named { set, negated: letter.is_ascii_uppercase() }, &text[2..]))
}

fn parse_unicode(text: &str) -> Result<Option<(ClassItem, &str)>, RegexError> {
    let (negated, rest) = match (text.strip_prefix("\\p"), text.strip_prefix("\\P")) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ => return Ok(None),
    };
    let refused = |part: &str| RegexError::new(Kind::CharacterClassRange, part);
    let (name, after) = match rest.strip_prefix('{') {
        Some(braced) => braced.split_once('}').ok_or_else(|| refused(text))?,
        None => rest.split_at(rest.chars().next().map_or(0, char::len_utf8)),
    };
    let (inverted, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let name = unicode_set(name).ok_or_else(|| refused(before(text, after)))?;
    Ok(Some((ClassItem::Named { set: NamedSet::Unicode(name), negated: negated != inverted }, after)))
}

/// A general category or script in the crate's syntax; nothing when there is none of that name.
fn unicode_set(name: &str) -> Option<String> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '-')) {
        return None;
    }
    if name.eq_ignore_ascii_case("any") {
        return Some("any".to_owned());
    }
    let candidates = [format!("gc={name}"), format!("sc={name}")];
    candidates.into_iter().find(|set| regex_syntax::parse(&format!(r"\p{{{set}}}")).is_ok())
}

/// One character of a class, escaped or not.
fn parse_member<'t>(text: &'t str, whole: &str) -> Result<(u32, &'t str), RegexError> {
    if text.starts_with('\\') {
        return parse_escape(text);
    }
    match text.chars().next() {
        Some(character) => Ok((u32::from(character), &text[character.len_utf8()..])),
        None => Err(RegexError::new(Kind::MissingBracket, whole)),
    }
}

/// POSIX takes an unescaped hyphen only as the first or last character of a class.
fn refuse_inner_hyphen(text: &str) -> Result<(), RegexError> {
    match text.strip_prefix('-') {
        Some(after) if !after.starts_with(']') => {
            let next = after.chars().next().map_or(0, char::len_utf8);
            Err(RegexError::new(Kind::CharacterClassRange, &text[..1 + next]))
        }
        _ => Ok(()),
    }
}

/// The characters of a range of code points; surrogates are none.
fn scalar_range(low: u32, high: u32) -> Option<ClassItem> {
    let low = char::from_u32(low).unwrap_or('\u{e000}');
    let high = char::from_u32(high).unwrap_or('\u{d7ff}');
    (low <= high).then_some(ClassItem::Range(low, high))
}

/// The part of `text` before its end part `rest`.
pub(super) fn before<'t>(text: &'t str, rest: &str) -> &'t str {
    &text[..text.len() - rest.len()]
}

//! Ranges of versions: `>=1.0.0 <2.0.0 || 3.x`.

use std::cmp::Ordering;

use super::{Version, VersionError};
use crate::go_parse::quote;

/// A set of versions: the union of intersections of comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    alternatives: Vec<Vec<Bound>>,
}

/// A comparison with a version.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    comparator: Comparator,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Range {
    /// Reads a range. Comparisons beside each other must all hold; `||` separates alternatives; `x` stands for any
    /// number at the end of a version.
    ///
    /// The library's habits are kept: a word of a single character is dropped, and only the last `x` of `1.x.x` counts
    /// as a wildcard, so that `1.x.x` means `1.0.x`.
    ///
    /// # Errors
    ///
    /// Words that are no comparisons, and an alternative without words.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        VersionError::check_length(text)?;
        let words = words(text);
        let alternatives = alternatives(&words)?;
        let mut expanded = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            let mut comparisons = Vec::new();
            for word in alternative {
                expand_wildcard(word, &mut comparisons)?;
            }
            expanded.push(comparisons);
        }
        let bounds = expanded.iter().map(|words| words.iter().map(|word| Bound::parse(word)).collect());
        Ok(Self { alternatives: bounds.collect::<Result<_, _>>()? })
    }

    /// Whether a version is in the range.
    ///
    /// # Errors
    ///
    /// An alternative without words between two `||`, when none before it holds the version: the library crashes.
    pub fn contains(&self, version: &Version) -> Result<bool, VersionError> {
        for bounds in &self.alternatives {
            if bounds.is_empty() {
                return Err(VersionError("an alternative of the range is empty".to_owned()));
            }
            if bounds.iter().all(|bound| bound.holds(version)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Bound {
    fn parse(word: &str) -> Result<Self, VersionError> {
        let (operator, version_text) = split_operator(word)?;
        let whole = quote(&format!("{operator}{version_text}"));
        let refused = |detail: String| VersionError(format!("Could not parse Range {}: {detail}", quote(word)));
        let comparator = Comparator::parse(operator)
            .ok_or_else(|| refused(format!("Could not parse comparator {} in {whole}", quote(operator))))?;
        let version = Version::parse(version_text)
            .map_err(|error| refused(format!("Could not parse version {} in {whole}: {error}", quote(version_text))))?;
        Ok(Self { comparator, version })
    }

    fn holds(&self, version: &Version) -> bool {
        let order = version.cmp(&self.version);
        match self.comparator {
            Comparator::Equal => order == Ordering::Equal,
            Comparator::NotEqual => order != Ordering::Equal,
            Comparator::Greater => order == Ordering::Greater,
            Comparator::GreaterOrEqual => order != Ordering::Less,
            Comparator::Less => order == Ordering::Less,
            Comparator::LessOrEqual => order != Ordering::Greater,
        }
    }
}

impl Comparator {
    fn parse(operator: &str) -> Option<Self> {
        Some(match operator {
            "" | "=" | "==" => Self::Equal,
            "!" | "!=" => Self::NotEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            _ => return None,
        })
    }
}

/// The words between spaces. A space behind `<`, `>` or `=` does not separate. Words of one character are dropped.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut last = ' ';
    for (at, character) in text.char_indices() {
        if character != ' ' {
            last = character;
        } else if !matches!(last, '<' | '>' | '=') {
            words.push(&text[start..at]);
            start = at + 1;
        }
    }
    words.push(&text[start..]);
    words.into_iter().filter(|word| word.len() > 1).map(|word| word.replace(' ', "")).collect()
}

/// The groups of words between `||`.
fn alternatives(words: &[String]) -> Result<Vec<&[String]>, VersionError> {
    if words.first().is_some_and(|word| word == "||") {
        return Err(VersionError("First element in range is '||'".to_owned()));
    }
    if words.last().is_none_or(|word| word == "||") {
        return Err(VersionError("Last element in range is '||'".to_owned()));
    }
    Ok(words.split(|word| word == "||").collect())
}

/// The operator of a word and the version that begins with its first digit.
fn split_operator(word: &str) -> Result<(&str, &str), VersionError> {
    let digit = word
        .find(|character: char| character.is_numeric())
        .ok_or_else(|| VersionError(format!("Could not get version from string: {}", quote(word))))?;
    let (operator, version) = word.split_at(digit);
    Ok((operator.trim(), version))
}

/// Adds a word to the comparisons; one with an `x` becomes one or two without.
fn expand_wildcard(word: &str, comparisons: &mut Vec<String>) -> Result<(), VersionError> {
    if !word.contains('x') {
        comparisons.push(word.to_owned());
        return Ok(());
    }
    let (operator, version) = split_operator(word)?;
    let lowest = lowest_version(version);
    let above = || next_version(version, &lowest);
    match operator {
        ">" => comparisons.push(format!(">={}", above())),
        ">=" => comparisons.push(format!(">={lowest}")),
        "<" => comparisons.push(format!("<{lowest}")),
        "<=" => comparisons.push(format!("<{}", above())),
        "" | "=" | "==" => comparisons.extend([format!(">={lowest}"), format!("<{}", above())]),
        "!" | "!=" => comparisons.extend([format!("<{lowest}"), format!(">={}", above())]),
        _ => comparisons.push(lowest),
    }
    Ok(())
}

/// The version with its wildcards made zero.
fn lowest_version(version: &str) -> String {
    let lowest = version.replacen(".x.x", ".x", 1).replacen(".x", ".0", 1);
    if lowest.split('.').count() == 2 { format!("{lowest}.0") } else { lowest }
}

/// The lowest version that the wildcard does not reach; empty when there is no wildcard at the end.
fn next_version(version: &str, lowest: &str) -> String {
    let parts: Vec<&str> = version.split('.').collect();
    let increased = match parts.as_slice() {
        [_, "x"] => 0,
        [_, _, "x"] => 1,
        _ => return String::new(),
    };
    let mut parts: Vec<String> = lowest.split('.').map(str::to_owned).collect();
    let number = parts.get(increased).and_then(|part| part.parse::<i64>().ok()).and_then(|part| part.checked_add(1));
    match (number, parts.get_mut(increased)) {
        (Some(number), Some(part)) => *part = number.to_string(),
        _ => return String::new(),
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_versions() {
        let cases = [
            (">=1.0.0 <2.0.0", "1.5.0", true),
            (">=1.0.0 <2.0.0", "2.0.0", false),
            (">= 1.0.0", "1.0.0", true),
            (">1.0.0 <1.5.0 || >=2.0.0", "2.1.0", true),
            ("!1.2.3", "1.2.3", false),
            ("1.2.3", "1.2.3+build", true),
            ("1.2.3", "1.2.3-alpha", false),
            ("1.x", "1.9.9", true),
            ("1.x", "2.0.0", false),
            ("1.2.x", "1.2.9", true),
            ("1.x.x", "1.2.0", false),
            ("<2.0.x", "1.9.9", true),
            ("<=1.2.x", "1.2.9", true),
            (">1.x", "2.0.0", true),
            ("!=1.x", "3.0.0", false),
            ("1.0.0 - 2.0.0", "1.5.0", false),
            ("^1.x", "1.0.0", true),
        ];
        for (range, version, inside) in cases {
            let (range, version) = (Range::parse(range).unwrap(), Version::parse(version).unwrap());
            assert_eq!(range.contains(&version), Ok(inside), "{range:?} {version:?}");
        }
    }

    #[test]
    fn errors_have_the_library_s_words() {
        let cases = [
            ("", "Last element in range is '||'"),
            ("*", "Last element in range is '||'"),
            ("|| 1.0.0", "First element in range is '||'"),
            ("1.0.0 ||", "Last element in range is '||'"),
            ("nope", "Could not get version from string: \"nope\""),
            (">v1.0.0", "Could not parse Range \">v1.0.0\": Could not parse comparator \">v\" in \">v1.0.0\""),
            (
                ">=1.2",
                "Could not parse Range \">=1.2\": Could not parse version \"1.2\" in \">=1.2\": \
                 No Major.Minor.Patch elements found",
            ),
        ];
        for (range, message) in cases {
            assert_eq!(Range::parse(range).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn an_empty_alternative_fails_when_it_is_reached() {
        let range = Range::parse("1.x || || 2.x").unwrap();
        let contains = |version| range.contains(&Version::parse(version).unwrap());
        assert_eq!(contains("1.0.0"), Ok(true));
        assert!(contains("2.0.0").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_errs(text in r"[-.0-9x<>=!| v+é]{0,20}") {
            let _ = Range::parse(&text);
        }
    }
}

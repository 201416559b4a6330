//! Semantic versions and ranges of them, as Go's `github.com/blang/semver` reads and compares them.

mod range;

use std::cmp::Ordering;

pub use range::Range;

use crate::go_parse::quote;

/// A version; build metadata is read and forgotten, for it does not count in comparisons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    prerelease: Vec<Identifier>,
}

/// A part of the version behind the hyphen. Numbers come before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Text(String),
}

/// Why a text is no version or range, in the library's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VersionError(String);

/// How long a version or range may be. Nobody writes longer ones, and errors repeat them.
const LENGTH_MAX: usize = 1 << 15;

impl VersionError {
    /// Refuses what is too long.
    fn check_length(text: &str) -> Result<(), Self> {
        if text.len() <= LENGTH_MAX { Ok(()) } else { Err(Self(format!("longer than {LENGTH_MAX} bytes"))) }
    }
}

impl Version {
    /// Reads `major.minor.patch`, with a prerelease behind `-` and build metadata behind `+`.
    ///
    /// # Errors
    ///
    /// Anything else: missing parts, leading zeros, a `v` in front.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        if text.is_empty() {
            return Err(VersionError("Version string empty".to_owned()));
        }
        VersionError::check_length(text)?;
        let mut parts = text.splitn(3, '.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VersionError("No Major.Minor.Patch elements found".to_owned()));
        };
        let (major, minor) = (number("Major", major)?, number("Minor", minor)?);
        let (rest, build) = split_once_or_all(rest, '+');
        let (patch, prerelease) = split_once_or_all(rest, '-');
        let patch = number("Patch", patch)?;
        let prerelease = match prerelease {
            Some(text) => text.split('.').map(Identifier::parse).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        build.map_or(Ok(()), |build| build.split('.').try_for_each(check_build))?;
        Ok(Self { major, minor, patch, prerelease })
    }
}

impl Ord for Version {
    /// A version without prerelease comes after the same one with it.
    fn cmp(&self, other: &Self) -> Ordering {
        let release = |version: &Self| version.prerelease.is_empty();
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| release(self).cmp(&release(other)))
            .then_with(|| self.prerelease.cmp(&other.prerelease))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Identifier {
    fn parse(text: &str) -> Result<Self, VersionError> {
        if text.is_empty() {
            return Err(VersionError("Prerelease is empty".to_owned()));
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            if text.len() > 1 && text.starts_with('0') {
                let message = "Numeric PreRelease version must not contain leading zeroes";
                return Err(VersionError(format!("{message} {}", quote(text))));
            }
            return parse_digits(text).map(Self::Number);
        }
        if !is_alphanumeric(text) {
            return Err(VersionError(format!("Invalid character(s) found in prerelease {}", quote(text))));
        }
        Ok(Self::Text(text.to_owned()))
    }
}

fn number(name: &str, text: &str) -> Result<u64, VersionError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let name = name.to_ascii_lowercase();
        return Err(VersionError(format!("Invalid character(s) found in {name} number {}", quote(text))));
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(VersionError(format!("{name} number must not contain leading zeroes {}", quote(text))));
    }
    parse_digits(text)
}

fn parse_digits(digits: &str) -> Result<u64, VersionError> {
    digits.parse().map_err(|_| {
        let reason = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
        VersionError(format!("strconv.ParseUint: parsing {}: {reason}", quote(digits)))
    })
}

fn check_build(text: &str) -> Result<(), VersionError> {
    if text.is_empty() {
        return Err(VersionError("Build meta data is empty".to_owned()));
    }
    if !is_alphanumeric(text) {
        return Err(VersionError(format!("Invalid character(s) found in build meta data {}", quote(text))));
    }
    Ok(())
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
}

fn split_once_or_all(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered() {
        let ordered = [
            "0.0.0",
            "1.0.0-0",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-b",
            "1.0.0",
            "1.2.0",
            "1.10.0",
        ];
        for pair in ordered.windows(2) {
            assert!(Version::parse(pair[0]).unwrap() < Version::parse(pair[1]).unwrap(), "{pair:?}");
        }
        assert_eq!(Version::parse("1.0.0+a"), Version::parse("1.0.0+b.c"));
    }

    #[test]
    fn errors_have_the_library_s_words() {
        let cases = [
            ("", "Version string empty"),
            ("1.2", "No Major.Minor.Patch elements found"),
            ("v1.2.3", "Invalid character(s) found in major number \"v1\""),
            ("1.02.3", "Minor number must not contain leading zeroes \"02\""),
            ("1.2.3.4", "Invalid character(s) found in patch number \"3.4\""),
            ("1.2.", "strconv.ParseUint: parsing \"\": invalid syntax"),
            ("1.2.3-", "Prerelease is empty"),
            ("1.2.3-01", "Numeric PreRelease version must not contain leading zeroes \"01\""),
            ("1.2.3-é", "Invalid character(s) found in prerelease \"é\""),
            ("1.2.3+", "Build meta data is empty"),
            ("1.2.3+a_b", "Invalid character(s) found in build meta data \"a_b\""),
            ("1.2.99999999999999999999", "strconv.ParseUint: parsing \"99999999999999999999\": value out of range"),
        ];
        for (text, message) in cases {
            assert_eq!(Version::parse(text).unwrap_err().to_string(), message);
        }
    }
}

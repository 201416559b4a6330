//! Regular expressions in Go's syntax (RE2, package `regexp`) on the `regex` crate.
//!
//! Both engines find the same leftmost-first matches; what they read differs. Go's `\d`, `\w`, `\s` and `\b` mean ASCII
//! only, a bracket inside a bracket is a character, `\Q...\E` quotes, repetitions must not be stacked, and so on. So an
//! expression is parsed (`parse`) by Go's rules into a small tree, and the tree is written (`translate`) as an expression
//! of the crate. Errors have Go's texts.

mod cache;
mod class;
mod error;
mod expand;
mod generate;
mod parse;
mod syntax;
mod translate;

pub use cache::RegexCache;
pub use error::{RegexError, RegexErrorKind};
pub use generate::Generator;

use crate::bounds::{TextTooLong, check_text};
use parse::Dialect;

/// Memory that a compiled expression may take.
const SIZE_LIMIT: usize = 4 << 20;

/// How long an expression may be. Policies come nowhere near it, and compiling one takes a while.
const LENGTH_MAX: usize = 1 << 13;

/// Memory that an expression takes that is small enough to be kept.
const SMALL_SIZE: usize = 1 << 20;

/// A compiled regular expression with Go's meaning.
#[derive(Clone, Debug)]
pub struct GoRegex {
    regex: regex::Regex,
    /// The names of the capture groups, the whole match first.
    names: Vec<Option<String>>,
    /// Whether it takes little memory.
    is_small: bool,
}

impl GoRegex {
    /// Compiles an expression as Go's `regexp.Compile` does.
    ///
    /// # Errors
    ///
    /// What Go refuses, in its words, and what would take too much memory.
    pub fn compile(expression: &str) -> Result<Self, RegexError> {
        if expression.len() > LENGTH_MAX {
            let part: String = expression.chars().take(40).collect();
            return Err(RegexError::new(RegexErrorKind::TooLarge, &part));
        }
        let parsed = parse::parse(expression, Dialect::Perl)?;
        let translated = translate::translate(&parsed.root);
        let build = |limit| regex::RegexBuilder::new(&translated).size_limit(limit).nest_limit(u32::MAX).build();
        let (regex, is_small) = match build(SMALL_SIZE) {
            Ok(regex) => (regex, true),
            Err(_) => {
                let too_large = |_| RegexError::new(RegexErrorKind::TooLarge, expression);
                (build(SIZE_LIMIT).map_err(too_large)?, false)
            }
        };
        Ok(Self { regex, names: parsed.names, is_small })
    }

    /// Whether the expression matches anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The text with each match replaced; `$1`, `${1}` and `$name` in the replacement stand for what a group matched.
    /// `$1x` is the group named `1x`. Groups that are not there or did not match are empty.
    ///
    /// # Errors
    ///
    /// The result would be too long.
    pub fn replace_all(&self, text: &str, replacement: &str) -> Result<String, TextTooLong> {
        self.replace_with(text, |captures, out| expand::expand(replacement, captures, &self.names, out))
    }

    /// The text with each match replaced by a text as it is.
    ///
    /// # Errors
    ///
    /// The result would be too long.
    pub fn replace_all_literal(&self, text: &str, replacement: &str) -> Result<String, TextTooLong> {
        self.replace_with(text, |_, out| {
            out.push_str(replacement);
            Ok(())
        })
    }

    /// Walks over the matches as Go does: an empty match right behind another one is passed over.
    fn replace_with(
        &self,
        text: &str,
        replace: impl Fn(&regex::Captures<'_>, &mut String) -> Result<(), TextTooLong>,
    ) -> Result<String, TextTooLong> {
        let mut out = String::with_capacity(text.len());
        let (mut copied, mut search) = (0, 0);
        while search <= text.len() {
            let Some(captures) = self.regex.captures_at(text, search) else { break };
            let Some(found) = captures.get(0) else { break };
            out.push_str(&text[copied..found.start()]);
            if found.end() > copied || found.start() == 0 {
                replace(&captures, &mut out)?;
                check_text(out.len(), 0, 0)?;
            }
            copied = found.end();
            let next = text[search..].chars().next().map_or(1, char::len_utf8);
            search = (search + next).max(found.end());
        }
        out.push_str(&text[copied..]);
        Ok(out)
    }
}

#[cfg(test)]
mod tests;

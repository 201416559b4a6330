//! One round of substitution in a text: the results of its variables are put in one after the other, each where the text
//! of its variable first stands (Go `strings.Replace(…, 1)`), even if another variable was meant.

use dikast_grammar::template::Found;

/// How many bytes a round may look through. A text that is read like its author means it is read once.
const WORK_MAX: usize = 16 << 20;

/// A round while results are put in.
pub(super) struct Round<'t> {
    text: &'t str,
    /// What the text before `copied` has become.
    done: String,
    copied: usize,
    /// The first braces of `done`, before which no variable stands.
    first_braces: Option<usize>,
    /// The whole text, once a result went to another place than its variable's.
    out_of_order: Option<String>,
    work: usize,
}

/// The text takes too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl<'t> Round<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let done = String::with_capacity(text.len());
        Self { text, done, copied: 0, first_braces: None, out_of_order: None, work: 0 }
    }

    /// Puts the result of the next variable in; variables come in the order of the text.
    pub(super) fn replace(&mut self, variable: &Found, result: &str) -> Result<(), TooLong> {
        let (text, before) = (self.text, &self.text[variable.before..variable.start]);
        let written = &text[variable.before..variable.end];
        if self.out_of_order.is_none() {
            let between = &text[self.copied..variable.before];
            self.done.push_str(between);
            self.note_braces(between.len());
            self.copied = variable.before;
            if self.stands_earlier(written, before.len()) {
                self.out_of_order = Some(format!("{}{}", self.done, &text[self.copied..]));
            }
        }
        match &mut self.out_of_order {
            Some(whole) => {
                self.work += whole.len();
                *whole = whole.replacen(written, &format!("{before}{result}"), 1);
            }
            None => {
                let from = self.done.len();
                self.done.push_str(before);
                self.done.push_str(result);
                self.note_braces(self.done.len() - from);
                self.copied = variable.end;
            }
        }
        if self.work > WORK_MAX { Err(TooLong) } else { Ok(()) }
    }

    /// How long the text is now.
    pub(super) fn len(&self) -> usize {
        match &self.out_of_order {
            Some(whole) => whole.len(),
            None => self.done.len() + self.text.len() - self.copied,
        }
    }

    /// The text after the round.
    pub(super) fn finish(mut self) -> String {
        self.out_of_order.unwrap_or_else(|| {
            self.done.push_str(&self.text[self.copied..]);
            self.done
        })
    }

    /// Looks for braces in what was added last, and across its beginning.
    fn note_braces(&mut self, added: usize) {
        if self.first_braces.is_none() {
            let bytes = self.done.as_bytes();
            let from = bytes.len().saturating_sub(added + 1);
            self.first_braces = bytes[from..].windows(2).position(|pair| pair == b"{{").map(|at| from + at);
        }
    }

    /// Whether a text that follows `done` stands, or begins, in `done` already. Its braces come after some bytes.
    fn stands_earlier(&mut self, written: &str, bytes_before_braces: usize) -> bool {
        let end = self.done.len();
        // The last byte may be the first of two braces.
        let mut from = self.first_braces.unwrap_or(end).min(end).saturating_sub(bytes_before_braces + 1);
        while !self.done.is_char_boundary(from) {
            from -= 1;
        }
        let tail = format!("{}{written}", &self.done[from..]);
        self.work += tail.len();
        tail.find(written).is_some_and(|at| from + at < end)
    }
}

#[cfg(test)]
mod tests {
    use dikast_grammar::template::find_variables;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn results_stand_where_the_text_of_the_variable_stood_first(
            parts in prop::collection::vec(prop::sample::select(vec!["{{a}}", "{{b}}", "{{", "}}", "{", "\\", "é", " "]), 0..14),
            results in prop::collection::vec(prop::sample::select(vec!["", "x", "{", "{{", "{{a}}", " {{b}}", "}}", "\\"]), 14),
        ) {
            let text = parts.concat();
            let (mut round, mut expected) = (Round::new(&text), text.clone());
            for (variable, result) in find_variables(&text).iter().zip(results) {
                round.replace(variable, result).unwrap();
                let before = &text[variable.before..variable.start];
                let written = &text[variable.before..variable.end];
                expected = expected.replacen(written, &format!("{before}{result}"), 1);
                prop_assert_eq!(round.len(), expected.len());
            }
            prop_assert_eq!(round.finish(), expected);
        }
    }

    #[test]
    fn many_variables_take_linear_time_or_are_refused() {
        for (text, fits) in [("{{a}} ".repeat(150_000), true), (format!("\\{{{{{}", " {{a}}".repeat(150_000)), false)] {
            let mut round = Round::new(&text);
            let answer = find_variables(&text).iter().try_for_each(|variable| round.replace(variable, "x"));
            assert_eq!(answer.is_ok(), fits);
        }
    }
}

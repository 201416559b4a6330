//! Text in lines that belong below one another.

/// An outline in the making.
#[derive(Debug, Default)]
pub(super) struct Outline {
    text: String,
    depth: usize,
}

impl Outline {
    /// Adds a line.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        let mut lines = line.as_ref().lines();
        let indent = "  ".repeat(self.depth);
        if let Some(first) = lines.next() {
            self.text.push_str(&format!("{indent}{first}\n"));
        }
        for next in lines {
            self.text.push_str(&format!("{indent}  {next}\n"));
        }
    }

    /// Adds a line and what `write` adds below it.
    pub(super) fn under(&mut self, line: impl AsRef<str>, write: impl FnOnce(&mut Self)) {
        self.line(line);
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Words with commas between them, and one other word before the last.
pub(super) fn join(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., word] => format!("{} {last} {word}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_below_their_heading() {
        let mut outline = Outline::default();
        outline.under("a", |outline| outline.line("b\nc"));
        assert_eq!(outline.finish(), "a\n  b\n    c\n");
        assert_eq!(join(&["x".into(), "y".into(), "z".into()], "or"), "x, y or z");
    }
}

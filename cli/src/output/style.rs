//! Colours, where the output is a terminal and nobody asked for plain text (`NO_COLOR`, `--remove-color`).

use std::io::IsTerminal;

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    colours: bool,
}

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A name.
    Name,
    /// Something went well.
    Good,
    /// Something went wrong.
    Bad,
    /// Worth a look.
    Notice,
    /// Less important.
    Faint,
}

impl Style {
    /// No colours.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self { colours: false };

    /// Colours for standard output.
    pub(crate) fn of_stdout(plain: bool) -> Self {
        Self { colours: !plain && std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    /// Whether there are colours.
    pub(crate) fn is_colourful(self) -> bool {
        self.colours
    }

    /// A text in the colour of its tone.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Name => "1;36",
            Tone::Good => "1;32",
            Tone::Bad => "1;31",
            Tone::Notice => "1;33",
            Tone::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

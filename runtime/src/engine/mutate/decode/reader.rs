//! The text of a rule, token by token, as json-iterator reads it.
//!
//! The first error stays, and with it the reader no longer steps back: from there on it reads out of step.

/// How deeply values are read. The text of a rule never is as deep; what is read out of step may seem to be.
const DEPTH_MAX: usize = 128;

/// Reads a text.
pub(super) struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    error: Option<String>,
    /// The text came to its end; the same as an error for what is read next, but not one that is told.
    has_ended: bool,
}

impl<'t> Reader<'t> {
    /// Begins to read.
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, depth: 0, error: None, has_ended: false }
    }

    /// Ends reading.
    ///
    /// # Errors
    ///
    /// The first error, or that there is more text.
    pub(super) fn end(mut self) -> Result<(), String> {
        if self.next_token() != 0 {
            self.fail("Unmarshal", "there are bytes left after unmarshal");
        }
        self.error.map_or(Ok(()), Err)
    }

    /// Goes one level deeper; false when there are too many.
    pub(super) fn enter(&mut self) -> bool {
        let may = self.depth < DEPTH_MAX;
        self.depth += usize::from(may);
        may
    }

    /// Comes back from a level.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The next byte that is no white space, 0 at the end.
    pub(super) fn next_token(&mut self) -> u8 {
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return byte;
            }
        }
        self.has_ended = true;
        0
    }

    /// Takes the last byte back, where there was no error.
    pub(super) fn step_back(&mut self) {
        if self.error.is_none() && !self.has_ended {
            self.at = self.at.saturating_sub(1);
        }
    }

    /// Passes over what is left of a word: `null` and the like.
    pub(super) fn pass_over(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    /// Notes an error at this place, if it is the first.
    pub(super) fn fail(&mut self, operation: &str, words: &str) {
        if self.error.is_some() {
            return;
        }
        let around = |reach: usize| {
            let range = self.at.saturating_sub(reach)..(self.at + reach).min(self.text.len());
            String::from_utf8_lossy(self.text.get(range).unwrap_or_default())
        };
        let (near, more, offset) = (around(10), around(50), self.at.min(10));
        self.error = Some(format!(
            "{operation}: {words}, error found in #{offset} byte of ...|{near}|..., bigger context ...|{more}|..."
        ));
    }

    /// Puts a name before the error.
    pub(super) fn name(&mut self, name: impl FnOnce(&str) -> String) {
        if let Some(error) = &mut self.error {
            *error = name(error);
        }
    }

    /// A text; empty for null.
    pub(super) fn text(&mut self) -> String {
        match self.next_token() {
            b'"' => self.rest_of_text(),
            b'n' => {
                self.pass_over(3);
                String::new()
            }
            other => {
                self.fail("ReadString", &format!("expects \" or n, but found {}", char::from(other)));
                String::new()
            }
        }
    }

    /// A text behind its quote. Escapes are kept: no name of a field has any.
    fn rest_of_text(&mut self) -> String {
        let (start, mut is_escaped) = (self.at, false);
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.iter().position(|&byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        let length = length.unwrap_or_else(|| {
            self.has_ended = true;
            rest.len()
        });
        self.at = (start + length + 1).min(self.text.len());
        String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned()
    }

    /// The name of a field with the colon behind it.
    pub(super) fn field_name(&mut self) -> Option<String> {
        match self.next_token() {
            b'"' => {}
            other => {
                self.fail("readFieldHash", &format!("expect \", but found {}", char::from(other)));
                return None;
            }
        }
        let name = self.rest_of_text();
        match self.next_token() {
            b':' => Some(name),
            other => {
                self.fail("readFieldHash", &format!("expect :, but found {}", char::from(other)));
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn truth(&mut self) {
        match self.next_token() {
            b't' => self.pass_over(3),
            b'f' => self.pass_over(4),
            other => self.fail("ReadBool", &format!("expect t or f, but found {}", char::from(other))),
        }
    }

    /// The text of a value.
    pub(super) fn raw(&mut self) -> &'t [u8] {
        self.next_token();
        self.step_back();
        let start = self.at;
        self.skip();
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) {
        if !self.enter() {
            return;
        }
        match self.next_token() {
            b'"' => drop(self.rest_of_text()),
            b'n' | b't' => self.pass_over(3),
            b'f' => self.pass_over(4),
            b'-' | b'0'..=b'9' => {
                while matches!(self.text.get(self.at), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
                    self.at += 1;
                }
            }
            b'[' => {
                self.step_back();
                self.skip_list();
            }
            b'{' => {
                self.step_back();
                self.skip_object();
            }
            other => self.fail("Skip", &format!("do not know how to skip: {other}")),
        }
        self.leave();
    }

    fn skip_list(&mut self) {
        match self.next_token() {
            b'[' => {}
            b'n' => return self.pass_over(3),
            other => {
                return self.fail("ReadArrayCB", &format!("expect [ or n, but found {}", char::from(other)));
            }
        }
        if self.next_token() == b']' {
            return;
        }
        self.step_back();
        self.skip();
        while self.next_token() == b',' {
            self.skip();
        }
    }

    fn skip_object(&mut self) {
        match self.next_token() {
            b'{' => {}
            b'n' => return self.pass_over(3),
            other => {
                return self.fail("ReadObjectCB", &format!("expect {{ or n, but found {}", char::from(other)));
            }
        }
        if self.next_token() != b'"' {
            return;
        }
        self.step_back();
        loop {
            self.text();
            self.next_token();
            self.skip();
            if self.next_token() != b',' {
                return;
            }
        }
    }
}

//! Parenthesised forms: the lexical level of the text form.

use std::fmt::Write;

use super::TextError;

/// A form: an atom, a quoted text or a list of forms.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// Anything without blanks, parentheses and quotes.
    Atom(String),
    /// A text in double quotes.
    Quoted(String),
    /// Forms in parentheses.
    List(Vec<Form>),
}

/// Width from which a list is broken into lines.
const WIDTH: usize = 110;
/// Deepest nesting that is read.
const DEPTH_MAX: usize = 400;

impl Form {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }

    /// A list that begins with a keyword.
    pub(super) fn tagged(tag: &str, items: impl IntoIterator<Item = Form>) -> Self {
        Self::List(std::iter::once(Self::atom(tag)).chain(items).collect())
    }

    /// A text as an atom where that cannot be mistaken for something else, else in quotes.
    pub(super) fn text(text: &str) -> Self {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./*".contains(&byte);
        let starts_plain = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'*');
        let reserved = matches!(text, "none" | "true" | "false" | "null" | "nan" | "inf");
        if starts_plain && text.bytes().all(plain) && !reserved {
            Self::Atom(text.to_owned())
        } else {
            Self::Quoted(text.to_owned())
        }
    }

    /// Appends the form, broken into lines where it would be too wide.
    pub(super) fn print(&self, out: &mut String, indent: usize) {
        match self {
            Self::Atom(text) => out.push_str(text),
            Self::Quoted(text) => quote(text, out),
            Self::List(items) => {
                out.push('(');
                let broken = indent + self.width() > WIDTH;
                for (at, item) in items.iter().enumerate() {
                    let own_line = broken && at > 0 && matches!(item, Self::List(_));
                    if own_line {
                        let _ = write!(out, "\n{:1$}", "", indent + 2);
                    } else if at > 0 {
                        out.push(' ');
                    }
                    item.print(out, indent + 2);
                }
                out.push(')');
            }
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Atom(text) => text.len(),
            Self::Quoted(text) => text.len() + 2,
            Self::List(items) => items.iter().map(|item| item.width() + 1).sum::<usize>() + 1,
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// Reads all forms of a text. A semicolon begins a comment that ends with the line.
pub(super) fn read_forms(text: &str) -> Result<Vec<Form>, TextError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut open: Vec<Vec<Form>> = vec![Vec::new()];
    while let Some(token) = lexer.token()? {
        let form = match token {
            Token::Open if open.len() >= DEPTH_MAX => return Err(lexer.error("forms are nested too deeply")),
            Token::Open => {
                open.push(Vec::new());
                continue;
            }
            Token::Close => match open.pop() {
                Some(items) if !open.is_empty() => Form::List(items),
                _ => return Err(lexer.error("`)` closes nothing")),
            },
            Token::Form(form) => form,
        };
        if let Some(items) = open.last_mut() {
            items.push(form);
        }
    }
    match <[_; 1]>::try_from(open) {
        Ok([forms]) => Ok(forms),
        Err(_) => Err(lexer.error("`(` is not closed")),
    }
}

enum Token {
    Open,
    Close,
    Form(Form),
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn error(&self, message: &str) -> TextError {
        let line = self.text[..self.at].bytes().filter(|&byte| byte == b'\n').count() + 1;
        TextError::Syntax { line, message: message.to_owned() }
    }

    fn token(&mut self) -> Result<Option<Token>, TextError> {
        loop {
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else { return Ok(None) };
            match first {
                ';' => self.at += rest.find('\n').unwrap_or(rest.len()),
                blank if blank.is_whitespace() => self.at += blank.len_utf8(),
                '(' => {
                    self.at += 1;
                    return Ok(Some(Token::Open));
                }
                ')' => {
                    self.at += 1;
                    return Ok(Some(Token::Close));
                }
                '"' => return self.quoted().map(|text| Some(Token::Form(Form::Quoted(text)))),
                _ => {
                    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '(' | ')' | '"' | ';');
                    let length = rest.find(ends).unwrap_or(rest.len());
                    self.at += length;
                    return Ok(Some(Token::Form(Form::atom(&rest[..length]))));
                }
            }
        }
    }

    fn quoted(&mut self) -> Result<String, TextError> {
        let mut text = String::new();
        let mut letters = self.text[self.at + 1..].char_indices();
        while let Some((offset, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += offset + 2;
                    return Ok(text);
                }
                '\\' => match letters.next().map(|(_, letter)| letter) {
                    Some('n') => text.push('\n'),
                    Some('u') => {
                        let digits: String = letters
                            .by_ref()
                            .map(|(_, letter)| letter)
                            .skip(1)
                            .take_while(|&letter| letter != '}')
                            .collect();
                        let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                        text.push(code.ok_or_else(|| self.error("an escape names no character"))?);
                    }
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        Err(self.error("a quoted text is not closed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_print_and_read_back() {
        let form = Form::tagged(
            "a",
            [Form::text("x y\n\"\\\u{1}é"), Form::List(vec![]), Form::text("b/c"), Form::text("none")],
        );
        let mut text = String::new();
        form.print(&mut text, 0);
        assert_eq!(text, "(a \"x y\\n\\\"\\\\\\u{1}é\" () b/c \"none\")");
        assert_eq!(read_forms(&text).unwrap(), [form]);
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line) in [("(a\n(b)", 2), ("a)\n", 1), ("\n\"x", 2)] {
            assert!(matches!(read_forms(text), Err(TextError::Syntax { line: at, .. }) if at == line), "{text:?}");
        }
    }
}

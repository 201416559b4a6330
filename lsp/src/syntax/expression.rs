//! The expression around a byte, and what is asked of what there.

use std::ops::Range;

use dikast_grammar::jmespath::{self, Ast};

use super::place::{Place, Spot};

/// Stands in a parsed expression for the word at the cursor. No field is called like this.
const PLACEHOLDER: &str = "dikast_word_at_the_cursor";

/// A word in an expression and the expression that it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    /// The word's bytes in the file; empty where none is written yet.
    pub(crate) word: Range<usize>,
    /// Whether the word is called as a function.
    pub(crate) is_call: bool,
    /// Whether the word is asked of what stands before a dot.
    pub(crate) is_member: bool,
    /// The expression with a placeholder for the word and without what follows it.
    ast: Ast,
}

impl Expression {
    /// The expression, in which [`is_word`](Self::is_word) tells the word.
    pub(crate) fn ast(&self) -> &Ast {
        &self.ast
    }

    /// Whether a part of the expression is the word.
    pub(crate) fn is_word(part: &Ast) -> bool {
        matches!(&part.node, jmespath::Node::Field(name) if name == PLACEHOLDER)
    }

    /// Whether a part of the expression holds the word.
    pub(crate) fn holds_word(part: &Ast) -> bool {
        let mut found = false;
        part.walk(&mut |part| found |= Self::is_word(part));
        found
    }
}

/// The expression at a byte: in a template, or in a field that holds an expression. Nothing where there is none, in
/// text within the expression, or when what stands before the byte makes no sense.
pub(crate) fn expression_at(text: &str, place: &Place, at: usize) -> Option<Expression> {
    let (Spot::Value(region) | Spot::Key(region) | Spot::Word(region)) = &place.spot else { return None };
    let before = text.get(region.start..at)?;
    let start = match template_start(before) {
        Some(start) => region.start + start,
        None if holds_expression(place) => region.start + scalar_start(before),
        None => return None,
    };
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let written = text.get(start..at)?;
    let word_start = at - (written.len() - written.trim_end_matches(is_name).len());
    let rest = text.get(at..)?;
    let word_end = at + (rest.len() - rest.trim_start_matches(is_name).len());
    let is_call = text.get(word_end..)?.trim_start_matches(' ').starts_with('(');
    let mut expression = plain(text.get(start..word_start)?);
    let is_member = expression.trim_end_matches(['"', ' ']).ends_with('.');
    let quoted = match unfinished(&expression)? {
        Unfinished { closers, in_name: true } => format!("{PLACEHOLDER}\"{closers}"),
        Unfinished { closers, in_name: false } => format!("{PLACEHOLDER}{closers}"),
    };
    expression.push_str(&quoted);
    let ast = jmespath::parse(&expression).ast?;
    Some(Expression { word: word_start..word_end, is_call, is_member, ast })
}

/// Where the expression of the template begins that is still open at the end of a text.
fn template_start(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"{{" => {
                open.push(at + 2);
                at += 2;
            }
            b"}}" => {
                open.pop();
                at += 2;
            }
            _ => at += 1,
        }
    }
    open.pop()
}

/// Whether the value at a place is an expression without braces.
fn holds_expression(place: &Place) -> bool {
    let mut keys = place.keys().rev();
    match (&place.spot, keys.next()) {
        (Spot::Value(_), Some("jmesPath")) => true,
        (Spot::Value(_), Some("list")) => keys.next() == Some("foreach"),
        _ => false,
    }
}

/// Where the text of a scalar begins behind its quote.
fn scalar_start(written: &str) -> usize {
    usize::from(written.starts_with(['"', '\'']))
}

/// An expression without what YAML's quotes and templates inside it put there: escaped quotes as quotes, templates as a
/// word.
fn plain(written: &str) -> String {
    let mut plain = written.replace("\\\"", "\"").replace("''", "'");
    while let Some(end) = plain.find("}}") {
        let Some(start) = plain[..end].rfind("{{") else { break };
        plain.replace_range(start..end + 2, "value");
    }
    plain.trim_start().trim_start_matches('-').to_owned()
}

/// What an expression that breaks off needs to be whole.
struct Unfinished {
    closers: String,
    /// Whether it breaks off in a name in quotes.
    in_name: bool,
}

/// What stands open at the end of an expression; nothing when it ends in text or in a literal.
fn unfinished(expression: &str) -> Option<Unfinished> {
    let mut closers = Vec::new();
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '(' => closers.push(')'),
            '[' => closers.push(']'),
            '{' => closers.push('}'),
            ')' | ']' | '}' => {
                closers.pop();
            }
            quote @ ('\'' | '`' | '"') => loop {
                match characters.next() {
                    Some('\\') => {
                        characters.next();
                    }
                    Some(next) if next == quote => break,
                    Some(_) => {}
                    None if quote == '"' => {
                        return Some(Unfinished { closers: closers.iter().rev().collect(), in_name: true });
                    }
                    None => return None,
                }
            },
            _ => {}
        }
    }
    Some(Unfinished { closers: closers.iter().rev().collect(), in_name: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expression at `§` with `WORD` for the word.
    fn at(marked: &str) -> Option<String> {
        let at = marked.find('§').unwrap();
        let text = marked.replace('§', "");
        let found = expression_at(&text, &Place::of(&text, at), at)?;
        Some(format!("{} {:?}", found.ast().to_string().replace(PLACEHOLDER, "WORD"), &text[found.word]))
    }

    #[test]
    fn expressions_are_made_whole() {
        for (marked, expected) in [
            ("a: '{{ request.obj§ }}'", Some("request.WORD \"obj\"")),
            ("a: '{{ request.object.sp§ec.x }}'", Some("request.object.WORD \"spec\"")),
            (
                "a: \"{{ length(request.object.spec.containers[?na§",
                Some("length(request.object.spec.containers[?WORD]) \"na\""),
            ),
            ("a: |\n  x\n  {{ a.{{b}}.§", Some("a.value.WORD \"\"")),
            (
                "a: \"{{ request.object.metadata.annotations.\\\"x§",
                Some("request.object.metadata.annotations.WORD \"x\""),
            ),
            ("a: '{{ a }} §'", None),
            ("a: '{{ contains(a, ''x§'", None),
            ("context:\n- variable:\n    jmesPath: request.§", Some("request.WORD \"\"")),
            ("foreach:\n- list: request.object.spec.c§", Some("request.object.spec.WORD \"c\"")),
            ("other:\n- list: request.object.spec.c§", None),
            ("a: '{{ § }}'", Some("WORD \"\"")),
        ] {
            assert_eq!(at(marked).as_deref(), expected, "{marked}");
        }
    }
}

//! Assertion trees: what the `checks` of a test say of an object, or of what a rule answers (kyverno-json,
//! `pkg/engine/assert`).
//!
//! A tree has the shape of what it is about. A map names members, or expressions in parentheses, and says something of
//! each; a list has as many items as the value; anything else is what the value has to be. Reading a tree is bounded by
//! the nesting that the YAML parser allows.

use std::ops::Range;

use dikast_grammar::Span;
use dikast_grammar::yaml::{Entry, Node, NodeValue, Text};
use dikast_stdlib::Value;

use crate::diagnostic::{Diagnostics, faults};
use crate::lower::expression::check_query;

faults! {
    /// A form that assertion trees do not have.
    #[error("malformed assertion")]
    MALFORMED_ASSERTION: MalformedAssertion { explanation: String }
    label(self) { Some(self.explanation.clone()) }
    help(self) { Some("a key names a member, or stands in parentheses as an expression in JMESPath".to_owned()) }
}

/// An assertion about a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// About parts of the value; without any, that it is not null.
    Parts(Vec<Part>),
    /// About the items of a list, which has as many.
    Items(Vec<Tree>),
    /// What the value is.
    Is(Expected),
}

/// An assertion about a part of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The key as written, for messages.
    pub key: String,
    /// Which part.
    pub projection: Projection,
    /// Whether it is about each item or member of that.
    pub each: Option<Each>,
    /// The name under which expressions below and behind it find the part.
    pub binding: Option<String>,
    /// What is said of it.
    pub tree: Tree,
}

/// An assertion about each item or member: `~.` or `~name.` before a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Each {
    /// The name under which expressions find the position or the key.
    pub name: Option<String>,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection {
    /// A member.
    Member(String),
    /// What an expression gives.
    Computed(Expression),
}

/// What a value should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// This.
    Value(Value),
    /// What an expression gives.
    Computed(Expression),
}

/// A JMESPath expression in which `$name` stands for what is bound to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Bound(String),
}

impl Expression {
    /// The text in which the names are replaced by what `json_of` gives for them, as literals.
    pub fn bound(&self, json_of: impl Fn(&str) -> String) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            // JSON has this character in strings only
            Piece::Bound(name) => format!("`{}`", json_of(name).replace('`', "\\u0060")),
        };
        self.pieces.iter().map(text).collect()
    }
}

impl Tree {
    /// Reads a tree and reports what is wrong with it. What cannot be read is left out.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Tree {
        Reader { diagnostics, names: Vec::new() }.tree(node)
    }
}

struct Reader<'a> {
    diagnostics: &'a mut Diagnostics,
    /// The names that are bound where the reader is.
    names: Vec<String>,
}

impl Reader<'_> {
    fn tree(&mut self, node: &Node) -> Tree {
        match &node.value {
            NodeValue::Map(entries) => {
                let outside = self.names.len();
                let parts = entries.iter().filter_map(|entry| self.part(entry)).collect();
                self.names.truncate(outside);
                Tree::Parts(parts)
            }
            NodeValue::List(items) => Tree::Items(items.iter().map(|item| self.tree(item)).collect()),
            NodeValue::Text(text) => Tree::Is(self.expected(text)),
            _ => Tree::Is(Expected::Value(Value::from(node))),
        }
    }

    fn part(&mut self, entry: &Entry) -> Option<Part> {
        let text = &entry.key;
        let key = Key::read(text.as_str());
        let projection = match &key.subject {
            Subject::Literal(range) => Projection::Member(text.as_str()[range.clone()].to_owned()),
            Subject::Expression(range) => Projection::Computed(self.expression(text, range.clone())?),
            Subject::Engine(name) => {
                self.engine(text.span(), name);
                return None;
            }
        };
        self.names.extend(key.binding.clone());
        let outside = self.names.len();
        self.names.extend(key.each.as_ref().and_then(|each| each.name.clone()));
        let tree = self.tree(&entry.value);
        self.names.truncate(outside);
        Some(Part { key: text.as_str().to_owned(), projection, each: key.each, binding: key.binding, tree })
    }

    fn expected(&mut self, text: &Text) -> Expected {
        let written = text.as_str();
        let plain = |range: Range<usize>| Expected::Value(Value::from(&written[range]));
        let key = Key::read(written);
        let is_computed = !matches!(key.subject, Subject::Literal(_));
        if is_computed && (key.each.is_some() || key.binding.is_some()) {
            let explanation = "only keys go through items (`~.`) and bind names (`->`)".to_owned();
            self.diagnostics.report(MalformedAssertion { span: text.span(), explanation });
            return plain(0..written.len());
        }
        match Subject::read(written, 0..written.len()) {
            Subject::Literal(range) => plain(range),
            Subject::Expression(range) => match self.expression(text, range) {
                Some(expression) => Expected::Computed(expression),
                None => plain(0..written.len()),
            },
            Subject::Engine(name) => {
                self.engine(text.span(), &name);
                plain(0..written.len())
            }
        }
    }

    fn engine(&mut self, span: Span, name: &str) {
        let explanation =
            format!("expressions are in JMESPath (`jp`), not in `{name}`; text in parentheses is written `\\(text)\\`");
        self.diagnostics.report(MalformedAssertion { span, explanation });
    }

    /// Reads an expression; nothing when something is wrong with it.
    fn expression(&mut self, text: &Text, range: Range<usize>) -> Option<Expression> {
        let written = &text.as_str()[range.clone()];
        let place = |part: &Range<usize>| text.span_of(range.start + part.start..range.start + part.end);
        let (mut pieces, mut at, mut names_known) = (Vec::new(), 0, true);
        // names of the same length stand in the places of references, so that faults have their places
        let mut stand_in = written.to_owned();
        for reference in references(written) {
            let name = &written[reference.start + 1..reference.end];
            if !self.names.iter().any(|known| known == name) {
                let explanation =
                    format!("nothing is bound to `{name}` here: write `->{name}` behind a key before or around it");
                self.diagnostics.report(MalformedAssertion { span: place(&reference), explanation });
                names_known = false;
            }
            stand_in.replace_range(reference.start..reference.start + 1, "x");
            pieces.push(Piece::Text(written[at..reference.start].to_owned()));
            pieces.push(Piece::Bound(name.to_owned()));
            at = reference.end;
        }
        pieces.push(Piece::Text(written[at..].to_owned()));
        let before = self.diagnostics.errors_reported();
        check_query(&stand_in, &|part| Some(place(&part)), text.span_of(range.clone()), self.diagnostics);
        let is_sound = self.diagnostics.errors_reported() == before;
        (is_sound && names_known).then_some(Expression { pieces })
    }
}

/// The places of `$name` in an expression, outside of its quotes.
fn references(expression: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut characters = expression.char_indices().peekable();
    let mut quote = None;
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '$') => {
                let name = &expression[at + 1..];
                let length = word(name).len();
                if length > 0 {
                    found.push(at..at + 1 + length);
                }
            }
            (None, _) => {}
        }
    }
    found
}

/// The letters, digits and underscores at the beginning of a text.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// A key, or text that may be meant as one.
struct Key {
    each: Option<Each>,
    binding: Option<String>,
    subject: Subject,
}

/// What a key is about; ranges are within its text.
enum Subject {
    /// These words.
    Literal(Range<usize>),
    /// What this expression gives.
    Expression(Range<usize>),
    /// What an expression in another language gives.
    Engine(String),
}

impl Key {
    /// `~name.` before it, `->name` behind it, and the subject between them.
    fn read(text: &str) -> Self {
        let mut range = 0..text.len();
        let mut each = None;
        if let Some(rest) = text.strip_prefix('~') {
            let name = word(rest);
            if rest[name.len()..].starts_with('.') {
                each = Some(Each { name: (!name.is_empty()).then(|| name.to_owned()) });
                range.start = 1 + name.len() + 1;
            }
        }
        let mut binding = None;
        if let Some(at) = text[range.clone()].rfind("->") {
            let name = text[range.start + at + 2..].trim_start();
            if !name.is_empty() && word(name).len() == name.len() {
                binding = Some(name.to_owned());
                range.end = range.start + text[range.start..range.start + at].trim_end().len();
            }
        }
        Self { each, binding, subject: Subject::read(text, range) }
    }
}

impl Subject {
    fn read(text: &str, range: Range<usize>) -> Self {
        let written = &text[range.clone()];
        let within = |open: char, close: char| {
            let inner = written.strip_prefix(open)?.strip_suffix(close)?;
            (!inner.is_empty()).then_some(range.start + 1..range.end - 1)
        };
        if let Some(escaped) = within('\\', '\\') {
            return Self::Literal(escaped);
        }
        let Some(inner) = within('(', ')') else { return Self::Literal(range) };
        let engine = word(&text[inner.clone()]);
        let behind = &text[inner.start + engine.len()..inner.end];
        match engine {
            "" => Self::Expression(inner),
            _ if !behind.starts_with([':', ';']) => Self::Expression(inner),
            "jp" => Self::Expression(inner.start + engine.len() + 1..inner.end),
            other => Self::Engine(other.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use dikast_grammar::{FileId, yaml};

    use super::*;

    fn read(text: &str) -> (Tree, Vec<(u32, String)>) {
        let mut diagnostics = Diagnostics::new();
        let tree = Tree::read(&yaml::parse(FileId(0), text).documents[0], &mut diagnostics);
        let found = diagnostics.into_sorted().into_iter();
        (
            tree,
            found
                .map(|found| (found.span.start, format!("{} {}", found.code, found.label.unwrap_or(found.message))))
                .collect(),
        )
    }

    fn parts(text: &str) -> Vec<Part> {
        let (tree, found) = read(text);
        assert_eq!(found, []);
        match tree {
            Tree::Parts(parts) => parts,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn keys_go_through_items_bind_names_and_compute() {
        let parts = parts(
            r"{a: 1, (b.c): 1, ~.d: 1, ~i.(e): 1, f->x: 1, (g) -> y: 1, '~k.h->z': 1, \(l)\: 1, ~m: 1, '~n.\o->p\': 1, (jp:q): 1}",
        );
        let shown: Vec<_> = parts
            .iter()
            .map(|part| {
                let subject = match &part.projection {
                    Projection::Member(name) => name.clone(),
                    Projection::Computed(expression) => format!("={}", expression.bound(str::to_owned)),
                };
                let each = part.each.as_ref().map(|each| each.name.clone().unwrap_or_default());
                (subject, each, part.binding.clone())
            })
            .collect();
        let row = |subject: &str, each: Option<&str>, binding: Option<&str>| {
            (subject.to_owned(), each.map(str::to_owned), binding.map(str::to_owned))
        };
        assert_eq!(
            shown,
            [
                row("a", None, None),
                row("=b.c", None, None),
                row("d", Some(""), None),
                row("=e", Some("i"), None),
                row("f", None, Some("x")),
                row("=g", None, Some("y")),
                row("h", Some("k"), Some("z")),
                row("(l)", None, None),
                row("~m", None, None),
                row("o->p", Some("n"), None),
                row("=q", None, None),
            ]
        );
    }

    #[test]
    fn names_stand_for_what_is_bound_to_them() {
        let parts = parts("a->x:\n  ~i.b:\n    (contains($x, '$x') && $i > `0`): ($x)\n(c == $x): true\n");
        let Tree::Parts(inner) = &parts[0].tree else { panic!("{parts:?}") };
        let Tree::Parts(inner) = &inner[0].tree else { panic!("{parts:?}") };
        let Projection::Computed(expression) = &inner[0].projection else { panic!("{parts:?}") };
        let json = |name: &str| if name == "x" { "\"`\"".to_owned() } else { "7".to_owned() };
        assert_eq!(expression.bound(json), "contains(`\"\\u0060\"`, '$x') && `7` > `0`");
    }

    #[test]
    fn faults_have_places() {
        assert_eq!(read("(a.): 1").1, [(3, "DK0401 a dot is followed by a name, `*`, `[` or `{`".to_owned())]);
        assert_eq!(read("(lenght(a)): 1").1, [(1, "DK0402 unknown function `lenght`".to_owned())]);
        let unbound = "DK1103 nothing is bound to `x` here: write `->x` behind a key before or around it";
        assert_eq!(read("(b == $x): 1\na->x: 1\n").1, [(6, unbound.to_owned())]);
        assert!(read("a: (cel:b)").1[0].1.starts_with("DK1103 expressions are in JMESPath"));
        assert!(read("a: ~.(b)").1[0].1.starts_with("DK1103 only keys"));
        assert_eq!(read("a: 'b -> c'").1, []);
    }

    #[test]
    fn deep_trees_are_read() {
        let deep = format!("{}1{}", "{a: ".repeat(200), "}".repeat(200));
        assert!(matches!(read(&deep).0, Tree::Parts(_)));
        assert_eq!(read(&format!("a: ({}b)", "a.".repeat(100_000))).1.len(), 1);
    }
}

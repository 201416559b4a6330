//! The rounds of substitution, played with stand-ins for the values.

use std::ops::Range;

use super::scan::{find_variables, unescape};

/// The most rounds that are played. Each costs a walk over the text; nobody nests variables deeper.
const MOST_ROUNDS: usize = 8;

/// The most variables that a round may find. Nobody writes as many, and each becomes an expression.
const MOST_VARIABLES: usize = 1 << 10;

/// What a text with variables means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The variables in the order in which they are evaluated: nested ones before those around them.
    pub variables: Vec<Variable>,
    /// What becomes of their values.
    pub form: Form,
    /// Variables that are followed directly by one that a later round finds. The form holds only where the text of their
    /// values ends with an ASCII character other than a backslash, or, where it is empty, another one's does.
    pub followed: Vec<usize>,
}

/// What becomes of the values of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// There are no variables: the text, unescaped.
    Constant(String),
    /// The text is one variable: its value with its type.
    Value(usize),
    /// Pieces one after the other, as text.
    Text(Vec<Piece>),
    /// What it means depends on what the values look like.
    Open,
}

/// A piece of a text or of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text {
        /// The text. In expressions it is what is written; elsewhere it is unescaped.
        text: String,
        /// Where it is written.
        range: Range<usize>,
    },
    /// The value of a variable, as text.
    Variable(usize),
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its expression without braces and outer blanks (blanks behind a stray character stay).
    pub expression: Vec<Piece>,
    /// Where it is written, braces included.
    pub range: Range<usize>,
    /// Written `{{- }}`: braces in its value are not searched for variables, and it must be text.
    pub is_shallow: bool,
    /// How many bytes of the character before it Kyverno takes for the start of the expression; not zero only behind a
    /// character outside of ASCII, and then the expression is none.
    pub stray_bytes: usize,
}

/// A part of the text between two rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Written(Range<usize>),
    Value(usize),
}

/// Stands for a value while variables are searched: one byte that no text of a policy holds and that changes nothing.
const STAND_IN: char = '\u{1}';

impl Template {
    /// Whether the text may have more variables than are listed here.
    pub fn is_cut_short(&self) -> bool {
        self.variables.len() > MOST_VARIABLES
    }

    /// Reads a text. Ranges are bytes of it.
    ///
    /// Takes time linear in the text. A text that holds the stand-in character, that needs too many rounds, has too many
    /// variables or in which braces are left over is [`Form::Open`].
    pub fn parse(text: &str) -> Self {
        let mut rounds =
            Rounds { text, parts: vec![Part::Written(0..text.len())], variables: Vec::new(), followed: Vec::new() };
        if !text.contains("{{") {
            return rounds.finish(Form::Constant(text.to_owned()));
        }
        if text.contains(STAND_IN) {
            return rounds.finish(Form::Open);
        }
        for round in 0..MOST_ROUNDS {
            match rounds.play(round) {
                Outcome::Again => {}
                Outcome::Done(form) => return rounds.finish(form),
            }
        }
        rounds.finish(Form::Open)
    }
}

enum Outcome {
    Again,
    Done(Form),
}

struct Rounds<'t> {
    text: &'t str,
    parts: Vec<Part>,
    variables: Vec<Variable>,
    followed: Vec<usize>,
}

impl Rounds<'_> {
    fn finish(self, form: Form) -> Template {
        Template { variables: self.variables, form, followed: self.followed }
    }

    fn written(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The text of this round with stand-ins.
    fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                Part::Written(range) => shown.push_str(self.written(range)),
                Part::Value(_) => shown.push(STAND_IN),
            }
        }
        shown
    }

    fn play(&mut self, round: usize) -> Outcome {
        let shown = self.shown();
        let found = find_variables(&shown);
        let Some(last) = found.last() else {
            return Outcome::Done(self.end(false));
        };
        let is_whole = last.start == 0 && last.end == shown.len();
        let first_new = self.variables.len();
        let mut cutter = Cutter::new(std::mem::take(&mut self.parts));
        let mut parts = Vec::new();
        // One more than there may be, which tells that there are too many; the mistakes in the first ones are still found.
        for variable in found.iter().take(MOST_VARIABLES + 1) {
            parts.extend(cutter.up_to(variable.start));
            if let (true, Some(Part::Value(value))) = (round > 0, parts.last()) {
                self.followed.push(*value);
            }
            let stray_bytes = (variable.start - variable.before).saturating_sub(1);
            let inside = cutter.up_to(variable.end);
            let variable = self.variable(inside, stray_bytes);
            parts.push(Part::Value(self.variables.len()));
            self.variables.push(variable);
        }
        if found.len() > MOST_VARIABLES {
            return Outcome::Done(Form::Open);
        }
        parts.extend(cutter.up_to(shown.len()));
        self.parts = parts;
        if is_whole {
            return Outcome::Done(Form::Value(first_new));
        }
        self.note_lone_variable(first_new);
        match self.variables.last() {
            // The values of earlier rounds were searched for variables.
            Some(variable) if variable.is_shallow => Outcome::Done(self.end(round == 0)),
            _ => Outcome::Again,
        }
    }

    /// A variable of a later round that has nothing but values beside it is the whole text when those are empty, and then
    /// gives its value with its type.
    fn note_lone_variable(&mut self, first_new: usize) {
        let is_new = |value: &usize| *value >= first_new;
        let values = self.parts.iter().map(|part| if let Part::Value(value) = part { Some(*value) } else { None });
        let Some(values) = values.collect::<Option<Vec<usize>>>() else { return };
        if let (1, Some(other)) =
            (values.iter().filter(|value| is_new(value)).count(), values.iter().find(|value| !is_new(value)))
        {
            self.followed.push(*other);
        }
    }

    fn variable(&self, parts: Vec<Part>, stray_bytes: usize) -> Variable {
        let range = Range {
            start: parts.first().map_or(0, |part| self.start(part)),
            end: parts.last().map_or(0, |part| self.end_of(part)),
        };
        let mut pieces: Vec<Piece> = parts
            .into_iter()
            .map(|part| match part {
                Part::Written(range) => Piece::Text { text: self.written(&range).to_owned(), range },
                Part::Value(value) => Piece::Variable(value),
            })
            .collect();
        cut_start(&mut pieces, 2);
        cut_end(&mut pieces, 2);
        if stray_bytes == 0 {
            trim_start(&mut pieces);
        }
        trim_end(&mut pieces);
        let is_shallow =
            stray_bytes == 0 && matches!(pieces.first(), Some(Piece::Text { text, .. }) if text.starts_with('-'));
        if is_shallow {
            cut_start(&mut pieces, 1);
            trim_start(&mut pieces);
        }
        pieces.retain(|piece| !matches!(piece, Piece::Text { text, .. } if text.is_empty()));
        Variable { expression: pieces, range, is_shallow, stray_bytes }
    }

    fn start(&self, part: &Part) -> usize {
        match part {
            Part::Written(range) => range.start,
            Part::Value(value) => self.variables.get(*value).map_or(0, |variable| variable.range.start),
        }
    }

    fn end_of(&self, part: &Part) -> usize {
        match part {
            Part::Written(range) => range.end,
            Part::Value(value) => self.variables.get(*value).map_or(0, |variable| variable.range.end),
        }
    }

    /// What the parts mean when no round follows; `unsearched` when no value was searched for variables, because a shallow
    /// variable ended the rounds.
    fn end(&self, unsearched: bool) -> Form {
        if self.variables.is_empty() {
            return Form::Constant(unescape(self.text));
        }
        if !unsearched && self.may_go_on() {
            return Form::Open;
        }
        let pieces = self.parts.iter().filter_map(|part| match part {
            Part::Written(range) if range.is_empty() => None,
            Part::Written(range) => Some(Piece::Text { text: unescape(self.written(range)), range: range.clone() }),
            Part::Value(value) => Some(Piece::Variable(*value)),
        });
        Form::Text(pieces.collect())
    }

    /// Whether braces are left that a value could complete, or that meet when a value is empty.
    fn may_go_on(&self) -> bool {
        let shown = self.shown();
        let is_open = |at: usize| !shown.get(..at).is_some_and(|before| before.ends_with('\\'));
        let without_values = shown.replace(STAND_IN, "");
        shown.match_indices("{{").any(|(at, _)| is_open(at))
            || without_values.matches("{{").count() != shown.matches("{{").count()
    }
}

/// Cuts parts at places of the shown text, from left to right.
struct Cutter {
    parts: std::vec::IntoIter<Part>,
    rest: Option<Part>,
    at: usize,
}

impl Cutter {
    fn new(parts: Vec<Part>) -> Self {
        Self { parts: parts.into_iter(), rest: None, at: 0 }
    }

    /// What stands between the last place and this one.
    fn up_to(&mut self, end: usize) -> Vec<Part> {
        let mut taken = Vec::new();
        while self.at < end {
            let Some(part) = self.rest.take().or_else(|| self.parts.next()) else { break };
            match part {
                Part::Value(_) => {
                    self.at += STAND_IN.len_utf8();
                    taken.push(part);
                }
                Part::Written(range) => {
                    let length = range.len().min(end - self.at);
                    let middle = range.start + length;
                    self.at += length;
                    if length > 0 {
                        taken.push(Part::Written(range.start..middle));
                    }
                    if middle < range.end {
                        self.rest = Some(Part::Written(middle..range.end));
                    }
                }
            }
        }
        taken
    }
}

/// Removes bytes at the start, which are written.
fn cut_start(pieces: &mut [Piece], mut count: usize) {
    for piece in pieces {
        let Piece::Text { text, range } = piece else { return };
        let cut = count.min(text.len());
        text.drain(..cut);
        range.start += cut;
        count -= cut;
        if count == 0 {
            return;
        }
    }
}

/// Removes bytes at the end, which are written.
fn cut_end(pieces: &mut [Piece], mut count: usize) {
    for piece in pieces.iter_mut().rev() {
        let Piece::Text { text, range } = piece else { return };
        let cut = count.min(text.len());
        text.truncate(text.len() - cut);
        range.end -= cut;
        count -= cut;
        if count == 0 {
            return;
        }
    }
}

fn trim_start(pieces: &mut [Piece]) {
    for piece in pieces {
        let Piece::Text { text, range } = piece else { break };
        let trimmed = text.trim_start().len();
        range.start += text.len() - trimmed;
        text.drain(..text.len() - trimmed);
        if !text.is_empty() {
            break;
        }
    }
}

fn trim_end(pieces: &mut [Piece]) {
    for piece in pieces.iter_mut().rev() {
        let Piece::Text { text, range } = piece else { break };
        let trimmed = text.trim_end().len();
        range.end -= text.len() - trimmed;
        text.truncate(trimmed);
        if !text.is_empty() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Variables by number, `<n>` where a value stands.
    fn shown(template: &Template) -> String {
        let pieces = |pieces: &[Piece]| {
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text { text, .. } => text.clone(),
                    Piece::Variable(variable) => format!("<{variable}>"),
                })
                .collect::<String>()
        };
        let form = match &template.form {
            Form::Constant(text) => format!("constant {text}"),
            Form::Value(variable) => format!("value <{variable}>"),
            Form::Text(parts) => format!("text {}", pieces(parts)),
            Form::Open => "open".to_owned(),
        };
        let variables = template
            .variables
            .iter()
            .map(|variable| format!("{}{}", if variable.is_shallow { "-" } else { "" }, pieces(&variable.expression)));
        format!("{form} [{}] {:?}", variables.collect::<Vec<_>>().join(", "), template.followed)
    }

    #[test]
    fn forms() {
        for (text, expected) in [
            ("a", "constant a [] []"),
            (r"\{{ a }}", "constant {{ a }} [] []"),
            ("{{ a }}", "value <0> [a] []"),
            ("{{- a }}", "value <0> [-a] []"),
            (" {{ a }}", "text  <0> [a] []"),
            ("{{ a }}-{{b}}", "text <0>-<1> [a, b] []"),
            (r"\{{x}} {{ a }}", "text {{x}} <0> [a] []"),
            ("{{ a.{{b}} }}", "value <1> [b, a.<0>] []"),
            ("{{ a.{{b}} }}{{c}}", "text <2><1> [b, c, a.<0>] [1]"),
            ("x{{ a.{{b}}.\"{{c}}\" }}", "text x<2> [b, c, a.<0>.\"<1>\"] []"),
            ("{{ {x: y} }}", "value <0> [{x: y}] []"),
            ("{{ {x: {y: z}} }}", "constant {{ {x: {y: z}} }} [] []"),
            ("{{ {x: {y: {{z}}}} }}", "open [z] []"),
            ("{{s} {{a}}", "open [a] []"),
            ("{{{a}}{x}}", "open [a] []"),
            ("{{{a}}", "text {<0> [a] []"),
            ("{{-a}}{{b}}", "text <0>{{b}} [-a] []"),
            ("{{a}}{{-b}}", "text <0><1> [a, -b] [0, 0]"),
            ("{{}}", "value <0> [] []"),
        ] {
            assert_eq!(shown(&Template::parse(text)), expected, "{text}");
        }
    }

    #[test]
    fn neighbours_that_touch_depend_on_each_other() {
        assert_eq!(shown(&Template::parse("{{a}}{{b}}")), "text <0><1> [a, b] [0, 0]");
        assert_eq!(shown(&Template::parse("{{a}}{{b}}{{c}}")), "text <0><2><1> [a, c, b] [0, 0]");
        assert_eq!(shown(&Template::parse("{{a}}{{b}} ")), "text <0><1>  [a, b] [0]");
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let template = Template::parse("é {{ a.{{ b }}.c }}");
        assert_eq!(template.variables[0].range, 8..15);
        assert_eq!(template.variables[1].range, 3..20);
        let Piece::Text { range, text } = &template.variables[1].expression[0] else { panic!("no text") };
        assert_eq!((range.clone(), text.as_str()), (6..8, "a."));
        assert_eq!(Template::parse("é{{a}}").variables[0].stray_bytes, 1);
        assert_eq!(Template::parse("a{{a}}").variables[0].stray_bytes, 0);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in ["{{", "{{a}}", "{{a", "}}", "{a}", "{{a{b}", "{{ a.{{"] {
            let _ = Template::parse(&unit.repeat(300_000 / unit.len()));
        }
    }

    /// The rounds with values: what Kyverno does.
    fn substitute(text: &str, value: &dyn Fn(&str) -> String) -> Option<String> {
        let mut text = text.to_owned();
        for _ in 0..MOST_ROUNDS {
            let round = text.clone();
            let found = find_variables(&round);
            if found.is_empty() {
                return Some(unescape(&text));
            }
            let mut shallow = false;
            for variable in found {
                let written = &round[variable.start..variable.end];
                let (expression, is_shallow) = super::super::strip_braces(written);
                shallow = is_shallow;
                let before = &round[variable.before..variable.start];
                text = text.replacen(&format!("{before}{written}"), &format!("{before}{}", value(&expression)), 1);
            }
            if shallow {
                return Some(unescape(&text));
            }
        }
        None
    }

    fn by_form(template: &Template, value: &dyn Fn(&str) -> String) -> Option<String> {
        let join = |pieces: &[Piece], values: &[String]| {
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text { text, .. } => text.clone(),
                    Piece::Variable(variable) => values[*variable].clone(),
                })
                .collect::<String>()
        };
        let mut values = Vec::new();
        for variable in &template.variables {
            let expression = join(&variable.expression, &values);
            values.push(value(&expression));
        }
        match &template.form {
            Form::Constant(text) => Some(text.clone()),
            Form::Value(variable) => Some(values[*variable].clone()),
            Form::Text(parts) => Some(join(parts, &values)),
            Form::Open => None,
        }
    }

    proptest! {
        #[test]
        fn forms_agree_with_the_rounds(parts in prop::collection::vec(
            prop::sample::select(vec!["{{", "}}", "{", "}", "a", "b ", " ", "-", "\\", "{{a}}", "{{ b }}", "{{-b}}"]),
            0..9,
        )) {
            let text = parts.concat();
            let template = Template::parse(&text);
            // The text of a value depends on the expression, and changes nothing around it.
            let value = |expression: &str| format!("<{}>", expression.replace(['{', '}', '\\', '-'], "#"));
            if let Some(expected) = by_form(&template, &value) {
                prop_assert_eq!(substitute(&text, &value), Some(expected), "{}", text);
            }
            for variable in &template.variables {
                prop_assert!(text.get(variable.range.clone()).is_some_and(|written| written.starts_with("{{")));
            }
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,30}") {
            Template::parse(&text);
        }
    }
}

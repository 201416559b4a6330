//! The text form of a program: it prints and parses, and is the same after a round trip.
//!
//! One form a line where it fits, in the order of the arenas, expressions before what uses them:
//!
//! ```text
//! (expr %0 (variable request) (type any) (at 0:120..127))
//! (expr %1 (member %0 object) (type any) (at 0:128..134))
//! (pattern ^0 (scalar "?*") (at 0:200..204))
//! (policy @0 ((name require-labels) (kind ClusterPolicy) (rules (0 1))))
//! (rule #0 ((policy @0) (name team) (matching ((quantifier any) (filters (...)))) (body (validate (...)))))
//! ```
//!
//! Types and effects follow from the operands; they are printed for the reader and checked when read. Names, constants
//! and scalar patterns are printed as what they stand for. A semicolon begins a comment.

mod form;
mod structures;
mod textual;

use std::fmt::Write;

use dikast_grammar::Span;

use self::form::{Form, read_forms};
use self::textual::{Textual, expected};
use super::{Builder, Effect, EntryId, Expr, ExprId, PatternId, PatternNode, PolicyId, Program, RuleId, Type};

/// Why a text is no program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Parentheses or quotes do not match.
    #[error("line {line}: {message}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A form stands where another sort is expected.
    #[error("expected {expected}, found `{found}`")]
    Unexpected {
        /// What may stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A record lacks a field that has no default.
    #[error("{record} has no `{field}`")]
    MissingField {
        /// The record.
        record: &'static str,
        /// The field.
        field: &'static str,
    },
    /// Ids do not count up from 0, or name what comes later.
    #[error("{found} is out of order")]
    OutOfOrder {
        /// The id.
        found: String,
    },
    /// The printed type or effect is not what follows from the operands.
    #[error("%{expr}: the type or effect does not follow from the operands")]
    WrongType {
        /// The expression.
        expr: u32,
    },
}

/// Prints a program.
pub fn print(program: &Program) -> String {
    let mut out = String::new();
    let mut line = |head: &str, items: Vec<Form>, span: Option<&Span>| {
        let at = span.map(|span| Form::tagged("at", [span.to_form(program)]));
        Form::tagged(head, items.into_iter().chain(at)).print(&mut out, 0);
        let _ = writeln!(out);
    };
    for (id, node) in (0..).map(ExprId).zip(&program.exprs) {
        let mut items =
            vec![id.to_form(program), node.expr.to_form(program), Form::tagged("type", [node.ty.to_form(program)])];
        let effects = [("data", node.effect.data), ("volatile", node.effect.volatile)];
        items.extend(effects.iter().filter(|(_, has)| *has).map(|(name, _)| Form::atom(*name)));
        line("expr", items, node.span.as_ref());
    }
    for (id, node) in (0..).map(PatternId).zip(&program.patterns) {
        line("pattern", vec![id.to_form(program), node.pattern.to_form(program)], node.span.as_ref());
    }
    for (id, entry) in (0..).map(EntryId).zip(&program.entries) {
        line("entry", vec![id.to_form(program), entry.to_form(program)], None);
    }
    for (id, policy) in (0..).map(PolicyId).zip(&program.policies) {
        line("policy", vec![id.to_form(program), policy.to_form(program)], None);
    }
    for (id, rule) in (0..).map(RuleId).zip(&program.rules) {
        line("rule", vec![id.to_form(program), rule.to_form(program)], None);
    }
    for exception in &program.exceptions {
        line("exception", vec![exception.to_form(program)], None);
    }
    out
}

/// Reads a program back.
///
/// # Errors
///
/// When the text is not of the form that [`print()`] writes. Whether the program is well-formed beyond that is the
/// verifier's question.
pub fn parse(text: &str) -> Result<Program, TextError> {
    let mut builder = Builder::new();
    for form in read_forms(text)? {
        let Form::List(items) = &form else { return Err(expected("a form in parentheses", &form)) };
        match items.as_slice() {
            [Form::Atom(head), id, body, rest @ ..] if head == "expr" => {
                in_order(ExprId::from_form(id, &mut builder)?, ExprId(length(&builder.program().exprs)))?;
                let expr: Expr = Textual::from_form(body, &mut builder)?;
                if let Some(operand) = expr.operands().into_iter().find(|id| id.0 >= length(&builder.program().exprs)) {
                    return Err(TextError::OutOfOrder { found: format!("%{}", operand.0) });
                }
                let notes = Notes::read(rest, &mut builder)?;
                let made = builder.push(expr, notes.span);
                let node = builder.program().expr(made);
                if notes.ty.is_some_and(|ty| ty != node.ty) || node.effect != notes.effect {
                    return Err(TextError::WrongType { expr: made.0 });
                }
            }
            [Form::Atom(head), id, body, rest @ ..] if head == "pattern" => {
                in_order(PatternId::from_form(id, &mut builder)?, PatternId(length(&builder.program().patterns)))?;
                let pattern = Textual::from_form(body, &mut builder)?;
                let span = Notes::read(rest, &mut builder)?.span;
                builder.program_mut().patterns.push(PatternNode { pattern, span });
            }
            [Form::Atom(head), id, body] if head == "entry" => {
                in_order(EntryId::from_form(id, &mut builder)?, EntryId(length(&builder.program().entries)))?;
                let entry = Textual::from_form(body, &mut builder)?;
                builder.program_mut().entries.push(entry);
            }
            [Form::Atom(head), id, body] if head == "policy" => {
                in_order(PolicyId::from_form(id, &mut builder)?, PolicyId(length(&builder.program().policies)))?;
                let policy = Textual::from_form(body, &mut builder)?;
                builder.program_mut().policies.push(policy);
            }
            [Form::Atom(head), id, body] if head == "rule" => {
                in_order(RuleId::from_form(id, &mut builder)?, RuleId(length(&builder.program().rules)))?;
                let rule = Textual::from_form(body, &mut builder)?;
                builder.program_mut().rules.push(rule);
            }
            [Form::Atom(head), body] if head == "exception" => {
                let exception = Textual::from_form(body, &mut builder)?;
                builder.program_mut().exceptions.push(exception);
            }
            _ => return Err(expected("expr, pattern, entry, policy, rule or exception", &form)),
        }
    }
    Ok(builder.finish())
}

/// What follows the body of an expression or pattern.
#[derive(Default)]
struct Notes {
    ty: Option<Type>,
    effect: Effect,
    span: Option<Span>,
}

impl Notes {
    fn read(forms: &[Form], builder: &mut Builder) -> Result<Self, TextError> {
        let mut notes = Self::default();
        for form in forms {
            match form {
                Form::Atom(atom) if atom == "data" => notes.effect.data = true,
                Form::Atom(atom) if atom == "volatile" => notes.effect.volatile = true,
                Form::List(items) => match items.as_slice() {
                    [Form::Atom(tag), ty] if tag == "type" => notes.ty = Some(Type::from_form(ty, builder)?),
                    [Form::Atom(tag), span] if tag == "at" => notes.span = Some(Span::from_form(span, builder)?),
                    _ => return Err(expected("a type or a place", form)),
                },
                other => return Err(expected("a type, an effect or a place", other)),
            }
        }
        Ok(notes)
    }
}

fn length<T>(arena: &[T]) -> u32 {
    u32::try_from(arena.len()).unwrap_or(u32::MAX)
}

fn in_order<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Result<(), TextError> {
    if found == wanted { Ok(()) } else { Err(TextError::OutOfOrder { found: format!("{found:?}") }) }
}

//! Expressions: member chains become places, the rest becomes operators on cells.

use dikast_stdlib::Value;
use dikast_stdlib::functions::{self, FunctionId};

use super::{Planned, Reason, Scope, Selector, mentions_variables};
use crate::codegen::plan::{Numbers, Path, Source, Test};
use crate::ir::{Comparison, Expr, ExprId, Recovery};

impl Selector<'_> {
    /// The value of an expression.
    pub(super) fn source(&mut self, id: ExprId) -> Planned<Source> {
        let program = self.program;
        match &program.expr(id).expr {
            Expr::Const(constant) => Ok(Source::Known(program.constant(*constant).clone())),
            Expr::Variable(name) => self.variable(self.name(*name)),
            Expr::Current => match self.scope.current.clone() {
                Some(current) => Ok(current),
                None => Reason::new("the whole context"),
            },
            Expr::Member { of, name } => {
                let (of, name) = (self.source(*of)?, self.name(*name));
                self.member_of(of, name)
            }
            Expr::Index { of, position } => {
                let of = self.source(*of)?;
                self.index(of, *position)
            }
            Expr::Recover { recovery, of } => {
                let of = self.source(*of)?;
                Ok(match (of, recovery) {
                    (known @ Source::Known(_), _) => known,
                    (of, Recovery::Missing) => Source::or_null(of),
                    (of, Recovery::Error) => Source::OrNull { of: Box::new(of), errors: true },
                })
            }
            Expr::Or { left, right } => match self.source(*left)? {
                Source::Known(value) if is_true(&value) => Ok(Source::Known(value)),
                Source::Known(_) => self.source(*right),
                left => Ok(Source::Or(Box::new(left), Box::new(self.source(*right)?))),
            },
            Expr::And { left, right } => match self.source(*left)? {
                Source::Known(value) if !is_true(&value) => Ok(Source::Known(value)),
                Source::Known(_) => self.source(*right),
                left => Ok(Source::And(Box::new(left), Box::new(self.source(*right)?))),
            },
            Expr::Not(_) | Expr::Compare { comparison: Comparison::Equal | Comparison::NotEqual, .. } => {
                Ok(match self.truth(id)? {
                    Test::Known(truth) => Source::Known(Value::Bool(truth)),
                    test => Source::Test(Box::new(test)),
                })
            }
            Expr::Resolve { query, on_delete, loads, .. } => {
                if !loads.is_empty() {
                    return Reason::new("a context entry");
                }
                let query = on_delete.filter(|_| self.deletes()).unwrap_or(*query);
                Ok(match self.source(query)? {
                    known @ Source::Known(_) => known,
                    source => Source::Required(Box::new(source)),
                })
            }
            Expr::ExpandWithin { of, .. } => match self.source(*of)? {
                Source::Known(value) if !mentions_variables(&value) => Ok(Source::Known(value)),
                Source::Known(_) => Reason::new("a constant with variables in it"),
                source => Ok(Source::Expanded(Box::new(source))),
            },
            Expr::Bind { value, body } => {
                let value = self.source(*value)?;
                let scope = Scope { current: Some(value.clone()), ..self.scope.clone() };
                let body = self.within(scope, |selector| selector.source(*body))?;
                // The body may swallow what is missing in it, but not in the value.
                Ok(match value.may_be_missing() {
                    true => Source::Below { of: Box::new(value), then: Box::new(body) },
                    false => body,
                })
            }
            Expr::IfNotNull { subject, body } => {
                let subject = self.source(*subject)?;
                let body = self.source(*body)?;
                Ok(Source::IfNotNull(Box::new(subject), Box::new(body)))
            }
            Expr::Call { function, arguments } => self.call(*function, arguments),
            Expr::Text { parts, .. } => self.text(parts),
            Expr::Each { .. } | Expr::Filter { .. } | Expr::Flatten(_) => {
                let stream = self.stream(id)?.in_order()?;
                self.keep_whole(&stream.yields)?;
                Ok(Source::Stream(Box::new(stream)))
            }
            Expr::Compare { comparison: Comparison::Numbers(_), .. } => Reason::new("an order as a value"),
            Expr::Root => Reason::new("the whole context"),
            Expr::MemberOf { .. } | Expr::IndexOf { .. } => Reason::new("a computed member"),
            Expr::Slice { .. } => Reason::new("a slice"),
            Expr::Values(_) => Reason::new("the values of an object"),
            Expr::With { .. } => Reason::new("an expression asked of another document"),
            Expr::List(_) | Expr::Object(_) => Reason::new("a computed list or object"),
            Expr::Lambda(_) => Reason::new("an expression as an argument"),
            Expr::Key { .. } | Expr::Expand { .. } | Expr::Query { .. } => {
                Reason::new("text that is expanded at run time")
            }
            Expr::Shortcut { .. } => Reason::new("a template with nested variables"),
            Expr::Fail(_) => Reason::new("an expression that always fails"),
        }
    }

    fn variable(&mut self, name: &str) -> Planned<Source> {
        if name == "request" {
            return Ok(Source::Path(self.root_path(&["request"], Numbers::Fractions)));
        }
        let element = name.strip_prefix("element").and_then(|number| match number {
            "" => self.scope.elements.last(),
            number => self.scope.elements.get(number.parse::<usize>().ok()?),
        });
        match element {
            Some(path) => Ok(Source::Path(Path { numbers: Numbers::Fractions, ..path.clone() })),
            None => Reason::new(format!("variable {name}")),
        }
    }

    fn member_of(&mut self, of: Source, name: &str) -> Planned<Source> {
        match of {
            Source::Path(path) => self.member_of_path(&path, name),
            Source::OrNull { of, errors: false } => match *of {
                // What is missing up to here is null, and so is what would be below it.
                Source::Path(path) => {
                    let path = Path { null_steps: path.steps.len(), ..path };
                    self.member_of_path(&path, name)
                }
                of => {
                    let of = self.member_of(of, name)?;
                    Ok(Source::or_null(of))
                }
            },
            Source::At { list, position, row, then } => {
                let then = Box::new(self.member_of(*then, name)?);
                Ok(Source::At { list, position, row, then })
            }
            Source::Below { of, then } => {
                let then = Box::new(self.member_of(*then, name)?);
                Ok(Source::Below { of, then })
            }
            Source::IfNotNull(subject, body) => {
                let body = Box::new(self.member_of(*body, name)?);
                Ok(Source::IfNotNull(subject, body))
            }
            Source::Known(Value::Object(members)) => match members.get(name) {
                Some(value) => Ok(Source::Known(value.clone())),
                None => Reason::new("a member that a constant lacks"),
            },
            Source::Known(_) => Ok(Source::Known(Value::Null)),
            _ => Reason::new("a member of a computed value"),
        }
    }

    fn member_of_path(&mut self, of: &Path, name: &str) -> Planned<Source> {
        let request = self.root_path(&["request"], of.numbers);
        if *of.steps == *request.steps && of.row.is_none() {
            return self.member_of_request(of, name);
        }
        let user = self.root_path(&["request", "userInfo"], of.numbers);
        if *of.steps == *user.steps && of.row.is_none() && name != "username" {
            return Reason::new(format!("request.userInfo.{name}"));
        }
        let path = self.member(of, name);
        // An element that is a number is a fraction, but what is in an element is read as in the object.
        let element = self.scope.elements.iter().find(|element| element.row == of.row && element.steps == of.steps);
        let numbers = element.map_or(path.numbers, |element| element.numbers);
        Ok(Source::Path(Path { numbers, ..path }))
    }

    /// Members of the request. Kyverno sees it as Go writes it, which leaves out members that are empty; those that can
    /// be are not native.
    fn member_of_request(&mut self, of: &Path, name: &str) -> Planned<Source> {
        match name {
            "operation" => Ok(Source::Known(Value::text(self.unit.operation.as_str()))),
            "object" => Ok(Source::Path(Path { numbers: Numbers::Object, ..self.member(of, name) })),
            "oldObject" | "userInfo" | "kind" => Ok(Source::Path(self.member(of, name))),
            _ => Reason::new(format!("request.{name}")),
        }
    }

    fn index(&mut self, of: Source, position: i64) -> Planned<Source> {
        match of {
            Source::Path(list) => {
                let (row, item) = self.items(&list);
                // The list itself may be missing, which is not the same as null.
                let at = Source::At { list: list.clone(), position, row, then: Box::new(Source::Path(item)) };
                Ok(Source::Below { of: Box::new(Source::Path(list)), then: Box::new(at) })
            }
            Source::At { list, position: outer, row, then } => {
                let then = Box::new(self.index(*then, position)?);
                Ok(Source::At { list, position: outer, row, then })
            }
            Source::Below { of, then } => {
                let then = Box::new(self.index(*then, position)?);
                Ok(Source::Below { of, then })
            }
            Source::OrNull { of, errors } => {
                let of = self.index(*of, position)?;
                Ok(Source::OrNull { of: Box::new(of), errors })
            }
            Source::Known(Value::List(items)) => {
                let length = items.len() as i64;
                let position = if position < 0 { position + length } else { position };
                let item = usize::try_from(position).ok().and_then(|position| items.get(position));
                Ok(Source::Known(item.cloned().unwrap_or_default()))
            }
            Source::Known(_) => Ok(Source::Known(Value::Null)),
            _ => Reason::new("an item of a computed list"),
        }
    }

    fn call(&mut self, function: FunctionId, arguments: &[ExprId]) -> Planned<Source> {
        let arguments = arguments.iter().map(|&argument| self.source(argument)).collect::<Planned<Vec<_>>>()?;
        for argument in &arguments {
            self.keep_whole(argument)?;
        }
        if functions::get(function).volatile {
            // The interpreter, asked for the words, would see another moment.
            return Reason::new(format!("function {}", functions::get(function).name));
        }
        Ok(Source::Call { function, arguments })
    }

    fn text(&mut self, parts: &[ExprId]) -> Planned<Source> {
        let parts = parts.iter().map(|&part| self.source(part)).collect::<Planned<Vec<_>>>()?;
        for part in &parts {
            self.keep_whole(part)?;
        }
        Ok(Source::Text(parts))
    }

    /// Whether an expression is true in JMESPath's sense.
    pub(super) fn truth(&mut self, id: ExprId) -> Planned<Test> {
        match &self.program.expr(id).expr {
            Expr::Not(of) => Ok(Test::not(self.truth(*of)?)),
            Expr::And { left, right } => Ok(Test::all([self.truth(*left)?, self.truth(*right)?])),
            Expr::Or { left, right } => Ok(Test::any([self.truth(*left)?, self.truth(*right)?])),
            Expr::Compare { comparison: Comparison::Equal, left, right } => self.equal(*left, *right),
            Expr::Compare { comparison: Comparison::NotEqual, left, right } => {
                Ok(Test::not(self.equal(*left, *right)?))
            }
            Expr::Compare { comparison: Comparison::Numbers(ordering), left, right } => {
                let left = self.tested(*left)?;
                let right = self.tested(*right)?;
                Ok(Test::Order { ordering: *ordering, left, right })
            }
            _ => Ok(match self.tested(id)? {
                Source::Known(value) => Test::Known(is_true(&value)),
                source => Test::Truthy(source),
            }),
        }
    }

    fn equal(&mut self, left: ExprId, right: ExprId) -> Planned<Test> {
        let (left, right) = (self.tested(left)?, self.tested(right)?);
        match (left, right) {
            (Source::Known(left), Source::Known(right)) => Ok(Test::Known(left == right)),
            (Source::Known(known), open) | (open, Source::Known(known)) => match self.equality_decision(&known) {
                Some(decision) => Ok(Test::Decide { value: open, decision }),
                None => {
                    self.keep_whole(&open)?;
                    Ok(Test::Equal(open, Source::Known(known)))
                }
            },
            (left, right) => {
                self.keep_whole(&left)?;
                self.keep_whole(&right)?;
                Ok(Test::Equal(left, right))
            }
        }
    }

    /// A value that a test looks at.
    fn tested(&mut self, id: ExprId) -> Planned<Source> {
        let source = self.source(id)?;
        Ok(if self.scope.missing_is_null { Source::or_null(source) } else { source })
    }

    /// Keeps the text of every list or object that the source can give.
    pub(super) fn keep_whole(&mut self, source: &Source) -> Planned<()> {
        match source {
            Source::Known(_) | Source::Test(_) | Source::Call { .. } | Source::Text(_) => {}
            Source::Path(path) => self.layout.keep_whole(path.place()),
            Source::OrNull { of, .. } | Source::Required(of) | Source::Expanded(of) => self.keep_whole(of)?,
            Source::At { then, .. } | Source::Below { then, .. } => self.keep_whole(then)?,
            Source::Or(left, right) | Source::And(left, right) => {
                self.keep_whole(left)?;
                self.keep_whole(right)?;
            }
            Source::IfNotNull(_, body) => self.keep_whole(body)?,
            Source::Stream(stream) => self.keep_whole(&stream.yields)?,
        }
        Ok(())
    }
}

/// Truth in JMESPath's sense.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Int(_) | Value::Float(_) => true,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

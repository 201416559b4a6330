//! Expressions: member chains become places, the rest becomes operators on cells.

use dikast_stdlib::Value;

use super::{Planned, Reason, Scope, Selector, mentions_variables};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{No, Numbers, Path, Source, Stream, Test, TextMatch};
use crate::codegen::pool::TemplatePart;
use crate::ir::{Comparison, Expr, ExprId, Recovery};
use crate::unit::Operation;

impl Selector<'_> {
    /// The value of an expression.
    pub(super) fn source(&mut self, id: ExprId) -> Planned<Source> {
        let program = self.program;
        self.plans(1)?;
        match &program.expr(id).expr {
            Expr::Const(constant) => Ok(Source::Known(program.constant(*constant).clone())),
            Expr::Variable(name) => self.variable(self.name(*name)),
            Expr::Root => self.root(),
            Expr::Current => match self.scope.current.clone() {
                Some(current) => Ok(current),
                None => self.root(),
            },
            Expr::Member { of, name } => {
                let (of, name) = (self.source(*of)?, self.name(*name));
                self.member_of(of, name)
            }
            Expr::Index { of, position } => {
                let of = self.source(*of)?;
                self.index(of, *position)
            }
            Expr::Recover { recovery: Recovery::Error, of } if self.fuses_errors(*of) => {
                Reason::new("errors of a list of a computed list, swallowed")
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
            Expr::Resolve { query, on_delete, loads, .. } => match (on_delete, self.asks_operation()) {
                (Some(other), Some(deletes)) => {
                    let other = Box::new(self.resolved(*other, loads)?);
                    Ok(Source::Choice(Box::new(deletes), other, Box::new(self.resolved(*query, loads)?)))
                }
                _ => {
                    let query = on_delete.filter(|_| self.deletes()).unwrap_or(*query);
                    self.resolved(query, loads)
                }
            },
            Expr::ExpandWithin { of, .. } => match self.source(*of)? {
                Source::Known(value) if !mentions_variables(&value) => Ok(Source::Known(value)),
                Source::Known(_) => Reason::new("a constant with variables in it"),
                source => Ok(Source::Expanded(Box::new(source))),
            },
            Expr::Bind { value, body } => {
                let value = self.source(*value)?;
                self.kept(value, |selector, current| {
                    let scope = Scope { current: Some(current), ..selector.scope.clone() };
                    selector.within(scope, |selector| selector.source(*body))
                })
            }
            // The context is never null.
            Expr::IfNotNull { subject, body } if self.is_context(*subject) => self.source(*body),
            Expr::IfNotNull { subject, body } => {
                let subject = self.source(*subject)?;
                let body = self.source(*body)?;
                Ok(Source::IfNotNull(Box::new(subject), Box::new(body)))
            }
            Expr::Call { function, arguments } => self.call(*function, arguments),
            Expr::Text { parts, .. } => {
                let written = |part: &ExprId| match &program.expr(*part).expr {
                    Expr::Const(constant) => program.constant(*constant).as_text(),
                    _ => None,
                };
                let values: Vec<ExprId> = parts.iter().copied().filter(|part| written(part).is_none()).collect();
                let parts = parts.iter().map(written);
                let parts =
                    parts.map(|text| text.map_or(TemplatePart::Value, |text| TemplatePart::Written(text.into())));
                let template = self.pool.template(&parts.collect());
                self.apply(Helper::Concat, &values, template, No::Error)
            }
            Expr::Flatten(of) => match self.stream(id) {
                Ok(stream) => self.collected(stream.loops()),
                Err(_) => self.apply(Helper::Flatten, &[*of], 0, No::Error),
            },
            Expr::Each { .. } | Expr::Filter { .. } => {
                let stream = self.stream(id)?.loops();
                self.collected(stream)
            }
            Expr::Compare { comparison: Comparison::Numbers(ordering), left, right } => {
                let (left, right) = (Box::new(self.source(*left)?), Box::new(self.source(*right)?));
                Ok(Source::Ordered { ordering: *ordering, left, right })
            }
            Expr::MemberOf { of, name } => self.apply(Helper::MemberOf, &[*of, *name], 0, No::Missing),
            Expr::IndexOf { of, position } => self.apply(Helper::ItemOf, &[*of, *position], 0, No::Error),
            Expr::Values(of) => self.apply(Helper::Values, &[*of], 0, No::Error),
            Expr::List(items) => self.apply(Helper::List, items, items.len() as u32, No::Error),
            Expr::Object(members) => {
                let operands: Vec<ExprId> = members.iter().flat_map(|&(name, value)| [name, value]).collect();
                self.apply(Helper::Object, &operands, operands.len() as u32, No::Error)
            }
            Expr::With { document, body } => {
                let document = self.source(*document)?;
                self.asked_of(document, *body)
            }
            Expr::Slice { of, start, stop, step } => {
                let bound = |bound: &Option<i64>| Source::Known(bound.map_or(Value::Null, Value::Int));
                let operands = vec![self.source(*of)?, bound(start), bound(stop), bound(step)];
                self.keep_whole(&operands[0])?;
                Ok(Source::Apply { helper: Helper::Slice, operands, number: 0, no: No::Error })
            }
            Expr::Lambda(_) => Reason::new("an expression as an argument"),
            Expr::Key { of, written } => {
                let written = self.pool.name(self.program.name(*written));
                self.apply(Helper::Key, &[*of], written, No::Error)
            }
            Expr::Expand { .. } | Expr::Query { .. } => Reason::new("text that is expanded at run time"),
            Expr::Shortcut { guards, then, .. } => {
                let guards = guards
                    .iter()
                    .map(|&(guard, shape)| Ok((self.source(guard)?, shape)))
                    .collect::<Planned<Vec<_>>>()?;
                for (guard, _) in &guards {
                    self.keep_whole(guard)?;
                }
                Ok(Source::Shaped { guards, then: Box::new(self.source(*then)?) })
            }
            Expr::Fail(_) => Ok(Source::Fails),
        }
    }

    /// What an expression is asked of that names nothing.
    fn root(&mut self) -> Planned<Source> {
        match self.scope.root.clone() {
            Some(root) => Ok(root),
            None if self.is_document => Ok(Source::Path(Self::document())),
            None => Reason::new("the whole context"),
        }
    }

    /// Whether an expression gives the context of a review as a whole.
    pub(super) fn is_context(&self, id: ExprId) -> bool {
        let is_free = !self.is_document && self.scope.root.is_none();
        match self.program.expr(id).expr {
            Expr::Root => is_free,
            Expr::Current => is_free && self.scope.current.is_none(),
            _ => false,
        }
    }

    /// Plans something that looks at a value. What is not at hand is found once.
    fn kept(&mut self, value: Source, body: impl FnOnce(&mut Self, Source) -> Planned<Source>) -> Planned<Source> {
        if !value.is_at_hand() {
            self.keep_whole(&value)?;
            let id = self.value_id();
            let body = body(self, Source::Bound(id))?;
            return Ok(Source::Let { id, value: Box::new(value), body: Box::new(body) });
        }
        let body = body(self, value.clone())?;
        // The body may swallow what is missing in it, but not in the value.
        Ok(match value.may_be_missing() {
            true => Source::Below { of: Box::new(value), then: Box::new(body) },
            false => body,
        })
    }

    /// Whether a variable is one that no context of a review ever has.
    fn is_nowhere(&self, name: &str) -> bool {
        let is_entry = self.program.entries.iter().any(|entry| self.name(entry.name) == name);
        !is_entry && !matches!(name, "images" | "target") && !name.starts_with("element")
    }

    /// Whether the document says that its object is deleted; nothing where the unit says it.
    fn asks_operation(&mut self) -> Option<Test> {
        if !self.is_document {
            return None;
        }
        let mut operation = Self::document();
        for name in ["request", "operation"] {
            operation = self.member(&operation, name);
        }
        let decision = self.text_decision(TextMatch::Equals(Operation::Delete.as_str().to_owned()), false);
        Some(Test::Decide { value: Source::or_null(Source::Path(operation)), decision })
    }

    fn variable(&mut self, name: &str) -> Planned<Source> {
        if let Some(root) = self.scope.root.clone() {
            return self.member_of(root, name);
        }
        if self.is_document {
            return self.member_of(Source::Path(Self::document()), name);
        }
        if let Some(entry) = self.loaded_entry(name) {
            return self.entry(entry);
        }
        let service_account = ["serviceAccountNamespace", "serviceAccountName"].iter().position(|known| *known == name);
        if let Some(part) = service_account {
            let user = self.root_path(&["request", "userInfo", "username"], Numbers::Fractions);
            return Ok(Source::Apply {
                helper: Helper::ServiceAccount,
                operands: vec![Source::Path(user)],
                number: part as u32,
                no: No::Error,
            });
        }
        if name == "request" {
            return Ok(Source::Path(self.root_path(&["request"], Numbers::Fractions)));
        }
        let element = name.strip_prefix("element").and_then(|number| match number {
            "" => self.scope.elements.last(),
            number => self.scope.elements.get(number.parse::<usize>().ok()?),
        });
        match element {
            Some(path) => Ok(Source::Path(Path { numbers: Numbers::Fractions, ..path.clone() })),
            None if self.is_nowhere(name) => Ok(Source::Lacking),
            None => Reason::new(format!("variable {name}")),
        }
    }

    fn member_of(&mut self, of: Source, name: &str) -> Planned<Source> {
        if let Source::OrNull { of, errors: false } = &of
            && let Source::Path(path) = &**of
        {
            // What is missing up to here is null, and so is what would be below it.
            let path = Path { null_steps: path.steps.len(), ..path.clone() };
            return self.member_of_path(&path, name);
        }
        match of {
            Source::Path(path) => self.member_of_path(&path, name),
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
                None => Ok(Source::Lacking),
            },
            Source::Known(_) => Ok(Source::Known(Value::Null)),
            of => {
                self.keep_whole(&of)?;
                let number = self.pool.name(&name.into());
                Ok(Source::Apply { helper: Helper::Member, operands: vec![of], number, no: No::Missing })
            }
        }
    }

    /// What a helper makes of expressions.
    fn apply(&mut self, helper: Helper, operands: &[ExprId], number: u32, no: No) -> Planned<Source> {
        let operands = self.operands(operands)?;
        for operand in &operands {
            self.keep_whole(operand)?;
        }
        Ok(Source::Apply { helper, operands, number, no })
    }

    /// What a function or a helper takes. All of it is found before any is taken, which keeps registers: more than a few
    /// dozen values cost the allocator time that grows with their square.
    pub(super) fn operands(&mut self, ids: &[ExprId]) -> Planned<Vec<Source>> {
        const MOST_COMPUTED: usize = 64;
        let operands = ids.iter().map(|&id| self.source(id)).collect::<Planned<Vec<_>>>()?;
        match operands.iter().filter(|operand| !matches!(operand, Source::Known(_))).count() {
            0..=MOST_COMPUTED => Ok(operands),
            _ => Reason::new("a value of too many parts"),
        }
    }

    /// A list that loops collect.
    fn collected(&mut self, stream: Stream) -> Planned<Source> {
        self.keep_whole(&stream.yields)?;
        Ok(Source::Stream(Box::new(stream)))
    }

    /// An expression asked of another document than the context.
    pub(super) fn asked_of(&mut self, document: Source, body: ExprId) -> Planned<Source> {
        self.kept(document, |selector, document| {
            let scope = Scope { root: Some(document.clone()), current: Some(document), ..selector.scope.clone() };
            selector.within(scope, |selector| selector.source(body))
        })
    }

    fn member_of_path(&mut self, of: &Path, name: &str) -> Planned<Source> {
        if self.is_document {
            return Ok(Source::Path(self.member(of, name)));
        }
        let request = self.root_path(&["request"], of.numbers);
        if *of.steps == *request.steps && of.row.is_none() {
            return self.member_of_request(of, name);
        }
        let user = self.root_path(&["request", "userInfo"], of.numbers);
        if *of.steps == *user.steps && of.row.is_none() {
            return match name {
                "username" | "groups" => Ok(Source::Filled(self.member(of, name))),
                _ => Reason::new(format!("request.userInfo.{name}")),
            };
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
            "name" | "namespace" | "subResource" | "uid" => Ok(Source::Filled(self.member(of, name))),
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
            of => {
                self.keep_whole(&of)?;
                let Ok(position) = i32::try_from(position) else { return Reason::new("an item far away") };
                let number = position.cast_unsigned();
                Ok(Source::Apply { helper: Helper::Item, operands: vec![of], number, no: No::Error })
            }
        }
    }

    /// Whether a path leads to the request itself or one of its objects that are not the policies' objects: Go leaves
    /// out what is empty in them.
    pub(super) fn is_typed(&mut self, path: &Path) -> bool {
        if self.is_document {
            return false;
        }
        let [of_request, of_user, of_kind] = [&["request"][..], &["request", "userInfo"], &["request", "kind"]]
            .map(|names| self.root_path(names, path.numbers).steps);
        path.row.is_none() && [of_request, of_user, of_kind].contains(&path.steps)
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
            Expr::Call { function, arguments } => match self.known_text_test(*function, arguments)? {
                Some(test) => Ok(test),
                None => Ok(Test::Truthy(self.tested(id)?)),
            },
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
            Source::Known(_)
            | Source::Test(_)
            | Source::Call { .. }
            | Source::Apply { .. }
            | Source::Bound(_)
            | Source::Lacking
            | Source::Fails
            | Source::Length(..)
            | Source::Arithmetic { .. }
            | Source::Keyed { .. }
            | Source::Ordered { .. } => {}
            Source::Let { body, .. } => self.keep_whole(body)?,
            Source::Choice(_, yes, no) => {
                self.keep_whole(yes)?;
                self.keep_whole(no)?;
            }
            Source::Path(path) | Source::Filled(path) => {
                if self.is_typed(path) {
                    return Reason::new("a part of the request that Kubernetes writes in a form of its own");
                }
                self.layout.keep_whole(path.place());
            }
            Source::Default(of, otherwise) => {
                self.keep_whole(of)?;
                if let Some(otherwise) = otherwise {
                    self.keep_whole(otherwise)?;
                }
            }
            Source::After(_, then) | Source::Shaped { then, .. } => self.keep_whole(then)?,
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

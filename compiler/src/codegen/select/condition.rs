//! Conditions: any/all blocks of comparisons, one side of which is mostly known.

use dikast_stdlib::Value;
use dikast_stdlib::condition::{Encoded, OperatorKind, Prepared};

use super::decision::known_condition;
use super::{Planned, Reason, Selector, mentions_variables};
use crate::codegen::plan::{BlockRule, Items, Part, Source, Test};
use crate::codegen::pool::KnownCondition;
use crate::ir::{Condition, ConditionBlock, Conditions, Expr, ExprId, Recovery};

impl Selector<'_> {
    pub(super) fn conditions(&mut self, conditions: &Conditions) -> Planned<Test> {
        match conditions {
            Conditions::AnyAll(block) => self.condition_block(block),
            Conditions::List(list) => self.all_hold(list),
            Conditions::Blocks(blocks) => {
                let blocks = blocks.iter().map(|block| self.condition_block(block)).collect::<Planned<Vec<_>>>()?;
                Ok(Test::all(blocks))
            }
        }
    }

    /// `all` is evaluated even when `any` has failed, because it may be an error; an `any` without conditions fails.
    fn condition_block(&mut self, block: &ConditionBlock) -> Planned<Test> {
        let all = self.all_hold(&block.all)?;
        let Some(any) = &block.any else { return Ok(all) };
        let any = any.iter().map(|condition| self.condition(condition)).collect::<Planned<Vec<_>>>()?;
        Ok(match (Test::any(any), all) {
            (any, Test::Known(true)) => any,
            (Test::Known(true), all) => all,
            (any, all) => Test::Both(Box::new(any), Box::new(all)),
        })
    }

    fn all_hold(&mut self, conditions: &[Condition]) -> Planned<Test> {
        let all = conditions.iter().map(|condition| self.condition(condition)).collect::<Planned<Vec<_>>>()?;
        Ok(Test::all(all))
    }

    fn condition(&mut self, condition: &Condition) -> Planned<Test> {
        let operator = &condition.operator;
        if operator.kind() == OperatorKind::Unknown {
            return Ok(Test::Fails);
        }
        let key = self.source(condition.key);
        let value = self.source(condition.value);
        match (&key, &value) {
            (Ok(Source::Known(key)), Ok(Source::Known(value))) => {
                return Ok(known_condition(key, operator, value).map_or(Test::Fails, Test::Known));
            }
            (_, Ok(Source::Known(known))) => {
                let known = side(known, operator, false);
                return self.half_known(known, condition.key, key.clone());
            }
            (Ok(Source::Known(known)), _) => {
                let known = side(known, operator, true);
                return self.half_known(known, condition.value, value.clone());
            }
            _ => {}
        }
        let (key, value) = (key?, value?);
        self.keep_whole(&key)?;
        self.keep_whole(&value)?;
        Ok(Test::Operator { key, operator: self.pool.operator(operator), value })
    }

    /// A condition with one side known: by the kind of the other side's value; item by item where that is a list and the
    /// operator looks at items.
    fn half_known(&mut self, known: KnownCondition, open: ExprId, source: Planned<Source>) -> Planned<Test> {
        let by_items = matches!(
            known.operator.kind(),
            OperatorKind::AnyIn | OperatorKind::AllIn | OperatorKind::AnyNotIn | OperatorKind::AllNotIn
        );
        if by_items
            && decides_by_items(&known)
            && let Ok(parts) = self.parts(open, &known, true)
        {
            let some = match (known.known_is_key, known.operator.kind()) {
                // One key is in a list when some item of the list fits.
                (true, OperatorKind::AnyIn | OperatorKind::AllIn) => true,
                (true, _) => false,
                (false, kind) => matches!(kind, OperatorKind::AnyIn | OperatorKind::AnyNotIn),
            };
            let ask_empty = KnownCondition { item: false, ..known.clone() };
            let empty = ask_empty.ask(&Value::list([])).map_err(|error| Reason(error.to_string()))?;
            let single = self.condition_decision(known.clone())?;
            let item = self.condition_decision(KnownCondition { item: true, ..known })?;
            return Ok(Test::Items(Items { parts, some, empty, item, single }));
        }
        let value = source?;
        let decision = self.condition_decision(known)?;
        if [decision.list, decision.object].contains(&BlockRule::Helper) {
            self.keep_whole(&value)?;
        }
        Ok(Test::Decide { value, decision })
    }

    /// The values that an expression may stand for, in the order of its `||`.
    fn parts(&mut self, id: ExprId, known: &KnownCondition, required: bool) -> Planned<Vec<Part>> {
        match &self.program.expr(id).expr {
            Expr::Resolve { query, on_delete, loads, .. }
                if loads.is_empty() && (on_delete.is_none() || !self.is_document) =>
            {
                let query = on_delete.filter(|_| self.deletes()).unwrap_or(*query);
                self.parts(query, known, true)
            }
            Expr::ExpandWithin { of, .. } => {
                let mut parts = self.parts(*of, known, required)?;
                for part in &mut parts {
                    match part {
                        Part::Stream { expands, .. } | Part::Path { expands, .. } => *expands = true,
                        Part::Known(_) => {}
                    }
                }
                Ok(parts)
            }
            Expr::Recover { recovery, of } if *recovery == Recovery::Missing || !self.can_fail(*of) => {
                self.parts(*of, known, false)
            }
            Expr::Or { left, right } => {
                // What is known of the left side decides which side counts.
                if let Ok(Source::Known(value)) = self.source(*left) {
                    return if value.is_true() {
                        self.parts(*left, known, false)
                    } else {
                        self.parts(*right, known, required)
                    };
                }
                let mut parts = self.parts(*left, known, false)?;
                parts.extend(self.parts(*right, known, required)?);
                Ok(parts)
            }
            _ => {
                if let Ok(stream) = self.stream(id) {
                    return Ok(vec![Part::Stream { stream: stream.loops(), expands: false }]);
                }
                match self.source(id)? {
                    Source::Known(value) if mentions_variables(&value) => {
                        Reason::new("a constant with variables in it")
                    }
                    Source::Known(value) => {
                        let answer = KnownCondition { item: false, ..known.clone() }.ask(&value);
                        Ok(vec![Part::Known(answer.map_err(|error| Reason(error.to_string()))?)])
                    }
                    Source::Path(path) => {
                        let (row, item) = self.items(&path);
                        Ok(vec![Part::Path { path, required, expands: false, row, item }])
                    }
                    _ => Reason::new("a list computed in a way that native code does not know"),
                }
            }
        }
    }
}

fn side(known: &Value, operator: &dikast_stdlib::condition::Operator, is_key: bool) -> KnownCondition {
    KnownCondition {
        operator: operator.clone(),
        known: Prepared::new(known.clone()),
        known_is_key: is_key,
        item: false,
    }
}

/// Whether a membership of a list is a matter of its items one by one.
fn decides_by_items(known: &KnownCondition) -> bool {
    match known.known.value() {
        // A list of keys against a list is asked as a whole.
        Value::List(_) => !known.known_is_key,
        Value::Text(_) if known.known_is_key => true,
        // A text that is JSON means one thing to a list of one key and another to a longer one.
        Value::Text(_) => known.known.range().is_some() || matches!(known.known.encoded(), Some(Encoded::NotJson)),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => true,
        Value::Null | Value::Object(_) => true,
    }
}

//! Lists as loops: projections, filters and flattening become nested walks over rows.

use dikast_stdlib::functions;

use super::{Planned, Reason, Scope, Selector};
use crate::codegen::helper::Helper;
use crate::codegen::plan::{Level, No, NoList, Path, Source, Stream, Test};
use crate::ir::{Expr, ExprId, Recovery};

/// A list that is planned as loops.
#[derive(Clone, Debug)]
pub(super) struct StreamPlan {
    levels: Vec<Level>,
    yields: Yield,
    /// Whether it yields the values in another order than the list has.
    unordered: bool,
}

#[derive(Clone, Debug)]
enum Yield {
    Value(Source),
    /// A list for each turn, which only flattening makes into one.
    Lists(Box<StreamPlan>),
}

impl StreamPlan {
    /// The loops, where the order of what they yield does not matter.
    pub(super) fn in_any_order(self) -> Stream {
        let mut levels = self.levels;
        match self.yields {
            Yield::Value(source) => Stream { levels, yields: Box::new(source) },
            Yield::Lists(inner) => {
                // Not reached from `stream`, which hands out values only.
                let inner = inner.in_any_order();
                levels.extend(inner.levels);
                Stream { levels, yields: inner.yields }
            }
        }
    }

    /// The loops, if they keep the order.
    pub(super) fn in_order(self) -> Planned<Stream> {
        if self.unordered { Reason::new("the names of an object as a list") } else { Ok(self.in_any_order()) }
    }
}

impl Selector<'_> {
    /// A list as loops that yield its items.
    pub(super) fn stream(&mut self, id: ExprId) -> Planned<StreamPlan> {
        let plan = self.nested_stream(id)?;
        match plan.yields {
            Yield::Value(_) => Ok(plan),
            Yield::Lists(_) => Reason::new("a list of lists"),
        }
    }

    fn nested_stream(&mut self, id: ExprId) -> Planned<StreamPlan> {
        match &self.program.expr(id).expr {
            Expr::Recover { recovery, of } => {
                // The loops of native code run into one another: what the outer swallows, the inner has reported.
                self.swallows_errors |= *recovery == Recovery::Error && self.can_fail(*of);
                match self.program.expr(*of).expr {
                    Expr::Bind { value, body } => {
                        let value = Source::or_null(self.source(value)?);
                        self.bound(value, |selector| selector.nested_stream(body))
                    }
                    _ => self.nested_stream(*of),
                }
            }
            Expr::Bind { value, body } => {
                let value = self.source(*value)?;
                if value.may_be_missing() {
                    return Reason::new("a list below a member that may be missing");
                }
                self.bound(value, |selector| selector.nested_stream(*body))
            }
            Expr::Each { of, body } => self.each(*of, *body),
            Expr::Values(of) => self.values(*of),
            Expr::Filter { of, condition } => self.filter_list(*of, *condition),
            Expr::Flatten(of) => self.flatten(*of),
            Expr::Call { function, arguments } if functions::get(*function).name == "keys" => {
                let [of] = arguments[..] else { return Reason::new("a call with too many arguments") };
                self.keys(of)
            }
            _ => Reason::new("a computed list"),
        }
    }

    /// Whether an expression can be an error beside missing members.
    fn can_fail(&self, id: ExprId) -> bool {
        let expr = &self.program.expr(id).expr;
        matches!(
            expr,
            Expr::Call { .. }
                | Expr::Fail(_)
                | Expr::MemberOf { .. }
                | Expr::Object(_)
                | Expr::Resolve { .. }
                | Expr::Expand { .. }
                | Expr::Query { .. }
        ) || expr.operands().into_iter().any(|operand| self.can_fail(operand))
    }

    /// What a projection walks over: a list of the request, or a list that is itself computed by loops.
    fn list(&mut self, id: ExprId) -> Planned<StreamPlan> {
        if let Ok(stream) = self.stream(id) {
            return Ok(stream);
        }
        let source = self.source(id)?;
        let Some(path) = list_path(source.clone()) else { return self.computed(source) };
        let (row, item) = self.items(&path);
        let level = Level::Rows { lists: vec![path], row, item: item.place(), otherwise: NoList::Nothing };
        Ok(StreamPlan { levels: vec![level], yields: Yield::Value(Source::Path(item)), unordered: false })
    }

    /// The items of a list that is not one of the request.
    fn computed(&mut self, of: Source) -> Planned<StreamPlan> {
        self.keep_whole(&of)?;
        let item = self.value_id();
        let level = Level::Computed { of, item };
        Ok(StreamPlan { levels: vec![level], yields: Yield::Value(Source::Bound(item)), unordered: false })
    }

    fn each(&mut self, of: ExprId, body: ExprId) -> Planned<StreamPlan> {
        let mut plan = self.list(of)?;
        let Yield::Value(item) = plan.yields else { return Reason::new("a list of lists") };
        let scope = Scope { current: Some(item), ..self.scope.clone() };
        plan.yields = self.within(scope, |selector| {
            // A body that is a list again is left for a flattening around it.
            if let Ok(inner) = selector.nested_stream(body) {
                return Ok(Yield::Lists(Box::new(inner)));
            }
            selector.source(body).map(Yield::Value)
        })?;
        Ok(plan)
    }

    fn filter_list(&mut self, of: ExprId, condition: ExprId) -> Planned<StreamPlan> {
        let mut plan = self.list(of)?;
        let Yield::Value(item) = &plan.yields else { return Reason::new("a list of lists") };
        let scope = Scope { current: Some(item.clone()), missing_is_null: true, ..self.scope.clone() };
        let test = self.within(scope, |selector| selector.truth(condition))?;
        plan.levels.push(Level::Guard(test));
        Ok(plan)
    }

    /// One level of lists within lists becomes one more loop.
    fn flatten(&mut self, of: ExprId) -> Planned<StreamPlan> {
        let program = self.program;
        match &program.expr(of).expr {
            // What is flattened is recovered from missing members and errors.
            Expr::Recover { recovery, of } => {
                self.swallows_errors |= *recovery == Recovery::Error && self.can_fail(*of);
                return self.flatten(*of);
            }
            Expr::Bind { value, body } => {
                let value = Source::or_null(self.source(*value)?);
                return self.bound(value, |selector| selector.flatten(*body));
            }
            Expr::List(items) => return self.flatten_listed(None, items),
            Expr::IfNotNull { subject, body } => {
                if let Expr::List(items) = &program.expr(*body).expr {
                    return self.flatten_listed(Some(*subject), items);
                }
            }
            _ => {}
        }
        if let Ok(plan) = self.nested_stream(of) {
            return self.flatten_stream(plan);
        }
        let source = self.source(of)?;
        let Some(path) = list_path(source.clone()) else {
            self.keep_whole(&source)?;
            let operands = vec![Source::or_null(source)];
            return self.computed(Source::Apply { helper: Helper::Flatten, operands, number: 0, no: No::Error });
        };
        let (row, item) = self.items(&path);
        let levels = vec![
            Level::Rows { lists: vec![path], row, item: item.place(), otherwise: NoList::Nothing },
            Level::NoList(item.clone()),
        ];
        Ok(StreamPlan { levels, yields: Yield::Value(Source::Path(item)), unordered: false })
    }

    /// Plans something below a binding.
    fn bound<T>(&mut self, value: Source, plan: impl FnOnce(&mut Self) -> Planned<T>) -> Planned<T> {
        let scope = Scope { current: Some(value), ..self.scope.clone() };
        self.within(scope, plan)
    }

    /// `[a, b, c][]`: the items of several lists, one list after the other. They share one row layout, so one loop
    /// serves them.
    fn flatten_listed(&mut self, subject: Option<ExprId>, lists: &[ExprId]) -> Planned<StreamPlan> {
        let mut paths = Vec::new();
        for &list in lists {
            let Some(path) = list_path(self.source(list)?) else { return Reason::new("a computed list among lists") };
            paths.push(path);
        }
        let numbers = match &paths[..] {
            [first, others @ ..] if others.iter().all(|path| path.numbers == first.numbers) => first.numbers,
            _ => return Reason::new("lists of different objects"),
        };
        let mut levels = Vec::new();
        if let Some(subject) = subject {
            let subject = Source::or_null(self.source(subject)?);
            levels.push(Level::Guard(Test::NotNull(subject)));
        }
        let places: Vec<_> = paths.iter().map(Path::place).collect();
        let Some(item) = self.layout.share_items(&places) else { return Reason::new("an empty list, flattened") };
        let (row, item) = self.row_at(item, numbers);
        // A list of several is never null itself.
        levels.push(Level::Rows { lists: paths, row, item: item.place(), otherwise: NoList::Interpret });
        Ok(StreamPlan { levels, yields: Yield::Value(Source::Path(item)), unordered: false })
    }

    fn flatten_stream(&mut self, plan: StreamPlan) -> Planned<StreamPlan> {
        let StreamPlan { mut levels, yields, unordered } = plan;
        match yields {
            Yield::Lists(inner) => {
                levels.extend(inner.levels);
                Ok(StreamPlan { levels, yields: inner.yields, unordered: unordered || inner.unordered })
            }
            Yield::Value(source) => {
                let Some(path) = list_path(source.clone()) else {
                    let Source::Bound(_) = source else { return Reason::new("computed lists, flattened") };
                    let collected = Stream { levels, yields: Box::new(source) };
                    let operands = vec![Source::Stream(Box::new(collected))];
                    let flattened = Source::Apply { helper: Helper::Flatten, operands, number: 0, no: No::Error };
                    return self.computed(flattened);
                };
                let (row, item) = self.items(&path);
                let level = Level::Rows { lists: vec![path], row, item: item.place(), otherwise: NoList::Interpret };
                levels.push(level);
                Ok(StreamPlan { levels, yields: Yield::Value(Source::Path(item)), unordered })
            }
        }
    }

    /// The values of an object, in the order of the document.
    fn values(&mut self, of: ExprId) -> Planned<StreamPlan> {
        let Some(of) = list_path(self.source(of)?) else { return Reason::new("the values of a computed object") };
        let places = self.layout.entries(of.place());
        let (row, key) = self.row_at(places.key, of.numbers);
        let value = Path { steps: vec![places.value], ..key };
        let level = Level::Entries { of, row, key: places.key, otherwise: NoList::Nothing };
        Ok(StreamPlan { levels: vec![level], yields: Yield::Value(Source::Path(value)), unordered: true })
    }

    /// `keys(x)`, in the order of the document.
    fn keys(&mut self, of: ExprId) -> Planned<StreamPlan> {
        let Some(of) = list_path(self.source(of)?) else { return Reason::new("the names of a computed object") };
        let places = self.layout.entries(of.place());
        let (row, key) = self.row_at(places.key, of.numbers);
        let level = Level::Entries { of, row, key: places.key, otherwise: NoList::Interpret };
        Ok(StreamPlan { levels: vec![level], yields: Yield::Value(Source::Path(key)), unordered: true })
    }
}

/// The path of a list where nothing and null mean the same.
fn list_path(source: Source) -> Option<Path> {
    match source {
        Source::Path(path) => Some(path),
        Source::OrNull { of, .. } => list_path(*of),
        _ => None,
    }
}

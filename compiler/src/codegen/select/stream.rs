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
    /// Whether what it yields are results, of which null and missing ones are left out; otherwise they are items as they
    /// stand in a list.
    of_results: bool,
}

#[derive(Clone, Debug)]
enum Yield {
    Value(Source),
    /// A list for each turn, which only flattening makes into one.
    Lists(Box<StreamPlan>),
}

impl StreamPlan {
    /// The same loops below something that swallows their errors: what would be one is left to the interpreter, since it
    /// is met when the outer loop has no end to go to any more.
    fn with_errors_left(mut self) -> Self {
        for level in &mut self.levels {
            if let Level::Entries { otherwise, .. } = level
                && *otherwise == NoList::Fails
            {
                *otherwise = NoList::Interpret;
            }
        }
        if let Yield::Lists(inner) = self.yields {
            self.yields = Yield::Lists(Box::new(inner.with_errors_left()));
        }
        self
    }

    /// Loops over the items of a list, in its order.
    fn of_items(levels: Vec<Level>, item: Source) -> Self {
        Self { levels, yields: Yield::Value(item), of_results: false }
    }

    /// The loops as they are emitted.
    pub(super) fn loops(self) -> Stream {
        let mut levels = self.levels;
        match self.yields {
            Yield::Value(source) => Stream { levels, yields: Box::new(source) },
            Yield::Lists(inner) => {
                // Not reached from `stream`, which hands out values only.
                let inner = inner.loops();
                levels.extend(inner.levels);
                Stream { levels, yields: inner.yields }
            }
        }
    }
}

impl Selector<'_> {
    /// A list as loops that yield its items.
    pub(super) fn stream(&mut self, id: ExprId) -> Planned<StreamPlan> {
        let plan = self.nested_stream(id)?;
        self.with_lists_as_items(plan)
    }

    /// Loops that yield the lists of inner loops as items.
    fn with_lists_as_items(&mut self, plan: StreamPlan) -> Planned<StreamPlan> {
        match plan.yields {
            Yield::Value(_) => Ok(plan),
            Yield::Lists(inner) => {
                let inner = self.with_lists_as_items(*inner)?;
                let inner = Source::Stream(Box::new(inner.loops()));
                self.keep_whole(&inner)?;
                Ok(StreamPlan { yields: Yield::Value(inner), ..plan })
            }
        }
    }

    fn nested_stream(&mut self, id: ExprId) -> Planned<StreamPlan> {
        match &self.program.expr(id).expr {
            Expr::Recover { recovery: Recovery::Error, of } if self.can_fail(*of) && !self.is_names(*of) => {
                // The loops of native code run into one another: what the outer swallows, the inner would have reported.
                Reason::new("a list whose errors are swallowed")
            }
            Expr::Recover { of, .. } => match self.program.expr(*of).expr {
                Expr::Bind { value, body } => {
                    let value = Source::or_null(self.source(value)?);
                    self.bound(value, |selector| selector.nested_stream(body))
                }
                _ => self.nested_stream(*of).map(StreamPlan::with_errors_left),
            },
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

    /// `[].keys(@)`, if all that can be an error in it is the names.
    fn lists_of_names(&mut self, id: ExprId) -> Option<StreamPlan> {
        let Expr::Each { of, body } = self.program.expr(id).expr else { return None };
        if self.can_fail(of) || !self.is_names(body) {
            return None;
        }
        let plan = self.nested_stream(id).ok().filter(|plan| matches!(plan.yields, Yield::Lists(_)))?;
        Some(plan.with_errors_left())
    }

    /// Whether this is `keys(x)`, whose only error is that `x` is no object.
    fn is_names(&self, id: ExprId) -> bool {
        match &self.program.expr(id).expr {
            Expr::Call { function, arguments } => {
                functions::get(*function).name == "keys" && !arguments.iter().any(|argument| self.can_fail(*argument))
            }
            _ => false,
        }
    }

    /// Whether an expression can be an error beside missing members.
    pub(super) fn can_fail(&self, id: ExprId) -> bool {
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
                | Expr::Key { .. }
                | Expr::Slice { step: Some(0), .. }
        ) || expr.operands().into_iter().any(|operand| self.can_fail(operand))
    }

    /// Whether loops that are fused can meet an error that the interpreter does not come to: the first item of the outer
    /// list is handed on before its second item is computed. Where errors are swallowed that shows, since nothing swallows
    /// what makes Kyverno crash ([`functions::FunctionError::Crash`]).
    pub(super) fn fuses_errors(&self, id: ExprId) -> bool {
        let expr = &self.program.expr(id).expr;
        let fused = match expr {
            Expr::Each { of, body: then } | Expr::Filter { of, condition: then } => {
                self.can_fail(*of) && self.can_fail(*then)
            }
            _ => false,
        };
        fused || expr.operands().into_iter().any(|operand| self.fuses_errors(operand))
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
        Ok(StreamPlan::of_items(vec![level], Source::Path(item)))
    }

    /// The items of a list that is not one of the request.
    fn computed(&mut self, of: Source) -> Planned<StreamPlan> {
        self.keep_whole(&of)?;
        let item = self.value_id();
        // What is walked was recovered from missing members.
        let level = Level::Computed { of: Source::or_null(of), item };
        Ok(StreamPlan::of_items(vec![level], Source::Bound(item)))
    }

    /// The item that further steps look at: found once, and there.
    fn item(&mut self, plan: &mut StreamPlan) -> Planned<Source> {
        let Yield::Value(mut item) = plan.yields.clone() else { return Reason::new("a list of lists") };
        if !item.is_at_hand() {
            self.keep_whole(&item)?;
            let id = self.value_id();
            plan.levels.push(Level::Let(id, Source::or_null(item)));
            item = Source::Bound(id);
        }
        if std::mem::take(&mut plan.of_results) {
            plan.levels.push(Level::Guard(Test::NotNull(Source::or_null(item.clone()))));
        }
        plan.yields = Yield::Value(item.clone());
        Ok(item)
    }

    fn each(&mut self, of: ExprId, body: ExprId) -> Planned<StreamPlan> {
        let mut plan = self.list(of)?;
        let item = self.item(&mut plan)?;
        let scope = Scope { current: Some(item), ..self.scope.clone() };
        plan.of_results = true;
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
        let item = self.item(&mut plan)?;
        let scope = Scope { current: Some(item), missing_is_null: true, ..self.scope.clone() };
        let test = self.within(scope, |selector| selector.truth(condition))?;
        plan.levels.push(Level::Guard(test));
        Ok(plan)
    }

    /// One level of lists within lists becomes one more loop.
    fn flatten(&mut self, of: ExprId) -> Planned<StreamPlan> {
        let program = self.program;
        match &program.expr(of).expr {
            Expr::Recover { recovery: Recovery::Error, of: list } if self.can_fail(*list) => {
                if let Some(plan) = self.lists_of_names(*list) {
                    return self.flatten_stream(plan);
                }
                let source = self.source(of)?;
                return self.flattened(source);
            }
            // What is flattened is recovered from missing members.
            Expr::Recover { of, .. } => return self.flatten(*of),
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
        let Some(path) = list_path(source.clone()) else { return self.flattened(source) };
        let (row, item) = self.items(&path);
        let levels = vec![
            Level::Rows { lists: vec![path], row, item: item.place(), otherwise: NoList::Nothing },
            Level::NoList(item.clone()),
        ];
        Ok(StreamPlan::of_items(levels, Source::Path(item)))
    }

    /// A computed list, flattened by a helper.
    fn flattened(&mut self, source: Source) -> Planned<StreamPlan> {
        self.keep_whole(&source)?;
        let operands = vec![Source::or_null(source)];
        self.computed(Source::Apply { helper: Helper::Flatten, operands, number: 0, no: No::Error })
    }

    /// Plans loops below a binding.
    fn bound(&mut self, value: Source, plan: impl FnOnce(&mut Self) -> Planned<StreamPlan>) -> Planned<StreamPlan> {
        if value.is_at_hand() {
            let scope = Scope { current: Some(value), ..self.scope.clone() };
            return self.within(scope, plan);
        }
        self.keep_whole(&value)?;
        let id = self.value_id();
        let scope = Scope { current: Some(Source::Bound(id)), ..self.scope.clone() };
        let mut plan = self.within(scope, plan)?;
        plan.levels.insert(0, Level::Let(id, value));
        Ok(plan)
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
        if let Some(subject) = subject.filter(|subject| !self.is_context(*subject)) {
            let subject = Source::or_null(self.source(subject)?);
            levels.push(Level::Guard(Test::NotNull(subject)));
        }
        let places: Vec<_> = paths.iter().map(Path::place).collect();
        let Some(item) = self.layout.share_items(&places) else { return Reason::new("an empty list, flattened") };
        let (row, item) = self.row_at(item, numbers);
        // A list of several is never null itself.
        levels.push(Level::Rows { lists: paths, row, item: item.place(), otherwise: NoList::Interpret });
        Ok(StreamPlan::of_items(levels, Source::Path(item)))
    }

    fn flatten_stream(&mut self, plan: StreamPlan) -> Planned<StreamPlan> {
        let StreamPlan { mut levels, yields, .. } = plan;
        match yields {
            Yield::Lists(inner) => {
                levels.extend(inner.levels);
                Ok(StreamPlan { levels, ..*inner })
            }
            Yield::Value(source) => {
                let Some(path) = list_path(source.clone()) else {
                    self.keep_whole(&source)?;
                    let collected = Stream { levels, yields: Box::new(source) };
                    return self.flattened(Source::Stream(Box::new(collected)));
                };
                let (row, item) = self.items(&path);
                let level = Level::Rows { lists: vec![path], row, item: item.place(), otherwise: NoList::Interpret };
                levels.push(level);
                Ok(StreamPlan::of_items(levels, Source::Path(item)))
            }
        }
    }

    /// The values of an object, in the order of their names.
    fn values(&mut self, of: ExprId) -> Planned<StreamPlan> {
        let source = self.source(of)?;
        let Some(of) = list_path(source.clone()) else {
            self.keep_whole(&source)?;
            let operands = vec![Source::or_null(source)];
            return self.computed(Source::Apply { helper: Helper::Values, operands, number: 0, no: No::Error });
        };
        let places = self.layout.entries(of.place());
        let (row, key) = self.row_at(places.key, of.numbers);
        let value = Path { steps: vec![places.value], ..key };
        let level = Level::Entries { of, row, key: places.key, otherwise: NoList::Nothing };
        Ok(StreamPlan::of_items(vec![level], Source::Path(value)))
    }

    /// `keys(x)`, in their order.
    fn keys(&mut self, of: ExprId) -> Planned<StreamPlan> {
        let Some(of) = list_path(self.source(of)?) else { return Reason::new("the names of a computed object") };
        let places = self.layout.entries(of.place());
        let (row, key) = self.row_at(places.key, of.numbers);
        let level = Level::Entries { of, row, key: places.key, otherwise: NoList::Fails };
        Ok(StreamPlan::of_items(vec![level], Source::Path(key)))
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

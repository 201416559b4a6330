//! Questions about a document of their own.

use super::{Planned, Scope, Selector};
use crate::codegen::Question;
use crate::codegen::plan::{QuestionPlan, Source, Test};
use crate::codegen::pool::Pool;
use crate::ir::{ExprId, Program, ValidateAction};
use crate::layout::Layout;
use crate::unit::{Kind, Operation, Unit};

/// What selection gives for a question.
pub(in super::super) struct SelectedQuestion {
    pub(in super::super) plan: QuestionPlan,
    pub(in super::super) layout: Layout,
    pub(in super::super) pool: Pool,
}

/// Plans a question, or says why it is left to the interpreter.
pub(in super::super) fn select_question(program: &Program, question: &Question) -> Result<SelectedQuestion, String> {
    // A document belongs to no kind.
    let nowhere = Unit::of_objects(Kind::new("", "", ""), Operation::Create);
    let mut selector = Selector::new(program, &nowhere);
    selector.is_document = true;
    let plan = selector.question(question).map_err(|reason| reason.0)?;
    Ok(SelectedQuestion { plan, layout: selector.layout.finish(), pool: selector.pool })
}

impl Selector<'_> {
    fn question(&mut self, question: &Question) -> Planned<QuestionPlan> {
        match question {
            Question::Query(expr) => {
                let document = Source::Path(Self::document());
                let scope = Scope { root: Some(document.clone()), current: Some(document), ..Scope::default() };
                self.within(scope, |selector| selector.value_asked_for(*expr))
            }
            Question::Template(expr) => self.value_asked_for(*expr),
            Question::Conditions(conditions) => Ok(QuestionPlan::Test(self.conditions(conditions)?)),
            Question::Pattern(pattern) => Ok(QuestionPlan::Body(self.action(&ValidateAction::Pattern(*pattern))?)),
            Question::Wildcard(pattern) => {
                let decision = self.name_decision(pattern);
                Ok(QuestionPlan::Test(Test::Decide { value: Source::Path(Self::document()), decision }))
            }
        }
    }

    fn value_asked_for(&mut self, expr: ExprId) -> Planned<QuestionPlan> {
        let source = self.source(expr)?;
        self.keep_whole(&source)?;
        Ok(QuestionPlan::Value(source))
    }
}

//! Rules held against the schemas of the resources that they can match.
//!
//! A path is a fault when it exists in none of the kinds, and a warning when some of them lack it and nothing beside it asks for
//! the kind or allows for its absence; where one of them is not known, or lets unknown fields through,
//! nothing is said. Rules that autogen made are held against the kinds of theirs.
//!
//! | module | what |
//! |---|---|
//! | `subject` | the kinds that a rule can match, and the kinds that it names elsewhere |
//! | `lookup` | fields of types, and what is meant by one that is not there |
//! | `shape`, `paths` | what expressions give, and the members that they ask for |
//! | `api_path` | what API calls answer |
//! | `condition` | values that a key never has |
//! | `reach` | what the match block says of the values that conditions ask for |
//! | `together` | conditions on one key, held against each other |
//! | `generated` | objects to generate, their sources, objects to change |
//! | `pattern`, `overlay`, `json_patch` | keys and values of patterns, merges, objects to generate, JSON patches |
//! | `scalar` | values against types |

mod api_path;
mod condition;
mod fault;
mod generated;
mod json_patch;
mod lookup;
mod overlay;
mod paths;
mod pattern;
mod reach;
mod scalar;
mod shape;
mod subject;
mod together;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use dikast_grammar::Span;
use dikast_grammar::anchor::{self, AnchorKind};
use dikast_grammar::yaml::{Entry, Node, NodeValue};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::ir::{self, EntryId, ExprId, Pattern, PatternId, Program};
use crate::lint::json_patch::Covered;
use crate::model;
use crate::schema::{Graph, Schemas, Type, TypeId};
use fault::{LackedBySome, NotAList};
use lookup::Missing;
use overlay::Manner;
use paths::{Paths, Scope};
use reach::Reach;
pub(super) use shape::Shape;

/// A kind that is not checked, because no schema says what it looks like.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unchecked {
    /// Where it is named.
    pub span: Span,
    /// The entry of `kinds`.
    pub kind: String,
}

/// What the schemas told of a rule.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// What its expressions give.
    pub(super) shapes: HashMap<ExprId, Shape>,
    /// Kinds that it names and that are not known.
    pub(crate) unchecked: Vec<Unchecked>,
}

/// Holds a rule against schemas.
pub(crate) fn check_rule(
    program: &Program,
    lowered: &ir::Rule,
    rule: &model::Rule<'_>,
    schemas: &Schemas,
    diagnostics: &mut Diagnostics,
) -> Checked {
    let is_copy = lowered.autogen.is_some();
    let mut findings = Findings::new(diagnostics, is_copy);
    let mut unchecked = Vec::new();
    let subject = subject::of_match(&rule.matching, rule.exclude.as_ref(), schemas, &mut findings, &mut unchecked);
    let mut checker = Checker::new(program, schemas, subject, findings);
    checker.reach = Reach::of(&rule.matching, rule.exclude.as_ref());
    checker.rule(lowered, rule);
    Checked { shapes: checker.paths.shapes, unchecked }
}

/// Holds a cleanup policy against schemas.
pub(crate) fn check_cleanup(
    program: &Program,
    lowered: &ir::Rule,
    cleanup: &model::Cleanup<'_>,
    schemas: &Schemas,
    diagnostics: &mut Diagnostics,
) -> Checked {
    let mut findings = Findings::new(diagnostics, false);
    let mut unchecked = Vec::new();
    let exclude = cleanup.exclude.as_ref();
    let subject = subject::of_match(&cleanup.matching, exclude, schemas, &mut findings, &mut unchecked);
    let mut checker = Checker::new(program, schemas, subject, findings);
    checker.paths.has_request = false;
    let target = Shape::typed(checker.graph(), checker.subject.to_vec());
    let scope = checker.context(&lowered.context, &Scope { target, ..Scope::default() });
    checker.conditions(lowered.preconditions.as_ref(), cleanup.conditions.as_ref(), &scope);
    Checked { shapes: checker.paths.shapes, unchecked }
}

/// Holds the filters and conditions of an exception against schemas. What entries its conditions can name depends on the
/// rule that it exempts from.
pub(crate) fn check_exception(
    program: &Program,
    lowered: &ir::Exception,
    exception: &model::Exception<'_>,
    schemas: &Schemas,
    diagnostics: &mut Diagnostics,
) {
    let mut findings = Findings::new(diagnostics, false);
    let subject = subject::of_match(&exception.matching, None, schemas, &mut findings, &mut Vec::new());
    let mut checker = Checker::new(program, schemas, subject, findings);
    if let (Some(lowered), Some(block)) = (&lowered.conditions, &exception.conditions) {
        checker.condition_block(lowered, block, &Scope::default());
    }
}

/// Where findings go.
pub(super) struct Findings<'d> {
    diagnostics: &'d mut Diagnostics,
    /// Whether the rule was made by autogen. Its author did not write it, so what is wrong with it alone is no error.
    is_copy: bool,
    /// One text may be lowered for several places.
    told: HashSet<(Code, Span)>,
    /// The text that spans are of, when they are not of the file.
    within: Option<dikast_grammar::yaml::Text>,
    /// Whether spans are larger than what they stand for, so that nothing can be put in its place.
    is_vague: bool,
    /// Whether what stands here is for some of the kinds only, so that others may well lack it.
    is_for_some: bool,
}

impl<'d> Findings<'d> {
    fn new(diagnostics: &'d mut Diagnostics, is_copy: bool) -> Self {
        Self { diagnostics, is_copy, told: HashSet::new(), within: None, is_vague: false, is_for_some: false }
    }

    /// Why these types have no field of a name, and what may be meant; the latter is not looked for again and again in
    /// rules that are faulty all over.
    fn missing(&self, graph: &Graph, types: &[TypeId], name: &str, root: &[TypeId]) -> Missing {
        const MOST_HELPED: usize = 500;
        lookup::missing(graph, types, name, (self.told.len() < MOST_HELPED).then_some(root))
    }

    /// Tells of a field that some of these types have and others lack. `subject` are the objects that it is asked of.
    fn lacked_by_some(&mut self, graph: &Graph, types: &[TypeId], name: &str, span: Span, subject: &[TypeId]) {
        if self.is_for_some || types.len() < 2 {
            return;
        }
        let Some(ty) = lookup::lacking(graph, types, name) else { return };
        let holds = |root: &TypeId| {
            let fields = graph.object(*root).map(|object| object.fields.as_slice()).unwrap_or_default();
            *root == ty || fields.iter().any(|field| field.ty == ty)
        };
        let kind =
            subject.iter().copied().find(holds).and_then(|root| graph.kinds().iter().find(|kind| kind.ty == root));
        let kind = kind.map(|kind| graph.name(kind.kind).to_owned());
        let mut finding = Diagnostic::from(LackedBySome { span, name: name.to_owned(), owner: graph.title(ty), kind });
        finding.severity = Severity::Warning;
        self.report(finding);
    }

    fn report(&mut self, finding: impl Into<Diagnostic>) {
        let mut finding = finding.into();
        if let Some(text) = &self.within {
            let place = |span: Span| text.span_of(span.start as usize..span.end as usize);
            finding.span = place(finding.span);
            if let Some(fix) = &mut finding.fix {
                fix.span = place(fix.span);
            }
        }
        if self.is_vague {
            finding.fix = None;
        }
        if self.is_copy {
            finding.severity = finding.severity.min(Severity::Warning);
            finding.label = Some("in the rule that autogen makes of this one".to_owned());
            finding.fix = None;
        }
        if self.told.insert((finding.code, finding.span)) {
            self.diagnostics.report(finding);
        }
    }
}

/// Whether something in a document asks for the kind of an object. Parsing bounds how deeply it nests.
fn asks_kind(node: &Node) -> bool {
    match &node.value {
        NodeValue::Text(text) => text.as_str().contains(".kind"),
        NodeValue::List(items) => items.iter().any(asks_kind),
        NodeValue::Map(entries) => entries.iter().any(|entry| asks_kind(&entry.value)),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Int(_) | NodeValue::Float(_) => false,
    }
}

/// Whether a map has a condition, so that what stands beside it is for the kinds that meet it.
fn has_condition(entries: &[Entry]) -> bool {
    let kind = |entry: &Entry| anchor::parse(entry.key.as_str()).map(|(kind, _)| kind);
    entries.iter().any(|entry| matches!(kind(entry), Some(AnchorKind::Conditional | AnchorKind::Global)))
}

struct Checker<'a, 'd> {
    program: &'a Program,
    schemas: &'a Schemas,
    /// What `request.object` can be.
    subject: Rc<[TypeId]>,
    paths: Paths<'a>,
    reach: Reach,
    findings: Findings<'d>,
    /// The JSON patch that is looked at.
    covered: Option<Covered>,
    /// The key that was looked at last, and the place of its value.
    key: Option<(Span, Span)>,
}

impl<'a, 'd> Checker<'a, 'd> {
    fn new(program: &'a Program, schemas: &'a Schemas, subject: Vec<TypeId>, findings: Findings<'d>) -> Self {
        let subject: Rc<[TypeId]> = subject.into();
        let paths = Paths::new(program, schemas, Rc::clone(&subject));
        Self { program, schemas, subject, paths, reach: Reach::default(), findings, covered: None, key: None }
    }

    fn graph(&self) -> &'a Graph {
        self.schemas.graph()
    }

    fn rule(&mut self, lowered: &ir::Rule, rule: &model::Rule<'_>) {
        self.findings.is_for_some = asks_kind(rule.node);
        let scope = Scope::default();
        let scope = self.context(&lowered.context, &scope);
        self.conditions(lowered.preconditions.as_ref(), rule.preconditions.as_ref(), &scope);
        match (&lowered.body, &rule.body) {
            (ir::Body::Validate(lowered), model::Body::Validate(validate)) => {
                let said_in = self.validate(&lowered.action, &validate.action, &scope);
                if let Some(message) = lowered.message {
                    self.expression(message, &said_in);
                }
            }
            (ir::Body::Mutate(lowered), model::Body::Mutate(mutate)) => {
                if mutate.targets.is_empty() {
                    self.status(&rule.matching, &mutate.action);
                }
                self.mutation(lowered, mutate, &scope);
            }
            (ir::Body::Generate(lowered), model::Body::Generate(generate)) => {
                let block = rule.node.entry("generate");
                for (lowered, pattern) in lowered.sources.iter().zip(&generate.patterns) {
                    let place = block.filter(|block| pattern.list.is_none() && block.value.span == pattern.node.span);
                    self.generation(lowered, pattern, place.map(|block| block.key.span()), &scope);
                }
            }
            _ => {}
        }
        for property in &lowered.report_properties {
            self.expression(property.value, &scope);
        }
    }

    fn expression(&mut self, id: ExprId, scope: &Scope) -> Shape {
        self.paths.of_context(id, scope, &mut self.findings)
    }

    fn context(&mut self, entries: &[EntryId], scope: &Scope) -> Scope {
        let mut scope = scope.clone();
        for id in entries {
            let Some(entry) = self.program.entries.get(id.index()) else { continue };
            let shape = self.paths.entry(entry, &scope, &mut self.findings);
            Rc::make_mut(&mut scope.entries).push((entry.name, shape));
        }
        scope
    }

    /// The scope of a loop's turns.
    fn turn(&mut self, list: ExprId, context: &[EntryId], scope: &Scope) -> Scope {
        let span = self.program.exprs.get(list.index()).and_then(|node| node.span);
        // A list that is not there has no elements.
        let is_for_some = std::mem::replace(&mut self.findings.is_for_some, true);
        let list = self.expression(list, scope);
        self.findings.is_for_some = is_for_some;
        if let (Some(span), Shape::Typed(types)) = (span, &list) {
            let is_scalar = |ty: &TypeId| {
                matches!(
                    self.graph().ty(*ty),
                    Type::Bool | Type::Integer(_) | Type::Number | Type::Text(_) | Type::Enum(_)
                )
            };
            if types.iter().all(is_scalar) {
                let found = types.first().map_or("no list", |ty| self.graph().words(*ty)).to_owned();
                self.findings.report(NotAList { span, found });
            }
        }
        // Anything that is no list is the only element.
        let element = list.items(self.graph()).unwrap_or(list);
        let mut inner = scope.clone();
        inner.elements.push(element);
        self.context(context, &inner)
    }

    /// Gives the scope in which the message is said.
    fn validate(&mut self, lowered: &ir::ValidateAction, action: &model::ValidateAction<'_>, scope: &Scope) -> Scope {
        use ir::ValidateAction as Lowered;
        use model::ValidateAction as Written;
        match (lowered, action) {
            (Lowered::Pattern(lowered), Written::Pattern(node)) => self.pattern(*lowered, node, None, scope),
            (Lowered::AnyPattern(all), Written::AnyPattern(nodes)) => {
                // Each of them may be for one kind.
                self.findings.is_for_some = true;
                for (lowered, node) in all.iter().zip(nodes.iter()) {
                    self.pattern(*lowered, node, None, scope);
                }
            }
            (Lowered::Deny(lowered), Written::Deny(conditions)) => {
                self.conditions(lowered.as_ref(), conditions.as_ref(), scope);
            }
            (Lowered::Foreach(lowered), Written::Foreach(loops)) => {
                let mut inner = scope.clone();
                for (lowered, turn) in lowered.iter().zip(loops) {
                    inner = self.validate_loop(lowered, turn, scope);
                }
                if lowered.len() > 1 {
                    inner.elements = vec![Shape::Unknown; inner.elements.len()];
                    inner.entries = Rc::default();
                }
                return inner;
            }
            _ => {}
        }
        scope.clone()
    }

    fn validate_loop(&mut self, lowered: &ir::ValidateLoop, turn: &model::ValidateLoop<'_>, scope: &Scope) -> Scope {
        let inner = self.turn(lowered.list, &lowered.context, scope);
        let preconditions = turn.preconditions.clone().map(model::Conditions::AnyAll);
        self.conditions(lowered.preconditions.as_ref(), preconditions.as_ref(), &inner);
        let element = inner.elements.last().filter(|_| turn.element_scope != Some(false)).cloned();
        match (&lowered.action, &turn.action) {
            (ir::ValidateAction::Pattern(pattern), model::ValidateAction::Pattern(node)) => {
                self.pattern(*pattern, node, element.as_ref(), &inner);
                inner
            }
            (ir::ValidateAction::AnyPattern(all), model::ValidateAction::AnyPattern(nodes)) => {
                for (pattern, node) in all.iter().zip(nodes.iter()) {
                    self.pattern(*pattern, node, element.as_ref(), &inner);
                }
                inner
            }
            (lowered, action) => self.validate(lowered, action, &inner),
        }
    }

    /// A pattern that is matched against an element, or else against the resource.
    fn pattern(
        &mut self,
        lowered: PatternId,
        node: &dikast_grammar::yaml::Node,
        element: Option<&Shape>,
        scope: &Scope,
    ) {
        self.pattern_expressions(lowered, scope);
        let types = match element {
            None => Rc::clone(&self.subject),
            Some(Shape::Typed(types)) => Rc::clone(types),
            Some(_) => [self.graph().any()].into(),
        };
        let matched = if element.is_some() { "the element" } else { "the resource" };
        self.match_pattern(node, &types, matched);
    }

    /// Verified patterns name only those that come before them, so this ends.
    fn pattern_expressions(&mut self, id: PatternId, scope: &Scope) {
        let Some(node) = self.program.patterns.get(id.index()) else { return };
        match &node.pattern {
            Pattern::Map(map) => {
                for field in map.anchored.iter().chain(&map.fields) {
                    self.pattern_expressions(field.pattern, scope);
                }
            }
            Pattern::EachMap(item) | Pattern::EachScalar(item) => self.pattern_expressions(*item, scope),
            Pattern::Positional(items) => items.iter().for_each(|item| self.pattern_expressions(*item, scope)),
            Pattern::Dynamic(expr) => {
                self.expression(*expr, scope);
            }
            Pattern::EmptyList | Pattern::Scalar(_) => {}
        }
    }

    fn mutation(&mut self, lowered: &ir::Mutate, mutate: &model::Mutate<'_>, scope: &Scope) {
        let mut changed = Some(Rc::clone(&self.subject));
        let mut scope = scope.clone();
        if !mutate.targets.is_empty() {
            changed = self.targets(mutate);
            scope.target = changed.clone().map_or(Shape::Unknown, |types| Shape::typed(self.graph(), types.to_vec()));
        }
        for (lowered, target) in lowered.targets.iter().zip(&mutate.targets) {
            let fields =
                [Some(lowered.api_version), Some(lowered.kind), lowered.namespace, lowered.name, lowered.selector];
            for field in fields.into_iter().flatten() {
                self.expression(field, &scope);
            }
            let inner = self.context(&lowered.context, &scope);
            self.conditions(lowered.preconditions.as_ref(), target.preconditions.as_ref(), &inner);
        }
        self.mutate(&lowered.action, &mutate.action, changed.as_deref(), &scope);
    }

    fn mutate(
        &mut self,
        lowered: &ir::MutateAction,
        action: &model::MutateAction<'_>,
        changed: Option<&[TypeId]>,
        scope: &Scope,
    ) {
        match (lowered, action) {
            (ir::MutateAction::Merge(expr), model::MutateAction::Merge(overlay)) => {
                self.expression(*expr, scope);
                if let Some(changed) = changed {
                    self.overlay(overlay, changed, "the resource", Manner::Merged);
                }
            }
            (ir::MutateAction::Json(expr), model::MutateAction::Json(operations)) => {
                self.expression(*expr, scope);
                if let (Some(changed), Some(text)) = (changed, operations.as_text()) {
                    self.json_patch(text, changed);
                }
            }
            (ir::MutateAction::Foreach(all), model::MutateAction::Foreach(loops)) => {
                for (lowered, turn) in all.iter().zip(loops) {
                    let inner = self.turn(lowered.list, &lowered.context, scope);
                    let preconditions = turn.preconditions.clone().map(model::Conditions::AnyAll);
                    self.conditions(lowered.preconditions.as_ref(), preconditions.as_ref(), &inner);
                    self.mutate(&lowered.action, &turn.action, changed, &inner);
                }
            }
            _ => {}
        }
    }

    /// `place` is where the block begins, when it is not an entry of a list.
    fn generation(
        &mut self,
        lowered: &ir::GenerateSource,
        pattern: &model::GeneratePattern<'_>,
        place: Option<Span>,
        scope: &Scope,
    ) {
        let inner = match lowered.list {
            Some(list) => self.turn(list, &lowered.context, scope),
            None => self.context(&lowered.context, scope),
        };
        let preconditions = pattern.preconditions.clone().map(model::Conditions::AnyAll);
        self.conditions(lowered.preconditions.as_ref(), preconditions.as_ref(), &inner);
        self.expression(lowered.resource, &inner);
        self.generated(pattern.node, place);
    }
}

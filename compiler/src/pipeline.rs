//! From files to a program.

use dikast_grammar::yaml::{self, Node};
use dikast_grammar::{SourceMap, Span};
use dikast_stdlib::Value;

use crate::admission;
use crate::autogen::{self, Fate};
use crate::check;
use crate::check::resource::Unchecked;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Autogen, Builder, PolicyId, Program};
use crate::lint::{self, ExceptedNames, PolicyNames};
use crate::lower::constant::value_of;
use crate::lower::{Defaults, Entries, Lowering};
use crate::model::{self, Cleanup, Damaged, Document, Exception, GlobalEntry, Policy, Rule};
use crate::permissions::{self, Roles};
use crate::readable;
use crate::schema::Schemas;
use crate::syntax;

/// What the compiler made of the files of a [`SourceMap`].
#[derive(Clone, Debug, Default)]
pub struct Compilation {
    /// The policies and exceptions that can be used.
    pub program: Program,
    /// What there is to say about the files, in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// Policies of the program that have errors all the same: a rule was left out, or one will end in an error when
    /// it gets to the faulty place, as in Kyverno. A server that takes no risks does not serve these.
    pub faulty: Vec<PolicyId>,
    /// The documents of the policies, in the order of the program.
    pub policy_documents: Vec<Span>,
    /// The documents of the exceptions.
    pub exception_documents: Vec<Span>,
    /// The entries of the global context that can be used: their documents, and where these stand.
    pub global_entries: Vec<(Span, Value)>,
    /// How much was read.
    pub counts: Counts,
    /// Kinds that rules name and no schema knows, where rules were held against schemas.
    pub unchecked: Vec<Unchecked>,
}

/// Of how many faults of a file it is looked up where they come from.
const MOST_CAUSES: usize = 50;

/// How many documents were read, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Policies in the program.
    pub policies: usize,
    /// Rules in the program, those that autogen made included.
    pub rules: usize,
    /// Exceptions in the program.
    pub exceptions: usize,
    /// Entries of the global context that can be used.
    pub global_entries: usize,
    /// Policies, exceptions and entries that are not in the program because of their faults, or are not supported.
    pub refused: usize,
    /// Documents of other kinds.
    pub passed_over: usize,
}

/// Compiles all policies, exceptions and entries of the global context in the files.
///
/// Never fails: whatever is wrong is in [`Compilation::diagnostics`], and costs no more than the document that it is
/// in. Whether a finding stops the caller is the caller's choice.
pub fn compile(sources: &SourceMap) -> Compilation {
    Compiler::default().run(sources)
}

/// Compiles as [`compile`] does, and holds each rule against the schemas of the resources that it can match.
/// CustomResourceDefinitions in the files are added to the schemas.
pub fn compile_with(sources: &SourceMap, schemas: Schemas) -> Compilation {
    Compiler { schemas: Some(schemas), ..Compiler::default() }.run(sources)
}

/// Compiles as [`compile`] does, without the policies that Kyverno's command line does not run, as it refuses them as a
/// whole. Their findings tell why.
pub fn compile_for_command_line(sources: &SourceMap) -> Compilation {
    Compiler { is_command_line: true, ..Compiler::default() }.run(sources)
}

#[derive(Default)]
struct Compiler {
    schemas: Option<Schemas>,
    /// Whether policies are left out that Kyverno's command line refuses.
    is_command_line: bool,
    /// Keys that stand twice in an object.
    repeated: Vec<Span>,
    unchecked: Vec<Unchecked>,
    builder: Builder,
    names: PolicyNames,
    excepted: ExceptedNames,
    roles: Roles,
    diagnostics: Diagnostics,
    faulty: Vec<PolicyId>,
    policy_documents: Vec<Span>,
    exception_documents: Vec<Span>,
    global_entries: Vec<(Span, Value)>,
    counts: Counts,
}

impl Compiler {
    fn run(mut self, sources: &SourceMap) -> Compilation {
        let mut files = Vec::new();
        for (id, source) in sources.iter() {
            let parsed = yaml::parse(id, source.text());
            self.syntax_errors(&parsed.errors, source.text());
            let parts = readable::above_faults(id, source.text(), &parsed.errors);
            files.push((source, parsed.into_objects(), parts));
        }
        for (source, objects, _) in &files {
            for object in objects {
                if let Some(schemas) = &mut self.schemas {
                    schemas.add_definition(object);
                }
                self.roles.add(object, source.name());
                self.excepted.add(object, source.name());
            }
        }
        for (source, objects, parts) in &files {
            parts.iter().for_each(|part| self.part(part, source.text()));
            for object in objects {
                self.names.check(object, source.name(), &mut self.diagnostics);
                self.excepted.check(object, source.name(), &mut self.diagnostics);
                self.document(object, source.text());
                self.permissions(object, source.name());
            }
        }
        self.finish()
    }

    /// Looks at what can be read of a document that is refused, for the mistakes in it.
    fn part(&mut self, document: &Node, source: &str) {
        let mut alone = Self { schemas: self.schemas.clone(), ..Self::default() };
        alone.document(document, source);
        let found = alone.diagnostics.into_sorted().into_iter();
        found.filter(|found| readable::holds_of_the_whole(found.code)).for_each(|found| self.diagnostics.report(found));
    }

    /// Looks whether roles beside a policy allow what it does.
    fn permissions(&mut self, document: &Node, file: &str) {
        let is_kyverno =
            document.get("apiVersion").and_then(Node::as_str).is_some_and(|text| text.starts_with("kyverno.io/"));
        let Some(schemas) = self.schemas.as_ref().filter(|_| is_kyverno && !self.roles.is_empty()) else { return };
        let rules = document.at(&["spec", "rules"]).map(Node::items).unwrap_or_default();
        let mut needed: Vec<_> = rules.iter().flat_map(|rule| permissions::of_rule(rule, schemas)).collect();
        if let Some(spec) = document.get("spec").filter(|spec| spec.get("schedule").is_some()) {
            needed.extend(permissions::of_cleanup(spec, schemas));
        }
        self.roles.check(&needed, file, &mut self.diagnostics);
    }

    fn syntax_errors(&mut self, errors: &[yaml::SyntaxError], source: &str) {
        for (at, error) in errors.iter().enumerate() {
            if matches!(error.kind, yaml::SyntaxErrorKind::DuplicateKey(_)) {
                self.repeated.push(error.span);
            }
            self.diagnostics.report(syntax::finding(error, (at < MOST_CAUSES).then_some(source)));
        }
    }

    fn document(&mut self, document: &Node, source: &str) {
        let sorted = model::sort(document, source, &mut self.diagnostics);
        self.sorted(sorted, document, source);
    }

    /// Whether Kyverno's command line does not run a policy.
    fn is_left_out(&mut self, policy: &Policy<'_>, document: &Node) -> bool {
        let is_refused = admission::is_refused_by_command_line(policy, &mut self.diagnostics);
        is_refused || self.repeated.iter().any(|&key| document.span.contains(key))
    }

    fn sorted(&mut self, sorted: Document<'_>, document: &Node, source: &str) {
        match sorted {
            Document::Policy(policy) if self.is_command_line && self.is_left_out(&policy, document) => {
                self.counts.refused += 1;
            }
            Document::Policy(policy) => {
                lint::check_scalars(document, source, &mut self.diagnostics);
                self.policy_documents.push(document.span);
                self.policy(&policy);
            }
            Document::Cleanup(cleanup) => {
                lint::check_scalars(document, source, &mut self.diagnostics);
                lint::check_cleanup(&cleanup, &mut self.diagnostics);
                self.policy_documents.push(document.span);
                self.cleanup(&cleanup);
            }
            Document::Exception(exception) => {
                lint::check_scalars(document, source, &mut self.diagnostics);
                lint::check_exception(&exception, &mut self.diagnostics);
                self.lowering().exception(&exception, Entries::OfRules);
                self.check_exception(&exception);
                self.exception_documents.push(document.span);
                self.counts.exceptions += 1;
            }
            Document::GlobalEntry(entry) => self.global_entry(&entry, source),
            Document::Damaged(damaged) => {
                self.counts.refused += 1;
                self.damaged(&damaged, document, source);
            }
            Document::Refused => self.counts.refused += 1,
            Document::Other => self.counts.passed_over += 1,
        }
    }

    /// Holds the conditions of an exception against types. What names they share with a rule is not known, so that they are
    /// substituted when they are asked; here they are lowered once more, as if there were no such names.
    fn check_exception(&mut self, exception: &Exception<'_>) {
        let mut builder = Builder::default();
        let mut told = Diagnostics::new();
        Lowering { builder: &mut builder, diagnostics: &mut told }.exception(exception, Entries::None);
        let program = builder.finish();
        if let Some(lowered) = program.exceptions.last() {
            if let Some(schemas) = &self.schemas {
                check::resource::check_exception(&program, lowered, exception, schemas, &mut self.diagnostics);
            }
            check::check_exception(&program, lowered, 0..program.exprs.len(), &mut self.diagnostics);
        }
    }

    /// The expressions of an entry are no part of the program; they are lowered for what there is to say about them.
    fn global_entry(&mut self, entry: &GlobalEntry<'_>, source: &str) {
        let errors = self.diagnostics.errors_reported();
        entry.check(&mut self.diagnostics);
        lint::check_scalars(entry.node, source, &mut self.diagnostics);
        for (_, expression) in &entry.projections {
            let mut builder = Builder::default();
            let mut lowering = Lowering { builder: &mut builder, diagnostics: &mut self.diagnostics };
            if lowering.query_of_value(expression).is_some() {
                check::check_expressions(&builder.finish(), &mut self.diagnostics);
            }
        }
        if self.diagnostics.errors_reported() > errors {
            self.counts.refused += 1;
        } else {
            self.global_entries.push((entry.node.span, value_of(entry.node)));
            self.counts.global_entries += 1;
        }
    }

    /// Checks what can be read of a document that is not used: for itself, so that nothing of it gets into the program.
    fn damaged(&mut self, damaged: &Damaged, document: &Node, source: &str) {
        let mut aside = Compiler { schemas: self.schemas.take(), ..Compiler::default() };
        let read = model::read_damaged(damaged, &mut aside.diagnostics);
        aside.sorted(read, document, source);
        self.schemas = aside.schemas.take();
        self.unchecked.append(&mut aside.unchecked);
        let found = aside.diagnostics.into_sorted().into_iter();
        found.filter(|found| damaged.vouches_for(found)).for_each(|found| self.diagnostics.report(found));
    }

    fn cleanup(&mut self, cleanup: &Cleanup<'_>) {
        let errors = self.diagnostics.errors_reported();
        let start = self.builder.program().exprs.len();
        let id = self.lowering().cleanup(cleanup);
        let program = self.builder.program();
        if let Some(lowered) = program.rules.last() {
            let checked = self.schemas.as_ref().map(|schemas| {
                check::resource::check_cleanup(program, lowered, cleanup, schemas, &mut self.diagnostics)
            });
            let told = self.schemas.as_ref().zip(checked.as_ref());
            check::check_rule(program, lowered, start..program.exprs.len(), told, &mut self.diagnostics);
            self.unchecked.extend(checked.into_iter().flat_map(|checked| checked.unchecked));
        }
        self.counts.policies += 1;
        self.counts.rules += 1;
        if self.diagnostics.errors_reported() > errors {
            self.faulty.push(id);
        }
        if self.schemas.is_some() {
            admission::check_cleanup(cleanup, &mut self.diagnostics);
        }
    }

    fn policy(&mut self, policy: &Policy<'_>) {
        let errors = self.diagnostics.errors_reported();
        lint::check_policy(policy, &mut self.diagnostics);
        let made = autogen::expand(policy, &mut self.diagnostics);
        let id = self.lowering().begin_policy(policy);
        for node in policy.rules {
            match autogen::fate(node, &made) {
                Fate::Kept => self.rule(id, policy, node, None),
                Fate::Dropped => {}
                Fate::Displaced(kinds) => {
                    let kinds = kinds.iter().map(|kind| self.builder.name(kind)).collect();
                    self.rule(id, policy, node, Some(Autogen::Displaced { kinds }));
                }
            }
        }
        self.diagnostics.enter_copy(true);
        for generated in &made {
            let controllers = generated.controllers.iter().map(|kind| self.builder.name(kind)).collect();
            self.rule(id, policy, &generated.rule, Some(Autogen::Made { controllers }));
        }
        self.diagnostics.enter_copy(false);
        self.lowering().end_policy(id);
        self.counts.policies += 1;
        if self.diagnostics.errors_reported() > errors {
            self.faulty.push(id);
        }
        if let Some(schemas) = &self.schemas {
            admission::check_policy(policy, schemas, &mut self.diagnostics);
        }
    }

    fn rule(&mut self, id: PolicyId, policy: &Policy<'_>, node: &Node, autogen: Option<Autogen>) {
        if let Some(rule) = Rule::read(node, &mut self.diagnostics) {
            let is_written = !matches!(autogen, Some(Autogen::Made { .. }));
            if is_written {
                lint::check_rule(&rule, &mut self.diagnostics);
            }
            let start = self.builder.program().exprs.len();
            self.lowering().rule(id, &rule, Defaults::of(policy), autogen);
            let program = self.builder.program();
            if let Some(lowered) = program.rules.last() {
                let checked = self.schemas.as_ref().map(|schemas| {
                    check::resource::check_rule(program, lowered, &rule, schemas, &mut self.diagnostics)
                });
                if is_written {
                    let told = self.schemas.as_ref().zip(checked.as_ref());
                    check::check_rule(program, lowered, start..program.exprs.len(), told, &mut self.diagnostics);
                    self.unchecked.extend(checked.into_iter().flat_map(|checked| checked.unchecked));
                }
            }
            self.counts.rules += 1;
        }
    }

    fn lowering(&mut self) -> Lowering<'_> {
        Lowering { builder: &mut self.builder, diagnostics: &mut self.diagnostics }
    }

    fn finish(self) -> Compilation {
        Compilation {
            program: self.builder.finish(),
            diagnostics: self.diagnostics.into_sorted(),
            faulty: self.faulty,
            policy_documents: self.policy_documents,
            exception_documents: self.exception_documents,
            global_entries: self.global_entries,
            counts: self.counts,
            unchecked: self.unchecked,
        }
    }
}

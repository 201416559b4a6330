//! Faults of test files.

use dikast_grammar::Span;

use crate::diagnostic::{Fix, Label, faults};
use crate::model::suggest::alternatives;

faults! {
    /// A name of a policy, rule or object that none of the files of a test has.
    #[error("no {what} of this test is called `{name}`")]
    UNKNOWN_IN_TEST: UnknownInTest { what: &'static str, name: String, meant: Option<String>, known: Vec<String>, is_none: bool }
    help(self) {
        match &self.meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None if self.is_none => Some(format!("there is no {} at all", self.what)),
            None if self.known.is_empty() => Some("write a name that stands in the files of the test".to_owned()),
            None => {
                let known: Vec<_> = self.known.iter().map(String::as_str).collect();
                Some(format!("there is {}", alternatives(&known)))
            }
        }
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.clone()? }) }

    /// A file that a test names and that is not there.
    #[error("there is no file `{path}`")]
    UNKNOWN_IN_TEST: MissingFile { path: String }
    help(self) { Some("paths are relative to the folder of the test file".to_owned()) }

    /// A file that a test names and that cannot be read.
    #[error("the file `{path}` cannot be read: {why}")]
    UNKNOWN_IN_TEST: UnreadableFile { path: String, why: String }
    help(self) { Some("a test with a file that cannot be read is not run".to_owned()) }

    /// A file without what a test looks for in it.
    #[error("`{path}` holds no {what}")]
    UNKNOWN_IN_TEST: FileWithout { path: String, what: String }
    help(self) { Some(format!("name a file that holds {}", self.what)) }

    /// A kind that none of the objects with the names of a result has.
    #[error("no object that this result names is a `{kind}`")]
    UNKNOWN_IN_TEST: OtherKind { kind: String, actual: String }
    help(self) { Some(format!("did you mean `{}`?", self.actual)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.actual.clone() }) }

    /// A result about objects that the rule does not look at.
    #[error("the rule `{rule}` is not about `{object}`")]
    VACUOUS_RESULT: VacuousResult { rule: String, object: String, kind: String }
    help(self) { Some(format!("it matches no `{}`, so this result says nothing about it", self.kind)) }

    /// A result of a rule that makes something, without what it should make.
    #[error("nothing says what `{rule}` should make of the object")]
    VACUOUS_RESULT: NothingCompared { rule: String, fields: &'static [&'static str] }
    help(self) { Some(format!("name a file with the object as it should be under {}", alternatives(self.fields))) }

    /// A result that another one states already.
    #[error("this result says again what another one says of `{object}`")]
    REPEATED_RESULT: RepeatedResult { object: String, first: Span }
    labels(self) { vec![Label { span: self.first, message: "the other one is here".to_owned() }] }
    help(self) { Some("remove one of them, or name another object".to_owned()) }

    /// A result that another one contradicts.
    #[error("`{result}` contradicts the `{other}` that another result expects of `{object}`")]
    CONTRADICTING_RESULT: ContradictingResult { object: String, result: String, other: String, first: Span }
    labels(self) { vec![Label { span: self.first, message: "the other one is here".to_owned() }] }
    help(self) { Some("only one of them can hold: remove the other, or name another object".to_owned()) }

    /// A file that no result is about.
    #[error("no result is about {what} of `{path}`")]
    UNUSED_IN_TEST: UnusedFile { what: &'static str, path: String }
    help(self) { Some("add a result, or remove the file from the test".to_owned()) }

    /// A field of a result that its rule has no use for.
    #[error("`{field}` has no effect here")]
    IGNORED_IN_RESULT: IgnoredField { field: String, why: String }
    help(self) { Some(self.why.clone()) }

    /// A kind or version that no file of the command line has.
    #[error("this is not the `{field}` of {what}")]
    UNKNOWN_VALUE: NoTest { what: &'static str, field: &'static str, right: &'static str }
    help(self) { Some(format!("did you mean `{}`?", self.right)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.right.to_owned() }) }

    /// A test without a field that tells that it is one.
    #[error("the test has no `{field}`")]
    MISSING_FIELD: UntypedTest { field: &'static str, right: &'static str }
    help(self) { Some(format!("write `{}: {}`", self.field, self.right)) }

    /// A test in the form before Kyverno 1.10.
    #[error("the form of this test is deprecated")]
    DEPRECATED_FIELD: OldTest {}
    help(self) {
        Some("write `apiVersion: cli.kyverno.io/v1alpha1` and `kind: Test`, and its name in `metadata`".to_owned())
    }

    /// A test that tests nothing.
    #[error("the test has no `{field}`")]
    EMPTY_FIELD: NothingTested { field: &'static str, effect: &'static str }
    help(self) { Some(self.effect.to_owned()) }
}

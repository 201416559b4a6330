//! Findings of the lints.

use dikast_grammar::Span;

use crate::diagnostic::{Fix, Label, faults};
use crate::match_sets::Criterion;

faults! {
    /// An annotation that is almost one that Kyverno reads.
    #[error("nothing reads the annotation `{key}`")]
    MISSPELLED_ANNOTATION: MisspelledAnnotation { key: String, meant: &'static str }
    help(self) { Some(format!("did you mean `{}`?", self.meant)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.to_owned() }) }

    /// Two rules of one name.
    #[error("the rule name `{name}` is used twice")]
    REPEATED_RULE_NAME: RepeatedRuleName { name: String, first: Span }
    labels(self) { vec![Label { span: self.first, message: "it is here first".to_owned() }] }
    help(self) { Some("reports, exceptions and tests name rules; give each its own name".to_owned()) }

    /// Two policies of one name.
    #[error("there is another `{kind}` called `{name}`")]
    REPEATED_POLICY: RepeatedPolicy { kind: String, name: String, first: Span }
    labels(self) { vec![Label { span: self.first, message: "it is here".to_owned() }] }
    help(self) { Some("applied to one cluster, this one takes the place of the other; give it a name of its own".to_owned()) }

    /// A rule named like those that autogen makes.
    #[error("the rule name `{name}` begins as those of rules that autogen makes")]
    RESERVED_RULE_NAME: ReservedRuleName { name: String }
    help(self) { Some("where autogen makes rules of this policy, this one does not run; choose another name".to_owned()) }

    /// A context entry that hides what is always there.
    #[error("a context entry cannot be named `{name}`")]
    RESERVED_ENTRY_NAME: ReservedEntryName { name: String }
    help(self) { Some(format!("it would take the place of the variable `{}`; choose another name", self.name)) }

    /// Credentials that come from a cloud.
    #[error("credentials of the provider `{provider}` are not supported yet")]
    UNSUPPORTED_PROVIDER: UnsupportedProvider { provider: String }
    help(self) { Some("registries are asked without them; name a Secret with a login in `secrets`".to_owned()) }

    /// An `any` without conditions.
    #[error("an empty `any` is never true")]
    NEVER_TRUE: EmptyAny {}
    help(self) { Some("remove it, or write conditions under it".to_owned()) }

    /// A filter that asks nothing.
    #[error("an empty filter never matches")]
    NEVER_MATCHES: EmptyFilter {}
    help(self) { Some("ask for kinds, names, namespaces or users, or remove it".to_owned()) }

    /// A filter that contradicts itself or those beside it.
    #[error("no request meets this `{}`", .criterion.field())]
    NEVER_MATCHES: ImpossibleFilter { criterion: Criterion, first: Option<Span> }
    labels(self) {
        let first = self.first.filter(|first| *first != self.span);
        first.map(|span| Label { span, message: "while it has to meet this too".to_owned() }).into_iter().collect()
    }
    help(self) {
        let filters = self.first.map(|_| "all filters under `all` have to match; write alternatives under `any`".to_owned());
        filters.or_else(|| Some("its requirements exclude each other".to_owned()))
    }

    /// A field that a control of Pod Security never blames.
    #[error("the control `{control}` is not about `{field}`")]
    NO_EFFECT: NoSuchRestrictedField { field: String, control: String, meant: Option<String>, known: String }
    help(self) {
        Some(match &self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it is about {}", self.known),
        })
    }

    /// A filter of an exclude block that takes nothing.
    #[error("this excludes nothing that the rule matches")]
    NO_EFFECT: NothingExcluded {}
    help(self) { Some("it has nothing in common with `match`; remove it, or name what is matched".to_owned()) }

    /// A filter that lets nothing more in.
    #[error("this filter matches nothing that another one does not match")]
    NO_EFFECT: RepeatedFilter { first: Span }
    labels(self) { vec![Label { span: self.first, message: "this one matches all of it".to_owned() }] }
    help(self) { Some("filters under `any` are alternatives; remove it, or write both under `all`".to_owned()) }

    /// CONNECT for what is no subresource.
    #[error("CONNECT never comes for `{kind}`")]
    NEVER_MATCHES: NeverConnected { kind: String }
    help(self) { Some("it comes for subresources such as `Pod/exec` and `Pod/portforward`".to_owned()) }

    /// An exclude block that takes everything.
    #[error("all that the rule matches is excluded")]
    NEVER_MATCHES: ExcludedWhole { matched: Span }
    labels(self) { vec![Label { span: self.matched, message: "everything here is excluded".to_owned() }] }
    help(self) { Some("the rule never applies; narrow `exclude`".to_owned()) }

    /// A namespace that cannot exist.
    #[error("no namespace is called `{name}`")]
    NEVER_MATCHES: ImpossibleNamespace { name: String }
    help(self) { Some("names of namespaces have small letters, digits and `-` only".to_owned()) }

    /// An entry of `kinds` that is none.
    #[error("`{entry}` is no kind: {problem}")]
    MALFORMED_KIND: MalformedKind { entry: String, problem: &'static str }
    help(self) { Some("write `Kind`, `version/Kind` or `group/version/Kind`, with `/subresource` behind it".to_owned()) }

    /// A rule that repeats an earlier one.
    #[error("the rule `{name}` repeats the rule `{earlier}`")]
    PREEMPTED_RULE: RepeatedRule { name: String, earlier: String, first_span: Span }
    labels(self) { vec![Label { span: self.first_span, message: "this rule says the same of all those requests".to_owned() }] }
    help(self) { Some("remove one of them".to_owned()) }

    /// A rule that never runs because an earlier one takes all its requests.
    #[error("the rule `{name}` never runs")]
    PREEMPTED_RULE: PreemptedRule { name: String, earlier: String, first_span: Span }
    labels(self) { vec![Label { span: self.first_span, message: "this rule takes all its requests".to_owned() }] }
    help(self) { Some(format!("with `applyRules: One` the first rule that applies is the last; put `{}` behind it", self.earlier)) }

    /// A context entry that nothing asks for.
    #[error("nothing asks for the context entry `{name}`")]
    UNUSED_ENTRY: UnusedEntry { name: String }
    help(self) { Some("remove it".to_owned()) }

    /// A context entry that hides another.
    #[error("this context entry hides another `{name}`")]
    SHADOWED_ENTRY: ShadowedEntry { name: String, hidden: Span }
    labels(self) { vec![Label { span: self.hidden, message: "this one is not asked for any more".to_owned() }] }
    help(self) { Some("give it another name".to_owned()) }

    /// An old object where none comes.
    #[error("`request.oldObject` is never there for {operations}")]
    ABSENT_OBJECT: NoOldObject { operations: &'static str }
    help(self) { Some("only UPDATE and DELETE have one; match these operations, or ask for `request.object`".to_owned()) }

    /// An object where none comes.
    #[error("`request.object` is never there for DELETE")]
    ABSENT_OBJECT: NoObject {}
    help(self) { Some("ask for `request.oldObject`".to_owned()) }

    /// A check that DELETE passes by.
    #[error("`{field}` is not asked on DELETE")]
    ABSENT_OBJECT: NotAskedOnDelete { field: &'static str }
    help(self) { Some("the rule matches nothing else; use `deny`, which looks at the object that is deleted".to_owned()) }

    /// A change of what is deleted.
    #[error("nothing is changed on DELETE")]
    ABSENT_OBJECT: NotChangedOnDelete {}
    help(self) { Some("the rule matches nothing else; add `targets` to change other objects".to_owned()) }

    /// A kind that is written small.
    #[error("no kind is called `{kind}`")]
    NEVER_MATCHES: LowerCaseKind { kind: String, meant: Option<String> }
    help(self) {
        let meant = self.meant.as_deref().unwrap_or("Pod");
        Some(format!("kinds are written in the singular with a capital letter, such as `{meant}`"))
    }

    /// A namespace selector on namespaces.
    #[error("`namespaceSelector` never matches a Namespace")]
    NEVER_MATCHES: SelectorOnNamespace {}
    help(self) { Some("use `selector`, which looks at the labels of the Namespace itself".to_owned()) }

    /// A policy of an exception that is not there.
    #[error("no policy is called `{name}`")]
    UNKNOWN_EXCEPTED: UnknownExceptedPolicy { name: String, meant: Option<String> }
    help(self) {
        match &self.meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None => Some("an exception for a policy that does not exist has no effect".to_owned()),
        }
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.clone()? }) }

    /// A rule of an exception that its policy does not have.
    #[error("no rule of `{policy}` is called `{name}`")]
    UNKNOWN_EXCEPTED: UnknownExceptedRule { name: String, policy: String, meant: Option<String> }
    help(self) {
        match &self.meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None => Some("an exception for a rule that does not exist has no effect".to_owned()),
        }
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.clone()? }) }

    /// Operations in an exception.
    #[error("exceptions take no notice of `operations`")]
    IGNORED_OPERATIONS: IgnoredOperations {}
    help(self) { Some("compare `request.operation` under `conditions`".to_owned()) }

    /// Items of a list pattern behind the first.
    #[error("only the first item of a list counts in a pattern")]
    IGNORED_ITEMS: IgnoredItems { first: Span }
    labels(self) { vec![Label { span: self.first, message: "every item of the list is compared with this one".to_owned() }] }
    help(self) { Some("say all in the first item, write patterns under `anyPattern`, or go through the list with `foreach`".to_owned()) }

    /// A pattern that nothing fits.
    #[error("no value fits the pattern `{pattern}`")]
    IMPOSSIBLE_PATTERN: ImpossiblePattern { pattern: String }
    help(self) { Some("its parts exclude each other; write alternatives with `|`".to_owned()) }

    /// A regular expression where wildcards are meant.
    #[error("the pattern `{pattern}` looks like a regular expression")]
    REGEX_IN_PATTERN: RegexInPattern { pattern: String }
    help(self) { Some("patterns know the wildcards `*` and `?`; for expressions use `regex_match` in a `deny` condition".to_owned()) }

    /// An operator of patterns that is written as in a programming language.
    #[error("in patterns `{operator}` stands alone")]
    DOUBLED_OPERATOR: DoubledOperator { operator: String }
    help(self) { Some(format!("between two of them there is an empty pattern; write one `{}`", self.operator)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.operator.clone() }) }

    /// A key that is almost an anchor.
    #[error("`{key}` is no anchor")]
    MALFORMED_ANCHOR: MalformedAnchor { key: String, meant: Option<String> }
    help(self) {
        Some(match &self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "anchors are `()`, `=()`, `^()`, `X()`, `<()` and `+()`".to_owned(),
        })
    }

    /// An anchor that patterns do not know.
    #[error("patterns do not know the anchor `{key}`")]
    ANCHOR_WITHOUT_EFFECT: UnknownPatternAnchor { key: String }
    help(self) { Some("a field of this very name would be asked for; `=()` asks something of a field only if it is there".to_owned()) }

    /// What a forbidden field is compared with.
    #[error("`X({field})` forbids the field with any value")]
    ANCHOR_WITHOUT_EFFECT: IgnoredNegatedValue { field: String }
    help(self) { Some("the value is not looked at; to forbid a value, write it with `!` behind `=()`, or leave `null` here".to_owned()) }

    /// An existence anchor on something else than a list.
    #[error("`^()` takes a list of objects")]
    EXISTENCE_OF_NO_LIST: ExistenceOfNoList {}
    help(self) { Some("it asks that some item of a list is like this; write the item behind `- `".to_owned()) }

    /// A pattern of conditions only.
    #[error("only conditions stand here, and nothing that could be violated")]
    NOTHING_ASKED: NothingAsked {}
    help(self) { Some("`()` says when the rest is asked; write what is asked beside it".to_owned()) }

    /// A condition that skips more than what stands beside it.
    #[error("when this condition does not hold, more than its siblings is skipped")]
    SKIPS_OTHERS: SkipsOthers { skipped: Span }
    labels(self) { vec![Label { span: self.skipped, message: "this is not asked then".to_owned() }] }
    help(self) { Some("the whole rule is skipped; write a rule for each, or `<()` if this is meant".to_owned()) }

    /// A patch that changes nothing.
    #[error("this patch changes nothing")]
    NO_CHANGE: NoChange {}
    help(self) { Some("conditions, tests and empty objects leave an object as it is; write what is to be set".to_owned()) }

    /// A scalar that YAML 1.1 reads as something else.
    #[error("`{written}` without quotes is {meaning}")]
    AMBIGUOUS_SCALAR: AmbiguousScalar { written: String, meaning: String }
    help(self) { Some(format!("write `\"{}\"` for text, or the value plainly", self.written)) }

    /// A key that YAML 1.1 reads as a truth value.
    #[error("the key `{written}` without quotes is `{meaning}`")]
    AMBIGUOUS_SCALAR: AmbiguousKey { written: String, meaning: String }
    help(self) { Some(format!("write `\"{}\"`", self.written)) }
    fix(self) { Some(Fix { span: self.span, replacement: format!("\"{}\"", self.written) }) }

    /// Text that other readers of YAML take for a number.
    #[error("`{written}` without quotes is text here and a number to other readers of YAML 1.1")]
    AMBIGUOUS_SCALAR: SexagesimalText { written: String }
    help(self) { Some(format!("write `\"{}\"`", self.written)) }
    fix(self) { Some(Fix { span: self.span, replacement: format!("\"{}\"", self.written) }) }

    /// Text without quotes that begins with `!`.
    #[error("`{written}` is a tag of YAML, and the value is {value}")]
    AMBIGUOUS_SCALAR: TagForText { written: String, value: &'static str }
    help(self) { Some(format!("write `\"{}\"`", self.written)) }
    fix(self) { Some(Fix { span: self.span, replacement: format!("\"{}\"", self.written) }) }

    /// A reference without an end or a path.
    #[error("this is text and no reference to another field")]
    STRAY_BRACES: UnclosedReference {}
    help(self) { Some("a reference is written `$(path/to/field)`".to_owned()) }

    /// A label in a selector that nothing can have.
    #[error("no label can be {what} `{text}`")]
    NEVER_MATCHES: NoSuchLabel { what: &'static str, text: String }
    help(self) { Some("labels are letters, digits, `-`, `_` and `.`; a key may have a domain and `/` before it".to_owned()) }

    /// A brace behind a variable.
    #[error("one brace more than the variable needs")]
    STRAY_BRACES: ThirdBrace {}
    help(self) { Some("a variable ends with `}}`; this brace is text behind it".to_owned()) }

    /// One brace that two close.
    #[error("one brace begins no variable")]
    STRAY_BRACES: HalfOpenBraces {}
    help(self) { Some("a variable begins with `{{`".to_owned()) }
    fix(self) { Some(Fix { span: self.span, replacement: "{{".to_owned() }) }

    /// A copy or its source without the namespace that the other has.
    #[error("`{owner}` has no `namespace`")]
    CLONE_WITHOUT_NAMESPACE: WithoutNamespace { owner: &'static str, other: Span }
    labels(self) { vec![Label { span: self.other, message: "while this has one".to_owned() }] }
    help(self) { Some("an object of a namespaced kind has its source in a namespace too".to_owned()) }

    /// An anchor that patches do not know.
    #[error("patches do not know the anchor `{key}`")]
    UNKNOWN_PATCH_ANCHOR: UnknownPatchAnchor { key: String }
    help(self) { Some("a field of this very name would be written; patches know `()`, `<()` and `+()`".to_owned()) }

    /// More than one conditional item in a merged list.
    #[error("a second conditional item in a merged list makes items disappear")]
    LOST_ITEMS: SeveralConditionalItems { first: Span }
    labels(self) { vec![Label { span: self.first, message: "the first one".to_owned() }] }
    help(self) { Some("write a rule for each item, or a `foreach`".to_owned()) }

    /// An item of a merged list that names none of the items.
    #[error("an item of `{list}` without `{key}` makes items disappear")]
    LOST_ITEMS: ItemWithoutKey { list: String, key: &'static str }
    help(self) { Some(format!("items of `{}` are merged by `{}`; name one, or add `({}): \"*\"` for all of them", self.list, self.key, self.key)) }

    /// A JSON patch that cannot be applied.
    #[error("this JSON patch cannot be applied: {problem}")]
    MALFORMED_PATCH: MalformedPatch { problem: String, help: Option<String> }
    help(self) { self.help.clone() }

    /// An anchor in an object to generate.
    #[error("objects to generate know no anchors: `{key}`")]
    GENERATED_ANCHOR: GeneratedAnchor { key: String }
    help(self) { Some("write the field's plain name; Kyverno refuses the policy".to_owned()) }

    /// A wildcard in the selector of a list of clones.
    #[error("the selector of `cloneList` takes no wildcards: `{text}`")]
    INVALID_SELECTOR: WildcardInCloneList { text: String }
    help(self) { Some("select the sources by whole labels; Kyverno refuses the policy".to_owned()) }

    /// An empty object in a patch.
    #[error("an empty object in a patch is dropped")]
    DROPPED_EMPTY_OBJECT: DroppedEmptyObject {}
    help(self) { Some("use `patchesJson6902` to add an empty object".to_owned()) }
}

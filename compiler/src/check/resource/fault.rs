//! Findings about fields of resources.

use dikast_grammar::Span;

use crate::diagnostic::{Fix, Label, faults};

use super::lookup::Missing;

faults! {
    /// A member in an expression that no resource has there.
    #[error("{}", missing.problem(name))]
    UNKNOWN_RESOURCE_FIELD: UnknownMember { name: String, missing: Missing }
    help(self) {
        match &self.missing {
            Missing::InList => Some("`[]` or `[*]` asks it of each item, `[0]` of the first".to_owned()),
            missing => missing.help(&self.name),
        }
    }
    fix(self) { self.missing.meant().map(|meant| Fix { span: self.span, replacement: meant.to_owned() }) }

    /// A key of a pattern or a patch that no resource has there.
    #[error("{}", missing.problem(name))]
    UNKNOWN_RESOURCE_FIELD: UnknownKey { name: String, missing: Missing }
    help(self) { self.missing.help(&self.name) }
    fix(self) { self.missing.meant().map(|meant| Fix { span: self.span, replacement: meant.to_owned() }) }

    /// A field that some of the kinds have which a rule matches, and others have not.
    #[error("there is no field `{name}` in {owner}")]
    UNKNOWN_RESOURCE_FIELD: LackedBySome { name: String, owner: String, kind: Option<String> }
    help(self) {
        let kind = self.kind.as_ref().map_or("such objects".to_owned(), |kind| format!("`{kind}`"));
        Some(format!("other kinds that the rule matches have it; match {kind} in a rule of its own"))
    }

    /// A part of a request where there is none.
    #[error("there is no `request.{name}` in a cleanup policy")]
    ABSENT_OBJECT: NoRequest { name: String }
    help(self) { Some("the object that may be deleted is `target`".to_owned()) }

    /// Something that is no list, treated as one.
    #[error("this is {found}, not a list")]
    WRONG_STRUCTURE: NotAList { found: String }
    help(self) { Some("write a path that leads to a list; `[x]` makes a list of one item".to_owned()) }

    /// A list, an object or a value where the resource has something else.
    #[error("`{field}` is {expected}, not {found}")]
    WRONG_STRUCTURE: WrongStructure { field: String, expected: String, found: &'static str, help: Option<String> }
    help(self) { self.help.clone() }

    /// A value that the field never has.
    #[error("`{field}` is {expected}, which {written} never is")]
    IMPOSSIBLE_VALUE: ImpossibleValue { field: String, expected: String, written: String, help: Option<String> }
    help(self) { self.help.clone() }

    /// A pattern that an absent field satisfies.
    #[error("the pattern `{pattern}` is satisfied when `{field}` is absent")]
    ABSENT_SATISFIES: AbsentSatisfies { pattern: String, field: String }
    help(self) { Some("add `& ?*` to the pattern if the field must be there".to_owned()) }

    /// A condition that nothing meets of what is matched.
    #[error("the rule matches nothing for which this holds")]
    CONSTANT_CONDITION: OutOfReach { possible: String }
    help(self) { Some(format!("what it matches has {} here", self.possible)) }

    /// An order that a key has not.
    #[error("the key is {what}, which has no order")]
    CONSTANT_CONDITION: WithoutOrder { what: String }
    help(self) { Some("only numbers, quantities, durations and versions have an order".to_owned()) }

    /// A comparison with a number that lies beyond all that the key can be.
    #[error("this condition is always {answer}: the key is {what}")]
    CONSTANT_CONDITION: SameForAll { what: String, answer: bool }

    /// Two conditions of an `all` that never hold together.
    #[error("this never holds together with another condition on the same key")]
    CONSTANT_CONDITION: ExcludeEachOther { first: Span }
    labels(self) { vec![Label { span: self.first, message: "the other one".to_owned() }] }
    help(self) { Some("all conditions under `all` have to hold; write alternatives under `any`".to_owned()) }

    /// Two conditions of an `any` of which one always holds.
    #[error("this or another condition on the same key always holds")]
    CONSTANT_CONDITION: OneAlwaysHolds { second: Span }
    labels(self) { vec![Label { span: self.second, message: "the other one".to_owned() }] }
    help(self) { Some("one condition under `any` is enough; write them under `all` if both are meant".to_owned()) }

    /// A number that is read from a quantity.
    #[error("`to_number` gives null for quantities such as `1Gi` and `500m`")]
    IMPOSSIBLE_VALUE: NumberOfQuantity {}
    help(self) { Some("conditions and the functions of arithmetic take quantities as they are".to_owned()) }

    /// A wildcard in a pattern for a number.
    #[error("`{field}` is a number, and `{pattern}` looks at its digits")]
    WILDCARD_ON_NUMBER: WildcardOnNumber { field: String, pattern: String }
    help(self) { Some("`3*` fits 3, 30 and 3000; write a range such as `30-39`, or `>=30`".to_owned()) }

    /// A key that no label or annotation has, in a pattern.
    #[error("no {what} is called `{name}`")]
    IMPOSSIBLE_VALUE: ImpossibleKey { what: &'static str, name: String }
    help(self) { Some(KEY_HELP.to_owned()) }

    /// A key that the API server refuses for labels and annotations.
    #[error("no {what} can be called `{name}`")]
    WRONG_VALUE: WrongKey { what: &'static str, name: String }
    help(self) { Some(KEY_HELP.to_owned()) }

    /// A text in a pattern for what is no text.
    #[error("`{field}` is {expected}, and this is text")]
    QUOTED_VALUE: QuotedValue { field: String, expected: String, written: String }
    help(self) { Some(format!("patterns compare the text of both, so it works; plainly it is `{}`", self.written)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.written.clone() }) }

    /// A value that the API server refuses.
    #[error("`{field}` is {expected}, not {found}")]
    WRONG_VALUE: WrongValue { field: String, expected: String, found: String, help: Option<String>, fixed: Option<String> }
    help(self) { self.help.clone() }
    fix(self) { self.fixed.as_ref().map(|fixed| Fix { span: self.span, replacement: fixed.clone() }) }

    /// A kind that nothing has.
    #[error("no kind is called `{kind}`")]
    UNKNOWN_KIND: UnknownKind { kind: String, meant: String }
    help(self) { Some(format!("did you mean `{}`? if it is of a CustomResourceDefinition, name that with `--crd`", self.meant)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant.clone() }) }

    /// A kind in a group or version that does not have it.
    #[error("there is no `{kind}`")]
    UNKNOWN_KIND: UnknownVersion { kind: String, instead: String }
    help(self) { (!self.instead.is_empty()).then(|| format!("the kind is in {}", self.instead)) }

    /// A subresource that a kind does not have.
    #[error("`{kind}` has no subresource `{subresource}`")]
    UNKNOWN_KIND: UnknownSubresource { kind: String, subresource: String, known: String }
    help(self) { (!self.known.is_empty()).then(|| format!("it has {}", self.known)) }

    /// A path of the API server that names no group and version.
    #[error("the API server has nothing at `/{named}`")]
    UNKNOWN_KIND: UnknownGroup { named: String, meant: Option<&'static str> }
    help(self) {
        Some(match self.meant {
            Some(meant) => format!("did you mean `/{meant}`?"),
            None => "the core group is at `/api/v1`, others at `/apis/GROUP/VERSION`".to_owned(),
        })
    }

    /// A path of the API server that has no such resource.
    #[error("the API server has no such resource in `{api_version}`")]
    UNKNOWN_KIND: UnknownResource { api_version: String, meant: Option<String> }
    help(self) { self.meant.as_ref().map(|meant| format!("did you mean `{meant}`?")) }

    /// An object without a field that it must have.
    #[error("{owner} needs `{field}`")]
    MISSING_PART: MissingPart { owner: String, field: String }
    help(self) { Some("the API server refuses an object without it".to_owned()) }

    /// A list that a merge replaces.
    #[error("the merge replaces all of `{field}`")]
    REPLACED_LIST: ReplacedList { field: String }
    help(self) {
        Some(format!("its items have no key that tells them apart; `+({})` sets it if there is none, a JSON patch adds to it", self.field))
    }

    /// A status that is not written.
    #[error("the status of {kind} is not changed with the object")]
    NO_CHANGE: DroppedStatus { kind: String }
    help(self) { Some(format!("the API server drops it; match `{}/status`", self.kind)) }

    /// A block of generation that says nothing of the object.
    #[error("nothing says what is generated")]
    NOT_DESCRIBED: NoSource {}
    help(self) { Some("write the object under `data`, or name one under `clone` or `cloneList`".to_owned()) }

    /// An object that is named in part.
    #[error("{owner} has no `{field}`")]
    NOT_DESCRIBED: NotNamed { owner: &'static str, field: &'static str }
    help(self) { Some(format!("no object is found without it; add `{}`", self.field)) }

    /// A copy that is its own source.
    #[error("the object is cloned from itself")]
    NOT_DESCRIBED: CopyOfItself {}
    help(self) { Some("give the copy another name or namespace than its source".to_owned()) }

    /// A filter on namespaces for kinds that are in none.
    #[error("`{field}` never matches: {kind} is in no namespace")]
    WRONG_SCOPE: ClusterScoped { field: &'static str, kind: String }
    help(self) { Some("remove it; `names` and `selector` tell such objects apart".to_owned()) }

    /// A name that nothing has.
    #[error("nothing is called `{name}`")]
    NEVER_MATCHES: ImpossibleName { name: String }
    help(self) { Some("names have small letters, digits, `-` and `.` only".to_owned()) }

    /// A namespace for an object that is in none.
    #[error("a {kind} is in no namespace")]
    WRONG_SCOPE: NeedlessNamespace { kind: String }
    help(self) { Some("remove it".to_owned()) }

    /// An object without a namespace that has to be in one.
    #[error("a {kind} is in a namespace, and none is given")]
    WRONG_SCOPE: NeededNamespace { kind: String }
    help(self) { Some("add `namespace`".to_owned()) }
}

const KEY_HELP: &str = "a key is at most 63 letters, digits, `-`, `_` and `.`; a domain and `/` may stand before it, which is `~1` in a JSON patch";

impl Missing {
    /// What there is instead.
    pub(super) fn problem(&self, name: &str) -> String {
        match self {
            Self::NoField { owner: Some(owner), .. } => format!("there is no field `{name}` in `{owner}`"),
            Self::NoField { owner: None, .. } => format!("there is no field `{name}` here"),
            Self::InList => format!("`{name}` is asked of a list, which has no fields"),
            Self::NoObject(what) => format!("`{name}` is asked of {what}, which has no fields"),
        }
    }

    /// The field that is meant, if one resembles it.
    pub(super) fn meant(&self) -> Option<&str> {
        match self {
            Self::NoField { meant, .. } => meant.as_deref(),
            Self::InList | Self::NoObject(_) => None,
        }
    }

    fn help(&self, name: &str) -> Option<String> {
        let (meant, belongs, known) = match self {
            Self::NoField { meant, belongs, known, .. } => (meant, belongs, known),
            Self::InList => {
                return Some("write `[]` or an index before it in an expression, and `- ` in a pattern".to_owned());
            }
            Self::NoObject(_) => return Some("the path ends before it: leave out what follows".to_owned()),
        };
        match (meant, belongs) {
            (Some(meant), _) => Some(format!("did you mean `{meant}`?")),
            (None, Some(belongs)) => Some(format!("`{name}` belongs under `{belongs}`")),
            (None, None) if known.is_empty() => None,
            (None, None) => {
                let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                Some(format!("there are {}", known.join(", ")))
            }
        }
    }
}

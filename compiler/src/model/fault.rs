//! Faults in the fields of documents.

use super::size::MOST_PARTS;
use crate::diagnostic::{Fix, Label, faults};

faults! {
    /// A field that the schema does not have.
    #[error("unknown field `{field}` of {owner}")]
    UNKNOWN_FIELD: UnknownField { field: String, owner: &'static str, meant: Option<&'static str>, belongs: Option<String> }
    help(self) {
        match (&self.meant, &self.belongs) {
            (_, Some(place)) => Some(format!("`{}` belongs {place}", self.field)),
            (Some(meant), None) => Some(format!("did you mean `{meant}`?")),
            (None, None) => None,
        }
    }
    fix(self) {
        let meant = self.meant.filter(|_| self.belongs.is_none())?;
        Some(Fix { span: self.span, replacement: meant.to_owned() })
    }

    /// A value of another type than the field takes.
    #[error("`{field}` takes {expected}, not {found}")]
    WRONG_TYPE: WrongType { field: String, expected: &'static str, found: String, advice: Option<&'static str>, instead: Option<Instead> }
    help(self) {
        match (self.advice, &self.instead) {
            (Some(advice), _) => Some(advice.to_owned()),
            (None, Some(Instead { kind, text })) => Some(format!("write it as {kind}: `{text}`")),
            (None, None) => None,
        }
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.instead.as_ref()?.text.clone() }) }

    /// A name or another text of a form.
    #[error("`{text}` cannot be {title}: {problem}")]
    INVALID_NAME: InvalidName { text: String, title: &'static str, problem: String }

    /// A part of an entry that is called as the entry is.
    #[error("a projection cannot be named `{name}`, as its entry is")]
    INVALID_NAME: RepeatsEntryName { name: String }

    /// A number beyond its limits.
    #[error("`{field}` cannot be {number}")]
    OUT_OF_RANGE: OutOfRange { field: String, number: i64, low: i64, high: i64 }
    help(self) { Some(format!("it goes from {} to {}", self.low, self.high)) }

    /// A field with nothing in it.
    #[error("`{field}` is empty")]
    EMPTY_FIELD: EmptyField { field: &'static str, effect: &'static str }
    help(self) { Some(format!("{}; fill it or remove it", self.effect)) }

    /// A field that must be given.
    #[error("{owner} has no `{field}`")]
    MISSING_FIELD: MissingField { owner: &'static str, field: &'static str, doc: &'static str }
    help(self) { Some(format!("`{}`: {}", self.field, self.doc.trim_end_matches('.'))) }

    /// A document that would take too long.
    #[error("the document has more than {MOST_PARTS} parts")]
    OVERSIZED: TooManyParts {}
    help(self) { Some("nodes, variables and alternatives are parts: split it into several documents, or move lists into a ConfigMap".to_owned()) }

    /// None of several fields.
    #[error("{owner} needs one of {fields}")]
    MISSING_FIELD: MissingChoice { owner: &'static str, fields: String }

    /// Two fields of which only one can be given.
    #[error("`{second}` cannot be given beside `{first}`")]
    EXCLUSIVE_FIELDS: ExclusiveFields { first: &'static str, second: &'static str, first_span: dikast_grammar::Span }
    labels(self) { vec![Label { span: self.first_span, message: format!("`{}` is here", self.first) }] }

    /// A text that is not among those the field takes.
    #[error("`{value}` is not a value of `{field}`")]
    UNKNOWN_VALUE: UnknownValue { field: String, value: String, choices: &'static [&'static str], meant: Option<&'static str> }
    help(self) {
        match self.meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None => Some(format!("it takes {}", super::suggest::alternatives(self.choices))),
        }
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant?.to_owned() }) }

    /// A field with a successor.
    #[error("`{field}` is deprecated")]
    DEPRECATED_FIELD: DeprecatedField { field: &'static str, advice: &'static str, fix: Option<Fix> }
    help(self) { Some(self.advice.to_owned()) }
    fix(self) { self.fix.clone() }

    /// A version that Kyverno's definitions call deprecated (Kyverno `api/kyverno/v2beta1`, `v2alpha1`).
    #[error("`{api_version}` is deprecated")]
    DEPRECATED_FIELD: DeprecatedVersion { api_version: String }
    help(self) { Some("write `kyverno.io/v2`".to_owned()) }
    fix(self) { Some(Fix { span: self.span, replacement: "kyverno.io/v2".to_owned() }) }

    /// Conditions as a plain list.
    #[error("a plain list of conditions is deprecated")]
    DEPRECATED_FIELD: PlainConditions {}
    help(self) { Some("put the conditions under `all`".to_owned()) }

    /// A `kind` or `apiVersion` that hides a policy.
    #[error("this is not the `{field}` of a policy")]
    UNRECOGNISED_POLICY: UnrecognisedPolicy { field: &'static str, meant: Option<&'static str>, choices: &'static [&'static str] }
    help(self) {
        match self.meant {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None => Some(format!("write {}", super::suggest::alternatives(self.choices))),
        }
    }
    fix(self) { Some(Fix { span: self.span, replacement: self.meant?.to_owned() }) }

    /// A policy without the field that would make it one.
    #[error("this policy has no `{field}`")]
    UNRECOGNISED_POLICY: MissingPolicyField { field: &'static str, choices: &'static [&'static str] }
    help(self) { Some(format!("its `{}` is {}", self.field, super::suggest::alternatives(self.choices))) }

    /// A key that differs from the one that is read in the size of its letters.
    #[error("`{written}` is not read")]
    UNRECOGNISED_POLICY: MisspelledKey { written: String, field: &'static str }
    help(self) { Some(format!("did you mean `{}`?", self.field)) }
    fix(self) { Some(Fix { span: self.span, replacement: self.field.to_owned() }) }

    /// A policy kind that cannot be run yet.
    #[error("`{kind}` of `{api_version}` is not supported yet")]
    UNSUPPORTED_KIND: UnsupportedKind { kind: String, api_version: String }
    help(self) { Some("the document is left out; `ClusterPolicy` and `Policy` of `kyverno.io/v1` are supported".to_owned()) }

    /// Image verification.
    #[error("`verifyImages` is not supported yet")]
    UNSUPPORTED_VERIFY_IMAGES: UnsupportedVerifyImages {}
    help(self) { left_out("rule") }

    /// CEL in a classic policy.
    #[error("`validate.cel` is not supported yet")]
    UNSUPPORTED_CEL: UnsupportedCel {}
    help(self) { left_out("rule") }

    /// Manifest verification.
    #[error("`validate.manifests` is not supported yet")]
    UNSUPPORTED_MANIFESTS: UnsupportedManifests {}
    help(self) { left_out("rule") }

    /// Images of custom resources.
    #[error("`imageExtractors` is not supported yet")]
    UNSUPPORTED_IMAGE_EXTRACTORS: UnsupportedImageExtractors {}
    help(self) { left_out("rule") }

    /// CEL conditions of the webhook.
    #[error("`matchConditions` is not supported yet")]
    UNSUPPORTED_MATCH_CONDITIONS: UnsupportedMatchConditions {}
    help(self) { left_out("policy") }
}

/// How a value is written to be of the expected type.
#[derive(Clone, Debug)]
pub(crate) struct Instead {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

fn left_out(part: &str) -> Option<String> {
    Some(format!("the {part} is left out"))
}

//! The registry of codes. A code is never renumbered and never used again for something else.
//!
//! | range | what |
//! |---|---|
//! | `DK01xx` | files and YAML |
//! | `DK02xx` | fields of documents |
//! | `DK03xx` | parts of Kyverno that are not supported yet |
//! | `DK04xx` | expressions and templates |
//! | `DK05xx` | conditions |
//! | `DK06xx` | patterns and patches |
//! | `DK07xx` | match and exclude |
//! | `DK08xx` | autogen |
//! | `DK09xx` | deprecated forms |
//! | `DK10xx` | fields and kinds of resources |
//! | `DK11xx` | tests |
//! | `DK12xx` | the command line |
//! | `DK13xx` | what Kyverno's webhook refuses |
//!
//! The page of a code, which `dikast explain` shows, is `pages/DKnnnn.md`: what and why, a wrong and a right example.
//! A test compiles both and expects the code from the wrong one only; commands of a shell are not run.

use std::fmt;

use super::Severity;

/// The stable name of a kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

/// What the registry knows of a code.
struct Registered {
    code: Code,
    severity: Severity,
    title: &'static str,
    page: &'static str,
}

impl Code {
    /// The code of a name such as `DK0101`, in any case.
    pub fn find(name: &str) -> Option<Code> {
        REGISTRY.iter().map(|entry| entry.code).find(|code| code.0.eq_ignore_ascii_case(name))
    }

    /// All codes in ascending order.
    pub fn all() -> impl Iterator<Item = Code> {
        REGISTRY.iter().map(|entry| entry.code)
    }

    /// The name, such as `DK0101`.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// How bad a fault of this code is.
    pub fn severity(self) -> Severity {
        self.registered().map_or(Severity::Error, |entry| entry.severity)
    }

    /// A few words that name the kind of fault.
    pub fn title(self) -> &'static str {
        self.registered().map_or("", |entry| entry.title)
    }

    /// The page as Markdown: what it means and why, under `## Wrong` and `## Right` an example each.
    pub fn page(self) -> &'static str {
        self.registered().map_or("", |entry| entry.page)
    }

    fn registered(self) -> Option<&'static Registered> {
        REGISTRY.binary_search_by_key(&self, |entry| entry.code).ok().and_then(|at| REGISTRY.get(at))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

macro_rules! registry {
    ($($name:ident $constant:ident $severity:ident $title:literal)*) => {
        $(
            #[doc = $title]
            pub const $constant: Code = Code(stringify!($name));
        )*

        /// Sorted by code.
        static REGISTRY: &[Registered] = &[$(Registered {
            code: $constant,
            severity: Severity::$severity,
            title: $title,
            page: include_str!(concat!("pages/", stringify!($name), ".md")),
        }),*];
    };
}

registry! {
    DK0101 YAML_SYNTAX Error "invalid YAML"
    DK0102 REPEATED_KEY Error "repeated key"
    DK0103 UNREAD_TEXT Error "text that is not read"
    DK0104 AMBIGUOUS_SCALAR Warning "value that YAML 1.1 reads in its own way"
    DK0105 UNUSED_ALLOW Warning "comment that allows nothing"
    DK0106 MALFORMED_ALLOW Error "comment that cannot be understood"
    DK0107 OVERSIZED Error "document of too many parts"

    DK0201 UNKNOWN_FIELD Error "unknown field"
    DK0202 WRONG_TYPE Error "wrong type"
    DK0203 MISSING_FIELD Error "missing field"
    DK0204 EXCLUSIVE_FIELDS Error "fields that exclude each other"
    DK0205 UNKNOWN_VALUE Error "value that is not allowed here"
    DK0206 REPEATED_RULE_NAME Error "repeated rule name"
    DK0207 UNRECOGNISED_POLICY Error "policy that is not recognised"
    DK0208 INVALID_NAME Error "name that is refused"
    DK0209 OUT_OF_RANGE Error "number out of range"
    DK0210 EMPTY_FIELD Warning "empty field"
    DK0211 REPEATED_POLICY Warning "two policies of one name"

    DK0301 UNSUPPORTED_KIND Error "policy kind that is not supported yet"
    DK0302 UNSUPPORTED_VERIFY_IMAGES Error "`verifyImages` is not supported yet"
    DK0303 UNSUPPORTED_CEL Error "`validate.cel` is not supported yet"
    DK0304 UNSUPPORTED_MANIFESTS Error "`validate.manifests` is not supported yet"
    DK0305 UNSUPPORTED_IMAGE_EXTRACTORS Error "`imageExtractors` is not supported yet"
    DK0306 UNSUPPORTED_MATCH_CONDITIONS Error "`matchConditions` is not supported yet"
    DK0307 UNSUPPORTED_PROVIDER Error "provider of credentials that is not supported yet"

    DK0401 EXPRESSION_SYNTAX Error "malformed expression"
    DK0402 UNKNOWN_FUNCTION Error "unknown function"
    DK0403 UNDEFINED_VARIABLE Error "undefined variable"
    DK0404 ARGUMENT_COUNT Error "wrong number of arguments"
    DK0405 BRACES_AROUND_EXPRESSION Error "braces around an expression"
    DK0406 LENIENT_EXPRESSION Warning "expression that is no JMESPath"
    DK0407 UNRESOLVED_REFERENCE Error "reference to nothing"
    DK0408 NAME_FOR_VALUE Warning "name where a value is meant"
    DK0409 STRAY_BRACES Warning "braces that begin no variable"
    DK0410 RESERVED_ENTRY_NAME Error "context entry with a reserved name"
    DK0411 LIST_OF_ITEMS Error "list that a function does not take"
    DK0412 ARGUMENT_TYPE Error "argument of a wrong type"
    DK0413 DIFFERENT_TYPES Error "comparison of different types"
    DK0414 UNORDERED Error "order of what is no number"
    DK0415 UNUSED_ENTRY Warning "context entry that nothing asks for"
    DK0416 SHADOWED_ENTRY Warning "context entry that hides another"
    DK0417 ABSENT_OBJECT Warning "object that never comes with the request"
    DK0418 REFUSED_ARGUMENT Error "argument that a function refuses"

    DK0501 UNKNOWN_OPERATOR Error "unknown operator"
    DK0502 NEVER_TRUE Error "condition that is never true"
    DK0503 CONSTANT_CONDITION Warning "condition with one answer"

    DK0601 IGNORED_ITEMS Warning "item of a pattern that does not count"
    DK0602 ABSENT_SATISFIES Warning "pattern that an absent field satisfies"
    DK0603 UNKNOWN_PATCH_ANCHOR Warning "anchor that patches do not know"
    DK0604 LOST_ITEMS Warning "patch that makes list items disappear"
    DK0605 DROPPED_EMPTY_OBJECT Warning "empty object in a patch"
    DK0606 MALFORMED_PATCH Error "JSON patch that cannot be applied"
    DK0607 GENERATED_ANCHOR Error "anchor in an object to generate"
    DK0608 IMPOSSIBLE_PATTERN Warning "pattern that nothing fits"
    DK0609 REGEX_IN_PATTERN Warning "regular expression in a pattern"
    DK0610 MALFORMED_ANCHOR Warning "key that is almost an anchor"
    DK0611 ANCHOR_WITHOUT_EFFECT Warning "anchor without the effect that it seems to have"
    DK0612 EXISTENCE_OF_NO_LIST Error "existence anchor on something that is no list"
    DK0613 NOTHING_ASKED Warning "pattern that nothing violates"
    DK0614 SKIPS_OTHERS Warning "condition that skips more than its siblings"
    DK0615 NO_CHANGE Warning "patch that changes nothing"
    DK0616 CLONE_WITHOUT_NAMESPACE Error "source or target of generation without a namespace"
    DK0617 NOT_ALLOWED Warning "permission that Kyverno lacks"
    DK0618 NOT_DESCRIBED Warning "object that is not fully named"
    DK0619 REPLACED_LIST Info "list that a merge replaces"
    DK0620 DOUBLED_OPERATOR Warning "operator that is written twice"

    DK0701 INVALID_SELECTOR Error "label selector that is refused"
    DK0702 UNKNOWN_SUBJECT Error "unknown kind of subject"
    DK0703 NEVER_MATCHES Warning "filter that never matches"
    DK0704 IGNORED_OPERATIONS Warning "operations in an exception"
    DK0705 MALFORMED_KIND Error "kind that is none"
    DK0706 PREEMPTED_RULE Warning "rule that an earlier one makes needless"
    DK0707 NO_EFFECT Warning "filter without effect"
    DK0711 UNKNOWN_EXCEPTED Warning "exception from what does not exist"

    DK0801 UNKNOWN_CONTROLLER Warning "unknown pod controller"
    DK0802 LOST_IN_AUTOGEN Warning "field that autogen drops"
    DK0803 RESERVED_RULE_NAME Warning "rule named like those that autogen makes"
    DK0804 MISSPELLED_ANNOTATION Warning "annotation that is almost one that is read"

    DK0901 DEPRECATED_FIELD Info "deprecated field"
    DK0902 DEPRECATED_OPERATOR Info "deprecated operator"

    DK1001 UNKNOWN_RESOURCE_FIELD Error "field that no resource has"
    DK1002 WRONG_STRUCTURE Error "list, object or value in the wrong place"
    DK1003 WRONG_VALUE Error "value that the API server refuses"
    DK1004 IMPOSSIBLE_VALUE Warning "value that a field never has"
    DK1005 UNKNOWN_KIND Warning "kind that does not exist"
    DK1006 WRONG_SCOPE Warning "namespace in the wrong place"
    DK1007 QUOTED_VALUE Info "truth value or number in quotes"
    DK1008 WILDCARD_ON_NUMBER Warning "wildcard on a number"
    DK1009 MISSING_PART Warning "field that an object must have"

    DK1101 UNKNOWN_IN_TEST Error "name in a test that nothing has"
    DK1102 VACUOUS_RESULT Warning "result that says nothing"
    DK1103 MALFORMED_ASSERTION Error "malformed assertion"
    DK1104 REPEATED_RESULT Warning "result that another one states"
    DK1105 CONTRADICTING_RESULT Error "result that another one contradicts"
    DK1106 UNUSED_IN_TEST Warning "file that no result is about"
    DK1107 IGNORED_IN_RESULT Warning "field of a result without effect"

    DK1201 UNSUPPORTED_FLAG Error "flag that is not supported"
    DK1202 NO_TESTS Error "no tests"

    DK1301 USER_IN_BACKGROUND Error "user in a policy for background scans"
    DK1302 REFUSED_SETTING Error "setting that Kyverno refuses"
    DK1303 REFUSED_FILTER Error "filter that Kyverno refuses"
    DK1304 REFUSED_EXCLUSION Error "exclusion that Kyverno refuses"
    DK1305 REFUSED_ENTRY Error "context entry that Kyverno refuses"
    DK1306 REFUSED_TARGET Error "target that Kyverno refuses"
    DK1307 REFUSED_VARIABLE Error "variable that Kyverno refuses"
    DK1308 REFUSED_VALUE Error "value that Kyverno refuses"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_found() {
        assert!(REGISTRY.is_sorted_by(|left, right| left.code < right.code));
        assert_eq!(Code::find("dk0201"), Some(UNKNOWN_FIELD));
        assert_eq!(Code::find("DK9999"), None);
        assert_eq!(UNKNOWN_FIELD.severity(), Severity::Error);
    }

    #[test]
    fn every_page_has_title_and_examples() {
        for entry in REGISTRY {
            let page = entry.page;
            assert!(page.starts_with(&format!("# {}\n\n", entry.title)), "{}: title", entry.code);
            let language = if entry.code.name().starts_with("DK12") { "sh" } else { "yaml" };
            for section in ["Wrong", "Right"] {
                let start = format!("\n## {section}\n\n```{language}\n");
                assert_eq!(page.matches(&start).count(), 1, "{}: {section}", entry.code);
            }
        }
    }
}

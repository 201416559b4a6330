//! The forms of the IR's own types. A field or variant that is added there has to be added here, or this does not
//! compile.

use super::TextError;
use super::form::Form;
use super::textual::{Textual, as_list, as_text, expected};
use crate::ir::*;

/// A record is a list of `(field value)`; fields with their default value are left out.
macro_rules! record {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl Textual for $name {
            fn to_form(&self, program: &Program) -> Form {
                let Self { $($field),* } = self;
                let mut fields = Vec::new();
                $(if !$field.is_absent() {
                    fields.push(Form::tagged(stringify!($field), [$field.to_form(program)]));
                })*
                Form::List(fields)
            }

            fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
                $(let mut $field = None;)*
                for field in as_list(concat!("the fields of ", stringify!($name)), form)? {
                    match as_list("a field", field)? {
                        $([tag, value] if *tag == Form::atom(stringify!($field)) => {
                            $field = Some(Textual::from_form(value, builder)?);
                        })*
                        _ => return Err(expected(concat!("a field of ", stringify!($name)), field)),
                    }
                }
                Ok(Self {
                    $($field: $field.or_else(Textual::absent).ok_or_else(|| TextError::MissingField {
                        record: stringify!($name),
                        field: stringify!($field),
                    })?),*
                })
            }
        }
    };
}

/// A choice is `(tag operand ...)`, or the tag alone when it has no operands.
macro_rules! choice {
    ($name:ident { $($variant:ident $tag:literal $(($($item:ident),*))? $({$($field:ident),*})?),* $(,)? }) => {
        impl Textual for $name {
            fn to_form(&self, program: &Program) -> Form {
                let _ = program;
                match self {
                    $(Self::$variant $(($($item),*))? $({$($field),*})? => {
                        #[allow(unused_mut, reason = "a variant without operands pushes nothing")]
                        let mut operands: Vec<Form> = Vec::new();
                        $($(operands.push($item.to_form(program));)*)?
                        $($(operands.push($field.to_form(program));)*)?
                        if operands.is_empty() { Form::atom($tag) } else { Form::tagged($tag, operands) }
                    })*
                }
            }

            fn from_form(form: &Form, builder: &mut Builder) -> Result<Self, TextError> {
                let _ = &builder;
                let (tag, operands) = match form {
                    Form::List(items) => match items.split_first() {
                        Some((tag, operands)) => (as_text("a tag", tag)?, operands),
                        None => return Err(expected(concat!("a ", stringify!($name)), form)),
                    },
                    atom => (as_text("a tag", atom)?, &[][..]),
                };
                let mut operands = operands.iter();
                let mut next = || operands.next().ok_or_else(|| expected("more operands", form));
                let value = match tag {
                    $($tag => {
                        $($(let $item = Textual::from_form(next()?, builder)?;)*)?
                        $($(let $field = Textual::from_form(next()?, builder)?;)*)?
                        Self::$variant $(($($item),*))? $({$($field),*})?
                    })*
                    _ => return Err(expected(concat!("a ", stringify!($name)), form)),
                };
                let _ = &mut next;
                match operands.next() {
                    None => Ok(value),
                    Some(extra) => Err(expected("no more operands", extra)),
                }
            }
        }
    };
}

choice!(Expr {
    Const "const" (value),
    Root "root",
    Variable "variable" (name),
    Current "current",
    Member "member" { of, name },
    MemberOf "member-of" { of, name },
    Index "index" { of, position },
    IndexOf "index-of" { of, position },
    Slice "slice" { of, start, stop, step },
    Flatten "flatten" (of),
    Values "values" (of),
    Each "each" { of, body },
    Filter "filter" { of, condition },
    Bind "bind" { value, body },
    With "with" { document, body },
    IfNotNull "if-not-null" { subject, body },
    List "list" (items),
    Object "object" (members),
    Compare "compare" { comparison, left, right },
    And "and" { left, right },
    Or "or" { left, right },
    Not "not" (of),
    Recover "recover" { recovery, of },
    Call "call" { function, arguments },
    Lambda "lambda" (body),
    Text "text" { parts, otherwise },
    Key "key" { of, written },
    Resolve "resolve" { query, on_delete, loads, text, path },
    ExpandWithin "expand-within" { of, scope, path },
    Shortcut "shortcut" { guards, then, otherwise },
    Expand "expand" { template, scope, path },
    Query "query" { text, scope },
    Fail "fail" (message),
});

choice!(Comparison { Equal "eq", NotEqual "ne", Numbers "numbers" (order) });
choice!(Ordering { Less "lt", LessOrEqual "le", Greater "gt", GreaterOrEqual "ge" });
choice!(Shape {
    Identifier "identifier",
    Quotable "quotable",
    Position "position",
    Scalar "scalar",
    Raw "raw",
    Filled "filled",
    TextOrNull "text-or-null",
});
choice!(Recovery { Missing "missing", Error "error" });
choice!(Type {
    Any "any",
    Null "null-type",
    Bool "bool",
    Number "number",
    Text "text",
    List "list-of" (item),
    Object "object-of" (members),
    OneOf "one-of" (types),
});

choice!(Pattern {
    Map "map" (fields),
    EachMap "each-map" (item),
    EachScalar "each-scalar" (item),
    Positional "positional" (items),
    EmptyList "empty-list",
    Scalar "scalar" (pattern),
    Dynamic "dynamic" (value),
});
record!(MapPattern { anchored, fields, expand_metadata });
record!(Field { anchor, name, raw, pattern, any_value });
choice!(Anchor {
    None "plain",
    Conditional "conditional",
    Global "global",
    Equality "equality",
    Existence "existence",
    Negation "negation",
    AddIfAbsent "add-if-absent",
});

choice!(Conditions { AnyAll "any-all" (block), List "all-of" (conditions), Blocks "blocks" (blocks) });
record!(ConditionBlock { any, all });
record!(Condition { key, operator, value, message, span });

record!(MatchBlock { quantifier, filters });
choice!(Quantifier { Any "any", All "all" });
record!(Filter {
    kinds,
    name,
    names,
    namespaces,
    annotations,
    selector,
    namespace_selector,
    operations,
    roles,
    cluster_roles,
    subjects,
    empty_user_info,
});
record!(KindSelector { group, version, kind, subresource });
record!(LabelSelector { match_labels, match_expressions, invalid });
record!(LabelRequirement { key, operator, values });
choice!(RequirementOperator { In "in", NotIn "not-in", Exists "exists", DoesNotExist "does-not-exist" });
record!(Subject { kind, pattern });
choice!(SubjectKind { User "user", Group "group", ServiceAccount "service-account", Unknown "unknown" });

record!(Policy {
    name,
    namespace,
    kind,
    annotations,
    enforce,
    overrides,
    failure_ignore,
    apply_one,
    emit_warning,
    admission,
    background,
    rules,
    span,
});
choice!(PolicyKind { ClusterPolicy "ClusterPolicy", Policy "Policy" });
record!(Override { enforce, namespaces, selector });
record!(Rule {
    policy,
    name,
    autogen,
    matching,
    exclude,
    context,
    preconditions,
    body,
    report_properties,
    skip_background_requests,
    span,
});
record!(ReportProperty { name, written, value });
choice!(Autogen { Made "made" { controllers }, Displaced "displaced" { kinds } });
record!(Exception { namespace, name, exempts, background, matching, conditions, pod_security, span });
record!(Exemption { policy, rules });

record!(Entry { name, source, span });
record!(RegistryCredentials { is_insecure, secrets });
choice!(EntrySource {
    Variable "variable" { value, jmespath, default },
    ConfigMap "config-map" { name, namespace },
    ApiCall "api-call" (call),
    ImageRegistry "image-registry" { reference, jmespath, credentials },
    GlobalReference "global-reference" { name, jmespath },
});
record!(Written { expr, text });
record!(EntryQuery { path, query });
record!(ApiCall { post, url_path, service, data, jmespath, default });
record!(Service { url, ca_bundle, headers });

choice!(Body {
    Validate "validate" (rule),
    Mutate "mutate" (rule),
    Generate "generate" (rule),
    Cleanup "cleanup" (rule),
});
record!(Cleanup { schedule });
record!(Validate { message, raw_message, enforce, overrides, allow_existing_violations, action });
choice!(ValidateAction {
    Pattern "pattern" (pattern),
    AnyPattern "any-pattern" (patterns),
    Deny "deny" (conditions),
    Foreach "foreach" (loops),
    PodSecurity "pod-security" (standard),
    Nothing "nothing",
});
record!(ValidateLoop { list, list_text, context, preconditions, element_scope, action, span });
record!(PodSecurity { level, version, exclude });
record!(PodSecurityExclude { control, images, restricted_field, values });
record!(Mutate { action, targets, existing_on_policy_update, also_substituted, decoded });
record!(DecodedRule { texts, rule });
choice!(MutateAction { Merge "merge" (overlay), Json "json" (operations), Foreach "foreach" (loops), Nothing "nothing" });
record!(MutateLoop { list, list_text, order, context, preconditions, action, span });
choice!(LoopOrder { Default "default", Ascending "ascending", Descending "descending" });
record!(Target { api_version, kind, namespace, name, selector, context, preconditions });
record!(Generate { sources, synchronize, existing, orphan_downstream });
record!(GenerateSource { list, context, preconditions, resource });

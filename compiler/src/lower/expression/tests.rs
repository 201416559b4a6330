//! What expressions and templates become.

use std::rc::Rc;

use dikast_grammar::yaml::{Node, NodeValue, Text};
use dikast_grammar::{FileId, Span};

use super::{Templates, lower_query};
use crate::diagnostic::Diagnostics;
use crate::ir::{Builder, EntryId, Expr, ExprId, Program, Recovery};

/// An expression on one line.
fn shown(program: &Program, id: ExprId) -> String {
    let show = |id: &ExprId| shown(program, *id);
    let all = |ids: &[ExprId]| ids.iter().map(show).collect::<Vec<_>>().join(", ");
    let name = |id| program.name(id);
    let entries = |ids: &[EntryId]| ids.iter().map(|id| format!(" e{}", id.0)).collect::<String>();
    match &program.expr(id).expr {
        Expr::Const(constant) => serde_json::to_string(program.constant(*constant)).unwrap(),
        Expr::Root => "root".to_owned(),
        Expr::Variable(variable) => format!("${}", name(*variable)),
        Expr::Current => "@".to_owned(),
        Expr::Member { of, name: member } => format!("{}.{}", show(of), name(*member)),
        Expr::MemberOf { of, name } => format!("{}.({})", show(of), show(name)),
        Expr::Index { of, position } => format!("{}[{position}]", show(of)),
        Expr::IndexOf { of, position } => format!("{}[({})]", show(of), show(position)),
        Expr::Slice { of, start, stop, step } => format!("{}[{start:?}:{stop:?}:{step:?}]", show(of)),
        Expr::Flatten(of) => format!("flatten({})", show(of)),
        Expr::Values(of) => format!("values({})", show(of)),
        Expr::Each { of, body } => format!("each({}, {})", show(of), show(body)),
        Expr::Filter { of, condition } => format!("filter({}, {})", show(of), show(condition)),
        Expr::Bind { value, body } => format!("bind({}, {})", show(value), show(body)),
        Expr::IfNotNull { subject, body } => format!("unless-null({}, {})", show(subject), show(body)),
        Expr::List(items) => format!("list({})", all(items)),
        Expr::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", show(name), show(value)));
            format!("object({})", members.collect::<Vec<_>>().join(", "))
        }
        Expr::Compare { comparison, left, right } => format!("{comparison:?}({}, {})", show(left), show(right)),
        Expr::And { left, right } => format!("and({}, {})", show(left), show(right)),
        Expr::Or { left, right } => format!("or({}, {})", show(left), show(right)),
        Expr::Not(of) => format!("not({})", show(of)),
        Expr::Recover { recovery: Recovery::Missing, of } => format!("{}?", show(of)),
        Expr::Recover { recovery: Recovery::Error, of } => format!("{}??", show(of)),
        Expr::Call { function, arguments } => {
            format!("{}({})", dikast_stdlib::functions::get(*function).name, all(arguments))
        }
        Expr::Lambda(body) => format!("&{}", show(body)),
        Expr::Text { parts, otherwise } => {
            format!("text({}){}", all(parts), if otherwise.is_some() { "+" } else { "" })
        }
        Expr::Key { of, .. } => format!("key({})", show(of)),
        Expr::Resolve { query, on_delete, loads, text, path } => {
            let on_delete = on_delete.map(|on_delete| format!(" | {}", show(&on_delete))).unwrap_or_default();
            format!("{{{} @{}{} = {}{on_delete}}}", name(*text), name(*path), entries(loads), show(query))
        }
        Expr::ExpandWithin { of, .. } => format!("within({})", show(of)),
        Expr::Shortcut { guards, then, .. } => {
            let guards = guards.iter().map(|(guard, shape)| format!("{shape:?} {}", show(guard)));
            format!("shortcut([{}], {})", guards.collect::<Vec<_>>().join(", "), show(then))
        }
        Expr::Expand { template, scope, path } => {
            format!("expand({} @{}{})", show(template), name(*path), entries(scope))
        }
        Expr::Fail(message) => format!("fail({})", name(*message)),
        Expr::With { .. } | Expr::Query { .. } => "?".to_owned(),
    }
}

fn query(text: &str) -> String {
    let (program, expr) = lower_query(text).unwrap();
    shown(&program, expr)
}

#[test]
fn paths_hand_missing_on_and_most_else_swallows_it() {
    for (text, expected) in [
        ("a.b[0]", "$a.b[0]"),
        ("@", "root"),
        ("a.b || 'x'", r#"or($a.b?, "x")"#),
        ("a && b", "and($a?, $b)"),
        ("!a", "not($a?)"),
        ("a == `1`", "Equal($a?, 1)"),
        ("a < b", "Numbers(Less)($a?, $b?)"),
        ("a | b", "$a?.b?"),
        ("a | length(@)", "bind($a?, length(@))"),
        ("length(a.b)", "length($a.b?)"),
        ("[a, 'x']", r#"unless-null(root, list($a?, "x"))"#),
        ("a.{x: b}", r#"bind($a, unless-null(@, object("x": @.b?)))"#),
        ("missing.to_string('x')", r#"bind($missing, to_string("x"))"#),
    ] {
        assert_eq!(query(text), expected, "{text}");
    }
}

#[test]
fn projections_recover_from_what_they_are_asked_of() {
    for (text, expected) in [
        ("a[*].b", "each($a?, @.b)"),
        ("a.b[*]", "bind($a, each(@.b?, @))"),
        ("a[1:]", "each($a[Some(1):None:None]?, @)"),
        ("a[].b", "each(flatten($a?), @.b)"),
        ("f(a)[]", "each(flatten(bind(list($a?), fail(unknown function: f))??), @)"),
        ("a[?b == 'x'].c", r#"each(filter($a?, Equal(@.b?, "x")), @.c)"#),
        ("a.*.b", "each(values($a?), @.b)"),
        ("sort_by(a, &b.c)", "sort_by($a?, &@.b.c)"),
    ] {
        assert_eq!(query(text), expected, "{text}");
    }
}

#[test]
fn object_projections_ask_of_nulls_first() {
    assert_eq!(
        query("a.*.type(@)"),
        "bind(values($a?), unless-null(@, flatten(list(each(@, bind(null, type(@))), each(@, type(@))))))"
    );
}

#[test]
fn deep_nesting_takes_linear_space() {
    let text = format!("a{}", ".*.f(@)".repeat(40));
    let (program, _) = lower_query(&text).unwrap();
    assert!(program.exprs.len() < 2000, "{}", program.exprs.len());
}

fn node(text: &str) -> Node {
    let span = Span::new(FileId(0), 0, text.len());
    Node { value: NodeValue::Text(Text::standing_for(text, span)), span }
}

/// A text of a rule with the entries `cm` and `other`.
fn template(text: &str, path: &str) -> (String, Vec<String>) {
    let mut builder = Builder::new();
    let mut diagnostics = Diagnostics::new();
    let entries: Vec<(Rc<str>, EntryId)> = vec![("cm".into(), EntryId(0)), ("other".into(), EntryId(1))];
    let expr = Templates {
        builder: &mut builder,
        diagnostics: Some(&mut diagnostics),
        entries: &entries,
        loops: 1,
        has_target: false,
        is_open: false,
    }
    .document(&node(text), path);
    let codes = diagnostics.iter().map(|diagnostic| diagnostic.code.name().to_owned()).collect();
    (shown(builder.program(), expr), codes)
}

#[test]
fn templates_become_values_texts_and_shortcuts() {
    for (text, expected) in [
        ("plain", r#""plain""#),
        (r"\{{ a }}", r#""{{ a }}""#),
        ("{{ request.name }}", "within({request.name @/p = $request.name})"),
        ("{{ length('a') }}", r#"{length('a') @/p = length("a")}"#),
        ("{{ request.object.a }}", "within({request.object.a @/p = $request.object.a | $request.oldObject.a})"),
        ("{{ cm.data.x }}", "within({cm.data.x @/p e0 = $cm.data.x})"),
        ("x-{{ request.name }}", r#"text("x-", {request.name @/p = $request.name})+"#),
        (
            "{{ element.names[{{ elementIndex }}] }}",
            "shortcut([Position {elementIndex @/p = $elementIndex}], within({element.names[{{ elementIndex }}] @/p = \
             $element.names[({elementIndex @/p = $elementIndex})] | fail()}))",
        ),
        (
            r#"{{ images."a-{{ element.n }}".tag }}"#,
            "shortcut([Quotable {element.n @/p = $element.n}], within({images.\"a-{{ element.n }}\".tag @/p = \
             $images.(text(\"a-\", {element.n @/p = $element.n})).tag | fail()}))",
        ),
        ("{{ {{ request.name }}.x }}", r#"expand("{{ {{ request.name }}.x }}" @/p e0 e1)"#),
        (
            "{{ element.a }}{{ element.b }}",
            "shortcut([Filled {element.a @/p = $element.a}], \
             text({element.a @/p = $element.a}, {element.b @/p = $element.b})+)",
        ),
    ] {
        assert_eq!(template(text, "/p"), (expected.to_owned(), Vec::new()), "{text}");
    }
}

#[test]
fn the_present_field_is_known_from_the_path() {
    let (expr, _) = template("{{@}}", "/mutate/patchStrategicMerge/metadata/name");
    assert!(expr.starts_with("within({request.object.metadata.name @/mutate"), "{expr}");
}

#[test]
fn references_are_replaced_or_fail() {
    assert_eq!(template(r"\$(HOME)", "").0, r#""$(HOME)""#);
    let (expr, codes) = template("$(./../a)", "");
    assert_eq!(expr, "fail(got nil resolved variable $(./../a) at path : <nil>)");
    assert_eq!(codes, ["DK0407"]);
}

#[test]
fn mistakes_are_told() {
    for (text, code) in [
        ("{{ request.. }}", "DK0401"),
        ("{{ }}", "DK0401"),
        ("é{{ request.name }}", "DK0401"),
        ("{{ lenght('a') }}", "DK0402"),
        ("{{ requst.name }}", "DK0403"),
        ("{{ request.name || \"x\" }}", "DK0408"),
        ("{{ request.name == null }}", "DK0408"),
        ("{{ to_upper('a', 'b') }}", "DK0404"),
        ("{{ to_upper('a',) }}", "DK0406"),
        ("{{ element.\"{{ elemnt.name }}\" }}", "DK0403"),
    ] {
        assert_eq!(template(text, "").1, [code], "{text}");
    }
    // What stands for a nested variable is no name of the author's.
    assert_eq!(template("{{ request.{{ element.name }} }}", "").1, Vec::<String>::new());
}

#[test]
fn mistakes_in_nested_templates_have_their_place() {
    let text = r#"{{ element."{{ element.name }}".x || lenght('a') }}"#;
    let mut builder = Builder::new();
    let mut diagnostics = Diagnostics::new();
    let mut sources = dikast_grammar::SourceMap::new();
    let file = sources.add("a.yaml", format!("|\n  {text}\n"));
    let parsed = dikast_grammar::yaml::parse(file, sources.get(file).unwrap().text());
    Templates {
        builder: &mut builder,
        diagnostics: Some(&mut diagnostics),
        entries: &[],
        loops: 1,
        has_target: false,
        is_open: false,
    }
    .document(&parsed.documents[0], "");
    let places: Vec<&str> = diagnostics.iter().map(|diagnostic| sources.text(diagnostic.span)).collect();
    assert_eq!(places, ["lenght"]);
}

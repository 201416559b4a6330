use proptest::prelude::*;

use super::*;

fn ast(text: &str) -> Ast {
    let parsed = parse(text);
    parsed.ast.unwrap_or_else(|| panic!("{text}: {:?}", parsed.errors))
}

/// The tree without its places.
fn shape(text: &str) -> String {
    ast(text).to_string()
}

fn error(text: &str) -> String {
    parse(text).errors.first().unwrap_or_else(|| panic!("{text} parses")).to_string()
}

fn without_ranges(mut ast: Ast) -> Ast {
    fn clear(ast: &mut Ast) {
        ast.range = 0..0;
        match &mut ast.node {
            Node::Identity | Node::Current | Node::Field(_) | Node::Literal(_) | Node::Raw(_) | Node::Unfinished => {}
            Node::Sub(left, right)
            | Node::Compare(_, left, right)
            | Node::And(left, right)
            | Node::Or(left, right)
            | Node::Pipe(left, right) => {
                clear(left);
                clear(right);
            }
            Node::Index { of, .. } | Node::Not(of) | Node::Reference(of) => clear(of),
            Node::Project { of, by, body } => {
                clear(of);
                clear(body);
                if let Projector::Filter(condition) = by {
                    clear(condition);
                }
            }
            Node::List(items) => items.iter_mut().for_each(clear),
            Node::Call { name, arguments } => {
                if let Some(name) = name {
                    name.range = 0..0;
                }
                arguments.iter_mut().for_each(clear);
            }
            Node::Hash(members) => {
                for (key, value) in members {
                    key.range = 0..0;
                    clear(value);
                }
            }
        }
    }
    clear(&mut ast);
    ast
}

#[test]
fn precedence_is_the_forks() {
    assert_eq!(shape("a || b && c | d"), "a || b && c | d");
    assert_eq!(shape("(a || b) && c"), "(a || b) && c");
    assert_eq!(shape("a == b == c"), "a == b == c");
    // `!` binds tighter than a dot.
    assert_eq!(ast("!a.b"), ast("!a.b"));
    assert!(matches!(ast("!a.b").node, Node::Sub(..)));
    assert!(matches!(ast("!a[0]").node, Node::Not(_)));
    // An index binds tighter than a dot.
    let Node::Sub(_, right) = ast("a.b[0]").node else { panic!("no sub-expression") };
    assert!(matches!(right.node, Node::Index { .. }));
    assert_eq!(shape("(a.b)[0]"), "(a.b)[0]");
}

#[test]
fn projections_take_what_follows() {
    let Node::Project { body, .. } = ast("a[*].b.c").node else { panic!("no projection") };
    assert_eq!(body.to_string(), "b.c");
    // A value projection takes one step only.
    assert!(matches!(ast("a.*.b.c").node, Node::Sub(..)));
    // After a list the projection ends.
    assert!(matches!(ast("a[*].[b].c").node, Node::Sub(..)));
    let Node::Project { of, by: Projector::Flatten, .. } = ast("a[?b][]").node else { panic!("no projection") };
    assert!(matches!(of.node, Node::Project { by: Projector::Filter(_), .. }));
}

#[test]
fn calls_stand_after_dots() {
    let Node::Sub(left, right) = ast("x.to_string(@)").node else { panic!("no sub-expression") };
    assert_eq!(left.range, 0..1);
    assert_eq!(right.range, 2..14);
    assert!(parse("x.to_string(@)").lenient.is_empty());
    assert_eq!(shape("a[0].f(@, 'b')"), "a[0].f(@, 'b')");
}

#[test]
fn lenient_forms_are_told() {
    let told = |text: &str| parse(text).lenient.into_iter().map(|(_, what)| what).collect::<Vec<_>>();
    assert_eq!(told("f(a,)"), [Leniency::TrailingComma]);
    assert_eq!(told("f(a b)"), [Leniency::MissingComma]);
    assert_eq!(told("{a: b c: d}"), [Leniency::MissingComma]);
    assert_eq!(told("[1:"), [Leniency::Unfinished]);
    assert_eq!(told("[1: | a"), [Leniency::Unfinished]);
    assert_eq!(told("[:1 2]"), [Leniency::RepeatedNumber]);
    assert_eq!(told("'length'(@)"), [Leniency::NotAName]);
    assert_eq!(parse("f(a b)").lenient[0].0, 4..5);
}

#[test]
fn escapes_in_quotes() {
    assert_eq!(ast(r"'it\'s \\ '").node, Node::Raw(r"it's \\ ".to_owned()));
    assert_eq!(ast(r#""a\"b\u00e9""#).node, Node::Field("a\"bé".to_owned()));
    assert_eq!(ast(r#"`"a\`b"`"#).node, Node::Literal(crate::json::Json::Text("a`b".to_owned())));
    assert_eq!(error(r"'a\\'"), "SyntaxError: Unclosed delimiter: '");
}

#[test]
fn errors_are_worded_as_in_kyverno() {
    for (text, message) in [
        ("", "SyntaxError: Incomplete expression"),
        ("a/b", "SyntaxError: Unknown char: '/'"),
        ("ü", r"SyntaxError: Unknown char: '\u00fc'"),
        ("a.", "SyntaxError: Expected identifier, lbracket, or lbrace"),
        ("a.b c", "SyntaxError: Unexpected token at the end of the expression: tUnquotedIdentifier"),
        ("a[b]", "SyntaxError: Expected tStar, received: tUnquotedIdentifier"),
        ("a == 5", "SyntaxError: Invalid token: tNumber"),
        ("[1 2]", "SyntaxError: Unexpected token at the end of the expression: tNumber"),
        ("a[--1]", "strconv.Atoi: parsing \"-\": invalid syntax"),
        ("a[99999999999999999999]", "strconv.Atoi: parsing \"99999999999999999999\": value out of range"),
        ("`[1,]`", "invalid character ']' looking for beginning of value"),
        ("**", "SyntaxError: Error"),
        ("\"f\"(a)", "SyntaxError: Can't have quoted identifier as function Name."),
        ("f(a", "SyntaxError: Incomplete expression"),
        ("{}", "SyntaxError: Expected tQuotedIdentifier or tUnquotedIdentifier"),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
}

#[test]
fn errors_have_places() {
    let place = |text: &str| parse(text).errors[0].range.clone();
    assert_eq!(place("a.b $c"), 4..5);
    assert_eq!(place("a.spec/x"), 6..7);
    assert_eq!(place("a == 5"), 5..6);
    assert_eq!(place("a ||"), 4..4);
}

#[test]
fn hostile_texts_are_refused() {
    for unit in ["(", "[", "{a:", "!", "&", "a.", "a||", "f(", "[?", "*.", "'\\'", "a[*]", "`", "\\", "@,", "[]"] {
        for length in [LONGEST_TEXT - 1024, 1 << 20] {
            let text = unit.repeat(length / unit.len());
            assert!(!parse(&text).errors.is_empty(), "{unit}");
        }
    }
    let text = format!("'{}'", "x".repeat(LONGEST_TEXT - 2));
    assert!(parse(&text).ast.is_some());
}

/// Texts of the language, and some that only the fork accepts.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-c]{1,2}",
        Just("@".to_owned()),
        Just("*".to_owned()),
        Just("[*]".to_owned()),
        Just("[0]".to_owned()),
        Just("[]".to_owned()),
        Just("[1:-1]".to_owned()),
        "\"[ a-z\\.é]{0,3}\"",
        "'[a-z ]{0,2}(\\\\')?'",
        "`(null|true|-?[1-9]{1,2}(\\.5)?|\"[a-z]{0,2}\"|\\[1,\\{\"a\":\"\\\\\\\\`\"\\}\\])`",
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let infix = prop_oneof![
            Just("||"),
            Just("&&"),
            Just("|"),
            Just("=="),
            Just("!="),
            Just("<"),
            Just(">="),
            Just("."),
            Just("[*]."),
            Just("[]."),
            Just(".*."),
            Just("[?a]."),
            Just("[::2]."),
        ];
        prop_oneof![
            (inner.clone(), infix, inner.clone()).prop_map(|(left, infix, right)| format!("{left}{infix}{right}")),
            inner.clone().prop_map(|inner| format!("({inner})")),
            inner.clone().prop_map(|inner| format!("!{inner}")),
            inner.clone().prop_map(|inner| format!("{inner}[0]")),
            inner.clone().prop_map(|inner| format!("({inner})[]")),
            inner.clone().prop_map(|inner| format!("({inner})(a)")),
            (inner.clone(), inner.clone()).prop_map(|(of, condition)| format!("({of})[?{condition}]")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("[{left}, {right}]")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{{a: {left}, \"b c\": {right}}}")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("f({left}, &{right})")),
            inner.prop_map(|inner| format!("a.g({inner})")),
        ]
    })
}

#[test]
fn a_list_without_a_dot_belongs_to_its_projection() {
    let forms =
        ["a[][x].c", "a[].[x].c", "a[*][x][0].c", "a[?b][x].c", "*[x].c", "a[1:][x].*.b", "[][x].[y].d", "a[][x][]"];
    for text in forms {
        let tree = ast(text);
        let printed = tree.to_string();
        assert_eq!(without_ranges(ast(&printed)), without_ranges(tree), "{text} printed as {printed}");
    }
}

#[test]
fn negations_print_without_parentheses() {
    let text = format!("{}a", "!".repeat(100));
    assert_eq!(ast(&text).to_string(), text);
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}") {
        parse(&text);
    }

    #[test]
    fn any_mix_of_tokens_is_answered(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "a", "\"b\"", "'c'", "`1`", "0", "-1", "[", "]", "[]", "[?", "(", ")", "{", "}", ".", "*", "|", "||",
                "&", "&&", "!", "==", "<", ",", ":", "@", " ", "=", "-",
            ]),
            0..12,
        )
    ) {
        let text = tokens.concat();
        let parsed = parse(&text);
        prop_assert_eq!(parsed.ast.is_some(), parsed.errors.is_empty());
        for error in &parsed.errors {
            prop_assert!(text.get(error.range.clone()).is_some());
            prop_assert!(!error.explanation().is_empty());
        }
        if let Some(ast) = &parsed.ast {
            ast.walk(&mut |node| assert!(text.get(node.range.clone()).is_some()));
        }
    }

    #[test]
    fn printed_trees_parse_to_themselves(text in expression()) {
        if let Some(tree) = parse(&text).ast {
            let printed = tree.to_string();
            let again = parse(&printed);
            prop_assert!(again.ast.is_some(), "{} printed as {}: {:?}", text, printed, again.errors);
            prop_assert_eq!(again.ast.map(without_ranges), Some(without_ranges(tree)), "{} printed as {}", text, printed);
        }
    }
}

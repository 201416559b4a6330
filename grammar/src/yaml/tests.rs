//! Places of texts, line ends, bounds and helpers. What values are read is in `grammar/tests/yaml`.

use super::*;

fn read(text: &str) -> Node {
    let mut parsed = parse(FileId(0), text);
    assert_eq!(parsed.errors, [], "{text:?}");
    assert_eq!(parsed.documents.len(), 1, "{text:?}");
    parsed.documents.remove(0)
}

fn kinds(text: &str) -> Vec<SyntaxErrorKind> {
    parse(FileId(0), text).errors.into_iter().map(|error| error.kind).collect()
}

/// What is written for each character of the text at the key `a`.
fn places(text: &str) -> Vec<(char, &str)> {
    let node = read(text);
    let value = node.get("a").and_then(Node::as_text).unwrap();
    let place = |at: usize, character: char| {
        let span = value.span_of(at..at + character.len_utf8());
        (character, &text[span.start as usize..span.end as usize])
    };
    value.as_str().char_indices().map(|(at, character)| place(at, character)).collect()
}

#[test]
fn plain_text_is_where_it_is_written() {
    let node = read("a:  some text  # more\n");
    let text = node.get("a").and_then(Node::as_text).unwrap();
    assert_eq!(text.span(), Span::new(FileId(0), 4, 13));
    assert_eq!(text.span_of(5..9), Span::new(FileId(0), 9, 13));
    assert_eq!(text.span_of(9..9), Span::new(FileId(0), 13, 13));
    assert_eq!(text.span_of(7..99), Span::new(FileId(0), 11, 13));
    assert_eq!(text.span_of(99..99), Span::new(FileId(0), 13, 13));
}

#[test]
fn folded_lines_map_a_space_to_their_break() {
    assert_eq!(places("a: x \n\n  y\n  z\n"), [('x', "x"), ('\n', "\n"), ('y', "y"), (' ', "\n  "), ('z', "z")]);
    assert_eq!(places("a: >-\n  x\n  y\n"), [('x', "x"), (' ', "\n  "), ('y', "y")]);
    assert_eq!(places("a: \"x  \n y\"\n"), [('x', "x"), (' ', "  \n "), ('y', "y")]);
}

#[test]
fn escapes_map_to_their_sequence() {
    assert_eq!(
        places(r#"a: "x\t\u00e9\"y""#),
        [('x', "x"), ('\t', r"\t"), ('é', r"\u00e9"), ('"', r#"\""#), ('y', "y")]
    );
    assert_eq!(places("a: 'it''s'"), [('i', "i"), ('t', "t"), ('\'', "''"), ('s', "s")]);
    assert_eq!(places("a: \"x\\\n  y\""), [('x', "x"), ('y', "y")]);
}

#[test]
fn block_scalars_map_past_their_indentation() {
    let text = "a: |\n  {{ x }}\n\n    y\n";
    let node = read(text);
    let value = node.get("a").and_then(Node::as_text).unwrap();
    assert_eq!(value.as_str(), "{{ x }}\n\n  y\n");
    assert_eq!(value.span_of(3..4), Span::new(FileId(0), 10, 11));
    assert_eq!(value.span_of(0..7), Span::new(FileId(0), 7, 14));
    assert_eq!(value.span_of(11..12), Span::new(FileId(0), 20, 21));
    assert_eq!(value.span(), Span::new(FileId(0), 3, 21));
}

#[test]
fn an_added_line_end_has_no_place() {
    assert_eq!(places("a: |\n  x"), [('x', "x"), ('\n', "")]);
}

#[test]
fn line_ends_of_all_kinds_read_alike() {
    for line_end in ["\n", "\r\n", "\r", "\r\r\n", "\u{85}"] {
        let text = format!("a: |{line_end}  x{line_end}  y{line_end}");
        let read: Vec<char> = places(&text).into_iter().map(|(character, _)| character).collect();
        assert_eq!(read, ['x', '\n', 'y', '\n'], "{line_end:?}");
    }
    assert_eq!(places("a: |\r\n  x\r\n"), [('x', "x"), ('\n', "\r\n")]);
    assert_eq!(places("a: \"x\u{2028}y\""), [('x', "x"), ('\u{2028}', "\u{2028}"), ('y', "y")]);
}

#[test]
fn a_byte_order_mark_counts_for_nothing() {
    assert_eq!(places("\u{feff}a: x\n"), [('x', "x")]);
    assert_eq!(kinds("\u{feff}\u{feff}a: x\n"), [SyntaxErrorKind::RepeatedByteOrderMark]);
    let parsed = parse(FileId(0), "a: 1\n---\n\u{feff}b: 2\n");
    assert!(parsed.documents[1].get("b").is_some());
}

#[test]
fn control_characters_are_refused() {
    let parsed = parse(FileId(0), "a: 1\n---\nb: \u{1}\n---\nc: 3\n");
    assert_eq!(parsed.errors[0].kind, SyntaxErrorKind::ControlCharacter('\u{1}'));
    assert_eq!(parsed.errors[0].span, Span::new(FileId(0), 12, 13));
    assert_eq!(parsed.documents.len(), 2);
}

#[test]
fn a_fault_does_not_hide_other_documents() {
    let parsed = parse(FileId(0), "a: 1\n---\nb: [\n---\nc: 3\n---\nd: {\n");
    assert_eq!(parsed.documents.len(), 2);
    assert_eq!(parsed.errors.len(), 2);
}

#[test]
fn documents_without_anything_are_none() {
    assert!(parse(FileId(0), "").documents.is_empty());
    assert!(parse(FileId(0), "\n  \n# comment\n").documents.is_empty());
    assert!(read("---\n").is_null());
    assert!(read("\u{feff}").is_null());
}

#[test]
fn the_first_document_is_read_without_cutting() {
    let first = |text: &str| parse_first(text).map(|node| node.as_str().map(str::to_owned));
    assert_eq!(first("|\n  a\n  ---\n").unwrap().unwrap(), "a\n---\n");
    assert_eq!(first("|\n  a").unwrap().unwrap(), "a");
    assert_eq!(first("one\n--- two").unwrap().unwrap(), "one");
    assert_eq!(first("%TAG !e! tag:yaml.org,2002:\n--- !e!str 5\n").unwrap().unwrap(), "5");
    assert_eq!(first("%YAML 1.1 # version\n---\n~").unwrap(), None);
    assert!(parse_first("%YAML 1.1\n%YAML 1.1\n---\n").is_err());
    assert!(parse_first("%TAG !e! a\n%TAG !e! b\n---\n").is_err());
    assert!(parse_first("").unwrap().is_null());
}

#[test]
fn nesting_is_bounded() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    for text in [deep("[", "]"), deep("{a: ", "}"), deep("- ", ""), deep("? ", ""), deep("[\n", "]\n")] {
        assert_eq!(kinds(&text), [SyntaxErrorKind::TooDeep(MAX_DEPTH)]);
    }
    let levels = MAX_DEPTH - 1;
    read(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
    let mut ladder = "- &a0 [x]\n".to_owned();
    for level in 1..1000 {
        ladder.push_str(&format!("- &a{level} [[[[[*a{}]]]]]\n", level - 1));
    }
    assert!(kinds(&ladder).contains(&SyntaxErrorKind::TooDeep(MAX_DEPTH)));
}

#[test]
fn aliases_are_bounded() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let before = format!("*a{}, ", level - 1);
        laughs.push_str(&format!("a{level}: &a{level} [{}]\n", before.repeat(10)));
    }
    assert_eq!(kinds(&laughs), [SyntaxErrorKind::ExcessiveAliases(MAX_ALIASED)]);
    let merges = format!("a: &a {{x: 1}}\nb:\n{}", "  <<: *a\n".repeat(MAX_ALIASED));
    assert_eq!(kinds(&merges), [SyntaxErrorKind::ExcessiveAliases(MAX_ALIASED)]);
}

#[test]
fn repeated_keys_are_found_among_many() {
    let mut text: String = (0..100).map(|number| format!("key{number}: {number}\n")).collect();
    text.push_str("key7: again\n");
    let parsed = parse(FileId(0), &text);
    assert_eq!(parsed.errors.len(), 1);
    assert!(!parsed.errors[0].is_refusal());
    assert_eq!(parsed.documents[0].entries().len(), 100);
    assert_eq!(parsed.documents[0].get("key7").and_then(Node::as_str), Some("again"));
}

#[test]
fn keys_end_on_their_line_and_are_not_too_long() {
    let key = "k".repeat(1025);
    assert_eq!(kinds(&format!("{}: 1\n", &key[..1024])), []);
    assert_eq!(kinds(&format!("{key}: 1\n")), [SyntaxErrorKind::ValueNotAllowed]);
    assert_eq!(kinds(&format!("a: 1\n{key}: 1\n")), [SyntaxErrorKind::MissingColon]);
}

#[test]
fn comments_are_found_everywhere_but_in_text() {
    let text = "# one\na: b # two\nc: |  # three\n  # text\n---  # four\n'#': x#y\n\"# no\": [ # five\n]\n---\n# six\n";
    let parsed = parse(FileId(0), text);
    let comments: Vec<&str> =
        parsed.comments.iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
    assert_eq!(comments, ["# one", "# two", "# three", "# four", "# five", "# six"]);
}

#[test]
fn lists_of_objects_are_unpacked() {
    let unpacked = |text: &str| unpack_list(read(text));
    let list =
        "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n- kind: PodList\n  items: [{kind: Pod}, {kind: Pod}]\n";
    let kinds: Vec<_> =
        unpacked(list).iter().map(|node| node.get("kind").and_then(Node::as_str) == Some("Pod")).collect();
    assert_eq!(kinds, [true, true, true]);
    assert_eq!(unpacked("kind: Pod\nitems: []\n").len(), 1);
    assert_eq!(unpacked("kind: List\n").len(), 1);
    assert_eq!(unpacked("kind: List\nitems: []\n").len(), 0);
    let typed = unpack_typed_list(read(
        "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{a: 1}, {kind: List, items: [{b: 1}]}]\n",
    ));
    let kinds: Vec<_> = typed.iter().map(|item| item.inherited.as_ref().map(|of| &*of.kind)).collect();
    assert_eq!(kinds, [Some("Deployment"), None]);
}

#[test]
fn nodes_are_looked_up() {
    let node = read("a: {b: [1, 2.5, true, x]}\n");
    let items = node.at(&["a", "b"]).unwrap();
    assert_eq!(items.items().len(), 4);
    assert_eq!(items.items()[0].as_int(), Some(1));
    assert_eq!(items.items()[1].as_number(), Some(2.5));
    assert_eq!(items.items()[2].as_bool(), Some(true));
    assert_eq!(items.items()[3].as_str(), Some("x"));
    assert_eq!(node.at(&["a", "c"]).map(|node| node.span), None);
    assert_eq!(node.entry("a").unwrap().key.span(), Span::new(FileId(0), 0, 1));
}

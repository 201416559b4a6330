//! The projected parse against a full one, at every place of random layouts.

use dikast_compiler::layout::{CELL_SIZE, Cell, Layout, LayoutBuilder, NodeId, PlaceId, Tag};
use proptest::prelude::*;
use serde_json::Value;

use super::{DocumentError, Frame, read_value};

/// Keys that documents and layouts draw from: plain, with escapes, beyond ASCII.
const KEYS: [&str; 5] = ["a", "b", "name", "q\"\n", "grüße"];

fn documents() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        "[a-z\"\\\\\n\u{e9}]{0,6}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 64, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(&KEYS[..]), inner), 0..5)
                .prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

#[derive(Clone, Debug)]
enum Step {
    Member(&'static str),
    Items,
    Entries,
    Whole,
    ShareItems(&'static str, &'static str),
}

fn paths() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        5 => prop::sample::select(&KEYS[..]).prop_map(Step::Member),
        3 => Just(Step::Items),
        1 => Just(Step::Entries),
        1 => Just(Step::Whole),
        1 => (prop::sample::select(&KEYS[..]), prop::sample::select(&KEYS[..]))
            .prop_map(|(one, other)| Step::ShareItems(one, other)),
    ];
    prop::collection::vec(prop::collection::vec(step, 0..6), 0..6)
}

fn layout(paths: &[Vec<Step>]) -> Layout {
    let mut builder = LayoutBuilder::default();
    for path in paths {
        path.iter().fold(LayoutBuilder::ROOT, |place, step| walk(&mut builder, place, step));
    }
    builder.finish()
}

fn walk(builder: &mut LayoutBuilder, place: PlaceId, step: &Step) -> PlaceId {
    match step {
        Step::Member(name) => builder.member(place, name),
        Step::Items => builder.items(place),
        Step::Entries => builder.entries(place).value,
        Step::Whole => {
            builder.keep_whole(place);
            place
        }
        Step::ShareItems(one, other) => {
            let lists = [builder.member(place, one), builder.member(place, other)];
            builder.share_items(&lists).unwrap_or(place)
        }
    }
}

/// What a frame holds, to be compared with a document.
struct Held<'a> {
    frame: &'a Frame,
    layout: &'a Layout,
    body: &'a str,
}

impl Held<'_> {
    /// Compares a node, whose block begins at `base`, with the value that stands there.
    fn compare(&self, node: NodeId, base: u64, value: Option<&Value>) {
        let place = self.layout.node(node);
        let cell = self.frame.cell(base + u64::from(place.offset()));
        assert_eq!(cell.tag, tag(value), "{value:?}");
        match value {
            None | Some(Value::Null | Value::Bool(_)) => {}
            Some(Value::Number(number)) => match number.as_i64() {
                Some(whole) => assert_eq!(cell, Cell::int(whole)),
                None => assert_eq!(Some(f64::from_bits(cell.payload)), number.as_f64()),
            },
            Some(Value::String(text)) => assert_eq!(self.frame.text(cell, self.body, ""), text),
            Some(Value::Array(items)) => {
                assert_eq!(cell.length as usize, items.len());
                if let Some(item) = place.items {
                    for (count, value) in items.iter().enumerate() {
                        self.compare(item, self.row(cell, item, count), Some(value));
                    }
                }
            }
            Some(Value::Object(members)) => {
                assert_eq!(cell.length as usize, members.len());
                if let Some(entries) = place.entries {
                    let held: Value = (0..members.len())
                        .map(|count| {
                            let row = self.row(cell, entries.key, count);
                            let key = self.frame.cell(row + u64::from(self.layout.node(entries.key).offset()));
                            let key = self.frame.text(key, self.body, "").to_owned();
                            self.compare(entries.value, row, members.get(&key));
                            let value = members[&key].clone();
                            (key, value)
                        })
                        .collect();
                    assert_eq!(&held, value.unwrap());
                }
            }
        }
        for (name, member) in place.members() {
            self.compare(member, base, value.and_then(|value| value.as_object()?.get(name)));
        }
        if place.whole && matches!(cell.tag, Tag::List | Tag::Object) {
            assert!(cell.whole);
            let text = self.frame.cell(base + u64::from(place.offset() + CELL_SIZE));
            let held: Value = serde_json::from_str(self.frame.text(text, self.body, "")).unwrap();
            assert_eq!(Some(&held), value);
        }
    }

    fn row(&self, cell: Cell, node: NodeId, count: usize) -> u64 {
        let stride = self.layout.block(self.layout.node(node).block).stride * CELL_SIZE;
        cell.payload + u64::from(stride) * count as u64
    }
}

fn tag(value: Option<&Value>) -> Tag {
    match value {
        None => Tag::Absent,
        Some(Value::Null) => Tag::Null,
        Some(Value::Bool(false)) => Tag::False,
        Some(Value::Bool(true)) => Tag::True,
        Some(Value::Number(number)) if number.is_i64() => Tag::Int,
        Some(Value::Number(_)) => Tag::Float,
        Some(Value::String(_)) => Tag::Text,
        Some(Value::Array(_)) => Tag::List,
        Some(Value::Object(_)) => Tag::Object,
    }
}

fn check(frame: &mut Frame, layout: &Layout, document: &Value, body: &str) {
    let body = frame.read(layout, &[], body.as_bytes()).unwrap();
    Held { frame, layout, body }.compare(NodeId::ROOT, 0, Some(document));
}

proptest! {
    #[test]
    fn a_projected_parse_equals_a_full_one(documents in prop::collection::vec(documents(), 1..4), paths in paths()) {
        let layout = layout(&paths);
        let mut frame = Frame::default();
        for document in &documents {
            check(&mut frame, &layout, document, &serde_json::to_string(document).unwrap());
            check(&mut frame, &layout, document, &serde_json::to_string_pretty(document).unwrap());
        }
    }

    #[test]
    fn no_bytes_are_read_that_serde_json_refuses(body in "[\\[\\]{}:,\"a1.\\\\-]{0,24}", paths in paths()) {
        let read = Frame::default().read(&layout(&paths), &[], body.as_bytes()).is_ok();
        // Not `Value`: the size of a number that is passed over is not looked at.
        let full = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
        prop_assert!(full || !read, "{}", body);
    }
}

#[test]
fn keys_that_are_needed_may_not_stand_twice() {
    let paths = [vec![Step::Member("a"), Step::Member("b")], vec![Step::Member("name"), Step::Entries]];
    let layout = layout(&paths);
    let read = |body: &str| Frame::default().read(&layout, &[], body.as_bytes()).map(|_| ());
    assert!(read(r#"{"a":{"b":1,"c":2,"c":3}}"#).is_ok());
    assert!(matches!(read(r#"{"a":{"b":1,"b":1}}"#), Err(DocumentError::NotJson(_))));
    assert!(read(r#"{"a":null,"a":{}}"#).is_err());
    assert!(read(r#"{"name":{"x":1,"\u0078":1}}"#).is_err());
    let many: Vec<String> = (0..40).map(|count| format!("\"k{}\":0", count % 39)).collect();
    assert!(read(&format!("{{\"name\":{{{}}}}}", many.join(","))).is_err());
}

#[test]
fn members_are_rows_in_the_order_of_their_names() {
    let mut builder = LayoutBuilder::default();
    let entries = builder.entries(LayoutBuilder::ROOT);
    let layout = builder.finish();
    let [key, value] = [entries.key, entries.value].map(|place| u64::from(layout.place(place).offset()));
    for count in [2, 7, 16, 40] {
        let members: Vec<String> =
            (0..count).map(|at| format!("\"\\u006b{:02}\":{}", at * 7 % 41, at * 7 % 41)).collect();
        let mut frame = Frame::default();
        let text = format!("{{{}}}", members.join(","));
        let body = frame.read(&layout, &[], text.as_bytes()).unwrap();
        let first = frame.at(&layout, NodeId::ROOT).payload;
        let stride = u64::from(layout.block(layout.place(entries.key).block).stride * CELL_SIZE);
        let rows = (0..count).map(|row| first + row * stride);
        let rows: Vec<(&str, u64)> =
            rows.map(|row| (frame.text(frame.cell(row + key), body, ""), frame.cell(row + value).payload)).collect();
        assert!(rows.is_sorted(), "{rows:?}");
        assert!(rows.iter().all(|(name, number)| *name == format!("k{number:02}")), "{rows:?}");
    }
}

#[test]
fn nesting_is_bounded_below_kept_text_too() {
    let mut builder = LayoutBuilder::default();
    let items = builder.items(LayoutBuilder::ROOT);
    let nested = builder.items(items);
    builder.keep_whole(items);
    builder.share_items(&[LayoutBuilder::ROOT, items]);
    assert_ne!(nested, items);
    let layout = builder.finish();
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Frame::default().read(&layout, &[], deep(100).as_bytes()).is_ok());
    assert!(Frame::default().read(&layout, &[], deep(200).as_bytes()).is_err());
}

#[test]
fn bytes_must_be_text() {
    let read = Frame::default().read(&layout(&[]), &[], b"{\"a\":\"\xff\"}").map(|_| ());
    assert!(matches!(read, Err(DocumentError::NotText(_))));
}

#[test]
fn variables_are_found_behind_escapes() {
    let may_hold = |body: &str| {
        let mut frame = Frame::default();
        let body = frame.read(&layout(&[]), &[], body.as_bytes()).unwrap();
        frame.may_hold_variables(body)
    };
    assert!(may_hold(r#"{"a":"{{ b }}"}"#));
    assert!(may_hold(r#"{"a":"\u007b{"}"#));
    assert!(!may_hold(r#"{"a":{"b":"{\u007d"}}"#));
}

/// Texts that are almost JSON: a document with a few bytes changed.
fn almost_json() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), prop::sample::select(&b"{}[],:\"\\ ntf019-.eEu\x01\n"[..]));
    (documents(), prop::collection::vec(change, 0..3), any::<bool>()).prop_map(|(document, changes, pretty)| {
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        let mut bytes = text.unwrap_or_default().into_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #[test]
    fn what_is_passed_over_is_checked(body in almost_json()) {
        let read = Frame::default().read(&layout(&[]), &[], body.as_bytes()).map(|_| ());
        let full = serde_json::from_str::<serde::de::IgnoredAny>(&body);
        // The document itself is read, when it is a number or a text.
        let scalar = !body.trim_start().starts_with(['{', '[']);
        prop_assert!(read.is_ok() == full.is_ok() || scalar && full.is_ok(), "{} {:?} {:?}", body, read, full);
    }

    #[test]
    fn whole_documents_are_read_as_elsewhere(body in almost_json()) {
        let read = read_value(body.as_bytes()).ok();
        let full = serde_json::from_str::<dikast_stdlib::Value>(&body).ok();
        prop_assert_eq!(read, full, "{}", body);
    }

    #[test]
    fn what_is_read_is_checked(body in almost_json(), paths in paths()) {
        let read = Frame::default().read(&layout(&paths), &[], body.as_bytes()).is_ok();
        // Not `Value`: the size of a number that is passed over is not looked at.
        let full = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
        prop_assert!(full || !read, "{}", body);
    }
}

/// All short sequences of tokens, so placed that they lie across the border of two blocks or not.
#[test]
fn every_sequence_of_tokens_is_judged_as_elsewhere() {
    const TOKENS: [&str; 13] = ["{", "}", "[", "]", ",", ":", "\"k\"", "\"\"", "\"\\\"\"", "1", "true", "-0.5e1", " "];
    const LENGTH: u32 = 4;
    let layout = layout(&[]);
    let mut frame = Frame::default();
    for filling in [3, 56, 59] {
        for sequence in 0..TOKENS.len().pow(LENGTH) {
            let token = |place| TOKENS[sequence / TOKENS.len().pow(place) % TOKENS.len()];
            let inner: String = (0..LENGTH).map(token).collect();
            for (opening, closing) in [("{\"k\":", "}"), ("{", "}"), ("[", "]"), ("[1,", "]")] {
                let body = format!("[\"{}\",{opening}{inner}{closing}]", "x".repeat(filling));
                let full = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
                assert_eq!(frame.read(&layout, &[], body.as_bytes()).is_ok(), full, "{body}");
            }
        }
    }
}

//! What the compiler makes of a template gives what substitution round by round gives.

use std::rc::Rc;

use dikast_compiler::ir::{Builder, EntryId, Expr};
use dikast_compiler::lower::expression::Templates;
use dikast_grammar::Span;
use dikast_grammar::yaml::Text;
use dikast_runtime::context::Context;
use dikast_runtime::data::FixedData;
use dikast_runtime::engine::World;
use dikast_runtime::interpreter::{Budget, Interpreter, QueryCache};
use dikast_stdlib::Value;
use dikast_stdlib::functions::Isolated;
use proptest::prelude::*;

const PATH: &str = "/mutate/patchStrategicMerge/metadata/name";

/// The outcome of the lowered text and that of the text substituted at run time.
fn outcomes(text: &str, context: &Value) -> (Result<Value, String>, Result<Value, String>) {
    let mut builder = Builder::new();
    let entries: [(Rc<str>, EntryId); 0] = [];
    let lowered = Templates {
        builder: &mut builder,
        diagnostics: None,
        entries: &entries,
        loops: 0,
        has_target: false,
        is_open: false,
    }
    .text(&Text::standing_for(text, Span::default()), PATH);
    let template = builder.text(text, None);
    let path = builder.name(PATH);
    let expanded = builder.push(Expr::Expand { template, scope: Vec::new(), path }, None);
    let program = builder.finish();
    let run = |expr| {
        let context = Context::of_document(context.clone());
        let (data, queries, budget) = (FixedData::new(), QueryCache::default(), Budget::default());
        let world = World { data: &data, environment: &Isolated::EPOCH };
        let interpreter = Interpreter::new(&program, &context, world, &queries, &budget);
        interpreter.substitute(expr).map_err(|fault| fault.to_string())
    };
    (run(lowered), run(expanded))
}

/// Values that spoil templates in one way or another.
fn context(operation: &str) -> Value {
    let json = serde_json::json!({
        "s": "text", "e": "", "n": 5, "nul": null, "t": true, "l": ["a", "b"], "m": {"k": "v", "text": "mt", "b c": 2},
        "key": "s", "one": "1", "again": "{{s}}", "deep": {"x": "{{s}}", "{{key}}": ["{{n}}"]},
        "open": "{", "close": "}", "opening": "{{", "closing": "}}", "slash": "\\", "escaped": "\\{{s}}", "far": "é",
        "quote": "a\"b", "single": "it's", "tick": "`x`", "lines": "a\nb", "dotted": "m.k", "object": "request.object",
        "request": {
            "operation": operation, "object": {"metadata": {"name": "new"}}, "oldObject": {"metadata": {"name": "old"}},
        },
    });
    Value::from(json).to_floats()
}

fn variable() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "s",
        "e",
        "n",
        "nul",
        "t",
        "l",
        "m",
        "key",
        "one",
        "again",
        "deep",
        "open",
        "close",
        "opening",
        "closing",
        "slash",
        "escaped",
        "far",
        "quote",
        "single",
        "tick",
        "lines",
        "dotted",
        "object",
        "missing",
        "request.object.metadata.name",
        "@",
    ]);
    let leaf = (name, prop::bool::weighted(0.2))
        .prop_map(|(name, shallow)| format!("{{{{{} {name} }}}}", if shallow { "-" } else { "" }));
    leaf.prop_recursive(2, 6, 2, |inner| {
        let around = prop::sample::select(vec![
            ("m.", ""),
            ("m.\"", "\""),
            ("m.\"b", "\""),
            ("'", "'"),
            ("'a ", "'"),
            ("l[", "]"),
            ("`", "`"),
            ("`[\"", "\", 1]`"),
            ("", ""),
            ("request.", ".metadata.name"),
            ("to_upper('", "')"),
            ("l[?@ == '", "']"),
            ("m.missing || '", "'"),
            ("{a: '", "'}"),
            ("[s, ", "]"),
        ]);
        (inner, around).prop_map(|(inner, (before, behind))| format!("{{{{ {before}{inner}{behind} }}}}"))
    })
}

fn template() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(vec!["", "", "x", " ", "-", "{", "}", "\\", "{{", "}}", "é", "\n", "\\{{s}}"]);
    let piece = prop_oneof![3 => variable(), 2 => literal.prop_map(str::to_owned)];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lowered_templates_agree_with_substitution(text in template(), is_delete: bool) {
        let context = context(if is_delete { "DELETE" } else { "CREATE" });
        let (lowered, expanded) = outcomes(&text, &context);
        prop_assert_eq!(lowered, expanded, "{}", text);
    }
}

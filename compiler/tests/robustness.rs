//! Damaged policies give findings and well-formed programs, never a panic.
#![expect(clippy::unwrap_used, reason = "a test may stop at what is wrong with its own files")]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use dikast_compiler::{compile, ir};
use dikast_grammar::SourceMap;
use proptest::prelude::*;
use proptest::sample::Index;

/// The policies of the other tests.
static POLICIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let files = ["lowering", "diagnostics"].into_iter().flat_map(|folder| fs::read_dir(tests.join(folder)).unwrap());
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
});

/// A change of a text.
#[derive(Clone, Debug)]
enum Damage {
    RemoveLine(Index),
    RepeatLine(Index),
    ExchangeLines(Index, Index),
    RemoveCharacter(Index),
    Insert(Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let pieces =
        ["{{ ", " }}", "\\", "\"", "'", "- ", ": ", "  ", "$(", ")", "[", "}", "(", "null", "é", "\t", "@", "|", "&"];
    prop_oneof![
        any::<Index>().prop_map(Damage::RemoveLine),
        any::<Index>().prop_map(Damage::RepeatLine),
        (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Damage::ExchangeLines(one, other)),
        any::<Index>().prop_map(Damage::RemoveCharacter),
        (any::<Index>(), proptest::sample::select(pieces.to_vec())).prop_map(|(at, piece)| Damage::Insert(at, piece)),
    ]
}

fn damaged(text: &str, damage: &Damage) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut characters: Vec<char> = text.chars().collect();
    if characters.is_empty() {
        return String::new();
    }
    match damage {
        Damage::RemoveLine(at) => {
            lines.remove(at.index(lines.len()));
            lines.concat()
        }
        Damage::RepeatLine(at) => {
            let at = at.index(lines.len());
            lines.insert(at, lines[at]);
            lines.concat()
        }
        Damage::ExchangeLines(one, other) => {
            let count = lines.len();
            lines.swap(one.index(count), other.index(count));
            lines.concat()
        }
        Damage::RemoveCharacter(at) => {
            characters.remove(at.index(characters.len()));
            characters.into_iter().collect()
        }
        Damage::Insert(at, piece) => {
            let at = at.index(characters.len());
            let (before, after) = characters.split_at(at);
            before.iter().copied().chain(piece.chars()).chain(after.iter().copied()).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn damaged_policies_compile_to_something(
        policy in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let whole = policy.get(&POLICIES);
        let text = damages.iter().fold(whole.clone(), |text, change| damaged(&text, change));
        let mut sources = SourceMap::new();
        let file = sources.add("damaged.yaml", text.clone());
        let compilation = compile(&sources);
        prop_assert_eq!(ir::verify(&compilation.program), []);
        for found in &compilation.diagnostics {
            prop_assert_eq!(found.span.file, file);
            prop_assert!(found.span.start <= found.span.end && found.span.end as usize <= text.len(), "{:?}", found);
        }
    }
}

#[test]
fn the_deepest_documents_do_not_exhaust_the_stack() {
    let nested = |open: &str, leaf: &str, close: &str| format!("{}{leaf}{}", open.repeat(240), close.repeat(240));
    let bodies = [
        format!("validate: {{pattern: {}}}", nested("{a: ", "'{{ request.name }}'", "}")),
        format!("validate: {{pattern: {}}}", nested("[", "[]", "]")),
        format!("mutate: {{patchStrategicMerge: {}}}", nested("{'{{ request.name }}': ", "1", "}")),
        format!("validate: {}", "{foreach: [{list: x, foreach: [".repeat(59) + &"]}]}".repeat(59)),
    ];
    for body in bodies {
        let mut sources = SourceMap::new();
        sources.add(
            "deep.yaml",
            format!(
                "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: deep}}\nspec:\n  rules:\n  - name: deep\n    \
                 match: {{any: [{{resources: {{kinds: [Pod]}}}}]}}\n    {body}\n"
            ),
        );
        let compilation = compile(&sources);
        assert_eq!(ir::verify(&compilation.program), []);
        assert_eq!(compilation.counts.policies + compilation.counts.refused, 1, "{:?}", compilation.diagnostics);
    }
}

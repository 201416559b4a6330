//! Each `lowering/NAME.yaml` becomes the program in `lowering/NAME.ir`, places left out.
//!
//! `DIKAST_BLESS=1 cargo test` writes the programs anew.
#![expect(clippy::unwrap_used, reason = "a test may stop at what is wrong with its own files")]

use std::fs;
use std::path::{Path, PathBuf};

use dikast_compiler::{compile, ir};
use dikast_grammar::SourceMap;

fn policies() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lowering");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut policies: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    policies.sort();
    policies
}

/// The text form without places: `(at 0:3..5)` and `(span 0:3..5)`.
fn without_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["(at ", "(span "].iter().filter_map(|mark| rest.find(mark)).min() {
        let (before, place) = rest.split_at(at);
        out.push_str(before.trim_end());
        rest = place.split_once(')').map_or("", |(_, after)| after);
    }
    out + rest
}

#[test]
fn policies_become_the_programs_beside_them() {
    let bless = std::env::var_os("DIKAST_BLESS").is_some();
    let mut differing = String::new();
    for path in policies() {
        let mut sources = SourceMap::new();
        sources.add("policy.yaml", fs::read_to_string(&path).unwrap());
        let compilation = compile(&sources);
        assert_eq!(ir::verify(&compilation.program), [], "{}", path.display());
        assert_eq!(compilation.faulty, [], "{}", path.display());
        assert_eq!(compilation.counts.refused, 0, "{}", path.display());
        let found = without_places(&ir::text::print(&compilation.program));
        let expected_path = path.with_extension("ir");
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if found == expected {
            continue;
        }
        differing += &format!("{}: found\n{found}", path.display());
        if bless {
            fs::write(expected_path, found).unwrap();
        }
    }
    assert!(bless || differing.is_empty(), "{differing}");
}

//! Each file in `diagnostics/` begins with what the compiler says about it, and each in `resources/` with what it says when it
//! holds rules against the schemas of resources, one finding a line. Those in `refused/` are read as
//! `test` and `apply` read policies:
//!
//! ```yaml
//! #! DK0201 12:7-13 unknown field `mesage` of `validate`
//! ```
//!
//! `DIKAST_BLESS=1 cargo test` writes these lines anew.
#![expect(clippy::unwrap_used, reason = "a test may stop at what is wrong with its own files")]

use std::fs;
use std::path::{Path, PathBuf};

use dikast_compiler::diagnostic::allow;
use dikast_compiler::schema::Schemas;
use dikast_compiler::{Compilation, compile, compile_for_command_line, compile_with};
use dikast_grammar::SourceMap;

const MARK: &str = "#! ";

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The findings as they stand at the head of a file.
fn findings(name: &str, text: &str, compile: fn(&SourceMap) -> Compilation) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add(name, text);
    let file = sources.get(file).unwrap();
    let mut out = String::new();
    for found in allow::apply(compile(&sources).diagnostics, &sources) {
        let (start, end) = (file.position(found.span.start), file.position(found.span.end));
        let end = if end.line == start.line { end.column.to_string() } else { format!("{}:{}", end.line, end.column) };
        out += &format!("{MARK}{} {}:{}-{end} {}", found.code, start.line, start.column, found.message);
        if let Some(help) = found.help {
            out += &format!("; {help}");
        }
        if let Some(fix) = found.fix {
            out += &format!(" [{:?} -> {:?}]", sources.text(fix.span), fix.replacement);
        }
        out.push('\n');
    }
    out
}

#[test]
fn files_have_the_findings_that_they_begin_with() {
    check_files("diagnostics", compile);
}

#[test]
fn files_have_the_findings_of_schemas() {
    check_files("resources", |sources| compile_with(sources, Schemas::embedded()));
}

#[test]
fn policies_are_refused_as_by_the_command_line() {
    check_files("refused", compile_for_command_line);
}

fn check_files(folder: &str, compile: fn(&SourceMap) -> Compilation) {
    let bless = std::env::var_os("DIKAST_BLESS").is_some();
    let mut differing = String::new();
    for path in files(folder) {
        let text = fs::read_to_string(&path).unwrap();
        let expected: String = text.split_inclusive('\n').take_while(|line| line.starts_with(MARK)).collect();
        let name = path.file_name().unwrap().to_string_lossy();
        // Blank lines keep the body's line numbers when the number of findings changes.
        let found = findings(&name, &text, compile);
        if found == expected {
            continue;
        }
        differing += &format!("{name}: expected\n{expected}found\n{found}");
        if bless {
            let body = &text[expected.len()..];
            let found = findings(&name, &format!("{}{body}", "\n".repeat(found.lines().count())), compile);
            fs::write(&path, found + body).unwrap();
        }
    }
    assert!(bless || differing.is_empty(), "{differing}");
}

//! The examples on the page of each code do what the page says.

use dikast_compiler::compile_with;
use dikast_compiler::diagnostic::{Code, allow};
use dikast_compiler::schema::Schemas;
use dikast_grammar::SourceMap;

/// The YAML block under a heading of a page.
fn example<'p>(page: &'p str, heading: &str) -> &'p str {
    let section = page.split_once(heading).map_or("", |(_, rest)| rest);
    let block = section.split_once("```yaml\n").map_or("", |(_, rest)| rest);
    block.split_once("```").map_or("", |(example, _)| example)
}

fn codes_of(text: &str) -> Vec<Code> {
    let mut sources = SourceMap::new();
    sources.add("example.yaml", text);
    let found = compile_with(&sources, Schemas::embedded()).diagnostics;
    allow::apply(found, &sources).iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn wrong_examples_have_the_code_and_right_ones_have_not() {
    let mut problems = Vec::new();
    for code in Code::all() {
        let wrong = codes_of(example(code.page(), "## Wrong"));
        if !wrong.contains(&code) {
            problems.push(format!("{code}: the wrong example gives {wrong:?}"));
        }
        let right = codes_of(example(code.page(), "## Right"));
        if !right.is_empty() {
            problems.push(format!("{code}: the right example gives {right:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

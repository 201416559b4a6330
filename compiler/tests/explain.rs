//! The examples on the page of each code do what the page says.

use dikast_compiler::diagnostic::{Code, allow};
use dikast_compiler::schema::Schemas;
use dikast_compiler::testing::folder::Beside;
use dikast_compiler::{compile_with, testing};
use dikast_grammar::SourceMap;
use dikast_grammar::yaml::{self, Node};

/// The YAML block under a heading of a page.
fn example<'p>(page: &'p str, heading: &str) -> &'p str {
    let section = page.split_once(heading).map_or("", |(_, rest)| rest);
    let block = section.split_once("```yaml\n").map_or("", |(_, rest)| rest);
    block.split_once("```").map_or("", |(example, _)| example)
}

/// The codes of what is found in an example. A test stands before the policies and objects that it names.
fn codes_of(text: &str) -> Vec<Code> {
    let mut sources = SourceMap::new();
    let file = sources.add("example.yaml", text);
    let mut found = allow::apply(compile_with(&sources, Schemas::embedded()).diagnostics, &sources);
    let documents = yaml::parse(file, text).documents;
    if let Some((test, named)) = documents.split_first()
        && test.get("kind").and_then(Node::as_str) == Some("Test")
    {
        found.extend(testing::check(test, text, &Beside::of(text, named)));
    }
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn wrong_examples_have_the_code_and_right_ones_have_not() {
    let mut problems = Vec::new();
    // the pages of the command line show commands
    for code in Code::all().filter(|code| !code.page().contains("```sh\n")) {
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

//! The reference page of the functions, made of the table.

use std::fmt::Write;

use super::{Arity, Function, Kind, Topic, table};

/// The reference of all functions in Markdown: by topic, each with its signature, a sentence and examples.
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    for topic in Topic::ALL {
        page.push_str(&format!("\n## {}\n", topic.title()));
        for function in table().iter().filter(|function| function.topic == topic) {
            // Writing to a string cannot fail.
            let _ = write_function(function, &mut page);
        }
    }
    page
}

const INTRODUCTION: &str = "\
# Functions

What the expressions of policies can call. This page is made of the function table in `stdlib/src/functions`; a test
fails when it is out of date.

* A number is a number of JSON. `compare` gives a Go integer, which no parameter takes for a number.
* An argument that is missing or null is an error, unless the parameter takes any value.
* A quantity is text such as `1.5Gi`, a duration text such as `1h30m`; where both would do, it is a quantity.
* Times are texts in RFC 3339.
";

fn write_function(function: &Function, page: &mut String) -> std::fmt::Result {
    writeln!(page, "\n### {}\n\n`{}`\n\n{}", function.name, signature(function), function.summary)?;
    if function.volatile {
        writeln!(page, "Its result depends on more than its arguments.")?;
    }
    if !function.examples.is_empty() {
        writeln!(page, "\n| expression | result |\n|---|---|")?;
    }
    for (expression, result) in function.examples {
        writeln!(page, "| {} | {} |", code(expression), code(result))?;
    }
    Ok(())
}

/// A function's name, its parameters with their types and the type of its result.
pub fn signature(function: &Function) -> String {
    let kinds = |kinds: &[Kind]| kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
    let mut parameters: Vec<String> =
        function.parameters.iter().map(|parameter| format!("{}: {}", parameter.name, kinds(parameter.kinds))).collect();
    if function.arity == Arity::Repeated {
        parameters.push("...".to_owned());
    }
    format!("{}({}) {}", function.name, parameters.join(", "), function.result.name())
}

/// Text as code in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::{find, get};

    #[test]
    fn signatures_name_parameters_and_types() {
        let signature = |name| find(name).map(|id| signature(get(id)));
        assert_eq!(signature("lookup").unwrap(), "lookup(subject: object or array, key: string or number) any");
        assert_eq!(signature("not_null").unwrap(), "not_null(values: any, ...) any");
        assert_eq!(signature("time_now").unwrap(), "time_now() string");
    }

    #[test]
    fn every_function_is_on_the_page() {
        let page = reference();
        for function in table() {
            assert!(page.contains(&format!("\n### {}\n", function.name)), "{}", function.name);
        }
    }

    #[test]
    fn code_may_hold_backticks_and_bars() {
        assert_eq!(code("a || b"), "`a \\|\\| b`");
        assert_eq!(code("abs(`1`)"), "`` abs(`1`) ``");
    }
}

//! `path_canonicalize`

use crate::Value;
use crate::functions::{Arity, Function, Kind, Parameter, Topic};

/// The shortest path that names the same place without asking a file system (Go `filepath.Join` of one path).
fn canonicalize(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    let rooted = path.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            ".." if rooted => {}
            step => steps.push(step),
        }
    }
    match (rooted, steps.join("/")) {
        (true, steps) => format!("/{steps}"),
        (false, steps) if steps.is_empty() => ".".to_owned(),
        (false, steps) => steps,
    }
}

pub(crate) static FUNCTION: Function = Function {
    name: "path_canonicalize",
    topic: Topic::Text,
    parameters: &[Parameter { name: "path", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: false,
    summary: "A path without `.`, `..` and repeated slashes, as far as that can be told from its text.",
    examples: &[("path_canonicalize('/var/run/../run//docker.sock')", r#""/var/run/docker.sock""#)],
    call: |arguments, _| Ok(Value::text(canonicalize(arguments.text(0)?))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_by_their_text() {
        let cases = [
            ("", ""),
            ("/", "/"),
            ("//", "/"),
            ("/../..", "/"),
            ("a/..", "."),
            ("a//b/./c/", "a/b/c"),
            ("../a/../../b", "../../b"),
            ("~/a", "~/a"),
        ];
        for (path, canonical) in cases {
            assert_eq!(canonicalize(path), canonical, "{path}");
        }
    }
}

//! Syntax trees in the form in which go-jmespath shows them, with its names of nodes.

use dikast_grammar::jmespath::{Ast, Comparator, Node, Projector};
use dikast_grammar::json::Json;
use dikast_stdlib::Value;

/// A node as go-jmespath has it.
struct Shown<'a> {
    name: &'static str,
    value: Option<String>,
    children: Vec<Child<'a>>,
}

enum Child<'a> {
    /// A part of the tree.
    Ast(&'a Ast),
    /// A node that our tree has no counterpart of.
    Made(Shown<'a>),
}

/// A tree, one node a line.
pub(super) fn show(ast: &Ast) -> String {
    let mut out = String::new();
    write(&shown(ast), 0, &mut out);
    out
}

fn write(node: &Shown<'_>, indent: usize, out: &mut String) {
    let spaces = " ".repeat(indent);
    out.push_str(&format!("{spaces}{} {{\n", node.name));
    if let Some(value) = &node.value {
        out.push_str(&format!("{spaces}  value: {value}\n"));
    }
    if !node.children.is_empty() {
        out.push_str(&format!("{spaces}  children: {{\n"));
        for child in &node.children {
            match child {
                Child::Ast(ast) => write(&shown(ast), indent + 4, out),
                Child::Made(made) => write(made, indent + 4, out),
            }
        }
    }
    out.push_str(&format!("{spaces}}}\n"));
}

/// A tree as data: nodes with the places of those that stand in the text.
pub(super) fn data(ast: &Ast) -> Value {
    let place = [("start", ast.range.start), ("end", ast.range.end)]
        .map(|(name, at)| (name, Value::Int(i64::try_from(at).unwrap_or(i64::MAX))));
    node_data(&shown(ast), place)
}

fn node_data(node: &Shown<'_>, place: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let children = node.children.iter().map(|child| match child {
        Child::Ast(ast) => data(ast),
        Child::Made(made) => node_data(made, []),
    });
    let children = (!node.children.is_empty()).then(|| ("children", Value::list(children)));
    let value = node.value.as_deref().map(|value| ("value", Value::text(value)));
    Value::object([("node", Value::text(node.name))].into_iter().chain(value).chain(place).chain(children))
}

fn node<'a>(name: &'static str, children: impl IntoIterator<Item = &'a Ast>) -> Shown<'a> {
    Shown { name, value: None, children: children.into_iter().map(Child::Ast).collect() }
}

fn leaf<'a>(name: &'static str, value: impl Into<Option<String>>) -> Shown<'a> {
    Shown { name, value: value.into(), children: Vec::new() }
}

fn shown(ast: &Ast) -> Shown<'_> {
    match &ast.node {
        Node::Identity => leaf("ASTIdentity", None),
        Node::Current => leaf("ASTCurrentNode", None),
        Node::Unfinished => leaf("ASTEmpty", None),
        Node::Field(name) => leaf("ASTField", quote(name)),
        Node::Literal(json) => leaf("ASTLiteral", literal(json)),
        Node::Raw(text) => leaf("ASTLiteral", quote(text)),
        Node::Sub(left, right) => node("ASTSubexpression", [&**left, right]),
        Node::And(left, right) => node("ASTAndExpression", [&**left, right]),
        Node::Or(left, right) => node("ASTOrExpression", [&**left, right]),
        Node::Pipe(left, right) => node("ASTPipe", [&**left, right]),
        Node::Not(operand) => node("ASTNotExpression", [&**operand]),
        Node::Reference(operand) => node("ASTExpRef", [&**operand]),
        Node::List(items) => node("ASTMultiSelectList", items),
        Node::Hash(members) => Shown {
            name: "ASTMultiSelectHash",
            value: None,
            children: members
                .iter()
                .map(|(key, value)| {
                    Child::Made(Shown { value: Some(quote(&key.text)), ..node("ASTKeyValPair", [value]) })
                })
                .collect(),
        },
        Node::Compare(comparator, left, right) => {
            Shown { value: Some(token(*comparator).to_owned()), ..node("ASTComparator", [&**left, right]) }
        }
        Node::Call { name, arguments } => {
            Shown { value: name.as_ref().map(|name| quote(&name.text)), ..node("ASTFunctionExpression", arguments) }
        }
        Node::Index { of, position } => indexed(of, leaf("ASTIndex", position.to_string())),
        Node::Project { of, by, body } => projection(of, by, body),
    }
}

fn indexed<'a>(of: &'a Ast, index: Shown<'a>) -> Shown<'a> {
    Shown { name: "ASTIndexExpression", value: None, children: vec![Child::Ast(of), Child::Made(index)] }
}

fn projection<'a>(of: &'a Ast, by: &'a Projector, body: &'a Ast) -> Shown<'a> {
    let over = |made: Shown<'a>| Shown {
        name: "ASTProjection",
        value: None,
        children: vec![Child::Made(made), Child::Ast(body)],
    };
    match by {
        Projector::Items => node("ASTProjection", [of, body]),
        Projector::Values => node("ASTValueProjection", [of, body]),
        Projector::Filter(condition) => node("ASTFilterProjection", [of, body, &**condition]),
        Projector::Flatten => over(node("ASTFlatten", [of])),
        Projector::Slice { start, stop, step } => {
            let part = |part: &Option<i64>| part.map_or_else(|| "nil".to_owned(), |part| part.to_string());
            let value = format!("[{} {} {}]", part(start), part(stop), part(step));
            over(indexed(of, leaf("ASTSlice", value)))
        }
    }
}

fn token(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::Equal => "tEQ",
        Comparator::NotEqual => "tNE",
        Comparator::Less => "tLT",
        Comparator::LessOrEqual => "tLTE",
        Comparator::Greater => "tGT",
        Comparator::GreaterOrEqual => "tGTE",
    }
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A JSON literal, compact.
fn literal(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => quote(text),
        Json::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(",")),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{}:{}", quote(name), literal(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_have_the_names_of_go_jmespath() {
        let parsed = dikast_grammar::jmespath::parse("a[?b == `1`].c[0]");
        insta::assert_snapshot!(show(&parsed.ast.unwrap()), @r#"
        ASTFilterProjection {
          children: {
            ASTField {
              value: "a"
            }
            ASTIndexExpression {
              children: {
                ASTField {
                  value: "c"
                }
                ASTIndex {
                  value: 0
                }
            }
            ASTComparator {
              value: tEQ
              children: {
                ASTField {
                  value: "b"
                }
                ASTLiteral {
                  value: 1
                }
            }
        }
        "#);
    }
}

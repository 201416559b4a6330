//! The request that applying a policy to an object stands for, as bytes for native code.

use std::collections::BTreeSet;
use std::io::Write;

use dikast_compiler::ir::{Expr, ExprId, MatchBlock, Program};
use dikast_runtime::request::Request;
use dikast_stdlib::Value;

/// The user of requests that have none, where that makes no difference ([`ignores_users`]). Native code answers only
/// requests with a user, as API servers send them.
const SOMEBODY: &str = "-";

/// Whether nothing in the policies asks who makes a request.
pub(super) fn ignores_users(program: &mut Program) -> bool {
    let asks = |block: &MatchBlock| {
        block.filters.iter().any(|filter| {
            let lists = filter.roles.len() + filter.cluster_roles.len() + filter.subjects.len();
            lists > 0 || filter.empty_user_info
        })
    };
    let exceptions = program.exceptions.iter().map(|exception| &exception.matching);
    let blocks = program.rules.iter().flat_map(|rule| std::iter::once(&rule.matching).chain(&rule.exclude));
    if exceptions.chain(blocks).any(asks) {
        return false;
    }
    let is_named = |expr: &Expr, names: &[&str]| match expr {
        Expr::Variable(name) | Expr::Member { name, .. } => names.contains(&&**program.name(*name)),
        _ => false,
    };
    let (mut requests, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (at, node) in program.exprs.iter().enumerate() {
        if matches!(node.expr, Expr::Root) || is_named(&node.expr, &["serviceAccountName", "serviceAccountNamespace"]) {
            return false;
        }
        if is_named(&node.expr, &["request"]) {
            requests.extend(u32::try_from(at).map(ExprId));
        }
        let of_member = match &node.expr {
            Expr::Member { of, .. } if !is_named(&node.expr, &["userInfo", "roles", "clusterRoles"]) => Some(*of),
            _ => None,
        };
        used.extend(node.expr.operands().into_iter().filter(|operand| Some(*operand) != of_member));
    }
    program.visit_roots(&mut |root| {
        used.insert(*root);
    });
    // the request is only taken apart, and never for its user
    requests.is_disjoint(&used)
}

/// An admission review with the members that a request of the command line has, and no others: what is absent here is
/// absent in the interpreter's context too.
pub(super) fn bytes(request: &Request, ignores_users: bool) -> Vec<u8> {
    let kind = Value::object([
        ("group", Value::Text(request.kind.group.clone())),
        ("version", Value::Text(request.kind.version.clone())),
        ("kind", Value::Text(request.kind.kind.clone())),
    ]);
    let mut members = vec![
        ("kind", kind),
        ("namespace", Value::Text(request.namespace.clone())),
        ("operation", Value::text(request.operation.as_str())),
        ("subResource", Value::Text(request.sub_resource.clone())),
    ];
    for (name, object) in [("object", &request.object), ("oldObject", &request.old_object)] {
        if !object.is_null() {
            members.push((name, object.clone()));
        }
    }
    match request.document.get("userInfo") {
        Some(user) => members.push(("userInfo", user.clone())),
        None if ignores_users => members.push(("userInfo", Value::object([("username", Value::text(SOMEBODY))]))),
        None => {}
    }
    let mut out = Vec::with_capacity(4096);
    write(&Value::object([("request", Value::object(members))]), &mut out);
    out
}

/// Writes JSON in which a fraction stays one, even when it is whole: its type counts.
fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            // Vectors take all that is written to them.
            let _ = write!(out, "{number:.1}");
        }
        Value::List(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                out.extend_from_slice(if at > 0 { b"," } else { b"" });
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.extend_from_slice(if at > 0 { b"," } else { b"" });
                write_text(name, out);
                out.push(b':');
                write(value, out);
            }
            out.push(b'}');
        }
        Value::Text(text) => write_text(text, out),
        other => {
            if serde_json::to_writer(&mut *out, other).is_err() {
                out.extend_from_slice(b"null");
            }
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    // Writing text to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_ask_for_the_user_are_known() {
        let ignores = |filter: &str, message: &str| {
            let mut sources = dikast_grammar::SourceMap::new();
            let text = format!(
                "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {{name: p}}\nspec: {{rules: [{{name: r, match: \
                 {{any: [{{resources: {{kinds: [Pod]}}{filter}}}]}}, validate: {{message: \"{message}\", deny: {{}}}}}}]}}\n"
            );
            sources.add("p.yaml", text);
            let mut program = dikast_compiler::compile(&sources).program;
            assert!(!program.rules.is_empty(), "{filter} {message}");
            ignores_users(&mut program)
        };
        assert!(ignores("", "of {{ request.object.metadata.name }} in {{ request.namespace }}"));
        assert!(!ignores("", "of {{ request.userInfo.username }}"));
        assert!(!ignores("", "of {{ to_string(request) }}"));
        assert!(!ignores("", "of {{ serviceAccountName }}"));
        assert!(!ignores(", subjects: [{kind: User, name: a}]", "no"));
        assert!(!ignores(", clusterRoles: [a]", "no"));
    }

    #[test]
    fn whole_fractions_stay_fractions() {
        let value = Value::object([("a", Value::list([Value::Float(5.0), Value::Int(5), Value::from("x\"")]))]);
        let mut out = Vec::new();
        write(&value, &mut out);
        assert_eq!(out, br#"{"a":[5.0,5,"x\""]}"#);
        assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), value);
    }
}

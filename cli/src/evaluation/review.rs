//! The request that applying a policy to an object stands for, as bytes for native code.

use dikast_runtime::request::Request;
use dikast_stdlib::Value;

/// An admission review with the members that a request of the command line has, and no others: what is absent here is
/// absent in the interpreter's context too.
pub(super) fn bytes(request: &Request) -> Vec<u8> {
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
    if let Some(user) = request.document.get("userInfo") {
        members.push(("userInfo", user.clone()));
    }
    let mut text = String::new();
    write(&Value::object([("request", Value::object(members))]), &mut text);
    text.into_bytes()
}

/// Writes JSON in which a fraction stays one, even when it is whole: its type counts.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => out.push_str(&format!("{number:.1}")),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(&Value::Text(name.clone()), out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        other => out.push_str(&serde_json::to_string(other).unwrap_or_else(|_| "null".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_fractions_stay_fractions() {
        let value = Value::object([("a", Value::list([Value::Float(5.0), Value::Int(5), Value::from("x\"")]))]);
        let mut out = String::new();
        write(&value, &mut out);
        assert_eq!(out, r#"{"a":[5.0,5,"x\""]}"#);
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), value);
    }
}

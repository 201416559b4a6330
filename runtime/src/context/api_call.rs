//! What an `apiCall` entry asks for (Kyverno `pkg/engine/apicall`).

use std::sync::Arc;

use dikast_compiler::ir::{ApiCall, ExprId, NameId};
use dikast_stdlib::{Value, encode};

use crate::data::DataKey;
use crate::interpreter::{Fault, Interpreter};

/// The call after substitution; nothing when it names neither a path nor a service. The whole entry is substituted, so
/// that an error in any part of it is an error.
pub(super) fn key(interpreter: &Interpreter<'_>, call: &ApiCall, entry: &str) -> Result<Option<DataKey>, Fault> {
    let text = |expr: ExprId, field: &str| match interpreter.substitute(expr)? {
        Value::Text(text) => Ok(text),
        other => Err(Fault::error(format!("{field} of context entry {entry} is no text but {}", other.type_name()))),
    };
    let path = call.url_path.map(|path| text(path.expr, "urlPath")).transpose()?.filter(|path| !path.is_empty());
    let body = body(interpreter, &call.data)?;
    let service = match &call.service {
        None => None,
        Some(service) => {
            let header = |(name, value): &(NameId, ExprId)| {
                Ok::<_, Fault>((Arc::clone(interpreter.program().name(*name)), text(*value, "a header")?))
            };
            Some(DataKey::Service {
                post: call.post,
                url: text(service.url, "service.url")?,
                ca_bundle: service.ca_bundle.map(|bundle| text(bundle, "service.caBundle")).transpose()?,
                headers: service.headers.iter().map(header).collect::<Result<_, _>>()?,
                body: body.clone().filter(|_| call.post),
            })
        }
    };
    if let Some(query) = &call.jmespath {
        interpreter.substitute(query.path.expr)?;
    }
    if let Some((_, default)) = call.default {
        interpreter.substitute(default)?;
    }
    Ok(match path {
        Some(path) => Some(DataKey::ApiCall { post: call.post, path, body: body.filter(|_| call.post) }),
        None => service,
    })
}

fn body(interpreter: &Interpreter<'_>, data: &[(NameId, ExprId)]) -> Result<Option<Arc<str>>, Fault> {
    let member = |(name, value): &(NameId, ExprId)| {
        Ok::<_, Fault>((Arc::clone(interpreter.program().name(*name)), interpreter.substitute(*value)?))
    };
    let members = data.iter().map(member).collect::<Result<Vec<_>, _>>()?;
    if members.is_empty() {
        return Ok(None);
    }
    let json = encode::to_go_json(&Value::object(members)).map_err(|error| Fault::error(error.to_string()))?;
    Ok(Some(json.into()))
}

/// A namespaced policy may only call paths of its own namespace; a service call has no path and so is refused.
pub(super) fn check_namespace(key: &Option<DataKey>, own: &str) -> Result<(), Fault> {
    let path = match key {
        Some(DataKey::ApiCall { path, .. }) => clean(path),
        _ => ".".to_owned(),
    };
    match namespace_of(&path) {
        Some(namespace) if namespace == own => Ok(()),
        Some(namespace) => Err(Fault::error(format!(
            "path {path} refers to namespace {namespace}, which is different from the policy namespace {own}"
        ))),
        None => Err(Fault::error(format!(
            "path {path} does not contain a namespace segment, which is required for namespaced policies"
        ))),
    }
}

/// The segment after `/namespaces/` in a path of the API server.
fn namespace_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/apis/").or_else(|| path.strip_prefix("/api/"))?;
    let (_, after) = rest.split_once("/namespaces/")?;
    after.split('/').next().filter(|segment| !segment.is_empty())
}

/// A path without empty, `.` and `..` segments, as Go's `path.Clean` gives it.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            ".." if rooted => {}
            other => segments.push(other),
        }
    }
    let joined = segments.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_before_their_namespace_is_read() {
        let path = clean("/api//v1/namespaces/a/../b/./pods/x");
        assert_eq!(path, "/api/v1/namespaces/b/pods/x");
        assert_eq!(namespace_of(&path), Some("b"));
        assert_eq!(namespace_of("/api/v1/pods"), None);
        assert_eq!(namespace_of("/apis/apps/v1/namespaces/c"), Some("c"));
        assert_eq!(clean("../a/.."), "..");
        assert_eq!(clean(""), ".");
    }
}

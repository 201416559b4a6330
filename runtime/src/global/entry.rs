//! What an entry of the global context asks for (Kyverno `api/kyverno/v2beta1/global_context_entry_types.go`).

use std::sync::Arc;
use std::time::Duration;

use dikast_stdlib::duration::GoDuration;
use dikast_stdlib::{Value, encode};

use crate::data::DataKey;
use crate::interpreter::LoneExpression;

/// The time between two calls where none is given.
const REFRESH_DEFAULT: Duration = Duration::from_secs(600);

/// The least time between two calls. Kyverno has no such bound.
const REFRESH_MIN: Duration = Duration::from_secs(1);

/// How often a call is tried where nothing is said of it.
const TRIES_DEFAULT: u32 = 3;

/// An entry of the global context.
#[derive(Debug)]
pub struct GlobalEntry {
    /// Its name.
    pub name: Arc<str>,
    /// Where its data comes from.
    pub source: GlobalSource,
    /// The parts of the data that have names.
    pub projections: Vec<Projection>,
    /// The document's `spec`: entries of one `spec` are the same.
    spec: Value,
}

/// Where the data of an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GlobalSource {
    /// The objects of a resource, kept up to date.
    Objects(ResourceName),
    /// The answer of a call that is made again and again.
    Call {
        /// The call.
        key: DataKey,
        /// The time between two calls.
        every: Duration,
        /// How often a call is tried before it counts as failed.
        tries: u32,
    },
}

/// A resource of the API server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceName {
    /// API group; empty for the core group.
    pub group: String,
    /// API version.
    pub version: String,
    /// Name of the resource, in the plural.
    pub resource: String,
    /// The namespace of its objects; empty for all.
    pub namespace: String,
}

/// A named part of the data.
#[derive(Debug)]
pub struct Projection {
    /// Its name.
    pub name: Arc<str>,
    /// The expression that takes it from the data.
    pub expression: LoneExpression,
}

impl GlobalEntry {
    /// Reads a `GlobalContextEntry`.
    ///
    /// # Errors
    ///
    /// What it lacks, or which expression does not parse.
    pub fn from_value(document: &Value) -> Result<Self, String> {
        let name = document.at(&["metadata", "name"]).and_then(Value::as_text).unwrap_or_default();
        if name.is_empty() {
            return Err("the global context entry has no name".to_owned());
        }
        let spec = document.get("spec").cloned().unwrap_or_default();
        let given = |field| spec.get(field).filter(|value| !value.is_null());
        let source = match (given("kubernetesResource"), given("apiCall")) {
            (Some(resource), None) => Some(GlobalSource::Objects(ResourceName::from_value(resource))),
            (None, Some(call)) => call_of(call)?,
            _ => None,
        };
        let source = source
            .ok_or("a global context entry has either `kubernetesResource` or an `apiCall` with a path or a service")?;
        let projections = spec.get("projections").and_then(Value::as_list).unwrap_or_default();
        let projections = projections.iter().map(Projection::from_value).collect::<Result<_, _>>()?;
        Ok(Self { name: name.into(), source, projections, spec })
    }

    /// Whether another entry asks for the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.spec == other.spec
    }
}

impl ResourceName {
    fn from_value(resource: &Value) -> Self {
        let member = |name| text(resource, name).to_owned();
        Self {
            group: member("group"),
            version: member("version"),
            resource: member("resource"),
            namespace: member("namespace"),
        }
    }

    /// The path of its group and version in the API server.
    pub fn version_path(&self) -> String {
        match self.group.as_str() {
            "" => format!("/api/{}", self.version),
            group => format!("/apis/{group}/{}", self.version),
        }
    }

    /// The path of the list of its objects.
    pub fn path(&self) -> String {
        let (root, resource) = (self.version_path(), &self.resource);
        match self.namespace.as_str() {
            "" => format!("{root}/{resource}"),
            namespace => format!("{root}/namespaces/{namespace}/{resource}"),
        }
    }
}

impl Projection {
    fn from_value(projection: &Value) -> Result<Self, String> {
        let (name, path) = (text(projection, "name"), text(projection, "jmesPath"));
        let expression = LoneExpression::parse(path)
            .map_err(|error| format!("failed to parse jmespath query for projection \"{name}\": {error}"))?;
        Ok(Self { name: name.into(), expression })
    }
}

fn text<'v>(owner: &'v Value, name: &str) -> &'v str {
    owner.get(name).and_then(Value::as_text).unwrap_or_default()
}

/// A call; nothing when it names neither a path nor a service.
fn call_of(call: &Value) -> Result<Option<GlobalSource>, String> {
    let post = text(call, "method") == "POST";
    let members = call.get("data").and_then(Value::as_list).unwrap_or_default().iter();
    let members = members.map(|member| (text(member, "key"), member.get("value").cloned().unwrap_or_default()));
    let body = match post {
        true => Some(encode::to_go_json(&Value::object(members)).map_err(|error| error.to_string())?.into()),
        false => None,
    };
    let key = match (text(call, "urlPath"), call.get("service").filter(|service| !service.is_null())) {
        ("", None) => return Ok(None),
        ("", Some(service)) => {
            let headers = service.get("headers").and_then(Value::as_list).unwrap_or_default();
            DataKey::Service {
                post,
                url: text(service, "url").into(),
                ca_bundle: Some(text(service, "caBundle")).filter(|bundle| !bundle.is_empty()).map(Arc::from),
                headers: headers.iter().map(|at| (text(at, "key").into(), text(at, "value").into())).collect(),
                body,
            }
        }
        (path, _) => DataKey::ApiCall { post, path: path.into(), body },
    };
    let every = match text(call, "refreshInterval") {
        "" => REFRESH_DEFAULT,
        written => {
            let nanoseconds = GoDuration::parse(written).map_err(|error| error.to_string())?.nanoseconds();
            Duration::from_nanos(nanoseconds.try_into().unwrap_or(0)).max(REFRESH_MIN)
        }
    };
    let tries = match call.get("retryLimit") {
        Some(Value::Int(tries)) => u32::try_from(*tries).unwrap_or(TRIES_DEFAULT).max(1),
        _ => TRIES_DEFAULT,
    };
    Ok(Some(GlobalSource::Call { key, every, tries }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(spec: &str) -> Result<GlobalEntry, String> {
        let json = format!(r#"{{"kind":"GlobalContextEntry","metadata":{{"name":"e"}},"spec":{spec}}}"#);
        GlobalEntry::from_value(&serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn entries_are_lists_of_objects_or_calls() {
        let list =
            entry(r#"{"kubernetesResource":{"group":"apps","version":"v1","resource":"deployments","namespace":"x"}}"#);
        let GlobalSource::Objects(resource) = list.unwrap().source else { panic!("no list") };
        assert_eq!(resource.path(), "/apis/apps/v1/namespaces/x/deployments");
        let call =
            entry(r#"{"apiCall":{"urlPath":"/api/v1/nodes","refreshInterval":"1h30m","retryLimit":5}}"#).unwrap();
        let key = DataKey::ApiCall { post: false, path: "/api/v1/nodes".into(), body: None };
        assert_eq!(call.source, GlobalSource::Call { key, every: Duration::from_secs(5400), tries: 5 });
        let service = r#"{"apiCall":{"method":"POST","data":[{"key":"a","value":1}],"refreshInterval":"1ns",
            "service":{"url":"https://a","headers":[{"key":"h","value":"1"}]}}}"#;
        let key = DataKey::Service {
            post: true,
            url: "https://a".into(),
            ca_bundle: None,
            headers: vec![("h".into(), "1".into())],
            body: Some(r#"{"a":1}"#.into()),
        };
        assert_eq!(
            entry(service).unwrap().source,
            GlobalSource::Call { key, every: REFRESH_MIN, tries: TRIES_DEFAULT }
        );
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        let resource = r#""kubernetesResource":{"version":"v1","resource":"nodes"}"#;
        for (spec, part) in [
            ("{}".to_owned(), "either `kubernetesResource`"),
            (r#"{"apiCall":{}}"#.to_owned(), "a path or a service"),
            (format!(r#"{{{resource},"apiCall":{{"urlPath":"/a"}}}}"#), "either `kubernetesResource`"),
            (format!(r#"{{{resource},"projections":[{{"name":"p","jmesPath":"a["}}]}}"#), "for projection \"p\""),
            (r#"{"apiCall":{"urlPath":"/a","refreshInterval":"soon"}}"#.to_owned(), "soon"),
        ] {
            let error = entry(&spec).unwrap_err();
            assert!(error.contains(part), "{spec}: {error}");
        }
    }
}

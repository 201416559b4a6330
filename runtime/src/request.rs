//! The admission request that policies are asked about, and what the host knows beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use dikast_stdlib::Value;

use crate::configuration::Configuration;
use crate::document::Header;

/// The `request` of an admission review, read once. Numbers are as Kubernetes' decoder reads them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Identifies the review; the answer carries it back.
    pub uid: Arc<str>,
    /// Group, version and kind of the object.
    pub kind: GroupVersionKind,
    /// Group, version and resource that was asked for.
    pub resource: GroupVersionResource,
    /// The subresource; empty for none.
    pub sub_resource: Arc<str>,
    /// Name of the object; may be empty on CREATE.
    pub name: Arc<str>,
    /// Namespace of the object; empty for cluster scope.
    pub namespace: Arc<str>,
    /// What is being done.
    pub operation: Operation,
    /// Who does it.
    pub user: User,
    /// Whether the request says anything of its user, be it that there are no groups. Where it says nothing, filters on
    /// users are passed over.
    pub names_user: bool,
    /// The new object; null on DELETE.
    pub object: Value,
    /// The present object; null on CREATE and CONNECT.
    pub old_object: Value,
    /// The request will not be carried out.
    pub dry_run: bool,
    /// The whole request as Kubernetes' typed request writes it: known members only, empty optional ones left out.
    pub document: Value,
}

/// What an admission request does with its object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `CREATE`
    Create,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
    /// `CONNECT`
    Connect,
    /// Not given, or no operation that Kubernetes knows.
    #[default]
    Unknown,
}

impl Operation {
    /// The operation of a name.
    pub fn parse(name: &str) -> Self {
        match name {
            "CREATE" => Self::Create,
            "UPDATE" => Self::Update,
            "DELETE" => Self::Delete,
            "CONNECT" => Self::Connect,
            _ => Self::Unknown,
        }
    }

    /// The name in an admission request; empty for an unknown one.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
            Self::Unknown => "",
        }
    }
}

/// Group, version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct GroupVersionKind {
    /// API group; empty for the core group.
    pub group: Arc<str>,
    /// API version.
    pub version: Arc<str>,
    /// Kind.
    pub kind: Arc<str>,
}

impl GroupVersionKind {
    /// What an object says of itself in `apiVersion` and `kind`.
    pub fn of(object: &Value) -> Self {
        let member = |name| object.get(name).and_then(Value::as_text).unwrap_or_default();
        let (group, version) = member("apiVersion").split_once('/').unwrap_or(("", member("apiVersion")));
        Self { group: group.into(), version: version.into(), kind: member("kind").into() }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.group.is_empty() && self.version.is_empty() && self.kind.is_empty()
    }
}

/// Group, version and resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct GroupVersionResource {
    /// API group; empty for the core group.
    pub group: Arc<str>,
    /// API version.
    pub version: Arc<str>,
    /// Resource, in plural.
    pub resource: Arc<str>,
}

/// The user of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct User {
    /// User name.
    pub name: Arc<str>,
    /// Groups.
    pub groups: Vec<Arc<str>>,
}

/// The part of a request that the host needs to know more about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestHead {
    /// Group, version and resource that was asked for.
    pub resource: GroupVersionResource,
    /// The subresource; empty for none.
    pub sub_resource: Arc<str>,
    /// Namespace of the object; empty for cluster scope.
    pub namespace: Arc<str>,
    /// Who asks.
    pub user: User,
}

impl From<&Request> for RequestHead {
    fn from(request: &Request) -> Self {
        Self {
            resource: request.resource.clone(),
            sub_resource: Arc::clone(&request.sub_resource),
            namespace: Arc::clone(&request.namespace),
            user: request.user.clone(),
        }
    }
}

impl From<&Header<'_>> for RequestHead {
    fn from(header: &Header<'_>) -> Self {
        let text = |text: &str| Arc::from(text);
        Self {
            resource: GroupVersionResource {
                group: text(&header.resource.group),
                version: text(&header.resource.version),
                resource: text(&header.resource.resource),
            },
            sub_resource: text(&header.sub_resource),
            namespace: text(&header.namespace),
            user: User {
                name: text(&header.user.username),
                groups: header.user.groups.to_vec().iter().map(|group| text(group)).collect(),
            },
        }
    }
}

/// What the host knows of a request that does not stand in it.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Labels of the namespace of the object.
    pub namespace_labels: BTreeMap<Arc<str>, Arc<str>>,
    /// Roles of the user as `namespace:name`, sorted.
    pub roles: Vec<Arc<str>>,
    /// Cluster roles of the user, sorted.
    pub cluster_roles: Vec<Arc<str>>,
    /// The kind that serves the request's resource, which for a subresource is that of its parent. When absent, the
    /// kind of the request.
    pub top_level_kind: Option<GroupVersionKind>,
    /// Where the request comes from.
    pub origin: Origin,
    /// Settings that concern all policies.
    pub configuration: Arc<Configuration>,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// An API server asks about a request.
    #[default]
    Admission,
    /// A scan of existing objects, or the command line: there is no request, only an object and maybe a user.
    Background,
}

/// A review that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The review has no `request` object.
    #[error("the review has no request")]
    NoRequest,
    /// A member of the request has a type that it cannot have.
    #[error("request.{0} is not {1}")]
    WrongType(&'static str, &'static str),
}

impl Request {
    /// Reads the `request` member of an admission review.
    ///
    /// # Errors
    ///
    /// When it is no object, or a member that the engine needs has the wrong type.
    pub fn from_value(request: &Value) -> Result<Self, RequestError> {
        if request.as_object().is_none() {
            return Err(RequestError::NoRequest);
        }
        let kind = request.get("kind").cloned().unwrap_or_default();
        let resource = request.get("resource").cloned().unwrap_or_default();
        let user = request.get("userInfo").cloned().unwrap_or_default();
        Ok(Self {
            uid: text(request, "uid")?,
            kind: GroupVersionKind {
                group: text(&kind, "group")?,
                version: text(&kind, "version")?,
                kind: text(&kind, "kind")?,
            },
            resource: GroupVersionResource {
                group: text(&resource, "group")?,
                version: text(&resource, "version")?,
                resource: text(&resource, "resource")?,
            },
            sub_resource: text(request, "subResource")?,
            name: text(request, "name")?,
            namespace: text(request, "namespace")?,
            operation: Operation::parse(&text(request, "operation")?),
            user: User { name: text(&user, "username")?, groups: texts(&user, "groups")? },
            names_user: user.as_object().is_some_and(|members| !members.values().all(is_empty)),
            object: object(request, "object")?,
            old_object: object(request, "oldObject")?,
            dry_run: request.get("dryRun").and_then(Value::as_bool).unwrap_or(false),
            document: typed_form(request),
        })
    }

    /// The same request with another new object, as the API server sends it after mutation.
    #[must_use]
    pub fn with_object(&self, object: Value) -> Self {
        let mut members = self.document.as_object().cloned().unwrap_or_default();
        members.insert("object".into(), object.clone());
        Self { object, document: Value::Object(Arc::new(members)), ..self.clone() }
    }
}

fn text(of: &Value, name: &'static str) -> Result<Arc<str>, RequestError> {
    match of.get(name) {
        None | Some(Value::Null) => Ok("".into()),
        Some(Value::Text(text)) => Ok(Arc::clone(text)),
        Some(_) => Err(RequestError::WrongType(name, "text")),
    }
}

fn texts(of: &Value, name: &'static str) -> Result<Vec<Arc<str>>, RequestError> {
    let wrong = RequestError::WrongType(name, "a list of texts");
    match of.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::List(items)) => items
            .iter()
            .map(|item| if let Value::Text(text) = item { Ok(Arc::clone(text)) } else { Err(wrong.clone()) })
            .collect(),
        Some(_) => Err(wrong),
    }
}

fn object(of: &Value, name: &'static str) -> Result<Value, RequestError> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(value @ Value::Object(_)) => Ok(value.clone()),
        Some(_) => Err(RequestError::WrongType(name, "an object")),
    }
}

/// How Go's `AdmissionRequest` writes a member that is empty.
enum Empty {
    /// It is left out.
    Omitted,
    /// It is written as empty text.
    Text,
    /// It is written as null.
    Null,
    /// It is written as an object with empty parts of these names.
    Parts(&'static [&'static str]),
}

/// Members of `AdmissionRequest` (`k8s.io/api/admission/v1`) and what stands for an empty one.
const MEMBERS: &[(&str, Empty)] = &[
    ("uid", Empty::Text),
    ("kind", Empty::Parts(&["group", "version", "kind"])),
    ("resource", Empty::Parts(&["group", "version", "resource"])),
    ("subResource", Empty::Omitted),
    ("requestKind", Empty::Omitted),
    ("requestResource", Empty::Omitted),
    ("requestSubResource", Empty::Omitted),
    ("name", Empty::Omitted),
    ("namespace", Empty::Omitted),
    ("operation", Empty::Text),
    ("userInfo", Empty::Parts(&[])),
    ("object", Empty::Null),
    ("oldObject", Empty::Null),
    ("dryRun", Empty::Omitted),
    ("options", Empty::Null),
];

/// Null or empty text.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_text() == Some("")
}

/// The request as it looks after Go decoded it into its type and encoded it again; that is what policies see.
fn typed_form(request: &Value) -> Value {
    let member = |(name, empty): &(&'static str, Empty)| {
        let given = request.get(name).filter(|value| !is_empty(value)).cloned();
        let value = match (empty, given) {
            (Empty::Parts(parts), given) => with_parts(given.unwrap_or_default(), parts),
            (_, Some(value)) => value,
            (Empty::Omitted, None) => return None,
            (Empty::Text, None) => Value::text(""),
            (Empty::Null, None) => Value::Null,
        };
        Some((*name, value))
    };
    Value::object(MEMBERS.iter().filter_map(member))
}

/// An object of the given members in which the named parts are there, and others only when they are not empty.
fn with_parts(given: Value, parts: &[&'static str]) -> Value {
    let mut members = given.as_object().cloned().unwrap_or_default();
    members.retain(|_, value| match value {
        Value::Null => false,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => true,
    });
    for part in parts {
        members.entry((*part).into()).or_insert_with(|| Value::text(""));
    }
    Value::Object(Arc::new(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn empty_members_are_written_as_go_writes_them() {
        let request = Request::from_value(&value(
            r#"{"uid":"u","name":"","userInfo":{"username":"","groups":[]},"kind":{"group":"","version":"v1","kind":"Pod"},"extra":1}"#,
        ))
        .unwrap();
        assert_eq!(
            serde_json::to_string(&request.document).unwrap(),
            r#"{"kind":{"group":"","kind":"Pod","version":"v1"},"object":null,"oldObject":null,"operation":"","options":null,"resource":{"group":"","resource":"","version":""},"uid":"u","userInfo":{}}"#
        );
    }

    #[test]
    fn wrong_types_are_errors() {
        assert_eq!(Request::from_value(&Value::Null), Err(RequestError::NoRequest));
        let error = Request::from_value(&value(r#"{"object":[1]}"#)).unwrap_err();
        assert_eq!(error.to_string(), "request.object is not an object");
    }

    #[test]
    fn kinds_are_read_from_objects() {
        let kind = GroupVersionKind::of(&value(r#"{"apiVersion":"apps/v1","kind":"Deployment"}"#));
        assert_eq!((&*kind.group, &*kind.version, &*kind.kind), ("apps", "v1", "Deployment"));
        assert_eq!(&*GroupVersionKind::of(&value(r#"{"apiVersion":"v1"}"#)).version, "v1");
    }
}

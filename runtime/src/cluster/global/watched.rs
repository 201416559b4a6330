//! Objects of resources that are only known by name, as they come from the API server.

use std::borrow::Cow;

use dikast_stdlib::Value;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::core::{ApiResource, DynamicResourceScope};
use serde::{Deserialize, Deserializer};

/// An object of any kind.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    /// The object as it was sent.
    pub(super) object: Value,
    /// The part of its metadata that watching needs.
    meta: ObjectMeta,
}

impl Watched {
    /// The object's namespace and name.
    pub(super) fn key(&self) -> (String, String) {
        (self.meta.namespace.clone().unwrap_or_default(), self.meta.name.clone().unwrap_or_default())
    }

    /// The object with its kind, which lists leave out.
    pub(super) fn into_object(self, resource: &ApiResource) -> Value {
        let mut members = self.object.as_object().cloned().unwrap_or_default();
        for (name, written) in [("apiVersion", &resource.api_version), ("kind", &resource.kind)] {
            if members.get(name).and_then(Value::as_text).is_none_or(str::is_empty) {
                members.insert(name.into(), Value::text(written.as_str()));
            }
        }
        Value::Object(members.into())
    }
}

impl<'de> Deserialize<'de> for Watched {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Value::deserialize(deserializer)?;
        let text = |name| object.at(&["metadata", name]).and_then(Value::as_text).map(str::to_owned);
        let meta = ObjectMeta {
            name: text("name"),
            namespace: text("namespace"),
            resource_version: text("resourceVersion"),
            uid: text("uid"),
            ..ObjectMeta::default()
        };
        Ok(Self { object, meta })
    }
}

impl Resource for Watched {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }

    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }

    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }

    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

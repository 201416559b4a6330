//! OpenAPI schemas to types: those that Kubernetes publishes, and those in CustomResourceDefinitions.

use std::collections::HashMap;

use dikast_stdlib::Value;

use super::graph::{Bounds, Field, Format, Graph, ObjectId, Type, TypeId, Versions};

/// Deeper schemas are cut off: what is below is not checked.
const DEEPEST: usize = 64;

/// Adds schemas to a graph.
pub(super) struct Converter<'g> {
    pub(super) graph: &'g mut Graph,
    /// Schemas that have a name.
    pub(super) definitions: HashMap<String, ObjectId>,
    /// The version of Kubernetes that they are of.
    pub(super) versions: Versions,
}

/// Definitions that stand for something that the rest of their schema does not say.
fn well_known(name: &str) -> Option<Type> {
    Some(match name {
        "io.k8s.apimachinery.pkg.api.resource.Quantity" => Type::Text(Format::Quantity),
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString" => Type::IntegerOrText(Bounds::NONE),
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time" | "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime" => {
            Type::Text(Format::Time)
        }
        _ => return None,
    })
}

impl Converter<'_> {
    /// The type of a schema.
    pub(super) fn convert(&mut self, schema: &Value, depth: usize) -> TypeId {
        if depth > DEEPEST {
            return self.graph.add_type(Type::Any);
        }
        let text = |name: &str| schema.get(name).and_then(Value::as_text);
        if let Some(reference) = text("$ref") {
            return self.reference(reference);
        }
        if let Some([only]) = schema.get("allOf").and_then(Value::as_list) {
            return self.convert(only, depth + 1);
        }
        if is_set(schema, "x-kubernetes-int-or-string") || text("format") == Some("int-or-string") {
            return self.graph.add_type(Type::IntegerOrText(bounds(schema)));
        }
        match text("type") {
            Some("boolean") => self.graph.add_type(Type::Bool),
            Some("integer") => self.graph.add_type(Type::Integer(bounds(schema))),
            Some("number") => self.graph.add_type(Type::Number),
            Some("string") => self.text(schema),
            Some("array") => self.list(schema, depth),
            Some("object") => self.object_or_map(schema, depth),
            _ if schema.get("properties").is_some() => self.object_or_map(schema, depth),
            _ => self.graph.add_type(Type::Any),
        }
    }

    fn reference(&mut self, reference: &str) -> TypeId {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let ty = well_known(name).or_else(|| self.definitions.get(name).map(|object| Type::Object(*object)));
        self.graph.add_type(ty.unwrap_or(Type::Any))
    }

    fn text(&mut self, schema: &Value) -> TypeId {
        let choices = schema.get("enum").and_then(Value::as_list).unwrap_or_default();
        let ty = if choices.is_empty() {
            Type::Text(match schema.get("format").and_then(Value::as_text) {
                Some("byte") => Format::Bytes,
                Some("date-time") => Format::Time,
                Some("ipv4" | "ipv6") => Format::Address,
                Some("cidr") => Format::Cidr,
                _ => Format::Plain,
            })
        } else {
            Type::Enum(choices.iter().filter_map(Value::as_text).map(|choice| self.graph.add_name(choice)).collect())
        };
        self.graph.add_type(ty)
    }

    fn list(&mut self, schema: &Value, depth: usize) -> TypeId {
        let item = match schema.get("items") {
            Some(items) => self.convert(items, depth + 1),
            None => self.graph.add_type(Type::Any),
        };
        let keys = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_list).unwrap_or_default();
        let keys = keys.iter().chain(schema.get("x-kubernetes-patch-merge-key"));
        let mut keys: Vec<_> = keys.filter_map(Value::as_text).map(|key| self.graph.add_name(key)).collect();
        keys.dedup();
        self.graph.add_type(Type::List { item, keys })
    }

    fn object_or_map(&mut self, schema: &Value, depth: usize) -> TypeId {
        let ty = match (schema.get("properties").and_then(Value::as_object), schema.get("additionalProperties")) {
            (Some(_), _) => {
                let object = self.graph.add_object("");
                self.fields(object, schema, depth);
                Type::Object(object)
            }
            (None, Some(values @ Value::Object(_))) => Type::Map(self.convert(values, depth + 1)),
            _ => Type::Any,
        };
        self.graph.add_type(ty)
    }

    /// Gives an object the fields of a schema.
    pub(super) fn fields(&mut self, object: ObjectId, schema: &Value, depth: usize) {
        let required: Vec<&str> = (schema.get("required").and_then(Value::as_list).unwrap_or_default().iter())
            .filter_map(Value::as_text)
            .collect();
        let is_open = is_set(schema, "x-kubernetes-preserve-unknown-fields")
            || schema.get("additionalProperties").is_some_and(|rest| rest.as_bool() != Some(false));
        if let Some(object) = self.graph.objects.get_mut(object.index()) {
            object.is_open |= is_open;
        }
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let description = schema.get("description").and_then(Value::as_text).unwrap_or_default();
            let doc = self.graph.add_doc(first_sentence(description));
            let field = Field {
                name: self.graph.add_name(name),
                ty: self.convert(schema, depth + 1),
                versions: self.versions.clone(),
                // A default is filled in before anybody asks.
                required: required.contains(&&**name) && schema.get("default").is_none(),
                doc,
            };
            self.graph.add_field(object, field);
        }
    }
}

/// Between what `minimum` and `maximum` say that a number lies.
fn bounds(schema: &Value) -> Bounds {
    let given = |name: &str| match schema.get(name) {
        Some(Value::Int(number)) => Some(*number),
        Some(Value::Float(number)) if number.fract() == 0.0 && number.abs() < 1e15 => Some(*number as i64),
        _ => None,
    };
    let open = |name: &str| i64::from(is_set(schema, name));
    Bounds {
        least: given("minimum").map_or(i64::MIN, |least| least.saturating_add(open("exclusiveMinimum"))),
        most: given("maximum").map_or(i64::MAX, |most| most.saturating_sub(open("exclusiveMaximum"))),
    }
}

fn is_set(schema: &Value, name: &str) -> bool {
    schema.get(name).and_then(Value::as_bool) == Some(true)
}

/// The first sentence of a description, or the first line.
fn first_sentence(description: &str) -> &str {
    const LONGEST: usize = 300;
    let line = description.lines().next().unwrap_or_default();
    let end = line.find(". ").map_or(line.len(), |end| end + 1).min(LONGEST);
    let end = (0..=end).rev().find(|&end| line.is_char_boundary(end)).unwrap_or_default();
    line.get(..end).unwrap_or_default().trim()
}

//! What somebody would write instead of an expression who has the text of a document: types for just what is needed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dikast_stdlib::Value;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
struct WithRequest<T> {
    request: T,
}

#[derive(Deserialize)]
struct WithObject<T> {
    object: T,
}

#[derive(Deserialize)]
struct WithMetadata<T> {
    metadata: T,
}

#[derive(Deserialize)]
struct WithSpec<T> {
    spec: T,
}

/// A text that borrows from the document where it can.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    fn value(self) -> Value {
        Value::text(&*self.0)
    }
}

type OfMetadata<T> = WithRequest<WithObject<WithMetadata<T>>>;
type OfSpec<T> = WithRequest<WithObject<WithSpec<T>>>;

fn read<'a, T: Deserialize<'a>>(document: &'a str) -> Option<T> {
    serde_json::from_str(document).ok()
}

pub(super) fn operation(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Request<'a> {
        #[serde(borrow)]
        operation: Option<Text<'a>>,
    }
    let document: WithRequest<Request<'_>> = read(document)?;
    let operation = document.request.operation.filter(|operation| !operation.0.is_empty());
    Some(operation.map_or_else(|| Value::text("BACKGROUND"), Text::value))
}

pub(super) fn name(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Metadata<'a> {
        #[serde(borrow)]
        name: Text<'a>,
    }
    let document: OfMetadata<Metadata<'_>> = read(document)?;
    Some(document.request.object.metadata.name.value())
}

pub(super) fn namespace(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Request<'a> {
        #[serde(borrow)]
        namespace: Text<'a>,
    }
    let document: WithRequest<Request<'_>> = read(document)?;
    Some(document.request.namespace.value())
}

pub(super) fn annotation(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Annotations<'a> {
        #[serde(borrow)]
        role: Text<'a>,
    }
    #[derive(Deserialize)]
    struct Metadata<'a> {
        #[serde(borrow)]
        annotations: Annotations<'a>,
    }
    let document: OfMetadata<Metadata<'_>> = read(document)?;
    Some(document.request.object.metadata.annotations.role.value())
}

pub(super) fn element(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Element<'a> {
        #[serde(borrow)]
        image: Text<'a>,
    }
    #[derive(Deserialize)]
    struct Context<'a> {
        #[serde(borrow)]
        element: Element<'a>,
    }
    let document: Context<'_> = read(document)?;
    Some(document.element.image.value())
}

pub(super) fn all_images(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Container<'a> {
        #[serde(borrow)]
        image: Option<Text<'a>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Spec<'a> {
        #[serde(borrow, default)]
        ephemeral_containers: Vec<Container<'a>>,
        #[serde(borrow, default)]
        init_containers: Vec<Container<'a>>,
        #[serde(borrow, default)]
        containers: Vec<Container<'a>>,
    }
    let document: OfSpec<Spec<'_>> = read(document)?;
    let Spec { ephemeral_containers, init_containers, containers } = document.request.object.spec;
    let all = ephemeral_containers.into_iter().chain(init_containers).chain(containers);
    Some(Value::list(all.filter_map(|container| container.image.map(Text::value))))
}

pub(super) fn dropped(document: &str) -> Option<Value> {
    #[derive(Default, Deserialize)]
    struct Capabilities<'a> {
        #[serde(borrow, default)]
        drop: Vec<Text<'a>>,
    }
    #[derive(Default, Deserialize)]
    struct SecurityContext<'a> {
        #[serde(borrow, default)]
        capabilities: Capabilities<'a>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Container<'a> {
        #[serde(borrow, default)]
        security_context: SecurityContext<'a>,
    }
    #[derive(Deserialize)]
    struct Spec<'a> {
        #[serde(borrow)]
        containers: Vec<Container<'a>>,
    }
    let document: OfSpec<Spec<'_>> = read(document)?;
    let containers = document.request.object.spec.containers.into_iter();
    Some(Value::list(containers.flat_map(|container| container.security_context.capabilities.drop).map(Text::value)))
}

pub(super) fn registries(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Image<'a> {
        #[serde(borrow)]
        registry: Option<Text<'a>>,
    }
    #[derive(Deserialize)]
    struct Images<'a> {
        #[serde(borrow)]
        containers: BTreeMap<Cow<'a, str>, Image<'a>>,
    }
    #[derive(Deserialize)]
    struct Context<'a> {
        #[serde(borrow)]
        images: Images<'a>,
    }
    let document: Context<'_> = read(document)?;
    let images = document.images.containers.into_values();
    Some(Value::list(images.filter_map(|image| image.registry.map(Text::value))))
}

pub(super) fn init_containers(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Spec {
        #[serde(default)]
        init_containers: Vec<IgnoredAny>,
    }
    let document: OfSpec<Spec> = read(document)?;
    Some(Value::Float(document.request.object.spec.init_containers.len() as f64))
}

pub(super) fn owner(document: &str) -> Option<Value> {
    #[derive(Deserialize)]
    struct Owner<'a> {
        #[serde(borrow)]
        kind: Option<Text<'a>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Metadata<'a> {
        #[serde(borrow, default)]
        owner_references: Vec<Owner<'a>>,
    }
    let document: OfMetadata<Metadata<'_>> = read(document)?;
    let first = document.request.object.metadata.owner_references.into_iter().next();
    Some(first.and_then(|owner| owner.kind).map_or_else(|| Value::text(""), Text::value))
}

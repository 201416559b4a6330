//! Types of resources as a graph: nodes name each other by index, because Kubernetes' types are recursive.

use std::collections::HashMap;
use std::ops::RangeInclusive;

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(super) u32);

        impl $name {
            pub(super) fn of(position: usize) -> Self {
                Self(u32::try_from(position).unwrap_or(u32::MAX))
            }

            pub(super) fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

indices! {
    /// A type of a [`Graph`].
    TypeId,
    /// An object type of a [`Graph`].
    ObjectId,
    /// A name or a text of a [`Graph`].
    NameId
}

/// What a value can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything: the schema says nothing, or lets unknown fields through.
    Any,
    /// A truth value.
    Bool,
    /// A whole number.
    Integer(Bounds),
    /// Any number.
    Number,
    /// Text.
    Text(Format),
    /// One of these texts.
    Enum(Vec<NameId>),
    /// A whole number or text: a port and its name, a number and a percentage.
    IntegerOrText(Bounds),
    /// A list.
    List {
        /// What its items are.
        item: TypeId,
        /// By which of their members items are told apart; none when the list is replaced as a whole.
        keys: Vec<NameId>,
    },
    /// An object whose keys are the author's choice.
    Map(TypeId),
    /// An object with known fields.
    Object(ObjectId),
}

/// Between what a number lies. The bundle has none: they come from `narrowed` and from definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// No number is less.
    pub least: i64,
    /// No number is more.
    pub most: i64,
}

impl Bounds {
    /// Any number will do.
    pub const NONE: Self = Self { least: i64::MIN, most: i64::MAX };

    /// Whether a number lies between them.
    pub fn contain(self, number: i64) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Nothing in particular.
    Plain,
    /// A quantity such as `500m` or `1Gi`.
    Quantity,
    /// A time as in RFC 3339.
    Time,
    /// Bytes in base64.
    Bytes,
    /// An address such as `10.0.0.1` or `fd00::1`.
    Address,
    /// A block of addresses such as `10.0.0.0/8`.
    Cidr,
    /// The name of an object. What is allowed depends on the kind.
    Name,
    /// A name of small letters, digits, `-` and `.`, as most objects have.
    Subdomain,
    /// A name of small letters, digits and `-`, as namespaces and containers have.
    DnsLabel,
    /// The value of a label. What holds it is a map whose keys are names of labels.
    Label,
    /// The value of an annotation. What holds it is a map whose keys are named like labels.
    Annotation,
    /// The reference of an image.
    Image,
}

/// Minor versions of Kubernetes 1, from the first to the last that knows something.
pub type Versions = RangeInclusive<u8>;

/// An object with known fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is called, such as `PodSpec`; empty for one without a name.
    pub name: NameId,
    /// Its fields in the order of their names.
    pub fields: Vec<Field>,
    /// Whether other fields may be there too.
    pub is_open: bool,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: NameId,
    /// What it holds.
    pub ty: TypeId,
    /// The versions that know it.
    pub versions: Versions,
    /// Whether it has to be given.
    pub required: bool,
    /// The position of its description.
    pub(super) doc: u32,
}

/// A kind of resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: NameId,
    /// API version.
    pub version: NameId,
    /// Kind.
    pub kind: NameId,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
    /// The versions of Kubernetes that serve it.
    pub versions: Versions,
    /// What its objects are.
    pub ty: TypeId,
    /// Subresources, and what requests for them hold.
    pub subresources: Vec<(NameId, TypeId)>,
}

/// Types and kinds.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(super) names: Vec<Box<str>>,
    pub(super) types: Vec<Type>,
    pub(super) objects: Vec<Object>,
    pub(super) kinds: Vec<Kind>,
    /// How many descriptions stand in the bundle; positions from here on are those of `docs`.
    pub(super) first_doc: u32,
    /// Descriptions of fields that are not in the bundle.
    pub(super) docs: Vec<Box<str>>,
    name_ids: HashMap<Box<str>, NameId>,
    type_ids: HashMap<Type, TypeId>,
}

impl Graph {
    /// A graph of parts that fit together.
    pub(super) fn of_parts(names: Vec<Box<str>>, types: Vec<Type>, objects: Vec<Object>, kinds: Vec<Kind>) -> Self {
        let first_doc = objects.iter().map(|object| object.fields.len()).sum::<usize>();
        let first_doc = u32::try_from(first_doc).unwrap_or(u32::MAX);
        Self { names, types, objects, kinds, first_doc, ..Self::default() }
    }

    /// Keeps a description and gives its position.
    pub(super) fn add_doc(&mut self, text: &str) -> u32 {
        let position = u32::try_from(self.docs.len()).unwrap_or(u32::MAX).saturating_add(self.first_doc);
        self.docs.push(text.into());
        position
    }

    /// The text of an id.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id.index()).map_or("", |name| name)
    }

    /// The id of a text, if it is one of the graph's.
    pub fn find_name(&self, text: &str) -> Option<NameId> {
        self.name_ids.get(text).copied()
    }

    /// The type of what is not checked.
    pub fn any(&self) -> TypeId {
        TypeId::of(self.types.iter().position(|ty| *ty == Type::Any).unwrap_or(self.types.len()))
    }

    /// The type of an id.
    pub fn ty(&self, id: TypeId) -> &Type {
        self.types.get(id.index()).unwrap_or(&Type::Any)
    }

    /// The object that a type is; nothing for other types.
    pub fn object(&self, id: TypeId) -> Option<&Object> {
        match self.ty(id) {
            Type::Object(object) => self.objects.get(object.index()),
            _ => None,
        }
    }

    /// A field of an object.
    pub fn field<'g>(&'g self, object: &'g Object, name: &str) -> Option<&'g Field> {
        let at = object.fields.binary_search_by(|field| self.name(field.name).cmp(name)).ok()?;
        object.fields.get(at)
    }

    /// All kinds.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Drops kinds and fields that a version does not know.
    pub(super) fn keep_version(&mut self, minor: u8) {
        self.kinds.retain(|kind| kind.versions.contains(&minor));
        for object in &mut self.objects {
            object.fields.retain(|field| field.versions.contains(&minor));
        }
    }

    /// Makes ids findable by what they stand for, before something is added.
    pub(super) fn index(&mut self) {
        if self.name_ids.is_empty() && self.type_ids.is_empty() {
            self.name_ids = self.names.iter().enumerate().map(|(at, name)| (name.clone(), NameId::of(at))).collect();
            self.type_ids = self.types.iter().enumerate().map(|(at, ty)| (ty.clone(), TypeId::of(at))).collect();
        }
    }

    /// The id of a text.
    pub(super) fn add_name(&mut self, text: &str) -> NameId {
        if let Some(&known) = self.name_ids.get(text) {
            return known;
        }
        let id = NameId::of(self.names.len());
        self.names.push(text.into());
        self.name_ids.insert(text.into(), id);
        id
    }

    /// The id of a type.
    pub(super) fn add_type(&mut self, ty: Type) -> TypeId {
        if let Some(&known) = self.type_ids.get(&ty) {
            return known;
        }
        let id = TypeId::of(self.types.len());
        self.types.push(ty.clone());
        self.type_ids.insert(ty, id);
        id
    }

    /// A new object without fields.
    pub(super) fn add_object(&mut self, name: &str) -> ObjectId {
        let id = ObjectId::of(self.objects.len());
        let name = self.add_name(name);
        self.objects.push(Object { name, fields: Vec::new(), is_open: false });
        id
    }

    /// Adds a field to an object, or what another version of Kubernetes says of it: the last one counts.
    pub(super) fn add_field(&mut self, object: ObjectId, field: Field) {
        let Self { names, objects, .. } = self;
        let text = |id: NameId| names.get(id.index()).map_or("", |name| &**name);
        let Some(object) = objects.get_mut(object.index()) else { return };
        match object.fields.binary_search_by(|known| text(known.name).cmp(text(field.name))) {
            Ok(at) => {
                if let Some(known) = object.fields.get_mut(at) {
                    let first = *known.versions.start().min(field.versions.start());
                    let last = *known.versions.end().max(field.versions.end());
                    *known = Field { versions: first..=last, ..field };
                }
            }
            Err(at) => object.fields.insert(at, field),
        }
    }

    /// The type of a field at a path from a type; list items and map values are gone through without a step of their own.
    pub fn at(&self, ty: TypeId, path: &[&str]) -> Option<TypeId> {
        path.iter().try_fold(ty, |ty, step| {
            let object = self.object(self.innermost(ty))?;
            self.field(object, step).map(|field| field.ty)
        })
    }

    /// What lists and maps of lists and maps hold in the end.
    pub fn innermost(&self, mut ty: TypeId) -> TypeId {
        // No schema nests lists without end, but data of another's making might.
        for _ in 0..16 {
            match self.ty(ty) {
                Type::List { item, .. } | Type::Map(item) => ty = *item,
                _ => break,
            }
        }
        ty
    }
}

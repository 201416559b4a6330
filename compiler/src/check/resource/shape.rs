//! What expressions give, as far as schemas tell.

use std::rc::Rc;

use dikast_stdlib::Value;
use dikast_stdlib::functions::Kind;

use super::lookup;
use crate::check::kinds::Kinds;
use crate::schema::{Format, Graph, Type, TypeId};

/// What an expression gives when it gives a value that is not null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::check) enum Shape {
    /// Anything.
    #[default]
    Unknown,
    /// The context, with all its variables.
    Context,
    /// `request`
    Request,
    /// A value of one of these types.
    Typed(Rc<[TypeId]>),
    /// A list of something.
    List(Rc<Shape>),
    /// An object with these members only.
    Object(Rc<[(String, Shape)]>),
    /// An object with these members, written down by an author who may ask it for others on purpose.
    Written(Rc<[(String, Shape)]>),
    /// A value of these kinds; a list or an object among them is empty.
    Plain(Kinds),
    /// An object of whose members nothing is known.
    SomeObject,
}

impl Shape {
    /// Null, which is neutral: whatever else may be there counts.
    pub(super) const NULL: Self = Self::Plain(Kinds::NULL);

    /// A value of one of these types.
    pub(super) fn typed(graph: &Graph, types: Vec<TypeId>) -> Self {
        if types.is_empty() || types.iter().any(|ty| matches!(graph.ty(*ty), Type::Any)) {
            return Self::Unknown;
        }
        Self::Typed(types.into())
    }

    /// What a value is.
    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::List(items) => match items.iter().map(Self::of_value).reduce(|all, item| all.or(item)) {
                Some(item) => Self::List(Rc::new(item)),
                None => Self::Plain(Kinds::LIST),
            },
            Value::Object(members) if !members.is_empty() => {
                Self::Written(members.iter().map(|(name, value)| (name.to_string(), Self::of_value(value))).collect())
            }
            other => Self::Plain(Kinds::of_value(other)),
        }
    }

    /// What is of either shape.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::NULL, other) | (other, Self::NULL) => other,
            (Self::Plain(Kinds::LIST), list @ Self::List(_)) | (list @ Self::List(_), Self::Plain(Kinds::LIST)) => list,
            (Self::Plain(one), Self::Plain(other)) => Self::Plain(one.or(other)),
            (Self::Typed(one), Self::Typed(other)) => {
                let mut types = one.to_vec();
                other.iter().for_each(|ty| lookup::add(&mut types, *ty));
                Self::Typed(types.into())
            }
            (Self::List(one), Self::List(other)) => Self::List(Rc::new((*one).clone().or((*other).clone()))),
            (Self::Written(one), Self::Written(other)) => {
                let mut members = one.to_vec();
                for (name, shape) in other.iter() {
                    match members.iter_mut().find(|(known, _)| known == name) {
                        Some((_, known)) => *known = known.clone().or(shape.clone()),
                        None => members.push((name.clone(), shape.clone())),
                    }
                }
                Self::Written(members.into())
            }
            // An empty list or object as a default says nothing about what else is there.
            (typed @ Self::Typed(_), Self::Plain(kinds)) | (Self::Plain(kinds), typed @ Self::Typed(_))
                if !kinds.meets(Kinds::BOOL.or(Kinds::NUMBER).or(Kinds::TEXT)) =>
            {
                typed
            }
            _ => Self::Unknown,
        }
    }

    /// What a function gives.
    pub(super) fn of_result(kind: Kind) -> Self {
        match kind {
            Kind::Any | Kind::Lambda => Self::Unknown,
            Kind::Number => Self::Plain(Kinds::NUMBER),
            Kind::Text => Self::Plain(Kinds::TEXT),
            Kind::Bool => Self::Plain(Kinds::BOOL),
            Kind::List => Self::List(Rc::new(Self::Unknown)),
            Kind::Numbers => Self::List(Rc::new(Self::Plain(Kinds::NUMBER))),
            Kind::Texts => Self::List(Rc::new(Self::Plain(Kinds::TEXT))),
            Kind::Object => Self::SomeObject,
        }
    }

    /// The shape of the items, if this is a list; `Err` when it is known to be something else.
    pub(super) fn items(&self, graph: &Graph) -> Result<Self, ()> {
        match self {
            Self::List(item) => Ok((**item).clone()),
            Self::Typed(types) => lookup::items(graph, types).map(|items| Self::typed(graph, items)).ok_or(()),
            Self::Plain(kinds) if kinds.meets(Kinds::LIST.or(Kinds::NULL)) => Ok(Self::NULL),
            Self::Unknown => Ok(Self::Unknown),
            Self::Plain(_) => Err(()),
            Self::Object(_) | Self::Written(_) | Self::SomeObject | Self::Request | Self::Context => Err(()),
        }
    }

    /// The kinds of values of this shape. Whatever a schema knows may be absent.
    pub(in crate::check) fn kinds(&self, graph: &Graph) -> Kinds {
        match self {
            Self::Unknown => Kinds::ANY,
            Self::Context | Self::Request | Self::Object(_) | Self::Written(_) | Self::SomeObject => {
                Kinds::OBJECT.or(Kinds::NULL)
            }
            Self::List(_) => Kinds::LIST.or(Kinds::NULL),
            Self::Plain(kinds) => *kinds,
            Self::Typed(types) => {
                types.iter().map(|ty| kinds_of(graph.ty(*ty))).fold(Kinds::NULL, |all, kinds| all.or(kinds))
            }
        }
    }
}

/// The kinds of values of a type. Manifests may have a number where the API server would make it text.
pub(super) fn kinds_of(ty: &Type) -> Kinds {
    match ty {
        Type::Any => Kinds::ANY,
        Type::Bool => Kinds::BOOL,
        Type::Integer(_) | Type::Number => Kinds::NUMBER,
        Type::Text(Format::Quantity) | Type::IntegerOrText(_) => Kinds::TEXT.or(Kinds::NUMBER),
        Type::Text(_) | Type::Enum(_) => Kinds::TEXT,
        Type::List { .. } => Kinds::LIST,
        Type::Map(_) | Type::Object(_) => Kinds::OBJECT,
    }
}

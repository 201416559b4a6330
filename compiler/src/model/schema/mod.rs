//! The schema of policy documents as data (Kyverno `config/crds/kyverno/kyverno.io_clusterpolicies.yaml`).
//!
//! The tables in [`policy`], [`matching`], [`context`], [`exception`], [`cleanup`], [`global`], [`verification`] and [`testing`] say which fields there are, what
//! each takes and what it is for; [`form`] has the forms of names; [`super::check`] compares a document with them. Parts that hold free-form documents (patterns, patches,
//! values) are [`Shape::Any`] here and are read when they are lowered.

pub(super) mod cleanup;
pub(super) mod context;
pub(super) mod exception;
pub(super) mod form;
pub(super) mod global;
pub(super) mod matching;
pub(super) mod policy;
pub(super) mod testing;
pub(super) mod verification;

use form::Form;

/// What a node may be. A null counts as an absent field everywhere, as in Go's JSON decoder.
#[derive(Debug)]
pub(super) enum Shape {
    /// Anything.
    Any,
    /// Text.
    Text,
    /// A truth value.
    Bool,
    /// Text of a form.
    Form(&'static Form),
    /// A whole number.
    Int,
    /// A whole number from the first to the last of these.
    IntIn(i64, i64),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A list of one shape.
    List(&'static Shape),
    /// An object with keys of the author's choice.
    MapOf(&'static Shape),
    /// An object with known fields.
    Object(&'static ObjectShape),
    /// An any/all object, or the deprecated plain list of conditions.
    Conditions,
}

/// An object with known fields.
#[derive(Debug)]
pub(super) struct ObjectShape {
    /// What messages call it.
    pub(super) title: &'static str,
    /// Its fields.
    pub(super) fields: &'static [Field],
    /// Rules between fields.
    pub(super) constraints: &'static [Constraint],
}

/// A rule between the fields of an object.
#[derive(Debug)]
pub(super) enum Constraint {
    /// At most one of these may be given.
    AtMostOne(&'static [&'static str]),
    /// A text field has a form.
    Form(&'static str, &'static Form),
    /// Exactly one of these must be given.
    ExactlyOne(&'static [&'static str]),
    /// All of these must be given, unless another field is.
    AllUnless {
        /// What is needed.
        fields: &'static [&'static str],
        /// Any of these does.
        unless: &'static [&'static str],
    },
}

/// A field of an object.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// What it takes.
    pub(super) shape: Shape,
    /// Whether it must be given.
    pub(super) required: bool,
    /// What to write instead, when it is deprecated.
    pub(super) successor: Option<&'static str>,
    /// What becomes of the owner when the field is there and empty, where that is no use to anyone.
    pub(super) when_empty: Option<&'static str>,
    /// What it is for.
    pub(super) doc: &'static str,
}

impl Field {
    /// A field that may be left out.
    const fn new(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, required: false, successor: None, when_empty: None, doc }
    }

    /// A field that must be given.
    const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { required: true, ..Self::new(name, shape, doc) }
    }

    /// A field that still works, and what to write instead.
    const fn deprecated(name: &'static str, shape: Shape, successor: &'static str, doc: &'static str) -> Self {
        Self { successor: Some(successor), ..Self::new(name, shape, doc) }
    }

    /// The field with what becomes of its owner when it is empty.
    const fn filled(self, when_empty: &'static str) -> Self {
        Self { when_empty: Some(when_empty), ..self }
    }
}

impl ObjectShape {
    /// The field of a name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Shape {
    /// The word for what is expected.
    pub(super) fn expected(&self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Text | Self::Choice(_) | Self::Form(_) => "text",
            Self::Bool => "`true` or `false`",
            Self::Int | Self::IntIn(..) => "a whole number",
            Self::List(_) => "a list",
            Self::MapOf(_) | Self::Object(_) => "an object",
            Self::Conditions => "an object with `any` or `all`",
        }
    }

    /// The object that this shape is, or is a list of.
    pub(super) fn object(&self) -> Option<&'static ObjectShape> {
        match self {
            Self::Object(object) => Some(object),
            Self::List(item) => item.object(),
            Self::Conditions => Some(&context::ANY_ALL),
            Self::Any
            | Self::Text
            | Self::Bool
            | Self::Int
            | Self::IntIn(..)
            | Self::Choice(_)
            | Self::Form(_)
            | Self::MapOf(_) => None,
        }
    }
}

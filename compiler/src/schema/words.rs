//! Types in words.

use super::graph::{Format, Graph, Type, TypeId};

impl Format {
    /// What a text of the format is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plain | Self::Annotation => "text",
            Self::Quantity => "a quantity",
            Self::Time => "a time",
            Self::Bytes => "text in base64",
            Self::Address => "an IP address",
            Self::Cidr => "a block of addresses such as `10.0.0.0/8`",
            Self::Name => "a name",
            Self::Subdomain => "a name of small letters, digits, `-` and `.`",
            Self::DnsLabel => "a name of at most 63 small letters, digits and `-`",
            Self::Label => "the value of a label: at most 63 letters, digits, `-`, `_` and `.`",
            Self::Image => "the reference of an image",
        }
    }
}

impl Graph {
    /// What a type is called in a sentence: `a list`, `text`.
    pub fn words(&self, ty: TypeId) -> &'static str {
        match self.ty(ty) {
            Type::Any => "any value",
            Type::Bool => "a truth value",
            Type::Integer(_) => "a whole number",
            Type::Number => "a number",
            Type::Enum(_) => "text",
            Type::Text(format) => format.words(),
            Type::IntegerOrText(_) => "a whole number or text",
            Type::List { .. } => "a list",
            Type::Map(_) | Type::Object(_) => "an object",
        }
    }

    /// What an author calls a type: the name of an object such as `PodSpec`, else words.
    pub fn title(&self, ty: TypeId) -> String {
        match self.object(ty).map(|object| self.name(object.name)) {
            Some("") | None => self.words(ty).to_owned(),
            Some(name) => format!("`{name}`"),
        }
    }
}

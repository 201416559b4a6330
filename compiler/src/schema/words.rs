//! Types in words.

use super::graph::{Format, Graph, Type, TypeId};

impl Graph {
    /// What a type is called in a sentence: `a list`, `text`.
    pub fn words(&self, ty: TypeId) -> &'static str {
        match self.ty(ty) {
            Type::Any => "any value",
            Type::Bool => "a truth value",
            Type::Integer(_) => "a whole number",
            Type::Number => "a number",
            Type::Text(Format::Plain | Format::Annotation) | Type::Enum(_) => "text",
            Type::Text(Format::Quantity) => "a quantity",
            Type::Text(Format::Time) => "a time",
            Type::Text(Format::Bytes) => "text in base64",
            Type::Text(Format::Address) => "an IP address",
            Type::Text(Format::Cidr) => "a block of addresses such as `10.0.0.0/8`",
            Type::IntegerOrText(_) => "a whole number or text",
            Type::Text(Format::Name) => "a name",
            Type::Text(Format::DnsLabel) => "a name of at most 63 small letters, digits and `-`",
            Type::Text(Format::Label) => "the value of a label: at most 63 letters, digits, `-`, `_` and `.`",
            Type::Text(Format::Image) => "the reference of an image",
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

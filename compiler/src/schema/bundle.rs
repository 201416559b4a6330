//! The embedded types: a compact form of a [`Graph`], compressed, and its descriptions beside it.
//!
//! Numbers are in LEB128. In order: the names; the types; the objects with their fields; the kinds. Descriptions stand
//! one a line, in the order of objects and fields.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::graph::{Bounds, Field, Format, Graph, Kind, NameId, Object, ObjectId, Type, TypeId, Versions};

/// More than both parts of the bundle have by far.
const LONGEST: usize = 64 << 20;
const LEVEL: u8 = 10;

/// A bundle that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bundle of schemas is damaged")]
pub struct Damaged;

/// The types and kinds of a graph, and the descriptions of its fields, both compressed.
pub fn encode(graph: &Graph) -> (Vec<u8>, Vec<u8>) {
    let mut out = Writer(Vec::new());
    out.list(&graph.names, |out, name| out.text(name));
    out.list(&graph.types, Writer::ty);
    let mut docs = String::new();
    out.list(&graph.objects, |out, object| {
        out.number(object.name.0);
        out.number(object.is_open.into());
        out.list(&object.fields, |out, field| {
            docs.push_str(graph.docs.get(field.doc as usize).map_or("", |doc| doc));
            docs.push('\n');
            out.number(field.name.0);
            out.number(field.ty.0 << 1 | u32::from(field.required));
            out.versions(&field.versions);
        });
    });
    out.list(&graph.kinds, |out, kind| {
        out.number(kind.group.0);
        out.number(kind.version.0);
        out.number(kind.kind.0);
        out.number(kind.ty.0 << 1 | u32::from(kind.is_namespaced));
        out.versions(&kind.versions);
        out.list(&kind.subresources, |out, (name, ty)| {
            out.number(name.0);
            out.number(ty.0);
        });
    });
    (compress_to_vec(&out.0, LEVEL), compress_to_vec(docs.as_bytes(), LEVEL))
}

/// The graph of [`encode`]'s first part.
///
/// # Errors
/// When it was not made by [`encode`].
pub fn decode(bundle: &[u8]) -> Result<Graph, Damaged> {
    let bytes = decompress_to_vec_with_limit(bundle, LONGEST).map_err(|_| Damaged)?;
    let mut bytes = Reader(&bytes);
    let names = bytes.list(Reader::text)?;
    let types = bytes.list(Reader::ty)?;
    let mut doc = 0;
    let objects = bytes.list(|bytes| {
        let name = NameId(bytes.number()?);
        let is_open = bytes.number()? == 1;
        let fields = bytes.list(|bytes| {
            let name = NameId(bytes.number()?);
            let packed = bytes.number()?;
            let versions = bytes.versions()?;
            doc += 1;
            Ok(Field { name, ty: TypeId(packed >> 1), versions, required: packed & 1 == 1, doc: doc - 1 })
        })?;
        Ok(Object { name, fields, is_open })
    })?;
    let kinds = bytes.list(|bytes| {
        let (group, version, kind) = (NameId(bytes.number()?), NameId(bytes.number()?), NameId(bytes.number()?));
        let packed = bytes.number()?;
        let versions = bytes.versions()?;
        let subresources = bytes.list(|bytes| Ok((NameId(bytes.number()?), TypeId(bytes.number()?))))?;
        let (is_namespaced, ty) = (packed & 1 == 1, TypeId(packed >> 1));
        Ok(Kind { group, version, kind, is_namespaced, versions, ty, subresources })
    })?;
    Ok(Graph::of_parts(names, types, objects, kinds))
}

/// The descriptions of [`encode`]'s second part.
///
/// # Errors
/// When it was not made by [`encode`].
pub(super) fn decode_docs(docs: &[u8]) -> Result<Vec<Box<str>>, Damaged> {
    let bytes = decompress_to_vec_with_limit(docs, LONGEST).map_err(|_| Damaged)?;
    let text = String::from_utf8(bytes).map_err(|_| Damaged)?;
    Ok(text.lines().map(Into::into).collect())
}

/// The number that each type begins with.
mod tag {
    pub(super) const ANY: u32 = 0;
    pub(super) const BOOL: u32 = 1;
    pub(super) const INTEGER: u32 = 2;
    pub(super) const NUMBER: u32 = 3;
    pub(super) const PLAIN: u32 = 4;
    pub(super) const QUANTITY: u32 = 5;
    pub(super) const TIME: u32 = 6;
    pub(super) const BYTES: u32 = 7;
    pub(super) const ENUM: u32 = 8;
    pub(super) const INTEGER_OR_TEXT: u32 = 9;
    pub(super) const LIST: u32 = 10;
    pub(super) const MAP: u32 = 11;
    pub(super) const OBJECT: u32 = 12;
    pub(super) const ADDRESS: u32 = 13;
    pub(super) const CIDR: u32 = 14;
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u32);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u32);
        items.iter().for_each(|item| each(self, item));
    }

    fn versions(&mut self, versions: &Versions) {
        self.number((*versions.start()).into());
        self.number((*versions.end()).into());
    }

    fn ty(&mut self, ty: &Type) {
        self.number(match ty {
            Type::Any => tag::ANY,
            Type::Bool => tag::BOOL,
            Type::Integer(_) => tag::INTEGER,
            Type::Number => tag::NUMBER,
            // What these formats say beyond that is `narrowed`'s.
            Type::Text(
                Format::Plain
                | Format::Name
                | Format::Subdomain
                | Format::DnsLabel
                | Format::Label
                | Format::Annotation
                | Format::Image,
            ) => tag::PLAIN,
            Type::Text(Format::Quantity) => tag::QUANTITY,
            Type::Text(Format::Time) => tag::TIME,
            Type::Text(Format::Bytes) => tag::BYTES,
            Type::Text(Format::Address) => tag::ADDRESS,
            Type::Text(Format::Cidr) => tag::CIDR,
            Type::Enum(_) => tag::ENUM,
            Type::IntegerOrText(_) => tag::INTEGER_OR_TEXT,
            Type::List { .. } => tag::LIST,
            Type::Map(_) => tag::MAP,
            Type::Object(_) => tag::OBJECT,
        });
        match ty {
            Type::Enum(choices) => self.list(choices, |out, choice| out.number(choice.0)),
            Type::List { item, keys } => {
                self.number(item.0);
                self.list(keys, |out, key| out.number(key.0));
            }
            Type::Map(value) => self.number(value.0),
            Type::Object(object) => self.number(object.0),
            Type::Any | Type::Bool | Type::Integer(_) | Type::Number | Type::Text(_) | Type::IntegerOrText(_) => {}
        }
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn number(&mut self) -> Result<u32, Damaged> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Damaged)?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    fn text(&mut self) -> Result<Box<str>, Damaged> {
        let length = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(length).ok_or(Damaged)?;
        self.0 = rest;
        std::str::from_utf8(text).map(Into::into).map_err(|_| Damaged)
    }

    fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Result<T, Damaged>) -> Result<Vec<T>, Damaged> {
        let length = self.number()? as usize;
        let mut items = Vec::with_capacity(length.min(self.0.len()));
        for _ in 0..length {
            items.push(each(self)?);
        }
        Ok(items)
    }

    fn versions(&mut self) -> Result<Versions, Damaged> {
        let narrow = |number: u32| u8::try_from(number).map_err(|_| Damaged);
        Ok(narrow(self.number()?)?..=narrow(self.number()?)?)
    }

    fn ty(&mut self) -> Result<Type, Damaged> {
        Ok(match self.number()? {
            tag::ANY => Type::Any,
            tag::BOOL => Type::Bool,
            tag::INTEGER => Type::Integer(Bounds::NONE),
            tag::NUMBER => Type::Number,
            tag::PLAIN => Type::Text(Format::Plain),
            tag::QUANTITY => Type::Text(Format::Quantity),
            tag::TIME => Type::Text(Format::Time),
            tag::BYTES => Type::Text(Format::Bytes),
            tag::ENUM => Type::Enum(self.list(|bytes| bytes.number().map(NameId))?),
            tag::INTEGER_OR_TEXT => Type::IntegerOrText(Bounds::NONE),
            tag::LIST => {
                let item = TypeId(self.number()?);
                Type::List { item, keys: self.list(|bytes| bytes.number().map(NameId))? }
            }
            tag::MAP => Type::Map(TypeId(self.number()?)),
            tag::ADDRESS => Type::Text(Format::Address),
            tag::CIDR => Type::Text(Format::Cidr),
            tag::OBJECT => Type::Object(ObjectId(self.number()?)),
            _ => return Err(Damaged),
        })
    }
}

//! A whole document as a value, for what a frame does not hold.

use std::cell::RefCell;
use std::sync::Arc;

use dikast_stdlib::{Object, Value};

use super::fault::Fault;
use super::scanner::{Number, Scanned, Scanner, StringToken};
use super::{DocumentError, text_of};

/// Reads a document. Of two equal keys the last counts.
///
/// # Errors
///
/// When the bytes are not one valid JSON document.
pub fn read_value(body: &[u8]) -> Result<Value, DocumentError> {
    read_text(text_of(body)?)
}

/// Reads a document that is known to be UTF-8.
///
/// # Errors
///
/// When the text is not one valid JSON document.
pub(crate) fn read_text(text: &str) -> Result<Value, DocumentError> {
    let mut scanner = Scanner::new(text);
    let read = NAMES.with_borrow_mut(|names| {
        let mut reader = ValueReader { scanner: &mut scanner, names, unescaped: String::new() };
        let value = reader.value()?;
        reader.scanner.end()?;
        Ok(value)
    });
    read.map_err(|_: super::scanner::Failed| scanner.error().into())
}

thread_local! {
    /// Names of members come again in every request.
    static NAMES: RefCell<Names> = const { RefCell::new(Names(Vec::new())) };
}

/// Names that were seen lately, by a few of their bytes.
struct Names(Vec<Option<Arc<str>>>);

/// Names that are kept.
const NAMES_MAX: usize = 512;

/// Longer names are not kept.
const NAME_BYTES_MAX: usize = 40;

impl Names {
    fn get(&mut self, name: &str) -> Arc<str> {
        if name.len() > NAME_BYTES_MAX {
            return name.into();
        }
        if self.0.is_empty() {
            self.0.resize(NAMES_MAX, None);
        }
        let bytes = name.as_bytes();
        let at = |place: usize| bytes.get(place).copied().map_or(0, u64::from);
        let mixed =
            at(0) | at(bytes.len() / 2) << 8 | at(bytes.len().wrapping_sub(1)) << 16 | (bytes.len() as u64) << 24;
        // A multiplication spreads all bits to the highest ones (Knuth, "multiplicative hashing").
        let place = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55;
        match self.0.get_mut(place as usize) {
            Some(Some(known)) if **known == *name => Arc::clone(known),
            Some(place) => Arc::clone(place.insert(name.into())),
            None => name.into(),
        }
    }
}

struct ValueReader<'r, 'b> {
    scanner: &'r mut Scanner<'b>,
    names: &'r mut Names,
    unescaped: String,
}

impl ValueReader<'_, '_> {
    /// Nesting is bounded by the scanner.
    fn value(&mut self) -> Scanned<Value> {
        Ok(match self.scanner.token() {
            b'{' => self.object()?,
            b'[' => self.list()?,
            b'"' => {
                let string = self.scanner.string()?;
                Value::Text(self.characters(string)?.into())
            }
            b't' => self.scanner.literal("true").map(|()| Value::Bool(true))?,
            b'f' => self.scanner.literal("false").map(|()| Value::Bool(false))?,
            b'n' => self.scanner.literal("null").map(|()| Value::Null)?,
            b'-' | b'0'..=b'9' => match self.scanner.number()? {
                Number::Int(number) => Value::Int(number),
                Number::Float(number) => Value::Float(number),
            },
            _ => return self.scanner.fault(Fault::Value),
        })
    }

    fn object(&mut self) -> Scanned<Value> {
        self.scanner.open()?;
        let mut members = Object::new();
        let mut first = true;
        while self.scanner.another(first, b'}')? {
            first = false;
            let key = self.scanner.key()?;
            let key = if key.escaped {
                Arc::from(self.characters(key)?)
            } else {
                let name = self.scanner.raw(key);
                self.names.get(name)
            };
            let value = self.value()?;
            members.insert(key, value);
        }
        Ok(Value::Object(Arc::new(members)))
    }

    fn list(&mut self) -> Scanned<Value> {
        self.scanner.open()?;
        let mut items = Vec::new();
        while self.scanner.another(items.is_empty(), b']')? {
            items.push(self.value()?);
        }
        Ok(Value::List(Arc::new(items)))
    }

    fn characters(&mut self, string: StringToken) -> Scanned<&str> {
        if !string.escaped {
            return Ok(self.scanner.raw(string));
        }
        self.unescaped.clear();
        self.scanner.unescape(string, &mut self.unescaped)?;
        Ok(&self.unescaped)
    }
}

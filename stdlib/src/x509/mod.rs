//! Certificates and certificate requests as Kyverno shows them: Go's `x509.Certificate` and `x509.CertificateRequest`
//! in JSON (Kyverno `pkg/engine/jmespath/functions.go`, `jpX509Decode`; Go `crypto/x509`).
//!
//! The members have the names of Go's fields; bytes are Base64, object identifiers lists of numbers, absent lists null.
//! Only RSA keys are taken, because Kyverno takes no others.

mod algorithm;
mod certificate;
mod constraints;
mod der;
mod extensions;
mod general_name;
mod name;
mod pem;
mod request;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{Object, Value};
use der::Oid;

/// Why a text is no certificate or request, in Go's and Kyverno's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum X509Error {
    /// The text has no PEM block.
    #[error("failed to decode PEM block")]
    NoPem,
    /// The first PEM block is something else.
    #[error("PEM block neither contains a CERTIFICATE or CERTIFICATE REQUEST")]
    OtherBlock,
    /// The key is no RSA key.
    #[error("certificate should use rsa algorithm")]
    OtherKey,
    /// A part has not the form that it must have.
    #[error("x509: {0}")]
    Malformed(&'static str),
    /// An extension is there twice.
    #[error("x509: certificate contains duplicate extension with OID \"{0}\"")]
    DuplicateExtension(String),
    /// A name in the certificate that Go refuses.
    #[error("x509: cannot parse {kind} {text:?}")]
    Name {
        /// What kind of name.
        kind: &'static str,
        /// The name.
        text: String,
    },
    /// A number that no float can hold.
    #[error("json: cannot unmarshal number {0} into Go value of type float64")]
    Number(String),
}

/// The certificate or request in the first PEM block of a text, as Go's struct in JSON.
///
/// # Errors
///
/// Anything that Kyverno refuses, keys other than RSA among them.
pub fn decode(text: &str) -> Result<Value, X509Error> {
    let block = pem::first_block(text).ok_or(X509Error::NoPem)?;
    match block.label {
        "CERTIFICATE" => certificate::parse(&block.bytes),
        "CERTIFICATE REQUEST" => request::parse(&block.bytes),
        _ => Err(X509Error::OtherBlock),
    }
}

/// A certificate or request while it is read: Go's fields by name.
#[derive(Default)]
struct Fields(Object);

impl Fields {
    /// All fields with their values when nothing is known.
    fn with_defaults(absent: &[&str], zero: &[&str], no: &[&str]) -> Self {
        let mut fields = Self::default();
        absent.iter().for_each(|name| fields.set(name, Value::Null));
        zero.iter().for_each(|name| fields.set(name, number(0)));
        no.iter().for_each(|name| fields.set(name, Value::Bool(false)));
        fields
    }

    fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// Sets a list; an empty one is null.
    fn set_list(&mut self, name: &str, items: Vec<Value>) {
        self.set(name, list_or_null(items));
    }

    fn into_value(self) -> Value {
        Value::Object(Arc::new(self.0))
    }
}

fn list_or_null(items: Vec<Value>) -> Value {
    if items.is_empty() { Value::Null } else { Value::list(items) }
}

fn bytes(bytes: &[u8]) -> Value {
    Value::text(STANDARD.encode(bytes))
}

fn number(number: i64) -> Value {
    Value::Float(number as f64)
}

fn oid_numbers(oid: &Oid) -> Value {
    Value::list(oid.iter().map(|part| number(i64::from(*part))))
}

fn oid_text(oid: &Oid) -> String {
    oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;

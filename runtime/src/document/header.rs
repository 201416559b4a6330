//! The part of a review that says which unit it belongs to.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::DocumentError;

/// What is known of a request before its object is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header<'b> {
    /// `apiVersion` of the review, where it stands before the request.
    pub api_version: Cow<'b, str>,
    /// `kind` of the review, where it stands before the request.
    pub review_kind: Cow<'b, str>,
    /// Identifies the review.
    pub uid: Cow<'b, str>,
    /// The object's kind.
    pub kind: KindName<'b>,
    /// The resource that was asked for.
    pub resource: ResourceName<'b>,
    /// The subresource; empty for none.
    pub sub_resource: Cow<'b, str>,
    /// Name of the object; may be empty on CREATE.
    pub name: Cow<'b, str>,
    /// Namespace of the object; empty for cluster scope.
    pub namespace: Cow<'b, str>,
    /// What is being done.
    pub operation: Cow<'b, str>,
    /// Who does it.
    pub user: UserName<'b>,
}

/// Name and groups of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct UserName<'b> {
    /// User name.
    #[serde(borrow)]
    pub username: Cow<'b, str>,
    /// Groups.
    #[serde(borrow, deserialize_with = "texts_or_null")]
    pub groups: Vec<Cow<'b, str>>,
}

fn texts_or_null<'b, D: Deserializer<'b>>(deserializer: D) -> Result<Vec<Cow<'b, str>>, D::Error> {
    let texts = Option::<Vec<Borrowed<'b>>>::deserialize(deserializer)?;
    Ok(texts.unwrap_or_default().into_iter().map(|text| text.0).collect())
}

/// Group, version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct KindName<'b> {
    /// API group; empty for the core group.
    #[serde(borrow)]
    pub group: Cow<'b, str>,
    /// API version.
    #[serde(borrow)]
    pub version: Cow<'b, str>,
    /// Kind.
    #[serde(borrow)]
    pub kind: Cow<'b, str>,
}

/// Group, version and resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ResourceName<'b> {
    /// API group; empty for the core group.
    #[serde(borrow)]
    pub group: Cow<'b, str>,
    /// API version.
    #[serde(borrow)]
    pub version: Cow<'b, str>,
    /// Resource, in plural.
    #[serde(borrow)]
    pub resource: Cow<'b, str>,
}

impl<'b> Header<'b> {
    /// Reads as far as needed. The API server writes the members of a request in a fixed order, all of these before
    /// the object; then the object is not looked at. In any other order the whole review is read.
    ///
    /// # Errors
    ///
    /// When the part that was read is not valid JSON, or a member has the wrong type. What comes after is not checked
    /// here.
    pub fn peek(body: &'b [u8]) -> Result<Self, DocumentError> {
        let body = std::str::from_utf8(body)?;
        let mut header = Header::default();
        let mut complete = false;
        let mut parser = serde_json::Deserializer::from_str(body);
        match (ReviewSeed { header: &mut header, complete: &mut complete }).deserialize(&mut parser) {
            Ok(()) => Ok(header),
            Err(_) if complete => Ok(header),
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads a review up to its request.
struct ReviewSeed<'h, 'b> {
    header: &'h mut Header<'b>,
    complete: &'h mut bool,
}

impl<'b> DeserializeSeed<'b> for ReviewSeed<'_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'b> Visitor<'b> for ReviewSeed<'_, 'b> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an admission review")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<Borrowed<'b>>()? {
            match &*key.0 {
                "request" => {
                    let seed = RequestSeed { header: &mut *self.header, complete: &mut *self.complete };
                    members.next_value_seed(seed)?;
                }
                "apiVersion" => self.header.api_version = members.next_value::<Text<'b>>()?.0,
                "kind" => self.header.review_kind = members.next_value::<Text<'b>>()?.0,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Reads a request up to its object.
struct RequestSeed<'h, 'b> {
    header: &'h mut Header<'b>,
    complete: &'h mut bool,
}

impl<'b> DeserializeSeed<'b> for RequestSeed<'_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'b> Visitor<'b> for RequestSeed<'_, 'b> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an admission request")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<Borrowed<'b>>()? {
            match &*key.0 {
                "uid" => self.header.uid = members.next_value::<Text<'b>>()?.0,
                "kind" => self.header.kind = members.next_value()?,
                "resource" => self.header.resource = members.next_value()?,
                "subResource" => self.header.sub_resource = members.next_value::<Text<'b>>()?.0,
                "name" => self.header.name = members.next_value::<Text<'b>>()?.0,
                "namespace" => self.header.namespace = members.next_value::<Text<'b>>()?.0,
                "operation" => self.header.operation = members.next_value::<Text<'b>>()?.0,
                "userInfo" => self.header.user = members.next_value()?,
                "object" if !self.header.operation.is_empty() && !self.header.kind.kind.is_empty() => {
                    *self.complete = true;
                    return Err(A::Error::custom("the header is complete"));
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Text that is borrowed unless it has escapes.
#[derive(Deserialize)]
struct Borrowed<'b>(#[serde(borrow)] Cow<'b, str>);

/// Text that may be null.
struct Text<'b>(Cow<'b, str>);

impl<'b> Deserialize<'b> for Text<'b> {
    fn deserialize<D: Deserializer<'b>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<Borrowed<'b>>::deserialize(deserializer)?.map(|text| text.0).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_without_the_object() {
        let body = br#"{"kind":"AdmissionReview","request":{"uid":"u","kind":{"group":"","version":"v1","kind":"Pod"},
            "operation":"CREATE","namespace":"n\u0073","object":{"broken"#;
        let header = Header::peek(body).unwrap();
        assert_eq!((&*header.uid, &*header.kind.kind, &*header.operation), ("u", "Pod", "CREATE"));
        assert_eq!(header.namespace, "ns");
    }

    #[test]
    fn any_order_is_read() {
        let body = br#"{"request":{"object":{"a":[1]},"name":null,"operation":"UPDATE","kind":{"kind":"Pod"}}}"#;
        let header = Header::peek(body).unwrap();
        assert_eq!((&*header.kind.kind, &*header.operation, &*header.name), ("Pod", "UPDATE", ""));
    }

    #[test]
    fn faults_before_the_object_are_errors() {
        assert!(Header::peek(b"{\"request\":{\"uid\":5}}").is_err());
        assert!(Header::peek(b"[]").is_err());
        assert!(Header::peek(b"{\"a\":\"\xff\"}").is_err());
    }
}

//! The part of a review that says which unit it belongs to.

use std::borrow::Cow;

use super::fault::Fault;
use super::scanner::{Scanned, Scanner, StringToken};
use super::{DocumentError, text_of};

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserName<'b> {
    /// User name.
    pub username: Cow<'b, str>,
    /// Groups.
    pub groups: Groups<'b>,
}

/// The groups of a user, read when they are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups<'b> {
    /// A list of strings, as written, or nothing.
    list: &'b str,
}

/// Group, version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindName<'b> {
    /// API group; empty for the core group.
    pub group: Cow<'b, str>,
    /// API version.
    pub version: Cow<'b, str>,
    /// Kind.
    pub kind: Cow<'b, str>,
}

/// Group, version and resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceName<'b> {
    /// API group; empty for the core group.
    pub group: Cow<'b, str>,
    /// API version.
    pub version: Cow<'b, str>,
    /// Resource, in plural.
    pub resource: Cow<'b, str>,
}

impl<'b> Header<'b> {
    /// Reads as far as needed. The API server writes the members of a request in a fixed order, all of these before
    /// the object; then the object is not looked at. In any other order the whole review is read. Allocates nothing
    /// unless a text has escapes.
    ///
    /// # Errors
    ///
    /// When the part that was read is not valid JSON, or a member has the wrong type. What comes after is not checked
    /// here.
    pub fn peek(body: &'b [u8]) -> Result<Self, DocumentError> {
        let mut header = Header::default();
        let mut scanner = Scanner::new(text_of(body)?);
        match header.read(&mut scanner) {
            Ok(()) => Ok(header),
            Err(_) => Err(scanner.error().into()),
        }
    }

    fn read(&mut self, scanner: &mut Scanner<'b>) -> Scanned<()> {
        if scanner.token() != b'{' {
            return scanner.fault(Fault::Type);
        }
        let mut complete = false;
        members(scanner, |scanner, key| {
            match key {
                "request" => complete = self.read_request(scanner)?,
                "apiVersion" => self.api_version = text(scanner)?,
                "kind" => self.review_kind = text(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(!complete)
        })
    }

    /// Reads a request up to its object. Tells whether the rest need not be read.
    fn read_request(&mut self, scanner: &mut Scanner<'b>) -> Scanned<bool> {
        let mut complete = false;
        members(scanner, |scanner, key| {
            match key {
                "uid" => self.uid = text(scanner)?,
                "kind" => self.kind.read(scanner)?,
                "resource" => self.resource.read(scanner)?,
                "subResource" => self.sub_resource = text(scanner)?,
                "name" => self.name = text(scanner)?,
                "namespace" => self.namespace = text(scanner)?,
                "operation" => self.operation = text(scanner)?,
                "userInfo" => self.user.read(scanner)?,
                "object" if !self.operation.is_empty() && !self.kind.kind.is_empty() => complete = true,
                _ => scanner.skip()?,
            }
            Ok(!complete)
        })?;
        Ok(complete)
    }
}

impl<'b> KindName<'b> {
    fn read(&mut self, scanner: &mut Scanner<'b>) -> Scanned<()> {
        *self = Self::default();
        members(scanner, |scanner, key| {
            match key {
                "group" => self.group = text(scanner)?,
                "version" => self.version = text(scanner)?,
                "kind" => self.kind = text(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(true)
        })
    }
}

impl<'b> ResourceName<'b> {
    fn read(&mut self, scanner: &mut Scanner<'b>) -> Scanned<()> {
        *self = Self::default();
        members(scanner, |scanner, key| {
            match key {
                "group" => self.group = text(scanner)?,
                "version" => self.version = text(scanner)?,
                "resource" => self.resource = text(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(true)
        })
    }
}

impl<'b> UserName<'b> {
    fn read(&mut self, scanner: &mut Scanner<'b>) -> Scanned<()> {
        *self = Self::default();
        members(scanner, |scanner, key| {
            match key {
                "username" => self.username = text(scanner)?,
                "groups" => self.groups = Groups::read(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(true)
        })
    }
}

impl<'b> Groups<'b> {
    /// Looks at each group once, so that reading them later cannot fail.
    fn read(scanner: &mut Scanner<'b>) -> Scanned<Self> {
        let token = scanner.token();
        let start = scanner.at();
        match token {
            b'[' => items(scanner, |group| group.map(drop))?,
            _ => null(scanner)?,
        }
        Ok(Self { list: scanner.since(start) })
    }

    /// The list as it is written; what is written alike has the same groups.
    pub fn as_written(self) -> &'b str {
        self.list
    }

    /// The groups in order.
    pub fn to_vec(self) -> Vec<Cow<'b, str>> {
        let mut groups = Vec::new();
        let mut scanner = Scanner::new(self.list);
        if scanner.token() == b'[' {
            // Read once before without an error.
            let _ = items(&mut scanner, |group| group.map(|group| groups.push(group)));
        }
        groups
    }
}

/// Reads the texts of a list.
fn items<'b>(scanner: &mut Scanner<'b>, mut item: impl FnMut(Scanned<Cow<'b, str>>) -> Scanned<()>) -> Scanned<()> {
    scanner.open()?;
    let mut first = true;
    while scanner.another(first, b']')? {
        item(text(scanner))?;
        first = false;
    }
    Ok(())
}

/// Reads the members of an object, or null; `member` reads one value and tells whether to go on.
fn members<'b>(
    scanner: &mut Scanner<'b>,
    mut member: impl FnMut(&mut Scanner<'b>, &str) -> Scanned<bool>,
) -> Scanned<()> {
    if scanner.token() != b'{' {
        return null(scanner);
    }
    scanner.open()?;
    let mut first = true;
    while scanner.another(first, b'}')? {
        let key = scanner.key()?;
        let key = characters(scanner, key)?;
        if !member(scanner, &key)? {
            break;
        }
        first = false;
    }
    Ok(())
}

/// Reads a text that may be null.
fn text<'b>(scanner: &mut Scanner<'b>) -> Scanned<Cow<'b, str>> {
    if scanner.token() == b'"' {
        let string = scanner.string()?;
        return characters(scanner, string);
    }
    null(scanner)?;
    Ok(Cow::Borrowed(""))
}

fn null(scanner: &mut Scanner<'_>) -> Scanned<()> {
    if scanner.token() == b'n' { scanner.literal("null") } else { scanner.fault(Fault::Type) }
}

fn characters<'b>(scanner: &mut Scanner<'b>, string: StringToken) -> Scanned<Cow<'b, str>> {
    if !string.escaped {
        return Ok(Cow::Borrowed(scanner.raw(string)));
    }
    let mut characters = String::new();
    scanner.unescape(string, &mut characters)?;
    Ok(Cow::Owned(characters))
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
    fn groups_are_read_when_asked_for() {
        let body = br#"{"request":{"userInfo":{"groups":["a","b\u0063"],"username":"u"}}}"#;
        let user = Header::peek(body).unwrap().user;
        assert_eq!((&*user.username, user.groups.to_vec()), ("u", vec!["a".into(), "bc".into()]));
        assert!(Header::peek(br#"{"request":{"userInfo":{"groups":null}}}"#).unwrap().user.groups.to_vec().is_empty());
        assert!(Header::peek(br#"{"request":{"userInfo":{"groups":["a",1]}}}"#).is_err());
    }

    #[test]
    fn faults_before_the_object_are_errors() {
        assert!(Header::peek(b"{\"request\":{\"uid\":5}}").is_err());
        assert!(Header::peek(b"[]").is_err());
        assert!(Header::peek(b"{\"a\":\"\xff\"}").is_err());
    }
}

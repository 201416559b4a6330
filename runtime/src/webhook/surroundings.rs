//! What the host knows of requests, kept for the next request that is asked about the same.

use hashbrown::{Equivalent, HashMap};

use crate::document::Header;
use crate::request::Surroundings;

/// Users and namespaces that are kept at most.
const KEPT_MAX: usize = 1024;

/// Answers of a host, as long as the host says that they stand.
#[derive(Debug, Default)]
pub(super) struct KnownSurroundings {
    /// Which service's host, and its generation.
    of: (u64, u64),
    known: HashMap<Asked, Surroundings>,
}

/// What a host is asked about.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Asked {
    resource: [Box<str>; 3],
    sub_resource: Box<str>,
    namespace: Box<str>,
    user: Box<str>,
    /// As the review writes them.
    groups: Box<str>,
}

/// The part of a header that the host is asked about.
#[derive(PartialEq, Eq, Hash)]
struct AskedNow<'h> {
    // The fields and their order are those of `Asked`, and so is the hash.
    resource: [&'h str; 3],
    sub_resource: &'h str,
    namespace: &'h str,
    user: &'h str,
    groups: &'h str,
}

impl<'h> AskedNow<'h> {
    fn of(header: &'h Header<'_>) -> Self {
        let resource = &header.resource;
        Self {
            resource: [&resource.group, &resource.version, &resource.resource],
            sub_resource: &header.sub_resource,
            namespace: &header.namespace,
            user: &header.user.username,
            groups: header.user.groups.as_written(),
        }
    }

    fn to_asked(&self) -> Asked {
        Asked {
            resource: self.resource.map(Box::from),
            sub_resource: self.sub_resource.into(),
            namespace: self.namespace.into(),
            user: self.user.into(),
            groups: self.groups.into(),
        }
    }
}

impl Equivalent<Asked> for AskedNow<'_> {
    fn equivalent(&self, other: &Asked) -> bool {
        let Asked { resource: [group, version, resource], sub_resource, namespace, user, groups } = other;
        *self == AskedNow { resource: [group, version, resource], sub_resource, namespace, user, groups }
    }
}

impl KnownSurroundings {
    /// What is known of a request from this generation of this service's host.
    pub(super) fn get(&mut self, of: (u64, u64), header: &Header<'_>) -> Option<&Surroundings> {
        if self.of != of {
            *self = Self { of, ..Self::default() };
        }
        self.known.get(&AskedNow::of(header))
    }

    /// Keeps an answer.
    pub(super) fn keep(&mut self, of: (u64, u64), header: &Header<'_>, surroundings: Surroundings) {
        if self.of != of {
            *self = Self { of, ..Self::default() };
        }
        if self.known.len() >= KEPT_MAX {
            self.known.clear();
        }
        self.known.insert(AskedNow::of(header).to_asked(), surroundings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_until_the_generation_changes() {
        let body = br#"{"request":{"kind":{"kind":"Pod"},"operation":"CREATE","namespace":"n","subResource":"s",
            "resource":{"group":"g","version":"v","resource":"r"},"userInfo":{"username":"u","groups":["a","b"]}}}"#;
        let header = Header::peek(body).unwrap();
        let mut known = KnownSurroundings::default();
        assert!(known.get((1, 1), &header).is_none());
        known.keep((1, 1), &header, Surroundings { roles: vec!["n:x".into()], ..Default::default() });
        assert_eq!(known.get((1, 1), &header).map(|found| found.roles.len()), Some(1));
        let other = Header { namespace: "m".into(), ..header.clone() };
        assert!(known.get((1, 1), &other).is_none());
        assert!(known.get((1, 2), &header).is_none());
        assert!(known.get((1, 1), &header).is_none());
    }
}

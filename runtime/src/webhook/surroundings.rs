//! What the host knows of requests, kept for the next request that is asked about the same.

use std::hash::{Hash, Hasher};

use hashbrown::{Equivalent, HashMap};

use crate::document::Header;
use crate::request::{RequestHead, Surroundings};

/// Users and namespaces that are kept at most.
const KEPT_MAX: usize = 1024;

/// Answers of a host, as long as the host says that they stand.
#[derive(Debug, Default)]
pub(super) struct KnownSurroundings {
    /// Which service's host, and its generation.
    of: (u64, u64),
    known: HashMap<RequestHead, Surroundings>,
}

/// The part of a header that the host is asked about. Hashes like [`RequestHead`].
struct Asked<'h, 'b>(&'h Header<'b>);

impl Hash for Asked<'_, '_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let header = self.0;
        header.resource.group.hash(state);
        header.resource.version.hash(state);
        header.resource.resource.hash(state);
        header.sub_resource.hash(state);
        header.namespace.hash(state);
        header.user.username.hash(state);
        header.user.groups.hash(state);
    }
}

impl Equivalent<RequestHead> for Asked<'_, '_> {
    fn equivalent(&self, head: &RequestHead) -> bool {
        let header = self.0;
        let groups = header.user.groups.iter().map(|group| &**group);
        *header.user.username == *head.user.name
            && *header.namespace == *head.namespace
            && *header.sub_resource == *head.sub_resource
            && *header.resource.resource == *head.resource.resource
            && *header.resource.group == *head.resource.group
            && *header.resource.version == *head.resource.version
            && groups.eq(head.user.groups.iter().map(|group| &**group))
    }
}

impl KnownSurroundings {
    /// What is known of a request from this generation of this service's host.
    pub(super) fn get(&mut self, of: (u64, u64), header: &Header<'_>) -> Option<&Surroundings> {
        if self.of != of {
            *self = Self { of, ..Self::default() };
        }
        self.known.get(&Asked(header))
    }

    /// Keeps an answer.
    pub(super) fn keep(&mut self, of: (u64, u64), head: RequestHead, surroundings: Surroundings) {
        if self.of != of {
            *self = Self { of, ..Self::default() };
        }
        if self.known.len() >= KEPT_MAX {
            self.known.clear();
        }
        self.known.insert(head, surroundings);
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
        known.keep(
            (1, 1),
            RequestHead::from(&header),
            Surroundings { roles: vec!["n:x".into()], ..Default::default() },
        );
        assert_eq!(known.get((1, 1), &header).map(|found| found.roles.len()), Some(1));
        let other = Header { namespace: "m".into(), ..header.clone() };
        assert!(known.get((1, 1), &other).is_none());
        assert!(known.get((1, 2), &header).is_none());
        assert!(known.get((1, 1), &header).is_none());
    }
}

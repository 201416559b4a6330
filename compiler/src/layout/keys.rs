//! Names of members, found in a text by their length and first bytes.

use super::NodeId;

/// Bytes of a name that are compared at once.
const HEAD: usize = 8;

/// The names that are needed of one object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Keys {
    /// One bit for each length; long ones share the highest.
    lengths: u64,
    keys: Vec<Key>,
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    /// The first bytes, then zeros.
    head: u64,
    length: u32,
    node: NodeId,
    /// The bytes behind the head.
    tail: Box<[u8]>,
}

fn length_bit(length: u32) -> u64 {
    1 << length.min(63)
}

impl Keys {
    pub(super) fn new(members: &[(Box<str>, NodeId)]) -> Self {
        let keys: Vec<Key> = members
            .iter()
            .map(|(name, node)| {
                let (head, tail) = name.as_bytes().split_at(name.len().min(HEAD));
                let mut first = [0; HEAD];
                first[..head.len()].copy_from_slice(head);
                Key { head: u64::from_le_bytes(first), length: name.len() as u32, node: *node, tail: tail.into() }
            })
            .collect();
        Self { lengths: keys.iter().map(|key| length_bit(key.length)).fold(0, |all, bit| all | bit), keys }
    }

    /// The node of the name that stands in a text.
    #[inline]
    pub(super) fn find(&self, text: &[u8], start: usize, length: u32) -> Option<NodeId> {
        if self.lengths & length_bit(length) == 0 {
            return None;
        }
        let rest = text.get(start..)?;
        let first = match rest.first_chunk::<HEAD>() {
            Some(first) => *first,
            None => {
                let mut first = [0; HEAD];
                first.get_mut(..rest.len())?.copy_from_slice(rest);
                first
            }
        };
        let beyond = 8 * HEAD.saturating_sub(length as usize);
        let head = if beyond == 64 { 0 } else { u64::from_le_bytes(first) << beyond >> beyond };
        let found = self.keys.iter().find(|key| {
            key.length == length && key.head == head && {
                key.tail.is_empty() || rest.get(HEAD..length as usize) == Some(&*key.tail)
            }
        });
        found.map(|key| key.node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_length_are_found_where_they_stand() {
        let name = |length: usize| "abcdefghij".repeat(9)[..length].to_owned();
        let members: Vec<(Box<str>, NodeId)> = (0..80).map(|at| (name(at).into(), NodeId(at as u32))).collect();
        let keys = Keys::new(&members);
        for length in 0..80 {
            for behind in ["", "\"", "\":{\"more\":1}"] {
                let text = format!("{{\"{}{behind}", name(length));
                assert_eq!(keys.find(text.as_bytes(), 2, length as u32), Some(NodeId(length as u32)));
                let other = text.replacen('a', "b", 1);
                assert_eq!(keys.find(other.as_bytes(), 2, length as u32).is_none(), length > 0);
            }
        }
        assert_eq!(keys.find(b"abc", 9, 1), None);
    }
}

//! What units are made of, in a few bytes: units of two programs with the same fingerprint have the same code.

use dikast_compiler::ir::{PolicyId, Program, RuleId};
use dikast_compiler::unit::Unit;
use sha2::{Digest, Sha256};

/// Identifies a text or what is made of several.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of parts. Where one part ends and the next begins counts.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().take(8).try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// The fingerprints of the documents that a program was lowered from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprints {
    /// One for each policy of the program.
    pub policies: Vec<Fingerprint>,
    /// That of all exceptions together.
    pub exceptions: Fingerprint,
}

impl Fingerprints {
    /// The fingerprint of a unit. Nothing but the documents of its policies, their order, the exceptions and the unit's
    /// own name has a part in its code; nothing if a policy has none.
    pub fn of_unit(&self, program: &Program, unit: &Unit, rules: &[RuleId]) -> Option<Fingerprint> {
        let mut policies: Vec<PolicyId> = rules.iter().map(|rule| program.rule(*rule).policy).collect();
        policies.dedup();
        let documents = policies
            .iter()
            .map(|policy| self.policies.get(policy.index()).map(|fingerprint| fingerprint.0.as_slice()))
            .collect::<Option<Vec<&[u8]>>>()?;
        let kinds = [&unit.kind, &unit.object].map(|kind| [&kind.group, &kind.version, &kind.kind]);
        let name = kinds.iter().flatten().map(|part| part.as_bytes());
        let name = name.chain([unit.subresource.as_bytes(), unit.operation.as_str().as_bytes()]);
        Some(Fingerprint::of(name.chain([self.exceptions.0.as_slice()]).chain(documents)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_between_parts_count() {
        let of = |parts: &[&str]| Fingerprint::of(parts.iter().map(|part| part.as_bytes()));
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["ab", ""]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
    }
}

//! Objects: anchors first, then the other keys (Kyverno `validate.go`, `validateMap`; `anchor/handlers.go`).

use std::sync::Arc;

use dikast_grammar::anchor::AnchorKind;

use super::fault::Fault;
use super::order::keys_in_order;
use super::{FailureKind, Matcher, anchor_of};
use crate::{Object, Value};

impl Matcher {
    pub(super) fn map(
        &mut self,
        pattern: &Arc<Object>,
        resource: &Object,
        path: &str,
        depth: usize,
    ) -> Result<(), Fault> {
        self.keys.visit(pattern, resource);
        let expanded = self.expansions.expand(pattern, resource);
        let pattern = expanded.as_deref().unwrap_or(pattern);
        self.anchors(pattern, resource, path, depth)?;
        for key in keys_in_order(pattern) {
            self.field(&key, &pattern[&key], resource, path, depth)?;
        }
        Ok(())
    }

    /// Anchors other than global ones, by their raw key. A condition that does not hold hides the violations of the
    /// anchors behind it.
    fn anchors(&mut self, pattern: &Object, resource: &Object, path: &str, depth: usize) -> Result<(), Fault> {
        let mut applied = false;
        let mut skips: Vec<Fault> = Vec::new();
        for (key, member) in pattern {
            let Some((kind, name)) = anchor_of(key).filter(|(kind, _)| *kind != AnchorKind::Global) else { continue };
            match self.anchor(kind, name, member, resource, path, depth) {
                Ok(()) => applied = true,
                Err(fault) if fault.is_skip() => skips.push(fault),
                Err(fault) if fault.is_too_deep() || !skips.iter().any(Fault::is_direct) => return Err(fault),
                Err(_) => {}
            }
        }
        if applied && !skips.iter().any(Fault::is_direct) {
            return Ok(());
        }
        Fault::skip_of(skips, path).map_or(Ok(()), Err)
    }

    /// A plain key or a global anchor.
    fn field(&mut self, key: &str, pattern: &Value, resource: &Object, path: &str, depth: usize) -> Result<(), Fault> {
        if let Some((kind @ AnchorKind::Global, name)) = anchor_of(key) {
            return self.anchor(kind, name, pattern, resource, path, depth);
        }
        let member = resource.get(key).unwrap_or(&Value::Null);
        if pattern.as_text() == Some("*") {
            return match member {
                Value::Null => Err(Fault::mismatch(path, format!("{path}/{key} not found"))),
                _ => Ok(()),
            };
        }
        self.element(pattern, member, &format!("{path}{key}/"), depth + 1)
    }

    fn anchor(
        &mut self,
        kind: AnchorKind,
        name: &str,
        pattern: &Value,
        resource: &Object,
        path: &str,
        depth: usize,
    ) -> Result<(), Fault> {
        let path = format!("{path}{name}/");
        let Some(member) = resource.get(name) else {
            return match kind {
                AnchorKind::Conditional => Err(Fault::of_anchor(
                    FailureKind::Conditional,
                    path,
                    "conditional anchor key doesn't exist in the resource",
                )),
                _ => Ok(()),
            };
        };
        match kind {
            AnchorKind::Negation => {
                let reason = format!("{path} is not allowed");
                Err(Fault::of_anchor(FailureKind::Negation, path, &reason))
            }
            AnchorKind::Existence => self.existence(pattern, member, &path, depth),
            AnchorKind::Conditional => self.condition(FailureKind::Conditional, pattern, member, &path, depth),
            AnchorKind::Global => self.condition(FailureKind::Global, pattern, member, &path, depth),
            AnchorKind::Equality | AnchorKind::AddIfAbsent => self.element(pattern, member, &path, depth + 1),
        }
    }

    fn condition(
        &mut self,
        kind: FailureKind,
        pattern: &Value,
        member: &Value,
        path: &str,
        depth: usize,
    ) -> Result<(), Fault> {
        self.element(pattern, member, path, depth + 1).map_err(|fault| {
            if fault.is_too_deep() { fault } else { Fault::of_anchor(kind, fault.path, &fault.message) }
        })
    }

    /// Each item of the pattern needs an item of the resource that satisfies it.
    fn existence(&mut self, pattern: &Value, member: &Value, path: &str, depth: usize) -> Result<(), Fault> {
        let Value::List(items) = member else {
            let message = format!(
                "invalid resource type {}: Existence ^ () anchor can be used only on list/array type resource",
                member.go_type()
            );
            return Err(Fault::mismatch(path, message));
        };
        let refuse = |expected: &str| {
            let found = pattern.go_type();
            Fault::mismatch(path, format!("invalid pattern type {found}: Pattern has to be of {expected}"))
        };
        let Value::List(patterns) = pattern else {
            return Err(refuse("list to compare against resource"));
        };
        for wanted in patterns.iter() {
            if !matches!(wanted, Value::Object(_)) {
                return Err(refuse("type map to compare against items in resource"));
            }
            let mut witnessed = false;
            for (at, item) in items.iter().enumerate() {
                match self.element(wanted, item, &format!("{path}{at}/"), depth + 1) {
                    Ok(()) => witnessed = true,
                    Err(fault) if fault.is_too_deep() => return Err(fault),
                    Err(_) => continue,
                }
                break;
            }
            if !witnessed {
                return Err(Fault::mismatch(path, format!("existence anchor validation failed at path {path}")));
            }
        }
        Ok(())
    }
}

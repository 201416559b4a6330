//! Anchors: the decorations of keys in patterns and patches, such as `(name)` and `=(image)`
//! (Kyverno `pkg/engine/anchor/anchor.go`).

/// The decoration of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnchorKind {
    /// `(key)`
    Conditional,
    /// `<(key)`
    Global,
    /// `=(key)`
    Equality,
    /// `^(key)`
    Existence,
    /// `X(key)`
    Negation,
    /// `+(key)`
    AddIfAbsent,
}

impl AnchorKind {
    /// What stands before the parenthesis.
    pub fn modifier(self) -> &'static str {
        match self {
            Self::Conditional => "",
            Self::Global => "<",
            Self::Equality => "=",
            Self::Existence => "^",
            Self::Negation => "X",
            Self::AddIfAbsent => "+",
        }
    }

    /// The decorated key.
    pub fn decorate(self, key: &str) -> String {
        format!("{}({key})", self.modifier())
    }
}

/// The decoration of a key and the key within; nothing for a plain key.
///
/// White space around the whole is passed over. What stands between the outer parentheses is the key, so `((a))` is a
/// condition on `(a)`; it must not be empty and holds no line break.
pub fn parse(key: &str) -> Option<(AnchorKind, &str)> {
    let key = key.trim();
    let kind = match key.as_bytes().first()? {
        b'(' => AnchorKind::Conditional,
        b'<' => AnchorKind::Global,
        b'=' => AnchorKind::Equality,
        b'^' => AnchorKind::Existence,
        b'X' => AnchorKind::Negation,
        b'+' => AnchorKind::AddIfAbsent,
        _ => return None,
    };
    let inner = key.strip_prefix(kind.modifier())?.strip_prefix('(')?.strip_suffix(')')?;
    (!inner.is_empty() && !inner.contains('\n')).then_some((kind, inner))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_each_decoration() {
        let cases = [
            ("(a)", AnchorKind::Conditional, "a"),
            ("<(a)", AnchorKind::Global, "a"),
            ("=(a)", AnchorKind::Equality, "a"),
            ("^(a)", AnchorKind::Existence, "a"),
            ("X(a)", AnchorKind::Negation, "a"),
            ("+(a)", AnchorKind::AddIfAbsent, "a"),
            (" =(a b) ", AnchorKind::Equality, "a b"),
            ("((a))", AnchorKind::Conditional, "(a)"),
            ("(é)", AnchorKind::Conditional, "é"),
        ];
        for (key, kind, inner) in cases {
            assert_eq!(parse(key), Some((kind, inner)), "{key}");
        }
    }

    #[test]
    fn leaves_plain_keys_alone() {
        for key in ["", "a", "()", "=()", "(a", "a)", "x(a)", "!(a)", "==(a)", "= (a)", "(a\nb)", "X"] {
            assert_eq!(parse(key), None, "{key}");
        }
    }

    proptest! {
        #[test]
        fn any_key_parses_or_is_plain(key in "[ +<=X^()a-cé\n]{0,12}") {
            if let Some((kind, inner)) = parse(&key) {
                prop_assert_eq!(kind.decorate(inner), key.trim());
            }
        }
    }
}

//! Entries of `kinds` (Kyverno `pkg/utils/kube/kind.go`).

/// The four wildcards that an entry of `kinds` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSelector<'t> {
    /// API group.
    pub group: &'t str,
    /// API version.
    pub version: &'t str,
    /// Kind.
    pub kind: &'t str,
    /// Subresource; empty for none.
    pub subresource: &'t str,
}

impl<'t> KindSelector<'t> {
    /// Reads an entry as Kyverno's `ParseKindSelector` does. Every text has a meaning; one with too many parts stands
    /// for an empty kind, which nothing has.
    pub fn parse(text: &'t str) -> Self {
        let selector = |group, version, kind, subresource| Self { group, version, kind, subresource };
        let (before, last) = text.rsplit_once('/').map_or((None, text), |(before, last)| (Some(before), last));
        let parts: Vec<&str> = before.into_iter().flat_map(|before| before.split('/')).chain(last.split('.')).collect();
        match parts[..] {
            [kind] => selector("*", "*", kind, ""),
            ["*", "*"] => selector("*", "*", "*", "*"),
            ["*", subresource] if is_lower(subresource) => selector("*", "*", "*", subresource),
            [version, kind] if is_version(version) => selector("*", version, kind, ""),
            [kind, subresource] => selector("*", "*", kind, subresource),
            [version, kind, subresource] if is_version(version) => selector("*", version, kind, subresource),
            [group, version, kind] => selector(group, version, kind, ""),
            [group, version, kind, subresource] => selector(group, version, kind, subresource),
            _ => selector("", "", "", ""),
        }
    }
}

/// The kind in an entry, without group, version and subresource, as Kyverno's `ContainsKind` sees it. It differs from
/// [`KindSelector::parse`] in odd entries: `Pod/exec/x` has the kind `x`.
pub fn plain_kind(text: &str) -> &str {
    let parts: Vec<&str> = text.split('/').collect();
    match parts[..] {
        [kind] => before_dot(kind),
        ["*", "*"] => "*",
        [version, kind] if is_version(version) => before_dot(kind),
        [version, kind, _] if is_version(version) => kind,
        [_, _, kind] => before_dot(kind),
        [kind, _] | [_, _, kind, _] => kind,
        _ => "",
    }
}

/// A kind with a subresource written with a dot.
fn before_dot(kind: &str) -> &str {
    match kind.split_once('.') {
        Some((kind, _)) => kind,
        None => kind,
    }
}

fn is_lower(text: &str) -> bool {
    text.to_lowercase() == text
}

/// `v1`, `v1beta2`, or `*`. Kyverno knows only numbers of one digit: `v10/Foo` is subresource `Foo` of kind `v10`.
fn is_version(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let Some(rest) = text.strip_prefix('v').and_then(after_digit) else { return false };
    let stage = rest.strip_prefix("alpha").or_else(|| rest.strip_prefix("beta"));
    rest.is_empty() || stage.and_then(after_digit) == Some("")
}

/// What follows a leading digit.
fn after_digit(text: &str) -> Option<&str> {
    text.strip_prefix(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_mean_four_wildcards() {
        for (text, expected) in [
            ("Pod", ["*", "*", "Pod", ""]),
            ("*", ["*", "*", "*", ""]),
            ("*/*", ["*", "*", "*", "*"]),
            ("*/scale", ["*", "*", "*", "scale"]),
            ("*/Pod", ["*", "*", "Pod", ""]),
            ("Pod/exec", ["*", "*", "Pod", "exec"]),
            ("Pod.status", ["*", "*", "Pod", "status"]),
            ("v1/Pod.exec", ["*", "v1", "Pod", "exec"]),
            ("v1beta2/Pod", ["*", "v1beta2", "Pod", ""]),
            ("v10/Pod", ["*", "*", "v10", "Pod"]),
            ("v1beta10/Pod", ["*", "*", "v1beta10", "Pod"]),
            ("vbeta/Pod", ["*", "*", "vbeta", "Pod"]),
            ("apps/Deployment", ["*", "*", "apps", "Deployment"]),
            ("apps/v1/Deployment", ["apps", "v1", "Deployment", ""]),
            ("*/*/Deployment", ["*", "*", "*", "Deployment"]),
            ("apps/*/Deployment/scale", ["apps", "*", "Deployment", "scale"]),
            ("crd.example.com/v1/Foo", ["crd.example.com", "v1", "Foo", ""]),
            ("a/b/c/d/e", ["", "", "", ""]),
        ] {
            let KindSelector { group, version, kind, subresource } = KindSelector::parse(text);
            assert_eq!([group, version, kind, subresource], expected, "{text}");
        }
    }

    #[test]
    fn plain_kinds_lose_their_surroundings() {
        for (text, expected) in [
            ("Pod", "Pod"),
            ("v1/Pod", "Pod"),
            ("*/Pod", "Pod"),
            ("Pod/exec", "Pod"),
            ("Pod.exec", "Pod"),
            ("apps/v1/Deployment", "Deployment"),
            ("apps/v1/Deployment/scale", "Deployment"),
            ("*/*", "*"),
        ] {
            assert_eq!(plain_kind(text), expected, "{text}");
        }
    }
}

//! Sets of texts given by wildcards.

/// Longer wildcards are not compared.
const LONGEST: usize = 256;

/// Whether some text fits both wildcards.
pub(super) fn intersect(left: &str, right: &str) -> bool {
    if left == right || !has_wildcard(left) && !has_wildcard(right) {
        return left == right;
    }
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().max(right.len()) > LONGEST {
        return true;
    }
    // `fits[j]`: the rest of `left` behind the row and the rest of `right` behind `j` have a text in common.
    let mut fits: Vec<bool> = Vec::new();
    for i in (0..=left.len()).rev() {
        let mut row = vec![false; right.len() + 1];
        for j in (0..=right.len()).rev() {
            let (a, b) = (left.get(i), right.get(j));
            let below = |j: usize| fits.get(j).copied().unwrap_or(false);
            let beside = row.get(j + 1).copied().unwrap_or(false);
            row[j] = match (a, b) {
                (None, None) => true,
                (Some('*'), Some('*')) => below(j) || beside,
                (Some('*'), _) => below(j) || b.is_some() && beside,
                (_, Some('*')) => beside || a.is_some() && below(j),
                (Some(a), Some(b)) => (a == b || *a == '?' || *b == '?') && below(j + 1),
                _ => false,
            };
        }
        fits = row;
    }
    fits.first().copied().unwrap_or(true)
}

/// Whether every text that fits `part` fits `whole`.
pub(super) fn covers(whole: &str, part: &str) -> bool {
    if whole == part || whole == "*" {
        return true;
    }
    let (whole, part): (Vec<char>, Vec<char>) = (whole.chars().collect(), part.chars().collect());
    if whole.len().max(part.len()) > LONGEST {
        return false;
    }
    let mut fits: Vec<bool> = Vec::new();
    for i in (0..=whole.len()).rev() {
        let mut row = vec![false; part.len() + 1];
        for j in (0..=part.len()).rev() {
            let below = |j: usize| fits.get(j).copied().unwrap_or(false);
            let beside = row.get(j + 1).copied().unwrap_or(false);
            row[j] = match (whole.get(i), part.get(j)) {
                (None, None) => true,
                (Some('*'), _) => below(j) || beside,
                (Some('?'), Some(b)) => *b != '*' && below(j + 1),
                (Some(a), Some(b)) => a == b && below(j + 1),
                _ => false,
            };
        }
        fits = row;
    }
    fits.first().copied().unwrap_or(false)
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use dikast_stdlib::wildcard::matches;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wildcards_are_sets() {
        for (left, right) in [("a*", "*b"), ("a?c", "abc"), ("*", ""), ("a*", "a"), ("*x*", "y*z")] {
            assert!(intersect(left, right) && intersect(right, left), "{left} {right}");
        }
        for (left, right) in [("a*", "b*"), ("a", "a?"), ("*a", "*b"), ("dev-*", "prod-*")] {
            assert!(!intersect(left, right) && !intersect(right, left), "{left} {right}");
        }
        assert!(covers("a*", "ab*") && covers("a?", "ab") && covers("*-*", "a-b"));
        assert!(!covers("a*", "*") && !covers("a?", "a*") && !covers("ab", "a?"));
    }

    proptest! {
        #[test]
        fn texts_agree_with_sets(left in "[ab*?]{0,6}", right in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            if matches(&left, &text) && matches(&right, &text) {
                prop_assert!(intersect(&left, &right));
            }
            if covers(&left, &right) && matches(&right, &text) {
                prop_assert!(matches(&left, &text));
            }
        }
    }
}

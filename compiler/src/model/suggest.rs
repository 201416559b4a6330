//! What an author may have meant.

/// No name of a field is longer.
const LONGEST: usize = 64;

/// The candidate that is closest to `written`, if it is close enough to be a slip of the pen.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = lowercase(written);
    let tolerance = match written.len() {
        0..=2 => 0,
        3..=4 => 1,
        5..=7 => 2,
        8..=LONGEST => 3,
        _ => return None,
    };
    candidates
        .into_iter()
        // Each character more or less is an edit; most candidates need no closer look.
        .filter(|candidate| candidate.chars().count().abs_diff(written.len()) <= tolerance)
        .filter_map(|candidate| Some((distance(&written, &lowercase(candidate), tolerance)?, candidate)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Whether a text is another one with no more than one edit, the case aside.
pub(crate) fn is_one_edit_from(written: &str, meant: &str) -> bool {
    let (written, meant) = (lowercase(written), lowercase(meant));
    written.len().max(meant.len()) <= LONGEST && distance(&written, &meant, 1).is_some()
}

/// Names in backticks, joined for a sentence: `a`, `b` or `c`.
pub(crate) fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn lowercase(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Edits that turn one text into the other: insert, remove, replace, and exchange two neighbours (optimal string
/// alignment); nothing when they are more than `most`.
fn distance(left: &[char], right: &[char], most: usize) -> Option<usize> {
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &b) in right.iter().enumerate() {
            let mut best = (last[column] + usize::from(a != b)).min(last[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && left[row - 1] == b && right[column - 1] == a;
            if swapped && a != b {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        // A row is never less than the least of the two before it, and one exchange spans both.
        if current.iter().chain(&last).all(|&edits| edits > most) {
            return None;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().filter(|&edits| edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        assert_eq!(closest("mesage", ["message", "pattern"]), Some("message"));
        assert_eq!(closest("patern", ["message", "pattern"]), Some("pattern"));
        assert_eq!(closest("Eqauls", ["Equals", "NotEquals"]), Some("Equals"));
        assert_eq!(closest("anypattern", ["pattern", "anyPattern"]), Some("anyPattern"));
        assert_eq!(closest("colour", ["message", "pattern"]), None);
        assert_eq!(closest("al", ["all"]), None);
    }

    #[test]
    fn distance_counts_edits() {
        let distance = |left: &str, right: &str| super::distance(&lowercase(left), &lowercase(right), 3);
        assert_eq!(distance("", "abc"), Some(3));
        assert_eq!(distance("abc", "acb"), Some(1));
        assert_eq!(distance("kitten", "sitting"), Some(3));
        assert_eq!(distance("kitten", "sittings"), None);
    }

    #[test]
    fn long_texts_are_no_slips() {
        assert_eq!(closest(&"a".repeat(65), [&*"a".repeat(64)]), None);
    }
}

//! The order of keys in YAML that Go writes (`go.yaml.in/yaml/v3`, `sorter.go`): numbers within a name count as numbers.

use std::cmp::Ordering;

/// Sorts by name as go-yaml sorts the keys of a map.
///
/// go-yaml's comparison is no total order for all texts, and the standard library's sorts may panic on such; an
/// insertion sort, which is what Go uses for short lists, does not. Names that are nearly in order take linear time.
pub(super) fn sort<T>(named: &mut [(&str, T)]) {
    for sorted in 1..named.len() {
        let mut at = sorted;
        while at > 0 && is_before(named[at].0, named[at - 1].0) {
            named.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Letters come after everything else, but before it where they follow a digit; digits compare by the number they write.
fn is_before(left: &str, right: &str) -> bool {
    let differs = left.chars().zip(right.chars()).position(|(left, right)| left != right);
    let Some(at) = differs else { return left.chars().count() < right.chars().count() };
    let same = || left.chars().take(at);
    let (left, right) = (left.chars().skip(at), right.chars().skip(at));
    let (Some(first_left), Some(first_right)) = (left.clone().next(), right.clone().next()) else { return false };
    let after_digit = same().last().is_some_and(|last| last.is_ascii_digit());
    match (first_left.is_alphabetic(), first_right.is_alphabetic()) {
        (true, true) => return first_left < first_right,
        (true, false) => return after_digit,
        (false, true) => return !after_digit,
        (false, false) => {}
    }
    // Zeros within a number count; leading ones do not.
    let within_number = (first_left == '0' || first_right == '0')
        && same().collect::<Vec<_>>().iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
    let start = i64::from(within_number);
    let ((left_number, left_length), (right_number, right_length)) = (number(left, start), number(right, start));
    match left_number.cmp(&right_number).then(left_length.cmp(&right_length)) {
        Ordering::Equal => first_left < first_right,
        unequal => unequal == Ordering::Less,
    }
}

/// The number that the next digits write after `start`, modulo 2⁶⁴ as in Go, and how many they are.
fn number(text: impl Iterator<Item = char>, start: i64) -> (i64, usize) {
    text.map_while(|digit| digit.to_digit(10)).fold((start, 0), |(number, length), digit| {
        (number.wrapping_mul(10).wrapping_add(i64::from(digit)), length + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::sort;

    #[test]
    fn numbers_count_as_numbers() {
        // The first two as in refusals by Kyverno, the others as its comparison has them.
        for sorted in [
            ["_x", "1", "2", "10", "r2a", "r10"].as_slice(),
            &["a-2", "a-10", "ra", "v1.9", "v1.10"],
            &["a", "a-", "a-1", "ab"],
            &["x1b", "x1-", "x01"],
        ] {
            let mut named: Vec<(&str, ())> = sorted.iter().rev().map(|name| (*name, ())).collect();
            sort(&mut named);
            assert_eq!(named.iter().map(|(name, ())| *name).collect::<Vec<_>>(), sorted);
        }
    }
}

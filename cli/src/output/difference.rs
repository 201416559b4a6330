//! The lines in which two texts differ.

/// Lines around a difference that are shown with it.
const CONTEXT: usize = 2;

/// A line of either text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    Both(&'t str),
    Expected(&'t str),
    Actual(&'t str),
}

/// The differing lines with some around them: `-` before those that only the expected text has, `+` before those that
/// only the actual one has.
pub(crate) fn lines(expected: &str, actual: &str) -> String {
    let all = align(&expected.lines().collect::<Vec<_>>(), &actual.lines().collect::<Vec<_>>());
    let near = |at: usize| {
        let (from, to) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(all.len()));
        all[from..to].iter().any(|line| !matches!(line, Line::Both(_)))
    };
    let mut out = String::new();
    let mut gap = false;
    for (at, line) in all.iter().enumerate() {
        if !near(at) {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push_str("  ...\n");
        }
        let (mark, text) = match line {
            Line::Both(text) => (' ', text),
            Line::Expected(text) => ('-', text),
            Line::Actual(text) => ('+', text),
        };
        out.push(mark);
        out.push(' ');
        out.push_str(text);
        out.push('\n');
    }
    out
}

/// Aligns two texts by their longest common subsequence of lines.
fn align<'t>(expected: &[&'t str], actual: &[&'t str]) -> Vec<Line<'t>> {
    let start = expected.iter().zip(actual).take_while(|(left, right)| left == right).count();
    let (rest_expected, rest_actual) = (&expected[start..], &actual[start..]);
    let ends = rest_expected.iter().rev().zip(rest_actual.iter().rev());
    let end = ends.take_while(|(left, right)| left == right).count();
    let (left, right) = (&rest_expected[..rest_expected.len() - end], &rest_actual[..rest_actual.len() - end]);

    // length[i][j]: longest common subsequence of left[i..] and right[j..]
    let mut length = vec![vec![0_u32; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            length[i][j] =
                if left[i] == right[j] { length[i + 1][j + 1] + 1 } else { length[i + 1][j].max(length[i][j + 1]) };
        }
    }
    let mut all: Vec<Line<'t>> = expected[..start].iter().map(|line| Line::Both(line)).collect();
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        if i < left.len() && j < right.len() && left[i] == right[j] {
            all.push(Line::Both(left[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < left.len() && (j == right.len() || length[i + 1][j] >= length[i][j + 1]) {
            all.push(Line::Expected(left[i]));
            i += 1;
        } else {
            all.push(Line::Actual(right[j]));
            j += 1;
        }
    }
    all.extend(rest_expected[rest_expected.len() - end..].iter().map(|line| Line::Both(line)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_with_its_surroundings() {
        let expected = "a\nb\nc\nd\ne\nf\ng\n";
        let actual = "a\nb\nc\nd\nx\nf\ng\n";
        assert_eq!(lines(expected, actual), "  ...\n  c\n  d\n- e\n+ x\n  f\n  g\n");
        assert_eq!(lines(expected, expected), "");
    }
}

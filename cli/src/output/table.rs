//! Tables with borders.

use std::fmt::Write;

use super::style::{Style, Tone};

/// A cell: its text and its colour.
pub(crate) type Cell = (String, Option<Tone>);

/// Writes a table. A text of several lines takes several lines.
pub(crate) fn write(headers: &[&str], rows: &[Vec<Cell>], style: Style) -> String {
    let width_of = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = headers
        .iter()
        .enumerate()
        .map(|(at, header)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|(text, _)| width_of(text));
            cells.chain([header.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let border = widths.iter().map(|width| "─".repeat(width + 2)).collect::<Vec<_>>().join("│");
    let mut out = String::new();
    let _ = writeln!(out, "│{border}│");
    let headers: Vec<Cell> = headers.iter().map(|header| ((*header).to_owned(), Some(Tone::Good))).collect();
    write_row(&mut out, &headers, &widths, style);
    let _ = writeln!(out, "│{border}│");
    for row in rows {
        write_row(&mut out, row, &widths, style);
    }
    let _ = writeln!(out, "│{border}│");
    out
}

fn write_row(out: &mut String, row: &[Cell], widths: &[usize], style: Style) {
    let height = row.iter().map(|(text, _)| text.lines().count()).max().unwrap_or(0).max(1);
    for line in 0..height {
        out.push('│');
        for ((text, tone), width) in row.iter().zip(widths) {
            let text = text.lines().nth(line).unwrap_or_default();
            let padding = " ".repeat(width - text.chars().count());
            let shown = tone.map_or_else(|| text.to_owned(), |tone| style.paint(tone, text));
            let _ = write!(out, " {shown}{padding} │");
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let rows = vec![vec![("1".to_owned(), None), ("two\nlines".to_owned(), Some(Tone::Bad))]];
        assert_eq!(
            write(&["ID", "WHAT"], &rows, Style::PLAIN),
            "│────│───────│\n│ ID │ WHAT  │\n│────│───────│\n│ 1  │ two   │\n│    │ lines │\n│────│───────│\n"
        );
    }
}

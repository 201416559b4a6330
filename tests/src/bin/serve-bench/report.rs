//! Figures, as JSON and as a table.

use serde_json::{Value, json};

/// What was measured.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    bar: Option<Bar>,
}

#[derive(Clone, Copy)]
enum Bar {
    AtMost(f64),
    AtLeast(f64),
}

impl Report {
    /// A figure by itself.
    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &'static str) {
        self.add(name, value, unit, None);
    }

    /// A figure that should not be larger.
    pub(crate) fn at_most(&mut self, name: &str, value: f64, bar: f64) {
        self.add(name, value, "", Some(Bar::AtMost(bar)));
    }

    /// A figure that should not be smaller.
    pub(crate) fn at_least(&mut self, name: &str, value: f64, bar: f64) {
        self.add(name, value, "", Some(Bar::AtLeast(bar)));
    }

    /// A figure with a unit that should not be larger.
    pub(crate) fn within(&mut self, name: &str, value: f64, unit: &'static str, bar: f64) {
        self.add(name, value, unit, Some(Bar::AtMost(bar)));
    }

    fn add(&mut self, name: &str, value: f64, unit: &'static str, bar: Option<Bar>) {
        crate::say(&format!("{name}: {value:.3} {unit}"));
        self.rows.push(Row { name: name.to_owned(), value, unit, bar });
    }

    pub(crate) fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let bar = row.bar.map(|bar| match bar {
                Bar::AtMost(bar) => json!({"at_most": bar}),
                Bar::AtLeast(bar) => json!({"at_least": bar}),
            });
            json!({"name": row.name, "value": rounded(row.value), "unit": row.unit, "bar": bar, "reached": row.reached()})
        });
        Value::Array(rows.collect())
    }

    pub(crate) fn to_table(&self) -> String {
        let mut table = "| measure | figure | bar |\n|---|---|---|\n".to_owned();
        for row in &self.rows {
            let bar = match row.bar {
                None => String::new(),
                Some(Bar::AtMost(bar)) => format!("≤ {bar}"),
                Some(Bar::AtLeast(bar)) => format!("≥ {bar}"),
            };
            let missed = if row.reached() == Some(false) { " (missed)" } else { "" };
            table += &format!("| {} | {} {} | {bar}{missed} |\n", row.name, rounded(row.value), row.unit);
        }
        table
    }
}

impl Row {
    fn reached(&self) -> Option<bool> {
        self.bar.map(|bar| match bar {
            Bar::AtMost(bar) => self.value <= bar,
            Bar::AtLeast(bar) => self.value >= bar,
        })
    }
}

fn rounded(value: f64) -> f64 {
    let scale = if value.abs() < 100.0 { 1000.0 } else { 10.0 };
    (value * scale).round() / scale
}

/// The one in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

//! Markdown tables.

/// A Markdown table: the first column to the left, the others to the right. Rows shorter than the heading are filled up.
#[must_use]
pub fn markdown(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = line(heading.iter().map(|cell| (*cell).to_owned()));
    text.push_str(&line((0..heading.len()).map(|i| if i == 0 { "---".into() } else { "---:".into() })));
    for row in rows {
        let cells = row.iter().cloned().chain(std::iter::repeat(String::new()));
        text.push_str(&line(cells.take(heading.len())));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A time in milliseconds with three significant digits or whole: 1234, 123, 12.3, 1.23, 0.123.
#[must_use]
pub fn milliseconds(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.9995 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

/// A ratio with two decimals and a multiplication sign.
#[must_use]
pub fn ratio(value: f64) -> String {
    format!("{value:.2}x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_filled_up_and_escaped() {
        let rows = [vec!["a|b".to_owned(), "1".to_owned()], vec!["c".to_owned()]];
        assert_eq!(
            markdown(&["name", "ms"], &rows),
            "| name | ms |\n| --- | ---: |\n| a\\|b | 1 |\n| c |  |\n"
        );
    }

    #[test]
    fn three_digits() {
        let shown = [1234.5, 99.97, 12.34, 9.999, 1.234, 0.1234].map(milliseconds);
        assert_eq!(shown, ["1234", "100", "12.3", "10.0", "1.23", "0.123"]);
        assert_eq!(ratio(2.0), "2.00x");
    }
}

//! Plots as SVG: bars side by side, and lines over logarithmic axes.

use plotters::{
    coord::combinators::IntoLogRange,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use std::fmt;

/// A plot could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlotError(String);

impl fmt::Display for PlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plot could not be drawn: {}", self.0)
    }
}

impl core::error::Error for PlotError {}

fn failed(error: impl fmt::Display) -> PlotError {
    PlotError(error.to_string())
}

/// Colours that people with any colour vision tell apart (M. Okabe and K. Ito, 2008).
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(90, 90, 90),
];
const WIDTH: u32 = 860;
const ROW: u32 = 24;

/// A bar: from 0 to the minimum, with a mark at the median.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Where the bar ends.
    pub min: f64,
    /// Where the mark stands.
    pub median: f64,
    /// Which colour it has; bars of one kind share a number.
    pub colour: usize,
}

/// Bars under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// The bars, from above.
    pub bars: Vec<Bar>,
}

enum Row<'a> {
    Heading(&'a str),
    Bar(&'a Bar),
}

/// Draws horizontal bars in groups over one linear axis that begins at 0.
///
/// # Errors
/// [`PlotError`].
pub fn bars(title: &str, unit: &str, groups: &[Group]) -> Result<String, PlotError> {
    let rows: Vec<Row<'_>> = groups
        .iter()
        .flat_map(|group| std::iter::once(Row::Heading(&group.name)).chain(group.bars.iter().map(Row::Bar)))
        .collect();
    let values = groups.iter().flat_map(|group| &group.bars).map(|bar| bar.min.max(bar.median));
    let most = values.fold(f64::MIN_POSITIVE, f64::max) * 1.12;
    let count = u32::try_from(rows.len()).map_err(failed)?;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, count * ROW + 90)).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        // Names stand left of 0.
        let left = -0.42 * most;
        let mut chart = ChartBuilder::on(&root)
            .caption(title, ("sans-serif", 17))
            .margin(10)
            .x_label_area_size(38)
            .build_cartesian_2d(left..most, 0.0..f64::from(count))
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_y_axis()
            .disable_y_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.1))
            .x_labels(12)
            .x_label_formatter(&|x| if *x < -most * 1e-9 { String::new() } else { format!("{x:.0}") })
            .x_desc(format!("{unit}: the bar is the minimum, the mark the median"))
            .axis_desc_style(("sans-serif", 13))
            .label_style(("sans-serif", 12))
            .draw()
            .map_err(failed)?;
        let font = ("sans-serif", 13).into_font();
        for (row, index) in rows.iter().zip(0u32..count) {
            let middle = f64::from(count - index) - 0.5;
            let at = |x, anchor: HPos, text: String, style: &FontDesc<'static>| {
                let style = style.clone().color(&BLACK).pos(Pos::new(anchor, VPos::Center));
                Text::new(text, (x, middle), style)
            };
            match row {
                Row::Heading(name) => {
                    let bold = font.clone().style(FontStyle::Bold);
                    let text = at(left, HPos::Left, (*name).to_owned(), &bold);
                    chart.draw_series([text]).map_err(failed)?;
                }
                Row::Bar(bar) => {
                    let colour = COLOURS.get(bar.colour % COLOURS.len()).unwrap_or(&BLACK);
                    let name = at(-0.01 * most, HPos::Right, bar.label.clone(), &font);
                    let value = at(
                        bar.min.max(bar.median) + 0.008 * most,
                        HPos::Left,
                        crate::table::milliseconds(bar.min),
                        &font,
                    );
                    chart.draw_series([name, value]).map_err(failed)?;
                    let shape = Rectangle::new(
                        [(0.0, middle - 0.34), (bar.min, middle + 0.34)],
                        colour.mix(0.85).filled(),
                    );
                    chart.draw_series([shape]).map_err(failed)?;
                    let ends = vec![(bar.median, middle - 0.34), (bar.median, middle + 0.34)];
                    let reach = vec![(bar.min, middle), (bar.median, middle)];
                    let lines = [ends, reach].map(|line| PathElement::new(line, BLACK.stroke_width(1)));
                    chart.draw_series(lines).map_err(failed)?;
                }
            }
        }
        root.present().map_err(failed)?;
    }
    Ok(svg)
}

/// A line through points; both coordinates are positive.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// Its points, by rising first coordinate.
    pub points: Vec<(f64, f64)>,
}

/// Draws lines over two logarithmic axes.
///
/// # Errors
/// [`PlotError`], also if there is no point or a coordinate is not positive.
pub fn lines(title: &str, (x_unit, y_unit): (&str, &str), lines: &[Line]) -> Result<String, PlotError> {
    let points = || lines.iter().flat_map(|line| &line.points);
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::INFINITY, 0.0), |(l, h): (f64, f64), v| (l.min(v), h.max(v)));
        (low > 0.0 && low.is_finite()).then_some((low * 0.8)..(high * 1.25))
    };
    let nothing = || failed("there is no point, or one is not positive");
    let x = range(&mut points().map(|p| p.0)).ok_or_else(nothing)?;
    let y = range(&mut points().map(|p| p.1)).ok_or_else(nothing)?;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, 480)).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        let mut chart = ChartBuilder::on(&root)
            .caption(title, ("sans-serif", 17))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(64)
            .build_cartesian_2d(x.log_scale().base(2.0), y.log_scale())
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc(x_unit)
            .y_desc(y_unit)
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.1))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| crate::table::milliseconds(*y))
            .axis_desc_style(("sans-serif", 13))
            .label_style(("sans-serif", 12))
            .draw()
            .map_err(failed)?;
        for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
            let colour = *colour;
            chart
                .draw_series(LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)))
                .map_err(failed)?
                .label(line.label.clone())
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
            let dots = line.points.iter().map(|point| Circle::new(*point, 3, colour.filled()));
            chart.draw_series(dots).map_err(failed)?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.2))
            .label_font(("sans-serif", 13))
            .draw()
            .map_err(failed)?;
        root.present().map_err(failed)?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_their_names_are_drawn() {
        let bar = |label: &str, min, colour| Bar { label: label.into(), min, median: min + 1.0, colour };
        let group =
            |name: &str| Group { name: name.into(), bars: vec![bar("a<b", 12.0, 0), bar("c", 7.0, 1)] };
        let svg = bars("Proving", "ms", &[group("one thread"), group("two threads")]).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for text in ["Proving", "one thread", "a&lt;b", "12.0", "7.00"] {
            assert!(svg.contains(text), "{text}");
        }
        assert_eq!(svg.matches("#0072B2").count(), 2);
        assert!(bars("nothing", "ms", &[]).is_ok());
    }

    #[test]
    fn lines_need_positive_points() {
        let line = |points: &[(f64, f64)]| Line { label: "proof".into(), points: points.to_vec() };
        let svg = lines("Sizes", ("constraints", "ms"), &[line(&[(1024.0, 3.0), (2048.0, 6.5)])]).unwrap();
        assert!(svg.contains("proof") && svg.contains("constraints"));
        assert!(lines("", ("", ""), &[line(&[(0.0, 1.0)])]).is_err());
        assert!(lines("", ("", ""), &[]).is_err());
    }
}

//! The report's pictures, as geometry for their templates. Every picture has its words and its table beside it.

use askama::Template;
use shell::Html;

use super::over_time::Volume;
use super::people::About;
use super::saying::{day, hours, number, percent};
use super::shape::Drawing;
use super::{Answering, Part};

/// Pictures are stretched to their place; what must not be stretched stands beside them as text.
const WIDE: f64 = 1000.0;
const HIGH: f64 = 240.0;
const TICKS: usize = 4;

pub(super) struct Column {
    x: String,
    y: String,
    width: String,
    height: String,
    name: String,
    count: String,
    most: bool,
}

#[derive(Template)]
#[template(path = "trying/volume.html")]
pub(super) struct VolumePicture {
    columns: Vec<Column>,
    every: &'static str,
    most: String,
    ticks: Vec<String>,
    said: String,
}

impl VolumePicture {
    pub fn of(volume: &Volume) -> VolumePicture {
        let bars = &volume.bars.bars;
        let most = volume.bars.most();
        let highest = most.map_or(1, |bar| bar.contributions).max(1);
        let width = WIDE / bars.len().max(1) as f64;
        let column = |(n, bar): (usize, &super::Bar)| {
            let height = f64::from(bar.contributions) / f64::from(highest) * (HIGH - 4.0);
            Column {
                x: short(n as f64 * width + width * 0.08),
                y: short(HIGH - height),
                width: short(width * 0.84),
                height: short(height),
                name: day(bar.from),
                count: number(bar.contributions),
                most: Some(*bar) == most,
            }
        };
        let tick = |n: usize| bars.get(n * bars.len() / TICKS).map(|bar| bar.from).or(volume.to).map(|date| date.strftime("%b %Y").to_string());
        let mut ticks: Vec<String> = (0..=TICKS).filter_map(tick).collect();
        if volume.bars.every == super::over_time::Every::Day {
            ticks = volume.from.into_iter().chain(volume.to).map(day).collect();
        }
        VolumePicture {
            columns: bars.iter().enumerate().map(column).collect(),
            every: volume.bars.every.word(),
            most: number(highest),
            ticks,
            said: volume.said().join(" "),
        }
    }
}

pub(super) struct Cell {
    x: usize,
    y: usize,
    shade: usize,
    name: String,
}

#[derive(Template)]
#[template(path = "trying/hours.html")]
pub(super) struct HoursPicture {
    cells: Vec<Cell>,
    rows: Vec<(&'static str, Vec<String>)>,
    said: String,
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const SHADES: usize = 6;

impl HoursPicture {
    pub fn of(volume: &Volume) -> HoursPicture {
        let most = volume.busy_hour() as usize;
        let mut cells = Vec::new();
        for (y, (day, hours)) in DAYS.iter().zip(&volume.hours).enumerate() {
            for (x, count) in hours.iter().enumerate() {
                let shade = (*count as usize * SHADES).div_ceil(most).min(SHADES);
                cells.push(Cell { x, y, shade, name: format!("{day} {x}:00, {}", number(*count)) });
            }
        }
        let row = |(day, hours): (&'static str, &[u32; 24])| (day, hours.chunks(3).map(|some| number(some.iter().sum::<u32>())).collect());
        HoursPicture { cells, rows: DAYS.into_iter().zip(&volume.hours).map(row).collect(), said: volume.busiest_hours().unwrap_or_default() }
    }
}

#[derive(Template)]
#[template(path = "trying/answers.html")]
pub(super) struct AnswersPicture {
    /// The line, and the same closed to an area.
    line: String,
    area: String,
    /// Where half had a reply.
    median: Option<(String, String)>,
    marks: Vec<(&'static str, String)>,
    said: String,
}

/// Evenly beside each other in the picture, whatever lies between them.
const TIMES: [(f64, &str); 6] = [(1.0 / 6.0, "10 min"), (1.0, "1 hour"), (6.0, "6 hours"), (24.0, "1 day"), (168.0, "1 week"), (720.0, "1 month")];

impl AnswersPicture {
    pub fn of(answering: &Answering) -> AnswersPicture {
        let point = |step: &super::Step| format!("{} {}", short(across(step.hours)), short(HIGH * (1.0 - step.answered)));
        let points: Vec<String> = answering.curve.iter().map(point).collect();
        let line = format!("M{}", points.join("L"));
        let names = ["1 hour", "6 hours", "1 day", "3 days", "1 week", "1 month"];
        AnswersPicture {
            area: format!("{line}L{WIDE} {HIGH}L0 {HIGH}Z"),
            line,
            median: answering.median_hours.filter(|at| *at <= 720.0).map(|at| (short(across(at)), hours(at))),
            marks: names.into_iter().zip(answering.marks.iter().map(|mark| percent(mark.answered))).collect(),
            said: answering.said(),
        }
    }
}

fn across(hours: f64) -> f64 {
    let part = WIDE / (TIMES.len() - 1) as f64;
    let pairs = TIMES.iter().zip(TIMES.iter().skip(1)).enumerate();
    for (n, ((from, _), (to, _))) in pairs {
        if hours <= *to {
            let within = (hours.max(*from) / from).ln() / (to / from).ln();
            return (n as f64 + within) * part;
        }
    }
    WIDE
}

pub(super) struct DrawnDot {
    x: String,
    y: String,
    r: &'static str,
    part: u16,
}

pub(super) struct DrawnLine {
    from: (String, String),
    to: (String, String),
    strength: u8,
    crosses: bool,
}

#[derive(Template)]
#[template(path = "trying/ties.html")]
pub(super) struct TiesPicture {
    dots: Vec<DrawnDot>,
    lines: Vec<DrawnLine>,
    dense: bool,
    drawn: String,
    said: String,
}

const PARTS: u16 = 6;
/// So many lines lie over each other, and are drawn lighter.
const DENSE: usize = 500;

impl TiesPicture {
    pub fn of(ties: &Drawing) -> TiesPicture {
        let place = |dot: &super::Dot| (short(f64::from(dot.x) * 152.0 + 4.0), short(f64::from(dot.y) * 92.0 + 4.0));
        let line = |line: &super::Line| {
            let (a, b) = (ties.dots.get(line.a as usize)?, ties.dots.get(line.b as usize)?);
            Some(DrawnLine { from: place(a), to: place(b), strength: line.strength, crosses: line.crosses })
        };
        let dot = |dot: &super::Dot| {
            let (x, y) = place(dot);
            let r = match (ties.of_clusters, dot.size) {
                (false, _) => "1.05",
                (true, 0) => "1.5",
                (true, 1) => "2.2",
                (true, _) => "3.1",
            };
            // Where a dot is a group already, its colour says nothing.
            let part = match dot.part {
                0 => 0,
                _ if ties.of_clusters => 1,
                part => (part - 1) % PARTS + 1,
            };
            DrawnDot { x, y, r, part }
        };
        let mut lines: Vec<DrawnLine> = ties.lines.iter().filter_map(line).collect();
        // What joins parts lies above, or it would not be seen.
        lines.sort_by_key(|line| (line.crosses, line.strength));
        let dense = lines.len() > DENSE;
        TiesPicture { dense, dots: ties.dots.iter().map(dot).collect(), lines, drawn: ties.drawn(), said: ties.said().join(" ") }
    }
}

/// A row with a bar where there is a figure.
pub(super) struct Row {
    pub name: &'static str,
    pub figure: String,
    pub percent: Option<u32>,
}

impl Row {
    pub fn of(name: &'static str, figure: String, share: About) -> Row {
        let percent = match share {
            About::About(percent) => Some(percent),
            About::NearlyAll => Some(100),
            About::Few | About::KeptBack => None,
        };
        Row { name, figure, percent }
    }

    pub fn of_part(part: &Part) -> Vec<Row> {
        part.rows().into_iter().zip([part.core, part.active, part.edge]).map(|((name, figure), share)| Row::of(name, figure, share)).collect()
    }
}

pub(super) fn html(picture: &impl Template) -> Html {
    Html::of(picture).unwrap_or_default()
}

fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

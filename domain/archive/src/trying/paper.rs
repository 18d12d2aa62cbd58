//! The report in a terminal: 80 columns, without colours or anything that commands a terminal.

use super::over_time::Volume;
use super::saying::{bytes, columns, counted, cut, day, hours, number, percent, some};
use super::talks::Thing;
use super::{Again, Answering, Report, Told};

const WIDTH: usize = 80;
const INDENT: &str = "  ";
const BARS: usize = WIDTH - 4;

/// Headings begin their line, everything else is indented.
pub fn paper(report: &Report, path: &str) -> String {
    let mut paper = Paper::default();
    paper.line(&format!("{}: {}", report.name, report.format));
    paper.line("");
    report.in_short().iter().for_each(|sentence| paper.text(sentence));
    if report.volume.from.is_some() {
        volume(&mut paper, &report.volume);
        talk(&mut paper, report);
        people(&mut paper, report);
    }
    reading(&mut paper, report);
    next(&mut paper, path);
    clean(&paper.0)
}

#[derive(Default)]
struct Paper(String);

impl Paper {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(heading);
    }

    /// A paragraph.
    fn text(&mut self, text: &str) {
        let mut row = INDENT.to_owned();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if columns(&row) > INDENT.len() && columns(&row) + 1 + columns(word) > WIDTH {
                self.line(&row);
                row = INDENT.to_owned();
            }
            if columns(&row) > INDENT.len() {
                row.push(' ');
            }
            row.push_str(word);
        }
        self.line(&row);
    }

    fn told<T>(&mut self, told: &Told<T>, with: impl FnOnce(&mut Paper, &T)) {
        match told {
            Told::Is(it) => with(self, it),
            Told::Not { not_told } => self.text(not_told),
        }
    }

    /// A name, a bar, what it is.
    fn bar(&mut self, name: &str, share: f64, figure: &str) {
        const LONG: usize = 30;
        let bar = blocks(share, LONG);
        self.line(&format!("{INDENT}{}  {}  {figure}", padded(name, 14), padded(&bar, LONG)));
    }

    fn rows(&mut self, rows: &[(&str, String)]) {
        let longest = rows.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
        for (name, figure) in rows {
            self.line(&format!("{INDENT}{INDENT}{}  {figure}", padded(name, longest)));
        }
    }

    /// When, what, and where it can be read.
    fn thing(&mut self, before: &str, thing: &Thing) {
        let marked = if thing.answers { format!("in: {}", thing.title) } else { thing.title.clone() };
        let indent = columns(before) + INDENT.len();
        self.line(&format!("{INDENT}{before}{}", cut(&marked, WIDTH.saturating_sub(indent))));
        if let Some(link) = thing.link.as_deref() {
            // An address is of use as a whole only.
            self.line(&format!("{}{link}", " ".repeat(indent)));
        }
    }
}

fn padded(text: &str, long: usize) -> String {
    let text = cut(text, long);
    let missing = long.saturating_sub(columns(&text));
    text + &" ".repeat(missing)
}

fn right(text: &str, long: usize) -> String {
    " ".repeat(long.saturating_sub(columns(text))) + text
}

/// A bar with eighths of a column.
fn blocks(share: f64, long: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * long as f64 * 8.0).round() as usize;
    let part = match eighths % 8 {
        0 if eighths == 0 && share > 0.0 => "▏",
        0 => "",
        1 => "▏",
        2 => "▎",
        3 => "▍",
        4 => "▌",
        5 => "▋",
        6 => "▊",
        _ => "▉",
    };
    "█".repeat(eighths / 8) + part
}

/// One row of bars; nothing is a blank, and what is little is still seen.
fn spark(counts: &[u32]) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let level = |count: &u32| match count {
        0 => ' ',
        count => LEVELS.get((*count as usize * LEVELS.len()).div_ceil(most as usize).saturating_sub(1)).copied().unwrap_or('█'),
    };
    counts.iter().map(level).collect()
}

/// As many bars as fit: several of them together where there are more.
fn fitted(counts: &[u32], most: usize) -> Vec<u32> {
    let together = counts.len().div_ceil(most.max(1)).max(1);
    counts.chunks(together).map(|some| some.iter().sum()).collect()
}

fn volume(paper: &mut Paper, volume: &Volume) {
    paper.heading("How much, and when");
    let counts: Vec<u32> = volume.bars.bars.iter().map(|bar| bar.contributions).collect();
    let bars = spark(&fitted(&counts, BARS));
    paper.line(&format!("{INDENT}{bars}"));
    if let (Some(from), Some(to)) = (volume.from, volume.to) {
        let (from, to) = (day(from), day(to));
        let between = columns(&bars).max(from.len() + to.len() + 2) - from.len();
        paper.line(&format!("{INDENT}{from}{}", right(&to, between)));
    }
    volume.said().iter().for_each(|sentence| paper.text(sentence));
    paper.line("");
    let head = format!("{}{}{}", right("said", 35), right("people", 15), right("half answered within", 24));
    paper.line(&head);
    let most = volume.periods.iter().map(|period| period.contributions).max().unwrap_or(1).max(1);
    for period in &volume.periods {
        let bar = padded(&blocks(f64::from(period.contributions) / f64::from(most), 16), 16);
        let people = if period.contributions == 0 { String::new() } else { some(period.people) };
        let reply = period.median_hours.map_or_else(String::new, hours);
        let (name, count) = (padded(&period.name, 8), right(&number(period.contributions), 7));
        paper.line(&format!("{INDENT}{name} {bar} {count}{}{}", right(&people, 15), right(&reply, 24)));
    }
    if volume.places.len() > 1 {
        paper.line("");
        for spot in &volume.places {
            let bar = blocks(spot.contributions as f64 / volume.contributions.max(1) as f64, 24);
            paper.line(&format!("{INDENT}{}  {}  {}", padded(&spot.name, 30), padded(&bar, 24), right(&number(spot.contributions), 9)));
        }
    }
    paper.heading("On which days, at what hours");
    days(paper, volume);
}

fn days(paper: &mut Paper, volume: &Volume) {
    const SHADES: [&str; 5] = ["  ", "░░", "▒▒", "▓▓", "██"];
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let most = volume.busy_hour() as usize;
    for (day, hours) in DAYS.iter().zip(&volume.hours) {
        let shade = |count: &u32| SHADES.get((*count as usize * 4).div_ceil(most)).copied().unwrap_or("██");
        let cells: String = hours.iter().map(shade).collect();
        paper.line(&format!("{INDENT}{day} {cells}"));
    }
    paper.line(&format!("{INDENT}    0           6           12          18        24 UTC"));
    if let Some(said) = volume.busiest_hours() {
        paper.text(&said);
    }
}

fn talk(paper: &mut Paper, report: &Report) {
    paper.heading("How soon somebody is answered");
    paper.told(&report.answering, answering);
    paper.heading("Never answered");
    paper.told(&report.unanswered, |paper, open| {
        paper.text(&open.said());
        for thing in &open.latest {
            paper.thing(&format!("{}  ", right(&day(thing.on), 11)), thing);
        }
    });
    paper.heading("Asked again");
    paper.told(&report.asked_again, again);
    paper.heading("Likely practices: what others keep pointing to");
    paper.told(&report.practices, |paper, practices| {
        for practice in practices {
            paper.thing(&format!("{} ×  ", right(&number(practice.times), 3)), &practice.thing);
        }
    });
    paper.heading("Conversations that lived longest");
    if report.longest.is_empty() {
        paper.text("None went on for longer than a day.");
    }
    for talk in &report.longest {
        let of = format!("{}: {}, {}", hours(talk.days as f64 * 24.0), counted(talk.contributions, "contribution", "contributions"), counted(talk.people, "person", "people"));
        paper.thing("", &Thing { link: None, ..talk.opening.clone() });
        paper.line(&format!("{INDENT}{INDENT}{of}, from {} to {}", day(talk.opening.on), day(talk.until)));
    }
}

fn answering(paper: &mut Paper, answering: &Answering) {
    paper.text(&answering.said());
    for (mark, name) in answering.marks.iter().zip(["1 hour", "6 hours", "1 day", "3 days", "1 week", "1 month"]) {
        paper.bar(name, mark.answered, &percent(mark.answered));
    }
    paper.text(answering.waits.said());
}

fn again(paper: &mut Paper, again: &Again) {
    paper.text(&again.said());
    for group in &again.largest {
        let mut things = group.questions.iter();
        if let Some(first) = things.next() {
            paper.thing(&format!("{} ×  ", right(&number(group.times as u64), 3)), &Thing { link: None, ..first.clone() });
        }
        for other in things {
            paper.thing(&format!("       {}  ", right(&day(other.on), 11)), &Thing { link: None, ..other.clone() });
        }
    }
}

fn people(paper: &mut Paper, report: &Report) {
    paper.heading("On how few it rests");
    paper.told(&report.absence, |paper, absence| paper.text(&absence.said()));
    paper.heading("Who takes part, and how much");
    paper.told(&report.taking_part, |paper, part| {
        paper.text(&part.said());
        paper.rows(&part.rows());
    });
    paper.heading("Newcomers, and whether they came back");
    paper.told(&report.newcomers, |paper, newcomers| {
        paper.text(&newcomers.said());
        paper.rows(&newcomers.rows());
    });
    paper.heading("The shape of its ties");
    paper.told(&report.ties, |paper, ties| {
        ties.said().iter().for_each(|sentence| paper.text(sentence));
        paper.text("It is drawn on the page: --serve, or --out FILE.html.");
    });
}

fn reading(paper: &mut Paper, report: &Report) {
    let read = &report.read;
    paper.heading("How it was read");
    paper.text(&format!("{} {} of {}.", read.said(), bytes(read.bytes), report.format));
    for skip in &read.skipped {
        paper.line(&format!("{INDENT}{INDENT}{}  {}", right(&number(skip.count), 9), skip.why));
    }
    if let Some(private) = read.private() {
        paper.text(&private);
        for (name, count) in read.left_out.iter().take(10) {
            paper.line(&format!("{INDENT}{INDENT}{}  {}", right(&number(*count), 9), cut(name, 60)));
        }
    }
    if !read.first_skipped.is_empty() {
        paper.text("The first of them:");
    }
    for skipped in read.first_skipped.iter().take(5) {
        let offset = skipped.offset.map_or_else(String::new, |at| format!(", byte {}", number(at)));
        let place = if skipped.file.is_empty() { String::new() } else { format!("{}{offset}: ", skipped.file) };
        paper.line(&format!("{INDENT}{INDENT}{}", cut(&format!("{place}{}", skipped.detail), WIDTH - 4)));
    }
}

fn next(paper: &mut Paper, path: &str) {
    paper.heading("Nothing was written, and nobody was written to. What next");
    let path = if path.contains(|c: char| c.is_whitespace() || "'\"$&;()*".contains(c)) { format!("'{}'", path.replace('\'', "'\\''")) } else { path.to_owned() };
    paper.line(&format!("{INDENT}tacit try {path} --serve"));
    paper.line(&format!("{INDENT}    the same as a page with its pictures, to show to others or to print"));
    paper.line(&format!("{INDENT}tacit import {path}"));
    paper.line(&format!("{INDENT}    bring it in; a dry run comes first"));
}

/// What others wrote must not command the terminal: no control characters, nothing that turns the line around.
fn clean(text: &str) -> String {
    let is_bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}');
    // What holds together on a page is a plain blank here.
    text.chars().filter(|c| !is_bad(*c)).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect()
}

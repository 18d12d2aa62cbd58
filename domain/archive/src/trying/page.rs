//! The report as a page: one to be served, and one that stands for itself in a file. No script in either.

use askama::Template;
use shell::Html;
use shell::frame::escape;

use super::charts::{AnswersPicture, HoursPicture, Row, TiesPicture, VolumePicture, html};
use super::saying::{bytes, counted, day, hours, number, some};
use super::{Again, Newcomers, Open, Practice, Report, Thing, Told};

/// The style of the report's own parts, beside that of the shell.
pub const STYLE: &str = include_str!("report.css");

/// Where the page's style is.
pub enum Page<'a> {
    /// At these addresses.
    Linked { styles: &'a [&'a str], mark: &'a str },
    /// In the page itself, which is then one file.
    Alone { styles: &'a [&'a str] },
}

/// The whole page; `path` is what was tried, as it would be typed.
pub fn page(report: &Report, path: &str, how: &Page<'_>) -> kernel::Result<String> {
    let head = match how {
        Page::Linked { styles, mark } => {
            let link = |style: &&str| format!("<link rel=\"stylesheet\" href=\"{}\">\n", escape(style));
            styles.iter().map(link).chain([format!("<link rel=\"icon\" href=\"{}\">\n", escape(mark))]).collect::<String>()
        }
        // Style within a file of its own is all that such a file may do.
        Page::Alone { styles } => format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<style>{}</style>\n",
            styles.concat().replace("</", "<\\/")
        ),
    };
    Ok(Html::of(&Whole::of(report, path, Html::trusted(head)))?.into_string())
}

#[derive(Template)]
#[template(path = "trying/page.html")]
struct Whole<'a> {
    head: Html,
    report: &'a Report,
    path: &'a str,
    /// In one sentence, and what else one would tell a colleague.
    lead: (String, String),
    volume: Html,
    hours: Html,
    answers: Html,
    ties: Html,
    periods: Vec<[String; 4]>,
    spots: Vec<(String, String, u32)>,
    part: Vec<Row>,
    newcomers: Vec<Row>,
}

impl<'a> Whole<'a> {
    fn of(report: &'a Report, path: &'a str, head: Html) -> Whole<'a> {
        let volume = &report.volume;
        let is_there = volume.from.is_some();
        let period = |period: &super::Period| {
            let median = period.median_hours.map_or_else(|| "–".to_owned(), hours);
            [period.name.clone(), number(period.contributions), some(period.people), median]
        };
        let most = volume.places.iter().map(|spot| spot.contributions).max().unwrap_or(1).max(1);
        let spot = |spot: &super::Spot| (spot.name.clone(), number(spot.contributions), (spot.contributions * 100 / most).max(1) as u32);
        let mut sentences = report.in_short().into_iter();
        let lead = (sentences.next().unwrap_or_default(), sentences.collect::<Vec<_>>().join(" "));
        Whole {
            head,
            report,
            path,
            lead,
            volume: if is_there { html(&VolumePicture::of(volume)) } else { Html::default() },
            hours: if is_there { html(&HoursPicture::of(volume)) } else { Html::default() },
            answers: report.answering.is().map(|it| html(&AnswersPicture::of(it))).unwrap_or_default(),
            ties: report.ties.is().map(|it| html(&TiesPicture::of(it))).unwrap_or_default(),
            periods: volume.periods.iter().map(period).collect(),
            spots: if volume.places.len() > 1 { volume.places.iter().map(spot).collect() } else { Vec::new() },
            part: report.taking_part.is().map(Row::of_part).unwrap_or_default(),
            newcomers: report.newcomers.is().map(newcomers).unwrap_or_default(),
        }
    }

    /// Why something is not told.
    fn why<'t, T>(&self, told: &'t Told<T>) -> &'t str {
        match told {
            Told::Is(_) => "",
            Told::Not { not_told } => not_told,
        }
    }

    fn bytes(&self) -> String {
        bytes(self.report.read.bytes)
    }

    fn day(&self, thing: &Thing) -> String {
        day(thing.on)
    }

    fn open(&self) -> Option<&Open> {
        self.report.unanswered.is()
    }

    fn again(&self) -> Option<&Again> {
        self.report.asked_again.is()
    }

    fn practices(&self) -> &[Practice] {
        self.report.practices.is().map_or(&[], Vec::as_slice)
    }

    fn number(&self, count: &u64) -> String {
        number(*count)
    }

    fn long(&self, talk: &super::Conversation) -> String {
        let said = counted(talk.contributions, "contribution", "contributions");
        let people = counted(talk.people, "person", "people");
        format!("{}: {said} by {people}, {} to {}", hours(talk.days as f64 * 24.0), day(talk.opening.on), day(talk.until))
    }

    fn place(&self, skipped: &crate::reading::Skipped) -> String {
        let at = skipped.offset.map_or_else(String::new, |at| format!(", byte {}", number(at)));
        if skipped.file.is_empty() { String::new() } else { format!("{}{at}", skipped.file) }
    }
}

fn newcomers(newcomers: &Newcomers) -> Vec<Row> {
    let shares = [newcomers.replied, newcomers.back, newcomers.back_replied, newcomers.back_not_replied];
    newcomers.rows().into_iter().zip(shares.into_iter().flatten()).map(|((name, figure), share)| Row::of(name, figure, share)).collect()
}

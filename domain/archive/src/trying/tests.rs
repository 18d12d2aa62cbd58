//! The report of small archives made by hand, against figures computed by hand.

use std::collections::BTreeSet;

use exports::{Access, Community, Contribution, Helped, Item, Reason, Skipped, Take, Thanks, Voice};
use pulse::{DAY, HOUR};

use super::*;

/// Monday, 6 January 2020.
const MONDAY: i64 = 18_267 * DAY;

struct Archive(Stage);

impl Archive {
    fn new() -> Archive {
        let mut stage = Stage::new(BTreeSet::new(), Box::new(|_| ())).unwrap();
        let place = Community { id: "wards".into(), name: "Wards".into(), about: String::new(), access: Access::Open, ended: false };
        stage.take(Item::Community(place)).unwrap();
        Archive(stage)
    }

    fn voice(mut self, id: &str, machine: bool) -> Archive {
        let name = format!("Name of {id}");
        self.0.take(Item::Voice(Voice { id: id.into(), name, address: None, machine })).unwrap();
        self
    }

    fn said(mut self, id: &str, voice: &str, at: i64, answers: Option<&str>, title: &str, words: &str) -> Archive {
        let said = Contribution {
            id: id.into(),
            community: "wards".into(),
            voice: voice.into(),
            answers: answers.map(str::to_owned),
            title: title.into(),
            words: words.into(),
            at,
            link: Some(format!("https://wards.example.org/q/{}", id.trim_start_matches(|c: char| c.is_alphabetic()))),
            ..Contribution::default()
        };
        self.0.take(Item::Contribution(Box::new(said))).unwrap();
        self
    }

    fn item(mut self, item: Item) -> Archive {
        self.0.take(item).unwrap();
        self
    }

    fn report(mut self) -> Report {
        self.0.settle().unwrap();
        Report::of(&self.0, &Tried { name: "wards.mbox".into(), format: "mbox", bytes: 12_300, seconds: 0.2, now: 20_000 * DAY }).unwrap()
    }
}

fn day(day: i64, hour: i64) -> i64 {
    MONDAY + day * DAY + hour * HOUR
}

/// Five openings: answered after one, two and four hours, never, and just said. What opened the first is asked again by
/// another, and pointed to from three other conversations.
fn five() -> Archive {
    let (handover, words) = ("How do you hand over at night?", "Which sheet of paper do you use for handovers in night shifts?");
    let pointing = "See <https://wards.example.org/questions/1/handovers>.";
    Archive::new()
        .voice("ada", false)
        .voice("bot", true)
        .said("q1", "ada", day(0, 9), None, handover, words)
        .said("r11", "bo", day(0, 10), Some("q1"), "", "The red pen.")
        .said("q2", "cy", day(1, 9), None, "Beds by the window", "Who decides who lies there?")
        .said("r21", "ada", day(1, 11), Some("q2"), "", "Whoever was there first.")
        .said("r22", "dee", day(1, 12), Some("r21"), "", pointing)
        .said("q3", "ada", day(2, 9), None, "Keys for the cupboard \u{1b}[31m", "They are gone again.")
        .said("r31", "bo", day(2, 13), Some("q3"), "", "They are with me.")
        .said("r32", "cy", day(2, 14), Some("q3"), "", pointing)
        .said("q4", "bo", day(3, 9), None, "A quieter <pump>", "Has anyone tried one?")
        .said("r41", "bo", day(3, 10), Some("q4"), "", pointing)
        .said("m1", "bot", day(4, 9), None, "Nightly figures", "0 faults")
        .said("o1", "dee", 0, None, "An old clock", "ticks")
        .said("q5", "eve", day(20, 9), None, handover, words)
        .item(Item::Skipped(Skipped { reason: Reason::System, file: "wards.mbox".into(), offset: Some(77), detail: "Somebody joined.".into() }))
        .item(Item::Helped(Helped { question: "q1".into(), answer: "r11".into() }))
        .item(Item::Thanks(Thanks { contribution: "r21".into(), voice: Some("cy".into()), at: None, count: 1 }))
}

#[test]
fn figures_are_as_computed_by_hand() {
    let report = five().report();
    let v = &report.volume;
    assert_eq!((v.contributions, v.conversations, v.people, v.machines, v.odd_times), (11, 5, 5, 1, 1));
    assert_eq!((v.from.unwrap().to_string(), v.to.unwrap().to_string()), ("2020-01-06".into(), "2020-01-26".into()));
    assert_eq!(v.bars.bars.iter().map(|bar| bar.contributions).take(5).collect::<Vec<_>>(), [2, 3, 3, 2, 0]);
    assert_eq!((v.bars.bars.len(), v.hours[0][9], v.hours[6][9]), (21, 1, 1));
    // The opening just said waits for no time; then 1, 2 and 4 hours with 4, 3 and 2 waiting: 3/4, 1/2, 1/4.
    let answering = report.answering.is().unwrap();
    assert_eq!((answering.waits, answering.answered, answering.open), (Waits::Openings, 3, 2));
    assert_eq!(answering.median_hours, Some(2.0));
    assert!((answering.within_a_day - 0.75).abs() < 1e-9 && (answering.marks[0].answered - 0.25).abs() < 1e-9);
    // The last one is younger than a week when the archive ends.
    let open = report.unanswered.is().unwrap();
    assert_eq!((open.asked, open.open, open.share), (4, 1, 0.25));
    assert_eq!(open.latest[0].title, "A quieter <pump>");
    let again = report.asked_again.is().unwrap();
    assert_eq!((again.groups, again.asked_again, again.largest[0].people), (1, 2, 2));
    let practice = &report.practices.is().unwrap()[0];
    assert_eq!((practice.times, practice.thing.title.as_str()), (3, "How do you hand over at night?"));
    assert_eq!((report.read.read, report.read.kept, report.read.skipped[0].count), (14, 13, 1));
}

#[test]
fn the_report_on_paper() {
    insta::assert_snapshot!(paper(&five().report(), "lists/our wards.mbox"));
}

#[test]
fn paper_fits_and_commands_no_terminal() {
    let paper = paper(&five().report(), "wards.mbox");
    assert!(!paper.contains('\u{1b}'));
    assert!(paper.lines().all(|line| saying::columns(line) <= 80), "{paper}");
}

/// A reply of each to the five after them, week after week.
fn ring(people: usize) -> Report {
    let mut archive = Archive::new();
    for week in 0..30 {
        for who in 0..people {
            let id = format!("q{}", week * 1_000 + who);
            archive = archive.said(&id, &format!("voice-{who}"), day(week as i64 * 7, who as i64 % 20), None, "Again", "");
            for next in 1..=5 {
                let reply = format!("r{next}{id}");
                archive = archive.said(&reply, &format!("voice-{}", (who + next) % people), day(week as i64 * 7 + 1, 3), Some(&id), "", "Yes.");
            }
        }
    }
    for who in 0..people {
        archive = archive.voice(&format!("voice-{who}"), false);
    }
    archive.report()
}

#[test]
fn of_fewer_than_twenty_people_nothing_is_drawn_and_no_shares_are_told() {
    let report = ring(19);
    assert!(report.ties.is().is_none() && report.absence.is().is_none());
    assert!(report.taking_part.is().is_none() && report.newcomers.is().is_none());
    let page = page(&report, "x", &Page::Linked { styles: &[], mark: "" }).unwrap();
    assert!(!page.contains("<circle") && page.contains("fewer than 20 people"));
}

#[test]
fn from_twenty_people_on_ties_are_drawn_without_a_name() {
    let report = ring(40);
    let ties = report.ties.is().unwrap();
    assert!(ties.dots.len() >= 20 && !ties.lines.is_empty());
    assert_eq!(report.absence.is().unwrap().of, About::About(40));
    let json = serde_json::to_string(&report).unwrap();
    let page = page(&report, "x", &Page::Linked { styles: &[], mark: "" }).unwrap();
    for text in [&json, &page, &paper(&report, "x")] {
        assert!(!text.contains("voice-") && !text.contains("Name of"));
    }
    assert!(page.contains("<circle"));
}

#[test]
fn the_page_has_no_script_and_no_style_within() {
    let archive = five().said("q9", "ada", day(9, 9), None, "<script>alert(1)</script>", "\" onclick=\"x");
    let linked = page(&archive.report(), "x' onload='", &Page::Linked { styles: &["/a.css"], mark: "/m.svg" }).unwrap();
    for bad in ["<script", "<style", " style=", "onclick=\"", "onload='", "javascript:"] {
        assert!(!linked.contains(bad), "{bad}");
    }
    assert!(linked.contains("A quieter &#60;pump&#62;") && linked.contains("href=\"/a.css\""));
    let alone = page(&five().report(), "x", &Page::Alone { styles: &["p {content: \"</style>\"}"] }).unwrap();
    assert_eq!((alone.matches("<style").count(), alone.matches("</style>").count()), (1, 1));
    assert!(!alone.contains("<link") && !alone.contains("<script") && !alone.contains("src="));
}

#[test]
fn only_an_address_of_the_web_becomes_a_link() {
    let mut archive = five();
    let said = Contribution {
        id: "z".into(),
        community: "wards".into(),
        voice: "ada".into(),
        title: "Harmless".into(),
        at: day(5, 1),
        link: Some("javascript:alert(1)".into()),
        ..Contribution::default()
    };
    archive.0.take(Item::Contribution(Box::new(said))).unwrap();
    let report = archive.report();
    let harmless = report.unanswered.is().unwrap().latest.iter().find(|thing| thing.title == "Harmless").unwrap();
    assert_eq!(harmless.link, None);
}

#[test]
fn what_does_not_say_what_answers_what_says_nothing_of_answers() {
    let mut archive = Archive::new();
    for n in 0..60 {
        archive = archive.said(&format!("c{n}"), &format!("v{}", n % 30), day(n, 8), None, "", "shall we have lunch together at noon?");
    }
    let report = archive.report();
    let (answering, open) = (serde_json::to_value(&report.answering).unwrap(), serde_json::to_value(&report.unanswered).unwrap());
    assert!(answering["not_told"].as_str().unwrap().contains("does not say what answers what") && open["not_told"].is_string());
    assert!(report.absence.is().is_none());
    assert!(report.newcomers.is().unwrap().replied.is_none());
}

#[test]
fn in_a_chat_what_asks_is_taken_to_ask() {
    let report = Archive::new()
        .said("a1", "ada", day(0, 8), None, "", "Good morning.\nWho has the keys for the cupboard?")
        .said("a2", "bo", day(0, 9), Some("a1"), "", "I have.")
        .said("b1", "bo", day(1, 8), None, "", "Lunch is at noon.")
        .said("c1", "cy", day(1, 9), None, "", "hm?")
        .said("d1", "cy", day(1, 10), None, "", "Look: https://example.org/?page=2 it is a good one")
        .said("e1", "ada", day(9, 10), None, "", "Is there anybody at the desk today?")
        .said("f1", "ada", day(19, 10), None, "", "So quiet.")
        .report();
    let open = report.unanswered.is().unwrap();
    assert_eq!((open.waits, open.asked, open.open), (Waits::QuestionMarks, 2, 1));
    assert_eq!(open.latest[0].title, "Is there anybody at the desk today?");
}

#[test]
fn an_empty_archive_has_a_report_too() {
    let report = Archive::new().report();
    assert_eq!(report.volume.contributions, 0);
    assert!(paper(&report, "x").contains("Nothing that a person said"));
    assert!(page(&report, "x", &Page::Linked { styles: &[], mark: "" }).unwrap().contains("Nothing that a person said"));
    assert_eq!(Archive::new().said("o", "ada", 0, None, "t", "w").report().volume.odd_times, 1);
}

#[test]
fn circles_odd_times_and_odd_words_are_borne() {
    let mut archive = Archive::new();
    for (n, at) in [i64::MIN, i64::MAX, -1, 0, day(1, 1), day(2, 1), 19_999 * DAY].into_iter().enumerate() {
        let next = format!("c{}", (n + 1) % 7);
        let words = ["://", "<@>", "https://?", "[](", "\u{202e}?", "！？", "\\"].get(n).copied().unwrap_or_default();
        archive = archive.said(&format!("c{n}"), &format!("v{}", n % 3), at, Some(&next), words, &words.repeat(500));
    }
    let report = archive.said("", "", day(3, 3), Some(""), "", "").report();
    assert_eq!(report.volume.contributions + report.volume.odd_times, 8);
    assert!(!paper(&report, "\u{1b}x").contains('\u{1b}'));
    assert!(page(&report, "x", &Page::Linked { styles: &[], mark: "" }).is_ok());
}

/// The real set lies in the folder that `TACIT_DATA` names, and is in no repository.
#[test]
fn a_real_export_is_reconciled() {
    let Some(folder) = std::env::var_os("TACIT_DATA") else { return eprintln!("not run: TACIT_DATA is not set") };
    let path = std::path::Path::new(&folder).join("conversations/slack-houstondatavis/houstondatavis-slack-export-2016-07-31.zip");
    let Ok(source) = exports::Source::open(&path) else { return eprintln!("not run: there is no {}", path.display()) };
    let mut stage = Stage::new(BTreeSet::new(), Box::new(|_| ())).unwrap();
    let format = exports::detect(&source).unwrap();
    crate::read_into(&mut stage, &source, format).unwrap();
    let tried = Tried { name: source.name().into(), format: format.name(), bytes: source.bytes(), seconds: 0.0, now: 20_000 * DAY };
    let report = Report::of(&stage, &tried).unwrap();
    let skipped: u64 = report.read.skipped.iter().map(|skip| skip.count).sum();
    assert_eq!((format, report.read.read), (exports::Format::Slack, report.read.kept + skipped));
    assert_eq!((report.read.kept, report.volume.contributions + report.volume.machines), (1_031, 1_031));
    assert!(report.answering.is().is_none(), "this export is older than threads");
}

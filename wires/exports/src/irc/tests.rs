//! Logs written here in the shapes of many programs, and real ones where they are at hand.

use crate::archives::{Told, Unpacked, memory};
use crate::{Access, Reason, Source};

use super::{Line, read, recognise, recover};

#[path = "../../examples/irc_f1/annotated.rs"]
mod annotated;

fn log(text: &str) -> Told {
    let source = memory(&[("#glue.2018-01-01.log", text)]);
    assert!(recognise(&source));
    Told::of(&source, read)
}

fn moments(told: &Told) -> Vec<i64> {
    told.contributions()
        .iter()
        .map(|said| said.at / 1_000_000 - 1_514_764_800)
        .collect()
}

#[test]
fn a_log_becomes_conversations() {
    let told = log(
        "=== ada has joined #glue\n[12:34] <ada> which glue holds wood best?\n[12:34] <eve> good morning\n[12:35] <bob> ada: bone glue\n[12:36] <ada> bob: thanks!\n",
    );
    let said = told.contributions();
    assert_eq!(told.communities()[0].name, "#glue");
    assert_eq!(told.skipped(Reason::System), 1);
    assert_eq!(said.len(), 4);
    assert_eq!(said[2].answers.as_deref(), Some(said[0].id.as_str()));
    assert_eq!(said[3].answers.as_deref(), Some(said[2].id.as_str()));
    assert_eq!(said[2].toward, ["ada"]);
    assert_eq!(said[2].words, "ada: bone glue");
}

#[test]
fn lines_of_the_same_minute_keep_their_order() {
    let told = log("[12:34] <ada> one\n[12:34] <bob> two\n[12:34] <eve> three\n");
    let at: Vec<i64> = told.contributions().iter().map(|said| said.at).collect();
    assert!(at.is_sorted_by(|a, b| a < b));
    assert_eq!(moments(&told), [45_240; 3]);
}

#[test]
fn lines_that_go_on_are_one_contribution_and_each_is_counted() {
    let told = log(
        "[12:34:00] <ada> I have some wood and\n[12:34:05] <ada> no glue for it\n[12:34:07] <ada> what now?\n[12:50:00] <ada> nobody here?\n",
    );
    assert_eq!(told.skipped(Reason::Joined), 2);
    assert_eq!(
        told.contributions()[0].words,
        "I have some wood and\nno glue for it\nwhat now?"
    );
    assert_eq!(told.contributions().len() + told.skips().len(), 4);
}

#[test]
fn midnight_begins_another_day() {
    assert_eq!(
        moments(&log("[23:59] <ada> a\n[00:01] <bob> b\n")),
        [86_340, 86_460]
    );
    assert_eq!(
        moments(&log(
            "23:59 <ada> a\n--- Day changed Wed Jan 03 2018\n00:01 <bob> b\n"
        )),
        [86_340, 2 * 86_400 + 60]
    );
    assert_eq!(
        moments(&log("2018-01-01T23:00:00+0100  <ada> a\n")),
        [22 * 3600]
    );
}

#[test]
fn a_day_is_known_from_the_line_the_header_or_the_name_and_else_nothing_is_said_of_it() {
    let day = |name: &str, text: &str| Told::of(&memory(&[(name, text)]), read);
    assert_eq!(
        day(
            "c.log",
            "--- Log opened Mon Jan 01 00:00:01 2018\n12:34 <ada> hi\n"
        )
        .contributions()
        .len(),
        1
    );
    assert_eq!(
        day("c.log", "2018-01-01 12:34:56\tada\thi\n")
            .contributions()
            .len(),
        1
    );
    let none = day("c.log", "[12:34] <ada> hi\n");
    assert_eq!(
        (none.contributions().len(), none.skipped(Reason::Broken)),
        (0, 1)
    );
}

#[test]
fn deeds_colours_and_marks_of_markdown_read_as_they_were() {
    let told = log(
        "[12:34] * ada waves\n[12:35] <bob> \u{3}4red\u{3} and # 2*3*4\n[12:36] <ubotu> a bot\n",
    );
    let words: Vec<&str> = told
        .contributions()
        .iter()
        .map(|said| said.words.as_str())
        .collect();
    assert_eq!(words, ["*ada waves*", "red and # 2\\*3\\*4", "a bot"]);
    assert_eq!(
        told.voices().iter().filter(|voice| voice.machine).count(),
        1
    );
}

#[test]
fn a_log_without_the_mark_of_a_channel_beside_some_that_have_it_is_a_talk_between_two() {
    let line = "[2018-01-01 12:34:56] <ada> hi\n";
    let told = Told::of(
        &memory(&[
            ("net/#glue/2018-01-01.log", line),
            ("net/bob/2018-01-01.log", line),
        ]),
        read,
    );
    let access: Vec<_> = told
        .communities()
        .iter()
        .map(|place| (place.name.as_str(), place.access))
        .collect();
    assert_eq!(access, [("#glue", Access::Open), ("bob", Access::Direct)]);
}

#[test]
fn what_is_no_line_of_a_log_is_skipped_with_its_place() {
    let long = "x".repeat(100_000);
    let told = log(&format!(
        "[12:34] <ada> a\n[12:34] <bob> b\n[12:34] <eve> c\ngarbage\n[12:35] <ada> {long}\n\n[12:36] <ada>\n[12:37] <bob> d"
    ));
    assert_eq!(told.contributions().len(), 4);
    assert_eq!(
        (
            told.skipped(Reason::Broken),
            told.skipped(Reason::TooLarge),
            told.skipped(Reason::Empty)
        ),
        (1, 1, 1)
    );
    assert_eq!(told.skips()[0].offset, Some(48));
}

#[test]
fn recovery_says_the_same_each_time_and_reaches_only_back() {
    let lines: Vec<(String, String)> = (0..500)
        .map(|n| {
            (
                format!("p{}", n * 7 % 13),
                format!("p{}: word{} is {}?", n * 5 % 13, n % 31, n * n % 17),
            )
        })
        .collect();
    let all = || {
        lines.iter().enumerate().map(|(n, (speaker, words))| Line {
            at: Some(n as i64 * 20),
            speaker,
            words,
        })
    };
    let found = recover(all());
    assert_eq!(found, recover(all()));
    assert!(
        found
            .iter()
            .enumerate()
            .all(|(n, answers)| answers.is_none_or(|place| place < n && n - place <= 100))
    );
}

#[test]
fn conversations_of_a_real_channel_are_recovered_better_than_by_names_alone() {
    let Some(data) = Unpacked::new(
        "conversations/irc-ubuntu-disentangled/irc-train-dev.tar.zst",
        "irc-dev",
    ) else {
        return;
    };
    let (mut right, mut found, mut there) = (0, 0, 0);
    for log in annotated::read(&data.0.join("dev")) {
        let answers = recover(log.said.iter().map(|said| Line {
            at: said.at,
            speaker: &said.speaker,
            words: &said.words,
        }));
        let said = log.said.iter().zip(answers).map(|(said, answers)| {
            (
                answers.map_or(said.line, |place| log.said[place].line),
                said.line,
            )
        });
        let own = log.system.iter().map(|line| (*line, *line));
        let links: Vec<(usize, usize)> = said
            .chain(own)
            .filter(|(_, later)| *later >= 1000)
            .collect();
        right += links.iter().filter(|link| log.links.contains(link)).count();
        found += links.len();
        there += log.links.len();
    }
    let f1 = 2.0 * right as f64 / (found + there) as f64;
    assert!(f1 > 0.70, "F1 {f1}");
}

#[test]
fn every_line_of_real_logs_is_accounted_for() {
    let Some(data) = Unpacked::new(
        "conversations/irc-ubuntu-disentangled/irc-train-dev.tar.zst",
        "irc-all",
    ) else {
        return;
    };
    let source = Source::open(&data.0.join("dev")).unwrap();
    assert!(recognise(&source));
    let told = Told::of(&source, read);
    assert_eq!(told.contributions().len() + told.skips().len(), 12_500);
    assert_eq!(told.skipped(Reason::Broken), 0);
    assert_eq!(told.communities()[0].name, "dev");
}

#[test]
fn real_logs_of_supybot_are_read() {
    let Some(data) = Unpacked::new(
        "formats/connectors/perceval-1.6.1-tests-data.tar.zst",
        "irc-supybot",
    ) else {
        return;
    };
    let told = Told::of(
        &Source::open(&data.0.join("supybot/supybot_2012_10_18.log")).unwrap(),
        read,
    );
    assert_eq!(
        (
            told.contributions().len(),
            told.skipped(Reason::System),
            told.skipped(Reason::Joined)
        ),
        (3, 4, 1)
    );
}

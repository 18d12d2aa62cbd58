//! The pulse of real mailing lists, where `TACIT_DATA` names the folder that holds them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use pulse::{Answers, DAY, Fact, HOUR, Line, Of, Rhythm, Talk, WEEK, taking_part};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;
use std::path::PathBuf;

/// One line of the file: message, person, when, what it answers.
#[derive(Clone)]
struct Message {
    id: String,
    who: String,
    at: i64,
    answers: String,
}

/// Messages of each list, in the order of the file; the first of those with the same id.
fn lists() -> Option<BTreeMap<String, Vec<Message>>> {
    let Some(data) = std::env::var_os("TACIT_DATA") else {
        eprintln!("not run: TACIT_DATA is not set");
        return None;
    };
    let file = PathBuf::from(data).join("pulse/r-mailing-lists/r-lists-metadata.tsv.zst");
    let mut text = String::new();
    let packed = std::fs::File::open(file).unwrap();
    ruzstd::decoding::StreamingDecoder::new(packed)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    let mut lists = BTreeMap::<String, Vec<Message>>::new();
    let mut seen = HashSet::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if seen.insert((cells[0], cells[1])) {
            let at = cells[3]
                .parse::<jiff::Timestamp>()
                .unwrap()
                .as_microsecond();
            let message = Message {
                id: cells[1].into(),
                who: cells[2].into(),
                at,
                answers: cells[4].into(),
            };
            lists.entry(cells[0].into()).or_default().push(message);
        }
    }
    Some(lists)
}

fn facts(messages: &[Message]) -> Vec<Fact> {
    let places: HashMap<&str, u32> = messages
        .iter()
        .map(|message| message.id.as_str())
        .zip(0..)
        .collect();
    let mut people = HashMap::new();
    let fact = |message: &Message| {
        let next = people.len() as u32;
        let answers = match places.get(message.answers.as_str()) {
            Some(place) => Answers::Fact(*place),
            None if message.answers.is_empty() => Answers::Nothing,
            None => Answers::Elsewhere,
        };
        let who = *people.entry(message.who.clone()).or_insert(next);
        Fact {
            who,
            at: message.at,
            answers,
            asks: answers == Answers::Nothing,
        }
    };
    messages.iter().map(fact).collect()
}

#[test]
fn every_list_gives_a_report() {
    let Some(lists) = lists() else { return };
    assert!(lists.len() >= 19);
    for (name, messages) in lists {
        let facts = facts(&messages);
        let talk = Talk::of(&facts);
        let (time, as_of) = (talk.span(), talk.span().end);
        let response = talk.first_response(&time, Of::Beginnings, as_of);
        let newcomers = talk.newcomers(&time, as_of);
        let weeks = talk.weeks(&time, Of::Beginnings, as_of);
        let rhythm = Rhythm::of(facts.iter().map(|fact| fact.at), |_| 0);
        let said = talk.within(&time).map(|(_, fact)| (fact.who, fact.at));
        let shares = taking_part(
            said,
            talk.welcomes(&time),
            newcomers.newcomers as u32,
            as_of,
        );
        let conversations = talk.conversations();
        println!(
            "{name}: {} contributions, {} people, {} conversations; first response {:?} h, {} of {} open; newcomers replied {:.2?}, back {:.2?} (replied, not: {:.2?}); absence factor {}; {} weeks, {} flags; {shares:?}",
            facts.len(),
            newcomers.newcomers,
            conversations.len(),
            response.median().map(|hours| hours.round()),
            response.open(),
            response.open() + response.happened(),
            newcomers.replied_share(),
            newcomers.back_share(),
            newcomers.back_share_by_reply(),
            talk.absence_factor(&time),
            weeks.line(Line::People).len(),
            weeks.flags().len(),
        );
        assert_eq!(
            conversations
                .iter()
                .map(|one| one.contributions as usize)
                .sum::<usize>(),
            facts.len()
        );
        assert_eq!(rhythm.weekdays().iter().sum::<u32>() as usize, facts.len());
        assert_eq!(
            rhythm
                .weeks
                .iter()
                .map(|(_, count)| *count as usize)
                .sum::<usize>(),
            facts.len()
        );
        let in_lines: f64 = weeks.line(Line::Contributions).iter().flatten().sum();
        assert!(in_lines <= facts.len() as f64);
    }
}

/// Walks from a message up its answers until somebody else's; whether that comes by the first message.
fn replies_to<'a>(messages: &'a [Message], reply: &'a Message, to: &Message) -> bool {
    let mut now = reply;
    for _ in 0..messages.len() {
        let Some(parent) = messages.iter().find(|one| one.id == now.answers) else {
            return false;
        };
        if parent.id == to.id {
            return true;
        }
        if parent.who != to.who {
            return false;
        }
        now = parent;
    }
    false
}

fn first_reply(messages: &[Message], to: &Message) -> Option<i64> {
    let others = messages.iter().filter(|one| one.who != to.who);
    others
        .filter(|one| replies_to(messages, one, to))
        .map(|one| one.at.max(to.at))
        .min()
}

#[test]
fn a_small_list_comes_out_the_same_by_hand() {
    let Some(lists) = lists() else { return };
    for name in ["r-sig-dcm", "r-ug-ottawa", "r-sig-windows"] {
        let messages = &lists[name];
        let facts = facts(messages);
        let talk = Talk::of(&facts);
        let (time, as_of) = (talk.span(), talk.span().end);

        let beginnings: Vec<&Message> = messages
            .iter()
            .filter(|one| one.answers.is_empty())
            .collect();
        let waits: Vec<(i64, bool)> = beginnings
            .iter()
            .map(|one| {
                first_reply(messages, one).map_or((as_of - one.at, false), |at| (at - one.at, true))
            })
            .collect();
        let survival = talk.first_response(&time, Of::Beginnings, as_of);
        for hours in [1, 5, 24, 100, 1000] {
            let naive = waits_longer(&waits, hours * HOUR);
            assert!(
                (survival.share_after(hours as f64) - naive).abs() < 1e-9,
                "{name} {hours}"
            );
        }

        let old = beginnings.iter().filter(|one| one.at <= as_of - 7 * DAY);
        let open = old
            .filter(|one| first_reply(messages, one).is_none())
            .count();
        assert_eq!(talk.unanswered(&time, as_of).open.len(), open, "{name}");

        let (replied, back) = newcomers_by_hand(messages, as_of);
        let newcomers = talk.newcomers(&time, as_of);
        assert_eq!(
            (
                (newcomers.replied, newcomers.replied_judged),
                (newcomers.back, newcomers.back_judged)
            ),
            (replied, back),
            "{name}"
        );

        assert_eq!(
            talk.absence_factor(&time),
            absence_factor_by_hand(messages),
            "{name}"
        );
        let first_week = pulse::beginning_of(talk.weeks(&time, Of::Beginnings, as_of).first);
        let in_week = messages
            .iter()
            .filter(|one| (first_week..first_week + WEEK).contains(&one.at))
            .count();
        assert_eq!(
            talk.weeks(&time, Of::Beginnings, as_of)
                .line(Line::Contributions)[0],
            Some(in_week as f64),
            "{name}"
        );
        println!(
            "{name}: {} beginnings, {open} open, newcomers replied {replied:?}, back {back:?}",
            beginnings.len()
        );
    }
}

/// Kaplan and Meier's product, as it is written.
fn waits_longer(waits: &[(i64, bool)], than: i64) -> f64 {
    let mut times: Vec<i64> = waits
        .iter()
        .filter(|(time, happened)| *happened && *time <= than)
        .map(|(time, _)| *time)
        .collect();
    times.sort_unstable();
    times.dedup();
    let factor = |time: i64| {
        let at_risk = waits.iter().filter(|(other, _)| *other >= time).count() as f64;
        let events = waits
            .iter()
            .filter(|(other, happened)| *happened && *other == time)
            .count() as f64;
        1.0 - events / at_risk
    };
    times.into_iter().map(factor).product()
}

fn newcomers_by_hand(messages: &[Message], as_of: i64) -> ((usize, usize), (usize, usize)) {
    let (mut replied, mut back) = ((0, 0), (0, 0));
    let is_first = |place: usize, one: &Message| {
        messages
            .iter()
            .enumerate()
            .filter(|(_, other)| other.who == one.who)
            .all(|(other_place, other)| (one.at, place) <= (other.at, other_place))
    };
    for (_, one) in messages
        .iter()
        .enumerate()
        .filter(|(place, one)| is_first(*place, one))
    {
        if one.at + 48 * HOUR <= as_of {
            replied.1 += 1;
            replied.0 +=
                usize::from(first_reply(messages, one).is_some_and(|at| at <= one.at + 48 * HOUR));
        }
        if one.at + 30 * DAY <= as_of {
            back.1 += 1;
            let again = messages
                .iter()
                .filter(|other| other.who == one.who && other.id != one.id)
                .any(|other| other.at <= one.at + 30 * DAY);
            back.0 += usize::from(again);
        }
    }
    (replied, back)
}

fn absence_factor_by_hand(messages: &[Message]) -> usize {
    let is_reply = |one: &&Message| {
        let parent = messages.iter().find(|other| other.id == one.answers);
        !one.answers.is_empty() && parent.is_none_or(|parent| parent.who != one.who)
    };
    let replies: Vec<&Message> = messages.iter().filter(is_reply).collect();
    let people: HashSet<&str> = replies.iter().map(|one| one.who.as_str()).collect();
    let mut counts: Vec<usize> = people
        .iter()
        .map(|who| replies.iter().filter(|one| one.who == **who).count())
        .collect();
    counts.sort_unstable();
    counts.reverse();
    (0..=counts.len())
        .find(|n| counts.iter().take(*n).sum::<usize>() * 2 >= replies.len())
        .unwrap()
}

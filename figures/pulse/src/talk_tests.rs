//! What answers what, in order and out of it.

use super::*;
use crate::fact::HOUR;
use proptest::prelude::*;

pub(crate) fn said(who: u32, hour: i64, answers: Answers) -> Fact {
    Fact {
        who,
        at: hour * HOUR,
        answers,
        asks: false,
    }
}

#[test]
fn a_reply_of_another_person_is_the_first_one_and_not_ones_own() {
    let facts = [
        said(1, 0, Answers::Nothing),
        said(1, 1, Answers::Fact(0)),
        said(2, 5, Answers::Fact(0)),
        said(3, 3, Answers::Fact(1)),
    ];
    let talk = Talk::of(&facts);
    assert_eq!(
        talk.first_reply_of(0),
        Some(3 * HOUR),
        "an answer to what the author added is one to the question"
    );
    assert_eq!(talk.first_reply_of(1), Some(3 * HOUR));
    assert_eq!(talk.first_reply_of(2), None);
    assert!(!talk.is_reply(1) && talk.is_reply(2));
    assert_eq!(
        (talk.answers_whom(1), talk.answers_whom(3)),
        (None, Some(1))
    );
}

#[test]
fn an_answer_before_its_question_took_no_time() {
    let facts = [said(1, 10, Answers::Nothing), said(2, 4, Answers::Fact(0))];
    assert_eq!(Talk::of(&facts).first_reply_of(0), Some(10 * HOUR));
}

#[test]
fn circles_and_answers_to_nothing_are_cut() {
    let facts = [
        said(1, 0, Answers::Fact(2)),
        said(2, 1, Answers::Fact(0)),
        said(3, 2, Answers::Fact(1)),
        said(4, 3, Answers::Fact(2)),
        said(5, 4, Answers::Fact(5)),
        said(6, 5, Answers::Fact(5)),
        said(7, 6, Answers::Fact(999)),
        said(8, 7, Answers::Elsewhere),
    ];
    let talk = Talk::of(&facts);
    assert_eq!(talk.beginning_of(3), Some(2));
    assert_eq!(talk.beginning_of(4), Some(5));
    assert!((0..8).all(|place| talk.is_reply(place)));
    assert_eq!(talk.answers_whom(6), None);
    assert_eq!(talk.conversations().len(), 6);
}

#[test]
fn a_conversation_lasts_from_its_first_to_its_last() {
    let facts = [
        said(1, 0, Answers::Nothing),
        said(2, 30, Answers::Fact(0)),
        said(1, 50, Answers::Fact(1)),
        said(3, 7, Answers::Nothing),
    ];
    let conversations = Talk::of(&facts).conversations();
    let first = Conversation {
        beginning: 0,
        first: 0,
        last: 50 * HOUR,
        contributions: 3,
        people: 2,
    };
    assert_eq!(conversations[0], first);
    assert_eq!(conversations.len(), 2);
}

#[test]
fn nothing_said_is_borne() {
    let talk = Talk::of(&[]);
    assert!(talk.span().is_empty());
    assert!(talk.conversations().is_empty());
    assert_eq!(talk.within(&(i64::MIN..i64::MAX)).count(), 0);
}

pub(crate) fn some_facts() -> impl Strategy<Value = Vec<Fact>> {
    let answers = prop_oneof![
        Just(Answers::Nothing),
        (0_u32..60).prop_map(Answers::Fact),
        Just(Answers::Elsewhere)
    ];
    let fact = (0_u32..9, 0_i64..2000, answers, any::<bool>());
    prop::collection::vec(
        fact.prop_map(|(who, hour, answers, asks)| Fact {
            asks,
            ..said(who, hour, answers)
        }),
        0..60,
    )
}

/// The earliest reply by walking down from every fact, in the time of their square.
fn by_walking(talk: &Talk<'_>, facts: &[Fact], place: u32) -> Option<i64> {
    let own = facts[place as usize];
    let children = (0..facts.len() as u32).filter(|child| talk.parent(*child) == place);
    children
        .filter_map(|child| {
            let fact = facts[child as usize];
            if fact.who == own.who {
                by_walking(talk, facts, child)
            } else {
                Some(fact.at.max(own.at))
            }
        })
        .min()
}

proptest! {
    #[test]
    fn first_replies_are_those_found_by_walking(facts in some_facts()) {
        let talk = Talk::of(&facts);
        for place in 0..facts.len() as u32 {
            prop_assert_eq!(talk.first_reply_of(place), by_walking(&talk, &facts, place));
        }
    }

    #[test]
    fn every_fact_is_in_one_conversation(facts in some_facts()) {
        let talk = Talk::of(&facts);
        let contributions: u32 = talk.conversations().iter().map(|conversation| conversation.contributions).sum();
        prop_assert_eq!(contributions as usize, facts.len());
        for place in 0..facts.len() as u32 {
            let beginning = talk.beginning_of(place).unwrap();
            prop_assert_eq!(talk.beginning_of(beginning), Some(beginning));
        }
    }
}

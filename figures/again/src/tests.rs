//! What asks the same is found, and what does not is left alone.

use super::*;
use proptest::prelude::*;

const NOISE: [&str; 6] = [
    "Where can the minutes of the last meeting be read?",
    "Which ward uses the new infusion pump on weekends?",
    "Is there a template for the quarterly report to sponsors?",
    "Who would like to pair on the deployment pipeline tomorrow?",
    "How long do you keep sourdough in the fridge before baking?",
    "What does error 1603 of the installer mean on older laptops?",
];

fn groups(questions: &[(&str, &str)]) -> Vec<Group> {
    let mut all = Questions::default();
    for (id, (title, words)) in (100..).zip(questions) {
        all.add(id, id, title, words);
    }
    for (id, words) in (900..).zip(NOISE) {
        all.add(id, id, "", words);
    }
    all.groups(ALIKE)
}

#[test]
fn the_same_question_in_slightly_other_words_is_asked_again() {
    let found = groups(&[
        (
            "How do I reset my password?",
            "I forgot the password of my account.",
        ),
        (
            "Handing over at night",
            "How does your ward do the handover at night?",
        ),
        (
            "how can i reset passwords",
            "Forgot the password for my account, what now",
        ),
        ("", "What is a good book about pattern languages?"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].ids, [100, 102]);
    assert!(found[0].likeness >= ALIKE && found[0].likeness <= 1.0);
}

#[test]
fn one_shared_word_is_not_the_same_question() {
    assert!(
        groups(&[
            ("Password rules of the bank", "How long must it be?"),
            ("Password managers", "Which one do you use at work?")
        ])
        .is_empty()
    );
}

#[test]
fn what_says_too_little_is_not_compared() {
    assert!(
        groups(&[
            ("", "any help?"),
            ("", "Any help"),
            ("", ""),
            ("", "🙏🙏🙏")
        ])
        .is_empty()
    );
}

#[test]
fn the_same_in_chinese_is_found_too() {
    let found = groups(&[
        ("", "请问如何重置我的密码"),
        ("", "如何重置我的密码"),
        ("", "今天的会议在哪里举行"),
    ]);
    assert_eq!(
        found
            .iter()
            .map(|group| group.ids.clone())
            .collect::<Vec<_>>(),
        [[100, 101]]
    );
}

#[test]
fn a_question_asked_five_hundred_times_is_one_group() {
    let mut all = Questions::default();
    for id in 0..3000_u32 {
        let words = if id % 6 == 0 {
            format!("How do I reset my password on machine {id}?")
        } else {
            format!(
                "Topic {} about {} and {} with {}",
                words::mixed(id.into()),
                id * 7,
                id * 13,
                words::mixed(u64::from(id) + 5000)
            )
        };
        all.add(id, id, "", &words);
    }
    let found = all.groups(ALIKE);
    assert_eq!(
        found.first().map(|group| group.ids.len()),
        Some(500),
        "{:?}",
        found
            .iter()
            .map(|group| group.ids.len())
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_one_person_asks_twice_is_not_asked_again() {
    let asked_by = |second| {
        let mut all = Questions::default();
        for (id, words) in (900..).zip(NOISE) {
            all.add(id, id, "", words);
        }
        all.add(1, 7, "", "How do I reset my password?");
        all.add(2, second, "", "How do I reset my password");
        all.groups(ALIKE)
    };
    assert!(asked_by(7).is_empty());
    assert_eq!(asked_by(8).first().map(|group| group.people), Some(2));
}

#[test]
fn nothing_asked_is_borne() {
    assert!(Questions::default().groups(ALIKE).is_empty());
}

proptest! {
    #[test]
    fn each_question_is_in_one_group_at_most_and_like_its_first(picks in prop::collection::vec(prop::collection::vec(0_usize..14, 3..9), 0..60)) {
        const WORDS: [&str; 14] =
            ["ward", "night", "pump", "handover", "alarm", "shift", "report", "nurse", "log", "train", "badge", "line", "drip", "check"];
        let text = |pick: &Vec<usize>| pick.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ");
        let groups = |picks: &[Vec<usize>]| {
            let mut all = Questions::default();
            for (id, pick) in (0..).zip(picks) {
                all.add(id, id, "", &text(pick));
            }
            all.groups(0.6)
        };
        let found = groups(&picks);
        let mut ids: Vec<u32> = found.iter().flat_map(|group| group.ids.iter().copied()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
        prop_assert!(found.iter().all(|group| group.ids.len() > 1 && group.likeness >= 0.6));
        prop_assert_eq!(found, groups(&picks));
    }

    #[test]
    fn any_text_is_borne(texts in prop::collection::vec((".*", ".*"), 0..20)) {
        let mut all = Questions::default();
        for (id, (title, words)) in (0..).zip(&texts) {
            all.add(id, id, title, words);
        }
        all.groups(ALIKE);
    }
}

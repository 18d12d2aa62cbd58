//! What holds for every text, and sentences that read as they should.

use super::*;
use proptest::prelude::*;

/// Out in brackets, in in braces; blocks by bars.
pub(crate) fn drawn(blocks: &[Block<'_>]) -> String {
    let part = |part: &Part<'_>| match part {
        Part::Same(words) => (*words).to_owned(),
        Part::Out(words) => format!("[{words}]"),
        Part::In(words) => format!("{{{words}}}"),
    };
    let block = |block: &Block<'_>| match block {
        Block::Same { words } => (*words).to_owned(),
        Block::Changed { parts } => parts.iter().map(part).collect(),
        Block::Folded { blocks } => format!("({blocks} more)"),
    };
    blocks.iter().map(block).collect::<Vec<_>>().join("|")
}

fn shown(before: &str, after: &str) -> String {
    drawn(&differences(before, after))
}

fn both(blocks: &[Block<'_>]) -> (String, String) {
    let (mut before, mut after) = (String::new(), String::new());
    for block in blocks {
        let parts = match block {
            Block::Same { words } => vec![Part::Same(words)],
            Block::Changed { parts } => parts.clone(),
            Block::Folded { .. } => Vec::new(),
        };
        for part in parts {
            match part {
                Part::Same(words) => {
                    before += words;
                    after += words;
                }
                Part::Out(words) => before += words,
                Part::In(words) => after += words,
            }
        }
    }
    (before, after)
}

#[test]
fn a_changed_word_is_shown_within_its_paragraph() {
    let before = "# Hands\n\nWash your hands for twenty seconds.\n\nDry them.\n";
    let after = "# Hands\n\nWash your hands for forty seconds.\n\nDry them.\n";
    assert_eq!(
        shown(before, after),
        "# Hands\n\n|Wash your hands for [twenty]{forty} seconds.\n\n|Dry them.\n"
    );
}

#[test]
fn a_new_paragraph_leaves_its_neighbours_the_same() {
    assert_eq!(shown("One.\n", "One.\n\nTwo.\n"), "One.\n|{\nTwo.\n}");
    assert_eq!(
        shown("One.\n\nThree.", "One.\n\nTwo.\n\nThree."),
        "One.\n\n|{Two.\n\n}|Three."
    );
    assert_eq!(
        shown("- a\n- b\n", "- a\n- b\n- c\n"),
        "- a\n|- b\n|{- c\n}"
    );
}

#[test]
fn words_that_hardly_part_two_changes_are_part_of_them() {
    let before =
        "We clean the wound with cold water and wait a while before the bandage is put on it.";
    let after =
        "We clean the wound with warm saline and rest a bit before the bandage is put on it.";
    assert_eq!(
        shown(before, after),
        "We clean the wound with [cold water and wait a while]{warm saline and rest a bit} before the bandage is put on it."
    );
}

#[test]
fn a_sentence_is_put_in_as_a_sentence() {
    let before = "Knock first. Then go in and say who you are.";
    let after = "Knock first. Then wait. Then go in and say who you are.";
    assert_eq!(
        shown(before, after),
        "Knock first. {Then wait. }Then go in and say who you are."
    );
}

#[test]
fn what_mostly_changed_is_taken_out_and_put_in_whole() {
    let before = "Ask the ward clerk for the keys before you leave.";
    let after = "Nobody needs keys any longer, since doors open by badge.";
    assert_eq!(shown(before, after), format!("[{before}]|{{{after}}}"));
}

#[test]
fn code_is_shown_by_line() {
    let before = "Run:\n\n```sh\ncd app\ncargo test\n```\n";
    let after = "Run:\n\n```sh\ncd app\ncargo test --all\n```\n";
    assert_eq!(
        shown(before, after),
        "Run:\n\n|```sh\n|cd app\n|cargo test{ --all}\n|```\n"
    );
}

#[test]
fn long_same_stretches_are_folded_but_for_their_ends() {
    let before = "a\n\nb\n\nc\n\nd\n\ne\n\nf\n";
    let after = "a\n\nb\n\nc\n\nd\n\ne\n\nnew\n\nf\n";
    assert_eq!(
        drawn(&folded(differences(before, after))),
        "(4 more)|e\n\n|{new\n\n}|f\n"
    );
    assert_eq!(
        drawn(&folded(differences("a\n\nb\n\nc\n", "a\n\nb\n\nd\n"))),
        "a\n\n|b\n\n|[c\n]|{d\n}"
    );
    assert_eq!(
        drawn(&folded(differences("a\n\nb\n", "a\n\nb\n"))),
        "(2 more)"
    );
}

#[test]
fn rewrapping_changes_blank_space_alone() {
    let blocks = differences(
        "Wash your hands\nand dry them.",
        "Wash your\nhands and dry them.",
    );
    assert_eq!(drawn(&blocks), "Wash your[ ]{\n}hands[\n]{ }and dry them.");
}

#[test]
fn similarity_is_the_share_of_words_kept() {
    assert_eq!(similarity("", ""), 1.0);
    assert_eq!(similarity("same words", "same words"), 1.0);
    assert_eq!(similarity("", "new words"), 0.0);
    assert_eq!(similarity("one two three four", "one two three five"), 0.75);
    assert_eq!(similarity("a\n\nb\n", "a\n\nb\n\nc\n\nd\n"), 0.5);
}

#[test]
fn different_paragraphs_words_and_lines_are_put_together() {
    let base = "# Hands\n\nWash your hands for twenty seconds with soap.\n\n- towel\n- bin\n";
    let ours = "# Hands\n\nWash your hands for forty seconds with soap.\n\n- paper towel\n- bin\n";
    let theirs = "# Clean hands\n\nWash both your hands for twenty seconds with soap.\n\n- towel\n- closed bin\n";
    let merged = merge(base, ours, theirs);
    assert_eq!(merged.clashes, []);
    assert_eq!(
        merged.words,
        "# Clean hands\n\nWash both your hands for forty seconds with soap.\n\n- paper towel\n- closed bin\n"
    );
}

#[test]
fn a_clash_keeps_all_three_wordings() {
    let base = "Wash for twenty seconds.\n\nDry.\n";
    let merged = merge(
        base,
        "Wash for forty seconds.\n\nDry.\n",
        "Wash for sixty seconds.\n\nDry well.\n",
    );
    assert_eq!(merged.words, "Wash for forty seconds.\n\nDry well.\n");
    let [clash] = &merged.clashes[..] else {
        panic!("{merged:?}")
    };
    assert_eq!(clash.base, "Wash for twenty seconds.\n");
    assert_eq!(clash.theirs, "Wash for sixty seconds.\n");
    assert_eq!(merged.words[clash.at.clone()], clash.ours);
}

#[test]
fn changes_side_by_side_clash_and_words_of_two_rewritings_are_not_mixed() {
    assert_eq!(
        merge(
            "the quick brown fox ran",
            "the slow brown bear ran",
            "the quick red fox ran"
        )
        .clashes
        .len(),
        1
    );
    let base = "Ask the clerk for the keys to the cupboard.";
    let merged = merge(
        base,
        "Keys hang behind the door of the office.",
        "Send the clerk a message in the evening.",
    );
    assert_eq!(merged.clashes.len(), 1);
}

#[test]
fn lines_of_code_are_not_mixed_word_by_word() {
    let base = "```\nlet a = one(b, c) + two(d, e);\nlet z = 1;\nend\n```\n";
    let merged = merge(base, &base.replace("one", "uno"), &base.replace("e)", "f)"));
    assert_eq!(merged.clashes.len(), 1);
    let merged = merge(
        base,
        &base.replace("one", "uno"),
        &base.replace("end", "fin"),
    );
    assert_eq!(
        (merged.clashes.len(), merged.words),
        (0, base.replace("one", "uno").replace("end", "fin"))
    );
}

#[test]
fn texts_too_long_are_taken_whole() {
    let long = "word ".repeat(LONGEST / 5 + 1);
    let longer = format!("{long}more");
    assert_eq!(differences(&long, &longer).len(), 2);
    assert_eq!(differences(&long, &long).len(), 1);
    assert_eq!(merge(&long, &longer, "").clashes.len(), 1);
    assert_eq!(merge(&long, &longer, &long).words, longer);
}

#[test]
fn hostile_texts_are_no_more_work_than_long_ones() {
    let many = 10_000;
    let lines = |line: &dyn Fn(usize) -> String| (0..many).map(line).collect::<String>();
    let numbered = |from: usize| lines(&|at| format!("- {}\n", from + at));
    let each_of = |kinds: usize| lines(&|at| format!("- a {}\n", at % kinds));
    let words = |step: usize| lines(&|at| format!("w{} ", at * step % 1009));
    let texts = [
        ("x\n".repeat(many), "x\n".repeat(many / 2)),
        ("- x\n".repeat(many), "- x\n".repeat(many / 2)),
        (numbered(0), numbered(2 * many)),
        (numbered(0), numbered(many / 2)),
        (each_of(3), each_of(7)),
        ("a b ".repeat(many), "b a c ".repeat(many)),
        (words(7919), words(104_729)),
    ];
    for (before, after) in &texts {
        let blocks = differences(before, after);
        assert_eq!(both(&blocks), (before.clone(), after.clone()));
    }
    merge(&texts[2].0, &texts[2].1, &texts[1].0);
}

/// Texts that look like Markdown, of few words, so that much repeats.
fn markdown() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "wash",
        "hands",
        "the",
        "a",
        "dry",
        "Öl",
        "洗",
        "don't",
        "3.14",
        "[x](https://e.org/a)",
    ]);
    let end = prop::sample::select(vec![
        " ", ", ", ". ", "\n", "\r\n", "\n\n", "\n\n\n", "\n- ", "\n# ", "\n```\n", "\n    ", "\t",
    ]);
    prop::collection::vec((word, end), 0..40).prop_map(|all| {
        all.into_iter()
            .map(|(word, end)| format!("{word}{end}"))
            .collect()
    })
}

/// A text and what somebody made of it.
fn edited(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut words: Vec<&str> = text.split_inclusive(' ').collect();
    for (at, out, put_in) in edits {
        let at = at % (words.len() + 1);
        let until = (at + out).min(words.len());
        words.splice(at..until, [put_in.as_str()]);
    }
    words.concat()
}

fn edits(mark: &'static str) -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let edit = (0..60_usize, 0..3_usize, 0..1000_u32);
    prop::collection::vec(edit, 0..4).prop_map(move |all| {
        all.into_iter()
            .map(|(at, out, number)| (at, out, format!("{mark}{number} ")))
            .collect()
    })
}

fn words_with(text: &str, mark: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| word.starts_with(mark))
        .map(str::to_owned)
        .collect();
    words.sort();
    words.dedup();
    words
}

proptest! {
    #[test]
    fn what_is_shown_gives_both_wordings_back(before in markdown(), after in markdown()) {
        let blocks = differences(&before, &after);
        prop_assert_eq!(both(&blocks), (before.clone(), after.clone()));
        let only_same = blocks.iter().all(|block| matches!(block, Block::Same { .. }));
        prop_assert_eq!(only_same, before == after);
        prop_assert!((0.0..=1.0).contains(&similarity(&before, &after)));
    }

    #[test]
    fn an_edited_text_gives_both_wordings_back(before in markdown(), edits in edits("ours")) {
        let after = edited(&before, &edits);
        prop_assert_eq!(both(&differences(&before, &after)), (before, after));
    }

    #[test]
    fn any_text_at_all_is_borne(one in ".{0,40}", two in ".{0,40}", three in ".{0,40}") {
        prop_assert_eq!(both(&differences(&one, &two)), (one.clone(), two.clone()));
        merge(&one, &two, &three);
    }

    #[test]
    fn what_one_side_changed_is_taken(base in markdown(), other in markdown()) {
        for merged in [merge(&base, &other, &base), merge(&base, &base, &other), merge(&base, &other, &other)] {
            prop_assert_eq!(merged, Merged { words: other.clone(), clashes: Vec::new() });
        }
    }

    #[test]
    fn nothing_that_was_put_in_is_lost(base in markdown(), one in edits("ours"), two in edits("theirs")) {
        let (ours, theirs) = (edited(&base, &one), edited(&base, &two));
        let merged = merge(&base, &ours, &theirs);
        let all = merged.clashes.iter().fold(merged.words.clone(), |all, clash| format!("{all} {} {}", clash.ours, clash.theirs));
        prop_assert_eq!(words_with(&all, "ours"), words_with(&ours, "ours"));
        prop_assert_eq!(words_with(&all, "theirs"), words_with(&theirs, "theirs"));
        for clash in &merged.clashes {
            prop_assert_eq!(&merged.words[clash.at.clone()], clash.ours.as_str());
        }
    }

    #[test]
    fn whose_words_are_ours_does_not_matter_where_nothing_clashes(base in markdown(), one in edits("ours"), two in edits("theirs")) {
        let (ours, theirs) = (edited(&base, &one), edited(&base, &two));
        let (here, there) = (merge(&base, &ours, &theirs), merge(&base, &theirs, &ours));
        prop_assert_eq!(here.clashes.len(), there.clashes.len());
        if here.clashes.is_empty() {
            prop_assert_eq!(here.words, there.words);
        }
    }
}

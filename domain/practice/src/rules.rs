//! Who may what with a practice, which evidence a state needs, when it should be looked at again. Pure.

use community::{Openness, Stage};
use conversation::For;
use jiff::{Span, ToSpan};
use kernel::{Say, Timestamp};
use membership::rules::{self as standing, Care, Standing};

use crate::{How, State};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotYours,
    AlreadySo,
    NeedsTrying,
    /// How many work by it who did not write it.
    NeedsTwo(i64),
    GardenersContest,
    SayWhy,
    TakenUp,
    Retired,
    StaysInItsCommunity,
    ClosedDoor,
    Further,
    PracticeElsewhere,
    NotOpenAnyMore,
    Clashes,
    NothingNew,
    NoFork,
    TooManyKinds,
    TooManySources,
    TooManyFiles,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        let text = match r {
            Refusal::NeedsTwo(0) => "In use needs two people who work by it and did not write it. So far nobody has said so.",
            Refusal::NeedsTwo(_) => "In use needs two people who work by it and did not write it. So far one has said so; one more is missing.",
            Refusal::NotYours => "Its authors and gardeners do this. You can propose a change: it becomes a conversation.",
            Refusal::AlreadySo => "It is in that state already.",
            Refusal::NeedsTrying => "Tried needs one person who tried it and did not write it. So far nobody has said so.",
            Refusal::GardenersContest => "Gardeners and stewards mark a practice as contested. You can say that you dropped it, and why: they are asked then.",
            Refusal::SayWhy => "Please say why: it stands with the practice, and others learn from it.",
            Refusal::TakenUp => "Others have written in it or work by it, so it is not yours alone to take back. You can retire it, with the reason.",
            Refusal::Retired => "This practice is retired. Bring it back first, or begin a new one from it.",
            Refusal::StaysInItsCommunity => "This practice is for its community. Its authors can open it; until then it is not carried elsewhere.",
            Refusal::ClosedDoor => "Behind a closed door a practice is for its members.",
            Refusal::Further => "Some of the words that it cites are for fewer people than the practice would be. Choose others, or a smaller audience.",
            Refusal::PracticeElsewhere => "You need to be a member where it should stand.",
            Refusal::NotOpenAnyMore => "This proposal was answered meanwhile.",
            Refusal::Clashes => "The practice has changed in the same passages since this was proposed. Open the proposal, compare, and revise by hand.",
            Refusal::NothingNew => "This is what it says already. Change something first.",
            Refusal::NoFork => "It did not begin as another practice, so there is nothing to offer back.",
            Refusal::TooManyKinds => "A community can add twelve kinds of practice.",
            Refusal::TooManySources => "A practice can have forty sources.",
            Refusal::TooManyFiles => "A practice can have twenty files.",
        };
        Say::new(text)
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

type May = Result<(), Refusal>;

/// How the one who acts stands to a practice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hand {
    /// Wrote a revision of it.
    pub author: bool,
    /// Wears a hat that tends what the community works by.
    pub tends: bool,
}

impl Hand {
    pub fn of(author: bool, s: &Standing) -> Self {
        Self { author, tends: standing::may_care(Care::Tend, s).is_ok() }
    }
}

/// What those say who did not write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Tried it, use it or adapted it.
    pub tried: i64,
    /// Use it or adapted it.
    pub using: i64,
    /// Tried it and let it be.
    pub dropped: i64,
}

impl Evidence {
    pub fn add(&mut self, how: How) {
        match how {
            How::WillTry => {}
            How::Tried => self.tried += 1,
            How::Use | How::Adapted => {
                self.tried += 1;
                self.using += 1;
            }
            How::Dropped => self.dropped += 1,
        }
    }
}

/// What is open is read by whoever reads its community; behind a closed door nothing is.
pub fn may_be_for(audience: For, openness: Openness) -> May {
    if audience == For::Open && openness == Openness::Closed { Err(Refusal::ClosedDoor) } else { Ok(()) }
}

/// Its authors say whom it is for.
pub fn may_open(hand: Hand) -> May {
    if hand.author { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Whoever may speak proposes, as long as it is worked by.
pub fn may_propose(state: State) -> May {
    if state == State::Retired { Err(Refusal::Retired) } else { Ok(()) }
}

pub fn may_revise(hand: Hand, state: State) -> May {
    match () {
        () if state == State::Retired => Err(Refusal::Retired),
        () if hand.author || hand.tends => Ok(()),
        () => Err(Refusal::NotYours),
    }
}

/// Into another state. What it needs is said in full, so that one knows what is missing.
pub fn may_turn(now: State, to: State, why: &str, hand: Hand, evidence: Evidence) -> May {
    if now == to {
        return Err(Refusal::AlreadySo);
    }
    if to == State::Contested && !hand.tends {
        return Err(Refusal::GardenersContest);
    }
    if !(hand.author || hand.tends) {
        return Err(Refusal::NotYours);
    }
    match to {
        State::Tried if evidence.tried < 1 => Err(Refusal::NeedsTrying),
        State::InUse if evidence.using < 2 => Err(Refusal::NeedsTwo(evidence.using)),
        _ if now == State::Contested && !hand.tends && why.is_empty() => Err(Refusal::SayWhy),
        State::Contested | State::Retired if why.is_empty() => Err(Refusal::SayWhy),
        _ => Ok(()),
    }
}

/// Whoever may speak here may say how a practice did for them; to drop it asks for the reason.
pub fn may_adopt(stage: Stage, s: &Standing, state: State, how: How, why: &str) -> Result<(), kernel::Error> {
    standing::may_contribute(stage, s)?;
    may_propose(state)?;
    if how == How::Dropped && why.is_empty() { Err(Refusal::SayWhy.into()) } else { Ok(()) }
}

pub fn may_take_back(sole_author: bool, adopted_by_others: bool) -> May {
    if sole_author && !adopted_by_others { Ok(()) } else { Err(Refusal::TakenUp) }
}

/// When it should be asked again whether it is still true: so many calendar months later (31 August and six months are the
/// last of February), never when the number is 0.
pub fn due(verified: Timestamp, months: i64) -> Timestamp {
    if months <= 0 {
        return Timestamp(i64::MAX);
    }
    let utc = jiff::tz::TimeZone::UTC.to_datetime(verified.jiff());
    let span: Span = months.clamp(1, 120).months();
    let later = utc.checked_add(span).and_then(|day| jiff::tz::TimeZone::UTC.to_timestamp(day));
    later.map_or(Timestamp(i64::MAX), |at| Timestamp(at.as_microsecond()))
}

/// Words as the passages that one can cite: paragraphs, lists and blocks of code, each as it stands.
pub fn passages(words: &str) -> Vec<String> {
    let (mut all, mut now, mut fence) = (Vec::new(), String::new(), false);
    for line in words.lines() {
        let mark = line.trim_start();
        if mark.starts_with("```") || mark.starts_with("~~~") {
            fence = !fence;
        }
        if line.trim().is_empty() && !fence {
            if !now.is_empty() {
                all.push(std::mem::take(&mut now));
            }
        } else {
            if !now.is_empty() {
                now.push('\n');
            }
            now.push_str(line);
        }
    }
    if !now.is_empty() {
        all.push(now);
    }
    all
}

/// A passage as a quotation that leads to its source.
pub fn quoted(passage: &str, n: usize) -> String {
    let lines: Vec<String> = passage.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
    // On a line of its own, or it would end up in a block of code or a table.
    format!("{}\n>\n> [^{n}]", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHOR: Hand = Hand { author: true, tends: false };
    const GARDENER: Hand = Hand { author: false, tends: true };
    const READER: Hand = Hand { author: false, tends: false };

    fn evidence(all: &[How]) -> Evidence {
        let mut e = Evidence::default();
        all.iter().for_each(|how| e.add(*how));
        e
    }

    #[test]
    fn in_use_needs_two_who_work_by_it_and_the_sentence_says_what_is_missing() {
        let turn = |all: &[How]| may_turn(State::Tried, State::InUse, "", AUTHOR, evidence(all));
        assert_eq!(turn(&[]), Err(Refusal::NeedsTwo(0)));
        assert_eq!(turn(&[How::Use]), Err(Refusal::NeedsTwo(1)));
        assert_eq!(turn(&[How::Use, How::Tried, How::WillTry]), Err(Refusal::NeedsTwo(1)), "to have tried is not to work by it");
        assert_eq!(turn(&[How::Use, How::Adapted]), Ok(()));
        assert!(Say::from(Refusal::NeedsTwo(1)).fill(Say::from(Refusal::NeedsTwo(1)).text).contains("one more is missing"));
    }

    #[test]
    fn tried_needs_one_who_tried_it() {
        assert_eq!(may_turn(State::Proposed, State::Tried, "", AUTHOR, evidence(&[How::WillTry])), Err(Refusal::NeedsTrying));
        assert_eq!(may_turn(State::Proposed, State::Tried, "", GARDENER, evidence(&[How::Tried])), Ok(()));
    }

    #[test]
    fn gardeners_contest_with_a_reason_and_nobody_else() {
        let e = evidence(&[How::Dropped]);
        assert_eq!(may_turn(State::InUse, State::Contested, "it failed twice", AUTHOR, e), Err(Refusal::GardenersContest));
        assert_eq!(may_turn(State::InUse, State::Contested, "", GARDENER, e), Err(Refusal::SayWhy));
        assert_eq!(may_turn(State::InUse, State::Contested, "it failed twice", GARDENER, e), Ok(()));
        assert_eq!(may_turn(State::InUse, State::Retired, "over", READER, e), Err(Refusal::NotYours));
        assert_eq!(may_turn(State::InUse, State::InUse, "", GARDENER, e), Err(Refusal::AlreadySo));
    }

    #[test]
    fn it_is_due_by_calendar_months() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(due(at("2019-08-31T00:00:00Z"), 6), at("2020-02-29T00:00:00Z"));
        assert_eq!(due(at("2026-01-15T09:30:00Z"), 12), at("2027-01-15T09:30:00Z"));
        assert_eq!(due(at("2026-01-15T09:30:00Z"), 0), Timestamp(i64::MAX));
    }

    #[test]
    fn passages_are_paragraphs_and_a_block_of_code_stays_whole() {
        let words = "First\nline.\n\n```\na\n\nb\n```\n\n\nLast.";
        assert_eq!(passages(words), ["First\nline.", "```\na\n\nb\n```", "Last."]);
        assert_eq!(quoted("a\nb", 2), "> a\n> b\n>\n> [^2]");
    }
}

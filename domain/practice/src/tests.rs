//! Acts of practices on both engines. Names of tests are the rules of README.md.

use community::Openness;
use community::acts::NewCommunity;
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{ContributionId, For};
use kernel::clock::DAY;
use kernel::{Cursor, Error, Line, PersonId};
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Engine, both};

use crate::acts::{self, NewPractice, Revised, Revising};
use crate::evidence::{self, Adopting, Turning};
use crate::forks::{self, Forking, Offering};
use crate::proposals::{self, Answering, Proposing, Verdict};
use crate::sources::{self, Cited, NewSource};
use crate::store::{self, Sought};
use crate::{How, PracticeId, State};

fn slices() -> Vec<Slice> {
    vec![person::slice(), attachment::slice(), community::slice(), membership::slice(), conversation::slice(), crate::slice()]
}

struct World {
    app: App,
    /// Wrote it, and stewards.
    ada: PersonId,
    bo: PersonId,
    cy: PersonId,
    /// Belongs nowhere.
    di: PersonId,
    slug: String,
}

async fn found(app: &App, by: PersonId, name: &str, openness: Openness) -> String {
    let new = NewCommunity {
        name: name.into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: Some(openness),
        stage: None,
    };
    membership::acts::found(&app.by(by), &new).await.unwrap().1
}

async fn world(engine: Engine) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy", "di"] {
        people.push(person::acts::add(&app.system(), &NewAccount::new(handle, handle, "a quiet sentence"), false).await.unwrap());
    }
    let slug = found(&app, people[0], "Night handovers", Openness::Open).await;
    for person in [people[1], people[2]] {
        membership::acts::join(&app.by(person), &slug, &Default::default()).await.unwrap();
    }
    World { app, ada: people[0], bo: people[1], cy: people[2], di: people[3], slug }
}

fn written(words: &str) -> NewPractice {
    NewPractice { title: "Read the result aloud".into(), words: words.into(), ..NewPractice::default() }
}

const WORDS: &str = "## How\n\nRead it aloud before the drip runs.\n\n## Why\n\nIt was missed three times.\n\n## Known limits\n\nNot in the isolation room.";

impl World {
    async fn practice(&self) -> PracticeId {
        acts::begin(&self.app.by(self.ada), &self.slug, &written(WORDS)).await.unwrap()
    }

    async fn adopts(&self, person: PersonId, id: PracticeId, how: How, why: &str) {
        evidence::adopt(&self.app.by(person), id, &Adopting { how, why: why.into(), setting: "night shift".into() }).await.unwrap();
    }

    async fn now(&self, id: PracticeId) -> store::Practice {
        store::one(&self.app.by(self.ada), id).await.unwrap().unwrap()
    }

    async fn says(&self, words: &str) -> ContributionId {
        let new = NewContribution { words: words.into(), ..NewContribution::default() };
        conversation::acts::contribute(&self.app.by(self.bo), Some(&self.slug), &new, &Lineage::default()).await.unwrap()
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(say)) => say.text,
        other => panic!("not refused: {other:?}"),
    }
}

fn turning(state: State, why: &str) -> Turning {
    Turning { state, why: why.into() }
}

fn revising(base: i64, words: &str) -> Revising {
    Revising {
        title: "Read the result aloud".into(),
        use_when: Default::default(),
        words: words.into(),
        reason: "It happened again".into(),
        base: Line(base.to_string()),
    }
}

#[test]
fn a_practice_grows_from_passages_and_cites_them_and_their_author_hears_of_it() {
    both(async |engine| {
        let w = world(engine).await;
        let root = w.says("We missed it again.\n\nNow I read it aloud.").await;
        let cited = Cited(vec![(root, Some(1))]);
        let id = acts::begin(&w.app.by(w.ada), &w.slug, &NewPractice { cited, ..written("> Now I read it aloud. [^1]") }).await.unwrap();
        let p = store::one(&w.app.stranger(), id).await.unwrap().unwrap();
        assert!(p.html.as_str().contains("href=\"#source-1\""), "{}", p.html.as_str());
        let all = sources::of_practice(&w.app.stranger(), id).await.unwrap();
        assert_eq!((all[0].words.as_str(), all[0].author.as_str()), ("Now I read it aloud.", "bo"));
        let grown = store::grown_from(&w.app.stranger(), root.into()).await.unwrap();
        assert_eq!(grown.len(), 1);
        assert!(w.app.client().get(&format!("/conversations/{root}")).await.body.contains("Read the result aloud"));
        // Taken back, its words are not left here.
        conversation::acts::withdraw(&w.app.by(w.bo), root).await.unwrap();
        let all = sources::of_practice(&w.app.stranger(), id).await.unwrap();
        assert!(all[0].gone && all[0].words.is_empty() && all[0].author.is_empty());
    });
}

#[test]
fn words_go_no_further_than_they_were_meant_for() {
    both(async |engine| {
        let w = world(engine).await;
        let new = NewContribution { words: "Among us.".into(), audience: Some(For::Community), ..NewContribution::default() };
        let inside = conversation::acts::contribute(&w.app.by(w.bo), Some(&w.slug), &new, &Lineage::default()).await.unwrap();
        let cited = || Cited(vec![(inside, None)]);
        let open = NewPractice { cited: cited(), ..written("x") };
        assert!(refused(acts::begin(&w.app.by(w.ada), &w.slug, &open).await).contains("fewer people"));
        let within = NewPractice { cited: cited(), audience: Some(For::Community), ..written("x") };
        let id = acts::begin(&w.app.by(w.ada), &w.slug, &within).await.unwrap();
        assert!(store::one(&w.app.by(w.di), id).await.unwrap().is_none());
        assert!(store::one(&w.app.by(w.cy), id).await.unwrap().is_some());
        // One's own words are one's own.
        let own = acts::begin(&w.app.by(w.bo), &w.slug, &open).await.unwrap();
        assert!(sources::of_practice(&w.app.stranger(), own).await.unwrap()[0].gone);
    });
}

#[test]
fn in_use_needs_two_who_did_not_write_it_and_says_what_is_missing() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        let turn = async |state, why: &str| evidence::turn(&w.app.by(w.ada), id, &turning(state, why)).await;
        w.adopts(w.ada, id, How::Use, "").await;
        assert!(refused(turn(State::InUse, "").await).contains("nobody has said so"), "its author is no evidence");
        w.adopts(w.bo, id, How::Use, "").await;
        assert!(refused(turn(State::InUse, "").await).contains("one more is missing"));
        turn(State::Tried, "").await.unwrap();
        w.adopts(w.cy, id, How::Adapted, "by phone").await;
        turn(State::InUse, "").await.unwrap();
        assert_eq!(w.now(id).await.state, State::InUse);
        let told: Vec<_> = store::turns(&w.app.stranger(), id).await.unwrap().into_iter().map(|t| t.state).collect();
        assert_eq!(told, [State::InUse, State::Tried]);
    });
}

#[test]
fn who_drops_it_says_why_and_a_gardener_may_contest_it() {
    both(async |engine| {
        let w = world(engine).await;
        let id = acts::begin(&w.app.by(w.bo), &w.slug, &written(WORDS)).await.unwrap();
        let silent = Adopting { how: How::Dropped, why: "".into(), setting: "".into() };
        assert!(refused(evidence::adopt(&w.app.by(w.cy), id, &silent).await).contains("say why"));
        w.adopts(w.cy, id, How::Dropped, "Nobody hears it over the pumps").await;
        assert!(refused(evidence::turn(&w.app.by(w.bo), id, &turning(State::Contested, "pumps")).await).contains("Gardeners"));
        evidence::turn(&w.app.by(w.ada), id, &turning(State::Contested, "Not over the pumps")).await.unwrap();
        let p = w.now(id).await;
        assert_eq!((p.state, p.state_why.as_str()), (State::Contested, "Not over the pumps"));
        acts::revise(&w.app.by(w.bo), id, &revising(1, "Read it aloud, or show it.")).await.unwrap();
        let page = w.app.client().get(&format!("/practices/{id}")).await.body;
        assert!(page.contains("Nobody hears it over the pumps") && page.contains("or show it"));
    });
}

#[test]
fn two_who_write_at_once_lose_nothing() {
    both(async |engine| {
        let w = world(engine).await;
        let id = acts::begin(&w.app.by(w.bo), &w.slug, &written(WORDS)).await.unwrap();
        let how = WORDS.replace("before the drip runs", "twice before the drip runs");
        let why = WORDS.replace("three times", "four times");
        let one = acts::revise(&w.app.by(w.bo), id, &revising(1, &how)).await.unwrap();
        assert!(matches!(one, Revised::Stands { version: 2, merged: false }));
        let two = acts::revise(&w.app.by(w.ada), id, &revising(1, &why)).await.unwrap();
        assert!(matches!(two, Revised::Stands { version: 3, merged: true }));
        let words = w.now(id).await.words;
        assert!(words.contains("twice before") && words.contains("four times"), "{words}");
        // In the same words they are shown side by side, and nothing is written.
        let other = WORDS.replace("Read it aloud before the drip runs.", "Sing it before anything else happens at all.");
        let three = acts::revise(&w.app.by(w.ada), id, &revising(1, &other)).await.unwrap();
        let Revised::Clashes { now, words, clashes, .. } = three else { panic!("{three:?}") };
        assert_eq!(now, 3);
        assert!(words.contains("Sing it") && words.contains("four times"), "{words}");
        assert!(clashes[0].theirs.contains("twice before"), "{clashes:?}");
        assert_eq!(w.now(id).await.version, 3);
    });
}

#[test]
fn a_proposal_is_a_conversation_and_its_author_an_author_when_it_is_accepted() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        let better = Proposing {
            title: "Read the result aloud".into(),
            words: WORDS.replace("three times", "five times").as_str().into(),
            reason: "I counted.".into(),
            base: "1".into(),
            ..Proposing::default()
        };
        assert!(refused(acts::revise(&w.app.by(w.bo), id, &revising(1, "mine")).await).contains("propose a change"));
        let conversation = proposals::propose(&w.app.by(w.bo), id, &better).await.unwrap();
        conversation::acts::reply(&w.app.by(w.cy), conversation, &NewReply { words: "Me too.".into(), ..NewReply::default() }).await.unwrap();
        let accept = Answering { verdict: Verdict::Accept };
        assert!(matches!(proposals::answer(&w.app.by(w.cy), conversation, &accept).await, Err(Error::Refused(_))));
        proposals::answer(&w.app.by(w.ada), conversation, &accept).await.unwrap();
        let p = w.now(id).await;
        assert!(p.words.contains("five times") && p.version == 2);
        assert!(store::authors(&w.app.by(w.ada), id).await.unwrap().contains(&w.bo));
        assert!(matches!(proposals::answer(&w.app.by(w.ada), conversation, &accept).await, Err(Error::Refused(_))));
    });
}

#[test]
fn a_fork_keeps_where_it_comes_from_and_offers_a_change_back() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        let there = found(&w.app, w.cy, "Day handovers", Openness::Open).await;
        let fork = forks::fork(&w.app.by(w.cy), id, &Forking { community: Line(there) }).await.unwrap();
        assert_eq!(w.now(fork).await.forked_from, Some((id, 1)));
        acts::revise(&w.app.by(w.cy), fork, &revising(1, &WORDS.replace("three times", "once a day"))).await.unwrap();
        let page = w.app.client().get(&format!("/practices/{fork}/differences?original=1")).await.body;
        assert!(page.contains("<del>") && page.contains("<ins>"), "{page}");
        let conversation = forks::offer_back(&w.app.by(w.cy), fork, &Offering { reason: "It holds by day, too.".into() }).await.unwrap();
        proposals::answer(&w.app.by(w.ada), conversation, &Answering { verdict: Verdict::Accept }).await.unwrap();
        assert!(w.now(id).await.words.contains("once a day"));
        // What is for its community is not carried elsewhere.
        let within = NewPractice { audience: Some(For::Community), ..written("x") };
        let inside = acts::begin(&w.app.by(w.cy), &w.slug, &within).await.unwrap();
        let there = found(&w.app, w.bo, "Third", Openness::Open).await;
        assert!(refused(forks::fork(&w.app.by(w.bo), inside, &Forking { community: Line(there) }).await).contains("for its community"));
    });
}

#[test]
fn what_nobody_looked_at_for_long_says_so_and_anyone_may_say_that_it_is_still_true() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        let community = w.now(id).await.community;
        let due = async || store::of_community(&w.app.stranger(), community, &Sought::Due, None, 10).await.unwrap().items.len();
        assert_eq!(due().await, 0);
        w.app.later(366 * DAY);
        assert_eq!(due().await, 1);
        assert!(w.app.client().get(&format!("/practices/{id}")).await.body.contains("should have been looked at"));
        evidence::verify(&w.app.by(w.bo), id).await.unwrap();
        assert_eq!(due().await, 0);
        assert!(matches!(evidence::verify(&w.app.by(w.di), id).await, Err(Error::Refused(_))));
    });
}

#[test]
fn who_will_try_is_asked_once_a_month_later() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        w.adopts(w.bo, id, How::WillTry, "").await;
        let asked = async || evidence::to_ask_after(&w.app.by(w.bo)).await.unwrap().len();
        assert_eq!(asked().await, 0);
        w.app.later(31 * DAY);
        assert_eq!(asked().await, 1);
        evidence::put_aside(&w.app.by(w.bo), id).await.unwrap();
        assert_eq!(asked().await, 0);
    });
}

#[test]
fn what_was_dropped_is_brought_to_who_tends_it_until_they_answer() {
    both(async |engine| {
        let w = world(engine).await;
        let (id, other) = (w.practice().await, w.practice().await);
        w.app.later(DAY);
        w.adopts(w.bo, id, How::Dropped, "It took too long.").await;
        w.adopts(w.cy, other, How::Use, "").await;
        let brought = async |to| evidence::dropped(&w.app.by(to)).await.unwrap().into_iter().map(|d| (d.practice, d.why)).collect::<Vec<_>>();
        assert_eq!(brought(w.ada).await, [(id, "It took too long.".to_owned())]);
        assert_eq!((brought(w.bo).await.len(), brought(w.cy).await.len()), (0, 0), "to nobody else");
        w.app.later(DAY);
        evidence::verify(&w.app.by(w.cy), id).await.unwrap();
        assert_eq!(brought(w.ada).await, []);
        w.app.later(DAY);
        w.adopts(w.bo, id, How::Dropped, "It still does.").await;
        assert_eq!(brought(w.ada).await.len(), 1);
        let contested = Turning { state: State::Contested, why: "It takes too long.".into() };
        evidence::turn(&w.app.by(w.ada), id, &contested).await.unwrap();
        assert_eq!(brought(w.ada).await, []);
    });
}

#[test]
fn one_takes_back_what_is_ones_own_alone() {
    both(async |engine| {
        let w = world(engine).await;
        let (mine, taken_up) = (w.practice().await, w.practice().await);
        w.adopts(w.bo, taken_up, How::Use, "").await;
        assert!(refused(acts::take_back(&w.app.by(w.ada), taken_up).await).contains("retire it"));
        acts::take_back(&w.app.by(w.ada), mine).await.unwrap();
        assert!(store::one(&w.app.by(w.ada), mine).await.unwrap().is_none());
    });
}

#[test]
fn an_outside_source_keeps_the_words_that_are_meant() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        let outside = NewSource { link: "https://example.org/a".into(), title: "A study".into(), words: "Aloud helps.".into(), ..NewSource::default() };
        assert_eq!(sources::add(&w.app.by(w.ada), id, &outside).await.unwrap(), 1);
        let all = sources::of_practice(&w.app.stranger(), id).await.unwrap();
        assert_eq!((all[0].link.as_str(), all[0].words.as_str()), ("https://example.org/a", "Aloud helps."));
        for link in ["javascript:alert(1)", "/conversations/77", "ftp://x"] {
            let wrong = NewSource { link: link.into(), title: "x".into(), ..NewSource::default() };
            assert!(matches!(sources::add(&w.app.by(w.ada), id, &wrong).await, Err(Error::Invalid(_))), "{link}");
        }
    });
}

#[test]
fn a_list_is_read_on_by_pages_that_neither_repeat_nor_miss() {
    both(async |engine| {
        let w = world(engine).await;
        for _ in 0..7 {
            w.practice().await;
        }
        let community = w.now(w.practice().await).await.community;
        let (mut seen, mut after): (Vec<PracticeId>, Option<Cursor>) = (Vec::new(), None);
        loop {
            let page = store::of_community(&w.app.stranger(), community, &Sought::All, after, 3).await.unwrap();
            seen.extend(page.items.iter().map(|p| p.id));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (8, 8));
    });
}

#[test]
fn a_fork_is_its_makers_and_who_wrote_what_it_began_as_has_no_hand_in_it_and_is_no_evidence() {
    both(async |engine| {
        let w = world(engine).await;
        let id = w.practice().await;
        let there = found(&w.app, w.cy, "Day handovers", Openness::Open).await;
        for person in [w.ada, w.bo, w.di] {
            membership::acts::join(&w.app.by(person), &there, &Default::default()).await.unwrap();
        }
        let fork = forks::fork(&w.app.by(w.bo), id, &Forking { community: Line(there) }).await.unwrap();
        assert!(refused(acts::take_back(&w.app.by(w.ada), fork).await).contains("propose a change"));
        assert!(refused(evidence::turn(&w.app.by(w.ada), fork, &turning(State::Retired, "mine")).await).contains("propose a change"));
        acts::revise(&w.app.by(w.bo), fork, &revising(1, "Aloud, by day.")).await.unwrap();
        for person in [w.ada, w.bo, w.di] {
            w.adopts(person, fork, How::Use, "").await;
        }
        let turn = evidence::turn(&w.app.by(w.bo), fork, &turning(State::InUse, "")).await;
        assert!(refused(turn).contains("one more is missing"), "neither who brought it nor who wrote it first");
    });
}

#[test]
fn what_a_gardener_contested_its_author_brings_back_with_a_reason() {
    both(async |engine| {
        let w = world(engine).await;
        let id = acts::begin(&w.app.by(w.bo), &w.slug, &written(WORDS)).await.unwrap();
        evidence::turn(&w.app.by(w.ada), id, &turning(State::Contested, "Not over the pumps")).await.unwrap();
        assert!(refused(evidence::turn(&w.app.by(w.bo), id, &turning(State::Proposed, "")).await).contains("say why"));
        evidence::turn(&w.app.by(w.bo), id, &turning(State::Proposed, "It can be shown instead")).await.unwrap();
    });
}

#[test]
fn a_practice_opens_only_with_open_sources_and_behind_no_closed_door() {
    both(async |engine| {
        let w = world(engine).await;
        let new = NewContribution { words: "Among us.".into(), audience: Some(For::Community), ..NewContribution::default() };
        let inside = conversation::acts::contribute(&w.app.by(w.bo), Some(&w.slug), &new, &Lineage::default()).await.unwrap();
        let within = NewPractice { cited: Cited(vec![(inside, None)]), audience: Some(For::Community), ..written("x") };
        let id = acts::begin(&w.app.by(w.ada), &w.slug, &within).await.unwrap();
        let open = acts::Reaching { audience: For::Open };
        assert!(refused(acts::reach(&w.app.by(w.ada), id, &open).await).contains("fewer people"));
        let plain = acts::begin(&w.app.by(w.ada), &w.slug, &NewPractice { audience: Some(For::Community), ..written("x") }).await.unwrap();
        acts::reach(&w.app.by(w.ada), plain, &open).await.unwrap();
        assert!(store::one(&w.app.stranger(), plain).await.unwrap().is_some());
        let closed = found(&w.app, w.ada, "Closed", Openness::Closed).await;
        let behind = NewPractice { audience: Some(For::Open), ..written("x") };
        assert!(refused(acts::begin(&w.app.by(w.ada), &closed, &behind).await).contains("closed door"));
    });
}

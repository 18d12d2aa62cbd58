//! Acts of conversations on both engines. Names of tests are the rules of README.md.

use community::acts::NewCommunity;
use community::{Openness, Stage};
use kernel::{Cursor, Error, Line, PersonId, Words};
use membership::acts::Joining;
use membership::suspension::Suspending;
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Client, Engine, both};

use crate::acts::{self, Edit, Lineage, NewContribution, NewReply, Reaching};
use crate::{ContributionId, For, Kind, Remembered, Thanking, drafts, marks, store};

pub(crate) fn slices() -> Vec<Slice> {
    vec![person::slice(), attachment::slice(), community::slice(), membership::slice(), crate::slice()]
}

pub(crate) struct World {
    pub app: App,
    pub ada: PersonId,
    pub bo: PersonId,
    pub cy: PersonId,
    pub slug: String,
    pub id: kernel::CommunityId,
}

/// Ada founded a community, Bo joined it, Cy only has an account.
pub(crate) async fn world(engine: Engine, openness: Openness) -> World {
    let app = App::new(engine, slices).await;
    let mut people = Vec::new();
    for handle in ["ada", "bo", "cy"] {
        let account = NewAccount::new(handle, handle, "a quiet sentence");
        people.push(person::acts::add(&app.system(), &account, false).await.unwrap());
    }
    let new = NewCommunity {
        name: "Night handovers".into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: Some(openness),
        stage: Some(Stage::Growing),
    };
    let (id, slug) = membership::acts::found(&app.by(people[0]), &new).await.unwrap();
    membership::invitations::invite(&app.by(people[0]), &slug, &membership::invitations::Inviting { handle: "bo".into(), note: Line::default() })
        .await
        .unwrap();
    membership::acts::join(&app.by(people[1]), &slug, &Joining::default()).await.unwrap();
    World { app, ada: people[0], bo: people[1], cy: people[2], slug, id }
}

impl World {
    pub async fn say(&self, person: PersonId, words: &str) -> ContributionId {
        self.contribute(person, &said(words)).await.unwrap()
    }

    pub async fn contribute(&self, person: PersonId, new: &NewContribution) -> Result<ContributionId, Error> {
        acts::contribute(&self.app.by(person), Some(&self.slug), new, &Lineage::default()).await
    }

    pub async fn reply(&self, person: PersonId, to: ContributionId, words: &str) -> Result<ContributionId, Error> {
        acts::reply(&self.app.by(person), to, &NewReply { words: words.into(), ..NewReply::default() }).await
    }

    pub async fn browser(&self, person: PersonId) -> Client {
        let secret = person::acts::begin_session(&self.app.stranger(), person, "").await.unwrap();
        self.app.client().with_cookie(&secret)
    }

    pub async fn sees(&self, cx: &kernel::Cx, id: ContributionId) -> bool {
        store::one(cx, id).await.unwrap().is_some()
    }

    pub async fn suspend(&self, handle: &str) {
        let s = Suspending { handle: handle.into(), reason: "shouting".into(), days: "3".into(), rule: "Be kind".into() };
        let cx = self.app.by(self.ada);
        let begun = membership::suspension::suspending(&cx, &self.slug, &s).await.unwrap();
        cx.write(begun.batch, begun.id).await.unwrap();
    }
}

pub(crate) fn said(words: &str) -> NewContribution {
    NewContribution { words: words.into(), ..NewContribution::default() }
}

pub(crate) fn no<T: std::fmt::Debug>(answer: Result<T, Error>) {
    assert!(matches!(answer, Err(Error::Refused(_) | Error::Invalid(_) | Error::NotFound)), "{answer:?}");
}

#[test]
fn what_is_said_in_the_open_is_read_by_strangers_and_answered_by_who_is_signed_in() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "I tried the red pen.").await;
        assert!(w.sees(&w.app.stranger(), id).await);
        w.reply(w.cy, id, "And?").await.unwrap();
        no(w.contribute(w.cy, &said("no member begins nothing")).await);
        no(acts::reply(&w.app.stranger(), id, &NewReply { words: "x".into(), ..NewReply::default() }).await);
    });
}

#[test]
fn where_there_is_a_door_non_members_read_and_do_not_answer() {
    both(async |engine| {
        let w = world(engine, Openness::Knock).await;
        let id = w.say(w.ada, "open words").await;
        assert!(w.sees(&w.app.by(w.cy), id).await);
        no(w.reply(w.cy, id, "hello").await);
        w.reply(w.bo, id, "hello").await.unwrap();
    });
}

#[test]
fn each_audience_reaches_whom_it_names() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let to = |audience, named: &str| NewContribution { audience: Some(audience), named: named.into(), ..said("canary") };
        let me = w.contribute(w.ada, &to(For::Me, "")).await.unwrap();
        let members = w.contribute(w.ada, &to(For::Community, "")).await.unwrap();
        let open = w.contribute(w.ada, &to(For::Open, "")).await.unwrap();
        let named = acts::contribute(&w.app.by(w.ada), None, &to(For::Named, "@cy"), &Lineage::default()).await.unwrap();
        let (ada, bo, cy, nobody) = (w.app.by(w.ada), w.app.by(w.bo), w.app.by(w.cy), w.app.stranger());
        let mut seen = Vec::new();
        for id in [me, members, open, named] {
            seen.push([w.sees(&ada, id).await, w.sees(&bo, id).await, w.sees(&cy, id).await, w.sees(&nobody, id).await]);
        }
        assert_eq!(seen, [
            [true, false, false, false],
            [true, true, false, false],
            [true, true, true, true],
            [true, false, true, false],
        ]);
        let private = async |new: &NewContribution| acts::contribute(&w.app.by(w.ada), None, new, &Lineage::default()).await;
        no(private(&to(For::Named, "")).await);
        no(private(&to(For::Named, "@nobody-here")).await);
        no(w.contribute(w.ada, &to(For::Named, "@cy")).await);
        no(w.contribute(w.ada, &NewContribution { named: "@cy".into(), ..said("meant for Cy") }).await);
        no(private(&to(For::Me, "@cy")).await);
    });
}

#[test]
fn two_people_talk_privately_without_a_community() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let new = NewContribution { audience: Some(For::Named), named: "cy".into(), ..said("between us") };
        let id = acts::contribute(&w.app.by(w.ada), None, &new, &Lineage::default()).await.unwrap();
        w.reply(w.cy, id, "yes").await.unwrap();
        no(w.reply(w.bo, id, "may I?").await);
        assert_eq!(w.browser(w.bo).await.get(&format!("/conversations/{id}")).await.status, 404);
        let page = w.browser(w.cy).await.get(&format!("/conversations/{id}")).await;
        assert!(page.body.contains("between us") && page.body.contains("Private"));
    });
}

#[test]
fn its_author_widens_and_narrows_it_while_nobody_else_answered() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.contribute(w.ada, &NewContribution { audience: Some(For::Community), ..said("for members") }).await.unwrap();
        let to = |audience| Reaching { audience };
        no(acts::reach(&w.app.by(w.bo), id, &to(For::Open)).await);
        acts::reach(&w.app.by(w.ada), id, &to(For::Open)).await.unwrap();
        assert!(w.sees(&w.app.stranger(), id).await);
        acts::reach(&w.app.by(w.ada), id, &to(For::Community)).await.unwrap();
        assert!(!w.sees(&w.app.stranger(), id).await);
        w.reply(w.bo, id, "only for us").await.unwrap();
        no(acts::reach(&w.app.by(w.ada), id, &to(For::Open)).await);
        no(acts::reach(&w.app.by(w.ada), id, &to(For::Me)).await);
        assert!(w.sees(&w.app.by(w.bo), id).await, "nobody's answer is taken away");
    });
}

#[test]
fn reaching_further_into_a_community_is_speaking_in_it() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let id = w.contribute(w.bo, &NewContribution { audience: Some(For::Me), ..said("a thought") }).await.unwrap();
        membership::acts::leave(&w.app.by(w.bo), &w.slug).await.unwrap();
        no(acts::reach(&w.app.by(w.bo), id, &Reaching { audience: For::Community }).await);
        assert!(!w.sees(&w.app.by(w.ada), id).await);
    });
}

#[test]
fn ones_own_words_are_never_out_of_ones_hands() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let id = w.say(w.bo, "said before I left").await;
        membership::acts::leave(&w.app.by(w.bo), &w.slug).await.unwrap();
        assert_eq!(w.browser(w.bo).await.get(&format!("/conversations/{id}")).await.status, 200);
        no(acts::edit(&w.app.by(w.bo), id, &Edit { words: "changed".into(), title: Line::default(), kind: None, version: Line::default() }).await);
        acts::withdraw(&w.app.by(w.bo), id).await.unwrap();
        let seen = w.browser(w.ada).await.get(&format!("/conversations/{id}")).await;
        assert!(!seen.body.contains("said before I left"));
    });
}

#[test]
fn a_quote_is_what_was_said() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "The *sticker* travels\nwith the bag.").await;
        let quoting = |quote: &str| NewReply { words: "so".into(), quote: quote.into(), ..NewReply::default() };
        no(acts::reply(&w.app.by(w.bo), id, &quoting("I hate stickers")).await);
        acts::reply(&w.app.by(w.bo), id, &quoting("sticker travels with the bag")).await.unwrap();
    });
}

#[test]
fn a_reply_in_a_long_conversation_is_shown_where_it_is() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        for i in 0..201 {
            w.reply(w.ada, id, &format!("reply {i}")).await.unwrap();
        }
        let browser = w.browser(w.bo).await;
        let path = format!("/contributions/{id}/replies");
        let to = browser.post(&path, &[("words", "the newest word")]).await.location.unwrap();
        assert!(browser.get(to.split('#').next().unwrap()).await.body.contains("the newest word"), "{to}");
    });
}

#[test]
fn a_right_withdrawn_is_withdrawn_at_commit() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let id = w.say(w.ada, "behind the door").await;
        assert!(w.sees(&w.app.by(w.bo), id).await);
        w.suspend("bo").await;
        assert!(!w.sees(&w.app.by(w.bo), id).await);
        no(w.reply(w.bo, id, "still here?").await);
    });
}

#[test]
fn who_is_suspended_reads_what_is_open_and_says_nothing() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "open words").await;
        let earlier = w.reply(w.bo, id, "earlier").await.unwrap();
        w.suspend("bo").await;
        w.suspend("cy").await;
        for person in [w.bo, w.cy] {
            assert!(w.sees(&w.app.by(person), id).await);
            no(w.reply(person, id, "x").await);
            no(w.contribute(person, &said("x")).await);
            no(marks::thank(&w.app.by(person), id, &Thanking { words: "x".into() }).await);
            no(marks::me_too(&w.app.by(person), id).await);
        }
        let edit = Edit { words: "still speaking".into(), title: Line::default(), kind: None, version: Line::default() };
        no(acts::edit(&w.app.by(w.bo), earlier, &edit).await);
        acts::withdraw(&w.app.by(w.bo), earlier).await.unwrap();
        no(acts::bring_back(&w.app.by(w.bo), earlier).await);
    });
}

#[test]
fn replies_nest_and_quote_the_passage_they_answer() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "The sticker travels with the bag. The board does not.").await;
        let quoting = NewReply { words: "Could you show it?".into(), quote: "travels with the bag".into(), ..NewReply::default() };
        let first = acts::reply(&w.app.by(w.bo), id, &quoting).await.unwrap();
        let second = w.reply(w.ada, first, "On Thursday.").await.unwrap();
        let page = store::replies(&w.app.stranger(), id, Cursor::OLDEST, 10).await.unwrap();
        let shape: Vec<_> = page.items.iter().map(|s| (s.id, s.parent, s.depth, s.quote.as_str())).collect();
        assert_eq!(shape, [(first, Some(id), 1, "travels with the bag"), (second, Some(first), 2, "")]);
        if engine == Engine::Sqlite {
            let page = w.app.client().get(&format!("/conversations/{id}")).await;
            let nested = page.main().matches("<ol class=\"replies\">").count();
            assert_eq!(nested, 2, "{}", page.main());
        }
    });
}

#[test]
fn a_reply_is_no_opening_and_how_it_ended_is_not_found() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let root = w.say(w.ada, "Who reads it?").await;
        let reply = w.reply(w.ada, root, "I do.").await.unwrap();
        assert!(store::opening(&w.app.by(w.ada), root).await.unwrap().is_some());
        assert!(store::opening(&w.app.by(w.ada), reply).await.unwrap().is_none());
        assert_eq!(w.app.client().get(&format!("/api/v1/contributions/{reply}/ending")).await.status, 404);
    });
}

#[test]
fn a_form_sent_twice_is_one_reply() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let browser = w.browser(w.bo).await;
        let path = format!("/contributions/{id}/replies");
        let fields = [("once", "123"), ("draft", ""), ("quote", ""), ("words", "the same words")];
        let (one, two) = tokio::join!(browser.post(&path, &fields), browser.post(&path, &fields));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (303, 303));
        assert_eq!(one.location, two.location);
        let other = browser.post(&path, &[("once", "123"), ("words", "other words")]).await;
        assert_eq!(other.status, 422, "one number stands for one act");
        assert!(other.main().contains("other words"), "the words are kept");
        assert_eq!(store::replies(&w.app.stranger(), id, Cursor::OLDEST, 10).await.unwrap().items.len(), 1);
    });
}

#[test]
fn an_edit_keeps_what_was_before_and_two_tabs_do_not_overwrite_each_other() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "first words").await;
        let edit = |words: &str, version: &str| Edit { words: words.into(), title: "A title".into(), kind: Some(Some(Kind::Insight)), version: version.into() };
        no(acts::edit(&w.app.by(w.bo), id, &edit("stolen", "1")).await);
        acts::edit(&w.app.by(w.ada), id, &edit("second words", "1")).await.unwrap();
        no(acts::edit(&w.app.by(w.ada), id, &edit("third words", "1")).await);
        let now = store::one(&w.app.stranger(), id).await.unwrap().unwrap();
        assert_eq!((now.words.as_str(), now.kind), ("second words", Some(Kind::Insight)));
        let before = store::history(&w.app.stranger(), id).await.unwrap();
        assert!(before[0].html.as_str().contains("first words"));
    });
}

#[test]
fn what_is_withdrawn_leaves_its_place_and_its_author_may_bring_it_back() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let reply = w.reply(w.bo, id, "canary words").await.unwrap();
        let below = w.reply(w.ada, reply, "an answer to it").await.unwrap();
        acts::edit(&w.app.by(w.bo), reply, &Edit { words: "canary again".into(), title: Line::default(), kind: None, version: Line::default() })
            .await
            .unwrap();
        no(acts::withdraw(&w.app.by(w.ada), reply).await);
        acts::withdraw(&w.app.by(w.bo), reply).await.unwrap();
        for path in [format!("/conversations/{id}"), format!("/contributions/{reply}/history"), format!("/api/v1/contributions/{reply}"), format!("/api/v1/contributions/{id}/replies")] {
            let answer = w.app.client().get(&path).await;
            assert!(!answer.body.contains("canary"), "{path}");
        }
        assert!(w.sees(&w.app.stranger(), below).await);
        no(w.reply(w.ada, reply, "too late").await);
        acts::bring_back(&w.app.by(w.bo), reply).await.unwrap();
        assert!(w.app.client().get(&format!("/conversations/{id}")).await.body.contains("canary again"));
    });
}

#[test]
fn answering_what_was_withdrawn_meanwhile_keeps_the_words() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let reply = w.reply(w.bo, id, "soon gone").await.unwrap();
        acts::withdraw(&w.app.by(w.bo), reply).await.unwrap();
        let fields = [("once", "7"), ("words", "a long careful answer")];
        let answer = w.browser(w.ada).await.post(&format!("/contributions/{reply}/replies"), &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.main().contains("a long careful answer") && answer.main().contains("withdrawn meanwhile"));
    });
}

#[test]
fn a_session_that_has_ended_shows_the_words_that_were_being_sent() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let answer = w.app.client().post(&format!("/contributions/{id}/replies"), &[("words", "my careful words")]).await;
        assert_eq!(answer.status, 401);
        assert!(answer.main().contains("my careful words"));
    });
}

#[test]
fn thanks_are_words_for_others_and_me_too_is_named_once() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        marks::thank(&w.app.by(w.bo), id, &Thanking { words: "for the pen".into() }).await.unwrap();
        no(marks::thank(&w.app.by(w.ada), id, &Thanking { words: "me".into() }).await);
        no(marks::thank(&w.app.by(w.bo), id, &Thanking { words: "  ".into() }).await);

        marks::me_too(&w.app.by(w.bo), id).await.unwrap();
        marks::me_too(&w.app.by(w.bo), id).await.unwrap();
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("for the pen") && page.main().contains("this happens to me too"));
        let marks_there = store::marks(&w.app.stranger(), id).await.unwrap();
        assert_eq!(marks_there.len(), 2);
        marks::not_me(&w.app.by(w.bo), id).await.unwrap();
        assert_eq!(store::marks(&w.app.stranger(), id).await.unwrap().len(), 1);
    });
}

#[test]
fn drafts_are_seen_by_their_person_alone_and_go_when_the_words_are_said() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let browser = w.browser(w.bo).await;
        let place = format!("reply-{id}");
        let kept = browser.form(axum::http::Method::PUT, &format!("/me/drafts/{place}"), &[("words", "half a thought")]).await;
        assert_eq!(kept.status, 204);
        let path = format!("/conversations/{id}");
        assert!(browser.get(&path).await.body.contains("half a thought"));
        assert!(!w.browser(w.ada).await.get(&path).await.body.contains("half a thought"));
        let fields = [("words", "half a thought, now whole"), ("draft", place.as_str())];
        browser.post(&format!("/contributions/{id}/replies"), &fields).await;
        assert_eq!(drafts::of_place(&w.app.by(w.bo), &place).await.unwrap(), "");
    });
}

#[test]
fn mentions_become_links_for_people_whose_page_is_visible() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "Ask @bo or @nobody, not `@cy`.").await;
        let html = store::one(&w.app.stranger(), id).await.unwrap().unwrap().html;
        assert_eq!(html.as_str(), "<p dir=\"auto\">Ask <a class=\"mention\" href=\"/@bo\">@bo</a> or @nobody, not <code>@cy</code>.</p>");
    });
}

#[test]
fn closing_the_door_takes_open_words_in_and_opening_it_lets_them_out() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "open words").await;
        for (openness, visible) in [(Openness::Closed, false), (Openness::Open, true)] {
            let revision = community::acts::CharterRevision {
                name: "Night handovers".into(),
                domain: "Shifts".into(),
                purpose: "Nobody".into(),
                practice: Words::default(),
                openness: Some(openness),
                stage: None,
                reason: "for now".into(),
                version: Line::default(),
            };
            community::acts::revise_charter(&w.app.by(w.ada), &w.slug, &revision).await.unwrap();
            assert_eq!(w.sees(&w.app.stranger(), id).await, visible);
            assert!(w.sees(&w.app.by(w.bo), id).await);
        }
    });
}

#[test]
fn a_voice_is_said_to_be_remembered_and_keeps_its_time() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let system = w.app.system();
        let voice = person::acts::remember_voice(&system, "an old forum", "Iris", "").await.unwrap();
        assert_eq!(person::acts::remember_voice(&system, "an old forum", "Iris", "").await.unwrap(), voice);
        let at = kernel::Timestamp::parse("2015-03-01T10:00:00Z").unwrap();
        let it = Remembered {
            community: w.id,
            voice,
            answers: None,
            kind: Some(Kind::Question),
            asks: true,
            audience: For::Open,
            title: "Old question",
            words: "Does it hold?",
            quote: "",
            gone: false,
            work: "",
            link: "https://forum.example/1",
            trail: None,
            at,
        };
        let mut batch = kernel::Batch::new();
        let (id, _) = crate::remember(&mut batch, &system, &it).unwrap();
        assert!(crate::remember(&mut batch, &w.app.by(w.ada), &it).is_err(), "only the program imports");
        w.app.house.db.write(batch).await.unwrap();
        let said = store::one(&w.app.stranger(), id).await.unwrap().unwrap();
        assert_eq!((said.at, said.author.origin.as_deref()), (at, Some("an old forum")));
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("remembered from an old forum"));
        w.reply(w.bo, id, "Eleven years later: yes.").await.unwrap();
    });
}

#[test]
fn streams_are_read_on_by_pages_that_neither_repeat_nor_miss() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let mut all = Vec::new();
        for i in 0..25 {
            all.push(w.say(w.ada, &format!("word {i}")).await);
            if i % 3 == 0 {
                w.app.later(1);
            }
        }
        let (mut seen, mut after) = (Vec::new(), Cursor::NEWEST);
        loop {
            let page = store::of_community(&w.app.stranger(), w.id, store::Sought::All, after, 7).await.unwrap();
            seen.extend(page.items.iter().map(|s| s.id));
            let Some(next) = page.next else { break };
            after = next.to_string().parse().unwrap();
        }
        all.reverse();
        assert_eq!(seen, all);
    });
}

#[test]
fn a_live_page_hears_of_a_reply_and_loses_the_stream_with_the_right() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let id = w.say(w.ada, "behind the door").await;
        let mut stream = w.browser(w.bo).await.stream(&format!("/live/conversations/{id}?after={id}")).await;
        assert_eq!(stream.status, 200);
        w.reply(w.ada, id, "secret canary").await.unwrap();
        assert_eq!(stream.next().await, Some(("news".into(), r#"{"n":1}"#.into())));
        w.suspend("bo").await;
        let gone = tokio::time::timeout(std::time::Duration::from_secs(1), stream.next()).await;
        assert_eq!(gone.expect("within a second"), Some(("gone".into(), "{}".into())));
        assert_eq!(stream.next().await, None);
        assert_eq!(w.browser(w.cy).await.stream(&format!("/live/conversations/{id}")).await.status, 404);
    });
}

#[test]
fn a_live_page_ends_when_its_session_does() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "open words").await;
        let browser = w.browser(w.bo).await;
        let mut stream = browser.stream(&format!("/live/conversations/{id}?after={id}")).await;
        browser.post("/sign-out", &[]).await;
        let gone = tokio::time::timeout(std::time::Duration::from_secs(1), stream.next()).await;
        assert_eq!(gone.expect("within a second"), Some(("gone".into(), "{}".into())));
    });
}

#[test]
fn erasing_leaves_empty_places_and_no_handle_in_others_words() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.bo, "canary opening").await;
        let answer = w.reply(w.ada, id, "I agree with @bo and @ada").await.unwrap();
        let quoting = NewReply { words: "yes".into(), quote: "canary opening".into(), ..NewReply::default() };
        acts::reply(&w.app.by(w.ada), id, &quoting).await.unwrap();
        let browser = w.browser(w.bo).await;
        assert!(browser.get("/me/export").await.body.contains("canary opening"));
        let gone = browser.post("/me/leaving", &[("words", "erase"), ("pseudonym", ""), ("password", "a quiet sentence")]).await;
        assert_eq!(gone.status, 303, "{}", gone.main());
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(!page.body.contains("canary") && !page.body.contains("@bo"), "{}", page.main());
        assert!(page.body.contains("I agree with @…"));
        let html = store::one(&w.app.stranger(), answer).await.unwrap().unwrap().html;
        assert!(html.as_str().contains("href=\"/@ada\""));
    });
}

#[test]
fn keeping_puts_a_pseudonym_on_the_words() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.bo, "words that stay").await;
        let browser = w.browser(w.bo).await;
        browser.post("/me/leaving", &[("words", "keep"), ("pseudonym", "Quiet Heron"), ("password", "a quiet sentence")]).await;
        let page = w.app.client().get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("words that stay") && page.main().contains("Quiet Heron"));
        assert!(!page.main().contains("href=\"/@bo\""));
    });
}

/// A page costs a fixed number of queries, whatever its length.
#[test]
fn a_conversation_costs_the_same_queries_with_one_reply_and_with_fifty() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "hello").await;
        let browser = w.browser(w.bo).await;
        let path = format!("/conversations/{id}");
        let cost = async || {
            let before = w.app.house.db.queries();
            browser.get(&path).await;
            w.app.house.db.queries() - before
        };
        w.reply(w.ada, id, "one").await.unwrap();
        let few = cost().await;
        for i in 0..49 {
            w.reply(w.ada, id, &format!("reply {i}")).await.unwrap();
        }
        let many = cost().await;
        assert_eq!(few, many);
        assert!(many <= 6, "{many} queries; the seventh is for what other slices show on it");
    });
}

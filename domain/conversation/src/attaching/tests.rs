//! Attachments in conversations, on both engines. Names of tests are the rules of README.md and of attachment/README.md.

use attachment::acts::{self as attachments, Describing};
use attachment::{AttachmentId, Attaching};
use axum::http::{Method, StatusCode};
use community::Openness;
use kernel::{Error, PersonId, clock, vals};
use testkit::{Answered, both};

use super::{add, describe, remove};
use crate::acts::{self, Lineage, NewContribution, NewReply};
use crate::fading::{self, Fades};
use crate::tests::{World, no, said, world};
use crate::{ContributionId, For, store};

/// A PNG of two by two points.
fn png() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000000b49444154789c6360400600000e0001a99173b10000000049454e44ae426082";
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

async fn bring(w: &World, person: PersonId, name: &str, bytes: &[u8]) -> AttachmentId {
    let bytes = futures_util::stream::iter([Ok::<_, ()>(bytes.to_vec().into())]);
    attachments::take_whole(&w.app.by(person), name, "", bytes).await.unwrap()
}

fn with(words: &str, ids: &[AttachmentId]) -> NewContribution {
    NewContribution { attached: Attaching(ids.to_vec()), ..said(words) }
}

async fn attached(w: &World, person: PersonId, id: ContributionId) -> Vec<AttachmentId> {
    let said = store::one(&w.app.by(person), id).await.unwrap().unwrap();
    said.attached.iter().map(|a| a.id).collect()
}

impl World {
    async fn fetches(&self, person: PersonId, id: AttachmentId) -> StatusCode {
        self.browser(person).await.get(&format!("/attachments/{id}/full")).await.status
    }
}

#[test]
fn what_stands_with_words_is_seen_by_who_sees_them_and_by_nobody_else() {
    both(async |engine| {
        let w = world(engine, Openness::Closed).await;
        let file = bring(&w, w.ada, "rota.txt", b"the rota").await;
        assert_eq!(w.fetches(w.bo, file).await, StatusCode::NOT_FOUND, "before it is attached it is its person's alone");
        let id = w.contribute(w.ada, &with("see the rota", &[file])).await.unwrap();
        assert_eq!(w.fetches(w.bo, file).await, StatusCode::OK);
        assert_eq!(w.fetches(w.cy, file).await, StatusCode::NOT_FOUND);
        assert_eq!(w.app.client().get(&format!("/attachments/{file}/full")).await.status, StatusCode::NOT_FOUND);
        let page = w.browser(w.bo).await.get(&format!("/conversations/{id}")).await;
        assert!(page.main().contains("rota.txt") && page.main().contains(&format!("/attachments/{file}/full")), "{}", page.main());
        let picture = bring(&w, w.bo, "p.png", &png()).await;
        let reply = NewReply { words: "and this".into(), attached: Attaching(vec![picture]), ..NewReply::default() };
        acts::reply(&w.app.by(w.bo), id, &reply).await.unwrap();
        assert_eq!(w.fetches(w.ada, picture).await, StatusCode::OK);
        membership::acts::leave(&w.app.by(w.bo), &w.slug).await.unwrap();
        assert_eq!(w.fetches(w.bo, file).await, StatusCode::NOT_FOUND, "who left does not see it any more");
        assert_eq!(w.fetches(w.bo, picture).await, StatusCode::OK, "one's own stays one's own");
    });
}

#[test]
fn only_ones_own_whole_and_once_and_ten_at_most() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let file = bring(&w, w.ada, "a.txt", b"adas").await;
        let not_here = |answer: Result<ContributionId, Error>| {
            let Err(Error::Invalid(problems)) = answer else { panic!("{answer:?}") };
            assert_eq!(problems[0].field, "attached");
        };
        not_here(w.contribute(w.bo, &with("not mine", &[file])).await);
        let id = w.contribute(w.ada, &with("mine", &[file, file])).await.unwrap();
        assert_eq!(attached(&w, w.bo, id).await, [file]);
        not_here(w.contribute(w.ada, &with("again", &[file])).await);
        let new = attachments::NewAttachment { name: "half".into(), size: 9, content_type: "".into() };
        let half = attachments::announce(&w.app.by(w.ada), &new).await.unwrap();
        not_here(w.contribute(w.ada, &with("not whole", &[half])).await);
        let mut many = Vec::new();
        for i in 0..11 {
            many.push(bring(&w, w.ada, "n.txt", format!("file {i}").as_bytes()).await);
        }
        not_here(w.contribute(w.ada, &with("eleven", &many)).await);
        add(&w.app.by(w.ada), id, &Attaching(many[..9].to_vec())).await.unwrap();
        assert_eq!(attached(&w, w.bo, id).await.len(), 10);
        no(add(&w.app.by(w.ada), id, &Attaching(many[9..].to_vec())).await);
        no(add(&w.app.by(w.bo), id, &Attaching(vec![])).await);
    });
}

#[test]
fn what_is_withdrawn_takes_along_what_stands_with_it_and_brings_it_back() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let file = bring(&w, w.ada, "a.txt", b"adas").await;
        let id = w.contribute(w.ada, &with("here", &[file])).await.unwrap();
        acts::withdraw(&w.app.by(w.ada), id).await.unwrap();
        assert_eq!(w.fetches(w.bo, file).await, StatusCode::NOT_FOUND);
        assert_eq!(w.fetches(w.ada, file).await, StatusCode::OK);
        acts::bring_back(&w.app.by(w.ada), id).await.unwrap();
        assert_eq!(w.fetches(w.bo, file).await, StatusCode::OK);
    });
}

#[test]
fn what_is_hidden_or_held_is_seen_by_its_author_and_stewards_alone() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let file = bring(&w, w.bo, "a.txt", b"bos").await;
        let id = w.contribute(w.bo, &with("here", &[file])).await.unwrap();
        assert_eq!(w.fetches(w.cy, file).await, StatusCode::OK);
        for column in ["update contribution set hidden = 'rule' where id = ?1", "update contribution set hidden = '', held = 'first' where id = ?1"] {
            let mut batch = kernel::Batch::new();
            batch.run(column, vals![id]);
            w.app.house.db.write(batch).await.unwrap();
            assert_eq!(w.fetches(w.cy, file).await, StatusCode::NOT_FOUND);
            assert_eq!(w.fetches(w.ada, file).await, StatusCode::OK, "a steward");
            assert_eq!(w.fetches(w.bo, file).await, StatusCode::OK, "its author");
        }
    });
}

#[test]
fn what_stands_with_talk_that_fades_fades_with_it() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let file = bring(&w, w.ada, "a.txt", b"adas").await;
        let new = NewContribution { audience: Some(For::Named), named: "bo".into(), fades: Some(Fades::Day), ..with("between us", &[file]) };
        acts::contribute(&w.app.by(w.ada), None, &new, &Lineage::default()).await.unwrap();
        assert_eq!(w.fetches(w.bo, file).await, StatusCode::OK);
        w.app.later(clock::DAY);
        for person in [w.ada, w.bo] {
            assert_eq!(w.fetches(person, file).await, StatusCode::NOT_FOUND);
        }
        fading::fade(&w.app.house).await.unwrap();
        let left = w.app.house.db.query("select id from attachment", vals![]).await.unwrap();
        assert!(left.is_empty());
    });
}

#[test]
fn a_picture_is_described_by_its_author_who_is_asked_for_it() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let picture = bring(&w, w.ada, "p.png", &png()).await;
        let id = w.contribute(w.ada, &with("look", &[picture])).await.unwrap();
        let path = format!("/conversations/{id}");
        let asks = "Say what your picture shows";
        assert!(w.browser(w.ada).await.get(&path).await.main().contains(asks));
        let bos = w.browser(w.bo).await.get(&path).await;
        assert!(!bos.main().contains(asks) && bos.main().contains("A picture that is not described"), "{}", bos.main());
        let input = |alt: &str, without: &str| Describing { alt: alt.into(), without_alt: without.into() };
        no(describe(&w.app.by(w.bo), picture, &input("not mine", "")).await);
        describe(&w.app.by(w.ada), picture, &input("", "yes")).await.unwrap();
        assert!(!w.browser(w.ada).await.get(&path).await.main().contains(asks));
        describe(&w.app.by(w.ada), picture, &input("The board at seven", "")).await.unwrap();
        assert!(w.browser(w.bo).await.get(&path).await.main().contains("alt=\"The board at seven\""));
        let long = describe(&w.app.by(w.ada), picture, &input(&"x".repeat(1001), "")).await;
        assert!(matches!(long, Err(Error::Invalid(_))), "{long:?}");
    });
}

#[test]
fn one_takes_ones_own_away_also_when_one_is_suspended() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (one, two) = (bring(&w, w.bo, "a.txt", b"one").await, bring(&w, w.bo, "b.txt", b"two").await);
        let id = w.contribute(w.bo, &with("both", &[one, two])).await.unwrap();
        let more = bring(&w, w.bo, "c.txt", b"three").await;
        w.suspend("bo").await;
        no(add(&w.app.by(w.bo), id, &Attaching(vec![more])).await);
        no(remove(&w.app.by(w.ada), one).await);
        remove(&w.app.by(w.bo), one).await.unwrap();
        assert_eq!(attached(&w, w.ada, id).await, [two]);
        assert_eq!(w.fetches(w.ada, one).await, StatusCode::NOT_FOUND);
    });
}

/// Parts of a form with a file, as a browser without a script sends them.
async fn sends(w: &World, person: PersonId, id: ContributionId, file: &str, bytes: &[u8], alt: &str) -> Answered {
    let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes();
    body.extend(bytes);
    body.extend(format!("\r\n--x\r\nContent-Disposition: form-data; name=\"alt\"\r\n\r\n{alt}\r\n--x--\r\n").bytes());
    let path = format!("/contributions/{id}/attachments");
    w.browser(person).await.send_bytes(Method::POST, &path, Some("multipart/form-data; boundary=x"), body, &[("sec-fetch-site", "same-origin")]).await
}

#[test]
fn without_a_script_a_page_attaches_describes_and_takes_away() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let id = w.say(w.ada, "look at this").await;
        let path = format!("/contributions/{id}/attachments");
        let sent = sends(&w, w.ada, id, "board.png", &png(), "The board").await;
        assert_eq!((sent.status, sent.location.as_deref()), (StatusCode::SEE_OTHER, Some(path.as_str())), "{}", sent.body);
        let picture = attached(&w, w.bo, id).await[0];
        let browser = w.browser(w.ada).await;
        assert!(browser.get(&path).await.main().contains("The board"));
        let put = browser.post(&format!("/attachments/{picture}?_method=put"), &[("alt", "The board at seven")]).await;
        assert_eq!(put.location.as_deref(), Some(path.as_str()));
        let gone = browser.post(&format!("/attachments/{picture}?_method=delete"), &[]).await;
        assert_eq!(gone.location.as_deref(), Some(path.as_str()));
        assert!(attached(&w, w.bo, id).await.is_empty());
        let none = sends(&w, w.ada, id, "", b"", "").await;
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.main().contains("Please choose a file first."), "{}", none.main());
        let damaged = sends(&w, w.ada, id, "a.png", b"\x89PNG\r\n\x1a\n no more", "").await;
        assert!(damaged.main().contains("it is damaged"), "{}", damaged.main());
        assert_eq!(sends(&w, w.bo, id, "a.txt", b"mine", "").await.status, StatusCode::FORBIDDEN);
        assert_eq!(sends(&w, w.bo, ContributionId(7), "a.txt", b"mine", "").await.status, StatusCode::NOT_FOUND);
    });
}

/// What stands with words is kept beside them, so that showing it costs nothing more.
#[test]
fn a_conversation_with_attachments_costs_the_same_queries_as_one_without() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let browser = w.browser(w.bo).await;
        let cost = async |id: ContributionId| {
            let before = w.app.house.db.queries();
            browser.get(&format!("/conversations/{id}")).await;
            w.app.house.db.queries() - before
        };
        let plain = w.say(w.ada, "plain").await;
        let file = bring(&w, w.ada, "a.txt", b"adas").await;
        let full = w.contribute(w.ada, &with("with a file", &[file])).await.unwrap();
        assert_eq!(cost(plain).await, cost(full).await);
        assert!(cost(full).await <= 7);
    });
}

#[test]
fn what_is_erased_or_for_oneself_alone_goes_with_its_person() {
    both(async |engine| {
        let w = world(engine, Openness::Open).await;
        let (private, shared) = (bring(&w, w.ada, "a.txt", b"private").await, bring(&w, w.ada, "b.txt", b"shared").await);
        let alone = NewContribution { audience: Some(For::Me), ..with("for me", &[private]) };
        acts::contribute(&w.app.by(w.ada), None, &alone, &Lineage::default()).await.unwrap();
        let id = w.contribute(w.ada, &with("for all", &[shared])).await.unwrap();
        let all = async |erase: bool| {
            for it in [&attachment::slice().belongings.unwrap(), &crate::belongings::BELONGINGS] {
                let what = if erase { it.erase } else { it.keep };
                w.app.house.db.write(what(w.app.by(w.ada), w.ada).await.unwrap()).await.unwrap();
            }
        };
        all(false).await;
        assert_eq!(w.fetches(w.ada, private).await, StatusCode::NOT_FOUND);
        assert_eq!(w.fetches(w.bo, shared).await, StatusCode::OK);
        all(true).await;
        assert_eq!(w.fetches(w.bo, shared).await, StatusCode::NOT_FOUND);
        assert!(attached(&w, w.bo, id).await.is_empty());
    });
}

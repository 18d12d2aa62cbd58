//! Bringing in and taking out, on both engines. Names of tests are the rules of README.md.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use community::acts::NewCommunity;
use conversation::acts::{Lineage, NewContribution, NewReply};
use conversation::{Kind, Thanking};
use exports::{Source, detect};
use kernel::{Line, PersonId, clock, vals};
use membership::acts::Joining;
use person::acts::NewAccount;
use shell::Slice;
use testkit::{App, Engine, both};

use crate::{Brought, How, Stage, bring, read_into, take_along, take_out};

fn slices() -> Vec<Slice> {
    vec![person::slice(), attachment::slice(), community::slice(), membership::slice(), conversation::slice(), narration::slice(), practice::slice(), change::slice(), crate::slice()]
}

/// A small workspace: one open channel with a thread, one private channel, a join.
fn workspace() -> Source {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    Source::memory("nights", vec![
        file("users.json", r#"[{"id":"U1","name":"ada","profile":{"real_name":"Ada Night","email":"ada@example.org"}},{"id":"U2","name":"bo","profile":{"real_name":"Bo"}}]"#),
        file("channels.json", r#"[{"id":"C1","name":"general","purpose":{"value":"Handing over"},"members":["U1","U2"]}]"#),
        file("groups.json", r#"[{"id":"G1","name":"secret","members":["U1"]}]"#),
        file("general/2020-01-01.json", r#"[
            {"type":"message","subtype":"channel_join","user":"U2","text":"<@U2> has joined the channel","ts":"1577880000.000100"},
            {"type":"message","user":"U1","text":"Who has the red pen?","ts":"1577880001.000100","thread_ts":"1577880001.000100","reply_count":1},
            {"type":"message","user":"U2","text":"It is *here*.","ts":"1577880002.000100","thread_ts":"1577880001.000100"}]"#),
        file("secret/2020-01-01.json", r#"[{"type":"message","user":"U1","text":"canary-secret","ts":"1577880003.000100"}]"#),
    ])
}

fn staged(source: &Source, agreed: &[&str]) -> Stage {
    let agreed: BTreeSet<String> = agreed.iter().map(|a| (*a).to_owned()).collect();
    let mut stage = Stage::new(agreed, Box::new(|_| {})).unwrap();
    read_into(&mut stage, source, detect(source).unwrap()).unwrap();
    stage
}

fn from(origin: &str) -> How {
    How { origin: Some(origin.to_owned()), into: None }
}

async fn import(app: &App, source: &Source, how: &How) -> Brought {
    bring(&app.system(), &staged(source, &[]), source, how, &mut |_| {}).await.unwrap()
}

async fn count(app: &App, sql: &'static str) -> i64 {
    app.house.db.one(sql, vals![]).await.unwrap().unwrap().take().unwrap()
}

async fn person(app: &App, handle: &str) -> PersonId {
    person::acts::add(&app.system(), &NewAccount::new(handle, handle, "a quiet sentence"), false).await.unwrap()
}

#[test]
fn an_import_makes_no_account_no_membership_and_reaches_nobody() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let ada = person(&app, "ada").await;
        let brought = import(&app, &workspace(), &from("nights.example")).await;
        assert_eq!((brought.contributions, brought.voices, brought.communities), (2, 2, 1));
        assert_eq!(count(&app, "select count(*) from person").await, 1);
        assert_eq!(count(&app, "select count(*) from membership").await, 0);
        assert_eq!(count(&app, "select count(*) from hat").await, 0);
        assert_eq!(count(&app, "select count(*) from grants").await, count(&app, "select count(*) from grants where person <> 0").await);
        assert!(membership::store::standing(&app.by(ada), community::store::by_slug(&app.by(ada), "general").await.unwrap().unwrap().id).await.unwrap().member.eq(&false));
    });
}

#[test]
fn a_second_import_adds_only_what_is_new() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        import(&app, &workspace(), &from("nights.example")).await;
        let again = import(&app, &workspace(), &from("nights.example")).await;
        assert_eq!((again.contributions, again.there, again.voices, again.communities), (0, 2, 0, 0));
        assert_eq!(count(&app, "select count(*) from contribution").await, 2);
        assert_eq!(count(&app, "select count(*) from community").await, 1);
    });
}

#[test]
fn every_record_is_counted_and_private_ones_are_left_out_until_those_in_it_agreed() {
    let stage = staged(&workspace(), &[]);
    let c = &stage.counts;
    assert_eq!(c.read, c.kept + c.skipped.values().sum::<u64>());
    assert_eq!((c.kept, c.skipped.get(&exports::Reason::Private).copied()), (2, Some(1)));
    assert_eq!(stage.left_out.keys().collect::<Vec<_>>(), ["secret"]);
    let agreed = staged(&workspace(), &["secret"]);
    assert_eq!((agreed.counts.kept, agreed.left_out.len()), (3, 0));
}

#[test]
fn what_was_private_needs_a_community_that_is_there() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let stage = staged(&workspace(), &["secret"]);
        let refused = bring(&app.system(), &stage, &workspace(), &from("nights.example"), &mut |_| {}).await;
        assert!(matches!(refused, Err(kernel::Error::Refused(_))), "{refused:?}");
        assert_eq!(count(&app, "select count(*) from contribution where words like '%canary%'").await, 0);
    });
}

#[test]
fn what_was_private_reaches_only_members_also_in_an_open_community() {
    both(async |engine| {
        let app = alive(engine).await;
        let how = How { into: Some("nights".into()), ..from("nights.example") };
        bring(&app.system(), &staged(&workspace(), &["secret"]), &workspace(), &how, &mut |_| {}).await.unwrap();
        let id = conversation::ContributionId(count(&app, "select id from contribution where words like '%canary%'").await);
        let ada = person::acts::find(&app.house, "ada").await.unwrap();
        let sees = async |cx: &kernel::Cx| conversation::store::one(cx, id).await.unwrap().is_some();
        assert!(sees(&app.by(ada)).await, "a member reads it");
        assert!(!sees(&app.stranger()).await, "a stranger does not");
        assert!(!sees(&app.by(person(&app, "dee").await)).await, "nor who only has an account");
    });
}

#[test]
fn a_conversation_reads_as_it_did_where_it_was() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        import(&app, &workspace(), &from("nights.example")).await;
        let page = app.client().get("/c/general/conversations").await;
        assert!(page.body.contains("Who has the red pen?"), "{}", page.body);
        let root = count(&app, "select id from contribution where parent is null").await;
        let page = app.client().get(&format!("/conversations/{root}")).await;
        for part in ["Ada Night", "remembered from nights.example", "It is <strong>here</strong>."] {
            assert!(page.body.contains(part), "{part}");
        }
        assert!(!page.body.contains("ada@example.org"), "an address is shown to nobody");
    });
}

#[test]
fn an_old_link_leads_to_what_stood_there_for_who_may_see_it() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let mail = "From ada@example.org Mon Jan  2 10:00:00 2012\nFrom: Ada <ada@example.org>\nDate: Mon, 2 Jan 2012 10:00:00 +0000\nMessage-ID: <one@example.org>\nList-Id: <nights.example.org>\nArchived-At: <https://lists.example.org/1>\nSubject: Pens\n\nWho has the red pen?\n";
        let source = Source::memory("nights.mbox", vec![("nights.mbox".into(), mail.as_bytes().to_vec())]);
        assert_eq!(import(&app, &source, &from("lists.example.org")).await.contributions, 1);
        let id = count(&app, "select id from contribution").await;
        for link in ["https://lists.example.org/1", "https://lists.example.org/1/", "<one@example.org>", "one@example.org"] {
            let found = app.client().get(&format!("/old?link={}", link.replace('<', "%3C").replace('>', "%3E"))).await;
            assert_eq!((found.status.as_u16(), found.header("location")), (303, format!("/conversations/{id}").as_str()), "{link}");
        }
        assert_eq!(app.client().get("/old?link=https://lists.example.org/2").await.status, 404);
        // Also where it was taken out to.
        let first = folder("mail");
        let slug = community::store::by_id(&app.system(), kernel::CommunityId(count(&app, "select id from community").await)).await.unwrap().unwrap().slug;
        take_out(&app.system(), &slug, "a.example", &first, &mut |_| {}).await.unwrap();
        let elsewhere = App::new(engine, slices).await;
        import(&elsewhere, &Source::open(&first).unwrap(), &How { origin: None, into: None }).await;
        for link in ["https://lists.example.org/1", "one@example.org"] {
            assert_eq!(elsewhere.client().get(&format!("/old?link={link}")).await.status, 303, "{link}");
        }
        std::fs::remove_dir_all(first).unwrap();
        app.house.db.write({ let mut b = kernel::Batch::new(); b.run("delete from reach where thing = ?1", vals![id]); b }).await.unwrap();
        assert_eq!(app.client().get("/old?link=one@example.org").await.status, 404);
    });
}

fn folder(name: &str) -> PathBuf {
    let random = kernel::random::hex(&kernel::Random::System.bytes::<6>().unwrap());
    std::env::temp_dir().join(format!("tacit-{name}-{random}"))
}

/// Every file but the manifest's time.
fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let source = Source::open(folder).unwrap();
    let files: Vec<String> = source.files().map(str::to_owned).collect();
    let manifest = exports::tacit::manifest(&source).unwrap();
    let mut all: Vec<_> =
        files.into_iter().filter(|f| f != "manifest.json").map(|f| (f.clone(), source.whole(&f, 1 << 24).unwrap())).collect();
    all.push(("manifest".into(), format!("{:?}", (manifest.of, manifest.files)).into_bytes()));
    all
}

/// Taken with a telephone, which wrote something of its own into it.
fn photograph() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(900, 700, |x, y| image::Rgb([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8]));
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95).encode_image(&picture).unwrap();
    out.splice(2..2, b"\xff\xe1\0\x0cExif\0\0GPS5".iter().copied());
    out
}

fn drawing() -> Vec<u8> {
    let picture = image::RgbaImage::from_fn(60, 40, |x, y| image::Rgba([x as u8, y as u8, 9, (x * 4) as u8]));
    let mut out = std::io::Cursor::new(Vec::new());
    image::DynamicImage::from(picture).write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// A community that is alive: a question that was answered, thanked for and ended, something only for members, something
/// with files that was changed, something taken back, a member who left.
async fn alive(engine: Engine) -> App {
    let app = App::new(engine, slices).await;
    let (ada, bo) = (person(&app, "ada").await, person(&app, "bo").await);
    let new = NewCommunity {
        name: "Nights".into(),
        slug: Line::default(),
        domain: "Shifts".into(),
        purpose: "Nobody is put at risk".into(),
        practice: "We tell".into(),
        openness: None,
        stage: None,
    };
    membership::acts::found(&app.by(ada), &new).await.unwrap();
    membership::acts::join(&app.by(bo), "nights", &Joining::default()).await.unwrap();
    let say = async |who: PersonId, words: &str, kind: Option<Kind>, audience: &str| {
        app.later(clock::MINUTE);
        let said = NewContribution { words: words.into(), kind, audience: audience.parse().ok(), ..NewContribution::default() };
        conversation::acts::contribute(&app.by(who), Some("nights"), &said, &Lineage::default()).await.unwrap()
    };
    let asked = say(ada, "Who has the **red** pen?", Some(Kind::Question), "open").await;
    app.later(clock::MINUTE);
    let answer = NewReply { words: "Here.".into(), quote: "red pen".into(), ..NewReply::default() };
    let answer = conversation::acts::reply(&app.by(bo), asked, &answer).await.unwrap();
    app.later(clock::MINUTE);
    conversation::thank(&app.by(ada), answer, &Thanking { words: "for looking".into() }).await.unwrap();
    say(bo, "Only for us.", None, "community").await;
    app.later(clock::MINUTE);
    let files = [("pens.jpg", photograph()), ("pens.png", drawing()), ("how.webm", b"\x1a\x45\xdf\xa3 A_OPUS sound".to_vec()), ("rota.txt", b"ada, bo".to_vec())];
    let mut ids = Vec::new();
    for (name, bytes) in files {
        let stream = futures_util::stream::iter([Ok::<_, ()>(bytes.into())]);
        ids.push(attachment::acts::take_whole(&app.by(ada), name, "", stream).await.unwrap());
    }
    let mut batch = kernel::Batch::new();
    batch.run("update attachment set alt = 'Two red pens' where name = 'pens.jpg'", vals![]);
    app.house.db.write(batch).await.unwrap();
    ids.reverse();
    let shown = NewContribution { words: "They look like this.".into(), attached: attachment::Attaching(ids), ..NewContribution::default() };
    let shown = conversation::acts::contribute(&app.by(ada), Some("nights"), &shown, &Lineage::default()).await.unwrap();
    app.later(clock::MINUTE);
    let edit = conversation::acts::Edit { words: "They look like these.".into(), title: "".into(), kind: None, version: "".into() };
    conversation::acts::edit(&app.by(ada), shown, &edit).await.unwrap();
    say(bo, "Only for me.", None, "me").await;
    let gone = say(bo, "Said too early.", None, "open").await;
    conversation::acts::withdraw(&app.by(bo), gone).await.unwrap();
    works_by(&app, ada, bo, asked, answer).await;
    changed(&app, ada, bo, answer).await;
    app.later(clock::MINUTE);
    membership::acts::leave(&app.by(bo), "nights").await.unwrap();
    app
}

/// A change because of the answer, kept, with what came of it and somebody who saw it; and one that is nobody else's.
async fn changed(app: &App, ada: PersonId, bo: PersonId, answer: conversation::ContributionId) {
    use change::acts;
    app.later(clock::MINUTE);
    let telling = |now: &str| acts::Telling { now: now.into(), source: Line(answer.to_string()), ..Default::default() };
    let id = acts::tell(&app.by(ada), &telling("I look on the hook first")).await.unwrap();
    acts::share(&app.by(ada), id, &acts::Sharing { community: "nights".into(), audience: change::For::Community }).await.unwrap();
    acts::tell(&app.by(ada), &telling("Only for me")).await.unwrap();
    app.later(clock::MINUTE);
    acts::turn(&app.by(ada), id, change::State::Kept).await.unwrap();
    acts::say_outcome(&app.by(ada), id, &acts::Outcome { outcome: "Found at once".into(), measure: "two of two".into() }).await.unwrap();
    acts::attest(&app.by(bo), id, &acts::Attesting { words: "I saw it".into() }).await.unwrap();
}

/// A practice that grew from the answer, was revised, rests on a page outside, and works for somebody else.
async fn works_by(app: &App, ada: PersonId, bo: PersonId, asked: conversation::ContributionId, answer: conversation::ContributionId) {
    use practice::{acts, evidence, sources};
    app.later(clock::MINUTE);
    let cited = sources::Cited(vec![(answer, Some(0)), (asked, None)]);
    let new = acts::NewPractice { title: "Where the pen is".into(), words: "On the hook. [^1]".into(), cited, ..Default::default() };
    let id = acts::begin(&app.by(ada), "nights", &new).await.unwrap();
    app.later(clock::MINUTE);
    let page = sources::NewSource { link: "https://example.org/pens".into(), title: "On pens".into(), words: "Hooks help.".into(), ..Default::default() };
    sources::add(&app.by(ada), id, &page).await.unwrap();
    let revising = acts::Revising {
        title: "Where the pen is".into(),
        use_when: "Whenever it is dark".into(),
        words: "On the hook, left. [^1] [^3]".into(),
        reason: "Nobody found the hook".into(),
        base: "1".into(),
    };
    acts::revise(&app.by(ada), id, &revising).await.unwrap();
    app.later(clock::MINUTE);
    let adopting = evidence::Adopting { how: practice::How::Use, why: "It was there".into(), setting: "nights".into() };
    evidence::adopt(&app.by(bo), id, &adopting).await.unwrap();
    evidence::turn(&app.by(ada), id, &evidence::Turning { state: practice::State::Tried, why: "".into() }).await.unwrap();
}

#[test]
fn what_is_taken_out_and_brought_in_elsewhere_is_taken_out_the_same() {
    both(async |engine| {
        let app = alive(engine).await;
        let (first, second) = (folder("first"), folder("second"));
        let taken = take_out(&app.system(), "nights", "a.example", &first, &mut |_| {}).await.unwrap();
        assert_eq!((taken.contributions, taken.voices, taken.files, taken.missing), (5, 2, 4, 0));
        let text = std::fs::read_to_string(first.join("contributions.jsonl")).unwrap();
        assert!(!text.contains("Only for me") && !text.contains("too early"), "{text}");
        let elsewhere = App::new(engine, slices).await;
        let source = Source::open(&first).unwrap();
        let brought = import(&elsewhere, &source, &How { origin: None, into: None }).await;
        assert_eq!((brought.contributions, brought.thanks, brought.past_memberships, brought.files, brought.files_left), (5, 1, 2, 4, 0));
        assert_eq!(count(&elsewhere, "select count(*) from membership").await, 0);
        assert_eq!((taken.changes, brought.changes), (1, 1));
        assert_eq!((taken.practices, brought.practices, count(&elsewhere, "select count(*) from practice_revision").await), (1, 1, 2));
        take_out(&elsewhere.system(), "nights", "b.example", &second, &mut |_| {}).await.unwrap();
        for (one, other) in bytes_of(&first).into_iter().zip(bytes_of(&second)) {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!((one.0, show(&one.1)), (other.0, show(&other.1)));
        }
        let again = import(&elsewhere, &source, &How { origin: None, into: None }).await;
        assert_eq!((again.contributions, again.thanks, again.files), (0, 0, 0));
        std::fs::remove_dir_all(first).unwrap();
        std::fs::remove_dir_all(second).unwrap();
    });
}

/// What was taken out, with one file gone, one of other bytes, and one whose bytes are not what it says.
fn damaged(folder: &Path) -> Source {
    let source = Source::open(folder).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = source.files().map(|f| (f.to_owned(), source.whole(f, 1 << 24).unwrap())).collect();
    let said = String::from_utf8(source.whole("contributions.jsonl", 1 << 24).unwrap()).unwrap();
    let inside = |name: &str| {
        let at = said.split(&format!("\"name\":\"{name}\",\"inside\":\"")).nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    };
    let (gone, other) = (inside("how.webm"), inside("rota.txt"));
    files.retain(|(name, _)| *name != gone);
    files.iter_mut().filter(|(name, _)| *name == other).for_each(|(_, bytes)| bytes.push(b'!'));
    Source::memory("damaged", files)
}

#[test]
fn a_file_whose_bytes_are_missing_or_others_stays_a_name_with_a_reason() {
    both(async |engine| {
        let app = alive(engine).await;
        let first = folder("damaged");
        take_out(&app.system(), "nights", "a.example", &first, &mut |_| {}).await.unwrap();
        let elsewhere = App::new(engine, slices).await;
        let brought = import(&elsewhere, &damaged(&first), &How { origin: None, into: None }).await;
        assert_eq!((brought.contributions, brought.files, brought.files_left), (5, 2, 2));
        let why: Vec<&str> = brought.left.iter().map(|left| left.detail.as_str()).collect();
        assert_eq!(why, ["Its bytes are not those that the manifest names.", "Its bytes are not in the archive."]);
        let page = elsewhere.client().get("/c/nights/conversations").await;
        assert!(page.body.contains("rota.txt") && page.body.contains("how.webm"), "{}", page.body);
        std::fs::remove_dir_all(first).unwrap();
    });
}

#[test]
fn an_imported_file_is_seen_by_who_sees_the_words_and_by_nobody_else() {
    both(async |engine| {
        let app = alive(engine).await;
        let first = folder("seen");
        take_out(&app.system(), "nights", "a.example", &first, &mut |_| {}).await.unwrap();
        let elsewhere = App::new(engine, slices).await;
        import(&elsewhere, &Source::open(&first).unwrap(), &How { origin: None, into: None }).await;
        let id = count(&elsewhere, "select id from attachment where name = 'pens.jpg'").await;
        let path = format!("/attachments/{id}/full");
        let shown = elsewhere.client().get(&path).await;
        assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "image/jpeg"));
        assert_eq!(elsewhere.client().get(&format!("/attachments/{id}/small")).await.status, 200);
        assert!(!shown.bytes.windows(3).any(|part| part == b"GPS"));
        let page = elsewhere.client().get("/c/nights/conversations").await;
        assert!(page.body.contains("Two red pens"), "{}", page.body);
        let mut batch = kernel::Batch::new();
        batch.run("update contribution set withdrawn_at = at where id = (select contribution from attachment where id = ?1)", vals![id]);
        elsewhere.house.db.write(batch).await.unwrap();
        assert_eq!(elsewhere.client().get(&path).await.status, 404);
        std::fs::remove_dir_all(first).unwrap();
    });
}

/// An organisation of Zulip in which somebody shared two files, one of which is not in the export.
fn organisation() -> Source {
    let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    let more: String = (0..11).map(|n| format!(" [n](/user_uploads/2/n{n}.txt)")).collect();
    let said = |id: u32, words: &str| format!(r#"{{"id":{id},"sender":5,"recipient":7,"subject":"pens","content":"{words}","date_sent":160000000{id}.0}}"#);
    let messages = [said(1, "Look: [pens](/user_uploads/2/ab/pens.jpg) [gone](/user_uploads/2/ab/gone.pdf)"), said(2, &format!("Many:{more}"))].join(",");
    let mut files = vec![
        file("realm.json", br#"{"zerver_userprofile":[{"id":5,"full_name":"Ada","email":"ada@example.org"}],"zerver_stream":[{"id":3,"name":"nights","description":""}],"zerver_recipient":[{"id":7,"type":2,"type_id":3}]}"#),
        file("messages-000001.json", format!(r#"{{"zerver_message":[{messages}]}}"#).as_bytes()),
        file("uploads/2/ab/pens.jpg", &photograph()),
    ];
    files.extend((0..11).map(|n| file(&format!("uploads/2/n{n}.txt"), b"n")));
    Source::memory("zulip", files)
}

#[test]
fn files_that_lie_in_an_archive_come_along_and_others_are_named() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let brought = import(&app, &organisation(), &from("chat.example")).await;
        assert_eq!((brought.contributions, brought.files, brought.files_left), (2, 11, 1), "{:?}", brought.left);
        assert_eq!(brought.left[0].detail, "At most 10 files stand with one thing that was said.");
        let page = app.client().get("/c/nights/conversations").await;
        assert!(page.body.contains("gone.pdf") && page.body.contains("/attachments/"), "{}", page.body);
        assert_eq!(count(&app, "select count(*) from attachment where contribution is null").await, 0);
        let again = import(&app, &organisation(), &from("chat.example")).await;
        assert_eq!((again.contributions, again.files), (0, 0));
        assert_eq!(count(&app, "select count(*) from attachment").await, 11);
    });
}

#[test]
fn files_that_came_with_mail_come_along_as_they_were_sent() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let mail = "From ada@example.org Mon Jan  2 10:00:00 2012\nFrom: Ada <ada@example.org>\nDate: Mon, 2 Jan 2012 10:00:00 +0000\nMessage-ID: <one@example.org>\nList-Id: <nights.example.org>\nSubject: Pens\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHere they are.\n--b\nContent-Type: text/csv; charset=iso-8859-1; name=pens.csv\nContent-Disposition: attachment; filename=pens.csv\nContent-Transfer-Encoding: quoted-printable\n\nf=E4rbung;rot\n--b\nContent-Type: image/png; name=pens.png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n";
        let source = Source::memory("nights.mbox", vec![("nights.mbox".into(), mail.as_bytes().to_vec())]);
        let mut stage = Stage::new(BTreeSet::new(), Box::new(|_| {})).unwrap().with_files();
        read_into(&mut stage, &source, detect(&source).unwrap()).unwrap();
        let brought = bring(&app.system(), &stage, &source, &from("lists.example.org"), &mut |_| {}).await.unwrap();
        assert_eq!((brought.contributions, brought.files, brought.files_left), (1, 2, 0), "{:?}", brought.left);
        let id = count(&app, "select id from attachment where name = 'pens.csv'").await;
        let saved = app.client().get(&format!("/attachments/{id}/full")).await;
        assert_eq!(saved.bytes, b"f\xe4rbung;rot", "not in another charset");
        let looking = import(&App::new(engine, slices).await, &source, &from("lists.example.org")).await;
        assert_eq!((looking.contributions, looking.files), (1, 0), "they are kept aside where that was asked for");
    });
}

#[test]
fn a_person_takes_along_what_is_theirs_with_their_files_and_nothing_of_others() {
    both(async |engine| {
        let app = alive(engine).await;
        let belongings: Vec<_> = slices().into_iter().filter_map(|s| s.belongings).collect();
        let bos = folder("bos");
        let taken = take_along(&app.system(), &belongings, "@bo", &bos).await.unwrap();
        assert_eq!((taken.words, taken.files, taken.missing), (4, 0, 0), "an answer, two that are not for all, one taken back");
        let read = |of: &Path, file: &str| std::fs::read_to_string(of.join(file)).unwrap();
        let words = read(&bos, "words.md");
        for own in ["Here.", "Only for us.", "Only for me.", "Said too early."] {
            assert!(words.contains(own), "{own}: {words}");
        }
        let all: String = Source::open(&bos).unwrap().files().map(|file| read(&bos, file)).collect();
        assert!(!all.contains("Who has the") && !all.contains("They look") && !all.contains("for looking"), "{all}");
        assert!(read(&bos, "person.json").contains("\"handle\": \"bo\"") && read(&bos, "membership.memberships.jsonl").lines().count() == 1);
        let adas = folder("adas");
        let taken = take_along(&app.system(), &belongings, "ada", &adas).await.unwrap();
        assert_eq!((taken.words, taken.files), (2, 4));
        assert_eq!(read(&adas, "attachment.jsonl").lines().count(), 4);
        let source = Source::open(&adas).unwrap();
        assert_eq!(detect(&source), None, "it is no community");
        let manifest = exports::tacit::manifest(&source).unwrap();
        assert_eq!(manifest.files.len() + 1, source.files().count());
        for (file, sum) in manifest.files {
            assert_eq!(kernel::random::hex(&<sha2::Sha256 as sha2::Digest>::digest(source.whole(&file, 1 << 24).unwrap())), sum, "{file}");
        }
        assert!(take_along(&app.by(person::acts::find(&app.house, "ada").await.unwrap()), &belongings, "bo", &folder("other")).await.is_err());
        for folder in [bos, adas] {
            std::fs::remove_dir_all(folder).unwrap();
        }
    });
}

#[test]
fn ids_that_differ_never_share_a_file() {
    let ids = ["a.example b/c", "a.example b_c", "a.example_b c", "a.example b:c"];
    let names: BTreeSet<String> = ids.iter().map(|id| crate::take_out::file_name(id)).collect();
    assert_eq!(names.len(), ids.len(), "{names:?}");
    let long = "x".repeat(300);
    assert_ne!(crate::take_out::file_name(&format!("a {long}1")), crate::take_out::file_name(&format!("a {long}2")));
    assert_eq!(crate::take_out::file_name("a.example 12"), "a.example_12");
}

#[test]
fn nothing_is_taken_out_into_a_folder_that_is_not_empty_and_only_the_program_takes_out() {
    both(async |engine| {
        let app = alive(engine).await;
        let full = folder("full");
        std::fs::create_dir_all(&full).unwrap();
        std::fs::write(full.join("mine.txt"), "mine").unwrap();
        assert!(take_out(&app.system(), "nights", "a.example", &full, &mut |_| {}).await.is_err());
        assert!(take_out(&app.stranger(), "nights", "a.example", &folder("stranger"), &mut |_| {}).await.is_err());
        assert_eq!(std::fs::read_to_string(full.join("mine.txt")).unwrap(), "mine");
        std::fs::remove_dir_all(full).unwrap();
    });
}

fn book(pages: &[(&str, &str)]) -> PathBuf {
    let folder = folder("book");
    for (name, words) in pages {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, words).unwrap();
    }
    folder
}

async fn pages(app: &App, from: &Path, origin: &str) -> crate::BroughtPages {
    let how = How { origin: Some(origin.into()), into: None };
    crate::bring_pages(&app.system(), handbook::Handbook::open(from).unwrap(), &how, &mut |_, _| {}).await.unwrap()
}

#[test]
fn pages_become_practices_once_with_their_day_to_look_again_and_links_that_lead_to_each_other() {
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let restore = "---\ntitle: Restore a backup\nlast_reviewed_on: 2019-08-31\nreview_in: 6 months\n---\n\nSee [alerts](alerts.md#night) first.\n";
        let from = book(&[("restore.md", restore), ("alerts.md", "# Alerts\n\nSleep on it.\n"), ("adr/0001-old.md", "# Old\n\n## Status\n\nDeprecated\n")]);
        let first = pages(&app, &from, "our-book").await;
        assert_eq!((first.practices, first.revisions, first.there), (3, 3, 0));
        let again = pages(&app, &from, "our-book").await;
        assert_eq!((again.practices, again.there), (0, 3));
        assert_eq!((count(&app, "select count(*) from membership").await, count(&app, "select count(*) from person").await), (0, 0));
        let c = community::store::by_slug(&app.system(), "our-book").await.unwrap().unwrap();
        let all = practice::store::of_community(&app.stranger(), c.id, &practice::store::Sought::All, None, 9).await.unwrap().items;
        let of = |title: &str| all.iter().find(|p| p.title == title).unwrap();
        assert_eq!(all.len(), 2, "what says that it is over is not among those in use: {all:?}");
        assert_eq!(of("Restore a backup").due_at, kernel::Timestamp::parse("2020-03-01T00:00:00Z").unwrap(), "the day after 29 February");
        let whole = practice::store::one(&app.stranger(), of("Restore a backup").id).await.unwrap().unwrap();
        assert!(whole.words.contains(&format!("[alerts](/practices/{})", of("Alerts").id)), "{}", whole.words);
        std::fs::remove_dir_all(from).unwrap();
    });
}

/// 309 pages of a government's manual; how many are overdue on a day was counted by another program.
#[test]
fn runbooks_are_overdue_on_exactly_the_days_that_they_name() {
    let Some(data) = std::env::var_os("TACIT_DATA").map(PathBuf::from) else {
        eprintln!("not run: TACIT_DATA is not set");
        return;
    };
    both(async |engine| {
        let app = App::new(engine, slices).await;
        let from = folder("manual");
        std::fs::create_dir_all(&from).unwrap();
        let set = data.join("practices/govuk-developer-docs/govuk-manual-2019-09-30.tar.zst");
        let piped = format!("zstd -dc {} | tar x -C {}", set.display(), from.display());
        assert!(std::process::Command::new("sh").arg("-c").arg(piped).status().unwrap().success());
        assert_eq!(pages(&app, &from, "manual").await.practices, 309);
        for (day, overdue) in [("2019-09-30", 48), ("2019-12-31", 170), ("2020-02-29", 248), ("2020-10-01", 309)] {
            let at = kernel::Timestamp::parse(&format!("{day}T00:00:00Z")).unwrap();
            let mut row = app.house.db.one("select count(*) from practice where due_at <= ?1", vals![at]).await.unwrap().unwrap();
            assert_eq!(row.take::<i64>().unwrap(), overdue, "{day}");
        }
        std::fs::remove_dir_all(from).unwrap();
    });
}

use super::*;
use crate::archives::{Told, Unpacked, memory};

const USERS: &str = "<users><row Id=\"-1\" DisplayName=\"Community\"/><row Id=\"2\" DisplayName=\"Ann\"/><row Id=\"3\" DisplayName=\"Silent\"/></users>";
const POSTS: &str = "\u{FEFF}<?xml version=\"1.0\"?><posts>\
<row Id=\"1\" PostTypeId=\"1\" AcceptedAnswerId=\"2\" CreationDate=\"2018-03-12T17:00:45.567\" Body=\"&lt;p&gt;Why $a_1$?&lt;/p&gt;\" OwnerUserId=\"2\" Title=\"Why?\" LastEditDate=\"2018-03-13T00:00:00\" ClosedDate=\"2018-04-01T00:00:00\" />\
<row Id=\"2\" PostTypeId=\"2\" ParentId=\"1\" CreationDate=\"2018-03-12T18:00:00\" Body=\"&lt;pre&gt;&lt;code&gt;x&#xA;&lt;/code&gt;&lt;/pre&gt;\" OwnerDisplayName=\"user9\" />\
<row Id=\"4\" PostTypeId=\"2\" ParentId=\"1\" CreationDate=\"2018-03-12T18:00:00\" Body=\"b\" />\
<row Id=\"5\" PostTypeId=\"4\" CreationDate=\"2018-03-12T18:00:00\" Body=\"of a tag\" />\
<row Id=\"2\" PostTypeId=\"2\" ParentId=\"1\" CreationDate=\"2018-03-12T18:00:00\" Body=\"again\" />\
<row Id=\"6\" PostTypeId=\"2\" ParentId=\"1\" Body=\"no time\" /></posts>";

#[test]
fn a_dump_reads_with_what_was_accepted_closed_and_left_without_its_owner() {
    let source = memory(&[
        ("Users.xml", USERS),
        ("Posts.xml", POSTS),
        (
            "Comments.xml",
            "<comments><row Id=\"1\" PostId=\"2\" Score=\"2\" Text=\"@ann see `x`\" CreationDate=\"2018-03-12T19:00:00\" UserId=\"77\"/></comments>",
        ),
        (
            "Votes.xml",
            "<votes><row Id=\"1\" PostId=\"1\" VoteTypeId=\"2\"/><row Id=\"2\" PostId=\"1\" VoteTypeId=\"3\"/><row Id=\"3\" PostId=\"5\" VoteTypeId=\"2\"/></votes>",
        ),
        (
            "PostHistory.xml",
            "<posthistory><row Id=\"1\" PostHistoryTypeId=\"10\" PostId=\"1\" Comment=\"105\"/></posthistory>",
        ),
        ("Tags.xml", "<tags><row Id=\"1\"/></tags>"),
    ]);
    assert!(recognise(&source));
    let told = Told::of(&source, read);
    let first = told.contribution("post/1");
    assert_eq!(
        (
            first.title.as_str(),
            first.words.as_str(),
            first.asks,
            first.closed.as_deref()
        ),
        ("Why?", "Why $a_1$?", true, Some("opinion-based"))
    );
    assert!(first.edited_at.is_some());
    assert_eq!(
        (
            told.contribution("post/2").words.as_str(),
            told.contribution("post/2").voice.as_str()
        ),
        ("```\nx\n```", "name/user9")
    );
    assert_eq!(
        (
            told.contribution("post/4").voice.as_str(),
            told.contribution("post/4").answers.as_deref()
        ),
        ("deleted", Some("post/1"))
    );
    let comment = told.contribution("comment/1");
    assert_eq!(
        (comment.words.as_str(), comment.answers.as_deref()),
        ("ann see `x`", Some("post/2"))
    );
    assert_eq!(
        (told.helped().len(), told.helped()[0].answer.as_str()),
        (1, "post/2")
    );
    let names: Vec<_> = told.voices().iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["Ann", "user9", "deleted", "deleted"]);
    assert_eq!(
        told.thanks().iter().map(|t| t.count).collect::<Vec<_>>(),
        [2, 1]
    );
    // Two who said nothing, a tag's words, two votes, a tag and an earlier version.
    assert_eq!(
        (
            told.skipped(Reason::NoPlace),
            told.skipped(Reason::Twice),
            told.skipped(Reason::Broken)
        ),
        (7, 1, 1)
    );
}

#[test]
fn several_sites_in_one_folder_keep_their_ids_apart() {
    let told = Told::of(
        &memory(&[
            ("cooking.stackexchange.com/Posts.xml", POSTS),
            ("superuser.com/posts.xml", POSTS),
        ]),
        read,
    );
    assert_eq!(
        (told.contributions().len(), told.communities().len()),
        (6, 2)
    );
    let first = told.contribution("cooking.stackexchange.com/post/1");
    assert_eq!(
        first.link.as_deref(),
        Some("https://cooking.stackexchange.com/q/1")
    );
    assert_eq!(told.communities()[1].name, "superuser.com");
}

#[test]
fn a_whole_site_reads_with_every_row_accounted_for() {
    let Some(set) = Unpacked::new(
        "conversations/stackexchange-quantumcomputing/quantumcomputing.stackexchange.com-2018.tar.zst",
        "site",
    ) else {
        return;
    };
    let told = Told::of(&Source::open(&set.0).unwrap(), read);
    let said = told.contributions();
    let posts = || said.iter().filter(|c| c.id.starts_with("post/"));
    assert_eq!(
        (
            posts().filter(|c| c.asks).count(),
            posts().filter(|c| !c.asks).count(),
            said.len()
        ),
        (612, 1_060, 612 + 1_060 + 3_413)
    );
    assert_eq!(
        (
            told.helped().len(),
            said.iter().filter(|c| c.closed.is_some()).count()
        ),
        (389, 30)
    );
    let comment_thanks = told
        .thanks()
        .iter()
        .filter(|t| t.contribution.starts_with("comment/"))
        .count();
    let known = told
        .voices()
        .iter()
        .filter(|v| v.id.starts_with("user/") && v.name != "deleted")
        .count();
    // Posts, comments, people, votes, badges, links and tags: each row is one of these.
    let rows = said.len() + known + told.thanks().len() - comment_thanks + told.skips().len();
    assert_eq!(rows, 1_986 + 3_413 + 3_461 + 12_560 + 4_671 + 327 + 154);
    assert_eq!(
        told.communities()[0].name,
        "quantumcomputing.stackexchange.com"
    );
    assert!(posts().all(|c| c.link.is_some()) && said.iter().all(|c| !c.voice.is_empty()));
}

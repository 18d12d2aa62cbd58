use super::*;
use crate::archives::{Told, memory, real};
use crate::{Access, Contribution};

const USERS: &str = r#"[{"id":"U1","name":"ann","profile":{"display_name":"Ann","email":"ann@example.org"}},
    {"id":"U2","name":"bo","real_name":"Bo","deleted":true,"profile":null},{"id":"B9","name":"ci","is_bot":true}]"#;
const CHANNELS: &str = r##"[{"id":"C1","name":"general","purpose":{"value":"All"},"topic":{"value":""},"is_archived":false},
    {"id":"C2","name":"old","is_archived":true}]"##;

fn told(messages: &str) -> Told {
    let source = memory(&[
        ("users.json", USERS),
        ("channels.json", CHANNELS),
        ("general/2020-01-02.json", messages),
    ]);
    assert!(recognise(&source));
    Told::of(&source, read)
}

fn said(text: &str) -> String {
    let message = serde_json::json!([{"type": "message", "user": "U1", "ts": "1577934000.000100", "text": text}]);
    let told = told(&message.to_string());
    told.contributions()
        .first()
        .map_or(String::new(), |c| c.words.clone())
}

fn one(message: &str) -> Contribution {
    let told = told(&format!("[{message}]"));
    let said = told.contributions();
    assert_eq!(said.len(), 1, "{:?}", told.items);
    said[0].clone()
}

#[test]
fn an_old_export_reads_with_every_message_accounted_for() {
    let Some(folder) = real("conversations/slack-houstondatavis") else {
        return;
    };
    let zip = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .find(|f| f.extension().is_some_and(|e| e == "zip"))
        .unwrap();
    let told = Told::of(&Source::open(&zip).unwrap(), read);
    let said = told.contributions();
    // 964 plain messages, 61 files and 6 comments on them; 320 who joined and 31 other events; the log of integrations.
    assert_eq!(
        (said.len(), told.skipped(Reason::System)),
        (964 + 61 + 6, 351)
    );
    assert_eq!(
        (told.skipped(Reason::NoPlace), told.skips().len()),
        (1, 352)
    );
    assert_eq!(said.iter().filter(|c| !c.files.is_empty()).count(), 61);
    let places = told.communities();
    assert_eq!(
        (places.len(), places.iter().filter(|p| p.ended).count()),
        (16, 9)
    );
    // The channel that was renamed from `random` is the one with that id.
    assert!(
        said.iter().any(|c| c.community == "C061A3E0Y")
            && places
                .iter()
                .any(|p| p.id == "C061A3E0Y" && p.name == "meetup-")
    );
    assert!(said.iter().all(|c| {
        c.link
            .as_ref()
            .is_some_and(|l| l.starts_with("https://houstondatavis.slack.com/archives/C"))
    }));
    assert_eq!(said.iter().filter(|c| c.answers.is_some()).count(), 6);
    assert!(said.iter().all(|c| !c.words.contains("<@U")));
    assert!(!told.thanks().is_empty());
}

#[test]
fn marks_of_slack_mean_the_same_in_markdown() {
    for (slack, markdown) in [
        ("*bold* _it_ ~no~ `co*de`", "**bold** *it* ~~no~~ `co*de`"),
        ("*bold _and it_*", "**bold *and it***"),
        (
            "snake_case_x 2*3*4 * a * _",
            "snake_case_x 2\\*3\\*4 \\* a \\* \\_",
        ),
        (
            "Hi <@U1>, <@U2|bo> and <@U7|cy>; <!here> <!subteam^S1|@nurses> <#C2>",
            "Hi Ann, Bo and cy; here nurses #old",
        ),
        (
            "<https://x.org/a_b|the *page*> <https://x.org/a_b> <mailto:a@x.org|a@x.org>",
            "[the \\*page\\*](https://x.org/a_b) <https://x.org/a_b> <a@x.org>",
        ),
        ("a &lt;b&gt; &amp;amp; c", "a \\<b> \\&amp; c"),
        ("&gt; so\n&gt; it is\nno", "> so\\\n> it is\n\nno"),
        ("&gt;&gt;&gt; all\nof it", "> all\\\n> of it"),
        ("one\ntwo\n\nthree", "one\\\ntwo\n\nthree"),
        ("see:\n• a\n• b\nend", "see:\n\n- a\n- b\n\nend"),
        (
            "do ```\nlet x = <https://x.org|x.org>;\n``` now",
            "do\n\n```\nlet x = x.org;\n```\n\nnow",
        ),
        (
            ":tada: :our_own: :wave::skin-tone-3: 10:30:45",
            "🎉 :our_own: 👋 10:30:45",
        ),
        ("# no heading\n1. no list", "\\# no heading\\\n1\\. no list"),
        ("@bo look", "bo look"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
    ] {
        assert_eq!(said(slack), markdown, "of {slack}");
    }
}

#[test]
fn marks_without_end_are_read_in_linear_time() {
    for part in [
        "*a ", "_a *b ", "`", "<", ":a", "```", "&gt;", "<@U1", "*a* ", "~_*",
    ] {
        said(&part.repeat(60_000 / part.len()));
    }
}

#[test]
fn answers_belong_to_their_thread() {
    let told = told(
        r#"[{"user":"U1","ts":"10.000001","text":"q","thread_ts":"10.000001","replies":[{"user":"U2","ts":"12.0"}]},
        {"user":"U2","ts":"11.000001","text":"a","thread_ts":"10.000001","edited":{"user":"U2","ts":"15.000000"}},
        {"user":"U2","ts":"12.000000","text":"b"},
        {"user":"U2","ts":"13.000000","text":"c","subtype":"thread_broadcast","thread_ts":"10.000001"},
        {"user":"U2","ts":"14.000000","text":"","subtype":"reply_broadcast","thread_ts":"10.000001"},
        {"user":"U2","ts":13,"text":"again"}]"#,
    );
    let answers: Vec<_> = told
        .contributions()
        .iter()
        .map(|c| (c.words.as_str(), c.answers.as_deref()))
        .collect();
    let root = Some("C1/10.000001");
    assert_eq!(
        answers,
        [("q", None), ("a", root), ("b", root), ("c", root)]
    );
    assert_eq!(
        (told.skipped(Reason::System), told.skipped(Reason::Twice)),
        (1, 1)
    );
    assert_eq!(
        told.contribution("C1/11.000001").edited_at,
        Some(15_000_000)
    );
}

#[test]
fn files_come_along_in_every_dialect() {
    let old = one(
        r#"{"subtype":"file_share","user":"U1","ts":"5.0","text":"<@U1|ann> uploaded a file: <https://x|x.png> and commented: look","file":{"id":"F1","name":"x.png","permalink":"https://x"}}"#,
    );
    assert_eq!(
        (old.words.as_str(), old.files[0].name.as_str()),
        ("look", "x.png")
    );
    let new = one(
        r#"{"user":"U1","ts":"5.0","text":"","files":[{"id":"F1","mode":"tombstone"},{"id":"F2","title":"T","alt_txt":"a cat"},{"id":"F3","mode":"hidden_by_limit"},null]}"#,
    );
    let files: Vec<_> = new
        .files
        .iter()
        .map(|f| (f.name.as_str(), f.alt.as_str()))
        .collect();
    assert_eq!(files, [("T", "a cat"), ("F3", "")]);
    assert_eq!(
        told(r#"[{"user":"U1","ts":"5.0","files":[{"id":"F1","mode":"tombstone"}]}]"#)
            .skipped(Reason::Deleted),
        1
    );
    let comment = told(
        r#"[{"subtype":"file_share","user":"U1","ts":"5.0","text":"","file":{"id":"F1","name":"x"}},
        {"subtype":"file_comment","ts":"6.0","text":"<@U2> commented on <@U1>s file <https://x|x>: fine","file":{"id":"F1"},"comment":{"user":"U2","comment":"*fine*"}}]"#,
    );
    let comment = comment.contribution("C1/6.000000");
    assert_eq!(
        (
            comment.words.as_str(),
            comment.voice.as_str(),
            comment.answers.as_deref()
        ),
        ("**fine**", "U2", Some("C1/5.000000"))
    );
}

#[test]
fn programs_are_machines_and_say_what_their_blocks_say() {
    let told = told(
        r##"[{"subtype":"bot_message","bot_id":"B7","username":"CI","ts":"5.0","text":"","attachments":[{"title":"Build 7","title_link":"https://ci.org/7","text":"is *red*","fields":[{"title":"by","value":"ann"}]}]},
        {"user":"U1","ts":"6.0","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Hi "},{"type":"user","user_id":"U2"},{"type":"text","text":" <b> ","style":{"bold":true}}]},
        {"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},{"type":"rich_text_section","elements":[{"type":"link","url":"https://x.org","text":"two"}]}]},
        {"type":"rich_text_quote","elements":[{"type":"text","text":"q"}]}]}]},
        {"user":"U1","ts":"7.0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*b* <https://x.org|y>"}}],"text":null}]"##,
    );
    let ci = told.contribution("C1/5.000000");
    assert_eq!(
        ci.words,
        "[Build 7](https://ci.org/7)\\\nis **red**\\\n**by** ann"
    );
    assert!(
        told.voices()
            .iter()
            .any(|v| v.id == "B7" && v.name == "CI" && v.machine)
    );
    assert_eq!(
        told.contribution("C1/6.000000").words,
        "Hi Bo **\\<b>**\n\n- one\n- [two](https://x.org)\n\n> q"
    );
    assert_eq!(told.contribution("C1/6.000000").toward, ["U2"]);
    assert_eq!(
        told.contribution("C1/7.000000").words,
        "**b** [y](https://x.org)"
    );
}

#[test]
fn only_reactions_that_say_so_are_thanks() {
    let told = told(
        r#"[{"user":"U1","ts":"5.0","text":"x","reactions":[{"name":"pray::skin-tone-2","users":["U2"],"count":3},{"name":"tada","users":["U2"],"count":1},{"name":"thank-you-blob","users":["U9"]}]}]"#,
    );
    let thanks: Vec<_> = told
        .thanks()
        .iter()
        .map(|t| (t.voice.as_deref(), t.count))
        .collect();
    assert_eq!(thanks, [(Some("U2"), 1), (None, 2), (Some("U9"), 1)]);
    assert!(
        told.voices()
            .iter()
            .any(|v| v.id == "U9" && v.name == "deleted")
    );
}

#[test]
fn private_places_are_told_as_such() {
    let line = r#"[{"user":"U1","ts":"5.0","text":"x"}]"#;
    let source = memory(&[
        ("exp/users.json", USERS),
        (
            "exp/groups.json",
            r#"[{"id":"G1","name":"care","members":["U1"]}]"#,
        ),
        (
            "exp/dms.json",
            r#"[{"id":"D1","created":1,"members":["U1","U2"]}]"#,
        ),
        (
            "exp/mpims.json",
            r#"[{"id":"G2","name":"mpdm-ann--bo--cy-1","members":["U1","U2","U3"]}]"#,
        ),
        ("exp/care/2020-01-01.json", line),
        ("exp/D1/2020-01-01.json", line),
        ("exp/mpdm-ann--bo--cy-1/2020-01-01.json", line),
        ("exp/unlisted/2020-01-01.json", line),
        ("exp/canvases.json", "[]"),
    ]);
    let told = Told::of(&source, read);
    let places: Vec<_> = told
        .communities()
        .iter()
        .map(|p| (p.id.as_str(), p.name.as_str(), p.access))
        .collect();
    assert_eq!(
        places,
        [
            ("G1", "care", Access::Private),
            ("G2", "Ann, Bo, deleted", Access::Direct),
            ("D1", "Ann, Bo", Access::Direct),
            ("unlisted", "unlisted", Access::Private)
        ]
    );
    assert_eq!(
        (told.contributions().len(), told.skipped(Reason::NoPlace)),
        (4, 1)
    );
}

#[test]
fn a_folder_under_an_older_name_belongs_to_the_renamed_channel() {
    let source = memory(&[
        ("channels.json", CHANNELS),
        (
            "general/2020-01-02.json",
            r#"[{"user":"U1","ts":"9.0","text":"y"}]"#,
        ),
        (
            "lobby/2020-01-01.json",
            r#"[{"user":"U1","ts":"5.0","text":"x"},{"subtype":"channel_name","user":"U1","ts":"6.0","old_name":"lobby","name":"general","text":"…"}]"#,
        ),
    ]);
    let told = Told::of(&source, read);
    assert!(told.contributions().iter().all(|c| c.community == "C1"));
    assert_eq!(told.communities().len(), 2);
}

#[test]
fn what_is_broken_costs_no_more_than_itself() {
    let told = told(
        "[{\"user\":\"U1\",\"ts\":\"5.0\",\"text\":\"a\"},{\"user\":\"U1\",\"ts\":\"x\"},{\"user\":\"U1\",\"ts\":\"6.0\",\"text\":\"b\n\"},7,{\"user\":\"U1\",\"ts\":\"7.0\",\"text\":\"c\"},{\"subtype\":\"tombstone\",\"ts\":\"8.0\"},{\"user\":\"U1\",\"ts\":\"9.0\",\"text\":\" \"},{\"ts\":",
    );
    let words: Vec<_> = told
        .contributions()
        .iter()
        .map(|c| c.words.as_str())
        .collect();
    assert_eq!(words, ["a", "c"]);
    assert_eq!(
        (
            told.skipped(Reason::Broken),
            told.skipped(Reason::Deleted),
            told.skipped(Reason::Empty)
        ),
        (5, 1, 1)
    );
    assert_eq!(told.skips()[0].offset, Some(37));
}

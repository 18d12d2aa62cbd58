use super::*;
use crate::archives::{Told, memory};
use crate::{Access, Reason};

const REALM: &str = r#"{"zerver_realm":[{"id":1,"name":"Org"}],
 "zerver_userprofile":[{"id":10,"full_name":"Ann","delivery_email":"ann@example.org","email":"user10@x"},{"id":11,"full_name":"Bo","email":"bo@example.org"},{"id":12,"full_name":"CI","is_bot":true}],
 "zerver_userprofile_crossrealm":[{"id":1,"email":"notification-bot@zulip.com"}],
 "zerver_stream":[{"id":5,"name":"general","description":"All","invite_only":false},{"id":6,"name":"care","invite_only":true,"deactivated":true}],
 "zerver_recipient":[{"id":50,"type":2,"type_id":5},{"id":60,"type":2,"type_id":6},{"id":70,"type":1,"type_id":11},{"id":80,"type":3,"type_id":9}],
 "zerver_subscription":[{"user_profile":10,"recipient":80},{"user_profile":11,"recipient":80},{"user_profile":12,"recipient":80}],
 "zerver_reaction":[{"user_profile":11,"message":100,"emoji_name":"heart"},{"user_profile":11,"message":100,"emoji_name":"tada"}]}"#;

const MESSAGES: &str = r#"{"zerver_message":[
 {"id":100,"sender":10,"recipient":50,"subject":"✔ How","content":"q","rendered_content":"<p>q <a href=\"/user_uploads/1/ab/x.png\">x</a></p>","date_sent":1520878662.5},
 {"id":101,"sender":11,"recipient":50,"subject":"How","content":"a","rendered_content":"<p>Hi <span class=\"user-mention\" data-user-id=\"10\">@Ann</span></p>","date_sent":1520878663,"last_edit_time":1520878664},
 {"id":102,"sender":12,"recipient":50,"subject":"How","content":"x","rendered_content":"<p><span class=\"user-mention silent\" data-user-id=\"11\">Bo</span> <a href=\"https://z.org/#narrow/stream/5-general/topic/How/near/101\">said</a>:</p>\n<blockquote>\n<p>Hi</p>\n<blockquote><p>deep</p></blockquote></blockquote>\n<p>Yes</p>","date_sent":1520878665},
 {"id":103,"sender":1,"recipient":50,"subject":"How","content":"resolved","rendered_content":"<p>resolved</p>","date_sent":1520878666},
 {"id":104,"sender":10,"recipient":60,"subject":"S","content":"(deleted)","rendered_content":"<p>(deleted)</p>","date_sent":1520878666},
 {"id":105,"sender":10,"recipient":60,"subject":"S","content":"@_**Bo|11** [said](https://z.org/#narrow/stream/6/topic/S/near/99):\n```quote\nold\n```\n@**Bo** see #**general>How** :tada:\nnow","rendered_content":null,"date_sent":1520878667},
 {"id":106,"sender":10,"recipient":70,"subject":"","content":"dm","date_sent":1520878668},
 {"id":107,"sender":10,"recipient":80,"subject":"","content":"```rust\nlet x;\n```\n```spoiler Why\nso\n```","date_sent":1520878668},
 {"id":107,"sender":10,"recipient":80,"content":"twice","date_sent":1520878668},
 {"id":108,"sender":10,"recipient":50,"content":"no time"}],"zerver_usermessage":[{"id":1}]}"#;

#[test]
fn an_export_reads_with_its_topics_answers_and_private_places() {
    let source = memory(&[
        ("org/realm.json", REALM),
        ("org/messages-000001.json", MESSAGES),
        ("org/uploads/1/ab/x.png", "…"),
        ("org/migration_status.json", "{}"),
    ]);
    assert!(recognise(&source));
    let told = Told::of(&source, read);
    let said: Vec<_> = told
        .contributions()
        .iter()
        .map(|c| (c.id.as_str(), c.answers.as_deref(), c.words.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("message/100", None, "q x"),
            ("message/101", Some("message/100"), "Hi Ann"),
            ("message/102", Some("message/101"), "Yes"),
            (
                "message/105",
                Some("message/99"),
                "Bo see \\#general > How 🎉\\\nnow"
            ),
            ("message/106", None, "dm"),
            ("message/107", None, "```rust\nlet x;\n```\n**Why**\n\nso"),
        ]
    );
    let first = told.contribution("message/100");
    assert_eq!(
        (first.title.as_str(), first.closed.as_deref(), first.at),
        ("How", Some("resolved"), 1_520_878_662_500_000)
    );
    assert_eq!(
        first.files[0].inside.as_deref(),
        Some("org/uploads/1/ab/x.png")
    );
    assert_eq!(
        (
            told.contribution("message/101").toward.as_slice(),
            told.contribution("message/105").toward.as_slice()
        ),
        (&["user/10".to_owned()][..], &["user/11".to_owned()][..])
    );
    let places: Vec<_> = told
        .communities()
        .iter()
        .map(|p| (p.name.as_str(), p.access, p.ended))
        .collect();
    assert_eq!(
        places,
        [
            ("general", Access::Open, false),
            ("care", Access::Private, true),
            ("Ann, Bo", Access::Direct, false),
            ("Ann, Bo, CI", Access::Direct, false)
        ]
    );
    assert_eq!(
        (
            told.thanks().len(),
            told.skipped(Reason::NoPlace),
            told.skipped(Reason::System)
        ),
        (1, 2, 1)
    );
    assert_eq!(
        (
            told.skipped(Reason::Deleted),
            told.skipped(Reason::Twice),
            told.skipped(Reason::Broken)
        ),
        (1, 1, 1)
    );
    assert!(
        told.voices()
            .iter()
            .any(|v| v.address.as_deref() == Some("ann@example.org"))
    );
}

fn line(id: u32, name: &str, content: &str) -> String {
    serde_json::json!({"id": id, "sender_full_name": name, "timestamp": 1_520_000_000 + id, "content": content}).to_string()
}

#[test]
fn a_public_archive_reads_from_its_folders() {
    let asked = format!(
        "[{},{}]",
        line(3, "Ann", "<p>q</p>"),
        line(
            4,
            "Bo",
            "<div class=\"codehilite\" data-code-language=\"Rust\"><pre><code>x</code></pre></div><a href=\"https://z.org/#narrow/stream/7/near/3\"></a>"
        )
    );
    let resolved = format!(
        "[{},{}",
        line(5, "Notification Bot", "<p>r</p>"),
        line(6, "Ann", "<p>thanks</p>")
    );
    let nested = format!("[{}]", line(1, "Cy", "<p>n</p>"));
    let source = memory(&[
        (
            "zulip_json/stream_index.json",
            r#"{"streams":{"new members":{"id":7}}}"#,
        ),
        ("zulip_json/7-new-members/how.20so.3F.json", &asked),
        (
            "zulip_json/7-new-members/.E2.9C.94.20how.20so.3F.json",
            &resolved,
        ),
        ("zulip_json/8-t-lang/wg/a.2Eb.json", &nested),
    ]);
    assert!(recognise(&source));
    let told = Told::of(&source, read);
    let said: Vec<_> = told
        .contributions()
        .iter()
        .map(|c| {
            (
                c.id.as_str(),
                c.answers.as_deref(),
                c.title.as_str(),
                c.words.as_str(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("message/3", None, "how so?", "q"),
            ("message/4", Some("message/3"), "", "```rust\nx\n```"),
            ("message/6", Some("message/3"), "", "thanks"),
            ("message/1", None, "a.b", "n")
        ]
    );
    assert_eq!(
        told.contribution("message/3").closed.as_deref(),
        Some("resolved")
    );
    let places: Vec<_> = told
        .communities()
        .iter()
        .map(|p| (p.id.as_str(), p.name.as_str()))
        .collect();
    assert_eq!(
        places,
        [("stream/7", "new members"), ("stream/8", "t-lang/wg")]
    );
    assert_eq!(
        (
            told.skipped(Reason::System),
            told.skipped(Reason::Broken),
            told.skipped(Reason::NoPlace)
        ),
        (1, 1, 1)
    );
}

use super::*;
use crate::Access;
use crate::archives::{Told, Unpacked, memory};

const TOPIC: &str = r#"{"post_stream":{"posts":[
  {"id":90,"topic_id":7,"post_number":1,"post_type":1,"username":"ann","name":"Ann A.","user_id":3,"created_at":"2020-01-02T03:04:05.000Z","updated_at":"2020-01-03T03:04:05.000Z","version":2,"cooked":"<p>How?</p>","reply_to_post_number":null,"actions_summary":[{"id":2,"count":3}],"accepted_answer":false},
  {"id":91,"topic_id":7,"post_number":2,"post_type":1,"username":"bo","user_id":4,"created_at":"2020-01-02T03:05:05.000Z","cooked":"<p>So <a class=\"mention\" href=\"/u/ann\">@Ann</a>.</p>","accepted_answer":true},
  {"id":92,"topic_id":7,"post_number":3,"post_type":3,"username":"system","user_id":-1,"created_at":"2020-01-02T03:05:05.000Z","cooked":"","action_code":"closed.enabled"},
  {"id":93,"topic_id":"7","post_number":"4","post_type":1,"username":"cy","created_at":"2020-01-02T03:06:05.000Z","cooked":"<aside class=\"quote no-group\" data-username=\"bo\" data-post=\"2\" data-topic=\"7\"><blockquote><p>So</p></blockquote></aside><p>Yes</p>"},
  {"id":94,"topic_id":7,"post_number":5,"username":"cy","created_at":"2020-01-02T03:06:05.000Z","cooked":"<p>x</p>","reply_to_post_number":4},
  {"id":95,"topic_id":7,"post_number":6,"username":"cy","created_at":"2020-01-02T03:06:05.000Z","cooked":"<p>y</p>","user_deleted":true},
  {"id":96,"topic_id":7,"post_number":7,"username":"cy","created_at":null,"cooked":"<p>z</p>"}],"stream":[90,91]},
  "id":7,"title":"A topic","slug":"a-topic","category_id":5,"closed":true,"archetype":"regular"}"#;

#[test]
fn a_topic_of_the_api_reads_with_its_answers_thanks_and_what_helped() {
    let source = memory(&[("t/7.json", TOPIC)]);
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
            ("7/1", None, "How?"),
            ("7/2", Some("7/1"), "So Ann."),
            ("7/4", Some("7/2"), "> **bo:**\n>\n> So\n\nYes"),
            ("7/5", Some("7/4"), "x")
        ]
    );
    let first = told.contribution("7/1");
    assert_eq!(
        (first.title.as_str(), first.asks, first.closed.as_deref()),
        ("A topic", true, Some("closed"))
    );
    assert!(first.edited_at.is_some() && told.contribution("7/2").toward == ["Ann"]);
    assert_eq!(
        (
            told.helped()[0].question.as_str(),
            told.helped()[0].answer.as_str()
        ),
        ("7/1", "7/2")
    );
    assert_eq!((told.thanks().len(), told.thanks()[0].count), (1, 3));
    assert_eq!(
        (
            told.skipped(Reason::System),
            told.skipped(Reason::Deleted),
            told.skipped(Reason::Broken)
        ),
        (1, 1, 1)
    );
}

#[test]
fn lists_name_categories_and_pages_of_posts_find_their_topics() {
    let categories = r#"{"category_list":{"categories":[{"id":5,"name":"Care","description_text":"Of people","read_restricted":false,"subcategory_list":[{"id":6,"name":"Staff","read_restricted":true}]}]}}"#;
    let latest = r#"{"users":[],"topic_list":{"topics":[{"id":8,"title":"Eight","category_id":6},{"id":9,"title":"Nine","archetype":"private_message"}]}}"#;
    let posts = r#"{"latest_posts":[{"topic_id":8,"post_number":1,"username":"ann","created_at":"2020-01-02","raw":"plain"},
        {"topic_id":9,"post_number":1,"username":"ann","created_at":"2020-01-02T00:00:00Z","cooked":"<p>dear</p>"},
        {"topic_id":7,"post_number":2,"username":"bo","created_at":"2020-01-02T00:00:00Z","cooked":"<p>again</p>"}]}"#;
    let single = r#"{"id":100,"topic_id":8,"post_number":2,"username":null,"created_at":"2020-01-02T00:00:00Z","cooked":"<p>b</p>"}"#;
    let told = Told::of(
        &memory(&[
            ("a.json", TOPIC),
            ("categories.json", categories),
            ("latest.json", latest),
            ("posts.json", posts),
            ("posts/100.json", single),
        ]),
        read,
    );
    let access = |id: &str| {
        let place = &told.contribution(id).community;
        told.communities()
            .iter()
            .find(|c| &c.id == place)
            .map(|c| (c.name.clone(), c.access))
            .unwrap()
    };
    assert_eq!(access("7/1"), ("Care".into(), Access::Open));
    assert_eq!(access("8/1"), ("Staff".into(), Access::Private));
    assert_eq!(access("9/1").1, Access::Direct);
    assert_eq!(told.contribution("8/1").title, "Eight");
    assert_eq!(told.contribution("8/2").voice, "deleted");
    assert_eq!(told.skipped(Reason::Twice), 1);
}

#[test]
fn lines_and_arrays_of_topics_are_read_one_at_a_time() {
    let line = r#"{"topic_id": 4, "title": "T", "url": "https://forum.example.org/t/t/4", "posts": [{"n": 1, "author": "ann", "at": "2017-04-07T17:17:00Z", "html": "<p><a href=\"/x\">x</a></p>"}, {"n": 2, "author": "bo", "at": "2017-04-07T17:18:00Z", "html": "<p>y</p>"}]}"#;
    let lines = format!(
        "{line}\n{{\"topic_id\": 5, \"posts\"\n{}\n",
        line.replace(": 4,", ": 6,")
    );
    let told = Told::of(&memory(&[("all.jsonl", &lines)]), read);
    assert_eq!(
        (told.contributions().len(), told.skipped(Reason::Broken)),
        (4, 1)
    );
    let first = told.contribution("4/1");
    assert_eq!(
        (first.words.as_str(), first.link.as_deref()),
        (
            "[x](https://forum.example.org/x)",
            Some("https://forum.example.org/t/t/4/1")
        )
    );
    assert_eq!(told.communities()[0].name, "forum.example.org");
    let array = format!(
        "[{TOPIC},{},null]",
        TOPIC
            .replace("\"topic_id\":7", "\"topic_id\":8")
            .replace("\"id\":7", "\"id\":8")
    );
    let told = Told::of(&memory(&[("all.json", &array)]), read);
    assert_eq!(
        (told.contributions().len(), told.skipped(Reason::Broken)),
        (8, 3)
    );
}

#[test]
fn a_forum_s_archive_reads_with_every_post_accounted_for() {
    let Some(set) = Unpacked::new(
        "conversations/discourse-slicer/slicer-2017-2019.jsonl.zst",
        "slicer.jsonl",
    ) else {
        return;
    };
    let told = Told::of(&Source::open(&set.0.join("slicer.jsonl")).unwrap(), read);
    assert_eq!(
        (
            told.contributions().len() + told.skips().len(),
            told.communities().len()
        ),
        (29_154, 1)
    );
    let speak: std::collections::HashSet<_> =
        told.contributions().into_iter().map(|c| &c.voice).collect();
    assert_eq!((told.skips().len(), speak.len()), (0, 2_354));
    assert_eq!(
        told.contributions()
            .iter()
            .filter(|c| c.answers.is_none())
            .count(),
        4_580
    );
}

#[test]
fn topics_rendered_to_files_are_read_as_well() {
    let page = "---\ntopic_id: 9\ntitle: \"A Topic\"\nurl: https://x.org/t/9\n---\n\n# A topic\n\n**URL**: https://x.org/t/a-topic/9\n\n---\n\n\
        ## Post #1 by @ann (2017-11-02 16:02 UTC)\n\n<p>a</p>\n\n---\n\n## Post #2 by @bo (2017-11-02 16:12 UTC)\n\n<p>b</p>\n<hr>\n\n---\n\n## Post #x\n\n";
    let source = memory(&[("2017/a-id9.md", page), ("README.md", "# Archive")]);
    assert!(recognise(&source));
    let told = Told::of(&source, read);
    let first = told.contribution("9/1");
    assert_eq!(
        (
            first.title.as_str(),
            first.words.as_str(),
            first.link.as_deref()
        ),
        ("A topic", "a", Some("https://x.org/t/a-topic/9/1"))
    );
    assert_eq!(
        (
            told.contribution("9/2").words.as_str(),
            told.contribution("9/2").at
        ),
        ("b\n\n---", 1_509_639_120_000_000)
    );
    assert_eq!(
        (told.skipped(Reason::Broken), told.skipped(Reason::NoPlace)),
        (1, 1)
    );
}

#[test]
fn the_files_of_an_archive_read_with_every_post_accounted_for() {
    let Some(set) = Unpacked::new(
        "conversations/discourse-slicer/slicer-raw-markdown-60.tar.zst",
        "pages",
    ) else {
        return;
    };
    let source = Source::open(&set.0).unwrap();
    assert!(recognise(&source));
    let told = Told::of(&source, read);
    // Two of 509 posts stand there without a word: what the forum said of its topic.
    assert_eq!(
        (
            told.contributions().len(),
            told.skipped(Reason::Empty),
            told.skips().len()
        ),
        (507, 2, 2)
    );
    assert_eq!(
        told.contributions()
            .iter()
            .filter(|c| !c.title.is_empty())
            .count(),
        60
    );
}

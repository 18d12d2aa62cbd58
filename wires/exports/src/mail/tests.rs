//! Archives of mail, written here to the formats, and real ones where they are at hand.

use std::io::Write as _;

use crate::archives::{Told, Unpacked, memory};
use crate::{Access, Reason, Source};

use super::{
    read_letters, read_maildir, read_mbox, recognise_letters, recognise_maildir, recognise_mbox,
};

mod words;

fn mbox(text: &str) -> Told {
    Told::of(&memory(&[("list.mbox", text)]), read_mbox)
}

/// A message as lists keep it; `more` are further headers, each with its end of line.
fn message(n: u32, from: &str, subject: &str, more: &str, body: &str) -> String {
    format!(
        "From {from} Mon Jan 15 15:{:02}:00 2018\nFrom: {from}\nSubject: {subject}\nMessage-ID: <{n}@x>\nDate: Mon, 15 Jan 2018 15:{:02}:00 +0000\n{more}\n{body}\n\n",
        n % 60,
        n % 60,
    )
}

fn one(body: &str) -> String {
    let told = mbox(&message(1, "ada@x.org", "Glue", "", body));
    told.contribution("1@x").words.clone()
}

fn answer(body: &str) -> String {
    let told = mbox(&message(
        1,
        "ada@x.org",
        "Re: Glue",
        "In-Reply-To: <0@x>\n",
        body,
    ));
    told.contribution("1@x").words.clone()
}

fn words<'t>(told: &'t Told, id: &str) -> &'t str {
    &told.contribution(id).words
}

#[test]
fn a_message_is_read_with_all_that_is_known_of_it() {
    let told = mbox(&message(
        1,
        "Ada Lovelace <Ada@X.org>",
        "=?utf-8?q?=5Blist=5D_Kl=C3=A9ber?=",
        "List-Id: Glue and wood <glue.x.org>\nList-Archive: <https://x.org/glue>\nArchived-At: <https://x.org/glue/1>\n",
        "It holds.",
    ));
    let said = told.contribution("1@x");
    let voice = told.voices()[0];
    let place = told.communities()[0];
    assert_eq!(
        (place.id.as_str(), place.name.as_str(), place.access),
        ("glue.x.org", "Glue and wood", Access::Open)
    );
    assert_eq!(place.about, "https://x.org/glue");
    assert_eq!(
        (voice.id.as_str(), voice.name.as_str()),
        ("ada@x.org", "Ada Lovelace")
    );
    assert_eq!(voice.address.as_deref(), Some("ada@x.org"));
    assert_eq!(said.title, "[list] Kléber");
    assert_eq!(said.words, "It holds.");
    assert_eq!(said.at, 1_516_028_460_000_000);
    assert_eq!(said.known_as.as_deref(), Some("1@x"));
    assert_eq!(said.link.as_deref(), Some("https://x.org/glue/1"));
}

#[test]
fn lines_that_look_like_beginnings_are_words_where_they_are_quoted_or_no_beginnings() {
    let body = "I read:\n\n>From here on\n>>From there\nFrom my point of view it is fine.\n\nFrom now on I use glue.";
    let told = mbox(&(message(1, "a@x", "A", "", body) + &message(2, "b@x", "B", "", "Yes.")));
    assert_eq!(told.contributions().len(), 2);
    let words = words(&told, "1@x");
    assert!(words.contains("From here on"), "{words}");
    assert!(
        words.contains("From my point of view it is fine."),
        "{words}"
    );
    assert!(words.contains("From now on I use glue."), "{words}");
}

#[test]
fn messages_begin_with_lines_of_every_shape() {
    let heads = [
        "From ada@x.org Sat Jan  3 01:05:34 1996",
        "From ada at x.org  Sat Jan  3 01:05:34 1996",
        "From - Sat Jan 03 01:05:34 1996",
        "From 1600@xxx Sat Jan 03 01:05:34 +0000 1996",
        "From ???@??? Sat Jan 03 01:05:34 1996",
        "From ada",
        "From \"Ada L\" <a@b> Sat, 3 Jan 1996 01:05:34 +0200",
    ];
    for ends in ["\n", "\r\n"] {
        let text: String = heads
            .iter()
            .enumerate()
            .map(|(n, head)| format!("{head}{ends}From: a@b.org{ends}Message-ID: <{n}@x>{ends}{ends}Words {n}.{ends}{ends}"))
            .collect();
        let told = mbox(&format!("\u{FEFF}{text}"));
        assert_eq!(told.contributions().len(), heads.len());
        assert!(
            told.contributions()
                .iter()
                .enumerate()
                .all(|(n, said)| said.words == format!("Words {n}."))
        );
    }
}

#[test]
fn a_beginning_without_an_empty_line_before_it_is_one_when_a_header_follows() {
    let told = mbox(
        "From a@x Mon Jan 15 15:30:00 2018\nFrom: a@x\nMessage-ID: <1@x>\n\nOne.\nFrom b@x Mon Jan 15 15:31:00 2018\nFrom: b@x\nMessage-ID: <2@x>\n\nTwo.\n",
    );
    assert_eq!((words(&told, "1@x"), words(&told, "2@x")), ("One.", "Two."));
}

#[test]
fn archives_that_hide_addresses_are_read_as_if_they_did_not() {
    let told = mbox(
        "From ada at x.org  Sat Nov 14 21:29:28 2015\nFrom: ada at x.org (=?utf-8?q?Ada_L=C3=B6w?=)\nDate: Sat, 14 Nov 2015 21:29:28 +0100\nSubject: [Glue] Wood\nMessage-ID: <1@x>\n\nSee the picture.\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <http://x.org/attachment.htm>\n-------------- next part --------------\nA non-text attachment was scrubbed...\nName: wood.png\nType: image/png\nSize: 9 bytes\nDesc: not available\nURL: <http://x.org/wood.png>\n",
    );
    let said = told.contribution("1@x");
    assert_eq!(told.voices()[0].name, "Ada Löw");
    assert_eq!(told.voices()[0].address.as_deref(), Some("ada@x.org"));
    assert_eq!(said.words, "See the picture.");
    assert_eq!(said.files.len(), 1);
    assert_eq!(
        (said.files[0].name.as_str(), said.files[0].link.as_deref()),
        ("wood.png", Some("http://x.org/wood.png"))
    );
}

#[test]
fn old_messages_that_name_no_list_belong_to_the_list_that_the_archive_is_called_after() {
    let old = message(1, "a@x", "A", "", "Old.");
    let new = message(2, "a@x", "B", "List-Id: <list.x.org>\n", "New.");
    let told = mbox(&(old + &new));
    assert_eq!(told.communities().len(), 1);
    assert_eq!(
        told.contribution("2@x").community,
        told.contribution("1@x").community
    );
}

#[test]
fn threads_follow_references_and_else_subjects() {
    let told = mbox(
        &[
            message(1, "a@x", "[glue] Which?", "", "Which glue?"),
            message(
                2,
                "b@x",
                "Re: [glue] Which?",
                "References: <1@x>\n",
                "This.",
            ),
            message(
                3,
                "c@x",
                "Re: [glue] Which?",
                "References: <1@x> <2@x>\n",
                "That.",
            ),
            message(4, "d@x", "AW: Which?", "", "Both."),
            message(
                5,
                "e@x",
                "Re: Which?",
                "In-Reply-To: Your message of \"Mon\" <3@x>\n",
                "None.",
            ),
        ]
        .concat(),
    );
    let answers: Vec<_> = told
        .contributions()
        .iter()
        .map(|said| said.answers.as_deref())
        .collect();
    assert_eq!(
        answers,
        [None, Some("1@x"), Some("2@x"), Some("1@x"), Some("3@x")]
    );
}

#[test]
fn a_message_is_read_once_and_what_has_no_id_gets_one_from_its_content() {
    let plain = "From a@x Mon Jan 15 15:30:00 2018\nFrom: a@x\n\nHere.\n\n";
    let told = mbox(
        &(message(1, "a@x", "A", "", "One.") + &message(1, "a@x", "A", "", "One.") + plain + plain),
    );
    assert_eq!(told.contributions().len(), 2);
    assert_eq!(told.skipped(Reason::Twice), 2);
    let named = told.contributions()[1];
    assert!(named.id.starts_with("content-") && named.known_as.is_none());
}

#[test]
fn clocks_that_cannot_be_right_give_way() {
    for date in [
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "Tue, 19 Jan 2038 03:14:07 +0000",
        "Mon, 15 Jan 2029 15:30:00 +0000",
        "yesterday",
        "",
    ] {
        let told = mbox(&format!(
            "From a@x Mon Jan 15 15:30:00 2018\nFrom: a@x\nDate: {date}\nMessage-ID: <1@x>\n\nOne.\n"
        ));
        assert_eq!(told.contribution("1@x").at, 1_516_030_200_000_000, "{date}");
    }
    let told = mbox(
        "From a@x\nFrom: a@x\nDate: Thu, 1 Jan 1970 00:00:00 +0000\nReceived: from y by x; Mon, 15 Jan 2018 16:30:00 +0100\nMessage-ID: <1@x>\n\nOne.\n\nFrom a@x\nFrom: a@x\nMessage-ID: <2@x>\n\nTwo.\n",
    );
    assert_eq!(told.contribution("1@x").at, 1_516_030_200_000_000);
    assert_eq!(told.contribution("2@x").at, 1_516_030_200_000_000);
}

#[test]
fn files_that_came_with_a_message_are_named() {
    let mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
    let told = mbox(&message(
        1,
        "a@x",
        "A",
        mixed,
        "--b\nContent-Type: text/plain\n\nSee.\n--b\nContent-Type: image/png; name=\"../../etc/wood.png\"\nContent-Transfer-Encoding: base64\n\nAAAA\n--b\nContent-Type: application/pgp-signature; name=s.asc\n\nx\n--b--",
    ));
    let said = told.contribution("1@x");
    assert_eq!(
        said.files
            .iter()
            .map(|file| file.name.as_str())
            .collect::<Vec<_>>(),
        ["wood.png"]
    );
}

#[test]
fn a_first_message_without_a_date_takes_that_of_the_next() {
    let told = mbox(
        &("From a@x\nFrom: a@x\nMessage-ID: <0@x>\n\nZero.\n\n".to_owned()
            + &message(1, "a@x", "A", "", "One.")),
    );
    assert_eq!(told.contribution("0@x").at, told.contribution("1@x").at);
}

#[test]
fn programs_that_answer_for_people_are_the_system() {
    let told = mbox(
        &[
            message(
                1,
                "a@x",
                "A",
                "Auto-Submitted: auto-replied\n",
                "I am away.",
            ),
            message(
                2,
                "MAILER-DAEMON@x",
                "Undelivered Mail",
                "",
                "No such person.",
            ),
            message(3, "a@x", "Out of Office: A", "", "I am away."),
            message(
                4,
                "bugzilla-daemon@x",
                "[Bug 1]",
                "Auto-Submitted: auto-generated\n",
                "A bug.",
            ),
        ]
        .concat(),
    );
    assert_eq!(told.skipped(Reason::System), 3);
    assert!(told.voices()[0].machine);
    assert_eq!(told.contributions().len(), 1);
}

#[test]
fn advertising_that_nobody_answered_is_left_out() {
    let advert = "Dear friend, buy replica watches and rolex, click here http://spam.example";
    let told = mbox(
        &[
            message(
                1,
                "a@x",
                "Hello",
                "",
                "I like glue, and no prescription is needed for it.",
            ),
            message(2, "spam@y", "CHEAP ROLEX NOW!!", "", advert),
            message(
                3,
                "b@x",
                "Re: Hello",
                "References: <1@x>\n",
                "So do I: viagra, casino bonus, click here.",
            ),
            message(
                4,
                "c@y",
                "You have won, click here",
                "",
                "Somebody sent me this: you won the lottery, is it real?",
            ),
            message(
                5,
                "a@x",
                "Re: You have won",
                "References: <4@y> <4@x>\n",
                "No.",
            ),
            message(6, "d@x", "Marked", "X-Spam-Flag: YES\n", "Buy."),
        ]
        .concat(),
    );
    let skipped: Vec<_> = told.skips().iter().map(|skip| skip.reason).collect();
    assert_eq!(skipped, [Reason::Spam, Reason::Spam]);
    assert_eq!(
        told.contributions()
            .iter()
            .map(|said| said.id.as_str())
            .collect::<Vec<_>>(),
        ["1@x", "3@x", "4@x", "5@x"]
    );
}

#[test]
fn a_list_that_speaks_for_its_members_does_not_hide_them() {
    let told = mbox(&message(
        1,
        "Ada via Glue <glue@x.org>",
        "A",
        "List-Post: <mailto:glue@x.org>\nReply-To: Ada <ada@y.org>\n",
        "Hi.",
    ));
    assert_eq!(
        (told.voices()[0].name.as_str(), told.voices()[0].id.as_str()),
        ("Ada", "ada@y.org")
    );
}

#[test]
fn a_tag_that_most_subjects_have_is_the_lists() {
    let text: String = (1..9)
        .map(|n| message(n, "a@x", &format!("[Glue] [ANN] Wood {n}"), "", "Hi."))
        .collect();
    assert_eq!(mbox(&text).contribution("1@x").title, "[ANN] Wood 1");
}

#[test]
fn a_packed_archive_is_read_and_a_torn_one_as_far_as_it_goes() {
    let text: String = (0..400)
        .map(|n| message(n, "a@x", "A", "", &format!("Words {n} {}", n * 7919 % 1000)))
        .collect();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let source =
        |bytes: &[u8]| Source::memory("glue", vec![("2018-January.txt.gz".into(), bytes.to_vec())]);
    let told = Told::of(&source(&packed), read_mbox);
    assert_eq!(told.contributions().len(), 400);
    assert_eq!(told.communities()[0].name, "glue");
    let torn = Told::of(&source(&packed[..packed.len() / 2]), read_mbox);
    assert!(torn.contributions().len() > 100);
    assert_eq!(torn.skipped(Reason::Broken), 1);
}

#[test]
fn months_are_read_in_their_order() {
    let april = message(1, "a@x", "A", "", "First.");
    let december = message(2, "b@x", "Re: A", "References: <1@x>\n", "Second.");
    let told = Told::of(
        &memory(&[("2015-December.txt", &december), ("2016-April.txt", &april)]),
        read_mbox,
    );
    assert_eq!(told.contributions()[0].id, "2@x");
    let told = Told::of(
        &memory(&[("2015-December.txt", &december), ("2015-April.txt", &april)]),
        read_mbox,
    );
    assert_eq!(told.contributions()[0].id, "1@x");
}

#[test]
fn what_is_broken_is_skipped_with_its_place_and_the_rest_is_read() {
    let headers: String = (0..200_000).map(|n| format!("X-{n}: y\n")).collect();
    let torn = "From a@x Mon Jan 15 15:30:00 2018\nno header here\n\nwords\n\n";
    let long = "From a@x Mon Jan 15 15:30:00 2018\nFrom: a@x\nMessage-ID: <9@x>\n\n".to_owned()
        + &"x".repeat(9 << 20)
        + "\n\n";
    let first = message(1, "a@x", "A", "", "One.");
    let text = [
        &first,
        torn,
        &message(2, "a@x", "B", &headers, "Two."),
        &long,
        "From a@x Mon Jan 15 15:30:00 2018\n\n",
        &message(3, "a@x", "C", "", "Three."),
    ]
    .concat();
    let told = mbox(&text);
    assert_eq!(
        (words(&told, "1@x"), words(&told, "3@x")),
        ("One.", "Three.")
    );
    assert!(words(&told, "9@x").len() < 300_000);
    assert_eq!(told.skipped(Reason::TooLarge), 1);
    assert_eq!(told.skipped(Reason::Broken), 2);
    assert_eq!(told.skips()[0].offset, Some(first.len() as u64));
}

#[test]
fn circles_and_endless_threads_come_to_an_end() {
    let circle: String = (0..50)
        .map(|n| {
            message(
                n,
                "a@x",
                "",
                &format!("References: <{}@x>\n", (n + 1) % 50),
                "Hi.",
            )
        })
        .collect();
    let told = mbox(&circle);
    assert_eq!(
        told.contributions()
            .iter()
            .filter(|said| said.answers.is_none())
            .count(),
        1
    );
}

#[test]
fn a_maildir_is_read_with_its_folders() {
    let mail = |n| {
        message(n, "a@x", "A", "", &format!("Words {n}."))
            .split_once('\n')
            .unwrap()
            .1
            .to_owned()
    };
    let (one, two, three, four) = (mail(1), mail(2), mail(3), mail(4));
    let listed = three.replacen("From:", "List-Id: <glue.x.org>\nFrom:", 1);
    let source = memory(&[
        ("new/1516030300.a.host", &two),
        ("cur/1516030200.a.host:2,S", &one),
        (".Glue.Old/cur/1516030400.b", &listed),
        ("tmp/1516030200.c", &four),
        ("dovecot.index", "x"),
    ]);
    assert!(recognise_maildir(&source) && !recognise_mbox(&source) && !recognise_letters(&source));
    let told = Told::of(&source, read_maildir);
    let places: Vec<_> = told
        .communities()
        .iter()
        .map(|place| (place.name.as_str(), place.access))
        .collect();
    assert_eq!(places, [("test", Access::Direct), ("glue", Access::Open)]);
    assert_eq!(
        told.contributions()
            .iter()
            .map(|said| said.id.as_str())
            .collect::<Vec<_>>(),
        ["1@x", "2@x", "3@x"]
    );
}

#[test]
fn single_messages_in_a_folder_are_mail_between_people() {
    let mail = message(1, "a@x", "A", "", "Hi.")
        .split_once('\n')
        .unwrap()
        .1
        .to_owned();
    let source = memory(&[("box/a.EML", &mail), ("box/b.eml", "")]);
    assert!(recognise_letters(&source) && !recognise_mbox(&source));
    let told = Told::of(&source, read_letters);
    assert_eq!(told.communities()[0].access, Access::Direct);
    assert_eq!(
        (told.contributions().len(), told.skipped(Reason::Broken)),
        (1, 1)
    );
}

/// How many messages a file's reader and a count of its beginnings find.
fn reconciled(told: &Told) -> usize {
    told.contributions().len() + told.skips().len()
}

#[test]
fn real_archives_of_lists_are_read_to_the_last_message() {
    let Some(data) = Unpacked::new(
        "formats/connectors/perceval-1.6.1-tests-data.tar.zst",
        "mail-lists",
    ) else {
        return;
    };
    for (file, messages, contributions) in [
        ("pipermail/pipermail_2015_november.mbox", 4, 4),
        ("pipermail/pipermail_2016_april.mbox", 3, 3),
        ("mbox/mbox_complex.mbox", 2, 2),
        ("mbox/mbox_multipart.mbox", 2, 2),
        ("mbox/mbox_no_fields.mbox", 6, 3),
        ("mbox/mbox_iso8859_encoding.mbox", 1, 1),
        ("mbox/mbox_unixfrom_encoding.mbox", 1, 1),
        ("mbox/mbox_unknown_encoding.mbox", 1, 1),
        ("groupsio/messages.zip", 49, 49),
    ] {
        let source = Source::open(&data.0.join(file)).unwrap();
        assert!(recognise_mbox(&source), "{file}");
        let told = Told::of(&source, read_mbox);
        assert_eq!(
            (reconciled(&told), told.contributions().len()),
            (messages, contributions),
            "{file}"
        );
    }
}

#[test]
fn odd_messages_are_all_accounted_for() {
    let Some(data) = Unpacked::new(
        "formats/mail/mail-parser-1.0.1-eml-rfc-thirdparty-issues.tar.zst",
        "mail-odd",
    ) else {
        return;
    };
    let source = Source::open(&data.0.join("eml")).unwrap();
    let told = Told::of(&source, read_letters);
    assert_eq!(
        reconciled(&told),
        source.files().filter(|file| file.ends_with(".eml")).count()
    );
    assert!(
        told.contributions().len() * 10 > reconciled(&told) * 8,
        "{:?}",
        told.skipped
    );
    let told = Told::of(&Source::open(&data.0.join("mbox")).unwrap(), read_mbox);
    assert_eq!(reconciled(&told), 4);
}

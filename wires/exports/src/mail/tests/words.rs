//! What of a message counts as its author's words, and how they read.

use crate::archives::{Told, Unpacked};
use crate::{Contribution, Source};

use super::{answer, mbox, message, one, words};
use crate::mail::{read_letters, read_mbox};

#[test]
fn an_answer_above_what_it_answers_stands_alone() {
    for quoted in [
        "On Mon, Apr 2, 2012 at 6:26 PM, Megan One <m@x> wrote:\n\n> Hi\n> there",
        "On Mon, Apr 2, 2012 at 6:26 PM, Megan\nOne <m@x> wrote:\n> Hi",
        "Am 3. Mai 2011 schrieb Ada:\n\n> Hi",
        "-----Original Message-----\nFrom: m@x\nSent: Monday\nTo: a@x\nSubject: Hi\n\nHi there",
        "________________________________\nVon: m@x\nGesendet: Montag\nAn: a@x\nBetreff: Hi\n\nHi there",
        "From: m@x [mailto:m@x]\nSent: March-09-12 4:22 PM\nTo: Dan\nSubject: Hi\n\nHi there",
        "--- On Wed, 4/4/12, m@x <m@x> wrote:\n\nFrom: m@x\nHi there",
        "Sent from my iPhone\n\nOn Apr 3, 2012, at 4:19 PM, bob <b@x> wrote:\n\n> Hi",
        "-- \nAda\nx.org\n\n> Hi",
    ] {
        assert_eq!(answer(&format!("Hello\n\n{quoted}")), "Hello", "{quoted}");
    }
}

#[test]
fn an_answer_below_one_quote_stands_alone() {
    assert_eq!(
        answer("On 04/02/2012 06:26 PM, Megan wrote:\n> Hi\n> you\nHello"),
        "Hello"
    );
}

#[test]
fn answers_between_quotes_keep_what_they_answer() {
    let said = answer(
        "Bob wrote:\n> Long ago\n> there was\n>\n> a tree\n> and wood\n> and more\n> and more wood\n>\n> Which glue?\nBone.\n\n> And when?\n\nNow.\n\n> Yours\n> Bob",
    );
    assert_eq!(said, "> Which glue?\n\nBone.\n\n> And when?\n\nNow.");
}

#[test]
fn what_was_typed_at_a_prompt_is_no_quote() {
    let typed = "I tried\n\n> library(glue)\nError: there is no glue\n> x <- f(1)\n[1] 2\n\nWhy?\n\n> sessionInfo()";
    let shown = "I tried\n\n```\n> library(glue)\nError: there is no glue\n> x <- f(1)\n[1] 2\n```\n\nWhy?\n\n```\n> sessionInfo()\n```";
    assert_eq!(one(typed), shown);
    assert_eq!(answer(typed), shown);
}

#[test]
fn a_message_that_answers_nothing_keeps_what_it_quotes() {
    assert_eq!(
        one("I read:\n\n> Glue is old.\n\nIs it?\n\n> Wood is older."),
        "I read:\n\n> Glue is old.\n\nIs it?\n\n> Wood is older."
    );
}

#[test]
fn a_message_of_nothing_but_quotes_says_them() {
    assert_eq!(
        one("> all of it\n> was quoted"),
        "> all of it was quoted".replace(" was", "  \n> was")
    );
}

#[test]
fn signatures_footers_and_armour_are_no_words() {
    assert_eq!(one("Hello\n\n-- \nAda\nx.org"), "Hello");
    assert_eq!(one("Hello\n\nGet Outlook for Android"), "Hello");
    assert_eq!(
        one(
            "Hello\n_______________________________________________\nGlue mailing list\nGlue at x.org\nhttp://x.org/mailman/listinfo/glue"
        ),
        "Hello"
    );
    assert_eq!(
        one(
            "Hello\n\n-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nView/Reply Online (#1): x"
        ),
        "Hello"
    );
    assert_eq!(
        one(
            "Hello\n\n-- \nYou received this message because you are subscribed to the Google Groups \"x\" group.\nTo unsubscribe"
        ),
        "Hello"
    );
    assert_eq!(
        one(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nHello\n-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----"
        ),
        "Hello"
    );
    assert_eq!(
        one(
            "Hello\n\n--\nthis -- is no signature, since it goes on and on:\n"
                .to_owned()
                .as_str()
        ),
        "Hello"
    );
}

#[test]
fn a_footer_that_the_whole_list_has_is_the_lists() {
    let text: String = (1..20)
        .map(|n| {
            message(
                n,
                &format!("p{}@x", n % 5),
                "A",
                "",
                &format!(
                    "Number {n} speaks.\n\nFriends of glue meet each Tuesday\nwww.glue.example"
                ),
            )
        })
        .collect();
    let told = mbox(&text);
    assert!(
        told.contributions()
            .iter()
            .all(|said| said.words.ends_with("speaks.")),
        "{}",
        words(&told, "1@x")
    );
}

#[test]
fn wrapped_lines_are_joined_and_broken_ones_stay_broken() {
    let wrapped = "The glue that we have had for many years in the workshop is made of bones\nand it holds as long as nobody lets it stand in the rain for days on end,\nwhich we did.\n\nYours,\nAda";
    assert_eq!(
        one(wrapped),
        "The glue that we have had for many years in the workshop is made of bones and it holds as long as nobody lets it stand in the rain for days on end, which we did.\n\nYours,  \nAda"
    );
    assert_eq!(
        one("We need:\n- glue\n- wood\n  and nails"),
        "We need:\n- glue\n- wood  \n  and nails"
    );
}

#[test]
fn code_and_columns_stay_as_they_are() {
    assert_eq!(
        one("Try:\n\n    a <- f(1)\n    b <- a * 2\n\n    c <- b\n\nDone."),
        "Try:\n\n```\na <- f(1)\nb <- a * 2\n\nc <- b\n```\n\nDone."
    );
    assert_eq!(
        one("name   age   town\nada    36    london\nbob    12    paris"),
        "```\nname   age   town\nada    36    london\nbob    12    paris\n```"
    );
    assert_eq!(
        one("A patch:\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b"),
        "A patch:\n\n```\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n```"
    );
    assert_eq!(one("Yours\n\n\tAda"), "Yours\n\nAda");
}

#[test]
fn what_markdown_would_garble_is_escaped_and_no_more() {
    for (said, shown) in [
        (
            "2*3*4 and __init__ and snake_case",
            "2\\*3\\*4 and \\_\\_init\\_\\_ and snake_case",
        ),
        ("a *real* word", "a *real* word"),
        (
            "List<String> and <http://x.org/a_b_c>",
            "List\\<String> and <http://x.org/a_b_c>",
        ),
        ("see http://x.org/*_a_*", "see http://x.org/*_a_*"),
        ("# not a title", "\\# not a title"),
        ("[1]: http://x.org", "\\[1]: http://x.org"),
        ("&lt; is written &amp;lt;", "\\&lt; is written \\&amp;lt;"),
        ("`foo' and `bar'", "\\`foo' and \\`bar'"),
        ("run `ls`", "run `ls`"),
        ("1984. A good year", "1984\\. A good year"),
        ("C:\\*.txt", "C:\\\\\\*.txt"),
    ] {
        assert_eq!(one(said), shown);
    }
    assert_eq!(one("Title\n====="), "**Title**");
}

#[test]
fn text_is_preferred_and_html_read_where_it_is_all() {
    let both = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n";
    let told = mbox(&message(
        1,
        "a@x",
        "A",
        both,
        "--b\nContent-Type: text/html\n\n<b>HTML</b>\n--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nK=E9ber\n--b--",
    ));
    assert_eq!(words(&told, "1@x"), "Kéber");
    let html = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n";
    let told = mbox(&message(
        1,
        "a@x",
        "A",
        html,
        "<p>Two <b>words</b><br><br>more</p><div class=\"gmail_quote\">On 3 May 2011 Bob wrote:<blockquote>Old</blockquote></div>",
    ));
    assert_eq!(words(&told, "1@x"), "Two **words**\n\nmore");
}

#[test]
fn flowed_text_is_put_together_again() {
    let flowed = "MIME-Version: 1.0\nContent-Type: text/plain; format=flowed\n";
    let told = mbox(&message(
        1,
        "a@x",
        "A",
        flowed,
        "One line that \ngoes on here.\nAnother.\n\n> quoted \n> too\nYes",
    ));
    assert_eq!(
        words(&told, "1@x"),
        "One line that goes on here.  \nAnother.\n\n> quoted too\n\nYes"
    );
}

#[test]
fn bytes_without_a_charset_are_read_as_they_were_meant() {
    let mut bytes = b"From a@x Mon Jan 15 15:30:00 2018\nFrom: a@x\nSubject: Gl\xfcck\nMessage-ID: <1@x>\n\nGr\xfc\xdfe\n".to_vec();
    let source = |bytes: &[u8]| Source::memory("s", vec![("m.mbox".into(), bytes.to_vec())]);
    let told = Told::of(&source(&bytes), read_mbox);
    assert_eq!(
        (told.contribution("1@x").title.as_str(), words(&told, "1@x")),
        ("Glück", "Grüße")
    );
    bytes.splice(
        32..32,
        b"Content-Type: text/plain; charset=x-unheard-of\n"
            .iter()
            .copied(),
    );
}

#[test]
fn replies_of_real_programs_say_only_what_is_new() {
    let Some(data) = Unpacked::new(
        "formats/mail/talon-1.4.4-reply-fixtures.tar.zst",
        "mail-replies",
    ) else {
        return;
    };
    let told = Told::of(
        &Source::open(&data.0.join("standard_replies")).unwrap(),
        read_letters,
    );
    assert_eq!(told.contributions().len(), 12);
    let other: Vec<&Contribution> = told
        .contributions()
        .into_iter()
        .filter(|said| said.words != "Hello")
        .collect();
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn what_is_passed_on_is_kept() {
    let told = mbox(&message(
        1,
        "ada@x.org",
        "Fwd: Glue",
        "",
        "See below.\n\n-----Original Message-----\nFrom: m@x\nSent: Monday\nTo: a@x\nSubject: Glue\n\nIt holds.",
    ));
    assert!(words(&told, "1@x").ends_with("It holds."));
    let said = one(
        "See below.\n\n---------- Forwarded message ----------\nFrom: m@x\nDate: Monday\nSubject: Glue\nTo: a@x\n\nIt holds.",
    );
    assert!(said.ends_with("It holds."), "{said}");
}

//! What each row of each list becomes.

use super::name;
use super::site::Site;
use crate::rows::Row;
use crate::skips::skip;
use crate::{Contribution, Helped, Item, Reason, Stop, Thanks, html, markdown, times};

pub(super) type With = for<'t> fn(&mut Site<'t>, &Row<'_>, &str, u64) -> Result<(), Stop>;

/// In the order in which they are read: who, what, what was said of it.
pub(super) const LISTS: &[(&str, With)] = &[
    ("users.xml", user),
    ("posts.xml", post),
    ("comments.xml", comment),
    ("votes.xml", vote),
    ("badges.xml", badge),
    ("tags.xml", tag),
    ("postlinks.xml", link),
    ("posthistory.xml", version),
];

const UPVOTE: i64 = 2;

pub(super) fn knows(file: &str) -> bool {
    LISTS
        .iter()
        .any(|(list, _)| name(file).eq_ignore_ascii_case(list))
}

fn user(site: &mut Site<'_>, row: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    let Some(id) = row.number("Id") else {
        return skip(
            site.take,
            Reason::Broken,
            file,
            Some(at),
            "The row has no number.",
        );
    };
    if !site.spoke.has(id) {
        return skip(
            site.take,
            Reason::NoPlace,
            file,
            Some(at),
            "Somebody who said nothing.",
        );
    }
    if !site.told.insert(id) {
        return skip(
            site.take,
            Reason::Twice,
            file,
            Some(at),
            "A person of this number was read before.",
        );
    }
    let shown = row.text("DisplayName");
    let shown = if shown.trim().is_empty() {
        format!("user{id}").into()
    } else {
        shown
    };
    site.tell(&site.id("user", id), shown.trim(), id == -1)
}

fn post(site: &mut Site<'_>, row: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    let (Some(id), Some(moment)) = (row.number("Id"), times::iso(&row.text("CreationDate"))) else {
        return skip(
            site.take,
            Reason::Broken,
            file,
            Some(at),
            "The row has no number or no time.",
        );
    };
    let question = match row.number("PostTypeId") {
        Some(1) => true,
        Some(2) => false,
        _ => {
            return skip(
                site.take,
                Reason::NoPlace,
                file,
                Some(at),
                "It is no question and no answer (of a tag, of an election).",
            );
        }
    };
    if row.has("DeletionDate") {
        return skip(
            site.take,
            Reason::Deleted,
            file,
            Some(at),
            "It was taken away there.",
        );
    }
    let words = html::to_markdown_from(&row.text("Body"), &site.address);
    let title = row.text("Title").trim().to_owned();
    if words.is_empty() && title.is_empty() {
        return skip(site.take, Reason::Empty, file, Some(at), "It has no words.");
    }
    if !site.posts.insert(id) {
        return skip(
            site.take,
            Reason::Twice,
            file,
            Some(at),
            "A post of this number was read before.",
        );
    }
    let voice = site.voice(row, "OwnerUserId", "OwnerDisplayName")?;
    let parent = row
        .number("ParentId")
        .filter(|parent| !question && *parent != id);
    let path = if question { "q" } else { "a" };
    let said = Contribution {
        id: site.id("post", id),
        community: site.community(),
        voice,
        answers: parent.map(|parent| site.id("post", parent)),
        title: if question { title } else { String::new() },
        words,
        at: moment,
        edited_at: times::iso(&row.text("LastEditDate")),
        link: (!site.address.is_empty()).then(|| format!("{}/{path}/{id}", site.address)),
        asks: question,
        closed: row
            .has("ClosedDate")
            .then(|| site.closed.get(&id).copied().unwrap_or("closed").to_owned()),
        ..Contribution::default()
    };
    site.take.take(Item::Contribution(Box::new(said)))?;
    if let Some(answer) = row.number("AcceptedAnswerId").filter(|_| question) {
        let (question, answer) = (site.id("post", id), site.id("post", answer));
        site.take.take(Item::Helped(Helped { question, answer }))?;
    }
    // Without the votes, the score is what is left of them.
    let score = row.number("Score").filter(|_| !site.has_votes);
    thank(site, "post", id, score)
}

fn comment(site: &mut Site<'_>, row: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    let moment = times::iso(&row.text("CreationDate"));
    let (Some(id), Some(post), Some(moment)) = (row.number("Id"), row.number("PostId"), moment)
    else {
        return skip(
            site.take,
            Reason::Broken,
            file,
            Some(at),
            "The row has no number, no post or no time.",
        );
    };
    let words = markdown::unaddressed(row.text("Text").trim());
    if words.is_empty() {
        return skip(site.take, Reason::Empty, file, Some(at), "It has no words.");
    }
    if !site.comments.insert(id) {
        return skip(
            site.take,
            Reason::Twice,
            file,
            Some(at),
            "A comment of this number was read before.",
        );
    }
    let said = Contribution {
        voice: site.voice(row, "UserId", "UserDisplayName")?,
        id: site.id("comment", id),
        community: site.community(),
        answers: Some(site.id("post", post)),
        words,
        at: moment,
        link: (!site.address.is_empty()).then(|| format!("{0}/posts/comments/{id}", site.address)),
        ..Contribution::default()
    };
    site.take.take(Item::Contribution(Box::new(said)))?;
    thank(site, "comment", id, row.number("Score"))
}

fn thank(site: &mut Site<'_>, kind: &str, id: i64, score: Option<i64>) -> Result<(), Stop> {
    let Some(count) = score
        .and_then(|score| u32::try_from(score).ok())
        .filter(|count| *count > 0)
    else {
        return Ok(());
    };
    site.take.take(Item::Thanks(Thanks {
        contribution: site.id(kind, id),
        voice: None,
        at: None,
        count,
    }))
}

fn vote(site: &mut Site<'_>, row: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    match (row.number("VoteTypeId"), row.number("PostId")) {
        (Some(UPVOTE), Some(post)) if site.posts.has(post) => {
            site.take.take(Item::Thanks(Thanks {
                contribution: site.id("post", post),
                voice: None,
                at: times::iso(&row.text("CreationDate")),
                count: 1,
            }))
        }
        (Some(UPVOTE), Some(_)) => skip(
            site.take,
            Reason::NoPlace,
            file,
            Some(at),
            "A vote for what is no question and no answer.",
        ),
        (Some(_), Some(_)) => skip(
            site.take,
            Reason::NoPlace,
            file,
            Some(at),
            "A vote that is no thanks.",
        ),
        _ => skip(
            site.take,
            Reason::Broken,
            file,
            Some(at),
            "The row has no post or no kind.",
        ),
    }
}

fn badge(site: &mut Site<'_>, _: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    skip(site.take, Reason::NoPlace, file, Some(at), "A badge.")
}

fn tag(site: &mut Site<'_>, _: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    skip(site.take, Reason::NoPlace, file, Some(at), "A tag.")
}

fn link(site: &mut Site<'_>, _: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    skip(
        site.take,
        Reason::NoPlace,
        file,
        Some(at),
        "A link between posts, which stands in their words.",
    )
}

fn version(site: &mut Site<'_>, _: &Row<'_>, file: &str, at: u64) -> Result<(), Stop> {
    skip(
        site.take,
        Reason::NoPlace,
        file,
        Some(at),
        "An earlier version of a post.",
    )
}

/// `CloseReasonTypes` of the dumps' description; the numbers below 100 are of before 2013.
pub(super) fn close_reason(number: &str) -> Option<&'static str> {
    Some(match number.trim() {
        "1" | "101" => "duplicate",
        "2" | "102" => "off-topic",
        "3" => "not constructive",
        "4" => "not a real question",
        "7" => "too localized",
        "10" => "general reference",
        "20" => "noise or pointless",
        "103" => "needs details or clarity",
        "104" => "needs more focus",
        "105" => "opinion-based",
        _ => return None,
    })
}

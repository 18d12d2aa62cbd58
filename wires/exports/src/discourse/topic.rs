//! A post within its topic.

use super::documents::Post;
use crate::{Contribution, Reason, html, times};

#[derive(Clone, Default)]
pub(super) struct Topic {
    pub id: String,
    pub title: String,
    pub slug: String,
    /// `https://forum.example.org`, where the archive tells.
    pub address: String,
    pub category: String,
    pub closed: Option<String>,
    pub direct: bool,
    pub with: String,
    pub asks: bool,
}

const MOST_ADDRESSED: usize = 50;
/// What the API counts as a like, and what posts of the program itself are.
const LIKE: i64 = 2;
const SMALL_ACTION: i64 = 3;
const WHISPER: i64 = 4;

pub(super) fn address(url: &str) -> String {
    let url = url.trim();
    let host = url.find("://").map(|at| at + 3);
    let end = host.and_then(|host| Some(host + url.get(host..)?.find('/')?));
    url.get(..end.unwrap_or(url.len()))
        .filter(|_| host.is_some())
        .unwrap_or_default()
        .to_owned()
}

/// `how-to` of `https://forum.example.org/t/how-to/7`.
pub(super) fn slug(url: &str) -> String {
    let behind = url
        .split_once("/t/")
        .and_then(|(_, behind)| behind.split('/').next());
    behind
        .filter(|slug| slug.parse::<u64>().is_err())
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn closed(closed: bool, archived: bool) -> Option<String> {
    match (closed, archived) {
        (true, _) => Some("closed".into()),
        (_, true) => Some("archived".into()),
        _ => None,
    }
}

pub(super) fn no_contribution(post: &Post<'_>) -> Option<(Reason, &'static str)> {
    let kind = post.post_type.number().unwrap_or(1);
    if kind == SMALL_ACTION || (!post.action_code.is_empty() && post.cooked.trim().is_empty()) {
        Some((Reason::System, "The forum said it of the topic."))
    } else if kind == WHISPER {
        Some((Reason::Private, "It was whispered among the staff."))
    } else if !post.deleted_at.is_empty() || post.user_deleted.0 {
        Some((Reason::Deleted, "It was taken away there."))
    } else if post.hidden.0 {
        Some((Reason::Deleted, "It was hidden there."))
    } else {
        None
    }
}

pub(super) fn contribution(post: &Post<'_>, topic: &Topic, number: u32) -> Option<Contribution> {
    let at = times::iso(&post.created_at)?;
    let cooked = &*post.cooked;
    let words = if cooked.trim().is_empty() {
        post.raw.trim().to_owned()
    } else {
        html::to_markdown_from(cooked, &topic.address)
    };
    let edited = post.version.number().is_some_and(|version| version > 1);
    let slug = if topic.slug.is_empty() {
        "-"
    } else {
        &topic.slug
    };
    let link = format!("{}/t/{slug}/{}/{number}", topic.address, topic.id);
    Some(Contribution {
        id: format!("{}/{number}", topic.id),
        answers: answered(post, topic, number).map(|n| format!("{}/{n}", topic.id)),
        title: if number == 1 {
            topic.title.clone()
        } else {
            String::new()
        },
        words,
        at,
        edited_at: edited.then(|| times::iso(&post.updated_at)).flatten(),
        link: (!topic.address.is_empty()).then_some(link),
        asks: number == 1 && topic.asks,
        closed: topic.closed.clone().filter(|_| number == 1),
        toward: mentioned(cooked),
        ..Contribution::default()
    })
}

/// The post that it says it answers (an earlier one, so that no circle comes about), else the first of its topic that it quotes, else the topic's first.
fn answered(post: &Post<'_>, topic: &Topic, number: u32) -> Option<u32> {
    let stated = post
        .reply_to_post_number
        .number()
        .and_then(|n| u32::try_from(n).ok());
    let earlier = |n: &u32| *n < number && *n > 0;
    stated
        .filter(earlier)
        .or_else(|| quoted(&post.cooked, &topic.id).filter(earlier))
        .or((number > 1).then_some(1))
}

/// `<aside class="quote" data-post="2" data-topic="7">`.
fn quoted(cooked: &str, topic: &str) -> Option<u32> {
    cooked
        .match_indices("<aside class=\"quote")
        .take(MOST_ADDRESSED)
        .find_map(|(at, _)| {
            let tag = cooked.get(at..)?;
            let tag = tag.get(..tag.find('>')?)?;
            let here = attribute(tag, "data-topic").is_none_or(|other| other == topic);
            attribute(tag, "data-post").filter(|_| here)?.parse().ok()
        })
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

/// `<a class="mention" href="/u/ann">@Ann</a>`: the name as its person writes it.
fn mentioned(cooked: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, _) in cooked
        .match_indices("class=\"mention\"")
        .take(MOST_ADDRESSED)
    {
        let name = cooked
            .get(at..)
            .and_then(|rest| rest.split('<').next()?.split_once(">@"));
        if let Some((_, name)) =
            name.filter(|(_, name)| !name.is_empty() && !names.iter().any(|n| n == name))
        {
            names.push(name.to_owned());
        }
    }
    names
}

pub(super) fn likes(post: &Post<'_>) -> Option<u32> {
    let counted = post
        .actions_summary
        .0
        .iter()
        .find(|action| action.0.id.number() == Some(LIKE));
    let count = counted
        .and_then(|action| action.0.count.number())
        .or(post.like_count.number())?;
    u32::try_from(count).ok().filter(|count| *count > 0)
}

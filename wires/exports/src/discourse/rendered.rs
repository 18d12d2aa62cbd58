//! Topics rendered to a file each, as `discourse-archive` (<https://github.com/jamesob/discourse-archive>) and its kin keep them: a
//! head with `topic_id`, `title` and `url`, then `## Post #2 by @ann (2017-11-02 16:12 UTC)` above each post's HTML.

use std::borrow::Cow;

use super::documents::Post;
use super::forum::Forum;
use super::topic::{self, Topic};
use crate::json::Text;
use crate::records::MOST;
use crate::skips::skip;
use crate::{Problem, Reason, Source};

const POST: &str = "## Post #";

pub(super) fn is_rendered(head: &[u8]) -> bool {
    let has = |words: &str| memchr::memmem::find(head, words.as_bytes()).is_some();
    has("topic_id:") && has(POST)
}

pub(super) fn read(source: &Source, file: &str, forum: &mut Forum<'_>) -> Result<(), Problem> {
    let bytes = match source.whole(file, MOST as u64) {
        Ok(bytes) => bytes,
        Err(problem) => {
            return Ok(skip(
                forum.take,
                Reason::TooLarge,
                file,
                None,
                &problem.to_string(),
            )?);
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut starts = starts(&text);
    let topic = topic(
        text.get(..starts.first().copied().unwrap_or(text.len()))
            .unwrap_or_default(),
    );
    starts.push(text.len());
    for (from, to) in starts.iter().zip(starts.iter().skip(1)) {
        let offset = *from as u64;
        match post(text.get(*from..*to).unwrap_or_default()) {
            Some(post) => forum.post(&post, &topic, file, offset)?,
            None => skip(
                forum.take,
                Reason::Broken,
                file,
                Some(offset),
                "The line above a post does not say whose it is and when.",
            )?,
        }
    }
    Ok(())
}

/// Where posts begin.
fn starts(text: &str) -> Vec<usize> {
    text.match_indices(POST)
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n'))
        .collect()
}

fn topic(head: &str) -> Topic {
    let field = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_default()
            .trim()
            .trim_matches('"')
            .to_owned()
    };
    let url = [field("**URL**:"), field("url:")]
        .into_iter()
        .find(|url| !url.is_empty())
        .unwrap_or_default();
    // The head's own title was put together from the file's name; the heading is as its author wrote it.
    let title = [field("# "), field("title:")]
        .into_iter()
        .find(|title| !title.is_empty())
        .unwrap_or_default();
    Topic {
        id: field("topic_id:"),
        title,
        slug: topic::slug(&url),
        address: topic::address(&url),
        ..Topic::default()
    }
}

/// `## Post #2 by @ann (2017-11-02 16:12 UTC)`, an empty line, HTML, and a line that parts it from the next.
fn post(text: &str) -> Option<Post<'_>> {
    let (line, html) = text.strip_prefix(POST)?.split_once('\n')?;
    let (number, rest) = line.split_once(" by ")?;
    let (author, rest) = rest.rsplit_once(" (")?;
    let at = rest.trim_end().strip_suffix(')')?;
    let html = html.trim_end();
    let html = html
        .strip_suffix("---")
        .filter(|own| own.ends_with('\n'))
        .unwrap_or(html);
    let text = |text| Text(Cow::Borrowed(text));
    Some(Post {
        post_number: text(number.trim()),
        username: text(author.trim().trim_start_matches('@')),
        created_at: text(at),
        cooked: text(html.trim()),
        ..Post::default()
    })
}

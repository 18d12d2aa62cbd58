//! What a practice rests on: passages of what was said, other practices, pages outside; and the numbers that cite them.

use conversation::{ContributionId, For};
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, Row, Timestamp, Val, Words, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::words;

use crate::acts::{hand, still_revises, told};
use crate::rules::{self, Refusal};
use crate::{PracticeId, store};

/// So many a practice can have.
pub const MOST: i64 = 40;

/// Something said that not everybody may read, by somebody who does not write the practice.
pub(crate) const CITES_MORE_PRIVATE: &str = "select 1 from practice_source s join contribution c on c.id = s.thing
    where s.practice = ?1 and s.kind = 'contribution' and not exists (select 1 from reach r where r.thing = c.root and r.audience = 0)
      and (c.voice or not exists (select 1 from practice_revision r where r.practice = ?1 and r.author = c.author and not r.voice)) limit 1";

/// Passages to cite, "123" for all that was said there, "123.2" for its third passage: a list, or in a form "123.0,456".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cited(pub Vec<(ContributionId, Option<usize>)>);

impl Cited {
    /// What does not read as one is left out.
    pub fn read(text: &str) -> Self {
        Self(text.split(',').filter_map(one).take(MOST as usize).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Cited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (id, passage)) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            match passage {
                Some(n) => write!(f, "{comma}{id}.{n}")?,
                None => write!(f, "{comma}{id}")?,
            }
        }
        Ok(())
    }
}

fn one(text: &str) -> Option<(ContributionId, Option<usize>)> {
    let (id, passage) = match text.trim().split_once('.') {
        Some((id, n)) => (id, Some(n.parse().ok().filter(|n| *n < 1_000)?)),
        None => (text.trim(), None),
    };
    Some((ContributionId(kernel::id::parse(id)?), passage))
}

impl<'de> Deserialize<'de> for Cited {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Many;
        impl<'de> serde::de::Visitor<'de> for Many {
            type Value = Cited;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("at most forty passages like \"123.0\"")
            }
            fn visit_unit<E>(self) -> Result<Cited, E> {
                Ok(Cited::default())
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cited, E> {
                let parts = text.split(',').filter(|p| !p.trim().is_empty()).take(MOST as usize + 1);
                let all: Vec<_> = parts.map(|p| one(p).ok_or_else(|| E::custom("no passage"))).collect::<Result<_, E>>()?;
                if all.len() as i64 > MOST { Err(E::custom("more than forty passages")) } else { Ok(Cited(all)) }
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Cited, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    if all.len() as i64 >= MOST {
                        return Err(serde::de::Error::custom("more than forty passages"));
                    }
                    all.push(one(&text).ok_or_else(|| serde::de::Error::custom("no passage"))?);
                }
                Ok(Cited(all))
            }
        }
        d.deserialize_any(Many)
    }
}

impl JsonSchema for Cited {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cited".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "array", "maxItems": MOST, "items": {"type": "string", "pattern": "^[1-9][0-9]{0,18}([.][0-9]{1,3})?$"}})
    }
}

/// A passage that was found, with where it stands and who said it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub id: ContributionId,
    pub root: ContributionId,
    pub heading: String,
    /// None for voices and for the one who cites.
    pub author: Option<PersonId>,
    pub words: String,
}

/// The passages that somebody wants to cite, in their order. Words go no further than they were meant for: into an open practice only what is
/// open, into a community's what its members read; one's own, anywhere.
pub(crate) async fn passages(cx: &Cx, cited: &Cited, community: CommunityId, open: bool) -> Result<Vec<Found>> {
    if cited.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ContributionId> = cited.0.iter().map(|(id, _)| *id).collect();
    let sql = "select c.id, c.root, c.title, c.words, c.author, c.voice,
            (c.author = ?2 and not c.voice) or exists (select 1 from reach r where r.thing = c.root and (r.audience = 0 or (r.audience = ?3 and not ?4)))
        from contribution c
        where in_ids(c.id, ?1) and c.withdrawn_at is null and c.hidden = '' and c.held = '' and c.fades_at is null
          and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice)) and unblocked_by(c.author, ?2)";
    let mut known = Vec::new();
    for mut r in cx.db().query(sql, vals![Val::list(&ids), cx.viewer, community, open]).await? {
        let (id, root): (ContributionId, ContributionId) = (r.take()?, r.take()?);
        let (title, text): (String, String) = (r.take()?, r.take()?);
        let (author, voice): (PersonId, bool) = (r.take()?, r.take()?);
        if !r.take::<bool>()? {
            return Err(Refusal::Further.into());
        }
        let heading = if title.is_empty() { words::plain(&text, 90) } else { title };
        known.push(Found { id, root, heading, author: (!voice && Some(author) != cx.viewer.person()).then_some(author), words: text });
    }
    let found = cited.0.iter().map(|(id, passage)| {
        let whole = known.iter().find(|f| f.id == *id).cloned()?;
        let words = match passage {
            Some(n) => rules::passages(&whole.words).get(*n)?.clone(),
            None => whole.words.clone(),
        };
        Some(Found { words, ..whole })
    });
    let gone = || Error::invalid("cited", "Something that you wanted to cite is not here any more. Please choose the passages again.");
    found.map(|f| f.ok_or_else(gone)).collect()
}

pub(crate) const INSERT: &str = "insert into practice_source (practice, n, kind, thing, root, link, title, author, dated, words, person, at)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

pub(crate) fn put(batch: &mut Batch, cx: &Cx, practice: PracticeId, whom: (CommunityId, bool), found: &[Found]) -> Result<()> {
    let me = cx.me()?;
    for (i, f) in found.iter().enumerate() {
        still_there(batch, cx, f, whom)?;
        let words: String = f.words.chars().take(4_000).collect();
        batch.run(INSERT, vals![practice, i as i64 + 1, "contribution", f.id, f.root, "", &f.heading, "", "", words, me, cx.now()]);
    }
    Ok(())
}

/// The same as [`passages`] asks, at the moment of the commit.
fn still_there(batch: &mut Batch, cx: &Cx, f: &Found, (community, open): (CommunityId, bool)) -> Result<()> {
    batch.holds(
        "select 1 from contribution c where c.id = ?1 and c.withdrawn_at is null and c.hidden = '' and c.held = ''
           and ((c.author = ?2 and not c.voice) or exists (select 1 from reach r where r.thing = c.root and (r.audience = 0 or (r.audience = ?3 and not ?4))))",
        vals![f.id, cx.me()?, community, open],
    );
    Ok(())
}

/// Whoever is cited hears of it, in the conversation where they said it.
pub(crate) fn tell(batch: &mut Batch, cx: &Cx, me: PersonId, practice: PracticeId, found: &[Found]) {
    let mut roots: Vec<ContributionId> = found.iter().map(|f| f.root).collect();
    roots.sort();
    roots.dedup();
    for root in roots {
        let mut authors: Vec<PersonId> = found.iter().filter(|f| f.root == root).filter_map(|f| f.author).collect();
        authors.sort();
        authors.dedup();
        batch.event(Event::new(cx, Actor::Person(me), "cited", "practice", practice).in_conversation(root).toward(authors));
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// A page outside, or the address of a conversation, a reply or a practice here.
    pub link: Line<1, 500>,
    #[serde(default)]
    pub title: Line<0, 200>,
    #[serde(default)]
    pub author: Line<0, 120>,
    /// When it was written or read, as one would say it.
    #[serde(default)]
    pub dated: Line<0, 40>,
    /// The words that are meant: links die.
    #[serde(default)]
    pub words: Words<0, 4000>,
}

impl NewSource {
    /// An address of this instance becomes a path: it names something here and no page outside.
    pub fn at_home(mut self, address: &str) -> Self {
        if let Some(path) = self.link.0.trim().strip_prefix(address).filter(|rest| rest.starts_with('/')) {
            self.link = Line(path.to_owned());
        }
        self
    }
}

/// Adds a source, and answers its number.
pub async fn add(cx: &Cx, id: PracticeId, input: &NewSource) -> Result<i64> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let (link, title) = (input.link.check("link", &mut problems), input.title.check("title", &mut problems));
    let (author, dated) = (input.author.check("author", &mut problems), input.dated.check("dated", &mut problems));
    let text = input.words.check("words", &mut problems);
    let meant = meant(&link);
    if meant.is_none() {
        problems.add("link", "Please give an address that begins with https:// or http://, or the address of a conversation or practice here.");
    }
    if title.is_empty() && matches!(meant, Some(Meant::Page)) {
        problems.add("title", "Please say what the page is called.");
    }
    problems.done()?;
    if cx.done_before::<PracticeId>().await?.is_some() {
        return last(cx, id).await;
    }
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let hand = hand(cx, &p).await?;
        rules::may_revise(hand, p.state)?;
        let n = last(cx, id).await? + 1;
        if n > MOST {
            return Err(Refusal::TooManySources.into());
        }
        let mut batch = Batch::new();
        still_revises(&mut batch, cx, &p, hand)?;
        let missing = || Error::invalid("link", "There is nothing at this address that you can see.");
        match meant {
            Some(Meant::Said(said)) => {
                let open = p.audience == For::Open;
                let found = passages(cx, &Cited(vec![(said, None)]), p.community, open).await;
                let found = found.map_err(|e| if matches!(e, Error::Invalid(_)) { missing() } else { e })?;
                let f = found.first().ok_or_else(missing)?;
                still_there(&mut batch, cx, f, (p.community, open))?;
                // Under somebody's name stands what they said.
                let meant = Some(text.as_str()).filter(|text| !text.is_empty() && f.words.contains(text));
                let words: String = meant.unwrap_or(&f.words).chars().take(4_000).collect();
                batch.run(INSERT, vals![id, n, "contribution", f.id, f.root, "", &f.heading, "", "", words, me, cx.now()]);
                tell(&mut batch, cx, me, id, &found);
            }
            Some(Meant::Practice(other)) => {
                let other = store::named(cx, other).await?.filter(|o| o.id != id).ok_or_else(missing)?;
                batch.run(INSERT, vals![id, n, "practice", other.id, None::<i64>, "", &other.title, "", "", &text, me, cx.now()]);
            }
            _ => {
                batch.run(INSERT, vals![id, n, "page", None::<i64>, None::<i64>, &link, &title, &author, &dated, &text, me, cx.now()]);
            }
        }
        batch.event(told(cx, me, "practice_sourced", id, &p.community));
        cx.write(batch, id).await?;
        Ok(n)
    })
    .await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    Said(ContributionId),
    Practice(PracticeId),
    Page,
}

/// What an address leads to.
fn meant(link: &str) -> Option<Meant> {
    let outside = link.starts_with("https://") || link.starts_with("http://");
    let path = if outside { "" } else { link.trim_start_matches('/') };
    let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
    let number = |prefix: &str| path.strip_prefix(prefix).and_then(kernel::id::parse);
    let here = number("conversations/").map(|root| {
        let reply = anchor.strip_prefix('r').and_then(kernel::id::parse);
        Meant::Said(ContributionId(reply.unwrap_or(root)))
    });
    here.or_else(|| number("practices/").map(|id| Meant::Practice(PracticeId(id)))).or(outside.then_some(Meant::Page))
}

async fn last(cx: &Cx, id: PracticeId) -> Result<i64> {
    let sql = "select coalesce(max(n), 0) from practice_source where practice = ?1 and visible_to(?1, ?2)";
    cx.db().one(sql, vals![id, cx.viewer]).await?.ok_or(Error::NotFound)?.take()
}

/// A source as its reader sees it.
#[derive(Clone, Debug)]
pub struct Source {
    pub n: i64,
    pub kind: String,
    pub link: String,
    pub title: String,
    pub author: String,
    pub dated: String,
    pub words: String,
    /// It was taken back, or is not for this reader.
    pub gone: bool,
}

pub async fn of_practice(cx: &Cx, id: PracticeId) -> Result<Vec<Source>> {
    let sql = "select s.n, s.kind, s.thing, s.root, s.link, s.title, s.author, s.dated, s.words, coalesce(p.name, v.name, ''), c.at,
            case when s.kind = 'contribution' then c.id is null or c.withdrawn_at is not null or c.hidden <> '' or c.held <> ''
                    or not (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice)) or not unblocked_by(c.author, ?2)
                 when s.kind = 'practice' then not visible_to(s.thing, ?2) else false end
        from practice_source s left join contribution c on c.id = s.thing and s.kind = 'contribution'
        left join voice v on v.id = c.author and c.voice left join person p on p.id = coalesce(v.person, c.author)
        where s.practice = ?1 and visible_to(?1, ?2) order by s.n limit 40";
    cx.db().query(sql, vals![id, cx.viewer]).await?.into_iter().map(source).collect()
}

fn source(mut r: Row) -> Result<Source> {
    let (n, kind): (i64, String) = (r.take()?, r.take()?);
    let (thing, root): (Option<i64>, Option<i64>) = (r.take()?, r.take()?);
    let (link, title, author, dated, words): (String, String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
    let (name, at): (String, Option<Timestamp>) = (r.take()?, r.take()?);
    let gone: bool = r.take()?;
    let link = match (kind.as_str(), thing, root) {
        ("contribution", Some(thing), Some(root)) if thing == root => format!("/conversations/{root}"),
        ("contribution", Some(thing), Some(root)) => format!("/conversations/{root}#r{thing}"),
        ("practice", Some(thing), _) => format!("/practices/{thing}"),
        _ => link,
    };
    if gone {
        return Ok(Source { n, kind, link: String::new(), title: String::new(), author: String::new(), dated: String::new(), words: String::new(), gone });
    }
    let (author, dated) = match at {
        Some(at) => (name, at.rfc3339().chars().take(10).collect()),
        None => (author, dated),
    };
    Ok(Source { n, kind, link, title, author, dated, words, gone })
}

/// What is left as it is written: code, and links, whose addresses may hold anything and which cannot hold another link.
const LEFT_ALONE: [(&str, &str); 2] = [("<code", "</code>"), ("<a ", "</a>")];

/// Our own markup with `[^2]` as a link to the second source.
pub(crate) fn linked(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut rest = html;
    while let Some(at) = LEFT_ALONE.iter().map(|(begin, _)| *begin).chain(["[^"]).filter_map(|mark| rest.find(mark)).min() {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let taken = match LEFT_ALONE.iter().find(|(begin, _)| here.starts_with(begin)) {
            Some((_, end)) => {
                let end = here.find(end).map_or(here.len(), |at| at + end.len());
                out.push_str(here.get(..end).unwrap_or(here));
                end
            }
            None => cited(here, &mut out),
        };
        rest = here.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// At a `[^`: writes the link, or what stands there, and answers how much of it was read.
fn cited(here: &str, out: &mut String) -> usize {
    let inner = here.get(2..).unwrap_or_default();
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits) && inner.as_bytes().get(digits) == Some(&b']') {
        let n = inner.get(..digits).unwrap_or_default();
        out.push_str(&format!("<a class=\"cite\" href=\"#source-{n}\">[{n}]</a>"));
        digits + 3
    } else {
        out.push_str("[^");
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_leads_to_its_source_but_not_in_code() {
        assert_eq!(linked("<p>so [^2], <code>a[^2]</code> [^x]</p>"), "<p>so <a class=\"cite\" href=\"#source-2\">[2]</a>, <code>a[^2]</code> [^x]</p>");
    }

    #[test]
    fn a_link_stays_the_link_that_it_was() {
        let page = shell::words::render("See https://example.org/a[^1] and [there [^1]](https://example.org/[^2]).", &[]);
        assert_eq!(linked(page.as_str()), page.as_str());
    }

    #[test]
    fn an_address_here_is_a_thing_here() {
        assert_eq!(meant("/conversations/7#r9"), Some(Meant::Said(ContributionId(9))));
        assert_eq!(meant("https://elsewhere.example/conversations/7"), Some(Meant::Page));
        let here = NewSource { link: "https://here.example/conversations/7".into(), ..NewSource::default() };
        assert_eq!(here.clone().at_home("https://here.example").link.0, "/conversations/7");
        assert_eq!(here.at_home("https://here.exam").link.0, "https://here.example/conversations/7");
        assert_eq!(meant("/practices/5"), Some(Meant::Practice(PracticeId(5))));
        assert_eq!(meant("https://elsewhere.example/a/b"), Some(Meant::Page));
        assert_eq!(meant("javascript:alert(1)"), None);
    }

    #[test]
    fn passages_are_read_from_a_list_as_from_a_form() {
        let both = Cited(vec![(ContributionId(12), Some(0)), (ContributionId(7), None)]);
        assert_eq!(serde_json::from_str::<Cited>("[\"12.0\",\"7\"]").unwrap(), both);
        assert_eq!(serde_json::from_str::<Cited>("\"12.0,7\"").unwrap(), both);
        assert_eq!(both.to_string(), "12.0,7");
        assert!(serde_json::from_str::<Cited>("[\"x\"]").is_err());
    }
}

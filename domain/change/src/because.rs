//! What a change names as its causes: how they are written, found through the eyes of who names them, and kept.

use conversation::{ContributionId, TrailId, store as contributions};
use kernel::{Batch, CommunityId, Cx, Error, Id, PersonId, Problems, Result, Say, id, vals};
use practice::PracticeId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::CAUSES;
use crate::{Cause, ChangeId, rules};

/// A page outside, with the words that are meant: links die.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageOutside {
    pub link: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Written {
    /// A number or an address here, or the address of a page outside and then its title.
    Line(String),
    Page(PageOutside),
}

/// Causes as they are written: in a form one a line, in JSON a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Because(pub Vec<Written>);

impl Because {
    pub fn lines(text: &str) -> Self {
        Self(text.lines().map(str::trim).filter(|line| !line.is_empty()).take(CAUSES + 1).map(|line| Written::Line(line.to_owned())).collect())
    }

    /// Addresses of this instance become paths: what they name is something here and no page outside.
    pub fn at_home(mut self, address: &str) -> Self {
        for written in &mut self.0 {
            let line = match written {
                Written::Line(line) => line.clone(),
                Written::Page(page) => page.link.clone(),
            };
            if let Some(path) = line.strip_prefix(address).filter(|rest| rest.starts_with('/')) {
                *written = Written::Line(path.to_owned());
            }
        }
        self
    }
}

impl<'de> Deserialize<'de> for Because {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Sent {
            Lines(String),
            List(Vec<Written>),
        }
        match Option::<Sent>::deserialize(d)? {
            None => Ok(Self::default()),
            Some(Sent::Lines(text)) => Ok(Self::lines(&text)),
            Some(Sent::List(list)) => Ok(Self(list)),
        }
    }
}

impl JsonSchema for Because {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Because".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let page = serde_json::json!({"type": "object", "additionalProperties": false, "required": ["link"], "properties": {
            "link": {"type": "string", "maxLength": 500}, "title": {"type": "string", "maxLength": 200}, "words": {"type": "string", "maxLength": 1000}}});
        schemars::json_schema!({"type": "array", "maxItems": CAUSES, "items": {"anyOf": [{"type": "string", "maxLength": 700}, page]}})
    }
}

/// A cause as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub kind: Cause,
    pub thing: Option<i64>,
    pub root: Option<i64>,
    pub page: PageOutside,
    /// Whom it thanks, and where: of words that were said here.
    pub thanks: Option<(PersonId, Option<CommunityId>)>,
}

impl Kept {
    /// As it is written in a form.
    pub fn line(&self) -> String {
        match self.thing {
            Some(thing) => thing.to_string(),
            None => format!("{} {}", self.page.link, self.page.title).trim().to_owned(),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.thing == other.thing && self.page.link == other.page.link
    }
}

fn not_here(what: &str) -> Error {
    let what: String = what.chars().take(80).collect();
    Error::invalid("because", Say::new("This cause is not here, or not for you: {what}").with("what", what))
}

/// The causes, each seen by who names it; what stood there before stays, also where it is gone since.
pub async fn find(cx: &Cx, because: &Because, before: &[Kept]) -> Result<Vec<Kept>> {
    rules::may_name(because.0.len()).map_err(Error::from)?;
    let mut all: Vec<Kept> = Vec::new();
    for written in &because.0 {
        let kept = match written {
            Written::Page(page) => outside(page)?,
            Written::Line(line) => match number(line) {
                Some(id) => match before.iter().find(|k| k.thing == Some(id)) {
                    Some(kept) => kept.clone(),
                    None => here(cx, id, line).await?,
                },
                None => outside(&page_of(line))?,
            },
        };
        if !all.iter().any(|k| k.is_same(&kept)) {
            // A page keeps the words that were meant, which a line does not say again.
            let stood = before.iter().find(|k| k.kind == Cause::Page && k.is_same(&kept) && kept.page.words.is_empty());
            let words = stood.map(|k| k.page.words.clone()).unwrap_or_default();
            all.push(if words.is_empty() { kept } else { Kept { page: PageOutside { words, ..kept.page }, ..kept } });
        }
    }
    Ok(all)
}

/// The number in "#12", "12", "/conversations/11#r12" or "/practices/12".
fn number(line: &str) -> Option<i64> {
    let line = line.trim();
    if !line.starts_with('/') {
        return id::parse(line.trim_start_matches('#'));
    }
    let (path, anchor) = line.split_once('#').unwrap_or((line, ""));
    let path = path.split('?').next().unwrap_or_default();
    id::parse(anchor.trim_start_matches('r')).or_else(|| path.rsplit('/').find_map(id::parse))
}

fn page_of(line: &str) -> PageOutside {
    let (link, title) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    PageOutside { link: link.to_owned(), title: title.trim().to_owned(), words: String::new() }
}

fn outside(page: &PageOutside) -> Result<Kept> {
    let rest = page.link.strip_prefix("https://").or_else(|| page.link.strip_prefix("http://")).unwrap_or_default();
    if rest.split('/').next().is_none_or(str::is_empty) || page.link.chars().any(char::is_whitespace) {
        return Err(Error::invalid("because", "A cause is the number or the address of something here, or of a page outside that begins with https://."));
    }
    let mut problems = Problems::default();
    let page = PageOutside {
        link: kernel::Line::<1, 500>::from(page.link.as_str()).check("because", &mut problems),
        title: kernel::Line::<0, 200>::from(page.title.as_str()).check("because", &mut problems),
        words: kernel::Words::<0, 1000>::from(page.words.as_str()).check("because", &mut problems),
    };
    problems.done()?;
    Ok(Kept { kind: Cause::Page, thing: None, root: None, page, thanks: None })
}

/// Something said, a practice, or a trail: ids of one maker cannot meet.
async fn here(cx: &Cx, id: i64, line: &str) -> Result<Kept> {
    let kept = |kind, root, thanks| Kept { kind, thing: Some(id), root, page: PageOutside::default(), thanks };
    if let Some(said) = contributions::one(cx, ContributionId(id)).await?.filter(|s| s.quiet().is_none() && s.care.held.is_none()) {
        let thanks = said.author.concerned().map(|p| (p, said.place.as_ref().map(|c| c.id)));
        return Ok(kept(Cause::Contribution, Some(said.root.0), thanks));
    }
    if practice::store::named(cx, PracticeId(id)).await?.is_some() {
        return Ok(kept(Cause::Practice, None, None));
    }
    if narration::store::seen(cx, TrailId(id)).await?.is_some() {
        return Ok(kept(Cause::Trail, None, None));
    }
    Err(not_here(line))
}

/// Keeps the causes of a change, as part of its batch: each still seen by who names it, unless it stood there before.
pub(crate) fn put(batch: &mut Batch, cx: &Cx, change: ChangeId, causes: &[Kept], before: &[Kept]) -> Result<()> {
    let me = cx.me()?;
    batch.run("delete from change_source where change = ?1", vals![change]);
    for (n, kept) in causes.iter().enumerate() {
        if !before.iter().any(|k| k.is_same(kept)) {
            still_seen(batch, me, kept);
        }
        batch.run(
            "insert into change_source (change, n, kind, thing, root, link, title, words) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            vals![change, n as i64, kept.kind, kept.thing, kept.root, &kept.page.link, &kept.page.title, &kept.page.words],
        );
    }
    Ok(())
}

fn still_seen(batch: &mut Batch, me: PersonId, kept: &Kept) {
    match kept.kind {
        Cause::Contribution => {
            batch.holds(
                "select 1 from contribution c where c.id = ?1 and c.withdrawn_at is null and c.hidden = '' and c.held = ''
                   and (visible_to(c.root, ?2) or (c.author = ?2 and not c.voice))",
                vals![kept.thing, me],
            );
        }
        Cause::Practice => {
            batch.holds(kernel::audience::SEES, vals![kept.thing, me]);
        }
        Cause::Trail | Cause::Page => {}
    }
}

/// Who hears that their words were the cause, and in which conversation: each once, however much of theirs is named.
pub(crate) fn thanked(causes: &[Kept], me: PersonId) -> Vec<(Id, PersonId, Option<CommunityId>)> {
    let mut all: Vec<(Id, PersonId, Option<CommunityId>)> = Vec::new();
    for kept in causes {
        if let (Some(root), Some((person, community))) = (kept.root, kept.thanks)
            && person != me
            && !all.iter().any(|(r, p, _)| r.0 == root && *p == person)
        {
            all.push((Id(root), person, community));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_here_is_named_by_its_number_or_its_address() {
        for (line, want) in [("12", Some(12)), ("#12", Some(12)), ("/conversations/11#r12", Some(12)), ("/conversations/11?after=3", Some(11)),
            ("/c/night/practices/13/history", Some(13)), ("https://example.org/12", None), ("twelve", None)]
        {
            assert_eq!(number(line), want, "{line}");
        }
        let at_home = Because::lines("https://tacit.example/conversations/5\nhttps://tacit.example.org/5 A page").at_home("https://tacit.example");
        assert_eq!(at_home.0, [Written::Line("/conversations/5".into()), Written::Line("https://tacit.example.org/5 A page".into())]);
    }

    #[test]
    fn a_page_outside_has_a_whole_address() {
        assert_eq!(outside(&page_of("https://example.org/a  On handovers")).unwrap().page.title, "On handovers");
        for bad in ["example.org", "https://", "javascript:alert(1)", "ftp://x", "https:// x"] {
            assert!(outside(&page_of(bad)).is_err(), "{bad}");
        }
    }
}

//! Takes everything of a community out into a folder that reads without Tacit: docs/archive-format.md.
//!
//! What a steward hid and what its author took back leave their empty places. What was for named people or for oneself is not
//! the community's, and stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use conversation::ContributionId;
use exports::Own;
use exports::tacit::{self, Attached, Said, Speaker};
use kernel::{CommunityId, Cursor, Cx, Error, Result, Row, Timestamp, Viewer, vals};
use serde_json::json;

use crate::folder::{Out, Written};

const AT_ONCE: i64 = 500;
const CONVERSATIONS: i64 = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenOut {
    pub contributions: u64,
    pub voices: u64,
    pub practices: u64,
    pub changes: u64,
    pub files: u64,
    /// Files whose bytes are not here any more: they are named, and that is all.
    pub missing: u64,
}

/// Writes into `folder`, which must not be there or be empty. `origin` is how this place is called elsewhere: its host.
pub async fn take_out(cx: &Cx, slug: &str, origin: &str, folder: &Path, told: &mut dyn FnMut(u64)) -> Result<TakenOut> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let c = community::store::by_slug(cx, slug).await?.ok_or(Error::NotFound)?;
    let mut out = Out::begin(folder, include_bytes!("taken_out.md"))?;
    out.folder("conversations")?;
    let key = key_of(cx, c.id.0, "community", origin).await?;
    let about = tacit::Community {
        id: key.clone(),
        name: c.name.clone(),
        slug: c.slug.clone(),
        domain: c.domain.clone(),
        purpose: c.purpose.clone(),
        practice: c.practice.clone(),
        openness: c.openness.word().to_owned(),
        stage: c.stage.word().to_owned(),
    };
    out.line("communities.jsonl", &about)?;
    let mut it = Taking { cx, origin, community: c.id, key, out, speakers: BTreeMap::new(), taken: TakenOut::default(), texts: BTreeSet::new() };
    it.contributions(told).await?;
    it.kinds().await?;
    it.thanks().await?;
    it.endings().await?;
    it.memberships().await?;
    it.practices().await?;
    it.changes().await?;
    it.voices()?;
    it.out.end((tacit::FORMAT, &format!("community {slug}")), cx.now())?;
    Ok(it.taken)
}

async fn key_of(cx: &Cx, thing: i64, kind: &str, here: &str) -> Result<String> {
    let sql = "select origin, source from brought where thing = ?1 and kind = ?2 order by origin, source limit 1";
    let row = cx.db().one(sql, vals![thing, kind]).await?;
    let (origin, source) = row.map(|mut r| Ok::<_, Error>((Some(r.take()?), Some(r.take()?)))).transpose()?.unwrap_or_default();
    Ok(key(here, thing, origin, source))
}

/// Where something is from and what it is called there; what was said here is called by its number here.
fn key(here: &str, thing: i64, origin: Option<String>, source: Option<String>) -> String {
    match origin.zip(source) {
        Some((origin, source)) => format!("{origin} {source}"),
        None => format!("{here} {thing}"),
    }
}

pub(crate) struct Taking<'a> {
    pub(crate) cx: &'a Cx,
    pub(crate) origin: &'a str,
    pub(crate) community: CommunityId,
    pub(crate) key: String,
    pub(crate) out: Out,
    /// Who spoke, by their keys, with their names.
    pub(crate) speakers: BTreeMap<String, String>,
    pub(crate) taken: TakenOut,
    /// Files of conversations, appended to while their lines come.
    texts: BTreeSet<String>,
}

/// Something that was said, on its way out.
struct Line {
    at: Timestamp,
    /// When its conversation began.
    began: Timestamp,
    id: i64,
    said: Said,
    name: String,
    root: String,
    /// Its attachments, in the order in which they stand there.
    order: Vec<i64>,
    files: Vec<Stood>,
}

/// An attachment, with the hash and the number of its bytes.
struct Stood {
    id: i64,
    hash: String,
    bytes: u64,
    attached: Attached,
}

impl Taking<'_> {
    pub(crate) fn key(&self, r: &mut Row, thing: i64) -> Result<String> {
        Ok(key(self.origin, thing, r.take()?, r.take()?))
    }

    /// Conversation by conversation, by the time when each began, and within by time; what has one time by its key. So the
    /// order is the same wherever it is taken out.
    async fn contributions(&mut self, told: &mut dyn FnMut(u64)) -> Result<()> {
        let sql = "select c.id, c.at from contribution c
            where c.community = ?1 and c.parent is null and c.audience in ('open', 'community') and c.held = '' and (c.at, c.id) > (?2, ?3)
            order by c.at, c.id limit ?4";
        let (mut after, mut waiting) = (Cursor::OLDEST, Vec::<(Timestamp, i64)>::new());
        loop {
            let rows = self.cx.db().query(sql, vals![self.community, after.at, after.id, CONVERSATIONS]).await?;
            let last = (rows.len() as i64) < CONVERSATIONS;
            for mut r in rows {
                let (id, at) = (r.take()?, r.take()?);
                after = Cursor { at, id };
                waiting.push((at, id));
            }
            // What has the newest time may go on in the next rows.
            let ready = if last { waiting.len() } else { waiting.partition_point(|(at, _)| *at < after.at) };
            let roots: Vec<i64> = waiting.drain(..ready).map(|(_, id)| id).collect();
            let mut lines = self.said_in(&roots).await?;
            lines.sort_by(|a, b| (a.began, &a.root, a.at, &a.said.id).cmp(&(b.began, &b.root, b.at, &b.said.id)));
            for line in lines {
                self.write(line).await?;
            }
            told(self.taken.contributions);
            if last {
                return Ok(());
            }
        }
    }

    async fn said_in(&mut self, roots: &[i64]) -> Result<Vec<Line>> {
        let sql = "select c.id, c.at, o.at, c.parent, c.root, c.author, c.kind, c.title, c.words, c.audience = 'community', c.asks, c.quote, c.work,
                c.link, c.edited_at, c.withdrawn_at is not null or c.hidden <> '' or coalesce(c.fades_at <= ?2, false), coalesce(p.name, v.name, ''),
                c.attached, coalesce((select min(k.source) from brought k where k.thing = c.id and k.kind = 'known as'), ''),
                b.origin, b.source, pb.origin, pb.source, rb.origin, rb.source, vb.origin, vb.source
            from contribution c join contribution o on o.id = c.root
            left join person p on p.id = c.author and not c.voice left join voice v on v.id = c.author and c.voice
            left join brought b on b.thing = c.id and b.kind = 'said' left join brought pb on pb.thing = c.parent and pb.kind = 'said'
            left join brought rb on rb.thing = c.root and rb.kind = 'said' left join brought vb on vb.thing = c.author and vb.kind = 'voice'
            where in_ids(c.root, ?1) and c.held = ''";
        let rows = self.cx.db().query(sql, vals![kernel::Val::list(roots), self.cx.now()]).await?;
        let mut lines = rows.into_iter().map(|r| self.line(r)).collect::<Result<Vec<_>>>()?;
        self.attach(&mut lines).await?;
        Ok(lines)
    }

    fn line(&mut self, mut r: Row) -> Result<Line> {
        let (id, at, began): (i64, Timestamp, Timestamp) = (r.take()?, r.take()?, r.take()?);
        let (parent, root, author): (Option<i64>, i64, i64) = (r.take()?, r.take()?, r.take()?);
        let (kind, title, words): (String, String, String) = (r.take()?, r.take()?, r.take()?);
        let (inside, asks, quote, work): (bool, bool, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let (link, edited_at, gone, name): (String, Option<Timestamp>, bool, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
        let order = attachment::shown::read(&r.take::<String>()?).into_iter().map(|a| a.id.0).collect();
        let known_as: String = r.take()?;
        let own = self.key(&mut r, id)?;
        let answers = self.key(&mut r, parent.unwrap_or_default())?;
        let root = self.key(&mut r, root)?;
        let voice = self.key(&mut r, author)?;
        self.speakers.insert(voice.clone(), name.clone());
        let kept = |text: String| if gone { String::new() } else { text };
        let said = Said {
            id: own,
            community: self.key.clone(),
            voice,
            answers: parent.map(|_| answers),
            title: kept(title),
            words: kept(words),
            at: exact(at),
            edited_at: edited_at.map(exact),
            link,
            known_as,
            asks,
            own: Own { kind, inside, quote: kept(quote), work: kept(work), gone },
            files: Vec::new(),
        };
        Ok(Line { at, began, id, said, name, root, order, files: Vec::new() })
    }

    async fn attach(&self, lines: &mut [Line]) -> Result<()> {
        let ids: Vec<i64> = lines.iter().filter(|line| !line.said.own.gone).map(|line| line.id).collect();
        let places: HashMap<i64, usize> = lines.iter().enumerate().map(|(n, line)| (line.id, n)).collect();
        let sql = "select id, contribution, name, hash, bytes, alt from attachment
            where in_ids(contribution, ?1) and hash <> '' and id > ?2 order by id limit 5000";
        let mut after = 0i64;
        loop {
            let rows = self.cx.db().query(sql, vals![kernel::Val::list(&ids), after]).await?;
            if rows.is_empty() {
                break;
            }
            for mut r in rows {
                after = r.take()?;
                let on: i64 = r.take()?;
                let (name, hash, bytes, alt): (String, String, i64, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
                let inside = format!("{}{hash}", tacit::FILES);
                if let Some(line) = places.get(&on).and_then(|n| lines.get_mut(*n)) {
                    line.files.push(Stood { id: after, hash, bytes: bytes.unsigned_abs(), attached: Attached { name, inside, alt } });
                }
            }
        }
        for line in lines {
            line.files.sort_by_key(|stood| line.order.iter().position(|id| *id == stood.id));
        }
        Ok(())
    }

    async fn write(&mut self, mut line: Line) -> Result<()> {
        for stood in std::mem::take(&mut line.files) {
            match self.out.file(&stood.attached.inside, (&stood.hash, stood.bytes), self.cx).await? {
                Written::Now => self.taken.files += 1,
                Written::Before => {}
                Written::NotHere => self.taken.missing += 1,
            }
            line.said.files.push(stood.attached);
        }
        self.out.line("contributions.jsonl", &line.said)?;
        self.text(&line.root, &line.said, &line.name)?;
        self.taken.contributions += 1;
        Ok(())
    }

    /// What was said, under what it belongs to, for who reads without a program.
    fn text(&mut self, root: &str, said: &Said, name: &str) -> Result<()> {
        let file = format!("conversations/{}.md", file_name(root));
        let mut text = String::new();
        if self.texts.insert(file.clone()) {
            text.push_str(&format!("# {}\n", if said.title.is_empty() { "Conversation" } else { &said.title }));
        }
        text.push_str(&format!("\n---\n\n**{name}**, {}", said.at));
        if let Some(answers) = &said.answers {
            text.push_str(&format!(", answers `{answers}`"));
        }
        text.push_str(&format!(" (`{}`)\n\n", said.id));
        if !said.own.quote.is_empty() {
            text.push_str(&format!("> {}\n\n", said.own.quote.replace('\n', "\n> ")));
        }
        text.push_str(if said.own.gone { "*taken back*" } else { &said.words });
        text.push('\n');
        for file in &said.files {
            text.push_str(&format!("\n[{}](../{})\n", file.name.replace(['[', ']'], ""), file.inside));
        }
        self.out.put(&file, text.as_bytes())
    }

    async fn kinds(&mut self) -> Result<()> {
        let sql = "select slug, word, plural, prompt, language, asks, ending, place, away_at is not null from kind where community = ?1 order by slug limit 1000";
        for mut r in self.cx.db().query(sql, vals![self.community]).await? {
            let (slug, word, plural, prompt): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let (language, asks, ending): (String, bool, String) = (r.take()?, r.take()?, r.take()?);
            let (place, away): (i64, bool) = (r.take()?, r.take()?);
            let line = json!({"community": self.key, "slug": slug, "word": word, "plural": plural, "prompt": prompt,
                "language": language, "asks": asks, "ending": ending, "place": place, "away": away});
            self.out.line("kinds.jsonl", &line)?;
        }
        Ok(())
    }

    async fn thanks(&mut self) -> Result<()> {
        let sql = "select t.id, t.at, t.contribution, t.person, t.words, coalesce(p.name, v.name, ''), b.origin, b.source, vb.origin, vb.source
            from thanks t join contribution c on c.id = t.contribution and c.community = ?1 and c.audience in ('open', 'community') and c.held = ''
            left join person p on p.id = t.person left join voice v on v.id = t.person
            left join brought b on b.thing = t.contribution and b.kind = 'said' left join brought vb on vb.thing = t.person and vb.kind = 'voice'
            where (t.at, t.id) > (?2, ?3) order by t.at, t.id limit ?4";
        let mut after = Cursor::OLDEST;
        loop {
            let rows = self.cx.db().query(sql, vals![self.community, after.at, after.id, AT_ONCE]).await?;
            let last = (rows.len() as i64) < AT_ONCE;
            for mut r in rows {
                let (id, at, on, by): (i64, Timestamp, i64, i64) = (r.take()?, r.take()?, r.take()?, r.take()?);
                let (words, name): (String, String) = (r.take()?, r.take()?);
                let (on, by) = (self.key(&mut r, on)?, self.key(&mut r, by)?);
                self.speakers.insert(by.clone(), name);
                self.out.line("thanks.jsonl", &json!({"contribution": on, "voice": by, "words": words, "at": exact(at)}))?;
                after = Cursor { at, id };
            }
            if last {
                return Ok(());
            }
        }
    }

    async fn endings(&mut self) -> Result<()> {
        let sql = "select e.conversation, e.how, e.words, e.at, b.origin, b.source from ending e
            join contribution c on c.id = e.conversation and c.community = ?1 and c.audience in ('open', 'community') and c.held = ''
            left join brought b on b.thing = e.conversation and b.kind = 'said'
            where (e.at, e.conversation) > (?2, ?3) order by e.at, e.conversation limit ?4";
        let replies = "select r.conversation, r.reply, b.origin, b.source from ending_reply r left join brought b on b.thing = r.reply and b.kind = 'said'
            where in_ids(r.conversation, ?1) limit 50000";
        let (mut after, mut all) = (Cursor::OLDEST, BTreeMap::new());
        loop {
            let rows = self.cx.db().query(sql, vals![self.community, after.at, after.id, AT_ONCE]).await?;
            let last = (rows.len() as i64) < AT_ONCE;
            let mut some = Vec::new();
            for mut r in rows {
                let (on, how, words, at): (ContributionId, String, String, Timestamp) = (r.take()?, r.take()?, r.take()?, r.take()?);
                after = Cursor { at, id: on.0 };
                some.push((on, self.key(&mut r, on.0)?, how, words, at));
            }
            let ids: Vec<i64> = some.iter().map(|(on, ..)| on.0).collect();
            let mut pointed: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
            for mut r in self.cx.db().query(replies, vals![kernel::Val::list(&ids)]).await? {
                let (on, reply): (i64, i64) = (r.take()?, r.take()?);
                let reply = self.key(&mut r, reply)?;
                pointed.entry(on).or_default().insert(reply);
            }
            for (on, key, how, words, at) in some {
                let replies = pointed.remove(&on.0).unwrap_or_default();
                all.insert((at, key.clone()), json!({"conversation": key, "how": how, "words": words, "replies": replies, "at": exact(at)}));
            }
            if last {
                return all.values().try_for_each(|line| self.out.line("endings.jsonl", line));
            }
        }
    }

    /// Also of those who never said anything: who was here is part of what a community is. What they wanted is theirs.
    async fn memberships(&mut self) -> Result<()> {
        let sql = "select m.person, m.began_at, m.ended_at, p.name, null, null from membership m join person p on p.id = m.person where m.community = ?1
            union all
            select m.voice, m.began_at, m.ended_at, v.name, b.origin, b.source from past_membership m join voice v on v.id = m.voice
            left join brought b on b.thing = m.voice and b.kind = 'voice' where m.community = ?1
            order by 2, 1 limit 1000000";
        let mut all = BTreeMap::new();
        for mut r in self.cx.db().query(sql, vals![self.community]).await? {
            let (who, began, ended, name): (i64, Timestamp, Option<Timestamp>, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let voice = self.key(&mut r, who)?;
            self.speakers.insert(voice.clone(), name);
            let line = json!({"community": self.key, "voice": voice, "from": exact(began), "until": ended.map(exact)});
            all.insert((began, voice), line);
        }
        all.values().try_for_each(|line| self.out.line("memberships.jsonl", line))
    }

    fn voices(&mut self) -> Result<()> {
        for (id, name) in std::mem::take(&mut self.speakers) {
            self.out.line("voices.jsonl", &Speaker { id, name })?;
            self.taken.voices += 1;
        }
        Ok(())
    }
}

/// RFC 3339 to the microsecond.
pub(crate) fn exact(at: Timestamp) -> String {
    let whole = at.rfc3339();
    match at.0.rem_euclid(1_000_000) {
        0 => whole,
        micros => format!("{}.{micros:06}Z", whole.trim_end_matches('Z')),
    }
}

/// An id as the name of a file on any system. The end keeps two apart that differ only in what no name may hold.
pub(crate) fn file_name(id: &str) -> String {
    let safe: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' }).take(100).collect();
    if !id.contains('_') && safe == id.replacen(' ', "_", 1) { safe } else { format!("{safe}-{}", kernel::hash_secret(id).get(..8).unwrap_or_default()) }
}

//! What a community works by, taken out and brought in: each practice with its revisions, sources and what people said of it.

use std::collections::{BTreeMap, HashMap};

use conversation::For;
use kernel::{Batch, CommunityId, Cx, Result, Timestamp, Val, VoiceId, vals};
use practice::{PracticeId, Remembered, RememberedAdoption, RememberedRevision, RememberedSource, State};
use serde_json::{Value, json};

use crate::bring::{Brought, How, Voices, broken, known, note};
use crate::records::{list, text, time};
use crate::stage::Stage;
use crate::take_out::{Taking, exact};

const AT_ONCE: i64 = 100;
/// Never to be looked at again.
const NEVER: i64 = i64::MAX;

impl Taking<'_> {
    /// By the time when each began, and by key where it is the same.
    pub(crate) async fn practices(&mut self) -> Result<()> {
        let sql = "select p.id, p.at, p.kind, coalesce(n.word, ''), p.audience, p.state, p.state_why, p.origin, p.verified_at, p.review_months, p.due_at, b.origin, b.source
            from practice p left join practice_kind n on n.community = p.community and n.slug = p.kind
            left join brought b on b.thing = p.id and b.kind = 'page'
            where p.community = ?1 and p.withdrawn_at is null and (p.at, p.id) > (?2, ?3) order by p.at, p.id limit ?4";
        let (mut after, mut lines) = ((Timestamp(i64::MIN), 0i64), BTreeMap::new());
        loop {
            let rows = self.cx.db().query(sql, vals![self.community, after.0, after.1, AT_ONCE]).await?;
            let last = (rows.len() as i64) < AT_ONCE;
            let mut some = Vec::new();
            for mut r in rows {
                let (id, at): (i64, Timestamp) = (r.take()?, r.take()?);
                let (kind, word, audience, state, why, origin): (String, String, String, String, String, String) =
                    (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
                let (verified, months, due): (Timestamp, i64, Timestamp) = (r.take()?, r.take()?, r.take()?);
                after = (at, id);
                let key = self.key(&mut r, id)?;
                let line = json!({"id": key, "community": self.key, "kind": kind, "called": word, "inside": audience == "community", "state": state, "state_why": why,
                    "origin": origin, "verified_at": exact(verified), "review_months": months, "due_at": (due.0 < NEVER).then(|| exact(due)), "at": exact(at)});
                some.push((id, at, key, line));
            }
            let ids: Vec<i64> = some.iter().map(|(id, ..)| *id).collect();
            let (mut sources, mut adoptions) = (self.sources(&ids).await?, self.adoptions(&ids).await?);
            for (id, at, key, mut line) in some {
                if let Some(map) = line.as_object_mut() {
                    map.insert("sources".into(), sources.remove(&id).unwrap_or_default().into());
                    map.insert("adoptions".into(), adoptions.remove(&id).unwrap_or_default().into());
                }
                lines.insert((at, key), (id, line));
                self.taken.practices += 1;
            }
            if last {
                break;
            }
        }
        for ((_, key), (id, line)) in lines {
            self.out.line("practices.jsonl", &line)?;
            self.revisions(id, &key).await?;
        }
        Ok(())
    }

    /// One at a time: the whole history of a long page is never held.
    async fn revisions(&mut self, id: i64, key: &str) -> Result<()> {
        let sql = "select r.version, r.title, r.use_when, r.words, r.reason, r.at, r.author, coalesce(p.name, v.name, ''), b.origin, b.source
            from practice_revision r left join person p on p.id = r.author and not r.voice left join voice v on v.id = r.author and r.voice
            left join brought b on b.thing = r.author and b.kind = 'voice'
            where r.practice = ?1 and r.version > ?2 order by r.version limit 20";
        let mut after = 0i64;
        loop {
            let rows = self.cx.db().query(sql, vals![id, after]).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for mut r in rows {
                after = r.take()?;
                let (title, use_when, words, reason): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
                let (at, author, name): (Timestamp, i64, String) = (r.take()?, r.take()?, r.take()?);
                let voice = self.key(&mut r, author)?;
                self.speakers.insert(voice.clone(), name);
                let line = json!({"practice": key, "version": after, "voice": voice, "title": title, "use_when": use_when, "words": words, "reason": reason, "at": exact(at)});
                self.out.line("practice_revisions.jsonl", &line)?;
            }
        }
    }

    /// What is for other people than the community's stays where it is.
    async fn sources(&self, ids: &[i64]) -> Result<HashMap<i64, Vec<Value>>> {
        let sql = "select s.practice, s.n, s.kind, coalesce(s.thing, 0), coalesce(s.root, 0), s.link, s.title, s.author, s.dated, s.words,
                b.origin, b.source, rb.origin, rb.source, c.id is null or (c.withdrawn_at is null and c.hidden = '' and c.held = '')
            from practice_source s left join contribution c on c.id = s.thing and s.kind = 'contribution'
            left join brought b on b.thing = s.thing and b.kind = case when s.kind = 'practice' then 'page' else 'said' end
            left join brought rb on rb.thing = s.root and rb.kind = 'said' where in_ids(s.practice, ?1) and (s.kind = 'page' or exists (select 1 from reach e where e.audience in (0, ?2)
                and e.thing = case when s.kind = 'practice' then s.thing else s.root end)) order by s.practice, s.n";
        let mut all: HashMap<i64, Vec<Value>> = HashMap::new();
        for mut r in self.cx.db().query(sql, vals![Val::list(ids), self.community]).await? {
            let (practice, n, kind, thing, root): (i64, i64, String, i64, i64) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
            let (link, title, author, dated, words): (String, String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
            let (thing, root) = (self.key(&mut r, thing)?, self.key(&mut r, root)?);
            let there: bool = r.take()?;
            let kept = |text: String| if there { text } else { String::new() };
            let (thing, root) = (if kind == "page" { String::new() } else { thing }, if kind == "contribution" { root } else { String::new() });
            all.entry(practice).or_default().push(json!({"n": n, "kind": kind, "thing": thing, "root": root, "link": link, "title": kept(title), "author": author,
                "dated": dated, "words": kept(words)}));
        }
        Ok(all)
    }

    async fn adoptions(&mut self, ids: &[i64]) -> Result<HashMap<i64, Vec<Value>>> {
        let sql = "select a.practice, a.person, a.how, a.why, a.setting, a.at, coalesce(p.name, v.name, ''), b.origin, b.source from adoption a
            left join person p on p.id = a.person left join voice v on v.id = a.person
            left join brought b on b.thing = a.person and b.kind = 'voice' where in_ids(a.practice, ?1)";
        let mut all: BTreeMap<(i64, Timestamp, String), Value> = BTreeMap::new();
        for mut r in self.cx.db().query(sql, vals![Val::list(ids)]).await? {
            let (practice, person): (i64, i64) = (r.take()?, r.take()?);
            let (how, why, setting, at, name): (String, String, String, Timestamp, String) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
            let voice = self.key(&mut r, person)?;
            self.speakers.insert(voice.clone(), name);
            let line = json!({"voice": voice, "how": how, "why": why, "setting": setting, "at": exact(at)});
            all.insert((practice, at, voice), line);
        }
        let mut by: HashMap<i64, Vec<Value>> = HashMap::new();
        all.into_iter().for_each(|((practice, ..), line)| by.entry(practice).or_default().push(line));
        Ok(by)
    }
}

pub(crate) async fn bring(
    cx: &Cx,
    stage: &Stage,
    how: &How,
    places: &HashMap<String, CommunityId>,
    voices: &mut Voices<'_>,
    brought: &mut Brought,
) -> Result<()> {
    let all = stage.records("practices").map_err(broken)?;
    if all.is_empty() {
        return Ok(());
    }
    let mut revisions: HashMap<String, Vec<Value>> = HashMap::new();
    for record in stage.records("practice_revisions").map_err(broken)? {
        revisions.entry(text(&record, "practice").to_owned()).or_default().push(record);
    }
    let there = known(cx, how, "page", all.iter().map(|p| text(p, "id"))).await?;
    // Each has its number before the first is written: they cite each other.
    let ids: HashMap<String, PracticeId> = all
        .iter()
        .map(|p| text(p, "id").to_owned())
        .map(|key| (key.clone(), there.get(&key).map_or_else(|| cx.make_id(), |id| PracticeId(*id))))
        .collect();
    for record in all.iter().filter(|p| !there.contains_key(text(p, "id"))) {
        let Some(community) = places.get(text(record, "community")) else { continue };
        let mut wordings = revisions.remove(text(record, "id")).unwrap_or_default();
        wordings.sort_by_key(|r| r.get("version").and_then(Value::as_i64).unwrap_or_default());
        one(cx, how, record, &wordings, (*community, &ids), voices, brought).await?;
    }
    Ok(())
}

async fn one(
    cx: &Cx,
    how: &How,
    record: &Value,
    wordings: &[Value],
    (community, ids): (CommunityId, &HashMap<String, PracticeId>),
    voices: &mut Voices<'_>,
    brought: &mut Brought,
) -> Result<()> {
    let Some(id) = ids.get(text(record, "id")) else { return Ok(()) };
    let spoke = wordings.iter().chain(list(record, "adoptions"));
    voices.meet(spoke.map(|r| text(r, "voice"))).await?;
    let said = known(cx, how, "said", list(record, "sources").flat_map(|s| [text(s, "thing"), text(s, "root")]).filter(|k| !k.is_empty())).await?;
    let mut batch = Batch::new();
    let mut revisions = Vec::new();
    for r in wordings {
        let Some(at) = time(r, "at") else { continue };
        let voice: VoiceId = voices.of(&mut batch, text(r, "voice"), brought)?;
        revisions.push(RememberedRevision {
            voice,
            title: text(r, "title"),
            use_when: text(r, "use_when"),
            words: text(r, "words"),
            reason: text(r, "reason"),
            at,
        });
    }
    if revisions.is_empty() {
        return Ok(());
    }
    let mut adoptions = Vec::new();
    for a in list(record, "adoptions") {
        let (Ok(way), Some(at)) = (text(a, "how").parse(), time(a, "at")) else { continue };
        let voice = voices.of(&mut batch, text(a, "voice"), brought)?;
        adoptions.push(RememberedAdoption { voice, how: way, why: text(a, "why"), setting: text(a, "setting"), at });
    }
    let sources = list(record, "sources").map(|s| RememberedSource {
        n: s.get("n").and_then(Value::as_i64).unwrap_or(1),
        said: said.get(text(s, "thing")).copied().zip(said.get(text(s, "root")).copied()),
        practice: (text(s, "kind") == "practice").then(|| ids.get(text(s, "thing")).copied()).flatten(),
        link: text(s, "link"),
        title: text(s, "title"),
        author: text(s, "author"),
        dated: text(s, "dated"),
        words: text(s, "words"),
    });
    let kind = text(record, "kind");
    if !text(record, "called").is_empty() {
        let sql = "insert into practice_kind (community, slug, word, at) values (?1, ?2, ?3, ?4) on conflict (community, slug) do nothing";
        batch.run(sql, vals![community, kind, text(record, "called"), cx.now()]);
    }
    let it = Remembered {
        id: *id,
        community,
        kind,
        audience: if record.get("inside").and_then(Value::as_bool).unwrap_or_default() { For::Community } else { For::Open },
        state: text(record, "state").parse().unwrap_or(State::Proposed),
        state_why: text(record, "state_why"),
        origin: text(record, "origin"),
        verified_at: time(record, "verified_at"),
        review_months: record.get("review_months").and_then(Value::as_i64).unwrap_or_default(),
        due_at: Some(time(record, "due_at").unwrap_or(Timestamp(NEVER))),
        revisions,
        sources: sources.collect(),
        adoptions,
    };
    practice::remember(&mut batch, cx, &it)?;
    note(&mut batch, how.key(text(record, "id")), "page", it.id.into());
    cx.db().write(batch).await?;
    brought.practices += 1;
    Ok(())
}

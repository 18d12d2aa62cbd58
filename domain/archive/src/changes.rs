//! Changes that were shared with a community, taken out and brought in: with their causes, what came of them, who attested them.

use std::collections::{BTreeMap, HashMap};

use change::{Cause, For, Remembered, RememberedCause, State};
use kernel::{Batch, CommunityId, Cx, Result, Timestamp, Val, VoiceId, vals};
use serde_json::{Value, json};

use crate::bring::{Brought, How, Voices, broken, known, note};
use crate::records::{list, text, time};
use crate::stage::Stage;
use crate::take_out::{Taking, exact};

const AT_ONCE: i64 = 200;

type Parts = HashMap<i64, Vec<Value>>;

impl Taking<'_> {
    /// What was shared; what is for one person alone is theirs.
    pub(crate) async fn changes(&mut self) -> Result<()> {
        let sql = "select h.id, h.at, h.person, coalesce(p.name, v.name, ''), h.was, h.now_does, h.why, h.served, h.outcome, h.measure, h.outcome_at,
                h.audience, coalesce(h.shared_at, h.at), h.edited_at, b.origin, b.source, vb.origin, vb.source
            from change h left join person p on p.id = h.person left join voice v on v.id = h.person
            left join brought b on b.thing = h.id and b.kind = 'change' left join brought vb on vb.thing = h.person and vb.kind = 'voice'
            where h.community = ?1 and h.audience <> 'me' and (h.at, h.id) > (?2, ?3) order by h.at, h.id limit ?4";
        let (mut after, mut lines) = ((Timestamp(i64::MIN), 0i64), BTreeMap::new());
        loop {
            let rows = self.cx.db().query(sql, vals![self.community, after.0, after.1, AT_ONCE]).await?;
            let last = (rows.len() as i64) < AT_ONCE;
            let mut some = Vec::new();
            for mut r in rows {
                let (id, at, person, name): (i64, Timestamp, i64, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
                let (was, now, why, served): (String, String, String, String) = (r.take()?, r.take()?, r.take()?, r.take()?);
                let (outcome, measure, outcome_at): (String, String, Option<Timestamp>) = (r.take()?, r.take()?, r.take()?);
                let (audience, shared_at, edited_at): (String, Timestamp, Option<Timestamp>) = (r.take()?, r.take()?, r.take()?);
                after = (at, id);
                let (key, voice) = (self.key(&mut r, id)?, self.key(&mut r, person)?);
                self.speakers.insert(voice.clone(), name);
                let line = json!({"id": key, "community": self.key, "voice": voice, "was": was, "now": now, "why": why, "served": served, "outcome": outcome,
                    "measure": measure, "outcome_at": outcome_at.map(exact), "inside": audience == "community", "at": exact(at), "shared_at": exact(shared_at),
                    "edited_at": edited_at.map(exact)});
                some.push((id, at, key, line));
            }
            let ids: Vec<i64> = some.iter().map(|(id, ..)| *id).collect();
            let (mut turns, mut causes, mut attested) = (self.turns(&ids).await?, self.causes(&ids).await?, self.attested(&ids).await?);
            for (id, at, key, mut line) in some {
                if let Some(map) = line.as_object_mut() {
                    map.insert("turns".into(), turns.remove(&id).unwrap_or_default().into());
                    map.insert("causes".into(), causes.remove(&id).unwrap_or_default().into());
                    map.insert("attested".into(), attested.remove(&id).unwrap_or_default().into());
                }
                lines.insert((at, key), line);
                self.taken.changes += 1;
            }
            if last {
                return lines.values().try_for_each(|line| self.out.line("changes.jsonl", line));
            }
        }
    }

    async fn turns(&self, ids: &[i64]) -> Result<Parts> {
        let sql = "select n.change, n.state, n.at from change_turn n where in_ids(n.change, ?1) order by n.change, n.at, n.state";
        let mut all = Parts::new();
        for mut r in self.cx.db().query(sql, vals![Val::list(ids)]).await? {
            let (change, state, at): (i64, String, Timestamp) = (r.take()?, r.take()?, r.take()?);
            all.entry(change).or_default().push(json!({"state": state, "at": exact(at)}));
        }
        Ok(all)
    }

    /// Of what was said only where it stands: its words stay with their author.
    async fn causes(&self, ids: &[i64]) -> Result<Parts> {
        let sql = "select s.change, s.kind, coalesce(s.thing, 0), coalesce(s.root, 0), s.link, s.title, s.words, b.origin, b.source, rb.origin, rb.source
            from change_source s left join brought b on b.thing = s.thing and b.kind = case when s.kind = 'practice' then 'page' else 'said' end
            left join brought rb on rb.thing = s.root and rb.kind = 'said'
            where in_ids(s.change, ?1) and s.kind <> 'trail' order by s.change, s.n";
        let mut all = Parts::new();
        for mut r in self.cx.db().query(sql, vals![Val::list(ids)]).await? {
            let (change, kind, thing, root): (i64, String, i64, i64) = (r.take()?, r.take()?, r.take()?, r.take()?);
            let (link, title, words): (String, String, String) = (r.take()?, r.take()?, r.take()?);
            let (thing, root) = (self.key(&mut r, thing)?, self.key(&mut r, root)?);
            let (thing, root) = (if kind == "page" { String::new() } else { thing }, if kind == "contribution" { root } else { String::new() });
            all.entry(change).or_default().push(json!({"kind": kind, "thing": thing, "root": root, "link": link, "title": title, "words": words}));
        }
        Ok(all)
    }

    async fn attested(&mut self, ids: &[i64]) -> Result<Parts> {
        let sql = "select a.change, a.person, a.words, a.at, coalesce(p.name, v.name, ''), b.origin, b.source from attestation a
            left join person p on p.id = a.person left join voice v on v.id = a.person
            left join brought b on b.thing = a.person and b.kind = 'voice' where in_ids(a.change, ?1)";
        let mut ordered = BTreeMap::new();
        for mut r in self.cx.db().query(sql, vals![Val::list(ids)]).await? {
            let (change, person, words, at, name): (i64, i64, String, Timestamp, String) = (r.take()?, r.take()?, r.take()?, r.take()?, r.take()?);
            let voice = self.key(&mut r, person)?;
            self.speakers.insert(voice.clone(), name);
            ordered.insert((change, at, voice.clone()), json!({"voice": voice, "words": words, "at": exact(at)}));
        }
        let mut all = Parts::new();
        ordered.into_iter().for_each(|((change, ..), line)| all.entry(change).or_default().push(line));
        Ok(all)
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
    let all = stage.records("changes").map_err(broken)?;
    let there = known(cx, how, "change", all.iter().map(|h| text(h, "id"))).await?;
    for record in all.iter().filter(|h| !there.contains_key(text(h, "id"))) {
        let (Some(community), Some(at)) = (places.get(text(record, "community")), time(record, "at")) else { continue };
        one(cx, how, record, (*community, at), voices).await?;
        brought.changes += 1;
    }
    Ok(())
}

async fn one(cx: &Cx, how: &How, record: &Value, (community, at): (CommunityId, Timestamp), voices: &mut Voices<'_>) -> Result<()> {
    let spoke = std::iter::once(record).chain(list(record, "attested"));
    voices.meet(spoke.map(|r| text(r, "voice"))).await?;
    let named = || list(record, "causes").flat_map(|c| [text(c, "thing"), text(c, "root")]).filter(|key| !key.is_empty());
    let (said, pages) = (known(cx, how, "said", named()).await?, known(cx, how, "page", named()).await?);
    let mut batch = Batch::new();
    let mut uncounted = Brought::default();
    let voice: VoiceId = voices.of(&mut batch, text(record, "voice"), &mut uncounted)?;
    let mut attested = Vec::new();
    for a in list(record, "attested") {
        if let Some(at) = time(a, "at") {
            attested.push((voices.of(&mut batch, text(a, "voice"), &mut uncounted)?, text(a, "words"), at));
        }
    }
    let cause = |c: &'_ Value| {
        let kind: Cause = text(c, "kind").parse().ok()?;
        let thing = if kind == Cause::Practice { pages.get(text(c, "thing")) } else { said.get(text(c, "thing")) };
        Some((kind, thing.copied(), said.get(text(c, "root")).copied()))
    };
    let causes = list(record, "causes").filter_map(|c| {
        let (kind, thing, root) = cause(c)?;
        Some(RememberedCause { kind, thing, root, link: text(c, "link"), title: text(c, "title"), words: text(c, "words") })
    });
    let turn = |r: &Value| Some((text(r, "state").parse::<State>().ok()?, time(r, "at")?));
    let it = Remembered {
        community,
        voice,
        audience: if record.get("inside").and_then(Value::as_bool).unwrap_or_default() { For::Community } else { For::Open },
        was: text(record, "was"),
        now: text(record, "now"),
        why: text(record, "why"),
        served: text(record, "served"),
        outcome: text(record, "outcome"),
        measure: text(record, "measure"),
        outcome_at: time(record, "outcome_at"),
        at,
        shared_at: time(record, "shared_at").unwrap_or(at),
        edited_at: time(record, "edited_at"),
        turns: list(record, "turns").filter_map(turn).collect(),
        causes: causes.collect(),
        attested,
    };
    let id = change::remember(&mut batch, cx, &it)?;
    note(&mut batch, how.key(text(record, "id")), "change", id.into());
    cx.db().write(batch).await
}

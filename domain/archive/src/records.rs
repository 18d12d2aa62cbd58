//! What only Tacit's own export holds: kinds of a community's own, words of thanks, endings, and who took part.

use std::collections::HashMap;

use conversation::{ContributionId, RememberedEnding, RememberedKind, remember_ending, remember_kind, remember_thanks};
use kernel::{Batch, CommunityId, Cx, Result, Timestamp, vals};
use serde_json::Value;

use crate::bring::{Brought, How, Voices, broken, known, note};
use crate::stage::Stage;

const AT_ONCE: usize = 400;

pub(crate) fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn list<'a>(record: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    record.get(field).and_then(Value::as_array).into_iter().flatten()
}

pub(crate) fn time(record: &Value, field: &str) -> Option<Timestamp> {
    record.get(field).and_then(Value::as_str).and_then(Timestamp::parse)
}

pub(crate) async fn bring(
    cx: &Cx,
    stage: &Stage,
    how: &How,
    places: &HashMap<String, CommunityId>,
    voices: &mut Voices<'_>,
    brought: &mut Brought,
) -> Result<()> {
    kinds(cx, stage, places).await?;
    for some in stage.records("thanks").map_err(broken)?.chunks(AT_ONCE) {
        let keys: Vec<String> = some.iter().map(key_of_thanks).collect();
        let before = known(cx, how, "thanks", keys.iter().map(String::as_str)).await?;
        let said = known(cx, how, "said", some.iter().map(|t| text(t, "contribution"))).await?;
        voices.meet(some.iter().map(|t| text(t, "voice"))).await?;
        let mut batch = Batch::new();
        for (record, key) in some.iter().zip(&keys).filter(|(_, key)| !before.contains_key(*key)) {
            let (Some(on), Some(at)) = (said.get(text(record, "contribution")), time(record, "at")) else { continue };
            let voice = voices.of(&mut batch, text(record, "voice"), brought)?;
            let id = remember_thanks(&mut batch, cx, ContributionId(*on), voice, text(record, "words"), at)?;
            note(&mut batch, how.key(key), "thanks", id.into());
            brought.thanks += 1;
        }
        cx.db().write(batch).await?;
    }
    for some in stage.records("endings").map_err(broken)?.chunks(AT_ONCE) {
        let replies = |record: &Value| -> Vec<String> { list(record, "replies").filter_map(|id| id.as_str().map(str::to_owned)).collect() };
        let named: Vec<String> = some.iter().flat_map(|r| std::iter::once(text(r, "conversation").to_owned()).chain(replies(r))).collect();
        let said = known(cx, how, "said", named.iter().map(String::as_str)).await?;
        let mut batch = Batch::new();
        for record in some {
            let (Some(on), Ok(kind)) = (said.get(text(record, "conversation")), text(record, "how").parse()) else { continue };
            let replies: Vec<ContributionId> = replies(record).iter().filter_map(|id| said.get(id)).map(|id| ContributionId(*id)).collect();
            let it = RememberedEnding {
                conversation: ContributionId(*on),
                how: kind,
                words: text(record, "words"),
                replies: &replies,
                at: time(record, "at"),
            };
            remember_ending(&mut batch, cx, &it)?;
            brought.endings += 1;
        }
        cx.db().write(batch).await?;
    }
    memberships(cx, stage, places, voices, brought).await?;
    crate::practices::bring(cx, stage, how, places, voices, brought).await?;
    crate::changes::bring(cx, stage, how, places, voices, brought).await
}

/// Thanks have no id of their own in the archive: what they are of, by whom and when.
fn key_of_thanks(record: &Value) -> String {
    format!("{} by {} at {}", text(record, "contribution"), text(record, "voice"), text(record, "at"))
}

async fn kinds(cx: &Cx, stage: &Stage, places: &HashMap<String, CommunityId>) -> Result<()> {
    let mut batch = Batch::new();
    for record in stage.records("kinds").map_err(broken)? {
        let Some(community) = places.get(text(&record, "community")) else { continue };
        let yes = |field: &str| record.get(field).and_then(Value::as_bool).unwrap_or_default();
        let it = RememberedKind {
            community: *community,
            slug: text(&record, "slug"),
            word: text(&record, "word"),
            plural: text(&record, "plural"),
            prompt: text(&record, "prompt"),
            language: text(&record, "language"),
            asks: yes("asks"),
            ending: text(&record, "ending"),
            place: record.get("place").and_then(Value::as_i64).unwrap_or(50),
            away: yes("away"),
        };
        remember_kind(&mut batch, cx, &it)?;
    }
    cx.db().write(batch).await
}

/// A record of the past, never a membership: that begins by a person's own act alone.
async fn memberships(
    cx: &Cx,
    stage: &Stage,
    places: &HashMap<String, CommunityId>,
    voices: &mut Voices<'_>,
    brought: &mut Brought,
) -> Result<()> {
    for some in stage.records("memberships").map_err(broken)?.chunks(AT_ONCE) {
        voices.meet(some.iter().map(|m| text(m, "voice"))).await?;
        let mut batch = Batch::new();
        for record in some {
            let (Some(community), Some(began)) = (places.get(text(record, "community")), time(record, "from")) else { continue };
            let voice = voices.of(&mut batch, text(record, "voice"), brought)?;
            batch.run(
                "insert into past_membership (community, voice, began_at, ended_at) values (?1, ?2, ?3, ?4) on conflict do nothing",
                vals![*community, voice, began, time(record, "until")],
            );
            brought.past_memberships += 1;
        }
        cx.db().write(batch).await?;
    }
    Ok(())
}

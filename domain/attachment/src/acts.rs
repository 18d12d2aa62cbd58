//! Bringing a file, piece by piece; letting it stand with words; describing it; clearing away what stands with nothing.
//!
//! A file that stands with nothing yet is like a draft: its person's alone, and no event tells of it. What happens to words it
//! stands with is told by the conversation's acts, which append the statements of this file to their batches.

use bytes::Bytes;
use futures_util::Stream;
use kernel::blobs::Gathered;
use kernel::{Batch, Cx, Error, House, Id, Line, Problems, Result, Words, clock, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::{self, Refusal};
use crate::shown::Attached;
use crate::store::{self, Own};
use crate::{AttachmentId, Kind, making};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    /// What it is called.
    pub name: Line<1, 200>,
    /// How many bytes it has.
    #[serde(deserialize_with = "bytes_of")]
    pub size: u64,
    /// Its content type, as far as known. What it is, its content decides.
    #[serde(default, rename = "type")]
    pub content_type: Line<0, 120>,
}

/// A number, in JSON and in a form; written out, it is one too.
fn bytes_of<'de, D: serde::Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Size {
        Number(u64),
        Text(String),
    }
    match Size::deserialize(d)? {
        Size::Number(n) => Ok(n),
        Size::Text(text) => text.parse().map_err(|_| serde::de::Error::custom("not a number of bytes")),
    }
}

/// Announces a file that will be brought in pieces.
pub async fn announce(cx: &Cx, input: &NewAttachment) -> Result<AttachmentId> {
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    announce_as(cx, cx.make_id(), input).await
}

async fn announce_as(cx: &Cx, id: AttachmentId, input: &NewAttachment) -> Result<AttachmentId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    let claimed = input.content_type.check("type", &mut problems);
    problems.done()?;
    let kind = Kind::claimed(&claimed);
    decide(|| async {
        rules::may_bring(kind, input.size, store::room(cx, me).await?)?;
        let mut batch = Batch::new();
        batch.run(
            "insert into attachment (id, person, kind, name, type, size, hash, bytes, small_hash, small_type, small_bytes, width, height,
                alt, without_alt, at) values (?1, ?2, ?3, ?4, '', ?5, '', 0, '', '', 0, 0, 0, '', ?6, ?7)",
            vals![id, me, kind, &name, i64::try_from(input.size).unwrap_or(i64::MAX), false, cx.now()],
        );
        batch.lacks(
            "select 1 where (select count(*) from attachment where person = ?1 and contribution is null) > ?2
                or (select cast(coalesce(sum(case when hash = '' then size else bytes + small_bytes end), 0) as bigint) from attachment where person = ?1) > ?3",
            vals![me, rules::WAITING, i64::try_from(cx.house.blobs.each).unwrap_or(i64::MAX)],
        );
        cx.write(batch, id).await
    })
    .await
}

/// How far a file has come.
pub enum Taken {
    Now { own: Own, got: u64 },
    /// The piece does not begin where the file ends: here it does.
    Elsewhere(u64),
}

/// How far one's own has come.
pub async fn got(cx: &Cx, own: &Own) -> u64 {
    if own.whole { own.size } else { cx.house.blobs.gathered(own.shown.id.into()).await }
}

/// Takes a piece; with the last one, the file is looked at and kept, or refused and let go.
pub async fn take<E>(cx: &Cx, id: AttachmentId, offset: u64, piece: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Taken> {
    let own = store::own(cx, id).await?.ok_or(Error::NotFound)?;
    if own.whole {
        return Ok(Taken::Now { got: own.size, own }); // sent twice
    }
    match cx.house.blobs.gather(id.into(), offset, own.size, piece).await? {
        Gathered::Elsewhere(at) => Ok(Taken::Elsewhere(at)),
        Gathered::Now(got) if got < own.size => Ok(Taken::Now { own, got }),
        Gathered::Now(got) => Ok(Taken::Now { own: finish(cx, id).await?, got }),
    }
}

/// A file that comes whole, from a plain form.
pub async fn take_whole<E>(cx: &Cx, name: &str, claimed: &str, bytes: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<AttachmentId> {
    let (me, id) = (cx.me()?, cx.make_id::<AttachmentId>());
    let kind = Kind::claimed(claimed);
    rules::may_bring(kind, 1, store::room(cx, me).await?)?;
    let taken = async {
        let size = match cx.house.blobs.gather(id.into(), 0, kind.most(), bytes).await {
            Ok(Gathered::Now(size) | Gathered::Elsewhere(size)) => size,
            Err(Error::TooLarge) => return Err(Refusal::TooLarge(kind).into()),
            Err(error) => return Err(error),
        };
        let new = NewAttachment { name: Line(plain_name(name)), size, content_type: claimed.into() };
        announce_as(&cx.as_person(me), id, &new).await?;
        finish(cx, id).await
    };
    let taken = taken.await;
    if taken.is_err() {
        cx.house.blobs.let_go(id.into()).await;
    }
    taken.map(|_| id)
}

/// A name without folders, without what a page cannot show, and not longer than fits.
pub(crate) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')).take(200).collect();
    if plain.trim().is_empty() { "file".into() } else { plain }
}

/// The file is here: what is it, what has to go out of it, where does it stay.
async fn finish(cx: &Cx, id: AttachmentId) -> Result<Own> {
    let held = cx.house.blobs.hold(id.into()).await?;
    let own = store::own(cx, id).await?.ok_or(Error::NotFound)?;
    if own.whole {
        return Ok(own); // by another piece, meanwhile
    }
    let made = match making::make(cx, id, own.size, own.shown.kind).await {
        Ok(made) => made,
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            drop(held);
            remove_own(cx, id).await?;
            return Err(error);
        }
        Err(error) => return Err(error),
    };
    let mut batch = Batch::new();
    batch.exactly(
        1,
        "update attachment set kind = ?3, type = ?4, hash = ?5, bytes = ?6, small_type = ?7, small_hash = ?8, small_bytes = ?9,
            width = ?10, height = ?11 where id = ?1 and person = ?2 and hash = ''",
        vals![id, cx.me()?, made.kind, made.full.0, made.full.1, made.full.2, made.small.0, made.small.1, made.small.2, made.width, made.height],
    );
    cx.house.db.write(batch).await?;
    cx.house.blobs.let_go(id.into()).await;
    store::own(cx, id).await?.ok_or(Error::NotFound)
}

/// Ids of one's own attachments, to stand with what is said: a list, or in a form "1,2".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attaching(pub Vec<AttachmentId>);

impl<'de> Deserialize<'de> for Attaching {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Ids;
        impl<'de> serde::de::Visitor<'de> for Ids {
            type Value = Attaching;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("at most ten ids")
            }
            fn visit_unit<E>(self) -> Result<Attaching, E> {
                Ok(Attaching::default())
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Attaching, E> {
                let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty()).take(rules::WITH_ONE + 1);
                let ids = ids.map(|id| kernel::id::parse(id).map(AttachmentId).ok_or_else(|| E::custom("not an id")));
                Ok(Attaching(ids.collect::<Result<_, E>>()?))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Attaching, A::Error> {
                let mut ids = Vec::new();
                while let Some(id) = list.next_element()? {
                    if ids.len() > rules::WITH_ONE {
                        return Err(serde::de::Error::custom("more than ten ids"));
                    }
                    ids.push(id);
                }
                Ok(Attaching(ids))
            }
        }
        d.deserialize_any(Ids)
    }
}

impl JsonSchema for Attaching {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Attaching".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "array", "maxItems": rules::WITH_ONE, "items": {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}})
    }
}

/// Lets one's own stand with a contribution, after `before`. Appended to the batch of saying it.
pub async fn attach(cx: &Cx, batch: &mut Batch, attaching: &Attaching, before: Vec<Attached>, to: Id) -> Result<Vec<Attached>> {
    let mut ids = attaching.0.clone();
    ids.sort();
    ids.dedup();
    rules::may_stand_together(before.len(), ids.len())?;
    if ids.is_empty() {
        return Ok(before);
    }
    let own = store::own_waiting(cx, &ids).await?;
    let mut all = before;
    // In the order in which they were given.
    for id in &attaching.0 {
        if all.iter().any(|a| a.id == *id) {
            continue;
        }
        let found = own.iter().find(|o| o.shown.id == *id).ok_or(Refusal::NotHere)?;
        all.push(found.shown.clone());
        batch.exactly(
            1,
            "update attachment set contribution = ?3 where id = ?1 and person = ?2 and contribution is null and hash <> ''",
            vals![*id, cx.me()?, to],
        );
    }
    Ok(all)
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Describing {
    /// What a picture shows, for who does not see it.
    #[serde(default)]
    pub alt: Words<0, 1000>,
    /// "yes": there is nothing to say of it, or its author cannot.
    #[serde(default)]
    pub without_alt: Line<0, 3>,
}

/// What one's own picture shows. Answers how it is shown then.
pub fn describe(cx: &Cx, batch: &mut Batch, own: &Own, input: &Describing) -> Result<Attached> {
    let mut problems = Problems::default();
    let alt = input.alt.check("alt", &mut problems);
    problems.done()?;
    let without_alt = alt.is_empty() && input.without_alt.0 == "yes";
    batch.exactly(
        1,
        "update attachment set alt = ?3, without_alt = ?4 where id = ?1 and person = ?2",
        vals![own.shown.id, cx.me()?, &alt, without_alt],
    );
    Ok(Attached { alt, without_alt, ..own.shown.clone() })
}

/// Takes one's own away. Its bytes go with the collector, if nobody else has the same.
pub fn remove(cx: &Cx, batch: &mut Batch, id: AttachmentId) -> Result<()> {
    batch.exactly(1, "delete from attachment where id = ?1 and person = ?2", vals![id, cx.me()?]);
    Ok(())
}

async fn remove_own(cx: &Cx, id: AttachmentId) -> Result<()> {
    let mut batch = Batch::new();
    batch.run("delete from attachment where id = ?1 and person = ?2 and contribution is null", vals![id, cx.me()?]);
    cx.house.db.write(batch).await?;
    cx.house.blobs.let_go(id.into()).await;
    Ok(())
}

/// What stands with nothing goes after a day; bytes that no row names, when they have lain for an hour. One shelf of 256 at
/// each call.
pub async fn collect(house: &House) -> Result<()> {
    let now = house.clock.now();
    let mut batch = Batch::new();
    batch.run("delete from attachment where contribution is null and at < ?1", vals![now.minus(clock::DAY)]);
    house.db.write(batch).await?;
    house.blobs.collect_incoming(now.minus(2 * clock::DAY)).await?;
    collect_shelf(house, now.0 / clock::MINUTE).await
}

pub(crate) async fn collect_shelf(house: &House, shelf: i64) -> Result<()> {
    let before = house.clock.now().minus(clock::HOUR);
    let lying = house.blobs.untouched(shelf, before).await?;
    if lying.is_empty() {
        return Ok(());
    }
    let sql = "select hash from attachment where in_texts(hash, ?1) union select small_hash from attachment where in_texts(small_hash, ?1)";
    let rows = house.db.query(sql, vals![kernel::Val::list(&lying)]).await?;
    let named = rows.into_iter().map(|mut r| r.take()).collect::<Result<std::collections::HashSet<String>>>()?;
    let orphans: Vec<String> = lying.into_iter().filter(|hash| !named.contains(hash)).collect();
    let gone = house.blobs.collect(orphans, before).await?;
    if gone > 0 {
        tracing::info!(gone, "files that stood with nothing are cleared away");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folders_and_nothing_that_turns_it() {
        assert_eq!(plain_name("C:\\Users\\ada\\rota.pdf"), "rota.pdf");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("cod\u{202e}gpj.exe"), "codgpj.exe");
        assert_eq!(plain_name("\n"), "file");
    }

    #[test]
    fn ids_come_as_a_list_or_as_a_line() {
        let ids = Attaching(vec![AttachmentId(3), AttachmentId(12)]);
        assert_eq!(serde_json::from_str::<Attaching>("[\"3\", \"12\"]").unwrap(), ids);
        assert_eq!(serde_json::from_str::<Attaching>("\"3, 12\"").unwrap(), ids);
        assert_eq!(serde_json::from_str::<Attaching>("null").unwrap(), Attaching::default());
        for wrong in ["\"x\"", "[3]", "{}", "[\"0\"]"] {
            assert!(serde_json::from_str::<Attaching>(wrong).is_err(), "{wrong}");
        }
    }
}

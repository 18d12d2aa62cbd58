//! Founding (its statements: membership composes them, since a founder is the first to join) and revising the charter.

use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Line, Problems, Result, VoiceId, Words, audience, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::{self, Refusal};
use crate::{Name, Openness, Stage, Text, store};

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommunity {
    pub name: Name,
    /// Its address: `/c/SLUG`. Made from the name when it is left out.
    #[serde(default)]
    pub slug: Line<0, 48>,
    /// What we care about.
    pub domain: Words<1, 2000>,
    /// What none of us can do alone.
    pub purpose: Words<1, 400>,
    /// What we do together.
    #[serde(default)]
    pub practice: Text,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub openness: Option<Openness>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub stage: Option<Stage>,
}

/// Checked statements that found a community, without its first member.
pub async fn founding(cx: &Cx, input: &NewCommunity) -> Result<(CommunityId, String, Batch)> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    let domain = input.domain.check("domain", &mut problems);
    let purpose = input.purpose.check("purpose", &mut problems);
    let practice = input.practice.check("practice", &mut problems);
    let id: CommunityId = cx.make_id();
    let typed = input.slug.check("slug", &mut problems);
    let mut slug = if typed.is_empty() { rules::slug_of(&name) } else { typed };
    if slug.len() < 2 && input.slug.0.trim().is_empty() {
        slug = format!("community-{id}");
    }
    if !rules::is_slug(&slug) {
        problems.add("slug", "An address is 2 to 48 small letters, digits or hyphens.");
    } else if store::is_slug_taken(cx, &slug).await? {
        problems.add("slug", Refusal::SlugTaken);
    }
    problems.done()?;
    let (openness, stage) = (input.openness.unwrap_or(Openness::Open), input.stage.unwrap_or(Stage::Forming));
    let mut batch = Batch::new();
    batch.run(
        "insert into community (id, slug, name, domain, purpose, practice, openness, stage, version, created_at, folded)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10)",
        vals![id, &slug, &name, &domain, &purpose, &practice, openness, stage, cx.now(),
            store::folded(&[&name, &domain, &purpose, &practice])],
    );
    batch.run(
        "insert into charter (community, version, name, domain, purpose, practice, openness, stage, reason, by_person, at)
         values (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, ?9)",
        vals![id, &name, &domain, &purpose, &practice, openness, stage, me, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(me), "founded", "community", id).within(Some(id)));
    Ok((id, slug, batch))
}

/// A community that is brought in from elsewhere. What may be empty is made from its name and origin.
pub struct Brought<'a> {
    pub name: &'a str,
    pub slug: &'a str,
    pub domain: &'a str,
    pub purpose: &'a str,
    pub practice: &'a str,
    pub openness: Openness,
    pub stage: Stage,
    pub origin: &'a str,
}

/// A community as an archive remembers it, without members: it rests until somebody cares for it.
pub async fn bring(batch: &mut Batch, cx: &Cx, voice: VoiceId, it: &Brought<'_>) -> Result<CommunityId> {
    let id: CommunityId = cx.make_id();
    let cut = |text: &str, most: usize| -> String { text.trim().chars().take(most).collect() };
    let name = cut(&it.name.split_whitespace().collect::<Vec<_>>().join(" "), 80);
    let name = if name.chars().count() < 2 { cut(&format!("{name} ({})", it.origin), 80) } else { name };
    let mut slug = if it.slug.is_empty() { rules::slug_of(&name) } else { it.slug.to_owned() };
    if !rules::is_slug(&slug) || store::is_slug_taken(cx, &slug).await? {
        slug = format!("{}-{id}", cut(&slug, 24).trim_end_matches('-')).trim_start_matches('-').to_owned();
    }
    let purpose = match cut(it.purpose, 400) {
        none if none.is_empty() => "Nobody has said yet what this is for.".to_owned(),
        purpose => purpose,
    };
    let domain = match cut(it.domain, 2000) {
        none if none.is_empty() => name.clone(),
        domain => domain,
    };
    let practice = cut(it.practice, 2000);
    batch.run(
        "insert into community (id, slug, name, domain, purpose, practice, openness, stage, version, created_at, folded)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10)",
        vals![id, &slug, &name, &domain, &purpose, &practice, it.openness, it.stage, cx.now(), store::folded(&[&name, &domain, &purpose, &practice])],
    );
    batch.run(
        "insert into charter (community, version, name, domain, purpose, practice, openness, stage, reason, by_person, at)
         values (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, ?9)",
        vals![id, &name, &domain, &purpose, &practice, it.openness, it.stage, voice, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Voice(voice), "brought_in", "community", id).within(Some(id)).imported(cx.now()));
    Ok(id)
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CharterRevision {
    pub name: Name,
    pub domain: Words<1, 2000>,
    pub purpose: Words<1, 400>,
    #[serde(default)]
    pub practice: Text,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub openness: Option<Openness>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub stage: Option<Stage>,
    /// Why it is revised. Public, like the rest of the history.
    pub reason: Line<3, 300>,
    /// The version that was read; the revision is refused when another came between.
    #[serde(default)]
    pub version: Line<0, 19>,
}

pub async fn revise_charter(cx: &Cx, slug: &str, input: &CharterRevision) -> Result<()> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let name = input.name.check("name", &mut problems);
    let domain = input.domain.check("domain", &mut problems);
    let purpose = input.purpose.check("purpose", &mut problems);
    let practice = input.practice.check("practice", &mut problems);
    let reason = input.reason.check("reason", &mut problems);
    problems.done()?;
    if cx.done_before::<CommunityId>().await?.is_some() {
        return Ok(());
    }
    decide(|| async {
        let now = store::inside(cx, slug).await?;
        rules::may_revise(now.steward)?;
        if !input.version.0.is_empty() && input.version.0 != now.version.to_string() {
            return Err(Error::refused("The charter was revised while you wrote. Please look at it as it is now; your text is still here."));
        }
        let (openness, stage) = (input.openness.unwrap_or(now.openness), input.stage.unwrap_or(now.stage));
        let mut batch = Batch::new();
        batch.holds(audience::HOLDS, vals![me, Audience::Stewards(now.id)]);
        batch.exactly(
            1,
            "update community set name = ?2, domain = ?3, purpose = ?4, practice = ?5, openness = ?6, stage = ?7,
                version = version + 1, folded = ?8 where id = ?1 and version = ?9",
            vals![now.id, &name, &domain, &purpose, &practice, openness, stage,
                store::folded(&[&name, &domain, &purpose, &practice]), now.version],
        );
        batch.run(
            "insert into charter (community, version, name, domain, purpose, practice, openness, stage, reason, by_person, at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            vals![now.id, now.version + 1, &name, &domain, &purpose, &practice, openness, stage, &reason, me, cx.now()],
        );
        batch.event(Event::new(cx, Actor::Person(me), "revised", "community", now.id).within(Some(now.id)));
        cx.write(batch, now.id).await.map(drop)
    })
    .await
}

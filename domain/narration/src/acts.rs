//! Narrating, and letting a narration grow into something else.

use attachment::Attaching;
use conversation::acts::{self as conversations, Body, Lineage, NewContribution, Title};
use conversation::{ContributionId, For, Kind, TrailId, store as said};
use kernel::{Batch, Cx, Error, Line, Problems, Result, Viewer, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{rules, store};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Narrating {
    /// Markdown; one line is plenty.
    pub words: Body,
    /// The community's slug; left out, it is for yourself alone.
    #[serde(default)]
    pub community: Line<0, 48>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub audience: Option<For>,
    /// A built-in word, or one of the community's own: as it is kept or as it is said. Left out, a narration.
    #[serde(default, deserialize_with = "conversation::kinds::as_said")]
    pub kind: Option<Kind>,
    /// What it points at: a URL, a commit, a file.
    #[serde(default)]
    pub work: Line<0, 500>,
    /// The id of a trail to continue, or "new".
    #[serde(default)]
    pub trail: Line<0, 19>,
    /// The title of a new trail.
    #[serde(default)]
    pub trail_title: Line<0, 120>,
    #[serde(default)]
    pub draft: Line<0, 80>,
    /// One of your circles: it is for those who are in it now, outside of communities.
    #[serde(default)]
    pub circle: Line<0, 19>,
    /// One's own attachments, to stand with the words.
    #[serde(default)]
    pub attached: Attaching,
}

pub async fn narrate(cx: &Cx, input: &Narrating) -> Result<ContributionId> {
    let for_circle = !input.circle.0.trim().is_empty();
    let slug = Some(input.community.0.trim()).filter(|s| !s.is_empty() && !for_circle);
    let new = NewContribution {
        words: input.words.clone(),
        kind: Some(input.kind.unwrap_or(Kind::Narration)),
        // Without a community, nobody else is meant.
        audience: match slug {
            _ if for_circle => Some(For::Named),
            None => Some(For::Me),
            Some(_) => input.audience,
        },
        circle: input.circle.clone(),
        work: input.work.clone(),
        draft: input.draft.clone(),
        attached: input.attached.clone(),
        ..NewContribution::default()
    };
    let mut problems = Problems::default();
    let title = input.trail_title.check("trail_title", &mut problems);
    if slug.is_none() && !for_circle && matches!(input.audience, Some(For::Community | For::Open)) {
        problems.add("community", "Please choose the community that this is for.");
    }
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let (trail, begun) = trail(cx, input, slug, &title).await?;
        let lineage = Lineage { trail, ..Lineage::default() };
        let (id, batch) = conversations::contribution(cx, slug, &new, &lineage).await?;
        let mut all = begun;
        all.append(batch);
        cx.write(all, id).await
    })
    .await
}

type OnTrail = Option<(TrailId, String)>;

/// The trail to continue, or a new one with the statement that begins it.
async fn trail(cx: &Cx, input: &Narrating, slug: Option<&str>, title: &str) -> Result<(OnTrail, Batch)> {
    let mut batch = Batch::new();
    match input.trail.0.trim() {
        "" if title.is_empty() => Ok((None, batch)),
        "" | "new" => {
            if title.is_empty() {
                return Err(Error::invalid("trail_title", "Please give the trail a title, for example: the slow restore."));
            }
            let community = match slug {
                Some(slug) => Some(community::store::inside(cx, slug).await?.id),
                None => None,
            };
            let id: TrailId = cx.make_id();
            batch.run(
                "insert into trail (id, title, author, community, at) values (?1, ?2, ?3, ?4, ?5)",
                vals![id, title, cx.me()?, community, cx.now()],
            );
            Ok((Some((id, title.to_owned())), batch))
        }
        id => {
            let gone = || Error::invalid("trail", "This trail is not here any more.");
            let known = store::seen(cx, id.parse().map_err(|_| gone())?).await?.ok_or_else(gone)?;
            rules::may_continue(known.community.as_ref().map(|(slug, _)| slug.as_str()), slug)?;
            batch.run("update trail set at = ?2 where id = ?1", vals![known.id, cx.now()]);
            Ok((Some((known.id, known.title)), batch))
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Growing {
    /// question, problem or insight.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub title: Title,
    pub words: Body,
    #[serde(default)]
    pub draft: Line<0, 80>,
}

/// Begins a question, a problem or an insight that grew from a narration, for the same people.
pub async fn grow(cx: &Cx, from: ContributionId, input: &Growing) -> Result<ContributionId> {
    let source = said::one(cx, from).await?.filter(|s| s.quiet().is_none() && s.parent.is_none()).ok_or(Error::NotFound)?;
    let kind = rules::may_grow(source.kind, input.kind)?;
    let named = if source.audience == For::Named { said::named_ids(cx, source.id).await? } else { Vec::new() };
    let new = NewContribution {
        words: input.words.clone(),
        title: input.title.clone(),
        kind: Some(kind),
        audience: Some(source.audience),
        fades: source.fades(),
        draft: input.draft.clone(),
        ..NewContribution::default()
    };
    let slug = source.place.as_ref().map(|p| p.slug.clone());
    let lineage = Lineage { grew_from: Some(source.id), named, ..Lineage::default() };
    conversations::contribute(cx, slug.as_deref(), &new, &lineage).await
}

/// A trail of remembered narrations. Only the program itself imports.
pub fn remember_trail(batch: &mut Batch, cx: &Cx, title: &str, community: kernel::CommunityId) -> Result<TrailId> {
    if cx.viewer != Viewer::System {
        return Err(Error::NotFound);
    }
    let id: TrailId = cx.make_id();
    batch.run("insert into trail (id, title, community, at) values (?1, ?2, ?3, ?4)", vals![id, title, community, cx.now()]);
    Ok(id)
}

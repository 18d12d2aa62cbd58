//! Kinds of practice: six are built in, a community adds its own.

use community::store as communities;
use kernel::{Actor, Batch, CommunityId, Cx, Error, Event, Line, Problems, Result, Say, decide, vals};
use membership::hats;
use membership::rules::{self as standing, Care};
use membership::store as members;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shell::request::see;
use shell::{Act, Answer, Needs, Path, Route, T};

use crate::rules::Refusal;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::post("/c/{slug}/practices/kinds", Needs::acting(), add_page)]
}

pub const BUILT_IN: [&str; 6] = ["practice", "pattern", "template", "tool", "glossary", "guide"];
const MOST: i64 = 12;

/// A kind as it is kept and as it is said.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Kind {
    pub slug: String,
    pub word: String,
}

pub async fn of_community(cx: &Cx, t: T, community: CommunityId) -> Result<Vec<Kind>> {
    let mut all: Vec<Kind> = BUILT_IN.iter().map(|slug| Kind { slug: (*slug).into(), word: t.say(slug).into() }).collect();
    let sql = "select slug, word from practice_kind where community = ?1 and (visible_to(?1, ?2) or cast(?2 as bigint) = -1) order by at, slug limit 12";
    for mut r in cx.db().query(sql, vals![community, cx.viewer]).await? {
        all.push(Kind { slug: r.take()?, word: r.take()? });
    }
    Ok(all)
}

/// The kind that was asked for: a built-in word, or one of the community's.
pub(crate) async fn picked(cx: &Cx, community: CommunityId, asked: &str) -> Result<String> {
    match asked {
        "" => Ok("practice".into()),
        built_in if BUILT_IN.contains(&built_in) => Ok(built_in.into()),
        own => {
            let own = community::rules::slug_of(own);
            let row = cx.db().one("select slug from practice_kind where community = ?1 and slug = ?2", vals![community, &own]).await?;
            row.map(|mut r| r.take()).transpose()?.ok_or_else(|| Error::invalid("kind", "This community has no such kind of practice."))
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKind {
    /// How the community calls it: "runbook".
    pub word: Line<2, 24>,
}

/// Adds a kind. Gardeners and stewards do.
pub async fn add(cx: &Cx, slug: &str, input: &NewKind) -> Result<CommunityId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let word = input.word.check("word", &mut problems);
    problems.done()?;
    // Whatever its letters, it has an address.
    let kind = Some(community::rules::slug_of(&word)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| format!("kind-{}", kernel::hash_secret(&word).get(..6).unwrap_or_default()));
    if kind == "due" || kind.parse::<crate::State>().is_ok() || BUILT_IN.contains(&kind.as_str()) {
        return Err(Error::invalid("word", Say::new("Please choose another word than {word}.").with("word", word)));
    }
    decide(|| async {
        let c = communities::inside(cx, slug).await?;
        standing::may_care(Care::Tend, &members::standing(cx, c.id).await?)?;
        let n: i64 = cx.db().one("select count(*) from practice_kind where community = ?1", vals![c.id]).await?.ok_or(Error::NotFound)?.take()?;
        if n >= MOST {
            return Err(Refusal::TooManyKinds.into());
        }
        let mut batch = Batch::new();
        hats::still_cares(&mut batch, Care::Tend, me, c.id);
        batch.lacks("select 1 from practice_kind where community = ?1 order by at limit 1 offset ?2", vals![c.id, MOST - 1]);
        batch.run(
            "insert into practice_kind (community, slug, word, at) values (?1, ?2, ?3, ?4) on conflict (community, slug) do update set word = excluded.word",
            vals![c.id, &kind, &word, cx.now()],
        );
        batch.event(Event::new(cx, Actor::Person(me), "practice_kind_added", "practice_kind", c.id).within(Some(c.id)));
        cx.write(batch, c.id).await
    })
    .await
}

async fn add_page(Path(slug): Path<String>, act: Act<NewKind>) -> Answer {
    match add(&act.visit.cx, &slug, &act.input).await {
        Ok(_) => Ok(see(format!("/c/{slug}/practices"))),
        Err(error) => crate::pages::list_again(&act, &slug, error).await,
    }
}

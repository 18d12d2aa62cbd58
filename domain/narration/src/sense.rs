//! Making sense: several narrations and replies looked at together, and what somebody sees in them, with links both ways.

use askama::Template;
use axum::response::Response;
use conversation::acts::{self as conversations, Body, Lineage, NewContribution, Title};
use conversation::collecting::{self, Moving};
use conversation::said::Said;
use conversation::{ContributionId, For, Kind, drafts, said, store as contributions};
use kernel::{Actor, Cx, Error, Event, Id, Line, PersonId, Problems, Result, decide};
use membership::store::{self as members, Belonging};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, Answer, Form, Future, Html, Needs, Path, Route, T, Visit};

use crate::rules::Refusal;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sense", Needs::reading_own(), page),
        Route::post("/sense", Needs::writing(), make_page),
        Route::put("/sense/{id}", Needs::acting(), move_page),
        Route::delete("/sense/{id}", Needs::acting(), take_out_page),
    ]
}

kernel::choice! {
    /// What the sense is said as.
    pub enum As { Insight = "insight" }
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seeing {
    /// Markdown: what you see in what you collected.
    pub words: Body,
    #[serde(default)]
    pub title: Title,
    /// insight, or none yet.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub kind: Option<As>,
    /// The community's slug; left out, it is for yourself alone.
    #[serde(default)]
    pub community: Line<0, 48>,
    /// me, community or open; left out, it is as open as the community.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub audience: Option<For>,
    #[serde(default)]
    pub draft: Line<0, 80>,
}

/// Says what one sees in what lies in one's tray, and empties it. Each source stays with those who may read it.
pub async fn make_sense(cx: &Cx, input: &Seeing) -> Result<ContributionId> {
    let me = cx.me()?;
    if input.audience == Some(For::Named) {
        return Err(Error::invalid("audience", "It is for the community or for yourself."));
    }
    let mut problems = Problems::default();
    let slug = input.community.check("community", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    let slug = Some(slug.as_str()).filter(|s| !s.is_empty());
    let new = NewContribution {
        words: input.words.clone(),
        title: input.title.clone(),
        kind: input.kind.map(|As::Insight| Kind::Insight),
        audience: if slug.is_none() { Some(For::Me) } else { input.audience },
        draft: input.draft.clone(),
        ..NewContribution::default()
    };
    decide(|| async {
        let tray = contributions::tray(cx).await?;
        if tray.is_empty() {
            return Err(Refusal::NothingCollected.into());
        }
        let audiences: Vec<For> = tray.iter().map(|s| s.audience).collect();
        let place = match slug {
            Some(slug) => Some(community::store::inside(cx, slug).await?),
            None => None,
        };
        let audience = new.audience.unwrap_or_else(|| conversation::rules::usual(place.as_ref().map(|c| c.openness)));
        conversation::rules::may_look_at(audience, &audiences)?;
        let lineage = Lineage { sources: tray.iter().map(|s| s.id).collect(), ..Lineage::default() };
        let (id, mut batch) = conversations::contribution(cx, slug, &new, &lineage).await?;
        let mut event = Event::new(cx, Actor::Person(me), "made_sense", "contribution", id)
            .within(place.map(|c| c.id))
            .in_conversation(id);
        if audience != For::Me {
            event = event.toward(authors(&tray, me));
        }
        event.audience = audience.word().into();
        batch.event(event);
        cx.write(batch, id).await
    })
    .await
}

/// Whose words were looked at, each once.
fn authors(tray: &[Said], me: PersonId) -> Vec<PersonId> {
    let mut all: Vec<PersonId> = tray.iter().filter_map(|s| s.author.person()).filter(|p| *p != me).collect();
    all.sort();
    all.dedup();
    all
}

#[derive(Template)]
#[template(path = "sense.html")]
struct SensePage {
    t: T,
    tray: Vec<(ContributionId, Html)>,
    words: String,
    mine: Vec<Belonging>,
    form: Form,
}

async fn sense_page(visit: &Visit, form: Form) -> Result<Response> {
    let words = match form.value("words") {
        "" => drafts::of_place(&visit.cx, "sense").await?,
        words => words.to_owned(),
    };
    let tray = contributions::tray(&visit.cx).await?;
    let tray = tray.iter().map(|s| Ok((s.id, said::item(visit, s, true)?))).collect::<Result<Vec<_>>>()?;
    let faulty = form.is_faulty();
    let shown = SensePage { t: visit.t, tray, words, mine: members::mine(&visit.cx).await?, form: form.with_once(visit.once()) };
    let title = visit.t.say("What do we see here?");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn page(visit: Visit) -> Answer {
    Ok(sense_page(&visit, Form::of(&[("kind", "insight")])).await?)
}

async fn make_page(act: Act<Seeing>) -> Answer {
    let Act { visit, input, sent } = act;
    match make_sense(&visit.cx, &input).await {
        Ok(id) => Ok(see(format!("/conversations/{id}"))),
        Err(error) => Ok(sense_page(&visit, Form::again(&sent, error, visit.t)?).await?),
    }
}

async fn move_page(Path(id): Path<String>, act: Act<Moving>) -> Answer {
    collecting::shift(&act.visit.cx, id.parse()?, act.input.to).await?;
    Ok(see("/sense"))
}

async fn take_out_page(visit: Visit, Path(id): Path<String>) -> Answer {
    collecting::let_go(&visit.cx, id.parse()?).await?;
    Ok(see("/sense"))
}

#[derive(Template)]
#[template(path = "collected.html")]
struct Collected {
    t: T,
    headings: Vec<String>,
}

/// On the home page, beside the drafts: what waits in the tray.
pub fn collected(visit: Visit, _: Id) -> Future<Html> {
    Box::pin(async move {
        let tray = contributions::tray(&visit.cx).await?;
        if tray.is_empty() {
            return Ok(Html::default());
        }
        Html::of(&Collected { t: visit.t, headings: tray.iter().take(5).map(Said::heading).collect() })
    })
}

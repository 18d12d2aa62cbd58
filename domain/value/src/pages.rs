//! The season of a community: five cycles, and what is behind each figure.

use askama::Template;
use community::store::{self as communities, Community};
use cycles::Season;
use kernel::{CommunityId, Error, Id, Result, Timestamp};
use serde::Deserialize;
use shell::{Answer, Asked, Future, Html, Needs, Path, Route, T, Visit};

use crate::figures::{self, Behind, Cycle, Name};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/c/{slug}/value", Needs::reading_own(), season_page),
        Route::get("/c/{slug}/value/{figure}", Needs::reading_own(), figure_page),
    ]
}

#[derive(Deserialize, Default)]
pub(crate) struct Wanted {
    /// The last day of a season that is past: 2026-06-30.
    #[serde(default)]
    pub until: String,
}

impl Wanted {
    pub fn season(&self, now: Timestamp) -> Season {
        let day = self.until.parse::<jiff::civil::Date>().ok();
        let end = day.and_then(|day| day.tomorrow().ok()).and_then(|day| jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
        let until = end.map_or(now, |at| Timestamp(at.as_microsecond()));
        figures::season(if until.0 > now.0 { now } else { until }, now)
    }

    /// What keeps the season in an address; nothing for the one that is now.
    fn query(&self, season: Season) -> String {
        if self.until.is_empty() { String::new() } else { format!("?until={}", last_day(season.to)) }
    }
}

/// The day before a moment, as an address has it.
fn last_day(before: i64) -> String {
    Timestamp(before - 1).rfc3339().chars().take(10).collect()
}

/// Members look at what their community is worth to them.
pub(crate) async fn of_members(visit: &Visit, slug: &str) -> Result<Community> {
    let c = communities::inside(&visit.cx, slug).await?;
    let standing = membership::store::standing(&visit.cx, c.id).await?;
    if standing.member { Ok(c) } else { Err(Error::Refused("Members see what the community is worth to them. Joining takes one step.".into())) }
}

struct Told {
    name: Name,
    said: String,
    /// How many of how many.
    of: Option<(usize, usize)>,
}

#[derive(Template)]
#[template(path = "season.html")]
struct SeasonPage {
    t: T,
    c: Community,
    from: String,
    to: String,
    /// The address of the season before, and of what belongs to this one.
    before: String,
    until: String,
    cycles: Vec<(Cycle, Vec<Told>)>,
    version: u32,
}

async fn season_page(visit: Visit, Path(slug): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer {
    let c = of_members(&visit, &slug).await?;
    let season = wanted.season(visit.cx.now());
    let all = figures::of(&visit.cx, c.id, season).await?;
    let told = |name: Name| {
        let figure = name.figure(&all);
        Told { name, said: name.said(figure), of: figure.of.map(|of| (figure.items.len(), of)) }
    };
    let cycles = Cycle::ALL.iter().map(|cycle| (*cycle, cycle.figures().map(told).collect())).collect();
    let before = last_day(season.from);
    let until = wanted.query(season);
    let title = visit.t.with("What it is worth to us: {name}", "name", &c.name);
    let (from, to) = (visit.day(Timestamp(season.from)), visit.day(Timestamp(season.to)));
    Ok(visit.page(&title, &SeasonPage { t: visit.t, c, from, to, before, until, cycles, version: cycles::FORMULA_VERSION }).await?)
}

#[derive(Template)]
#[template(path = "figure.html")]
struct FigurePage {
    t: T,
    c: Community,
    name: Name,
    said: String,
    items: Vec<Behind>,
    rest: Vec<Behind>,
    until: String,
}

async fn figure_page(visit: Visit, Path((slug, figure)): Path<(String, String)>, Asked(wanted): Asked<Wanted>) -> Answer {
    let name: Name = figure.parse().map_err(|()| Error::NotFound)?;
    let c = of_members(&visit, &slug).await?;
    let season = wanted.season(visit.cx.now());
    let all = figures::of(&visit.cx, c.id, season).await?;
    let it = name.figure(&all);
    let items = figures::behind(&visit.cx, name, &c.slug, &it.items).await?;
    let rest = figures::behind(&visit.cx, name, &c.slug, &it.rest).await?;
    let until = wanted.query(season);
    let said = name.said(it);
    let title = format!("{said} {}", visit.t.say(name.label()));
    Ok(visit.page(&title, &FigurePage { t: visit.t, c, name, said, items, rest, until }).await?)
}

#[derive(Template)]
#[template(source = r#"<p class="soft onward"><a href="/c/{{ slug }}/value">{{ t.say("What it is worth to us") }}</a></p>"#, ext = "html")]
struct Link {
    t: T,
    slug: String,
}

/// On the front door, for members.
pub(crate) fn link(visit: Visit, community: Id) -> Future<Html> {
    Box::pin(async move {
        match communities::by_id(&visit.cx, CommunityId(community.0)).await? {
            Some(c) if c.member => Html::of(&Link { t: visit.t, slug: c.slug }),
            _ => Ok(Html::default()),
        }
    })
}

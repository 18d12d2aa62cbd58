//! The figures of a season over JSON, each with the ids of what is behind it.

use axum::Json;
use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use shell::api::Doc;
use shell::{Answer, Asked, Needs, Path, Rate, Route, Visit, Who};

use crate::figures::{self, Cycle, Name};
use crate::pages::{Wanted, of_members};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/communities/{slug}/value", Needs::new(Who::ApiOwn, Rate::Read, 0), season)
            .doc(Doc::new("A season on the five cycles of value, each figure with what it is made of").gives::<Season>().asks("until", "the last day of a season, 2026-06-30")),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Figure {
    cycle: Cycle,
    name: Name,
    /// A share from 0 to 1, a number, or days; null where there is nothing to say.
    value: Option<f64>,
    /// By how many it was divided, or of how many it is a part.
    of: Option<usize>,
    /// Ids of what counts; of ties none.
    items: Vec<String>,
    /// Ids of what was looked at and does not count.
    rest: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Season {
    from: Timestamp,
    until: Timestamp,
    formula_version: u32,
    figures: Vec<Figure>,
}

async fn season(visit: Visit, Path(slug): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer<Json<Season>> {
    let c = of_members(&visit, &slug).await?;
    let season = wanted.season(visit.cx.now());
    let all = figures::of(&visit.cx, c.id, season).await?;
    let ids = |name: Name, ids: &[i64]| if name == Name::Ties { Vec::new() } else { ids.iter().map(ToString::to_string).collect() };
    let figure = |name: &Name| {
        let it = name.figure(&all);
        Figure { cycle: name.cycle(), name: *name, value: it.value, of: it.of, items: ids(*name, &it.items), rest: ids(*name, &it.rest) }
    };
    let figures = Name::ALL.iter().map(figure).collect();
    Ok(Json(Season { from: Timestamp(season.from), until: Timestamp(season.to), formula_version: cycles::FORMULA_VERSION, figures }))
}

//! What the operator sees of the program on a page: the limits and what they refused. No person, no words, no address whole.

use askama::Template;
use kernel::Result;
use shell::limits::Refused;
use shell::{Answer, Needs, Rate, Route, T, Visit};

use crate::rules::Refusal;
use crate::store;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/operator/limits", Needs::reading_own(), limits)]
}

async fn operator(visit: &Visit) -> Result<()> {
    if store::own(&visit.cx).await?.operator { Ok(()) } else { Err(Refusal::NotOperator.into()) }
}

struct Class {
    what: &'static str,
    word: &'static str,
    minute: u32,
    burst: u32,
    hour: u64,
    day: u64,
}

#[derive(Template)]
#[template(path = "limits.html")]
struct LimitsPage {
    t: T,
    on: bool,
    classes: Vec<Class>,
    networks: Vec<(&'static str, Refused)>,
    more: usize,
}

/// So many networks are listed, those first that were refused most.
const LISTED: usize = 50;

async fn limits(visit: Visit) -> Answer {
    operator(&visit).await?;
    let (t, limits) = (visit.t, &visit.shell.limits);
    let mut networks = limits.lately(visit.cx.now());
    let of = |rate: Rate, count: fn(&Refused) -> u64| networks.iter().filter(|r| r.rate == rate).map(count).sum();
    let classes = Rate::ALL.map(|rate| {
        let often = limits.classes.of(rate);
        let (hour, day) = (of(rate, |r| r.hour), of(rate, |r| r.day));
        Class { what: what(t, rate), word: rate.word(), minute: often.minute, burst: often.burst, hour, day }
    });
    let more = networks.len().saturating_sub(LISTED);
    networks.truncate(LISTED);
    let networks = networks.into_iter().map(|r| (what(t, r.rate), r)).collect();
    let shown = LimitsPage { t, on: limits.is_on(), classes: classes.into(), networks, more };
    Ok(visit.page(t.say("Rate limits"), &shown).await?)
}

fn what(t: T, rate: Rate) -> &'static str {
    match rate {
        Rate::Read => t.say("Reading pages"),
        Rate::Write => t.say("Saying and changing things"),
        Rate::SignIn => t.say("Giving a password, a code or a link"),
        Rate::Live => t.say("Opening live pages"),
        Rate::Account => t.say("Signing in to one account, from anywhere"),
    }
}

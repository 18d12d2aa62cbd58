//! Joining and leaving, who is here, founding, inviting, and what waits for somebody.

use askama::Template;

use axum::response::Response;
use community::acts::NewCommunity;
use community::store as communities;
use kernel::{Cursor, Error, Result};
use shell::request::see;
use shell::{Act, After, Answer, Form, Html, Needs, Path, Route, T, Visit};

use crate::acts::{self, Joining, TakingPart};
use crate::invitations::{self, Inviting, InvitingByLink};
use crate::knocking::{self, Answering, Knocking};
use crate::store::{self, HatWay, LinkInvitation, Member, OwnLink, Spell, Waiting};
use crate::{InvitationId, hats, panels, rules};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/communities/new", Needs::reading_own(), new_community),
        Route::post("/communities", Needs::acting(), found),
        Route::get("/c/{slug}/people", Needs::shared(), people),
        Route::get("/c/{slug}/membership", Needs::reading_own(), joining),
        Route::post("/c/{slug}/membership", Needs::acting(), join),
        Route::put("/c/{slug}/membership", Needs::acting(), take_part),
        Route::delete("/c/{slug}/membership", Needs::acting(), leave),
        Route::post("/c/{slug}/knock", Needs::acting(), knock),
        Route::delete("/c/{slug}/knock", Needs::acting(), withdraw_knock),
        Route::post("/knocks/{id}/answer", Needs::acting(), answer_knock),
        Route::get("/c/{slug}/invitations", Needs::reading_own(), inviting),
        Route::post("/c/{slug}/invitations", Needs::acting(), invite),
        Route::post("/c/{slug}/invitation-links", Needs::acting(), invite_by_link),
        Route::get("/invitations/{secret}", Needs::reading(), invitation),
        Route::delete("/me/invitations/{id}", Needs::acting(), let_pass),
        Route::get("/me/waiting", Needs::reading_own(), waiting),
        Route::get("/me/memberships", Needs::reading_own(), memberships),
    ]
}

#[derive(Template)]
#[template(path = "new_community.html")]
struct NewCommunityPage {
    t: T,
    form: Form,
}

async fn new_community(visit: Visit) -> Answer {
    let form = Form::of(&[("openness", "open"), ("stage", "forming")]).with_once(visit.once());
    Ok(visit.page(visit.t.say("Found a community"), &NewCommunityPage { t: visit.t, form }).await?)
}

async fn found(act: Act<NewCommunity>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::found(&visit.cx, &input).await {
        Ok((_, slug)) => Ok(see(format!("/c/{slug}"))),
        Err(error) => {
            let form = Form::again(&sent, error, visit.t)?.with_once(visit.once());
            Ok(visit.page_again(visit.t.say("Found a community"), &NewCommunityPage { t: visit.t, form }).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    t: T,
    path: String,
    name: String,
    steward: bool,
    people: Vec<(Member, String, String, Vec<String>)>,
    next: Option<String>,
}

async fn people(visit: Visit, Path(slug): Path<String>, After(after): After) -> Answer {
    let c = communities::inside(&visit.cx, &slug).await?;
    let page = store::members(&visit.cx, c.id, after.unwrap_or(Cursor::OLDEST), 50).await?;
    let next = page.next.map(|n| format!("{}/people?after={n}", c.path()));
    let mut people = Vec::new();
    for (m, hats) in panels::with_hats(&visit, c.id, page.items).await? {
        people.push((m.clone(), panels::presence(&visit, &m)?, visit.day(m.began_at), hats));
    }
    let shown = PeoplePage { t: visit.t, path: c.path(), name: c.name, steward: c.steward, people, next };
    Ok(visit.page(visit.t.say("Who is here"), &shown).await?)
}

#[derive(Template)]
#[template(path = "joining.html")]
struct JoiningPage {
    t: T,
    slug: String,
    name: String,
    purpose: String,
    /// The door has to be knocked at first.
    knocks: bool,
    invitation: String,
    from: Option<(String, String)>,
    signed_in: bool,
    form: Form,
}

async fn joining(visit: Visit, Path(slug): Path<String>) -> Answer {
    let c = communities::by_slug(&visit.cx, &slug).await?.ok_or(Error::NotFound)?;
    if c.member || store::standing(&visit.cx, c.id).await?.knocked {
        return Ok(see(c.path()));
    }
    Ok(joining_page(&visit, &c, Form::of(&[("shown", "members")])).await?)
}

async fn joining_page(visit: &Visit, c: &communities::Community, form: Form) -> Result<Response> {
    let standing = store::standing(&visit.cx, c.id).await?;
    let knocks = rules::may_knock(c.openness, c.stage, &standing).is_ok();
    let faulty = form.is_faulty();
    let shown = JoiningPage {
        t: visit.t,
        slug: c.slug.clone(),
        name: c.name.clone(),
        purpose: c.purpose.clone(),
        knocks,
        invitation: form.value("invitation").to_owned(),
        from: None,
        signed_in: true,
        form,
    };
    let title = visit.t.say(if knocks { "Knock" } else { "Join" });
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn join(Path(slug): Path<String>, act: Act<Joining>) -> Answer {
    let Act { visit, input, sent } = act;
    match acts::join(&visit.cx, &slug, &input).await {
        Ok(c) => Ok(see(c.path())),
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            let Some(c) = communities::by_slug(&visit.cx, &slug).await? else { return Err(error.into()) };
            Ok(joining_page(&visit, &c, Form::again(&sent, error, visit.t)?).await?)
        }
        Err(other) => Err(other.into()),
    }
}

async fn take_part(Path(slug): Path<String>, act: Act<TakingPart>) -> Answer {
    acts::take_part(&act.visit.cx, &slug, &act.input).await?;
    Ok(see(format!("/c/{slug}")))
}

async fn leave(visit: Visit, Path(slug): Path<String>) -> Answer {
    acts::leave(&visit.cx, &slug).await?;
    Ok(see(format!("/c/{slug}")))
}

async fn knock(Path(slug): Path<String>, act: Act<Knocking>) -> Answer {
    let Act { visit, input, sent } = act;
    match knocking::knock(&visit.cx, &slug, &input).await {
        Ok(()) => Ok(see(format!("/c/{slug}"))),
        Err(error @ Error::Invalid(_)) => {
            let c = communities::inside(&visit.cx, &slug).await?;
            Ok(joining_page(&visit, &c, Form::again(&sent, error, visit.t)?).await?)
        }
        Err(other) => Err(other.into()),
    }
}

async fn withdraw_knock(visit: Visit, Path(slug): Path<String>) -> Answer {
    knocking::withdraw(&visit.cx, &slug).await?;
    Ok(see(format!("/c/{slug}")))
}

async fn answer_knock(Path(id): Path<String>, act: Act<Answering>) -> Answer {
    knocking::answer(&act.visit.cx, id.parse()?, &act.input).await?;
    Ok(see("/me/waiting"))
}

#[derive(Template)]
#[template(path = "inviting.html")]
struct InvitingPage {
    t: T,
    path: String,
    name: String,
    form: Form,
    sent_to: Option<String>,
    link: Option<String>,
    links: Vec<(OwnLink, String)>,
}

#[derive(Default)]
struct Done {
    form: Form,
    sent_to: Option<String>,
    link: Option<String>,
}

async fn inviting_page(visit: &Visit, slug: &str, done: Done) -> Result<Response> {
    let c = communities::inside(&visit.cx, slug).await?;
    rules::may_invite(c.openness, &store::standing(&visit.cx, c.id).await?).map_err(Error::from)?;
    let links = store::own_links(&visit.cx, c.id).await?;
    let faulty = done.form.is_faulty();
    let shown = InvitingPage {
        t: visit.t,
        path: c.path(),
        name: c.name,
        form: done.form,
        sent_to: done.sent_to,
        link: done.link,
        links: links.into_iter().map(|l| (l.clone(), visit.day(l.expires_at))).collect(),
    };
    let title = visit.t.say("Invite somebody");
    if faulty { visit.page_again(title, &shown).await } else { visit.page(title, &shown).await }
}

async fn inviting(visit: Visit, Path(slug): Path<String>) -> Answer {
    Ok(inviting_page(&visit, &slug, Done::default()).await?)
}

async fn invite(Path(slug): Path<String>, act: Act<Inviting>) -> Answer {
    let Act { visit, input, sent } = act;
    let done = match invitations::invite(&visit.cx, &slug, &input).await {
        Ok(()) => Done { sent_to: Some(input.handle.0.trim().trim_start_matches('@').to_owned()), ..Done::default() },
        Err(error) => Done { form: Form::again(&sent, error, visit.t)?, ..Done::default() },
    };
    Ok(inviting_page(&visit, &slug, done).await?)
}

async fn invite_by_link(Path(slug): Path<String>, act: Act<InvitingByLink>) -> Answer {
    let Act { visit, input, sent } = act;
    let done = match invitations::invite_by_link(&visit.cx, &slug, &input).await {
        Ok(secret) => Done { link: Some(visit.address_of(&format!("/invitations/{secret}"))), ..Done::default() },
        Err(error) => Done { form: Form::again(&sent, error, visit.t)?, ..Done::default() },
    };
    Ok(inviting_page(&visit, &slug, done).await?)
}

/// Shows on GET, acts on POST: a link that is merely opened makes nobody anything.
async fn invitation(visit: Visit, Path(secret): Path<String>) -> Answer {
    let Some(link): Option<LinkInvitation> = store::by_link(&visit.cx, &secret).await? else {
        return Err(Error::refused(rules::Refusal::InvitationOver).into());
    };
    let shown = JoiningPage {
        t: visit.t,
        slug: link.slug,
        name: link.name,
        purpose: link.purpose,
        knocks: false,
        invitation: secret,
        from: Some((link.from, link.note)),
        signed_in: visit.guest.is_some(),
        form: Form::of(&[("shown", "members")]),
    };
    Ok(visit.page(visit.t.say("An invitation"), &shown).await?)
}

async fn let_pass(visit: Visit, Path(id): Path<String>) -> Answer {
    invitations::let_pass(&visit.cx, id.parse::<InvitationId>()?).await?;
    Ok(see("/me/waiting"))
}

/// What of upper slices waits: its word, the sentence, and where its page is.
pub(crate) const CARES: [(&str, &str, &str); 9] = [
    ("act", "A steward did something that concerns you.", "/care/acts/"),
    ("appeal", "Somebody appeals against a steward's act and waits for another pair of eyes.", "/care/acts/"),
    ("ruling", "An appeal was decided.", "/care/acts/"),
    ("report", "Somebody reported something.", "/care/reports/"),
    ("answer", "Your report was answered.", "/care/reports/"),
    ("words", "Somebody's words wait to be let through.", "/care/words/"),
    ("claim", "Somebody says that remembered words are theirs.", "/claims/"),
    ("claim_offered", "A steward asks whether remembered words are yours.", "/claims/"),
    ("claim_answered", "There is an answer about remembered words of yours.", "/claims/"),
];

/// The sentence and the address of one of them.
fn care(what: &str, id: &kernel::Id) -> (&'static str, String) {
    let known = CARES.iter().find(|(word, ..)| *word == what);
    known.map_or(("", String::new()), |(_, sentence, path)| (*sentence, format!("{path}{id}")))
}

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    t: T,
    /// What waits, the hat as it is called where it is about one, and the day it is about.
    waiting: Vec<(Waiting, String, String)>,
}

async fn waiting(visit: Visit) -> Answer {
    let waiting = store::waiting(&visit.cx).await?.into_iter().map(|w| {
        let (hat, day) = match &w {
            Waiting::Hat { hat, .. } => (hats::pages::named(visit.t, hat), String::new()),
            Waiting::Term { hat, until, .. } => (hats::pages::named(visit.t, hat), visit.day(*until)),
            _ => Default::default(),
        };
        (w, hat, day)
    });
    let shown = WaitingPage { t: visit.t, waiting: waiting.collect() };
    Ok(visit.page(visit.t.say("Waiting for you"), &shown).await?)
}

#[derive(Template)]
#[template(path = "memberships.html")]
struct MembershipsPage {
    t: T,
    spells: Vec<(Spell, Html, Option<Html>)>,
}

async fn memberships(visit: Visit) -> Answer {
    let spells = store::spells(&visit.cx).await?;
    let spells = spells.into_iter().map(|s| (s.clone(), visit.time(s.began_at), s.ended_at.map(|at| visit.time(at)))).collect();
    Ok(visit.page(visit.t.say("My acts of joining and leaving"), &MembershipsPage { t: visit.t, spells }).await?)
}

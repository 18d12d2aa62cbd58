//! Thanks in words, and "me too": named, never counted.

use kernel::{Actor, Batch, Cx, Error, Event, Line, PersonId, Problems, Result, audience, vals};
use membership::store as members;
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, Answer, Form, Needs, Path, Route, Visit};

use crate::said::Said;
use crate::rules::Refusal;
use crate::{ContributionId, ThanksId, pages, rules, store};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/contributions/{id}/thanks", Needs::acting(), thank_page),
        Route::post("/contributions/{id}/me-too", Needs::acting(), me_too_page),
        Route::delete("/contributions/{id}/me-too", Needs::acting(), not_me_page),
    ]
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thanking {
    /// What for, in your words.
    pub words: Line<1, 300>,
}

pub async fn thank(cx: &Cx, id: ContributionId, input: &Thanking) -> Result<ThanksId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let words = input.words.check("words", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    let said = seen(cx, id).await?;
    rules::may_thank(said.author.is(Some(me)), said.withdrawn, said.author.origin.is_some())?;
    let thanks: ThanksId = cx.make_id();
    let mut batch = Batch::new();
    guard(&mut batch, me, &said);
    batch.run(
        "insert into thanks (id, contribution, conversation, person, words, at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        vals![thanks, id, said.root, me, &words, cx.now()],
    );
    batch.event(told(cx, me, "thanked", &said, thanks));
    cx.write(batch, thanks).await
}

async fn seen(cx: &Cx, id: ContributionId) -> Result<Said> {
    let said = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    if said.care.covered() {
        return Err(if said.care.blocked { Refusal::YouBlocked } else { Refusal::Hidden }.into());
    }
    if let Some(place) = &said.place {
        let standing = members::standing(cx, place.id).await?;
        rules::may_answer(Some((place.stage, place.openness, &standing)))?;
    }
    Ok(said)
}

fn guard(batch: &mut Batch, me: PersonId, said: &Said) {
    batch.holds(audience::SEES, vals![said.root, me]);
    batch.holds("select 1 from contribution where id = ?1 and withdrawn_at is null", vals![said.id]);
    if let Some(place) = &said.place {
        batch.lacks(members::SUSPENDED, vals![place.id, me]);
    }
}

fn told(cx: &Cx, me: PersonId, verb: &'static str, said: &Said, object: impl Into<kernel::Id>) -> Event {
    let mut event = Event::new(cx, Actor::Person(me), verb, "thanks", object)
        .within(said.place.as_ref().map(|p| p.id))
        .in_conversation(said.root)
        .toward(said.author.person().filter(|p| *p != me));
    event.audience = said.audience.word().into();
    event
}

/// Says "this happens to me, too". Said twice, it is said once.
pub async fn me_too(cx: &Cx, id: ContributionId) -> Result<Said> {
    let me = cx.me()?;
    let said = seen(cx, id).await?;
    rules::may_thank(said.author.is(Some(me)), said.withdrawn, false)?;
    let mut batch = Batch::new();
    guard(&mut batch, me, &said);
    batch.exactly(
        1,
        "insert into me_too (contribution, conversation, person, at) values (?1, ?2, ?3, ?4) on conflict do nothing",
        vals![id, said.root, me, cx.now()],
    );
    batch.event(Event { object_kind: "me_too".into(), ..told(cx, me, "said_me_too", &said, id) });
    match cx.write(batch, id).await {
        Ok(_) => Ok(said),
        Err(Error::Conflict) if has_said(cx, id, me).await? => Ok(said),
        Err(other) => Err(other),
    }
}

async fn has_said(cx: &Cx, id: ContributionId, me: PersonId) -> Result<bool> {
    Ok(cx.db().one("select 1 from me_too where contribution = ?1 and person = ?2", vals![id, me]).await?.is_some())
}

pub async fn not_me(cx: &Cx, id: ContributionId) -> Result<Said> {
    let me = cx.me()?;
    let said = store::one(cx, id).await?.ok_or(Error::NotFound)?;
    let mut batch = Batch::new();
    batch.run("delete from me_too where contribution = ?1 and person = ?2", vals![id, me]);
    batch.event(Event { object_kind: "me_too".into(), ..told(cx, me, "took_back_me_too", &said, id) });
    cx.write(batch, id).await?;
    Ok(said)
}

async fn thank_page(Path(id): Path<String>, act: Act<Thanking>) -> Answer {
    let Act { visit, input, sent } = act;
    let id: ContributionId = id.parse()?;
    match thank(&visit.cx, id, &input).await {
        Ok(_) => {
            let said = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
            Ok(see(said.path()))
        }
        Err(error) => {
            let said = store::one(&visit.cx, id).await?.ok_or(Error::NotFound)?;
            let form = Form::again(&sent, error, visit.t)?;
            Ok(pages::conversation_again(&visit, &said, pages::Faulty { id, thanks: true, form }).await?)
        }
    }
}

async fn me_too_page(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(see(me_too(&visit.cx, id.parse()?).await?.path()))
}

async fn not_me_page(visit: Visit, Path(id): Path<String>) -> Answer {
    Ok(see(not_me(&visit.cx, id.parse()?).await?.path()))
}

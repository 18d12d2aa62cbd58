//! What makes a practice more than words: who works by it, whether it is still true, and the state that follows.

use kernel::{Batch, Cx, Error, Line, Problems, Result, Row, Val, Words, decide, vals};
use membership::rules::{self as standing, Care};
use schemars::JsonSchema;
use serde::Deserialize;
use shell::request::see;
use shell::{Act, Answer, Needs, Path, Route, Visit};

use crate::acts::{hand, still_revises, still_there, told};
use crate::rules::{self, Refusal};
use crate::store;
use crate::{How, PracticeId, State, pages};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/practices/{id}/adoption", Needs::acting(), adopt_page),
        Route::delete("/practices/{id}/adoption", Needs::acting(), take_back_page),
        Route::post("/practices/{id}/question/aside", Needs::acting(), put_aside_page),
        Route::post("/practices/{id}/verification", Needs::acting(), verify_page),
        Route::post("/practices/{id}/state", Needs::acting(), turn_page),
    ]
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adopting {
    pub how: How,
    /// What it did for you, or why you dropped it.
    #[serde(default)]
    pub why: Words<0, 1000>,
    /// Where you work by it: "night shift, 20 beds".
    #[serde(default)]
    pub setting: Line<0, 200>,
}

/// Says how a practice does for oneself. Said again, it takes the place of what one said before.
pub async fn adopt(cx: &Cx, id: PracticeId, input: &Adopting) -> Result<PracticeId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let (why, setting) = (input.why.check("why", &mut problems), input.setting.check("setting", &mut problems));
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        rules::may_adopt(p.stage, &membership::store::standing(cx, p.community).await?, p.state, input.how, &why)?;
        let mut batch = Batch::new();
        still_there(&mut batch, cx, &p)?;
        batch.run(
            "insert into adoption (practice, person, how, why, setting, asked_at, at) values (?1, ?2, ?3, ?4, ?5, 0, ?6)
             on conflict (practice, person) do update set how = excluded.how, why = excluded.why, setting = excluded.setting, asked_at = 0, at = excluded.at",
            vals![id, me, input.how, &why, &setting, cx.now()],
        );
        let verb = match input.how {
            How::WillTry => "practice_chosen",
            How::Tried => "practice_tried",
            How::Use | How::Adapted => "practice_adopted",
            How::Dropped => "practice_dropped",
        };
        let authors = store::authors(cx, id).await?;
        batch.event(told(cx, me, verb, id, &p.community).toward(authors.into_iter().filter(|a| *a != me)));
        cx.write(batch, id).await
    })
    .await
}

/// What one said of a practice is gone.
pub async fn take_back(cx: &Cx, id: PracticeId) -> Result<()> {
    let me = cx.me()?;
    // Also where one sees it no longer: one's own word stays in one's hands.
    let sql = "select p.community from practice p where p.id = ?1 and (visible_to(p.id, ?2) or exists (select 1 from adoption a where a.practice = p.id and a.person = ?2))";
    let community = cx.db().one(sql, vals![id, me]).await?.ok_or(Error::NotFound)?.take()?;
    let mut batch = Batch::new();
    batch.exactly(1, "delete from adoption where practice = ?1 and person = ?2", vals![id, me]);
    batch.event(told(cx, me, "adoption_taken_back", id, &community));
    match cx.write(batch, id).await {
        Ok(_) | Err(Error::Conflict) => Ok(()), // there was nothing
        Err(other) => Err(other),
    }
}

/// After "will try", one is asked once; this puts the question aside.
pub async fn put_aside(cx: &Cx, id: PracticeId) -> Result<()> {
    let mut batch = Batch::new();
    batch.run("update adoption set asked_at = ?3 where practice = ?1 and person = ?2", vals![id, cx.me()?, cx.now()]);
    cx.house.db.write(batch).await
}

/// "Still true": by anyone who takes part. It is asked again after as many months as the practice says.
pub async fn verify(cx: &Cx, id: PracticeId) -> Result<PracticeId> {
    let me = cx.me()?;
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        membership::rules::may_contribute(p.stage, &membership::store::standing(cx, p.community).await?)?;
        if p.state == State::Retired {
            return Err(Refusal::Retired.into());
        }
        let mut batch = Batch::new();
        still_there(&mut batch, cx, &p)?;
        batch.exactly(
            1,
            "update practice set verified_at = ?2, verified_by = ?3, due_at = ?4 where id = ?1 and review_months = ?5",
            vals![id, cx.now(), me, rules::due(cx.now(), p.review_months), p.review_months],
        );
        batch.event(told(cx, me, "practice_verified", id, &p.community));
        cx.write(batch, id).await
    })
    .await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turning {
    pub state: State,
    /// Needed for contested and retired.
    #[serde(default)]
    pub why: Words<0, 1000>,
}

/// Into another state, as far as the evidence carries.
pub async fn turn(cx: &Cx, id: PracticeId, input: &Turning) -> Result<PracticeId> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    let why = input.why.check("why", &mut problems);
    problems.done()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let p = store::one(cx, id).await?.ok_or(Error::NotFound)?;
        let hand = hand(cx, &p).await?;
        rules::may_turn(p.state, input.state, &why, hand, store::evidence(cx, id).await?)?;
        let mut batch = Batch::new();
        still_revises(&mut batch, cx, &p, hand)?;
        if input.state == State::InUse {
            // The same as `rules::may_turn`, at the moment of the commit.
            batch.holds(
                "select 1 from adoption a left join voice av on av.id = a.person where a.practice = ?1 and a.how in ('use', 'adapted')
                   and not exists (select 1 from (select author from practice where id = ?1 union all select author from practice_revision where practice = ?1) w
              left join voice wv on wv.id = w.author where coalesce(wv.person, w.author) = coalesce(av.person, a.person))
                   and not exists (select 1 from adoption o where o.practice = ?1 and o.person = av.person)
                 order by a.person limit 1 offset 1",
                vals![id],
            );
        }
        batch.exactly(1, "update practice set state = ?2, state_why = ?3 where id = ?1 and state = ?4", vals![id, input.state, &why, p.state]);
        batch.run("insert into practice_turn (practice, state, why, person, at) values (?1, ?2, ?3, ?4, ?5)", vals![id, input.state, &why, me, cx.now()]);
        let verb = match input.state {
            State::Proposed => "practice_brought_back",
            State::Tried => "practice_found_tried",
            State::InUse => "practice_found_in_use",
            State::Contested => "practice_contested",
            State::Retired => "practice_retired",
        };
        let authors = store::authors(cx, id).await?;
        batch.event(told(cx, me, verb, id, &p.community).toward(authors.into_iter().filter(|a| *a != me)));
        cx.write(batch, id).await
    })
    .await
}

/// Practices that one wanted to try a month ago, and has not been asked after. At most three at a time.
pub async fn to_ask_after(cx: &Cx) -> Result<Vec<(PracticeId, String)>> {
    let sql = "select p.id, p.title from adoption a join practice p on p.id = a.practice
        where a.person = ?1 and a.how = 'will_try' and a.asked_at = 0 and a.at <= ?2 and p.state <> 'retired' and p.withdrawn_at is null and visible_to(p.id, ?1)
        order by a.at, p.id limit 3";
    let before = cx.now().minus(30 * kernel::clock::DAY);
    cx.db().query(sql, vals![cx.me()?, before]).await?.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect()
}

/// What somebody dropped, as whoever tends it is asked to look at it.
#[derive(Clone, Debug)]
pub struct Dropped {
    pub practice: PracticeId,
    pub title: String,
    pub place: String,
    pub name: String,
    pub why: String,
}

/// Of the practices that the viewer tends: what others dropped since it was last revised, verified or brought into a state. The latest three.
pub async fn dropped(cx: &Cx) -> Result<Vec<Dropped>> {
    let sql = "select p.id, p.title, k.name, x.name, a.why
        from adoption a join practice p on p.id = a.practice join community k on k.id = p.community join person x on x.id = a.person
        where a.how = 'dropped' and a.person <> ?1 and a.at > p.edited_at and a.at > p.verified_at and p.state not in ('contested', 'retired')
          and not exists (select 1 from practice_turn t where t.practice = p.id and t.at > a.at)
          and p.community in (select h.community from hat h join grants g on g.person = h.person and g.audience = h.community
              where h.person = ?1 and h.accepted_at is not null and h.ended_at is null and in_texts(h.name, ?2))
          and p.withdrawn_at is null and visible_to(p.id, ?1) and unblocked_by(a.person, ?1)
        order by a.at desc, p.id limit 3";
    let hats: Vec<&str> = standing::hats_that_may(Care::Tend).iter().map(|hat| hat.word()).collect();
    let one = |mut r: Row| Ok(Dropped { practice: r.take()?, title: r.take()?, place: r.take()?, name: r.take()?, why: r.take()? });
    cx.db().query(sql, vals![cx.me()?, Val::list(&hats)]).await?.into_iter().map(one).collect()
}

async fn adopt_page(Path(id): Path<String>, act: Act<Adopting>) -> Answer {
    let id: PracticeId = id.parse()?;
    pages::after(&act, id, adopt(&act.visit.cx, id, &act.input).await, "#adoption").await
}

async fn take_back_page(visit: Visit, Path(id): Path<String>) -> Answer {
    let id: PracticeId = id.parse()?;
    take_back(&visit.cx, id).await?;
    Ok(see(format!("/practices/{id}#adoption")))
}

async fn verify_page(Path(id): Path<String>, act: Act<pages::Nothing>) -> Answer {
    let id: PracticeId = id.parse()?;
    pages::after(&act, id, verify(&act.visit.cx, id).await, "").await
}

async fn turn_page(Path(id): Path<String>, act: Act<Turning>) -> Answer {
    let id: PracticeId = id.parse()?;
    pages::after(&act, id, turn(&act.visit.cx, id, &act.input).await, "#state").await
}

async fn put_aside_page(visit: Visit, Path(id): Path<String>) -> Answer {
    put_aside(&visit.cx, id.parse()?).await?;
    Ok(see("/"))
}

//! Terms: agreed on when a hat is accepted, asked about before they end, gone on with openly; and calls, when nobody follows.

use std::sync::Arc;

use jiff::{Span, tz::TimeZone};
use kernel::{Actor, Audience, Batch, Cx, Error, Event, House, Line, PersonId, Problems, Result, Timestamp, Viewer, clock, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use super::handover::{self, Heir};
use super::store;
use crate::{HatId, STEWARD, rules};

/// The steward's hat is worn for half a year unless another term is agreed on.
pub const STEWARDS_MONTHS: i64 = 6;
/// So long before a term ends its wearer is asked.
pub const ASKED_BEFORE: i64 = 14 * clock::DAY;
/// So long somebody has been here before they take a hat over from who still wears it.
pub const HERE_BEFORE: i64 = 14 * clock::DAY;

/// Months as they are typed; nothing typed is the usual term of this hat.
pub(crate) fn months(typed: &Line<0, 2>, hat: &str, problems: &mut Problems) -> i64 {
    let usual = if hat == STEWARD { STEWARDS_MONTHS } else { 0 };
    let months = match typed.0.trim() {
        "" => return usual,
        text => text.parse().unwrap_or(-1),
    };
    if !(0..=24).contains(&months) || (months == 0 && hat == STEWARD) {
        problems.add("months", "A term is 1 to 24 months.");
    }
    months
}

/// When a term that begins now ends: the same day of another month.
pub(crate) fn end(now: Timestamp, months: i64) -> Option<Timestamp> {
    let begins = now.jiff().to_zoned_datetime(TimeZone::UTC);
    let ends = Span::new().try_months(months).and_then(|span| begins.checked_add(span)).ok()?;
    (months > 0).then(|| Timestamp(ends.timestamp().as_microsecond()))
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GoingOn {
    /// 1 to 24; the steward's hat has 6 unless said otherwise.
    #[serde(default)]
    pub months: Line<0, 2>,
}

/// Goes on wearing a hat for another term, seen by everybody. A call that it opened is over.
pub async fn go_on(cx: &Cx, id: HatId, input: &GoingOn) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let hat = store::own(cx, id).await?;
        rules::may_go_on(hat.until, hat.called_at.is_some(), cx.now())?;
        let mut problems = Problems::default();
        let months = months(&input.months, &hat.hat, &mut problems);
        problems.done()?;
        let mut batch = Batch::new();
        batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(hat.community)]);
        batch.exactly(
            1,
            "update hat set months = ?2, until = ?3, renewed_at = ?4, called_at = null
             where id = ?1 and accepted_at is not null and ended_at is null",
            vals![id, months, end(cx.now(), months), cx.now()],
        );
        batch.event(Event::new(cx, Actor::Person(me), "hat_renewed", "hat", id).within(Some(hat.community)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

/// Calls for somebody before the term is over: its wearer would like to hand it on and knows nobody yet.
pub async fn call(cx: &Cx, id: HatId) -> Result<()> {
    let me = cx.me()?;
    let hat = store::own(cx, id).await?;
    if hat.called_at.is_some() {
        return Ok(()); // said twice
    }
    let mut batch = Batch::new();
    open_call(&mut batch, cx, id, me, hat.community);
    cx.write(batch, id).await.map(drop)
}

fn open_call(batch: &mut Batch, cx: &Cx, id: HatId, wearer: PersonId, community: kernel::CommunityId) {
    batch.exactly(
        1,
        "update hat set called_at = ?2 where id = ?1 and called_at is null and accepted_at is not null and ended_at is null",
        vals![id, cx.now()],
    );
    batch.event(Event::new(cx, Actor::Person(wearer), "hat_call_opened", "hat", id).within(Some(community)));
}

/// Answers a call: the hat passes to who answers, in one step. Until then its wearer keeps it.
pub async fn answer_call(cx: &Cx, id: HatId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let called = store::called(cx, id).await?;
        let standing = crate::store::standing(cx, called.community).await?;
        rules::may_answer_call(&standing, called.here_since, called.wears, cx.now())?;
        let new: HatId = cx.make_id();
        let mut batch = Batch::new();
        batch.holds(kernel::audience::HOLDS, vals![me, Audience::Members(called.community)]);
        batch.exactly(
            1,
            "update hat set ended_at = ?2 where id = ?1 and called_at is not null and ended_at is null",
            vals![id, cx.now()],
        );
        handover::forget_successor(&mut batch, cx, id);
        super::end_own_offer(&mut batch, cx, me, called.community, &called.hat);
        batch.run(
            "insert into hat (id, community, person, name, offered_by, offered_at, accepted_at, way, months, until, follows)
             values (?1, ?2, ?3, ?4, ?3, ?5, ?5, 'taken_up', ?6, ?7, ?8)",
            vals![new, called.community, me, &called.hat, cx.now(), called.months, end(cx.now(), called.months), id],
        );
        let event = Event::new(cx, Actor::Person(me), "hat_taken_up", "hat", new);
        batch.event(event.within(Some(called.community)).toward([called.wearer]));
        cx.write(batch, new).await.map(drop)
    })
    .await
}

/// Looks after terms that are over: the hat passes to who has been shadowing, or it calls for somebody and its wearer
/// keeps it meanwhile. Run every minute, on every node: each hat is ended once.
pub async fn end_over(house: &Arc<House>) -> Result<usize> {
    let cx = Cx::new(house.clone(), Viewer::System);
    let over = store::over(&cx).await?;
    let n = over.len();
    for hat in over {
        let mut batch = Batch::new();
        batch.holds("select 1 from hat where id = ?1 and ended_at is null and until <= ?2", vals![hat.id, cx.now()]);
        match hat.heir {
            Some(heir) => pass(&mut batch, &cx, hat.id, &heir),
            None => open_call(&mut batch, &cx, hat.id, hat.wearer, hat.community),
        }
        match cx.house.db.write(batch).await {
            Ok(()) | Err(Error::Conflict) => {} // another node was quicker
            Err(other) => return Err(other),
        }
    }
    Ok(n)
}

fn pass(batch: &mut Batch, cx: &Cx, id: HatId, heir: &Heir) {
    handover::inherit(batch, cx, heir);
    batch.exactly(1, "update hat set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_ends_on_the_same_day_of_another_month() {
        let day = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(end(day("2026-11-24T12:00:00Z"), 6), Some(day("2027-05-24T12:00:00Z")));
        assert_eq!(end(day("2026-08-31T12:00:00Z"), 1), Some(day("2026-09-30T12:00:00Z")));
        assert_eq!(end(day("2026-08-31T12:00:00Z"), 0), None);
    }

    #[test]
    fn a_stewards_hat_always_has_a_term_and_others_may() {
        let of = |text: &str, hat: &str| {
            let mut problems = Problems::default();
            let n = months(&Line::from(text), hat, &mut problems);
            problems.done().ok().map(|()| n)
        };
        assert_eq!([of("", STEWARD), of("3", STEWARD), of("0", STEWARD), of("25", STEWARD)], [Some(6), Some(3), None, None]);
        assert_eq!([of("", "welcomer"), of("0", "welcomer"), of("x", "welcomer")], [Some(0), Some(0), None]);
    }
}

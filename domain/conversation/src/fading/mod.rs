//! Private talk that fades: each word goes its own time after it was said. What is past its time is not read from that
//! moment on (see `Said::from_row`); the job takes the words out of the database.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use kernel::{Actor, Batch, Cx, Error, Event, House, PersonId, Result, Val, Viewer, clock, vals};

use crate::ContributionId;

kernel::choice! {
    /// How long after it was said something fades.
    pub enum Fades { Day = "day", Week = "week", Month = "month", ThreeMonths = "three-months" }
}

impl Fades {
    pub fn lasts(self) -> i64 {
        clock::DAY
            * match self {
                Self::Day => 1,
                Self::Week => 7,
                Self::Month => 30,
                Self::ThreeMonths => 90,
            }
    }

    pub fn of(lasts: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|f| f.lasts() == lasts)
    }

    /// As a choice: after how long.
    pub fn title(self) -> &'static str {
        match self {
            Self::Day => "after a day",
            Self::Week => "after a week",
            Self::Month => "after a month",
            Self::ThreeMonths => "after three months",
        }
    }

    /// On the conversation's face.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Day => "What is said here fades after a day.",
            Self::Week => "What is said here fades after a week.",
            Self::Month => "What is said here fades after a month.",
            Self::ThreeMonths => "What is said here fades after three months.",
        }
    }
}

const AT_ONCE: i64 = 200;

/// Takes out what is past its time: words, what they were before, who is mentioned, thanks, "me too", quotes of it, and
/// where it was collected. That something was said stays. Run every minute; two nodes at once do it once.
pub async fn fade(house: &Arc<House>) -> Result<usize> {
    let cx = Cx::new(house.clone(), Viewer::System);
    let mut faded = 0;
    for _ in 0..50 {
        let n = fade_some(&cx).await?;
        faded += n;
        if (n as i64) < AT_ONCE {
            break;
        }
    }
    Ok(faded)
}

async fn fade_some(cx: &Cx) -> Result<usize> {
    let sql = "select id, root, author from contribution where fades_at <= ?1 and words <> '' order by fades_at, id limit ?2";
    let rows = cx.db().query(sql, vals![cx.now(), AT_ONCE]).await?;
    let due = rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?, r.take()?))).collect::<Result<Vec<_>>>()?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<ContributionId> = due.iter().map(|(id, ..)| *id).collect();
    let all = || Val::list(&ids);
    let mut batch = Batch::new();
    batch.exactly(
        ids.len() as u64,
        "update contribution set words = '', html = '', title = '', quote = '', work = '', attached = '', kind = '', asks = false, version = version + 1,
            withdrawn_at = coalesce(withdrawn_at, fades_at) where in_ids(id, ?1) and fades_at <= ?2 and words <> ''",
        vals![all(), cx.now()],
    );
    batch.run("update contribution set quote = '' where in_ids(parent, ?1) and quote <> ''", vec![all()]);
    batch.run("delete from contribution_revision where in_ids(contribution, ?1)", vec![all()]);
    batch.run("delete from attachment where in_ids(contribution, ?1)", vec![all()]);
    batch.run("delete from mention where in_ids(contribution, ?1)", vec![all()]);
    batch.run("delete from thanks where in_ids(contribution, ?1)", vec![all()]);
    batch.run("delete from me_too where in_ids(contribution, ?1)", vec![all()]);
    batch.run("delete from collected where in_ids(source, ?1)", vec![all()]);
    batch.run("delete from tray where in_ids(contribution, ?1)", vec![all()]);
    for (id, root, author) in &due {
        // As its author chose when they spoke here.
        let (root, author): (&ContributionId, &PersonId) = (root, author);
        let mut event = Event::new(cx, Actor::Person(*author), "faded", "contribution", *id).in_conversation(*root);
        event.audience = crate::For::Named.word().into();
        batch.event(event);
    }
    match cx.house.db.write(batch).await {
        Ok(()) => Ok(ids.len()),
        Err(Error::Conflict) => Ok(0), // another node was quicker
        Err(other) => Err(other),
    }
}

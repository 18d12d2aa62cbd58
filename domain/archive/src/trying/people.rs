//! On how few an archive's community rests, how many take part how much, whether newcomers come back: of twenty people at
//! least, rounded, and never of one.

use std::collections::HashSet;

use pulse::privacy::{PEOPLE_AT_LEAST, Shown, rounded, share};
use pulse::{WEEK, absence_factor, taking_part};
use rusqlite::params;
use serde::Serialize;

use super::{Look, Told};
use crate::stage::Failed;

/// A count or a share of people, in percent, as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    About(u32),
    Few,
    KeptBack,
    NearlyAll,
}

impl From<Shown> for About {
    fn from(shown: Shown) -> About {
        match shown {
            Shown::About(figure) => About::About(figure),
            Shown::Few => About::Few,
            Shown::KeptBack => About::KeptBack,
            Shown::NearlyAll => About::NearlyAll,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Absence {
    /// The fewest people who made half of the replies of the last year.
    pub people: usize,
    /// Of so many who replied.
    pub of: About,
}

/// Over the last 13 weeks of the archive, of those who said something in its last year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    pub of: About,
    pub core: About,
    pub active: About,
    pub edge: About,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Newcomers {
    pub newcomers: About,
    /// Shares in percent: had a reply within 48 hours, said something again within 30 days.
    pub replied: Option<About>,
    pub back: Option<About>,
    /// Of those who had a reply, and of those who had none.
    pub back_replied: Option<About>,
    pub back_not_replied: Option<About>,
    /// Everybody seems new at the beginning of an archive: so many weeks are left out.
    pub weeks_left_out: i64,
}

const YEAR: i64 = 52 * WEEK;
const FIRST_WEEKS: i64 = 13;
const TOO_FEW: &str = "Nothing is said of fewer than 20 people.";

impl Look<'_> {
    fn last(&self, long: i64) -> std::ops::Range<i64> {
        self.as_of.saturating_sub(long)..self.as_of.saturating_add(1)
    }

    pub(super) fn absence(&self) -> Told<Absence> {
        if self.facts.without_answers {
            return Told::not("This archive does not say what answers what, so it cannot be told on whom answers rest.");
        }
        let mut replies = std::collections::HashMap::<u32, usize>::new();
        for (place, fact) in self.talk.within(&self.last(YEAR)) {
            if self.talk.is_reply(place) {
                *replies.entry(fact.who).or_default() += 1;
            }
        }
        let of = count(replies.len());
        if of < PEOPLE_AT_LEAST {
            return Told::not(TOO_FEW);
        }
        Told::Is(Absence { people: absence_factor(replies.into_values()), of: rounded(of).into() })
    }

    pub(super) fn taking_part(&self) -> Result<Told<Part>, Failed> {
        let people: HashSet<u32> = self.talk.within(&self.last(YEAR)).map(|(_, fact)| fact.who).collect();
        let facts = self.facts.facts.iter().map(|fact| (fact.who, fact.at));
        let members = count(people.len());
        let Some(shares) = taking_part(facts, self.care()?, members, self.as_of) else { return Ok(Told::not(TOO_FEW)) };
        Ok(Told::Is(Part { of: rounded(members).into(), core: shares.core.into(), active: shares.active.into(), edge: shares.edge.into() }))
    }

    /// What an archive shows of care: replies to newcomers within two days, and thanks.
    fn care(&self) -> Result<Vec<(u32, i64)>, Failed> {
        let last = self.last(i64::from(pulse::WEEKS) * WEEK);
        let mut care = self.talk.welcomes(&last);
        let sql = "select voice, at from thanks where voice is not null and at >= ?1";
        let mut thanks = self.stage.db().prepare(sql)?;
        let mut rows = thanks.query(params![last.start])?;
        while let Some(row) = rows.next()? {
            care.extend(self.facts.who_is(&row.get::<_, String>(0)?).map(|who| (who, row.get(1).unwrap_or(0))));
        }
        Ok(care)
    }

    pub(super) fn newcomers(&self) -> Told<Newcomers> {
        let span = self.talk.span();
        let whole = span.end.saturating_sub(span.start);
        let weeks_left_out = if whole > 3 * FIRST_WEEKS * WEEK { FIRST_WEEKS } else { 0 };
        let time = span.start.saturating_add(weeks_left_out * WEEK)..span.end;
        let found = self.talk.newcomers(&time, self.as_of);
        if count(found.newcomers) < PEOPLE_AT_LEAST {
            return Told::not(TOO_FEW);
        }
        let of = |part: usize, whole: usize| share(count(part), count(whole)).map(About::from);
        let replies = !self.facts.without_answers;
        Told::Is(Newcomers {
            newcomers: rounded(count(found.newcomers)).into(),
            replied: of(found.replied, found.replied_judged).filter(|_| replies),
            back: of(found.back, found.back_judged),
            back_replied: of(found.back_replied, found.back_judged_replied).filter(|_| replies),
            back_not_replied: of(found.back - found.back_replied, found.back_judged - found.back_judged_replied).filter(|_| replies),
            weeks_left_out,
        })
    }
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}

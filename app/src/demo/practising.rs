//! What the sample's people work by, and what they do differently because of what others said.

use anyhow::{Context, Result};
use change::acts::{self as changes, Attesting, Outcome, Sharing, Telling};
use conversation::ContributionId;
use kernel::{Line, Words, clock, vals};
use practice::acts::{self as practices, NewPractice, Revising};
use practice::evidence::{self, Adopting, Turning};
use practice::sources::Cited;
use practice::{How, PracticeId, State};
use serde::Deserialize;

use super::Sample;

#[derive(Deserialize)]
pub(super) struct Written {
    person: String,
    community: String,
    title: String,
    use_when: String,
    words: String,
    /// First words of passages that were said before.
    cites: Vec<String>,
    said: Vec<Adopted>,
    revision: Option<Revised>,
    state: State,
}

#[derive(Deserialize)]
struct Adopted {
    person: String,
    how: How,
    why: String,
    setting: String,
}

#[derive(Deserialize)]
struct Revised {
    person: String,
    words_from: String,
    words_to: String,
    reason: String,
}

#[derive(Deserialize)]
pub(super) struct Told {
    person: String,
    community: String,
    was: String,
    now: String,
    why: String,
    because: String,
    state: change::State,
    outcome: String,
    measure: String,
    served: String,
    attested: Option<Attested>,
}

#[derive(Deserialize)]
struct Attested {
    person: String,
    words: String,
}

impl Sample {
    /// After everything was said; the last of it an hour ago.
    pub(super) async fn practise(&self, written: &[Written], told: &[Told]) -> Result<()> {
        for one in written {
            self.clock.advance(clock::MINUTE)?;
            self.write(one).await?;
        }
        for one in told {
            self.clock.advance(clock::MINUTE)?;
            self.tell(one).await?;
        }
        Ok(())
    }

    async fn write(&self, it: &Written) -> Result<()> {
        let cx = self.by(&it.person)?;
        let mut cited = Vec::new();
        for words in &it.cites {
            cited.push(self.passage(words).await?);
        }
        let new = NewPractice {
            title: Line(it.title.clone()),
            use_when: Words(it.use_when.clone()),
            words: Words(it.words.clone()),
            cited: Cited(cited),
            ..NewPractice::default()
        };
        let id = practices::begin(&cx, &it.community, &new).await?;
        for adopted in &it.said {
            self.clock.advance(clock::MINUTE)?;
            let adopting = Adopting { how: adopted.how, why: Words(adopted.why.clone()), setting: Line(adopted.setting.clone()) };
            evidence::adopt(&self.by(&adopted.person)?, id, &adopting).await?;
        }
        if let Some(revised) = &it.revision {
            self.revise(it, id, revised).await?;
        }
        for state in [State::Tried, State::InUse].into_iter().filter(|s| *s <= it.state) {
            self.clock.advance(clock::MINUTE)?;
            evidence::turn(&cx, id, &Turning { state, why: Words::default() }).await?;
        }
        Ok(())
    }

    async fn revise(&self, it: &Written, id: PracticeId, revised: &Revised) -> Result<()> {
        self.clock.advance(clock::MINUTE)?;
        let revising = Revising {
            title: Line(it.title.clone()),
            use_when: Words(it.use_when.clone()),
            words: Words(it.words.replace(&revised.words_from, &revised.words_to)),
            reason: Words(revised.reason.clone()),
            base: Line("1".to_owned()),
        };
        practices::revise(&self.by(&revised.person)?, id, &revising).await?;
        Ok(())
    }

    async fn tell(&self, it: &Told) -> Result<()> {
        let cx = self.by(&it.person)?;
        let (said, _) = self.passage(&it.because).await?;
        let telling = Telling {
            was: Words(it.was.clone()),
            now: Words(it.now.clone()),
            why: Words(it.why.clone()),
            served: Line(it.served.clone()),
            source: Line(said.to_string()),
            ..Telling::default()
        };
        let id = changes::tell(&cx, &telling).await?;
        changes::share(&cx, id, &Sharing { community: Line(it.community.clone()), audience: change::For::Open }).await?;
        if it.state != change::State::Trying {
            self.clock.advance(clock::MINUTE)?;
            changes::turn(&cx, id, it.state).await?;
        }
        if !it.outcome.is_empty() {
            changes::say_outcome(&cx, id, &Outcome { outcome: Words(it.outcome.clone()), measure: Line(it.measure.clone()) }).await?;
        }
        if let Some(attested) = &it.attested {
            let words = Attesting { words: Words(attested.words.clone()) };
            changes::attest(&self.by(&attested.person)?, id, &words).await?;
        }
        Ok(())
    }

    /// Where some words were said, and the number of their passage.
    async fn passage(&self, words: &str) -> Result<(ContributionId, Option<usize>)> {
        let sql = "select c.id, c.words from contribution c where c.words like ?1 and not c.voice order by c.at limit 1";
        let mut row = self.cx.db().one(sql, vals![format!("%{words}%")]).await?.with_context(|| format!("nobody said {words:?} in the sample"))?;
        let (id, said): (ContributionId, String) = (row.take()?, row.take()?);
        Ok((id, practice::rules::passages(&said).iter().position(|passage| passage.contains(words))))
    }
}

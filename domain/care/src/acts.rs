//! What stewards do to words and people. Each act has a rule and a reason, stands in the register, and tells whom it
//! concerns, in one batch with what it does.

use community::store as communities;
use conversation::care::{self, Why};
use conversation::said::{Place, Said};
use conversation::{ContributionId, For, holding, store as contributions};
use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Id, Line, PersonId, Problems, Result, audience, decide, vals};
use membership::suspension::{self, Suspending};
use membership::{SuspensionId, store as members, waits};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::{self, Refusal};
use crate::{ActId, What, store};

/// Why a steward acts: those concerned read both.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// The rule that it rests on, as the community knows it.
    pub rule: Line<2, 200>,
    /// In words for those whom it concerns.
    pub reason: Line<3, 300>,
}

impl Because {
    pub fn new(rule: &str, reason: &str) -> Self {
        Self { rule: rule.into(), reason: reason.into() }
    }

    fn check(&self) -> Result<Why> {
        let mut problems = Problems::default();
        let why = Why { rule: self.rule.check("rule", &mut problems), reason: self.reason.check("reason", &mut problems) };
        problems.done()?;
        Ok(why)
    }
}

/// One line of the register.
pub(crate) struct Entry<'a> {
    pub id: ActId,
    pub what: What,
    pub community: CommunityId,
    pub thing: Id,
    /// None for remembered voices: nobody is there to be told.
    pub person: Option<PersonId>,
    pub why: &'a Why,
    pub target: Option<CommunityId>,
}

/// Writes the line, and lets the person concerned know. Guards that its actor still is a steward.
pub(crate) fn enter(batch: &mut Batch, cx: &Cx, me: PersonId, e: &Entry<'_>) {
    batch.holds(audience::HOLDS, vals![me, Audience::Stewards(e.community)]);
    let person = e.person.map_or(0, |p| p.0);
    batch.run(
        "insert into steward_act (id, community, actor, what, thing, person, rule, reason, target, at, appeal, appeal_words, judge_words)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', '', '')",
        vals![e.id, e.community, me, e.what, e.thing, person, &e.why.rule, &e.why.reason, e.target, cx.now()],
    );
    if let Some(person) = e.person.filter(|p| *p != me) {
        waits::wait(batch, "act", e.id, waits::For::Person(person), Some(e.community), [None, None], cx.now());
    }
}

/// What was in force on a thing is so no longer; the line in the register stays, with when.
fn undo(batch: &mut Batch, cx: &Cx, thing: impl Into<Id>, what: What) {
    let thing: Id = thing.into();
    batch.run(
        "update steward_act set undone_at = ?3 where thing = ?1 and what = ?2 and undone_at is null",
        vals![thing, what, cx.now()],
    );
}

/// Something that was said, with its community, for a steward of it.
async fn to_act_on(cx: &Cx, id: ContributionId) -> Result<(Said, Place)> {
    let said = contributions::one(cx, id).await?.ok_or(Error::NotFound)?;
    let place = said.place.clone().ok_or(Refusal::OnlyInCommunities)?;
    let steward = membership::rules::may_steward(&members::standing(cx, place.id).await?).is_ok();
    rules::may_act_on(steward, cx.viewer.person().is_some() && said.author.concerned() == cx.viewer.person(), !said.withdrawn)?;
    Ok((said, place))
}

fn told(cx: &Cx, me: PersonId, verb: &'static str, said: &Said, place: CommunityId) -> Event {
    let mut event = Event::new(cx, Actor::Person(me), verb, "contribution", said.id)
        .within(Some(place))
        .in_conversation(said.root)
        .toward(said.author.concerned().filter(|p| *p != me));
    event.audience = said.audience.word().into();
    event
}

/// One act on words: the rule is asked, the statements added, the line entered.
async fn on_words(
    cx: &Cx,
    id: ContributionId,
    because: &Because,
    (what, verb): (What, &'static str),
    change: impl Fn(&mut Batch, &Said, &Why) -> Result<()>,
) -> Result<ActId> {
    let me = cx.me()?;
    let why = because.check()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let (said, place) = to_act_on(cx, id).await?;
        let act: ActId = cx.make_id();
        let mut batch = Batch::new();
        change(&mut batch, &said, &why)?;
        let thing = Id::from(said.id);
        match what {
            What::Show => undo(&mut batch, cx, thing, What::Hide),
            What::Open => undo(&mut batch, cx, thing, What::Close),
            _ => {}
        }
        let entry = Entry { id: act, what, community: place.id, thing, person: said.author.concerned(), why: &why, target: None };
        enter(&mut batch, cx, me, &entry);
        batch.event(told(cx, me, verb, &said, place.id));
        cx.write(batch, act).await
    })
    .await
}

/// Hides words: others read the rule and the reason in their place.
pub async fn hide(cx: &Cx, id: ContributionId, because: &Because) -> Result<ActId> {
    on_words(cx, id, because, (What::Hide, "hid"), |batch, said, why| {
        if said.care.hidden.is_some() {
            return Err(Refusal::DoneAlready.into());
        }
        care::hide(batch, said.id, why);
        Ok(())
    })
    .await
}

pub async fn show_again(cx: &Cx, id: ContributionId, because: &Because) -> Result<ActId> {
    on_words(cx, id, because, (What::Show, "showed_again"), |batch, said, _| {
        if said.care.hidden.is_none() {
            return Err(Refusal::DoneAlready.into());
        }
        care::show_again(batch, said.id);
        Ok(())
    })
    .await
}

/// Closes a conversation to further answers.
pub async fn close(cx: &Cx, id: ContributionId, because: &Because) -> Result<ActId> {
    on_words(cx, id, because, (What::Close, "closed"), |batch, said, why| {
        if said.parent.is_some() || said.care.closed.is_some() {
            return Err(Refusal::DoneAlready.into());
        }
        care::close(batch, said.id, why);
        Ok(())
    })
    .await
}

pub async fn open_again(cx: &Cx, id: ContributionId, because: &Because) -> Result<ActId> {
    on_words(cx, id, because, (What::Open, "opened_again"), |batch, said, _| {
        if said.parent.is_some() || said.care.closed.is_none() {
            return Err(Refusal::DoneAlready.into());
        }
        care::open_again(batch, said.id);
        Ok(())
    })
    .await
}

/// Keeps words that wait from others, with the reason for their author.
pub async fn decline(cx: &Cx, id: ContributionId, because: &Because) -> Result<ActId> {
    on_words(cx, id, because, (What::Decline, "declined"), |batch, said, why| {
        if !matches!(&said.care.held, Some(held) if !matches!(held, holding::Held::Declined(_))) {
            return Err(Refusal::DoneAlready.into());
        }
        holding::decline(batch, said.id, why);
        waits::no_longer(batch, "words", said.id);
        Ok(())
    })
    .await
}

/// Lets words through that waited: a steward, or who greets here. It gives and takes nothing, so it is no steward's act.
pub async fn let_through(cx: &Cx, id: ContributionId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let Some((said, place)) = store::held(cx, id).await? else { return Err(Error::NotFound) };
        let standing = members::standing(cx, place).await?;
        membership::rules::may_care(membership::rules::Care::Greet, &standing)?;
        let mut batch = Batch::new();
        batch.holds(audience::HOLDS, vals![me, Audience::Members(place)]);
        let told = holding::addressed(cx, &said).await?;
        holding::let_through(&mut batch, cx, &said, told)?;
        waits::no_longer(&mut batch, "words", said.id);
        batch.event(Event::new(cx, Actor::Person(me), "let_through", "care", said.id).within(Some(place)));
        cx.write(batch, id).await.map(drop)
    })
    .await
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moving {
    /// The slug of the community that it moves to.
    pub to: Line<1, 48>,
    pub rule: Line<2, 200>,
    pub reason: Line<3, 300>,
}

/// Moves a conversation to another community of which one is a steward, too, and its author a member.
pub async fn move_to(cx: &Cx, id: ContributionId, input: &Moving) -> Result<ActId> {
    let me = cx.me()?;
    let why = Because { rule: input.rule.clone(), reason: input.reason.clone() }.check()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let (said, place) = to_act_on(cx, id).await?;
        if said.parent.is_some() {
            return Err(Refusal::NothingThere.into());
        }
        let target = communities::inside(cx, input.to.0.trim()).await.map_err(|_| Error::invalid("to", "There is no such community that you see."))?;
        if target.id == place.id {
            return Err(Refusal::SamePlace.into());
        }
        if !target.steward {
            return Err(Error::invalid("to", Refusal::OnlyStewards));
        }
        let author = said.author.person();
        let is_member = match author {
            Some(author) => is_member(cx, author, target.id).await?,
            None => true, // a remembered voice belongs nowhere
        };
        rules::may_move(said.audience, place.openness, target.openness, is_member, said.trail.is_some())?;
        let act: ActId = cx.make_id();
        let mut batch = Batch::new();
        batch.holds(audience::HOLDS, vals![me, Audience::Stewards(target.id)]);
        batch.holds("select 1 from community where id = ?1 and openness <> 'closed'", vals![target.id]);
        batch.holds("select 1 from contribution where id = ?1 and audience = 'open'", vals![said.id]);
        care::put_into(&mut batch, said.id, place.id, target.id, &care::moved_note(&why));
        let entry = Entry { id: act, what: What::Move, community: place.id, thing: said.id.into(), person: said.author.concerned(), why: &why, target: Some(target.id) };
        enter(&mut batch, cx, me, &entry);
        batch.event(told(cx, me, "moved", &said, target.id));
        cx.write(batch, act).await
    })
    .await
}

async fn is_member(cx: &Cx, person: PersonId, community: CommunityId) -> Result<bool> {
    Ok(cx.db().one(audience::HOLDS, vals![person, Audience::Members(community)]).await?.is_some())
}

/// Suspends for conduct: membership's own act, entered in the register.
pub async fn suspend(cx: &Cx, slug: &str, input: &Suspending) -> Result<ActId> {
    let me = cx.me()?;
    if let Some(done) = cx.done_before().await? {
        return Ok(done);
    }
    decide(|| async {
        let begun = suspension::suspending(cx, slug, input).await?;
        let act: ActId = cx.make_id();
        let mut batch = begun.batch;
        let why = Why { rule: begun.rule, reason: begun.reason };
        let entry = Entry {
            id: act,
            what: What::Suspend,
            community: begun.community,
            thing: begun.id.into(),
            person: Some(begun.person),
            why: &why,
            target: None,
        };
        enter(&mut batch, cx, me, &entry);
        cx.write(batch, act).await
    })
    .await
}

pub async fn lift(cx: &Cx, id: SuspensionId) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let (mut batch, community, person) = suspension::lifting(cx, id).await?;
        let act: ActId = cx.make_id();
        undo(&mut batch, cx, id, What::Suspend);
        let why = Why { rule: String::new(), reason: String::new() };
        let entry = Entry { id: act, what: What::Lift, community, thing: id.into(), person: Some(person), why: &why, target: None };
        enter(&mut batch, cx, me, &entry);
        cx.write(batch, act).await.map(drop)
    })
    .await
}

/// Whether somebody reads first words here before others do. Off, until a steward turns it on.
pub async fn look_at_first_words(cx: &Cx, slug: &str, on: bool) -> Result<()> {
    let me = cx.me()?;
    let c = communities::inside(cx, slug).await?;
    membership::rules::may_steward(&members::standing(cx, c.id).await?)?;
    let mut batch = Batch::new();
    batch.holds(audience::HOLDS, vals![me, Audience::Stewards(c.id)]);
    holding::look_at_first_words(&mut batch, cx, me, c.id, on);
    cx.write(batch, c.id).await.map(drop)
}

/// Takes back what an act took, since an appeal found it wrong.
pub(crate) async fn reverse(batch: &mut Batch, cx: &Cx, judge: PersonId, a: &store::Act) -> Result<()> {
    let of_words = async || contributions::one(&store::as_the_house(cx), ContributionId(a.thing.0)).await?.ok_or(Error::NotFound);
    match a.what {
        What::Suspend => {
            if let Some(person) = a.person {
                suspension::overturn(batch, cx, SuspensionId(a.thing.0), judge, a.community, person);
            }
        }
        What::Hide => {
            care::show_again(batch, ContributionId(a.thing.0));
            batch.event(told(cx, judge, "showed_again", &of_words().await?, a.community));
        }
        What::Close => {
            care::open_again(batch, ContributionId(a.thing.0));
            batch.event(told(cx, judge, "opened_again", &of_words().await?, a.community));
        }
        What::Decline => {
            let said = of_words().await?;
            let told = holding::addressed(cx, &said).await?;
            holding::let_through(batch, cx, &said, told)?;
        }
        What::Move => {
            let said = of_words().await?;
            let from = a.target.ok_or(Error::NotFound)?;
            care::put_into(batch, said.id, from, a.community, "");
            batch.event(told(cx, judge, "moved", &said, a.community));
        }
        What::Show | What::Open | What::Lift => {}
    }
    batch.run("update steward_act set undone_at = ?2 where id = ?1 and undone_at is null", vals![a.id, cx.now()]);
    Ok(())
}

/// For whom something was, in a sentence about it.
pub(crate) fn is_private(said: &Said) -> bool {
    said.place.is_none() || said.audience == For::Me
}

//! Founding, joining, leaving, and saying how one takes part. The one place where a membership begins.

use community::acts::NewCommunity;
use community::store::{self as communities, Community};
use kernel::{Actor, Audience, Batch, CommunityId, Cx, Error, Event, Line, PersonId, Problems, Result, Timestamp, clock, decide, vals};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::hats::handover::Heir;
use crate::rules::{self, Refusal};
use crate::{MembershipId, Presence, Shown, Wanted, hats, invitations, store};

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// Why you join; only you see it.
    #[serde(default)]
    pub why: Line<0, 300>,
    /// Whether you wanted to or were told to; only you see it.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub wanted: Option<Wanted>,
    /// Whom the member list shows you to.
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub shown: Option<Shown>,
    /// The secret of an invitation by link.
    #[serde(default)]
    pub invitation: Line<0, 64>,
}

/// Founds a community; its founder is the first to join, and wears the first hat.
pub async fn found(cx: &Cx, input: &NewCommunity) -> Result<(CommunityId, String)> {
    let me = cx.me()?;
    if let Some(done) = cx.done_before::<CommunityId>().await? {
        let c = communities::by_id(cx, done).await?.ok_or(Error::NotFound)?;
        return Ok((done, c.slug));
    }
    let (id, slug, mut batch) = community::acts::founding(cx, input).await?;
    begin(&mut batch, cx, me, id, &Joining { shown: Some(Shown::Everyone), ..Joining::default() });
    hats::found(&mut batch, cx, me, id);
    let made = cx.write(batch, id).await;
    match made {
        Ok(first) if first == id => Ok((id, slug)),
        Ok(first) => {
            let c = communities::by_id(cx, first).await?.ok_or(Error::NotFound)?;
            Ok((first, c.slug))
        }
        Err(Error::Conflict) => Err(Error::invalid("slug", "Another community has this address already. Please choose another.")),
        Err(other) => Err(other),
    }
}

/// The only beginning of a membership: its actor is its person, and the row names the event of consent.
fn begin(batch: &mut Batch, cx: &Cx, me: PersonId, community: CommunityId, input: &Joining) -> MembershipId {
    let id: MembershipId = cx.make_id();
    let consent = Event::new(cx, Actor::Person(me), "joined", "membership", id).within(Some(community));
    batch.run(
        "insert into membership (id, community, person, consent, began_at, why, wanted, presence, shown)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        vals![id, community, me, consent.id, cx.now(), input.why.0.trim(), input.wanted.map_or("", Wanted::word),
            Presence::Active, input.shown.unwrap_or(Shown::Members)],
    );
    batch.event(consent);
    id
}

/// Joins. Whoever is a member already stays one: joining twice is no fault.
pub async fn join(cx: &Cx, slug: &str, input: &Joining) -> Result<Community> {
    let me = cx.me()?;
    let mut problems = Problems::default();
    input.why.check("why", &mut problems);
    problems.done()?;
    decide(|| async {
        if let Some(c) = already_in(cx, slug).await? {
            return Ok(c);
        }
        let link = match input.invitation.0.trim() {
            "" => None,
            secret => Some(store::by_link(cx, secret).await?.filter(|l| l.slug == slug).ok_or(Refusal::InvitationOver)?),
        };
        let seen = communities::by_slug(cx, slug).await?;
        let c = match (seen, &link) {
            (Some(c), _) => c,
            (None, Some(link)) => behind_a_link(cx, link.community).await?,
            (None, None) => return Err(Error::NotFound),
        };
        let mut standing = store::standing(cx, c.id).await?;
        standing.invited |= link.is_some();
        rules::may_join(c.openness, c.stage, &standing)?;
        let mut batch = Batch::new();
        batch.lacks(store::SUSPENDED, vals![c.id, me]);
        batch.holds("select 1 from community where id = ?1 and openness = ?2 and stage = ?3", vals![c.id, c.openness, c.stage]);
        if let (Some(link), false) = (&link, standing.was_member) {
            invitations::use_link(&mut batch, cx, link, me);
        }
        begin(&mut batch, cx, me, c.id, input);
        end_waiting(&mut batch, me, c.id, cx.now());
        cx.write(batch, c.id).await?;
        Ok(c)
    })
    .await
}

/// Whoever takes part already has nothing left to join, whatever they bring along.
async fn already_in(cx: &Cx, slug: &str) -> Result<Option<Community>> {
    Ok(communities::by_slug(cx, slug).await?.filter(|c| c.member))
}

/// What waited for this person at this door is answered by their joining.
fn end_waiting(batch: &mut Batch, me: PersonId, community: CommunityId, now: Timestamp) {
    batch.run("update invitation set ended_at = ?3 where community = ?1 and invitee = ?2 and ended_at is null", vals![community, me, now]);
    batch.run("update knock set ended_at = ?3 where community = ?1 and person = ?2 and ended_at is null", vals![community, me, now]);
}

/// The community of a link, for who holds the link and may not see its door otherwise.
async fn behind_a_link(cx: &Cx, community: CommunityId) -> Result<Community> {
    let system = Cx::new(cx.house.clone(), kernel::Viewer::System);
    communities::by_id(&system, community).await?.ok_or(Error::NotFound)
}

/// Leaves, in one step and without conditions. Hats go with it, to whoever has been shadowing.
pub async fn leave(cx: &Cx, slug: &str) -> Result<()> {
    let me = cx.me()?;
    decide(|| async {
        let c = communities::by_slug(cx, slug).await?.ok_or(Error::NotFound)?;
        let Some(own) = store::own(cx, c.id).await? else { return Ok(()) }; // left already: said twice
        let heirs = hats::handover::heirs(cx, me, Some(c.id)).await?;
        let mut batch = Batch::new();
        end(&mut batch, cx, me, c.id, own.id, &heirs);
        cx.write(batch, c.id).await.map(drop)
    })
    .await
}

pub(crate) fn end(batch: &mut Batch, cx: &Cx, me: PersonId, community: CommunityId, id: MembershipId, heirs: &[Heir]) {
    batch.exactly(1, "update membership set ended_at = ?2 where id = ?1 and ended_at is null", vals![id, cx.now()]);
    hats::end_all(batch, cx, heirs, me, community);
    batch.event(Event::new(cx, Actor::Person(me), "left", "membership", id).within(Some(community)));
}

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakingPart {
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub presence: Option<Presence>,
    /// For *away*: the last day, YYYY-MM-DD.
    #[serde(default)]
    pub away_until: Line<0, 10>,
    #[serde(default, deserialize_with = "kernel::choice::or_none")]
    pub shown: Option<Shown>,
}

/// Says how one takes part now and whom the list shows one to.
pub async fn take_part(cx: &Cx, slug: &str, input: &TakingPart) -> Result<()> {
    let me = cx.me()?;
    let away = day(&input.away_until.0, cx.now())?;
    decide(|| async {
        let c = communities::by_slug(cx, slug).await?.ok_or(Error::NotFound)?;
        let own = store::own(cx, c.id).await?.ok_or(Refusal::NotMember)?;
        let presence = input.presence.unwrap_or(own.presence);
        let away = away.filter(|_| presence == Presence::Away);
        let mut batch = Batch::new();
        batch.exactly(
            1,
            "update membership set presence = ?2, away_until = ?3, shown = ?4 where id = ?1 and ended_at is null",
            vals![own.id, presence, away, input.shown.unwrap_or(own.shown)],
        );
        batch.event(Event::new(cx, Actor::Person(me), "presence_stated", "membership", own.id).within(Some(c.id)));
        cx.write(batch, own.id).await.map(drop)
    })
    .await
}

/// Noon of a day, so that it is that day in every zone's calendar.
fn day(text: &str, now: Timestamp) -> Result<Option<Timestamp>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || Error::invalid("away_until", "A day is written like 2027-01-31.");
    let day = Timestamp::parse(&format!("{}T12:00:00Z", text.trim())).ok_or_else(wrong)?;
    let soon = now.minus(2 * clock::DAY)..now.plus(800 * clock::DAY);
    if !soon.contains(&day) {
        return Err(Error::invalid("away_until", "Please name a day between today and two years from now."));
    }
    Ok(Some(day))
}

/// Whoever acts for the whole: loads the community with the viewer's standing and asks the rule.
pub(crate) async fn as_steward(cx: &Cx, slug: &str) -> Result<Community> {
    let c = communities::by_slug(cx, slug).await?.ok_or(Error::NotFound)?;
    rules::may_steward(&store::standing(cx, c.id).await?)?;
    Ok(c)
}

/// Guards a batch: its actor still wears the steward's hat when it commits.
pub(crate) fn still_steward(batch: &mut Batch, me: PersonId, community: CommunityId) {
    batch.holds(kernel::audience::HOLDS, vals![me, Audience::Stewards(community)]);
}

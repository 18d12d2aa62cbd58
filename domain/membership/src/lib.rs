//! Spells, presence, invitations, knocking, suspension and hats: who belongs, always by their own act.

pub mod acts;
pub mod api;
mod belongings;
pub mod hats;
pub mod invitations;
pub mod knocking;
mod pages;
mod panels;
pub mod rules;
mod stewards;
pub mod store;
pub mod suspension;
pub mod waits;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use kernel::{Actor, Event, PersonId, Stmt, vals};
use shell::{Panel, Place, Slice};

kernel::id_type! {
    MembershipId,
    InvitationId,
    KnockId,
    SuspensionId,
    HatId,
}

kernel::choice! {
    /// How a member says they take part now.
    pub enum Presence { Core = "core", Active = "active", Edge = "edge", Away = "away" }
}

kernel::choice! {
    /// Whom the member list shows a member to.
    pub enum Shown { Everyone = "everyone", Members = "members", Nobody = "nobody" }
}

kernel::choice! {
    /// Whether one wanted to join or was told to; private.
    pub enum Wanted { Wanted = "wanted", Told = "told" }
}

kernel::choice! {
    /// The hats that every community knows. What each may do stands in `rules`; a community may name others, which are seen
    /// and may nothing.
    pub enum Hat {
        /// The one that comes with care for the whole.
        Steward = "steward",
        Welcomer = "welcomer",
        Gardener = "gardener",
        Connector = "connector",
        Storyteller = "storyteller",
    }
}

/// The hat that comes with care for the whole.
pub const STEWARD: &str = "steward";

pub fn slice() -> Slice {
    let panel = |place, order, show| Panel { place, order, show };
    Slice {
        name: "membership",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![
            Migration::new("membership/0001", include_str!("../schema/0001_membership.sql")),
            Migration::new("membership/0002", include_str!("../schema/0002_hats_with_terms.sql")),
            Migration::new("membership/0003", include_str!("../schema/0003_care.sql")),
        ],
        projections: vec![project],
        derived: vec![],
        pages: pages::routes().into_iter().chain(stewards::routes()).chain(hats::pages::routes()).collect(),
        api: api::routes().into_iter().chain(hats::api::routes()).collect(),
        panels: vec![
            panel(Place::Top, 0, panels::waiting_link),
            panel(Place::DoorTop, 0, hats::panels::calls),
            panel(Place::DoorAside, 0, panels::taking_part),
            panel(Place::DoorAside, 5, hats::panels::who_cares),
            panel(Place::DoorAside, 10, panels::who_is_here),
            panel(Place::HomeAside, 0, panels::my_communities),
            panel(Place::PersonAside, 0, panels::communities_of),
            panel(Place::Me, 0, panels::consents_link),
        ],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}

/// What a person may see of a community follows from their live membership, hat and suspension; what they see of a
/// closed front door, from an invitation or from having been there.
fn project(event: &Event) -> Vec<Stmt> {
    let ours = ["membership", "hat", "suspension", "invitation"].contains(&event.object_kind.as_ref());
    let (true, Some(community)) = (ours, event.community) else { return Vec::new() };
    let mut persons: Vec<PersonId> = event.toward.clone();
    if let Actor::Person(actor) = event.actor {
        persons.push(actor);
    }
    persons.into_iter().flat_map(|person| grants_of(vals![person, community])).collect()
}

fn grants_of(of: Vec<kernel::Val>) -> [Stmt; 5] {
    [
        Stmt::new("delete from grants where person = ?1 and audience in (?2, -?2)", of.clone()),
        Stmt::new(
            "insert into grants (person, audience)
             select m.person, m.community from membership m
             where m.person = ?1 and m.community = ?2 and m.ended_at is null and not exists (
                 select 1 from suspension s where s.person = ?1 and s.community = ?2 and s.lifted_at is null)",
            of.clone(),
        ),
        Stmt::new(
            "insert into grants (person, audience)
             select h.person, -h.community from hat h
             where h.person = ?1 and h.community = ?2 and h.name = 'steward' and h.accepted_at is not null
               and h.ended_at is null and exists (select 1 from grants g where g.person = ?1 and g.audience = ?2)",
            of.clone(),
        ),
        Stmt::new("delete from reach where thing = -?2 and audience = ?1", of.clone()),
        Stmt::new(
            "insert into reach (thing, audience)
             select -c.id, cast(?1 as bigint) from community c
             where c.id = ?2 and exists (select 1 from person p where p.id = ?1 and p.left_at is null) and (
                 exists (select 1 from invitation i where i.community = ?2 and i.invitee = ?1 and i.ended_at is null)
                 or exists (select 1 from membership m where m.community = ?2 and m.person = ?1))",
            of,
        ),
    ]
}

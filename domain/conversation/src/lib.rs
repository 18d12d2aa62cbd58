//! Contributions of every kind, audience, replies, thanks: where people are heard.

pub mod acts;
pub mod announcing;
pub mod api;
mod attaching;
mod belongings;
pub mod care;
pub mod collecting;
pub mod drafts;
pub mod endings;
pub mod fading;
mod handover;
pub mod holding;
pub mod kinds;
pub mod live;
mod marks;
mod pages;
mod remembering;
pub mod rules;
pub mod said;
pub mod store;
mod streams;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use kernel::{Event, Stmt, vals};
use shell::{Panel, Place, Slice};

pub use fading::Fades;
pub use kinds::{Ending, Kind, KindHere};
pub use marks::{Thanking, me_too, thank};
pub use remembering::{
    Remembered, RememberedBeside, RememberedEnding, RememberedKind, remember, remember_beside, remember_ending, remember_kind, remember_thanks,
};

kernel::id_type! {
    ContributionId,
    KindId,
    ThanksId,
    TrailId,
}

kernel::choice! {
    /// Whom a contribution is for.
    pub enum For { Me = "me", Named = "named", Community = "community", Open = "open" }
}

pub fn slice() -> Slice {
    let panel = |place, order, show| Panel { place, order, show };
    Slice {
        name: "conversation",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![
            Migration::new("conversation/0001", include_str!("../schema/0001_conversation.sql")),
            Migration::new("conversation/0002", include_str!("../schema/0002_kinds.sql")),
            // The order in which they were first run; a place that has them keeps it.
            Migration::new("conversation/0004", include_str!("../schema/0004_talk.sql")),
            Migration::new("conversation/0003", include_str!("../schema/0003_care.sql")),
            Migration::new("conversation/0005", include_str!("../schema/0005_attached.sql")),
            Migration::new("conversation/0006", include_str!("../schema/0006_standing.sql")),
        ],
        projections: vec![project],
        derived: vec![],
        within: vec!["replied", "thanked", "said_me_too", "took_back_me_too"],
        pages: [
            pages::routes(),
            attaching::routes(),
            streams::routes(),
            kinds::pages::routes(),
            endings::routes(),
            marks::routes(),
            drafts::routes(),
            live::routes(),
            announcing::routes(),
            collecting::routes(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        api: [api::routes(), kinds::api::routes(), endings::api(), announcing::api(), collecting::api()].into_iter().flatten().collect(),
        panels: vec![
            panel(Place::Welcome, 20, streams::something_alive),
            panel(Place::DoorTop, 10, announcing::at_the_door),
            panel(Place::Door, 0, streams::alive_this_week),
            panel(Place::Home, -10, announcing::at_home),
            panel(Place::Home, 20, streams::what_i_belong_to),
            panel(Place::HomeAside, 10, drafts::waiting),
            panel(Place::Person, 0, streams::of_person),
            panel(Place::PersonAside, 10, streams::talk_privately),
            panel(Place::Handover, 0, handover::sections),
        ],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}

/// A conversation reaches whom its opening is for. Open things of a closed community reach its members.
fn project(event: &Event) -> Vec<Stmt> {
    match (event.object_kind.as_ref(), event.conversation) {
        ("community", _) => reach_of_community(event),
        ("contribution", Some(root)) if root == event.object => reach_of_conversation(event),
        _ => Vec::new(),
    }
}

fn reach_of_conversation(event: &Event) -> Vec<Stmt> {
    let id = || vals![event.object];
    vec![
        Stmt::new("delete from reach where thing = ?1", id()),
        Stmt::new(
            "insert into reach (thing, audience)
             select c.id, case when c.audience = 'open' and coalesce(k.openness, 'closed') <> 'closed' then 0 else c.community end
             from contribution c left join community k on k.id = c.community
             where c.id = ?1 and c.audience in ('open', 'community') and c.held = ''",
            id(),
        ),
        // What waits for a steward reaches its author and those who may let it through.
        Stmt::new(
            "insert into reach (thing, audience) select id, author from contribution
             where id = ?1 and (audience = 'me' or (held <> '' and audience in ('open', 'community')))",
            id(),
        ),
        Stmt::new(
            "insert into reach (thing, audience) select id, -community from contribution
             where id = ?1 and held <> '' and audience in ('open', 'community') and community is not null",
            id(),
        ),
        Stmt::new(
            "insert into reach (thing, audience) select c.id, n.person from contribution c join named n on n.conversation = c.id
             where c.id = ?1 and c.audience = 'named'",
            id(),
        ),
    ]
}

fn reach_of_community(event: &Event) -> Vec<Stmt> {
    let id = || vals![event.object];
    vec![
        Stmt::new(
            "delete from reach where thing in (
                 select id from contribution where community = ?1 and parent is null and audience = 'open' and held = '')",
            id(),
        ),
        Stmt::new(
            "insert into reach (thing, audience)
             select c.id, case when k.openness = 'closed' then k.id else 0 end
             from contribution c join community k on k.id = c.community
             where c.community = ?1 and c.parent is null and c.audience = 'open' and c.held = ''",
            id(),
        ),
    ]
}

//! What reaches whom: following a person, a community, a conversation or a kind; and notices, which say why.

pub mod acts;
pub mod api;
mod belongings;
pub mod notices;
mod pages;
mod panels;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use kernel::{Actor, CommunityId, Event, Id, Origin, PersonId, Stmt, vals};
use shell::{Panel, Place, Slice};

kernel::id_type! {
    FollowId,
}

kernel::choice! {
    /// What can be followed.
    pub enum What { Person = "person", Community = "community", Conversation = "conversation", Kind = "kind" }
}

/// One thing to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    Person(PersonId),
    Community(CommunityId),
    Conversation(Id),
    /// What is said of one kind in a community.
    Kind(CommunityId, String),
}

impl To {
    pub fn what(&self) -> What {
        match self {
            Self::Person(_) => What::Person,
            Self::Community(_) => What::Community,
            Self::Conversation(_) => What::Conversation,
            Self::Kind(..) => What::Kind,
        }
    }

    pub fn thing(&self) -> Id {
        match self {
            Self::Person(p) => (*p).into(),
            Self::Community(c) | Self::Kind(c, _) => (*c).into(),
            Self::Conversation(root) => *root,
        }
    }

    pub fn word(&self) -> &str {
        if let Self::Kind(_, kind) = self { kind } else { "" }
    }
}

pub fn slice() -> Slice {
    let panel = |place, order, show| Panel { place, order, show };
    Slice {
        name: "following",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![
            Migration::new("following/0001", include_str!("../schema/0001_following.sql")),
            Migration::new("following/0002", include_str!("../schema/0002_lately.sql")),
        ],
        projections: vec![project],
        derived: vec!["part"],
        pages: pages::routes(),
        api: api::routes(),
        panels: vec![
            panel(Place::Top, 10, panels::notices_link),
            panel(Place::Ways, 0, panels::community),
            panel(Place::Stream, 0, panels::kind),
            panel(Place::PersonAside, 5, panels::person),
            panel(Place::Conversation, 90, panels::conversation),
            panel(Place::Me, 10, panels::following_link),
        ],
        belongings: Some(belongings::BELONGINGS),
        ..Slice::default()
    }
}

/// Who says something in a conversation takes part in it; whom it addresses hears of it. From the envelope alone, so a
/// reply costs a row for its author and one for each person it addresses, however many follow.
fn project(event: &Event) -> Vec<Stmt> {
    let (Some(root), Origin::Live) = (event.conversation, event.origin) else { return Vec::new() };
    let said = ["contributed", "replied"].contains(&event.verb.as_ref());
    let named = said && event.audience == "named" && root == event.object;
    let mut all = Vec::new();
    if let (true, Actor::Person(me)) = (said, event.actor) {
        all.push(Stmt::new(
            "insert into part (person, conversation, said_at, named, at)
             select p.id, cast(?2 as bigint), cast(?3 as bigint), false, cast(?3 as bigint) from person p where p.id = ?1 and p.left_at is null
             on conflict (person, conversation) do update
             set said_at = case when excluded.said_at > part.said_at then excluded.said_at else part.said_at end,
                 at = case when excluded.at > part.at then excluded.at else part.at end",
            vals![me, root, event.occurred_at],
        ));
    }
    for person in &event.toward {
        let addressed = if named {
            "insert into part (person, conversation, said_at, named, at)
             select p.id, cast(?2 as bigint), 0, true, cast(?3 as bigint) from person p where p.id = ?1 and p.left_at is null
             on conflict (person, conversation) do update
             set named = true, at = case when excluded.at > part.at then excluded.at else part.at end"
        } else {
            "insert into part (person, conversation, said_at, named, at)
             select p.id, cast(?2 as bigint), 0, false, cast(?3 as bigint) from person p where p.id = ?1 and p.left_at is null
             on conflict (person, conversation) do update set at = case when excluded.at > part.at then excluded.at else part.at end"
        };
        all.push(Stmt::new(addressed, vals![*person, root, event.occurred_at]));
    }
    all
}

//! Practices: living documents that a community works by, with evidence, freshness and where they come from.

pub mod store;

use kernel::db::Migration;
use kernel::{Event, Stmt, vals};
use shell::Slice;

kernel::id_type! {
    PracticeId,
}

pub fn slice() -> Slice {
    Slice {
        name: "practice",
        migrations: vec![Migration::new("practice/0001", include_str!("../schema/0001_practice.sql"))],
        projections: vec![project],
        ..Slice::default()
    }
}

/// A practice reaches its community, or everybody whom the community's own words reach.
fn project(event: &Event) -> Vec<Stmt> {
    let id = || vals![event.object];
    match event.object_kind.as_ref() {
        "practice" => vec![
            Stmt::new("delete from reach where thing = ?1", id()),
            Stmt::new(
                "insert into reach (thing, audience)
                 select p.id, case when p.audience = 'open' and k.openness <> 'closed' then 0 else p.community end
                 from practice p join community k on k.id = p.community where p.id = ?1 and p.withdrawn_at is null",
                id(),
            ),
        ],
        "community" => vec![
            Stmt::new("delete from reach where thing in (select id from practice where community = ?1)", id()),
            Stmt::new(
                "insert into reach (thing, audience)
                 select p.id, case when p.audience = 'open' and k.openness <> 'closed' then 0 else p.community end
                 from practice p join community k on k.id = p.community where p.community = ?1 and p.withdrawn_at is null",
                id(),
            ),
        ],
        _ => Vec::new(),
    }
}

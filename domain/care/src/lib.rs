//! Stewards' acts with a rule and a reason, appeals against them, reports, and first words that somebody reads first.

mod acts;
mod api;
mod appeals;
mod belongings;
mod desk;
mod pages;
mod reports;
mod rules;
mod store;
#[cfg(test)]
mod tests;

use kernel::db::Migration;
use shell::{Panel, Place, Slice};

pub use acts::{Because, Moving, close, decline, hide, let_through, lift, look_at_first_words, open_again, move_to, show_again, suspend};
pub use appeals::{Appealing, Judging, Ruling, appeal, judge};
pub use reports::{Answering, Outcome, Reporting, answer, report, report_person};
pub use store::{Act, Report, act, acts_in, report_seen};

kernel::id_type! {
    ActId,
    ReportId,
}

kernel::choice! {
    /// What a steward did.
    pub enum What {
        Hide = "hide",
        Show = "show",
        Close = "close",
        Open = "open",
        Move = "move",
        Suspend = "suspend",
        Lift = "lift",
        Decline = "decline",
    }
}

pub fn slice() -> Slice {
    Slice {
        name: "care",
        languages: vec![("de", include_str!("../lang/de.toml"))],
        migrations: vec![Migration::new("care/0001", include_str!("../schema/0001_care.sql"))],
        projections: vec![],
        derived: vec![],
        pages: pages::routes().into_iter().chain(desk::routes()).collect(),
        api: api::routes(),
        panels: vec![
            Panel { place: Place::DoorAside, order: 20, show: desk::link },
            Panel { place: Place::PersonAside, order: 91, show: pages::report_link },
        ],
        belongings: Some(belongings::BELONGINGS),
        door: None,
        within: vec![],
    }
}

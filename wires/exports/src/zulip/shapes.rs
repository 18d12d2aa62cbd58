//! The records of an export, as Zulip writes them.

use serde::Deserialize;

use crate::json::{Flag, Text};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct User<'b> {
    pub id: i64,
    #[serde(borrow)]
    pub full_name: Text<'b>,
    #[serde(borrow)]
    pub email: Text<'b>,
    #[serde(borrow)]
    pub delivery_email: Text<'b>,
    pub is_bot: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Channel<'b> {
    pub id: i64,
    #[serde(borrow)]
    pub name: Text<'b>,
    #[serde(borrow)]
    pub description: Text<'b>,
    pub invite_only: Flag,
    pub deactivated: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct To<'b> {
    pub id: i64,
    #[serde(borrow, rename = "type")]
    pub kind: Text<'b>,
    #[serde(borrow)]
    pub type_id: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Subscription {
    pub user_profile: i64,
    pub recipient: i64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reaction<'b> {
    pub user_profile: i64,
    pub message: i64,
    #[serde(borrow)]
    pub emoji_name: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message<'b> {
    #[serde(borrow)]
    pub id: Text<'b>,
    #[serde(borrow)]
    pub sender: Text<'b>,
    #[serde(borrow)]
    pub recipient: Text<'b>,
    #[serde(borrow)]
    pub subject: Text<'b>,
    #[serde(borrow)]
    pub content: Text<'b>,
    #[serde(borrow)]
    pub rendered_content: Text<'b>,
    #[serde(borrow)]
    pub date_sent: Text<'b>,
    #[serde(borrow)]
    pub last_edit_time: Text<'b>,
}

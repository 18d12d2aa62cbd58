//! A message as Slack writes it, in its old and new dialects: what it is, and what of it somebody said.

use serde::Deserialize;

use super::workspace::Profile;
use crate::Reason;
use crate::json::{List, Maybe, Text};

/// What the program says of the place: <https://api.slack.com/events/message#subtypes>.
const SYSTEM: [&str; 17] = [
    "bot_add",
    "bot_remove",
    "bot_enable",
    "bot_disable",
    "pinned_item",
    "unpinned_item",
    "reminder_add",
    "huddle_thread",
    "sh_room_created",
    "sh_room_shared",
    "joiner_notification",
    "joiner_notification_for_inviter",
    "app_conversation_join",
    "message_changed",
    "message_replied",
    "posting_permissions",
    "assistant_app_thread",
];
const SYSTEM_STARTS: [&str; 4] = ["channel_", "group_", "mpim_", "conversation_"];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Message<'b> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'b>,
    #[serde(borrow)]
    pub subtype: Text<'b>,
    #[serde(borrow)]
    pub user: Text<'b>,
    #[serde(borrow)]
    pub bot_id: Text<'b>,
    #[serde(borrow)]
    pub username: Text<'b>,
    #[serde(borrow)]
    pub user_profile: Maybe<Profile<'b>>,
    #[serde(borrow)]
    pub bot_profile: Maybe<Profile<'b>>,
    #[serde(borrow)]
    pub text: Text<'b>,
    #[serde(borrow)]
    pub ts: Text<'b>,
    #[serde(borrow)]
    pub thread_ts: Text<'b>,
    #[serde(borrow)]
    pub broadcast_thread_ts: Text<'b>,
    #[serde(borrow)]
    pub edited: Maybe<Stamp<'b>>,
    #[serde(borrow)]
    pub file: Maybe<Shared<'b>>,
    #[serde(borrow)]
    pub files: List<Maybe<Shared<'b>>>,
    #[serde(borrow)]
    pub comment: Maybe<Comment<'b>>,
    #[serde(borrow)]
    pub reactions: List<Maybe<Reaction<'b>>>,
    #[serde(borrow)]
    pub replies: List<Maybe<Stamp<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Stamp<'b> {
    #[serde(borrow)]
    pub ts: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Comment<'b> {
    #[serde(borrow)]
    pub user: Text<'b>,
    #[serde(borrow)]
    pub comment: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reaction<'b> {
    #[serde(borrow)]
    pub name: Text<'b>,
    #[serde(borrow)]
    pub users: List<Text<'b>>,
    #[serde(borrow)]
    pub count: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Shared<'b> {
    #[serde(borrow)]
    pub id: Text<'b>,
    #[serde(borrow)]
    pub name: Text<'b>,
    #[serde(borrow)]
    pub title: Text<'b>,
    #[serde(borrow)]
    pub mode: Text<'b>,
    #[serde(borrow)]
    pub user: Text<'b>,
    #[serde(borrow)]
    pub url_private: Text<'b>,
    #[serde(borrow)]
    pub permalink: Text<'b>,
    #[serde(borrow)]
    pub external_url: Text<'b>,
    #[serde(borrow)]
    pub alt_txt: Text<'b>,
    #[serde(borrow)]
    pub initial_comment: Maybe<Comment<'b>>,
}

impl Shared<'_> {
    pub fn is_there(&self) -> bool {
        !self.id.is_empty() && !matches!(&*self.mode, "tombstone")
    }
}

/// Why a message is no contribution, by what it says of itself.
pub(super) fn no_contribution(message: &Message<'_>) -> Option<(Reason, &'static str)> {
    let subtype = &*message.subtype;
    if subtype == "tombstone" || subtype == "message_deleted" {
        return Some((Reason::Deleted, "It was taken away there."));
    }
    if subtype == "reply_broadcast" && message.text.trim().is_empty() {
        return Some((
            Reason::System,
            "It only shows in the channel that there is an answer.",
        ));
    }
    let system =
        SYSTEM.contains(&subtype) || SYSTEM_STARTS.iter().any(|start| subtype.starts_with(start));
    if system {
        return Some((Reason::System, of_system(subtype)));
    }
    (!message.kind.is_empty() && &*message.kind != "message")
        .then_some((Reason::System, "It is no message."))
}

fn of_system(subtype: &str) -> &'static str {
    match subtype.rsplit_once('_').map_or(subtype, |(_, what)| what) {
        "join" => "Somebody joined.",
        "leave" => "Somebody left.",
        "topic" | "purpose" | "name" => "What the channel is called or for was changed.",
        "archive" | "unarchive" => "The channel was archived or taken back.",
        "item" => "Something was pinned.",
        "add" | "remove" | "enable" | "disable" => "A program was added or taken away.",
        _ => "Slack said it of the channel.",
    }
}

/// Old messages with a file tell of it in a sentence; what the person said stands behind it, or in the file.
pub(super) fn own_words<'m>(message: &'m Message<'_>) -> std::borrow::Cow<'m, str> {
    let text = &*message.text;
    let told = || text.starts_with("<@") || message.file.0.is_there();
    match &*message.subtype {
        "file_comment" => match message.comment.0.comment.filled() {
            Some(comment) => comment.into(),
            None => text
                .split_once(">: ")
                .map_or(text, |(_, words)| words)
                .into(),
        },
        "file_share" if !message.file.0.id.is_empty() && told() => {
            match (
                message.file.0.initial_comment.0.comment.filled(),
                text.split_once(" and commented: "),
            ) {
                (Some(comment), _) => comment.into(),
                (None, Some((_, words))) => words.into(),
                (None, None)
                    if text.contains(" uploaded a file")
                        || text.contains(" shared a file")
                        || text.contains(" uploaded an image") =>
                {
                    "".into()
                }
                (None, None) => text.into(),
            }
        }
        _ => text.into(),
    }
}

//! The shapes in which Discourse and its archives hand out topics and posts, as one.

use serde::Deserialize;

use crate::json::{Flag, List, Maybe, Text};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Document<'b> {
    #[serde(borrow)]
    pub id: Text<'b>,
    #[serde(borrow)]
    pub topic_id: Text<'b>,
    #[serde(borrow)]
    pub title: Text<'b>,
    #[serde(borrow)]
    pub slug: Text<'b>,
    #[serde(borrow)]
    pub url: Text<'b>,
    #[serde(borrow)]
    pub category_id: Text<'b>,
    #[serde(borrow)]
    pub archetype: Text<'b>,
    pub closed: Flag,
    pub archived: Flag,
    #[serde(borrow)]
    pub accepted_answer: Accepted<'b>,
    #[serde(borrow)]
    pub post_stream: Maybe<Stream<'b>>,
    #[serde(borrow)]
    pub posts: List<Maybe<Post<'b>>>,
    #[serde(borrow)]
    pub latest_posts: List<Maybe<Post<'b>>>,
    #[serde(borrow)]
    pub details: Maybe<Details<'b>>,
    #[serde(borrow)]
    pub topic_list: Maybe<Topics<'b>>,
    #[serde(borrow)]
    pub category_list: Maybe<Categories<'b>>,
    #[serde(borrow)]
    pub categories: List<Maybe<Category<'b>>>,
    /// A single post is a document as well.
    #[serde(borrow)]
    pub post_number: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Stream<'b> {
    #[serde(borrow)]
    pub posts: List<Maybe<Post<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Details<'b> {
    #[serde(borrow)]
    pub participants: List<Maybe<Named<'b>>>,
    #[serde(borrow)]
    pub allowed_users: List<Maybe<Named<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Named<'b> {
    #[serde(borrow)]
    pub username: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Topics<'b> {
    #[serde(borrow)]
    pub topics: List<Maybe<Listed<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Listed<'b> {
    #[serde(borrow)]
    pub id: Text<'b>,
    #[serde(borrow)]
    pub title: Text<'b>,
    #[serde(borrow)]
    pub category_id: Text<'b>,
    #[serde(borrow)]
    pub archetype: Text<'b>,
    pub closed: Flag,
    pub archived: Flag,
    pub has_accepted_answer: Flag,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Categories<'b> {
    #[serde(borrow)]
    pub categories: List<Maybe<Category<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Category<'b> {
    #[serde(borrow)]
    pub id: Text<'b>,
    #[serde(borrow)]
    pub name: Text<'b>,
    #[serde(borrow)]
    pub description_text: Text<'b>,
    #[serde(borrow)]
    pub description: Text<'b>,
    pub read_restricted: Flag,
    #[serde(borrow)]
    pub subcategory_list: List<Maybe<Category<'b>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post<'b> {
    #[serde(borrow)]
    pub topic_id: Text<'b>,
    #[serde(borrow)]
    pub topic_slug: Text<'b>,
    #[serde(borrow)]
    pub topic_title: Text<'b>,
    #[serde(borrow)]
    pub category_id: Text<'b>,
    #[serde(borrow, alias = "n")]
    pub post_number: Text<'b>,
    #[serde(borrow)]
    pub post_type: Text<'b>,
    #[serde(borrow)]
    pub action_code: Text<'b>,
    #[serde(borrow, alias = "author")]
    pub username: Text<'b>,
    #[serde(borrow)]
    pub name: Text<'b>,
    #[serde(borrow)]
    pub user_id: Text<'b>,
    #[serde(borrow, alias = "at")]
    pub created_at: Text<'b>,
    #[serde(borrow)]
    pub updated_at: Text<'b>,
    #[serde(borrow)]
    pub version: Text<'b>,
    #[serde(borrow, alias = "html")]
    pub cooked: Text<'b>,
    #[serde(borrow)]
    pub raw: Text<'b>,
    #[serde(borrow)]
    pub reply_to_post_number: Text<'b>,
    #[serde(borrow)]
    pub deleted_at: Text<'b>,
    pub user_deleted: Flag,
    pub hidden: Flag,
    pub accepted_answer: Flag,
    #[serde(borrow)]
    pub actions_summary: List<Maybe<Action<'b>>>,
    #[serde(borrow)]
    pub like_count: Text<'b>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Action<'b> {
    #[serde(borrow)]
    pub id: Text<'b>,
    #[serde(borrow)]
    pub count: Text<'b>,
}

/// Of a topic: which post helped; of a post: that it did (which `Post` reads).
#[derive(Default)]
pub(super) struct Accepted<'b> {
    pub post_number: Text<'b>,
    /// Something is accepted, which one or not.
    pub any: bool,
}

impl<'de: 'b, 'b> Deserialize<'de> for Accepted<'b> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Object<'b> {
            #[serde(borrow)]
            post_number: Text<'b>,
        }
        let Maybe(object) = Maybe::<Object<'b>>::deserialize(deserializer)?;
        Ok(Accepted {
            any: !object.post_number.is_empty(),
            post_number: object.post_number,
        })
    }
}

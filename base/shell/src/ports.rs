//! Where slices plug in without knowing each other: panels on shared pages, belongings of a person, the door.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;

use kernel::{Batch, Cx, House, Id, PersonId, Result, Say};

use crate::frame::Html;
use crate::request::Visit;

pub type Future<T> = Pin<Box<dyn std::future::Future<Output = Result<T>> + Send>>;

/// A shared page, and the part of it on which slices hang panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the frame's navigation, for who is signed in.
    Top,
    Home,
    HomeAside,
    Welcome,
    /// Above a community's text (a notice), below it, and beside it.
    DoorTop,
    Door,
    DoorAside,
    /// On the front door, among the ways to be there: beside joining and just reading.
    Ways,
    /// On a community's stream, under the choice of kinds.
    Stream,
    Person,
    PersonAside,
    /// On a conversation, between its opening and the replies.
    Conversation,
    /// On a practice, below its text.
    Practice,
    /// On the sheet that a hat is handed over with; about a community, for who may read the sheet.
    Handover,
    /// A person's own settings page.
    Me,
}

/// Something of one slice on another slice's page. Costs a fixed number of queries; empty when it has nothing to show.
#[derive(Clone, Copy)]
pub struct Panel {
    pub place: Place,
    pub order: i32,
    /// What the page is about: a community, a person, a conversation; 0 where there is none.
    pub show: fn(Visit, Id) -> Future<Html>,
}

/// What one slice keeps of a person. Erasure, right of access and the export are this.
#[derive(Clone, Copy)]
pub struct Belongings {
    pub slice: &'static str,
    /// What is there, in sentences, before anything happens.
    pub list: fn(Cx, PersonId) -> Future<Vec<Say>>,
    pub export: fn(Cx, PersonId) -> Future<serde_json::Value>,
    /// What has to change when the person leaves and the words stay under a pseudonym.
    pub keep: fn(Cx, PersonId) -> Future<Batch>,
    pub erase: fn(Cx, PersonId) -> Future<Batch>,
}

kernel::choice! {
    /// What an API token may do.
    pub enum Scope { Read = "read", Write = "write" }
}

/// Who came in: a person with an open session or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub person: PersonId,
    pub handle: String,
    pub name: String,
    pub language: String,
    pub theme: String,
    pub zone: String,
    pub operator: bool,
    /// The row of the session or token, for re-checking a stream that is still open.
    pub key: Id,
    /// Empty for a session in a browser, which may do all that its person may.
    pub scopes: Vec<Scope>,
}

/// How the shell learns who somebody is. The person slice is behind it; passkeys and identity providers will be, too.
#[derive(Clone, Copy)]
pub struct Door {
    pub by_session: fn(Arc<House>, String) -> Future<Option<Guest>>,
    pub by_token: fn(Arc<House>, String) -> Future<Option<Guest>>,
    /// Which of these sessions and tokens are still good.
    pub still: fn(Arc<House>, Vec<Id>) -> Future<HashSet<Id>>,
}

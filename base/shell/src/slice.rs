//! A slice as the shell sees it: a table of contents. A route states its needs, or it cannot be made.

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use kernel::db::{Migration, Project};

use crate::api::Doc;
use crate::ports::{Belongings, Door, Panel};
use crate::router::App;

#[derive(Default)]
pub struct Slice {
    pub name: &'static str,
    pub migrations: Vec<Migration>,
    /// Statements that keep derived tables in step with each event.
    pub projections: Vec<Project>,
    /// The tables that projections fill; `tacit journal verify` rebuilds and compares them.
    pub derived: Vec<&'static str>,
    pub pages: Vec<Route>,
    pub api: Vec<Route>,
    pub panels: Vec<Panel>,
    pub belongings: Option<Belongings>,
    pub door: Option<Door>,
    /// Verbs of events that change the page of their own conversation, and no other conversation's (see cache.rs).
    pub within: Vec<&'static str>,
    /// Its sentences in other languages: code and text of a file like the shell's own.
    pub languages: Vec<(&'static str, &'static str)>,
}

/// Who may call a route at all. Whether they may do it to this thing is the act's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    SignedIn,
    /// Anyone, or a token that may read.
    ApiRead,
    /// A token that may read its own person's things.
    ApiOwn,
    /// A token that may write.
    ApiWrite,
}

/// How often a route may be called, by account and by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rate {
    Read,
    Write,
    /// Guessing a secret.
    SignIn,
    /// Opening a stream.
    Live,
    /// Guessing one account's secret from anywhere: wide enough that a few strangers do not lock its person out.
    Account,
}

impl Rate {
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::SignIn, Self::Live, Self::Account];

    /// Its name in `tacit.toml`, in the figures and in the headers of answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::SignIn => "sign_in",
            Self::Live => "live",
            Self::Account => "account",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    pub who: Who,
    pub rate: Rate,
    /// Bytes of body at most.
    pub body: usize,
    /// A page that is the same for everybody who is signed out: it may be kept (see cache.rs).
    pub shared: bool,
}

/// Enough for any form but the ones with long words.
pub const FORM: usize = 64 * 1024;
/// Long words, escaped for a form: up to nine bytes a character.
pub const LONG_FORM: usize = 1024 * 1024;
/// A file with what a form puts around it. Such a body is never taken into memory whole, and may come as slowly as a phone
/// sends (see listen.rs).
pub const FILE: usize = 101 * 1024 * 1024;

impl Needs {
    pub const fn new(who: Who, rate: Rate, body: usize) -> Self {
        Self { who, rate, body, shared: false }
    }
    pub const fn reading() -> Self {
        Self::new(Who::Anyone, Rate::Read, 0)
    }
    /// Reading what is the same for everybody who is signed out: nothing on it depends on who exactly asks, and it holds
    /// no number that may be used once.
    pub const fn shared() -> Self {
        Self { shared: true, ..Self::reading() }
    }
    pub const fn reading_own() -> Self {
        Self::new(Who::SignedIn, Rate::Read, 0)
    }
    pub const fn acting() -> Self {
        Self::new(Who::SignedIn, Rate::Write, FORM)
    }
    pub const fn writing() -> Self {
        Self::new(Who::SignedIn, Rate::Write, LONG_FORM)
    }
}

pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub needs: Needs,
    pub(crate) serve: MethodRouter<App>,
    pub doc: Option<Doc>,
}

impl Route {
    pub fn new<H, X>(method: Method, path: &'static str, needs: Needs, handler: H) -> Self
    where
        H: Handler<X, App>,
        X: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let serve = on(filter, handler).layer(DefaultBodyLimit::max(needs.body));
        Self { method, path, needs, serve, doc: None }
    }

    pub fn get<H: Handler<X, App>, X: 'static>(path: &'static str, needs: Needs, handler: H) -> Self {
        Self::new(Method::GET, path, needs, handler)
    }

    pub fn post<H: Handler<X, App>, X: 'static>(path: &'static str, needs: Needs, handler: H) -> Self {
        Self::new(Method::POST, path, needs, handler)
    }

    pub fn put<H: Handler<X, App>, X: 'static>(path: &'static str, needs: Needs, handler: H) -> Self {
        Self::new(Method::PUT, path, needs, handler)
    }

    pub fn delete<H: Handler<X, App>, X: 'static>(path: &'static str, needs: Needs, handler: H) -> Self {
        Self::new(Method::DELETE, path, needs, handler)
    }

    pub fn doc(mut self, doc: Doc) -> Self {
        self.doc = Some(doc);
        self
    }
}

//! What the shell counts for a monitor: requests by route, method and status with their times. No
//! person, handle, address or id is in it, and counting asks for no memory.

use std::collections::HashMap;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use kernel::figures::{Count, Times};

use crate::slice::Route;

/// The answers that are told apart; the rest is `other`.
pub const STATUSES: [u16; 17] = [200, 201, 204, 303, 304, 307, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503];

/// A route as it is written in its slice, never as it was asked.
#[derive(Debug)]
pub struct OfRoute {
    pub method: &'static str,
    pub path: &'static str,
    pub answers: [Count; STATUSES.len()],
    pub other: Count,
    pub times: Times,
}

impl OfRoute {
    fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path, answers: Default::default(), other: Count::default(), times: Times::default() }
    }

    fn answered(&self, status: StatusCode, began: Instant) {
        let known = STATUSES.iter().position(|s| *s == status.as_u16()).and_then(|at| self.answers.get(at));
        known.unwrap_or(&self.other).up();
        self.times.took(began.elapsed());
    }
}

#[derive(Debug)]
pub struct Figures {
    by_path: HashMap<&'static str, Vec<OfRoute>>,
    /// What no route takes.
    nowhere: OfRoute,
    /// Answered for who is signed out from what was kept (cache.rs), before any route.
    pub kept: Count,
    pub panics: Count,
    /// A proxy names a client, and nobody told this place to believe it.
    pub unbelieved: Count,
    /// Asked under a name that this place does not have.
    pub wrong_host: Count,
}

fn word(method: &Method) -> &'static str {
    [(Method::GET, "GET"), (Method::POST, "POST"), (Method::PUT, "PUT"), (Method::DELETE, "DELETE"), (Method::PATCH, "PATCH")]
        .into_iter()
        .find(|(known, _)| known == method)
        .map_or("other", |(_, word)| word)
}

impl Figures {
    pub fn new<'a>(routes: impl Iterator<Item = &'a Route>) -> Self {
        let mut by_path: HashMap<&'static str, Vec<OfRoute>> = HashMap::new();
        for route in routes {
            by_path.entry(route.path).or_default().push(OfRoute::new(word(&route.method), route.path));
        }
        by_path.entry("/healthz").or_default().push(OfRoute::new("GET", "/healthz"));
        let nowhere = OfRoute::new("other", "none");
        let (kept, panics, unbelieved, wrong_host) = Default::default();
        Self { by_path, nowhere, kept, panics, unbelieved, wrong_host }
    }

    /// Asked before the request goes on, since the method and the route go with it.
    pub(crate) fn of(&self, req: &Request) -> &OfRoute {
        let method = if req.method() == Method::HEAD { "GET" } else { word(req.method()) };
        let path = req.extensions().get::<MatchedPath>();
        let routes = path.and_then(|path| self.by_path.get(path.as_str()));
        routes.and_then(|routes| routes.iter().find(|r| r.method == method)).unwrap_or(&self.nowhere)
    }

    /// Every route that was asked for at least once.
    pub fn routes(&self) -> impl Iterator<Item = &OfRoute> {
        let all = self.by_path.values().flatten().chain([&self.nowhere]);
        all.filter(|route| route.times.so_far().1 > 0)
    }
}

/// Begun before an answer, ended with it.
pub(crate) struct Measured<'a>(pub(crate) &'a OfRoute, pub(crate) Instant);

impl Measured<'_> {
    pub(crate) fn end(self, status: StatusCode) {
        self.0.answered(status, self.1);
    }
}

//! Pages for who is signed out, kept as they went over the wire: made and compressed once, and no longer right from the
//! moment that an act is committed which could have changed them.
//!
//! Nothing is searched and thrown away: each committed event raises counts, and a page is shown as long as the counts it
//! was kept with stand. What was made while something happened is not kept. Another node's acts are counted as soon as
//! they are read here; a node that has not caught up with the journal for a second keeps and shows nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Event, Id, Timestamp, clock};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::guard;
use crate::router::App;
use crate::translation::T;

/// What a page depends on, beside its address, the language and the encoding. Set on an answer that may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Anything: it is made anew after every event.
    Everything,
    /// One conversation, and beside it only what events of other kinds than [`Slice::within`](crate::Slice) change.
    Conversation(Id),
}

/// Bytes that all kept pages may take together, and one of them.
const ROOM: u64 = 32 * 1024 * 1024;
const LARGEST: usize = 1024 * 1024;
/// What depends on the time of day ("this week") is at most so old.
const OLDEST: i64 = clock::MINUTE;

/// The whole place as a request meets it: kept pages first, then every route.
#[derive(Clone)]
pub struct Front {
    shell: App,
    /// Answers as they are: what is streamed, and what was compressed long ago.
    plain: Router,
    compressed: Router,
    pages: Arc<Pages>,
}

struct Pages {
    kept: Cache<Key, Arc<Kept>, Bytewise>,
    counts: Arc<Counts>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    path: String,
    language: &'static str,
    encoding: &'static str,
}

struct Kept {
    headers: HeaderMap,
    body: Bytes,
    tag: HeaderValue,
    shows: Shows,
    count: (u64, u64),
    until: Timestamp,
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<Key, Arc<Kept>> for Bytewise {
    fn weight(&self, key: &Key, kept: &Arc<Kept>) -> u64 {
        (key.path.len() + kept.body.len() + 1024) as u64
    }
}

/// How much has happened: at all, beyond single conversations, and in each of them (some share a room, and age together).
struct Counts {
    any: AtomicU64,
    wide: AtomicU64,
    rooms: Vec<AtomicU64>,
    within: Vec<&'static str>,
}

const ROOMS: u64 = 4093;

impl Counts {
    fn new(within: Vec<&'static str>) -> Self {
        let rooms = (0..ROOMS).map(|_| AtomicU64::default()).collect();
        Self { any: AtomicU64::default(), wide: AtomicU64::default(), rooms, within }
    }

    /// `any` first: who finds it unmoved knows that the others had not been moved before.
    fn hear(&self, event: &Event) {
        self.any.fetch_add(1, Ordering::SeqCst);
        match event.conversation.filter(|_| self.within.contains(&event.verb.as_ref())) {
            Some(root) => self.room(root).fetch_add(1, Ordering::SeqCst),
            None => self.wide.fetch_add(1, Ordering::SeqCst),
        };
    }

    fn room(&self, root: Id) -> &AtomicU64 {
        self.rooms.get((root.0.unsigned_abs() % ROOMS) as usize).unwrap_or(&self.wide)
    }

    fn any(&self) -> u64 {
        self.any.load(Ordering::SeqCst)
    }

    fn of(&self, shows: Shows) -> (u64, u64) {
        match shows {
            Shows::Everything => (self.any(), 0),
            Shows::Conversation(root) => (self.wide.load(Ordering::SeqCst), self.room(root).load(Ordering::SeqCst)),
        }
    }
}

impl Front {
    pub(crate) fn new(shell: App, plain: Router, within: Vec<&'static str>) -> Self {
        let counts = Arc::new(Counts::new(within));
        let heard = counts.clone();
        shell.house.db.on_commit(move |event| heard.hear(event));
        let kept = Cache::with_weighter(1024, ROOM, Bytewise);
        // Made for one reader, a page is compressed quickly; what is kept for many goes the same way once.
        let compressed = plain.clone().layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
        Self { shell, plain, compressed, pages: Arc::new(Pages { kept, counts }) }
    }

    pub async fn answer(&self, req: Request) -> Response {
        // Each waiting connection holds this future: what it holds only for a while is boxed.
        let Some(key) = self.key(&req) else { return Box::pin(self.route(req)).await };
        if let Some(kept) = self.kept(&key) {
            self.shell.figures.kept.up();
            return kept.answer(req.headers());
        }
        Box::pin(self.make(key, req)).await
    }

    async fn make(&self, key: Key, mut req: Request) -> Response {
        let before = self.pages.counts.any();
        req.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(key.encoding));
        req.headers_mut().remove(header::IF_NONE_MATCH);
        let response = self.route(req).await;
        match response.extensions().get::<Shows>().copied() {
            Some(shows) if response.status() == StatusCode::OK => self.keep(key, shows, before, response).await,
            _ => response,
        }
    }

    async fn route(&self, req: Request) -> Response {
        let path = req.uri().path();
        // Pictures, sound and film are compressed already, and a player asks for parts of what it was told is so long.
        let file = path.starts_with("/attachments/") || path.starts_with("/api/v1/attachments/");
        let router = if file || path.starts_with("/live/") || path.starts_with("/assets/") { &self.plain } else { &self.compressed };
        match router.clone().oneshot(req).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// What a kept page is found by; None for whoever has a session or a token, and for all that is no plain reading.
    fn key(&self, req: &Request) -> Option<Key> {
        let headers = req.headers();
        let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let plain = req.method() == Method::GET
            && !headers.contains_key(header::AUTHORIZATION)
            && !headers.contains_key(header::RANGE)
            && guard::cookie(&self.shell, headers).is_none()
            && guard::known_host(&self.shell, text(header::HOST), req.uri().host());
        if !plain || !self.shell.house.db.is_caught_up() {
            return None;
        }
        let accepts = text(header::ACCEPT_ENCODING);
        let takes = |coding: &str| accepts.split(',').any(|part| part.trim() == coding);
        let encoding = ["br", "gzip"].into_iter().find(|coding| takes(coding)).unwrap_or("identity");
        let language = T::of_header(self.shell.languages, text(header::ACCEPT_LANGUAGE)).code();
        let path = req.uri().path_and_query()?.as_str();
        (path.len() <= 512).then(|| Key { path: path.to_owned(), language, encoding })
    }

    fn kept(&self, key: &Key) -> Option<Arc<Kept>> {
        let kept = self.pages.kept.get(key)?;
        let right = self.pages.counts.of(kept.shows) == kept.count && self.shell.house.clock.now() < kept.until;
        right.then_some(kept)
    }

    async fn keep(&self, key: Key, shows: Shows, before: u64, response: Response) -> Response {
        let (mut head, body) = response.into_parts();
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let counts = &self.pages.counts;
        let count = counts.of(shows);
        let digest = kernel::random::hex(&Sha256::digest(&body));
        let tag = HeaderValue::from_str(&format!("\"{}\"", digest.get(..32).unwrap_or_default()));
        if let (true, true, Ok(tag)) = (body.len() <= LARGEST, counts.any() == before, tag) {
            head.headers.insert(header::ETAG, tag.clone());
            head.headers.remove(header::TRANSFER_ENCODING);
            // What is left to one caller is nothing to the next.
            ["ratelimit", "ratelimit-policy"].iter().for_each(|name| drop(head.headers.remove(*name)));
            let until = self.shell.house.clock.now().plus(OLDEST);
            let kept = Kept { headers: head.headers.clone(), body: body.clone(), tag, shows, count, until };
            self.pages.kept.insert(key, Arc::new(kept));
        }
        Response::from_parts(head, Body::from(body))
    }
}

impl Kept {
    fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == self.tag);
        let body = if known { Body::empty() } else { Body::from(self.body.clone()) };
        let mut response = Response::new(body);
        *response.headers_mut() = self.headers.clone();
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        response
    }
}

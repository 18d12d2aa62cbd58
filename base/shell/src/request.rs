//! One request as a handler sees it: the visit, an act's input, and the one way an error becomes an answer.

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use kernel::{Cx, Error, Once, PersonId, Result, Timestamp};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::frame::Html;
use crate::ports::Guest;
use crate::router::Shell;
use crate::translation::T;
use crate::when;

/// Who came, what they asked for, and how to answer them.
#[derive(Clone)]
pub struct Visit {
    pub cx: Cx,
    pub guest: Option<Arc<Guest>>,
    pub t: T,
    pub shell: Arc<Shell>,
    /// The reader's zone: their times are told in it.
    pub zone: TimeZone,
    /// Path and query.
    pub path: String,
    /// Who came with a token; answers are JSON.
    pub api: bool,
    /// What goes wrong is told in problem documents: to programs, and to a page's script.
    pub problems: bool,
    pub address: String,
    /// The address comes from a proxy that is trusted.
    pub believed: bool,
    /// The session's secret from the cookie, for ending it.
    pub cookie: Option<String>,
    /// What the browser says it is, for the list of sessions.
    pub agent: String,
    /// Whether a notice is unread, where a panel of the page asked it together with something else: the frame's mark
    /// need not ask again.
    pub unread: Arc<OnceLock<bool>>,
}

impl Visit {
    pub fn me(&self) -> Result<PersonId> {
        self.cx.me()
    }

    pub fn time(&self, at: Timestamp) -> Html {
        when::time(at, &self.zone, self.t)
    }

    pub fn day(&self, at: Timestamp) -> String {
        when::day(at, &self.zone, self.t)
    }

    /// A number that makes a form's act happen once, however often it is sent.
    pub fn once(&self) -> String {
        self.cx.house.ids.make().to_string()
    }

    /// An absolute address on this instance; from configuration, never from a request's Host.
    pub fn address_of(&self, path: &str) -> String {
        format!("{}{path}", self.shell.config.public_url.trim_end_matches('/'))
    }
}

/// What handlers give.
pub type Answer<T = Response> = std::result::Result<T, Fault>;

/// An error on its way to be rendered in the reader's language and form (see guard.rs).
#[derive(Clone, Debug)]
pub struct Fault(pub Error);

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        Self(e)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = status_of(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

pub fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Refused(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Conflict => StatusCode::CONFLICT,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// After an act on a page: see the page that shows it.
pub fn see(path: impl AsRef<str>) -> Response {
    Redirect::to(path.as_ref()).into_response()
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::broken("a route without its guard").into())
    }
}

/// Where a list goes on: `?after=` of a keyset page.
#[derive(Clone, Copy, Debug, Default)]
pub struct After(pub Option<kernel::Cursor>);

impl<S: Send + Sync> FromRequestParts<S> for After {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after");
        Ok(Self(after.filter(|(_, text)| !text.is_empty()).map(|(_, text)| text.parse()).transpose()?))
    }
}

/// The parts of a path. What is no text of ours is not found.
pub struct Path<P>(pub P);

impl<P: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<P> {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let path = axum::extract::Path::<P>::from_request_parts(parts, state).await;
        path.map(|p| Self(p.0)).map_err(|_| Error::NotFound.into())
    }
}

/// What a page is asked for: its query. What does not fit is as if it had not been asked.
pub struct Asked<Q>(pub Q);

impl<Q: DeserializeOwned + Default, S: Send + Sync> FromRequestParts<S> for Asked<Q> {
    type Rejection = Fault;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Ok(Self(serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default()))
    }
}

/// An act's input with the visit it came in: a form on pages, JSON in the API. Unknown fields are refused by the
/// input types; a form's `once` and a call's `Idempotency-Key` make the act happen once.
pub struct Act<I> {
    pub visit: Visit,
    pub input: I,
    /// A form's fields as sent, for giving it back.
    pub sent: Vec<(String, String)>,
}

impl<I: DeserializeOwned, S: Send + Sync> FromRequest<S> for Act<I> {
    type Rejection = Fault;
    async fn from_request(req: Request, state: &S) -> Answer<Self> {
        let Some(mut visit) = req.extensions().get::<Visit>().cloned() else {
            return Err(Error::broken("a route without its guard").into());
        };
        let key = req.headers().get("idempotency-key").map(|v| v.to_str().unwrap_or_default().to_owned());
        let kind = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let method = req.method().clone();
        let body = Bytes::from_request(req, state).await.map_err(|e| unreadable(e.status()))?;
        let (input, sent, key) = if visit.api {
            (json(&kind, &body)?, Vec::new(), key)
        } else {
            let (sent, once) = pairs(&kind, &body)?;
            (form(&sent)?, sent, once)
        };
        if let Some(key) = key {
            visit.cx.once = Some(once(&key, &method, &visit.path, &body)?);
        }
        Ok(Self { visit, input, sent })
    }
}

fn once(key: &str, method: &axum::http::Method, path: &str, body: &[u8]) -> Result<Once> {
    if key.is_empty() || key.len() > 200 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::invalid("Idempotency-Key", "A key is 1 to 200 visible ASCII characters."));
    }
    let hash = kernel::random::hex(&Sha256::digest(body));
    Ok(Once { route: format!("{method} {path}"), key: key.to_owned(), hash })
}

fn unreadable(status: StatusCode) -> Fault {
    Fault(if status == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge
    } else {
        Error::invalid("body", "The request could not be read to its end. Please send it again.")
    })
}

fn json<I: DeserializeOwned>(kind: &str, body: &[u8]) -> Result<I> {
    let body = if body.is_empty() { b"{}" } else { body };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if body != b"{}" && kind != "application/json" {
        return Err(Error::invalid("body", "Please send JSON with the content type application/json."));
    }
    serde_json::from_slice(body).map_err(|e| {
        Error::invalid("body", kernel::Say::new("The JSON does not fit: {why}").with("why", e))
    })
}

type Pairs = Vec<(String, String)>;

fn pairs(kind: &str, body: &[u8]) -> Result<(Pairs, Option<String>)> {
    if !body.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::invalid("body", "This form was sent in a way that cannot be read."));
    }
    let mut once = None;
    let mut sent = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        if name == "once" {
            once = Some(value.into_owned()).filter(|v| !v.is_empty());
        } else {
            sent.push((name.into_owned(), value.into_owned()));
        }
    }
    Ok((sent, once))
}

fn form<I: DeserializeOwned>(sent: &Pairs) -> Result<I> {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
    serde_urlencoded::from_str(&text).map_err(|e| {
        tracing::debug!(why = %e, "a form that does not fit");
        Error::invalid("body", "This form does not fit this page. Please open the page anew and send it again.")
    })
}

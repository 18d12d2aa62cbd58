//! Requests straight into the router: a browser with its cookie, or a program with its token.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;

#[derive(Clone)]
pub struct Client {
    front: shell::Front,
    cookie: Option<String>,
    token: Option<String>,
}

#[derive(Debug, Default)]
pub struct Answered {
    pub status: StatusCode,
    pub location: Option<String>,
    pub cookie: Option<String>,
    pub body: String,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answered {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {}", self.body))
    }

    /// The page's own part, without the frame.
    pub fn main(&self) -> &str {
        let from = self.body.find("<main").unwrap_or(0);
        let to = self.body.find("</main>").map_or(self.body.len(), |at| at + 7);
        &self.body[from..to]
    }
}

impl Client {
    pub(crate) fn new(front: shell::Front) -> Self {
        Self { front, cookie: None, token: None }
    }

    pub fn with_cookie(&self, secret: &str) -> Self {
        Self { cookie: Some(secret.to_owned()), ..self.clone() }
    }

    pub fn with_token(&self, secret: &str) -> Self {
        Self { token: Some(secret.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, None, "").await
    }

    /// A form; `&[("name", "value")]`.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        self.form(Method::POST, path, fields).await
    }

    pub async fn form(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answered {
        let body: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", encoded(v))).collect();
        self.send(method, path, Some("application/x-www-form-urlencoded"), &body.join("&")).await
    }

    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Answered {
        self.send(method, path, Some("application/json"), &body.to_string()).await
    }

    pub async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: &str) -> Answered {
        self.send_with(method, path, kind, body, &[("sec-fetch-site", "same-origin")]).await
    }

    pub async fn send_with(&self, method: Method, path: &str, kind: Option<&str>, body: &str, headers: &[(&str, &str)]) -> Answered {
        self.send_bytes(method, path, kind, body.to_owned(), headers).await
    }

    pub async fn send_bytes(&self, method: Method, path: &str, kind: Option<&str>, body: impl Into<Body>, headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("tacit={cookie}"));
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = shell::guard::method_override(request.body(body.into()).unwrap());
        let response = self.front.answer(request).await;
        let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let cookie = header(header::SET_COOKIE).and_then(|c| Some(c.strip_prefix("tacit=")?.split(';').next()?.to_owned()));
        let (status, location) = (response.status(), header(header::LOCATION));
        if header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/event-stream")) {
            return Answered { status, location, cookie, ..Answered::default() }; // a stream has no end to wait for
        }
        let headers = response.headers().clone();
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answered { status, location, cookie, body: String::from_utf8_lossy(&bytes).into_owned(), headers, bytes }
    }

    /// Opens a stream and reads its first so many events.
    pub async fn stream(&self, path: &str) -> Stream {
        let mut request = Request::builder().uri(path).header(header::HOST, "localhost");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("tacit={cookie}"));
        }
        let response = self.front.answer(request.body(Body::empty()).unwrap()).await;
        Stream { status: response.status(), body: response.into_body(), rest: String::new() }
    }
}

pub struct Stream {
    pub status: StatusCode,
    body: Body,
    rest: String,
}

impl Stream {
    /// The next event's name and data; None when the stream has ended. Waits at most five seconds.
    pub async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.rest.clone().split_once("\n\n") {
                self.rest = rest.to_owned();
                let field = |name: &str| event.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
                if let Some(data) = field("data:") {
                    return Some((field("event:").unwrap_or_default(), data));
                }
                continue;
            }
            let frame = tokio::time::timeout(std::time::Duration::from_secs(5), self.body.frame()).await;
            match frame.expect("a stream says something within five seconds") {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.rest.push_str(&String::from_utf8_lossy(data));
                    }
                }
                _ => return None,
            }
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-_.".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

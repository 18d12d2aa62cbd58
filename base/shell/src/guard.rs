//! What stands before and after every route: host, origin, who, rate; then headers, and errors as people read them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use kernel::{Cx, Error, Result, Viewer, hash_secret};

use crate::cache::Shows;
use crate::frame::{Html, Page};
use crate::figures::Measured;
use crate::limits::{Left, forwarded, network_of};
use crate::ports::{Guest, Scope};
use crate::request::{Answer, Fault, Visit};
use crate::router::{App, Shell};
use crate::listen::Pace;
use crate::slice::{LONG_FORM, Needs, Rate, Who};
use crate::translation::T;
use crate::{api, when};

pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// Outermost: finds out who came, calls on, renders what went wrong, sets headers.
pub async fn visit(State(shell): State<App>, req: Request, next: Next) -> Response {
    let measured = Measured(shell.figures.of(&req), std::time::Instant::now());
    let response = answer(&shell, req, next).await;
    measured.end(response.status());
    response
}

async fn answer(shell: &Arc<Shell>, mut req: Request, next: Next) -> Response {
    let visit = match welcome(shell, &mut req).await {
        Ok(visit) => visit,
        Err((visit, error)) => return headers(render(&visit, error, None).await),
    };
    req.extensions_mut().insert(visit.clone());
    let kept = visit.clone();
    let response = next.run(req).await;
    let left = response.extensions().get::<Left>().copied();
    let mut response = match response.extensions().get::<Fault>().cloned() {
        Some(Fault(error)) => render(&kept, error, response.extensions().get::<Kept>().cloned()).await,
        None => response,
    };
    if let Some(left) = left.filter(|_| kept.api) {
        left.write(response.headers_mut());
    }
    headers(response)
}

/// The words of an act that could not be done because the session had ended, to be shown again.
#[derive(Clone)]
pub(crate) struct Kept(pub String);

async fn welcome(shell: &Arc<Shell>, req: &mut Request) -> std::result::Result<Visit, (Visit, Error)> {
    let path = req.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
    let api = path.starts_with("/api/");
    let headers = req.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (client, believed) = client(shell, req);
    let mut visit = Visit {
        cx: Cx::new(shell.house.clone(), Viewer::Stranger),
        guest: None,
        t: T::of_header(shell.languages, text(header::ACCEPT_LANGUAGE)),
        shell: shell.clone(),
        zone: TimeZone::UTC,
        path,
        api,
        problems: api || text(header::ACCEPT).starts_with("application/json"),
        address: network_of(client),
        believed,
        cookie: None,
        agent: text(header::USER_AGENT).chars().filter(|c| !c.is_control()).take(200).collect(),
        unread: Arc::default(),
    };
    if !known_host(shell, text(header::HOST), req.uri().host()) {
        shell.figures.wrong_host.up();
        return Err((visit, Error::Refused("This address is not one of this place. Please use the one you were given.".into())));
    }
    let secret = if api { bearer(headers) } else { cookie(shell, headers) };
    if let Some(secret) = secret {
        let asked = if api { shell.door.by_token } else { shell.door.by_session };
        match asked(shell.house.clone(), hash_secret(&secret)).await {
            Ok(Some(guest)) => {
                visit.cx.viewer = Viewer::Person(guest.person);
                visit.zone = when::zone(&guest.zone);
                if !guest.language.is_empty() {
                    visit.t = T::of_code(shell.languages, &guest.language);
                }
                visit.guest = Some(Arc::new(guest));
            }
            Ok(None) if api => return Err((visit, Error::Refused(BAD_TOKEN.into()))),
            Ok(None) => {}
            Err(error) => return Err((visit, error)),
        }
        visit.cookie = (!api).then_some(secret);
    }
    Ok(visit)
}

const BAD_TOKEN: &str = "This token is not known here, or it was ended.";
const NEED_TOKEN: &str = "Please send a token: Authorization: Bearer TOKEN. You make one on your settings page.";
const NEED_SCOPE: &str = "This token may not do this. Please make one with the scope it needs.";

/// Who asks, and whether a trusted proxy says so.
fn client(shell: &Shell, req: &Request) -> (IpAddr, bool) {
    let peer = req.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |c| c.0.ip());
    let named = forwarded(req.headers());
    if named.is_some() && !shell.config.trusts_proxy(peer) {
        shell.figures.unbelieved.up();
    }
    match named.filter(|_| shell.config.trusts_proxy(peer)) {
        Some(client) => (client, true),
        None => (peer, false),
    }
}

/// The names this place has: its public one, and this machine's own.
pub(crate) fn known_host(shell: &Shell, header: &str, uri: Option<&str>) -> bool {
    let host = if header.is_empty() { uri.unwrap_or_default() } else { header };
    let host = &host.to_ascii_lowercase();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host.as_str(), |(n, _)| n);
    let name = name.trim_end_matches('.');
    ["localhost", "127.0.0.1", "[::1]"].contains(&name) || name == shell.config.public_host() || host.is_empty()
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

pub(crate) fn cookie(shell: &Shell, headers: &HeaderMap) -> Option<String> {
    let name = shell.config.cookie();
    headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';')).find_map(|pair| {
        let (n, value) = pair.trim().split_once('=')?;
        (n == name && value.len() == 64).then(|| value.to_owned())
    })
}

/// Before one route: what it needs.
pub async fn needs(State(needs): State<Needs>, visit: Visit, req: Request, next: Next) -> Response {
    let left = match within_limits(needs, &visit) {
        Ok(left) => left,
        Err(error) => {
            let mut response = Fault(error).into_response();
            response.extensions_mut().insert(visit.shell.limits.nothing_left(needs.rate));
            return response;
        }
    };
    let mut response = match allowed(needs, &visit, &req) {
        Ok(()) => {
            if let Some(pace) = req.extensions().get::<Pace>().filter(|_| needs.body > LONG_FORM) {
                pace.may_be_slow();
            }
            let mut response = next.run(req).await;
            if needs.shared && visit.guest.is_none() && response.extensions().get::<Shows>().is_none() {
                response.extensions_mut().insert(Shows::Everything);
            }
            response
        }
        Err(Denied::Fault(error)) => Fault(error).into_response(),
        Err(Denied::SignIn) => signed_out(&visit, needs, req).await,
    };
    if let Some(left) = left.filter(|_| visit.api) {
        response.extensions_mut().insert(left);
    }
    response
}

enum Denied {
    Fault(Error),
    SignIn,
}

fn within_limits(needs: Needs, visit: &Visit) -> Result<Option<Left>> {
    let own = visit.cx.viewer.person().map(|p| p.to_string());
    let mut keys = vec![visit.address.as_str()];
    if let Some(own) = &own {
        // A signed-in person reads and writes on their own account: colleagues behind one address do not slow each other.
        keys = if needs.rate == Rate::SignIn { vec![own.as_str(), keys.remove(0)] } else { vec![own.as_str()] };
    }
    visit.shell.limits.check_from(needs.rate, &keys, &visit.address, visit.cx.now())
}

fn allowed(needs: Needs, visit: &Visit, req: &Request) -> std::result::Result<(), Denied> {
    if !visit.api && !is_safe(req.method()) && !same_origin(visit, req.headers()) {
        return Err(Denied::Fault(Error::refused("This was sent from another place and was not done.")));
    }
    let may = |scope| visit.guest.as_deref().is_some_and(|g| g.scopes.contains(&scope));
    let refuse = |say: &'static str| Err(Denied::Fault(Error::refused(say)));
    match needs.who {
        Who::Anyone => Ok(()),
        Who::SignedIn if visit.guest.is_some() => Ok(()),
        Who::SignedIn => Err(Denied::SignIn),
        Who::ApiRead if visit.guest.is_none() || may(Scope::Read) => Ok(()),
        Who::ApiOwn if may(Scope::Read) => Ok(()),
        Who::ApiWrite if may(Scope::Write) => Ok(()),
        Who::ApiRead | Who::ApiOwn | Who::ApiWrite if visit.guest.is_some() => refuse(NEED_SCOPE),
        Who::ApiRead | Who::ApiOwn | Who::ApiWrite => Err(Denied::SignIn),
    }
}

pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers say where a request comes from; an unsafe one must come from here.
fn same_origin(visit: &Visit, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()) else { return false };
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, from)| from == host) || origin == visit.shell.config.public_url
}

/// A page for who has to sign in first. Words that were being sent are shown, so that nothing is lost.
async fn signed_out(visit: &Visit, needs: Needs, req: Request) -> Response {
    if visit.api {
        let mut response = Fault(Error::refused(NEED_TOKEN)).into_response();
        response.extensions_mut().insert(Kept(String::new()));
        return response;
    }
    if is_safe(req.method()) {
        let next: String = form_urlencoded::byte_serialize(visit.path.as_bytes()).collect();
        return crate::request::see(format!("/sign-in?next={next}"));
    }
    let bytes = axum::body::to_bytes(req.into_body(), needs.body.min(LONG_FORM)).await.unwrap_or_default();
    let written = form_urlencoded::parse(&bytes).filter(|(name, value)| name == "words" || value.chars().count() > 60);
    let words = written.filter(|(name, _)| !name.contains("password")).map(|(_, v)| v.into_owned()).collect::<Vec<_>>().join("\n\n");
    let mut response = Fault(Error::refused("You are signed out, so this was not sent.")).into_response();
    response.extensions_mut().insert(Kept(words));
    response
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    t: T,
    what: String,
    kept: Option<String>,
    words: Option<String>,
    todo: &'static str,
    sign_in: bool,
    reference: Option<String>,
}

async fn render(visit: &Visit, error: Error, kept: Option<Kept>) -> Response {
    let reference = match &error {
        Error::Broken(why) => {
            let reference = visit.once();
            // The first part alone: what follows may be a secret or a name.
            let part = visit.path.split(['?', '/']).nth(1).unwrap_or_default();
            tracing::error!(reference, part, why, "an answer failed");
            Some(reference)
        }
        _ => None,
    };
    let unauthenticated = kept.is_some() || (visit.api && visit.guest.is_none() && error == Error::Refused(BAD_TOKEN.into()));
    let status = if unauthenticated { StatusCode::UNAUTHORIZED } else { crate::request::status_of(&error) };
    let mut response = if visit.problems {
        api::problem(visit.t, status, &error, reference)
    } else {
        match page(visit, status, &error, kept, reference).await {
            Ok(response) => response,
            Err(_) => (status, visit.t.say("Something broke on our side.")).into_response(),
        }
    };
    if let Error::TooMany(seconds) = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if unauthenticated && visit.api {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

async fn page(visit: &Visit, status: StatusCode, error: &Error, kept: Option<Kept>, reference: Option<String>) -> Result<Response> {
    let t = visit.t;
    let (what, todo) = explain(t, error);
    let words = kept.as_ref().map(|k| k.0.clone()).filter(|w| !w.is_empty());
    let nothing = matches!(error, Error::NotFound | Error::TooMany(_));
    let note = (!nothing && words.is_none()).then(|| t.say("Nothing was changed.").to_owned());
    let shown = ErrorPage { t, what: what.clone(), kept: note, words, todo, sign_in: kept.is_some(), reference };
    let page = Page { title: &what, status, main: &shown };
    visit.framed(page, Html::default())
}

pub(crate) fn explain(t: T, error: &Error) -> (String, &'static str) {
    match error {
        Error::NotFound => (
            t.say("There is nothing here that you can see.").into(),
            t.say("It may have been withdrawn, the address may be mistyped, or it is for other people. If you have an account, signing in may help."),
        ),
        Error::Refused(say) => (t.sentence(say), t.say("Go back and look at what the page offers.")),
        Error::Invalid(problems) => {
            let lines: Vec<String> = problems.iter().map(|p| t.sentence(&p.say)).collect();
            (lines.join(" "), t.say("Go back, mend it and send it again."))
        }
        Error::TooLarge => (
            t.say("This is more than can be taken at once.").into(),
            t.say("Go back, shorten it and send it again."),
        ),
        Error::Conflict => (
            t.say("Somebody else changed this at the same moment.").into(),
            t.say("Go back, look at it as it is now, and send it again if it still fits."),
        ),
        Error::TooMany(seconds) => (
            t.with("That was very often in a short time. Please wait {n} seconds.", "n", seconds),
            t.say("Nothing is lost: go back and try again then."),
        ),
        Error::Unavailable(say) => (t.sentence(say), t.say("Please try again in a minute.")),
        Error::Broken(_) => (
            t.say("Something broke on our side.").into(),
            t.say("Please try again. If it stays, tell the operator the reference below."),
        ),
    }
}

/// On every answer.
fn headers(mut response: Response) -> Response {
    let fixed: [(HeaderName, &'static str); 8] = [
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::VARY, "cookie, authorization, accept-language"),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(self), geolocation=()"),
    ];
    for (name, value) in fixed {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// HTML forms know GET and POST; `?_method=delete` on a POST stands for the real one.
pub fn method_override(mut req: axum::http::Request<Body>) -> axum::http::Request<Body> {
    if req.method() == Method::POST && !req.uri().path().starts_with("/api/") {
        let wanted = req.uri().query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("_method="));
        match wanted {
            Some("delete") => *req.method_mut() = Method::DELETE,
            Some("put") => *req.method_mut() = Method::PUT,
            _ => {}
        }
    }
    req
}

/// A panic is our fault and nobody else's end: it is counted, logged with a reference, and answered.
pub async fn catch_panics(State(shell): State<App>, req: Request, next: Next) -> Response {
    use futures_util::FutureExt;
    match std::panic::AssertUnwindSafe(next.run(req)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            shell.figures.panics.up();
            tracing::error!(panics = shell.figures.panics.value(), "a request panicked");
            Fault(Error::broken("panic")).into_response()
        }
    }
}

pub(crate) async fn not_found() -> Answer {
    Err(Error::NotFound.into())
}

pub(crate) fn wrong_method(visit: &Visit) -> Response {
    let (t, status) = (visit.t, StatusCode::METHOD_NOT_ALLOWED);
    if visit.api {
        return api::problem(t, status, &Error::refused("This address does not know this method."), None);
    }
    (status, t.say("This address does not know this method.")).into_response()
}

impl Visit {
    /// The person behind the visit, for routes that need one.
    pub fn guest(&self) -> Result<&Guest> {
        self.guest.as_deref().ok_or(Error::NotFound)
    }
}

//! The report as a page on this machine: four addresses, read-only, without script, until Ctrl-C.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use archive::trying::{Page, Report, STYLE, page};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use shell::asset;
use tokio::net::TcpListener;

const REPORT_CSS: &str = "/assets/report.css";
/// What the page is made of and nothing else; no script at all.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Served {
    html: Bytes,
    /// Names by which a browser on this machine may ask; none: it is shown to a network, which the operator chose.
    hosts: Option<Vec<String>>,
}

pub fn serve(report: &Report, path: &str, listen: SocketAddr) -> Result<()> {
    let how = Page::Linked { styles: &[asset::APP_CSS, REPORT_CSS], mark: asset::MARK_SVG };
    let html = Bytes::from(page(report, path, &how)?);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("{listen} cannot be listened on; left out, --listen finds a free port"))?;
        let at = listener.local_addr()?;
        super::print(&format!("The report is at http://{at}\nCtrl-C ends it, and nothing of it stays."))?;
        let served = Arc::new(Served { html, hosts: at.ip().is_loopback().then(|| hosts(at)) });
        tokio::select! {
            () = answer_all(listener, served) => {}
            stopped = stopped() => stopped?,
        }
        Ok(())
    })
}

/// A page elsewhere that has its own name lead to this machine gets nothing (DNS rebinding).
fn hosts(at: SocketAddr) -> Vec<String> {
    vec![at.to_string(), format!("localhost:{}", at.port())]
}

async fn stopped() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done?,
        _ = term.recv() => {}
    }
    Ok(())
}

async fn answer_all(listener: TcpListener, served: Arc<Served>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let served = served.clone();
        tokio::spawn(async move {
            let answer = service_fn(|asked: Request<Incoming>| {
                let answer = served.answer(&asked);
                async move { Ok::<_, Infallible>(answer) }
            });
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10));
            // A browser that goes away is no fault.
            let _ = server.serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

impl Served {
    fn answer<B>(&self, asked: &Request<B>) -> Response<Full<Bytes>> {
        let host = asked.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let (status, kind, body) = if self.hosts.as_ref().is_some_and(|hosts| !hosts.iter().any(|known| known == host)) {
            (StatusCode::MISDIRECTED_REQUEST, "text/plain; charset=utf-8", Bytes::from_static(b"This page is for this machine alone.\n"))
        } else if asked.method() != Method::GET && asked.method() != Method::HEAD {
            (StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", Bytes::from_static(b"This page can be read and nothing else.\n"))
        } else {
            self.found(asked.uri().path())
        };
        let mut answer = Response::new(Full::new(if asked.method() == Method::HEAD { Bytes::new() } else { body }));
        *answer.status_mut() = status;
        for (name, value) in headers(kind) {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        answer
    }

    fn found(&self, path: &str) -> (StatusCode, &'static str, Bytes) {
        let text = |kind, text: &'static str| (StatusCode::OK, kind, Bytes::from_static(text.as_bytes()));
        match path {
            "/" => (StatusCode::OK, "text/html; charset=utf-8", self.html.clone()),
            REPORT_CSS => text("text/css; charset=utf-8", STYLE),
            asset::APP_CSS => text("text/css; charset=utf-8", asset::text(asset::APP_CSS)),
            asset::MARK_SVG => text("image/svg+xml", asset::text(asset::MARK_SVG)),
            _ => (StatusCode::NOT_FOUND, "text/plain; charset=utf-8", Bytes::from_static(b"The report is at /.\n")),
        }
    }
}

fn headers(kind: &'static str) -> [(HeaderName, &'static str); 6] {
    [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, path: &str, host: &str) -> Response<Full<Bytes>> {
        let at: SocketAddr = "127.0.0.1:8123".parse().unwrap();
        let served = Served { html: Bytes::from_static(b"<p>"), hosts: Some(hosts(at)) };
        served.answer(&Request::builder().method(method).uri(path).header("host", host).body(()).unwrap())
    }

    #[test]
    fn the_page_is_for_this_machine_and_runs_nothing() {
        let page = ask("GET", "/", "127.0.0.1:8123");
        assert_eq!(page.status(), 200);
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("script-src"));
        assert_eq!(ask("GET", "/", "localhost:8123").status(), 200);
        assert_eq!(ask("GET", "/", "evil.example.org:8123").status(), 421);
        assert_eq!(ask("POST", "/", "localhost:8123").status(), 405);
        assert_eq!(ask("GET", "/etc/passwd", "localhost:8123").status(), 404);
    }

    #[test]
    fn its_styles_are_there() {
        for path in [REPORT_CSS, asset::APP_CSS, asset::MARK_SVG] {
            assert_eq!(ask("GET", path, "localhost:8123").status(), 200, "{path}");
        }
    }
}

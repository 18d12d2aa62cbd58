//! Style, script and mark: hashed names, cached for ever, compressed when the program was built.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(crate) struct Asset {
    path: &'static str,
    kind: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The text of one of them, for a page that is no part of a running place.
pub fn text(path: &str) -> &'static str {
    let asset = ASSETS.iter().find(|a| a.path == path);
    asset.and_then(|a| std::str::from_utf8(a.plain).ok()).unwrap_or_default()
}

pub(crate) async fn serve(uri: axum::http::Uri, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|a| a.path == uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let fixed = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if accepts.split(',').any(|part| part.trim().starts_with("br")) {
        (fixed, [(header::CONTENT_ENCODING, "br")], asset.brotli).into_response()
    } else {
        (fixed, asset.plain).into_response()
    }
}

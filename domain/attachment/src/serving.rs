//! Serving a file to who may see what it stands with: as a whole, or the part that a player asks for.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Cx, Error, Result};

use crate::Kind;
use crate::store::Served;

/// A file is shown by nobody's scripts, in nobody's frame, and asks for nothing.
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// Whether this viewer may see it was asked before.
pub async fn serve(cx: &Cx, file: &Served, headers: &HeaderMap) -> Result<Response> {
    let etag = format!("\"{}\"", file.hash);
    let asked = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    if asked(header::IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Ok((StatusCode::NOT_MODIFIED, common(file, &etag)).into_response());
    }
    let current = asked(header::IF_RANGE).is_none_or(|tag| tag == etag);
    let range = asked(header::RANGE).filter(|_| current).map_or(Range::Whole, |text| range(text, file.bytes));
    let (status, from, length) = match range {
        Range::Whole => (StatusCode::OK, 0, file.bytes),
        Range::Part(from, to) => (StatusCode::PARTIAL_CONTENT, from, to - from + 1),
        Range::None => {
            let end = [(header::CONTENT_RANGE, format!("bytes */{}", file.bytes))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, end).into_response());
        }
    };
    let Some(stream) = cx.house.blobs.read(&file.hash, from, length).await? else {
        return Err(Error::broken(format!("the file {} is not here", file.hash)));
    };
    let mut response = (status, common(file, &etag), Body::from_stream(stream)).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(part) = HeaderValue::from_str(&format!("bytes {from}-{}/{}", from + length - 1, file.bytes))
    {
        out.insert(header::CONTENT_RANGE, part);
    }
    Ok(response)
}

fn common(file: &Served, etag: &str) -> HeaderMap {
    // Pictures, sound and films are shown where they are; everything else is saved.
    let way = if file.kind == Kind::File { "attachment" } else { "inline" };
    let name: String = form_urlencoded::byte_serialize(file.name.as_bytes()).collect::<String>().replace('+', "%20").replace('*', "%2A");
    let fixed = [
        (header::CONTENT_TYPE, file.content_type.clone()),
        (header::CONTENT_DISPOSITION, format!("{way}; filename*=UTF-8''{name}")),
        (header::CONTENT_SECURITY_POLICY, CSP.to_owned()),
        // What an id names never changes. Who signs out has another cookie, and so another cache.
        (header::CACHE_CONTROL, "private, max-age=604800, immutable".to_owned()),
        (header::VARY, "cookie, authorization".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, etag.to_owned()),
    ];
    fixed.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?))).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    /// First and last byte.
    Part(u64, u64),
    None,
}

/// One range; of several, or of what cannot be read, the whole is given, as the standard allows.
fn range(text: &str, size: u64) -> Range {
    let Some(spec) = text.strip_prefix("bytes=").filter(|s| !s.contains(',')) else { return Range::Whole };
    let Some((from, to)) = spec.trim().split_once('-') else { return Range::Whole };
    let number = |text: &str| text.parse::<u64>().ok();
    let part = match (from, to) {
        ("", last) => number(last).map(|n| (size.saturating_sub(n), size.saturating_sub(1), n > 0)),
        (from, "") => number(from).map(|from| (from, size.saturating_sub(1), true)),
        (from, to) => number(from).zip(number(to)).filter(|(from, to)| from <= to).map(|(from, to)| (from, to.min(size.saturating_sub(1)), true)),
    };
    match part {
        None => Range::Whole,
        Some((from, to, true)) if from < size => Range::Part(from, to),
        Some(_) => Range::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_the_file_or_none() {
        assert_eq!(range("bytes=0-1", 10), Range::Part(0, 1));
        assert_eq!(range("bytes=5-", 10), Range::Part(5, 9));
        assert_eq!(range("bytes=-3", 10), Range::Part(7, 9));
        assert_eq!(range("bytes=-30", 10), Range::Part(0, 9));
        assert_eq!(range("bytes=4-99", 10), Range::Part(4, 9));
        assert_eq!(range("bytes=10-", 10), Range::None);
        assert_eq!(range("bytes=-0", 10), Range::None);
        for odd in ["bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=0-1,3-4", "bytes=", "bytes=99999999999999999999-"] {
            assert_eq!(range(odd, 10), Range::Whole, "{odd}");
        }
    }
}

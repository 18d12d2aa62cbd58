//! The frame around every page, and `Html`: the only thing that a template prints unescaped.

use std::fmt;

use askama::{DynTemplate, Template};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Id, Result};

use crate::asset;
use crate::ports::Place;
use crate::request::Visit;
use crate::translation::T;

/// Markup that is safe to print: made by a template or by our own serializer, never from input directly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    pub fn of(template: &impl Template) -> Result<Self> {
        template.render().map(Self).map_err(|e| Error::broken(format!("template: {e}")))
    }

    /// Stored markup that our own serializer made, or text put together from escaped parts.
    pub fn trusted(markup: String) -> Self {
        Self(markup)
    }

    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// A page's own part, written straight into its frame.
struct Main<'a>(&'a dyn DynTemplate);

impl fmt::Display for Main<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.dyn_render_into(f).map_err(|_| fmt::Error)
    }
}

impl askama::filters::HtmlSafe for Main<'_> {}

pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[derive(Template)]
#[template(path = "frame.html")]
struct Frame<'a> {
    t: T,
    title: &'a str,
    theme: &'a str,
    zone: &'a str,
    signed_in: Option<(&'a str, &'a str)>,
    path: &'a str,
    top: Html,
    main: Main<'a>,
    instance: &'a str,
    demo: bool,
    css: &'static str,
    js: &'static str,
    mark: &'static str,
}

/// What a page is, beside its main part.
pub struct Page<'a> {
    pub title: &'a str,
    pub status: StatusCode,
    pub main: &'a (dyn DynTemplate + Sync),
}

impl Visit {
    /// A whole page.
    pub async fn page(&self, title: &str, main: &(impl Template + Sync)) -> Result<Response> {
        self.page_with(Page { title, status: StatusCode::OK, main }).await
    }

    /// The form again, with what is wrong beside its fields.
    pub async fn page_again(&self, title: &str, main: &(impl Template + Sync)) -> Result<Response> {
        self.page_with(Page { title, status: StatusCode::UNPROCESSABLE_ENTITY, main }).await
    }

    pub async fn page_with(&self, page: Page<'_>) -> Result<Response> {
        let top = match self.guest {
            Some(_) => self.panels(Place::Top, Id(0)).await?,
            None => Html::default(),
        };
        self.framed(page, top)
    }

    pub(crate) fn framed(&self, page: Page<'_>, top: Html) -> Result<Response> {
        let guest = self.guest.as_deref();
        let frame = Frame {
            t: self.t,
            title: page.title,
            theme: guest.map_or("", |g| g.theme.as_str()),
            zone: guest.map_or("UTC", |g| g.zone.as_str()),
            signed_in: guest.map(|g| (g.name.as_str(), g.handle.as_str())),
            path: self.path.split('?').next().unwrap_or_default(),
            top,
            main: Main(page.main),
            instance: &self.shell.config.name,
            demo: self.shell.config.demo,
            css: asset::APP_CSS,
            js: asset::APP_JS,
            mark: asset::MARK_SVG,
        };
        let html = Html::of(&frame)?;
        let cache = [(header::CACHE_CONTROL, "private, no-cache"), (header::VARY, "cookie, accept-language")];
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        Ok((page.status, kind, cache, html.into_string()).into_response())
    }

    /// The panels of all slices for a place, one after the other in their order.
    pub async fn panels(&self, place: Place, subject: Id) -> Result<Html> {
        let mut out = String::new();
        for panel in self.shell.panels.iter().filter(|p| p.place == place) {
            out.push_str((panel.show)(self.clone(), subject).await?.as_str());
        }
        Ok(Html(out))
    }
}

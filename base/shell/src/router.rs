//! From slices to one service: every route behind its needs, one state, one set of headers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::middleware;
use axum::routing::get;
use kernel::House;

use crate::cache::Front;
use crate::figures::Figures;
use crate::limits::{Classes, Limits};
use crate::live::Hub;
use crate::ports::{Belongings, Door, Panel};
use crate::request::Visit;
use crate::slice::Slice;
use crate::translation::{self, Language};
use crate::{api, asset, guard};

/// What the operator can set, beside where the data is.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the instance calls itself.
    pub name: String,
    /// How people reach it, for links that leave the page.
    pub public_url: String,
    pub demo: bool,
    /// Rate limits; off only for measuring on the machine itself.
    pub limits: bool,
    pub classes: Classes,
    /// Names this place wherever it is asked, so that `tacit doctor` knows whether it met itself behind its public address.
    pub instance: String,
    /// A proxy whose `X-Forwarded-For` is believed.
    pub trusted_proxy: Option<IpAddr>,
}

impl Config {
    pub fn local(public_url: &str) -> Self {
        Self {
            name: "Tacit".into(),
            public_url: public_url.into(),
            demo: false,
            limits: true,
            classes: Classes::default(),
            instance: String::new(),
            trusted_proxy: None,
        }
    }

    pub fn public_host(&self) -> &str {
        let rest = self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(h, _)| h)
    }

    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// `__Host-` binds the cookie to this host over TLS; over plain HTTP a browser would refuse it.
    pub fn cookie(&self) -> &'static str {
        if self.secure() { "__Host-tacit" } else { "tacit" }
    }

    pub fn trusts_proxy(&self, peer: IpAddr) -> bool {
        self.trusted_proxy == Some(peer)
    }
}

/// Everything that answers requests.
pub struct Shell {
    pub house: Arc<House>,
    pub config: Config,
    pub panels: Vec<Panel>,
    pub belongings: Vec<Belongings>,
    pub door: Door,
    pub limits: Limits,
    pub figures: Figures,
    pub openapi: serde_json::Value,
    pub(crate) languages: &'static [Language],
    /// Who listens on this node.
    pub live: Arc<Hub>,
    /// Told when the program is about to end, so that open streams end first.
    pub closing: tokio::sync::watch::Receiver<bool>,
}

pub type App = Arc<Shell>;

/// Puts slices together. They are composed in the order of the arrows between them.
pub fn app(
    house: Arc<House>,
    config: Config,
    slices: Vec<Slice>,
    closing: tokio::sync::watch::Receiver<bool>,
) -> kernel::Result<(App, Front)> {
    let door = slices.iter().find_map(|s| s.door).ok_or_else(|| kernel::Error::broken("no slice opens the door"))?;
    let mut panels: Vec<Panel> = slices.iter().flat_map(|s| s.panels.iter().copied()).collect();
    panels.sort_by_key(|p| p.order);
    let own = api::pages();
    let shell = Arc::new(Shell {
        languages: translation::together(&slices),
        openapi: api::document(&config, slices.iter().flat_map(|s| &s.api)),
        belongings: slices.iter().filter_map(|s| s.belongings).collect(),
        limits: Limits::new(config.limits, config.classes),
        figures: Figures::new(slices.iter().flat_map(|s| s.pages.iter().chain(&s.api)).chain(&own)),
        house,
        config,
        panels,
        door,
        live: Hub::new(),
        closing,
    });
    tokio::spawn(shell.live.clone().run(shell.house.clone(), door, shell.closing.clone()));
    let within = slices.iter().flat_map(|s| s.within.iter().copied()).collect();
    let mut router: Router<App> = Router::new();
    for route in slices.into_iter().flat_map(|s| s.pages.into_iter().chain(s.api)) {
        let layer = middleware::from_fn_with_state(route.needs, guard::needs);
        router = router.route(route.path, route.serve.layer(layer));
    }
    for route in own {
        let layer = middleware::from_fn_with_state(route.needs, guard::needs);
        router = router.route(route.path, route.serve.layer(layer));
    }
    let router = router
        .route("/healthz", get(healthz))
        .fallback(guard::not_found)
        .method_not_allowed_fallback(|visit: Visit| async move { guard::wrong_method(&visit) })
        .layer(middleware::from_fn_with_state(shell.clone(), guard::catch_panics))
        .layer(middleware::from_fn_with_state(shell.clone(), guard::visit))
        .route("/assets/{file}", get(asset::serve))
        .with_state(shell.clone());
    let front = Front::new(shell.clone(), router, within);
    Ok((shell, front))
}

/// Whether this node can read its database. No needs: a load balancer asks often and is nobody.
async fn healthz(visit: Visit, headers: HeaderMap) -> crate::request::Answer<([(&'static str, String); 2], &'static str)> {
    kernel::journal::head(visit.cx.db()).await?;
    let config = &visit.shell.config;
    // For `tacit doctor`: which place answered, and what it makes of what a proxy says of the client.
    let forwarded = match (headers.contains_key("x-forwarded-for"), visit.believed) {
        (false, _) => "none",
        (true, true) => "believed",
        (true, false) => "not believed",
    };
    Ok(([("tacit-instance", config.instance.clone()), ("tacit-forwarded", forwarded.to_owned())], "ok\n"))
}

//! `tacit serve`: opens, listens, says where, and stops without losing anything.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use kernel::{Batch, Cx, House, Viewer, vals};
use shell::listen::{Deadlines, serve as listen};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Config;
use crate::house::{Opened, open};
use crate::{demo, metrics, slices};

pub async fn serve(config: &Config, with_demo: bool) -> Result<()> {
    let address = config.address()?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on; is another server there? Try --listen 127.0.0.1:8401"))?;
    let metrics = match &config.metrics.value {
        Some(text) => Some(TcpListener::bind(text.as_str()).await.with_context(|| format!("figures cannot be served on {text}; another address: --metrics 127.0.0.1:9464"))?),
        None => None,
    };
    allow_files();
    let opened = open(config, "serve").await?;
    let house = opened.house.clone();
    let empty = person::store::is_empty(&house).await?;
    if with_demo && !empty && !demo::is_demo(&house).await? {
        bail!("--demo fills an empty instance, and {} has people in it. Use another folder: --data demo-data", config.data.value.display());
    }
    if with_demo && empty {
        say("Filling the place with a sample community. This takes a few seconds.");
        demo::fill(&house).await?;
    }
    let is_demo = demo::is_demo(&house).await?;
    let (stop, closing) = watch::channel(false);
    let port = listener.local_addr()?.port();
    let mut settings = config.shell(is_demo);
    settings.instance = instance(&house).await?;
    if config.url.origin == "default" {
        settings.public_url = settings.public_url.replace(":0", &format!(":{port}"));
    }
    let url = settings.public_url.clone();
    let (shell, front) = shell::app(house.clone(), settings, slices(), closing.clone())?;
    let jobs = [
        tokio::spawn(metrics::serve(metrics, shell.clone(), config.data.value.clone())),
        tokio::spawn(house.db.clone().follow()),
        tokio::spawn(Opened::keep_lease(house.clone(), opened.holder.clone())),
        tokio::spawn(every_minute(house.clone(), shell)),
    ];
    let serving = tokio::spawn(listen(listener, front, Deadlines::default(), config.trusted_proxy.value, closing));
    greet(&house, &url, is_demo, empty && !with_demo).await?;
    stopped().await?;
    tracing::info!("stopping: finishing what is under way");
    let _ = stop.send(true);
    serving.await?;
    jobs.iter().for_each(tokio::task::JoinHandle::abort);
    opened.close().await;
    Ok(())
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
    let _ = std::io::stdout().flush();
}

/// The last line says where; before it, what a first run needs.
async fn greet(house: &Arc<House>, url: &str, is_demo: bool, first_run: bool) -> Result<()> {
    if first_run {
        let cx = Cx::new(house.clone(), Viewer::System);
        let secret = person::acts::make_link(&cx, "set-up", None).await?;
        say("Nobody is here yet. Open this one-time link to set the place up (it works once, within a day):");
        say(&format!("{url}/set-up/{secret}"));
    }
    if is_demo {
        say(&format!("Sign in as {} with the password: {}", demo::FIRST, demo::PASSWORD));
    }
    say(&format!("Tacit is at {url}"));
    Ok(())
}

async fn every_minute(house: Arc<House>, shell: shell::router::App) {
    loop {
        if let Err(error) = attachment::acts::collect(&house).await {
            tracing::warn!(%error, "files that stand with nothing could not be cleared away");
        }
        if let Err(error) = membership::suspension::end_terms(&house).await {
            tracing::warn!(%error, "ended terms could not be looked after");
        }
        if let Err(error) = conversation::fading::fade(&house).await {
            tracing::warn!(%error, "what is past its time could not be taken out");
        }
        if let Err(error) = conversation::announcing::tidy(&house).await {
            tracing::warn!(%error, "announcements that are over could not be looked after");
        }
        if let Err(error) = membership::hats::terms::end_over(&house).await {
            tracing::warn!(%error, "terms of hats could not be looked after");
        }
        if let Err(error) = membership::invitations::end_over(&house).await {
            tracing::warn!(%error, "old invitations could not be looked after");
        }
        // A key that was sent a week ago is not sent again.
        let week = house.clock.now().minus(7 * kernel::clock::DAY);
        let mut batch = Batch::new();
        batch.run("delete from once where at < ?1", vals![week]);
        batch.run("delete from one_time_link where expires_at < ?1", vals![week]);
        person::device::forget_old(&mut batch, house.clock.now());
        if let Err(error) = house.db.write(batch).await {
            tracing::warn!(%error, "old keys could not be removed");
        }
        shell.limits.forget();
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

/// The name by which this place knows itself behind a proxy; made once, and the same for all servers on one database.
pub async fn instance(house: &House) -> Result<String> {
    let made = kernel::random::hex(&house.random.bytes::<8>()?);
    let mut batch = Batch::new();
    batch.run("insert into setting (name, value) values ('instance', ?1) on conflict (name) do nothing", vals![made]);
    house.db.write(batch).await?;
    let mut row = house.db.one("select value from setting where name = 'instance'", vals![]).await?.context("this place has no name")?;
    Ok(row.take()?)
}

/// Every reader of a live page is an open file: as many as the system lets this program have.
fn allow_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if setrlimit(Resource::Nofile, limit).is_err() {
        tracing::debug!("the limit of open files stays as it was");
    }
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

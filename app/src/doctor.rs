//! `tacit doctor`: looks at what goes wrong on a Friday, and says what to do.

use anyhow::Result;
use kernel::db::Place;
use kernel::vals;

use crate::config::Config;
use crate::house::open;

/// One line: whether it is good, what was looked at, what to do.
pub struct Line {
    pub good: bool,
    pub what: String,
}

pub async fn examine(config: &Config) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut line = |good, what: String| lines.push(Line { good, what });
    let probe = config.data.value.join(".doctor");
    let writable = config.make_data_folder().is_ok() && std::fs::write(&probe, b"x").is_ok();
    let _ = std::fs::remove_file(&probe);
    let folder = config.data.value.display();
    line(writable, if writable { format!("data folder {folder} can be written") } else { format!("data folder {folder} cannot be written: look at its owner and rights, and at the disk") });
    let address = config.address();
    line(address.is_ok(), format!("listen address {}", config.listen.value));
    let outside = address.is_ok_and(|a| !a.ip().is_loopback());
    let plain = config.url.value.starts_with("http://");
    line(
        !(outside && plain && config.trusted_proxy.value.is_none()),
        format!("public address {}{}", config.url.value, if outside && plain { ": use https:// behind a proxy, or passwords travel in the clear" } else { "" }),
    );
    let limits = if config.limits.value { "rate limits are on" } else { "rate limits are off: guessing passwords is not slowed down; take --limits off away" };
    line(config.limits.value, limits.into());
    match open(config, "command").await {
        Err(error) => line(false, format!("database {}: {error:#}", crate::config::without_password(&config.database.value))),
        Ok(opened) => {
            line(true, format!("database opens and has its schema ({} steps)", crate::house::migrations().len()));
            if let Place::Sqlite(_) = config.place()? {
                let check = opened.house.db.one("pragma quick_check(1)", vals![]).await?;
                let said: String = check.map_or(Ok("no answer".into()), |mut row| row.take())?;
                line(said == "ok", format!("database checks itself: {said}"));
            }
            let newest = "select coalesce(max(recorded_at), 0) from journal";
            let newest: i64 = opened.house.db.one(newest, vals![]).await?.map_or(Ok(0), |mut row| row.take())?;
            let ahead = newest > opened.house.clock.now().plus(kernel::clock::MINUTE).0;
            line(!ahead, if ahead { "the clock is behind the newest act in the journal: set it right".into() } else { "the clock is not behind the journal".to_owned() });
            let operators = person::store::operators(&opened.house).await?;
            line(operators > 0, if operators > 0 { format!("operators: {operators}") } else { "no operator yet: run tacit serve and open the set-up link, or tacit person add --operator".into() });
            opened.close().await;
        }
    }
    Ok(lines)
}

//! What `tacit doctor` looks at, gathered and not judged: rules.rs judges, and its tests make facts up.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use kernel::db::Place;
use kernel::{Clock, Timestamp, vals};

use super::outside::{self, Mail, Public};
use crate::config::Config;
use crate::house::open;

#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub now: i64,
    pub folder: String,
    pub writable: bool,
    /// Rights of the data folder and of the database's file.
    pub folder_mode: Option<u32>,
    pub file_mode: Option<u32>,
    pub listen: String,
    /// The listen address is one, and other machines reach it.
    pub listens: bool,
    pub outside: bool,
    pub url: String,
    pub trusted_proxy: bool,
    pub limits: bool,
    pub disk: Option<Disk>,
    pub most_files: Option<u64>,
    pub connections: u64,
    pub database_name: String,
    pub database: Option<Database>,
    /// Why the database could not be opened.
    pub database_error: String,
    pub last_backup: Option<i64>,
    pub public: Public,
    pub mail: Option<Mail>,
}

#[derive(Clone, Copy, Debug)]
pub struct Disk {
    pub free: u64,
    pub all: u64,
    pub free_files: u64,
    pub all_files: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Database {
    pub steps: usize,
    pub oldest_act: i64,
    pub newest_act: i64,
    /// What the database's own clock says (PostgreSQL), and what ours said at that moment.
    pub its_clock: Option<(i64, i64)>,
    pub operators: i64,
    pub instance: String,
    pub sqlite: Option<Sqlite>,
}

#[derive(Clone, Debug, Default)]
pub struct Sqlite {
    pub version: String,
    pub check: String,
    pub synchronous: i64,
    pub log_bytes: u64,
}

pub async fn gather(config: &Config) -> Result<Facts> {
    let folder = &config.data.value;
    let probe = folder.join(".doctor");
    // A typing error in the folder's name must not make a second place.
    let writable = folder.is_dir() && config.make_data_folder().is_ok() && std::fs::write(&probe, b"x").is_ok();
    let _ = std::fs::remove_file(&probe);
    let address = config.address();
    let mut facts = Facts {
        now: Clock::System.now().0,
        folder: folder.display().to_string(),
        writable,
        folder_mode: mode(folder),
        file_mode: match config.place()? {
            Place::Sqlite(path) if path.parent() != Some(folder) => mode(&path),
            _ => None,
        },
        listen: config.listen.value.clone(),
        listens: address.is_ok(),
        outside: address.is_ok_and(|a| !a.ip().is_loopback()),
        url: config.url.value.clone(),
        trusted_proxy: config.trusted_proxy.value.is_some(),
        limits: config.limits.value,
        disk: disk(folder),
        most_files: most_files(),
        connections: shell::listen::Deadlines::default().connections as u64,
        database_name: crate::config::without_password(&config.database.value),
        last_backup: last_backup(folder),
        ..Facts::default()
    };
    let there = folder.is_dir();
    let database = if there { database(config).await } else { Err(anyhow::anyhow!("there is no folder {}", folder.display())) };
    match database {
        Ok(database) => facts.database = Some(database),
        Err(error) => facts.database_error = format!("{error:#}"),
    }
    let (url, mail) = (facts.url.clone(), config.mail.clone());
    let asked = tokio::task::spawn_blocking(move || (outside::public(&url, Duration::from_secs(5)), mail.map(|m| outside::mail(&m.host, m.port))));
    (facts.public, facts.mail) = asked.await?;
    Ok(facts)
}

fn mode(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).ok().map(|m| m.permissions().mode() & 0o777)
    }
    #[cfg(not(unix))]
    None
}

fn disk(folder: &Path) -> Option<Disk> {
    let of = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(of.f_frsize);
    Some(Disk { free: bytes(of.f_bavail), all: bytes(of.f_blocks), free_files: of.f_favail, all_files: of.f_files })
}

/// How many files a server may open that is started as this command was: it takes all it may have.
fn most_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum
}

/// Where `tacit backup` notes when it was last done.
pub fn note_of_backup(folder: &Path) -> std::path::PathBuf {
    folder.join("last-backup")
}

fn last_backup(folder: &Path) -> Option<i64> {
    let text = std::fs::read_to_string(note_of_backup(folder)).ok()?;
    Timestamp::parse(text.trim()).map(|t| t.0)
}

async fn database(config: &Config) -> Result<Database> {
    let place = config.place()?;
    let opened = open(config, "command").await?;
    let found = look(&opened.house, &place).await;
    opened.close().await;
    found
}

async fn look(house: &kernel::House, place: &Place) -> Result<Database> {
    let db = &house.db;
    let acts = "select coalesce(min(recorded_at), 0), coalesce(max(recorded_at), 0) from journal";
    let mut acts = db.one(acts, vals![]).await?.ok_or(kernel::Error::NotFound)?;
    let mut found = Database {
        steps: crate::house::migrations().len(),
        oldest_act: acts.take()?,
        newest_act: acts.take()?,
        operators: person::store::operators(house).await?,
        instance: crate::serve::instance(house).await?,
        ..Database::default()
    };
    match place {
        Place::Sqlite(path) => {
            let mut sqlite = Sqlite { version: kernel::db::sqlite_version().to_owned(), ..Sqlite::default() };
            sqlite.check = db.one("pragma quick_check(1)", vals![]).await?.map_or(Ok("no answer".into()), |mut row| row.take())?;
            sqlite.synchronous = db.one("pragma synchronous", vals![]).await?.map_or(Ok(-1), |mut row| row.take())?;
            let log = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
            sqlite.log_bytes = std::fs::metadata(log).map_or(0, |m| m.len());
            found.sqlite = Some(sqlite);
        }
        Place::Postgres(_) => {
            let sql = "values (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint))"; // of PostgreSQL alone
            if let Some(mut row) = db.one(sql, vals![]).await? {
                found.its_clock = Some((row.take()?, house.clock.now().0));
            }
        }
    }
    Ok(found)
}

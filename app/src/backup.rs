//! `tacit backup` and `tacit restore`: a consistent copy of database and files, and the way back, tried before it counts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kernel::db::Place;
use kernel::{Clock, vals};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::house::{open, open_place};
use crate::verify;

/// What a backup says of itself.
#[derive(Serialize, Deserialize)]
struct Manifest {
    made_at: String,
    version: String,
    database: Option<Sum>,
    files: Vec<Sum>,
    events: i64,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
struct Sum {
    path: String,
    sha256: String,
    bytes: u64,
}

fn sum(root: &Path, path: &Path) -> Result<Sum> {
    let mut hash = Sha256::new();
    let mut file = std::fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bytes = std::io::copy(&mut file, &mut HashWriter(&mut hash))?;
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    Ok(Sum { path: name, sha256: kernel::random::hex(&hash.finalize()), bytes })
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.0.update(buf);
        Ok(buf.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn stamp() -> String {
    Clock::System.now().jiff().strftime("%Y%m%d-%H%M%S").to_string()
}

/// Copies the database (SQLite) and the files into a new folder; works while the server runs.
pub async fn backup(config: &Config, to: Option<PathBuf>) -> Result<PathBuf> {
    let folder = to.unwrap_or_else(|| PathBuf::from(format!("tacit-backup-{}", stamp())));
    if folder.exists() {
        bail!("{} is there already; a backup goes into a new folder", folder.display());
    }
    let opened = open(config, "command").await?;
    std::fs::create_dir_all(folder.join("files"))?;
    crate::config::own_only(&folder);
    // Files first, and again those that came since: whatever a row of the copy names is here, also when it was taken away or
    // brought while this ran. What is named by its hash never changes.
    copy_tree(&config.files(), &folder.join("files"))?;
    // Before the copy: what is written meanwhile may be in it, what was there before has to be.
    let events = kernel::journal::head(&opened.house.db).await?;
    let database = match config.place()? {
        Place::Sqlite(_) => {
            let file = folder.join("tacit.db");
            opened.house.db.copy_to(&file).await?;
            Some(sum(&folder, &file)?)
        }
        Place::Postgres(_) => {
            println!("The database is PostgreSQL's to copy: pg_dump --format=custom --file=tacit.dump DATABASE");
            println!("Only the files are copied here.");
            None
        }
    };
    copy_tree(&config.files(), &folder.join("files"))?;
    let files = sums(&folder.join("files"), &folder)?;
    let manifest = Manifest {
        made_at: Clock::System.now().rfc3339(),
        version: env!("CARGO_PKG_VERSION").into(),
        database,
        files,
        events,
    };
    std::fs::write(folder.join("manifest.json"), serde_json::to_string_pretty(&manifest)?)?;
    opened.close().await;
    // For `tacit doctor`, which asks how old the last one is.
    crate::doctor::note_backup(&config.data.value)?;
    Ok(folder)
}

/// What is not there yet. Files on their way stay behind, and one that goes meanwhile is no row's any more.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() && entry.file_name() != "incoming" {
            std::fs::create_dir_all(&target)?;
            copy_tree(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() && !target.exists() {
            match std::fs::copy(entry.path(), &target) {
                Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => {}
                done => drop(done.with_context(|| format!("{} cannot be copied", entry.path().display()))?),
            }
        }
    }
    Ok(())
}

fn sums(folder: &Path, root: &Path) -> Result<Vec<Sum>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { all.extend(sums(&path, root)?) } else { all.push(sum(root, &path)?) }
    }
    Ok(all)
}

fn manifest(backup: &Path) -> Result<Manifest> {
    let path = backup.join("manifest.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{} is no backup: it has no manifest.json", backup.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))
}

/// Tries a backup in a throwaway place: sums, the database's own check, the schema, the journal rebuilt and compared.
pub async fn restore_verify(backup: &Path) -> Result<String> {
    let manifest = manifest(backup)?;
    for known in manifest.files.iter().chain(&manifest.database) {
        if &sum(backup, &backup.join(&known.path))? != known {
            bail!("{} is not as it was backed up", known.path);
        }
    }
    let Some(_) = &manifest.database else {
        return Ok(format!("{} files are as they were backed up; the database is PostgreSQL's own backup", manifest.files.len()));
    };
    let place = std::env::temp_dir().join(format!("tacit-restore-{}", kernel::random::hex(&kernel::Random::System.bytes::<8>()?)));
    std::fs::create_dir_all(&place)?;
    crate::config::own_only(&place);
    let outcome = try_in(&place, backup, &manifest).await;
    let _ = std::fs::remove_dir_all(&place);
    outcome
}

async fn try_in(place: &Path, backup: &Path, manifest: &Manifest) -> Result<String> {
    let events = manifest.events;
    let file = place.join("tacit.db");
    std::fs::copy(backup.join("tacit.db"), &file)?;
    let opened = open_place(&Place::Sqlite(file), "restore", kernel::Blobs::at(backup.join("files"), 0)).await?;
    let check: String = match opened.house.db.one("pragma integrity_check", vals![]).await? {
        Some(mut row) => row.take()?,
        None => "no answer".into(),
    };
    if check != "ok" {
        bail!("the database is damaged: {check}");
    }
    let found = verify::verify(&opened.house, |_| {}).await?;
    let named = opened.house.db.query("select hash from attachment where hash <> '' union select small_hash from attachment where small_hash <> ''", vals![]).await?;
    opened.close().await;
    let known: std::collections::HashSet<&str> = manifest.files.iter().map(|f| f.sha256.as_str()).collect();
    for mut row in named {
        let hash: String = row.take()?;
        if !known.contains(hash.as_str()) {
            bail!("a file that stands with somebody's words is missing: {hash}");
        }
    }
    if found.events < events {
        bail!("the journal has {} events and should have {events}", found.events);
    }
    if !found.is_good() {
        bail!("what is derived differs from the journal: {:?}", found.tables);
    }
    Ok(format!("good: {} events, nothing differs, {} files are whole, the database checks out", found.events, manifest.files.len()))
}

/// Puts a backup in the place of what is there, after it was tried. What was there is kept beside it.
pub async fn restore(config: &Config, backup: &Path, yes: bool) -> Result<String> {
    let Place::Sqlite(database) = config.place()? else {
        bail!("a PostgreSQL database is restored with pg_restore; then copy {}/files to {}", backup.display(), config.files().display());
    };
    let tried = restore_verify(backup).await?;
    if database.exists() {
        refuse_while_running(config).await?;
        if !yes {
            confirm(&format!("This replaces {} (it is kept beside it). Go on? [y/N] ", database.display()))?;
        }
    }
    config.make_data_folder()?;
    let stamp = stamp();
    if database.exists() {
        std::fs::rename(&database, database.with_extension(format!("before-restore-{stamp}.db")))?;
        for tail in ["db-wal", "db-shm"] {
            let _ = std::fs::remove_file(database.with_extension(tail));
        }
    }
    std::fs::copy(backup.join("tacit.db"), &database)?;
    std::fs::File::open(&database)?.sync_all()?;
    if config.files().exists() {
        std::fs::rename(config.files(), config.data.value.join(format!("files-before-restore-{stamp}")))?;
    }
    std::fs::create_dir_all(config.files())?;
    copy_tree(&backup.join("files"), &config.files())?;
    Ok(tried)
}

/// A running server holds a lease on its node number. What cannot even be opened is what a restore is for: then nobody runs.
async fn refuse_while_running(config: &Config) -> Result<()> {
    let now = Clock::System.now();
    let running = match kernel::Db::look(&config.place()?, "select 1 from node_lease where holder like 'serve:%' and expires_at > ?1", vals![now]).await {
        Ok(rows) => !rows.is_empty(),
        Err(error) => {
            println!("The database as it is cannot be read ({error}).");
            false
        }
    };
    if running {
        bail!("a server is running on this database (or was until a minute ago); stop it first");
    }
    Ok(())
}

fn confirm(question: &str) -> Result<()> {
    use std::io::Write;
    print!("{question}");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if !["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
        bail!("nothing was changed");
    }
    Ok(())
}

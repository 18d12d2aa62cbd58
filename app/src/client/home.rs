//! What the command line keeps for its person: where they signed in, readable by nobody else, and lines that wait.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The surroundings of a person's terminal, not the configuration of a server.
#[allow(clippy::disallowed_methods)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// By the XDG base directories: what is kept goes to the one, what passes through to the other.
fn folder(variable_name: &str, otherwise: &str) -> Result<PathBuf> {
    let base = match variable(variable_name).map(PathBuf::from).filter(|p| p.is_absolute()) {
        Some(base) => base,
        None => PathBuf::from(variable("HOME").context("there is no home folder: set HOME")?).join(otherwise),
    };
    let folder = base.join("tacit");
    std::fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    crate::config::own_only(&folder);
    Ok(folder)
}

/// Where lines wait: a folder of this person's own.
pub fn waiting(what: &str) -> Result<PathBuf> {
    let folder = folder("XDG_STATE_HOME", ".local/state")?.join(what);
    std::fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    Ok(folder)
}

/// Where somebody is signed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    pub server: String,
    pub handle: String,
    pub token: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Places {
    /// The one that is meant when none is named.
    #[serde(default)]
    pub last: String,
    #[serde(default)]
    pub place: Vec<Place>,
}

impl Places {
    fn path() -> Result<PathBuf> {
        Ok(folder("XDG_CONFIG_HOME", ".config")?.join("places.toml"))
    }

    pub fn read() -> Result<Self> {
        let path = Self::path()?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
        };
        for_its_owner(&path);
        toml::from_str(&text).with_context(|| format!("{} cannot be read; remove it and sign in again", path.display()))
    }

    pub fn write(&self) -> Result<()> {
        put(&Self::path()?, toml::to_string(self)?.as_bytes())
    }

    pub fn at(&self, server: &str) -> Option<&Place> {
        self.place.iter().find(|p| p.server == server)
    }

    pub fn remember(&mut self, place: Place) {
        self.place.retain(|p| p.server != place.server);
        self.last = place.server.clone();
        self.place.push(place);
    }

    pub fn forget(&mut self, server: &str) {
        self.place.retain(|p| p.server != server);
        if self.last == server {
            self.last = self.place.last().map_or_else(String::new, |p| p.server.clone());
        }
    }
}

/// Tokens and words that nobody else reads, also where somebody copied the file.
fn for_its_owner(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
}

/// Whole or not at all, and on the disk when this returns.
pub fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let written = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    written().with_context(|| format!("{} cannot be written", path.display()))
}

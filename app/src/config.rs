//! Configuration: none is needed. A flag wins over the environment, that over `tacit.toml` in the data folder, that over
//! the default; `tacit config show` prints each value with where it comes from.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use kernel::db::Place;
use kernel::{Blobs, blobs};
use serde::Deserialize;
use shell::limits::{Classes, Often};

#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Folder for the database and files
    #[arg(long, value_name = "DIR", env = "TACIT_DATA", global = true, hide_env_values = true)]
    pub data: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL", env = "TACIT_DATABASE", global = true, hide_env_values = true)]
    pub database: Option<String>,
}

#[derive(Args, Clone, Debug, Default)]
pub struct ServeFlags {
    /// Where to listen
    #[arg(long, value_name = "HOST:PORT", env = "TACIT_LISTEN")]
    pub listen: Option<String>,
    /// How people reach this place, for links in invitations and mail
    #[arg(long, value_name = "PUBLIC", env = "TACIT_PUBLIC_URL")]
    pub url: Option<String>,
    /// What the place calls itself
    #[arg(long, value_name = "NAME", env = "TACIT_NAME")]
    pub name: Option<String>,
    /// Address of a reverse proxy whose X-Forwarded-For is believed
    #[arg(long, value_name = "IP", env = "TACIT_TRUSTED_PROXY")]
    pub trusted_proxy: Option<IpAddr>,
    /// "off" switches rate limits off; only for measuring on the machine itself
    #[arg(long, value_name = "on|off", env = "TACIT_LIMITS")]
    pub limits: Option<String>,
    /// Where figures for a monitor (Prometheus) are served, for this machine or a closed network; off if left out
    #[arg(long, value_name = "HOST:PORT", env = "TACIT_METRICS")]
    pub metrics: Option<String>,
    /// How many megabytes the files of one person may take
    #[arg(long, value_name = "MB", env = "TACIT_ROOM")]
    pub room: Option<u64>,
}

/// `tacit.toml` in the data folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    listen: Option<String>,
    url: Option<String>,
    name: Option<String>,
    trusted_proxy: Option<IpAddr>,
    room: Option<u64>,
    /// `"on"`, `"off"`, or a section with a line for each class.
    limits: Option<toml::Value>,
    metrics: Option<String>,
    mail: Option<Mail>,
}

/// The server that mail would go through. Nothing is sent yet; `tacit doctor` looks whether it can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub host: String,
    #[serde(default = "submission")]
    pub port: u16,
}

fn submission() -> u16 {
    587
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub struct Set<T> {
    pub value: T,
    pub origin: &'static str,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub data: Set<PathBuf>,
    pub database: Set<String>,
    pub listen: Set<String>,
    pub url: Set<String>,
    pub name: Set<String>,
    pub trusted_proxy: Set<Option<IpAddr>>,
    pub limits: Set<bool>,
    pub classes: Set<Classes>,
    pub metrics: Set<Option<String>>,
    pub mail: Option<Mail>,
    pub room: Set<u64>,
}

const MEGABYTE: u64 = 1024 * 1024;
const FLAG: &str = "flag or environment";
const FILE: &str = "tacit.toml";
const DEFAULT: &str = "default";

fn first<T>(flag: Option<T>, file: Option<T>, default: T) -> Set<T> {
    match (flag, file) {
        (Some(value), _) => Set { value, origin: FLAG },
        (None, Some(value)) => Set { value, origin: FILE },
        (None, None) => Set { value: default, origin: DEFAULT },
    }
}

impl Config {
    pub fn read(flags: &Flags, serve: &ServeFlags) -> Result<Self> {
        let data = first(flags.data.clone(), None, PathBuf::from("data"));
        let path = data.value.join("tacit.toml");
        let file: File = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
        };
        let database = format!("sqlite:{}", data.value.join("tacit.db").display());
        let listen = first(serve.listen.clone(), file.listen, "127.0.0.1:8400".into());
        let url = first(serve.url.clone(), file.url, format!("http://{}", reachable(&listen.value)));
        let (word, classes) = limits_of(file.limits)?;
        let limits = first(serve.limits.clone(), word, "on".into());
        if !["on", "off"].contains(&limits.value.as_str()) {
            bail!("limits are on or off, not {}", limits.value);
        }
        if !url.value.starts_with("http://") && !url.value.starts_with("https://") {
            bail!("the public address starts with https:// (or http://), not {}", url.value);
        }
        Ok(Self {
            database: first(flags.database.clone(), file.database, database),
            listen,
            url: Set { value: lower_host(url.value.trim_end_matches('/')), origin: url.origin },
            name: first(serve.name.clone(), file.name, "Tacit".into()),
            trusted_proxy: first(serve.trusted_proxy.map(Some), file.trusted_proxy.map(Some), None),
            limits: Set { value: limits.value == "on", origin: limits.origin },
            classes: first(None, classes, Classes::default()),
            metrics: first(serve.metrics.clone().map(Some), file.metrics.map(Some), None),
            mail: file.mail,
            room: first(serve.room, file.room, blobs::EACH / MEGABYTE),
            data,
        })
    }

    pub fn place(&self) -> Result<Place> {
        self.database.value.parse().map_err(anyhow::Error::msg)
    }

    pub fn address(&self) -> Result<SocketAddr> {
        let text = &self.listen.value;
        text.parse().with_context(|| format!("{text} is not an address and port, for example 127.0.0.1:8400"))
    }

    pub fn files(&self) -> PathBuf {
        self.data.value.join("files")
    }

    pub fn blobs(&self) -> Blobs {
        Blobs::at(self.files(), self.room.value.saturating_mul(MEGABYTE))
    }

    pub fn make_data_folder(&self) -> Result<()> {
        let folder = &self.data.value;
        std::fs::create_dir_all(folder).with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
        own_only(folder);
        if let Place::Sqlite(path) = self.place()?
            && let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty())
        {
            std::fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
        }
        Ok(())
    }

    pub fn shell(&self, demo: bool) -> shell::Config {
        shell::Config {
            name: self.name.value.clone(),
            public_url: self.url.value.clone(),
            demo,
            limits: self.limits.value,
            classes: self.classes.value,
            instance: String::new(),
            trusted_proxy: self.trusted_proxy.value,
        }
    }

    /// One line a value, secrets left out.
    pub fn show(&self) -> String {
        let proxy = self.trusted_proxy.value.map_or("none".into(), |ip| ip.to_string());
        let limits = if self.limits.value { "on" } else { "off" };
        let rows: [(&str, String, &str); 8] = [
            ("data", self.data.value.display().to_string(), self.data.origin),
            ("database", without_password(&self.database.value), self.database.origin),
            ("listen", self.listen.value.clone(), self.listen.origin),
            ("url", self.url.value.clone(), self.url.origin),
            ("name", self.name.value.clone(), self.name.origin),
            ("trusted_proxy", proxy, self.trusted_proxy.origin),
            ("limits", limits.into(), self.limits.origin),
            ("room", format!("{} MB of files for each person", self.room.value), self.room.origin),
        ];
        let classes = shell::Rate::ALL.map(|rate| {
            let often = self.classes.value.of(rate);
            (format!("limits.{}", rate.word()), format!("{} a minute, {} at once", often.minute, often.burst), self.classes.origin)
        });
        let metrics = self.metrics.value.clone().unwrap_or("off".into());
        let mail = self.mail.as_ref().map_or(("none".into(), DEFAULT), |m| (format!("{}:{}", m.host, m.port), FILE));
        let more = [("metrics".to_owned(), metrics, self.metrics.origin), ("mail".to_owned(), mail.0, mail.1)];
        let rows = rows.into_iter().map(|(name, value, origin)| (name.to_owned(), value, origin));
        rows.chain(classes).chain(more).map(|(name, value, origin)| format!("{name:<14} {value:<44} {origin}\n")).collect()
    }
}

/// On or off, and what is set for each class: `write = { minute = 90, burst = 60 }`, or `write = 90`.
fn limits_of(set: Option<toml::Value>) -> Result<(Option<String>, Option<Classes>)> {
    let section = match set {
        None => return Ok((None, None)),
        Some(toml::Value::String(word)) => return Ok((Some(word), None)),
        Some(toml::Value::Table(section)) => section,
        Some(_) => bail!("limits in tacit.toml is \"on\", \"off\" or a section [limits]"),
    };
    let mut classes = Classes::default();
    let known: Vec<&str> = shell::Rate::ALL.iter().map(|r| r.word()).collect();
    for (name, value) in section {
        let Some(rate) = shell::Rate::ALL.into_iter().find(|r| r.word() == name) else {
            bail!("[limits] in tacit.toml knows {}, not {name}", known.join(", "));
        };
        let number = |value: Option<&toml::Value>| value.and_then(toml::Value::as_integer).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        let (minute, burst) = match &value {
            toml::Value::Table(t) => (number(t.get("minute")), number(t.get("burst"))),
            plain => (number(Some(plain)), None),
        };
        let Some(minute) = minute else {
            bail!("[limits] {name} is calls a minute, for example {name} = 90 or {name} = {{ minute = 90, burst = 60 }}");
        };
        classes.set(rate, Often { minute, burst: burst.unwrap_or(minute) });
    }
    Ok((None, Some(classes)))
}

/// Words and mail addresses of people lie here.
pub fn own_only(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
}

/// Hosts are compared in small letters.
fn lower_host(url: &str) -> String {
    let end = url.split_once("://").map_or(url.len(), |(scheme, rest)| scheme.len() + 3 + rest.find('/').unwrap_or(rest.len()));
    let (host, path) = url.split_at(end);
    format!("{}{path}", host.to_lowercase())
}

/// What a browser on this machine can open, where the address means "all".
fn reachable(listen: &str) -> String {
    listen.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")
}

/// A database URL as it may be shown.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((who, host)) => format!("{scheme}://{}:…@{host}", who.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_on_off_or_a_section() {
        let of = |text: &str| {
            let file: File = toml::from_str(text).unwrap();
            limits_of(file.limits)
        };
        assert_eq!(of("limits = \"off\"").unwrap(), (Some("off".into()), None));
        let (_, classes) = of("[limits]\nwrite = { minute = 30, burst = 5 }\nread = 100").unwrap();
        let classes = classes.unwrap();
        assert_eq!(classes.of(shell::Rate::Write), Often { minute: 30, burst: 5 });
        assert_eq!(classes.of(shell::Rate::Read), Often { minute: 100, burst: 100 });
        assert_eq!(classes.of(shell::Rate::Live), Classes::default().of(shell::Rate::Live));
        for wrong in ["[limits]\nwriting = 3", "[limits]\nwrite = 0", "[limits]\nwrite = \"x\"", "limits = 7"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://tacit:se@cret@db/x"), "postgres://tacit:…@db/x");
        assert_eq!(without_password("sqlite:data/tacit.db"), "sqlite:data/tacit.db");
    }
}

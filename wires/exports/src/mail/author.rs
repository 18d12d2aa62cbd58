//! Who wrote a message, behind what archives and lists put in the place of an address.

use mail_parser::{Address, Header, MessageParser};

use super::letter::written;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// Never empty once it is read from a header that says anything.
    pub name: String,
    /// Lower-cased; none where the archive hides it.
    pub address: Option<String>,
}

impl Author {
    pub fn of(header: &Header<'_>, bytes: &[u8]) -> Option<Author> {
        let address = match header.value().as_address()? {
            Address::List(list) => list.first().cloned(),
            Address::Group(groups) => groups
                .first()
                .and_then(|group| group.addresses.first().cloned()),
        };
        let raw = written(header, bytes).unwrap_or_default();
        let raw = raw.trim();
        let (name, said) = address.map_or_else(
            || (String::new(), String::new()),
            |address| {
                (
                    address.name().unwrap_or("").to_owned(),
                    address.address().unwrap_or("").to_owned(),
                )
            },
        );
        if said.contains('@') && !name.contains('\u{FFFD}') && !said.contains(' ') {
            return Some(Author::named(&name, &said));
        }
        Author::hidden(raw)
    }

    /// `user at host (Name)` and other shapes that keep addresses from being gathered.
    fn hidden(raw: &str) -> Option<Author> {
        let (outside, comment) = match raw.split_once('(') {
            Some((outside, rest)) => (outside.trim(), rest.trim_end_matches(')').trim()),
            None => (raw, ""),
        };
        let (name, address) = match outside.split_once('<') {
            Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim()),
            None => (comment, outside),
        };
        let address = address
            .replace(" at ", "@")
            .replace("(at)", "@")
            .replace("[at]", "@")
            .replace(" dot ", ".");
        let address: String = address.split_whitespace().collect();
        let name = decoded(name.trim_matches('"'));
        if name.is_empty() && address.is_empty() {
            return None;
        }
        Some(Author::named(&name, &address))
    }

    fn named(name: &str, address: &str) -> Author {
        let address = address.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        let valid = address.len() <= 254
            && address.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty() && !host.is_empty() && !host.contains('@')
            });
        let mut clean = name
            .trim()
            .trim_matches(['"', '\''])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if clean.is_empty() || clean.contains('@') && valid {
            // An address is shown to nobody; what stands before the @ is how its owner is called.
            clean = clean
                .split('@')
                .next()
                .filter(|n| !n.is_empty())
                .map_or_else(
                    || address.split('@').next().unwrap_or("").to_owned(),
                    str::to_owned,
                );
        }
        Author {
            name: clean
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
            address: valid.then(|| address.to_lowercase()),
        }
    }

    /// A list that puts its own address into From ("Ada via List") says in another header who it was.
    pub fn behind_list(mut self, list: Option<&str>, other: Option<Author>) -> Author {
        let by_list = self.address.as_deref().is_some_and(|own| Some(own) == list);
        let via = self.name.find(" via ").filter(|_| by_list);
        if let Some(at) = via {
            self.name.truncate(at);
            self.name = self.name.trim_matches(['"', '\'']).to_owned();
            self.address = other
                .and_then(|other| other.address)
                .filter(|address| Some(address.as_str()) != list);
        }
        if self.name.is_empty() {
            self.name = "unknown".to_owned();
        }
        self
    }

    /// The same each time, and the same for each message of one address.
    pub fn id(&self) -> String {
        self.address
            .clone()
            .unwrap_or_else(|| format!("name:{}", self.name.to_lowercase()))
    }

    fn local(&self) -> &str {
        self.address
            .as_deref()
            .and_then(|address| address.split('@').next())
            .unwrap_or("")
    }

    pub fn is_postmaster(&self) -> bool {
        matches!(
            self.local(),
            "mailer-daemon" | "postmaster" | "mail-daemon" | "mdaemon"
        ) || self.name.eq_ignore_ascii_case("mailer-daemon")
            || self.name.eq_ignore_ascii_case("mail delivery subsystem")
            || self.name.eq_ignore_ascii_case("mail delivery system")
    }

    pub fn is_machine(&self) -> bool {
        let local = self.local();
        matches!(
            local,
            "noreply"
                | "no-reply"
                | "donotreply"
                | "do-not-reply"
                | "bugzilla"
                | "bugzilla-daemon"
                | "notifications"
                | "notification"
                | "jenkins"
                | "hudson"
                | "buildbot"
                | "jira"
                | "trac"
                | "cron"
                | "root"
                | "daemon"
                | "builds"
        ) || local.starts_with("noreply")
            || local.starts_with("bugzilla-")
            || local.ends_with("-noreply")
            || local.ends_with("-bot")
    }
}

/// Encoded words (RFC 2047) in text that stands anywhere.
pub(super) fn decoded(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let head = format!("Subject: {text}\n\n");
    MessageParser::new()
        .header_text("Subject")
        .parse(&head)
        .and_then(|message| message.subject().map(str::to_owned))
        .unwrap_or_else(|| text.to_owned())
}

//! What is good and what is to look at: pure, from the facts.

use kernel::clock::{DAY, MINUTE, SECOND};

use super::Finding;
use super::facts::{Database, Disk, Facts, Sqlite};
use super::outside::{Public, day};

pub fn judge(f: &Facts) -> Vec<Finding> {
    let mut found = vec![folder(f), rights(f)];
    found.extend(f.disk.map(disk));
    found.push(addresses(f));
    found.push(limits(f));
    found.extend(files(f));
    match &f.database {
        None => found.push(Finding::look(
            "database",
            format!("{} does not open: {}", f.database_name, f.database_error),
            "Nothing can be read or said without it.",
            "look whether it runs, whether its address and password are right, and at its disk and rights",
        )),
        Some(database) => {
            found.push(Finding::good("database", format!("{} opens and has its schema ({} steps)", f.database_name, database.steps)));
            found.extend(database.sqlite.iter().flat_map(sqlite));
            found.extend(clocks(f, database));
            found.push(operators(database));
            found.push(backup(f, database));
        }
    }
    found.extend(public(f));
    found.push(mail(f));
    found
}

fn folder(f: &Facts) -> Finding {
    if f.writable {
        return Finding::good("folder", format!("{} can be written", f.folder));
    }
    let way = "look whether its name is right (--data), at its owner and rights, and at the disk; tacit serve makes a new one";
    Finding::look("folder", format!("{} cannot be written", f.folder), "Nothing can be kept.", way)
}

fn rights(f: &Facts) -> Finding {
    let open = |mode: Option<u32>| mode.is_some_and(|m| m & 0o077 != 0);
    if open(f.folder_mode) || open(f.file_mode) {
        let which = if open(f.folder_mode) { format!("the folder {}", f.folder) } else { f.database_name.clone() };
        let todo = "chmod go= on it, as the user that runs the server";
        return Finding::look("rights", format!("{which} can be read by others on this machine"), "Private words lie in it.", todo);
    }
    Finding::good("rights", "only the owner reads what is kept")
}

const GB: u64 = 1_000_000_000;

fn bytes(n: u64) -> String {
    if n >= GB { format!("{:.1} GB", n as f64 / GB as f64) } else { format!("{} MB", n / 1_000_000) }
}

/// Under a gigabyte or a tenth, whichever is more to hope for on a small disk and still early on a large one.
fn disk(d: Disk) -> Finding {
    let percent = |free: u64, all: u64| (free as f64 / all.max(1) as f64 * 100.0) as u64;
    let (room, files) = (percent(d.free, d.all), percent(d.free_files, d.all_files));
    // A tenth of a very large disk is plenty.
    let little = d.free < GB || (room < 10 && d.free < 20 * GB);
    // Some file systems have no fixed number of files.
    let few = d.all_files > 0 && files < 10 && d.free_files < 100_000;
    let why = "With a full disk nothing can be said any more; reading goes on.";
    if little {
        return Finding::look("disk", format!("{} are free ({room} %)", bytes(d.free)), why, "make room or a larger disk: old backups, copies made before upgrades (tacit.before-…), logs");
    }
    if few {
        return Finding::look("disk", format!("only {} more files fit ({files} %)", d.free_files), why, "remove many small files that are not needed; df -i shows where they are");
    }
    Finding::good("disk", format!("{} are free ({room} %)", bytes(d.free)))
}

fn addresses(f: &Facts) -> Finding {
    if !f.listens {
        return Finding::look("address", format!("{} is no address to listen on", f.listen), "The server does not start.", "an address and a port, for example listen = \"127.0.0.1:8400\"");
    }
    if f.outside && f.url.starts_with("http://") && !f.trusted_proxy {
        return Finding::look(
            "address",
            format!("{} is reached from other machines, and {} is without https", f.listen, f.url),
            "Passwords travel in the clear.",
            "listen on 127.0.0.1, put a proxy with https before it, and set url and trusted_proxy (docs/operating.md, On the network)",
        );
    }
    Finding::good("address", format!("listens on {}, is reached as {}", f.listen, f.url))
}

fn limits(f: &Facts) -> Finding {
    if f.limits {
        return Finding::good("limits", "rate limits are on");
    }
    Finding::look("limits", "rate limits are off", "Guessing passwords is not slowed down.", "take --limits off, TACIT_LIMITS or limits = \"off\" away")
}

fn files(f: &Facts) -> Option<Finding> {
    let most = f.most_files?;
    let needed = f.connections + 1_000;
    if most >= needed {
        return Some(Finding::good("files", format!("{most} may be open, enough for {} connections", f.connections)));
    }
    Some(Finding::look(
        "files",
        format!("{most} may be open, and {} connections need {needed}", f.connections),
        "Each reader of a live page is an open file: when they run out, nobody comes in.",
        "LimitNOFILE=65536 in the unit of systemd, or ulimit -Hn; this is what a server has that is started as this command was",
    ))
}

fn sqlite(s: &Sqlite) -> Vec<Finding> {
    let mut found = Vec::new();
    if s.check == "ok" {
        found.push(Finding::good("database", format!("checks itself: ok (SQLite {})", s.version)));
    } else {
        let todo = "stop the server, keep a copy of the whole folder, and restore the newest backup that tacit restore --verify calls good";
        found.push(Finding::look("database", format!("checks itself: {}", s.check), "The file is damaged, by the disk or by a copy of a running database.", todo));
    }
    if s.synchronous < 2 {
        found.push(Finding::look("database", format!("synchronous is {}", s.synchronous), "A power cut could take what was answered.", "this would be a fault of ours: please tell us"));
    }
    if s.log_bytes > 512_000_000 {
        let todo = "restart the server; if it grows again, look for a program that holds the database open";
        found.push(Finding::look("database", format!("the log beside it (-wal) has {}", bytes(s.log_bytes)), "It is not folded into the database: reading gets slow, and the disk fills.", todo));
    }
    found
}

fn clocks(f: &Facts, d: &Database) -> Vec<Finding> {
    let todo = "let the machine set its clock: timedatectl set-ntp true";
    let mut found = Vec::new();
    if d.newest_act > f.now + MINUTE {
        let minutes = (d.newest_act - f.now) / MINUTE;
        found.push(Finding::look(
            "clock",
            format!("this machine's clock is {minutes} minutes behind the newest act in the journal"),
            "It went back, or was ahead before: what is said now would stand before what was said then.",
            todo,
        ));
    } else {
        found.push(Finding::good("clock", "is not behind the journal"));
    }
    if let Some((theirs, ours)) = d.its_clock {
        let apart = (theirs - ours).abs();
        if apart > 5 * SECOND {
            let what = format!("the database's clock and this machine's are {} seconds apart", apart / SECOND);
            found.push(Finding::look("clock", what, "Several servers on one database would disagree about what was first.", todo));
        } else {
            found.push(Finding::good("clock", "agrees with the database's"));
        }
    }
    if let Public::Answered(a) = &f.public
        && let Some(ahead) = a.ahead.filter(|n| n.abs() > 60)
    {
        let what = format!("who answers under {} has a clock that is {} seconds apart from this machine's", f.url, ahead.abs());
        found.push(Finding::look("clock", what, "Links and sessions end too early or too late, and https may fail.", todo));
    }
    found
}

fn operators(d: &Database) -> Finding {
    if d.operators > 0 {
        return Finding::good("operators", d.operators.to_string());
    }
    Finding::look("operators", "nobody is an operator yet", "Nobody can hand out a link for a forgotten password.", "run tacit serve and open the set-up link, or tacit person add --operator")
}

fn backup(f: &Facts, d: &Database) -> Finding {
    let old = |at: i64| f.now - at > 7 * DAY;
    if d.sqlite.is_none() {
        return Finding::good("backup", "PostgreSQL's own is yours to look after: pg_dump, and tacit backup for the files");
    }
    let todo = "tacit backup FOLDER, then tacit restore --verify FOLDER; once a day by cron or a timer";
    let why = "A broken disk would take everything since.";
    match f.last_backup {
        Some(at) if old(at) => Finding::look("backup", format!("the last one is of {}", day(at)), why, todo),
        Some(at) => Finding::good("backup", format!("the last one is of {}", day(at))),
        None if d.oldest_act > 0 && old(d.oldest_act) => Finding::look("backup", "there was none yet", why, todo),
        None => Finding::good("backup", "there was none yet, and the place is less than a week old"),
    }
}

fn public(f: &Facts) -> Vec<Finding> {
    let https = f.url.starts_with("https://");
    let a = match &f.public {
        Public::NotAsked => return vec![],
        Public::Unreachable(_) if !https => return vec![Finding::good("proxy", format!("no server answers at {} now, so the way to it was not looked at", f.url))],
        Public::Unreachable(why) => {
            let todo = "start the server, and let the proxy forward this name to it; where this machine cannot reach its own public address, ask from another";
            return vec![Finding::look("proxy", format!("{} does not answer from here: {why}", f.url), "People do not reach this place.", todo)];
        }
        Public::Answered(answered) => answered,
    };
    if a.is_tacit && a.status == 403 {
        return vec![Finding::look(
            "proxy",
            format!("the server is asked under another name than {}", f.url),
            "It answers to its own names alone.",
            "let the proxy pass the name on (nginx: proxy_set_header Host $host;), and look whether url is right",
        )];
    }
    let own = f.database.as_ref().map_or("", |d| d.instance.as_str());
    if a.status != 200 || a.instance.is_empty() {
        return vec![Finding::look("proxy", format!("{} answers {}, and not as Tacit does", f.url, a.status), "People do not reach this place.", "look at what the proxy forwards, and whether the server runs")];
    }
    if !own.is_empty() && a.instance != own {
        return vec![Finding::look("proxy", format!("another place answers under {}", f.url), "Links that this place hands out lead elsewhere.", "set url to this place's own address, or let the proxy forward to its port; and look whether --data is the right folder")];
    }
    let mut found = vec![Finding::good("proxy", format!("{} leads here", f.url))];
    match a.forwarded.as_str() {
        "not believed" => found.push(Finding::look(
            "proxy",
            "it says who asks (X-Forwarded-For), and is not believed",
            "All who are signed out count as one: ten sign-ins a minute are all there are.",
            "set trusted_proxy to the address that the proxy connects from, for example trusted_proxy = \"127.0.0.1\"",
        )),
        "none" if https => found.push(Finding::look(
            "proxy",
            "it does not say who asks",
            "All who are signed out count as one: ten sign-ins a minute are all there are.",
            "let the proxy set X-Forwarded-For, and set trusted_proxy to its address",
        )),
        _ => {}
    }
    if a.buffered == Some(true) {
        let todo = "switch buffering off (nginx: proxy_buffering off;)";
        found.push(Finding::look("proxy", "it holds live pages back until they end", "Nobody sees that there is more to read.", todo));
    }
    found
}

fn mail(f: &Facts) -> Finding {
    let Some(mail) = &f.mail else { return Finding::good("mail", "none is configured: nothing to look at") };
    let why = "Nobody is written to.";
    match &mail.greeting {
        Ok(line) if line.starts_with("220") => Finding::good("mail", format!("{} greets", mail.name)),
        Ok(line) => Finding::look("mail", format!("{} answers, and not as a mail server: {line}", mail.name), why, "look at host and port in [mail]; 587 or 25 greet, 465 does not before TLS"),
        Err(error) => Finding::look("mail", format!("{} cannot be reached: {error}", mail.name), why, "look at host and port in [mail], and whether the network lets this machine out to it"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::outside::{Answered, Mail};
    use super::*;

    const NOW: i64 = 1_795_521_600_000_000;

    fn well() -> Facts {
        Facts {
            now: NOW,
            folder: "data".into(),
            writable: true,
            folder_mode: Some(0o700),
            listen: "127.0.0.1:8400".into(),
            listens: true,
            url: "https://tacit.example.org".into(),
            trusted_proxy: true,
            limits: true,
            disk: Some(Disk { free: 50 * GB, all: 100 * GB, free_files: 5_000_000, all_files: 6_000_000 }),
            most_files: Some(65_536),
            connections: 20_000,
            database_name: "sqlite:data/tacit.db".into(),
            database: Some(Database {
                steps: 9,
                oldest_act: NOW - 90 * DAY,
                newest_act: NOW - MINUTE,
                operators: 1,
                instance: "abc".into(),
                sqlite: Some(Sqlite { version: "3.51.3".into(), check: "ok".into(), synchronous: 2, log_bytes: 4_000_000 }),
                ..Database::default()
            }),
            last_backup: Some(NOW - DAY),
            public: answered(),
            ..Facts::default()
        }
    }

    fn answered() -> Public {
        let (instance, forwarded) = ("abc".into(), "believed".into());
        Public::Answered(Answered { status: 200, is_tacit: true, instance, forwarded, ahead: Some(1), buffered: Some(false) })
    }

    /// What is to look at after something was changed.
    fn looks(change: impl FnOnce(&mut Facts)) -> Vec<String> {
        let mut facts = well();
        change(&mut facts);
        judge(&facts).into_iter().filter(|f| !f.good).map(|f| format!("{}: {}", f.about, f.what)).collect()
    }

    fn only(change: impl FnOnce(&mut Facts), says: &str) {
        let found = looks(change);
        assert!(found.len() == 1 && found[0].contains(says), "{says}: {found:?}");
    }

    fn proxy(f: &mut Facts, change: impl FnOnce(&mut Answered)) {
        if let Public::Answered(a) = &mut f.public {
            change(a);
        }
    }

    #[test]
    fn nothing_is_wrong_where_all_is_well_and_each_trouble_says_why_and_what_to_do() {
        assert!(looks(|_| {}).is_empty());
        let mut facts = Facts { limits: false, ..well() };
        facts.database = None;
        assert!(judge(&facts).iter().filter(|f| !f.good).all(|f| !f.why.is_empty() && !f.todo.is_empty()));
    }

    #[test]
    fn a_wrong_clock_is_found_by_the_journal_by_the_database_and_by_the_public_address() {
        only(|f| f.database.as_mut().unwrap().newest_act = NOW + 3 * MINUTE, "3 minutes behind the newest act");
        only(|f| f.database.as_mut().unwrap().its_clock = Some((NOW + 30 * SECOND, NOW)), "30 seconds apart");
        only(|f| proxy(f, |a| a.ahead = Some(-600)), "600 seconds apart");
        assert!(looks(|f| f.database.as_mut().unwrap().its_clock = Some((NOW, NOW + SECOND))).is_empty());
    }

    #[test]
    fn a_disk_is_full_in_bytes_or_in_files() {
        let disk = |free, all, free_files, all_files| move |f: &mut Facts| f.disk = Some(Disk { free, all, free_files, all_files });
        only(disk(GB / 2, GB * 100, 9, 0), "500 MB are free (0 %)");
        only(disk(2 * GB, 100 * GB, 9, 0), "2.0 GB are free (2 %)");
        only(disk(50 * GB, 100 * GB, 10, 1_000_000), "only 10 more files fit");
        assert!(looks(disk(50 * GB, 1_000 * GB, 0, 0)).is_empty(), "five percent of a large disk are plenty");
    }

    #[test]
    fn a_mail_server_is_looked_at_where_one_is_configured() {
        let greets = |greeting: Result<String, String>| move |f: &mut Facts| f.mail = Some(Mail { name: "mail:587".into(), greeting });
        only(greets(Err("connection refused".into())), "mail:587 cannot be reached");
        only(greets(Ok("HTTP/1.1 400".into())), "not as a mail server");
        assert!(looks(greets(Ok("220 mail ESMTP".into()))).is_empty());
    }

    #[test]
    fn a_proxy_that_misleads_is_found() {
        only(|f| f.public = Public::Unreachable("refused".into()), "does not answer from here");
        only(|f| proxy(f, |a| a.instance = "other".into()), "another place answers");
        only(|f| proxy(f, |a| (a.status, a.instance) = (502, String::new())), "answers 502");
        only(|f| proxy(f, |a| (a.status, a.instance) = (403, String::new())), "asked under another name");
        only(|f| proxy(f, |a| a.forwarded = "not believed".into()), "is not believed");
        only(|f| proxy(f, |a| a.forwarded = "none".into()), "does not say who asks");
        only(|f| proxy(f, |a| a.buffered = Some(true)), "holds live pages back");
        let local = |f: &mut Facts| (f.url, f.public) = ("http://127.0.0.1:8400".into(), Public::Unreachable("refused".into()));
        assert!(looks(local).is_empty(), "a server that does not run yet is no trouble");
    }

    #[test]
    fn rights_limits_files_backups_and_the_database_itself_are_looked_at() {
        only(|f| f.folder_mode = Some(0o755), "can be read by others");
        only(|f| f.file_mode = Some(0o644), "can be read by others");
        only(|f| f.limits = false, "rate limits are off");
        only(|f| f.most_files = Some(4_096), "4096 may be open");
        only(|f| f.last_backup = Some(NOW - 8 * DAY), "the last one is of 2026-11-16");
        only(|f| f.last_backup = None, "there was none yet");
        only(|f| f.database.as_mut().unwrap().operators = 0, "nobody is an operator");
        let sqlite = |change: fn(&mut Sqlite)| move |f: &mut Facts| change(f.database.as_mut().unwrap().sqlite.as_mut().unwrap());
        only(sqlite(|s| s.check = "row 3 missing".into()), "row 3 missing");
        only(sqlite(|s| s.synchronous = 1), "synchronous is 1");
        only(sqlite(|s| s.log_bytes = 2 * GB), "has 2.0 GB");
        only(|f| (f.outside, f.trusted_proxy, f.url, f.public) = (true, false, "http://x.org".into(), Public::NotAsked), "without https");
    }
}

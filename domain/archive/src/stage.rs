//! A throwaway store between an archive and what is made of it: SQLite in a file without a name, which is gone when it is
//! closed, however that happens. It puts answers under what they answer, and keeps memory flat at any size.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use exports::{Access, Community, Contribution, File, Helped, Item, Reason, Record, Skipped, Stop, Take, Thanks, Voice};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

const SCHEMA: &str = "
    pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -48000; pragma temp_store = file;
    create table community (id text primary key, name text, about text, access text, ended integer) without rowid;
    create table voice (n integer primary key, id text not null unique, name text, address text, machine integer);
    create table said (n integer primary key, id text not null unique, community text, voice text, answers text, title text, words text,
        at integer, edited_at integer, link text, known_as text, asks integer, closed text, toward text, files text, own text);
    create table own (file text, line text);
    create table bytes (n integer primary key, name text not null unique, bytes blob not null);
    create table thanks (said text, voice text, at integer, count integer);
    create table helped (question text, answer text);
    begin;";
/// Of records that were skipped so many are kept to be shown; all are counted.
const SHOWN: usize = 500;

#[derive(Debug, thiserror::Error)]
#[error("the throwaway store failed: {0}")]
pub struct Failed(#[from] rusqlite::Error);

/// How many records were read, and what became of them. `read` is always `kept` and all `skipped` together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub read: u64,
    pub kept: u64,
    pub skipped: BTreeMap<Reason, u64>,
    pub communities: u64,
    pub voices: u64,
    pub thanks: u64,
    pub helped: u64,
    pub files: u64,
}

/// Takes what a reader finds.
pub struct Stage {
    db: Connection,
    pub counts: Counts,
    pub skipped: Vec<Skipped>,
    access: HashMap<String, Access>,
    /// The private places whose people have agreed, as the operator states.
    agreed: BTreeSet<String>,
    /// Private places that were left out, with how much was said in each.
    pub left_out: BTreeMap<String, u64>,
    names: HashMap<String, String>,
    failed: Option<rusqlite::Error>,
    keeps_files: bool,
    heard: Box<dyn FnMut(u64)>,
}

/// A contribution in its conversation.
#[derive(Clone, Debug)]
pub struct Placed {
    pub n: i64,
    pub root: i64,
    pub parent: Option<i64>,
    pub said: Contribution,
}

impl Stage {
    /// `agreed` names private places (by id or name) that are read all the same; `heard` is told how many bytes are read.
    pub fn new(agreed: BTreeSet<String>, heard: Box<dyn FnMut(u64)>) -> Result<Stage, Failed> {
        let db = Connection::open("")?;
        db.execute_batch(SCHEMA)?;
        db.set_prepared_statement_cache_capacity(32);
        let (counts, skipped) = (Counts::default(), Vec::new());
        let (access, left_out, names) = Default::default();
        Ok(Stage { db, counts, skipped, access, agreed, left_out, names, failed: None, keeps_files: false, heard })
    }

    /// Also keeps files that lie within records: for who brings them in, and not for who only looks.
    pub fn with_files(self) -> Stage {
        Stage { keeps_files: true, ..self }
    }

    /// One of those.
    pub fn file(&self, name: &str) -> Result<Option<Vec<u8>>, Failed> {
        Ok(self.db.prepare_cached("select bytes from bytes where name = ?1")?.query_row([name], |r| r.get(0)).optional()?)
    }

    fn skip(&mut self, skipped: Skipped) {
        self.counts.read += 1;
        *self.counts.skipped.entry(skipped.reason).or_default() += 1;
        if self.skipped.len() < SHOWN {
            self.skipped.push(skipped);
        }
    }

    fn community(&mut self, c: &Community) -> rusqlite::Result<()> {
        self.access.insert(c.id.clone(), c.access);
        self.names.insert(c.id.clone(), c.name.clone());
        let sql = "insert into community values (?1, ?2, ?3, ?4, ?5)
            on conflict (id) do update set name = excluded.name, about = excluded.about, access = excluded.access, ended = excluded.ended";
        let access = if c.access == Access::Open { "open" } else { "private" };
        self.db.prepare_cached(sql)?.execute(params![c.id, c.name, c.about, access, c.ended]).map(drop)
    }

    fn voice(&mut self, v: &Voice) -> rusqlite::Result<()> {
        let sql = "insert into voice (id, name, address, machine) values (?1, ?2, ?3, ?4)
            on conflict (id) do update set name = excluded.name, address = coalesce(excluded.address, address), machine = excluded.machine";
        self.db.prepare_cached(sql)?.execute(params![v.id, v.name, v.address, v.machine]).map(drop)
    }

    fn contribution(&mut self, c: &Contribution) -> rusqlite::Result<()> {
        let access = self.access.get(&c.community).copied().unwrap_or(Access::Open);
        let name = self.names.get(&c.community).map_or(c.community.as_str(), String::as_str);
        if access != Access::Open && !self.agreed.contains(name) && !self.agreed.contains(&c.community) {
            *self.left_out.entry(name.to_owned()).or_default() += 1;
            self.counts.read += 1;
            *self.counts.skipped.entry(Reason::Private).or_default() += 1;
            return Ok(());
        }
        let sql = "insert into said (id, community, voice, answers, title, words, at, edited_at, link, known_as, asks, closed, toward, files, own)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) on conflict (id) do nothing";
        let (toward, files) = (list(&c.toward), files(&c.files));
        let own = c.own.as_ref().and_then(|own| serde_json::to_string(own).ok());
        let new = self.db.prepare_cached(sql)?.execute(params![
            c.id, c.community, c.voice, c.answers, c.title, c.words, c.at, c.edited_at, c.link, c.known_as, c.asks, c.closed, toward, files, own
        ])?;
        if new == 0 {
            self.skip(Skipped { reason: Reason::Twice, file: String::new(), offset: None, detail: format!("{} was read before.", c.id) });
        } else {
            self.counts.read += 1;
            self.counts.kept += 1;
            self.counts.files += c.files.len() as u64;
        }
        Ok(())
    }

    fn thanks(&mut self, t: &Thanks) -> rusqlite::Result<()> {
        self.counts.thanks += u64::from(t.count.max(1));
        self.db.prepare_cached("insert into thanks values (?1, ?2, ?3, ?4)")?.execute(params![t.contribution, t.voice, t.at, t.count]).map(drop)
    }

    fn told_helped(&mut self, h: &Helped) -> rusqlite::Result<()> {
        self.counts.helped += 1;
        self.db.prepare_cached("insert into helped values (?1, ?2)")?.execute(params![h.question, h.answer]).map(drop)
    }

    fn own(&mut self, record: &Record) -> rusqlite::Result<()> {
        self.db.prepare_cached("insert into own values (?1, ?2)")?.execute(params![record.file, record.line]).map(drop)
    }

    /// Lines of a file that only Tacit's own export has.
    pub fn records(&self, file: &str) -> Result<Vec<serde_json::Value>, Failed> {
        let mut statement = self.db.prepare("select line from own where file = ?1 order by rowid")?;
        let lines = statement.query_map([file], |r| r.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Puts every contribution into its conversation. An answer to something that is not there begins one; a circle of
    /// answers is opened at its earliest.
    pub fn settle(&mut self) -> Result<(), Failed> {
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        self.db.execute_batch(
            "commit; begin;
             create index thanks_said on thanks (said);
             create table above (n integer primary key, parent integer not null);
             insert into above select s.n, p.n from said s join said p on p.id = s.answers and p.community = s.community and p.n <> s.n;
             create index above_parent on above (parent);
             create table thread (root integer, depth integer, n integer, primary key (root, depth, n)) without rowid;
             create table placed (n integer primary key);",
        )?;
        let walk = "insert into thread with recursive t(n, root, depth) as (
                select s.n, s.n, 0 from said s where not exists (select 1 from above a where a.n = s.n) and not exists (select 1 from placed p where p.n = s.n)
                union all select a.n, t.root, t.depth + 1 from t join above a on a.parent = t.n)
            select root, depth, n from t";
        loop {
            self.db.execute(walk, [])?;
            self.db.execute("insert or ignore into placed select n from thread", [])?;
            let circle: Option<i64> = self.db.query_row("select min(a.n) from above a where a.n not in (select n from placed)", [], |r| r.get(0))?;
            let Some(n) = circle else { break };
            self.db.execute("delete from above where n = ?1", [n])?;
        }
        self.db.execute_batch("drop table placed; commit;")?;
        let count = |sql| self.db.query_row(sql, [], |r| r.get::<_, i64>(0)).map(i64::cast_unsigned);
        self.counts.voices = count("select count(*) from voice")?;
        self.counts.communities = count("select count(distinct community) from said")?;
        Ok(())
    }

    /// The places in which something was said.
    pub fn communities(&self) -> Result<Vec<(Community, u64)>, Failed> {
        let sql = "select s.community, coalesce(c.name, s.community), coalesce(c.about, ''), coalesce(c.access, 'open'), coalesce(c.ended, 0), count(*)
            from said s left join community c on c.id = s.community group by s.community order by s.community";
        let row = |r: &Row<'_>| {
            let access = if r.get::<_, String>(3)? == "open" { Access::Open } else { Access::Private };
            Ok((Community { id: r.get(0)?, name: r.get(1)?, about: r.get(2)?, access, ended: r.get(4)? }, r.get::<_, i64>(5)?.cast_unsigned()))
        };
        Ok(self.db.prepare(sql)?.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
    }

    pub fn voice_of(&self, id: &str) -> Result<Voice, Failed> {
        let sql = "select id, name, address, machine from voice where id = ?1";
        let row = |r: &Row<'_>| Ok(Voice { id: r.get(0)?, name: r.get(1)?, address: r.get(2)?, machine: r.get(3)? });
        let found = self.db.prepare_cached(sql)?.query_row([id], row).optional()?;
        Ok(found.unwrap_or_else(|| Voice { id: id.to_owned(), name: id.to_owned(), address: None, machine: false }))
    }

    /// Everything that was said, conversation by conversation, what is answered before its answers; so many after a place.
    pub fn page(&self, after: (i64, i64, i64), limit: usize) -> Result<Vec<(Placed, i64)>, Failed> {
        let sql = "select t.n, t.root, t.depth, a.parent, s.id, s.community, s.voice, s.answers, s.title, s.words, s.at, s.edited_at, s.link,
                s.known_as, s.asks, s.closed, s.toward, s.files, s.own
            from thread t join said s on s.n = t.n left join above a on a.n = t.n
            where (t.root, t.depth, t.n) > (?1, ?2, ?3) order by t.root, t.depth, t.n limit ?4";
        let row = |r: &Row<'_>| {
            let said = Contribution {
                id: r.get(4)?,
                community: r.get(5)?,
                voice: r.get(6)?,
                answers: r.get(7)?,
                title: r.get(8)?,
                words: r.get(9)?,
                at: r.get(10)?,
                edited_at: r.get(11)?,
                link: r.get(12)?,
                known_as: r.get(13)?,
                asks: r.get(14)?,
                closed: r.get(15)?,
                toward: listed(&r.get::<_, String>(16)?),
                files: filed(&r.get::<_, String>(17)?),
                own: r.get::<_, Option<String>>(18)?.and_then(|own| serde_json::from_str(&own).ok()),
            };
            Ok((Placed { n: r.get(0)?, root: r.get(1)?, parent: r.get(3)?, said }, r.get(2)?))
        };
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map(params![after.0, after.1, after.2, limit as i64], row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Which answers helped, by their questions.
    pub fn helped(&self) -> Result<Vec<(String, String)>, Failed> {
        let mut statement = self.db.prepare("select question, answer from helped order by rowid")?;
        Ok(statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// For what is counted and drawn of it, read-only.
    pub fn db(&self) -> &Connection {
        &self.db
    }
}

impl Take for Stage {
    fn take(&mut self, item: Item) -> Result<(), Stop> {
        let done = match &item {
            Item::Community(c) => self.community(c),
            Item::Voice(v) => self.voice(v),
            Item::Contribution(c) => self.contribution(c),
            Item::Thanks(t) => self.thanks(t),
            Item::Helped(h) => self.told_helped(h),
            Item::Own(record) => self.own(record),
            Item::Skipped(s) => {
                self.skip(s.clone());
                Ok(())
            }
        };
        done.map_err(|error| {
            self.failed = Some(error);
            Stop
        })
    }

    fn keeps_files(&self) -> bool {
        self.keeps_files
    }

    /// The same bytes once, however often they were sent.
    fn keep_file(&mut self, bytes: &[u8]) -> Option<String> {
        let name = format!("sha256 {}", kernel::random::hex(&Sha256::digest(bytes)));
        let sql = "insert into bytes (name, bytes) values (?1, ?2) on conflict (name) do nothing";
        match self.db.prepare_cached(sql).and_then(|mut put| put.execute(params![name, bytes])) {
            Ok(_) => Some(name),
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }

    fn at_byte(&mut self, bytes: u64) {
        (self.heard)(bytes);
    }
}

/// Lists as one text: no id holds a line break, since none of the formats has one in an id.
fn list(items: &[String]) -> String {
    items.join("\n")
}

fn listed(text: &str) -> Vec<String> {
    text.split('\n').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn files(files: &[File]) -> String {
    let all: Vec<_> = files.iter().map(|f| (&f.name, &f.inside, &f.link, &f.alt)).collect();
    if all.is_empty() { String::new() } else { serde_json::to_string(&all).unwrap_or_default() }
}

fn filed(text: &str) -> Vec<File> {
    let all: Vec<(String, Option<String>, Option<String>, String)> = serde_json::from_str(text).unwrap_or_default();
    all.into_iter().map(|(name, inside, link, alt)| File { name, inside, link, alt }).collect()
}

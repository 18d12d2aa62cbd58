//! The neutral model: voices, communities, contributions, thanks, times and where all of it comes from.
//!
//! Ids are the source's own, as text, unique within one archive and kind of item, the same each time the archive is read: they are
//! what makes a second import add only what is new.

/// Who may have read a thing where it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, or everybody who had an account there.
    Open,
    /// Who was in a private channel.
    Private,
    /// A conversation between named people.
    Direct,
}

/// A place where people spoke: a list, a channel, a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    pub id: String,
    pub name: String,
    /// What the place said of itself, plain text; may be empty.
    pub about: String,
    pub access: Access,
    /// Archived, read-only, ended there.
    pub ended: bool,
}

/// Somebody who spoke. Nobody here has an account in Tacit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    pub id: String,
    /// As shown there; never empty (a deleted account is called what the source calls it, or "deleted").
    pub name: String,
    /// An address of mail, where the source has one. It proves a claim later, and is shown to nobody.
    pub address: Option<String>,
    /// A program and not a person.
    pub machine: bool,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contribution {
    pub id: String,
    /// The id of a [`Community`].
    pub community: String,
    /// The id of a [`Voice`].
    pub voice: String,
    /// What it answers: the id of a contribution, which may come later in the archive, or never.
    pub answers: Option<String>,
    pub title: String,
    /// Markdown. Quoted text of the answered, signatures and footers are not in it.
    pub words: String,
    /// Microseconds since 1970, UTC.
    pub at: i64,
    /// When its words were last changed there.
    pub edited_at: Option<i64>,
    /// Where it can be read there.
    pub link: Option<String>,
    /// A Message-ID or another name that the rest of the world knows it by.
    pub known_as: Option<String>,
    /// It asked something, as the source says (a question there, not a guess of ours).
    pub asks: bool,
    /// Closed there, with the source's own word for why.
    pub closed: Option<String>,
    /// The ids of voices that it addresses.
    pub toward: Vec<String>,
    pub files: Vec<File>,
    /// What only Tacit's own export says of it.
    pub own: Option<Box<Own>>,
}

/// What Tacit's own export says of a contribution beyond what all archives say.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Own {
    /// How it was meant, as Tacit keeps the word; empty where nobody said.
    pub kind: String,
    /// For its community alone.
    pub inside: bool,
    /// The passage that it answers.
    pub quote: String,
    /// A reference to the work it is about.
    pub work: String,
    /// Taken back: its place stays empty.
    pub gone: bool,
}

/// A file that stood with something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    pub name: String,
    /// Where its bytes are, when they are there at all: in the [`crate::Source`], or where [`Take::keep_file`] put them.
    pub inside: Option<String>,
    /// Where its bytes were.
    pub link: Option<String>,
    /// What it shows, for who does not see it.
    pub alt: String,
}

/// A sign of thanks for one thing: a like, an upvote, a reaction that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thanks {
    pub contribution: String,
    /// Nobody, where the source only counts.
    pub voice: Option<String>,
    pub at: Option<i64>,
    /// How many, where the source only counts.
    pub count: u32,
}

/// A record that only Tacit's own export holds (a past membership, words of thanks, an ending), as one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The file it is from, without its ending: "memberships".
    pub file: &'static str,
    pub line: String,
}

/// Who asked said that this answer helped (an accepted answer, a solution).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helped {
    pub question: String,
    pub answer: String,
}

/// A record of the source that becomes nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub reason: Reason,
    /// The file within the source.
    pub file: String,
    /// Bytes from its beginning where that is known (of the unpacked file).
    pub offset: Option<u64>,
    /// One plain sentence for the person who reads the report; without the words of the record.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The source's program said it, not a person: joins, topic changes, closings.
    System,
    /// It has no words and no file.
    Empty,
    /// It goes on with what the same speaker said just before, and its words stand there (a line of a log).
    Joined,
    /// It has the id of something read before.
    Twice,
    /// Taken away there.
    Deleted,
    /// It is between named people or in a private place, and nobody stated that they agree.
    Private,
    /// It looks like advertising that nobody answered.
    Spam,
    /// It cannot be read as what it should be.
    Broken,
    /// It is larger than the bounds allow.
    TooLarge,
    /// It is of a kind that Tacit has no place for (votes without a voice, badges, edits kept elsewhere).
    NoPlace,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Community(Community),
    Voice(Voice),
    Contribution(Box<Contribution>),
    Thanks(Thanks),
    Helped(Helped),
    Own(Record),
    Skipped(Skipped),
}

/// Who takes what a reader finds wants no more of it (a stop by the person, a full disk).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Takes what a reader finds.
///
/// One record of the source gives one contribution, thanks, "helped" or skipped; communities and voices come before the first
/// contribution that names them, and may be told again.
pub trait Take {
    fn take(&mut self, item: Item) -> Result<(), Stop>;
    /// Whether files are wanted that lie within records (of mail), where nobody could find them later.
    fn keeps_files(&self) -> bool {
        false
    }
    /// Keeps one, and says how to find it.
    fn keep_file(&mut self, _bytes: &[u8]) -> Option<String> {
        None
    }
    /// So many bytes of [`crate::Source::bytes`] are behind the reader.
    fn at_byte(&mut self, _bytes: u64) {}
}

impl Take for Vec<Item> {
    fn take(&mut self, item: Item) -> Result<(), Stop> {
        self.push(item);
        Ok(())
    }
}

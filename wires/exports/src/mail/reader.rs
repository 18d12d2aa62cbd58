//! Message by message: what it is, where it belongs, what it answers, and the telling of it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::habits::Habits;
use super::letter::{Letter, Opener};
use super::pieces::{self, Piece};
use super::place::Place;
use super::spam::Held;
use super::threads::{Threads, shown_subject};
use super::{moments, words};
use crate::{Contribution, Item, Problem, Reason, Skipped, Stop, Take, Voice};

const MOST_TITLE: usize = 300;

pub struct Reader<'t> {
    take: &'t mut dyn Take,
    pub opener: Opener,
    pub bytes: u64,
    threads: Threads,
    held: Held<(Told, Where)>,
    /// Communities and voices that were told, as hashes of what was told of them.
    told: HashSet<u64>,
    /// The moment of the last message, for one that has none.
    neighbour: Option<i64>,
}

/// A contribution and who said it.
struct Told {
    voice: Voice,
    contribution: Box<Contribution>,
}

/// Where a message was found.
#[derive(Clone, Copy)]
pub struct Found<'f> {
    pub file: &'f str,
    pub offset: Option<u64>,
    /// When it arrived, as the file says.
    pub arrived: Option<i64>,
    /// What is here is its beginning.
    pub cut: bool,
}

/// The same, to be kept.
struct Where {
    file: String,
    offset: Option<u64>,
}

impl Found<'_> {
    pub fn too_large(&self) -> Skipped {
        self.skipped(Reason::TooLarge, "Its headers are larger than the bounds.")
    }

    pub fn skipped(&self, reason: Reason, detail: &str) -> Skipped {
        Skipped {
            reason,
            file: self.file.to_owned(),
            offset: self.offset,
            detail: detail.to_owned(),
        }
    }
}

impl<'t> Reader<'t> {
    pub fn new(take: &'t mut dyn Take) -> Reader<'t> {
        let opener = Opener::new(take.keeps_files());
        Reader {
            take,
            opener,
            bytes: 0,
            threads: Threads::default(),
            held: Held::default(),
            told: HashSet::new(),
            neighbour: None,
        }
    }

    pub fn reached(&mut self, bytes: u64) {
        self.bytes = bytes;
        self.take.at_byte(bytes);
    }

    pub fn skip(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.take.take(Item::Skipped(skipped))
    }

    pub fn piece(
        &mut self,
        piece: &Piece,
        file: &str,
        habits: &Habits,
        place: &Place,
    ) -> Result<(), Problem> {
        let found = Found {
            file,
            offset: Some(piece.offset),
            arrived: piece.arrived,
            cut: piece.cut,
        };
        if piece.too_large {
            return Ok(self.skip(found.too_large())?);
        }
        Ok(self.letter(&piece.bytes, found, habits, place)?)
    }

    pub fn letter(
        &mut self,
        bytes: &[u8],
        found: Found<'_>,
        habits: &Habits,
        place: &Place,
    ) -> Result<(), Stop> {
        let Some(letter) = self.opener.open(bytes) else {
            return self
                .skip(found.skipped(Reason::Broken, "It has no headers that could be read."));
        };
        if letter.automatic {
            return self.skip(found.skipped(
                Reason::System,
                "A program answered for somebody, or could not deliver.",
            ));
        }
        let id = letter
            .id
            .clone()
            .unwrap_or_else(|| named_by_content(pieces::without_files(bytes)));
        if !self.threads.is_new(&id) {
            return self.skip(found.skipped(Reason::Twice, "Its Message-ID was read before."));
        }
        let (text, scrubbed) = words::of(&letter, habits);
        if text.trim().is_empty() && letter.files.is_empty() && scrubbed.is_empty() {
            return self
                .skip(found.skipped(Reason::Empty, "It has no words of its own and no file."));
        }
        self.contribute(letter, id, text, scrubbed, found, habits, place)
    }

    #[allow(clippy::too_many_arguments)]
    fn contribute(
        &mut self,
        mut letter: Letter,
        id: String,
        words: String,
        scrubbed: Vec<crate::File>,
        found: Found<'_>,
        habits: &Habits,
        place: &Place,
    ) -> Result<(), Stop> {
        let arrived = letter.arrived.or(found.arrived);
        let neighbour = self
            .neighbour
            .or(habits.moment.map(|at| at * 1_000_000))
            .unwrap_or(0);
        let at = moments::settle(letter.said, arrived, neighbour);
        self.neighbour = Some(at);
        let community = place.community(letter.list.as_ref(), letter.archive.as_deref());
        let answers = self.threads.place(
            &id,
            &letter.references,
            &letter.subject,
            &community.id,
            at / 1_000_000,
        );
        let voice = Voice {
            id: letter.author.id(),
            name: letter.author.name.clone(),
            address: letter.author.address.clone(),
            machine: letter.by_machine,
        };
        let (title, is_reply) = shown_subject(&letter.subject, habits.tag.as_deref());
        let is_answer = is_reply || answers.is_some() || !letter.references.is_empty();
        for (file, content) in letter.files.iter_mut().zip(letter.contents.drain(..)) {
            if !(found.cut && content.is_last) {
                file.inside = self.take.keep_file(&content.bytes);
            }
        }
        letter.files.extend(scrubbed);
        let contribution = Box::new(Contribution {
            community: community.id.clone(),
            voice: voice.id.clone(),
            title: title.chars().take(MOST_TITLE).collect(),
            words,
            at,
            link: letter.link.take(),
            known_as: letter.id.take(),
            files: std::mem::take(&mut letter.files),
            answers: answers.clone(),
            id,
            ..Contribution::default()
        });
        if self.is_news(&community.id) {
            self.take.take(Item::Community(community))?;
        }
        let told = Told {
            voice,
            contribution,
        };
        let by = hash(&told.voice.id);
        if self.held.wants(&letter, by, is_answer) {
            let place = Where {
                file: found.file.to_owned(),
                offset: found.offset,
            };
            let own = hash(&told.contribution.id);
            let oldest = self.held.hold(own, by, (told, place));
            return oldest.map_or(Ok(()), |(_, place)| self.skip_spam(place));
        }
        for (told, _) in self.held.heard(by, answers.as_deref().map(hash)) {
            self.tell(told)?;
        }
        self.tell(told)
    }

    fn tell(&mut self, told: Told) -> Result<(), Stop> {
        if self.is_news(&(&told.voice.id, &told.voice.name)) {
            self.take.take(Item::Voice(told.voice))?;
        }
        self.take.take(Item::Contribution(told.contribution))
    }

    fn skip_spam(&mut self, place: Where) -> Result<(), Stop> {
        self.skip(Skipped {
            reason: Reason::Spam,
            file: place.file,
            offset: place.offset,
            detail:
                "It looks like advertising, nobody answered it, and its sender said nothing else."
                    .to_owned(),
        })
    }

    fn is_news(&mut self, what: &impl Hash) -> bool {
        self.told.insert(hash(what))
    }

    /// What was held back and never answered is left out.
    pub fn end(mut self) -> Result<(), Problem> {
        let rest: Vec<_> = self.held.rest().collect();
        for (_, place) in rest {
            self.skip_spam(place)?;
        }
        Ok(())
    }
}

fn hash(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// A message without an id is called by its content (FNV-1a, 128 bits), the same each time it is read.
fn named_by_content(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(
        0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128,
        |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        },
    );
    format!("content-{hash:032x}")
}

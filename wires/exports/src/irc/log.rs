//! Logs read line by line: when each line was said, who said it, what it answers.

use crate::dated::{Day, day_of};
use crate::lines::{self, text_of, unpacked};
use crate::{Problem, Reason, Skipped, Source, Take};

use super::channel::{Channel, Spoken, channel_of};
use super::line::{self, Kind, When};

/// No program writes longer lines.
const MOST: usize = 64 << 10;
/// How many files are looked into to know what a source is, and how many lines of each.
const LOOKED_INTO: usize = 20;
const LOOKED_AT: usize = 60;

/// Whether most lines at the head of a file are lines of a log, with somebody who says something.
pub fn recognise(source: &Source) -> bool {
    source
        .files()
        .take(LOOKED_INTO)
        .any(|file| is_log(source, file))
}

fn is_log(source: &Source, file: &str) -> bool {
    let look = unpacked(source, file, |stream| {
        let (mut known, mut said, mut all) = (0, 0, 0);
        let mut bytes = Vec::new();
        for _ in 0..LOOKED_AT {
            bytes.clear();
            if lines::next(stream, &mut bytes, MOST)
                .map_err(|e| Problem::Unreadable(file.to_owned(), e))?
                == 0
            {
                break;
            }
            match line::read(without_mark(&text_of(&bytes))).1 {
                Kind::Blank => continue,
                Kind::Unknown => {}
                Kind::Said { .. } => {
                    known += 1;
                    said += 1;
                }
                _ => known += 1,
            }
            all += 1;
        }
        Ok(said > 0 && known * 10 >= all * 7)
    });
    look.unwrap_or(false)
}

fn without_mark(text: &str) -> &str {
    text.trim_start_matches('\u{FEFF}')
}

/// Reads each log of a source: channel after channel, day after day.
pub fn read(source: &Source, take: &mut dyn Take) -> Result<(), Problem> {
    let mut files: Vec<(String, Option<Day>, &str)> = source
        .files()
        .map(|file| (channel_of(file, source.name()), day_of(file), file))
        .collect();
    files.sort();
    // Where channels bear their mark, what bears none is a talk between two.
    let marked = files.iter().any(|(channel, ..)| channel.starts_with('#'));
    let mut behind = 0;
    for days in files.chunk_by(|a, b| a.0.eq_ignore_ascii_case(&b.0)) {
        let Some((name, ..)) = days.first() else {
            continue;
        };
        let mut channel = Channel::new(name, marked && !name.starts_with('#'));
        for (_, day, file) in days {
            if is_log(source, file) {
                read_one(source, file, *day, &mut channel, behind, take)?;
            }
            behind += source.size(file);
            take.at_byte(behind);
        }
        channel.end(take)?;
    }
    Ok(())
}

/// The time of day runs on; where it falls by more than half a day, another day has begun.
#[derive(Default)]
struct Clock {
    day: Option<i64>,
    time: i64,
    last: Option<i64>,
}

impl Clock {
    /// Microseconds; none where nobody can say on which day it was.
    fn read(&mut self, when: When) -> Option<i64> {
        if let Some(day) = when.day {
            self.day = Some(day.number());
        } else if let Some(time) = when.time
            && time < self.time - 43_200
        {
            self.day = self.day.map(|day| day + 1);
        }
        self.time = when.time.unwrap_or(self.time);
        let seconds = self.day? * 86_400 + self.time - when.zone;
        let at = seconds * 1_000_000;
        // Lines of the same moment keep their order by the least that a time can differ.
        let at = match self.last {
            Some(last) if at <= last && last - at < 60_000_000 => last + 1,
            _ => at,
        };
        self.last = Some(at);
        Some(at)
    }
}

fn read_one(
    source: &Source,
    file: &str,
    day: Option<Day>,
    channel: &mut Channel,
    behind: u64,
    take: &mut dyn Take,
) -> Result<(), Problem> {
    let mut clock = Clock {
        day: day.map(Day::number),
        ..Clock::default()
    };
    let packed = file.to_lowercase().ends_with(".gz");
    unpacked(source, file, |stream| {
        let (mut bytes, mut offset) = (Vec::new(), 0_u64);
        for number in 1.. {
            bytes.clear();
            let skipped = |reason, detail: &str| Skipped {
                reason,
                file: file.to_owned(),
                offset: Some(offset),
                detail: detail.to_owned(),
            };
            let length = match lines::next(stream, &mut bytes, MOST) {
                Ok(0) => break,
                Ok(length) => length as u64,
                Err(e) => {
                    channel.skip(
                        skipped(
                            Reason::Broken,
                            &format!("The file cannot be read any further: {e}."),
                        ),
                        take,
                    )?;
                    break;
                }
            };
            let text = text_of(&bytes);
            let (when, kind) = line::read(without_mark(&text));
            match kind {
                Kind::Day(day) => {
                    clock.day = Some(day.number());
                    clock.time = 0;
                    channel.skip(skipped(Reason::System, "It says which day began."), take)?;
                }
                Kind::System => {
                    clock.read(when);
                    channel.skip(skipped(Reason::System, "The program said it."), take)?;
                }
                Kind::Blank if text.trim().is_empty() => {}
                Kind::Blank => {
                    channel.skip(skipped(Reason::Empty, "Nothing was said in it."), take)?
                }
                _ if length > MOST as u64 => channel.skip(
                    skipped(Reason::TooLarge, "The line is longer than the bounds."),
                    take,
                )?,
                Kind::Unknown => {
                    channel.skip(skipped(Reason::Broken, "It is no line of a log."), take)?
                }
                Kind::Said { speaker, words } | Kind::Did { speaker, words } => {
                    match clock.read(when) {
                        None => channel.skip(
                            skipped(Reason::Broken, "Nothing says on which day it was said."),
                            take,
                        )?,
                        Some(at) => {
                            let spoken = Spoken {
                                id: format!("{file}:{number}"),
                                at,
                                speaker,
                                words,
                                deed: matches!(kind, Kind::Did { .. }),
                            };
                            channel.hear(
                                spoken,
                                &skipped(Reason::Joined, "It goes on with the line before."),
                                take,
                            )?;
                        }
                    }
                }
            }
            offset += length;
            if !packed && number % 1024 == 0 {
                take.at_byte(behind + offset);
            }
        }
        Ok(())
    })
}

//! Logs with hand-made links, as irc-disentanglement lays them out: `X.raw.txt` beside `X.annotation.txt`.

use std::collections::BTreeSet;
use std::path::Path;

pub struct Log {
    pub said: Vec<Said>,
    /// Lines of the file that are not what a person said.
    #[allow(dead_code)]
    pub system: Vec<usize>,
    /// Earlier line and later line; a line that begins something is linked to itself.
    pub links: BTreeSet<(usize, usize)>,
}

pub struct Said {
    pub line: usize,
    pub at: Option<i64>,
    pub speaker: String,
    pub words: String,
}

pub fn read(folder: &Path) -> Vec<Log> {
    let mut notes: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".annotation.txt"))
        .collect();
    notes.sort();
    notes
        .iter()
        .map(|path| {
            let raw = path
                .to_string_lossy()
                .replace(".annotation.txt", ".raw.txt");
            let raw = String::from_utf8_lossy(&std::fs::read(raw).expect("the log")).into_owned();
            let notes = std::fs::read_to_string(path).expect("the links");
            log(&raw, &notes)
        })
        .collect()
}

fn log(raw: &str, notes: &str) -> Log {
    let links = notes
        .lines()
        .filter_map(|line| {
            let mut places = line
                .split_whitespace()
                .filter_map(|p| p.parse::<usize>().ok());
            let (a, b) = (places.next()?, places.next()?);
            Some((a.min(b), a.max(b)))
        })
        .collect();
    let (mut said, mut system, mut days, mut before) = (Vec::new(), Vec::new(), 0, 0);
    for (line, text) in raw.lines().enumerate() {
        let Some((at, speaker, words)) = spoken(text) else {
            system.push(line);
            continue;
        };
        if at < before - 43_200 {
            days += 86_400;
        }
        before = at;
        said.push(Said {
            line,
            at: Some(at + days),
            speaker: speaker.to_owned(),
            words: words.to_owned(),
        });
    }
    Log {
        said,
        system,
        links,
    }
}

fn spoken(text: &str) -> Option<(i64, &str, &str)> {
    let (time, rest) = text.strip_prefix('[')?.split_once(']')?;
    let (hour, minute) = time.split_once(':')?;
    let at = hour.parse::<i64>().ok()? * 3600 + minute.parse::<i64>().ok()? * 60;
    let rest = rest.trim_start();
    if let Some(said) = rest.strip_prefix('<') {
        let (speaker, words) = said.split_once('>')?;
        return Some((at, speaker, words.trim_start()));
    }
    let (speaker, words) = rest.strip_prefix("* ")?.split_once(' ')?;
    Some((at, speaker, words))
}

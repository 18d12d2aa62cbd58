//! Real revisions of short notes (MIT, jbranchaud/til), read from the folder that `TACIT_DATA` names.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use wording::{Block, Part, differences, merge, similarity};

/// Each note that changed, as it was from the first to the last.
type Histories = HashMap<String, Vec<String>>;

fn histories() -> Option<&'static Histories> {
    static HISTORIES: OnceLock<Option<Histories>> = OnceLock::new();
    let Some(data) = std::env::var_os("TACIT_DATA") else {
        eprintln!("not run: TACIT_DATA is not set");
        return None;
    };
    let read = HISTORIES.get_or_init(|| {
        let bundle = PathBuf::from(data).join("narration/til/jbranchaud-til.bundle");
        let clone = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("til.git");
        if !clone.exists() {
            let clone = clone.to_str()?;
            git(&["clone", "--quiet", "--bare", bundle.to_str()?, clone], "");
        }
        Some(read(clone.to_str()?))
    });
    read.as_ref()
}

fn git(arguments: &[&str], input: &str) -> Vec<u8> {
    let mut git = Command::new("git")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, input) = (git.stdin.take().unwrap(), input.to_owned());
    let writing = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = git.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    output.stdout
}

fn read(clone: &str) -> Histories {
    let log = git(
        &[
            "-C",
            clone,
            "log",
            "--no-merges",
            "--reverse",
            "--format=",
            "--raw",
            "--abbrev=40",
            "--diff-filter=M",
            "--",
            "*/*.md",
        ],
        "",
    );
    let log = String::from_utf8(log).unwrap();
    let mut names: Vec<(&str, &str)> = Vec::new();
    for line in log.lines() {
        let fields: Vec<&str> = line.split([' ', '\t']).collect();
        names.extend([(fields[5], fields[2]), (fields[5], fields[3])]);
    }
    let asked: String = names.iter().map(|(_, blob)| format!("{blob}\n")).collect();
    let answer = git(&["-C", clone, "cat-file", "--batch"], &asked);
    let mut histories = Histories::new();
    let mut rest = &answer[..];
    for (name, _) in names {
        let line = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let head = std::str::from_utf8(&rest[..line]).unwrap();
        let size: usize = head.rsplit(' ').next().unwrap().parse().unwrap();
        let text = String::from_utf8_lossy(&rest[line + 1..line + 1 + size]).into_owned();
        rest = &rest[line + size + 2..];
        let history = histories.entry(name.to_owned()).or_default();
        if history.last() != Some(&text) {
            history.push(text);
        }
    }
    histories
}

fn parts<'a>(blocks: &[Block<'a>]) -> Vec<Part<'a>> {
    let parts = blocks.iter().flat_map(|block| match block {
        Block::Same { words } => vec![Part::Same(words)],
        Block::Changed { parts } => parts.clone(),
        Block::Folded { .. } => Vec::new(),
    });
    parts.collect()
}

#[test]
fn revisions_of_notes_read_well_and_come_back_to_the_byte() {
    let Some(histories) = histories() else { return };
    let (mut revisions, mut small) = (0, 0);
    for pair in histories.values().flat_map(|history| history.windows(2)) {
        let (before, after) = (&pair[0], &pair[1]);
        let blocks = differences(before, after);
        let parts = parts(&blocks);
        let side = |is: fn(&Part<'_>) -> bool| {
            let words = parts.iter().filter(|part| is(part)).map(|part| match part {
                Part::Same(words) | Part::Out(words) | Part::In(words) => *words,
            });
            words.collect::<String>()
        };
        assert_eq!(&side(|part| !matches!(part, Part::In(_))), before);
        assert_eq!(&side(|part| !matches!(part, Part::Out(_))), after);
        revisions += 1;
        small += usize::from(similarity(before, after) > 0.7);
    }
    println!("{revisions} revisions, {small} of them small");
    assert!(revisions > 200 && small * 10 > revisions * 8);
}

#[test]
fn what_one_did_and_another_undid_elsewhere_is_put_together() {
    let Some(histories) = histories() else { return };
    let (mut merges, mut clashes) = (0, 0);
    for three in histories.values().flat_map(|history| history.windows(3)) {
        let (first, base, last) = (&three[0], &three[1], &three[2]);
        let merged = merge(base, last, first);
        assert_eq!(merge(base, last, base).words, *last);
        assert_eq!(merge(base, last, last).words, *last);
        merges += 1;
        clashes += usize::from(!merged.clashes.is_empty());
    }
    println!("{merges} merges, {clashes} with clashes");
    assert!(merges > 20 && clashes < merges);
}

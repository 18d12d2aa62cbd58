//! Trying an archive from the command line: it reads, shows, and leaves nothing behind.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::durability::{TACIT, folder};

const LIST: &str = "From ada@example.org Mon Jan  6 09:00:00 2020
From: Ada <ada@example.org>
Date: Mon, 6 Jan 2020 09:00:00 +0000
Subject: Who has the keys?
Message-ID: <1@example.org>
List-Id: <wards.example.org>

They are not in the cupboard.

From bo@example.org Mon Jan  6 10:00:00 2020
From: Bo <bo@example.org>
Date: Mon, 6 Jan 2020 10:00:00 +0000
Subject: Re: Who has the keys?
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
List-Id: <wards.example.org>

They are with me.
";

fn in_folder(at: &Path, args: &[&str]) -> Output {
    Command::new(TACIT).args(args).current_dir(at).stdin(Stdio::null()).output().unwrap()
}

fn names(at: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(at).unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn an_archive_is_shown_and_nothing_is_left_behind() {
    let at = folder("trying");
    std::fs::write(at.join("wards.mbox"), LIST).unwrap();
    let shown = in_folder(&at, &["try", "wards.mbox"]);
    assert!(shown.status.success() && shown.stderr.is_empty());
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("2 contributions by 2 people, on 6 Jan 2020.") && !text.contains('\u{1b}'), "{text}");
    let json: Value = serde_json::from_slice(&in_folder(&at, &["try", "wards.mbox", "--json"]).stdout).unwrap();
    assert_eq!((&json["answering"]["median_hours"], &json["read"]["kept"], &json["read"]["read"]), (&1.0.into(), &2.into(), &2.into()));
    assert!(json["ties"]["not_told"].as_str().unwrap().contains("fewer than 20 people"));
    assert_eq!(names(&at), ["wards.mbox"]);
}

#[test]
fn the_page_is_one_file_and_takes_no_other_ones_place() {
    let at = folder("trying");
    std::fs::write(at.join("wards.mbox"), LIST).unwrap();
    assert!(in_folder(&at, &["try", "wards.mbox", "--out", "report.html"]).status.success());
    let page = std::fs::read_to_string(at.join("report.html")).unwrap();
    assert!(page.contains("Who has the keys?") || page.contains("Half of what began"));
    assert!(!page.contains("<script") && !page.contains("<link"));
    let again = in_folder(&at, &["try", "wards.mbox", "--out", "wards.mbox"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(at.join("wards.mbox")).unwrap(), LIST);
}

#[test]
fn what_is_no_archive_is_told_what_would_be_one() {
    let at = folder("trying");
    std::fs::write(at.join("letter.txt"), "Dear all,\nthis is a letter.\n").unwrap();
    let refused = in_folder(&at, &["try", "letter.txt"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("letter.txt is nothing that Tacit can read") && said.contains("Slack export") && said.lines().count() == 1, "{said}");
}

//! Histories: one made here with the program git, and the real bundle.

use std::path::Path;
use std::process::Command;

use crate::told::{Told, real};
use crate::{Format, Handbook, Problem, Reason, detect};

/// Runs git with nobody's settings; None where there is no git.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_COMMITTER_NAME", "x")
        .env("GIT_COMMITTER_EMAIL", "x@example.org")
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
        ])
        .args(arguments)
        .output();
    match done {
        Ok(done) => {
            assert!(
                done.status.success(),
                "{arguments:?}: {}",
                String::from_utf8_lossy(&done.stderr)
            );
            Some(String::from_utf8_lossy(&done.stdout).trim().to_owned())
        }
        Err(_) => {
            eprintln!("not run: git is not here");
            None
        }
    }
}

fn commit(folder: &Path, reason: &str, at: u64) {
    git(folder, &["add", "-A"]);
    let at = format!("{at} +0200");
    git(
        folder,
        &["commit", "-q", "--allow-empty", "--date", &at, "-m", reason],
    );
}

const LONG: &str =
    "# Deploying\n\nFirst this.\nThen that.\nAnd then wait.\nAnd look.\nAnd tell the others.\n";

/// Written, moved, written again; another page under its old name; one taken away; a merge.
fn made() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let put = |name: &str, text: &str| std::fs::write(at.join(name), text).unwrap();
    git(at, &["init", "-q"])?;
    put("deploy.md", LONG);
    put("old.md", "# Old\n");
    commit(at, "Begin\n\nBecause we forget.", 1_500_000_000);
    git(at, &["mv", "deploy.md", "release.md"]);
    commit(at, "Move", 1_500_000_100);
    put("release.md", &format!("{LONG}And rest.\n"));
    put("deploy.md", "# Something else\n");
    commit(at, "Say how to end", 1_500_000_200);
    git(at, &["rm", "-q", "old.md"]);
    commit(at, "Remove the old one", 1_500_000_300);
    git(at, &["checkout", "-q", "-b", "side", "HEAD~1"]);
    put(
        "ümlaut page.md",
        "---\ntitle: Side\n---\nFrom the side\n![p](p.png)",
    );
    put("p.png", "png");
    commit(at, "On the side", 1_500_000_400);
    git(at, &["checkout", "-q", "main"]);
    git(
        at,
        &["merge", "-q", "--no-ff", "side", "-m", "Merge the side"],
    );
    Some(folder)
}

#[test]
fn a_page_keeps_its_history_under_its_present_name() {
    let Some(folder) = made() else { return };
    assert_eq!(detect(folder.path()), Some(Format::Git));
    let handbook = Handbook::open(folder.path()).unwrap();
    let told = Told::of(&handbook);
    let release = told.page("release.md");
    let reasons: Vec<_> = release
        .revisions
        .iter()
        .map(|r| r.reason.as_str())
        .collect();
    assert_eq!(reasons, ["Begin\n\nBecause we forget.", "Say how to end"]);
    assert_eq!(release.revisions.first().unwrap().at, 1_500_000_000_000_000);
    assert_eq!(release.revisions.last().unwrap().words, release.words);
    let voice = release.revisions.first().unwrap().voice.clone().unwrap();
    assert_eq!(
        (voice.name.as_str(), voice.address.as_deref()),
        ("Ada", Some("ada@example.org"))
    );
    let other: Vec<_> = told
        .page("deploy.md")
        .revisions
        .iter()
        .map(|r| r.words.as_str())
        .collect();
    assert_eq!(other, ["# Something else\n"]);
    let old = told.page("old.md");
    assert!(old.gone && old.revisions.len() == 1 && old.words == "# Old\n");
    let side = told.page("ümlaut page.md");
    assert_eq!(
        (
            side.title.as_str(),
            side.revisions.first().unwrap().reason.as_str()
        ),
        ("Side", "Merge the side")
    );
    assert_eq!(handbook.bytes(&side.files[0], 100).unwrap(), b"png");
}

#[test]
fn a_bare_repository_and_a_bundle_read_alike() {
    let Some(folder) = made() else { return };
    let aside = tempfile::tempdir().unwrap();
    let bare = aside.path().join("bare.git");
    git(
        folder.path(),
        &["clone", "-q", "--bare", ".", bare.to_str().unwrap()],
    );
    let bundle = aside.path().join("x");
    // Without a word on what is checked out.
    git(
        folder.path(),
        &["bundle", "create", "-q", bundle.to_str().unwrap(), "main"],
    );
    let here = Told::of(&Handbook::open(folder.path()).unwrap());
    for path in [bare, bundle] {
        assert_eq!(detect(&path), Some(Format::Git));
        assert_eq!(Told::of(&Handbook::open(&path).unwrap()).pages, here.pages);
    }
}

#[test]
fn nothing_that_a_repository_says_is_run() {
    let Some(folder) = made() else { return };
    let sign = folder.path().join("run");
    let run = format!("touch {}", sign.display());
    let config = format!(
        "[core]\n\trepositoryformatversion = 0\n\tfsmonitor = \"{run}\"\n\thooksPath = .\n[uploadpack]\n\tpackObjectsHook = \"{run}\"\n[diff \"x\"]\n\ttextconv = \"{run}\"\n[filter \"x\"]\n\tsmudge = \"{run}\"\n"
    );
    std::fs::write(folder.path().join(".git/config"), config).unwrap();
    std::fs::write(
        folder.path().join(".git/info/attributes"),
        "*.md diff=x filter=x\n",
    )
    .unwrap();
    let told = Told::of(&Handbook::open(folder.path()).unwrap());
    assert!(told.pages.len() == 4 && !sign.exists());
}

#[test]
fn a_broken_repository_is_said_and_its_folder_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::write(folder.path().join("a.md"), "# A").unwrap();
    let handbook = Handbook::open(folder.path()).unwrap();
    assert!(handbook.without_history().is_some());
    assert_eq!(Told::of(&handbook).pages.len(), 1);
    let bundle = folder.path().join("x.bundle");
    std::fs::write(&bundle, "# v2 git bundle\nnonsense").unwrap();
    assert!(matches!(Handbook::open(&bundle), Err(Problem::Git(_))));
}

#[test]
fn the_bundle_of_notes_comes_with_all_its_history() {
    let Some(bundle) = real("narration/til/jbranchaud-til.bundle") else {
        return;
    };
    let told = Told::of(&Handbook::open(&bundle).unwrap());
    assert_eq!(told.pages.len(), 1_873);
    assert!(told.pages.iter().all(|page| !page.gone));
    for page in &told.pages {
        let last = page
            .revisions
            .last()
            .map(|revision| revision.words.as_str());
        assert_eq!(last, Some(page.words.as_str()), "{}", page.id);
    }
    // Counted apart from this code, by a script over the same log: 4,184 revisions, 1,987 of them of the list of all notes, whose
    // words together are larger than the bound.
    let (list, notes): (Vec<_>, Vec<_>) =
        told.pages.iter().partition(|page| page.id == "README.md");
    let revisions: usize = notes.iter().map(|page| page.revisions.len()).sum();
    assert_eq!(revisions, 4_184 - 1_987);
    assert_eq!(told.skipped(Reason::TooLarge), ["README.md"]);
    assert!(list.iter().all(|page| page.revisions.len() > 400));
    let first = notes
        .iter()
        .flat_map(|page| &page.revisions)
        .map(|revision| revision.at)
        .min();
    assert_eq!(first, Some(1_423_281_763_000_000));
}

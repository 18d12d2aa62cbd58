//! Folders of Markdown: small ones made here, and the real ones.

use jiff::civil::date;

use crate::told::{Told, memory, unpacked};
use crate::{Format, Handbook, Kind, Reason, detect};

#[test]
fn a_page_has_its_title_from_its_head_its_heading_or_its_name() {
    let told = memory(&[
        ("a.md", "---\ntitle: Deploying\n---\n\n# Other\n"),
        ("b.markdown", "Setext\n======\n\nWords"),
        ("c/on-call_rota.mdx", "import X from 'x'\n\nWords"),
        ("c/README.md", "Words"),
        ("d.html.md", "+++\ntitle = 'Toml'\n+++\nWords"),
    ]);
    let titles: Vec<_> = told.pages.iter().map(|page| page.title.as_str()).collect();
    assert_eq!(titles, ["Deploying", "Setext", "c", "on call rota", "Toml"]);
    assert_eq!(
        told.page("c/on-call_rota.mdx").parent.as_deref(),
        Some("c/README.md")
    );
    assert_eq!(told.page("a.md").words, "# Other\n");
}

#[test]
fn what_is_no_page_is_left_out_and_told() {
    let told = memory(&[
        ("README.md", "# Handbook"),
        ("LICENSE-MIT.md", "MIT"),
        ("copying-files.md", "# Copying files"),
        ("docs/CODE-OF-CONDUCT.md", "Be kind"),
        ("node_modules/x/readme.md", "x"),
        (".github/PULL_REQUEST_TEMPLATE.md", "x"),
        ("empty.md", " \n"),
        ("0000-template.md", "# RFC"),
        ("notes.txt", "x"),
    ]);
    let ids: Vec<_> = told
        .pages
        .iter()
        .map(|page| (page.id.as_str(), page.kind))
        .collect();
    assert_eq!(
        ids,
        [
            ("0000-template.md", Kind::Template),
            ("README.md", Kind::Practice),
            ("copying-files.md", Kind::Practice)
        ]
    );
    assert_eq!(
        told.skipped(Reason::NoPlace),
        ["LICENSE-MIT.md", "docs/CODE-OF-CONDUCT.md"]
    );
    assert_eq!(told.skipped(Reason::Empty), ["empty.md"]);
}

#[test]
fn links_lead_to_pages_and_files_within_the_folder() {
    let told = memory(&[
        (
            "a/one.md",
            "[two](two.md#x) [site](/a/two.html) [folder](../b/) ![shot](img/s.png) [pdf](<my file.pdf>) [out](../../etc/passwd) [web](https://example.org/a/two.md) [gone](none.md)",
        ),
        ("a/two.md", "# Two"),
        ("a/img/s.png", "png"),
        ("a/my file.pdf", "pdf"),
        ("b/index.md", "# B"),
    ]);
    let page = told.page("a/one.md");
    let links: Vec<_> = page
        .links
        .iter()
        .map(|l| (l.written.as_str(), l.page.as_str()))
        .collect();
    assert_eq!(
        links,
        [
            ("two.md#x", "a/two.md"),
            ("/a/two.html", "a/two.md"),
            ("../b/", "b/index.md")
        ]
    );
    let files: Vec<_> = page
        .files
        .iter()
        .map(|f| (f.name.as_str(), f.inside.as_str(), f.alt.as_str()))
        .collect();
    assert_eq!(
        files,
        [
            ("s.png", "a/img/s.png", "shot"),
            ("my file.pdf", "a/my file.pdf", "")
        ]
    );
}

#[test]
fn decisions_and_radars_say_where_they_stand() {
    let told = memory(&[
        (
            "adr/0003-use-git.md",
            "# 3. Use git\n\n## Status\n\nSuperseded by [4](0004-x.md)\n\n## Context\n",
        ),
        (
            "adr/0004-x.md",
            "# 4. X\n\nDate: 2020-01-02\n\n## Status\n\nAccepted\n",
        ),
        (
            "radar/2020/jq.md",
            "---\ntitle: jq\nring: Adopt\nquadrant: tools\n---\nGood.",
        ),
    ]);
    assert_eq!(
        told.page("adr/0003-use-git.md").fact("standing"),
        Some("superseded")
    );
    assert_eq!(
        told.page("adr/0004-x.md").fact("standing"),
        Some("accepted")
    );
    let jq = told.page("radar/2020/jq.md");
    assert_eq!(
        (jq.fact("radar_ring"), jq.kind),
        (Some("adopt"), Kind::Tool)
    );
}

#[test]
fn bad_pages_cost_themselves_and_no_other() {
    let large = "x".repeat((1 << 20) + 1);
    let told = memory(&[
        ("a.md", &large),
        ("b.md", "---\ntitle: a: b\n---\nWords"),
        ("c.md", "\u{FEFF}# C\r\n\r\nWords\r\n"),
    ]);
    assert_eq!(told.skipped(Reason::TooLarge), ["a.md"]);
    assert!(told.skipped(Reason::Broken).is_empty());
    assert_eq!(told.page("b.md").title, "a: b");
    assert_eq!(told.page("c.md").words, "# C\n\nWords\n");
}

#[cfg(unix)]
#[test]
fn links_of_the_file_system_are_not_followed_and_hidden_folders_are_not_read() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.md"), "# Secret").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.md"), "# A\n\n[s](s.md)").unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.md"), folder.path().join("s.md"))
        .unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("round")).unwrap();
    std::fs::create_dir(folder.path().join(".notes")).unwrap();
    std::fs::write(folder.path().join(".notes/hidden.md"), "# Hidden").unwrap();
    let told = Told::of(&Handbook::open(folder.path()).unwrap());
    assert_eq!(told.pages.len(), 1);
    assert!(told.page("a.md").files.is_empty());
}

/// The numbers of overdue pages were counted by Python's `datetime` and `calendar` over the same files, apart from this code.
#[test]
fn the_manual_of_govuk_is_overdue_as_counted_by_hand() {
    let Some(folder) = unpacked("practices/govuk-developer-docs/govuk-manual-2019-09-30.tar.zst")
    else {
        return;
    };
    assert_eq!(detect(folder.path()), Some(Format::Markdown));
    let told = Told::of(&Handbook::open(folder.path()).unwrap());
    assert_eq!(told.pages.len(), 309);
    let fresh: Vec<_> = told
        .pages
        .iter()
        .filter_map(|page| page.freshness)
        .collect();
    assert_eq!(fresh.iter().filter(|f| f.due.is_some()).count(), 309);
    let overdue = |on| fresh.iter().filter(|f| f.is_overdue(on)).count();
    assert_eq!(
        [
            date(2019, 9, 30),
            date(2019, 12, 31),
            date(2020, 2, 29),
            date(2020, 3, 1),
            date(2020, 3, 31),
            date(2020, 10, 1)
        ]
        .map(overdue),
        [48, 170, 248, 248, 291, 309]
    );
    // On the day on which 16 of them are due, and the day after.
    assert_eq!(
        [date(2019, 10, 17), date(2019, 10, 18)].map(overdue),
        [61, 77]
    );
    assert!(
        told.pages
            .iter()
            .all(|page| page.fact("owner_slack").is_some())
    );
}

#[test]
fn the_rfcs_of_rust_have_their_facts() {
    let Some(folder) = unpacked("practices/rust-rfcs/rust-rfcs-2026-08-15.tar.zst") else {
        return;
    };
    let told = Told::of(&Handbook::open(folder.path()).unwrap());
    let rfcs: Vec<_> = told
        .pages
        .iter()
        .filter(|page| page.path.starts_with("text/"))
        .collect();
    let dated = rfcs
        .iter()
        .filter(|page| page.fact("start_date").is_some())
        .count();
    let linked = rfcs.iter().filter(|page| page.link.is_some()).count();
    // 638 of 639 files right under `text/` have a line "Start Date"; the other one says where its RFC has moved to.
    assert_eq!(
        (told.pages.len(), rfcs.len(), dated, linked),
        (653, 648, 638, 630)
    );
    assert!(rfcs.iter().all(|page| page.title != "Summary"));
    let one = told.page("text/2113-dyn-trait-syntax.md");
    assert_eq!(
        (one.title.as_str(), one.fact("start_date")),
        ("dyn-trait-syntax", Some("2017-08-17"))
    );
    assert_eq!(
        one.link.as_deref(),
        Some("https://github.com/rust-lang/rfcs/pull/2113")
    );
    assert_eq!(told.page("0000-template.md").kind, Kind::Template);
}

#[test]
fn a_single_page_is_a_handbook_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.md");
    std::fs::write(&path, "# One").unwrap();
    assert_eq!(detect(&path), Some(Format::Markdown));
    assert_eq!(
        Told::of(&Handbook::open(&path).unwrap())
            .page("one.md")
            .title,
        "One"
    );
}

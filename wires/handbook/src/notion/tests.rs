//! Exports of Notion, made after its own: with ids in folders, without, in HTML, in zips.

use std::io::Write;

use crate::told::{Told, memory};
use crate::{Format, Handbook, Kind, Reason, detect};

const A: &str = "0123456789abcdef0123456789abcdef";
const B: &str = "11111111111111111111111111111111";
const C: &str = "22222222222222222222222222222222";
const D: &str = "33333333333333333333333333333333";

fn export(folder: impl Fn(&str, &str) -> String) -> Vec<(String, String)> {
    let home = folder("Team home", A);
    let tasks = folder("Tasks", C);
    vec![
        (
            format!("Team home {A}.md"),
            format!(
                "# Team home\n\nOwner: Ada\nLast edited time: March 3, 2021 9:41 AM\nLast edited by: Bo Li\n\nSee [Deploy](Team%20home{}/Deploy%20{B}.md) and [Tasks]({}/Tasks%20{C}.csv), or [here](https://www.notion.so/team/Deploy-{B}?pvs=4).\n\n![Untitled]({}/Untitled.png)\n",
                home.strip_prefix("Team home").unwrap().replace(' ', "%20"),
                home.replace(' ', "%20"),
                home.replace(' ', "%20")
            ),
        ),
        (
            format!("{home}/Deploy {B}.md"),
            "# Deploy\n\nStatus: Accepted\n\n<aside>\n💡 Slowly\n</aside>\n".to_owned(),
        ),
        (format!("{home}/Untitled.png"), "png".to_owned()),
        (format!("{home}/Tasks {C}.csv"), "Name,Status\n".to_owned()),
        (
            format!("{home}/Tasks {C}_all.csv"),
            "\u{FEFF}Name,Status\nShip it,Done\nRest,Open\n".to_owned(),
        ),
        (
            format!("{home}/{tasks}/Ship it {D}.md"),
            "# Ship it\n\nStatus: Done\n\nWords.\n".to_owned(),
        ),
    ]
}

fn told(files: &[(String, String)]) -> Told {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    memory(&files)
}

fn is_as_it_was(told: &Told) {
    assert_eq!(told.pages.len(), 4);
    let home = told.page(A);
    assert_eq!(
        (
            home.title.as_str(),
            home.fact("owner"),
            home.parent.as_deref()
        ),
        ("Team home", Some("Ada"), None)
    );
    let links: Vec<_> = home.links.iter().map(|link| link.page.as_str()).collect();
    assert_eq!(links, [B, C, B]);
    assert_eq!(
        home.files
            .iter()
            .map(|f| f.name.as_str())
            .collect::<Vec<_>>(),
        ["Untitled.png"]
    );
    let revision = home.revisions.first().unwrap();
    assert_eq!(
        (revision.at, revision.voice.as_ref().unwrap().name.as_str()),
        (1_614_764_460_000_000, "Bo Li")
    );
    let deploy = told.page(B);
    assert_eq!(
        (deploy.parent.as_deref(), deploy.fact("standing")),
        (Some(A), Some("accepted"))
    );
    assert!(deploy.words.contains("> 💡 Slowly"));
    let tasks = told.page(C);
    assert_eq!(
        (tasks.parent.as_deref(), tasks.title.as_str(), tasks.kind),
        (Some(A), "Tasks", Kind::Practice)
    );
    assert_eq!(tasks.links.first().map(|link| link.page.as_str()), Some(D));
    assert!(tasks.words.contains("| Rest | Open |"), "{}", tasks.words);
    assert_eq!(tasks.files.len(), 2);
    assert_eq!(told.page(D).parent.as_deref(), Some(C));
}

#[test]
fn an_export_with_ids_in_its_folders_is_read() {
    is_as_it_was(&told(&export(|name, id| format!("{name} {id}"))));
}

#[test]
fn an_export_without_ids_in_its_folders_is_read_alike() {
    is_as_it_was(&told(&export(|name, _| name.to_owned())));
}

fn zip_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn parts_of_a_large_export_are_read_as_one() {
    let files: Vec<_> = export(|name, _| name.to_owned())
        .into_iter()
        .map(|(n, t)| (n, t.into_bytes()))
        .collect();
    let (one, two) = files.split_at(3);
    let outer = zip_of(&[
        ("Export-1-Part-1.zip".to_owned(), zip_of(one)),
        ("Export-1-Part-2.zip".to_owned(), zip_of(two)),
        (
            "Export-1-Part-3.zip".to_owned(),
            b"PK\x03\x04broken".to_vec(),
        ),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Export.zip");
    std::fs::write(&path, outer).unwrap();
    assert_eq!(detect(&path), Some(Format::Notion));
    let handbook = Handbook::open(&path).unwrap();
    let told = Told::of(&handbook);
    is_as_it_was(&told);
    assert_eq!(told.skipped(Reason::Broken), ["Export-1-Part-3.zip"]);
    assert_eq!(handbook.bytes(&told.page(A).files[0], 10).unwrap(), b"png");
}

const HTML: &str = r##"<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/><title>Deploy</title><style>.x{}</style></head><body><article id="01234567-89ab-cdef-0123-456789abcdef" class="page sans"><header><div class="page-header-icon undefined"><span class="icon">🚀</span></div><h1 class="page-title"><strong>Deploy</strong> slowly</h1><p class="page-description"></p><table class="properties"><tbody><tr class="property-row property-row-status"><th><span class="icon property-icon"><svg viewBox="0 0 1 1"><path d="M5"></path></svg></span>Status</th><td><span class="status-value"><div class="status-dot"></div>Accepted</span></td></tr><tr class="property-row property-row-multi_select"><th>Tags</th><td><span class="selected-value">a</span><span class="selected-value">b</span></td></tr><tr class="property-row property-row-checkbox"><th>Done</th><td><div class="checkbox checkbox-on"></div></td></tr><tr class="property-row property-row-date"><th>Last edited</th><td><time>@March 3, 2021 9:41 AM</time></td></tr></tbody></table></header><div class="page-body"><p id="a" class="">Words with <a href="Deploy%20slowly/Roll%20back%2011111111111111111111111111111111.html">a link</a>.
</p><ul id="b" class="to-do-list"><li><div class="checkbox checkbox-on"></div> <span class="to-do-children-checked">Ship</span></li></ul><ul id="c" class="to-do-list"><li><div class="checkbox checkbox-off"></div> <span class="to-do-children-unchecked">Rest</span></li></ul><figure class="block-color-gray callout" style="white-space:pre-wrap;display:flex" id="d"><div style="font-size:1.5em"><span class="icon">💡</span></div><div style="width:100%">Mind the gap</div></figure><pre id="e" class="code"><code class="language-Rust">fn main() {}</code></pre><pre class="code"><code class="language-Plain Text">plain</code></pre><figure id="f" class="image"><a href="Deploy%20slowly/shot.png"><img style="width:240px" src="Deploy%20slowly/shot.png"/></a><figcaption>A shot</figcaption></figure><figure id="g"><a href="https://example.org/x" class="bookmark source"><div class="bookmark-info"><div class="bookmark-text"><div class="bookmark-title">Elsewhere</div><div class="bookmark-description">Long</div></div></div></a></figure></div></article></body></html>"##;

#[test]
fn the_html_variant_is_read() {
    let file = format!("Deploy slowly {A}.html");
    let told = memory(&[
        (
            "index.html",
            "<html><body><ul><li><a href=\"x.html\">x</a></li></ul></body></html>",
        ),
        (&file, HTML),
        (
            "Deploy slowly/Roll back 11111111111111111111111111111111.html",
            "<article id=\"x\" class=\"page\"><header><h1 class=\"page-title\">Roll back</h1></header><div class=\"page-body\"><p>Back.</p></div></article>",
        ),
        ("Deploy slowly/shot.png", "png"),
    ]);
    let page = told.page(A);
    let facts: Vec<_> = page
        .facts
        .iter()
        .map(|f| format!("{}={}", f.name, f.value))
        .collect();
    assert_eq!(
        facts,
        [
            "status=Accepted",
            "tags=a",
            "tags=b",
            "done=yes",
            "last_edited=March 3, 2021 9:41 AM",
            "standing=accepted"
        ]
    );
    assert_eq!(page.title, "Deploy slowly");
    assert_eq!(
        page.words,
        "Words with [a link](Deploy%20slowly/Roll%20back%2011111111111111111111111111111111.html).\n\n- ☑ Ship\n- ☐ Rest\n\n> 💡\n>\n> Mind the gap\n\n```rust\nfn main() {}\n```\n\n```\nplain\n```\n\n![shot.png](Deploy%20slowly/shot.png)\n\nA shot\n\n[Elsewhere](https://example.org/x)"
    );
    assert_eq!(page.links.first().map(|link| link.page.as_str()), Some(B));
    assert_eq!(page.files.len(), 1);
    assert_eq!(page.revisions.len(), 1);
    assert_eq!(told.page(B).parent.as_deref(), Some(A));
    assert_eq!(told.skipped(Reason::System), ["index.html"]);
}

#[test]
fn twice_the_same_id_is_told() {
    let (one, two) = (format!("One {A}.md"), format!("Two {A}.md"));
    let told = memory(&[(&one, "# One\n"), (&two, "# Two\n"), ("x.csv", "")]);
    assert_eq!(
        (told.pages.len(), told.skipped(Reason::Twice)),
        (1, vec![two.as_str()])
    );
    assert_eq!(told.skipped(Reason::Broken), ["x.csv"]);
}

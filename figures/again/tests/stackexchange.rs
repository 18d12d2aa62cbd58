//! Questions of a real community with the duplicates that it named itself, where `TACIT_DATA` names the folder that holds them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use again::Questions;
use quick_xml::events::Event;
use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::path::PathBuf;

/// The attributes of each row of an XML file of the dump.
fn rows(name: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let Some(data) = std::env::var_os("TACIT_DATA") else {
        eprintln!("not run: TACIT_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(data).join("conversations/stackexchange-quantumcomputing");
    let packed = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|file| file.extension().is_some_and(|end| end == "zst"));
    let unpacked =
        ruzstd::decoding::StreamingDecoder::new(std::fs::File::open(packed.unwrap()).unwrap())
            .unwrap();
    let mut archive = tar::Archive::new(unpacked);
    let mut text = String::new();
    for file in archive.entries().unwrap() {
        let mut file = file.unwrap();
        if file
            .path()
            .unwrap()
            .file_name()
            .is_some_and(|file| file == name)
        {
            file.read_to_string(&mut text).unwrap();
        }
    }
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut rows = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Empty(row) => rows.push(attributes(&row)),
            Event::Eof => return Some(rows),
            _ => {}
        }
    }
}

fn attributes(row: &quick_xml::events::BytesStart<'_>) -> BTreeMap<String, String> {
    let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
        let value = quick_xml::escape::unescape(&attribute.value)
            .unwrap()
            .into_owned();
        (attribute.key.as_ref().to_owned(), value)
    };
    row.attributes()
        .map(|one| attribute(one.unwrap()))
        .collect()
}

/// Text between tags.
fn plain(html: &str) -> String {
    let mut inside = false;
    let letter = |letter: char| {
        inside = (inside || letter == '<') && letter != '>';
        if inside || letter == '>' { ' ' } else { letter }
    };
    html.chars().map(letter).collect()
}

#[test]
fn what_is_shown_as_asked_again_mostly_is() {
    let Some(posts) = rows("Posts.xml") else {
        return;
    };
    let questions: BTreeMap<u32, (String, String)> = posts
        .iter()
        .filter(|post| post["PostTypeId"] == "1")
        .map(|post| {
            (
                post["Id"].parse().unwrap(),
                (post["Title"].clone(), plain(&post["Body"])),
            )
        })
        .collect();
    assert_eq!(questions.len(), 612);
    let links = rows("PostLinks.xml").unwrap();
    let linked = |kind: &str| -> HashSet<(u32, u32)> {
        let ends = |link: &BTreeMap<String, String>| {
            (
                link["PostId"].parse::<u32>().unwrap(),
                link["RelatedPostId"].parse::<u32>().unwrap(),
            )
        };
        links
            .iter()
            .filter(|link| link["LinkTypeId"] == kind)
            .map(|link| ends(link))
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect()
    };
    let (related, duplicates) = (linked("1"), linked("3"));
    for at_least in [0.25, 0.3, 0.35, 0.4, 0.45, 0.5] {
        let mut all = Questions::default();
        for (id, (title, words)) in &questions {
            all.add(*id, title, words);
        }
        let groups = all.groups(at_least);
        let pairs: HashSet<(u32, u32)> = groups
            .iter()
            .flat_map(|group| {
                group
                    .ids
                    .iter()
                    .skip(1)
                    .map(|id| (group.ids[0].min(*id), group.ids[0].max(*id)))
            })
            .collect();
        let found = duplicates.intersection(&pairs).count();
        let near = related.intersection(&pairs).count();
        println!(
            "from {at_least}: {} groups, {} pairs, {found} of {} duplicates, {near} said to be related",
            groups.len(),
            pairs.len(),
            duplicates.len()
        );
        if at_least == 0.45 {
            for group in &groups {
                println!("  {:.2}", group.likeness);
                for id in &group.ids {
                    println!("    {id} {}", questions[id].0);
                }
            }
        }
    }
    for (a, b) in &duplicates {
        println!(
            "duplicate {a} {b}: {:?} | {:?}",
            questions.get(a).map(|question| &question.0),
            questions.get(b).map(|question| &question.0)
        );
    }
}

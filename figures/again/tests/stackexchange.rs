//! Questions of a real community with the duplicates that it named itself, where `TACIT_DATA` names the folder that holds them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use again::{ALIKE, Group, Questions};
use quick_xml::events::Event;
use std::collections::{BTreeMap, HashMap, HashSet};
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

/// Pairs of questions that the community linked: of one kind, the smaller number first.
fn linked(links: &[BTreeMap<String, String>], kind: &str) -> HashSet<(u32, u32)> {
    let number = |link: &BTreeMap<String, String>, of: &str| link[of].parse::<u32>().unwrap();
    let of_kind = links.iter().filter(|link| link["LinkTypeId"] == kind);
    let ends = of_kind.map(|link| (number(link, "PostId"), number(link, "RelatedPostId")));
    ends.map(|(a, b)| (a.min(b), a.max(b))).collect()
}

#[test]
fn half_of_what_is_shown_as_asked_again_was_linked_by_the_community_itself() {
    let Some(posts) = rows("Posts.xml") else {
        return;
    };
    let mut titles = BTreeMap::new();
    let mut askers = HashMap::new();
    let mut all = Questions::default();
    for post in posts.iter().filter(|post| post["PostTypeId"] == "1") {
        let id = post["Id"].parse().unwrap();
        let name = post
            .get("OwnerUserId")
            .or(post.get("OwnerDisplayName"))
            .cloned();
        let next = askers.len() as u32;
        let asker = *askers
            .entry(name.unwrap_or_else(|| format!("of {id}")))
            .or_insert(next);
        titles.insert(id, post["Title"].clone());
        all.add(id, asker, &post["Title"], &plain(&post["Body"]));
    }
    assert_eq!(titles.len(), 612);
    let links = rows("PostLinks.xml").unwrap();
    let (related, duplicates) = (linked(&links, "1"), linked(&links, "3"));
    for at_least in [0.3, 0.35, ALIKE, 0.45, 0.5] {
        let groups = all.clone().groups(at_least);
        let pairs = |group: &Group| {
            group.ids[1..]
                .iter()
                .map(|id| (group.ids[0].min(*id), group.ids[0].max(*id)))
                .collect::<Vec<_>>()
        };
        let pairs: Vec<(u32, u32)> = groups.iter().flat_map(pairs).collect();
        let right = pairs
            .iter()
            .filter(|pair| related.contains(pair) || duplicates.contains(pair))
            .count();
        let found = pairs
            .iter()
            .filter(|pair| duplicates.contains(pair))
            .count();
        println!(
            "from {at_least}: {} groups, {} pairs, of them {right} linked by the community, {found} of its {} duplicates",
            groups.len(),
            pairs.len(),
            duplicates.len()
        );
        if at_least == ALIKE {
            for group in &groups {
                println!(
                    "  {:.2} {:?}",
                    group.likeness,
                    group.ids.iter().map(|id| &titles[id]).collect::<Vec<_>>()
                );
            }
            assert!(
                pairs.len() >= 8 && right * 2 >= pairs.len(),
                "{right} of {}",
                pairs.len()
            );
        }
    }
}

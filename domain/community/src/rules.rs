//! What a charter has to be, and who may revise it. Pure.

use kernel::Say;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    OnlyStewards,
    SlugTaken,
}

impl From<Refusal> for Say {
    fn from(r: Refusal) -> Self {
        Say::new(match r {
            Refusal::OnlyStewards => "Only a steward of this community does this. Its stewards stand on the front door.",
            Refusal::SlugTaken => "Another community has this address already. Please choose another.",
        })
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused(r.into())
    }
}

pub fn may_revise(steward: bool) -> Result<(), Refusal> {
    if steward { Ok(()) } else { Err(Refusal::OnlyStewards) }
}

/// The address part made from a name: small letters, digits, hyphens; empty where the name has none of them.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        match fold(c) {
            Some(text) => slug.push_str(text),
            None if c.is_ascii_alphanumeric() => slug.push(c),
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
    }
    slug.chars().take(48).collect::<String>().trim_end_matches('-').to_owned()
}

fn fold(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ù' | 'ú' | 'û' => "u",
        _ => return None,
    })
}

pub fn is_slug(text: &str) -> bool {
    (2..=48).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_from_the_name() {
        assert_eq!(slug_of("Night handovers"), "night-handovers");
        assert_eq!(slug_of("Über Übergaben & mehr!"), "ueber-uebergaben-mehr");
        assert_eq!(slug_of("夜勤"), "");
        assert!(is_slug("night-handovers") && !is_slug("-x") && !is_slug("x") && !is_slug("A-b"));
    }
}

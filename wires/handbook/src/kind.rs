//! What a page is for, guessed from what itself, its name and its folders say; else it is a practice.

use crate::Kind;
use crate::files::{folder_of, stem};
use crate::model::Page;

impl Kind {
    /// Itself first, then its name, then its folders.
    pub(crate) fn guess(page: &Page) -> Kind {
        let stated = ["kind", "type", "template_type", "quadrant"]
            .iter()
            .find_map(|name| word(page.fact(name)?));
        let name = stem(&page.path).to_lowercase();
        let mut words = name.split(|c: char| !c.is_alphanumeric());
        // Only the last word says what a page is: `template-literals` are no template.
        let named = words.next_back().and_then(word).or_else(|| {
            let is_guide = name.starts_with("how-to-") || name.starts_with("how_to_");
            is_guide.then_some(Kind::Guide)
        });
        let titled = page.title.split_whitespace().next().and_then(word);
        let named = named.or(titled.filter(|kind| *kind == Kind::Glossary));
        let placed = folder_of(&page.path).rsplit('/').find_map(word);
        stated.or(named).or(placed).unwrap_or_default()
    }
}

fn word(word: &str) -> Option<Kind> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    Some(match word.to_lowercase().as_str() {
        "template" | "templates" => Kind::Template,
        "glossary" | "terminology" | "glossaries" => Kind::Glossary,
        "guide" | "guides" | "howto" | "how-to" | "how-tos" | "tutorial" | "tutorials"
        | "handbook" | "walkthrough" => Kind::Guide,
        "tool" | "tools" | "scripts" => Kind::Tool,
        "pattern" | "patterns" => Kind::Pattern,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str, title: &str) -> Kind {
        Kind::guess(&Page {
            path: path.to_owned(),
            title: title.to_owned(),
            ..Page::default()
        })
    }

    #[test]
    fn a_page_is_what_its_name_or_its_folder_says() {
        assert_eq!(kind("0000-template.md", "RFC"), Kind::Template);
        assert_eq!(kind("templates/adr.md", "Decision"), Kind::Template);
        assert_eq!(kind("docs/words.md", "Glossary of terms"), Kind::Glossary);
        assert_eq!(kind("guides/deploy.md", "Deploying"), Kind::Guide);
        assert_eq!(kind("patterns/retry.md", "Retry"), Kind::Pattern);
        assert_eq!(kind("tools/jq.md", "jq"), Kind::Tool);
        assert_eq!(kind("docs/adr/0001-use-git.md", "Use git"), Kind::Practice);
        assert_eq!(
            kind("css/template-literals.md", "Template literals"),
            Kind::Practice
        );
    }
}

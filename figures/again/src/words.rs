//! The words of a question, as numbers.

/// So many words of one question are looked at; what comes later hardly says what it asks.
const WORDS_AT_MOST: usize = 400;
/// A longer run of letters is no word (a key, a picture in text).
const LETTERS_AT_MOST: usize = 40;

/// Tells each word of a text, in order, as the hash of its letters in lower case. Addresses of the web are left out, since what is said around them says more.
/// Languages that write without spaces (Chinese, Japanese) are told in pairs of signs.
pub(crate) fn each_word(text: &str, mut tell: impl FnMut(u32)) {
    let chunks = text
        .split_whitespace()
        .filter(|chunk| !chunk.contains("://"));
    let words = chunks.flat_map(|chunk| chunk.split(|letter: char| !letter.is_alphanumeric()));
    let words = words.filter(|word| !word.is_empty() && word.len() <= LETTERS_AT_MOST * 4);
    let mut told = 0;
    for word in words {
        if told >= WORDS_AT_MOST {
            return;
        }
        if word.chars().any(is_written_without_spaces) {
            let signs: Vec<char> = word.chars().collect();
            for pair in signs.windows(2) {
                tell(hash(pair.iter().copied()));
                told += 1;
            }
        } else if word.chars().count() <= LETTERS_AT_MOST {
            tell(hash(stem(word)));
            told += 1;
        }
    }
}

/// A word without an ending that mostly marks the plural in several languages; a guess that only has to be the same for the same word.
fn stem(word: &str) -> impl Iterator<Item = char> {
    let letters = word.chars().count();
    let plural = letters > 3 && word.ends_with(['s', 'S']) && !word.ends_with("ss");
    word.chars()
        .take(letters - usize::from(plural))
        .flat_map(char::to_lowercase)
}

fn is_written_without_spaces(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{2FA1F}')
}

/// FNV-1a (Fowler, Noll and Vo), folded to half its length.
fn hash(letters: impl Iterator<Item = char>) -> u32 {
    let step = |hash: u64, letter: char| {
        (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01B3)
    };
    let hash = letters.fold(0xCBF2_9CE4_8422_2325, step);
    (hash ^ (hash >> 32)) as u32
}

/// Two words one after the other, as one.
pub(crate) fn pair(first: u32, second: u32) -> u32 {
    mixed(u64::from(first) << 32 | u64::from(second)) as u32
}

/// Numbers scattered so that close ones are far apart (SplitMix64: Steele, Lea and Flood 2014).
pub(crate) fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<u32> {
        let mut words = Vec::new();
        each_word(text, |word| words.push(word));
        words
    }

    #[test]
    fn case_plurals_and_marks_make_no_difference() {
        assert_eq!(
            words("Resetting my PASSWORDS?"),
            words("resetting, my: password")
        );
        assert_eq!(words("Straße ÉTÉ"), words("straße été"));
        assert_ne!(words("class"), words("clas"));
    }

    #[test]
    fn addresses_are_no_words() {
        assert_eq!(
            words("see https://example.org/a/b?c=d there"),
            words("see there")
        );
        assert_eq!(words("  \u{0} — … "), []);
    }

    #[test]
    fn what_has_no_spaces_is_told_in_pairs() {
        assert_eq!(words("密码重置").len(), 3);
        assert_eq!(words("密码重置")[0], words("密码")[0]);
    }

    #[test]
    fn a_very_long_text_is_cut() {
        assert_eq!(words(&"word ".repeat(5000)).len(), WORDS_AT_MOST);
        assert!(words(&"x".repeat(1_000_000)).is_empty());
    }
}

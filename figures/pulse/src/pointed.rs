//! Contributions that others keep pointing to: likely practices.

/// Somebody links to something that was said, or quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer {
    /// What is pointed to.
    pub to: u32,
    /// Who said that.
    pub of: u32,
    /// The conversation that it is in.
    pub home: u32,
    /// Who points.
    pub who: u32,
    /// The conversation in which they do.
    pub thread: u32,
}

/// Something that many pointed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointed {
    pub to: u32,
    /// How often, each person and each conversation counted once.
    pub times: u32,
    /// By how many others.
    pub people: u32,
    /// In how many other conversations.
    pub threads: u32,
}

/// So often at least, to be called likely.
pub const TIMES_AT_LEAST: u32 = 3;

/// What others keep pointing to, most first. Its own author does not count, nor does its own conversation; a person counts once and a conversation counts once, so
/// that neither one who quotes it everywhere nor a thread in which everybody quotes it makes a practice. (People and conversations are paired
/// greedily, which finds half of the best pairing at worst.)
pub fn likely_practices(
    pointers: impl IntoIterator<Item = Pointer>,
    at_least: u32,
) -> Vec<Pointed> {
    let mut pointers: Vec<Pointer> = pointers
        .into_iter()
        .filter(|pointer| pointer.who != pointer.of && pointer.thread != pointer.home)
        .collect();
    pointers.sort_unstable();
    pointers.dedup();
    let same = pointers.chunk_by(|one, next| one.to == next.to);
    let mut pointed: Vec<Pointed> = same
        .filter_map(pointed)
        .filter(|pointed| pointed.times >= at_least)
        .collect();
    pointed.sort_by_key(|pointed| (std::cmp::Reverse(pointed.times), pointed.to));
    pointed
}

fn pointed(pointers: &[Pointer]) -> Option<Pointed> {
    let count = |of: fn(&Pointer) -> u32| {
        let mut distinct: Vec<u32> = pointers.iter().map(of).collect();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.len() as u32
    };
    let (mut people, mut threads) = (
        std::collections::HashSet::new(),
        std::collections::HashSet::new(),
    );
    let mut times = 0;
    for pointer in pointers {
        if !people.contains(&pointer.who) && threads.insert(pointer.thread) {
            people.insert(pointer.who);
            times += 1;
        }
    }
    Some(Pointed {
        to: pointers.first()?.to,
        times,
        people: count(|one| one.who),
        threads: count(|one| one.thread),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn by(who: u32, thread: u32) -> Pointer {
        Pointer {
            to: 7,
            of: 1,
            home: 100,
            who,
            thread,
        }
    }

    #[test]
    fn three_people_in_three_conversations_make_a_likely_practice() {
        let found = likely_practices([by(2, 10), by(3, 11), by(4, 12), by(4, 10)], TIMES_AT_LEAST);
        assert_eq!(
            found,
            [Pointed {
                to: 7,
                times: 3,
                people: 3,
                threads: 3
            }]
        );
    }

    #[test]
    fn one_who_repeats_and_one_thread_that_repeats_do_not() {
        let one_person = (0..20).map(|thread| by(2, thread));
        let one_thread = (2..20).map(|who| by(who, 10));
        assert_eq!(
            likely_practices(one_person.chain(one_thread), 1)[0].times,
            2
        );
    }

    #[test]
    fn its_own_author_and_its_own_conversation_do_not_count() {
        assert!(likely_practices([by(1, 10), by(2, 100)], 1).is_empty());
        assert!(likely_practices([], 0).is_empty());
    }

    proptest! {
        #[test]
        fn never_more_than_the_people_or_the_conversations(pairs in prop::collection::vec((2_u32..9, 0_u32..9), 1..40)) {
            let found = likely_practices(pairs.iter().map(|(who, thread)| by(*who, *thread)), 1);
            for pointed in found {
                prop_assert!(pointed.times <= pointed.people.min(pointed.threads));
            }
        }
    }
}

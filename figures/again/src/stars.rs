//! Groups as stars: a centre, and those that are like it.

use crate::Group;
use crate::near::Near;
use crate::vectors::Vectors;

/// The centre of each question's group, by place; at first each is its own.
pub(crate) struct Stars {
    centre: Vec<u32>,
}

impl Stars {
    pub(crate) fn of(questions: usize) -> Self {
        Self {
            centre: (0..questions as u32).collect(),
        }
    }

    /// The centres, by place.
    pub(crate) fn centres(&self) -> Vec<u32> {
        (0..)
            .zip(&self.centre)
            .filter(|(place, centre)| place == *centre)
            .map(|(place, _)| place)
            .collect()
    }

    /// Joins stars whose centres are near each other: the centre to which most would come takes in its neighbours, and so on down (Aslam, Pelekhov and Rus 2004,
    /// "The star clustering algorithm"). Whoever of a star that is taken in is not like the new centre, is alone again. Whether anything was joined.
    pub(crate) fn join(&mut self, near: &[Near], vectors: &Vectors, at_least: f32) -> bool {
        let neighbours = self.neighbours(near);
        let sizes = self.sizes();
        let size = |place: u32| sizes.get(place as usize).copied().unwrap_or(0);
        let mut order: Vec<(usize, u32)> = (0..)
            .zip(&neighbours)
            .filter(|(_, near)| !near.is_empty())
            .map(|(place, near)| {
                (
                    size(place) + near.iter().map(|other| size(*other)).sum::<usize>(),
                    place,
                )
            })
            .collect();
        order.sort_unstable_by_key(|(come, place)| (std::cmp::Reverse(*come), *place));
        let mut moved_to: Vec<Option<u32>> = vec![None; self.centre.len()];
        for (_, place) in &order {
            if moved(&moved_to, *place).is_none() {
                for other in neighbours.get(*place as usize).into_iter().flatten() {
                    if moved(&moved_to, *other).is_none() {
                        set(&mut moved_to, *other, Some(*place));
                    }
                }
                set(&mut moved_to, *place, Some(*place));
            }
        }
        self.move_all(&moved_to, vectors, at_least);
        !order.is_empty()
    }

    fn neighbours(&self, near: &[Near]) -> Vec<Vec<u32>> {
        let mut neighbours = vec![Vec::new(); self.centre.len()];
        for pair in near {
            for (from, to) in [(pair.a, pair.b), (pair.b, pair.a)] {
                if let Some(of) = neighbours.get_mut(from as usize) {
                    of.push(to);
                }
            }
        }
        neighbours
    }

    fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.centre.len()];
        for centre in &self.centre {
            if let Some(size) = sizes.get_mut(*centre as usize) {
                *size += 1;
            }
        }
        sizes
    }

    fn move_all(&mut self, moved_to: &[Option<u32>], vectors: &Vectors, at_least: f32) {
        for (place, centre) in (0..).zip(&mut self.centre) {
            if let Some(new) = moved(moved_to, *centre).filter(|new| new != centre) {
                *centre = if vectors.likeness(place, new) >= at_least {
                    new
                } else {
                    place
                };
            }
        }
    }

    /// Groups of two people and more, the largest first, then by place.
    pub(crate) fn groups(&self, vectors: &Vectors, ids: &[u32], askers: &[u32]) -> Vec<Group> {
        let mut parts: Vec<(u32, bool, u32)> = (0..)
            .zip(&self.centre)
            .map(|(place, centre)| (*centre, place != *centre, place))
            .collect();
        parts.sort_unstable();
        let at = |values: &[u32], place: u32| values.get(place as usize).copied();
        let people = |star: &[(u32, bool, u32)]| {
            let mut people: Vec<u32> = star
                .iter()
                .filter_map(|(_, _, place)| at(askers, *place))
                .collect();
            people.sort_unstable();
            people.dedup();
            people.len() as u32
        };
        let stars = parts
            .chunk_by(|one, next| one.0 == next.0)
            .map(|star| (star, people(star)));
        let mut groups: Vec<Group> = stars
            .filter(|(_, people)| *people > 1)
            .map(|(star, people)| Group {
                ids: star
                    .iter()
                    .filter_map(|(_, _, place)| at(ids, *place))
                    .collect(),
                people,
                likeness: star
                    .iter()
                    .skip(1)
                    .map(|(centre, _, place)| vectors.likeness(*centre, *place))
                    .fold(1.0, f32::min),
            })
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.ids.len()));
        groups
    }
}

fn moved(moved_to: &[Option<u32>], place: u32) -> Option<u32> {
    moved_to.get(place as usize).copied().flatten()
}

fn set(moved_to: &mut [Option<u32>], place: u32, to: Option<u32>) {
    if let Some(slot) = moved_to.get_mut(place as usize) {
        *slot = to;
    }
}

//! Ties that join parts which hardly meet otherwise, and who spans several parts.

use crate::network::Network;

/// To which communities people belong: compressed rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Belonging {
    starts: Vec<usize>,
    communities: Vec<u32>,
}

impl Belonging {
    /// From (person, community), in any order; twice is once.
    pub fn of(people: u32, pairs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut pairs: Vec<_> = pairs
            .into_iter()
            .filter(|(person, _)| *person < people)
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; people as usize + 1];
        for (person, _) in &pairs {
            if let Some(size) = starts.get_mut(*person as usize + 1) {
                *size += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            starts,
            communities: pairs.into_iter().map(|(_, community)| community).collect(),
        }
    }

    /// From one community for each person (found clusters, the one list somebody writes to).
    pub fn of_each(communities: &[u32]) -> Self {
        Self {
            starts: (0..=communities.len()).collect(),
            communities: communities.to_vec(),
        }
    }

    /// Where somebody belongs, by number.
    pub fn of_person(&self, person: u32) -> &[u32] {
        let person = person as usize;
        let row = || Some(*self.starts.get(person)?..*self.starts.get(person.checked_add(1)?)?);
        row()
            .and_then(|row| self.communities.get(row))
            .unwrap_or_default()
    }

    /// Both belong somewhere, and nowhere together.
    pub fn are_apart(&self, a: u32, b: u32) -> bool {
        let (of_a, of_b) = (self.of_person(a), self.of_person(b));
        !of_a.is_empty()
            && !of_b.is_empty()
            && !of_a
                .iter()
                .any(|community| of_b.binary_search(community).is_ok())
    }
}

/// Below this overlap a tie between different communities is a bridge (FORMULAS.md, "Bridges").
pub const BRIDGE_OVERLAP: f64 = 0.1;
/// So many ties has a butterfly at least …
pub const BUTTERFLY_TIES: usize = 4;
/// … and spans communities at least so much.
pub const BUTTERFLY_SPAN: f64 = 0.4;

impl Network {
    /// Neighbourhood overlap `O_ij = n_ij / ((k_i − 1) + (k_j − 1) − n_ij)`, the share of their other ties that two tied people have
    /// in common (Onnela et al. 2007, "Structure and tie strengths in mobile communication networks"). 0 where neither has another.
    pub fn overlap(&self, a: u32, b: u32) -> f64 {
        let mut common = 0_usize;
        self.each_common(a, b, |_, _, _| common += 1);
        let others = (self.degree(a) + self.degree(b)).saturating_sub(2 + common);
        if others == 0 {
            0.0
        } else {
            common as f64 / others as f64
        }
    }

    /// A tie with hardly any overlap that ends in different communities. Never defined as a weak tie: strong bridges exist.
    pub fn is_bridge(&self, a: u32, b: u32, belonging: &Belonging) -> bool {
        self.strength(a, b) > 0.0
            && belonging.are_apart(a, b)
            && self.overlap(a, b) < BRIDGE_OVERLAP
    }

    /// All bridges, by (a, b).
    pub fn bridges(&self, belonging: &Belonging) -> Vec<(u32, u32)> {
        let pairs = self.bonds().iter().map(|bond| (bond.a, bond.b));
        pairs
            .filter(|(a, b)| self.is_bridge(*a, *b, belonging))
            .collect()
    }

    /// Burt's constraint `c_i = Σ_j ( p_ij + Σ_q p_iq · p_qj )²`, with *p* the share of somebody's tie weight, *j* and *q* among those they
    /// have a tie with (Burt 1992, "Structural Holes"). Low: their contacts do not know each other. None without ties.
    pub fn constraint(&self, person: u32) -> Option<f64> {
        let reaches = |other| self.reach(other);
        self.constraint_with(person, &reaches)
    }

    /// Everybody's constraint, in time of about the number of ties to the power of 1.5 however large the hubs are.
    pub fn constraints(&self) -> Vec<Option<f64>> {
        let reaches: Vec<f64> = (0..self.people())
            .map(|person| self.reach(person))
            .collect();
        let reach = |person: u32| reaches.get(person as usize).copied().unwrap_or(0.0);
        (0..self.people())
            .map(|person| self.constraint_with(person, &reach))
            .collect()
    }

    fn constraint_with(&self, person: u32, reach: &impl Fn(u32) -> f64) -> Option<f64> {
        let whole = reach(person);
        if whole <= 0.0 {
            return None;
        }
        let ties = self.neighbours(person).iter().zip(self.strengths(person));
        let squares = ties.map(|(other, strength)| {
            let mut share = strength / whole;
            self.each_common(person, *other, |between, mine, theirs| {
                share += mine / whole * theirs / reach(between)
            });
            share * share
        });
        Some(squares.sum())
    }

    /// Span `P_i = 1 − Σ_g (S_ig / S_i)²` over the communities of those whom somebody has ties with: 0 within one community, toward 1 evenly over
    /// many (the participation coefficient of Guimerà and Amaral 2005). A tie to who belongs to several counts for each in equal parts; who belongs
    /// nowhere is left out. None where nothing is left.
    pub fn span(&self, person: u32, belonging: &Belonging) -> Option<f64> {
        let mut parts: Vec<(u32, f64)> = Vec::new();
        for (other, strength) in self.neighbours(person).iter().zip(self.strengths(person)) {
            let communities = belonging.of_person(*other);
            parts.extend(
                communities
                    .iter()
                    .map(|community| (*community, strength / communities.len() as f64)),
            );
        }
        parts.sort_by_key(|(community, _)| *community);
        let whole: f64 = parts.iter().map(|(_, part)| part).sum();
        let share = |of: &[(u32, f64)]| of.iter().map(|(_, part)| part).sum::<f64>() / whole;
        (whole > 0.0).then(|| {
            1.0 - parts
                .chunk_by(|one, next| one.0 == next.0)
                .map(|of| share(of).powi(2))
                .sum::<f64>()
        })
    }

    /// Who carries between communities: at least 4 ties, a constraint in the lowest quartile of those with ties, and a span of 0.4 or more; or
    /// somebody `seen_carrying` things that others then took up. By number, which is no rank.
    pub fn butterflies(
        &self,
        belonging: &Belonging,
        seen_carrying: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let constraints = self.constraints();
        let quartile = lowest_quartile(constraints.iter().flatten().copied().collect());
        let spans = |person: u32, constraint: Option<f64>| {
            self.degree(person) >= BUTTERFLY_TIES
                && constraint
                    .zip(quartile)
                    .is_some_and(|(constraint, quartile)| constraint <= quartile)
                && self
                    .span(person, belonging)
                    .is_some_and(|span| span >= BUTTERFLY_SPAN)
        };
        let people = (0..self.people()).zip(constraints);
        people
            .filter(|(person, constraint)| spans(*person, *constraint) || seen_carrying(*person))
            .map(|(person, _)| person)
            .collect()
    }

    /// The share of all tie weight that lies between people who belong nowhere together. None without ties between people who belong somewhere.
    pub fn crossing(&self, belonging: &Belonging) -> Option<f64> {
        let (mut crossing, mut whole) = (0.0, 0.0);
        for person in 0..self.people() {
            for (other, strength) in self.neighbours(person).iter().zip(self.strengths(person)) {
                if !belonging.of_person(person).is_empty()
                    && !belonging.of_person(*other).is_empty()
                {
                    whole += strength;
                    crossing += if belonging.are_apart(person, *other) {
                        *strength
                    } else {
                        0.0
                    };
                }
            }
        }
        (whole > 0.0).then(|| crossing / whole)
    }

    /// Tells who is tied to both, with the strengths toward a and b. It walks the shorter row and looks up in the longer: hubs stay cheap.
    fn each_common(&self, a: u32, b: u32, mut tell: impl FnMut(u32, f64, f64)) {
        let a_is_shorter = self.degree(a) <= self.degree(b);
        let (short, long) = if a_is_shorter { (a, b) } else { (b, a) };
        for (between, of_short) in self.neighbours(short).iter().zip(self.strengths(short)) {
            let of_long = self.strength(long, *between);
            if of_long > 0.0 {
                let (of_a, of_b) = if a_is_shorter {
                    (*of_short, of_long)
                } else {
                    (of_long, *of_short)
                };
                tell(*between, of_a, of_b);
            }
        }
    }
}

/// The value that a quarter of all reach or stay below.
fn lowest_quartile(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().div_ceil(4).checked_sub(1)?)
        .copied()
}

#[cfg(test)]
#[path = "bridges_tests.rs"]
mod tests;

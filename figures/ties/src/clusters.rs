//! Parts of a network that hold together, found where nobody named communities.

use crate::network::Network;

/// Passes over all people of one level, at most.
const PASSES: usize = 20;
/// Levels, at most; each has fewer clusters than the one before.
const LEVELS: usize = 12;
/// What a move has to gain, so that rounding moves nobody to and fro.
const GAIN: f64 = 1e-9;

/// A weighted graph in compressed rows, with what each node carries within itself.
struct Graph {
    starts: Vec<usize>,
    others: Vec<u32>,
    weights: Vec<f64>,
    /// Weight within the node, counted from both ends.
    within: Vec<f64>,
}

impl Network {
    /// The cluster of each person, on the coarsest level. Who has no tie is a cluster alone.
    pub fn clusters(&self) -> Vec<u32> {
        self.clusters_by_level()
            .pop()
            .unwrap_or_else(|| (0..self.people()).collect())
    }

    /// The cluster of each person, from the finest level to the coarsest, by raising modularity (Blondel et al. 2008, "Fast unfolding of
    /// communities in large networks"). People are taken by number and the first best is kept, so that the same network gives the same clusters.
    pub fn clusters_by_level(&self) -> Vec<Vec<u32>> {
        let mut graph = Graph::of(self);
        let mut of_people: Vec<u32> = (0..self.people()).collect();
        let mut levels = Vec::new();
        for _ in 0..LEVELS {
            let (of_nodes, clusters) = numbered(&graph.moved());
            if clusters == graph.nodes() {
                break;
            }
            for cluster in &mut of_people {
                *cluster = at(&of_nodes, *cluster);
            }
            levels.push(of_people.clone());
            graph = graph.merged(&of_nodes, clusters);
        }
        levels
    }
}

impl Graph {
    fn of(network: &Network) -> Self {
        let rows = || {
            (0..network.people())
                .map(|person| (network.neighbours(person), network.strengths(person)))
        };
        let mut starts = vec![0];
        starts.extend(rows().scan(0, |sum, (others, _)| {
            *sum += others.len();
            Some(*sum)
        }));
        let others = rows().flat_map(|(others, _)| others).copied().collect();
        let weights = rows().flat_map(|(_, weights)| weights).copied().collect();
        Self {
            starts,
            others,
            weights,
            within: vec![0.0; network.people() as usize],
        }
    }

    fn nodes(&self) -> usize {
        self.within.len()
    }

    fn row(&self, node: u32) -> impl Iterator<Item = (u32, f64)> {
        let range = at(&self.starts, node)..at(&self.starts, node + 1);
        let (others, weights) = (self.others.get(range.clone()), self.weights.get(range));
        others
            .unwrap_or_default()
            .iter()
            .copied()
            .zip(weights.unwrap_or_default().iter().copied())
    }

    /// Moves each node to the neighbouring cluster where modularity gains most, until nothing moves.
    fn moved(&self) -> Vec<u32> {
        let nodes = u32::try_from(self.nodes()).unwrap_or(u32::MAX);
        let mut cluster_of: Vec<u32> = (0..nodes).collect();
        let degrees: Vec<f64> = (0..nodes)
            .map(|node| {
                self.row(node).map(|(_, weight)| weight).sum::<f64>() + at(&self.within, node)
            })
            .collect();
        let whole: f64 = degrees.iter().sum();
        let (mut totals, mut toward) = (degrees.clone(), vec![0.0; self.nodes()]);
        let mut near: Vec<u32> = Vec::new();
        for _ in 0..PASSES {
            let mut anything = false;
            for node in 0..nodes {
                let (own, degree) = (at(&cluster_of, node), at(&degrees, node));
                for (other, weight) in self.row(node) {
                    let cluster = at(&cluster_of, other);
                    if at(&toward, cluster) == 0.0 {
                        near.push(cluster);
                    }
                    add(&mut toward, cluster, weight);
                }
                add(&mut totals, own, -degree);
                let gain =
                    |cluster: u32| at(&toward, cluster) - at(&totals, cluster) * degree / whole;
                let (mut best, mut most) = (own, gain(own) + GAIN);
                for cluster in &near {
                    if gain(*cluster) > most {
                        (best, most) = (*cluster, gain(*cluster));
                    }
                }
                add(&mut totals, best, degree);
                for cluster in near.drain(..) {
                    set(&mut toward, cluster, 0.0);
                }
                anything |= best != own;
                set(&mut cluster_of, node, best);
            }
            if !anything {
                break;
            }
        }
        cluster_of
    }

    /// The graph whose nodes are the clusters of this one.
    fn merged(&self, of_nodes: &[u32], clusters: usize) -> Self {
        let mut within = vec![0.0; clusters];
        let mut between: Vec<(u32, u32, f64)> = Vec::new();
        for (node, cluster) in (0..).zip(of_nodes) {
            add(&mut within, *cluster, at(&self.within, node));
            for (other, weight) in self.row(node) {
                match at(of_nodes, other) {
                    same if same == *cluster => add(&mut within, same, weight),
                    another => between.push((*cluster, another, weight)),
                }
            }
        }
        between.sort_by_key(|(a, b, _)| (*a, *b));
        let mut starts = vec![0; clusters + 1];
        let (mut others, mut weights) = (Vec::new(), Vec::new());
        for same in between.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
            if let Some((a, b, _)) = same.first() {
                add(&mut starts, a + 1, 1);
                others.push(*b);
                weights.push(same.iter().map(|(_, _, weight)| weight).sum());
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            starts,
            others,
            weights,
            within,
        }
    }
}

/// Clusters numbered by their first member, and how many there are.
fn numbered(clusters: &[u32]) -> (Vec<u32>, usize) {
    let mut numbers = vec![u32::MAX; clusters.len()];
    let mut next = 0;
    let numbered = clusters
        .iter()
        .map(|cluster| {
            if at(&numbers, *cluster) == u32::MAX {
                set(&mut numbers, *cluster, next);
                next += 1;
            }
            at(&numbers, *cluster)
        })
        .collect();
    (numbered, next as usize)
}

pub(crate) fn at<T: Copy + Default>(values: &[T], place: u32) -> T {
    values.get(place as usize).copied().unwrap_or_default()
}

pub(crate) fn set<T>(values: &mut [T], place: u32, value: T) {
    if let Some(there) = values.get_mut(place as usize) {
        *there = value;
    }
}

pub(crate) fn add<T: std::ops::AddAssign>(values: &mut [T], place: u32, value: T) {
    if let Some(there) = values.get_mut(place as usize) {
        *there += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_cliques_with_one_tie_between_them_are_two_clusters() {
        let clique = |from: u32| {
            (from..from + 5).flat_map(move |a| (a + 1..from + 5).map(move |b| (a, b, 1.0)))
        };
        let network = Network::of_strengths(11, clique(0).chain(clique(5)).chain([(0, 5, 1.0)]));
        assert_eq!(network.clusters(), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
    }

    #[test]
    fn a_ring_of_cliques_comes_apart_into_its_cliques() {
        let clique = |n: u32| {
            (n * 6..n * 6 + 6).flat_map(move |a| (a + 1..n * 6 + 6).map(move |b| (a, b, 1.0)))
        };
        let ring = (0..8).map(|n| (n * 6, (n + 1) % 8 * 6 + 1, 1.0));
        let network = Network::of_strengths(48, (0..8).flat_map(clique).chain(ring));
        let finest = network.clusters_by_level().swap_remove(0);
        assert!(
            (0..48).all(|person| finest[person] == person as u32 / 6),
            "{finest:?}"
        );
    }

    #[test]
    fn nobody_and_no_ties_are_borne() {
        assert!(Network::default().clusters().is_empty());
        assert_eq!(Network::of_strengths(3, []).clusters(), [0, 1, 2]);
    }

    proptest! {
        #[test]
        fn each_level_is_coarser_than_the_one_before(ties in prop::collection::vec((0_u32..30, 0_u32..30, 0.1..9.0), 0..80)) {
            let network = Network::of_strengths(30, ties);
            let levels = network.clusters_by_level();
            for (fine, coarse) in levels.iter().zip(levels.iter().skip(1)) {
                for (a, b) in (0..30).flat_map(|a| (0..30).map(move |b| (a, b))) {
                    prop_assert!(fine[a] != fine[b] || coarse[a] == coarse[b]);
                }
            }
            prop_assert_eq!(levels, network.clusters_by_level());
        }
    }
}

//! A set of ids that costs a bit for each, as dumps number millions of rows.

/// Ids beyond are not kept apart; no dump has them.
const MOST: i64 = 1 << 30;

#[derive(Default)]
pub(super) struct Numbers {
    bits: Vec<u64>,
}

impl Numbers {
    /// Answers whether it was new. The few negative ids of a dump are kept as well.
    pub fn insert(&mut self, id: i64) -> bool {
        let Some((at, bit)) = place(id) else {
            return true;
        };
        if self.bits.len() <= at {
            self.bits.resize(at + 1, 0);
        }
        match self.bits.get_mut(at) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                true
            }
            _ => false,
        }
    }

    pub fn has(&self, id: i64) -> bool {
        place(id).is_some_and(|(at, bit)| self.bits.get(at).is_some_and(|word| word & bit != 0))
    }
}

fn place(id: i64) -> Option<(usize, u64)> {
    let at = usize::try_from(id.checked_add(64)?)
        .ok()
        .filter(|_| id < MOST)?;
    Some((at / 64, 1 << (at % 64)))
}

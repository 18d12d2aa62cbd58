//! The fewest edits that lead from one sequence to another, as far as a bounded number of them leads (Myers 1986, "An O(ND) difference algorithm and its
//! variations").

use crate::align::Run;

/// So many edits are looked through at once.
const EDITS: usize = 256;

/// No path leads there.
const NOWHERE: i64 = -1;

/// How far each diagonal was reached with so many edits: at `k + edits`.
type Row = Vec<i64>;

/// The runs on the way to the end, or to the farthest point that [`EDITS`] edits lead to, and that point.
pub(crate) fn farthest(one: &[u32], other: &[u32], work: &mut usize) -> (Vec<Run>, (usize, usize)) {
    let (n, m) = (one.len() as i64, other.len() as i64);
    let mut rows: Vec<Row> = Vec::new();
    let mut best = (0, 0);
    for edits in 0..=EDITS as i64 {
        let mut row = vec![NOWHERE; 2 * edits as usize + 1];
        best = (NOWHERE, 0);
        for k in (-edits..=edits).step_by(2) {
            let start = if edits == 0 {
                0
            } else {
                step(rows.last(), k, n, m)
            };
            if start == NOWHERE {
                continue;
            }
            let run = common(one, other, start, start - k);
            *work = work.saturating_sub(run as usize + 1);
            let x = start + run;
            if let Some(place) = row.get_mut((k + edits) as usize) {
                *place = x;
            }
            if best.0 == NOWHERE || 2 * x - k > 2 * best.0 - best.1 {
                best = (x, k);
            }
        }
        rows.push(row);
        if best == (n, n - m) || *work == 0 {
            break;
        }
    }
    (
        back(&rows, best, n, m),
        (best.0 as usize, (best.0 - best.1) as usize),
    )
}

fn reached(row: Option<&Row>, k: i64) -> i64 {
    let Some(row) = row else { return NOWHERE };
    let edits = (row.len() / 2) as i64;
    let place = usize::try_from(k + edits).ok();
    place
        .and_then(|place| row.get(place).copied())
        .unwrap_or(NOWHERE)
}

/// Where one edit leads on a diagonal from the row before it: the farther of leaving out and putting in.
fn step(row: Option<&Row>, k: i64, n: i64, m: i64) -> i64 {
    let out = match reached(row, k - 1) {
        NOWHERE => NOWHERE,
        x if x < n => x + 1,
        _ => NOWHERE,
    };
    let put_in = match reached(row, k + 1) {
        x if x != NOWHERE && x - k <= m => x,
        _ => NOWHERE,
    };
    out.max(put_in)
}

fn common(one: &[u32], other: &[u32], x: i64, y: i64) -> i64 {
    let one = one.get(x as usize..).unwrap_or_default();
    let other = other.get(y as usize..).unwrap_or_default();
    one.iter().zip(other).take_while(|(a, b)| a == b).count() as i64
}

/// The runs on the way back from a point (x, diagonal) in the last row.
fn back(rows: &[Row], (mut x, mut k): (i64, i64), n: i64, m: i64) -> Vec<Run> {
    let mut runs = Vec::new();
    for edits in (0..rows.len()).rev() {
        let row = edits.checked_sub(1).and_then(|last| rows.get(last));
        let start = if edits == 0 { 0 } else { step(row, k, n, m) };
        if x > start {
            runs.push(Run {
                before: start as usize,
                after: (start - k) as usize,
                length: (x - start) as usize,
            });
        }
        let out = reached(row, k - 1);
        (x, k) = if out != NOWHERE && out < n && out + 1 == start {
            (out, k - 1)
        } else {
            (start, k + 1)
        };
    }
    runs.reverse();
    runs
}

//! Places for dots: those that are joined draw each other near, all others push each other away.

use super::Sketch;
use crate::clusters::at;

const ROUNDS: u32 = 300;
/// How strongly everything is drawn to the middle, so that what is joined to nothing stays in the picture.
const GRAVITY: f64 = 2.0;

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    x: f64,
    y: f64,
}

/// A place from 0 to 1 for each dot (Fruchterman and Reingold 1991, "Graph drawing by force-directed placement"). With 400 dots at most, each pair
/// is looked at, and nothing cleverer is needed. Only sums, products and roots, so that every machine gives the same places.
pub(super) fn places(sketch: &Sketch, seed: u64) -> Vec<(f32, f32)> {
    let mut state = seed;
    let mut places: Vec<Place> = sketch
        .people
        .iter()
        .map(|_| Place {
            x: chance(&mut state),
            y: chance(&mut state),
        })
        .collect();
    let apart = (1.0 / places.len().max(1) as f64).sqrt();
    for round in 0..ROUNDS {
        let heat = 0.1 * f64::from(ROUNDS - round) / f64::from(ROUNDS);
        let pushes = pushes(sketch, &places, apart);
        for (place, push) in places.iter_mut().zip(pushes) {
            let far = (push.x * push.x + push.y * push.y).sqrt();
            let step = if far > heat { heat / far } else { 1.0 };
            place.x += push.x * step;
            place.y += push.y * step;
        }
    }
    fitted(&places)
}

fn pushes(sketch: &Sketch, places: &[Place], apart: f64) -> Vec<Place> {
    let mut pushes: Vec<Place> = places
        .iter()
        .map(|here| {
            let mut push = Place {
                x: (0.5 - here.x) * GRAVITY,
                y: (0.5 - here.y) * GRAVITY,
            };
            for there in places {
                let (x, y) = (here.x - there.x, here.y - there.y);
                let square = (x * x + y * y).max(1e-9);
                push.x += x * apart * apart / square;
                push.y += y * apart * apart / square;
            }
            push
        })
        .collect();
    for (a, b, _) in &sketch.lines {
        let (from, to) = (at(places, *a), at(places, *b));
        let (x, y) = (to.x - from.x, to.y - from.y);
        let pull = (x * x + y * y).sqrt() / apart;
        for (dot, sign) in [(*a, pull), (*b, -pull)] {
            if let Some(push) = pushes.get_mut(dot as usize) {
                push.x += x * sign;
                push.y += y * sign;
            }
        }
    }
    pushes
}

/// Moved and scaled into the square without distortion, and rounded to a thousandth.
fn fitted(places: &[Place]) -> Vec<(f32, f32)> {
    let ends = |of: fn(&Place) -> f64| {
        places
            .iter()
            .map(of)
            .fold((f64::MAX, f64::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            })
    };
    let ((left, right), (top, bottom)) = (ends(|place| place.x), ends(|place| place.y));
    let side = (right - left).max(bottom - top).max(1e-9);
    let within = |value: f64, low: f64, high: f64| {
        let free = (1.0 - (high - low) / side) / 2.0;
        (((value - low) / side + free).clamp(0.0, 1.0) * 1000.0).round() as f32 / 1000.0
    };
    places
        .iter()
        .map(|place| (within(place.x, left, right), within(place.y, top, bottom)))
        .collect()
}

/// The next number from 0 to 1 (SplitMix64: Steele, Lea and Flood 2014).
fn chance(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

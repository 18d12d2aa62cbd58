//! The fixtures of FORMULAS.md for strengths, and their properties.

use super::*;
use crate::act::{DAY, Kind};
use proptest::prelude::*;

const TODAY: i64 = 20_000 * DAY + DAY / 2;

fn act(kind: Kind, days_ago: f64) -> Act {
    Act {
        kind,
        from: 0,
        toward: 1,
        at: TODAY - (days_ago * DAY as f64) as i64,
        addressed: 1,
    }
}

fn side(acts: &[(Kind, f64)]) -> Side {
    let mut acts: Vec<Act> = acts
        .iter()
        .map(|(kind, days_ago)| act(*kind, *days_ago))
        .collect();
    Side::of(&mut acts, &Settings::default())
}

fn every(days: u32, until: u32) -> Side {
    side(
        &(0..)
            .map(|n| n * days)
            .take_while(|ago| *ago <= until)
            .map(|ago| (Kind::Reply, f64::from(ago)))
            .collect::<Vec<_>>(),
    )
}

fn near(a: f64, b: f64, within: f64) {
    assert!((a - b).abs() < within, "{a} is not near {b}");
}

#[test]
fn replies_today_and_a_month_ago_and_one_back() {
    let settings = Settings::default();
    let tie = Tie {
        there: side(&[(Kind::Reply, 0.0), (Kind::Reply, 30.0)]),
        back: side(&[(Kind::Reply, 60.0)]),
    };
    near(tie.there.strength(TODAY, &settings), 1.7071, 0.0001);
    near(tie.back.strength(TODAY, &settings), 0.5, 0.0001);
    near(tie.strength(TODAY, &settings), 1.6036, 0.0001);
    assert_eq!(tie.standing(TODAY, &settings), Standing::Weak);
}

#[test]
fn a_steady_exchange_settles_where_it_should() {
    let settings = Settings::default();
    for (days, settles_at, standing) in [
        (14, 13.4, Standing::Strong),
        (21, 9.3, Standing::Strong),
        (30, 6.8, Standing::Weak),
    ] {
        let tie = Tie {
            there: every(days, 5000),
            back: every(days, 5000),
        };
        near(tie.strength(TODAY, &settings), settles_at, 0.05);
        assert_eq!(tie.standing(TODAY, &settings), standing);
        assert!(!tie.is_fading(TODAY, &settings));
    }
}

#[test]
fn a_burst_of_one_day_counts_five_at_most() {
    let burst = side(&[(Kind::Visit, 0.3), (Kind::Visit, 0.2), (Kind::Visit, 0.1)]);
    assert!(burst.value <= 5.0);
    near(burst.value, 5.0, 0.02);
    let two_days = side(&[
        (Kind::Visit, 1.2),
        (Kind::Visit, 1.1),
        (Kind::Visit, 0.1),
        (Kind::Visit, 0.0),
    ]);
    near(two_days.value, 5.0 * 0.987 + 5.0, 0.02);
}

#[test]
fn much_within_few_weeks_is_not_strong() {
    let settings = Settings::default();
    let days: Vec<_> = (0..20).map(|day| (Kind::Visit, f64::from(day))).collect();
    let tie = Tie {
        there: side(&days),
        back: side(&days),
    };
    assert!(tie.strength(TODAY, &settings) > 100.0);
    assert_eq!(tie.standing(TODAY, &settings), Standing::Weak);
}

#[test]
fn what_only_one_of_two_does_is_never_strong() {
    let settings = Settings::default();
    let weekly: Vec<_> = (0..26)
        .map(|week| (Kind::Visit, f64::from(week * 7)))
        .collect();
    let tie = Tie {
        there: side(&weekly),
        back: Side::default(),
    };
    assert!(tie.strength(TODAY, &settings) > 9.0);
    assert_eq!(tie.standing(TODAY, &settings), Standing::Weak);
}

#[test]
fn a_tie_fades_after_eight_gaps_and_two_weeks() {
    let settings = Settings::default();
    let tie = |there: &[f64]| Tie {
        there: side(
            &there
                .iter()
                .map(|days| (Kind::Reply, *days))
                .collect::<Vec<_>>(),
        ),
        back: Side::default(),
    };
    assert!(
        tie(&[16.0, 15.0]).is_fading(TODAY, &settings),
        "a day between them, silent for fifteen"
    );
    assert!(
        !tie(&[14.0, 13.0]).is_fading(TODAY, &settings),
        "not silent for two weeks yet"
    );
    assert!(
        !tie(&[22.0, 15.0]).is_fading(TODAY, &settings),
        "a week between them: eight weeks may pass"
    );
    assert!(
        !tie(&[400.0]).is_fading(TODAY, &settings),
        "one act has no gap"
    );
    assert!(!Tie::default().is_fading(TODAY, &settings));
}

#[test]
fn an_act_of_an_earlier_day_is_late() {
    let settings = Settings::default();
    let mut side = side(&[(Kind::Reply, 0.0)]);
    let before = side;
    assert_eq!(side.add(&act(Kind::Reply, 3.0), &settings), Err(Late));
    assert_eq!(side, before);
    assert_eq!(side.add(&act(Kind::Reply, 0.1), &settings), Ok(()));
    assert_eq!((side.acts, side.last), (2, before.last));
}

#[test]
fn the_ends_of_time_are_borne() {
    let settings = Settings::default();
    let mut side = Side::default();
    for at in [i64::MIN, 0, i64::MAX] {
        assert_eq!(
            side.add(
                &Act {
                    kind: Kind::Reply,
                    from: 0,
                    toward: 1,
                    at,
                    addressed: 1
                },
                &settings
            ),
            Ok(())
        );
    }
    let tie = Tie {
        there: side,
        back: side,
    };
    assert!(tie.strength(i64::MAX, &settings).is_finite());
    assert_eq!(tie.standing(i64::MIN, &settings), Standing::Weak);
    tie.is_fading(i64::MIN, &settings);
}

/// The formula as it is written, over all acts, in the time of their square.
fn by_definition(acts: &[Act], at: i64, settings: &Settings) -> f64 {
    acts.iter()
        .enumerate()
        .map(|(n, act)| {
            let earlier: f64 = acts
                .iter()
                .take(n)
                .filter(|other| day_of(other.at) == day_of(act.at))
                .map(Act::adds)
                .sum();
            let adds = act.adds().min((settings.daily_cap - earlier).max(0.0));
            adds * (-((at - act.at) as f64) / DAY as f64 / settings.half_life_days).exp2()
        })
        .sum()
}

fn some_acts() -> impl Strategy<Value = Vec<Act>> {
    let kinds = prop::sample::select(vec![
        Kind::Reply,
        Kind::Mention,
        Kind::Helped,
        Kind::Visit,
        Kind::Gathering,
    ]);
    prop::collection::vec((kinds, 0..200 * DAY, 1_u32..6), 0..60).prop_map(|acts| {
        let mut acts: Vec<_> = acts
            .into_iter()
            .map(|(kind, ago, addressed)| Act {
                kind,
                from: 0,
                toward: 1,
                at: TODAY - ago,
                addressed,
            })
            .collect();
        acts.sort_by_key(|act| act.at);
        acts
    })
}

proptest! {
    #[test]
    fn act_by_act_gives_what_the_definition_gives(acts in some_acts()) {
        let settings = Settings::default();
        let mut side = Side::default();
        for act in &acts {
            prop_assert_eq!(side.add(act, &settings), Ok(()));
        }
        let whole = by_definition(&acts, TODAY, &settings);
        prop_assert!((side.strength(TODAY, &settings) - whole).abs() < 1e-9);
    }

    #[test]
    fn the_order_within_a_day_hardly_matters(acts in some_acts(), seed: u64) {
        let settings = Settings::default();
        let mut mixed = acts.clone();
        mixed.sort_by_key(|act| (day_of(act.at), (act.at as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let mut side = Side::default();
        for act in &mixed {
            prop_assert_eq!(side.add(act, &settings), Ok(()));
        }
        let whole = by_definition(&acts, TODAY, &settings);
        prop_assert!((side.strength(TODAY, &settings) - whole).abs() <= 0.0117 * whole.max(1.0));
    }

    #[test]
    fn mutual_counts_in_full_and_one_way_half(there in 0.0..50.0, back in 0.0..50.0) {
        prop_assert!((together(there, there) - 2.0 * there).abs() < 1e-9);
        prop_assert_eq!(together(there, 0.0), there / 2.0);
        prop_assert_eq!(together(there, back), together(back, there));
    }
}

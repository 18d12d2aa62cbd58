//! The season of the README, computed by hand, and what holds for every season.

use super::*;
use proptest::prelude::*;
use pulse::DAY;

const SEASON: Season = Season {
    from: 100 * DAY,
    to: 190 * DAY,
    as_of: 250 * DAY,
};

fn change(
    id: Id,
    who: Id,
    day: i64,
    turns: &[(State, i64)],
    outcome: Option<i64>,
    attested: &[(Id, i64)],
) -> Change {
    let turn = |(state, day): &(State, i64)| Turn {
        state: *state,
        at: day * DAY,
    };
    let words = |(by, day): &(Id, i64)| Attested {
        by: *by,
        at: day * DAY,
    };
    Change {
        id,
        who,
        at: day * DAY,
        turns: turns.iter().map(turn).collect(),
        outcome: outcome.map(|day| day * DAY),
        attested: attested.iter().map(words).collect(),
    }
}

/// The table of the README, line by line.
fn seeded() -> Facts {
    let ask = |(id, day, answered): (Id, i64, Option<i64>)| Ask {
        id,
        at: day * DAY,
        answered: answered.map(|day| day * DAY),
    };
    let practice = |(id, day, authors): (Id, i64, &[Id])| Practice {
        id,
        shared: day * DAY,
        authors: authors.to_vec(),
    };
    let adoption = |(practice, who, day)| Adoption {
        practice,
        who,
        at: day * DAY,
    };
    let revision = |(id, day, stories): (Id, i64, &[Id])| PurposeRevision {
        id,
        at: day * DAY,
        stories: stories.to_vec(),
    };
    Facts {
        asks: [
            (1, 101, Some(102)),
            (2, 120, Some(200)),
            (3, 150, None),
            (4, 189, Some(251)),
            (5, 99, Some(101)),
            (6, 190, Some(191)),
        ]
        .map(ask)
        .into(),
        thanks: [(11, 105), (12, 140), (13, 189), (14, 190)]
            .map(|(id, day)| Thanks { id, at: day * DAY })
            .into(),
        said: [(1, 101), (1, 160), (2, 120), (3, 150), (4, 189), (5, 195)]
            .map(|(who, day)| Said { who, at: day * DAY })
            .into(),
        practices: vec![
            practice((21, 110, &[1])),
            practice((22, 130, &[1, 2])),
            practice((23, 150, &[3])),
            practice((24, 180, &[4])),
            practice((25, 80, &[1])),
        ],
        ties: [(31, 115), (32, 189), (33, 195)]
            .map(|(id, day)| Tie {
                id,
                began: day * DAY,
            })
            .into(),
        adoptions: [
            (21, 1, 111),
            (21, 2, 130),
            (21, 3, 140),
            (22, 2, 131),
            (22, 5, 230),
            (24, 1, 190),
            (25, 2, 120),
        ]
        .map(adoption)
        .into(),
        changes: vec![
            change(41, 1, 105, &[(State::Kept, 120)], Some(150), &[(2, 160)]),
            change(
                42,
                1,
                140,
                &[(State::Kept, 150), (State::Dropped, 200)],
                None,
                &[],
            ),
            change(43, 2, 155, &[], Some(185), &[(2, 186)]),
            change(44, 3, 170, &[(State::Kept, 171)], None, &[]),
            change(45, 4, 90, &[(State::Kept, 100)], Some(130), &[(1, 255)]),
            change(46, 5, 195, &[], Some(200), &[(1, 201)]),
        ],
        purpose: vec![
            revision((51, 110, &[])),
            revision((52, 185, &[41])),
            revision((53, 195, &[44])),
        ],
    }
}

fn figure(value: f64, of: Option<usize>, items: &[Id], rest: &[Id]) -> Figure {
    Figure {
        value: Some(value),
        of,
        items: items.to_vec(),
        rest: rest.to_vec(),
    }
}

#[test]
fn the_seeded_season_equals_what_was_computed_by_hand() {
    let cycles = Cycles::of(&seeded(), SEASON);
    assert_eq!(
        cycles.immediate.answered,
        figure(0.5, Some(4), &[1, 2], &[3, 4])
    );
    assert_eq!(
        cycles.immediate.thanks,
        figure(0.75, Some(4), &[11, 12, 13], &[])
    );
    assert_eq!(
        cycles.potential.practices,
        figure(4.0, None, &[21, 22, 23, 24], &[])
    );
    assert_eq!(cycles.potential.ties, figure(2.0, None, &[31, 32], &[]));
    assert_eq!(
        cycles.applied.people,
        figure(3.0, None, &[41, 42, 43, 44], &[])
    );
    assert_eq!(
        cycles.applied.adopted,
        figure(1.0 / 3.0, Some(3), &[21], &[22, 23])
    );
    assert_eq!(
        cycles.applied.first_use,
        figure(20.0, Some(4), &[21, 22, 24], &[23])
    );
    assert_eq!(
        cycles.applied.kept,
        figure(1.0 / 3.0, Some(3), &[41], &[42, 43])
    );
    assert_eq!(
        cycles.realised.outcomes,
        figure(3.0, None, &[41, 43, 45], &[])
    );
    assert_eq!(
        cycles.realised.attested,
        figure(1.0 / 3.0, Some(3), &[41], &[43, 45])
    );
    assert_eq!(cycles.reframed, figure(1.0, Some(2), &[52], &[51]));
}

#[test]
fn without_its_story_each_figure_is_another() {
    let mut facts = seeded();
    facts.changes.retain(|change| change.id != 41);
    facts.purpose[1].stories.clear();
    let cycles = Cycles::of(&facts, SEASON);
    assert_eq!(cycles.applied.people, figure(3.0, None, &[42, 43, 44], &[]));
    assert_eq!(cycles.applied.kept, figure(0.0, Some(2), &[], &[42, 43]));
    assert_eq!(cycles.realised.outcomes.value, Some(2.0));
    assert_eq!(
        cycles.realised.attested,
        figure(0.0, Some(2), &[], &[43, 45])
    );
    assert_eq!(cycles.reframed, figure(0.0, Some(2), &[], &[51, 52]));
}

#[test]
fn an_empty_season_has_counts_of_none_and_no_shares() {
    let cycles = Cycles::of(&Facts::default(), SEASON);
    for share in [
        &cycles.immediate.answered,
        &cycles.immediate.thanks,
        &cycles.applied.adopted,
        &cycles.applied.first_use,
        &cycles.applied.kept,
        &cycles.realised.attested,
    ] {
        assert_eq!((share.value, share.of), (None, Some(0)));
    }
    for count in [
        &cycles.potential.practices,
        &cycles.potential.ties,
        &cycles.applied.people,
        &cycles.realised.outcomes,
        &cycles.reframed,
    ] {
        assert_eq!(count.value, Some(0.0));
    }
}

#[test]
fn of_a_season_that_has_not_begun_nothing_is_said() {
    let early = Season {
        as_of: SEASON.from - 1,
        ..SEASON
    };
    assert_eq!(Cycles::of(&seeded(), early), Cycles::default());
    assert_eq!(Cycles::default().potential.practices.value, None);
    let empty = Season {
        to: SEASON.from,
        ..SEASON
    };
    assert_eq!(Cycles::of(&seeded(), empty), Cycles::default());
}

#[test]
fn nothing_is_judged_before_ninety_days() {
    let just = |as_of| Cycles::of(&seeded(), Season { as_of, ..SEASON }).applied;
    assert_eq!(just(200 * DAY - 1).adopted.of, Some(0));
    assert_eq!(just(200 * DAY).adopted, figure(1.0, Some(1), &[21], &[]));
    assert_eq!(just(195 * DAY - 1).kept.value, None);
    assert_eq!(just(195 * DAY).kept, figure(1.0, Some(1), &[41], &[]));
}

#[test]
fn looked_at_from_an_earlier_day_a_season_is_as_it_was_then() {
    let then = Cycles::of(
        &seeded(),
        Season {
            as_of: 155 * DAY,
            ..SEASON
        },
    );
    assert_eq!(
        then.immediate.answered,
        figure(1.0 / 3.0, Some(3), &[1], &[2, 3])
    );
    assert_eq!(then.realised.outcomes.items, [41, 45]);
    assert_eq!(then.realised.attested.value, Some(0.0));
    assert_eq!(then.applied.first_use.value, Some(20.0));
}

#[test]
fn somebody_who_tells_many_changes_and_what_comes_twice_count_once() {
    let mut facts = seeded();
    let again = facts.clone();
    facts.changes.extend(again.changes);
    facts.practices.extend(again.practices);
    facts.asks.extend(again.asks);
    facts.thanks.extend(again.thanks);
    facts.said.extend(again.said);
    assert_eq!(Cycles::of(&facts, SEASON), Cycles::of(&seeded(), SEASON));
}

#[test]
fn an_authors_own_word_and_own_use_are_no_evidence() {
    let mut facts = seeded();
    facts
        .adoptions
        .retain(|adoption| adoption.practice == 21 && adoption.who == 1);
    for change in &mut facts.changes {
        change.attested = vec![Attested {
            by: change.who,
            at: change.at,
        }];
    }
    let cycles = Cycles::of(&facts, SEASON);
    assert_eq!(cycles.applied.adopted.value, Some(0.0));
    assert_eq!(cycles.applied.first_use.value, None);
    assert_eq!(cycles.realised.attested.value, Some(0.0));
}

#[test]
fn odd_times_are_borne() {
    let mut facts = seeded();
    facts.adoptions.push(Adoption {
        practice: 23,
        who: 1,
        at: i64::MIN,
    });
    for at in [i64::MIN, i64::MAX] {
        Cycles::of(
            &facts,
            Season {
                from: i64::MIN,
                to: i64::MAX,
                as_of: at,
            },
        );
    }
    // Used before it was shared: from the first day.
    assert_eq!(
        Cycles::of(&facts, SEASON).applied.first_use.value,
        Some(10.0)
    );
}

proptest! {
    #[test]
    fn values_follow_from_their_items(days in prop::collection::vec((0_i64..300, 0_i64..400, 0_i64..6), 0..60), as_of in 0_i64..400) {
        let facts = Facts {
            asks: days.iter().zip(0..).map(|((at, answered, _), id)| Ask { id, at: at * DAY, answered: (answered % 2 == 0).then_some(answered * DAY) }).collect(),
            said: days.iter().map(|(at, _, who)| Said { who: *who, at: at * DAY }).collect(),
            changes: days.iter().zip(0..).map(|((at, later, who), id)| change(id, *who, *at, &[(State::Kept, *later)], Some(*later), &[(later % 6, *later)])).collect(),
            practices: days.iter().zip(0..).map(|((at, _, who), id)| Practice { id, shared: at * DAY, authors: vec![*who] }).collect(),
            adoptions: days.iter().zip(0..).map(|((_, at, who), id)| Adoption { practice: id / 2, who: (who + 1) % 6, at: at * DAY }).collect(),
            ..Facts::default()
        };
        let cycles = Cycles::of(&facts, Season { as_of: as_of * DAY, ..SEASON });
        for share in [&cycles.immediate.answered, &cycles.applied.adopted, &cycles.applied.kept, &cycles.realised.attested] {
            let of = share.items.len() + share.rest.len();
            prop_assert_eq!(share.of.unwrap_or(0), of);
            prop_assert_eq!(share.value, (of > 0).then(|| share.items.len() as f64 / of as f64));
        }
        prop_assert!(cycles.applied.people.value.unwrap_or(0.0) <= cycles.applied.people.items.len() as f64);
        let mut turned = facts.clone();
        turned.asks.reverse();
        turned.changes.reverse();
        turned.practices.reverse();
        turned.adoptions.reverse();
        prop_assert_eq!(Cycles::of(&turned, Season { as_of: as_of * DAY, ..SEASON }), cycles);
    }
}

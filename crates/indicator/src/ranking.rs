//! Places of organisations by one indicator: 1-2-2-4, ties on the shown value.

use crate::observation::Direction;
use ground::money::divide_half_even;

/// The place of one entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ranked {
    /// Index of the entry in the list that was given.
    pub index: usize,
    /// 名次 from 1; `None` for a missing value: shown as —, not as last.
    pub place: Option<u32>,
    /// True when others share the place.
    pub tied: bool,
}

/// 排名. Places the values in competition order (1-2-2-4), best first, missing ones at the end
/// without a place. `step` is the size of the last shown digit in the values' own scale (10 when
/// values have two decimals and one is shown): what looks equal shares a place. A `step` below 1
/// counts as 1. Entries on one place keep their given order.
///
/// ```
/// use indicator::{Direction, rank};
/// let places: Vec<_> = rank(&[Some(57), Some(130), Some(57), None], Direction::Higher, 1)
///     .iter()
///     .map(|ranked| (ranked.index, ranked.place))
///     .collect();
/// assert_eq!(places, [(1, Some(1)), (0, Some(2)), (2, Some(2)), (3, None)]);
/// ```
pub fn rank(values: &[Option<i64>], direction: Direction, step: i64) -> Vec<Ranked> {
    let shown = |value: i64| {
        let rounded = divide_half_even(i128::from(value), i128::from(step.max(1)));
        match direction {
            Direction::Higher => -rounded,
            Direction::Lower => rounded,
        }
    };
    let mut order: Vec<(Option<i128>, usize)> = values
        .iter()
        .enumerate()
        .map(|(index, value)| (value.map(shown), index))
        .collect();
    order.sort_by_key(|(key, index)| (key.is_none(), *key, *index));
    let mut ranked: Vec<Ranked> = Vec::with_capacity(order.len());
    for (position, (key, index)) in order.iter().enumerate() {
        let same_as = |other: Option<&(Option<i128>, usize)>| {
            key.is_some() && other.is_some_and(|(other, _)| other == key)
        };
        let after_equal = position > 0 && same_as(order.get(position - 1));
        let place = match key {
            None => None,
            Some(_) if after_equal => ranked[position - 1].place,
            Some(_) => Some(position as u32 + 1),
        };
        let tied = after_equal || same_as(order.get(position + 1));
        ranked.push(Ranked {
            index: *index,
            place,
            tied,
        });
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(values: &[Option<i64>], direction: Direction, step: i64, expect: &[Option<u32>]) {
        let mut places = vec![None; values.len()];
        for ranked in rank(values, direction, step) {
            places[ranked.index] = ranked.place;
        }
        assert_eq!(places, expect);
    }

    #[test]
    fn two_seconds_are_followed_by_a_fourth() {
        let values = [Some(5), Some(9), Some(5), Some(1)];
        check(
            &values,
            Direction::Higher,
            1,
            &[Some(2), Some(1), Some(2), Some(4)],
        );
        check(
            &values,
            Direction::Lower,
            1,
            &[Some(2), Some(4), Some(2), Some(1)],
        );
    }

    #[test]
    fn what_looks_equal_shares_a_place() {
        // 5.74 % and 5.66 % both show as 5.7 %.
        check(
            &[Some(574), Some(566), Some(560)],
            Direction::Higher,
            10,
            &[Some(1), Some(1), Some(3)],
        );
        check(
            &[Some(574), Some(566), Some(560)],
            Direction::Higher,
            1,
            &[Some(1), Some(2), Some(3)],
        );
    }

    #[test]
    fn a_missing_value_has_no_place_and_is_not_last_of_the_ranked() {
        check(
            &[None, Some(-3), None],
            Direction::Higher,
            1,
            &[None, Some(1), None],
        );
        let ranked = rank(&[None, Some(-3), None], Direction::Higher, 1);
        assert_eq!(
            ranked.iter().map(|r| r.index).collect::<Vec<_>>(),
            [1, 0, 2]
        );
        assert!(ranked.iter().all(|r| !r.tied));
        check(&[], Direction::Lower, 0, &[]);
    }

    #[test]
    fn the_extremes_are_ranked_without_overflow() {
        check(
            &[Some(i64::MIN), Some(i64::MAX)],
            Direction::Higher,
            1,
            &[Some(2), Some(1)],
        );
    }

    proptest! {
        #[test]
        fn a_place_is_one_more_than_the_number_of_better_ones(values in prop::collection::vec(prop::option::of(-9_i64..9), 0..30), lower in any::<bool>()) {
            let direction = if lower { Direction::Lower } else { Direction::Higher };
            for ranked in rank(&values, direction, 1) {
                let expect = values[ranked.index].map(|own| {
                    let better = |other: &&i64| if lower { **other < own } else { **other > own };
                    values.iter().flatten().filter(better).count() as u32 + 1
                });
                prop_assert_eq!(ranked.place, expect);
                let same = values.iter().filter(|v| v.is_some() && **v == values[ranked.index]).count();
                prop_assert_eq!(ranked.tied, same > 1);
            }
        }
    }
}

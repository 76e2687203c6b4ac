//! What the rest of a period must bring: run rate, catch-up, and the half-way goal.

use crate::pace::{Pace, PaceBasis};
use ground::{Date, Period, Ratio};

/// What each unit still to come must bring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunRate {
    /// By what units are counted.
    pub basis: PaceBasis,
    /// `target − actual`; negative when the target is passed.
    pub remaining: i64,
    /// Units still to come.
    pub units_left: i64,
    /// `remaining / units_left`; undefined when no unit is left.
    pub per_unit: Ratio,
    /// 追赶倍数. `per_unit` over what a unit has brought so far; undefined before the first unit,
    /// after the last, or when nothing has been done.
    pub catch_up: Ratio,
}

/// The rate at which the rest must go to reach `target`.
pub fn run_rate(actual: i64, target: i64, pace: Pace) -> RunRate {
    let remaining = target.saturating_sub(actual);
    let (left, gone) = (pace.left(), pace.elapsed);
    let per_unit = Ratio::new(i128::from(remaining), i128::from(left));
    let catch_up = if left > 0 && gone > 0 && actual > 0 {
        let top = i128::from(remaining).checked_mul(i128::from(gone));
        let bottom = i128::from(actual).checked_mul(i128::from(left));
        top.zip(bottom).map_or(Ratio::new(0, 0), |(top, bottom)| {
            Ratio::new(top, bottom).reduced()
        })
    } else {
        Ratio::new(0, 0)
    };
    RunRate {
        basis: pace.basis,
        remaining,
        units_left: left,
        per_unit,
        catch_up,
    }
}

/// How a half-way goal stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HalfwayState {
    /// 已过半.
    Met,
    /// 未过半, and 30 June is still to come.
    Open,
    /// 未过半, and 30 June is over.
    Missed,
}

/// 双过半. Half of the year's task by the middle of the year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HalfwayGoal {
    /// 30 June.
    pub due: Date,
    /// ⌈target / 2⌉.
    pub needed: i64,
    /// `needed − actual`; 0 or less once met.
    pub gap: i64,
    /// `actual / target`.
    pub completion: Ratio,
    /// Met, still open, or missed.
    pub state: HalfwayState,
}

/// 双过半 of a year's `target`, with `actual` as of the end of `as_of`. The caller gives the
/// year-to-date value of 30 June once that day is over.
pub fn halfway(year: i16, target: i64, actual: i64, as_of: Date) -> HalfwayGoal {
    let due = Period::Half { year, half: 1 }.last();
    // Rounds up also below zero: ⌈−3/2⌉ is −1.
    let needed = target / 2 + i64::from(target > 0 && target % 2 != 0);
    let gap = needed.saturating_sub(actual);
    let state = match gap {
        ..=0 => HalfwayState::Met,
        _ if as_of < due => HalfwayState::Open,
        _ => HalfwayState::Missed,
    };
    let completion = Ratio::new(i128::from(actual), i128::from(target));
    HalfwayGoal {
        due,
        needed,
        gap,
        completion,
        state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pace(elapsed: i64, whole: i64) -> Pace {
        Pace {
            basis: PaceBasis::WorkingDays,
            elapsed,
            whole,
            published: true,
        }
    }

    #[test]
    fn the_rest_must_run_faster_after_a_slow_start() {
        let rate = run_rate(20, 100, pace(50, 150));
        assert_eq!((rate.remaining, rate.units_left), (80, 100));
        assert_eq!(rate.per_unit, Ratio::new(80, 100));
        // 0.8 a day still, 0.4 a day so far.
        assert_eq!(rate.catch_up, Ratio::new(2, 1));
    }

    #[test]
    fn without_units_or_work_there_is_no_catch_up() {
        assert!(!run_rate(0, 100, pace(50, 150)).catch_up.is_defined());
        assert!(!run_rate(20, 100, pace(0, 150)).catch_up.is_defined());
        let over = run_rate(20, 100, pace(150, 150));
        assert!(!over.catch_up.is_defined() && !over.per_unit.is_defined());
        assert_eq!(run_rate(120, 100, pace(50, 150)).remaining, -20);
    }

    #[test]
    fn half_of_an_odd_target_is_rounded_up() {
        let june = Date::constant(2023, 6, 30);
        assert_eq!(halfway(2023, 101, 50, june).gap, 1);
        assert_eq!(halfway(2023, 101, 50, june).state, HalfwayState::Missed);
        assert_eq!(
            halfway(2023, 101, 50, Date::constant(2023, 6, 29)).state,
            HalfwayState::Open
        );
        assert_eq!(halfway(2023, 101, 51, june).state, HalfwayState::Met);
        assert_eq!(halfway(2023, 100, 50, june).state, HalfwayState::Met);
        assert_eq!(halfway(2023, -3, 0, june).needed, -1);
    }

    proptest! {
        #[test]
        fn met_means_at_least_half(target in 1_i64..1_000_000, actual in 0_i64..1_000_000) {
            let goal = halfway(2023, target, actual, Date::constant(2023, 6, 30));
            prop_assert_eq!(goal.state == HalfwayState::Met, actual * 2 >= target);
        }

        #[test]
        fn running_at_the_rate_reaches_the_target(actual in 0_i64..10_000, target in 0_i64..10_000, gone in 0_i64..250, left in 1_i64..250) {
            let rate = run_rate(actual, target, pace(gone, gone + left));
            prop_assert_eq!(rate.per_unit.numerator * i128::from(left) / rate.per_unit.denominator + i128::from(actual), i128::from(target));
        }
    }
}

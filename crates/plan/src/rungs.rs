//! 逐级保: the debt of each level from day to year, which level still keeps its plan, and the parts
//! of a period in periods of another kind.
//!
//! `cascade` re-spreads a shortfall; this room says what that means for every level at once, and
//! which light each gets. Limits of the lights are parameters.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ground::{Date, Period, PeriodKind, Ratio, WorkCalendar};
use serde::{Deserialize, Serialize};

use crate::cascade::{DailyPlan, daily_cap, room, sum_between};
use crate::light::Rag;
use crate::value::periods_between;

/// 追赶系数的分档. A factor up to `green` is green, up to `yellow` yellow, above red.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CatchUpBands {
    /// Percent. Default 100: the pace of the plan is enough.
    pub green: i64,
    /// Percent. Default 120: a sixth working day makes it good.
    pub yellow: i64,
}

impl Default for CatchUpBands {
    fn default() -> Self {
        CatchUpBands {
            green: 100,
            yellow: 120,
        }
    }
}

impl CatchUpBands {
    /// The light of a factor; grey when it is undefined (nothing is left to do, or nothing known).
    pub fn rag(&self, factor: Ratio) -> Rag {
        let within = |percent: i64| {
            let limit = Ratio::new(i128::from(percent), 100);
            factor
                .compare(limit)
                .map(|order| order != Ordering::Greater)
        };
        match (within(self.green), within(self.yellow)) {
            (None, _) | (_, None) => Rag::Grey,
            (Some(true), _) => Rag::Green,
            (_, Some(true)) => Rag::Yellow,
            _ => Rag::Red,
        }
    }
}

/// 一级的账: one period and what it owes at the end of a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rung {
    /// The period that holds the day.
    pub period: Period,
    /// 本期计划: the whole period.
    pub planned: i64,
    /// 上期转入: owed when the period began; negative = ahead.
    pub carried: i64,
    /// 应完成 in the period up to and with the day, without what was carried in.
    pub should: i64,
    /// 已完成 in the period up to and with the day.
    pub done: i64,
    /// 欠账 at the end of the day: `carried + should − done`; negative = ahead. The same at every level.
    pub shortfall: i64,
    /// 本期还需: what must be done in the days left so that the period ends without debt.
    pub needed: i64,
    /// 本期还能: what the days left can take at the largest pace allowed, planned work included.
    pub possible: i64,
    /// 剩余计划日 of the period.
    pub days_left: i32,
    /// 需要日量 = needed ÷ days left; undefined when none is left.
    pub required: Ratio,
    /// 追赶系数 = needed ÷ what the plan has on the days left; undefined when it has nothing there.
    pub factor: Ratio,
    /// 保得住: the days left can take what is needed.
    pub kept: bool,
    /// Green or yellow by the factor while the level is kept, red when it is not, done when nothing is needed any more.
    pub rag: Rag,
}

/// 逐级的账 at the end of `as_of`, day to year. A level that is not kept hands its debt to the next one.
///
/// `factor_max` × the normal daily quantity is the most a day may take, as in [`crate::respread`].
pub fn rungs(
    plan: &DailyPlan,
    done: &BTreeMap<Date, i64>,
    as_of: Date,
    factor_max: Ratio,
    bands: &CatchUpBands,
    calendar: &WorkCalendar,
) -> Vec<Rung> {
    let cap = daily_cap(plan, factor_max);
    let rung = |kind: PeriodKind| {
        rung(
            plan,
            done,
            as_of,
            cap,
            kind.containing(as_of),
            bands,
            calendar,
        )
    };
    PeriodKind::CHAIN.into_iter().map(rung).collect()
}

fn rung(
    plan: &DailyPlan,
    done: &BTreeMap<Date, i64>,
    as_of: Date,
    cap: i64,
    period: Period,
    bands: &CatchUpBands,
    calendar: &WorkCalendar,
) -> Rung {
    let before = |daily: &BTreeMap<Date, i64>| -> i64 {
        daily
            .range(..period.first())
            .map(|(_, quantity)| quantity)
            .sum()
    };
    let carried = before(&plan.daily) - before(done);
    let should = sum_between(&plan.daily, period.first(), as_of);
    let made = sum_between(done, period.first(), as_of);
    let rest: BTreeMap<Date, i64> = plan
        .daily
        .iter()
        .filter(|&(&date, _)| date > as_of && date <= period.last())
        .map(|(&date, &quantity)| (date, quantity))
        .collect();
    let left: i64 = rest.values().sum();
    let free: i64 = room(&rest, period.last(), cap, calendar)
        .iter()
        .map(|(_, free)| free)
        .sum();
    let shortfall = carried + should - made;
    let needed = (left + shortfall).max(0);
    let possible = left + free;
    let factor = Ratio::new(i128::from(needed), i128::from(left));
    let kept = needed <= possible;
    Rung {
        period,
        planned: plan.sum(period),
        carried,
        should,
        done: made,
        shortfall,
        needed,
        possible,
        days_left: rest.len() as i32,
        required: Ratio::new(i128::from(needed), rest.len() as i128),
        factor,
        kept,
        rag: match (needed, kept) {
            (0, _) => Rag::Done,
            (_, false) => Rag::Red,
            // Days may take more than their share of the factor; what is kept does not burn.
            _ => match bands.rag(factor) {
                Rag::Red => Rag::Yellow,
                other => other,
            },
        },
    }
}

/// One piece of a period: the days it shares with a period of another kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// The whole smaller period; a week may reach over the edge of its month.
    pub period: Period,
    /// First day of the piece.
    pub first: Date,
    /// Last day of the piece.
    pub last: Date,
    /// Planned on the days of the piece.
    pub quantity: i64,
}

/// 分解. The plan of `whole` in periods of `kind`, cut at its edges; the parts add up to the whole
/// exactly, also where weeks cross months.
pub fn parts(plan: &DailyPlan, whole: Period, kind: PeriodKind) -> Vec<Part> {
    let pieces = periods_between(kind, whole.first(), whole.last()).into_iter();
    let part = |period: Period| {
        let first = period.first().max(whole.first());
        let last = period.last().min(whole.last());
        Part {
            period,
            first,
            last,
            quantity: sum_between(&plan.daily, first, last),
        }
    };
    pieces.map(part).collect()
}

/// 双过半 of a year's work: task share against time share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Halfway {
    /// 全年任务.
    pub planned: i64,
    /// 已完成 this year up to and with the day.
    pub done: i64,
    /// 任务 share = done ÷ planned.
    pub task: Ratio,
    /// 时间 share: the year's planned working days gone by, of all of them.
    pub time: Ratio,
    /// 过半: at least half of the task is done; `None` before 30 June, when it is not due yet and not reached.
    pub reached: Option<bool>,
}

/// Judges the year of `as_of`. Half of the task is due on 30 June on time *and* task.
pub fn halfway(plan: &DailyPlan, done: &BTreeMap<Date, i64>, as_of: Date) -> Halfway {
    let year = PeriodKind::Year.containing(as_of);
    let planned = plan.sum(year);
    let made = sum_between(done, year.first(), as_of);
    let days = |last: Date| plan.daily.range(year.first()..=last).count() as i128;
    let due = Period::Half {
        year: as_of.year(),
        half: 1,
    };
    let half = i128::from(made) * 2 >= i128::from(planned);
    Halfway {
        planned,
        done: made,
        task: Ratio::new(i128::from(made), i128::from(planned)),
        time: Ratio::new(days(as_of), days(year.last())),
        reached: if half {
            Some(true)
        } else {
            (as_of >= due.last()).then_some(false)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::HolidayTable;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn office() -> WorkCalendar {
        WorkCalendar::official(HolidayTable::shipped())
    }

    /// 10 a working day, January to June 2023.
    fn half_year() -> DailyPlan {
        let days = office().workdays_within(day("2023-01-01"), day("2023-06-30"));
        let total = i64::from(days) * 10;
        DailyPlan::spread(total, day("2023-01-01"), day("2023-06-30"), &office()).expect("days")
    }

    fn done(plan: &DailyPlan, until: &str, missing: i64) -> BTreeMap<Date, i64> {
        let mut done: BTreeMap<Date, i64> = plan
            .daily
            .range(..=day(until))
            .map(|(&d, &q)| (d, q))
            .collect();
        *done.entry(day(until)).or_insert(0) -= missing;
        done
    }

    fn lights(missing: i64) -> Vec<(PeriodKind, Rag, bool)> {
        let plan = half_year();
        let done = done(&plan, "2023-03-14", missing);
        let as_of = day("2023-03-14");
        rungs(
            &plan,
            &done,
            as_of,
            Ratio::new(6, 5),
            &CatchUpBands::default(),
            &office(),
        )
        .into_iter()
        .map(|rung| (rung.period.kind(), rung.rag, rung.kept))
        .collect()
    }

    #[test]
    fn a_debt_turns_each_level_red_until_one_can_take_it() {
        use PeriodKind::{Day, Dekad, Half, Month, Quarter, Week, Year};
        // Tuesday: the week (3 days left) takes 6, the dekad (15–17, 20) 8, month and quarter (13 days) 26.
        let expect = [
            (Day, Rag::Red, false),
            (Week, Rag::Red, false),
            (Dekad, Rag::Yellow, true),
            (Month, Rag::Yellow, true),
            (Quarter, Rag::Yellow, true),
            (Half, Rag::Yellow, true),
            (Year, Rag::Yellow, true),
        ];
        assert_eq!(lights(8), expect);
        let kept: Vec<bool> = lights(27).iter().map(|light| light.2).collect();
        assert_eq!(kept, [false, false, false, false, false, true, true]);
        assert!(lights(0).iter().skip(1).all(|light| light.1 == Rag::Green));
    }

    #[test]
    fn every_level_owes_the_same_and_names_what_it_needs() {
        let plan = half_year();
        let as_of = day("2023-03-14");
        let done = done(&plan, "2023-03-14", 8);
        let all = rungs(
            &plan,
            &done,
            as_of,
            Ratio::new(6, 5),
            &CatchUpBands::default(),
            &office(),
        );
        assert!(all.iter().all(|rung| rung.shortfall == 8));
        let week = &all[1];
        assert_eq!(
            (week.planned, week.carried, week.should, week.done),
            (50, 0, 20, 12)
        );
        assert_eq!((week.needed, week.possible, week.days_left), (38, 36, 3));
        assert_eq!(week.factor.percent_text(), "126.7%");
    }

    #[test]
    fn half_of_the_task_is_due_at_the_end_of_june() {
        let mut plan = half_year();
        let july = DailyPlan::spread(
            plan.total(),
            day("2023-07-01"),
            day("2023-12-31"),
            &office(),
        );
        plan.daily.extend(july.expect("days").daily);
        let answer = halfway(&plan, &done(&plan, "2023-06-30", 0), day("2023-06-30"));
        assert_eq!(
            (answer.reached, answer.task.percent_text()),
            (Some(true), "50.0%".to_owned())
        );
        let short = halfway(&plan, &done(&plan, "2023-06-30", 1), day("2023-06-30"));
        assert_eq!(short.reached, Some(false));
        assert_eq!(
            halfway(&plan, &done(&plan, "2023-05-31", 0), day("2023-05-31")).reached,
            None
        );
    }

    proptest! {
        #[test]
        fn children_equal_their_parent_to_the_last_unit(
            total in 0i64..1_000_000_000, first in 0i64..400, days in 10i64..500,
        ) {
            let zero = ground::timeline::day_number(day("2023-01-01")) + first;
            let date = ground::timeline::date_of_day;
            let plan = DailyPlan::spread(total, date(zero), date(zero + days), &office());
            let plan = plan.expect("ten days hold a working one");
            let year = PeriodKind::Year.containing(date(zero + days));
            for whole in [year, PeriodKind::Month.containing(date(zero)), PeriodKind::Quarter.containing(date(zero))] {
                for kind in [PeriodKind::Day, PeriodKind::Week, PeriodKind::Dekad, PeriodKind::Month] {
                    let sum: i64 = parts(&plan, whole, kind).iter().map(|part| part.quantity).sum();
                    prop_assert_eq!(sum, plan.sum(whole));
                }
            }
        }

        #[test]
        fn once_a_level_is_kept_no_wider_one_inside_the_plan_is_lost(missing in 0i64..60) {
            // The week and the dekad cross each other; dekad, month, quarter, half and year hold each other.
            let kept: Vec<bool> = lights(missing).iter().skip(2).map(|light| light.2).collect();
            prop_assert!(kept.is_sorted(), "{:?}", kept);
        }
    }
}

//! 以日保周、以周保旬、以旬保月、以月保季: a plan per day, exact sums over any period, and the
//! re-spreading of a shortfall inside the smallest period that can still take it.
//!
//! Only days are stored (weeks cross dekads and months), so a sum over a period is always the sum
//! of its days.

use std::collections::BTreeMap;

use ground::{Date, Finding, Period, PeriodKind, Ratio, WorkCalendar, apportion};

/// 日计划. Whole units (cubic metres, metres, 元 …) per day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DailyPlan {
    /// Quantity per day; rest days are absent.
    pub daily: BTreeMap<Date, i64>,
}

impl DailyPlan {
    /// Spreads `total` evenly over the working days from `first` to `last`, both counted.
    ///
    /// # Errors
    /// `plan.no_working_day` when there is none between the two dates.
    pub fn spread(
        total: i64,
        first: Date,
        last: Date,
        calendar: &WorkCalendar,
    ) -> Result<DailyPlan, Finding> {
        let days = working_days(first, last, calendar);
        if days.is_empty() {
            let problem = format!("{first} 到 {last} 之间没有工作日,数量排不下去。");
            let remedy = "请改起止日期,或换一个有工作日的日历。";
            return Err(Finding::error(
                "plan.no_working_day",
                "日计划",
                problem,
                remedy,
            ));
        }
        let parts = apportion(total, &vec![1; days.len()]);
        Ok(DailyPlan {
            daily: days.into_iter().zip(parts).collect(),
        })
    }

    /// Sum over the days of `period`.
    pub fn sum(&self, period: Period) -> i64 {
        sum_between(&self.daily, period.first(), period.last())
    }

    /// Sum over all days.
    pub fn total(&self) -> i64 {
        self.daily.values().sum()
    }

    /// First planned day.
    pub fn first(&self) -> Option<Date> {
        self.daily.first_key_value().map(|(&date, _)| date)
    }

    /// Last planned day.
    pub fn last(&self) -> Option<Date> {
        self.daily.last_key_value().map(|(&date, _)| date)
    }

    /// 正常日量: total / number of planned days.
    pub fn normal(&self) -> Ratio {
        Ratio::new(i128::from(self.total()), self.daily.len() as i128)
    }
}

fn working_days(first: Date, last: Date, calendar: &WorkCalendar) -> Vec<Date> {
    let days = std::iter::successors(Some(first), |date| date.tomorrow().ok());
    days.take_while(|&date| date <= last)
        .filter(|&date| calendar.is_working(date))
        .collect()
}

pub(crate) fn sum_between(daily: &BTreeMap<Date, i64>, first: Date, last: Date) -> i64 {
    if first > last {
        0
    } else {
        daily
            .range(first..=last)
            .map(|(_, quantity)| quantity)
            .sum()
    }
}

fn sum_to(daily: &BTreeMap<Date, i64>, date: Date) -> i64 {
    daily.range(..=date).map(|(_, quantity)| quantity).sum()
}

/// 应完成、已完成、欠账 at the end of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Debt {
    /// 应完成: planned up to and with the day.
    pub should: i64,
    /// 已完成 up to and with the day.
    pub done: i64,
    /// 欠账: `should − done`; negative = ahead.
    pub shortfall: i64,
}

/// Compares plan and work done from the beginning to the end of `as_of`.
pub fn debt(plan: &DailyPlan, done: &BTreeMap<Date, i64>, as_of: Date) -> Debt {
    let (should, done) = (sum_to(&plan.daily, as_of), sum_to(done, as_of));
    Debt {
        should,
        done,
        shortfall: should - done,
    }
}

/// The plan after a shortfall has been spread over the days left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Respread {
    /// The smallest period that takes the whole shortfall; `None` when even the quarter cannot, or
    /// when there is no shortfall.
    pub parent: Option<PeriodKind>,
    /// New plan for the days after `as_of`.
    pub daily: BTreeMap<Date, i64>,
    /// What was put on top of the old plan.
    pub added: i64,
    /// What no period up to the quarter can take: the quarter turns red.
    pub unabsorbed: i64,
    /// 追赶系数: the largest new daily quantity over the normal one.
    pub factor: Ratio,
    /// The day on which the whole is done at that pace; never before the planned end.
    pub finish: Option<Date>,
}

/// Smallest first. The half year is not asked: 以月保季 ends at the quarter.
const PARENTS: [PeriodKind; 4] = [
    PeriodKind::Week,
    PeriodKind::Dekad,
    PeriodKind::Month,
    PeriodKind::Quarter,
];

/// 补欠. Spreads the shortfall at the end of `as_of` over the plan's own days left in the smallest
/// period of week, dekad, month and quarter (those that hold `as_of`) that can take all of it.
///
/// No day gets more than `factor_max` × the normal daily quantity (at least 1 unit), or than it
/// already had; past days and days off get nothing; work ahead of plan changes nothing. A day with
/// more room takes more. What the quarter cannot take is `unabsorbed`.
///
/// ```
/// use ground::{HolidayTable, PeriodKind, Ratio, WorkCalendar};
/// use plan::{DailyPlan, respread};
///
/// let calendar = WorkCalendar::official(HolidayTable::shipped());
/// let (first, last) = ("2023-03-06".parse().unwrap(), "2023-03-31".parse().unwrap());
/// let plan = DailyPlan::spread(200, first, last, &calendar).unwrap();
/// // Monday made 6 of 10: Tuesday to Friday take one more each.
/// let done = [(first, 6)].into();
/// let new = respread(&plan, &done, first, Ratio::new(6, 5), &calendar);
/// assert_eq!(new.parent, Some(PeriodKind::Week));
/// assert_eq!(new.daily[&"2023-03-10".parse().unwrap()], 11);
/// ```
pub fn respread(
    plan: &DailyPlan,
    done: &BTreeMap<Date, i64>,
    as_of: Date,
    factor_max: Ratio,
    calendar: &WorkCalendar,
) -> Respread {
    let shortfall = debt(plan, done, as_of).shortfall.max(0);
    let mut daily = after(&plan.daily, as_of);
    let cap = daily_cap(plan, factor_max);
    let room = |last: Date| room(&daily, last, cap, calendar);
    let fits = PARENTS.into_iter().find(|kind| {
        let last = kind.containing(as_of).last();
        shortfall > 0 && room(last).iter().map(|(_, free)| free).sum::<i64>() >= shortfall
    });
    let widest = fits.unwrap_or(PeriodKind::Quarter).containing(as_of).last();
    let places = room(widest);
    let free: i64 = places.iter().map(|(_, free)| free).sum();
    let added = shortfall.min(free);
    let weights: Vec<u64> = places
        .iter()
        .map(|&(_, free)| free.unsigned_abs())
        .collect();
    if added > 0 {
        for (&(date, _), part) in places.iter().zip(apportion(added, &weights)) {
            *daily.entry(date).or_insert(0) += part;
        }
    }
    let unabsorbed = shortfall - added;
    Respread {
        parent: fits,
        added,
        unabsorbed,
        factor: factor(plan, &daily),
        finish: finish(plan, &daily, unabsorbed, cap, as_of, calendar),
        daily,
    }
}

fn after(daily: &BTreeMap<Date, i64>, as_of: Date) -> BTreeMap<Date, i64> {
    daily
        .iter()
        .filter(|&(&date, _)| date > as_of)
        .map(|(&date, &q)| (date, q))
        .collect()
}

/// `factor_max` × normal, cut to whole units; at least 1, or a small quantity could never be
/// caught up. An undefined factor allows the normal quantity.
pub(crate) fn daily_cap(plan: &DailyPlan, factor_max: Ratio) -> i64 {
    let normal = plan.normal();
    let factor = if factor_max.is_defined() {
        factor_max.reduced()
    } else {
        Ratio::new(1, 1)
    };
    let top = factor.numerator.saturating_mul(normal.numerator);
    let bottom = factor.denominator.saturating_mul(normal.denominator.max(1));
    i64::try_from(top / bottom).unwrap_or(i64::MAX).max(1)
}

/// Working days of the plan up to `last` with what each can still take.
pub(crate) fn room(
    daily: &BTreeMap<Date, i64>,
    last: Date,
    cap: i64,
    calendar: &WorkCalendar,
) -> Vec<(Date, i64)> {
    let open = daily
        .iter()
        .filter(|&(&date, _)| date <= last && calendar.is_working(date));
    open.map(|(&date, &planned)| (date, (cap - planned).max(0)))
        .collect()
}

fn factor(plan: &DailyPlan, daily: &BTreeMap<Date, i64>) -> Ratio {
    let normal = plan.normal();
    let most = i128::from(daily.values().copied().max().unwrap_or(0));
    Ratio::new(most * normal.denominator, normal.numerator)
}

/// Places what the quarter leaves on the plan's days behind it, then on the working days behind the
/// planned end.
fn finish(
    plan: &DailyPlan,
    daily: &BTreeMap<Date, i64>,
    unabsorbed: i64,
    cap: i64,
    as_of: Date,
    calendar: &WorkCalendar,
) -> Option<Date> {
    let end = plan.last()?;
    let free: i64 = room(daily, end, cap, calendar)
        .iter()
        .map(|(_, free)| free)
        .sum();
    let left = (unabsorbed - free).max(0);
    let days = i32::try_from((left + cap - 1) / cap).unwrap_or(i32::MAX);
    let start = if days > 0 { end.max(as_of) } else { end };
    Some(calendar.add_workdays(start, days))
}

/// 追赶速度. What must be done per day from now on against what has been done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CatchUp {
    /// 剩余量 up to the target day.
    pub remaining: i64,
    /// 剩余工作日: after `as_of`, up to and with the target day.
    pub workdays_left: i32,
    /// 需要日量 = remaining / workdays left; undefined when no day is left.
    pub required: Ratio,
    /// 近期日量 = done in the window / its working days; undefined without such a day.
    pub average: Ratio,
    /// 追赶系数 = required / average; undefined when nothing was done lately or no day is left.
    pub rate: Ratio,
}

/// Catch-up needed to have all of the plan up to `until` done by `until`; the average is that of
/// the last `window` working days up to and with `as_of`.
pub fn catch_up(
    plan: &DailyPlan,
    done: &BTreeMap<Date, i64>,
    as_of: Date,
    until: Date,
    window: i32,
    calendar: &WorkCalendar,
) -> CatchUp {
    let remaining = (sum_to(&plan.daily, until) - sum_to(done, as_of)).max(0);
    let workdays_left = calendar.workdays_between(as_of, until).max(0);
    let first = calendar.add_workdays(calendar.previous_working(as_of), 1 - window.max(1));
    let recent = i128::from(sum_between(done, first, as_of));
    let (left, span) = (i128::from(workdays_left), i128::from(window.max(1)));
    CatchUp {
        remaining,
        workdays_left,
        required: Ratio::new(i128::from(remaining), left),
        average: Ratio::new(recent, span),
        rate: Ratio::new(i128::from(remaining) * span, left * recent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::HolidayTable;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn office() -> WorkCalendar {
        static OFFICE: OnceLock<WorkCalendar> = OnceLock::new();
        OFFICE
            .get_or_init(|| WorkCalendar::official(HolidayTable::shipped()))
            .clone()
    }

    fn every_day() -> WorkCalendar {
        static EVERY_DAY: OnceLock<WorkCalendar> = OnceLock::new();
        EVERY_DAY.get_or_init(WorkCalendar::seven_day).clone()
    }

    /// 230 units over the 23 working days of March 2023: 10 a day.
    fn march() -> DailyPlan {
        DailyPlan::spread(230, day("2023-03-01"), day("2023-03-31"), &office())
            .expect("working days")
    }

    /// Done as planned up to and with `until`, less `missing` on that day.
    fn done(plan: &DailyPlan, until: &str, missing: i64) -> BTreeMap<Date, i64> {
        let mut done: BTreeMap<Date, i64> = plan
            .daily
            .range(..=day(until))
            .map(|(&date, &quantity)| (date, quantity))
            .collect();
        *done.entry(day(until)).or_insert(0) -= missing;
        done
    }

    fn after(as_of: &str, missing: i64, factor: Ratio) -> Respread {
        let plan = march();
        respread(
            &plan,
            &done(&plan, as_of, missing),
            day(as_of),
            factor,
            &office(),
        )
    }

    #[test]
    fn a_total_is_spread_over_working_days_to_the_last_unit() {
        let plan = DailyPlan::spread(100, day("2023-04-24"), day("2023-05-07"), &office())
            .expect("working days");
        // 24–28 April, 4–6 May (Saturday 6 is worked): 8 days, 12.5 each.
        assert_eq!(plan.daily.len(), 8);
        assert_eq!(plan.total(), 100);
        let values: Vec<i64> = plan.daily.values().copied().collect();
        assert_eq!(values, [13, 13, 13, 13, 12, 12, 12, 12]);
        assert_eq!(plan.last(), Some(day("2023-05-06")));
    }

    #[test]
    fn a_holiday_week_takes_no_quantity() {
        let refused = DailyPlan::spread(10, day("2023-04-29"), day("2023-05-03"), &office());
        assert_eq!(
            refused.expect_err("no working day").code,
            "plan.no_working_day"
        );
    }

    #[test]
    fn a_week_that_crosses_a_dekad_counts_in_both() {
        let plan = march();
        // Week 6–12 March lies in the first dekad up to the 10th.
        assert_eq!(plan.sum(PeriodKind::Week.containing(day("2023-03-08"))), 50);
        assert_eq!(
            plan.sum(PeriodKind::Dekad.containing(day("2023-03-08"))),
            80
        );
        assert_eq!(
            plan.sum(PeriodKind::Month.containing(day("2023-03-08"))),
            230
        );
        let debt = debt(&plan, &done(&plan, "2023-03-08", 4), day("2023-03-08"));
        assert_eq!(
            debt,
            Debt {
                should: 60,
                done: 56,
                shortfall: 4
            }
        );
    }

    #[test]
    fn a_small_slip_stays_inside_the_week() {
        // Wed 8 March is 4 short; Thu and Fri may take 12 each: 2 + 2.
        let new = after("2023-03-08", 4, Ratio::new(6, 5));
        assert_eq!(
            (new.parent, new.added, new.unabsorbed),
            (Some(PeriodKind::Week), 4, 0)
        );
        assert_eq!(new.daily[&day("2023-03-09")], 12);
        assert_eq!(new.daily[&day("2023-03-10")], 12);
        assert_eq!(new.daily[&day("2023-03-13")], 10);
        assert_eq!(new.factor.percent_text(), "120.0%");
        assert_eq!(new.finish, Some(day("2023-03-31")));
    }

    #[test]
    fn a_larger_slip_climbs_to_the_dekad_and_the_month() {
        // Tue 14 March: the week (15–17) takes 6, the dekad (15–20) 8, the month (15–31) 26.
        let parent = |missing| after("2023-03-14", missing, Ratio::new(6, 5)).parent;
        assert_eq!(parent(6), Some(PeriodKind::Week));
        assert_eq!(parent(8), Some(PeriodKind::Dekad));
        assert_eq!(parent(10), Some(PeriodKind::Month));
        // March ends its quarter, so the quarter takes no more than the month.
        let new = after("2023-03-14", 40, Ratio::new(6, 5));
        assert_eq!((new.parent, new.added, new.unabsorbed), (None, 26, 14));
        // 14 units at 12 a day are two working days behind 31 March: Mon 3 and Tue 4 April.
        assert_eq!(new.finish, Some(day("2023-04-04")));
    }

    #[test]
    fn work_ahead_of_plan_changes_nothing() {
        let new = after("2023-03-14", -30, Ratio::new(6, 5));
        assert_eq!((new.parent, new.added, new.unabsorbed), (None, 0, 0));
        assert!(new.daily.values().all(|&quantity| quantity == 10));
        assert_eq!(new.finish, Some(day("2023-03-31")));
    }

    #[test]
    fn the_catch_up_rate_is_required_over_average() {
        let plan = march();
        let done = done(&plan, "2023-03-14", 20);
        // To do by the 31st: 230 − 80 = 150 in 13 working days; the last 5 days made 30.
        let pace = catch_up(
            &plan,
            &done,
            day("2023-03-14"),
            day("2023-03-31"),
            5,
            &office(),
        );
        assert_eq!((pace.remaining, pace.workdays_left), (150, 13));
        assert_eq!(pace.required, Ratio::new(150, 13));
        assert_eq!(pace.average, Ratio::new(30, 5));
        assert_eq!(pace.rate.percent_text(), "192.3%");
        let idle = catch_up(
            &plan,
            &BTreeMap::new(),
            day("2023-03-14"),
            day("2023-03-31"),
            5,
            &office(),
        );
        assert!(!idle.rate.is_defined());
    }

    fn shifted(first: &str, days: i64) -> Date {
        ground::timeline::date_of_day(ground::timeline::day_number(day(first)) + days)
    }

    #[derive(Debug)]
    struct Case {
        plan: DailyPlan,
        done: BTreeMap<Date, i64>,
        as_of: Date,
        factor: Ratio,
        calendar: WorkCalendar,
    }

    /// Plans of up to 120 days in 2023, done in part up to some day in them.
    fn case() -> impl Strategy<Value = Case> {
        let percent = prop::collection::vec(0i64..140, 120);
        (
            0i64..300,
            10i64..120,
            0i64..3_000,
            0i64..110,
            percent,
            100i128..200,
            any::<bool>(),
        )
            .prop_map(|(first, length, total, at, percent, factor, seven)| {
                let calendar = if seven { every_day() } else { office() };
                let (from, to) = (
                    shifted("2023-01-01", first),
                    shifted("2023-01-01", first + length),
                );
                let plan = DailyPlan::spread(total, from, to, &calendar).unwrap_or_default();
                let as_of = shifted("2023-01-01", first + at.min(length - 1));
                let days = plan.daily.range(..=as_of).zip(percent);
                let done = days
                    .map(|((&date, &quantity), p)| (date, quantity * p / 100))
                    .collect();
                Case {
                    plan,
                    done,
                    as_of,
                    factor: Ratio::new(factor, 100),
                    calendar,
                }
            })
    }

    fn new_plan(case: &Case) -> Respread {
        respread(
            &case.plan,
            &case.done,
            case.as_of,
            case.factor,
            &case.calendar,
        )
    }

    proptest! {
        #[test]
        fn a_period_is_the_sum_of_its_days_and_of_its_parts(case in case()) {
            for quarter in 1..=4 {
                let quarter = Period::Quarter { year: 2023, quarter };
                let months = (quarter.first().month()..=quarter.last().month())
                    .map(|month| case.plan.sum(Period::Month { year: 2023, month }));
                prop_assert_eq!(months.sum::<i64>(), case.plan.sum(quarter));
                let days = case.plan.daily.iter().filter(|(date, _)| quarter.contains(**date));
                prop_assert_eq!(days.map(|(_, q)| q).sum::<i64>(), case.plan.sum(quarter));
            }
            for month in 1..=12 {
                let dekads = (1..=3).map(|dekad| case.plan.sum(Period::Dekad { year: 2023, month, dekad }));
                prop_assert_eq!(dekads.sum::<i64>(), case.plan.sum(Period::Month { year: 2023, month }));
            }
        }

        #[test]
        fn the_whole_is_unchanged(case in case()) {
            let new = new_plan(&case);
            let owed = debt(&case.plan, &case.done, case.as_of);
            let rest: i64 = new.daily.values().sum();
            let ahead = (-owed.shortfall).max(0);
            prop_assert_eq!(owed.done + rest + new.unabsorbed, case.plan.total() + ahead);
            prop_assert_eq!(new.added + new.unabsorbed, owed.shortfall.max(0));
        }

        #[test]
        fn the_parent_that_takes_the_shortfall_keeps_its_total(case in case()) {
            let new = new_plan(&case);
            let Some(kind) = new.parent else { return Ok(()) };
            let parent = kind.containing(case.as_of);
            let before = parent.first().yesterday().expect("not the first day of time");
            let carried = debt(&case.plan, &case.done, before).shortfall;
            let made = sum_between(&case.done, parent.first(), case.as_of);
            let rest = sum_between(&new.daily, parent.first(), parent.last());
            // What was owed before the parent began is made up in it as well.
            prop_assert_eq!(made + rest, case.plan.sum(parent) + carried);
            // Nothing outside the parent has moved.
            for (date, quantity) in new.daily.iter().filter(|(date, _)| **date > parent.last()) {
                prop_assert_eq!(quantity, &case.plan.daily[date]);
            }
        }

        #[test]
        fn nothing_is_put_on_past_days_rest_days_or_beyond_the_factor(case in case()) {
            let new = new_plan(&case);
            let cap = daily_cap(&case.plan, case.factor);
            for (&date, &quantity) in &new.daily {
                prop_assert!(date > case.as_of && case.calendar.is_working(date));
                let old = case.plan.daily[&date];
                prop_assert!(quantity >= old && quantity <= old.max(cap));
            }
        }

        #[test]
        fn a_delay_never_pulls_the_finish_earlier(case in case(), lost in 0i64..500) {
            let before = new_plan(&case).finish;
            let mut done = case.done.clone();
            *done.entry(case.as_of).or_insert(0) -= lost;
            let after = respread(&case.plan, &done, case.as_of, case.factor, &case.calendar).finish;
            prop_assert!(after >= before);
            prop_assert!(before >= case.plan.last());
        }
    }
}

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

fn sum_between(daily: &BTreeMap<Date, i64>, first: Date, last: Date) -> i64 {
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
fn daily_cap(plan: &DailyPlan, factor_max: Ratio) -> i64 {
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
fn room(
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

//! 计划值曲线: how much of the whole should be, or has been, done by any instant; sums per period.
//!
//! A curve is made of ramps: one activity going from one value to another over its own working
//! time. Values are whole units (分, 万分点) and every cell "activity × period" is a whole number,
//! so that activities add up to the project and days add up to weeks, dekads and months without
//! remainder. What weights are and where they come from is the callers' business.

use ground::{Date, Minute, Period, PeriodKind, Timeline, apportion, minute_of};

use crate::network::{Activity, ActivityKind, Network, Progress, Schedule};

/// 权重. Splits `total` (分, 万分点 …) over activities by `sizes` (money, quantities, durations);
/// the parts add up to `total` by the largest remainder.
pub fn weights_of(total: i64, sizes: &[i64]) -> Vec<i64> {
    let sizes: Vec<u64> = sizes
        .iter()
        .map(|&size| size.max(0).unsigned_abs())
        .collect();
    apportion(total, &sizes)
}

/// Weights by duration where nothing better is known. Milestones, hammocks and summaries carry none.
pub fn weights_by_duration(total: i64, network: &Network) -> Vec<i64> {
    let size = |activity: &Activity| match activity.kind {
        ActivityKind::Task => activity.duration,
        _ => 0,
    };
    let sizes: Vec<i64> = network.activities.iter().map(size).collect();
    weights_of(total, &sizes)
}

/// Parts of a unit in which instants are looked up: a unit of one minute in a century is still told
/// apart.
const FINE: i128 = 1 << 26;

/// One activity's way from `from` to `to`, in working time of its calendar.
#[derive(Clone, Copy, Debug)]
struct Ramp {
    activity: usize,
    calendar: usize,
    start: Minute,
    finish: Minute,
    from: i64,
    to: i64,
}

impl Ramp {
    /// The value at `at`: rounded half up, so that early and late curves never cross by rounding
    /// and the last minute has the whole.
    fn at(&self, calendars: &[Timeline], at: Minute) -> i64 {
        (2 * self.fine(calendars, at) + FINE).div_euclid(2 * FINE) as i64
    }

    fn fine(&self, calendars: &[Timeline], at: Minute) -> i128 {
        let (from, rise) = (i128::from(self.from) * FINE, i128::from(self.rise()) * FINE);
        if at >= self.finish {
            return from + rise;
        }
        if at <= self.start {
            return from;
        }
        let timeline = &calendars[self.calendar];
        let whole = i128::from(timeline.between(self.start, self.finish));
        let past = i128::from(timeline.between(self.start, at));
        if whole <= 0 {
            return from;
        }
        from + (rise * past).div_euclid(whole)
    }

    fn rise(&self) -> i64 {
        self.to - self.from
    }
}

/// 累计曲线. Value done by each instant.
#[derive(Clone, Debug)]
pub struct ValueCurve {
    calendars: Vec<Timeline>,
    ramps: Vec<Ramp>,
    /// What is there before the first ramp begins.
    base: i64,
}

impl ValueCurve {
    /// 计划值 of the dates `start` and `finish`: every weight grows from 0 over its activity.
    ///
    /// Lists are by activity; a list that is too short leaves the rest out. An activity whose
    /// finish is not after its start brings its whole weight at its finish.
    pub fn planned(
        network: &Network,
        weights: &[i64],
        start: &[Minute],
        finish: &[Minute],
    ) -> Self {
        let spans = start.iter().zip(finish);
        let rows = network
            .activities
            .iter()
            .zip(weights)
            .zip(spans)
            .enumerate();
        let ramps = rows.map(|(i, ((activity, &weight), (&start, &finish)))| Ramp {
            activity: i,
            calendar: activity.calendar,
            start,
            finish,
            from: 0,
            to: weight,
        });
        Self::of(network, ramps.collect(), 0)
    }

    /// 最早曲线: the upper edge of the 香蕉曲线.
    pub fn early(network: &Network, weights: &[i64], answer: &Schedule) -> Self {
        Self::planned(network, weights, &answer.early_start, &answer.early_finish)
    }

    /// 最晚曲线: the lower edge. A started activity's late start is that of its remaining work, so
    /// its actual start is taken where it lies before.
    pub fn late(network: &Network, weights: &[i64], answer: &Schedule) -> Self {
        let starts = network.activities.iter().zip(&answer.late_start);
        let start: Vec<Minute> = starts
            .map(|(activity, &late)| match activity.progress {
                Progress::Started { actual_start, .. } => actual_start.min(late),
                _ => late,
            })
            .collect();
        Self::planned(network, weights, &start, &answer.late_finish)
    }

    /// 完成值 up to `data_date` as the actual dates tell it: a finished activity grew evenly over
    /// its actual dates, a started one from its actual start to what it has earned now.
    ///
    /// `percent` is the physical percent in hundredths of a percent where it is known; else it
    /// follows from the remaining duration.
    pub fn earned(
        network: &Network,
        weights: &[i64],
        percent: &[Option<i64>],
        data_date: Minute,
    ) -> Self {
        let values = earned_values(network, weights, percent);
        let rows = network.activities.iter().zip(values).enumerate();
        let ramps = rows.filter_map(|(i, (activity, value))| {
            let (start, finish) = match activity.progress {
                Progress::NotStarted => return None,
                Progress::Started { actual_start, .. } => (actual_start, data_date),
                Progress::Finished {
                    actual_start,
                    actual_finish,
                } => (actual_start, actual_finish),
            };
            Some(Ramp {
                activity: i,
                calendar: activity.calendar,
                start: start.min(finish),
                finish,
                from: 0,
                to: value,
            })
        });
        Self::of(network, ramps.collect(), 0)
    }

    /// 预测曲线 from the data date on: what is earned already, and the rest over the remaining
    /// work of the schedule.
    pub fn forecast(
        network: &Network,
        weights: &[i64],
        percent: &[Option<i64>],
        answer: &Schedule,
    ) -> Self {
        let values = earned_values(network, weights, percent);
        let base = values.iter().sum();
        let rows = network
            .activities
            .iter()
            .zip(values.iter().zip(weights))
            .enumerate();
        let open = rows.filter(|(_, (_, (value, weight)))| value < weight);
        let ramps = open.map(|(i, (activity, (&value, &weight)))| Ramp {
            activity: i,
            calendar: activity.calendar,
            start: answer.remaining_start[i],
            finish: answer.early_finish[i],
            from: 0,
            to: weight - value,
        });
        Self::of(network, ramps.collect(), base)
    }

    fn of(network: &Network, ramps: Vec<Ramp>, base: i64) -> Self {
        ValueCurve {
            calendars: network.calendars.clone(),
            ramps: ramps.into_iter().filter(|ramp| ramp.rise() != 0).collect(),
            base,
        }
    }

    /// The value at `at`.
    pub fn at(&self, at: Minute) -> i64 {
        let values = self.ramps.iter().map(|ramp| ramp.at(&self.calendars, at));
        self.base + values.sum::<i64>()
    }

    /// The value once everything is done.
    pub fn total(&self) -> i64 {
        self.base + self.ramps.iter().map(|ramp| ramp.to).sum::<i64>()
    }

    /// First instant at which the curve begins to grow; `None` when it never does.
    pub fn start(&self) -> Option<Minute> {
        self.ramps.iter().map(|ramp| ramp.start).min()
    }

    /// Instant from which it has its total.
    pub fn finish(&self) -> Option<Minute> {
        self.ramps.iter().map(|ramp| ramp.finish).max()
    }

    /// What `period` brings: the value at its end less the value at its beginning. Whatever tiles
    /// a period adds up to it exactly.
    pub fn in_period(&self, period: Period) -> i64 {
        let (begin, end) = period_span(period);
        self.at(end) - self.at(begin)
    }

    /// The same of one activity; the activities add up to [`ValueCurve::in_period`].
    pub fn of_activity(&self, activity: usize, period: Period) -> i64 {
        let (begin, end) = period_span(period);
        let own = self.ramps.iter().filter(|ramp| ramp.activity == activity);
        own.map(|ramp| ramp.at(&self.calendars, end) - ramp.at(&self.calendars, begin))
            .sum()
    }

    /// Values at many instants in rising order: each ramp is only asked where it rises.
    pub fn at_all(&self, instants: &[Minute]) -> Vec<i64> {
        let mut steps = vec![0i64; instants.len() + 1];
        let mut values = vec![self.base; instants.len()];
        for ramp in &self.ramps {
            let first = instants.partition_point(|&at| at <= ramp.start);
            let last = instants.partition_point(|&at| at < ramp.finish);
            for index in first..last.max(first) {
                values[index] += ramp.at(&self.calendars, instants[index]);
            }
            steps[last.max(first)] += ramp.to;
        }
        let mut sum = 0;
        for (value, step) in values.iter_mut().zip(steps) {
            sum += step;
            *value += sum;
        }
        values
    }

    /// The first minute at which the exact, unrounded curve has at least `value`; `None` when it
    /// never has.
    pub fn first_with(&self, value: i64) -> Option<Minute> {
        // Each ramp is cut by less than one fine part.
        let wanted = i128::from(value) * FINE - self.ramps.len() as i128;
        self.search(|at| self.fine(at) >= wanted)
    }

    /// The first minute at which the exact, unrounded curve has more than `value`; `None` when it
    /// never has.
    pub fn first_above(&self, value: i64) -> Option<Minute> {
        let wanted = i128::from(value) * FINE;
        self.search(|at| self.fine(at) > wanted)
    }

    /// The value at `at` in parts of a unit.
    fn fine(&self, at: Minute) -> i128 {
        let values = self.ramps.iter().map(|ramp| ramp.fine(&self.calendars, at));
        i128::from(self.base) * FINE + values.sum::<i128>()
    }

    /// Bisection: curves of weights that are not negative never fall.
    fn search(&self, reached: impl Fn(Minute) -> bool) -> Option<Minute> {
        let (mut low, mut high) = (self.start()?.min(self.finish()?), self.finish()?);
        if !reached(high) {
            return None;
        }
        if reached(low) {
            return Some(low);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if reached(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }
}

/// 完成值 of each activity: weight × physical percent, all of it only when finished.
pub fn earned_values(network: &Network, weights: &[i64], percent: &[Option<i64>]) -> Vec<i64> {
    const WHOLE: i128 = 10_000;
    let known = |i: usize| percent.get(i).copied().flatten();
    let rows = network.activities.iter().zip(weights).enumerate();
    let value = |(i, (activity, &weight)): (usize, (&Activity, &i64))| match activity.progress {
        Progress::NotStarted => 0,
        Progress::Finished { .. } => weight,
        Progress::Started { remaining, .. } => {
            let share = match known(i) {
                Some(percent) => (i128::from(percent.clamp(0, WHOLE as i64)), WHOLE),
                None => done_share(activity.duration, remaining),
            };
            (i128::from(weight) * share.0 / share.1) as i64
        }
    };
    rows.map(value).collect()
}

fn done_share(duration: i64, remaining: i64) -> (i128, i128) {
    let whole = duration.max(remaining).max(1);
    (
        i128::from(whole - remaining.clamp(0, whole)),
        i128::from(whole),
    )
}

/// Midnight before the first day and midnight after the last.
pub(crate) fn period_span(period: Period) -> (Minute, Minute) {
    (minute_of(period.first(), 0, 0), end_of_day(period.last()))
}

/// Midnight after `date`.
pub(crate) fn end_of_day(date: Date) -> Minute {
    minute_of(date, 24, 0)
}

/// Periods of `kind` from the one that holds `first` to the one that holds `last`.
pub fn periods_between(kind: PeriodKind, first: Date, last: Date) -> Vec<Period> {
    let begin = kind.containing(first);
    std::iter::successors(Some(begin), |period| Some(period.next()))
        .take_while(|period| period.first() <= last)
        .collect()
}

/// One point of the S-curve or 香蕉曲线, at the end of a period. Values are cumulative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CurvePoint {
    /// The period that ends here.
    pub period: Period,
    /// 最早: everything as early as possible.
    pub early: i64,
    /// 最晚: everything as late as the target allows.
    pub late: i64,
    /// 计划: the agreed plan.
    pub planned: i64,
    /// 实际, up to the period of the data date.
    pub earned: Option<i64>,
    /// 预测, from the period of the data date on.
    pub forecast: Option<i64>,
}

/// The curves of one picture.
pub struct Banana<'a> {
    /// Upper edge.
    pub early: &'a ValueCurve,
    /// Lower edge.
    pub late: &'a ValueCurve,
    /// Agreed plan between them.
    pub planned: &'a ValueCurve,
    /// Done so far.
    pub earned: &'a ValueCurve,
    /// What is left, from the data date on.
    pub forecast: &'a ValueCurve,
    /// 数据日期: what is earned counts up to here.
    pub data_date: Minute,
}

impl Banana<'_> {
    /// 曲线点, one for each period of `kind` from the first start to the last finish of any curve.
    pub fn points(&self, kind: PeriodKind) -> Vec<CurvePoint> {
        let curves = [
            self.early,
            self.late,
            self.planned,
            self.earned,
            self.forecast,
        ];
        let starts = curves.iter().filter_map(|curve| curve.start()).min();
        let finishes = curves.iter().filter_map(|curve| curve.finish()).max();
        let (Some(start), Some(finish)) = (starts, finishes) else {
            return Vec::new();
        };
        let last = ground::date_of_finish(finish.max(start + 1));
        let periods = periods_between(kind, ground::date_of_start(start), last);
        let ends: Vec<Minute> = periods
            .iter()
            .map(|&period| period_span(period).1)
            .collect();
        let values = curves.map(|curve| curve.at_all(&ends));
        let point = |(i, &period): (usize, &Period)| {
            let (begin, end) = period_span(period);
            CurvePoint {
                period,
                early: values[0][i],
                late: values[1][i],
                planned: values[2][i],
                earned: (begin < self.data_date).then_some(values[3][i]),
                forecast: (end >= self.data_date).then_some(values[4][i]),
            }
        };
        periods.iter().enumerate().map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::{HolidayTable, WorkCalendar};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn network(durations: &[i64]) -> Network {
        let timeline = WorkCalendar::official(HolidayTable::shipped()).timeline();
        let task = |(i, days): (usize, &i64)| Activity::task(i.to_string(), "", 0, days * 480);
        Network {
            calendars: vec![timeline],
            activities: durations.iter().enumerate().map(task).collect(),
            links: Vec::new(),
        }
    }

    /// 100 units over Monday 6 to Friday 10 March 2023.
    fn week() -> ValueCurve {
        let start = minute_of(day("2023-03-06"), 8, 0);
        let finish = minute_of(day("2023-03-10"), 17, 0);
        ValueCurve::planned(&network(&[5]), &[100], &[start], &[finish])
    }

    #[test]
    fn value_grows_in_working_time_only() {
        let curve = week();
        assert_eq!(curve.at(minute_of(day("2023-03-06"), 8, 0)), 0);
        assert_eq!(curve.at(minute_of(day("2023-03-06"), 17, 0)), 20);
        assert_eq!(curve.at(minute_of(day("2023-03-07"), 8, 0)), 20);
        // Four of eight hours of Tuesday: 30; the lunch hour adds nothing.
        assert_eq!(curve.at(minute_of(day("2023-03-07"), 13, 0)), 30);
        assert_eq!(curve.at(minute_of(day("2023-03-12"), 12, 0)), 100);
        assert_eq!(
            curve.in_period(PeriodKind::Day.containing(day("2023-03-08"))),
            20
        );
    }

    #[test]
    fn a_third_of_an_odd_weight_is_made_up_by_the_last_day() {
        let start = minute_of(day("2023-03-06"), 8, 0);
        let finish = minute_of(day("2023-03-08"), 17, 0);
        let curve = ValueCurve::planned(&network(&[3]), &[100], &[start], &[finish]);
        let parts: Vec<i64> = (6..=8)
            .map(|d| curve.in_period(Period::Day(Date::new(2023, 3, d).expect("a date"))))
            .collect();
        assert_eq!(parts, [33, 34, 33]);
    }

    #[test]
    fn many_instants_give_what_single_ones_give() {
        let curve = week();
        let instants: Vec<Minute> = (0..200)
            .map(|hour| minute_of(day("2023-03-05"), 0, 0) + hour * 60)
            .collect();
        let single: Vec<i64> = instants.iter().map(|&at| curve.at(at)).collect();
        assert_eq!(curve.at_all(&instants), single);
    }

    #[test]
    fn the_first_minute_with_a_value_is_found() {
        let curve = week();
        assert_eq!(
            curve.first_with(20),
            Some(minute_of(day("2023-03-06"), 17, 0))
        );
        // It stands still until work begins on Tuesday.
        assert_eq!(
            curve.first_above(20),
            Some(minute_of(day("2023-03-07"), 8, 1))
        );
        assert_eq!(
            curve.first_with(30),
            Some(minute_of(day("2023-03-07"), 12, 0))
        );
        assert_eq!(curve.first_with(101), None);
        assert_eq!(curve.first_above(100), None);
    }

    #[test]
    fn weights_add_up_and_milestones_carry_none() {
        let mut plan = network(&[1, 1, 1]);
        plan.activities[1].kind = ActivityKind::FinishMilestone;
        assert_eq!(weights_by_duration(10_001, &plan), [5_001, 0, 5_000]);
        assert_eq!(weights_of(100, &[1, -5, 2]), [33, 0, 67]);
    }

    #[test]
    fn physical_percent_goes_before_remaining_duration() {
        let mut plan = network(&[10, 10, 10, 10]);
        let actual_start = minute_of(day("2023-03-06"), 8, 0);
        for (i, remaining) in [(0, 2_400), (1, 2_400)] {
            plan.activities[i].progress = Progress::Started {
                actual_start,
                remaining,
            };
        }
        plan.activities[2].progress = Progress::Finished {
            actual_start,
            actual_finish: actual_start + 540,
        };
        let earned = earned_values(&plan, &[100; 4], &[None, Some(3_000)]);
        assert_eq!(earned, [50, 30, 100, 0]);
    }
}

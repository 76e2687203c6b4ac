//! 挣得进度: planned value against earned value, in money or points and in time.
//!
//! SPI by value tends to 1 at the end however late the work is, so the time measures stand beside
//! it: the earned schedule is the instant at which the plan had the value that is there now.

use ground::{Minute, Ratio, Timeline};

use crate::value::ValueCurve;

/// 进度绩效 at one instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Performance {
    /// 计划值 PV.
    pub planned: i64,
    /// 完成值 EV.
    pub earned: i64,
    /// 总值 BAC.
    pub total: i64,
    /// 进度偏差 SV = EV − PV; negative = behind.
    pub variance: i64,
    /// 进度绩效指数 SPI = EV ÷ PV; undefined while nothing is planned yet.
    pub index: Ratio,
    /// 挣得进度, in time; `None` when the plan has no work at all.
    pub schedule: Option<EarnedSchedule>,
}

/// 挣得进度 (ES). Times are working minutes of the calendar given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarnedSchedule {
    /// The instant at which the plan had the value that is earned now.
    pub at: Minute,
    /// ES: plan start to `at`.
    pub earned: i64,
    /// AT: plan start to now.
    pub elapsed: i64,
    /// PD: plan start to plan finish.
    pub planned: i64,
    /// SV(t) = ES − AT; negative = late by so many working minutes.
    pub variance: i64,
    /// SPI(t) = ES ÷ AT; undefined before the plan's first minute.
    pub index: Ratio,
    /// 按此速度的完成时间 = start + PD ÷ SPI(t); `None` when nothing is earned, so that nothing can
    /// be said. Rounded up to the whole minute.
    pub forecast: Option<Minute>,
}

/// Judges `earned` (whole units) against `plan` at `now`; `time` is the calendar in which elapsed
/// time counts, usually the project's.
///
/// When the plan stands still at the earned value (a weekend, a winter), the instant nearest to
/// `now` is taken, so that a plan met exactly is never early or late.
pub fn performance(plan: &ValueCurve, earned: i64, now: Minute, time: &Timeline) -> Performance {
    let planned = plan.at(now);
    Performance {
        planned,
        earned,
        total: plan.total(),
        variance: earned - planned,
        index: Ratio::new(i128::from(earned), i128::from(planned)),
        schedule: earned_schedule(plan, earned, now, time),
    }
}

fn earned_schedule(
    plan: &ValueCurve,
    value: i64,
    now: Minute,
    time: &Timeline,
) -> Option<EarnedSchedule> {
    let (start, finish) = (plan.start()?, plan.finish()?);
    let at = instant_of(plan, value, now, start, finish);
    let (earned, elapsed) = (
        time.between(start, at).max(0),
        time.between(start, now).max(0),
    );
    let planned = time.between(start, finish);
    Some(EarnedSchedule {
        at,
        earned,
        elapsed,
        planned,
        variance: earned - elapsed,
        index: Ratio::new(i128::from(earned), i128::from(elapsed)),
        forecast: forecast(start, planned, elapsed, earned, time),
    })
}

/// The instant nearest to `now` at which the plan has `value`, never after the plan's end; where
/// the plan jumps over it, the instant of the jump. A plan met to the unit is met.
fn instant_of(plan: &ValueCurve, value: i64, now: Minute, start: Minute, finish: Minute) -> Minute {
    let now = now.clamp(start, finish.max(start));
    if plan.at(now) == value {
        return now;
    }
    let first = plan.first_with(value).unwrap_or(finish).max(start);
    let last = plan.first_above(value).map_or(finish, |above| above - 1);
    now.clamp(first, last.max(first))
}

fn forecast(
    start: Minute,
    planned: i64,
    elapsed: i64,
    earned: i64,
    time: &Timeline,
) -> Option<Minute> {
    if earned <= 0 {
        return None;
    }
    let work = i128::from(planned) * i128::from(elapsed);
    let needed = (work + i128::from(earned) - 1) / i128::from(earned);
    Some(time.advance(start, i64::try_from(needed).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Activity, Network};
    use ground::{Date, HolidayTable, WorkCalendar, date_of_finish, minute_of};

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn office() -> Timeline {
        WorkCalendar::official(HolidayTable::shipped()).timeline()
    }

    /// 1000 units over 20 working days from Monday 6 to Friday 31 March 2023: 50 a day.
    fn march() -> ValueCurve {
        let network = Network {
            calendars: vec![office()],
            activities: vec![Activity::task("1", "", 0, 20 * 480)],
            links: Vec::new(),
        };
        let start = minute_of(day("2023-03-06"), 8, 0);
        let finish = minute_of(day("2023-03-31"), 17, 0);
        ValueCurve::planned(&network, &[1_000], &[start], &[finish])
    }

    fn friday() -> Minute {
        minute_of(day("2023-03-17"), 17, 0)
    }

    #[test]
    fn half_the_speed_takes_twice_the_time() {
        let answer = performance(&march(), 250, friday(), &office());
        assert_eq!((answer.planned, answer.variance), (500, -250));
        assert_eq!(answer.index.percent_text(), "50.0%");
        let time = answer.schedule.expect("a plan");
        // The plan had 250 from Friday 10 to the first minute of Monday.
        assert_eq!(time.at, minute_of(day("2023-03-13"), 8, 0));
        assert_eq!(
            (time.earned, time.elapsed, time.planned),
            (2_400, 4_800, 9_600)
        );
        // 20 days ÷ 0.5 = 40 working days from 6 March; 5 April is off, Sunday 23 April is worked.
        let forecast = date_of_finish(time.forecast.expect("something earned"));
        assert_eq!(forecast, day("2023-04-28"));
    }

    #[test]
    fn a_plan_met_exactly_on_a_sunday_is_neither_early_nor_late() {
        let sunday = minute_of(day("2023-03-19"), 12, 0);
        let answer = performance(&march(), 500, sunday, &office());
        let time = answer.schedule.expect("a plan");
        assert_eq!((time.at, time.variance), (sunday, 0));
        assert_eq!(time.index.percent_text(), "100%");
    }

    #[test]
    fn nothing_earned_has_no_forecast_and_everything_earned_early_has() {
        let none = performance(&march(), 0, friday(), &office())
            .schedule
            .expect("a plan");
        assert_eq!((none.earned, none.forecast), (0, None));
        let all = performance(&march(), 1_000, friday(), &office())
            .schedule
            .expect("a plan");
        assert_eq!(all.index.basis_points(), Some(20_000));
        assert_eq!(all.forecast, Some(friday()));
    }

    #[test]
    fn after_the_planned_end_the_index_by_value_forgets_the_delay_the_one_by_time_does_not() {
        let late = minute_of(day("2023-04-28"), 17, 0);
        let answer = performance(&march(), 1_000, late, &office());
        assert_eq!(answer.index.percent_text(), "100%");
        let near = performance(&march(), 990, late, &office());
        assert_eq!(near.index.percent_text(), "99.0%");
        // 990 of 1000 is 19.8 days of the plan, after 40 days.
        let time = near.schedule.expect("a plan");
        assert_eq!(
            (time.earned, time.elapsed),
            (19_800 * 480 / 1_000, 40 * 480)
        );
        let done = answer.schedule.expect("a plan");
        assert_eq!(done.index.percent_text(), "50.0%");
    }
}

//! 进展: what the field reports (actual dates, percent, remaining days) as remaining work.

use ground::{Date, Finding, Minute, Timeline, minute_of};

use crate::network::Progress;

/// 100 % in hundredths of a percent.
const WHOLE: i64 = 10_000;

/// 进展报告 of one activity, as people report it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Status {
    /// 实际开始.
    pub actual_start: Option<Date>,
    /// 实际完成.
    pub actual_finish: Option<Date>,
    /// 完成百分比 in hundredths of a percent, 0..=10000.
    pub percent: Option<i64>,
    /// 还需几天, working days of the activity's calendar. Goes before `percent`.
    pub remaining_days: Option<i64>,
}

/// 剩余工期 from a percentage: `duration × (100 % − percent)`, a started minute counted whole.
///
/// `duration` in working minutes, `percent` in hundredths of a percent; what lies outside
/// 0..=100 % is cut to it. Rounding is up, so that 99.99 % is never done.
///
/// ```
/// assert_eq!(plan::remaining_from_percent(10 * 480, 2_500), 3_600);
/// assert_eq!(plan::remaining_from_percent(10, 9_999), 1);
/// assert_eq!(plan::remaining_from_percent(10, 10_000), 0);
/// ```
pub fn remaining_from_percent(duration: i64, percent: i64) -> i64 {
    let whole = i128::from(WHOLE);
    let open = whole - i128::from(percent.clamp(0, WHOLE));
    let minutes = (i128::from(duration.max(0)) * open + whole - 1) / whole;
    minutes as i64
}

/// 剩余工期 from stated working days; negative days count as none.
pub fn remaining_from_days(days: i64, timeline: &Timeline) -> i64 {
    days.max(0).saturating_mul(timeline.minutes_per_day())
}

/// Turns a report into the progress of an activity of `duration` working minutes.
///
/// A start without a time is the first working minute of its day, a finish the last one; on a day
/// without work, midnight before or after, so that the date shown stays the date reported.
/// Findings (`plan.progress`) for a report that contradicts itself or lies after `today`; the
/// activity is then taken as the sound part of the report says.
pub fn progress_of(
    status: &Status,
    duration: i64,
    timeline: &Timeline,
    today: Date,
    place: &str,
) -> (Progress, Vec<Finding>) {
    let findings = contradictions(status, today, place);
    let reported = status.percent.unwrap_or(0) > 0;
    let start = status.actual_start.filter(|&date| date <= today);
    let finish = status.actual_finish.filter(|&date| date <= today);
    let progress = match (start, finish) {
        (start, Some(finish)) => Progress::Finished {
            actual_start: start_minute(start.unwrap_or(finish).min(finish), timeline),
            actual_finish: finish_minute(finish, timeline),
        },
        (Some(start), None) => Progress::Started {
            actual_start: start_minute(start, timeline),
            remaining: remaining(status, duration, timeline),
        },
        (None, None) if reported => Progress::Started {
            actual_start: start_minute(today, timeline),
            remaining: remaining(status, duration, timeline),
        },
        (None, None) => Progress::NotStarted,
    };
    (progress, findings)
}

fn remaining(status: &Status, duration: i64, timeline: &Timeline) -> i64 {
    match (status.remaining_days, status.percent) {
        (Some(days), _) => remaining_from_days(days, timeline),
        (None, Some(percent)) => remaining_from_percent(duration, percent),
        (None, None) => duration.max(0),
    }
}

fn contradictions(status: &Status, today: Date, place: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut warn = |problem: String, remedy: &str| {
        findings.push(Finding::warning("plan.progress", place, problem, remedy));
    };
    for (name, date) in [
        ("实际开始", status.actual_start),
        ("实际完成", status.actual_finish),
    ] {
        if let Some(date) = date.filter(|&date| date > today) {
            warn(
                format!("{name} {date} 在今天 {today} 之后。"),
                "请填已经发生的日期;预计日期另填。",
            );
        }
    }
    match (status.actual_start, status.actual_finish) {
        (Some(start), Some(finish)) if start > finish => {
            let problem = format!("实际开始 {start} 晚于实际完成 {finish}。");
            warn(problem, "请核对两个日期;现按完成日期计算。");
        }
        (None, Some(finish)) => {
            warn(
                format!("有实际完成 {finish},没有实际开始。"),
                "请补填实际开始日期。",
            );
        }
        (None, None) if status.percent.unwrap_or(0) > 0 => {
            let problem = "有完成百分比,没有实际开始。".to_owned();
            warn(problem, "请补填实际开始日期;现按今天开始计算。");
        }
        _ => {}
    }
    if let Some(percent) = status
        .percent
        .filter(|percent| !(0..=WHOLE).contains(percent))
    {
        let shown = format!("{}.{:02}", percent / 100, percent.unsigned_abs() % 100);
        warn(
            format!("完成百分比 {shown}% 不在 0 到 100% 之间。"),
            "请改正百分比。",
        );
    }
    if status.actual_finish.is_some() && status.percent.is_some_and(|percent| percent < WHOLE) {
        warn(
            "已填实际完成,完成百分比却不到 100%。".to_owned(),
            "请改百分比,或删去实际完成日期。",
        );
    }
    findings
}

fn start_minute(date: Date, timeline: &Timeline) -> Minute {
    let (midnight, end) = (minute_of(date, 0, 0), minute_of(date, 24, 0));
    let start = timeline.next_start(midnight);
    if start < end { start } else { midnight }
}

fn finish_minute(date: Date, timeline: &Timeline) -> Minute {
    let (midnight, end) = (minute_of(date, 0, 0), minute_of(date, 24, 0));
    let finish = timeline.previous_finish(end);
    if finish > midnight { finish } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::{HolidayTable, WorkCalendar, date_of_finish, date_of_start};
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn office() -> Timeline {
        WorkCalendar::official(HolidayTable::shipped()).timeline()
    }

    const TODAY: &str = "2023-03-10";

    #[test]
    fn stated_days_go_before_the_percentage() {
        let status = Status {
            actual_start: Some(day("2023-03-06")),
            percent: Some(9_000),
            remaining_days: Some(4),
            ..Status::default()
        };
        let (progress, findings) = progress_of(&status, 10 * 480, &office(), day(TODAY), "A1");
        assert!(findings.is_empty());
        let actual_start = minute_of(day("2023-03-06"), 8, 0);
        assert_eq!(
            progress,
            Progress::Started {
                actual_start,
                remaining: 4 * 480
            }
        );
    }

    #[test]
    fn work_finished_on_a_sunday_keeps_its_sunday() {
        let status = Status {
            actual_start: Some(day("2023-03-04")),
            actual_finish: Some(day("2023-03-05")),
            ..Status::default()
        };
        let (progress, _) = progress_of(&status, 480, &office(), day(TODAY), "A1");
        let Progress::Finished {
            actual_start,
            actual_finish,
        } = progress
        else {
            panic!("{progress:?}")
        };
        assert_eq!(date_of_start(actual_start), day("2023-03-04"));
        assert_eq!(date_of_finish(actual_finish), day("2023-03-05"));
    }

    #[test]
    fn a_finish_after_today_is_not_a_finish() {
        let status = Status {
            actual_start: Some(day("2023-03-06")),
            actual_finish: Some(day("2023-03-20")),
            ..Status::default()
        };
        let (progress, findings) = progress_of(&status, 4_800, &office(), day(TODAY), "计划!H7");
        assert!(
            matches!(
                progress,
                Progress::Started {
                    remaining: 4_800,
                    ..
                }
            ),
            "{progress:?}"
        );
        assert_eq!(findings[0].place, "计划!H7");
        assert!(findings[0].problem.contains("2023-03-20"));
    }

    #[test]
    fn a_percentage_without_a_start_is_told_and_starts_today() {
        let status = Status {
            percent: Some(5_000),
            ..Status::default()
        };
        let (progress, findings) = progress_of(&status, 960, &office(), day(TODAY), "A1");
        assert!(matches!(progress, Progress::Started { remaining: 480, .. }));
        assert_eq!(findings.len(), 1);
    }

    proptest! {
        #[test]
        fn more_percent_never_leaves_more_work(
            duration in 0i64..10_000_000, a in -100i64..11_000, b in -100i64..11_000,
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let left = remaining_from_percent(duration, high);
            prop_assert!(left <= remaining_from_percent(duration, low));
            prop_assert!((0..=duration).contains(&left));
            prop_assert_eq!(left == 0, duration == 0 || high >= WHOLE);
        }
    }
}

//! The years calendars know: what of a plan lies outside them, and which calculated dates ran against their end. A
//! calendar answers with its first or last minute there, which looks like a date and is none.

use std::ops::Range;

use ground::{Date, Finding, Minute, Timeline, iso_minutes, minute_of};

use crate::network::{Activity, ActivityKind, Network, Options, Progress, Schedule};

/// Findings of one kind that are told one by one.
const TOLD: usize = 20;

/// 1984-01-01 to the end of 2084-12-31, the century of [`ground::Timeline`].
pub fn calendar_range() -> Range<Minute> {
    minute_of(Date::constant(1984, 1, 1), 0, 0)..minute_of(Date::constant(2085, 1, 1), 0, 0)
}

/// Whether calendars know the day.
///
/// ```
/// assert!(plan::in_calendars("2023-03-10".parse().unwrap()));
/// assert!(!plan::in_calendars("2203-05-20".parse().unwrap()));
/// ```
pub fn in_calendars(day: Date) -> bool {
    calendar_range().contains(&minute_of(day, 0, 0))
}

/// 超出日历. One thing of a plan that no calendar can place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outside {
    /// Whose it is; none where it is the project's.
    pub activity: Option<usize>,
    /// What of it: `目标时限`, `限制日期`, `间隔`, `工期`, `日历` and so on.
    pub what: &'static str,
    /// In words.
    pub finding: Finding,
}

/// What of the plan no calendar can place (`plan.out_of_range`, `plan.calendar_empty`): dates outside
/// [`calendar_range`], lags and durations longer than it, calendars without any working time under work that is still to
/// be done. Nothing of such a plan can be calculated.
pub fn out_of_range(network: &Network, options: &Options) -> Vec<Finding> {
    let all = outside(network, options).into_iter();
    all.map(|one| one.finding).collect()
}

/// The same with whose it is, for pages that tell it at its cell.
pub fn outside(network: &Network, options: &Options) -> Vec<Outside> {
    let mut told = Told::default();
    if network.activities.is_empty() {
        return told.all;
    }
    for (what, at) in [
        ("项目开始日期", Some(options.start)),
        ("数据日期", options.data_date),
        ("目标日期", options.target),
    ] {
        told.date(|| what.to_owned(), what, at);
    }
    for (i, activity) in network.activities.iter().enumerate() {
        told.activity = Some(i);
        dates_of(activity, &mut told);
        work_of(network, activity, &mut told);
    }
    let span = calendar_range().end - calendar_range().start;
    for link in &network.links {
        if link.lag.saturating_abs() >= span {
            let code = |i: usize| network.activities.get(i).map_or("", |a| a.code.as_str());
            told.activity = Some(link.to);
            told.add(
                ("plan.out_of_range", "间隔"),
                || format!("{} → {}", code(link.from), code(link.to)),
                || format!("间隔 {} 小时，比日历还长", link.lag / 60),
                "请核对间隔的数值和单位",
            );
        }
    }
    told.close()
}

fn dates_of(activity: &Activity, told: &mut Told) {
    let (start, finish) = match activity.progress {
        Progress::NotStarted => (None, None),
        Progress::Started { actual_start, .. } => (Some(actual_start), None),
        Progress::Finished {
            actual_start,
            actual_finish,
        } => (Some(actual_start), Some(actual_finish)),
    };
    let place = || place(activity);
    for (what, at) in [
        ("实际开始", start),
        ("实际完成", finish),
        ("目标时限", activity.deadline),
        ("预计完成", activity.expected_finish),
        ("手动排定的开始", activity.fixed.map(|fixed| fixed.0)),
        ("手动排定的完成", activity.fixed.map(|fixed| fixed.1)),
    ] {
        told.date(place, what, at);
    }
    for constraint in &activity.constraints {
        told.date(place, "限制日期", Some(constraint.at));
    }
}

/// Whether the activity's calendar has room for what is left of it.
fn work_of(network: &Network, activity: &Activity, told: &mut Told) {
    let finished = matches!(activity.progress, Progress::Finished { .. });
    let Some(timeline) = network.calendars.get(activity.calendar) else {
        return;
    };
    if derived(activity) || finished || activity.fixed.is_some() {
        return;
    }
    let all = timeline.work_before(calendar_range().end);
    if all == 0 {
        told.add(
            ("plan.calendar_empty", "日历"),
            || place(activity),
            || "所用的日历没有一天工作，排不出日期".to_owned(),
            "请在日历里填上工作时间，或换一个日历",
        );
    } else if activity.remaining() > all {
        told.add(
            ("plan.out_of_range", "工期"),
            || place(activity),
            || {
                let days = activity.remaining() / timeline.minutes_per_day().max(1);
                format!("工期 {days} 天，比日历还长")
            },
            "请核对工期的数值和单位",
        );
    }
}

/// Activities whose calculated dates stand at the first or last working minute calendars know: they would lie beyond
/// (`plan.beyond_calendars`).
pub fn beyond_calendars(network: &Network, answer: &Schedule) -> Vec<Finding> {
    let mut told = Told::default();
    for (i, activity) in network.activities.iter().enumerate() {
        let Some(timeline) = network.calendars.get(activity.calendar) else {
            continue;
        };
        if derived(activity) || matches!(activity.progress, Progress::Finished { .. }) {
            continue;
        }
        let dates = [
            ("最早开始", answer.early_start[i]),
            ("最早完成", answer.early_finish[i]),
            ("最晚开始", answer.late_start[i]),
            ("最晚完成", answer.late_finish[i]),
        ];
        let beyond = dates.into_iter().find(|(_, at)| is_rim(timeline, *at));
        if let Some((what, _)) = beyond {
            told.add(
                ("plan.beyond_calendars", what),
                || place(activity),
                || format!("{what}算到了 1984 年之前或 2084 年之后，超出日历，算不出来"),
                "请核对这项工作和它前后工作的工期、间隔、限制日期",
            );
        }
    }
    told.close().into_iter().map(|one| one.finding).collect()
}

/// Whether the dates follow from other work.
fn derived(activity: &Activity) -> bool {
    matches!(
        activity.kind,
        ActivityKind::Summary | ActivityKind::LevelOfEffort
    )
}

/// How near to the rim of the calendars a date is taken for one that could not be calculated: a year.
const EDGE: Minute = 366 * 1440;

fn is_rim(timeline: &Timeline, at: Minute) -> bool {
    let range = calendar_range();
    let all = timeline.work_before(range.end);
    let before = timeline.work_before(at);
    // A calendar that works on a few days only begins and ends far from the rim.
    let first = before == 0 && at < range.start + EDGE;
    let last = before == all && at >= range.end - EDGE;
    all > 0 && (first || last)
}

fn place(activity: &Activity) -> String {
    format!("{}“{}”", activity.code, activity.name)
}

/// Findings under way, and how many more there would be.
#[derive(Default)]
struct Told {
    all: Vec<Outside>,
    /// Whose fault is told next.
    activity: Option<usize>,
    more: usize,
}

impl Told {
    fn date(&mut self, place: impl Fn() -> String, what: &'static str, at: Option<Minute>) {
        let Some(at) = at.filter(|at| !calendar_range().contains(at)) else {
            return;
        };
        self.add(
            ("plan.out_of_range", what),
            place,
            || {
                format!(
                    "{what} {} 不在 1984 年到 2084 年之间",
                    &iso_minutes(at)[..10]
                )
            },
            "请核对年份；日历只到 2084 年底",
        );
    }

    fn add(
        &mut self,
        (code, what): (&'static str, &'static str),
        place: impl Fn() -> String,
        problem: impl Fn() -> String,
        remedy: &str,
    ) {
        if self.all.len() < TOLD {
            self.all.push(Outside {
                activity: self.activity,
                what,
                finding: Finding::error(code, place(), problem(), remedy),
            });
        } else {
            self.more += 1;
        }
    }

    fn close(mut self) -> Vec<Outside> {
        if self.more > 0 {
            let problem = format!("另有{}处超出日历，不再逐条列出", self.more);
            let finding =
                Finding::error("plan.out_of_range", "计划", problem, "请先改正上面列出的");
            self.all.push(Outside {
                activity: None,
                what: "计划",
                finding,
            });
        }
        self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Link, schedule};
    use ground::{Layer, WorkCalendar};

    fn plan(start: Date, days: i64, lag_days: i64) -> (Network, Options) {
        let calendar = WorkCalendar::seven_day().timeline();
        let day = calendar.minutes_per_day();
        let network = Network {
            calendars: vec![calendar],
            activities: vec![
                Activity::task("1", "基础", 0, days * day),
                Activity::task("2", "主体", 0, 2 * day),
            ],
            links: vec![Link {
                lag: lag_days * day,
                ..Link::finish_start(0, 1)
            }],
        };
        (network, Options::from_start(minute_of(start, 8, 0)))
    }

    fn codes(findings: &[Finding]) -> Vec<&str> {
        findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect()
    }

    #[test]
    fn what_lies_inside_the_century_is_not_told() {
        let (network, options) = plan(Date::constant(2023, 3, 10), 5, 3);
        assert_eq!(out_of_range(&network, &options), []);
        let answer = schedule(&network, &options).expect("a chain");
        assert_eq!(beyond_calendars(&network, &answer), []);
    }

    #[test]
    fn a_calendar_of_a_few_days_is_no_rim() {
        let (mut network, options) = plan(Date::constant(2024, 3, 4), 2, 0);
        let before = Layer::stop("前", Date::constant(1984, 1, 1), Date::constant(2024, 3, 3));
        let after = Layer::stop(
            "后",
            Date::constant(2024, 3, 8),
            Date::constant(2084, 12, 31),
        );
        let calendar = WorkCalendar::seven_day();
        network.calendars[0] = calendar.with_layer(before).with_layer(after).timeline();
        let answer = schedule(&network, &options).expect("a chain");
        assert_eq!(beyond_calendars(&network, &answer), []);
    }

    #[test]
    fn dates_lags_and_work_outside_the_century_are_told_with_their_place() {
        let (mut network, options) = plan(Date::constant(2203, 3, 10), 5, 999_999);
        network.activities[1].deadline = Some(0);
        let told = out_of_range(&network, &options);
        let places: Vec<&str> = told.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["项目开始日期", "2“主体”", "1 → 2"]);
        assert!(
            told[0].problem.contains("2203-03-10"),
            "{}",
            told[0].problem
        );
        let (network, options) = plan(Date::constant(2023, 3, 10), 99_999, 0);
        assert_eq!(
            codes(&out_of_range(&network, &options)),
            ["plan.out_of_range"]
        );
    }

    #[test]
    fn dates_that_run_against_the_end_of_the_calendars_are_told() {
        let (network, options) = plan(Date::constant(2080, 3, 10), 30_000, 0);
        assert_eq!(out_of_range(&network, &options), []);
        let answer = schedule(&network, &options).expect("a chain");
        let told = beyond_calendars(&network, &answer);
        assert_eq!(codes(&told), ["plan.beyond_calendars"; 2]);
    }

    #[test]
    fn a_calendar_without_work_is_told_for_the_work_on_it() {
        let (mut network, options) = plan(Date::constant(2023, 3, 10), 5, 0);
        network.calendars[0] = Timeline::from_week(&Default::default(), &Default::default());
        assert_eq!(
            codes(&out_of_range(&network, &options)),
            ["plan.calendar_empty"; 2]
        );
    }
}

//! 以日保周、以周保旬、以旬保月、以月保季 in nodes: a node is one activity on one planned working day, and it is
//! done when the reported percent has reached the percent planned for that day. Nodes after a project's newest
//! report wait for the next one and are no shortfall yet. Spreading a shortfall is `plan`.

use std::collections::BTreeMap;

use ground::{Date, Period, PeriodKind, ProjectId, Ratio, WorkCalendar};
use plan::{DailyPlan, Respread};
use serde::Serialize;

use crate::activity::{Activity, FULL, ProgressReport};
use crate::calendars::{Calendars, days_between, end_of, start_of};
use crate::network::percents;

/// The five periods of the slogan.
const CHAIN: [PeriodKind; 5] = [
    PeriodKind::Day,
    PeriodKind::Week,
    PeriodKind::Dekad,
    PeriodKind::Month,
    PeriodKind::Quarter,
];

/// Nodes of one period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct NodeCount {
    /// Period.
    pub period: Period,
    /// Done in the period, work ahead of plan included.
    pub done: i64,
    /// Planned from the period's first day up to today.
    pub should_to_date: i64,
    /// Planned in the whole period.
    pub should: i64,
    /// 待填报: planned up to today, not done, and later than the project's newest report, while the next report is
    /// not due yet.
    pub unreported: i64,
}

impl NodeCount {
    /// 差 n 项: planned up to today, reported on and not made good; 0 when in pace.
    pub fn shortfall(&self) -> i64 {
        (self.should_to_date - self.unreported - self.done).max(0)
    }

    /// 序时: share of the period's nodes that should be done by today.
    pub fn pace(&self) -> Ratio {
        Ratio::new(self.should_to_date.into(), self.should.into())
    }
}

/// The planned days of one activity and how many of them are covered by its percent.
struct Track<'a> {
    calendar: &'a WorkCalendar,
    start: Date,
    finish: Date,
    covered: i64,
    /// Day up to which the project has spoken, while its next report is not due yet.
    awaits_since: Option<Date>,
}

/// Day, week, dekad, month and quarter that hold `today`, over any number of activities of any projects, with the
/// reporting period of the proposed light rule.
pub fn node_counts(
    activities: &[Activity],
    reports: &[ProgressReport],
    calendars: &Calendars,
    today: Date,
) -> Vec<NodeCount> {
    let report_days = plan::LightRule::default().report_days;
    node_counts_with(activities, reports, calendars, today, report_days)
}

/// The same with the district's own reporting period in calendar days.
pub fn node_counts_with(
    activities: &[Activity],
    reports: &[ProgressReport],
    calendars: &Calendars,
    today: Date,
    report_days: i64,
) -> Vec<NodeCount> {
    let words = last_words(activities, reports, today);
    let mut tracks = tracks(activities, reports, calendars, today);
    for (track, project) in &mut tracks {
        let word = words.get(project).copied();
        track.awaits_since = word.filter(|day| days_between(*day, today) <= report_days);
    }
    let tracks: Vec<Track<'_>> = tracks.into_iter().map(|(track, _)| track).collect();
    CHAIN
        .iter()
        .map(|kind| count(kind.containing(today), &tracks, today))
        .collect()
}

/// The newest report of each project; a plan nobody has reported on speaks up to the day before it begins.
fn last_words(
    activities: &[Activity],
    reports: &[ProgressReport],
    today: Date,
) -> BTreeMap<ProjectId, Date> {
    let mut words = BTreeMap::new();
    for activity in activities {
        let Some(eve) = activity.planned_start.and_then(|d| d.yesterday().ok()) else {
            continue;
        };
        let word = words.entry(activity.project).or_insert(eve);
        *word = eve.min(*word);
    }
    for report in reports.iter().filter(|r| r.reported_on <= today) {
        let word = words.entry(report.project).or_insert(report.reported_on);
        *word = report.reported_on.max(*word);
    }
    words
}

fn tracks<'a>(
    activities: &[Activity],
    reports: &[ProgressReport],
    calendars: &'a Calendars,
    today: Date,
) -> Vec<(Track<'a>, ProjectId)> {
    let percents = percents(activities, reports, today);
    let track = |a: &Activity| {
        let (start, finish) = (a.planned_start?, a.planned_finish?);
        let calendar = calendars.calendar(calendars.of(a));
        let days = i64::from(calendar.workdays_within(start, finish));
        let percent = percents.get(&a.id).copied().unwrap_or(0);
        let covered = covered(percent, days);
        Some((
            Track {
                calendar,
                start,
                finish,
                covered,
                awaits_since: None,
            },
            a.project,
        ))
    };
    activities
        .iter()
        .filter(|a| !a.milestone && !crate::network::spans(a.kind))
        .filter_map(track)
        .collect()
}

/// How many of `days` planned days a percent covers. People report whole percents, so the percent planned for a day
/// is cut to whole ones before it is compared: 80 % covers the 42nd of 52 days (80.77 %).
fn covered(percent: i64, days: i64) -> i64 {
    match percent {
        ..=0 => 0,
        FULL.. => days,
        _ => {
            // Greatest n with floor(100 n / days) <= p.
            let p = percent * 100 / FULL;
            (((p + 1) * days + 99) / 100 - 1).clamp(0, days)
        }
    }
}

fn count(period: Period, tracks: &[Track<'_>], today: Date) -> NodeCount {
    let mut sum = NodeCount {
        period,
        done: 0,
        should_to_date: 0,
        should: 0,
        unreported: 0,
    };
    for track in tracks.iter().filter(|t| t.touches(period)) {
        let before = track.planned_before(period.first());
        let whole = track.planned_to(period.last());
        let by_now = track.planned_to(period.last().min(today));
        sum.done += track.covered.clamp(before, whole) - before;
        sum.should += whole - before;
        sum.should_to_date += (by_now - before).max(0);
        if let Some(word) = track.awaits_since {
            let known = track.planned_to(word).max(track.covered).max(before);
            sum.unreported += (by_now - known).max(0);
        }
    }
    sum
}

impl Track<'_> {
    fn touches(&self, period: Period) -> bool {
        self.start <= period.last() && period.first() <= self.finish
    }

    /// Planned working days from the start up to and with `day`.
    fn planned_to(&self, day: Date) -> i64 {
        let last = day.min(self.finish);
        if last < self.start {
            0
        } else {
            self.calendar.workdays_within(self.start, last).into()
        }
    }

    fn planned_before(&self, day: Date) -> i64 {
        day.yesterday().map_or(0, |d| self.planned_to(d))
    }
}

/// Re-spreads the shortfall of nodes over the smallest period that can take it: the week, else the dekad, else
/// the month, else the quarter. `factor_max` bounds a day's work against the normal day.
///
/// The plan is that of the quarter which holds `today`; debts of earlier quarters are not in it.
pub fn respread_nodes(
    activities: &[Activity],
    reports: &[ProgressReport],
    calendars: &Calendars,
    today: Date,
    factor_max: Ratio,
) -> Respread {
    let quarter = PeriodKind::Quarter.containing(today);
    let (mut plan, mut done) = (DailyPlan::default(), BTreeMap::new());
    for (track, _) in tracks(activities, reports, calendars, today) {
        let mut nth = track.planned_before(quarter.first());
        let mut day = track.start.max(quarter.first());
        while day <= track.finish.min(quarter.last()) {
            if track.calendar.is_working(day) {
                nth += 1;
                *plan.daily.entry(day).or_insert(0) += 1;
                if nth <= track.covered {
                    *done.entry(day.min(today)).or_insert(0) += 1;
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    plan::respread(&plan, &done, today, factor_max, &WorkCalendar::seven_day())
}

/// Percent an activity should have reached by the end of a day, hundredths of a percent.
pub fn planned_percent(activity: &Activity, calendars: &Calendars, day: Date) -> Option<i64> {
    let (start, finish) = (activity.planned_start?, activity.planned_finish?);
    let timeline = calendars.timeline(calendars.of(activity));
    let whole = timeline.between(start_of(start), end_of(finish));
    let passed = timeline
        .between(start_of(start), end_of(day))
        .clamp(0, whole.max(0));
    (whole > 0).then(|| (i128::from(passed) * i128::from(FULL) / i128::from(whole)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fixtures::{activity, day, report};
    use ground::HolidayTable;

    fn standard() -> Calendars {
        Calendars::standard(HolidayTable::shipped())
    }

    #[test]
    fn a_node_is_a_planned_day_reached_by_the_reported_percent() {
        let plan = [activity(2, "2023-03-06", "2023-03-15")];
        let counts = node_counts(
            &plan,
            &[report(2, "2023-03-10", 3000)],
            &standard(),
            day("2023-03-10"),
        );
        let [today, week, dekad, month, quarter] = counts[..] else {
            panic!("five periods")
        };
        assert_eq!((today.done, today.should_to_date), (0, 1));
        assert_eq!((week.done, week.should_to_date, week.should), (3, 5, 7));
        assert_eq!((dekad.done, dekad.should), (3, 5));
        assert_eq!((month.done, month.should), (3, 10));
        assert_eq!(week.shortfall(), 2);
        assert_eq!(quarter.should, 10);
    }

    #[test]
    fn a_whole_percent_covers_the_day_whose_planned_percent_it_meets() {
        assert_eq!(covered(8_000, 52), 42);
        assert_eq!(covered(0, 400), 0);
        assert_eq!(covered(9_900, 10), 9);
        assert_eq!(covered(10_000, 10), 10);
    }

    #[test]
    fn work_ahead_of_plan_leaves_no_shortfall() {
        let plan = [activity(2, "2023-03-06", "2023-03-15")];
        let counts = node_counts(
            &plan,
            &[report(2, "2023-03-10", 10_000)],
            &standard(),
            day("2023-03-10"),
        );
        assert!(counts.iter().all(|c| c.shortfall() == 0));
        assert_eq!(counts[3].done, 10);
    }

    #[test]
    fn nodes_after_the_newest_report_wait_for_the_next_one() {
        let plan = [activity(2, "2023-03-06", "2023-03-25")];
        let reports = [report(2, "2023-03-10", 2500)];
        let month = |today: &str| node_counts(&plan, &reports, &standard(), day(today))[3];
        let soon = month("2023-03-13");
        assert_eq!((soon.done, soon.should_to_date, soon.unreported), (5, 8, 3));
        assert_eq!(soon.shortfall(), 0);
        assert_eq!(month("2023-03-21").shortfall(), 11);
    }

    #[test]
    fn a_small_shortfall_is_spread_inside_the_month_when_week_and_dekad_are_over() {
        let plan = [
            activity(2, "2023-03-06", "2023-03-31"),
            activity(3, "2023-03-06", "2023-03-31"),
        ];
        let reports = [report(2, "2023-03-12", 1200), report(3, "2023-03-12", 2800)];
        let spread = respread_nodes(
            &plan,
            &reports,
            &standard(),
            day("2023-03-12"),
            Ratio::new(3, 2),
        );
        assert_eq!(spread.added, 4);
        assert_eq!(spread.parent, Some(PeriodKind::Dekad));
        assert_eq!(spread.unabsorbed, 0);
    }

    #[test]
    fn the_planned_percent_grows_with_working_days() {
        let plan = activity(2, "2023-03-06", "2023-03-15");
        let on = |d: &str| planned_percent(&plan, &standard(), day(d));
        assert_eq!(on("2023-03-05"), Some(0));
        assert_eq!(on("2023-03-10"), Some(5000));
        assert_eq!(on("2023-04-01"), Some(10_000));
    }
}

//! 日量 What a plan asks for on each of its days, what was reported done, and what is owed: the quantities of which
//! 以日保周、以周保旬、以旬保月、以月保季 speaks.
//!
//! A share of the work lies evenly on the working days between its planned start and finish. What was done is known on
//! the days of reports; between two reports the same presumption holds as for dates (`network`): nobody owes for not
//! having spoken yet.

use std::collections::{BTreeMap, HashMap};

use ground::{ActivityId, Date, PeriodKind, Ratio, WorkCalendar, date_of_finish, date_of_start};
use plan::{DailyPlan, Progress, Schedule};

use crate::activity::{Activity, FULL, ProgressReport};
use crate::calendars::Calendars;
use crate::network::{BuiltNetwork, spans};

/// Units in which one activity is counted: hundredths of a percent, each cut in a hundred, so that a day of a long work
/// is still a whole number.
pub const OWN_WHOLE: i64 = FULL * 100;

/// Plan and work done of one activity, or of many together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Quantities {
    /// 日计划.
    pub plan: DailyPlan,
    /// 已完成 by the day on which it was told.
    pub done: BTreeMap<Date, i64>,
}

impl Quantities {
    fn add(&mut self, other: &Quantities) {
        for (day, quantity) in &other.plan.daily {
            *self.plan.daily.entry(*day).or_default() += quantity;
        }
        for (day, quantity) in &other.done {
            *self.done.entry(*day).or_default() += quantity;
        }
    }
}

/// Reports by the activity they speak of.
#[derive(Clone, Default)]
pub struct ReportsByActivity<'a>(HashMap<ActivityId, Vec<&'a ProgressReport>>);

impl<'a> ReportsByActivity<'a> {
    /// Sorted out once: a plan asks for each of its activities.
    pub fn of(reports: &'a [ProgressReport]) -> Self {
        let mut by: HashMap<ActivityId, Vec<&ProgressReport>> = HashMap::new();
        for report in reports {
            if let Some(activity) = report.activity {
                by.entry(activity).or_default().push(report);
            }
        }
        ReportsByActivity(by)
    }
}

/// The facts all quantities of a plan are made of.
#[derive(Clone)]
pub struct QuantityFacts<'a> {
    /// The plan as scheduled.
    pub built: &'a BuiltNetwork<'a>,
    /// Its dates.
    pub schedule: &'a Schedule,
    /// Reports of the project.
    pub reports: ReportsByActivity<'a>,
    /// Length of a reporting period.
    pub report_days: i64,
    /// The calendars of activities.
    pub calendars: &'a Calendars,
}

impl QuantityFacts<'_> {
    /// Plan and work done of the whole, `weights` being each activity's share of it.
    pub fn whole(&self, weights: &[i64]) -> Quantities {
        let mut sum = Quantities::default();
        for (i, weight) in weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0)
        {
            if let Some(one) = self.of(i, *weight) {
                sum.add(&one);
            }
        }
        sum
    }

    /// Plan and work done of activity `i`, counted as `total` units; none for what follows from others, for nodes and
    /// for a span without a working day.
    pub fn of(&self, i: usize, total: i64) -> Option<Quantities> {
        let activity = self.built.activities[i];
        if spans(activity.kind) {
            return None;
        }
        let (first, last) = self.planned(i);
        let calendar = self.calendar(i);
        let plan = match activity.milestone {
            true => DailyPlan {
                daily: BTreeMap::from([(last, total)]),
            },
            false => DailyPlan::spread(total, first, last, calendar).ok()?,
        };
        let done = self.done(i, total, &plan);
        Some(Quantities { plan, done })
    }

    /// The agreed days, else those the engine plans.
    fn planned(&self, i: usize) -> (Date, Date) {
        let activity = self.built.activities[i];
        let planned = activity.planned_start.zip(activity.planned_finish);
        planned.unwrap_or_else(|| {
            let (start, finish) = (&self.schedule.planned_start, &self.schedule.planned_finish);
            (date_of_start(start[i]), date_of_finish(finish[i]))
        })
    }

    /// The calendar of activity `i`.
    pub fn calendar(&self, i: usize) -> &WorkCalendar {
        let calendars = self.calendars;
        calendars.calendar(calendars.of(self.built.activities[i]))
    }

    fn done(&self, i: usize, total: i64, plan: &DailyPlan) -> BTreeMap<Date, i64> {
        let as_of = self.built.data_date;
        let activity = self.built.activities[i];
        let own = self
            .reports
            .0
            .get(&activity.id)
            .map_or(&[][..], Vec::as_slice);
        let steps = told(activity, own, as_of);
        let (mut done, mut before) = (BTreeMap::new(), 0);
        for (day, percent) in &steps {
            let now = share(total, *percent);
            if now != before {
                *done.entry(*day).or_insert(0) += now - before;
            }
            before = now;
        }
        let presumed = self.presumed(i, steps.last().copied(), plan);
        if presumed > 0 && before < total {
            *done.entry(as_of).or_insert(0) += presumed.min(total - before);
        }
        done
    }

    /// What the plan has on the days since the last word, for one reporting period: who runs is taken to keep the pace.
    fn presumed(&self, i: usize, last: Option<(Date, i64)>, plan: &DailyPlan) -> i64 {
        let node = &self.built.network.activities[i];
        let runs = matches!(node.progress, Progress::Started { .. });
        let word = match last {
            Some((day, _)) => Some(day),
            None => {
                let begun = self.built.status[i].actual_start.or(plan.first());
                begun.and_then(|first| first.yesterday().ok())
            }
        };
        let Some(word) = word.filter(|_| runs) else {
            return 0;
        };
        let as_of = self.built.data_date;
        let good = ground::timeline::day_number(word) + self.report_days.max(0);
        let until = as_of.min(ground::timeline::date_of_day(good));
        let days = plan.daily.iter();
        let since = days.filter(|(day, _)| **day > word && **day <= until);
        since.map(|(_, quantity)| quantity).sum()
    }
}

/// Percents as they were told in its own reports, by day; a finish is the last word.
fn told(activity: &Activity, own: &[&ProgressReport], as_of: Date) -> Vec<(Date, i64)> {
    let mut words: Vec<(Date, ground::RecordId, i64)> = own
        .iter()
        .filter(|one| one.reported_on <= as_of)
        .filter_map(|one| Some((one.reported_on, one.id, one.percent?)))
        .collect();
    words.sort();
    let finish = activity.actual_finish.filter(|day| *day <= as_of);
    let mut steps: Vec<(Date, i64)> = words.into_iter().map(|(day, _, p)| (day, p)).collect();
    if let Some(finish) = finish {
        steps.retain(|(day, _)| *day < finish);
        steps.push((finish, FULL));
    }
    steps
}

fn share(total: i64, percent: i64) -> i64 {
    let part = i128::from(total) * i128::from(percent) / i128::from(FULL);
    i64::try_from(part).unwrap_or(total)
}

/// 补欠 of one activity: how its debt would be made good.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeGood {
    /// 应完成 and 已完成 up to the data date, units of [`OWN_WHOLE`].
    pub debt: plan::Debt,
    /// 日计划 before.
    pub plan: DailyPlan,
    /// 日计划 after.
    pub spread: plan::Respread,
}

impl MadeGood {
    /// New quantity of a day against the normal one.
    pub fn pace(&self, day: Date) -> Ratio {
        let normal = self.plan.normal();
        let now = self.spread.daily.get(&day).copied().unwrap_or(0);
        Ratio::new(i128::from(now) * normal.denominator, normal.numerator)
    }

    /// The period inside which all is made good.
    pub fn kept_in(&self) -> Option<PeriodKind> {
        self.spread.parent
    }
}

/// Spreads what activity `i` owes over its days left, no day asking more than `factor_max` of the normal one. None where
/// nothing is owed.
pub fn made_good(facts: &QuantityFacts<'_>, i: usize, factor_max: Ratio) -> Option<MadeGood> {
    let own = facts.of(i, OWN_WHOLE)?;
    let as_of = facts.built.data_date;
    let debt = plan::debt(&own.plan, &own.done, as_of);
    // Less than a tenth of a percent is the rounding of reports.
    if debt.shortfall * 1_000 < OWN_WHOLE {
        return None;
    }
    let calendar = facts.calendar(i);
    let spread = plan::respread(&own.plan, &own.done, as_of, factor_max, calendar);
    Some(MadeGood {
        debt,
        plan: own.plan,
        spread,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::build;
    use crate::reading::fixtures::{activity, day, report};
    use ground::{HolidayTable, RecordId};

    /// One work over the ten days from 6 to 15 March, as of 10 March.
    fn check(reports: &[ProgressReport], factor: Ratio, see: impl Fn(Option<MadeGood>)) {
        let activities = [activity(2, "2023-03-06", "2023-03-15")];
        let calendars = Calendars::standard(HolidayTable::shipped());
        let built = build(&activities, reports, &calendars, day("2023-03-10"), 7);
        let start = ground::minute_of(day("2023-03-06"), 0, 0);
        let options = plan::Options::from_start(start);
        let schedule = plan::schedule(&built.network, &options).expect("one activity");
        let facts = QuantityFacts {
            built: &built,
            schedule: &schedule,
            reports: ReportsByActivity::of(reports),
            report_days: 7,
            calendars: &calendars,
        };
        see(made_good(&facts, 0, factor));
    }

    #[test]
    fn what_is_owed_is_planned_less_reported() {
        let reports = [
            report(2, "2023-03-08", 2_000),
            report(2, "2023-03-10", 3_000),
        ];
        check(&reports, Ratio::new(2, 1), |made| {
            let made = made.expect("a debt");
            assert_eq!(made.debt.should, OWN_WHOLE / 2);
            assert_eq!(made.debt.done, OWN_WHOLE * 3 / 10);
            // Saturday and Sunday take it all at twice the pace.
            assert_eq!(made.kept_in(), Some(PeriodKind::Week));
            assert_eq!(made.spread.daily[&day("2023-03-11")], OWN_WHOLE / 5);
            assert_eq!(made.pace(day("2023-03-11")).basis_points(), Some(20_000));
            assert_eq!(made.spread.finish, Some(day("2023-03-15")));
        });
    }

    #[test]
    fn a_slower_pace_needs_a_longer_period_or_a_later_finish() {
        let reports = [report(2, "2023-03-10", 3_000)];
        check(&reports, Ratio::new(7, 5), |made| {
            // The week has two days left and the dekad none.
            assert_eq!(made.expect("a debt").kept_in(), Some(PeriodKind::Month));
        });
        check(&reports, Ratio::new(6, 5), |made| {
            let made = made.expect("a debt");
            assert_eq!(made.kept_in(), None);
            // Five days take a tenth of the whole on top; the other tenth needs one more day.
            assert_eq!(made.spread.unabsorbed, OWN_WHOLE / 10);
            assert_eq!(made.spread.finish, Some(day("2023-03-16")));
        });
    }

    #[test]
    fn a_stated_rest_does_not_speak_of_what_was_done() {
        let mut word = report(2, "2023-03-10", 3_000);
        word.remaining_days = Some(1);
        check(&[word], Ratio::new(2, 1), |made| {
            assert_eq!(made.expect("a debt").debt.done, OWN_WHOLE * 3 / 10);
        });
    }

    #[test]
    fn who_is_on_plan_owes_nothing() {
        check(
            &[report(2, "2023-03-10", 5_000)],
            Ratio::new(2, 1),
            |made| {
                assert_eq!(made, None);
            },
        );
    }

    #[test]
    fn the_whole_is_the_sum_of_its_parts() {
        let activities = [
            activity(2, "2023-03-06", "2023-03-15"),
            activity(3, "2023-03-01", "2023-03-31"),
        ];
        let reports = [
            report(2, "2023-03-10", 3_000),
            report(3, "2023-03-10", 1_234),
        ];
        let calendars = Calendars::standard(HolidayTable::shipped());
        let built = build(&activities, &reports, &calendars, day("2023-03-10"), 7);
        let start = ground::minute_of(day("2023-03-01"), 0, 0);
        let options = plan::Options::from_start(start);
        let schedule = plan::schedule(&built.network, &options).expect("a chain");
        let facts = QuantityFacts {
            built: &built,
            schedule: &schedule,
            reports: ReportsByActivity::of(&reports),
            report_days: 7,
            calendars: &calendars,
        };
        let whole = facts.whole(&[250_000, 750_000]);
        assert_eq!(whole.plan.total(), 1_000_000);
        // The work that begins first stands first.
        assert_eq!(whole.done.values().sum::<i64>(), 30_850 + 225_000);
        assert_eq!(whole.plan.daily[&day("2023-03-01")], 250_000 / 31 + 1);
    }

    #[test]
    fn reports_are_found_by_the_activity_they_speak_of() {
        let mut nameless = report(2, "2023-03-10", 3_000);
        nameless.activity = None;
        let reports = [
            report(2, "2023-03-08", 1_000),
            report(3, "2023-03-08", 2_000),
            report(2, "2023-03-10", 3_000),
            nameless,
        ];
        let by = ReportsByActivity::of(&reports);
        let of = |id: i64| {
            let own = by.0.get(&ActivityId(RecordId(id)));
            own.map_or(0, Vec::len)
        };
        assert_eq!((of(2), of(3), of(4)), (2, 1, 0));
    }
}

//! 下限 The earliest finish that any order of the work could reach: what levelling has found is measured against it.

use ground::{Minute, Timeline, date_of_start, timeline};
use plan::level::{Need, Resource};
use plan::{Progress, Schedule};
use portfolio::Scheduled;
use std::collections::BTreeSet;

/// Days looked at; a resource that is never there must not run on for ever.
const LONGEST: i64 = 40 * 366;
const DAY: i64 = 1440;

/// The later of two bounds: the finish without any resource, and for each resource the day by which it has been there for
/// as long as it is asked for, even if it never stood idle. Both hold for every order, so nothing can finish earlier.
pub(super) fn earliest_finish(
    scheduled: &Scheduled<'_>,
    schedule: &Schedule,
    resources: &[Resource],
    needs: &[Need],
) -> Minute {
    let begin = scheduled
        .options
        .data_date
        .unwrap_or(scheduled.options.start);
    let bounds = resources.iter().enumerate().filter_map(|(at, resource)| {
        let own: Vec<&Need> = needs.iter().filter(|need| need.resource == at).collect();
        used_up(scheduled, resource, &own, begin)
    });
    bounds.fold(schedule.finish, Minute::max)
}

/// The first minute of the day on which a resource has given all that is asked of it; none when it never has.
fn used_up(
    scheduled: &Scheduled<'_>,
    resource: &Resource,
    needs: &[&Need],
    begin: Minute,
) -> Option<Minute> {
    let network = &scheduled.built.network;
    // What asks for more than there ever is gets it all the same, and no bound can be had from it.
    let most = resource.capacity.iter().map(|step| step.units).max()?;
    let fits = |need: &&&Need| need.units <= most;
    let mut calendars = BTreeSet::new();
    let mut left: i128 = 0;
    for need in needs.iter().filter(fits) {
        let activity = &network.activities[need.activity];
        // Work that runs or stands fixed goes on whatever there is: what it asks for is no bound.
        if activity.progress != Progress::NotStarted || is_pinned(activity) {
            continue;
        }
        calendars.insert(activity.calendar);
        left += i128::from(activity.remaining()) * i128::from(need.units);
    }
    if left <= 0 {
        return None;
    }
    let used: Vec<&Timeline> = calendars.iter().map(|at| &network.calendars[*at]).collect();
    let first = timeline::day_number(date_of_start(begin));
    for day in first..first + LONGEST {
        left -= given(resource, &used, day);
        if left <= 0 {
            return Some(ground::minute_of(timeline::date_of_day(day), 0, 1));
        }
    }
    None
}

/// Somebody or a hard constraint says when the activity is.
fn is_pinned(activity: &plan::Activity) -> bool {
    use plan::ConstraintKind::{MandatoryFinish, MandatoryStart, MustFinish, MustStart};
    let hard = [MandatoryStart, MandatoryFinish, MustStart, MustFinish];
    activity.fixed.is_some()
        || activity
            .constraints
            .iter()
            .any(|one| hard.contains(&one.kind))
}

/// Units times minutes that a resource can give on a day at most: several calendars may work at different hours.
fn given(resource: &Resource, calendars: &[&Timeline], day: i64) -> i128 {
    let date = timeline::date_of_day(day);
    let midnight = ground::minute_of(date, 0, 0);
    let minutes: i64 = calendars.iter().map(|one| one.minutes_on(date)).sum();
    let steps = resource.capacity.iter();
    let units = steps.filter(|step| step.from < midnight + DAY);
    let units = units
        .max_by_key(|step| step.from)
        .map_or(0, |step| step.units);
    i128::from(minutes.min(DAY)) * i128::from(units.max(0))
}

//! Late dates from a target, held against the same dates reached by another way: a target after the finish must give what a
//! milestone standing there gives, one before it what a deadline on every activity gives, and where nothing but links on
//! one calendar speaks, dates and floats must shift by the working time between the two.

use crate::Tally;
use exchange::schedule_file::ScheduleFile;
use ground::{Minute, Timeline};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, LagCalendar, Network, Options, Progress,
    Schedule, Timing, schedule,
};

/// Days by which the target lies after and before the finish: within a week, over weekends, over holidays.
const DAYS: [i64; 3] = [1, 7, 40];

/// Checks the file with each distance.
pub fn judge(name: &str, file: &ScheduleFile, answer: &Schedule, tally: &mut Tally) {
    let Some(line) = file.network.calendars.first() else {
        return;
    };
    let mut shifts = 0;
    for days in DAYS {
        let work = days * line.minutes_per_day();
        let later = line.advance(line.next_start(answer.finish), work);
        let earlier = line.previous_finish(line.retreat(answer.finish, work));
        let told = |what: &str| format!("late dates from {days} days {what} the finish");
        let other = with_milestone(&file.network, later);
        equal(file, later, &other, name, &told("after"), tally);
        let other = with_deadlines(&file.network, earlier);
        equal(file, earlier, &other, name, &told("before"), tally);
        if is_free(&file.network) {
            shifts += shift(file, answer, (later, earlier), name, tally);
        }
    }
    if shifts > 0 {
        println!(
            "{name}: {shifts} late dates shifted by the working time between finish and target"
        );
    }
}

fn options(file: &ScheduleFile, target: Option<Minute>) -> Options {
    Options {
        target,
        float_to_own_project: false,
        ..file.options
    }
}

/// Late dates and total floats of a run to the target, beside those of the other network without one.
fn equal(
    file: &ScheduleFile,
    target: Minute,
    other: &Network,
    name: &str,
    what: &str,
    tally: &mut Tally,
) {
    let ours = schedule(&file.network, &options(file, Some(target)));
    let other = schedule(other, &options(file, None));
    let (Ok(ours), Ok(other)) = (ours, other) else {
        tally.check(name, what, "findings", "a schedule");
        return;
    };
    let line = |s: &Schedule, i: usize| (s.late_start[i], s.late_finish[i], s.total_float[i]);
    let count = file.ids.len();
    let same = (0..count).filter(|&i| line(&ours, i) == line(&other, i));
    tally.check(name, what, same.count(), &count.to_string());
}

/// A milestone without links that stands at `at`, after everything else.
fn with_milestone(network: &Network, at: Minute) -> Network {
    let mut network = network.clone();
    let mut milestone = Activity::task("target", "target", 0, 0);
    milestone.kind = ActivityKind::FinishMilestone;
    milestone.constraints = vec![Constraint {
        kind: ConstraintKind::FinishNoEarlier,
        at,
    }];
    network.activities.push(milestone);
    network
}

fn with_deadlines(network: &Network, at: Minute) -> Network {
    let mut network = network.clone();
    for activity in &mut network.activities {
        activity.deadline = Some(activity.deadline.map_or(at, |own| own.min(at)));
    }
    network
}

/// One calendar, nothing begun, nothing held by dates of its own: then late dates hang on the target alone.
fn is_free(network: &Network) -> bool {
    let calendar = network.activities.first().map_or(0, |first| first.calendar);
    let activities = network.activities.iter().all(|activity| {
        activity.calendar == calendar
            && activity.constraints.is_empty()
            && activity.deadline.is_none()
            && activity.fixed.is_none()
            && activity.progress == Progress::NotStarted
            && activity.timing == Timing::AsSoonAsPossible
    });
    let lags = network.links.iter();
    activities
        && lags
            .filter(|link| link.lag != 0)
            .all(|link| link.lag_calendar != LagCalendar::Elapsed)
}

/// Late finishes and total floats move by as much working time as the target.
fn shift(
    file: &ScheduleFile,
    answer: &Schedule,
    targets: (Minute, Minute),
    name: &str,
    tally: &mut Tally,
) -> usize {
    let mut shifted = 0;
    let Ok(from_finish) = schedule(&file.network, &options(file, Some(answer.finish))) else {
        return 0;
    };
    for target in [targets.0, targets.1] {
        let Ok(moved) = schedule(&file.network, &options(file, Some(target))) else {
            continue;
        };
        for (i, activity) in file.network.activities.iter().enumerate() {
            let line: &Timeline = &file.network.calendars[activity.calendar];
            let way = line.between(answer.finish, target);
            let finish = line.between(from_finish.late_finish[i], moved.late_finish[i]);
            let float = moved.total_float[i] - from_finish.total_float[i];
            let what = format!("{} shifted by the target", file.ids[i]);
            tally.check(
                name,
                &what,
                format!("{finish} {float}"),
                &format!("{way} {way}"),
            );
            shifted += 1;
        }
    }
    shifted
}

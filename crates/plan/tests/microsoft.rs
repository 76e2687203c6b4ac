//! Microsoft Project's conventions on hand-made networks, one rule a test. The evidence named with each was counted in
//! public files (docs/benchmarks.md, "Public plan files").

use std::collections::BTreeMap;

use ground::timeline::{OFFICE_DAY, Shift};
use ground::{Minute, Timeline, iso_minutes, minute_of};
use plan::{
    Activity, ActivityKind, Constraint, ConstraintKind, Crew, Dialect, Driver, FloatRule, Link,
    LinkKind, Network, Options, Progress, Schedule, schedule,
};

const DAY: i64 = 480;

/// 2023-03-06 is a Monday.
fn at(day: u8, hour: i8) -> Minute {
    minute_of(
        format!("2023-03-{day:02}").parse().expect("a date"),
        hour,
        0,
    )
}

fn told(minute: Minute) -> String {
    iso_minutes(minute)[5..].to_owned()
}

fn week(weekdays: Vec<Shift>, weekend: Vec<Shift>) -> Timeline {
    let days = [0, 1, 2, 3, 4, 5, 6].map(|day| match day {
        5 | 6 => weekend.clone(),
        _ => weekdays.clone(),
    });
    Timeline::from_week(&days, &BTreeMap::new())
}

fn office() -> Timeline {
    week(OFFICE_DAY.to_vec(), Vec::new())
}

fn nonstop() -> Timeline {
    let day = vec![Shift { from: 0, to: 1440 }];
    week(day.clone(), day)
}

fn task(code: &str, days: i64) -> Activity {
    Activity::task(code, code, 0, days * DAY)
}

fn run(activities: Vec<Activity>, links: &[(usize, usize, LinkKind)]) -> Schedule {
    let link = |&(from, to, kind): &(usize, usize, LinkKind)| Link {
        kind,
        ..Link::finish_start(from, to)
    };
    let network = Network {
        calendars: vec![office(), nonstop()],
        activities,
        links: links.iter().map(link).collect(),
    };
    let options = Options {
        float: FloatRule::Smaller,
        dialect: Dialect::MicrosoftProject,
        ..Options::from_start(at(6, 8))
    };
    schedule(&network, &options).expect("no loop")
}

/// 713 of 717 tasks in 49 files; the other four hang on a start-to-finish link alone.
#[test]
fn the_project_start_holds_only_what_nothing_else_places() {
    let mut early = task("甲", 1);
    early.constraints.push(Constraint {
        kind: ConstraintKind::StartNoEarlier,
        at: at(1, 8),
    });
    let by_finish = Activity {
        constraints: early.constraints.clone(),
        ..task("丁", 1)
    };
    let answer = run(
        vec![early, task("乙", 1), task("丙", 1), by_finish],
        &[(0, 1, LinkKind::FS), (2, 3, LinkKind::SF)],
    );
    let starts: Vec<String> = answer.early_start.iter().map(|&m| told(m)).collect();
    assert_eq!(
        starts,
        ["03-01T08:00", "03-02T08:00", "03-06T08:00", "03-06T08:00"]
    );
}

/// All 311 started tasks show their actual start as late start; what their predecessors are measured against is where the
/// remaining work goes on (`Software Development.mpp`, `UpcomingTasks.mpp`).
#[test]
fn work_that_has_begun_begins_late_where_it_began() {
    let mut second = task("乙", 2);
    second.progress = Progress::Started {
        actual_start: at(7, 8),
        remaining: DAY,
    };
    let answer = run(
        vec![task("甲", 1), second, task("丙", 10)],
        &[(0, 1, LinkKind::FS)],
    );
    assert_eq!(told(answer.late_start[1]), "03-07T08:00");
    assert_eq!(told(answer.late_finish[0]), "03-07T17:00");
    assert_eq!(answer.total_float[0], DAY);
}

/// A milestone that was reached stands where it was reached, even inside a pause (`Software Development.mpp`, task 6).
#[test]
fn a_reached_milestone_is_not_moved_to_working_time() {
    let mut reached = Activity::milestone("甲", "甲", 0, ActivityKind::FinishMilestone);
    reached.progress = Progress::Started {
        actual_start: at(8, 12),
        remaining: 0,
    };
    let answer = run(vec![reached, task("乙", 5)], &[]);
    assert_eq!(told(answer.early_finish[0]), "03-08T12:00");
}

fn manual(code: &str, start: Minute, finish: Minute, days: i64) -> Activity {
    Activity {
        fixed: Some((start, finish)),
        ..task(code, days)
    }
}

/// 128 of 128 manual tasks with a successor after their finish end late at 08:00, none at 17:00 of the day before.
#[test]
fn a_manual_task_may_last_until_its_successor_begins() {
    let first = manual("甲", at(6, 8), at(6, 17), 1);
    let answer = run(
        vec![first, task("乙", 1), task("丙", 5)],
        &[(0, 1, LinkKind::FS)],
    );
    assert_eq!(told(answer.late_start[1]), "03-10T08:00");
    assert_eq!(told(answer.late_finish[0]), "03-10T08:00");
    assert_eq!(told(answer.late_start[0]), "03-09T08:00");
    assert_eq!(answer.total_float[0], 3 * DAY);
}

/// The calendar-exception-precedence files and `ReadGroupDefinitionData.mpp`: the duration says more or fewer working days
/// than there are between the dates.
#[test]
fn a_manual_task_without_room_begins_late_where_it_begins() {
    let answer = run(vec![manual("甲", at(6, 8), at(10, 17), 3)], &[]);
    assert_eq!(answer.late_start, answer.early_start);
    assert_eq!(answer.total_float, [0]);
}

/// `task-links-project2010.mpp`, tasks 11 and 13: who waits for the start of a manual task does not hold its finish.
#[test]
fn the_start_of_a_manual_task_bounds_nothing_backwards() {
    let first = manual("甲", at(6, 8), at(6, 17), 1);
    let answer = run(
        vec![first, task("乙", 5), task("丙", 10)],
        &[(0, 1, LinkKind::SS)],
    );
    assert_eq!(answer.late_finish[0], answer.finish);
}

/// 60 tasks in 51 files: the member of a summary with a successor shows its total slack as free slack, not the room to that successor.
#[test]
fn without_a_successor_of_its_own_free_float_is_total_float() {
    let summary = Activity {
        kind: ActivityKind::Summary,
        ..task("汇总", 0)
    };
    let member = |code: &str, days| Activity {
        parent: Some(0),
        ..task(code, days)
    };
    let answer = run(
        vec![summary, member("甲", 1), member("乙", 3), task("丙", 1)],
        &[(0, 3, LinkKind::FS)],
    );
    assert_eq!(answer.total_float[1], 2 * DAY);
    assert_eq!(answer.free_float[1], 2 * DAY);
}

/// `OzBuild 16 Orig.mpp` tasks 20 and 22, `mspditimephased.xml` tasks 10 and 11 (a night-shift resource).
#[test]
fn slack_is_counted_on_the_calendar_of_the_task_itself() {
    let answer = run(
        vec![
            Activity {
                calendar: 1,
                float_calendar: Some(0),
                duration: 1440,
                ..task("甲", 0)
            },
            task("乙", 3),
        ],
        &[],
    );
    // Done on Tuesday 08:00 around the clock; two office days remain until Wednesday evening.
    assert_eq!(told(answer.early_finish[0]), "03-07T08:00");
    assert_eq!(
        (answer.total_float[0], answer.free_float[0]),
        (2 * DAY, 2 * DAY)
    );
}

/// 24 tasks of the six barstyle files: the delay is time of the clock.
#[test]
fn levelling_delay_puts_the_start_off_by_the_clock() {
    let delayed = Activity {
        delay: 5 * 1440,
        ..task("甲", 1)
    };
    let answer = run(vec![delayed, task("乙", 1)], &[]);
    assert_eq!(told(answer.early_start[0]), "03-13T08:00");
    assert_eq!(answer.driver[0], Driver::Delay);
}

/// `ResourceCosts.mpp` task 4 and its 20 sisters: done when the last resource is done.
#[test]
fn crews_with_calendars_of_their_own_end_one_by_one() {
    let crew = |calendar, work| Crew {
        calendar,
        work,
        remaining: work,
    };
    let shared = Activity {
        calendar: 1,
        crews: vec![crew(0, 2 * DAY), crew(1, 2 * DAY)],
        ..task("甲", 2)
    };
    let answer = run(vec![shared], &[]);
    assert_eq!(told(answer.early_finish[0]), "03-07T17:00");
    assert_eq!(told(answer.late_start[0]), "03-06T08:00");
}

/// `slack9.mpp`, "Milestone 2".
#[test]
fn a_must_date_that_breaks_its_links_has_negative_float() {
    let mut kept = Activity::milestone("乙", "乙", 0, ActivityKind::FinishMilestone);
    kept.constraints.push(Constraint {
        kind: ConstraintKind::MustFinish,
        at: at(9, 17),
    });
    let answer = run(vec![task("甲", 5), kept], &[(0, 1, LinkKind::FS)]);
    assert_eq!(told(answer.early_finish[1]), "03-09T17:00");
    assert_eq!(answer.total_float, [-DAY, -DAY]);
}

/// `mspdisplittask.xml`: 10 days of work over 13, late dates 13 days apart as well.
#[test]
fn the_pauses_of_a_split_task_move_with_it() {
    let split = Activity {
        pause: 3 * DAY,
        ..task("甲", 2)
    };
    let answer = run(vec![split, task("乙", 10)], &[]);
    assert_eq!(told(answer.early_finish[0]), "03-10T17:00");
    assert_eq!(told(answer.late_start[0]), "03-13T08:00");
    assert_eq!(answer.total_float[0], 5 * DAY);
}

//! Complaints about other tools, turned into facts about this one.

mod sheet;

use std::collections::BTreeMap;

use ground::{Timeline, date_of_start, iso_minutes, timeline::OFFICE_DAY};
use plan::{ActivityKind, Baseline, ConstraintKind, Progress, backward_plan, schedule};
use sheet::*;

/// A school project: 桩基 10, 主体 30, 装修 20, 室外 15 beside 装修, 验收 5, then 交付.
fn school() -> Sheet {
    let rows = [
        ("桩基", 10, ""),
        ("主体", 30, "桩基"),
        ("装修", 20, "主体"),
        ("室外", 15, "主体"),
        ("验收", 5, "装修,室外"),
        ("交付", 0, "验收"),
    ];
    sheet("2023-03-06", &rows).kind("交付", ActivityKind::FinishMilestone)
}

/// LibrePlan #1420, #1591, #1711: tasks creep past the deadline and nobody is told.
#[test]
fn tasks_that_creep_past_the_deadline_show_how_far() {
    let deadline = evening("2023-06-09");
    let plan = school().target(deadline).run();
    // Working days needed: 10 + 30 + 20 + 5 = 65. From 6 March: 20 in March (6–31), 20 in April
    // (30 days − 9 weekend days (1, 2, 8, 9, 15, 16, 22, 29, 30; Sunday 23 is worked) − 1 (5 April)),
    // 22 in May (31 − 8 weekend days + Saturday 6 worked − 1–3): 4, 5, 6, 8–12, 15–19, 22–26, 29–31
    // = 21. That makes 61; 1, 2, 5, 6 June make 65.
    assert_eq!(plan.early("交付"), "2023-06-06..2023-06-06");
    assert_eq!(plan.floats("交付").0, 3 * DAY);
    let mut crept = school().deadline("交付", deadline);
    crept.activity("主体").duration += 8 * DAY;
    let plan = crept.run();
    // Eight days more than three days of float: 6 June + 8 = Fri 16 June, five days short.
    assert_eq!(plan.early("交付"), "2023-06-16..2023-06-16");
    assert_eq!(plan.floats("交付").0, -5 * DAY);
    assert_eq!(
        plan.flagged(&plan.answer.critical),
        "桩基 主体 装修 室外 验收 交付"
    );
    assert!(
        plan.why("主体").contains("还差 5 个工作日"),
        "{}",
        plan.why("主体")
    );
    // 室外 has five days beside 装修, and they are used up: 0, just critical.
    assert_eq!(plan.floats("室外").0, 0);
}

/// ERPNext: moving one task moved tasks that had nothing to do with it, or none at all.
#[test]
fn a_slip_moves_the_successors_and_nobody_else() {
    let before = school().run();
    let mut slipped = school();
    let late = morning("2023-06-01");
    slipped = slipped.constraint("室外", ConstraintKind::StartNoEarlier, late);
    let after = slipped.run();
    for code in ["桩基", "主体", "装修"] {
        assert_eq!(after.early(code), before.early(code), "{code}");
    }
    // 室外 1–21 June (13 working days in June 1–19, then 20, 21); 验收 waits: 22–24 are off.
    assert_eq!(after.early("室外"), "2023-06-01..2023-06-21");
    assert_eq!(
        iso_minutes(after.early_minutes("验收").0),
        "2023-06-25T08:00"
    );
    assert!(after.early_minutes("交付").1 > before.early_minutes("交付").1);
}

/// Office days on the weekdays given, Monday first; the dates given are closed.
fn week(works: [bool; 7], closed: &[&str]) -> Timeline {
    let days = works.map(|works| {
        if works {
            OFFICE_DAY.to_vec()
        } else {
            Vec::new()
        }
    });
    let closed: BTreeMap<_, _> = closed.iter().map(|day| (date(day), Vec::new())).collect();
    Timeline::from_week(&days, &closed)
}

/// LibrePlan #1823: with a weekend on other days the planning goes wrong.
#[test]
fn a_weekend_on_friday_and_saturday_is_kept() {
    let mut sheet = sheet("2023-03-08", &[("A", 5, ""), ("B", 1, "A")]);
    let works = [true, true, true, true, false, false, true];
    sheet.network.calendars[OFFICE] = week(works, &[]);
    let plan = sheet.run();
    // Wed 8, Thu 9, then Sun 12, Mon 13, Tue 14.
    assert_eq!(plan.early("A"), "2023-03-08..2023-03-14");
    assert_eq!(plan.early("B"), "2023-03-15..2023-03-15");
}

/// LibrePlan #1824: a range of days off was shifted by one day.
#[test]
fn days_off_are_the_days_named_and_no_others() {
    let mut sheet = sheet("2023-03-13", &[("A", 2, ""), ("B", 2, "A")]);
    let works = [true, true, true, true, true, false, false];
    let closed = ["2023-03-15", "2023-03-16", "2023-03-17"];
    sheet.network.calendars[OFFICE] = week(works, &closed);
    let plan = sheet.run();
    assert_eq!(plan.early("A"), "2023-03-13..2023-03-14");
    assert_eq!(plan.early("B"), "2023-03-20..2023-03-21");
}

/// ERPNext #6839: a task that takes longer moved nobody. #49760: successors followed its start, not its finish.
#[test]
fn a_task_that_takes_longer_moves_its_successor_by_as_much() {
    let rows = |days| [("A", days, ""), ("B", 3, "A")];
    let (short, long) = (
        sheet("2023-03-06", &rows(5)).run(),
        sheet("2023-03-06", &rows(8)).run(),
    );
    assert_eq!(short.early("B"), "2023-03-13..2023-03-15");
    assert_eq!(long.early("B"), "2023-03-16..2023-03-20");
    assert_eq!(short.early_minutes("A").0, long.early_minutes("A").0);
}

/// ERPNext #8531: a task moved in the chart had a day more afterwards, and so had those behind it.
#[test]
fn a_task_moved_by_hand_keeps_its_length() {
    let rows = [("A", 2, ""), ("B", 2, "A")];
    let moved = sheet("2023-03-06", &rows).constraint(
        "A",
        ConstraintKind::StartNoEarlier,
        morning("2023-03-09"),
    );
    let plan = moved.run();
    // Thu 9 and Fri 10; Mon 13 and Tue 14.
    assert_eq!(plan.early("A"), "2023-03-09..2023-03-10");
    assert_eq!(plan.early("B"), "2023-03-13..2023-03-14");
}

/// ERPNext #54271: what is done early draws its successors forward only by hand.
#[test]
fn what_is_done_early_lets_its_successor_begin() {
    let done = Progress::Finished {
        actual_start: morning("2023-03-06"),
        actual_finish: evening("2023-03-08"),
    };
    let plan = sheet("2023-03-06", &[("A", 5, ""), ("B", 3, "A")])
        .progress("A", done)
        .data_date(morning("2023-03-09"))
        .run();
    // Planned from Mon 13; Thu 9, Fri 10, Mon 13 now.
    assert_eq!(plan.early("B"), "2023-03-09..2023-03-13");
}

/// GanttProject #468, TaskJuggler #131: nobody plans back from the opening day.
#[test]
fn the_opening_day_says_when_to_break_ground() {
    let sheet = school();
    // The school opens on Friday 1 September 2023.
    let plan = backward_plan(&sheet.network, evening("2023-08-31")).expect("no loop");
    let start_by = date_of_start(plan.start_by);
    let mut sheet = school();
    sheet.options.start = plan.start_by;
    let forward = sheet.run();
    assert_eq!(iso_minutes(forward.answer.finish), "2023-08-31T17:00");
    // 65 working days back from 31 August: 23 in August, 21 in July, 20 in June (1–30 without
    // 22, 23; Sunday 25 worked: 22 − 2 + 1 = 21, all used) make 65 from 1 June.
    assert_eq!(start_by, date("2023-06-01"));
}

/// TaskJuggler refuses a plan whose deadline cannot be met.
#[test]
fn an_impossible_opening_day_is_still_planned() {
    let mut sheet = school();
    sheet.options.target = Some(evening("2023-03-10"));
    let answer = schedule(&sheet.network, &sheet.options).expect("negative float is no error");
    // 65 working days are needed, 5 are there.
    assert_eq!(answer.total_float[0], -60 * DAY);
}

#[test]
fn a_baseline_tells_how_far_each_task_has_moved() {
    let first = school().run();
    let baseline = Baseline::of_early("第一版", &first.sheet.network, &first.answer);
    let started = Progress::Started {
        actual_start: morning("2023-03-08"),
        remaining: 9 * DAY,
    };
    let now = school()
        .progress("桩基", started)
        .data_date(morning("2023-03-10"))
        .run();
    let moved = baseline.compare(&now.sheet.network, &now.answer);
    // 桩基 began two days late; nine days from Fri 10 end on Wed 22, three days after Fri 17.
    assert_eq!(
        (moved[0].start_slip, moved[0].finish_slip),
        (2 * DAY, 3 * DAY)
    );
    assert_eq!(
        (moved[5].start_slip, moved[5].finish_slip),
        (3 * DAY, 3 * DAY)
    );
}

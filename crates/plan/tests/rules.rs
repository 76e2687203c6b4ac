//! Rules without a truth file, each by a network small enough to work out by hand; the working is in the comments.
//! March 2023 has no holidays: Monday 6, Friday 10, Monday 13.

mod sheet;

use plan::{
    ActivityKind, ConstraintKind, CriticalRule, Dialect, Driver, FloatRule, LagCalendar,
    OutOfSequence, Progress, Timing, schedule,
};
use sheet::*;

const MONDAY: &str = "2023-03-06";

fn days(first: u8, last: u8) -> String {
    format!("2023-03-{first:02}..2023-03-{last:02}")
}

fn started(day: &str, remaining_days: i64) -> Progress {
    Progress::Started {
        actual_start: morning(day),
        remaining: remaining_days * DAY,
    }
}

/// A unfinished, five days left from Wed 8; B began on Tue 7 before A was done, two days left.
fn out_of_sequence(rule: OutOfSequence) -> Plan {
    let mut sheet = sheet(MONDAY, &[("A", 5, ""), ("B", 3, "A"), ("C", 1, "B")])
        .progress("B", started("2023-03-07", 2))
        .data_date(morning("2023-03-08"));
    sheet.options.out_of_sequence = rule;
    sheet.run()
}

#[test]
fn retained_logic_waits_and_progress_override_goes_on() {
    let plan = out_of_sequence(OutOfSequence::RetainedLogic);
    assert_eq!(
        (plan.early("B"), plan.early("C")),
        (days(7, 16), days(17, 17))
    );
    let plan = out_of_sequence(OutOfSequence::ProgressOverride);
    // B goes on at once: Wed 8 – Thu 9; C Fri 10; A, Wed 8 – Tue 14, is bound by the project finish only.
    assert_eq!(
        (plan.early("B"), plan.early("C")),
        (days(7, 9), days(10, 10))
    );
    assert_eq!(plan.floats("A").0, 0);
    assert_eq!(plan.floats("C").0, 2 * DAY);
}

#[test]
fn actual_dates_show_the_predecessor_late_by_what_went_ahead() {
    let plan = out_of_sequence(OutOfSequence::ActualDates);
    assert_eq!(plan.early("B"), days(7, 9));
    // B began Tue 7, 08:00: A should have been over on Mon 6, it ends on Tue 14: six days.
    assert_eq!(plan.floats("A").0, -6 * DAY);
}

#[test]
fn float_by_start_by_finish_and_the_smaller() {
    // Members A (2 days, over by Thu 9) and B (5 days) of S beside Z (8 days, to Wed 15). S is possible Mon 6 – Fri 10;
    // A must begin by Wed 8, B must end by Wed 15: two days by the start, three by the finish.
    let rows = [("Z", 8, ""), ("S", 0, ""), ("A", 2, ""), ("B", 5, "")];
    let float = |rule| {
        let mut sheet = sheet(MONDAY, &rows)
            .kind("S", ActivityKind::Summary)
            .deadline("A", evening("2023-03-09"));
        for member in ["A", "B"] {
            sheet.activity(member).parent = Some(1);
        }
        sheet.options.float = rule;
        sheet.run().floats("S").0
    };
    assert_eq!(float(FloatRule::Start), 2 * DAY);
    assert_eq!(float(FloatRule::Finish), 3 * DAY);
    assert_eq!(float(FloatRule::Smaller), 2 * DAY);
}

#[test]
fn open_ends_are_critical_when_asked() {
    let rows = [("A", 10, ""), ("B", 2, ""), ("C", 1, "B")];
    let mut sheet = sheet(MONDAY, &rows);
    sheet.options.open_ends_critical = true;
    let plan = sheet.run();
    assert_eq!(plan.flagged(&plan.answer.critical), "A B C");
}

#[test]
fn critical_by_longest_path_does_not_look_at_floats() {
    let mut sheet = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A"), ("C", 1, "")])
        .deadline("C", evening("2023-03-03"));
    sheet.options.critical = CriticalRule::LongestPath;
    let plan = sheet.run();
    assert!(plan.floats("C").0 < 0);
    assert_eq!(plan.flagged(&plan.answer.critical), "A B");
}

#[test]
fn floats_may_run_to_the_finish_of_the_own_project() {
    let rows = [("A", 3, ""), ("B", 10, "")];
    let float = |own| {
        let mut sheet = sheet(MONDAY, &rows);
        sheet.activity("B").project = 1;
        sheet.options.float_to_own_project = own;
        sheet.run().floats("A").0
    };
    assert_eq!((float(true), float(false)), (0, 7 * DAY));
}

#[test]
fn a_mandatory_start_breaks_the_link_and_shows_the_lack() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A"), ("C", 1, "B")])
        .constraint("B", ConstraintKind::MandatoryStart, morning("2023-03-08"))
        .run();
    // B stands Wed 8 – Thu 9 although A ends on Fri 10; A should end on Tue 7.
    assert_eq!((plan.early("B"), plan.late("B")), (days(8, 9), days(8, 9)));
    assert_eq!(plan.early("C"), days(10, 10));
    assert_eq!(plan.floats("A").0, -3 * DAY);
    assert_eq!(plan.floats("B").0, 0);
}

#[test]
fn a_second_constraint_bounds_the_other_side() {
    let plan = sheet(MONDAY, &[("A", 2, ""), ("B", 10, "")])
        .constraint("A", ConstraintKind::StartNoEarlier, morning("2023-03-08"))
        .constraint("A", ConstraintKind::FinishNoLater, evening("2023-03-10"))
        .run();
    assert_eq!((plan.early("A"), plan.late("A")), (days(8, 9), days(9, 10)));
}

#[test]
fn late_in_free_float_moves_nobody_and_a_chain_of_it_moves_as_one() {
    let mut sheet = sheet(
        MONDAY,
        &[("A", 10, ""), ("B", 2, ""), ("C", 1, "B"), ("D", 2, "A,C")],
    );
    for code in ["B", "C"] {
        sheet.activity(code).timing = Timing::LateInFreeFloat;
    }
    let plan = sheet.run();
    // D begins Mon 20 after A; C Fri 17, B Wed 15 – Thu 16.
    assert_eq!(
        (plan.early("B"), plan.early("C")),
        (days(15, 16), days(17, 17))
    );
    assert_eq!(plan.early("D"), days(20, 21));
    assert_eq!(plan.answer.driver[1], Driver::Late);
}

#[test]
fn late_in_total_float_takes_its_successors_along() {
    let mut sheet = sheet(MONDAY, &[("A", 10, ""), ("B", 2, ""), ("C", 1, "B")]);
    sheet.activity("B").timing = Timing::LateInTotalFloat;
    let plan = sheet.run();
    // Possible Mon 6 – Tue 7, planned Wed 15 – Thu 16 before C on Fri 17, the end of A.
    let planned = |i: usize| (plan.answer.planned_start[i], plan.answer.planned_finish[i]);
    assert_eq!(plan.early("B"), days(6, 7));
    assert_eq!(planned(1), (morning("2023-03-15"), evening("2023-03-16")));
    assert_eq!(planned(2), (morning("2023-03-17"), evening("2023-03-17")));
    assert_eq!(planned(0), plan.early_minutes("A"));
}

#[test]
fn an_expected_finish_stretches_and_shrinks_the_remaining_work() {
    let run = |finish| {
        let mut sheet = sheet(MONDAY, &[("A", 3, ""), ("B", 1, "A")]);
        sheet.activity("A").expected_finish = Some(finish);
        sheet.run()
    };
    let plan = run(evening("2023-03-09"));
    assert_eq!(
        (plan.early("A"), plan.early("B")),
        (days(6, 9), days(10, 10))
    );
    assert_eq!((plan.late("A"), plan.floats("A").0), (days(6, 9), 0));
    assert_eq!(run(evening("2023-03-07")).early("A"), days(6, 7));
    // A date that is past changes nothing.
    assert_eq!(run(evening("2023-03-03")).early("A"), days(6, 8));
}

#[test]
fn a_hammock_spans_its_links_and_drives_nobody() {
    let rows = [
        ("A", 3, ""),
        ("B", 5, "A"),
        ("H", 1, "A SS"),
        ("C", 2, "B,H"),
    ];
    let mut sheet = sheet(MONDAY, &rows).kind("H", ActivityKind::LevelOfEffort);
    sheet.link("B", "H FF");
    let plan = sheet.run();
    // From A's start on Mon 6 to B's finish on Wed 15; C follows B, not the hammock.
    assert_eq!(plan.early("H"), days(6, 15));
    assert_eq!(plan.early("C"), days(16, 17));
    assert_eq!(plan.flagged(&plan.answer.critical), "A B C");
    assert_eq!(plan.answer.driver[2], Driver::Rollup);
}

/// Summary S with members A (3 days) and B (2 days after A); C waits for S.
fn summary(before: &str) -> Sheet {
    let rows = [
        ("Z", 2, ""),
        ("S", 0, before),
        ("A", 3, ""),
        ("B", 2, "A"),
        ("C", 1, "S"),
    ];
    let mut sheet = sheet(MONDAY, &rows).kind("S", ActivityKind::Summary);
    for member in ["A", "B"] {
        sheet.activity(member).parent = Some(1);
    }
    sheet
}

#[test]
fn a_summary_rolls_up_and_its_links_hold_for_its_members() {
    let plan = summary("Z").run();
    // Z Mon 6 – Tue 7; A Wed 8 – Fri 10, B Mon 13 – Tue 14, C Wed 15.
    assert_eq!(
        (plan.early("A"), plan.early("S")),
        (days(8, 10), days(8, 14))
    );
    assert_eq!(plan.early("C"), days(15, 15));
    assert_eq!(plan.late("S"), days(8, 14));
    assert_eq!(plan.floats("Z").0, 0);
}

#[test]
fn constraints_and_deadlines_of_a_summary_hold_for_its_members() {
    let plan = summary("")
        .constraint("S", ConstraintKind::StartNoEarlier, morning("2023-03-08"))
        .deadline("S", evening("2023-03-13"))
        .run();
    assert_eq!(plan.early("S"), days(8, 14));
    assert_eq!((plan.floats("B").0, plan.floats("A").0), (-DAY, -DAY));
    assert_eq!(plan.answer.late_driver[3], Driver::Deadline);
}

#[test]
fn a_summary_waiting_for_its_own_member_is_a_loop() {
    let sheet = summary("B");
    let findings = schedule(&sheet.network, &sheet.options).expect_err("a loop");
    assert_eq!(findings[0].code, "plan.loop");
}

#[test]
fn a_manual_task_stands_where_it_was_put_and_still_drives() {
    let mut sheet = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A"), ("C", 1, "B")]);
    sheet.activity("B").fixed = Some((morning("2023-03-08"), evening("2023-03-09")));
    let plan = sheet.run();
    assert_eq!(
        (plan.early("B"), plan.early("C")),
        (days(8, 9), days(10, 10))
    );
    assert_eq!(plan.answer.driver[1], Driver::Fixed);
}

#[test]
fn a_lag_runs_on_the_calendar_of_the_project_when_told() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 1, "A FS+2天")])
        .lag_calendar(LagCalendar::Of(SEVEN))
        .run();
    // A ends Fri 10; two seven-day days end on Sun 12: B on Mon 13.
    assert_eq!(plan.early("B"), days(13, 13));
}

#[test]
fn a_start_lag_counts_from_the_actual_start_or_from_the_restart() {
    let run = |from_actual| {
        let mut sheet = sheet(MONDAY, &[("Z", 9, ""), ("A", 9, "Z"), ("B", 1, "A SS+4天")])
            .progress("A", started("2023-03-06", 8))
            .data_date(morning("2023-03-08"));
        sheet.options.start_lag_from_actual = from_actual;
        sheet.run()
    };
    // Four days from Mon 6 end on Thu 9.
    assert_eq!(run(true).early("B"), days(10, 10));
    // Two of four days are over on Wed 8; A goes on when Z is done, Tue 21: two days more end on Wed 22.
    assert_eq!(run(false).early("B"), days(23, 23));
}

#[test]
fn p6_lets_logic_run_through_finished_work_and_we_do_not() {
    let run = |dialect| {
        let mut sheet = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A"), ("C", 1, "B")])
            .progress(
                "B",
                Progress::Finished {
                    actual_start: morning("2023-03-06"),
                    actual_finish: evening("2023-03-07"),
                },
            )
            .data_date(morning("2023-03-08"));
        sheet.options.dialect = dialect;
        sheet.run().early("C")
    };
    // A runs Wed 8 – Tue 14.
    assert_eq!(run(Dialect::P6), days(15, 15));
    assert_eq!(run(Dialect::Guatu), days(8, 8));
}

#[test]
fn microsoft_project_leaves_started_work_where_its_start_put_it() {
    let mut sheet = sheet(MONDAY, &[("A", 5, ""), ("B", 1, "A")])
        .progress("A", started("2023-03-07", 4))
        .data_date(evening("2023-03-24"));
    sheet.options.dialect = Dialect::MicrosoftProject;
    let plan = sheet.run();
    assert_eq!(
        (plan.early("A"), plan.early("B")),
        (days(7, 13), days(14, 14))
    );
}

#[test]
fn microsoft_project_honours_no_later_against_links() {
    let mut sheet = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A")]).constraint(
        "B",
        ConstraintKind::FinishNoLater,
        evening("2023-03-10"),
    );
    sheet.options.dialect = Dialect::MicrosoftProject;
    let plan = sheet.run();
    assert_eq!(plan.early("B"), days(9, 10));
}

/// The complaint behind LibrePlan #1420, #1711 and #1591: late and critical wrong around a deadline.
#[test]
fn a_deadline_moves_no_early_date_however_tight() {
    let rows = [("A", 5, ""), ("B", 5, "A")];
    let free = sheet(MONDAY, &rows).run();
    let tight = sheet(MONDAY, &rows)
        .deadline("B", evening("2023-03-07"))
        .run();
    assert_eq!(free.early("A"), tight.early("A"));
    assert_eq!(free.early("B"), tight.early("B"));
    assert_eq!(tight.floats("B").0, -8 * DAY);
}

/// The wish behind LibrePlan #906: planning backwards that can be relied on.
#[test]
fn planning_backwards_never_passes_the_target() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 5, "A"), ("C", 2, "A SS+1天")]).run();
    let target = evening("2023-03-31");
    let back = plan::backward_plan(&plan.sheet.network, target).expect("no loop");
    assert!(back.finish.iter().all(|&finish| finish <= target));
    assert_eq!(back.finish[1], target);
}

/// Where tools move all dependent tasks by the shift of their predecessor (said of ERPNext), float has to take it up.
#[test]
fn a_delay_within_the_float_moves_no_successor() {
    let rows = [("A", 2, ""), ("B", 5, ""), ("C", 1, "A,B")];
    let longer = [("A", 4, ""), ("B", 5, ""), ("C", 1, "A,B")];
    let (plan, later) = (sheet(MONDAY, &rows).run(), sheet(MONDAY, &longer).run());
    assert_eq!(plan.early("C"), later.early("C"));
    assert_eq!(later.floats("A").0, DAY);
}

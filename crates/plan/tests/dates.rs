//! Networks whose dates were worked out by hand; the working is in the comments.
//!
//! March 2023 has no holidays: Monday 6, Friday 10, Monday 13. 劳动节 2023: 29 April to 3 May off,
//! Sunday 23 April and Saturday 6 May worked.

mod sheet;

use ground::iso_minutes;
use plan::{
    ActivityKind, ConstraintKind, CriticalRule, Driver, LagCalendar, Network, Options, Progress,
    schedule,
};
use sheet::*;

const MONDAY: &str = "2023-03-06";

#[test]
fn a_chain_passes_over_the_weekend() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 3, "A")]).run();
    // A Mon 6 – Fri 10; B Mon 13 – Wed 15.
    assert_eq!(plan.early("A"), "2023-03-06..2023-03-10");
    assert_eq!(plan.early("B"), "2023-03-13..2023-03-15");
    assert_eq!(iso_minutes(plan.early_minutes("B").0), "2023-03-13T08:00");
    assert_eq!(iso_minutes(plan.answer.finish), "2023-03-15T17:00");
}

#[test]
fn half_days_pass_over_lunch() {
    let mut sheet = sheet(MONDAY, &[("A", 1, ""), ("B", 1, "A")]);
    sheet.activity("A").duration = 300;
    let plan = sheet.run();
    // 08:00–12:00 is 240 minutes, 60 more end at 14:00; B ends the next day at 14:00.
    assert_eq!(iso_minutes(plan.early_minutes("A").1), "2023-03-06T14:00");
    assert_eq!(iso_minutes(plan.early_minutes("B").1), "2023-03-07T14:00");
}

#[test]
fn labour_day_is_off_and_its_make_up_saturday_is_worked() {
    let plan = sheet("2023-04-27", &[("A", 3, ""), ("B", 2, "A")]).run();
    // A: Thu 27, Fri 28 April, then Thu 4 May. B: Fri 5 and Saturday 6 May (调休).
    assert_eq!(plan.early("A"), "2023-04-27..2023-05-04");
    assert_eq!(plan.early("B"), "2023-05-05..2023-05-06");
}

#[test]
fn a_finish_milestone_stays_on_friday_and_a_start_milestone_waits_for_monday() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("交付", 0, "A"), ("进场", 0, "A")])
        .kind("交付", ActivityKind::FinishMilestone)
        .kind("进场", ActivityKind::StartMilestone)
        .run();
    let friday = evening("2023-03-10");
    assert_eq!(plan.early_minutes("交付"), (friday, friday));
    assert_eq!(
        plan.early_minutes("进场"),
        (morning("2023-03-13"), morning("2023-03-13"))
    );
    assert_eq!(plan.early("交付"), "2023-03-10..2023-03-10");
}

#[test]
fn a_finish_milestone_after_saturday_work_waits_for_its_own_calendar() {
    let rows = [("A", 6, ""), ("移交", 0, "A"), ("完工", 0, "A")];
    let plan = sheet(MONDAY, &rows)
        .calendar("A", SEVEN)
        .calendar("完工", SEVEN)
        .kind("移交", ActivityKind::FinishMilestone)
        .kind("完工", ActivityKind::FinishMilestone)
        .run();
    // A works Mon 6 – Sat 11. On the site's calendar that Saturday is the end; the office takes
    // over on Mon 13. (P6 does the same: its finish milestones then stand at 08:00.)
    assert_eq!(plan.early("完工"), "2023-03-11..2023-03-11");
    assert_eq!(plan.early("移交"), "2023-03-13..2023-03-13");
    assert_eq!(plan.floats("移交").0, 0);
    // The site could work on Sunday as well before anybody waits.
    assert_eq!(plan.floats("A").0, DAY);
}

#[test]
fn a_milestone_without_predecessors_stands_on_the_first_morning() {
    let plan = sheet("2023-03-04", &[("开工", 0, ""), ("交付", 0, "")])
        .kind("开工", ActivityKind::StartMilestone)
        .kind("交付", ActivityKind::FinishMilestone)
        .run();
    assert_eq!(plan.early("开工"), "2023-03-06..2023-03-06");
    assert_eq!(plan.early("交付"), "2023-03-06..2023-03-06");
}

#[test]
fn start_to_start_with_a_lag_counts_from_the_start() {
    let plan = sheet(MONDAY, &[("A", 10, ""), ("B", 2, "A SS+2天")]).run();
    // A starts Mon 6; two days later is Tue 7 in the evening, so B works Wed 8 and Thu 9.
    assert_eq!(plan.early("B"), "2023-03-08..2023-03-09");
    // A may not be late at all (it ends the project); B may slip to end on Fri 17: 6 days.
    assert_eq!(plan.floats("B"), (6 * DAY, 6 * DAY));
    assert_eq!(plan.floats("A"), (0, 0));
}

#[test]
fn finish_to_finish_pulls_the_start_to_fit() {
    let plan = sheet(MONDAY, &[("A", 8, ""), ("B", 3, "A FF+1天")]).run();
    // A ends Wed 15; B ends a day later, Thu 16, and needs three days: Tue 14 – Thu 16.
    assert_eq!(plan.early("B"), "2023-03-14..2023-03-16");
    assert_eq!(plan.floats("A"), (0, 0));
}

#[test]
fn start_to_finish_holds_the_guard_until_the_relief_starts() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A"), ("C", 3, "B SF")]).run();
    // B starts Mon 13; C must not end before: three days ending Fri 10.
    assert_eq!(plan.early("B"), "2023-03-13..2023-03-14");
    assert_eq!(iso_minutes(plan.early_minutes("C").0), "2023-03-08T08:00");
    // The bound is Monday 08:00; in office time that is Friday evening, shown on the bound.
    assert_eq!(iso_minutes(plan.early_minutes("C").1), "2023-03-13T08:00");
}

#[test]
fn a_negative_lag_overlaps() {
    let plan = sheet(MONDAY, &[("A", 10, ""), ("B", 3, "A FS-2天")]).run();
    // A ends Fri 17; two days back is Wed 15 in the evening; B works Thu 16, Fri 17, Mon 20.
    assert_eq!(plan.early("B"), "2023-03-16..2023-03-20");
    assert_eq!(plan.late("A"), "2023-03-06..2023-03-17");
    assert_eq!(plan.floats("A"), (0, 0));
}

#[test]
fn concrete_hardens_on_weekends_when_the_lag_is_elapsed() {
    let rows = [("浇筑", 3, ""), ("拆模", 1, "浇筑 FS+7自然日")];
    let plan = sheet(MONDAY, &rows).run();
    // 浇筑 ends Wed 8, 17:00; seven days of 24 h later is Wed 15, 17:00; 拆模 on Thu 16.
    assert_eq!(plan.early("拆模"), "2023-03-16..2023-03-16");
    assert_eq!(plan.floats("浇筑"), (0, 0));
}

#[test]
fn the_lag_runs_on_the_calendar_it_names() {
    let lagged = |calendar| {
        let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 1, "A FS+2天")])
            .calendar("B", SEVEN)
            .lag_calendar(calendar)
            .run();
        plan.early("B")
    };
    // A ends Fri 10. Office days 13, 14 -> B on Wed 15. Seven-day days 11, 12 -> Mon 13.
    assert_eq!(lagged(LagCalendar::Predecessor), "2023-03-15..2023-03-15");
    assert_eq!(lagged(LagCalendar::Successor), "2023-03-13..2023-03-13");
    // 960 minutes = 16 h after Friday 17:00 is Saturday 09:00, when B can start at once.
    let elapsed = lagged(LagCalendar::Elapsed);
    assert_eq!(elapsed, "2023-03-11..2023-03-12");
}

/// A 3 days, then B 5 days beside C 2 days, then D 2 days.
fn diamond() -> Sheet {
    sheet(
        MONDAY,
        &[("A", 3, ""), ("B", 5, "A"), ("C", 2, "A"), ("D", 2, "B,C")],
    )
}

#[test]
fn the_shorter_branch_has_the_float() {
    let plan = diamond().run();
    // A 6–8, B 9–15, C 9–10, D 16–17 March. C may end on Wed 15: Mon, Tue, Wed = 3 days.
    assert_eq!(plan.early("D"), "2023-03-16..2023-03-17");
    assert_eq!(plan.late("C"), "2023-03-14..2023-03-15");
    assert_eq!(plan.floats("C"), (3 * DAY, 3 * DAY));
    assert_eq!(plan.flagged(&plan.answer.critical), "A B D");
    assert_eq!(plan.flagged(&plan.answer.longest_path), "A B D");
    let chain = plan::driving_chain(&plan.sheet.network, &plan.answer, 3);
    assert_eq!(plan.codes(&chain), "A B D");
}

#[test]
fn total_float_is_shared_along_a_branch_and_free_float_is_its_last_link() {
    let rows = [("A", 10, ""), ("B", 2, ""), ("C", 3, "B"), ("D", 1, "A,C")];
    let plan = sheet(MONDAY, &rows).run();
    // A 6–17 March; B 6–7, C 8–10; D Mon 20. B and C may slip five days, only C freely.
    assert_eq!(plan.floats("B"), (5 * DAY, 0));
    assert_eq!(plan.floats("C"), (5 * DAY, 5 * DAY));
}

#[test]
fn an_impossible_target_is_negative_float_and_moves_no_early_date() {
    let plan = diamond().target(evening("2023-03-15")).run();
    // Computed finish Fri 17, target Wed 15: two working days short; C keeps 3 − 2 = 1.
    assert_eq!(plan.early("D"), "2023-03-16..2023-03-17");
    assert_eq!(plan.floats("A").0, -2 * DAY);
    assert_eq!(plan.floats("D").0, -2 * DAY);
    assert_eq!(plan.floats("C"), (DAY, 3 * DAY));
    // D Tue 14 – Wed 15, B Tue 7 – Mon 13, A Thu 2 – Mon 6.
    assert_eq!(plan.late("D"), "2023-03-14..2023-03-15");
    assert_eq!(plan.late("A"), "2023-03-02..2023-03-06");
    assert_eq!(plan.answer.late_driver[3], Driver::Target);
}

#[test]
fn a_deadline_bounds_the_late_finish_only() {
    let plan = diamond().deadline("C", evening("2023-03-09")).run();
    // C ends Fri 10, its deadline is Thu 9: one day short. A must then end Tue 7: one day short.
    assert_eq!(plan.early("C"), "2023-03-09..2023-03-10");
    assert_eq!(plan.floats("C").0, -DAY);
    assert_eq!(plan.floats("A").0, -DAY);
    assert_eq!(plan.floats("B").0, 0);
    let chain = plan::late_chain(&plan.sheet.network, &plan.answer, 0);
    assert_eq!(plan.codes(&chain), "A C");
    assert_eq!(plan.answer.late_driver[2], Driver::Deadline);
    // The longest path does not care for deadlines.
    assert_eq!(plan.flagged(&plan.answer.longest_path), "A B D");
}

#[test]
fn the_critical_threshold_takes_in_what_is_nearly_critical() {
    let mut sheet = diamond();
    sheet.options.critical = CriticalRule::Threshold(3 * DAY);
    let plan = sheet.run();
    assert_eq!(plan.flagged(&plan.answer.critical), "A B C D");
}

#[test]
fn each_constraint_bounds_its_own_side() {
    let with = |kind, at| {
        sheet(MONDAY, &[("A", 3, ""), ("B", 10, "")])
            .constraint("A", kind, at)
            .run()
    };
    // Without a constraint A is 6–8 March with 7 days of float (B ends Fri 17).
    let plan = with(ConstraintKind::StartNoEarlier, morning("2023-03-08"));
    assert_eq!(plan.early("A"), "2023-03-08..2023-03-10");
    assert_eq!(plan.floats("A").0, 5 * DAY);
    let plan = with(ConstraintKind::FinishNoEarlier, evening("2023-03-09"));
    assert_eq!(plan.early("A"), "2023-03-07..2023-03-09");
    let plan = with(ConstraintKind::StartNoLater, morning("2023-03-07"));
    assert_eq!((plan.early("A"), plan.late("A")), (days(6, 8), days(7, 9)));
    assert_eq!(plan.floats("A").0, DAY);
    let plan = with(ConstraintKind::FinishNoLater, evening("2023-03-07"));
    assert_eq!((plan.early("A"), plan.floats("A").0), (days(6, 8), -DAY));
    let plan = with(ConstraintKind::StartOn, morning("2023-03-08"));
    assert_eq!(
        (plan.early("A"), plan.late("A")),
        (days(8, 10), days(8, 10))
    );
    let plan = with(ConstraintKind::FinishOn, evening("2023-03-10"));
    assert_eq!(
        (plan.early("A"), plan.late("A")),
        (days(8, 10), days(8, 10))
    );
    assert_eq!(
        plan.answer.driver[0],
        Driver::Constraint(ConstraintKind::FinishOn)
    );
}

fn days(first: u8, last: u8) -> String {
    format!("2023-03-{first:02}..2023-03-{last:02}")
}

#[test]
fn a_fixed_start_does_not_break_a_link() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A")])
        .constraint("B", ConstraintKind::StartOn, morning("2023-03-08"))
        .run();
    // B waits for A (Fri 10) although it is fixed to Wed 8: it runs 13–14, three days short.
    assert_eq!(plan.early("B"), "2023-03-13..2023-03-14");
    assert_eq!(plan.floats("B").0, -3 * DAY);
    assert_eq!(plan.floats("A").0, -3 * DAY);
}

#[test]
fn nothing_unfinished_lies_before_the_data_date() {
    let started = Progress::Started {
        actual_start: morning("2023-03-06"),
        remaining: 4 * DAY,
    };
    let finished = Progress::Finished {
        actual_start: morning("2023-03-06"),
        actual_finish: evening("2023-03-07"),
    };
    let plan = sheet(
        MONDAY,
        &[("A", 2, ""), ("B", 5, ""), ("C", 3, "A"), ("D", 1, "B")],
    )
    .progress("A", finished)
    .progress("B", started)
    .data_date(evening("2023-03-10"))
    .run();
    // Data date Fri 10 evening. B: 4 days left, Mon 13 – Thu 16. C: free to start, Mon 13 – Wed 15.
    assert_eq!(plan.early("A"), days(6, 7));
    assert_eq!(plan.early("B"), days(6, 16));
    assert_eq!(
        iso_minutes(plan.answer.remaining_start[1]),
        "2023-03-13T08:00"
    );
    assert_eq!(plan.early("C"), days(13, 15));
    assert_eq!(plan.early("D"), days(17, 17));
    assert_eq!(plan.answer.driver[2], Driver::DataDate);
    assert_eq!(plan.floats("C"), (2 * DAY, 2 * DAY));
    assert_eq!(plan.flagged(&plan.answer.critical), "B D");
}

#[test]
fn retained_logic_lets_remaining_work_wait_for_its_predecessor() {
    let started = Progress::Started {
        actual_start: morning("2023-03-07"),
        remaining: 2 * DAY,
    };
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 3, "A")])
        .progress("B", started)
        .data_date(morning("2023-03-08"))
        .run();
    // B began before A was done. A now runs Wed 8 – Tue 14; B's last two days are 15–16.
    assert_eq!(plan.early("A"), days(8, 14));
    assert_eq!(plan.early("B"), days(7, 16));
    assert_eq!(plan.floats("A").0, 0);
}

#[test]
fn a_finished_successor_asks_nothing_of_its_predecessor() {
    let finished = Progress::Finished {
        actual_start: morning("2023-03-06"),
        actual_finish: evening("2023-03-07"),
    };
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 2, "A"), ("C", 9, "")])
        .progress("B", finished)
        .data_date(morning("2023-03-08"))
        .run();
    // A Wed 8 – Tue 14, C Wed 8 – Mon 20; A is bound by the project finish only.
    assert_eq!(plan.floats("A"), (4 * DAY, 4 * DAY));
    assert_eq!(plan.early("B"), days(6, 7));
}

#[test]
fn a_lag_that_began_before_the_data_date_counts_from_the_actual_finish() {
    let finished = Progress::Finished {
        actual_start: morning("2023-03-06"),
        actual_finish: evening("2023-03-07"),
    };
    let plan = sheet(MONDAY, &[("A", 2, ""), ("B", 1, "A FS+5天")])
        .progress("A", finished)
        .data_date(morning("2023-03-10"))
        .run();
    // Five days after Tue 7 end on Tue 14; B on Wed 15.
    assert_eq!(plan.early("B"), days(15, 15));
}

#[test]
fn a_task_of_seven_days_a_week_may_use_the_weekend_of_its_office_successor() {
    let plan = sheet(MONDAY, &[("A", 5, ""), ("B", 3, "A")])
        .calendar("A", SEVEN)
        .run();
    // A Mon 6 – Fri 10 could end on Sunday 12 without moving B (Mon 13): two days on its calendar.
    assert_eq!(plan.floats("A"), (2 * DAY, 2 * DAY));
    assert_eq!(plan.late("A"), "2023-03-08..2023-03-12");
    assert_eq!(plan.flagged(&plan.answer.critical), "B");
    // It drives B all the same.
    assert_eq!(plan.flagged(&plan.answer.longest_path), "A B");
}

#[test]
fn office_work_that_must_end_with_weekend_work_ends_on_the_weekend() {
    let plan = sheet(MONDAY, &[("A", 6, ""), ("B", 2, "A FF")])
        .calendar("A", SEVEN)
        .run();
    // A ends Sat 11. B works Thu 9 – Fri 10 and is over with A on Saturday, not before.
    assert_eq!(plan.early("B"), "2023-03-09..2023-03-11");
    assert_eq!(plan.floats("A"), (0, 0));
    assert_eq!(plan.floats("B"), (0, 0));
}

#[test]
fn a_loop_is_told_whole_and_in_order() {
    let rows = [
        ("1", 1, "3"),
        ("2", 1, "1"),
        ("3", 1, "2"),
        ("4", 1, "3"),
        ("5", 1, ""),
    ];
    let sheet = sheet(MONDAY, &rows);
    let findings = schedule(&sheet.network, &sheet.options).expect_err("a loop");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, "plan.loop");
    let steps = "1「1」 → 2「2」 → 3「3」 → 1「1」";
    let turned = [
        "2「2」 → 3「3」 → 1「1」 → 2「2」",
        "3「3」 → 1「1」 → 2「2」 → 3「3」",
        steps,
    ];
    assert!(
        turned
            .iter()
            .any(|steps| findings[0].problem.contains(steps)),
        "{findings:?}"
    );
    assert!(findings[0].problem.contains("3 项工作"));
    // The link from 3 back to 1 goes against the written order.
    assert!(
        findings[0].remedy.contains("1「1」 的前置工作里的 3「3」"),
        "{findings:?}"
    );
}

#[test]
fn two_loops_are_two_findings_and_a_self_link_is_a_loop_of_one() {
    let sheet = sheet(MONDAY, &[("1", 1, "2"), ("2", 1, "1"), ("3", 1, "3")]);
    let findings = schedule(&sheet.network, &sheet.options).expect_err("two loops");
    assert_eq!(findings.len(), 2);
    assert!(findings[1].problem.contains("3「3」 → 3「3」"));
}

#[test]
fn broken_indexes_and_negative_durations_are_findings() {
    let mut sheet = sheet(MONDAY, &[("1", -1, ""), ("2", 1, "1")]);
    sheet.network.links[0].from = 9;
    sheet.activity("2").calendar = 9;
    let findings = schedule(&sheet.network, &sheet.options).expect_err("broken");
    let codes: Vec<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["plan.duration", "plan.index", "plan.index"]);
}

#[test]
fn an_empty_network_has_an_empty_answer() {
    let network = Network {
        calendars: vec![],
        activities: vec![],
        links: vec![],
    };
    let answer = schedule(&network, &Options::from_start(0)).expect("nothing to go wrong");
    assert_eq!((answer.finish, answer.early_start.len()), (0, 0));
}

#[test]
fn a_chain_of_a_hundred_thousand_needs_no_stack() {
    let count = 100_000;
    let mut sheet = sheet(MONDAY, &[]);
    for i in 0..count {
        sheet
            .network
            .activities
            .push(plan::Activity::task(format!("{i}"), "", SEVEN, 1));
        if i > 0 {
            sheet
                .network
                .links
                .push(plan::Link::finish_start(count - i, count - i - 1));
        }
    }
    let plan = sheet.run();
    assert!(plan.answer.total_float.iter().all(|&float| float == 0));
    assert!(plan.answer.longest_path.iter().all(|&on| on));
    assert_eq!(
        plan::driving_chain(&plan.sheet.network, &plan.answer, 0).len(),
        count
    );
}

#[test]
fn a_date_names_the_link_and_the_rest_days_between() {
    let plan = sheet(
        "2023-04-27",
        &[
            ("打桩", 2, ""),
            ("承台", 2, "打桩"),
            ("备料", 1, "打桩SS+1天"),
        ],
    )
    .run();
    // 打桩 27–28 April; five days off; 承台 4–5 May; 备料 28 April.
    assert_eq!(
        plan.why("承台"),
        "「承台」最早 2023-05-04 开始、2023-05-05 完成,因为要等「打桩」完成(2023-04-28)后才能开始,中间 5 天不上班。"
    );
    assert_eq!(
        plan.why("备料"),
        "「备料」最早 2023-04-28 开始、2023-04-28 完成,因为要等「打桩」开始(2023-04-27)再过 1 个工作日后才能开始。"
    );
    assert_eq!(
        plan.why("打桩"),
        "「打桩」最早 2023-04-27 开始、2023-04-28 完成,因为项目从 2023-04-27 开始。"
    );
}

#[test]
fn a_shortfall_names_the_chain_that_causes_it() {
    let plan = diamond().target(evening("2023-03-15")).run();
    assert_eq!(
        plan.why("A"),
        "「A」最早 2023-03-06 开始、2023-03-08 完成,因为项目从 2023-03-06 开始。\
         按项目目标日期倒排,经 「A」 → 「B」 → 「D」,「A」最晚 2023-03-06 完成,还差 2 个工作日。"
    );
}

#[test]
fn the_reason_of_constraint_data_date_and_progress_is_said() {
    let started = Progress::Started {
        actual_start: morning("2023-03-06"),
        remaining: DAY,
    };
    let plan = sheet(MONDAY, &[("A", 3, ""), ("B", 2, ""), ("C", 1, "")])
        .constraint("B", ConstraintKind::FinishNoEarlier, evening("2023-03-16"))
        .progress("A", started)
        .data_date(evening("2023-03-10"))
        .run();
    assert_eq!(
        plan.why("A"),
        "「A」已于 2023-03-06 开始,剩余部分 2023-03-13 起做、2023-03-13 完成,\
         因为数据日期是 2023-03-10,没完成的工作不能排在它之前,中间 2 天不上班。"
    );
    assert_eq!(
        plan.why("B"),
        "「B」最早 2023-03-15 开始、2023-03-16 完成,因为规定不早于 2023-03-16 完成。"
    );
}

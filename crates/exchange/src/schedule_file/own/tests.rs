//! What people mistype in the text of a plan is told where it stands, and the rest is read.

use super::super::read;
use ground::Severity;

/// A plan of one activity with these lines; what is told of it.
fn told(head: &str, rows: &str) -> Vec<String> {
    let text =
        format!("name = \"试\"\n{head}\n[[activity]]\ncode = \"1\"\nname = \"甲\"\n{rows}\n");
    let (file, findings) = read("a.toml", text.as_bytes());
    assert_eq!(file.ids, ["1"], "the rest is read");
    let grave = findings.iter().filter(|one| one.severity != Severity::Info);
    grave.map(ToString::to_string).collect()
}

#[test]
fn a_date_that_is_none_is_told_with_its_key_and_left_out() {
    let start = "start = 2023-03-01";
    for (head, row, expected) in [
        ("start = \"三月\"", "", "计划：“start”的“三月”不是日期"),
        (
            "start = 2023-03-01\ntarget = \"2023-13-45\"",
            "",
            "“target”的“2023-13-45”不是日期",
        ),
        (
            "start = 2023-03-01\ndata_date = \"三月\"",
            "",
            "“data_date”的“三月”不是日期",
        ),
        (
            start,
            "actual_start = \"2023-3-9\"",
            "第1项“甲”：“actual_start”的“2023-3-9”不是日期",
        ),
        (
            start,
            "actual_finish = \"x\"",
            "“actual_finish”的“x”不是日期",
        ),
        (
            start,
            "start_no_earlier = \"2023-02-30\"",
            "“start_no_earlier”的“2023-02-30”不是日期",
        ),
        (
            start,
            "finish_no_later = \"20230230\"",
            "“finish_no_later”的“20230230”不是日期",
        ),
        (
            start,
            "mandatory_finish = \"月底\"",
            "“mandatory_finish”的“月底”不是日期",
        ),
        (start, "deadline = \"x\"", "“deadline”的“x”不是日期"),
    ] {
        let told = told(head, row);
        assert!(
            told.len() == 1 && told[0].replace(':', "：").contains(expected),
            "{row}: {told:?}"
        );
    }
}

#[test]
fn what_contradicts_itself_is_told() {
    for (row, expected) in [
        (
            "duration_days = 3\nkind = \"finish_milestone\"",
            "里程碑不占工期",
        ),
        ("duration_days = 3\nremaining_days = 1", "没有实际开始"),
        (
            "actual_start = 2023-03-09\nactual_finish = 2023-03-07",
            "实际完成早于实际开始",
        ),
        ("parent = \"ZZ\"", "所属的汇总工作“ZZ”在本计划里找不到"),
        ("duration_days = -1", "工期 -1 天超出范围"),
        ("calendar = \"cn9\"", "没有日历“cn9”"),
    ] {
        let told = told("start = 2023-03-01", row);
        assert!(
            told.len() == 1 && told[0].contains(expected),
            "{row}: {told:?}"
        );
    }
}

#[test]
fn a_calendar_is_looked_at_even_where_nobody_asks_for_it() {
    let layer = |first: &str, last: &str| {
        format!(
            "start = 2023-03-01\n[[calendars]]\ncode = \"夜\"\nbase = \"cn5\"\n\
             [[calendars.layer]]\nname = \"雨季\"\nfirst = {first}\nlast = {last}"
        )
    };
    for (head, expected) in [
        (layer("\"x\"", "2023-03-02"), "“first”的“x”不是日期"),
        (layer("2023-03-05", "2023-03-02"), "“雨季”的末日早于首日"),
        (
            "start = 2023-03-01\n[[calendars]]\ncode = \"夜\"\nbase = \"xyz\"".to_owned(),
            "没有日历“xyz”",
        ),
        (
            format!(
                "{}\n[[calendars]]\ncode = \"夜\"\nbase = \"cn5\"",
                layer("2023-03-01", "2023-03-02")
            ),
            "编号和前面的日历相同",
        ),
    ] {
        let told = told(&head, "");
        assert!(
            told.len() == 1 && told[0].contains(expected),
            "{head}: {told:?}"
        );
    }
}

#[test]
fn a_plan_without_work_is_told() {
    let (_, findings) = read("a.toml", "name = \"空\"\nstart = 2023-03-01\n".as_bytes());
    assert!(
        findings.iter().any(|one| one.problem.contains("没有工作")),
        "{findings:?}"
    );
}

#[test]
fn options_are_taken_over_in_the_words_of_their_register() {
    let text = "start = 2023-03-01\ncalendar = \"site6\"\n[options]\nout_of_sequence = \"progress_override\"\n\
                float_rule = \"smaller\"\ncritical_rule = \"threshold\"\ncritical_days = 3\nopen_ends_critical = true\n\
                lag_calendar = \"project\"\n[[activity]]\ncode = \"1\"\nname = \"甲\"\nduration_days = 2\n\
                [[activity]]\ncode = \"2\"\nname = \"乙\"\nduration_days = 2\ncalendar = \"cn5\"\npredecessors = \"1FS+2天\"\n";
    let (file, findings) = read("a.toml", text.as_bytes());
    assert!(findings.is_empty(), "{findings:?}");
    let options = &file.options;
    assert_eq!(
        options.out_of_sequence,
        plan::OutOfSequence::ProgressOverride
    );
    assert_eq!(options.float, plan::FloatRule::Smaller);
    assert_eq!(options.critical, plan::CriticalRule::Threshold(3 * 480));
    assert!(options.open_ends_critical);
    assert_eq!(file.network.links[0].lag_calendar, plan::LagCalendar::Of(0));
    let told = told("start = 2023-03-01\n[options]\nfloat_rule = \"x\"", "");
    assert!(
        told.len() == 1 && told[0].contains("“float_rule”没有“x”这一种"),
        "{told:?}"
    );
}

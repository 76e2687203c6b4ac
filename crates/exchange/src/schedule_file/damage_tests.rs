//! The same damage done to one schedule in the three foreign formats: each reader tells the value and its place, and takes
//! the same thing instead.

use super::*;
use ground::Severity;
use plan::{Activity, LinkKind};

const SAMPLES: [(&str, &str); 3] = [
    ("school.xer", include_str!("samples/school.xer")),
    ("school.xml", include_str!("samples/school.xml")),
    ("school.pmxml", include_str!("samples/school.pmxml")),
];

type Swap = (&'static str, &'static str);

struct Damage {
    what: &'static str,
    /// What is replaced in XER, MSPDI and PMXML; nothing where the format has no such value.
    swaps: [&'static [Swap]; 3],
    /// What the finding says.
    told: &'static str,
    /// What is taken instead.
    taken: fn(&ScheduleFile) -> bool,
}

fn named<'f>(file: &'f ScheduleFile, name: &str) -> &'f Activity {
    let mut all = file.network.activities.iter();
    all.find(|a| a.name.starts_with(name)).expect(name)
}

fn structure_takes_no_time(file: &ScheduleFile) -> bool {
    named(file, "主体结构").duration == 0
}

fn structure_is_free(file: &ScheduleFile) -> bool {
    named(file, "主体结构").constraints.is_empty()
}

fn digging_has_not_begun(file: &ScheduleFile) -> bool {
    named(file, "土方开挖").progress == Progress::NotStarted
}

fn link_to_fitting_out(file: &ScheduleFile) -> (LinkKind, i64) {
    let name = |i: usize| &file.network.activities[i].name;
    let mut links = file.network.links.iter();
    let link = links.find(|link| name(link.to).starts_with("装修"));
    link.map(|link| (link.kind, link.lag)).expect("a link")
}

const DAMAGES: [Damage; 12] = [
    Damage {
        what: "工期不是数",
        swaps: [
            &[("\t160\t0\t80\t80\t", "\t160\t0\teight\teight\t")],
            &[("<Duration>PT80H0M0S<", "<Duration>eight<")],
            &[
                ("<PlannedDuration>80<", "<PlannedDuration>eight<"),
                ("<RemainingDuration>80<", "<RemainingDuration>eight<"),
            ],
        ],
        told: "“eight”不是",
        taken: structure_takes_no_time,
    },
    Damage {
        what: "工期是负数",
        swaps: [
            &[("\t160\t0\t80\t80\t", "\t160\t0\t-80\t-80\t")],
            &[("<Duration>PT80H0M0S<", "<Duration>-PT80H0M0S<")],
            &[
                ("<PlannedDuration>80<", "<PlannedDuration>-80<"),
                ("<RemainingDuration>80<", "<RemainingDuration>-80<"),
            ],
        ],
        told: "是负数，按 0 处理",
        taken: structure_takes_no_time,
    },
    Damage {
        what: "工期太大",
        swaps: [
            &[("\t160\t0\t80\t80\t", "\t160\t0\t9e15\t9e15\t")],
            &[("<Duration>PT80H0M0S<", "<Duration>PT9e15H0M0S<")],
            &[
                ("<PlannedDuration>80<", "<PlannedDuration>9e15<"),
                ("<RemainingDuration>80<", "<RemainingDuration>9e15<"),
            ],
        ],
        told: "9e15",
        taken: structure_takes_no_time,
    },
    Damage {
        what: "间隔不是数",
        swaps: [
            &[("\tPR_SS\t40", "\tPR_SS\ttwo")],
            &[("<LinkLag>24000<", "<LinkLag>two<")],
            &[("<Lag>40<", "<Lag>two<")],
        ],
        told: "“two”不是",
        taken: |file| link_to_fitting_out(file) == (LinkKind::SS, 0),
    },
    Damage {
        what: "关系类型",
        swaps: [
            &[("\tPR_SS\t40", "\tPR_XX\t40")],
            &[(
                "<Type>3</Type><CrossProject>",
                "<Type>XX</Type><CrossProject>",
            )],
            &[("<Type>Start to Start<", "<Type>XX<")],
        ],
        told: "XX”，按完成—开始（FS）处理",
        taken: |file| link_to_fitting_out(file) == (LinkKind::FS, 2400),
    },
    Damage {
        what: "限制类型",
        swaps: [
            &[("\tCS_MSOA\t", "\tSOON\t")],
            &[("<ConstraintType>4<", "<ConstraintType>SOON<")],
            &[(
                "<PrimaryConstraintType>Start On or After<",
                "<PrimaryConstraintType>SOON<",
            )],
        ],
        told: "SOON”",
        taken: structure_is_free,
    },
    Damage {
        what: "限制日期",
        swaps: [
            &[("\t80\t80\t2023-03-20 08:00\t", "\t80\t80\t9999-99-99\t")],
            &[(
                "<ConstraintDate>2023-03-20T08:00:00<",
                "<ConstraintDate>9999-99-99<",
            )],
            &[(
                "<PrimaryConstraintDate>2023-03-20T08:00:00<",
                "<PrimaryConstraintDate>9999-99-99<",
            )],
        ],
        told: "“9999-99-99”不是日期",
        taken: structure_is_free,
    },
    Damage {
        what: "实际开始",
        swaps: [
            &[("\t16\t56\t\t2023-03-06 08:00\t", "\t16\t56\t\tyesterday\t")],
            &[(
                "<ActualStart>2023-03-06T08:00:00<",
                "<ActualStart>yesterday<",
            )],
            &[(
                "<ActualStartDate>2023-03-06T08:00:00<",
                "<ActualStartDate>yesterday<",
            )],
        ],
        told: "“yesterday”不是日期",
        taken: digging_has_not_begun,
    },
    Damage {
        what: "实际完成早于实际开始",
        swaps: [
            &[(
                "\t2023-03-01 08:00\t2023-03-03 17:00\t2023-04-28",
                "\t2023-03-01 08:00\t2023-02-03 17:00\t2023-04-28",
            )],
            &[(
                "<ActualFinish>2023-03-03T17:00:00<",
                "<ActualFinish>2023-02-03T17:00:00<",
            )],
            &[(
                "<ActualFinishDate>2023-03-03T17:00:00<",
                "<ActualFinishDate>2023-02-03T17:00:00<",
            )],
        ],
        told: "实际完成早于实际开始",
        taken: |file| match named(file, "施工许可").progress {
            Progress::Finished {
                actual_start,
                actual_finish,
            } => actual_start == actual_finish,
            _ => false,
        },
    },
    Damage {
        what: "状态",
        swaps: [
            &[("\tTK_Active\t", "\tTK_Foo\t")],
            &[],
            &[("<Status>In Progress<", "<Status>TK_Foo<")],
        ],
        told: "“TK_Foo”，按未开始处理",
        taken: digging_has_not_begun,
    },
    Damage {
        what: "数据日期",
        swaps: [
            &[("\t8\t2023-03-13 08:00\t", "\t8\ttoday\t")],
            &[(
                "<MinutesPerDay>480<",
                "<StatusDate>today</StatusDate><MinutesPerDay>480<",
            )],
            &[("<DataDate>2023-03-13T08:00:00<", "<DataDate>today<")],
        ],
        told: "“today”不是日期",
        taken: |file| file.projects[0].data_date.is_none(),
    },
    Damage {
        what: "日历",
        swaps: [
            &[("%R\t9103\t700\t801\t31\t", "%R\t9103\t700\t801\t999\t")],
            &[(
                "<CalendarUID>-1</CalendarUID>\n      <PredecessorLink><PredecessorUID>3<",
                "<CalendarUID>999</CalendarUID>\n      <PredecessorLink><PredecessorUID>3<",
            )],
            &[(
                "<CalendarObjectId>31</CalendarObjectId>",
                "<CalendarObjectId>999</CalendarObjectId>",
            )],
        ],
        told: "日历 999 不在",
        taken: |file| named(file, "主体结构").calendar == 0,
    },
];

#[test]
fn damaged_values_are_told_with_their_place_and_taken_alike_in_every_format() {
    for damage in &DAMAGES {
        for ((name, text), swaps) in SAMPLES.iter().zip(damage.swaps) {
            let place = format!("{}：{name}", damage.what);
            let mut damaged = (*text).to_owned();
            for (whole, broken) in swaps {
                assert!(damaged.contains(whole), "{place}: {whole}");
                damaged = damaged.replace(whole, broken);
            }
            let (file, findings) = read(name, damaged.as_bytes());
            if swaps.is_empty() {
                continue;
            }
            let told = findings
                .iter()
                .find(|finding| finding.problem.contains(damage.told));
            let told = told.unwrap_or_else(|| panic!("{place}: {findings:?}"));
            assert_ne!(told.severity, Severity::Info, "{place}");
            assert!(told.place.contains('第'), "{place}: {told:?}");
            assert!((damage.taken)(&file), "{place}");
        }
    }
}

#[test]
fn xml_that_is_not_the_utf8_it_says_is_read_as_chinese_and_told() {
    for (name, text) in &SAMPLES[1..] {
        let gbk = encoding_rs::GB18030.encode(text).0;
        let (file, findings) = read(name, &gbk);
        let codes: Vec<&str> = findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect();
        assert_eq!(codes, ["xml.encoding"], "{name}");
        assert_eq!(named(&file, "主体结构").name, "主体结构", "{name}");
    }
}

#[test]
fn odd_working_times_types_of_activities_and_links_to_oneself_are_told() {
    let damaged = SAMPLES[1]
        .1
        .replacen("<FromTime>08:00:00<", "<FromTime>25:00:00<", 1)
        .replacen("<DayType>7<", "<DayType>8<", 1)
        .replacen("<PredecessorUID>3<", "<PredecessorUID>4<", 1);
    let (_, findings) = read("school.xml", damaged.as_bytes());
    let codes: Vec<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(
        codes,
        ["xml.value", "xml.value", "mspdi.own_link"],
        "{findings:?}"
    );
    let damaged = SAMPLES[2]
        .1
        .replacen("<Start>08:00:00<", "<Start>25:00:00<", 1)
        .replacen("<DayOfWeek>Saturday<", "<DayOfWeek>Caturday<", 1)
        .replacen("<Type>Task Dependent<", "<Type>Task<", 1);
    let (_, findings) = read("school.pmxml", damaged.as_bytes());
    let codes: Vec<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["xml.value"; 3], "{findings:?}");
}

#[test]
fn codes_twice_and_actual_dates_after_the_data_date_are_told() {
    let text = SAMPLES[0].1.replace("\tA1030\t", "\tA1020\t").replace(
        "\t16\t56\t\t2023-03-06 08:00\t",
        "\t16\t56\t\t2033-03-06 08:00\t",
    );
    let (_, findings) = read("school.xer", text.as_bytes());
    let codes: Vec<&str> = findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["p6.actual_after_data_date", "p6.code_twice"]);
}

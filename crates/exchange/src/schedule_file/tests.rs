//! Small invented files in every format against one expected table; files that are broken, cut off or foreign.

use super::*;
use ground::iso_minutes;
use plan::{Constraint, ConstraintKind, CriticalRule, LagCalendar, LinkKind, Progress, Timing};

const XER: &[u8] = include_bytes!("samples/school.xer");

fn at(minute: Option<Minute>) -> String {
    minute.map(iso_minutes).unwrap_or_default()
}

fn index(file: &ScheduleFile, id: &str) -> usize {
    file.ids.iter().position(|known| known == id).expect(id)
}

#[test]
fn a_p6_file_gives_its_network_options_and_stored_dates() {
    let (file, findings) = read("school.xer", XER);
    assert_eq!(findings, []);
    assert_eq!(file.format, Format::Xer);
    assert_eq!(file.ids, ["A1000", "A1010", "A1020", "A1030", "A1040"]);
    let head = &file.projects[0];
    assert_eq!(
        (head.code.as_str(), head.name.as_str()),
        ("XX-01", "示例学校")
    );
    assert_eq!(at(file.options.data_date), "2023-03-13T08:00");
    assert_eq!(at(file.options.target), "2023-04-28T17:00");
    assert_eq!(file.options.critical, CriticalRule::Threshold(8 * 60));
    let structure = &file.network.activities[index(&file, "A1020")];
    assert_eq!(
        (structure.name.as_str(), structure.duration),
        ("主体结构", 80 * 60)
    );
    assert_eq!(structure.timing, Timing::AsSoonAsPossible);
    let limit = Constraint {
        kind: ConstraintKind::StartNoEarlier,
        at: ground::minute_of(ground::Date::constant(2023, 3, 20), 8, 0),
    };
    assert_eq!(structure.constraints, [limit]);
    assert_eq!(file.wbs.len(), 2);
    assert_eq!(
        file.wbs[file.details[1].wbs.expect("in a node")].name,
        "土建"
    );
    let stored = file.stored[index(&file, "A1020")];
    assert_eq!(at(stored.early_start), "2023-03-20T08:00");
    assert_eq!(stored.total_float, Some(20 * 480));
}

#[test]
fn progress_lags_and_calendars_of_a_p6_file_are_understood() {
    let (file, _) = read("school.xer", XER);
    let started = file.network.activities[1].progress;
    assert!(matches!(started, Progress::Started { remaining: 960, .. }));
    assert!(matches!(
        file.network.activities[0].progress,
        Progress::Finished { .. }
    ));
    let links: Vec<_> = file
        .network
        .links
        .iter()
        .map(|l| (l.from, l.to, l.kind, l.lag))
        .collect();
    assert_eq!(
        links,
        [
            (0, 1, LinkKind::FS, 0),
            (1, 2, LinkKind::FS, 0),
            (2, 3, LinkKind::SS, 5 * 480),
            (3, 4, LinkKind::FF, 0),
            (2, 4, LinkKind::FS, -480),
        ]
    );
    assert!(
        file.network
            .links
            .iter()
            .all(|l| l.lag_calendar == LagCalendar::Predecessor)
    );
    let calendar = &file.network.calendars[0];
    assert_eq!(calendar.minutes_on(ground::Date::constant(2023, 4, 5)), 0);
    assert_eq!(
        calendar.minutes_on(ground::Date::constant(2023, 4, 23)),
        480
    );
}

#[test]
fn chinese_and_western_code_pages_are_read() {
    let (utf8, _) = read("school.xer", XER);
    let text = std::str::from_utf8(XER).expect("the sample is UTF-8");
    let gbk = encoding_rs::GB18030.encode(text).0;
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    for bytes in [gbk.as_ref(), &wide] {
        let (file, findings) = read("school.xer", bytes);
        assert_eq!(findings, []);
        let names = |file: &ScheduleFile| -> Vec<String> {
            file.network
                .activities
                .iter()
                .map(|a| a.name.clone())
                .collect()
        };
        assert_eq!(names(&file), names(&utf8));
    }
    let text = text.replace("主体结构", "Béton £");
    let western = encoding_rs::WINDOWS_1252.encode(&text).0;
    assert_eq!(
        read("a.xer", &western).0.network.activities[2].name,
        "Béton £"
    );
}

#[test]
fn rows_that_cannot_be_taken_are_told_with_table_and_line() {
    let text = std::str::from_utf8(XER).expect("the sample is UTF-8");
    let broken = text
        .replace("\t9103\t9102\t", "\t9103\t9199\t")
        .replace("\t主体结构\t160\t", "\t主体结构\t十\t")
        .replace("\tCS_MSOA\t", "\tCS_SOON\t")
        .replace("%R\t9104\t", "%R\t9103\t");
    let (file, findings) = read("school.xer", broken.as_bytes());
    assert_eq!(file.ids, ["A1000", "A1010", "A1020", "A1040"]);
    let told: Vec<String> = findings
        .iter()
        .map(|finding| format!("{}：{}", finding.place, finding.problem))
        .collect();
    assert_eq!(
        told,
        [
            "TASK表第22行：限制条件“CS_SOON”不认识或没有日期，没有采用",
            "TASK表第22行，total_float_hr_cnt：“十”不是小时数，按未填处理",
            "TASK表第23行：这一行的 task_id 与前面的作业重复，没有读入",
            "TASKPRED表第28行：作业 9103 或紧前作业 9199 不在 TASK 表中，这条逻辑关系没有读入",
            "TASKPRED表第29行：作业 9104 或紧前作业 9103 不在 TASK 表中，这条逻辑关系没有读入",
            "TASKPRED表第30行：作业 9105 或紧前作业 9104 不在 TASK 表中，这条逻辑关系没有读入",
        ]
    );
}

#[test]
fn empty_foreign_and_cut_off_files_are_told_and_never_fail() {
    for (bytes, problem) in [
        (&b""[..], "这不是计划文件，而是空文件"),
        (b"PK\x03\x04....", "这不是计划文件，而是压缩包或电子表格"),
        (b"name,start\n", "这不是计划文件，而是其他文件"),
        (
            b"ERMHDR\t8.2\n%T\tRSRC\n%F\trsrc_id\n%E\n",
            "文件里没有 TASK 表，读不到作业",
        ),
    ] {
        let (file, findings) = read("x", bytes);
        assert_eq!(findings[0].problem, problem);
        assert!(file.ids.is_empty());
    }
    for cut in (0..XER.len()).step_by(97) {
        let (file, findings) = read("cut.xer", &XER[..cut]);
        assert!(
            findings
                .iter()
                .any(|f| f.code == "xer.cut_off" || f.code == "schedule.format")
        );
        assert_eq!(file.ids.len(), file.stored.len());
    }
}

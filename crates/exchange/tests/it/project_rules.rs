//! What Project XML says beside durations and links, and what becomes of it: levelling delay, resources that work at
//! different times, split tasks. The evidence for each rule stands in the tests of `plan` (`tests/microsoft.rs`).

use exchange::schedule_file::{ScheduleFile, read, write_mspdi};
use ground::iso_minutes;
use plan::schedule;

const HEAD: &str = r#"<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project">
<Name>例</Name><StartDate>2023-03-06T08:00:00</StartDate><CalendarUID>1</CalendarUID>
<Calendars>
<Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>"#;

/// Office days Monday to Friday, and a calendar that never rests.
fn file(tasks: &str, rest: &str) -> String {
    let time = |from: &str, to: &str| {
        format!("<WorkingTime><FromTime>{from}:00</FromTime><ToTime>{to}:00</ToTime></WorkingTime>")
    };
    let day = |number: i32, times: &str| {
        let works = i32::from(!times.is_empty());
        format!(
            "<WeekDay><DayType>{number}</DayType><DayWorking>{works}</DayWorking><WorkingTimes>{times}</WorkingTimes></WeekDay>"
        )
    };
    let office = time("08:00", "12:00") + &time("13:00", "17:00");
    let mut xml = HEAD.to_owned();
    for number in 1..=7 {
        let rests = number == 1 || number == 7;
        xml += &day(number, if rests { "" } else { &office });
    }
    xml += "</WeekDays></Calendar><Calendar><UID>2</UID><Name>24 Hours</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>";
    for number in 1..=7 {
        xml += &day(number, &time("00:00", "00:00"));
    }
    xml += "</WeekDays></Calendar></Calendars><Tasks>";
    format!("{xml}{tasks}</Tasks>{rest}</Project>")
}

fn task(uid: i32, hours: i32, more: &str) -> String {
    format!(
        "<Task><UID>{uid}</UID><Name>任务{uid}</Name><OutlineLevel>1</OutlineLevel><Duration>PT{hours}H0M0S</Duration>\
         <DurationFormat>7</DurationFormat>{more}</Task>"
    )
}

fn early(file: &ScheduleFile, index: usize) -> (String, String) {
    let answer = schedule(&file.network, &file.options).expect("no loop");
    let told = |minute| iso_minutes(minute)[5..].to_owned();
    (
        told(answer.early_start[index]),
        told(answer.early_finish[index]),
    )
}

fn pair(start: &str, finish: &str) -> (String, String) {
    (start.to_owned(), finish.to_owned())
}

#[test]
fn levelling_delay_counts_in_tenths_of_a_minute_of_the_clock_and_is_written_back() {
    let delay = "<LevelingDelay>28800</LevelingDelay><LevelingDelayFormat>8</LevelingDelayFormat>";
    let (read_once, findings) = read("a.xml", file(&task(1, 8, delay), "").as_bytes());
    assert_eq!(findings, []);
    let expect = pair("03-08T08:00", "03-08T17:00");
    assert_eq!(early(&read_once, 0), expect);
    let answer = schedule(&read_once.network, &read_once.options).expect("no loop");
    let (bytes, _) = write_mspdi(&read_once, &answer);
    let (read_twice, _) = read("b.xml", &bytes);
    assert_eq!(early(&read_twice, 0), expect);
}

fn staffed(contour: &str) -> ScheduleFile {
    let resource = |uid: i32, calendar: i32| {
        format!(
            "<Resource><UID>{uid}</UID><Name>班组{uid}</Name><Type>1</Type><CalendarUID>{calendar}</CalendarUID></Resource>"
        )
    };
    let assignment = |resource: i32, hours: i32, overtime: i32| {
        format!(
            "<Assignment><TaskUID>1</TaskUID><ResourceUID>{resource}</ResourceUID><Units>1</Units>{contour}\
             <Work>PT{hours}H0M0S</Work><RemainingWork>PT{hours}H0M0S</RemainingWork>\
             <OvertimeWork>PT{overtime}H0M0S</OvertimeWork></Assignment>"
        )
    };
    let rest = format!(
        "<Resources>{}{}</Resources><Assignments>{}{}</Assignments>",
        resource(1, 1),
        resource(2, 2),
        assignment(1, 20, 4),
        assignment(2, 16, 0)
    );
    read("a.xml", file(&task(1, 24, ""), &rest).as_bytes()).0
}

#[test]
fn a_task_of_resources_with_different_hours_ends_with_the_last_of_them() {
    // 20 hours less 4 of overtime are two office days; the other 16 are over at midnight.
    let file = staffed("");
    assert_eq!(early(&file, 0), pair("03-06T08:00", "03-07T17:00"));
    assert!(file.network.activities[0].float_calendar.is_some());
}

#[test]
fn where_somebody_works_at_a_changing_rate_the_duration_counts() {
    let file = staffed("<WorkContour>3</WorkContour>");
    assert_eq!(early(&file, 0), pair("03-06T08:00", "03-07T08:00"));
}

#[test]
fn the_pauses_of_a_split_task_are_kept_and_told() {
    let dates = "<Start>2023-03-06T08:00:00</Start><Finish>2023-03-09T17:00:00</Finish>";
    let (file, findings) = read("a.xml", file(&task(1, 16, dates), "").as_bytes());
    assert_eq!(file.network.activities[0].pause, 2 * 480);
    assert_eq!(early(&file, 0), pair("03-06T08:00", "03-09T17:00"));
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "任务 1:工期16.0小时，起止之间另有16.0小时工作时间：任务拆分过，中断照文件保留。收进项目计划时按连续施工；需要中断时请把任务分成两项"
        ]
    );
}

//! One schedule in every format against one expected table; what is written reads back as it was; no bytes break a reader.

use super::*;
use ground::iso_minutes;
use plan::{Schedule, schedule};
use proptest::prelude::*;

const SAMPLES: [(&str, &[u8]); 4] = [
    ("school.xer", include_bytes!("samples/school.xer")),
    ("school.xml", include_bytes!("samples/school.xml")),
    ("school.pmxml", include_bytes!("samples/school.pmxml")),
    ("school.toml", include_bytes!("samples/school.toml")),
];

/// Name, early start (of the remaining work), early finish, late finish, total float in days.
const EXPECTED: [(&str, &str, &str, &str, i64); 4] = [
    ("土方开挖", "", "2023-03-14T17:00", "2023-04-17T17:00", 23),
    (
        "主体结构",
        "2023-03-20T08:00",
        "2023-03-31T17:00",
        "2023-04-28T17:00",
        20,
    ),
    (
        "装修",
        "2023-03-27T08:00",
        "2023-03-31T17:00",
        "2023-04-28T17:00",
        20,
    ),
    (
        "竣工验收",
        "2023-03-31T17:00",
        "2023-03-31T17:00",
        "2023-04-28T17:00",
        20,
    ),
];

#[test]
fn a_target_survives_project_xml_with_its_late_dates_and_floats() {
    for (name, target) in [("early.toml", "2023-03-24"), ("late.toml", "2023-06-30")] {
        let text = std::str::from_utf8(SAMPLES[3].1).expect("the sample is UTF-8");
        let (before, after) = text
            .split_once("target = ")
            .expect("the sample has a target");
        let (_, rest) = after.split_once('\n').expect("more lines");
        let text = format!("{before}target = {target}\n{rest}");
        let (file, findings) = read(name, text.as_bytes());
        assert_eq!(findings, [], "{name}");
        let plan = planned(&file);
        let (bytes, told) = write_mspdi(&file, &plan);
        let codes: Vec<&str> = told.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["mspdi.target"], "{name}");
        assert!(
            String::from_utf8_lossy(&bytes).contains("<Deadline>"),
            "{name}"
        );
        let (again, findings) = read("again.xml", &bytes);
        assert_eq!(findings, [], "{name}");
        assert_eq!(again.options.target, file.options.target, "{name}");
        let late = |file: &ScheduleFile| {
            let plan = planned(file);
            let open = |i: &usize| {
                let activity = &file.network.activities[*i];
                let done = matches!(activity.progress, plan::Progress::Finished { .. });
                activity.kind != ActivityKind::Summary && !done
            };
            let row = |i: usize| {
                let activity = &file.network.activities[i];
                // Of what has begun, Project says when it began.
                let waits = activity.progress == Progress::NotStarted;
                let late_start = waits.then_some(plan.late_start[i]);
                let name = activity.name.clone();
                (name, late_start, plan.late_finish[i], plan.total_float[i])
            };
            (0..file.ids.len())
                .filter(open)
                .map(row)
                .collect::<Vec<_>>()
        };
        assert_eq!(late(&again), late(&file), "{name}");
        let deadlines = again.network.activities.iter().filter_map(|a| a.deadline);
        assert_eq!(deadlines.count(), 0, "{name}");
    }
}

/// Summaries with links in every direction, and work that nothing but the data date holds.
const OUTLINE: &str = "name = \"外壳\"\nstart = 2023-03-01\ndata_date = 2023-03-13\n\
    [[activity]]\ncode = \"A\"\nname = \"基础\"\nkind = \"summary\"\n\
    [[activity]]\ncode = \"A1\"\nname = \"挖土\"\nduration_days = 3\nparent = \"A\"\n\
    [[activity]]\ncode = \"A2\"\nname = \"垫层\"\nduration_days = 4\nparent = \"A\"\npredecessors = \"A1\"\n\
    [[activity]]\ncode = \"A3\"\nname = \"排水\"\nduration_days = 9\nparent = \"A\"\n\
    [[activity]]\ncode = \"B\"\nname = \"主体\"\nkind = \"summary\"\npredecessors = \"A\"\n\
    [[activity]]\ncode = \"B1\"\nname = \"一层\"\nduration_days = 5\nparent = \"B\"\n\
    [[activity]]\ncode = \"B2\"\nname = \"二层\"\nduration_days = 5\nparent = \"B\"\npredecessors = \"B1\"\n\
    [[activity]]\ncode = \"C\"\nname = \"装修\"\nduration_days = 6\npredecessors = \"B\"\n\
    [[activity]]\ncode = \"D\"\nname = \"巡查\"\nduration_days = 2\npredecessors = \"\\\"B\\\"SS+1天\"\n";

#[test]
fn a_plan_with_summaries_is_calculated_elsewhere_as_it_is_here() {
    let (file, findings) = read("outline.toml", OUTLINE.as_bytes());
    assert_eq!(findings, []);
    let plan = planned(&file);
    let dates = |file: &ScheduleFile, plan: &plan::Schedule| {
        let tasks = file.network.activities.iter().enumerate();
        let tasks = tasks.filter(|(_, one)| one.kind == plan::ActivityKind::Task);
        let row = |(i, one): (usize, &plan::Activity)| {
            let dates = (plan.early_start[i], plan.early_finish[i]);
            (one.name.clone(), iso_minutes(dates.0), iso_minutes(dates.1))
        };
        tasks.map(row).collect::<Vec<_>>()
    };
    let here = dates(&file, &plan);
    assert_eq!(
        here[0].1, "2023-03-13T08:00",
        "the data date holds what has not begun"
    );
    for (name, (bytes, _)) in [
        ("a.xml", write_mspdi(&file, &plan)),
        ("a.xer", write_xer(&file, &plan)),
    ] {
        let (again, findings) = read(name, &bytes);
        assert_eq!(findings, [], "{name}");
        let mut there = dates(&again, &planned(&again));
        there.sort_by_key(|row| here.iter().position(|one| one.0 == row.0));
        assert_eq!(there, here, "{name}");
    }
    let (_, told) = write_xer(&file, &plan);
    assert!(told.iter().any(|one| one.code == "xer.summary_link"));
    let (_, told) = write_mspdi(&file, &plan);
    assert!(
        told.iter().any(|one| one.code == "mspdi.data_date"),
        "{told:?}"
    );
}

#[test]
fn priority_physical_percent_and_the_unit_of_lags_are_written() {
    let text = std::str::from_utf8(SAMPLES[1].1).expect("the sample is UTF-8");
    let text = text
        .replacen("<Start>2023-03-20", "<Priority>600</Priority><Start>2023-03-20", 1)
        .replace("<LinkLag>24000</LinkLag><LagFormat>7<", "<LinkLag>24000</LinkLag><LagFormat>9<")
        .replacen("<PredecessorLink><PredecessorUID>3<", "<PhysicalPercentComplete>30</PhysicalPercentComplete><PredecessorLink><PredecessorUID>3<", 1);
    let (file, findings) = read("school.xml", text.as_bytes());
    assert_eq!(findings, []);
    let plan = planned(&file);
    let again = read("again.xml", &write_mspdi(&file, &plan).0).0;
    same(&file, &again);
    assert_eq!(
        (again.details[3].priority, again.details[3].physical),
        (Some(600), 30.0)
    );
    assert_eq!(again.lags_shown, file.lags_shown);
    assert!(again.lags_shown.iter().any(|shown| shown.format == 9));
    let (bytes, lost) = write_xer(&file, &plan);
    let codes: Vec<&str> = lost.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["xer.baselines_lost"]);
    let as_p6 = read("again.xer", &bytes).0;
    let of = |file: &ScheduleFile| {
        let one = file
            .network
            .activities
            .iter()
            .position(|a| a.name == "主体结构");
        let detail = &file.details[one.expect("主体结构")];
        (detail.priority, detail.physical)
    };
    assert_eq!(of(&as_p6), (Some(600), 30.0));
}

#[test]
fn lags_in_percent_are_read_meant_and_written_as_percent() {
    let text = std::str::from_utf8(SAMPLES[1].1).expect("the sample is UTF-8");
    // The predecessor works 80 hours.
    let text = text.replace(
        "<LinkLag>24000</LinkLag><LagFormat>7<",
        "<LinkLag>50</LinkLag><LagFormat>20<",
    );
    let text = text.replace(
        "<LinkLag>-4800</LinkLag><LagFormat>7<",
        "<LinkLag>-10</LinkLag><LagFormat>19<",
    );
    let (file, findings) = read("school.xml", text.as_bytes());
    assert_eq!(findings, []);
    let lags = |file: &ScheduleFile| -> Vec<(i64, plan::LagCalendar, Option<f64>)> {
        let links = file.network.links.iter().zip(&file.lags_shown);
        let lagged = links.filter(|(link, _)| link.lag != 0);
        lagged
            .map(|(link, shown)| (link.lag, link.lag_calendar, shown.percent))
            .collect()
    };
    use plan::LagCalendar::{Elapsed, Successor};
    let expect = [
        (40 * 60, Elapsed, Some(50.0)),
        (-8 * 60, Successor, Some(-10.0)),
    ];
    assert_eq!(lags(&file), expect);
    let bytes = write_mspdi(&file, &planned(&file)).0;
    let written = String::from_utf8(bytes.clone()).expect("UTF-8");
    assert!(written.contains("<LagFormat>20</LagFormat>"), "{written}");
    let again = read("again.xml", &bytes).0;
    assert_eq!(lags(&again), expect);
    same(&file, &again);
}

#[test]
fn each_project_of_a_file_keeps_its_own_target() {
    let bytes = include_bytes!("samples/two_projects.xer");
    let (file, findings) = read("two_projects.xer", bytes);
    assert_eq!(findings, []);
    // The figures are those of MPXJ's P6 scheduler: the first project is five days late, the second has ten to spare.
    let floats = |file: &ScheduleFile| {
        let plan = planned(file);
        (plan.total_float, plan.free_float)
    };
    let expected = (vec![-2400, -2400, -2400, 4800], vec![0; 4]);
    assert_eq!(floats(&file), expected);
    let (bytes, lost) = write_xer(&file, &planned(&file));
    assert_eq!(lost, []);
    let (again, findings) = read("again.xer", &bytes);
    assert_eq!(findings, []);
    assert_eq!(floats(&again), expected);
    assert_eq!(again.network.activities, file.network.activities);
    assert!(!String::from_utf8_lossy(&bytes).contains("CS_MEOB"));
}

#[test]
fn an_xer_is_written_in_the_encoding_asked_for() {
    let (file, _) = read("school.xer", SAMPLES[0].1);
    let plan = planned(&file);
    let (gbk, _) = write_xer(&file, &plan);
    let (utf8, _) = write_xer_as(&file, &plan, XerEncoding::Utf8);
    assert!(std::str::from_utf8(&gbk).is_err());
    assert!(std::str::from_utf8(&utf8).is_ok_and(|text| text.contains("主体结构")));
    let names = |bytes: &[u8]| {
        let (file, _) = read("a.xer", bytes);
        let names = file.network.activities.iter().map(|a| a.name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&gbk), names(&utf8));
}

fn planned(file: &ScheduleFile) -> Schedule {
    schedule(&file.network, &file.options).expect("the sample can be calculated")
}

#[test]
fn one_school_in_every_format_has_the_same_dates() {
    for (name, bytes) in SAMPLES {
        let (mut file, findings) = read(name, bytes);
        assert_eq!(findings, [], "{name}");
        // A Project file planned from its start has no date by which all must be finished.
        let target = ground::minute_of(ground::Date::constant(2023, 4, 28), 17, 0);
        file.options.target = Some(target);
        let plan = planned(&file);
        for (activity, start, finish, late_finish, float) in EXPECTED {
            let named = |a: &plan::Activity| a.name.starts_with(activity);
            let index = file
                .network
                .activities
                .iter()
                .position(named)
                .expect(activity);
            let place = format!("{name} {activity}");
            if !start.is_empty() {
                assert_eq!(iso_minutes(plan.early_start[index]), start, "{place}");
            }
            assert_eq!(iso_minutes(plan.early_finish[index]), finish, "{place}");
            assert_eq!(iso_minutes(plan.late_finish[index]), late_finish, "{place}");
            if !start.is_empty() {
                assert_eq!(plan.total_float[index], float * 480, "{place}");
            }
        }
    }
}

#[test]
fn a_project_file_gives_outline_baselines_resources_and_options() {
    let (file, _) = read("school.xml", SAMPLES[1].1);
    assert_eq!(file.ids, ["1", "2", "3", "4", "5", "6"]);
    let parents: Vec<_> = file.network.activities.iter().map(|a| a.parent).collect();
    assert_eq!(parents, [None, None, Some(1), Some(1), Some(1), None]);
    assert_eq!(file.network.activities[4].name, "装修 & 水电");
    assert_eq!(file.baselines[2].len(), 2);
    assert_eq!(file.baselines[2][1].number, 10);
    assert_eq!((file.resources.len(), file.assignments.len()), (1, 1));
    assert_eq!(file.assignments[0].work, 160 * 60);
    assert!(file.network.activities[3].deadline.is_some());
    assert_eq!(file.options.critical, plan::CriticalRule::Threshold(480));
    assert_eq!(file.projects[0].name, "示例学校");
    let spring = ground::Date::constant(2023, 4, 5);
    assert_eq!(file.calendars[0].exceptions[&spring].name, "清明节");
}

#[test]
fn a_p6_xml_file_gives_nodes_and_baselines() {
    let (file, _) = read("school.pmxml", SAMPLES[2].1);
    assert_eq!(file.ids, ["A1000", "A1010", "A1020", "A1030", "A1040"]);
    assert_eq!(file.wbs[1].parent, Some(0));
    assert_eq!(file.baselines[1][0].duration, Some(48 * 60));
    let from_xer = read("school.xer", SAMPLES[0].1).0;
    assert_eq!(file.network.activities, from_xer.network.activities);
    assert_eq!(file.network.links, from_xer.network.links);
    assert_eq!(file.options, from_xer.options);
}

/// Everything but the compiled calendars and what was stored.
fn same(left: &ScheduleFile, right: &ScheduleFile) {
    assert_eq!(left.network.activities, right.network.activities);
    assert_eq!(left.network.links, right.network.links);
    assert_eq!(left.ids, right.ids);
    assert_eq!(left.calendars, right.calendars);
    assert_eq!(left.baselines, right.baselines);
    assert_eq!(left.resources, right.resources);
    assert_eq!(left.assignments, right.assignments);
    assert_eq!(left.wbs, right.wbs);
    assert_eq!(left.options, right.options);
    assert_eq!(left.details, right.details);
}

#[test]
fn a_project_file_reads_back_as_it_was_written() {
    let (file, _) = read("school.xml", SAMPLES[1].1);
    let plan = planned(&file);
    let (bytes, lost) = write_mspdi(&file, &plan);
    assert_eq!(lost, []);
    let (again, findings) = read("again.xml", &bytes);
    assert_eq!(findings, []);
    same(&file, &again);
    for index in 0..file.ids.len() {
        let stored = again.stored[index];
        assert_eq!(stored.early_start, Some(plan.early_start[index]));
        assert_eq!(stored.early_finish, Some(plan.early_finish[index]));
        assert_eq!(stored.total_float, Some(plan.total_float[index]));
    }
}

#[test]
fn a_p6_file_reads_back_as_it_was_written() {
    let (file, _) = read("school.xer", SAMPLES[0].1);
    let plan = planned(&file);
    let (bytes, lost) = write_xer(&file, &plan);
    assert_eq!(lost, []);
    let (again, findings) = read("again.xer", &bytes);
    assert_eq!(findings, []);
    same(&file, &again);
    assert_eq!(again.stored[2].late_finish, Some(plan.late_finish[2]));
    assert_eq!(again.stored[2].total_float, Some(plan.total_float[2]));
}

#[test]
fn a_plan_keeps_its_dates_on_the_way_through_the_other_program() {
    for (name, bytes) in SAMPLES {
        let (file, _) = read(name, bytes);
        let plan = planned(&file);
        for (bytes, _) in [write_mspdi(&file, &plan), write_xer(&file, &plan)] {
            let (other, findings) = read("other", &bytes);
            assert_eq!(findings, [], "{name}");
            let again = planned(&other);
            for (index, activity) in file.network.activities.iter().enumerate() {
                let found = other
                    .network
                    .activities
                    .iter()
                    .position(|a| a.name == activity.name);
                let Some(found) = found.filter(|_| activity.kind != ActivityKind::Summary) else {
                    continue;
                };
                assert_eq!(
                    again.early_finish[found], plan.early_finish[index],
                    "{name} {}",
                    activity.name
                );
            }
        }
    }
}

#[test]
fn an_entity_bomb_is_refused_and_a_huge_outline_does_no_harm() {
    let bomb = b"<?xml version=\"1.0\"?><!DOCTYPE p [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><Project xmlns=\"http://schemas.microsoft.com/project\"><Tasks><Task><UID>1</UID><Name>&b;</Name></Task></Tasks></Project>";
    let (file, findings) = read("bomb.xml", bomb);
    assert!(file.ids.is_empty());
    assert!(findings[0].problem.contains("DOCTYPE"));
    let mut deep = String::from("<Project xmlns=\"http://schemas.microsoft.com/project\"><Tasks>");
    for uid in 1..20_000 {
        deep += &format!(
            "<Task><UID>{uid}</UID><OutlineLevel>{uid}</OutlineLevel><Summary>1</Summary></Task>"
        );
    }
    let (file, _) = read("deep.xml", (deep + "</Tasks></Project>").as_bytes());
    assert_eq!(file.ids.len(), 19_999);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Bytes replaced, cut out and doubled anywhere: findings perhaps, never a panic; what was read fits together.
    #[test]
    fn damaged_files_never_break_a_reader(
        sample in 0usize..4,
        cuts in proptest::collection::vec((any::<u32>(), any::<u8>(), 0usize..400), 1..6),
    ) {
        let mut bytes = SAMPLES[sample].1.to_vec();
        for (at, byte, length) in cuts {
            let at = at as usize % bytes.len().max(1);
            let end = (at + length).min(bytes.len());
            match byte % 4 {
                0 => drop(bytes.drain(at..end)),
                1 => bytes[at] = byte,
                2 => {
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
                _ => bytes.truncate(at.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(byte);
            }
        }
        let (file, _) = read("damaged", &bytes);
        prop_assert_eq!(file.ids.len(), file.network.activities.len());
        prop_assert_eq!(file.ids.len(), file.stored.len());
        prop_assert_eq!(file.ids.len(), file.baselines.len());
        if let Ok(plan) = schedule(&file.network, &file.options) {
            let _ = (write_mspdi(&file, &plan), write_xer(&file, &plan));
        }
    }
}

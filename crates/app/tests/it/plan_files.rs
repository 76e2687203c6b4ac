//! Plans taken away and taken in again: what a plan says it says still, with its calendars, resources and baselines; one
//! undo takes all of it back.

use crate::world::{World, count, id_of, local, sample, values};
use app::App;
use app::page::project_plan::{PlanFilePreview, PlanSheet, RowDates};
use app::project_plan::{
    BaselineFrom, CalendarInput, Change, ChangeRequest, ExceptionInput, ImportChoice, PlanFormat,
    SheetQuery, baseline, baselines, change, commit_file, export, export_notes, keep_calendar,
    look_at_file, sheet, take_baseline, undo,
};
use serde_json::json;

const SCHOOL: &str = "郑州外国语中学莲湖校区项目";

/// The sample's school with a calendar of its own, a longer plan and two baselines, and a project without a plan.
fn world() -> (World, App, String, String) {
    let (world, app) = sample();
    let school = id_of(&app, "project", SCHOOL);
    let stop = ExceptionInput {
        name: "高考停工".to_owned(),
        first: "2023-06-05".parse().expect("a date"),
        last: "2023-06-09".parse().expect("a date"),
        working: false,
        hours: None,
    };
    let calendar = CalendarInput {
        name: "莲湖工地".to_owned(),
        base: Some("site7".to_owned()),
        project: Some(school.clone()),
        exceptions: vec![stop],
        reason: "高考".to_owned(),
        ..CalendarInput::default()
    };
    keep_calendar(&app, &local(&app), "lianhu-site", &calendar).expect("kept");
    let before = read(&app, &school);
    let row = |name: &str| {
        let found = before.activities.iter().find(|row| row.name == name);
        let row = found.expect("the row");
        (row.id.clone(), row.version)
    };
    let ((main, version), (finish, finish_version)) = (row("主体施工"), row("装饰装修"));
    let changes = vec![
        Change::Update {
            id: main,
            version,
            values: values(json!({"calendar": "lianhu-site", "deadline": "2023-06-30"})),
        },
        Change::Update {
            id: finish,
            version: finish_version,
            values: values(
                json!({"predecessors": "2FS-10天", "constraint_kind": "start_no_earlier", "constraint_date": "2023-05-20"}),
            ),
        },
        Change::Add {
            key: "new-1".to_owned(),
            values: values(
                json!({"code": "5", "name": "竣工交付", "duration_days": 0, "kind": "finish_milestone", "predecessors": "4"}),
            ),
            after: None,
        },
    ];
    let request = ChangeRequest {
        changes,
        reason: "补齐计划".to_owned(),
        ..ChangeRequest::default()
    };
    change(&app, &local(&app), &school, &request).expect("changed");
    let words = ("二季度调整", "区长办公会确定");
    take_baseline(&app, &local(&app), &school, words, BaselineFrom::Early).expect("taken");
    let made = app::records::create(
        &app,
        &local(&app),
        "project",
        &values(
            json!({"name": "另一所学校", "target_date": "2023-08-20", "target_kind": "交付", "lead_unit": id_of(&app, "organisation", "莲湖街道")}),
        ),
        "",
        None,
    );
    let other = made.expect("a project").record.id.to_string();
    (world, app, school, other)
}

fn read(app: &App, project: &str) -> PlanSheet {
    sheet(app, &local(app), project, None, &SheetQuery::default()).expect("the sheet")
}

/// Everything a person wrote about each row, and what the engine makes of it.
fn told(sheet: &PlanSheet) -> Vec<String> {
    let row = |row: &app::page::project_plan::PlanRow| {
        let needs: Vec<String> = row
            .resources
            .iter()
            .map(|need| format!("{} {}", need.name, need.units))
            .collect();
        let constraints: Vec<&str> = row
            .constraints
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        let RowDates {
            planned,
            actual,
            early,
            late,
            forecast: _,
        } = &row.dates;
        let (code, name, kind) = (&row.code, &row.name, row.kind.0);
        let (days, label, waits) = (row.duration_days, &row.calendar_label, &row.predecessors);
        let deadline = row.deadline;
        format!(
            "{code} {name} {kind} {days:?} {label} {waits} {constraints:?} {deadline:?} {planned:?} {actual:?} {early:?} {late:?} {needs:?}"
        )
    };
    sheet.activities.iter().map(row).collect()
}

/// Dates of all baselines, newest first.
fn kept(app: &App, project: &str) -> Vec<Vec<String>> {
    let all = baselines(app, &local(app), project).expect("baselines");
    let one = |kept: &app::page::project_plan::BaselineView| {
        let page = baseline(app, &local(app), project, &kept.id, None).expect("a baseline");
        let rows = page.rows.iter().filter(|row| row.then.is_some());
        let mut rows: Vec<String> = rows
            .map(|row| format!("{} {:?}", row.code, row.then))
            .collect();
        rows.sort();
        rows
    };
    let mut all: Vec<Vec<String>> = all.iter().map(one).collect();
    all.sort();
    all
}

fn taken_in(app: &App, project: &str, name: &str, bytes: Vec<u8>) -> (PlanFilePreview, String) {
    let preview = look_at_file(app, &local(app), project, name, bytes).expect("a preview");
    let choice = ImportChoice {
        reason: "接收计划".to_owned(),
        ..ImportChoice::default()
    };
    let diff = commit_file(app, &local(app), project, &preview.token, &choice).expect("taken in");
    (preview, diff.batch_id.expect("a batch"))
}

#[test]
fn a_plan_taken_away_as_project_xml_and_taken_in_elsewhere_says_the_same() {
    let (_world, app, school, other) = world();
    let (name, bytes) =
        export(&app, &local(&app), &school, None, PlanFormat::ProjectXml).expect("a file");
    let (preview, _) = taken_in(&app, &other, &name, bytes);
    assert_eq!((preview.resources, preview.baselines), (4, 2));
    let new: Vec<&str> = preview
        .calendars
        .iter()
        .filter(|(_, _, new)| *new)
        .map(|(name, _, _)| name.as_str())
        .collect();
    assert_eq!(new, ["莲湖工地"]);
    assert_eq!(told(&read(&app, &other)), told(&read(&app, &school)));
    assert_eq!(kept(&app, &other), kept(&app, &school));
    // Away once more and in again: nothing is new, nothing changes.
    let (name, bytes) =
        export(&app, &local(&app), &other, None, PlanFormat::ProjectXml).expect("a file");
    let again = look_at_file(&app, &local(&app), &other, &name, bytes).expect("a preview");
    assert_eq!(
        (again.counts.add, again.counts.update),
        (0, 0),
        "{:?}",
        again.diff.changed
    );
    assert_eq!((again.resources, again.baselines), (0, 0));
    assert!(
        again.calendars.iter().all(|(_, _, new)| !new),
        "{:?}",
        again.calendars
    );
}

#[test]
fn a_plan_taken_away_as_xer_keeps_calendars_resources_and_dates() {
    let (_world, app, school, other) = world();
    let (name, bytes) = export(&app, &local(&app), &school, None, PlanFormat::Xer).expect("a file");
    let (preview, _) = taken_in(&app, &other, &name, bytes);
    assert_eq!(
        (preview.resources, preview.baselines),
        (4, 0),
        "XER holds one plan"
    );
    // XER has no deadlines and says the earliest dates where nothing is planned; what is worked when is the same.
    let told = |sheet: &PlanSheet| -> Vec<String> {
        let row = |row: &app::page::project_plan::PlanRow| {
            let needs: Vec<(&str, i64)> = row
                .resources
                .iter()
                .map(|n| (n.name.as_str(), n.units))
                .collect();
            let dates = (row.dates.early, row.dates.late, row.dates.actual);
            let (code, days, label) = (&row.code, row.duration_days, &row.calendar_label);
            format!(
                "{code} {days:?} {label} {} {dates:?} {needs:?} {}",
                row.predecessors, row.percent
            )
        };
        sheet.activities.iter().map(row).collect()
    };
    assert_eq!(told(&read(&app, &other)), told(&read(&app, &school)));
}

#[test]
fn one_undo_takes_rows_calendars_resources_and_baselines_back() {
    let (_world, app, school, other) = world();
    let registers = [
        "activity",
        "work_calendar",
        "plan_resource",
        "plan_baseline",
        "progress_report",
    ];
    let before = registers.map(|register| count(&app, register));
    let (name, bytes) =
        export(&app, &local(&app), &school, None, PlanFormat::ProjectXml).expect("a file");
    let (_, batch) = taken_in(&app, &other, &name, bytes);
    let after = registers.map(|register| count(&app, register));
    assert_eq!(
        [0, 1, 2, 3, 4].map(|at| after[at] - before[at]),
        [5, 1, 4, 2, 1],
        "{registers:?}"
    );
    undo(&app, &local(&app), &other, &batch, "重新来").expect("undone");
    assert_eq!(registers.map(|register| count(&app, register)), before);
}

const P6: &str = include_str!("../../../exchange/src/schedule_file/samples/school.xer");

#[test]
fn absurd_durations_of_finished_work_give_way_to_what_it_took() {
    let (_world, app, _, other) = world();
    // P6 plans with what remains: nobody looks at the original duration of finished work.
    let absurd = P6.replacen("施工许可\t\t\t0\t24\t", "施工许可\t\t\t0\t999999\t", 1);
    assert_ne!(absurd, P6);
    let preview = look_at_file(&app, &local(&app), &other, "a.xer", absurd.into_bytes());
    let preview = preview.expect("a preview");
    let told: Vec<&str> = preview
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert!(told.contains(&"plan.absurd_duration"), "{told:?}");
    assert!(preview.diff.after.is_some(), "{:?}", preview.diff.findings);
    let row = preview.rows.iter().find(|row| row.name == "施工许可");
    assert_eq!(row.expect("the row").duration_days, Some(3));
}

#[test]
fn equal_notes_of_a_file_are_told_once_with_their_count() {
    let (_world, app, _, other) = world();
    let odd = P6
        .replace("\t80\t80\t", "\t77\t77\t")
        .replace("\t40\t40\t", "\t37\t37\t");
    let preview = look_at_file(&app, &local(&app), &other, "a.xer", odd.into_bytes());
    let preview = preview.expect("a preview");
    let notes = preview
        .findings
        .iter()
        .filter(|one| one.code == "plan.part_day");
    let notes: Vec<&str> = notes.map(|one| one.problem.as_str()).collect();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("有 "), "{notes:?}");
}

#[test]
fn a_fault_of_a_file_is_told_once_by_the_label_of_its_field() {
    let (_world, app, _, other) = world();
    let add = |key: &str, given: serde_json::Value| Change::Add {
        key: key.to_owned(),
        values: values(given),
        after: None,
    };
    let request = ChangeRequest {
        changes: vec![add(
            "new-1",
            json!({"code": "A9", "name": "超长", "duration_days": 40000}),
        )],
        dry_run: true,
        ..ChangeRequest::default()
    };
    let diff = change(&app, &local(&app), &other, &request).expect("tried");
    let places: Vec<&str> = diff.findings.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["A9 超长：工期(天)"], "{:?}", diff.findings);
}

#[test]
fn a_work_may_wait_for_hundreds_of_others() {
    let (_world, app, _, other) = world();
    let add = |no: usize, given: serde_json::Value| Change::Add {
        key: format!("new-{no}"),
        values: values(given),
        after: None,
    };
    let code = |no: usize| format!("A{:04}", 1_000 + no);
    let mut changes: Vec<Change> = (0..100)
        .map(|no| {
            add(
                no,
                json!({"code": code(no), "name": code(no), "duration_days": 1}),
            )
        })
        .collect();
    let all = (0..100).map(code).collect::<Vec<_>>().join(",");
    let last = json!({"code": "Z", "name": "汇合", "duration_days": 1, "predecessors": all});
    changes.push(add(100, last));
    let request = ChangeRequest {
        changes,
        dry_run: true,
        ..ChangeRequest::default()
    };
    let diff = change(&app, &local(&app), &other, &request).expect("tried");
    assert!(diff.after.is_some(), "{:?}", diff.findings);
}

/// The file with 装修 on a calendar of seven days, lags on the successor's calendar, and its own rule for floats.
fn by_successor() -> String {
    let calendar = P6.lines().find(|line| line.starts_with("%R\t31\t"));
    let calendar = calendar.expect("the calendar");
    let work = "(0||0(s|08:00|f|12:00)())      (0||1(s|13:00|f|17:00)())";
    let seven = calendar
        .replacen("%R\t31\tY\t工作日", "%R\t32\tN\t七天", 1)
        .replace("(0||1()())", &format!("(0||1()({work}))"))
        .replace("(0||7()())", &format!("(0||7()({work}))"));
    assert_ne!(seven.matches(work).count(), calendar.matches(work).count());
    P6.replacen(calendar, &format!("{calendar}\n{seven}"), 1)
        .replace("rcal_Predecessor", "rcal_Successor")
        .replace("PR_SS\t40", "PR_SS\t80")
        .replace("FT_FF", "FT_MIN")
        .replace("%R\t9104\t700\t801\t31", "%R\t9104\t700\t801\t32")
}

fn lag_notes(preview: &PlanFilePreview) -> Vec<&str> {
    let told = preview.findings.iter();
    let told = told.filter(|one| one.code == "plan.lag_calendar");
    told.map(|one| one.problem.as_str()).collect()
}

#[test]
fn lags_that_pass_on_other_days_by_the_rules_of_the_plan_are_told_and_equal_ones_are_not() {
    let (_world, app, _, other) = world();
    let look = |text: String| {
        look_at_file(&app, &local(&app), &other, "a.xer", text.into_bytes()).expect("a preview")
    };
    let told = look(by_successor());
    let [note] = lag_notes(&told)[..] else {
        panic!("one note: {:?}", told.findings)
    };
    assert!(note.contains("按后续工作的日历计算"), "{note}");
    assert!(
        note.contains("有 1 处") && note.contains("A1020→A1030"),
        "{note}"
    );
    // The same rule where all work goes by one calendar moves nothing.
    let same = look(P6.replace("rcal_Predecessor", "rcal_Successor"));
    assert_eq!(lag_notes(&same), [""; 0]);
    let fields = |preview: &PlanFilePreview| -> Vec<String> {
        let all = preview.options.iter();
        all.map(|one| format!("{}：{}→{}", one.label, one.before, one.after))
            .collect()
    };
    let lag = "间隔按哪本日历：紧前工作的日历→后续工作的日历".to_owned();
    assert!(fields(&same).contains(&lag), "{:?}", fields(&same));
    assert!(same.may_take_options);
}

#[test]
fn options_of_a_file_are_taken_over_with_it_and_taken_back_with_it() {
    let (_world, app, _, other) = world();
    let options =
        |app: &App| app::project_plan::options(app, &local(app), &other, None).expect("options");
    let look = look_at_file(
        &app,
        &local(&app),
        &other,
        "a.xer",
        by_successor().into_bytes(),
    );
    let preview = look.expect("a preview");
    let choice = |dry_run, take_options| ImportChoice {
        take_options,
        dry_run,
        reason: "按总包的计划".to_owned(),
        ..ImportChoice::default()
    };
    let take =
        |choice| commit_file(&app, &local(&app), &other, &preview.token, &choice).expect("taken");
    // On the successor's calendar a Saturday and a Sunday pass too: the lag of ten days ends two days earlier.
    let start = |diff: &app::page::project_plan::PlanDiff| {
        let row = diff.moved.iter().find(|row| row.row.code == "A1030");
        row.and_then(|row| row.after.clone()).expect("装修").start
    };
    let (own, files) = (
        start(&take(choice(true, false))),
        start(&take(choice(true, true))),
    );
    assert!(files < own, "{files} {own}");
    assert_eq!(options(&app).version, 0, "nothing was written");

    let batch = take(choice(false, true)).batch_id.expect("a batch");
    let kept = options(&app);
    assert_eq!(
        (kept.lag_calendar, kept.float_rule),
        ("successor", "smaller")
    );
    assert_eq!((kept.critical_rule, kept.critical_days), ("threshold", 1));
    let sheet = read(&app, &other);
    let row = sheet.activities.iter().find(|row| row.code == "A1030");
    assert_eq!(row.expect("装修").dates.early.0, Some(files));
    let listed = app::project_plan::changes(&app, &local(&app), &other).expect("changes");
    assert!(
        listed[0].text.ends_with("、改排程选项"),
        "{}",
        listed[0].text
    );
    // Once more with the same rules: there is nothing to take over.
    let again = look_at_file(
        &app,
        &local(&app),
        &other,
        "a.xer",
        by_successor().into_bytes(),
    );
    let again = again.expect("a preview");
    assert!(again.options.is_empty(), "{:?}", again.options);
    assert_eq!(lag_notes(&again), [""; 0]);

    undo(&app, &local(&app), &other, &batch, "重来").expect("undone");
    assert_eq!(options(&app).lag_calendar, "predecessor");
    assert!(read(&app, &other).activities.is_empty());
}

#[test]
fn lags_go_to_project_and_back_in_the_unit_they_were_written_in() {
    let (_world, app, school, other) = world();
    let before = read(&app, &school);
    let row = before.activities.iter().find(|row| row.code == "4");
    let row = row.expect("row 4");
    let waits = "1FS+1自然月,2SS+2周,3FS+50e%";
    let request = ChangeRequest {
        changes: vec![Change::Update {
            id: row.id.clone(),
            version: row.version,
            values: values(json!({"predecessors": waits})),
        }],
        reason: "补间隔".to_owned(),
        ..ChangeRequest::default()
    };
    change(&app, &local(&app), &school, &request).expect("changed");
    let file = export(&app, &local(&app), &school, None, PlanFormat::ProjectXml).expect("a file");
    let text = String::from_utf8(file.1.clone()).expect("UTF-8");
    for format in [12, 9, 20] {
        assert!(text.contains(&format!("<LagFormat>{format}<")), "{format}");
    }
    assert!(text.contains("<LinkLag>50</LinkLag>"));
    let (preview, _) = taken_in(&app, &other, &file.0, file.1);
    let row = preview.rows.iter().find(|row| row.code == "4");
    assert_eq!(row.expect("row 4").predecessors, waits);
}

/// A project of three works in a row behind a permit; nothing has begun.
fn permits(app: &App) -> String {
    let made = app::records::create(
        app,
        &local(app),
        "project",
        &values(json!({
            "name": "手续试点", "target_date": "2023-08-20", "target_kind": "完工",
            "lead_unit": id_of(app, "organisation", "莲湖街道"),
        })),
        "",
        None,
    );
    let id = made.expect("a project").record.id.to_string();
    let row = |key: &str, name: &str, before: &str| Change::Add {
        key: key.to_owned(),
        values: values(json!({
            "code": &key[4..], "name": name, "duration_days": 6, "predecessors": before, "calendar": "cn5",
        })),
        after: None,
    };
    let request = ChangeRequest {
        changes: vec![
            row("new-1", "用地", ""),
            row("new-2", "环评", "1"),
            row("new-3", "许可", "2"),
            row("new-4", "开工", "3"),
        ],
        reason: "起计划".to_owned(),
        ..ChangeRequest::default()
    };
    change(app, &local(app), &id, &request).expect("made");
    id
}

#[test]
fn what_p6_would_calculate_otherwise_is_told_with_its_reason() {
    let (_world, app) = sample();
    let id = permits(&app);
    let notes = |format| {
        let notes = export_notes(&app, &local(&app), &id, (None, None), format).expect("notes");
        let told = notes
            .into_iter()
            .find(|one| one.code == "plan.calculated_elsewhere");
        told.map(|one| (one.problem, one.remedy))
    };
    assert_eq!(
        notes(PlanFormat::Xer),
        None,
        "P6 starts at the data date too"
    );
    assert_eq!(notes(PlanFormat::ProjectXml), None, "held by a constraint");
    let sheet = read(&app, &id);
    let permit = sheet
        .activities
        .iter()
        .find(|row| row.name == "许可")
        .expect("the row");
    let request = ChangeRequest {
        changes: vec![Change::Update {
            id: permit.id.clone(),
            version: permit.version,
            values: values(json!({"actual_start": "2023-03-01", "actual_finish": "2023-03-08"})),
        }],
        reason: "先拿到许可".to_owned(),
        ..ChangeRequest::default()
    };
    change(&app, &local(&app), &id, &request).expect("reported");
    let (problem, remedy) = notes(PlanFormat::Xer).expect("P6 waits for the land");
    assert!(problem.contains("“开工”"), "{problem}");
    assert!(
        remedy.contains("“许可”已经完成，它的紧前工作“环评”还没完"),
        "{remedy}"
    );
    assert_eq!(
        notes(PlanFormat::ProjectXml),
        None,
        "Project waits no more than we do"
    );
}

#[test]
fn the_target_of_a_file_is_the_day_itself() {
    let (_world, app) = sample();
    let id = permits(&app);
    let (_, bytes) = export(&app, &local(&app), &id, None, PlanFormat::Xer).expect("a file");
    let (file, _) = exchange::schedule_file::read("a.xer", &bytes);
    let target = file.projects[0].must_finish.map(ground::iso_minutes);
    assert_eq!(target.as_deref(), Some("2023-08-20T17:00"));
    assert!(!file.projects[0].code.is_empty());
    assert!(
        file.projects[0].code.parse::<u64>().is_err(),
        "no key of the database"
    );
}

//! 尽晚, dates no calendar knows, and what a plan says against itself: the sheet shows where work is planned, and tells
//! each fault once, where it was filled in.

use crate::books;
use crate::imports::take;
use crate::world::{World, id_of, local, values};
use app::App;
use app::page::project_plan::{PlanDiff, PlanRow, PlanSheet};
use app::project_plan::{Change, ChangeRequest, SheetQuery, change, sheet};
use ground::{Date, Finding};
use serde_json::{Value as Json, json};

fn school(world: &World) -> (App, String) {
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    take(&app, "倒排.xlsx", books::plan(), "activity");
    let id = id_of(&app, "project", "丙学校项目");
    (app, id)
}

fn read(app: &App, project: &str) -> PlanSheet {
    sheet(app, &local(app), project, None, &SheetQuery::default()).expect("the sheet")
}

fn row<'a>(sheet: &'a PlanSheet, name: &str) -> &'a PlanRow {
    let found = sheet.activities.iter().find(|row| row.name == name);
    found.unwrap_or_else(|| panic!("no row “{name}”"))
}

fn ask(app: &App, project: &str, changes: Vec<Change>) -> PlanDiff {
    let request = ChangeRequest {
        changes,
        dry_run: true,
        with_sheet: true,
        ..ChangeRequest::default()
    };
    change(app, &local(app), project, &request).expect("tried")
}

fn add(key: &str, given: Json) -> Change {
    Change::Add {
        key: key.to_owned(),
        values: values(given),
        after: None,
    }
}

fn update(row: &PlanRow, given: Json) -> Change {
    Change::Update {
        id: row.id.clone(),
        version: row.version,
        values: values(given),
    }
}

/// A wall beside the building, and what comes behind it.
fn wall(timing: &str) -> Vec<Change> {
    let wall = json!({
        "name": "围墙", "code": "W", "duration_days": 5, "predecessors": "1SS", "calendar": "cn5", "timing": timing,
    });
    let behind = json!({
        "name": "围墙验收", "code": "V", "duration_days": 2, "predecessors": "W", "calendar": "cn5",
    });
    vec![add("new-1", wall), add("new-2", behind)]
}

fn whole(diff: PlanDiff) -> PlanSheet {
    *diff
        .sheet
        .unwrap_or_else(|| panic!("no sheet: {:?}", diff.findings))
}

#[test]
fn work_planned_late_stands_at_the_end_of_its_float_and_what_follows_goes_with_it() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let soon = whole(ask(&app, &id, wall("asap")));
    let late = ask(&app, &id, wall("alap_total"));
    let moved: Vec<&str> = late.moved.iter().map(|m| m.row.code.as_str()).collect();
    assert!(moved.contains(&"W") && moved.contains(&"V"), "{moved:?}");
    let late = whole(late);
    let (before, after) = (row(&soon, "围墙"), row(&late, "围墙"));
    assert_eq!(before.dates.forecast, before.dates.early);
    assert_eq!(after.dates.early, before.dates.early);
    assert_eq!(after.dates.forecast, after.dates.late);
    assert!(after.dates.forecast > before.dates.forecast);
    assert!(
        after.why.contains("尽晚安排：排到时差末尾"),
        "{}",
        after.why
    );
    let driver = after.driver.as_ref().expect("a driver");
    assert_eq!(driver.text, "尽晚安排：排到时差末尾");
    let behind = row(&late, "围墙验收");
    assert!(behind.dates.forecast.0 > after.dates.forecast.1);
    assert!(
        behind.why.contains("等「围墙」（尽晚安排）"),
        "{}",
        behind.why
    );
    // What hangs on no late work stands as it did.
    let same = |name: &str| row(&soon, name).dates.forecast == row(&late, name).dates.forecast;
    assert!(
        ["桩基工程", "地下结构", "主体施工", "竣工验收"]
            .iter()
            .all(|name| same(name))
    );
    assert_eq!(soon.summary.forecast_finish, late.summary.forecast_finish);
}

#[test]
fn work_late_in_its_free_float_moves_up_to_what_follows() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let mut changes = wall("alap_free");
    let ends = row(&read(&app, &id), "竣工验收").clone();
    changes.push(update(&ends, json!({"predecessors": "3，V"})));
    let late = whole(ask(&app, &id, changes));
    // 围墙 has no free float before 围墙验收, which follows at once.
    let (wall, behind) = (row(&late, "围墙"), row(&late, "围墙验收"));
    assert_eq!(wall.free_float, Some(0));
    assert!(behind.dates.forecast.0 > wall.dates.forecast.1);
    let mut changes = wall_alone("alap_free");
    changes.push(update(&ends, json!({"predecessors": "3，W"})));
    let late = whole(ask(&app, &id, changes));
    let wall = row(&late, "围墙");
    let driver = wall.driver.as_ref().expect("a driver");
    assert_eq!(driver.text, "尽晚安排：再晚就要推后续工作");
    assert!(wall.dates.forecast.1 < row(&late, "竣工验收").dates.forecast.0);
}

fn wall_alone(timing: &str) -> Vec<Change> {
    let mut both = wall(timing);
    both.truncate(1);
    both
}

#[test]
fn a_date_or_lag_no_calendar_knows_is_refused_at_its_cell() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let ends = row(&read(&app, &id), "竣工验收").clone();
    for (given, label, says) in [
        (
            json!({"constraint_kind": "start_no_earlier", "constraint_date": "2203-05-20"}),
            "限制日期",
            "2203-05-20",
        ),
        (json!({"deadline": "1923-08-20"}), "目标时限", "1923-08-20"),
    ] {
        let diff = ask(&app, &id, vec![update(&ends, given)]);
        let wrong: Vec<&Finding> = diff.findings.iter().collect();
        let first = wrong.first().unwrap_or_else(|| panic!("{label} is taken"));
        assert!(first.place.starts_with("4 竣工验收"), "{}", first.place);
        assert!(first.place.contains(label), "{} of {label}", first.place);
        assert!(first.problem.contains(says), "{}", first.problem);
        assert!(diff.after.is_none());
    }
}

/// What is told about one row, whatever else is told.
fn told<'a>(sheet: &'a PlanSheet, place: &str) -> Vec<&'a str> {
    let own = sheet
        .findings
        .iter()
        .filter(|one| one.place.starts_with(place));
    own.map(|one| one.problem.as_str()).collect()
}

#[test]
fn each_contradiction_of_a_plan_is_told_once_where_it_was_filled_in() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let ends = row(&read(&app, &id), "竣工验收").clone();
    for (given, label, says) in [
        (json!({"actual_start": "2023-05-01"}), "实际开始", "在今天"),
        (
            json!({"constraint_kind": "mandatory_start", "constraint_date": "2023-09-01",
                   "constraint_2_kind": "mandatory_start", "constraint_2_date": "2023-09-05"}),
            "限制日期",
            "互相矛盾",
        ),
        (
            json!({"constraint_kind": "start_no_earlier", "constraint_date": "2023-12-10",
                   "constraint_2_kind": "finish_no_later", "constraint_2_date": "2023-12-15"}),
            "限制日期",
            "排不下",
        ),
        (json!({"manual": true}), "手动排", "没有填全"),
        (
            json!({"manual": true, "planned_start": "2023-04-03", "planned_finish": "2023-04-28"}),
            "计划开始",
            "“主体施工”",
        ),
        (
            json!({"expected_finish": "2023-04-10"}),
            "预期完成",
            "没有采用",
        ),
        (json!({"remaining_days": 3}), "剩余工期", "没有实际开始"),
    ] {
        let sheet = whole(ask(&app, &id, vec![update(&ends, given)]));
        let problems = told(&sheet, "4 竣工验收");
        assert_eq!(problems.len(), 1, "{label}: {:?}", sheet.findings);
        assert!(problems[0].contains(says), "{problems:?}");
        let place = &sheet
            .findings
            .iter()
            .find(|one| one.problem == problems[0])
            .expect("told")
            .place;
        assert!(place.contains(label), "{place} of {label}");
    }
}

#[test]
fn an_actual_finish_before_the_start_names_its_row_by_code_and_name() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let first = row(&read(&app, &id), "桩基工程").clone();
    let given = json!({"actual_start": "2023-03-08", "actual_finish": "2023-03-01"});
    let request = ChangeRequest {
        changes: vec![update(&first, given)],
        dry_run: true,
        with_sheet: true,
        ..ChangeRequest::default()
    };
    let diff = change(&app, &local(&app), &id, &request).expect("tried");
    let about = diff
        .findings
        .iter()
        .filter(|one| one.problem.contains("2023-03-08"));
    let places: Vec<&str> = about.map(|one| one.place.as_str()).collect();
    assert_eq!(places.len(), 1, "{:?}", diff.findings);
    assert!(places[0].starts_with("1 桩基工程"), "{places:?}");
}

#[test]
fn a_hammock_without_an_end_is_told() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let hammock = |predecessors: &str| {
        add(
            "new-1",
            json!({"name": "监理", "code": "L", "kind": "level_of_effort", "predecessors": predecessors}),
        )
    };
    let open = whole(ask(&app, &id, vec![hammock("1SS")]));
    assert!(
        told(&open, "L 监理")[0].contains("没有连结尾"),
        "{:?}",
        open.findings
    );
    let tied = whole(ask(&app, &id, vec![hammock("1SS，4FF")]));
    assert_eq!(told(&tied, "L 监理"), [""; 0]);
}

#[test]
fn free_float_shows_no_more_than_the_total_float_to_the_target() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let sheet = whole(ask(&app, &id, wall("asap")));
    let last = row(&sheet, "围墙验收");
    let (free, total) = (
        last.free_float.expect("free"),
        last.total_float.expect("total"),
    );
    // The plan is over after the target: without the target 围墙验收 could wait longer than the target allows.
    assert!(sheet.summary.slip_days.is_some_and(|days| days > 0));
    assert_eq!(free, total);
}

#[test]
fn a_begun_project_says_what_is_asked_of_the_work_left() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let before = read(&app, &id);
    assert!(
        before.summary.float_text.contains("前开始"),
        "{}",
        before.summary.float_text
    );
    let first = row(&before, "桩基工程").clone();
    let begun = whole(ask(
        &app,
        &id,
        vec![update(&first, json!({"actual_start": "2023-03-01"}))],
    ));
    let by: Date = begun.summary.start_by.expect("a day");
    let year = if by.year() == begun.today.year() {
        String::new()
    } else {
        format!("{}年", by.year())
    };
    let text = format!(
        "，剩余工作最迟应从 {year}{}月{}日做起",
        by.month(),
        by.day()
    );
    assert!(
        begun.summary.float_text.ends_with(&text),
        "{}",
        begun.summary.float_text
    );
}

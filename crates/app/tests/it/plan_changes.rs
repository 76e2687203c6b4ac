//! Changes of a plan: tried out without a trace, made as one batch, taken back as one, refused as a whole.

use crate::books;
use crate::imports::take;
use crate::world::{World, codes, day, findings, id_of, local, on_both, person, sample, values};
use app::page::project_plan::{PlanRow, PlanSheet};
use app::project_plan::{Change, ChangeRequest, SheetQuery, change, changes, sheet, undo};
use app::{App, AppError};
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

fn update(row: &PlanRow, given: Json) -> Change {
    Change::Update {
        id: row.id.clone(),
        version: row.version,
        values: values(given),
    }
}

fn asked(changes: Vec<Change>) -> ChangeRequest {
    ChangeRequest {
        changes,
        reason: "主体提前插入".to_owned(),
        ..ChangeRequest::default()
    }
}

fn tried(changes: Vec<Change>) -> ChangeRequest {
    ChangeRequest {
        dry_run: true,
        with_sheet: true,
        ..asked(changes)
    }
}

#[test]
fn the_sheet_tells_dates_floats_drivers_and_the_way_to_the_target() {
    on_both(|world| {
        let (app, id) = school(world);
        let sheet = read(&app, &id);
        let names: Vec<&str> = sheet.activities.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["桩基工程", "地下结构", "主体施工", "竣工验收"]);
        assert!(sheet.editable);
        let last = row(&sheet, "竣工验收");
        assert_eq!(last.dates.late.1, Some(day("2023-07-31")));
        assert_eq!(last.band, "negative");
        assert_eq!(last.driver.as_ref().map(|d| d.kind), Some("link"));
        assert!(
            sheet.links.iter().all(|link| link.driving),
            "{:?}",
            sheet.links
        );
        assert_eq!(sheet.links.len(), 3);
        let short = sheet.shortfall.expect("a shortfall");
        assert!(
            short.days > 0 && short.chain_text.ends_with("竣工验收"),
            "{short:?}"
        );
        assert_eq!(sheet.summary.critical_path.len(), 4);
        let negative = &sheet.bands[0];
        assert_eq!((negative.band, negative.count), ("negative", 4));
    });
}

#[test]
fn a_change_tried_out_tells_what_it_would_do_and_leaves_no_trace() {
    on_both(|world| {
        let (app, id) = school(world);
        let before = read(&app, &id);
        let position = app.position().expect("position");
        let shorter = update(row(&before, "主体施工"), json!({"duration_days": 60}));
        let diff = change(&app, &local(&app), &id, &tried(vec![shorter])).expect("a diff");
        assert!(diff.dry_run && diff.batch_id.is_none());
        let days = diff.finish_change_days.expect("both finishes");
        assert!(days < 0, "{}", diff.finish_text);
        let words = format!("提前 {} 天", -days);
        assert!(diff.finish_text.contains(&words), "{}", diff.finish_text);
        let moved: Vec<&str> = diff.moved.iter().map(|m| m.row.name.as_str()).collect();
        assert!(moved.contains(&"竣工验收"), "{moved:?}");
        assert_eq!(diff.changed.len(), 1);
        let then = diff.sheet.expect("the sheet as it would be");
        assert_eq!(row(&then, "主体施工").duration_days, Some(60));
        assert_eq!(app.position().expect("position"), position);
        assert_eq!(
            row(&read(&app, &id), "主体施工").version,
            row(&before, "主体施工").version
        );
    });
}

#[test]
fn a_batch_is_one_write_and_is_taken_back_as_one() {
    on_both(|world| {
        let (app, id) = school(world);
        let before = read(&app, &id);
        let batch = vec![
            update(row(&before, "主体施工"), json!({"duration_days": 60})),
            Change::Add {
                key: "new-1".to_owned(),
                values: values(
                    json!({"name": "样板间验收", "duration_days": 3, "predecessors": "3SS+30"}),
                ),
                after: Some(row(&before, "主体施工").id.clone()),
            },
            Change::Remove {
                id: row(&before, "地下结构").id.clone(),
                version: row(&before, "地下结构").version,
                relink: true,
            },
        ];
        let diff = change(&app, &local(&app), &id, &asked(batch)).expect("made");
        let made = read(&app, &id);
        let names: Vec<&str> = made.activities.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["桩基工程", "主体施工", "样板间验收", "竣工验收"]);
        assert_eq!(row(&made, "样板间验收").code, "3.1");
        assert_eq!(diff.added[0].activity_id, row(&made, "样板间验收").id);
        assert_eq!(
            row(&made, "主体施工").predecessors,
            "1",
            "it waits for what was before"
        );
        let listed = changes(&app, &local(&app), &id).expect("changes");
        assert_eq!(listed[0].text, "改 1 项、增 1 项、删 1 项");
        assert_eq!(listed[0].reason, "主体提前插入");
        assert_eq!(
            made.can_undo.as_ref().map(|b| &b.batch_id),
            diff.batch_id.as_ref()
        );
        let batch = diff.batch_id.expect("a batch");
        undo(&app, &local(&app), &id, &batch, "调整作废").expect("undone");
        let again = read(&app, &id);
        assert_eq!(
            again.summary.forecast_finish,
            before.summary.forecast_finish
        );
        assert_eq!(again.activities.len(), 4);
        assert_eq!(
            row(&again, "主体施工").duration_days,
            row(&before, "主体施工").duration_days
        );
        let twice = undo(&app, &local(&app), &id, &batch, "再来一次");
        assert!(matches!(twice, Err(AppError::Conflict(_))), "{twice:?}");
    });
}

#[test]
fn what_would_close_a_loop_is_refused_by_the_names_in_it() {
    on_both(|world| {
        let (app, id) = school(world);
        let before = read(&app, &id);
        let position = app.position().expect("position");
        let circle = update(
            row(&before, "桩基工程"),
            json!({"predecessors": "4FS-10，2SS+5天"}),
        );
        let diff = change(&app, &local(&app), &id, &tried(vec![circle.clone()])).expect("told");
        assert!(diff.after.is_none() && diff.sheet.is_none());
        let told = findings(change(&app, &local(&app), &id, &asked(vec![circle])));
        assert!(
            !told.is_empty() && told.iter().all(|f| f.code == "plan.loop"),
            "{told:?}"
        );
        let all = told.iter().map(|f| format!("{} {}", f.place, f.problem));
        let all = all.collect::<String>();
        for name in ["桩基工程", "竣工验收"] {
            assert!(all.contains(name), "{name} in {all}");
        }
        assert_eq!(
            app.position().expect("position"),
            position,
            "nothing was written"
        );
    });
}

#[test]
fn wrong_values_and_unknown_predecessors_are_told_with_their_row() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let sheet = read(&app, &id);
    let first = row(&sheet, "桩基工程");
    for (given, code) in [
        (json!({"predecessors": "99"}), "plan.predecessor_missing"),
        (
            json!({"predecessors": "看图纸"}),
            "plan.predecessor_missing",
        ),
        (json!({"predecessors": "2FS+很久"}), "plan.predecessor"),
        (json!({"duration_days": -1}), "value.out_of_range"),
        (json!({"duration_days": "很久"}), "value.bad_shape"),
        (json!({"code": "2"}), "plan.code_twice"),
        (json!({"calendar": "moon"}), "plan.calendar"),
        (json!({"parent": "new-7"}), "plan.row"),
        (json!({"nothing": 1}), "value.unknown_field"),
        (
            json!({"planned_start": "2023-09-01", "planned_finish": "2023-08-01"}),
            "plan.dates",
        ),
        (json!({"constraint_kind": "start_on"}), "plan_constraint"),
    ] {
        let told = findings(change(
            &app,
            &local(&app),
            &id,
            &asked(vec![update(first, given.clone())]),
        ));
        let told: Vec<&str> = told.iter().map(|f| f.code.as_str()).collect();
        assert!(told.contains(&code), "{given}: {told:?}");
    }
    assert_eq!(
        codes(change(&app, &local(&app), &id, &asked(Vec::new()))),
        ["plan.changes"]
    );
    let silent = ChangeRequest {
        reason: String::new(),
        ..asked(vec![update(first, json!({"duration_days": 9}))])
    };
    assert_eq!(
        codes(change(&app, &local(&app), &id, &silent)),
        ["record.reason"]
    );
}

#[test]
fn a_row_changed_by_somebody_else_stops_the_whole_batch() {
    on_both(|world| {
        let (app, id) = school(world);
        let seen = read(&app, &id);
        let first = asked(vec![update(
            row(&seen, "桩基工程"),
            json!({"duration_days": 20}),
        )]);
        change(&app, &local(&app), &id, &first).expect("made");
        let late = asked(vec![
            update(row(&seen, "桩基工程"), json!({"duration_days": 25})),
            update(row(&seen, "主体施工"), json!({"duration_days": 50})),
        ]);
        let told = findings(change(&app, &local(&app), &id, &late));
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].code.as_str(), told[0].place.as_str()),
            ("plan.stale", "1 桩基工程")
        );
        let now = read(&app, &id);
        assert_eq!(
            row(&now, "主体施工").version,
            row(&seen, "主体施工").version
        );
    });
}

#[test]
fn a_renamed_code_is_followed_and_a_dragged_bar_stays_where_it_was_put() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let before = read(&app, &id);
    let renamed = asked(vec![update(
        row(&before, "主体施工"),
        json!({"code": "30"}),
    )]);
    change(&app, &local(&app), &id, &renamed).expect("renamed");
    let now = read(&app, &id);
    assert_eq!(row(&now, "竣工验收").predecessors, "30");
    let last = row(&now, "竣工验收");
    let later = last
        .dates
        .early
        .0
        .expect("a date")
        .checked_add(jiff::Span::new().days(30))
        .expect("later");
    let dragged = asked(vec![Change::Move {
        id: last.id.clone(),
        version: last.version,
        start: Some(later),
        finish: None,
    }]);
    change(&app, &local(&app), &id, &dragged).expect("dragged");
    let now = read(&app, &id);
    let last = row(&now, "竣工验收");
    assert!(last.dates.early.0 >= Some(later), "{:?}", last.dates);
    assert_eq!(last.constraints[0].kind, "start_no_earlier");
    let driver = last.driver.as_ref().expect("a driver");
    assert_eq!(
        driver.kind, "constraint",
        "{} for {later}: {:?}",
        last.why, last.dates
    );
}

#[test]
fn summaries_gather_their_parts_and_parts_may_come_in_one_request() {
    on_both(|world| {
        let (app, id) = school(world);
        let before = read(&app, &id);
        let batch = vec![
            Change::Add {
                key: "new-s".to_owned(),
                values: values(json!({"name": "主体工程", "kind": "summary", "code": "2.5"})),
                after: None,
            },
            update(row(&before, "主体施工"), json!({"parent": "new-s"})),
            Change::Add {
                key: "new-t".to_owned(),
                values: values(
                    json!({"name": "砌体", "duration_days": 20, "predecessors": "3SS+20", "parent": "new-s"}),
                ),
                after: None,
            },
        ];
        change(&app, &local(&app), &id, &asked(batch)).expect("made");
        let now = read(&app, &id);
        let names: Vec<(&str, usize)> = now
            .activities
            .iter()
            .map(|r| (r.name.as_str(), r.level))
            .collect();
        assert_eq!(
            names,
            [
                ("桩基工程", 0),
                ("地下结构", 0),
                ("主体工程", 0),
                ("主体施工", 1),
                ("砌体", 1),
                ("竣工验收", 0)
            ]
        );
        let (whole, part) = (row(&now, "主体工程"), row(&now, "主体施工"));
        assert_eq!(whole.dates.early.0, part.dates.early.0);
        assert_eq!(now.summary.activities, 5, "a summary is no work of its own");
        assert_eq!(now.summary.forecast_finish, before.summary.forecast_finish);
    });
}

#[test]
fn planned_days_can_follow_the_backward_plan() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let late = asked(vec![Change::Replan {
        ids: None,
        late: true,
        target: None,
    }]);
    change(&app, &local(&app), &id, &late).expect("replanned");
    let now = read(&app, &id);
    let last = row(&now, "竣工验收");
    assert_eq!(
        last.dates.planned.1,
        Some(day("2023-07-31")),
        "the target is the last day"
    );
    for row in now
        .activities
        .iter()
        .filter(|row| row.state == "not_started" && !row.assumed)
    {
        assert!(
            row.dates.planned.1 <= Some(day("2023-07-31")),
            "{}",
            row.name
        );
    }
}

#[test]
fn who_may_only_read_changes_nothing_and_who_is_elsewhere_sees_nothing() {
    let (_world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let seen = read(&app, &id);
    let given = || {
        asked(vec![update(
            &seen.activities[1],
            json!({"duration_days": 90}),
        )])
    };
    let viewer = person("410102", "viewer");
    assert!(
        !sheet(&app, &viewer, &id, None, &SheetQuery::default())
            .expect("a sheet")
            .editable
    );
    let refused = change(&app, &viewer, &id, &given());
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    let elsewhere = person("410102.s012", "clerk");
    for result in [
        change(&app, &elsewhere, &id, &given()).map(|_| ()),
        sheet(&app, &elsewhere, &id, None, &SheetQuery::default()).map(|_| ()),
        changes(&app, &elsewhere, &id).map(|_| ()),
        undo(&app, &elsewhere, &id, "1", "试").map(|_| ()),
    ] {
        assert!(
            matches!(result, Err(AppError::NotFound(_) | AppError::OutOfSight(_))),
            "{result:?}"
        );
    }
    let own = person("410102.s013", "clerk");
    change(&app, &own, &id, &given()).expect("the own street's plan");
}

#[test]
fn the_sheet_of_the_school_in_the_sample_is_what_the_wall_says() {
    let (_world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let sheet = read(&app, &id);
    assert_eq!(sheet.summary.verdict, "晚 17 天");
    assert_eq!(sheet.summary.forecast_finish, Some(day("2023-09-06")));
    let past = sheet.snapshot.expect("the last report but one");
    assert_eq!(
        (past.id.as_str(), past.label.as_str()),
        ("2023-03-03", "上次填报 3月3日")
    );
    let first = &sheet.activities[0].id;
    assert!(past.bars.contains_key(first));
    let then = app::project_plan::sheet(
        &app,
        &local(&app),
        &id,
        Some(day("2023-03-03")),
        &SheetQuery::default(),
    );
    let then = then.expect("the sheet of that day");
    assert!(!then.editable, "the past is read only");
    let of_day = |sheet: &PlanSheet, id: &str| {
        let found = sheet.activities.iter().find(|row| row.id == id);
        found.and_then(|row| row.dates.early.0.zip(row.dates.early.1))
    };
    assert_eq!(of_day(&then, first), past.bars.get(first).copied());
}

//! What the sheet says of room and shortfall is held against the plan itself: a link's room is what its predecessor may
//! slip, a way out wins the days it promises.

use crate::books;
use crate::imports::take;
use crate::world::{World, id_of, local, sample, values};
use app::App;
use app::page::project_plan::{CompressionPart, CompressionView, PlanDiff, PlanRow, PlanSheet};
use app::project_plan::{Change, ChangeRequest, SheetQuery, change, respread, sheet};
use ground::Finding;
use serde_json::json;

fn school(world: &World) -> (App, String) {
    let app = world.open();
    take(&app, "第七期.xlsx", books::ledger(), "project");
    take(&app, "倒排.xlsx", books::plan(), "activity");
    let id = id_of(&app, "project", "丙学校项目");
    (app, id)
}

fn campus() -> (World, App, String) {
    let (world, app) = sample();
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    (world, app, id)
}

fn read(app: &App, project: &str) -> PlanSheet {
    sheet(app, &local(app), project, None, &SheetQuery::default()).expect("the sheet")
}

fn row<'a>(sheet: &'a PlanSheet, name: &str) -> &'a PlanRow {
    let found = sheet.activities.iter().find(|row| row.name == name);
    found.unwrap_or_else(|| panic!("no row “{name}”"))
}

fn tried(app: &App, project: &str, changes: Vec<Change>) -> PlanDiff {
    let request = ChangeRequest {
        changes,
        dry_run: true,
        with_sheet: true,
        ..ChangeRequest::default()
    };
    let diff = change(app, &local(app), project, &request).expect("tried");
    assert!(diff.after.is_some(), "{:?}", diff.findings);
    diff
}

fn update(row: &PlanRow, given: serde_json::Value) -> Change {
    Change::Update {
        id: row.id.clone(),
        version: row.version,
        values: values(given),
    }
}

#[test]
fn the_room_of_a_link_is_what_its_predecessor_may_take_before_the_successor_moves() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let before = read(&app, &id);
    assert!(
        before.links.iter().all(|link| link.slack_days == Some(0)),
        "{:?}",
        before.links
    );
    // A wall beside the building: the works are over long after it.
    let wall = |days: i64| Change::Add {
        key: "new-1".to_owned(),
        values: values(json!({
            "name": "围墙", "code": "W", "duration_days": days, "predecessors": "1SS", "calendar": "cn5",
        })),
        after: None,
    };
    let ends = || update(row(&before, "竣工验收"), json!({"predecessors": "3，W"}));
    let with = |days: i64| {
        *tried(&app, &id, vec![wall(days), ends()])
            .sheet
            .expect("a sheet")
    };
    let short = with(5);
    let link = short.links.iter().find(|link| link.from_id == "new-1");
    let link = link.expect("the new link");
    assert!(!link.driving);
    let room = link.slack_days.expect("room") / 10;
    assert!(room > 30, "{room}");
    let start = |sheet: &PlanSheet| row(sheet, "竣工验收").dates.early.0;
    let same = with(5 + room);
    assert_eq!(start(&same), start(&short));
    assert_ne!(start(&with(5 + room + 1)), start(&short));
}

#[test]
fn a_late_date_names_what_bounds_it_up_to_the_target() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let sheet = read(&app, &id);
    let mut at = row(&sheet, "桩基工程");
    let mut chain = vec![at.name.as_str()];
    while let Some(next) = at.late_driver.as_ref().and_then(|d| d.activity_id.as_ref()) {
        at = sheet
            .activities
            .iter()
            .find(|row| row.id == *next)
            .expect("a row");
        chain.push(&at.name);
    }
    assert_eq!(chain, ["桩基工程", "地下结构", "主体施工", "竣工验收"]);
    let last = at.late_driver.as_ref().expect("a bound");
    assert_eq!(
        (last.kind, last.text.as_str()),
        ("target", "项目目标 7月31日")
    );
}

/// The way out as the changes it is.
fn taken(sheet: &PlanSheet, one: &CompressionView) -> Vec<Change> {
    let change = |part: &CompressionPart| {
        let mut rows = sheet.activities.iter();
        let row = rows.find(|row| row.id == part.activity_id);
        Change::Update {
            id: part.activity_id.clone(),
            version: row.expect("its row").version,
            values: part.values.clone(),
        }
    };
    one.parts.iter().map(change).collect()
}

/// Takes the ways out one after the other and holds each to its word.
fn keep_their_word(app: &App, project: &str) -> PlanSheet {
    let sheet = read(app, project);
    assert!(!sheet.compressions.is_empty(), "{:?}", sheet.shortfall);
    let mut changes = Vec::new();
    let mut float = sheet.summary.float_days.expect("a float");
    for one in &sheet.compressions {
        changes.extend(taken(&sheet, one));
        let after = tried(app, project, changes.clone()).after.expect("a plan");
        let now = after.float_days.expect("a float");
        // Gains are whole days of the latest activity's calendar, cut down.
        assert!(
            now - float >= one.gain_days,
            "{} wins {} of {}",
            one.text,
            now - float,
            one.gain_days
        );
        float = now;
    }
    sheet
}

#[test]
fn each_way_out_wins_the_days_it_promises() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let sheet = keep_their_word(&app, &id);
    let first = &sheet.compressions[0];
    let names: Vec<&str> = first.parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["主体施工"], "the longest work is asked first");
    assert_eq!(
        first.text,
        format!(
            "“主体施工”压缩 {} 天，差距减少 {} 天。",
            first.parts[0].days / 10,
            first.gain_days / 10
        )
    );
}

#[test]
fn work_that_runs_is_shortened_by_its_expected_finish() {
    let (_world, app, id) = campus();
    let sheet = keep_their_word(&app, &id);
    let fields = |one: &CompressionPart| -> Vec<String> { one.values.keys().cloned().collect() };
    for one in sheet.compressions.iter().flat_map(|one| &one.parts) {
        let row = sheet
            .activities
            .iter()
            .find(|row| row.id == one.activity_id)
            .expect("its row");
        let expected = if row.state == "running" && !row.assumed {
            "expected_finish"
        } else {
            "duration_days"
        };
        assert_eq!(fields(one), [expected], "{}", one.name);
    }
}

#[test]
fn a_plan_in_time_offers_no_way_out() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let before = read(&app, &id);
    let short = update(row(&before, "主体施工"), json!({"duration_days": 20}));
    let then = tried(&app, &id, vec![short]).sheet.expect("a sheet");
    assert!(
        then.shortfall.is_none() && then.compressions.is_empty(),
        "{:?}",
        then.compressions
    );
}

/// All a reader sees of a row but its version.
fn seen(sheet: &PlanSheet) -> Vec<String> {
    let rows = sheet.activities.iter();
    rows.map(|row| {
        let mut row = row.clone();
        row.version = 0;
        format!("{row:?}")
    })
    .collect()
}

#[test]
fn what_is_tried_change_after_change_is_what_the_plan_becomes() {
    let (_world, app, id) = campus();
    // The dry run follows the kept schedule, the page afterwards is scheduled from nothing.
    for step in 0..12_usize {
        let before = read(&app, &id);
        let open: Vec<&PlanRow> = before
            .activities
            .iter()
            .filter(|row| row.state == "not_started")
            .collect();
        let row = open[step * 7 % open.len()];
        let given = match step % 3 {
            0 => json!({"duration_days": row.duration_days.unwrap_or(1) + 3}),
            1 => json!({"deadline": "2023-06-30"}),
            _ => json!({"duration_days": row.duration_days.unwrap_or(2) / 2}),
        };
        let changes = vec![update(row, given.clone())];
        let then = tried(&app, &id, changes.clone()).sheet.expect("a sheet");
        let request = ChangeRequest {
            changes,
            reason: "核对".to_owned(),
            ..ChangeRequest::default()
        };
        change(&app, &local(&app), &id, &request).expect("made");
        assert_eq!(seen(&then), seen(&read(&app, &id)), "{} {given}", row.name);
    }
}

fn names(sheet: &PlanSheet) -> Vec<&str> {
    sheet
        .activities
        .iter()
        .map(|row| row.name.as_str())
        .collect()
}

fn placed(sheet: &PlanSheet, name: &str, after: Option<&str>) -> Change {
    Change::Place {
        id: row(sheet, name).id.clone(),
        version: row(sheet, name).version,
        after: after.map(|name| row(sheet, name).id.clone()),
    }
}

#[test]
fn a_row_is_shown_where_it_was_put_and_only_its_neighbours_know() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let make = |changes: Vec<Change>| {
        let request = ChangeRequest {
            changes,
            reason: "调整次序".to_owned(),
            ..ChangeRequest::default()
        };
        change(&app, &local(&app), &id, &request).expect("made")
    };
    let first = read(&app, &id);
    make(vec![placed(&first, "竣工验收", None)]);
    let second = read(&app, &id);
    assert_eq!(
        names(&second),
        ["竣工验收", "桩基工程", "地下结构", "主体施工"]
    );
    // Now that there are positions with room between them, one row moves alone.
    let diff = make(vec![placed(&second, "主体施工", Some("桩基工程"))]);
    let third = read(&app, &id);
    assert_eq!(
        names(&third),
        ["竣工验收", "桩基工程", "主体施工", "地下结构"]
    );
    assert_eq!(diff.changed.len(), 1, "{:?}", diff.changed);
    assert_eq!(
        diff.finish_change_days,
        Some(0),
        "the order on paper moves no date"
    );
    let batch = diff.batch_id.expect("a batch");
    app::project_plan::undo(&app, &local(&app), &id, &batch, "调回").expect("undone");
    assert_eq!(names(&read(&app, &id)), names(&second));
}

#[test]
fn a_row_cannot_be_put_behind_one_of_another_summary() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let sheet = read(&app, &id);
    let under = update(
        row(&sheet, "地下结构"),
        json!({"parent": row(&sheet, "桩基工程").id}),
    );
    let summary = update(row(&sheet, "桩基工程"), json!({"kind": "summary"}));
    let request = ChangeRequest {
        changes: vec![summary, under, placed(&sheet, "竣工验收", Some("地下结构"))],
        dry_run: true,
        ..ChangeRequest::default()
    };
    let diff = change(&app, &local(&app), &id, &request).expect("told");
    let codes: Vec<&str> = diff.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(codes.contains(&"plan.place"), "{codes:?}");
}

#[test]
fn what_a_work_needs_is_typed_in_one_cell() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    for (code, name) in [("WJ", "挖机"), ("MG", "木工班")] {
        let given = values(json!({
            "code": code, "name": name, "unit": "台", "project": id, "capacity": [{"units": "3"}],
        }));
        app::records::create(
            &app,
            &local(&app),
            "plan_resource",
            &given,
            "登记资源",
            None,
        )
        .expect("made");
    }
    let sheet = read(&app, &id);
    let typed = |text: &str| vec![update(row(&sheet, "主体施工"), json!({"resources": text}))];
    let then = tried(&app, &id, typed("挖机*2，mg"))
        .sheet
        .expect("a sheet");
    let needs: Vec<(&str, i64)> = row(&then, "主体施工")
        .resources
        .iter()
        .map(|one| (one.name.as_str(), one.units))
        .collect();
    assert_eq!(needs, [("挖机", 200), ("木工班", 100)]);
    let request = ChangeRequest {
        changes: typed("塔吊"),
        dry_run: true,
        ..ChangeRequest::default()
    };
    let told = change(&app, &local(&app), &id, &request)
        .expect("told")
        .findings;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].code, "plan.need");
    assert!(told[0].place.starts_with("3 主体施工"), "{}", told[0].place);
    assert!(
        told[0].remedy.contains("木工班、挖机"),
        "{}",
        told[0].remedy
    );
    let none = tried(&app, &id, typed("")).sheet.expect("a sheet");
    assert!(row(&none, "主体施工").resources.is_empty());
}

#[test]
fn a_debt_is_the_same_at_every_level_and_its_way_back_ends_when_it_says() {
    let (_world, app, id) = campus();
    let page = |factor| respread(&app, &local(&app), &id, None, Some(factor)).expect("the page");
    let now = page(120);
    assert_eq!(now.rungs.len(), 7);
    for rung in &now.rungs {
        assert_eq!(rung.shortfall, now.rungs[0].shortfall, "{rung:?}");
        let sum = rung.carried + rung.should - rung.done;
        assert_eq!(sum, rung.shortfall, "{rung:?}");
    }
    assert!(!now.rows.is_empty(), "somebody is late: {now:?}");
    let sheet = read(&app, &id);
    for late in &now.rows {
        assert!(late.owed > 0 && late.should > late.done, "{late:?}");
        let finish = late.finish.expect("a finish");
        assert!(
            finish <= late.forecast_finish,
            "making good is no later than doing nothing: {late:?}"
        );
        let Some(made) = late.change.clone() else {
            continue;
        };
        let then = tried(&app, &id, vec![made]).sheet.expect("a sheet");
        let row = then
            .activities
            .iter()
            .find(|row| row.id == late.activity_id)
            .expect("its row");
        assert_eq!(row.dates.early.1, Some(finish), "{late:?}");
        assert!(finish < late.forecast_finish);
    }
    // The foundation has a rest of eight days reported, which is less than its percent at any such pace.
    let piles = now.rows.iter().find(|row| row.name == "桩基工程");
    let piles = piles.expect("the foundation is late");
    assert!(
        piles.change.is_none() && piles.kept_text.contains("请核对剩余工期"),
        "{piles:?}"
    );
    // Who may work faster owes the same and is done no later.
    let faster = page(200);
    assert_eq!(faster.rows.len(), now.rows.len());
    for late in &now.rows {
        let same = faster
            .rows
            .iter()
            .find(|row| row.activity_id == late.activity_id)
            .expect("its row");
        assert_eq!(same.owed, late.owed);
        assert!(same.finish <= late.finish, "{same:?} {late:?}");
    }
    assert_eq!(
        sheet.position,
        app.position().expect("position"),
        "nothing was written"
    );
}

#[test]
fn works_that_fit_alone_and_not_together_are_not_both_said_to_fit() {
    let (_world, app, id) = campus();
    let crane = values(json!({
        "code": "QZJ", "name": "汽车吊二号", "unit": "台", "project": id, "capacity": [{"units": "2.5"}],
    }));
    app::records::create(
        &app,
        &local(&app),
        "plan_resource",
        &crane,
        "登记资源",
        None,
    )
    .expect("made");
    let work = |name: &str, finish: &str| Change::Add {
        key: format!("new-{name}"),
        after: None,
        values: values(json!({
            "name": name, "planned_start": "2023-02-20", "planned_finish": finish,
            "calendar": "cn5", "resources": "汽车吊二号",
        })),
    };
    let request = ChangeRequest {
        changes: vec![work("东吊装", "2023-04-10"), work("西吊装", "2023-04-12")],
        reason: "两处吊装".to_owned(),
        ..ChangeRequest::default()
    };
    let made = change(&app, &local(&app), &id, &request).expect("made");
    assert!(made.findings.is_empty(), "{:?}", made.findings);
    let page = respread(&app, &local(&app), &id, None, Some(200)).expect("the page");
    let of = |name: &str| page.rows.iter().find(|row| row.name == name).expect("late");
    let (east, west) = (of("东吊装"), of("西吊装"));
    assert!(east.owed >= west.owed, "what is owed most stands first");
    assert!(east.change.is_some() && west.change.is_some());
    assert_eq!(
        (east.enough, east.enough_text.as_str()),
        (Some(true), "资源够用")
    );
    assert_eq!(west.enough, Some(false));
    assert_eq!(
        west.enough_text,
        "汽车吊二号不够：3月13日连同上面各项要 2.94台，只有 2.50台"
    );
}

#[test]
fn a_lag_beyond_the_calendars_is_refused() {
    let world = World::sqlite();
    let (app, id) = school(&world);
    let before = read(&app, &id);
    let outside = |findings: &[Finding]| {
        let known = ["plan.beyond_calendars", "plan.out_of_range"];
        let mut codes = findings.iter().map(|finding| finding.code.as_str());
        codes.any(|code| known.contains(&code))
    };
    assert!(!outside(&before.findings));
    let last = row(&before, "竣工验收");
    let cell = format!("{}FS+99999天", row(&before, "主体施工").code);
    let request = ChangeRequest {
        changes: vec![update(last, json!({"predecessors": cell}))],
        dry_run: true,
        ..ChangeRequest::default()
    };
    let diff = change(&app, &local(&app), &id, &request).expect("tried");
    assert!(
        diff.after.is_none() && outside(&diff.findings),
        "{:?}",
        diff.findings
    );
}

//! Records on their way: acts, guards, four eyes, numbers, tasks, delegation, what happens by itself.

use crate::flow_world::{ERRAND, ORDER, bring_in, open_on, person, unit};
use crate::world::{World, codes, day, local, on_both, values};
use app::flow::{ActRequest, act};
use app::page::record::RecordView;
use app::page::task::TaskBox;
use app::{Actor, App, AppError, delegation, records, task, tick};
use serde_json::{Value as Json, json};

/// Monday.
const MONDAY: &str = "2023-03-06";

struct People {
    office: Actor,
    clerk: Actor,
    colleague: Actor,
    inspector: Actor,
    other: Actor,
}

fn people() -> People {
    People {
        office: person("ducha", "410102", &["supervisor"]),
        clerk: person("lianhu", "410102.s013", &["clerk"]),
        colleague: person("lianhu2", "410102.s013", &["clerk", "inspector"]),
        inspector: person("hecha", "410102", &["viewer", "inspector"]),
        other: person("xushui", "410102.s012", &["clerk"]),
    }
}

fn errand(app: &App, office: &Actor, lead: &str) -> RecordView {
    let values =
        values(json!({"title": "修路灯", "lead_unit": lead, "due_on": "2023-03-10", "cost": 21}));
    records::create(app, office, "errand", &values, "观摩发现", None).expect("an errand")
}

fn request(action: &str, view: &RecordView, given: Json) -> ActRequest {
    ActRequest {
        action: action.to_owned(),
        version: view.record.version,
        values: values(given),
        ..ActRequest::default()
    }
}

fn does(app: &App, who: &Actor, view: &RecordView, action: &str, given: Json) -> RecordView {
    let id = view.record.id.to_string();
    act(app, who, "errand", &id, request(action, view, given))
        .unwrap_or_else(|error| panic!("{action}: {error:?}"))
}

fn state(view: &RecordView) -> &str {
    view.record.text("state").unwrap_or_default()
}

fn actions(view: &RecordView) -> Vec<&str> {
    let course = view.course.as_ref().expect("a course");
    let free = course.actions.iter().filter(|one| one.refused.is_none());
    free.map(|one| one.id.as_str()).collect()
}

#[test]
fn an_errand_goes_from_draft_to_closed_with_number_steps_and_four_eyes() {
    on_both_engines(|app| {
        let all = people();
        let lead = unit(app, "莲湖街道", "410102.s013");
        let made = errand(app, &all.office, &lead);
        assert_eq!(
            (state(&made), made.record.number.as_deref()),
            ("draft", None)
        );
        assert_eq!(made.record.int("double_cost"), Some(42));
        assert_eq!(actions(&made), ["assign"]);
        let given = does(app, &all.office, &made, "assign", json!({}));
        assert_eq!(
            (state(&given), given.record.number.as_deref()),
            ("open", Some("CS2023001"))
        );
        let flow = given.flow.as_ref().expect("a flow");
        assert_eq!(
            flow.holder.as_ref().map(|(_, name)| name.as_str()),
            Some("莲湖街道")
        );
        let due = flow.due.as_ref().expect("a clock");
        assert_eq!(
            (due.at.as_str(), due.text.as_str()),
            ("2023-03-10T15:59:59Z", "还剩4个工作日（3月10日）")
        );
        let missing = act(
            app,
            &all.clerk,
            "errand",
            &given.record.id.to_string(),
            request("apply", &given, json!({})),
        );
        assert_eq!(codes(missing), ["flow.asked"]);
        let applied = does(
            app,
            &all.colleague,
            &given,
            "apply",
            json!({"result": "已修好"}),
        );
        let own = act(
            app,
            &all.colleague,
            "errand",
            &applied.record.id.to_string(),
            request("close", &applied, json!({})),
        );
        assert_eq!(codes(own), ["flow.four_eyes"]);
        let closed = does(app, &all.inspector, &applied, "close", json!({}));
        assert_eq!(
            (state(&closed), closed.record.date("done_on")),
            ("closed", Some(day(MONDAY)))
        );
        let steps = &closed.course.as_ref().expect("a course").steps;
        let told: Vec<(&str, &str)> = steps
            .iter()
            .map(|one| (one.label.as_str(), one.to.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("建档", "拟办"),
                ("交办（承办：莲湖街道）", "办理中"),
                ("申请销号", "待核验"),
                ("销号", "已办结")
            ]
        );
        let id = closed.record.id.to_string();
        let history = records::history(app, &all.office, "errand", &id).expect("history");
        let labels: Vec<&str> = history
            .iter()
            .map(|one| one.action_label.as_str())
            .collect();
        assert_eq!(labels, ["销号", "申请销号", "交办", "新建"]);
        assert!(app::backup::verify(app).expect("verify").whole);
    });
}

fn on_both_engines(test: impl Fn(&App)) {
    on_both(|world| test(&open_on(world, day(MONDAY))));
}

#[test]
fn an_act_of_another_role_is_forbidden_and_of_another_street_not_there() {
    let world = World::sqlite();
    let app = open_on(&world, day(MONDAY));
    let all = people();
    let lead = unit(&app, "莲湖街道", "410102.s013");
    let made = errand(&app, &all.office, &lead);
    let given = does(&app, &all.office, &made, "assign", json!({}));
    let id = given.record.id.to_string();
    let tries = |who: &Actor, action: &str| {
        act(&app, who, "errand", &id, request(action, &given, json!({})))
    };
    assert!(matches!(
        tries(&all.inspector, "apply"),
        Err(AppError::Forbidden(_))
    ));
    assert!(matches!(
        tries(&all.other, "apply"),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    assert!(matches!(
        records::get(&app, &all.other, "errand", &id, None),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    let stale = ActRequest {
        version: 1,
        ..request("apply", &given, json!({"result": "x"}))
    };
    assert!(matches!(
        act(&app, &all.clerk, "errand", &id, stale),
        Err(AppError::Stale { current: 2 })
    ));
    assert_eq!(codes(tries(&all.clerk, "nothing")), ["flow.unknown_act"]);
}

#[test]
fn a_repeated_act_with_one_key_is_done_once() {
    let world = World::sqlite();
    let app = open_on(&world, day(MONDAY));
    let all = people();
    let lead = unit(&app, "莲湖街道", "410102.s013");
    let made = errand(&app, &all.office, &lead);
    let asked = ActRequest {
        key: Some("k-1".to_owned()),
        ..request("assign", &made, json!({}))
    };
    let id = made.record.id.to_string();
    let first = act(&app, &all.office, "errand", &id, asked.clone()).expect("done");
    let again = act(&app, &all.office, "errand", &id, asked).expect("answered");
    assert_eq!(first.record.version, again.record.version);
}

#[test]
fn fields_of_the_workflow_and_computed_ones_are_not_typed() {
    let world = World::sqlite();
    let app = open_on(&world, day(MONDAY));
    let all = people();
    let lead = unit(&app, "莲湖街道", "410102.s013");
    let made = errand(&app, &all.office, &lead);
    let id = made.record.id.to_string();
    let typed = |version: i64, given: Json| {
        records::update(
            &app,
            &all.office,
            "errand",
            &id,
            version,
            &values(given),
            "",
        )
    };
    assert_eq!(
        codes(typed(1, json!({"state": "closed"}))),
        ["record.system"]
    );
    assert_eq!(codes(typed(1, json!({"holder": lead}))), ["record.system"]);
    assert_eq!(
        codes(typed(1, json!({"double_cost": 7}))),
        ["record.computed"]
    );
    let begun = records::create(
        &app,
        &all.office,
        "errand",
        &values(json!({"title": "x", "state": "closed"})),
        "",
        None,
    );
    assert_eq!(codes(begun), ["record.system"]);
    let changed = typed(1, json!({"cost": 4})).expect("changed");
    assert_eq!(changed.record.int("double_cost"), Some(8));
    let open = does(&app, &all.office, &changed, "assign", json!({}));
    assert_eq!(
        codes(typed(open.record.version, json!({"cost": 5}))),
        ["record.not_editable"]
    );
    let later = typed(open.record.version, json!({"due_on": "2023-03-15"})).expect("a later day");
    assert_eq!(later.record.text("clock_due"), Some("2023-03-15T15:59:59Z"));
}

#[test]
fn a_guard_that_refuses_says_why_and_a_creation_can_act_at_once() {
    let world = World::sqlite();
    let app = open_on(&world, day(MONDAY));
    let all = people();
    let lead = unit(&app, "莲湖街道", "410102.s013");
    let new = |given: Json| records::Creation {
        values: values(given),
        reason: "现场交办",
        action: Some("assign"),
        key: None,
    };
    let bare = records::create_with(&app, &all.office, "errand", new(json!({"title": "无主"})));
    assert_eq!(codes(bare), ["flow.guard"]);
    assert_eq!(
        crate::world::count(&app, "errand"),
        0,
        "nothing of it is kept"
    );
    let whole = json!({"title": "修路灯", "lead_unit": lead, "due_on": "2023-03-10"});
    let made = records::create_with(&app, &all.office, "errand", new(whole)).expect("made");
    assert_eq!(
        (state(&made), made.record.number.as_deref()),
        ("open", Some("CS2023001"))
    );
}

#[test]
fn a_task_is_with_whom_it_waits_for_and_moves_on_with_the_record() {
    let world = World::sqlite();
    let app = open_on(&world, day(MONDAY));
    let all = people();
    let lead = unit(&app, "莲湖街道", "410102.s013");
    let count =
        |who: &Actor, of: TaskBox| task::tasks(&app, who, of, 0).expect("tasks").counts[&of];
    let made = errand(&app, &all.office, &lead);
    assert_eq!(
        (
            count(&all.office, TaskBox::Todo),
            count(&all.office, TaskBox::Mine)
        ),
        (1, 1)
    );
    assert_eq!(count(&all.clerk, TaskBox::Todo), 0);
    let given = does(&app, &all.office, &made, "assign", json!({}));
    assert_eq!(
        (
            count(&all.office, TaskBox::Todo),
            count(&all.office, TaskBox::Done)
        ),
        (0, 1)
    );
    let waiting = task::tasks(&app, &all.clerk, TaskBox::Todo, 0).expect("tasks");
    let one = &waiting.items[0];
    assert_eq!(
        (
            one.title.as_str(),
            one.state_label.as_str(),
            one.unit.as_str(),
            one.number.as_deref()
        ),
        ("修路灯", "办理中", "莲湖街道", Some("CS2023001"))
    );
    assert_eq!(count(&all.other, TaskBox::Todo), 0);
    assert_eq!(
        count(&all.clerk, TaskBox::Soon),
        0,
        "due on Friday, two working days reach to Wednesday"
    );
    let applied = does(
        &app,
        &all.clerk,
        &given,
        "apply",
        json!({"result": "已修好"}),
    );
    assert_eq!(
        (
            count(&all.clerk, TaskBox::Todo),
            count(&all.clerk, TaskBox::Done)
        ),
        (0, 1)
    );
    assert_eq!(count(&all.inspector, TaskBox::Todo), 1);
    does(&app, &all.inspector, &applied, "close", json!({}));
    assert_eq!(count(&all.inspector, TaskBox::Todo), 0);
    assert_eq!(count(&all.office, TaskBox::Late), 0);
}

#[test]
fn what_is_overdue_is_late_and_leaving_it_asks_why() {
    let world = World::sqlite();
    let all = people();
    let made = {
        let app = open_on(&world, day(MONDAY));
        let lead = unit(&app, "莲湖街道", "410102.s013");
        let made = errand(&app, &all.office, &lead);
        does(&app, &all.office, &made, "assign", json!({}))
    };
    let app = world.open_on(day("2023-03-14"));
    let id = made.record.id.to_string();
    let late = task::tasks(&app, &all.clerk, TaskBox::Late, 0).expect("tasks");
    assert_eq!(
        (late.counts[&TaskBox::Late], late.items[0].due_text.as_str()),
        (1, "超期2个工作日（3月10日）")
    );
    let seen = records::get(&app, &all.clerk, "errand", &id, None).expect("seen");
    assert_eq!(
        seen.shown["late_days"], "2",
        "computed for the day it is read"
    );
    let refused = act(
        &app,
        &all.clerk,
        "errand",
        &id,
        request("apply", &seen, json!({"result": "好"})),
    );
    assert_eq!(codes(refused), ["flow.late_reason"]);
    let told = ActRequest {
        late: Some(("weather".to_owned(), "雨停即修".to_owned())),
        ..request("apply", &seen, json!({"result": "好"}))
    };
    let done = act(&app, &all.clerk, "errand", &id, told).expect("done");
    let steps = done.course.expect("a course").steps;
    assert_eq!(
        steps.last().map(|one| one.late.as_str()),
        Some("超期原因：天气；下一步：雨停即修")
    );
}

#[test]
fn the_tick_opens_an_order_for_an_overdue_errand_once_and_looks_back_after_thirty_days() {
    let world = World::sqlite();
    let all = people();
    let made = {
        let app = open_on(&world, day(MONDAY));
        let lead = unit(&app, "莲湖街道", "410102.s013");
        let made = errand(&app, &all.office, &lead);
        assert_eq!(tick::run(&app).expect("a tick"), []);
        does(&app, &all.office, &made, "assign", json!({}))
    };
    let app = world.open_on(day("2023-03-14"));
    let first = tick::run(&app).expect("a tick");
    assert_eq!((first.len(), first[0].done), (1, true), "{first:?}");
    assert_eq!(crate::world::count(&app, "order"), 1);
    assert_eq!(tick::run(&app).expect("again"), [], "once is enough");
    let orders =
        records::list(&app, &all.office, "order", &Default::default(), None).expect("orders");
    let order = &orders.items[0];
    assert_eq!(
        order.record.text("opened_from"),
        Some(format!("errand/{}", made.record.id).as_str())
    );
    assert_eq!(
        (state(order), order.shown["title"].as_str()),
        ("open", "修路灯")
    );
    let id = made.record.id.to_string();
    let seen = records::get(&app, &all.clerk, "errand", &id, None).expect("seen");
    let told = ActRequest {
        late: Some(("funds".to_owned(), "已拨款".to_owned())),
        ..request("apply", &seen, json!({"result": "好"}))
    };
    let applied = act(&app, &all.clerk, "errand", &id, told).expect("applied");
    does(&app, &all.inspector, &applied, "close", json!({}));
    drop(app);
    let before = world.open_on(day("2023-04-12"));
    assert_eq!(tick::run(&before).expect("a tick"), []);
    drop(before);
    let after = world.open_on(day("2023-04-17"));
    let lines = tick::run(&after).expect("a tick");
    assert_eq!(
        lines
            .iter()
            .map(|one| one.text.as_str())
            .collect::<Vec<_>>(),
        ["转入回头看"]
    );
    let looked = records::get(&after, &all.office, "errand", &id, None).expect("seen");
    assert_eq!(state(&looked), "recheck");
    assert_eq!(tick::run(&after).expect("again"), []);
}

#[test]
fn who_acts_for_somebody_sees_and_does_what_they_may_and_no_longer_than_given() {
    let world = World::sqlite();
    let app = open_on(&world, day(MONDAY));
    let all = people();
    let lead = unit(&app, "莲湖街道", "410102.s013");
    for (login, unit) in [("lianhu", "410102.s013"), ("xushui", "410102.s012")] {
        let new = app::account::NewAccount {
            login: login.to_owned(),
            name: login.to_owned(),
            post: String::new(),
            unit: Some(unit.to_owned()),
            roles: vec!["clerk".to_owned()],
        };
        app::account::add(&app, new).expect("an account");
    }
    let made = errand(&app, &all.office, &lead);
    let given = does(&app, &all.office, &made, "assign", json!({}));
    let new = |to: &str, from: &str, until: &str| delegation::NewDelegation {
        to_login: to.to_owned(),
        from: day(from),
        to: day(until),
        registers: Vec::new(),
    };
    assert_eq!(
        codes(delegation::add(
            &app,
            &all.clerk,
            new("lianhu", MONDAY, MONDAY)
        )),
        ["delegation.invalid"]
    );
    assert_eq!(
        codes(delegation::add(
            &app,
            &all.clerk,
            new("nobody", MONDAY, MONDAY)
        )),
        ["delegation.invalid"]
    );
    let kept =
        delegation::add(&app, &all.clerk, new("xushui", MONDAY, "2023-03-08")).expect("delegated");
    let page = task::tasks(&app, &all.other, TaskBox::Todo, 0).expect("tasks");
    assert_eq!(page.counts[&TaskBox::Todo], 1);
    let done = does(&app, &all.other, &given, "apply", json!({"result": "代办"}));
    assert_eq!(state(&done), "verify");
    assert!(matches!(
        delegation::end(&app, &all.other, &kept.id),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    delegation::end(&app, &all.clerk, &kept.id).expect("ended");
    let id = given.record.id.to_string();
    assert!(matches!(
        records::get(&app, &all.other, "errand", &id, None),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
}

#[test]
fn a_running_errand_goes_on_by_the_workflow_it_began_with() {
    let world = World::sqlite();
    let all = people();
    let given = {
        let app = open_on(&world, day(MONDAY));
        let lead = unit(&app, "莲湖街道", "410102.s013");
        let made = errand(&app, &all.office, &lead);
        does(&app, &all.office, &made, "assign", json!({}))
    };
    let newer = ERRAND
        .replace("version = \"1.0.0\"", "version = \"1.1.0\"")
        .replace("roles = [\"holder\"]", "roles = [\"inspector\"]");
    bring_in(&world, &[&newer, ORDER]);
    let app = world.open_on(day("2023-03-07"));
    assert_eq!(app.definition("errand").expect("known").version, "1.1.0");
    let applied = does(&app, &all.clerk, &given, "apply", json!({"result": "好"}));
    assert_eq!(
        (state(&applied), applied.record.text("flow_version")),
        ("verify", Some("1.0.0"))
    );
    let lead = given
        .record
        .reference("lead_unit")
        .expect("a unit")
        .to_string();
    let fresh = errand(&app, &all.office, &lead);
    let fresh = does(&app, &all.office, &fresh, "assign", json!({}));
    let id = fresh.record.id.to_string();
    let refused = act(
        &app,
        &all.clerk,
        "errand",
        &id,
        request("apply", &fresh, json!({"result": "好"})),
    );
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
}

#[test]
fn the_sample_still_opens_and_ticks_quietly() {
    let (_world, app) = crate::world::sample();
    let done = tick::run(&app).expect("a tick");
    assert!(done.iter().all(|one| one.done), "{done:?}");
    assert!(task::tasks(&app, &local(&app), TaskBox::Todo, 0).is_ok());
}

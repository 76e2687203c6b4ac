//! Orders of the supervising office: what the unit that carries one out may not do to it, and who is told.

use crate::flow_world::{person, unit};
use crate::world::{World, codes, day, on_both, values};
use app::flow::{ActRequest, act};
use app::page::record::RecordView;
use app::page::task::{TaskBox, TaskView};
use app::records::ListQuery;
use app::register;
use app::{Actor, App, AppError, matters, metrics, records, register_page, task};
use serde_json::{Value as Json, json};

/// Monday.
const MONDAY: &str = "2023-03-06";

fn ducha() -> Actor {
    person("ducha", "410102", &["supervisor"])
}

fn quzhang() -> Actor {
    person("quzhang", "410102", &["leader"])
}

fn lianhu() -> Actor {
    person("lianhu", "410102.s013", &["clerk"])
}

fn account(app: &App, login: &str, unit: Option<&str>, roles: &[&str]) {
    let new = app::account::NewAccount {
        login: login.to_owned(),
        name: format!("{login}同志"),
        post: String::new(),
        unit: unit.map(str::to_owned),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    app::account::add(app, new).expect("an account");
}

fn does(app: &App, who: &Actor, view: &RecordView, action: &str, given: Json) -> RecordView {
    let request = ActRequest {
        action: action.to_owned(),
        version: view.record.version,
        values: values(given),
        reason: "材料未到".to_owned(),
        ..ActRequest::default()
    };
    let id = view.record.id.to_string();
    act(app, who, "matter", &id, request).unwrap_or_else(|error| panic!("{action}: {error:?}"))
}

/// The district on Monday with its people, and an order that a street has taken up.
fn ordered(world: &World) -> (App, RecordView) {
    let app = world.open_on(day(MONDAY));
    let street = unit(&app, "莲湖街道", "410102.s013");
    account(&app, "ducha", None, &["supervisor"]);
    account(&app, "quzhang", None, &["leader"]);
    account(&app, "lianhu", Some("410102.s013"), &["clerk"]);
    let given = values(json!({"title": "围墙加固", "lead_unit": street, "due_on": "2023-03-17"}));
    let made = records::create(&app, &ducha(), "matter", &given, "", None).expect("made");
    let sent = does(&app, &ducha(), &made, "assign", json!({}));
    let taken = does(&app, &lianhu(), &sent, "claim", json!({}));
    (app, taken)
}

fn boxed(app: &App, who: &Actor, of: TaskBox) -> Vec<TaskView> {
    task::tasks(app, who, of, 0).expect("tasks").items
}

fn notes(app: &App, who: &Actor, of: TaskBox) -> Vec<String> {
    let all = boxed(app, who, of).into_iter();
    all.filter_map(|one| one.note).collect()
}

#[test]
fn who_carries_an_order_out_changes_neither_its_day_nor_its_unit() {
    on_both(|world| {
        let (app, order) = ordered(world);
        let id = order.record.id.to_string();
        let typed = |who: &Actor, given: Json| {
            let version = order.record.version;
            records::update(&app, who, "matter", &id, version, &values(given), "改")
        };
        let refused = |given: Json| codes(typed(&lianhu(), given));
        assert_eq!(
            refused(json!({"due_on": "2023-12-31"})),
            ["record.not_editable"]
        );
        assert_eq!(
            refused(json!({"closed_on": "2023-03-10"})),
            ["record.not_editable"]
        );
        assert_eq!(refused(json!({"lead_unit": null})), ["record.not_editable"]);
        let told = crate::world::findings(typed(&lianhu(), json!({"due_on": "2023-12-31"})));
        assert_eq!(
            told[0].remedy,
            "可由这些办理改变：更正交办（督查员）、申请延期（承办单位申请，领导、督查员审批）。"
        );
        let same = typed(
            &lianhu(),
            json!({"due_on": "2023-03-17", "measures": "拆除重砌"}),
        );
        assert_eq!(
            same.expect("what is sent back unchanged is no change")
                .record
                .text("measures"),
            Some("拆除重砌")
        );
    });
}

#[test]
fn only_a_draft_of_ones_own_is_withdrawn_and_the_office_is_told() {
    on_both(|world| {
        let (app, order) = ordered(world);
        let id = order.record.id.to_string();
        let gone = |who: &Actor, view: &RecordView| {
            let id = view.record.id.to_string();
            records::withdraw(&app, who, "matter", &id, view.record.version, "不想办")
        };
        assert!(matches!(
            gone(&lianhu(), &order),
            Err(AppError::Forbidden(_))
        ));
        let own = values(json!({"title": "自己的草稿"}));
        let draft = records::create(&app, &lianhu(), "matter", &own, "", None).expect("a draft");
        gone(&lianhu(), &draft).expect("the own draft");
        let told = notes(&app, &ducha(), TaskBox::Notice);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("撤销了这条记录：不想办"), "{told:?}");
        assert_eq!(
            notes(&app, &lianhu(), TaskBox::Notice),
            Vec::<String>::new()
        );
        let listed = |withdrawn: bool| {
            let asked = ListQuery {
                limit: 50,
                withdrawn,
                ..ListQuery::default()
            };
            let page = records::list(&app, &ducha(), "matter", &asked, None).expect("a list");
            let ids = page.items.iter().map(|one| one.record.id.to_string());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(listed(false), [id]);
        assert_eq!(listed(true), [draft.record.id.to_string()]);
    });
}

#[test]
fn a_request_for_more_time_waits_with_those_who_decide_and_the_answer_is_told() {
    on_both(|world| {
        let (app, order) = ordered(world);
        let asked = does(
            &app,
            &lianhu(),
            &order,
            "extend",
            json!({"to_due": "2023-03-24"}),
        );
        for who in [ducha(), quzhang()] {
            assert_eq!(
                notes(&app, &who, TaskBox::Todo),
                ["请您审批延期，申请延至 2023-03-24：材料未到"],
                "{}",
                who.login
            );
        }
        assert_eq!(notes(&app, &lianhu(), TaskBox::Todo), Vec::<String>::new());
        let granted = does(
            &app,
            &quzhang(),
            &asked,
            "decide_extension",
            json!({"agree": true}),
        );
        assert_eq!(granted.record.date("due_on"), Some(day("2023-03-24")));
        assert_eq!(notes(&app, &ducha(), TaskBox::Todo), Vec::<String>::new());
        assert_eq!(
            notes(&app, &lianhu(), TaskBox::Notice),
            ["延期申请已同意，延至 2023-03-24：材料未到"]
        );
        let course = granted.course.expect("a course");
        let labels: Vec<&str> = course.steps.iter().map(|one| one.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "建档",
                "交办（承办：莲湖街道）",
                "认领",
                "申请延期",
                "审批延期：同意，延至 2023-03-24"
            ]
        );
        assert_eq!(course.extensions[0].asked_by, "lianhu");
        let id = order.record.id.to_string();
        let log = records::history(&app, &ducha(), "matter", &id).expect("a log");
        let fields = log.iter().flat_map(|one| &one.changes);
        let tables = fields
            .filter(|one| ["办理过程", "延期", "进入现状态时间"].contains(&one.label.as_str()));
        assert_eq!(tables.count(), 0, "the course tells these");
    });
}

#[test]
fn late_is_the_same_number_in_ledger_tasks_and_home() {
    let (_world, app) = crate::world::sample();
    let office = ducha();
    let cards = records::register_cards(&app, &office, true).expect("cards");
    let late = |id: &str| {
        cards
            .iter()
            .find(|one| one.id == id)
            .and_then(|one| one.late)
    };
    let home = app::home::home(&app, &office, None).expect("home");
    assert_eq!(late("matter"), Some(home.matters.overdue));
    let all: usize = cards.iter().filter_map(|one| one.late).sum();
    let counts = task::tasks(&app, &office, TaskBox::Late, 0)
        .expect("tasks")
        .counts;
    assert_eq!(counts[&TaskBox::Late], all);
}

#[test]
fn figures_and_league_tell_the_same_rates() {
    let (_world, app) = crate::world::sample();
    let office = ducha();
    let league = matters::league(&app, &office, None, None).expect("a league");
    let pages = metrics::metrics(&app, &office, "matter", None, None).expect("figures");
    let page = |id: &str| pages.iter().find(|one| one.id == id).expect("a figure");
    let sum = |of: fn(&register::flow::UnitLine) -> i64| -> String {
        league
            .lines
            .iter()
            .map(|line| of(&line.figures))
            .sum::<i64>()
            .to_string()
    };
    let sides = |id: &str| (page(id).numerator.clone(), page(id).denominator.clone());
    assert_eq!(
        sides("on_time_rate"),
        (
            Some(sum(|one| one.on_time.part)),
            Some(sum(|one| one.on_time.whole))
        )
    );
    assert_eq!(
        sides("claim_rate"),
        (
            Some(sum(|one| one.claimed.part)),
            Some(sum(|one| one.claimed.whole))
        )
    );
    let overdue: usize = league
        .lines
        .iter()
        .map(|line| line.figures.overdue.len())
        .sum();
    assert_eq!(page("overdue_open").value, Some(overdue.to_string()));
}

#[test]
fn the_register_says_who_can_begin_and_refusals_name_roles_in_words() {
    on_both(|world| {
        let (app, _) = ordered(world);
        let begins = |who: &Actor| {
            register_page::register(&app, who, "matter")
                .expect("seen")
                .can
                .begin
        };
        assert!(begins(&ducha()) && begins(&quzhang()));
        assert!(!begins(&lianhu()), "a clerk writes what the office sends");
        let own = values(json!({"title": "草稿"}));
        let draft = records::create(&app, &lianhu(), "matter", &own, "", None).expect("a draft");
        let request = ActRequest {
            action: "assign".to_owned(),
            version: draft.record.version,
            ..ActRequest::default()
        };
        let id = draft.record.id.to_string();
        match act(&app, &lianhu(), "matter", &id, request) {
            Err(AppError::Forbidden(told)) => {
                assert_eq!(told, "您不能办理“交办”。由督查员、领导、会务员办理。");
            }
            other => panic!("{other:?}"),
        }
    });
}

//! Who may do what: roles, the own part of the tree, signing in and being shut out.

use crate::books;
use crate::world::{World, codes, id_of, local, on_both, person, sample, values};
use app::account::{self, NewAccount};
use app::records::{self, ListQuery};
use app::{App, AppError, imports, project};
use serde_json::json;

const PASSWORD: &str = "Zhongyuan-2023";

fn account(app: &App, login: &str, unit: Option<&str>, role: &str) {
    let new = NewAccount {
        login: login.to_owned(),
        name: login.to_owned(),
        post: String::new(),
        unit: unit.map(str::to_owned),
        roles: vec![role.to_owned()],
    };
    account::add(app, new).expect("an account");
}

fn missing<T: std::fmt::Debug>(result: Result<T, AppError>) {
    assert!(
        matches!(result, Err(AppError::NotFound(_) | AppError::OutOfSight(_))),
        "{result:?}"
    );
}

fn forbidden<T: std::fmt::Debug>(result: Result<T, AppError>) {
    assert!(matches!(result, Err(AppError::Forbidden(_))), "{result:?}");
}

#[test]
fn a_street_clerk_sees_and_writes_the_own_street_only() {
    on_both(|world| {
        let app = world.open();
        app::sample::fill(&app).expect("filled");
        let clerk = person("410102.s013", "clerk");
        let (own, other) = (
            id_of(&app, "project", "郑州外国语中学莲湖校区项目"),
            id_of(&app, "project", "八通技术研发中心项目"),
        );
        let seen = records::get(&app, &clerk, "project", &own, None).expect("the own project");
        let version = seen.record.version;
        records::update(
            &app,
            &clerk,
            "project",
            &own,
            version,
            &values(json!({"remark": "街道核实"})),
            "核实",
        )
        .expect("the own project changes");
        missing(records::get(&app, &clerk, "project", &other, None));
        missing(records::history(&app, &clerk, "project", &other));
        missing(project::page(&app, &clerk, &other, None));
        missing(records::update(
            &app,
            &clerk,
            "project",
            &other,
            1,
            &values(json!({"remark": "x"})),
            "x",
        ));
        missing(records::withdraw(&app, &clerk, "project", &other, 1, "x"));
        missing(records::restore(&app, &clerk, "project", &other, 1, "x"));
        missing(app::attachment::add(
            &app, &clerk, "project", &other, "a.txt", b"hello",
        ));
        let page = records::list(
            &app,
            &clerk,
            "project",
            &ListQuery {
                limit: 500,
                ..ListQuery::default()
            },
            None,
        )
        .expect("a list");
        assert!(
            page.items
                .iter()
                .all(|item| item.record.org.as_str().starts_with("410102.s013"))
        );
        assert_eq!(page.total, Some(page.items.len()));
        assert!(
            records::search(&app, &clerk, "八通")
                .expect("hits")
                .is_empty()
        );
        let street = id_of(&app, "organisation", "须水街道");
        missing(records::create(
            &app,
            &clerk,
            "project",
            &values(json!({"name": "别街项目", "subdistrict": street})),
            "",
            None,
        ));
    });
}

#[test]
fn a_clerk_cannot_push_a_record_into_another_street() {
    let (_world, app) = sample();
    let clerk = person("410102.s013", "clerk");
    let own = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let street = id_of(&app, "organisation", "须水街道");
    let version = records::get(&app, &clerk, "project", &own, None)
        .expect("the own project")
        .record
        .version;
    missing(records::update(
        &app,
        &clerk,
        "project",
        &own,
        version,
        &values(json!({"subdistrict": street})),
        "划转",
    ));
    let after = records::get(&app, &local(&app), "project", &own, None).expect("the project");
    assert_eq!(
        (
            after.record.org.as_str(),
            after.shown["subdistrict"].as_str()
        ),
        ("410102.s013", "莲湖街道")
    );
}

#[test]
fn a_filter_by_another_streets_things_gives_nothing_to_a_clerk() {
    let (_world, app) = sample();
    let clerk = person("410102.s013", "clerk");
    let pairs = [("filter".to_owned(), "rag:eq:yellow".to_owned())];
    let asked = ListQuery::from_pairs(&pairs).expect("a query");
    let page = records::list(&app, &clerk, "project", &asked, None).expect("a list");
    assert!(
        page.items
            .iter()
            .all(|item| item.record.org.as_str().starts_with("410102.s013")),
        "{:?}",
        page.items.len()
    );
    let bytes = records::export(
        &app,
        &clerk,
        "project",
        &ListQuery {
            limit: 500,
            ..ListQuery::default()
        },
        None,
    )
    .expect("an export");
    let preview = imports::preview(&app, &local(&app), "导出.xlsx", bytes, Some("project"))
        .expect("it reads back");
    assert!(
        preview.records.iter().all(|one| one
            .shown
            .get("subdistrict")
            .is_none_or(|name| name == "莲湖街道")),
        "another street's project was exported"
    );
}

#[test]
fn a_viewer_reads_and_writes_nothing() {
    let (_world, app) = sample();
    let viewer = person("410102", "viewer");
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let position = app.position().expect("position");
    let seen = records::get(&app, &viewer, "project", &id, None).expect("reads");
    assert!(app::home::home(&app, &viewer, None).is_ok());
    forbidden(records::create(
        &app,
        &viewer,
        "matter",
        &values(json!({"title": "x"})),
        "",
        None,
    ));
    forbidden(records::update(
        &app,
        &viewer,
        "project",
        &id,
        seen.record.version,
        &values(json!({"remark": "x"})),
        "",
    ));
    forbidden(records::withdraw(
        &app,
        &viewer,
        "project",
        &id,
        seen.record.version,
        "x",
    ));
    forbidden(imports::preview(
        &app,
        &viewer,
        "第七期.xlsx",
        books::ledger(),
        None,
    ));
    forbidden(imports::undo(&app, &viewer, "1", "x"));
    forbidden(app::snapshot::keep(&app, &viewer, Some(7), ""));
    forbidden(app::attachment::add(
        &app, &viewer, "project", &id, "a.txt", b"hello",
    ));
    assert_eq!(app.position().expect("position"), position);
    forbidden(records::get(
        &app,
        &person("410102", "guest"),
        "project",
        &id,
        None,
    ));
}

#[test]
fn a_clerks_import_cannot_touch_what_lies_outside() {
    let (_world, app) = sample();
    let clerk = person("410102.s013", "clerk");
    let bytes = records::export(
        &app,
        &local(&app),
        "project",
        &ListQuery {
            words: Some("八通".to_owned()),
            limit: 50,
            ..ListQuery::default()
        },
        None,
    )
    .expect("a workbook");
    let preview =
        imports::preview(&app, &clerk, "别街.xlsx", bytes, Some("project")).expect("a preview");
    assert!(
        preview
            .records
            .iter()
            .all(|one| one.act == app::page::import::ImportAct::Refused)
    );
    assert!(imports::commit(&app, &clerk, &preview.token, &[], "").is_err());
}

#[test]
fn a_clerks_import_adds_no_units_to_the_directory() {
    let (_world, app) = sample();
    let clerk = person("410102.s013", "clerk");
    let preview = imports::preview(
        &app,
        &clerk,
        "第七期.xlsx",
        books::odd_head(),
        Some("project"),
    )
    .expect("a preview");
    let column = preview
        .columns
        .iter()
        .find(|column| column.path[0] == "归口")
        .expect("the column");
    let choice = imports::Choice {
        columns: [(column.index, Some("lead_unit".to_owned()))].into(),
        ..imports::Choice::default()
    };
    let known = imports::remap(&app, &clerk, &preview.token, choice).expect("chosen");
    assert!(
        known
            .findings
            .iter()
            .all(|one| one.code != "import.new_organisation"),
        "区工信局 is known here"
    );
    let unknown = imports::preview(
        &app,
        &clerk,
        "第七期.xlsx",
        books::ledger(),
        Some("project"),
    )
    .expect("a preview");
    let before = app.position().expect("position");
    let refused = codes(imports::commit(&app, &clerk, &unknown.token, &[], ""));
    assert!(
        !refused.is_empty() && refused.iter().all(|code| code == "import.unknown_unit"),
        "{refused:?}"
    );
    assert_eq!(app.position().expect("position"), before);
}

#[test]
fn a_password_opens_and_a_disabled_account_is_out_at_once() {
    on_both(|world| {
        let app = world.open();
        account(&app, "lianhu", Some("410102.s013"), "clerk");
        assert!(
            matches!(
                account::sign_in(&app, "lianhu", PASSWORD),
                Err(AppError::NotSignedIn)
            ),
            "no password yet"
        );
        account::set_password(&app, "lianhu", PASSWORD).expect("a password");
        let signed = account::sign_in(&app, "lianhu", PASSWORD).expect("signed in");
        assert_eq!(
            (signed.me.login.as_str(), signed.me.can_write),
            ("lianhu", true)
        );
        assert_eq!(
            account::actor(&app, &signed.token).expect("known").login,
            "lianhu"
        );
        account::set_enabled(&app, "lianhu", false).expect("disabled");
        assert!(matches!(
            account::actor(&app, &signed.token),
            Err(AppError::NotSignedIn)
        ));
        assert!(matches!(
            account::sign_in(&app, "lianhu", PASSWORD),
            Err(AppError::NotSignedIn)
        ));
        account::set_enabled(&app, "lianhu", true).expect("enabled");
        assert!(
            matches!(
                account::actor(&app, &signed.token),
                Err(AppError::NotSignedIn)
            ),
            "the old login stays ended"
        );
        assert!(account::sign_in(&app, "lianhu", PASSWORD).is_ok());
    });
}

#[test]
fn five_wrong_passwords_lock_even_the_right_one() {
    let world = World::sqlite();
    let app = world.open();
    account(&app, "lianhu", Some("410102.s013"), "clerk");
    account::set_password(&app, "lianhu", PASSWORD).expect("a password");
    for _ in 0..4 {
        assert!(matches!(
            account::sign_in(&app, "lianhu", "wrong"),
            Err(AppError::NotSignedIn)
        ));
    }
    assert!(
        account::sign_in(&app, "lianhu", PASSWORD).is_ok(),
        "four are forgiven"
    );
    for _ in 0..5 {
        assert!(matches!(
            account::sign_in(&app, "lianhu", "wrong"),
            Err(AppError::NotSignedIn)
        ));
    }
    let locked = account::sign_in(&app, "lianhu", PASSWORD);
    assert!(
        matches!(locked, Err(AppError::Locked { minutes: 1..=10 })),
        "locked"
    );
    assert!(matches!(
        account::sign_in(&app, "nobody", PASSWORD),
        Err(AppError::NotSignedIn)
    ));
}

#[test]
fn a_one_time_link_works_once_and_signing_out_ends_the_token() {
    on_both(|world| {
        let app = world.open();
        let first = account::first_link(&app)
            .expect("a first link")
            .expect("no account yet");
        let signed = account::sign_in_by_link(&app, &first).expect("signed in");
        assert_eq!(signed.me.roles, ["supervisor"]);
        assert!(matches!(
            account::sign_in_by_link(&app, &first),
            Err(AppError::NotSignedIn)
        ));
        assert!(matches!(
            account::sign_in_by_link(&app, "0000"),
            Err(AppError::NotSignedIn)
        ));
        account::sign_out(&app, &signed.token).expect("signed out");
        assert!(matches!(
            account::actor(&app, &signed.token),
            Err(AppError::NotSignedIn)
        ));
        account::set_password(&app, "ducha", PASSWORD).expect("a password");
        assert!(
            account::first_link(&app).expect("none").is_none(),
            "starting the server lets nobody in where passwords exist"
        );
    });
}

#[test]
fn a_new_password_ends_the_logins_and_a_weak_one_is_refused() {
    let world = World::sqlite();
    let app = world.open();
    account(&app, "lianhu", Some("410102.s013"), "clerk");
    let token = account::link(&app, "lianhu").expect("a link");
    let signed = account::sign_in_by_link(&app, &token).expect("signed in");
    assert_eq!(
        codes(account::set_password(&app, "lianhu", "weak")),
        ["account.invalid"]
    );
    assert!(account::actor(&app, &signed.token).is_ok());
    account::set_password(&app, "lianhu", PASSWORD).expect("a password");
    assert!(account::actor(&app, &signed.token).is_err());
    assert_eq!(
        codes(account::add(
            &app,
            NewAccount {
                login: "lianhu".into(),
                name: "甲".into(),
                post: String::new(),
                unit: Some("410102.s013".into()),
                roles: vec!["clerk".into()]
            }
        )),
        ["account.invalid"]
    );
    assert_eq!(
        codes(account::add(
            &app,
            NewAccount {
                login: "b".into(),
                name: "乙".into(),
                post: String::new(),
                unit: Some("410103".into()),
                roles: vec!["clerk".into()]
            }
        )),
        ["account.invalid"]
    );
}

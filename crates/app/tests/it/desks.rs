//! Who works in one programme: what every role reads, the number as a column, names in the way of a record, and the
//! people of the sample district.

use crate::world::{World, day, id_of, local, person, sample, values};
use app::account::{self, NewAccount};
use app::flow::ActRequest;
use app::imports::{self, Paste};
use app::records::{self, ListQuery};
use app::{App, AppError, delegation};
use serde_json::json;

fn query(pairs: &[(&str, &str)]) -> ListQuery {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    ListQuery::from_pairs(&pairs).expect("a query")
}

fn account(app: &App, login: &str, name: &str, unit: &str, roles: &[&str]) -> app::Actor {
    let new = NewAccount {
        login: login.to_owned(),
        name: name.to_owned(),
        post: String::new(),
        unit: Some(unit.to_owned()),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    account::add(app, new).expect("an account");
    let link = account::link(app, login).expect("a link");
    let signed = account::sign_in_by_link(app, &link).expect("signed in");
    account::actor(app, &signed.token).expect("the person")
}

#[test]
fn every_role_in_force_reads_home_terms_asks_and_the_names_of_units() {
    let (_world, app) = sample();
    for role in account::roles_in_force(&app.definitions()) {
        let worker = person("410102.s013", &role);
        app::home::home(&app, &worker, None).unwrap_or_else(|error| panic!("{role}: {error}"));
        app::spans::ends(&app, &worker, &["3cd"]).unwrap_or_else(|error| panic!("{role}: {error}"));
        app::asks::ledger(&app, &worker, None).unwrap_or_else(|error| panic!("{role}: {error}"));
        records::registers(&app, &worker).unwrap_or_else(|error| panic!("{role}: {error}"));
        let units = records::list(&app, &worker, "organisation", &query(&[]), None)
            .unwrap_or_else(|error| panic!("{role}: {error}"));
        assert!(units.total.is_some_and(|total| total > 20), "{role}");
        let street = id_of(&app, "organisation", "须水街道");
        let other = records::get(&app, &worker, "organisation", &street, None).expect("a name");
        assert!(!other.rights.update || role == "supervisor", "{role}");
    }
    let guest = person("410102.s013", "guest");
    for refused in [
        app::home::home(&app, &guest, None).err(),
        app::asks::ledger(&app, &guest, None).err(),
        records::list(&app, &guest, "organisation", &query(&[]), None).err(),
    ] {
        assert!(
            matches!(refused, Some(AppError::Forbidden(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn who_works_in_one_programme_sees_no_projects_at_home_and_is_told_so() {
    let (_world, app) = sample();
    let worker = person("410102.d18", "hazard_admin");
    let home = app::home::home(&app, &worker, None).expect("a home");
    assert!(!home.projects && !home.empty);
    assert!(home.round.is_none() && home.watch.is_empty());
    // A department has none of its own either, and that is no district to begin with.
    let department = person("410102.d06", "clerk");
    let desk = app::home::home(&app, &department, None).expect("a home");
    assert!(!desk.projects && !desk.empty);
    let viewer = app::home::home(&app, &person("410102", "viewer"), None).expect("a home");
    assert!(viewer.projects && viewer.round.is_some());
    let refused = records::list(&app, &worker, "project", &query(&[]), None);
    let Err(AppError::Forbidden(words)) = refused else {
        panic!("{:?}", refused.map(|page| page.items.len()));
    };
    assert!(!words.contains("没有分配角色"), "{words}");
    let hazards = records::list(&app, &worker, "safety_hazard", &query(&[]), None).expect("a list");
    assert!(!hazards.items.is_empty());
}

#[test]
fn a_register_tells_which_steps_the_roles_of_this_person_allow() {
    let (_world, app) = sample();
    let acts = |role: &str| {
        let page = app::register_page::register(&app, &person("410102.d18", role), "safety_hazard");
        page.expect("a register").acts
    };
    assert!(acts("hazard_admin").contains(&"assign".to_owned()));
    assert!(!acts("grid_worker").contains(&"assign".to_owned()));
    let viewer = person("410102", "viewer");
    let seen = app::register_page::register(&app, &viewer, "matter").expect("a register");
    assert!(seen.acts.is_empty(), "{:?}", seen.acts);
}

#[test]
fn the_number_is_shown_found_sorted_and_exported_like_a_column() {
    let (_world, app) = sample();
    let me = local(&app);
    let sorted = query(&[("sort", "number"), ("filter", "number:contains:JB2023000")]);
    let page = records::list(&app, &me, "matter", &sorted, None).expect("a list");
    let shown: Vec<&str> = page
        .items
        .iter()
        .map(|item| item.shown["number"].as_str())
        .collect();
    assert_eq!(shown.first(), Some(&"JB20230001"));
    assert!(shown.len() == 9 && shown.is_sorted(), "{shown:?}");
    let few = query(&[
        ("filter", "number:eq:JB20230007"),
        ("columns", "title,number,due_on"),
    ]);
    let bytes = records::export(&app, &me, "matter", &few, None).expect("a workbook");
    assert_eq!(head(&bytes), ["序号", "事项", "编号", "办结时限"]);
    let usual = query(&[("filter", "number:eq:JB20230007")]);
    let bytes = records::export(&app, &me, "matter", &usual, None).expect("a workbook");
    let columns = head(&bytes);
    assert_eq!(columns[1], "编号");
    for kept in ["流程版本", "登记人", "来自", "进入现状态时间"] {
        assert!(!columns.iter().any(|one| one == kept), "{columns:?}");
    }
    let book = exchange::open_workbook(&bytes, "导出.xlsx").expect("opens");
    assert_eq!(book.sheets[0].text(3, 1), "JB20230007");
}

/// Labels of the head of an exported list.
fn head(bytes: &[u8]) -> Vec<String> {
    let book = exchange::open_workbook(bytes, "导出.xlsx").expect("opens");
    let table = exchange::read_table(&book.sheets[0]);
    table
        .columns
        .iter()
        .map(|column| column.leaf().to_owned())
        .collect()
}

#[test]
fn pasted_cells_keep_their_addresses_and_left_out_columns_are_not_spoken_of() {
    let (_world, app) = sample();
    let me = local(&app);
    let texts = |row: [&str; 4]| row.iter().map(|cell| (*cell).to_owned()).collect();
    let paste = Paste {
        columns: vec![
            Some("name".to_owned()),
            None,
            Some("uscc".to_owned()),
            Some("subdistrict".to_owned()),
        ],
        rows: vec![
            texts(["粘贴甲公司", "无关", "91410102MA9TEXT004", "须水街道"]),
            texts(["粘贴乙公司", "无关", "不是代码", "莲湖街道"]),
        ],
        match_on: None,
    };
    let preview = imports::paste(&app, &me, "enterprise", &paste).expect("a preview");
    let places: Vec<&str> = preview
        .findings
        .iter()
        .map(|one| one.place.as_str())
        .collect();
    assert!(places.contains(&"粘贴!C3"), "{:?}", preview.findings);
    let unused = preview
        .findings
        .iter()
        .find(|one| one.code == "mapping.column_unused");
    assert!(unused.is_none(), "{unused:?}");
    assert_eq!(preview.records.len(), 2);
}

#[test]
fn the_way_of_a_matter_tells_names_receivers_and_decisions() {
    let (_world, app) = sample();
    let me = account(&app, "ducha", "督查室", "410102", &["supervisor"]);
    let clerk = account(
        &app,
        "xs",
        "须水经办",
        "410102.s012",
        &["clerk", "street_clerk"],
    );
    let unit = id_of(&app, "organisation", "须水街道");
    let made = records::create_with(
        &app,
        &me,
        "matter",
        records::Creation {
            values: values(json!({
                "title": "围挡破损", "lead_unit": unit, "due_on": "2023-03-17",
                "source_kind": "tour", "level": "general",
            })),
            action: Some("assign"),
            ..records::Creation::default()
        },
    )
    .expect("given");
    let id = made.record.id.to_string();
    let act = |who: &app::Actor, action: &str, given: serde_json::Value, reason: &str| {
        let now = records::get(&app, &local(&app), "matter", &id, None).expect("the matter");
        let request = ActRequest {
            action: action.to_owned(),
            version: now.record.version,
            values: values(given),
            reason: reason.to_owned(),
            ..ActRequest::default()
        };
        app::flow::act(&app, who, "matter", &id, request)
            .unwrap_or_else(|error| panic!("{action}: {error:?}"));
    };
    act(&clerk, "claim", json!({}), "");
    act(
        &clerk,
        "extend",
        json!({"to_due": "2023-03-21"}),
        "材料未到",
    );
    act(&me, "decide_extension", json!({"agree": true}), "");
    let other = id_of(&app, "organisation", "莲湖街道");
    act(&clerk, "hand_over", json!({"holder": other}), "不在辖区");
    let seen = records::get(&app, &me, "matter", &id, None).expect("the matter");
    let course = seen.course.expect("a way");
    let labels: Vec<&str> = course.steps.iter().map(|one| one.label.as_str()).collect();
    assert!(
        labels.contains(&"审批延期：同意，延至 2023-03-21"),
        "{labels:?}"
    );
    assert!(labels.contains(&"转办（承办：莲湖街道）"), "{labels:?}");
    let asked = &course.extensions[0];
    assert_eq!(
        (asked.asked_by.as_str(), asked.decided_by.as_str()),
        ("须水经办", "督查室")
    );
    let history = records::history(&app, &me, "matter", &id).expect("a history");
    for change in history.iter().flat_map(|entry| &entry.changes) {
        let quiet = [
            "steps",
            "extensions",
            "state_at",
            "flow_version",
            "created_by",
        ];
        assert!(!quiet.contains(&change.field.as_str()), "{change:?}");
    }
}

#[test]
fn a_record_made_void_is_called_so_in_its_history() {
    let (_world, app) = sample();
    let me = local(&app);
    let id = id_of(&app, "project", "八通技术研发中心项目");
    let seen = records::get(&app, &me, "project", &id, None).expect("a project");
    records::withdraw(&app, &me, "project", &id, seen.record.version, "重复登记").expect("void");
    let history = records::history(&app, &me, "project", &id).expect("a history");
    assert_eq!(history[0].action_label, "作废");
}

#[test]
fn somebody_away_chooses_a_colleague_of_the_own_unit_by_name() {
    let world = World::sqlite();
    let app = world.open();
    app::sample::fill(&app).expect("filled");
    let me = account(&app, "a", "甲", "410102.s013", &["clerk"]);
    account(&app, "b", "乙", "410102.s013", &["grid_worker"]);
    account(&app, "c", "丙", "410102.s012", &["clerk"]);
    account(&app, "d", "丁", "410102.s013", &["viewer"]);
    let names = |who: &app::Actor| -> Vec<(String, String)> {
        let found = delegation::colleagues(&app, who).expect("colleagues");
        found.into_iter().map(|one| (one.name, one.unit)).collect()
    };
    assert_eq!(names(&me), [("乙".to_owned(), "莲湖街道".to_owned())]);
    let all = person("410102", "supervisor");
    assert_eq!(names(&all).len(), 3);
    assert!(delegation::colleagues(&app, &person("410102", "viewer")).is_err());
}

#[test]
fn the_people_of_the_sample_sign_in_once_and_leave_the_first_account_open() {
    let (_world, app) = sample();
    let first = account::first_link(&app)
        .expect("read")
        .expect("a first link");
    let guests = app::sample::people(&app).expect("people");
    assert!(guests.len() >= 6);
    for guest in &guests {
        let signed = account::sign_in_by_link(&app, &guest.token).expect("signed in");
        assert_eq!(
            (signed.me.login.as_str(), signed.me.name.as_str()),
            (guest.login, guest.name)
        );
        let actor = account::actor(&app, &signed.token).expect("the person");
        app::home::home(&app, &actor, None)
            .unwrap_or_else(|error| panic!("{}: {error}", guest.login));
        assert!(account::sign_in_by_link(&app, &guest.token).is_err());
    }
    assert!(account::sign_in_by_link(&app, &first).is_ok());
    assert!(
        account::first_link(&app).expect("read").is_some(),
        "nobody has a password yet"
    );
}

#[test]
fn the_map_of_the_sample_shows_its_records_inside_the_district() {
    let (_world, app) = sample();
    let me = local(&app);
    for (register, least) in [
        ("matter", 80),
        ("project", 16),
        ("safety_hazard", 6),
        ("safety_place", 8),
        ("grid_event", 5),
    ] {
        let points = records::points(&app, &me, register, ("point", None), &query(&[]), None)
            .unwrap_or_else(|error| panic!("{register}: {error}"));
        assert!(
            points.points.len() >= least,
            "{register}: {}",
            points.points.len()
        );
        for point in &points.points {
            let (lon, lat): (f64, f64) = (
                point.longitude.parse().expect("degrees"),
                point.latitude.parse().expect("degrees"),
            );
            assert!(
                (113.45..113.70).contains(&lon) && (34.68..34.82).contains(&lat),
                "{point:?}"
            );
            assert!(point.org.starts_with("410102"));
        }
    }
    assert!(day("2023-03-10") == app::sample::DAY);
}

//! Fields that a role does not see are nowhere for it: not in lists, histories, files, filters, orders or searches.

use crate::flow_world::{open_on, person, unit};
use crate::world::{World, codes, day, values};
use app::records::{self, Creation, ListQuery};
use app::{Actor, App, AppError};
use serde_json::json;

fn district() -> (World, App, String) {
    let world = World::sqlite();
    let app = open_on(&world, day("2023-03-06"));
    let unit_id = unit(&app, "莲湖街道", "410102.s013");
    unit(&app, "须水街道", "410102.s012");
    let worker = caseworker();
    let given = values(
        json!({"name": "赵小明", "unit": unit_id, "phone": "13812345678", "illness": "心脏病"}),
    );
    let made = records::create(&app, &worker, "visit", &given, "", None).expect("made");
    let id = made.record.id.to_string();
    let changed = values(json!({"illness": "心脏病，已好转", "phone": "13912345678"}));
    records::update(&app, &worker, "visit", &id, 1, &changed, "回访").expect("changed");
    (world, app, id)
}

fn caseworker() -> Actor {
    person("bangfu", "410102.s013", &["caseworker"])
}

fn clerk() -> Actor {
    person("lianhu", "410102.s013", &["clerk"])
}

#[test]
fn who_may_not_see_a_record_is_told_so_before_it_is_made() {
    let (_world, app, _) = district();
    let reporter = person("baogao", "410102.s013", &["reporter"]);
    let count = || {
        let all = records::list(&app, &caseworker(), "visit", &query("sort", "name"), None);
        all.expect("a list").total
    };
    let before = count();
    let given = values(json!({"name": "李大爷"}));
    let refused = records::create(&app, &reporter, "visit", &given, "", None);
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    assert_eq!(count(), before, "nothing is stored");
}

fn query(name: &str, value: &str) -> ListQuery {
    ListQuery::from_pairs(&[(name.to_owned(), value.to_owned())]).expect("a query")
}

#[test]
fn a_hidden_field_is_absent_everywhere_and_a_masked_one_has_stars() {
    let (_world, app, id) = district();
    let seen = records::get(&app, &clerk(), "visit", &id, None).expect("seen");
    assert!(!seen.values.contains_key("illness") && !seen.shown.contains_key("illness"));
    assert_eq!(seen.shown["phone"], "139****5678");
    assert!(!format!("{seen:?}").contains("心脏病"));
    let page = records::list(
        &app,
        &clerk(),
        "visit",
        &ListQuery {
            limit: 50,
            ..ListQuery::default()
        },
        None,
    )
    .expect("a list");
    assert!(
        !format!("{page:?}").contains("心脏病") && !format!("{page:?}").contains("13912345678")
    );
    let history = records::history(&app, &clerk(), "visit", &id).expect("history");
    let told = format!("{history:?}");
    assert!(
        !told.contains("心脏病") && !told.contains("1381234") && told.contains("138****5678"),
        "{told}"
    );
    let definition = records::definition(&app, &clerk(), "visit").expect("seen");
    assert!(
        definition.field("illness").is_none() && !definition.list.contains(&"illness".to_owned())
    );
    let bytes = records::export(
        &app,
        &clerk(),
        "visit",
        &ListQuery {
            limit: 50,
            ..ListQuery::default()
        },
        None,
    )
    .expect("a file");
    let book = exchange::open_workbook(&bytes, "走访.xlsx").expect("read");
    let text = format!(
        "{:?}",
        book.sheets[0]
            .rows()
            .flat_map(|row| (0..6).map(move |column| (row, column)))
            .map(|(row, column)| book.sheets[0].text(row, column))
            .collect::<Vec<_>>()
    );
    assert!(
        text.contains("赵小明") && text.contains("139****5678") && !text.contains("心脏病"),
        "{text}"
    );
    let whole = records::get(&app, &caseworker(), "visit", &id, None).expect("seen");
    assert_eq!(
        (
            whole.shown["phone"].as_str(),
            whole.shown["illness"].as_str()
        ),
        ("13912345678", "心脏病，已好转")
    );
}

#[test]
fn a_hidden_field_cannot_be_guessed_by_filter_order_sum_or_search() {
    let (_world, app, _) = district();
    let ask = |query: ListQuery| records::list(&app, &clerk(), "visit", &query, None);
    assert_eq!(
        codes(ask(query("filter", "illness:contains:心脏"))),
        ["list.condition"]
    );
    assert_eq!(codes(ask(query("sort", "illness"))), ["list.condition"]);
    assert_eq!(codes(ask(query("sums", "illness"))), ["list.condition"]);
    assert_eq!(
        codes(ask(query("filter", "phone:eq:13912345678"))),
        ["list.condition"]
    );
    assert_eq!(ask(query("q", "心脏病")).expect("a list").items.len(), 0);
    assert_eq!(ask(query("q", "赵小明")).expect("a list").items.len(), 1);
    assert!(
        records::search(&app, &clerk(), "心脏病")
            .expect("hits")
            .is_empty()
    );
    assert_eq!(
        records::search(&app, &caseworker(), "心脏病")
            .expect("hits")
            .len(),
        1
    );
}

#[test]
fn a_role_does_what_its_permit_says_and_no_more() {
    let (_world, app, id) = district();
    let new = || Creation {
        values: values(json!({"name": "钱"})),
        ..Creation::default()
    };
    assert!(matches!(
        records::create_with(&app, &clerk(), "visit", new()),
        Err(AppError::Forbidden(_))
    ));
    let change = |who: &Actor| {
        records::update(
            &app,
            who,
            "visit",
            &id,
            2,
            &values(json!({"name": "孙"})),
            "",
        )
    };
    assert!(matches!(change(&clerk()), Err(AppError::Forbidden(_))));
    assert!(matches!(
        change(&person("x", "410102.s012", &["caseworker"])),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    let stranger = person("kan", "410102", &["viewer"]);
    assert!(matches!(
        records::get(&app, &stranger, "visit", &id, None),
        Err(AppError::Forbidden(_))
    ));
    let registers = records::registers(&app, &stranger).expect("registers");
    assert!(registers.iter().all(|(register, _, _)| register != "visit"));
    let roles = app::account::roles_in_force(&app.definitions());
    assert!(
        ["supervisor", "clerk", "viewer", "caseworker", "inspector"]
            .iter()
            .all(|role| roles.iter().any(|known| known == role))
    );
    assert!(!roles.iter().any(|role| role == "holder"));
}

#[test]
fn a_permit_with_a_condition_shows_only_what_meets_it() {
    let (_world, app, id) = district();
    let second = values(json!({"name": "钱大妈"}));
    let made = records::create(&app, &caseworker(), "visit", &second, "", None).expect("made");
    let guest = person("guest", "410102", &["guest"]);
    let page = records::list(
        &app,
        &guest,
        "visit",
        &ListQuery {
            limit: 50,
            ..ListQuery::default()
        },
        None,
    )
    .expect("a list");
    let seen: Vec<_> = page.items.iter().map(|one| one.record.id).collect();
    assert_eq!(seen, [made.record.id]);
    assert!(matches!(
        records::get(&app, &guest, "visit", &id, None),
        Err(AppError::NotFound(_) | AppError::OutOfSight(_))
    ));
    assert!(
        records::search(&app, &guest, "赵小明")
            .expect("hits")
            .is_empty()
    );
}

//! A day is a state of the journal: later corrections do not rewrite it.

use crate::world::{World, day, local, values};
use app::records::{self, ListQuery};
use serde_json::json;

#[test]
fn a_list_of_a_former_day_knows_nothing_of_later_changes() {
    let world = World::sqlite();
    let id = {
        let app = world.open_on(day("2023-03-06"));
        let made = records::create(
            &app,
            &local(&app),
            "project",
            &values(json!({"name": "甲项目", "investment_total": "100000000.00"})),
            "",
            None,
        )
        .expect("created");
        made.record.id.to_string()
    };
    let app = world.open_on(day("2023-03-08"));
    let current = records::get(&app, &local(&app), "project", &id, None).expect("the record");
    records::update(
        &app,
        &local(&app),
        "project",
        &id,
        current.record.version,
        &values(json!({"investment_total": "250000000.00"})),
        "概算调整",
    )
    .expect("changed");
    let other = records::create(
        &app,
        &local(&app),
        "project",
        &values(json!({"name": "乙项目"})),
        "",
        None,
    )
    .expect("created");
    let list = |text: &str| {
        let query = ListQuery {
            limit: 50,
            sums: vec!["investment_total".to_owned()],
            ..ListQuery::default()
        };
        let page =
            records::list(&app, &local(&app), "project", &query, Some(day(text))).expect("a list");
        (
            page.items.len(),
            page.total,
            page.sums["investment_total"].clone(),
        )
    };
    assert_eq!(list("2023-03-05"), (0, Some(0), "0.00".to_owned()));
    assert_eq!(list("2023-03-06"), (1, Some(1), "100000000.00".to_owned()));
    assert_eq!(list("2023-03-07"), (1, Some(1), "100000000.00".to_owned()));
    assert_eq!(list("2023-03-08"), (2, Some(2), "250000000.00".to_owned()));
    for name in ["丙项目", "丁项目"] {
        let huge = values(json!({"name": name, "investment_total": "90000000000000000.00"}));
        records::create(&app, &local(&app), "project", &huge, "", None).expect("created");
    }
    let sums = ListQuery {
        limit: 50,
        sums: vec!["investment_total".to_owned()],
        ..ListQuery::default()
    };
    assert_eq!(
        crate::world::codes(records::list(&app, &local(&app), "project", &sums, None)),
        ["list.overflow"]
    );
    let before =
        records::get(&app, &local(&app), "project", &id, Some(day("2023-03-07"))).expect("as of");
    assert_eq!(before.shown["investment_total"], "1亿元");
    assert!(
        records::get(
            &app,
            &local(&app),
            "project",
            &other.record.id.to_string(),
            Some(day("2023-03-07"))
        )
        .is_err()
    );
}

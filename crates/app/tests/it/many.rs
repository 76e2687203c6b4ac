//! Values that are counted over the other records of a register: looked up where they can be, the same by either way. The
//! second test measures; it is ignored, for it loads for a while:
//! `GUATU_ROWS=100000 cargo test -p app --test it many -- --ignored --nocapture`.

use crate::flow_world::bring_in;
use crate::world::{DAY, World, day, local, on_both};
use app::records::{self, ListQuery};
use app::{App, metrics};
use ground::{District, OrgPath, RecordId};
use register::{Fields, Value};
use serde_json::Value as Json;
use std::time::Instant;
use store::{DatabaseUrl, Meta, NewRecord, Store, StoreError};

/// 漏点: each counts those like it, some of its fields missing or blank.
const LEAKS: &str = r#"
[register]
id = "leak"
version = "1.0.0"
title = { "zh-CN" = "漏点台账" }
name_field = "spot"
[choices]
kind = [{ code = "gas", "zh-CN" = "燃气" }, { code = "water", "zh-CN" = "供水" }]
[[field]]
id = "street"
type = "org"
label = { "zh-CN" = "街道" }
[[field]]
id = "kind"
type = "code"
list = "kind"
label = { "zh-CN" = "类别" }
[[field]]
id = "spot"
type = "text"
label = { "zh-CN" = "位置" }
[[field]]
id = "alike"
type = "int"
label = { "zh-CN" = "同街道同类" }
compute = "count_of(leak, leak != ref && leak.street == street && leak.kind == kind)"
[[field]]
id = "same_spot"
type = "int"
label = { "zh-CN" = "同一位置" }
compute = "count_of(leak, spot == leak.spot)"
[[field]]
id = "newest"
type = "ref"
to = "leak"
label = { "zh-CN" = "同街道最后一条" }
compute = "max_of(leak, leak, leak.street == street)"
[[permit]]
role = "supervisor"
scope = "all"
can = ["*"]
"#;

/// Leaks in whose fields each value, and none, meets each other.
fn leaks() -> Vec<NewRecord> {
    let text = |text: &str| Value::Text(text.to_owned());
    let leak = |nth: usize| {
        let street = [None, Some(9_001), Some(9_002), Some(9_003)][nth % 4];
        let kind = [None, Some("gas"), Some("water")][nth % 3];
        let spot = [None, Some("路口"), Some("桥下"), Some("桥 下"), Some("A")][nth % 5];
        let mut fields = Fields::new();
        fields.extend(street.map(|id| ("street".to_owned(), Value::Ref(RecordId(id)))));
        fields.extend(kind.map(|kind| ("kind".to_owned(), text(kind))));
        fields.extend(spot.map(|spot| ("spot".to_owned(), text(spot))));
        NewRecord::new(OrgPath::new("410102").expect("a path"), fields)
    };
    (0..75).map(leak).collect()
}

/// What the values say of one leak when each is laid beside each.
fn counted(all: &[app::page::record::RecordView], at: usize) -> [Option<Json>; 3] {
    let of = |nth: usize, field: &str| all[nth].values.get(field);
    let same = |nth: usize, field: &str| of(nth, field) == of(at, field);
    let others = (0..all.len()).filter(|nth| *nth != at);
    let alike = others.filter(|nth| same(*nth, "street") && same(*nth, "kind"));
    let same_spot = (0..all.len()).filter(|nth| same(*nth, "spot"));
    let newest = (0..all.len()).filter(|nth| same(*nth, "street"));
    let newest = newest.map(|nth| all[nth].record.id).max();
    [
        Some(Json::from(alike.count())),
        Some(Json::from(same_spot.count())),
        newest.map(|id| Json::from(id.to_string())),
    ]
}

#[test]
fn what_is_looked_up_by_value_is_what_a_walk_through_all_finds() {
    on_both(|world| {
        bring_in(world, &[LEAKS]);
        fill(world, "leak", leaks);
        let app = world.open();
        let asked = ListQuery {
            limit: 100,
            ..ListQuery::default()
        };
        let all = records::list(&app, &local(&app), "leak", &asked, None).expect("a list");
        assert_eq!(all.items.len(), 75);
        for (at, item) in all.items.iter().enumerate() {
            let told = ["alike", "same_spot", "newest"].map(|id| item.values.get(id).cloned());
            assert_eq!(told, counted(&all.items, at), "{:?}", item.values);
        }
    });
}

/// Puts records into a register past the app, which would settle each.
fn fill(world: &World, register: &'static str, new: impl FnOnce() -> Vec<NewRecord>) {
    let app = world.open();
    let definition = app.definition(register).expect("the register");
    drop(app);
    let url = match world.database() {
        Some(server) => DatabaseUrl::Postgres(server.to_owned()),
        None => DatabaseUrl::Folder(world.folder.path().join("data")),
    };
    let store = Store::open(&url).expect("a store");
    store.define(&[(*definition).clone()]).expect("defined");
    let district = District::new("410102").expect("a district");
    let mut new = new().into_iter();
    loop {
        let part: Vec<NewRecord> = new.by_ref().take(10_000).collect();
        if part.is_empty() {
            return store.analyse().expect("analysed");
        }
        store
            .write::<_, StoreError>(&district, move |writer| {
                let meta = Meta::new("load", "2023-03-09T00:30:00Z", DAY);
                writer.create_many(register, part, &meta).map(|_| ())
            })
            .expect("written");
    }
}

/// Hazards of a place; found a month apart, in two domains.
const EACH: usize = 6;

/// One hazard that was found and closed.
fn hazard(place: RecordId, nth: usize) -> NewRecord {
    let text = |text: &str| Value::Text(text.to_owned());
    let found = format!("202{}-0{}-05T01:00:00Z", 1 + nth % 3, 1 + nth % 2);
    let fields: Fields = [
        ("place", Value::Ref(place)),
        ("text_short", text("某处")),
        ("found_at", Value::DateTime(found)),
        ("domain", text(["fire", "gas"][nth % 2])),
        ("level", text("general")),
        ("state", text("closed")),
        ("due_on", Value::Date(day("2023-03-01"))),
        ("fixed_on", Value::Date(day("2023-02-20"))),
    ]
    .into_iter()
    .map(|(id, value)| (id.to_owned(), value))
    .collect();
    NewRecord::new(OrgPath::new("410102").expect("a path"), fields)
}

fn hazards(rows: usize) -> Vec<NewRecord> {
    let place = |nth: usize| RecordId(900_000_000 + (nth / EACH) as i64);
    (0..rows)
        .map(|nth| hazard(place(nth), nth % EACH))
        .collect()
}

fn page(app: &App, limit: u32) -> usize {
    let query = ListQuery {
        limit,
        ..ListQuery::default()
    };
    let page = records::list(app, &local(app), "safety_hazard", &query, None).expect("a list");
    let counted = page
        .items
        .iter()
        .filter(|item| item.values.contains_key("recur_count"));
    counted.count()
}

#[test]
#[ignore = "measures; loads many records"]
fn a_page_of_a_large_register_with_counts_of_its_like() {
    let rows = std::env::var("GUATU_ROWS").ok();
    let rows: usize = rows.map_or(20_000, |rows| rows.parse().expect("a number"));
    let world = World::sqlite();
    fill(&world, "safety_hazard", || hazards(rows));
    let app = world.open();
    for limit in [50, 50, 500] {
        let start = Instant::now();
        let counted = page(&app, limit);
        let took = start.elapsed();
        eprintln!("{rows} rows, page of {limit}: {took:?}, {counted} counted");
    }
    if std::env::var("GUATU_METRICS").is_ok() {
        let start = Instant::now();
        let all = metrics::metrics(&app, &local(&app), "safety_hazard", Some("2023"), None);
        let found = all.expect("figures").len();
        eprintln!("{rows} rows, {found} figures: {:?}", start.elapsed());
    }
}

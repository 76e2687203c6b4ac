//! What a person sees of a register is the same wherever it is counted: list, total, sums, groups, points, files, figures
//! and the way down from them.

use crate::flow_world::{bring_in, person, unit};
use crate::world::{World, day, local, on_both, values};
use app::flow::{ActRequest, act};
use app::metrics::RecordsAsked;
use app::page::record::RecordView;
use app::records::{self, ListQuery};
use app::{Actor, App, AppError, attachment};
use serde_json::json;
use std::collections::BTreeSet;

const MONDAY: &str = "2023-03-06";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest of the picture";

/// 求助: with a place, a sum, files of two kinds.
const BODY: &str = r#"
name_field = "title"
list = ["title", "place_org", "amount", "state"]

[[field]]
id = "title"
type = "text"
required = true
search = true
label = { "zh-CN" = "事项" }
[[field]]
id = "place_org"
type = "org"
label = { "zh-CN" = "属地" }
[[field]]
id = "helper"
type = "org"
label = { "zh-CN" = "承办" }
[[field]]
id = "amount"
type = "int"
label = { "zh-CN" = "金额" }
[[field]]
id = "consent"
type = "bool"
label = { "zh-CN" = "同意公开" }
[[field]]
id = "point"
type = "geo_point"
label = { "zh-CN" = "位置" }
[[field]]
id = "photos"
type = "attachment"
label = { "zh-CN" = "照片" }
[[field]]
id = "papers"
type = "attachment"
label = { "zh-CN" = "证件" }

[[state]]
id = "draft"
label = { "zh-CN" = "草稿" }
initial = true
[[state]]
id = "open"
label = { "zh-CN" = "办理中" }
[[transition]]
id = "send"
from = ["draft"]
to = "open"
label = { "zh-CN" = "转办" }
roles = ["anyone"]
set = { holder = "helper" }

[[metric]]
id = "pleas"
title = { "zh-CN" = "求助数" }
unit = "件"
time = "stock"
agg = "count()"
by = ["state"]
"#;

const PERMITS: &str = r#"
[[permit]]
role = "clerk"
scope = "subtree"
can = ["create", "read", "update", "export"]
states = ["open"]
hide = ["papers"]
[[permit]]
role = "guest"
scope = "all"
can = ["read", "export"]
filter = "consent == true"
[[permit]]
role = "holder"
scope = "all"
can = ["read", "update", "export"]
hide = ["papers"]
[[permit]]
role = "creator"
scope = "own"
can = ["read", "update", "export", "create"]
"#;

fn head(id: &str) -> String {
    format!(
        "[register]\nid = \"{id}\"\nversion = \"1.0.0\"\ntitle = {{ \"zh-CN\" = \"求助\" }}\n{BODY}"
    )
}

struct Town {
    app: App,
    people: Vec<Actor>,
}

/// Two streets, a station above none of them, and pleas of every kind in both registers.
fn town(world: &World) -> Town {
    let (usual, ruled) = (head("plea"), head("plight") + PERMITS);
    bring_in(world, &[&usual, &ruled]);
    let app = world.open_on(day(MONDAY));
    let street = unit(&app, "莲湖街道", "410102.s013");
    let station = unit(&app, "莲湖街道东苑社区", "410102.s013.c01");
    let other = unit(&app, "须水街道", "410102.s012");
    let people = vec![
        person("lianhu", "410102.s013", &["clerk"]),
        person("dongyuan", "410102.s013.c01", &["clerk"]),
        person("xushui", "410102.s012", &["clerk"]),
        person("kan", "410102.s013", &["viewer"]),
        person("guest", "410102.s012", &["guest"]),
        person("ducha", "410102", &["supervisor"]),
    ];
    let places = [&street, &station, &other];
    for register in ["plea", "plight"] {
        for n in 0..24usize {
            let maker = [&people[5], &people[0], &people[2]][n % 3];
            let place = match n % 3 {
                0 => places[n / 3 % 3],
                1 => &street,
                _ => &other,
            };
            let given = values(json!({
                "title": format!("求助{n}"), "place_org": place, "helper": places[n / 2 % 3],
                "amount": n, "consent": n % 4 == 0, "point": "113.5,34.7",
            }));
            let who = if register == "plight" && n % 3 == 0 {
                &people[0]
            } else {
                maker
            };
            let made = records::create(&app, who, register, &given, "", None);
            // By its permits a clerk makes records of the own street only.
            let Ok(made) = made else { continue };
            if n % 2 == 0 {
                let request = ActRequest {
                    action: "send".to_owned(),
                    version: made.record.version,
                    ..ActRequest::default()
                };
                act(&app, who, register, &made.record.id.to_string(), request).expect("sent");
            }
        }
    }
    Town { app, people }
}

fn whole() -> ListQuery {
    ListQuery {
        limit: 500,
        sums: vec!["amount".to_owned()],
        ..ListQuery::default()
    }
}

fn ids(items: &[RecordView]) -> BTreeSet<String> {
    items.iter().map(|one| one.record.id.to_string()).collect()
}

/// Every count of a register for a person, and the ids of the list.
fn compare(town: &Town, who: &Actor, register: &str) -> BTreeSet<String> {
    let (app, told) = (&town.app, format!("{} in {register}", who.login));
    let list = match records::list(app, who, register, &whole(), None) {
        Ok(list) => list,
        Err(AppError::Forbidden(_)) => return BTreeSet::new(),
        Err(error) => panic!("{told}: {error:?}"),
    };
    let seen = ids(&list.items);
    assert_eq!(list.total, Some(seen.len()), "{told}: total");
    let amount: i64 = list
        .items
        .iter()
        .filter_map(|one| one.record.int("amount"))
        .sum();
    assert_eq!(list.sums["amount"], amount.to_string(), "{told}: sum");
    let by = ["state".to_owned()];
    let groups = records::groups(app, who, register, &by, &whole(), None).expect("groups");
    assert_eq!(
        groups.iter().map(|one| one.count).sum::<usize>(),
        seen.len(),
        "{told}: groups"
    );
    let points = records::points(app, who, register, ("point", None), &whole(), None);
    let points = points.expect("points").points;
    let drawn: BTreeSet<String> = points.into_iter().map(|one| one.id).collect();
    assert_eq!(drawn, seen, "{told}: points");
    let counted = records::registers(app, who).expect("registers");
    let counted = counted.iter().find(|(id, _, _)| id == register);
    assert_eq!(counted.map(|one| one.2), Some(seen.len()), "{told}: menu");
    if let Ok(bytes) = records::export(app, who, register, &whole(), None) {
        let book = exchange::open_workbook(&bytes, "求助.xlsx").expect("read");
        let sheet = &book.sheets[0];
        let rows = sheet.rows().filter(|row| {
            (0..10).any(|column| sheet.text(*row, column).starts_with("求助") && *row > 0)
        });
        let titles = rows.count();
        assert_eq!(titles, seen.len(), "{told}: file");
    }
    let figures = app::metrics::metrics(app, who, register, Some("2023Q1"), None);
    let figure = &figures.expect("figures")[0];
    assert_eq!(
        figure.value.as_deref().unwrap_or("0"),
        seen.len().to_string(),
        "{told}: figure"
    );
    let asked = RecordsAsked {
        metric: "pleas".to_owned(),
        period: Some("2023Q1".to_owned()),
        limit: Some(500),
        ..RecordsAsked::default()
    };
    if !seen.is_empty() {
        let behind = app::metrics::records(app, who, register, &asked, None).expect("records");
        assert_eq!(
            (ids(&behind.items), behind.total),
            (seen.clone(), Some(seen.len())),
            "{told}: behind"
        );
    }
    let hits = records::search(app, who, "求助").expect("hits");
    assert!(
        hits.iter()
            .all(|hit| hit.register != register || seen.contains(&hit.id)),
        "{told}: hits"
    );
    seen
}

#[test]
fn every_count_of_a_register_is_that_of_its_list_and_of_the_records_opened_one_by_one() {
    on_both(|world| {
        let town = town(world);
        for register in ["plea", "plight"] {
            let all = records::list(&town.app, &local(&town.app), register, &whole(), None);
            let all = ids(&all.expect("all").items);
            assert!(all.len() > 12, "{} records", all.len());
            for who in &town.people {
                let listed = compare(&town, who, register);
                let opened: BTreeSet<String> = all
                    .iter()
                    .filter(|id| records::get(&town.app, who, register, id, None).is_ok())
                    .cloned()
                    .collect();
                assert_eq!(listed, opened, "{} in {register}", who.login);
            }
        }
        let count = |who: usize, register: &str| compare(&town, &town.people[who], register).len();
        // Held by the street counts for the station below it; made elsewhere counts for who made it.
        let usual = [
            count(0, "plea"),
            count(1, "plea"),
            count(2, "plea"),
            count(3, "plea"),
            count(4, "plea"),
        ];
        let ruled = [
            count(0, "plight"),
            count(1, "plight"),
            count(2, "plight"),
            count(4, "plight"),
        ];
        assert_eq!(
            (usual, ruled),
            ([15, 14, 14, 15, 0], [16, 16, 13, 12]),
            "own part of the tree, held and made; and by permits"
        );
    });
}

#[test]
fn files_follow_the_record_and_its_hidden_fields() {
    on_both(|world| {
        let town = town(world);
        let (app, clerk, far) = (&town.app, &town.people[0], &town.people[2]);
        let photo = attachment::stage(app, clerk, "照片.png", PNG).expect("staged");
        let paper =
            attachment::stage(app, clerk, "证件.png", &[PNG, b"2"].concat()).expect("staged");
        let far_unit = crate::world::id_of(app, "organisation", "须水街道");
        let own_unit = crate::world::id_of(app, "organisation", "莲湖街道");
        let given = values(json!({
            "title": "有附件", "place_org": own_unit, "helper": far_unit,
            "photos": [photo.content_id], "papers": [paper.content_id],
        }));
        let made = records::create(app, clerk, "plight", &given, "", None).expect("made");
        let id = made.record.id.to_string();
        let request = ActRequest {
            action: "send".to_owned(),
            version: made.record.version,
            ..ActRequest::default()
        };
        let names = |who: &Actor| -> Vec<String> {
            let files = attachment::of_record(app, who, "plight", &id).expect("files");
            files.into_iter().map(|one| one.name).collect()
        };
        let gone = |result: Result<_, AppError>| {
            matches!(result, Err(AppError::NotFound(_) | AppError::OutOfSight(_)))
        };
        let file = |digest: &str| format!("{id}-{digest}");
        assert!(gone(attachment::open(app, far, &file(&photo.content_id))));
        act(app, clerk, "plight", &id, request).expect("sent");
        // The street that holds it now reads it and adds to it, though it lies elsewhere; the papers are hidden from it.
        assert_eq!(names(far), ["照片.png"]);
        assert!(attachment::open(app, far, &file(&photo.content_id)).is_ok());
        assert!(gone(attachment::open(app, far, &file(&paper.content_id))));
        let added = attachment::add(app, far, "plight", &id, "现场.txt", b"seen").expect("added");
        assert_eq!(
            names(clerk),
            ["现场.txt", "照片.png", "证件.png"],
            "its maker sees all"
        );
        let guest = &town.people[1];
        assert!(gone(
            attachment::of_record(app, guest, "plight", &id).map(|_| (photo.clone(), Vec::new()))
        ));
        attachment::remove(app, far, &added.id).expect("taken off");
    });
}
